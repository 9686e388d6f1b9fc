/* Birth-death processes against their stationary distributions (closed form).
 *
 * 4000 independent processes are looked at once, long after the start: their states are independent draws
 * from the stationary distribution, tested by chi-square. The limit is the quantile that a sound engine
 * exceeds with probability 1e-5 (Wilson and Hilferty's approximation). */
#include <stdlib.h>

#include "sim/par/world.h"
#include "sim/rand/dist.h"
#include "sim/rand/rand.h"
#include "tests/support/check.h"

enum { PROCESSES = 4000, MOST = 40 };
static const double TICKS = 1e6; /* a unit of time */
static const double T_END = 60.0;

enum event { BIRTH, DEATH };

struct population {
    struct sim_luck luck;
    sim_key key;
    const struct rates *rates;
    int64_t n;
    int64_t n_events;
};

/* Logistic: births (1 + n) (1 - n / 12), deaths n: a chain on 0 to 12. Poisson: births 6, deaths n. */
struct rates {
    double (*birth)(int64_t n);
    int (*on_event)(struct sim_context *, void *, const struct sim_event *, struct sim_error *);
};

static double unit(struct population *self)
{
    return sim_rand_uniform(self->luck, self->key, SIM_PURPOSE_TEST, (uint64_t)self->n_events++);
}

static sim_time later(const struct sim_context *context, double u, double rate)
{
    return context->now + (sim_time)(sim_dist_exponential(u, 1.0 / rate) * TICKS + 0.5);
}

static double logistic_births(int64_t n)
{
    return (1.0 + (double)n) * (1.0 - (double)n / 12.0);
}

/* The chain as one clock: the next event comes after an exponential time of the total rate, and is a birth
 * with the birth's share. */
static int on_chain(
    struct sim_context *context, void *state, const struct sim_event *event, struct sim_error *error)
{
    struct population *self = state;
    if (event->data[0] != 0)
        self->n += event->kind == BIRTH ? 1 : -1;
    double birth = self->rates->birth(self->n), death = (double)self->n;
    double choice = unit(self);
    struct sim_event next = {.kind = choice * (birth + death) < birth ? BIRTH : DEATH, .data = {1}};
    return sim_process_schedule(context, later(context, unit(self), birth + death), 0, &next, error);
}

static double constant_births(int64_t n)
{
    (void)n;
    return 6.0;
}

/* Individuals as entities: each newcomer's death is an event of its own (an M/M/infinity queue). */
static int on_individuals(
    struct sim_context *context, void *state, const struct sim_event *event, struct sim_error *error)
{
    struct population *self = state;
    if (event->kind == DEATH) {
        self->n--;
        return 0;
    }
    struct sim_event birth = {.kind = BIRTH, .data = {1}}, death = {.kind = DEATH, .data = {1}};
    int code =
        sim_process_schedule(context, later(context, unit(self), self->rates->birth(0)), 0, &birth, error);
    if (code >= 0 && event->data[0] != 0) {
        self->n++;
        code = sim_process_schedule(context, later(context, unit(self), 1.0), 0, &death, error);
    }
    return code;
}

static sim_time next_window(void *user, sim_time t)
{
    (void)user;
    return t + (sim_time)(10 * TICKS);
}

/* pi(n + 1) = pi(n) birth(n) / (n + 1), which is the balance across the cut between n and n + 1. */
static void stationary(const struct rates *rates, double probability[MOST])
{
    double sum = 0.0, weight = 1.0;
    for (int n = 0; n < MOST; n++) {
        probability[n] = weight;
        sum += weight;
        weight *= fmax(rates->birth(n), 0.0) / (n + 1);
    }
    for (int n = 0; n < MOST; n++)
        probability[n] /= sum;
}

static double chi_square_limit(double degrees)
{
    double z = 4.264890793922825; /* 1e-5 */
    double root = 1.0 - 2.0 / (9.0 * degrees) + z * sqrt(2.0 / (9.0 * degrees));
    return degrees * root * root * root;
}

/* States with fewer than five expected are taken together with the next. */
static void check_distribution(const struct rates *rates, const struct population *populations)
{
    double probability[MOST], expected = 0.0, chi_square = 0.0;
    int seen[MOST] = {0}, observed = 0, n_cells = 0;
    stationary(rates, probability);
    for (int i = 0; i < PROCESSES; i++) {
        assert_true(populations[i].n >= 0 && populations[i].n < MOST);
        seen[populations[i].n]++;
    }
    double rest = PROCESSES;
    for (int n = 0; n < MOST; n++) {
        expected += PROCESSES * probability[n];
        observed += seen[n];
        rest -= PROCESSES * probability[n];
        if (n < MOST - 1 && (expected < 5.0 || rest < 5.0))
            continue;
        chi_square += (observed - expected) * (observed - expected) / expected;
        n_cells++;
        expected = observed = 0;
    }
    assert_true(n_cells > 8);
    double limit = chi_square_limit(n_cells - 1);
    if (!(chi_square < limit))
        fail_msg("chi-square %g of %d cells, limit %g", chi_square, n_cells, limit);
}

static void check_process(const struct rates *rates, int32_t n_partitions)
{
    struct population *populations = calloc(PROCESSES, sizeof *populations);
    struct sim_process_spec *specs = calloc(PROCESSES, sizeof *specs);
    struct sim_process_type type = {.name = "population", .on_event = rates->on_event};
    struct sim_error error = {0};
    for (int32_t i = 0; i < PROCESSES; i++) {
        populations[i] = (struct population){.luck = {1939, 0}, .key = (sim_key)i + 1, .rates = rates};
        specs[i] = (struct sim_process_spec){&type, &populations[i], 0, i % n_partitions};
    }
    struct sim_world_options options = {
        .next_boundary = next_window, .scheduler = SIM_SCHEDULER_THREADS, .n_threads = 2};
    struct sim_world *world = sim_world_new(specs, PROCESSES, options, &error);
    struct sim_event start = {.kind = BIRTH};
    for (int32_t i = 0; i < PROCESSES; i++)
        check_ok(sim_world_schedule(world, i, 0, 0, &start, &error), error);
    check_ok(sim_world_run(world, (sim_time)(T_END * TICKS), &error), error);
    check_distribution(rates, populations);
    sim_world_free(world);
    free(specs);
    free(populations);
}

static void test_a_logistic_chain_settles_in_its_stationary_distribution(void **unused)
{
    (void)unused;
    struct rates logistic = {logistic_births, on_chain};
    check_process(&logistic, 16);
}

static void test_independent_lives_make_a_poisson_population(void **unused)
{
    (void)unused;
    struct rates poisson = {constant_births, on_individuals};
    double probability[MOST];
    stationary(&poisson, probability);
    check_near(probability[6], exp(-6.0) * 46656.0 / 720.0, 1e-10, 0);
    check_process(&poisson, PROCESSES); /* one process a partition */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_logistic_chain_settles_in_its_stationary_distribution),
        cmocka_unit_test(test_independent_lives_make_a_poisson_population),
    };
    return cmocka_run_group_tests_name("birth_death", tests, NULL, NULL);
}
