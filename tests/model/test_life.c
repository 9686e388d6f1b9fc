/* The life of an investment: money, works, dates, status. Rung: hand values, on a program without effect in
 * the tiny county. */
#include "tests/support/county.h"

#include "models/investments/life.h"
#include "sim/time/calendar.h"

struct project {
    struct county_fixture county;
    struct county_run run;
    int32_t investment;
    const struct investment_config *config;
    const struct investment_table *table;
};

/* An arm with one program, before its first month. */
static void open_project(struct project *self, const char *arm, const char *const *sets, int32_t n_sets)
{
    memset(self, 0, sizeof(*self));
    county_fixture_open(&self->county, TINY, arm, sets, n_sets);
    struct county_run_options options = {0};
    check_ok(county_run_init(
                 &self->run, &self->county.scenario, &self->county.founders, 1, options, &self->county.error),
        self->county.error);
    while (!self->county.scenario.investments[self->investment].active)
        self->investment++;
    self->config = &self->county.scenario.investments[self->investment];
    self->table = &self->run.hub.investments;
}

/* Lives until the month before this one is over; every month's books close. */
static void live_until(struct project *self, int32_t year, int32_t month)
{
    check_ok(county_run_until(&self->run, sim_month_from_date(year, month), &self->county.error),
        self->county.error);
}

static void close_project(struct project *self)
{
    county_run_free(&self->run);
    county_fixture_close(&self->county);
}

static sim_time date(int32_t year, int32_t month)
{
    return sim_month_to_time(sim_month_from_date(year, month));
}

#define PLAN "programs.none.uncertainty=none", "programs.none.leak=0"
#define DRAWN                                                                                                \
    "programs.none.uncertainty=drawn", "programs.none.tranches=1", "programs.none.overrun_sd=0",             \
        "programs.none.delay=0", "programs.none.delay_sd=0"

static void test_promised_dates_are_those_of_the_plan(void **state)
{
    (void)state;
    struct investment_config config = {.approve = sim_month_from_date(2016, 3),
        .build_time = 8,
        .season_from = 4,
        .season_to = 9,
        .operate = 12,
        .last = 30};
    int32_t months[MILESTONES];
    investment_promise(&config, months);
    assert_int_equal(months[MILESTONE_APPROVED], sim_month_from_date(2016, 3));
    assert_int_equal(months[MILESTONE_FUNDED], sim_month_from_date(2016, 3));
    assert_int_equal(months[MILESTONE_STARTED], sim_month_from_date(2016, 4));
    /* April to September 2016, April and May 2017 */
    assert_int_equal(months[MILESTONE_COMPLETED], sim_month_from_date(2017, 6));
    assert_int_equal(months[MILESTONE_HANDED_OVER], sim_month_from_date(2018, 6));
    assert_int_equal(months[MILESTONE_ENDED], sim_month_from_date(2019, 12));

    config.season_from = 11; /* a season over the new year: November to February */
    config.season_to = 2;
    investment_promise(&config, months);
    assert_int_equal(months[MILESTONE_STARTED], sim_month_from_date(2016, 11));
    assert_int_equal(months[MILESTONE_COMPLETED], sim_month_from_date(2018, 3));

    config.season_from = 1;
    config.season_to = 12;
    config.build_time = 0;
    investment_promise(&config, months);
    assert_int_equal(months[MILESTONE_COMPLETED], sim_month_from_date(2016, 3));
}

static void test_plan_without_uncertainty_keeps_its_dates(void **state)
{
    (void)state;
    const char *const sets[] = {PLAN, "programs.none.tranches=1", "programs.none.build_time=8 month",
        "programs.none.operate=6 month", "programs.none.last=18 month"};
    struct project project;
    open_project(&project, "none", sets, SIM_COUNT(sets));
    int32_t months[MILESTONES], i = project.investment;
    investment_promise(project.config, months);
    live_until(&project, 2019, 1);
    assert_int_equal(project.table->date_approved[i], date(2016, 3));
    assert_int_equal(project.table->date_started[i], sim_month_to_time(months[MILESTONE_STARTED]));
    assert_int_equal(project.table->date_completed[i], sim_month_to_time(months[MILESTONE_COMPLETED]));
    assert_int_equal(project.table->date_completed[i], date(2017, 6));
    assert_int_equal(project.table->date_handed_over[i], date(2017, 12));
    assert_int_equal(project.table->date_ended[i], date(2018, 12));
    assert_int_equal(project.table->status[i], INVESTMENT_ENDED);
    close_project(&project);
}

