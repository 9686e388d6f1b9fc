/* The engine's benchmarks: what they share.
 *
 * Three standard loads (hold, PHOLD, M/M/1) through the public interface of sim/par/world.h and sim/rand, as
 * any model would use it. Each reports its speed beside a number that theory knows, so that a fast wrong
 * engine does not pass, and a digest, so that runs on one and two threads can be compared. */
#ifndef SIM_BENCH_BENCH_H
#define SIM_BENCH_BENCH_H

#include "sim/core/digest.h"
#include "sim/core/error.h"
#include "sim/par/world.h"
#include "sim/rand/rand.h"

/* Ticks of the integer clock to one mean delay (one mean service). */
#define SIM_BENCH_TICKS 1000000

/* What a load of many entities (hold, PHOLD) is asked for. */
struct sim_bench_load {
    int64_t n_entities;
    int64_t n_events;      /* about so many in the timed part; whole windows are run */
    int32_t n_threads;     /* 0, 1: serial */
    int32_t per_partition; /* entities that share a queue; 0: what suits the load */
    struct sim_luck luck;
};

struct sim_bench_result {
    int64_t n_events;                 /* in the timed part */
    int64_t n_customers;              /* M/M/1 only */
    double seconds;                   /* of the timed part: nothing is made or freed in it */
    double value, expected;           /* see each benchmark */
    double standard_error;            /* of value */
    double bytes_per_entity;          /* the world and the states, once it has run */
    uint8_t digest[SIM_DIGEST_BYTES]; /* of the world and the states at the end: the same on any threads */
};

/* Makes a world of windows of `window` ticks; n_threads <= 1: serial. NULL on error. */
struct sim_world *sim_bench_world_new(const struct sim_process_spec *specs, int32_t n, const sim_time *window,
    int32_t n_threads, struct sim_error *error);

/* Runs until `warm`, in which queues grow to their working size, and then, timed, so many windows that the
 * load's events happen when each entity has one in a mean delay. Sets seconds and n_events; returns how many
 * windows were timed, or an error. */
int64_t sim_bench_time_windows(struct sim_world *world, const struct sim_bench_load *load, sim_time warm,
    sim_time window, struct sim_bench_result *result, struct sim_error *error);

/* Are n things in n_groups groups, to each of which each comes with the same chance, spread as chance spreads
 * them? By chi-square, which is beyond its bounds (Laurent and Massart 2000, lemma 1) once in a thousand
 * million times. SIM_ERROR_MODEL when not. */
int sim_bench_check_spread(const int64_t *counts, int32_t n_groups, int64_t n, struct sim_error *error);

/* Digest of world and states, and bytes per entity. */
int sim_bench_finish(const struct sim_world *world, const void *states, int64_t n_state_bytes,
    int64_t n_entities, struct sim_bench_result *result, struct sim_error *error);

#endif
