/* Each effect works in the tiny county, and each has programs that fail: refused offers, side-selling, an
 * idle plant, insolvency, leaked money. Rung: definition. */
#include "tests/support/county.h"

struct outcome {
    struct county_fixture county;
    struct county_run run;
};

static void run_arm(struct outcome *self, const char *arm, const char *const *sets, int32_t n_sets)
{
    county_fixture_open(&self->county, TINY, arm, sets, n_sets);
    county_fixture_run(&self->county, &self->run, (struct county_run_options){0}, 0);
    for (int32_t v = 0; v < self->county.scenario.n_villages; v++)
        check_ok(village_check(&self->run.villages[v], &self->county.error), self->county.error);
}

static void end(struct outcome *self)
{
    county_run_free(&self->run);
    county_fixture_close(&self->county);
}

/* The scheme of a kind in the arm's program of this name. */
static int32_t scheme_of(const struct outcome *self, const char *program, enum effect_kind kind)
{
    const struct scenario *scenario = &self->county.scenario;
    for (int32_t scheme = 0; scheme < scenario->n_schemes; scheme++)
        if (scenario->effects[scheme].kind == kind &&
            strcmp(scenario->investments[scenario->effects[scheme].investment].name, program) == 0)
            return scheme;
    fail_msg("no such scheme in %s", program);
    return -1;
}

#define SUM_OVER_VILLAGES(outcome, expression, total)                                                        \
    do {                                                                                                     \
        (total) = 0;                                                                                         \
        for (int32_t v_ = 0; v_ < (outcome)->county.scenario.n_villages; v_++) {                             \
            const struct village *village = &(outcome)->run.villages[v_];                                    \
            (total) += (expression);                                                                         \
        }                                                                                                    \
    } while (0)

static int64_t sum_i64(const int64_t *values, sim_row n)
{
    int64_t sum = 0;
    for (sim_row i = 0; i < n; i++)
        sum += values[i];
    return sum;
}

static void test_land_plots_are_taken_and_grow_hay(void **state)
{
    (void)state;
    struct outcome good;
    run_arm(&good, "land", NULL, 0);
    int32_t scheme = scheme_of(&good, "land", EFFECT_LAND);
    int64_t plots, hay, members;
    SUM_OVER_VILLAGES(&good, village->schemes.plot_m2[scheme], plots);
    SUM_OVER_VILLAGES(&good, village->schemes.output_g[scheme], hay);
    SUM_OVER_VILLAGES(&good, village->schemes.members[scheme], members);
    assert_true(plots > 0);
    assert_true(hay > 0);
    assert_true(members > 0);
    end(&good);
}

static void test_land_with_a_high_fee_is_refused_and_lies_idle(void **state)
{
    (void)state;
    const char *const sets[] = {"programs.land.effects[0].land.water_fee=20 CNY/m^2/year"};
    struct outcome bad, none;
    run_arm(&bad, "land", sets, 1);
    run_arm(&none, "reference", NULL, 0);
    int32_t scheme = scheme_of(&bad, "land", EFFECT_LAND);
    int64_t plots, idle, refused, accepted, pasture, pasture_before;
    SUM_OVER_VILLAGES(&bad, village->schemes.plot_m2[scheme], plots);
    SUM_OVER_VILLAGES(&bad, village->schemes.idle_m2[scheme], idle);
    SUM_OVER_VILLAGES(&bad, village->schemes.refused[scheme], refused);
    SUM_OVER_VILLAGES(&bad, village->schemes.accepted[scheme], accepted);
    SUM_OVER_VILLAGES(&bad, village->pasture_m2, pasture);
    SUM_OVER_VILLAGES(&none, village->pasture_m2, pasture_before);
    assert_int_equal(plots, 0);
    assert_int_equal(accepted, 0);
    assert_true(refused > 0);
    assert_true(idle > 0);
    assert_true(pasture < pasture_before); /* what was lost stays lost */
    end(&bad);
    end(&none);
}

