/* The hold model (Jones 1986): N entities, each waits an exponential time of mean 1 again and again.
 *
 * Entities live in processes of a few hundred (villages), each with its own queue; a window of 16 means
 * lets a core stay inside one village, as a month does in models. One hold is one event scheduled and
 * executed and one exponential draw. value: holds per entity and mean time, expected 1 (a Poisson process).
 */
#ifndef SIM_BENCH_HOLD_H
#define SIM_BENCH_HOLD_H

#include "sim/bench/bench.h"

/* A process has a partition of its own: per_partition entities, 256 unless said. */
int sim_bench_hold(
    const struct sim_bench_load *load, struct sim_bench_result *result, struct sim_error *error);

#endif
