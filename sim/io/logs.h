/* The logs of a batch, of which many more may lie in its directories than a process can hold open. */
#ifndef SIM_IO_LOGS_H
#define SIM_IO_LOGS_H

#include "sim/core/arena.h"
#include "sim/core/error.h"

#define SIM_LOGS_OPEN 64 /* at a time */

struct sim_logs_entry {
    char *path;
    int fd; /* -1: not open now */
};

struct sim_logs {
    struct sim_logs_entry *entries;
    int32_t n, capacity;
    int32_t open[SIM_LOGS_OPEN]; /* entries that are open, -1: none; the next to be closed: */
    int32_t turn;
};

void sim_logs_init(struct sim_logs *self);
/* Closes all. Safe on a zeroed struct, and twice. */
void sim_logs_close(struct sim_logs *self);
/* Copies the path into the arena and returns the index, or SIM_ERROR_MEMORY. */
int32_t sim_logs_add(
    struct sim_logs *self, struct sim_arena *arena, const char *path, struct sim_error *error);
/* A descriptor for reading, good until the next call; SIM_ERROR_IO when it cannot be opened. */
int sim_logs_open(struct sim_logs *self, int32_t log, struct sim_error *error);
/* The names of the logs in a directory, sorted, so that messages do not depend on the directory's order; in
 * the arena. SIM_ERROR_MISSING when there is no such directory. */
int sim_logs_list(
    const char *directory, struct sim_arena *arena, char ***names, int32_t *n_names, struct sim_error *error);

#endif