static void test_users_of_a_plot_leave_it_when_it_no_longer_pays(void **state)
{
    (void)state;
    /* Hay falls to a tenth of its price two years after the plots were taken. */
    const char *const sets[] = {"prices.hay.2018=0.14 CNY/kg", "prices.hay.2020=0.14 CNY/kg"};
    struct outcome bad;
    run_arm(&bad, "land", sets, 2);
    int32_t scheme = scheme_of(&bad, "land", EFFECT_LAND);
    int64_t accepted, left, idle;
    SUM_OVER_VILLAGES(&bad, village->schemes.accepted[scheme], accepted);
    SUM_OVER_VILLAGES(&bad, village->schemes.left[scheme], left);
    SUM_OVER_VILLAGES(&bad, village->idle_m2, idle);
    assert_true(accepted > 0);
    assert_int_equal(left, accepted);
    assert_true(idle > 0);
    end(&bad);
}

static void test_custody_pays_its_members(void **state)
{
    (void)state;
    /* Cattle dear enough to carry the payment: 0.8 calves of 0.55 of 18,000 CNY against 4,200 CNY of costs.
     */
    const char *const sets[] = {"prices.cattle.2015=18000 CNY/head", "prices.cattle.2020=18000 CNY/head"};
    struct outcome good;
    run_arm(&good, "cattle", sets, 2);
    int32_t scheme = scheme_of(&good, "cattle", EFFECT_HERD);
    int64_t paid, members;
    SUM_OVER_VILLAGES(&good, village->schemes.to_households_fen[scheme], paid);
    SUM_OVER_VILLAGES(&good, village->schemes.members[scheme], members);
    assert_true(members > 0);
    assert_true(paid > 0);
    assert_int_equal(good.run.hub.schemes.failed[scheme], 0);
    end(&good);
}

static void test_custody_whose_costs_exceed_its_calves_fails_and_owes(void **state)
{
    (void)state;
    const char *const sets[] = {"programs.cattle.effects[0].herd.keeper_costs=6000 CNY/year"};
    struct outcome bad;
    run_arm(&bad, "cattle", sets, 1);
    int32_t scheme = scheme_of(&bad, "cattle", EFFECT_HERD);
    const struct scheme_state_table *schemes = &bad.run.hub.schemes;
    int64_t members, by_choice;
    SUM_OVER_VILLAGES(&bad, village->schemes.members[scheme], members);
    SUM_OVER_VILLAGES(&bad, village->schemes.left[scheme], by_choice);
    assert_int_equal(schemes->failed[scheme], 1);
    assert_int_equal(schemes->adults[scheme] + schemes->calves[scheme] + schemes->yearlings[scheme], 0);
    assert_true(schemes->arrears_fen[scheme] > 0); /* what is due and cannot be paid is the keeper's debt */
    assert_int_equal(members, 0);
    assert_int_equal(by_choice, 0); /* they were released */
    end(&bad);
}

static void test_custody_that_asks_much_work_for_little_is_refused(void **state)
{
    (void)state;
    const char *const sets[] = {"programs.cattle.effects[0].herd.member_days=300 day/year",
        "programs.cattle.effects[0].herd.rate=1 percent/year"};
    struct outcome bad;
    run_arm(&bad, "cattle", sets, 2);
    int32_t scheme = scheme_of(&bad, "cattle", EFFECT_HERD);
    int64_t accepted, refused, to_households, kept;
    SUM_OVER_VILLAGES(&bad, village->schemes.accepted[scheme], accepted);
    SUM_OVER_VILLAGES(&bad, village->schemes.refused[scheme], refused);
    SUM_OVER_VILLAGES(&bad, village->schemes.to_households_fen[scheme], to_households);
    SUM_OVER_VILLAGES(&bad, village->collective_fen, kept);
    assert_int_equal(accepted, 0);
    assert_true(refused > 0);
    assert_int_equal(to_households, 0);
    assert_true(kept > 0); /* without members the payment stays with the collective */
    end(&bad);
}

