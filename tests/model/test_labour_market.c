/* The market of casual work. Rung: definition, closed form; a run for what a large employer does. */
#include "tests/support/county.h"

#include "models/labour/market.h"
#include "sim/core/real.h"
#include "sim/time/calendar.h"

struct market {
    struct county_fixture county;
    struct county_run run;
    struct town_table *towns;
    int32_t month; /* the second month: what is offered in it is normal */
};

static void open_market(struct market *self)
{
    memset(self, 0, sizeof(*self));
    county_fixture_open(&self->county, TINY, "reference", NULL, 0);
    self->county.scenario.labour_market.demand_growth = 0.0;
    check_ok(county_run_init(&self->run, &self->county.scenario, &self->county.founders, 1,
                 (struct county_run_options){0}, &self->county.error),
        self->county.error);
    self->towns = &self->run.board.towns;
    self->month = self->county.scenario.first_month + 1; /* February */
}

static void close_market(struct market *self)
{
    county_run_free(&self->run);
    county_fixture_close(&self->county);
}

/* A month in which both townships offer so many days, and works of so many fen are paid in the first. */
static void live(struct market *self, int32_t month, double days, double works_fen)
{
    for (int32_t v = 0; v < 2; v++) {
        struct sim_event message = {.kind = MESSAGE_DAYS, .data = {(int64_t)(days * 1000.0), 0, v}};
        labour_market_on_days(&self->run.hub, &message);
    }
    self->towns->works_fen[0] += works_fen;
    labour_market_month(&self->run.hub, month);
}

static void test_a_normal_month_finds_the_share_of_the_parameters(void **state)
{
    (void)state;
    struct market market;
    open_market(&market);
    check_near(market.towns->found_share[0], market.county.scenario.labour.casual_winter, 1e-12, 0.0);
    live(&market, market.month, 200.0, 0.0);
    check_near(market.towns->found_share[0], market.county.scenario.labour.casual_winter, 1e-12, 0.0);
    check_near(market.towns->wage_factor[0], 1.0, 1e-12, 0.0);
    live(&market, market.month + 2, 200.0, 0.0); /* April: the next month is summer */
    check_near(market.towns->found_share[0], market.county.scenario.labour.casual_summer, 1e-12, 0.0);
    check_near(market.towns->wage_factor[0], 1.0, 1e-12, 0.0);
    close_market(&market);
}

static void test_who_offers_among_many_finds_less(void **state)
{
    (void)state;
    struct market market;
    open_market(&market);
    market.county.scenario.labour_market.wages = 0;
    live(&market, market.month + 3, 200.0, 0.0); /* May is normal */
    double normal = market.towns->found_share[0];
    live(&market, market.month + 4, 400.0, 0.0);
    double crowded = market.towns->found_share[0];
    /* found / offered = m (asked / offered)^(1 - e) */
    double e = market.county.scenario.labour_market.match_offered;
    check_near(crowded / normal, sim_real_pow(0.5, 1.0 - e), 1e-9, 0.0);
    assert_true(400.0 * crowded > 200.0 * normal); /* yet more days are found in all */
    live(&market, market.month + 5, 1e-3, 0.0);
    assert_true(market.towns->found_share[0] <= 1.0);
    live(&market, market.month + 6, 1e6, 0.0);
    assert_true(1e6 * market.towns->found_share[0] <= market.towns->vacant_days[0] * (1.0 + 1e-9));
    close_market(&market);
}

static void test_works_raise_the_wage_where_they_are_and_it_returns_when_they_end(void **state)
{
    (void)state;
    struct market market;
    open_market(&market);
    int32_t month = market.month;
    live(&market, month++, 200.0, 0.0);
    for (int32_t i = 0; i < 6; i++)
        live(&market, month++, 200.0, 1e6);
    double peak = market.towns->wage_factor[0];
    assert_true(peak > 1.02);
    check_near(market.towns->wage_factor[1], 1.0, 1e-12, 0.0);
    for (int32_t i = 0; i < 120; i++)
        live(&market, month++, 200.0, 0.0);
    check_near(market.towns->wage_factor[0], 1.0, 1e-3, 0.0);
    close_market(&market);
}

