/* Prices of a township between export and import parity. Rung: definition and closed form on the tiny
 * county's board; direction on its runs. */
#include "tests/support/village.h"

#include "models/markets/trade.h"

/* Prices are compared up to rounding. */
#define ROUNDING 1e-9

static struct hub *hub_of(struct village_fixture *self)
{
    return &self->run.hub;
}

/* What the township's one village reports of a month, and the round that ends it. */
static void live(struct village_fixture *self, int32_t month, int32_t good, int64_t sold, int64_t bought)
{
    struct sim_event message = {.entity = (uint32_t)good, .data = {sold, bought, 0}};
    trade_on_report(hub_of(self), &message);
    trade_month(hub_of(self), self->scenario->first_month + month);
}

static double position(const struct village_fixture *self, int32_t good)
{
    return self->run.board.trade.position[good]; /* of the first township */
}

static void test_nobody_sells_below_export_parity_or_buys_above_import_parity(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    struct market_params *params = &village.scenario->markets;
    for (int32_t margin = 0; margin <= 4; margin++)
        for (int32_t at = 0; at <= 10; at++)
            for (int32_t far = 0; far <= 9; far++) {
                double t = 0.1 * far, least = 400.0 * (1.0 - t), most = 400.0 * (1.0 + t);
                params->dealer_margin = 0.25 * margin;
                village.run.board.trade.position[GOOD_HAY] = 0.1 * at;
                double sell = trade_sell(params, &village.run.board, 0, GOOD_HAY, 400.0, t);
                double buy = trade_buy(params, &village.run.board, 0, GOOD_HAY, 400.0, t);
                assert_true(sell >= least - ROUNDING);
                assert_true(sell <= buy + ROUNDING);
                assert_true(buy <= most + ROUNDING);
            }
    village_fixture_close(&village);
}

static void test_ends_of_the_band_are_the_outside_price_less_and_plus_transport(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    struct market_params *params = &village.scenario->markets;
    const struct board *board = &village.run.board;
    params->dealer_margin = 0.5;
    double *x = &village.run.board.trade.position[GOOD_HAY];
    *x = 0.0;
    check_near(trade_sell(params, board, 0, GOOD_HAY, 100.0, 0.2), 80.0, 1e-12, 0.0);
    check_near(trade_buy(params, board, 0, GOOD_HAY, 100.0, 0.2), 88.0, 1e-12, 0.0);
    *x = 0.5;
    check_near(trade_sell(params, board, 0, GOOD_HAY, 100.0, 0.2), 90.0, 1e-12, 0.0);
    check_near(trade_buy(params, board, 0, GOOD_HAY, 100.0, 0.2), 110.0, 1e-12, 0.0);
    *x = 1.0;
    check_near(trade_sell(params, board, 0, GOOD_HAY, 100.0, 0.2), 108.0, 1e-12, 0.0);
    check_near(trade_buy(params, board, 0, GOOD_HAY, 100.0, 0.2), 120.0, 1e-12, 0.0);
    village_fixture_close(&village);
}

static void test_without_local_balance_everybody_deals_with_the_outside(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    village.scenario->markets.local_balance = 0;
    const struct market_params *params = &village.scenario->markets;
    const struct board *board = &village.run.board;
    for (int32_t month = 0; month < 24; month++)
        live(&village, month, GOOD_YAK, 0, 1000);
    check_near(trade_sell(params, board, 0, GOOD_YAK, 100.0, 0.2), 80.0, 1e-12, 0.0);
    check_near(trade_buy(params, board, 0, GOOD_YAK, 100.0, 0.2), 120.0, 1e-12, 0.0);
    check_near(trade_buy_at_start(params, GOOD_YAK, 100.0, 0.2), 120.0, 1e-12, 0.0);
    village_fixture_close(&village);
}

static void test_first_year_only_watches(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    double before = position(&village, GOOD_HAY);
    for (int32_t month = 0; month < 12; month++) {
        live(&village, month, GOOD_HAY, 1200, 2400);
        assert_true(position(&village, GOOD_HAY) == before);
    }
    check_near(village.run.board.trade.mean_sold[GOOD_HAY], 1200.0, 1e-9, 0.0);
    check_near(village.run.board.trade.mean_bought[GOOD_HAY], 2400.0, 1e-9, 0.0);
    village_fixture_close(&village);
}

static void test_township_that_sells_a_large_harvest_falls_to_export_parity(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    for (int32_t month = 0; month < 60; month++) {
        double before = position(&village, GOOD_GRAIN);
        live(&village, month, GOOD_GRAIN, month % 12 == 9 ? 12000000 : 0, 100000);
        assert_true(position(&village, GOOD_GRAIN) <= before);
    }
    assert_true(position(&village, GOOD_GRAIN) == 0.0);
    village_fixture_close(&village);
}