static const char *const gift[] = {"programs.cattle.effects[0].herd.mode=gift",
    "programs.cattle.effects[0].herd.species=sheep", "programs.cattle.effects[0].herd.animals=30 head",
    "programs.cattle.effects[0].herd.price=900 CNY", "programs.cattle.works=0", "programs.cattle.leak=0"};

static void test_given_animals_are_paid_for_only_when_taken(void **state)
{
    (void)state;
    struct outcome good;
    run_arm(&good, "cattle", gift, SIM_COUNT(gift));
    int32_t scheme = scheme_of(&good, "cattle", EFFECT_HERD);
    int32_t investment = good.county.scenario.effects[scheme].investment;
    int64_t taken = 0;
    for (int32_t v = 0; v < good.county.scenario.n_villages; v++) {
        const struct participation_table *p = &good.run.villages[v].participations;
        for (sim_row row = 0; row < p->head.n; row++)
            if (p->scheme[row] == scheme)
                taken += p->amount[row];
    }
    assert_true(taken > 0);
    assert_int_equal(
        good.run.hub.investments.works_fen[investment] + good.run.hub.schemes.cum_to_households_fen[scheme],
        taken * 90000);
    end(&good);

    const char *sets[SIM_COUNT(gift) + 1];
    memcpy(sets, gift, sizeof(gift));
    sets[SIM_COUNT(gift)] = "parameters.livestock.sheep.labour=30 day/month";
    struct outcome bad;
    run_arm(&bad, "cattle", sets, SIM_COUNT(gift) + 1);
    int64_t accepted, refused;
    SUM_OVER_VILLAGES(&bad, village->schemes.accepted[scheme], accepted);
    SUM_OVER_VILLAGES(&bad, village->schemes.refused[scheme], refused);
    assert_int_equal(accepted, 0); /* an animal that costs more work than it brings is refused */
    assert_true(refused > 0);
    assert_int_equal(bad.run.hub.schemes.cum_to_households_fen[scheme], 0);
    end(&bad);
}

static void test_plant_hires_makes_and_sells(void **state)
{
    (void)state;
    struct outcome good;
    run_arm(&good, "yak", NULL, 0);
    int32_t scheme = scheme_of(&good, "yak", EFFECT_PLANT);
    assert_true(good.run.hub.schemes.jobs_peak[scheme] > 0);
    assert_true(good.run.hub.schemes.year_output_g[scheme] > 0);
    assert_true(good.run.hub.schemes.cum_to_households_fen[scheme] > 0);
    end(&good);
}

static void test_plant_that_pays_nothing_finds_no_staff_and_stands_idle(void **state)
{
    (void)state;
    const char *const sets[] = {"programs.yak.effects[0].plant.wage=50 CNY/month"};
    struct outcome bad;
    run_arm(&bad, "yak", sets, 1);
    int32_t scheme = scheme_of(&bad, "yak", EFFECT_PLANT);
    assert_int_equal(bad.run.hub.schemes.jobs_peak[scheme], 0);
    assert_int_equal(bad.run.hub.schemes.year_output_g[scheme], 0);
    end(&bad);
}

static void test_plant_that_sells_below_cost_closes_and_lays_off(void **state)
{
    (void)state;
    const char *const sets[] = {
        "programs.yak.effects[0].plant.price=30 CNY/kg", "parameters.enterprises.firms=none"};
    struct outcome bad;
    run_arm(&bad, "yak", sets, SIM_COUNT(sets));
    int32_t scheme = scheme_of(&bad, "yak", EFFECT_PLANT);
    int64_t jobs;
    SUM_OVER_VILLAGES(&bad, village->report.jobs, jobs);
    assert_int_equal(bad.run.hub.schemes.failed[scheme], 1);
    assert_true(bad.run.hub.schemes.jobs_peak[scheme] > 0);
    assert_int_equal(bad.run.hub.schemes.staff[scheme], 0);
    assert_int_equal(jobs, 0);
    end(&bad);
}

