/* PHOLD (Fujimoto 1990), the benchmark of parallel simulators, held against what can be said of it
 * beforehand: jobs are conserved, jump at the rate of a renewal process, and end up anywhere with equal
 * chance. */
#include <stdlib.h>

#include "sim/par/world.h"
#include "sim/rand/dist.h"
#include "sim/rand/rand.h"
#include "tests/support/check.h"

enum { PROCESSES = 64, JOBS = 2048 };
static const sim_time LOOKAHEAD = 1000000;
static const double MEAN_EXTRA = 4e6; /* exponential, on top of the lookahead */
static const double SHARE_REMOTE = 0.5;
static const int64_t WINDOWS = 500;

struct place {
    int64_t n_events;
};

/* Every jump takes lookahead + exponential, whether to another place or to the same. */
static int on_jump(
    struct sim_context *context, void *state, const struct sim_event *event, struct sim_error *error)
{
    struct place *self = state;
    uint64_t words[4];
    struct sim_luck luck = {1990, 0};
    struct sim_event next = *event;
    self->n_events++;
    next.data[0]++;
    sim_rand_block(luck, event->entity + 1, SIM_BLOCK_OF_PHOLD_REMOTE, (uint64_t)event->data[0], words);
    double extra = sim_dist_exponential(sim_rand_unit(words[SIM_WORD_OF_PHOLD_DELAY]), MEAN_EXTRA);
    sim_time time = context->now + LOOKAHEAD + (sim_time)(extra + 0.5);
    if (sim_rand_unit(words[SIM_WORD_OF_PHOLD_REMOTE]) >= SHARE_REMOTE)
        return sim_process_schedule(context, time, 0, &next, error);
    int32_t to = (int32_t)sim_dist_below(words[SIM_WORD_OF_PHOLD_TARGET], PROCESSES);
    return sim_process_send(context, to, time, 0, &next, error);
}

static sim_time next_window(void *user, sim_time t)
{
    (void)user;
    return t + LOOKAHEAD;
}

struct census {
    uint8_t seen[JOBS];
    int32_t at[PROCESSES];
};

static void count_job(void *user, const struct sim_event *event)
{
    struct census *self = user;
    self->seen[event->entity]++;
    self->at[sim_event_process(event)]++;
}

static int every_job_is_somewhere_once(
    void *user, struct sim_world *world, sim_time boundary, struct sim_error *error)
{
    struct census *census = user;
    *census = (struct census){.seen = {0}};
    sim_world_visit(world, count_job, census);
    for (int i = 0; i < JOBS; i++)
        if (census->seen[i] != 1)
            return sim_error_set(error, SIM_ERROR_MODEL, "job %d is in %d places at %lld", i, census->seen[i],
                (long long)boundary);
    return 0;
}

static void test_jobs_are_conserved_jump_at_their_rate_and_spread_evenly(void **unused)
{
    (void)unused;
    struct place places[PROCESSES] = {{0}};
    struct sim_process_spec specs[PROCESSES];
    struct sim_process_type type = {.name = "place", .on_event = on_jump};
    struct sim_error error = {0};
    struct census census;
    for (int32_t i = 0; i < PROCESSES; i++)
        specs[i] = (struct sim_process_spec){&type, &places[i], 0, i % 8};
    struct sim_world_options options = {.next_boundary = next_window,
        .on_boundary = every_job_is_somewhere_once,
        .user = &census,
        .scheduler = SIM_SCHEDULER_THREADS,
        .n_threads = 2};
    struct sim_world *world = sim_world_new(specs, PROCESSES, options, &error);
    for (uint32_t job = 0; job < JOBS; job++) { /* all of them begin in one corner */
        struct sim_event event = {.entity = job};
        check_ok(sim_world_schedule(world, 0, 0, 0, &event, &error), error);
    }
    check_ok(sim_world_run(world, WINDOWS * LOOKAHEAD, &error), error);

    /* Renewals of mean m and variance s^2 in a time T, counting the one at 0: T / m + (s^2 / m^2 + 1) / 2,
     * with variance T s^2 / m^3 (Feller 1971, XI.3-5). z below 4.4: 1e-5. */
    double mean = (double)LOOKAHEAD + MEAN_EXTRA, variance = MEAN_EXTRA * MEAN_EXTRA,
           t = (double)(WINDOWS * LOOKAHEAD);
    double expected = t / mean + (variance / (mean * mean) + 1.0) / 2.0;
    double sd = sqrt(JOBS * t * variance / (mean * mean * mean));
    check_near((double)sim_world_events(world), JOBS * expected, 0, 4.4 * sd);
    assert_true(4.4 * sd < 0.02 * JOBS * expected);

    /* A hundred jumps on, half of them remote: places are uniform and independent. Chi-square of 63 degrees,
     * 1e-5 from above 123 and from below 24. */
    double chi_square = 0.0, even = (double)JOBS / PROCESSES;
    for (int i = 0; i < PROCESSES; i++)
        chi_square += (census.at[i] - even) * (census.at[i] - even) / even;
    assert_true(chi_square < 123.0 && chi_square > 24.0);
    sim_world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jobs_are_conserved_jump_at_their_rate_and_spread_evenly),
    };
    return cmocka_run_group_tests_name("phold", tests, NULL, NULL);
}