static void test_tranches_sum_to_the_budget_to_the_coin(void **state)
{
    (void)state;
    const char *const sets[] = {PLAN, "programs.none.budget=30000.01 CNY", "programs.none.tranches=7",
        "programs.none.tranche_interval=2 month"};
    struct project project;
    open_project(&project, "none", sets, SIM_COUNT(sets));
    int32_t i = project.investment;
    live_until(&project, 2016, 3);
    assert_int_equal(project.table->paid_fen[i], 0);
    for (int32_t k = 1; k <= 7; k++) { /* March, May, July 2016 ... March 2017 */
        int32_t month = sim_month_from_date(2016, 3) + 2 * (k - 1) + 1;
        live_until(&project, sim_month_year(month), sim_month_of_year(month));
        assert_int_equal(project.table->tranches_paid[i], k);
        assert_int_equal(project.table->paid_fen[i], k < 7 ? k * (3000001 / 7) : 3000001);
    }
    live_until(&project, 2018, 1);
    assert_int_equal(project.table->paid_fen[i], 3000001);
    close_project(&project);
}

static void test_works_wait_for_the_season(void **state)
{
    (void)state;
    const char *const sets[] = {PLAN, "programs.none.approve=2016-10", "programs.none.tranches=1"};
    struct project project;
    open_project(&project, "none", sets, SIM_COUNT(sets));
    int32_t i = project.investment;
    live_until(&project, 2017, 4);
    assert_int_equal(project.table->works_fen[i], 0);
    assert_int_equal(project.table->fund_fen[i], 3000000);
    assert_int_equal(project.table->date_started[i], 0);
    live_until(&project, 2017, 5);
    assert_int_equal(project.table->works_fen[i], 1500000); /* one of two months */
    assert_int_equal(project.table->date_started[i], date(2017, 4));
    assert_int_equal(project.table->status[i], INVESTMENT_BUILDING);
    live_until(&project, 2017, 6);
    assert_int_equal(project.table->works_fen[i], 3000000);
    assert_int_equal(project.table->date_completed[i], date(2017, 6));
    close_project(&project);
}

static void test_works_wait_for_money_and_completion_for_the_last_tranche(void **state)
{
    (void)state;
    const char *const sets[] = {PLAN, "programs.none.works=0.5", "programs.none.tranches=2",
        "programs.none.tranche_interval=12 month", "programs.none.season_from=1",
        "programs.none.season_to=12"};
    struct project project;
    open_project(&project, "none", sets, SIM_COUNT(sets));
    int32_t i = project.investment;
    live_until(&project, 2016, 6); /* the first tranche pays for all of the works */
    assert_int_equal(project.table->works_fen[i], 1500000);
    live_until(&project, 2017, 3);
    assert_int_equal(project.table->status[i], INVESTMENT_BUILDING);
    assert_int_equal(project.table->date_completed[i], 0);
    live_until(&project, 2017, 4);
    assert_int_equal(project.table->status[i], INVESTMENT_OPERATING);
    assert_int_equal(project.table->date_completed[i], date(2017, 4));
    assert_int_equal(project.table->works_fen[i], 1500000);
    assert_int_equal(project.table->fund_fen[i], 1500000);
    check_near(project.table->scale[i], 1.0, 1e-9, 0.0);
    close_project(&project);
}