static void count_sales(struct outcome *outcome, int64_t *delivered, int64_t *side_sold)
{
    int32_t scheme = scheme_of(outcome, "yak", EFFECT_CONTRACT);
    SUM_OVER_VILLAGES(outcome, village->schemes.delivered[scheme], *delivered);
    SUM_OVER_VILLAGES(outcome, village->schemes.side_sold[scheme], *side_sold);
}

static void test_contract_with_a_premium_is_delivered_to(void **state)
{
    (void)state;
    const char *const sets[] = {"programs.yak.effects[1].contract.premium=30 percent",
        "programs.yak.works=0.2", "programs.yak.leak=0"};
    struct outcome good;
    run_arm(&good, "yak", sets, SIM_COUNT(sets));
    int64_t delivered, side_sold;
    count_sales(&good, &delivered, &side_sold);
    assert_true(delivered > 0);
    assert_int_equal(side_sold, 0);
    end(&good);
}

static void test_fixed_price_contract_is_sold_around_and_left_when_the_market_rises(void **state)
{
    (void)state;
    const char *const sets[] = {"programs.yak.effects[1].contract.pricing=fixed",
        "programs.yak.effects[1].contract.premium=20 percent", "prices.yak.2016=4000 CNY/head",
        "prices.yak.2017=4000 CNY/head", "prices.yak.2018=5000 CNY/head", "prices.yak.2020=9000 CNY/head"};
    struct outcome bad;
    run_arm(&bad, "yak", sets, SIM_COUNT(sets));
    int64_t delivered, side_sold;
    count_sales(&bad, &delivered, &side_sold);
    int32_t scheme = scheme_of(&bad, "yak", EFFECT_CONTRACT);
    int64_t left, members;
    SUM_OVER_VILLAGES(&bad, village->schemes.left[scheme], left);
    SUM_OVER_VILLAGES(&bad, village->schemes.members[scheme], members);
    assert_true(side_sold > 0);
    assert_true(left > 0);
    assert_int_equal(members, 0); /* in the end nobody is bound by a price far below the market's */
    end(&bad);
}

static void test_members_leave_a_buyer_that_does_not_pay(void **state)
{
    (void)state;
    /* The plant opens with almost no money and never finds staff to earn any. */
    const char *const sets[] = {"programs.yak.effects[1].contract.premium=30 percent",
        "programs.yak.effects[0].plant.wage=50 CNY/month", "programs.yak.works=0.999",
        "programs.yak.effects[0].plant.patience=100 month"};
    struct outcome bad;
    run_arm(&bad, "yak", sets, SIM_COUNT(sets));
    int32_t scheme = scheme_of(&bad, "yak", EFFECT_CONTRACT);
    int64_t left;
    SUM_OVER_VILLAGES(&bad, village->schemes.left[scheme], left);
    assert_true(left > 0);
    end(&bad);
}

static int64_t sum_of_year_flow(const struct outcome *outcome, int32_t flow)
{
    int64_t total;
    SUM_OVER_VILLAGES(outcome, village->ledger.year[flow], total);
    return total;
}

