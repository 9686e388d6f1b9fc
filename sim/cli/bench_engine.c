#include "sim/cli/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/bench/hold.h"
#include "sim/bench/mm1.h"
#include "sim/bench/phold.h"
#include "sim/core/clock.h"
#include "sim/rand/dist.h"

/* The machine. */

/* a = b + s c (McCalpin's triad) over arrays of n, again and again; GB/s, as STREAM counts: 24 bytes each. */
static double triad(double *arrays, int64_t n, int32_t rounds, int32_t n_threads)
{
    double *a = arrays, *b = arrays + n, *c = arrays + 2 * n;
    double start = sim_clock_seconds();
#pragma omp parallel num_threads(n_threads)
    for (int32_t round = 0; round < rounds; round++) {
        double s = 1.0 + round;
#pragma omp for simd schedule(static)
        for (int64_t i = 0; i < n; i++)
            a[i] = b[i] + s * c[i];
    }
    return 24e-9 * (double)n * rounds / (sim_clock_seconds() - start);
}

static int note_triad(struct cli_bench *self, int64_t n, int32_t rounds, int32_t n_threads, const char *name,
    struct sim_error *error)
{
    int code = cli_bench_begin(self, "triad, threads", n_threads, error);
    if (code < 0)
        return code;
    double *arrays = aligned_alloc(64, 3 * (size_t)n * sizeof(*arrays));
    if (!arrays)
        return sim_error_set(error, SIM_ERROR_MEMORY, "no memory for three arrays of %lld", (long long)n);
#pragma omp parallel for num_threads(n_threads) schedule(static)
    for (int64_t i = 0; i < n; i++) /* touched by the thread that will use it */
        arrays[i] = arrays[n + i] = arrays[2 * n + i] = 1.0;
    double rate = triad(arrays, n, rounds, n_threads);
    bool is_right = arrays[n / 2] == 1.0 + rounds;
    free(arrays);
    struct cli_measure_key key = {
        "machine", name, "GB/s", n_threads, {{"KiB", 24e0 * (double)n / 1024, NULL}}};
    cli_measures_note(&self->measures, &key, rate);
    return is_right ? 0 : sim_error_set(error, SIM_ERROR_MODEL, "the triad is wrong");
}

/* Each operation waits for the last: one takes one cycle of the processor. */
static void note_clock(struct cli_bench *self)
{
    enum { ROUNDS = 20000000 };
    uint64_t x = (uint64_t)self->run;
    double start = sim_clock_seconds();
    for (uint64_t i = 0; i < ROUNDS; i++)
        x = (x ^ i) + 0x9e3779b97f4a7c15u;
    double seconds = sim_clock_seconds() - start;
    struct cli_measure_key key = {"machine", "dependent operation", "ns", 1, {{NULL, 0, NULL}}};
    cli_measures_note(&self->measures, &key, x ? 1e9 * seconds / (2.0 * ROUNDS) : NAN);
}

static void note_random(struct cli_bench *self)
{
    enum { BLOCKS = 1000000 };
    uint64_t words[4], sum = 0;
    double x = 0, start = sim_clock_seconds();
    for (uint64_t i = 0; i < BLOCKS; i++) {
        sim_rand_block((struct sim_luck){1, 0}, 1, SIM_BLOCK_OF_HOLD, i, words);
        sum += words[0] ^ words[1] ^ words[2] ^ words[3];
    }
    double block = sim_clock_seconds() - start;
    start = sim_clock_seconds();
    for (uint64_t i = 0; i < BLOCKS; i++)
        x += sim_dist_exponential(sim_rand_unit(sum += 0x9e3779b97f4a7c15u), 1.0);
    double exponential = sim_clock_seconds() - start;
    struct cli_measure_key key = {"machine", "philox4x64 word", "ns", 1, {{NULL, 0, NULL}}};
    cli_measures_note(&self->measures, &key, 1e9 * block / (4.0 * BLOCKS));
    key.name = "exponential of a word";
    cli_measures_note(&self->measures, &key, x > 0 ? 1e9 * exponential / BLOCKS : NAN);
}

int cli_bench_machine(struct cli_bench *self, struct sim_error *error)
{
    int32_t n_threads = (int32_t)self->n_threads;
    int code = note_triad(self, 1 << 14, 2000, 1, "triad in the second cache", error); /* 384 KiB */
    if (code == 0)
        code = note_triad(self, 1 << 23, 5, 1, "triad in memory", error); /* 192 MiB */
    if (code == 0 && n_threads > 1)
        code = note_triad(self, 1 << 23, 5, n_threads, "triad in memory", error);
    note_clock(self);
    note_random(self);
    return code;
}

/* The engine. */

struct load {
    const char *name, *unit, *entities;
    int (*run)(const struct sim_bench_load *load, struct sim_bench_result *out, struct sim_error *error);
};

static const struct sim_luck luck = {20261122, 0};

