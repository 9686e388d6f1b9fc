/* The hold model (Jones 1986): N entities, each waits an exponential time of mean 1 again and again.
 *
 * Entities live in processes of a few hundred (villages), each with its own queue; a window of several means
 * lets a core stay inside one village, as a month does in models. One hold is one event scheduled and
 * executed and one exponential draw. value: holds per entity and mean time, expected 1 (a Poisson process).
 */
#ifndef SIM_BENCH_HOLD_H
#define SIM_BENCH_HOLD_H

#include "sim/bench/bench.h"

struct sim_bench_hold_options {
    int64_t n_entities;
    int64_t n_events;    /* about so many in the timed part; whole windows are run */
    int32_t n_threads;   /* 0, 1: serial */
    int32_t per_process; /* 0: 256 */
    int32_t n_means;     /* to a window; 0: 16 */
    struct sim_luck luck;
};

int sim_bench_hold(
    const struct sim_bench_hold_options *options, struct sim_bench_result *result, struct sim_error *error);

#endif
