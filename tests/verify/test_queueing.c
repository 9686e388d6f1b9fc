/* One server, one line: mean waiting times against Pollaczek and Khinchine (closed form).
 *
 * 100 independent queues, one process each. Their mean waits are 100 independent numbers, so the mean of
 * these is tested by Student's t with 99 degrees of freedom; beyond 4.4 with probability 3e-5. The clock
 * counts 10^6 ticks to a mean service: rounding moves a wait by 10^-6. */
#include <stdlib.h>

#include "sim/par/world.h"
#include "sim/rand/dist.h"
#include "sim/rand/rand.h"
#include "tests/support/check.h"

enum { QUEUES = 100, WARM_UP = 1500, CUSTOMERS = 6000, LINE = 4096 };
enum event { ARRIVAL, DEPARTURE };
static const double TICKS = 1e6;
static const double T_LIMIT = 4.4;

struct service {
    double (*draw)(double u); /* mean 1 */
    double second_moment;
};

struct queue {
    struct sim_luck luck;
    sim_key key;
    const struct service *service;
    double load;         /* arrivals a mean service */
    sim_time line[LINE]; /* arrival times, the one in service first */
    int64_t n_come, n_begun, n_gone;
    double waited; /* of customers after the warm-up */
    int64_t n_counted;
    sim_time busy_since, busy;
};

static sim_time ticks(double services)
{
    return (sim_time)(services * TICKS + 0.5);
}

static int begin_service(struct sim_context *context, struct queue *self, struct sim_error *error)
{
    int64_t customer = self->n_begun++;
    if (customer >= WARM_UP && customer < WARM_UP + CUSTOMERS) {
        self->waited += (double)(context->now - self->line[customer % LINE]) / TICKS;
        self->n_counted++;
    }
    double u = sim_rand_uniform(self->luck, self->key, SIM_PURPOSE_QUEUE_SERVICE, (uint64_t)customer);
    sim_time duration = ticks(self->service->draw(u));
    if (customer >= WARM_UP && customer < WARM_UP + CUSTOMERS)
        self->busy += duration;
    struct sim_event departure = {.kind = DEPARTURE};
    return sim_process_schedule(context, context->now + duration, 0, &departure, error);
}

static int on_event(
    struct sim_context *context, void *state, const struct sim_event *event, struct sim_error *error)
{
    struct queue *self = state;
    if (event->kind == DEPARTURE) {
        self->n_gone++;
        return self->n_come > self->n_begun ? begin_service(context, self, error) : 0;
    }
    if (self->n_come - self->n_gone == LINE)
        return sim_error_set(error, SIM_ERROR_CAPACITY, "%d in line", LINE);
    self->line[self->n_come % LINE] = context->now;
    int64_t customer = self->n_come++;
    double u = sim_rand_uniform(self->luck, self->key, SIM_PURPOSE_QUEUE_ARRIVAL, (uint64_t)customer);
    struct sim_event arrival = {.kind = ARRIVAL};
    int code = sim_process_schedule(
        context, context->now + ticks(sim_dist_exponential(u, 1.0 / self->load)), 0, &arrival, error);
    if (code >= 0 && self->n_begun == self->n_gone)
        code = begin_service(context, self, error);
    return code;
}

static const struct sim_process_type queue_type = {.name = "queue", .on_event = on_event};

static sim_time next_window(void *user, sim_time t)
{
    (void)user;
    return t + (sim_time)(500 * TICKS);
}

/* Student's t of the queues' means against the closed form. */
static void check_queue(const struct service *service, double load)
{
    struct queue *queues = calloc(QUEUES, sizeof *queues);
    struct sim_process_spec specs[QUEUES];
    struct sim_error error = {0};
    for (int32_t i = 0; i < QUEUES; i++) {
        queues[i] =
            (struct queue){.luck = {1909, 0}, .key = (sim_key)i + 1, .service = service, .load = load};
        specs[i] = (struct sim_process_spec){&queue_type, &queues[i], 0, i % 8};
    }
    struct sim_world_options options = {
        .next_boundary = next_window, .scheduler = SIM_SCHEDULER_THREADS, .n_threads = 2};
    struct sim_world *world = sim_world_new(specs, QUEUES, options, &error);
    struct sim_event arrival = {.kind = ARRIVAL};
    for (int32_t i = 0; i < QUEUES; i++)
        check_ok(sim_world_schedule(world, i, 0, 0, &arrival, &error), error);
    bool all_done = false;
    while (!all_done) {
        check_ok(sim_world_run(world, next_window(NULL, sim_world_now(world)), &error), error);
        all_done = true;
        for (int32_t i = 0; i < QUEUES; i++)
            all_done = all_done && queues[i].n_counted == CUSTOMERS;
    }

    double sum = 0.0, squares = 0.0, work = 0.0;
    for (int32_t i = 0; i < QUEUES; i++) {
        double mean = queues[i].waited / CUSTOMERS;
        sum += mean;
        squares += mean * mean;
        work += (double)queues[i].busy / TICKS / CUSTOMERS;
    }
    double mean = sum / QUEUES, variance = (squares - sum * mean) / (QUEUES - 1);
    double closed_form = load * service->second_moment / (2.0 * (1.0 - load));
    check_near(mean, closed_form, 0, T_LIMIT * sqrt(variance / QUEUES));
    /* The test can fail: the interval is narrow. */
    assert_true(T_LIMIT * sqrt(variance / QUEUES) < 0.08 * closed_form);
    double n = (double)QUEUES * CUSTOMERS;
    check_near(work / QUEUES, 1.0, 0, T_LIMIT * sqrt((service->second_moment - 1.0) / n) + 1.0 / TICKS);
    sim_world_free(world);
    free(queues);
}

static double draw_exponential(double u)
{
    return sim_dist_exponential(u, 1.0);
}

static double draw_constant(double u)
{
    (void)u;
    return 1.0;
}

/* sd_log^2 = log 2.5: squared coefficient of variation 1.5. */
static double draw_lognormal(double u)
{
    return sim_dist_lognormal(u, 1.0, 0.95723076208222886);
}

static void test_mm1_waits_rho_over_one_minus_rho(void **unused)
{
    (void)unused;
    struct service exponential = {draw_exponential, 2.0};
    check_queue(&exponential, 0.7);
}

static void test_md1_waits_half_of_that(void **unused)
{
    (void)unused;
    struct service constant = {draw_constant, 1.0};
    check_queue(&constant, 0.8);
}

static void test_mg1_waits_what_pollaczek_and_khinchine_say(void **unused)
{
    (void)unused;
    struct service lognormal = {draw_lognormal, 2.5};
    check_queue(&lognormal, 0.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mm1_waits_rho_over_one_minus_rho),
        cmocka_unit_test(test_md1_waits_half_of_that),
        cmocka_unit_test(test_mg1_waits_what_pollaczek_and_khinchine_say),
    };
    return cmocka_run_group_tests_name("queueing", tests, NULL, NULL);
}
