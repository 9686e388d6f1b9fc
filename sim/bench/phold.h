/* PHOLD (Fujimoto 1990) with ROSS's parameters: N logical processes, one event each at the start; an event
 * goes to a process drawn at random with probability 0.25 and else stays, after 0.1 + an exponential time of
 * mean 0.9.
 *
 * The lookahead 0.1 is the window. Processes share queues by partitions. value: events per process and mean
 * time, expected that of a renewal process (Feller 1971, XI.3-5) whose start is a delay after 0. From 1,024
 * processes on it fails with SIM_ERROR_MODEL when the jobs do not lie, or have not moved, as even
 * destinations let them. */
#ifndef SIM_BENCH_PHOLD_H
#define SIM_BENCH_PHOLD_H

#include "sim/bench/bench.h"

/* An entity is a process; 4,096 share a queue unless said, or so many that there are 16 partitions. */
int sim_bench_phold(
    const struct sim_bench_load *load, struct sim_bench_result *result, struct sim_error *error);

#endif
