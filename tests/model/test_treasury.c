/* The county's budget. Rung: definition (identities to the coin) on single rounds; direction on runs of the
 * tiny county. */
#include "tests/support/village.h"

#include "models/government/treasury.h"

/* One round of the treasury alone, in a calendar month of the base year. */
static void live(struct village_fixture *self, int32_t calendar_month)
{
    int32_t month = sim_month_from_date(self->scenario->base_year, calendar_month);
    struct sim_context context = {.now = sim_month_to_time(month + 1) - 1};
    check_ok(treasury_month(&context, &self->run.hub, &self->error), self->error);
}

/* Fen that a head's yearly amount in CNY makes a month for the county. */
static int64_t month_of(const struct village_fixture *self, double yearly)
{
    return (int64_t)(yearly * 100.0 / 12.0 * (double)self->scenario->county.persons);
}

static int64_t plan_of(const struct village_fixture *self)
{
    const struct fiscal_params *fiscal = &self->scenario->fiscal;
    return month_of(self, fiscal->other_revenue) + month_of(self, fiscal->transfers);
}

static void pay_out(struct village_fixture *self, int64_t fen)
{
    struct sim_event message = {.data = {fen, 0, 0}};
    treasury_on_social(&self->run.hub, &message);
}

static void test_services_are_what_the_plan_leaves_after_social_money(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    const struct treasury *treasury = &village.run.hub.treasury;
    int64_t plan = plan_of(&village);
    pay_out(&village, plan / 4);
    pay_out(&village, plan / 8);
    live(&village, 3);
    assert_int_equal(treasury->year_social_fen, plan / 4 + plan / 8);
    assert_int_equal(treasury->year_services_fen, plan - plan / 4 - plan / 8);
    assert_int_equal(treasury->year_transfer_fen + treasury->year_other_revenue_fen, plan);
    assert_int_equal(treasury->cash_fen, 0);
    assert_int_equal(treasury->social_fen, 0);
    village_fixture_close(&village);
}

static void test_what_the_plan_cannot_pay_comes_from_above(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    const struct treasury *treasury = &village.run.hub.treasury;
    int64_t plan = plan_of(&village);
    pay_out(&village, 3 * plan);
    live(&village, 1);
    assert_int_equal(treasury->year_services_fen, 0);
    assert_int_equal(treasury->cash_fen, 0);
    assert_int_equal(treasury->year_transfer_fen + treasury->year_other_revenue_fen, 3 * plan);
    village_fixture_close(&village);
}

static void test_wages_paid_ahead_are_part_of_the_month_s_transfer(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    struct treasury *treasury = &village.run.hub.treasury;
    int64_t plan = plan_of(&village), wages = plan / 3;
    treasury_spend(&village.run.hub, wages, FLOW_PUBLIC_WAGES_SENT);
    live(&village, 3);
    assert_int_equal(treasury->year_transfer_fen, month_of(&village, village.scenario->fiscal.transfers));
    assert_int_equal(treasury->year_services_fen, plan - wages);
    assert_int_equal(treasury->cash_fen, 0);
    assert_int_equal(treasury->month_drawn_fen | treasury->month_spent_fen, 0);
    village_fixture_close(&village);
}

static void test_taxes_of_firms_are_kept_until_december_then_partly_returned_partly_spent(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    struct treasury *treasury = &village.run.hub.treasury;
    int64_t plan = plan_of(&village), tax = 2 * plan;
    village.scenario->fiscal.reserve = 0.5;
    village.scenario->fiscal.returned = 0.25;
    treasury->cash_fen += tax;
    live(&village, 11);
    assert_int_equal(treasury->cash_fen, tax);
    live(&village, 12);
    int64_t kept = (int64_t)(0.5 * (double)plan), over = tax - kept;
    assert_int_equal(treasury->cash_fen, kept);
    assert_int_equal(treasury->year_returned_fen, (int64_t)((double)over * 0.25));
    assert_int_equal(treasury->year_services_fen, 2 * plan + over - treasury->year_returned_fen);
    village_fixture_close(&village);
}

