/* Illness: days and money. Rung: closed form over drawn households; tolerances are four standard errors. */
#include "tests/support/village.h"

#include "models/shocks/illness.h"
#include "sim/par/world.h"
#include "sim/rand/dist.h"
#include "sim/time/calendar.h"

enum { HOUSEHOLDS = 2000, PERSONS = 3, MONTHS = 12 };
#define CASH ((int64_t)1000000000)

struct toll {
    double ill;      /* household-months */
    double days;     /* lost in them */
    double paid_fen; /* for treatment */
};

/* A year of illnesses so short that none runs into the next month: no event is scheduled. */
static struct toll live_year_without(int32_t migrants, int32_t is_on, int64_t cash_fen, bool has_water)
{
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    struct shock_params *params = &fixture.scenario->shocks;
    params->illness = is_on;
    params->illness_rate = 0.25;
    params->illness_water = 1.6;
    params->illness_days = 0.5;
    params->illness_cost = 300.0;
    params->illness_cost_sd = 0.5;
    struct household_table *households = &fixture.village->households;
    for (int32_t i = 0; i < HOUSEHOLDS; i++) {
        sim_row h = village_fixture_household(&fixture, PERSONS);
        households->n_migrants[h] = (uint8_t)migrants;
        households->cash_fen[h] = cash_fen;
        households->services[h] = has_water ? 1U << SERVICE_WATER : 0;
    }
    struct toll toll = {0};
    struct sim_context context = {0};
    village_fixture_begin(&fixture);
    for (int32_t month = 1; month <= MONTHS; month++) {
        struct moment moment = village_fixture_moment(&fixture, 2015, month);
        moment.index = 1.5;
        check_ok(
            illness_month(&context, fixture.village, &moment, fixture.village->scratch_words, &fixture.error),
            fixture.error);
        village_fixture_end_month(&fixture);
        for (sim_row h = 0; h < HOUSEHOLDS; h++) {
            toll.ill += households->days_lost[h] > 0.0;
            toll.days += households->days_lost[h];
            toll.paid_fen += (double)(cash_fen - households->cash_fen[h]);
            households->days_lost[h] = 0.0;
            households->cash_fen[h] = cash_fen;
        }
        village_fixture_begin(&fixture);
    }
    village_fixture_close(&fixture);
    return toll;
}

static struct toll live_year(int32_t is_on, int64_t cash_fen, bool has_water)
{
    return live_year_without(0, is_on, cash_fen, has_water);
}

static void test_migrants_do_not_fall_ill_at_home(void **state)
{
    (void)state;
    struct toll toll = live_year_without(2, 1, CASH, true);
    double n = HOUSEHOLDS * MONTHS, p = 0.25 / 12.0 * (PERSONS - 2);
    check_near(toll.ill, n * p, 0.0, 4.0 * sqrt(n * p * (1.0 - p)));
    assert_true(live_year_without(PERSONS, 1, CASH, true).ill == 0.0);
}

static void test_illness_comes_by_persons_and_takes_its_mean_of_days_and_money(void **state)
{
    (void)state;
    struct toll toll = live_year(1, CASH, true);
    double n = HOUSEHOLDS * MONTHS, p = 0.25 / 12.0 * PERSONS;
    check_near(toll.ill, n * p, 0.0, 4.0 * sqrt(n * p * (1.0 - p)));
    check_near(toll.days / toll.ill, 0.5, 4.0 / sqrt(toll.ill), 0.0);
    double sd = sqrt(exp(0.25) - 1.0); /* of the lognormal cost, relative */
    check_near(toll.paid_fen / toll.ill, 300.0 * 100.0 * 1.5, 4.0 * sd / sqrt(toll.ill), 1.0);
}

static void test_treatment_is_paid_as_far_as_cash_goes(void **state)
{
    (void)state;
    struct toll rich = live_year(1, CASH, true), poor = live_year(1, 1000, true),
                bare = live_year(1, 0, true);
    assert_true(rich.ill == poor.ill && rich.ill == bare.ill);
    assert_true(rich.days == poor.days && rich.days == bare.days);
    check_near(poor.paid_fen, 1000.0 * poor.ill, 1e-3, 0.0); /* hardly any illness costs less than 10 CNY */
    assert_true(bare.paid_fen == 0.0);
}

