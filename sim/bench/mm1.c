#include "sim/bench/mm1.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "sim/core/clock.h"
#include "sim/rand/dist.h"

/* In line at once: more than LINE - 1 with probability 0.9^1023, 1e-47. */
enum { LINE = 1024, BATCHES = 20 };
enum event { ARRIVAL, DEPARTURE };
static const double LOAD = 0.9;
static const sim_time WINDOW = 1000 * (sim_time)SIM_BENCH_TICKS;

/* The first of these is in service. */
struct customer {
    sim_time arrival;
    sim_time service;
};

struct station {
    struct sim_luck luck;
    sim_key key;
    int64_t n_customers;
    int64_t n_come, n_gone;
    uint64_t words[4];     /* of this customer and the next */
    int32_t batch;         /* of the next to go */
    int64_t left_in_batch; /* who have not gone */
    int64_t batch_ticks[BATCHES];
    struct customer line[LINE];
};

static sim_time exponential_ticks(uint64_t word, double mean)
{
    return (sim_time)(sim_dist_exponential(sim_rand_unit(word), mean * SIM_BENCH_TICKS) + 0.5);
}

static int begin_service(struct sim_context *context, struct station *self, struct sim_error *error)
{
    struct sim_event departure = {.kind = DEPARTURE};
    sim_time service = self->line[self->n_gone % LINE].service;
    return sim_process_schedule(context, context->now + service, 0, &departure, error);
}

static int on_arrival(struct sim_context *context, struct station *self, struct sim_error *error)
{
    if (self->n_come - self->n_gone == LINE)
        return sim_error_set(error, SIM_ERROR_CAPACITY, "%d in line", LINE);
    int64_t number = self->n_come++;
    if (number % 2 == 0)
        sim_rand_block(self->luck, self->key, SIM_BLOCK_OF_CUSTOMER, (uint64_t)number / 2, self->words);
    const uint64_t *words = &self->words[number % 2 * 2];
    self->line[number % LINE] = (struct customer){context->now, exponential_ticks(words[0], 1.0)};
    struct sim_event arrival = {.kind = ARRIVAL};
    int code = 0;
    if (self->n_come < self->n_customers)
        code = sim_process_schedule(
            context, context->now + exponential_ticks(words[1], 1.0 / LOAD), 0, &arrival, error);
    if (code >= 0 && number == self->n_gone)
        code = begin_service(context, self, error);
    return code;
}

static int on_departure(struct sim_context *context, struct station *self, struct sim_error *error)
{
    int64_t number = self->n_gone++;
    self->batch_ticks[self->batch] += context->now - self->line[number % LINE].arrival;
    if (--self->left_in_batch == 0) {
        self->batch++;
        self->left_in_batch = self->n_customers / BATCHES;
    }
    return self->n_come > self->n_gone ? begin_service(context, self, error) : 0;
}

static int on_event(
    struct sim_context *context, void *state, const struct sim_event *event, struct sim_error *error)
{
    return event->kind == ARRIVAL ? on_arrival(context, state, error) : on_departure(context, state, error);
}

static const struct sim_process_type station_type = {.name = "station", .on_event = on_event};

static bool all_are_served(const struct station *stations, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        if (stations[i].n_gone < stations[i].n_customers)
            return false;
    return true;
}

static int run(struct sim_world *world, const struct station *stations, int32_t n,
    struct sim_bench_result *result, struct sim_error *error)
{
    int code = 0;
    for (int32_t i = 0; i < n && code >= 0; i++) {
        struct sim_event arrival = {.kind = ARRIVAL};
        code = sim_world_schedule(world, i, WINDOW, 0, &arrival, error);
    }
    if (code >= 0)
        code = sim_world_run(world, WINDOW, error); /* nobody has come: threads are made */
    double start = sim_clock_seconds();
    while (code >= 0 && !all_are_served(stations, n))
        code = sim_world_run(world, sim_world_now(world) + 64 * WINDOW, error);
    result->seconds = sim_clock_seconds() - start;
    result->n_events = sim_world_events(world);
    return code;
}

static void set_value(
    struct sim_bench_result *result, int64_t n_customers, double sum, double squares, double n)
{
    double mean = sum / n;
    result->n_customers = n_customers;
    result->value = mean;
    result->expected = 1.0 / (1.0 - LOAD);
    result->standard_error = sqrt((squares - sum * mean) / (n - 1.0) / n);
}