static void test_overrun_within_the_contingency_is_topped_up_by_the_sponsor(void **state)
{
    (void)state;
    const char *const sets[] = {
        DRAWN, "programs.none.leak=0", "programs.none.overrun=0.05", "programs.none.contingency=0.10"};
    struct project project;
    open_project(&project, "none", sets, SIM_COUNT(sets));
    int32_t i = project.investment;
    live_until(&project, 2017, 1);
    check_near(project.table->overrun[i], 0.05, 1e-9, 0.0);
    check_near((double)project.table->works_fen[i], 3150000.0, 0.0, 1.0);
    assert_int_equal(project.table->paid_fen[i], project.table->works_fen[i]);
    check_near(project.table->scale[i], 1.0, 1e-6, 0.0);
    close_project(&project);
}

static void test_overrun_beyond_the_contingency_shrinks_the_project(void **state)
{
    (void)state;
    const char *const sets[] = {
        DRAWN, "programs.none.leak=0", "programs.none.overrun=0.50", "programs.none.contingency=0.10"};
    struct project project;
    open_project(&project, "none", sets, SIM_COUNT(sets));
    int32_t i = project.investment;
    live_until(&project, 2017, 1);
    assert_int_equal(project.table->works_fen[i], 3300000);
    assert_int_equal(project.table->paid_fen[i], 3300000);
    check_near(project.table->scale[i], 1.1 / 1.5, 1e-6, 0.0);
    assert_int_equal(project.table->status[i], INVESTMENT_OPERATING);
    close_project(&project);
}

static void test_working_capital_is_not_spent_on_works(void **state)
{
    (void)state;
    const char *const sets[] = {DRAWN, "programs.none.leak=0", "programs.none.works=0.5",
        "programs.none.overrun=0.50", "programs.none.contingency=0.10"};
    struct project project;
    open_project(&project, "none", sets, SIM_COUNT(sets));
    int32_t i = project.investment;
    live_until(&project, 2017, 1);
    assert_int_equal(project.table->works_fen[i], 1650000); /* a tenth over the plan, topped up */
    assert_int_equal(project.table->paid_fen[i], 3150000);
    assert_int_equal(project.table->fund_fen[i], 1500000);
    close_project(&project);
}

static void test_delay_takes_its_share_of_the_building_time(void **state)
{
    (void)state;
    const char *const sets[] = {"programs.none.uncertainty=drawn", "programs.none.leak=0",
        "programs.none.tranches=1", "programs.none.overrun=0", "programs.none.overrun_sd=0",
        "programs.none.delay=0.5", "programs.none.delay_sd=0", "programs.none.build_time=4 month"};
    struct project project;
    open_project(&project, "none", sets, SIM_COUNT(sets));
    live_until(&project, 2017, 1);
    assert_int_equal(project.table->date_completed[project.investment], date(2016, 10)); /* six months */
    close_project(&project);
}

static void test_leaked_money_that_an_audit_finds_comes_back_a_year_later(void **state)
{
    (void)state;
    const char *const sets[] = {DRAWN, "programs.none.overrun=0", "programs.none.leak=0.3",
        "programs.none.audit=1", "programs.none.recovery=0.5", "programs.none.contingency=0"};
    struct project project;
    open_project(&project, "none", sets, SIM_COUNT(sets));
    int32_t i = project.investment;
    live_until(&project, 2016, 4);
    int64_t leaked = project.table->leaked_fen[i];
    assert_true(leaked > 0);
    assert_int_equal(project.table->fund_fen[i], 3000000 - leaked);
    live_until(&project, 2017, 3);
    assert_int_equal(project.table->recovered_fen[i], 0);
    /* What leaked is missing from the works: nobody tops it up. */
    assert_int_equal(project.table->works_fen[i], 3000000 - leaked);
    check_near(project.table->scale[i], 1.0 - (double)leaked / 3e6, 1e-6, 0.0);
    live_until(&project, 2017, 4);
    assert_int_equal(project.table->recovered_fen[i], leaked / 2);
    assert_int_equal(project.table->fund_fen[i], leaked / 2);
    close_project(&project);
}