static void test_income_of_a_year_is_what_the_books_say_was_paid_in_it(void **state)
{
    (void)state;
    /* Dividends are sent in December and arrive on 1 January; wages arrive on the first of every month. */
    const char *const sets[] = {"programs.cattle.effects[0].herd.pay_month=12",
        "prices.cattle.2015=18000 CNY/head", "prices.cattle.2020=18000 CNY/head",
        "parameters.household.interest=0 1/year"};
    struct outcome good;
    run_arm(
        &good, "all", sets, SIM_COUNT(sets)); /* ends with a December: the sums are those of the last year */
    int64_t wages, property;
    SUM_OVER_VILLAGES(&good, sum_i64(village->households.income_wage_fen, village->households.head.n), wages);
    SUM_OVER_VILLAGES(
        &good, sum_i64(village->households.income_property_fen, village->households.head.n), property);
    int64_t jobs = sum_of_year_flow(&good, FLOW_WAGE_JOB);
    assert_true(jobs > 0);
    assert_int_equal(wages, sum_of_year_flow(&good, FLOW_WAGE_CASUAL) + jobs);
    assert_true(property > 0);
    assert_int_equal(property, sum_of_year_flow(&good, FLOW_DIVIDEND_PAID) +
                                   sum_of_year_flow(&good, FLOW_RENT_RECEIVED) +
                                   sum_of_year_flow(&good, FLOW_COLLECTIVE_SHARED));
    end(&good);
}

static void test_contract_that_ends_in_autumn_answers_for_what_was_delivered(void **state)
{
    (void)state;
    /* Whatever the month of the end, the books close and nobody stays bound. */
    for (int32_t last = 12; last <= 18; last++) {
        char text[64];
        snprintf(text, sizeof(text), "programs.yak.last=%d month", last);
        const char *const sets[] = {text, "programs.yak.operate=12 month", "programs.yak.uncertainty=none",
            "programs.yak.effects[1].contract.premium=30 percent"};
        struct outcome ended;
        run_arm(&ended, "yak", sets, SIM_COUNT(sets));
        int32_t scheme = scheme_of(&ended, "yak", EFFECT_CONTRACT);
        int64_t members, accepted, by_choice;
        SUM_OVER_VILLAGES(&ended, village->schemes.members[scheme], members);
        SUM_OVER_VILLAGES(&ended, village->schemes.accepted[scheme], accepted);
        SUM_OVER_VILLAGES(&ended, village->schemes.left[scheme], by_choice);
        assert_true(accepted > 0);
        assert_true(by_choice < accepted);
        assert_int_equal(members, 0);
        end(&ended);
    }
}

static void test_program_that_everybody_refuses_leaves_households_as_in_the_reference(void **state)
{
    (void)state;
    /* Works would bring work and orders to the place, whoever refuses what they build; and what a cooperative
     * without members pays lies with the collective, which shares it. */
    const char *const sets[] = {"programs.cattle.effects[0].herd.member_days=300 day/year",
        "programs.cattle.effects[0].herd.rate=1 percent/year", "parameters.enterprises.firms=none",
        "parameters.labour_market.works_labour=0", "parameters.household.collective_payout=0 1/year"};
    struct outcome refused, reference;
    run_arm(&refused, "cattle", sets, SIM_COUNT(sets));
    run_arm(&reference, "reference", sets, SIM_COUNT(sets));
    for (int32_t v = 0; v < reference.county.scenario.n_villages; v++) {
        const struct village *a = &refused.run.villages[v], *b = &reference.run.villages[v];
        assert_true(sim_table_equal(&a->households, &b->households, &household_table_type));
        assert_true(sim_table_equal(&a->persons, &b->persons, &person_table_type));
        assert_true(sim_table_equal(&a->herds, &b->herds, &herd_table_type));
        assert_true(sim_table_equal(&a->parcels, &b->parcels, &parcel_table_type));
    }
    end(&refused);
    end(&reference);
}

static void test_members_leave_custody_when_it_asks_more_than_it_brings(void **state)
{
    (void)state;
    /* Cattle fall to a third, the payment follows their market value, and so does what a member's days are
     * worth it. */
    const char *const sets[] = {"programs.cattle.effects[0].herd.valuation=market",
        "programs.cattle.effects[0].herd.member_days=20 day/year",
        "programs.cattle.effects[0].herd.keeper_costs=100 CNY/year", "prices.cattle.2015=18000 CNY/head",
        "prices.cattle.2017=18000 CNY/head", "prices.cattle.2018=2500 CNY/head",
        "prices.cattle.2020=2500 CNY/head"};
    struct outcome bad;
    run_arm(&bad, "cattle", sets, SIM_COUNT(sets));
    int32_t scheme = scheme_of(&bad, "cattle", EFFECT_HERD);
    int64_t accepted, by_choice;
    SUM_OVER_VILLAGES(&bad, village->schemes.accepted[scheme], accepted);
    SUM_OVER_VILLAGES(&bad, village->schemes.left[scheme], by_choice);
    assert_true(accepted > 0);
    assert_true(by_choice > 0);
    end(&bad);
}