/* A fast engine that is wrong does not pass: six standard errors happen once in a thousand million times. */
static int check(const char *name, const struct sim_bench_result *result, struct sim_error *error)
{
    double gap = fabs(result->value - result->expected);
    if (gap <= 6 * result->standard_error)
        return 0;
    return sim_error_set(error, SIM_ERROR_MODEL, "%s gave %.6g, theory says %.6g (standard error %.2g)", name,
        result->value, result->expected, result->standard_error);
}

/* A size on one thread and on several: speed, what more threads give, bytes of an entity. */
static int note_load(
    struct cli_bench *self, const struct load *load, int64_t size, int64_t n_events, struct sim_error *error)
{
    struct cli_measure_key key = {load->name, load->name, load->unit, 1,
        {{load->entities, (double)size, NULL}, {"events", (double)n_events, NULL}}};
    struct sim_bench_result results[2];
    double speeds[2] = {0};
    for (int32_t i = 0; i < (self->n_threads > 1 ? 2 : 1); i++) {
        key.n_threads = i == 0 ? 1 : (int32_t)self->n_threads;
        int code = cli_bench_begin(self, load->name, (double)size, error);
        if (code == 0)
            code = load->run(
                &(struct sim_bench_load){
                    .n_entities = size, .n_events = n_events, .n_threads = key.n_threads, .luck = luck},
                &results[i], error);
        if (code == 0)
            code = check(load->name, &results[i], error);
        if (code < 0)
            return code;
        speeds[i] = 1e-6 * (double)results[i].n_events / results[i].seconds;
        cli_measures_note(&self->measures, &key, speeds[i]);
        if (i == 1 && memcmp(results[0].digest, results[1].digest, SIM_DIGEST_BYTES) != 0)
            return sim_error_set(
                error, SIM_ERROR_MODEL, "%s is another one on %d threads", load->name, key.n_threads);
    }
    if (self->n_threads > 1) {
        key.unit = "times one thread";
        cli_measures_note(&self->measures, &key, speeds[1] / speeds[0]);
    }
    key.unit = "bytes an entity";
    key.n_threads = 1;
    cli_measures_note(&self->measures, &key, results[0].bytes_per_entity);
    return 0;
}

static int note_sizes(struct cli_bench *self, const struct load *load, struct sim_error *error)
{
    int code = 0;
    for (int32_t i = 0; code == 0 && i < self->n_sizes; i++) {
        int64_t suitable = 4 * self->sizes[i] > 4000000 ? 4 * self->sizes[i] : 4000000;
        code = note_load(self, load, self->sizes[i], self->n_events > 0 ? self->n_events : suitable, error);
    }
    return code;
}

int cli_bench_hold(struct cli_bench *self, struct sim_error *error)
{
    static const struct load hold = {"hold", "million holds/s", "entities", sim_bench_hold};
    return note_sizes(self, &hold, error);
}

int cli_bench_phold(struct cli_bench *self, struct sim_error *error)
{
    static const struct load phold = {"phold", "million events/s", "processes", sim_bench_phold};
    return note_sizes(self, &phold, error);
}

enum { MM1_CUSTOMERS = 400000 }; /* so many let a mean be checked */

static int note_mm1(
    struct cli_bench *self, struct cli_measure_key key, bool by_hand, double *speed, struct sim_error *error)
{
    int64_t n = (int64_t)key.parameters[0].value;
    struct sim_bench_mm1_options options = {n, key.n_threads, key.n_threads, luck}; /* a trial a thread */
    struct sim_bench_result result;
    int code = cli_bench_begin(self, key.name, (double)n, error);
    if (code == 0)
        code = (by_hand ? sim_bench_mm1_by_hand : sim_bench_mm1)(&options, &result, error);
    /* The error of few customers is not known: their line forgets too slowly for it to be counted. */
    if (code == 0 && n >= MM1_CUSTOMERS)
        code = check(key.name, &result, error);
    else if (code == 0 && self->run == 0 && by_hand) /* the last of three: once */
        fprintf(stderr,
            "pamir bench: mm1 of %lld customers: too few for their mean to be held against theory\n",
            (long long)n);
    if (code < 0)
        return code;
    *speed = 1e-6 * (double)result.n_customers / result.seconds;
    cli_measures_note(&self->measures, &key, *speed);
    return 0;
}

int cli_bench_mm1(struct cli_bench *self, struct sim_error *error)
{
    int64_t n = self->n_events > 0 ? (self->n_events + 19) / 20 * 20 : 1000000;
    struct cli_measure_key key = {"mm1", "mm1", "million customers/s", 1, {{"customers", (double)n, NULL}}};
    double speed, more, by_hand;
    int code = note_mm1(self, key, false, &speed, error);
    if (code == 0 && self->n_threads > 1) {
        key.n_threads = (int32_t)self->n_threads;
        code = note_mm1(self, key, false, &more, error);
        key.n_threads = 1;
    }
    key.name = "the same by hand, without engine";
    if (code == 0)
        code = note_mm1(self, key, true, &by_hand, error);
    key.unit = "times the engine's";
    if (code == 0)
        cli_measures_note(&self->measures, &key, by_hand / speed);
    return code;
}