static void test_a_lasting_tightness_moves_the_wage_by_its_closed_form(void **state)
{
    (void)state;
    struct market market;
    open_market(&market);
    int32_t month = market.month;
    live(&market, month++, 200.0, 0.0);
    for (int32_t i = 0; i < 400; i++)
        live(&market, month++, 100.0, 0.0);
    /* speed (log 2 - elasticity log w) = return log w */
    const struct labour_market_params *self = &market.county.scenario.labour_market;
    double expected = self->wage_speed * sim_real_log(2.0) /
                      (self->wage_return + self->wage_speed * self->demand_elasticity);
    check_near(sim_real_log(market.towns->wage_factor[0]), expected, 1e-6, 0.0);
    close_market(&market);
}

static void test_the_wage_keeps_within_its_bounds(void **state)
{
    (void)state;
    struct market market;
    open_market(&market);
    market.county.scenario.labour_market.wage_speed = 1.0;
    int32_t month = market.month;
    live(&market, month++, 200.0, 0.0);
    for (int32_t i = 0; i < 50; i++)
        live(&market, month++, 1e-3, 0.0);
    assert_true(market.towns->wage_factor[0] == market.county.scenario.labour_market.wage_ceiling);
    for (int32_t i = 0; i < 50; i++)
        live(&market, month++, 1e7, 0.0);
    assert_true(market.towns->wage_factor[0] == market.county.scenario.labour_market.wage_floor);
    close_market(&market);
}

static void test_switched_off_nothing_answers(void **state)
{
    (void)state;
    struct market market;
    open_market(&market);
    struct scenario *scenario = &market.county.scenario;
    int32_t month = market.month + 4; /* June */
    live(&market, month++, 200.0, 0.0);
    scenario->labour_market.wages = 0;
    live(&market, month++, 20.0, 1e9);
    assert_true(market.towns->wage_factor[0] == 1.0);
    scenario->labour_market.matching = 0;
    live(&market, month++, 20.0, 1e9);
    assert_true(market.towns->found_share[0] == scenario->labour.casual_summer);
    scenario->labour_market.matching = 1;
    scenario->labour.casual = 0;
    live(&market, month, 20.0, 1e9);
    assert_true(market.towns->found_share[0] == 0.0);
    close_market(&market);
}

static double mean_wage(const char *arm, const char *const *sets, int32_t n_sets)
{
    struct county_fixture county;
    struct county_run run;
    county_fixture_open(&county, TINY, arm, sets, n_sets);
    county_fixture_run(&county, &run, (struct county_run_options){0}, 0);
    double wage = 0.5 * (run.board.towns.wage_factor[0] + run.board.towns.wage_factor[1]);
    county_run_free(&run);
    county_fixture_close(&county);
    return wage;
}

static void test_a_large_employer_raises_the_casual_wage_of_those_it_does_not_hire(void **state)
{
    (void)state;
    const char *const sets[] = {"programs.yak.effects[0].plant.jobs=15 job",
        "programs.yak.effects[0].plant.wage=5000 CNY/month",
        "programs.yak.effects[0].plant.price=9000 CNY/kg", "programs.yak.budget=9000000 CNY",
        "programs.yak.works=0.1", "parameters.enterprises.firms=none"};
    double with = mean_wage("yak", sets, SIM_COUNT(sets));
    double without = mean_wage("reference", sets, SIM_COUNT(sets));
    assert_true(with > 1.01 * without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_normal_month_finds_the_share_of_the_parameters),
        cmocka_unit_test(test_who_offers_among_many_finds_less),
        cmocka_unit_test(test_works_raise_the_wage_where_they_are_and_it_returns_when_they_end),
        cmocka_unit_test(test_a_lasting_tightness_moves_the_wage_by_its_closed_form),
        cmocka_unit_test(test_the_wage_keeps_within_its_bounds),
        cmocka_unit_test(test_switched_off_nothing_answers),
        cmocka_unit_test(test_a_large_employer_raises_the_casual_wage_of_those_it_does_not_hire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