static void test_hay_bought_in_a_drought_rises_to_import_parity_and_comes_back(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    for (int32_t month = 0; month < 24; month++)
        live(&village, month, GOOD_HAY, 1000, 1000);
    double normal = position(&village, GOOD_HAY);
    check_near(normal, village.scenario->markets.start_position, 1e-12, 0.0);
    for (int32_t month = 24; month < 48; month++)
        live(&village, month, GOOD_HAY, 0, 4000);
    assert_true(position(&village, GOOD_HAY) == 1.0);
    for (int32_t month = 48; month < 96; month++)
        live(&village, month, GOOD_HAY, 4000, 500);
    assert_true(position(&village, GOOD_HAY) < normal);
    village_fixture_close(&village);
}

static void test_season_of_balanced_trade_leaves_the_price_about_where_it_was(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    double lowest = 1.0, highest = 0.0;
    for (int32_t month = 0; month < 120; month++) { /* sold in one month, bought in six */
        live(&village, month, GOOD_HAY, month % 12 == 9 ? 12000 : 0, month % 12 < 6 ? 2000 : 0);
        if (month < 24)
            continue; /* until the mean knows the season */
        lowest = position(&village, GOOD_HAY) < lowest ? position(&village, GOOD_HAY) : lowest;
        highest = position(&village, GOOD_HAY) > highest ? position(&village, GOOD_HAY) : highest;
    }
    assert_true(lowest > 0.25);
    assert_true(highest < 0.75);
    assert_true(highest - lowest < 0.3);
    village_fixture_close(&village);
}

static void test_large_buyer_raises_what_sellers_get(void **state)
{
    (void)state;
    double got[2];
    for (int32_t buyer = 0; buyer < 2; buyer++) {
        struct village_fixture village;
        village_fixture_open(&village);
        for (int32_t month = 0; month < 48; month++) {
            if (buyer && month >= 12)
                trade_count_purchase(hub_of(&village), GOOD_YAK, 50);
            live(&village, month, GOOD_YAK, 20, 0);
        }
        got[buyer] = trade_sell(&village.scenario->markets, &village.run.board, 0, GOOD_YAK, 400000.0,
            village.scenario->townships[0].transport);
        village_fixture_close(&village);
    }
    assert_true(got[1] > got[0] * 1.01);
}

static void test_purchases_of_an_enterprise_are_spread_by_sales_and_add_up(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    struct trade_table *trade = &village.run.board.trade;
    trade_count_purchase(hub_of(&village), GOOD_SHEEP, 11); /* nobody has sold: asked everywhere */
    assert_int_equal(trade->bought[GOOD_SHEEP] + trade->bought[TRADED + GOOD_SHEEP], 11);
    assert_true(trade->bought[GOOD_SHEEP] >= 5 && trade->bought[TRADED + GOOD_SHEEP] >= 5);
    trade->bought[GOOD_SHEEP] = trade->bought[TRADED + GOOD_SHEEP] = 0;
    trade->mean_sold[GOOD_SHEEP] = 30.0;
    trade->mean_sold[TRADED + GOOD_SHEEP] = 10.0;
    trade_count_purchase(hub_of(&village), GOOD_SHEEP, 20);
    assert_int_equal(trade->bought[GOOD_SHEEP], 15);
    assert_int_equal(trade->bought[TRADED + GOOD_SHEEP], 5);
    village_fixture_close(&village);
}

/* The whole model: hay in the last year of a run in which animals find less on the commons. */
static void test_county_that_must_feed_hay_pays_more_for_it(void **state)
{
    (void)state;
    const char *const hungry[] = {
        "parameters.livestock.winter_grazing=0", "parameters.livestock.snow_grazing=0"};
    double sum[2] = {0.0, 0.0};
    for (int32_t arm = 0; arm < 2; arm++) {
        struct county_fixture county;
        struct county_run run;
        county_fixture_open(&county, TINY, "reference", hungry, arm == 1 ? 2 : 0);
        county_fixture_run(&county, &run, (struct county_run_options){0}, 0);
        for (int32_t t = 0; t < county.scenario.n_townships; t++) {
            double x = run.board.trade.position[t * TRADED + GOOD_HAY];
            assert_true(x >= 0.0 && x <= 1.0);
            sum[arm] += x;
        }
        county_run_free(&run);
        county_fixture_close(&county);
    }
    assert_true(sum[1] >= sum[0]);
    assert_true(sum[1] > 1.0); /* of two townships */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_sells_below_export_parity_or_buys_above_import_parity),
        cmocka_unit_test(test_ends_of_the_band_are_the_outside_price_less_and_plus_transport),
        cmocka_unit_test(test_without_local_balance_everybody_deals_with_the_outside),
        cmocka_unit_test(test_first_year_only_watches),
        cmocka_unit_test(test_township_that_sells_a_large_harvest_falls_to_export_parity),
        cmocka_unit_test(test_hay_bought_in_a_drought_rises_to_import_parity_and_comes_back),
        cmocka_unit_test(test_season_of_balanced_trade_leaves_the_price_about_where_it_was),
        cmocka_unit_test(test_large_buyer_raises_what_sellers_get),
        cmocka_unit_test(test_purchases_of_an_enterprise_are_spread_by_sales_and_add_up),
        cmocka_unit_test(test_county_that_must_feed_hay_pays_more_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