static void evaluate(const struct station *stations, int32_t n, struct sim_bench_result *result)
{
    double sum = 0.0, squares = 0.0;
    double size = (double)(stations->n_customers / BATCHES) * SIM_BENCH_TICKS;
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < BATCHES; j++) {
            double mean = (double)stations[i].batch_ticks[j] / size;
            sum += mean;
            squares += mean * mean;
        }
    set_value(result, n * stations->n_customers, sum, squares, (double)n * BATCHES);
}

static int check_options(const struct sim_bench_mm1_options *options, struct sim_error *error)
{
    if (options->n_trials < 1 || options->n_customers < BATCHES || options->n_customers % BATCHES != 0)
        return sim_error_set(error, SIM_ERROR_RANGE,
            "M/M/1: %lld customers in %d trials: not a multiple of %d", (long long)options->n_customers,
            options->n_trials, BATCHES);
    return 0;
}

int sim_bench_mm1(
    const struct sim_bench_mm1_options *options, struct sim_bench_result *result, struct sim_error *error)
{
    int32_t n = options->n_trials;
    *result = (struct sim_bench_result){0};
    int code = check_options(options, error);
    if (code < 0)
        return code;
    struct station *stations = calloc((size_t)n, sizeof *stations);
    struct sim_process_spec *specs = calloc((size_t)n, sizeof *specs);
    struct sim_world *world = NULL;
    if (!stations || !specs) {
        code = sim_error_set(error, SIM_ERROR_MEMORY, "M/M/1: no memory for %d trials", n);
        goto out;
    }
    for (int32_t i = 0; i < n; i++) {
        stations[i] = (struct station){.luck = options->luck,
            .key = (sim_key)i + 1,
            .n_customers = options->n_customers,
            .left_in_batch = options->n_customers / BATCHES};
        specs[i] = (struct sim_process_spec){&station_type, &stations[i], 0, i};
    }
    world = sim_bench_world_new(specs, n, &WINDOW, options->n_threads, error);
    code = world ? run(world, stations, n, result, error) : error->code;
    if (code < 0)
        goto out;
    evaluate(stations, n, result);
    code = sim_bench_finish(world, stations, n * (int64_t)sizeof *stations, n, result, error);
out:
    sim_world_free(world);
    free(specs);
    free(stations);
    return code;
}

/* ---- by hand ---- */

/* The times in the system of one batch of customers, added. Time of the next arrival, of the next departure,
 * a ring of arrivals: what anybody would write who needs one queue and no simulator. */
struct loop {
    gsl_rng *luck;
    double arrival, departure; /* the next; departure infinite when nobody is in line */
    int64_t n_come, n_gone;
    double line[LINE];
};

static double run_batch(struct loop *self, int64_t n)
{
    double sum = 0.0;
    while (n > 0) {
        if (self->arrival < self->departure) {
            if (self->n_come == self->n_gone)
                self->departure = self->arrival + gsl_ran_exponential(self->luck, 1.0);
            self->line[self->n_come++ % LINE] = self->arrival;
            self->arrival += gsl_ran_exponential(self->luck, 1.0 / LOAD);
            continue;
        }
        sum += self->departure - self->line[self->n_gone++ % LINE];
        self->departure =
            self->n_come > self->n_gone ? self->departure + gsl_ran_exponential(self->luck, 1.0) : INFINITY;
        n--;
    }
    return sum;
}

int sim_bench_mm1_by_hand(
    const struct sim_bench_mm1_options *options, struct sim_bench_result *result, struct sim_error *error)
{
    *result = (struct sim_bench_result){0};
    int code = check_options(options, error);
    if (code < 0)
        return code;
    gsl_rng *luck = gsl_rng_alloc(gsl_rng_taus2);
    if (!luck)
        return sim_error_set(error, SIM_ERROR_MEMORY, "M/M/1 by hand: no memory");
    gsl_rng_set(luck, (unsigned long)options->luck.seed);
    int64_t batch = options->n_customers / BATCHES;
    double sum = 0.0, squares = 0.0;
    double start = sim_clock_seconds();
    for (int32_t i = 0; i < options->n_trials; i++) {
        struct loop loop = {.luck = luck, .departure = INFINITY};
        for (int32_t j = 0; j < BATCHES; j++) {
            double mean = run_batch(&loop, batch) / (double)batch;
            sum += mean;
            squares += mean * mean;
        }
    }
    result->seconds = sim_clock_seconds() - start;
    gsl_rng_free(luck);
    int64_t n_customers = options->n_trials * options->n_customers;
    result->n_events = 2 * n_customers;
    result->bytes_per_entity = (double)sizeof(struct loop);
    set_value(result, n_customers, sum, squares, (double)options->n_trials * BATCHES);
    sim_digest_bytes((const uint8_t *)&result->value, sizeof result->value, result->digest);
    return 0;
}
