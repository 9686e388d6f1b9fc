#include "sim/core/arena.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64, FIRST_BLOCK = 1 << 14, LARGEST_STEP = 1 << 22 };

struct sim_arena_block {
    struct sim_arena_block *older;
    int64_t capacity; /* bytes after the header */
    int64_t used;
    char padding[ALIGNMENT - 2 * sizeof(int64_t) - sizeof(void *)];
};
_Static_assert(sizeof(struct sim_arena_block) == ALIGNMENT, "memory behind the header is aligned");

void sim_arena_init(struct sim_arena *self)
{
    *self = (struct sim_arena){0};
}

/* Blocks double up to LARGEST_STEP, so that a small run reserves little and a large one asks the system
 * seldom. */
static struct sim_arena_block *add_block(struct sim_arena *self, int64_t bytes)
{
    int64_t capacity = self->blocks ? 2 * self->blocks->capacity : FIRST_BLOCK;
    if (capacity > LARGEST_STEP)
        capacity = LARGEST_STEP;
    if (capacity < bytes)
        capacity = bytes;
    struct sim_arena_block *block = aligned_alloc(ALIGNMENT, sizeof *block + (size_t)capacity);
    if (!block)
        return NULL;
    *block = (struct sim_arena_block){.older = self->blocks, .capacity = capacity};
    self->blocks = block;
    self->bytes_reserved += capacity;
    return block;
}

void *sim_arena_alloc(struct sim_arena *self, int64_t bytes)
{
    if (bytes < 0 || bytes > INT64_MAX / 2)
        return NULL;
    int64_t rounded = bytes == 0 ? ALIGNMENT : (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct sim_arena_block *block = self->blocks;
    if (!block || block->capacity - block->used < rounded) {
        block = add_block(self, rounded);
        if (!block)
            return NULL;
    }
    char *piece = (char *)(block + 1) + block->used;
    memset(piece, 0, (size_t)rounded);
    block->used += rounded;
    self->bytes_used += rounded;
    self->n_allocs++;
    return piece;
}

char *sim_arena_text(struct sim_arena *self, const char *text, int64_t length)
{
    char *copy = length < 0 ? NULL : sim_arena_alloc(self, length + 1);
    if (copy)
        memcpy(copy, text, (size_t)length);
    return copy;
}

void sim_arena_free(struct sim_arena *self)
{
    while (self->blocks) {
        struct sim_arena_block *older = self->blocks->older;
        free(self->blocks);
        self->blocks = older;
    }
    *self = (struct sim_arena){0};
}
