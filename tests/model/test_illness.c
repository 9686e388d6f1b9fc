/* Illness: days and money. Rung: closed form over drawn households; tolerances are four standard errors. */
#include "tests/support/village.h"

#include "models/shocks/illness.h"

enum { HOUSEHOLDS = 2000, PERSONS = 3, MONTHS = 12 };
#define CASH ((int64_t)1000000000)

struct toll {
    double ill;      /* household-months */
    double days;     /* lost in them */
    double paid_fen; /* for treatment */
};

/* A year of illnesses so short that none runs into the next month: no event is scheduled. */
static struct toll live_year(int32_t is_on, int64_t cash_fen)
{
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    struct shock_params *params = &fixture.scenario->shocks;
    params->illness = is_on;
    params->illness_rate = 0.25;
    params->illness_days = 0.5;
    params->illness_cost = 300.0;
    params->illness_cost_sd = 0.5;
    struct household_table *households = &fixture.village->households;
    for (int32_t i = 0; i < HOUSEHOLDS; i++) {
        sim_row h = village_fixture_household(&fixture, PERSONS);
        households->cash_fen[h] = cash_fen;
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

static void test_illness_comes_by_persons_and_takes_its_mean_of_days_and_money(void **state)
{
    (void)state;
    struct toll toll = live_year(1, CASH);
    double n = HOUSEHOLDS * MONTHS, p = 0.25 / 12.0 * PERSONS;
    check_near(toll.ill, n * p, 0.0, 4.0 * sqrt(n * p * (1.0 - p)));
    check_near(toll.days / toll.ill, 0.5, 4.0 / sqrt(toll.ill), 0.0);
    double sd = sqrt(exp(0.25) - 1.0); /* of the lognormal cost, relative */
    check_near(toll.paid_fen / toll.ill, 300.0 * 100.0 * 1.5, 4.0 * sd / sqrt(toll.ill), 1.0);
}

static void test_treatment_is_paid_as_far_as_cash_goes(void **state)
{
    (void)state;
    struct toll rich = live_year(1, CASH), poor = live_year(1, 1000), bare = live_year(1, 0);
    assert_true(rich.ill == poor.ill && rich.ill == bare.ill);
    assert_true(rich.days == poor.days && rich.days == bare.days);
    check_near(poor.paid_fen, 1000.0 * poor.ill, 1e-3, 0.0); /* hardly any illness costs less than 10 CNY */
    assert_true(bare.paid_fen == 0.0);
}

static void test_illness_switched_off_befalls_nobody(void **state)
{
    (void)state;
    struct toll toll = live_year(0, CASH);
    assert_true(toll.ill == 0.0 && toll.paid_fen == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_illness_comes_by_persons_and_takes_its_mean_of_days_and_money),
        cmocka_unit_test(test_treatment_is_paid_as_far_as_cash_goes),
        cmocka_unit_test(test_illness_switched_off_befalls_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
