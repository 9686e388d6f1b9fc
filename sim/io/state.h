/* A state stream: the bytes of a run's state, written and read back in the same order (checkpoints, forks,
 * tests).
 *
 * Little-endian, as the machine. Every _save has its _load; each writes a mark first, so that a wrong order
 * is an error and not nonsense. */
#ifndef SIM_IO_STATE_H
#define SIM_IO_STATE_H

#include "sim/core/error.h"

struct sim_state {
    uint8_t *bytes;
    int64_t n;        /* bytes held */
    int64_t capacity; /* bytes reserved */
    int64_t at;       /* next byte to read */
};

void sim_state_init(struct sim_state *self);
void sim_state_free(struct sim_state *self);
int sim_state_put(struct sim_state *self, const void *bytes, int64_t n, struct sim_error *error);
/* SIM_ERROR_FORMAT when fewer than n bytes are left. */
int sim_state_get(struct sim_state *self, void *bytes, int64_t n, struct sim_error *error);
/* A named mark; _get fails with both names when it meets another. */
int sim_state_put_mark(struct sim_state *self, const char *mark, struct sim_error *error);
int sim_state_get_mark(struct sim_state *self, const char *mark, struct sim_error *error);

#endif
