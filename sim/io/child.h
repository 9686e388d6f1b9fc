/* A piece of work in a process of its own, so that neither a crash nor an endless loop nor a wish for absurd
 * memory in a library ends this one. Linux and POSIX: fork, a pipe, a timer, a limit on the address space. */
#ifndef SIM_IO_CHILD_H
#define SIM_IO_CHILD_H

#include "sim/core/error.h"

struct sim_child_limits {
    double cpu_seconds; /* of the child; ten times as much, and a minute, by the clock */
    int64_t bytes;      /* of memory, beyond what this process has now */
};

/* Runs work(user, error) in a fork of this process and gives its code, its error and the n bytes at `out`,
 * which the work fills (n at most 4096). Nothing else comes back: what the work allocates or changes stays in
 * the child, which has no threads but its own and no standard error. SIM_ERROR_FORMAT, with `path` in the
 * message, when the child crashes or does not end in time; SIM_ERROR_IO when there can be no child. Not to be
 * called while other threads of this process are at work. */
int sim_child_run(const char *path, int (*work)(void *user, struct sim_error *error), void *user, void *out,
    int64_t n, struct sim_child_limits limits, struct sim_error *error);

#endif