static void test_collective_keeps_its_share_of_a_payment(void **state)
{
    (void)state;
    const char *const sets[] = {"programs.cattle.effects[0].herd.collective_share=0.5",
        "prices.cattle.2015=18000 CNY/head", "prices.cattle.2020=18000 CNY/head"};
    struct outcome good;
    run_arm(&good, "cattle", sets, SIM_COUNT(sets));
    int64_t kept = sum_of_year_flow(&good, FLOW_DIVIDEND_KEPT),
            paid = sum_of_year_flow(&good, FLOW_DIVIDEND_PAID);
    assert_true(paid > 0);
    assert_in_range(kept, paid - 1, paid + 1);
    end(&good);
}

static void test_lost_pasture_is_compensated_out_of_the_fund(void **state)
{
    (void)state;
    const char *const sets[] = {"programs.land.effects[0].land.compensation=0.1 CNY/m^2",
        "programs.land.works=0.8", "programs.land.uncertainty=none"};
    struct outcome good;
    run_arm(&good, "land", sets, SIM_COUNT(sets));
    int32_t scheme = scheme_of(&good, "land", EFFECT_LAND);
    int64_t paid;
    SUM_OVER_VILLAGES(&good, village->schemes.to_households_fen[scheme], paid);
    /* 40 mu, half of it pasture, at 0.1 CNY a square metre. */
    int64_t due = (int64_t)((double)good.county.scenario.effects[scheme].as.land.area * 0.5 * 10.0);
    assert_int_equal(paid, due);
    end(&good);
}

static void test_staff_quit_and_are_replaced(void **state)
{
    (void)state;
    const char *const stay[] = {
        "parameters.labour.quit=0 1/year", "parameters.demography.dynamics=none", "programs.yak.works=0.2"};
    const char *const quit[] = {
        "parameters.labour.quit=1 1/year", "parameters.demography.dynamics=none", "programs.yak.works=0.2"};
    int64_t wages[2];
    for (int32_t i = 0; i < 2; i++) {
        struct outcome outcome;
        run_arm(&outcome, "yak", i == 0 ? stay : quit, 3);
        wages[i] = outcome.run.hub.schemes.cum_to_households_fen[scheme_of(&outcome, "yak", EFFECT_PLANT)];
        end(&outcome);
    }
    assert_true(wages[0] > wages[1]); /* a post stands empty for a month after each that quits */
}

static void test_only_recipients_are_offered_a_place(void **state)
{
    (void)state;
    struct outcome good;
    run_arm(&good, "land", NULL, 0); /* for the upper village alone */
    int32_t scheme = scheme_of(&good, "land", EFFECT_LAND);
    const struct investment_config *land =
        &good.county.scenario.investments[good.county.scenario.effects[scheme].investment];
    for (int32_t v = 0; v < good.county.scenario.n_villages; v++)
        assert_int_equal(good.run.villages[v].schemes.offered[scheme] > 0, land->targets[v]);
    end(&good);
}