static void test_without_a_budget_social_money_passes_through(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    village.scenario->fiscal.budget = 0;
    const struct treasury *treasury = &village.run.hub.treasury;
    pay_out(&village, 12345);
    live(&village, 12);
    assert_int_equal(treasury->year_transfer_fen, 12345);
    assert_int_equal(treasury->year_social_fen, 12345);
    assert_int_equal(treasury->year_services_fen + treasury->year_other_revenue_fen, 0);
    assert_int_equal(treasury->cash_fen, 0);
    village_fixture_close(&village);
}

static void test_january_begins_the_year_s_sums_and_keeps_the_cash(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    struct treasury *treasury = &village.run.hub.treasury;
    *treasury = (struct treasury){.cash_fen = 7, .social_fen = 5, .year_social_fen = 3, .year_tax_fen = 2};
    treasury_new_year(&village.run.hub);
    assert_int_equal(treasury->cash_fen, 7);
    assert_int_equal(treasury->social_fen, 5);
    assert_int_equal(treasury->year_social_fen | treasury->year_tax_fen, 0);
    village_fixture_close(&village);
}

/* The whole model, year by year: cash moves by what comes in less what goes out. */
static void test_budget_of_every_year_balances_and_is_mostly_transfers(void **state)
{
    (void)state;
    struct county_fixture county;
    struct county_run run;
    county_fixture_open(&county, TINY, "all", NULL, 0);
    check_ok(county_run_init(
                 &run, &county.scenario, &county.founders, 1, (struct county_run_options){0}, &county.error),
        county.error);
    const struct treasury *treasury = &run.hub.treasury;
    int64_t before = 0;
    for (int32_t month = county.scenario.first_month; month < county.scenario.end_month; month++) {
        check_ok(county_run_until(&run, month + 1, &county.error), county.error);
        assert_true(treasury->cash_fen >= 0);
        if (sim_month_of_year(month) != 12)
            continue;
        int64_t own = treasury->year_tax_fen + treasury->year_other_revenue_fen;
        int64_t out = treasury->year_social_fen + treasury->year_public_wages_fen +
                      treasury->year_services_fen + treasury->year_returned_fen;
        assert_int_equal(treasury->cash_fen - before, own + treasury->year_transfer_fen - out);
        double share = (double)own / (double)(own + treasury->year_transfer_fen);
        assert_true(share > 0.03); /* 0.062 in Tashkurgan in 2019 */
        assert_true(share < 0.12);
        before = treasury->cash_fen;
    }
    county_run_free(&run);
    county_fixture_close(&county);
}

/* Assistance of the last years when other income is higher from the start. */
static void test_assistance_falls_as_incomes_rise(void **state)
{
    (void)state;
    const char *const sets[2][2] = {
        {"parameters.fiscal.subsidy=1000 CNY/person/year", "parameters.fiscal.inclusion=0"},
        {"parameters.fiscal.subsidy=4000 CNY/person/year", "parameters.fiscal.inclusion=0"}};
    int64_t paid[2] = {0, 0};
    for (int32_t arm = 0; arm < 2; arm++) {
        struct county_fixture county;
        struct county_run run;
        county_fixture_open(&county, TINY, "reference", sets[arm], 2);
        county_fixture_run(&county, &run, (struct county_run_options){0}, 60);
        for (int32_t v = 0; v < county.scenario.n_villages; v++)
            paid[arm] += run.villages[v].ledger.year[FLOW_ASSISTANCE];
        county_run_free(&run);
        county_fixture_close(&county);
    }
    assert_true(paid[0] > 0);
    assert_true(paid[1] < paid[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_services_are_what_the_plan_leaves_after_social_money),
        cmocka_unit_test(test_what_the_plan_cannot_pay_comes_from_above),
        cmocka_unit_test(test_wages_paid_ahead_are_part_of_the_month_s_transfer),
        cmocka_unit_test(test_taxes_of_firms_are_kept_until_december_then_partly_returned_partly_spent),
        cmocka_unit_test(test_without_a_budget_social_money_passes_through),
        cmocka_unit_test(test_january_begins_the_year_s_sums_and_keeps_the_cash),
        cmocka_unit_test(test_budget_of_every_year_balances_and_is_mostly_transfers),
        cmocka_unit_test(test_assistance_falls_as_incomes_rise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