static void test_illness_switched_off_befalls_nobody(void **state)
{
    (void)state;
    struct toll toll = live_year(0, CASH, false);
    assert_true(toll.ill == 0.0 && toll.paid_fen == 0.0);
}

static void test_homes_without_safe_water_fall_ill_more_often(void **state)
{
    (void)state;
    struct toll toll = live_year(1, CASH, false);
    double n = HOUSEHOLDS * MONTHS, p = 1.6 * 0.25 / 12.0 * PERSONS;
    check_near(toll.ill, n * p, 0.0, 4.0 * sqrt(n * p * (1.0 - p)));
}

/* A process that is a village for its illnesses alone: falls ill in its first month, then counts the days. */
struct patient {
    struct village_fixture fixture;
    double days[12];
};

enum { FALL_ILL = EVENT_VILLAGE_ROUND };

static int on_patient(
    struct sim_context *context, void *state, const struct sim_event *event, struct sim_error *error)
{
    struct patient *self = state;
    int32_t month = sim_month_from_time(context->now) - self->fixture.scenario->first_month;
    if (event->kind == EVENT_ILLNESS_END) {
        assert_int_equal(event->entity, 0);
        self->days[month] += (double)event->data[0];
        return 0;
    }
    struct village *village = self->fixture.village;
    struct moment moment = village_fixture_moment(&self->fixture, 2015, 1);
    moment.month = self->fixture.scenario->first_month;
    int code = illness_month(context, village, &moment, village->scratch_words, error);
    self->days[month] += village->households.days_lost[0];
    return code;
}

static void test_long_illness_goes_on_month_after_month(void **state)
{
    (void)state;
    struct patient patient = {0};
    village_fixture_open(&patient.fixture);
    struct scenario *scenario = patient.fixture.scenario;
    scenario->shocks.illness = 1;
    scenario->shocks.illness_rate = 1e6; /* for sure */
    scenario->shocks.illness_days = 100.0;
    scenario->labour.days = 24.0;
    village_fixture_household(&patient.fixture, 1);
    struct village *village = patient.fixture.village;
    /* A key whose illness lasts some months, so that the test is of what it says. */
    double drawn = 0.0;
    uint64_t salt = sim_rand_word(
        village->luck, scenario->county_key, SIM_PURPOSE_ILLNESS_DAYS, (uint64_t)scenario->first_month);
    for (uint64_t key = 1; drawn < 80.0 || drawn > 200.0; key++) {
        village->households.key[0] = key;
        drawn = sim_dist_exponential(sim_rand_unit(sim_rand_salted(salt, key)), 100.0);
    }
    village_fixture_begin(&patient.fixture);
    const struct sim_process_type type = {.name = "patient", .on_event = on_patient};
    struct sim_process_spec spec = {.type = &type, .state = &patient};
    struct sim_world_options options = {
        .start = sim_month_to_time(scenario->first_month), .next_boundary = sim_world_next_month};
    struct sim_world *world = sim_world_new(&spec, 1, options, &patient.fixture.error);
    assert_non_null(world);
    struct sim_event event = {.kind = FALL_ILL};
    sim_time first = sim_month_to_time(scenario->first_month + 1) - 1;
    check_ok(sim_world_schedule(world, 0, first, PHASE_ROUND, &event, &patient.fixture.error),
        patient.fixture.error);
    sim_time end = sim_month_to_time(scenario->first_month + 12);
    check_ok(sim_world_run(world, end, &patient.fixture.error), patient.fixture.error);
    double sum = 0.0;
    for (int32_t month = 0; month < 12; month++) {
        sum += patient.days[month];
        double left = drawn - 24.0 * month;
        check_near(patient.days[month], left > 24.0 ? 24.0 : left > 0.0 ? left : 0.0, 0.0, 0.5);
    }
    check_near(sum, drawn, 0.0, 0.5);
    sim_world_free(world);
    village_fixture_close(&patient.fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_migrants_do_not_fall_ill_at_home),
        cmocka_unit_test(test_illness_comes_by_persons_and_takes_its_mean_of_days_and_money),
        cmocka_unit_test(test_treatment_is_paid_as_far_as_cash_goes),
        cmocka_unit_test(test_illness_switched_off_befalls_nobody),
        cmocka_unit_test(test_homes_without_safe_water_fall_ill_more_often),
        cmocka_unit_test(test_long_illness_goes_on_month_after_month),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
