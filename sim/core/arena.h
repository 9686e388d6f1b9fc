/* Arena: memory that is taken piece by piece and given back all at once.
 *
 * Owns its blocks. Memory is zeroed and aligned to 64 bytes. sim_arena_alloc returns NULL when the system has
 * no memory (or the size is negative); the caller reports SIM_ERROR_MEMORY. Not shared between threads. */
#ifndef SIM_CORE_ARENA_H
#define SIM_CORE_ARENA_H

#include "sim/core/types.h"

struct sim_arena_block;

struct sim_arena {
    struct sim_arena_block *blocks; /* newest first */
    int64_t bytes_used;             /* handed out, alignment included */
    int64_t bytes_reserved;         /* taken from the system */
    int64_t n_allocs;               /* calls of sim_arena_alloc since _init */
};

void sim_arena_init(struct sim_arena *self);
void *sim_arena_alloc(struct sim_arena *self, int64_t bytes);
/* A NUL-terminated copy of `length` bytes of text. */
char *sim_arena_text(struct sim_arena *self, const char *text, int64_t length);
/* Gives everything back. Safe after a failed or missing _init of a zeroed struct, and twice. */
void sim_arena_free(struct sim_arena *self);

#endif
