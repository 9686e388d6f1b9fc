/* M/M/1: one server, one line. Arrivals at rate 0.9, services of mean 1: mean time in the system 10.
 *
 * One trial is one process with two kinds of event, an arrival and a departure, and a line of arrival times;
 * trials run on several threads. value: mean time in the system, expected 10; its standard error is that of
 * the means of batches (20 a trial), which are taken as independent: a batch should be long beside the 400
 * services in which a queue of this load forgets. */
#ifndef SIM_BENCH_MM1_H
#define SIM_BENCH_MM1_H

#include "sim/bench/bench.h"

struct sim_bench_mm1_options {
    int64_t n_customers; /* of a trial: a multiple of 20 */
    int32_t n_trials;
    int32_t n_threads; /* 0, 1: serial */
    struct sim_luck luck;
};

int sim_bench_mm1(
    const struct sim_bench_mm1_options *options, struct sim_bench_result *result, struct sim_error *error);

/* For comparison: the same line as a loop written by hand, without engine, with GSL's taus2 and exponential.
 * One trial after the other, on one thread. */
int sim_bench_mm1_by_hand(
    const struct sim_bench_mm1_options *options, struct sim_bench_result *result, struct sim_error *error);

#endif