static void test_demand_grows_from_year_to_year(void **state)
{
    (void)state;
    int64_t output[2];
    for (int32_t i = 0; i < 2; i++) {
        const char *const sets[] = {i == 0 ? "programs.yak.effects[0].plant.demand_growth=0 1/year"
                                           : "programs.yak.effects[0].plant.demand_growth=0.3 1/year",
            "programs.yak.effects[0].plant.demand=200 kg/year", "programs.yak.works=0.3"};
        struct outcome outcome;
        run_arm(&outcome, "yak", sets, SIM_COUNT(sets));
        output[i] = outcome.run.hub.schemes.year_output_g[scheme_of(&outcome, "yak", EFFECT_PLANT)];
        end(&outcome);
    }
    assert_true(output[0] > 0);
    assert_true(output[1] > output[0]);
}

static void test_transfer_reaches_one_household_to_the_coin(void **state)
{
    (void)state;
    struct outcome good;
    run_arm(&good, "placebo", NULL, 0);
    int32_t scheme = scheme_of(&good, "placebo", EFFECT_TRANSFER);
    int64_t got, accepted;
    SUM_OVER_VILLAGES(&good, village->schemes.to_households_fen[scheme], got);
    SUM_OVER_VILLAGES(&good, village->schemes.accepted[scheme], accepted);
    assert_int_equal(got, 10000);
    assert_int_equal(accepted, 1);
    end(&good);
}

static void test_transfer_whose_money_leaks_reaches_nobody(void **state)
{
    (void)state;
    const char *const sets[] = {
        "programs.placebo.uncertainty=drawn", "programs.placebo.leak=1", "programs.placebo.audit=0"};
    struct outcome bad;
    run_arm(&bad, "placebo", sets, SIM_COUNT(sets));
    int32_t scheme = scheme_of(&bad, "placebo", EFFECT_TRANSFER);
    int32_t investment = bad.county.scenario.effects[scheme].investment;
    int64_t got;
    SUM_OVER_VILLAGES(&bad, village->schemes.to_households_fen[scheme], got);
    assert_int_equal(got, 0);
    assert_true(bad.run.hub.investments.leaked_fen[investment] > 0);
    end(&bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_land_plots_are_taken_and_grow_hay),
        cmocka_unit_test(test_land_with_a_high_fee_is_refused_and_lies_idle),
        cmocka_unit_test(test_users_of_a_plot_leave_it_when_it_no_longer_pays),
        cmocka_unit_test(test_custody_pays_its_members),
        cmocka_unit_test(test_custody_whose_costs_exceed_its_calves_fails_and_owes),
        cmocka_unit_test(test_custody_that_asks_much_work_for_little_is_refused),
        cmocka_unit_test(test_given_animals_are_paid_for_only_when_taken),
        cmocka_unit_test(test_plant_hires_makes_and_sells),
        cmocka_unit_test(test_plant_that_pays_nothing_finds_no_staff_and_stands_idle),
        cmocka_unit_test(test_plant_that_sells_below_cost_closes_and_lays_off),
        cmocka_unit_test(test_contract_with_a_premium_is_delivered_to),
        cmocka_unit_test(test_fixed_price_contract_is_sold_around_and_left_when_the_market_rises),
        cmocka_unit_test(test_members_leave_a_buyer_that_does_not_pay),
        cmocka_unit_test(test_income_of_a_year_is_what_the_books_say_was_paid_in_it),
        cmocka_unit_test(test_contract_that_ends_in_autumn_answers_for_what_was_delivered),
        cmocka_unit_test(test_program_that_everybody_refuses_leaves_households_as_in_the_reference),
        cmocka_unit_test(test_members_leave_custody_when_it_asks_more_than_it_brings),
        cmocka_unit_test(test_collective_keeps_its_share_of_a_payment),
        cmocka_unit_test(test_lost_pasture_is_compensated_out_of_the_fund),
        cmocka_unit_test(test_staff_quit_and_are_replaced),
        cmocka_unit_test(test_only_recipients_are_offered_a_place),
        cmocka_unit_test(test_demand_grows_from_year_to_year),
        cmocka_unit_test(test_transfer_reaches_one_household_to_the_coin),
        cmocka_unit_test(test_transfer_whose_money_leaks_reaches_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