static void test_what_is_left_goes_back_to_the_sponsor_at_the_end(void **state)
{
    (void)state;
    const char *const sets[] = {PLAN, "programs.none.works=0.6", "programs.none.tranches=1",
        "programs.none.operate=3 month", "programs.none.last=6 month"};
    struct project project;
    open_project(&project, "none", sets, SIM_COUNT(sets));
    int32_t i = project.investment;
    live_until(&project, 2016, 9);
    assert_int_equal(project.table->fund_fen[i], 1200000);
    assert_int_equal(project.table->status[i], INVESTMENT_OPERATING);
    live_until(&project, 2016, 12);
    assert_int_equal(project.table->status[i], INVESTMENT_HANDED_OVER);
    live_until(&project, 2017, 1);
    assert_int_equal(project.table->status[i], INVESTMENT_ENDED);
    assert_int_equal(project.table->fund_fen[i], 0);
    assert_int_equal(project.table->paid_fen[i], 1800000);
    close_project(&project);
}

static void test_program_whose_plant_fails_is_failed_and_stays_so(void **state)
{
    (void)state;
    const char *const sets[] = {"programs.yak.effects[0].plant.price=30 CNY/kg",
        "programs.yak.operate=24 month", "programs.yak.last=36 month"};
    struct project project;
    open_project(&project, "yak", sets, SIM_COUNT(sets));
    int32_t i = project.investment;
    bool was_operating = false;
    for (int32_t year = 2016; year <= 2020; year++) {
        live_until(&project, year, 12);
        was_operating = was_operating || project.table->status[i] == INVESTMENT_OPERATING;
    }
    assert_true(was_operating);
    assert_true(project.table->date_handed_over[i] > 0);
    assert_true(project.table->date_ended[i] > 0);
    assert_int_equal(project.table->status[i], INVESTMENT_FAILED);
    close_project(&project);
}

static void test_dormant_program_has_no_life(void **state)
{
    (void)state;
    struct project project;
    open_project(&project, "none", NULL, 0);
    live_until(&project, 2018, 1);
    for (int32_t i = 0; i < project.county.scenario.n_investments; i++)
        if (i != project.investment) {
            assert_int_equal(project.table->status[i], INVESTMENT_DORMANT);
            assert_int_equal(project.table->paid_fen[i], 0);
            assert_int_equal(project.table->date_approved[i], 0);
        }
    close_project(&project);
}

/* Closed form: exp of the square of it, less 1, is the square of the ratio. */
static void test_spread_of_the_logarithm_gives_the_spread_asked_for(void **state)
{
    (void)state;
    for (double ratio = 0.0; ratio < 3.0; ratio += 0.25) {
        double sd = life_sd_log(ratio);
        check_near(expm1(sd * sd), ratio * ratio, 1e-12, 1e-15);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_promised_dates_are_those_of_the_plan),
        cmocka_unit_test(test_plan_without_uncertainty_keeps_its_dates),
        cmocka_unit_test(test_tranches_sum_to_the_budget_to_the_coin),
        cmocka_unit_test(test_works_wait_for_the_season),
        cmocka_unit_test(test_works_wait_for_money_and_completion_for_the_last_tranche),
        cmocka_unit_test(test_overrun_within_the_contingency_is_topped_up_by_the_sponsor),
        cmocka_unit_test(test_overrun_beyond_the_contingency_shrinks_the_project),
        cmocka_unit_test(test_working_capital_is_not_spent_on_works),
        cmocka_unit_test(test_delay_takes_its_share_of_the_building_time),
        cmocka_unit_test(test_leaked_money_that_an_audit_finds_comes_back_a_year_later),
        cmocka_unit_test(test_what_is_left_goes_back_to_the_sponsor_at_the_end),
        cmocka_unit_test(test_program_whose_plant_fails_is_failed_and_stays_so),
        cmocka_unit_test(test_dormant_program_has_no_life),
        cmocka_unit_test(test_spread_of_the_logarithm_gives_the_spread_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
