/* The price under contract, and who pays the freight. Rung: hand values; prices of the tiny county are held
 * at 4,000 CNY a yak. */
#include "tests/support/county.h"

#include "models/investments/effects/contract.h"
#include "sim/time/calendar.h"

static void test_price_is_the_markets_and_a_premium_or_fixed_and_never_below_the_floor(void **state)
{
    (void)state;
    struct effect_config effect = {.kind = EFFECT_CONTRACT};
    effect.as.contract.premium = 0.1;
    check_near(contract_price(&effect, 400000.0, 1), 440000.0, 1e-12, 0.0);
    effect.as.contract.floor = 5000.0;
    check_near(contract_price(&effect, 400000.0, 1), 500000.0, 1e-12, 0.0);
    check_near(contract_price(&effect, 600000.0, 1), 660000.0, 1e-12, 0.0);
    effect.as.contract.pricing = 1; /* fixed */
    check_near(contract_price(&effect, 600000.0, 520000), 520000.0, 1e-12, 0.0);
    check_near(contract_price(&effect, 600000.0, 420000), 500000.0, 1e-12, 0.0);
}

static const char *const steady[] = {"prices.yak.2015=4000 CNY/head", "prices.yak.2020=4000 CNY/head",
    "parameters.markets.shocks=none", "parameters.markets.season=0", "programs.yak.uncertainty=none",
    "programs.yak.leak=0", "programs.yak.works=0.2", "programs.yak.effects[0].plant.costs=0 CNY/kg",
    "programs.yak.effects[0].plant.fixed_costs=0 CNY/month",
    "programs.yak.effects[1].contract.premium=30 percent",
    "programs.yak.effects[1].contract.quota=1000 head/year"};

static int32_t contract_of(const struct scenario *scenario)
{
    int32_t scheme = 0;
    while (scenario->effects[scheme].kind != EFFECT_CONTRACT)
        scheme++;
    return scheme;
}

static void test_herder_gets_the_price_less_freight_and_the_plant_pays_both(void **state)
{
    (void)state;
    struct county_fixture county;
    struct county_run run;
    county_fixture_open(&county, TINY, "yak", steady, SIM_COUNT(steady));
    county_fixture_run(&county, &run, (struct county_run_options){0}, 36); /* to the end of 2017 */
    const struct scenario *scenario = &county.scenario;
    int32_t scheme = contract_of(scenario);
    int64_t all_heads = 0, all_paid = 0;
    double freight = 0.0;
    for (int32_t v = 0; v < scenario->n_villages; v++) {
        const struct village *village = &run.villages[v];
        double transport = scenario->townships[scenario->villages[v].township].transport;
        int64_t heads = village->ledger.year[FLOW_YAK_DELIVERED];
        int64_t paid = village->ledger.year[FLOW_OFF_TAKE_PAID];
        double each = 400000.0 * 1.3 * (1.0 - transport);
        check_near((double)paid, (double)heads * each, 0.0, (double)heads); /* whole fen */
        /* What the scheme brings is what it pays over the farm gate's price, in all years. */
        double over = 400000.0 * 0.3 * (1.0 - transport) * (double)village->schemes.delivered[scheme];
        check_near((double)village->schemes.to_households_fen[scheme], over, 0.0,
            2.0 * (double)village->schemes.delivered[scheme]);
        all_heads += heads;
        all_paid += paid;
        freight += 400000.0 * 1.3 * transport * (double)heads;
    }
    assert_true(all_heads > 0);
    const struct sim_ledger *books = &run.hub.ledger;
    assert_int_equal(books->year[FLOW_OFF_TAKE_SENT], all_paid);
    assert_int_equal(books->year[FLOW_YAK_ACCEPTED], all_heads);
    /* The plant of this test has no other costs. */
    check_near((double)books->year[FLOW_PLANT_COSTS], freight, 0.0, (double)all_heads);
    county_run_free(&run);
    county_fixture_close(&county);
}

static void test_what_exceeds_the_quota_is_passed_on_at_nine_tenths_of_the_farm_gate_price(void **state)
{
    (void)state;
    const char *sets[SIM_COUNT(steady)];
    memcpy(sets, steady, sizeof(steady));
    sets[SIM_COUNT(steady) - 1] = "programs.yak.effects[1].contract.quota=2 head/year";
    struct county_fixture county;
    struct county_run run;
    county_fixture_open(&county, TINY, "yak", sets, SIM_COUNT(sets));
    county_fixture_run(&county, &run, (struct county_run_options){0}, 12);
    const struct sim_ledger *books = &run.hub.ledger;
    int64_t taken = 0, passed = 0, sent = 0;
    for (int32_t year = 2016; year <= 2020; year++) {
        check_ok(county_run_until(&run, sim_month_from_date(year + 1, 1), &county.error), county.error);
        assert_true(books->year[FLOW_YAK_ACCEPTED] <= 2);
        taken += books->year[FLOW_YAK_ACCEPTED];
        passed += books->year[FLOW_YAK_PASSED];
        sent += books->year[FLOW_PASSED_ON_SENT];
    }
    assert_true(taken > 0);
    assert_true(passed > 0);
    double nearest = 400000.0 * 0.9 * (1.0 - 0.08), farthest = 400000.0 * 0.9 * (1.0 - 0.16);
    double each = (double)sent / (double)passed;
    assert_true(each <= nearest + 1.0 && each >= farthest - 1.0);
    county_run_free(&run);
    county_fixture_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_price_is_the_markets_and_a_premium_or_fixed_and_never_below_the_floor),
        cmocka_unit_test(test_herder_gets_the_price_less_freight_and_the_plant_pays_both),
        cmocka_unit_test(test_what_exceeds_the_quota_is_passed_on_at_nine_tenths_of_the_farm_gate_price),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
