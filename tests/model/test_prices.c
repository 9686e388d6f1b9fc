/* Outside prices and the index of the basket. Rung: hand values for paths and seasons, closed form for
 * shocks, with a fixed seed. */
#include "tests/support/check.h"

#include "models/markets/prices.h"
#include "sim/core/key.h"
#include "sim/time/calendar.h"

static struct market_params params_of(double price_sd, double reversion)
{
    struct market_params params = {.shocks = 1,
        .price_sd = price_sd,
        .price_reversion = reversion,
        .season = 0.06,
        .outside_growth = 0.21,
        .basket_grain = 0.14,
        .basket_meat = 0.20};
    for (int32_t good = 0; good < GOODS; good++)
        params.paths[good] = (struct price_path){.n = 2, .years = {2015, 2017}, .values = {1.0, 4.0}};
    return params;
}

static double path_at(int32_t year, int32_t month)
{
    struct market_params params = params_of(0.0, 1.0);
    return price_path_at(&params.paths[GOOD_GRAIN], sim_month_from_date(year, month), params.outside_growth);
}

static void test_path_is_straight_in_logarithms_between_midyears(void **state)
{
    (void)state;
    check_near(path_at(2015, 7), 1.0, 1e-12, 0.0);
    check_near(path_at(2016, 7), 2.0, 1e-12, 0.0);                /* half of the way from 1 to 4 */
    check_near(path_at(2016, 1), 1.4142135623730951, 1e-12, 0.0); /* a quarter */
    check_near(path_at(2017, 7), 4.0, 1e-12, 0.0);
}

static void test_path_stays_at_its_first_value_before_and_grows_after_its_last(void **state)
{
    (void)state;
    check_near(path_at(2009, 1), 1.0, 0.0, 0.0);
    check_near(path_at(2018, 7), 4.0 * 1.21, 1e-12, 0.0);
    check_near(path_at(2018, 1), 4.0 * 1.1, 1e-12, 0.0); /* half a year of 21 percent */
    check_near(path_at(2020, 7), 4.0 * 1.21 * 1.21 * 1.21, 1e-12, 0.0);
}

static void test_path_of_no_years_is_one(void **state)
{
    (void)state;
    struct price_path none = {0};
    check_near(price_path_at(&none, sim_month_from_date(2016, 1), 0.5), 1.0, 0.0, 0.0);
}

static void test_season_is_high_in_april_low_in_october_and_cancels_over_the_year(void **state)
{
    (void)state;
    struct market_params params = params_of(0.0, 1.0);
    for (int32_t good = 0; good < GOODS; good++) {
        params.paths[good].n = 1;
        params.outside_growth = 0.0;
        double fen = goods[good].fen_per_unit, sum = 0.0;
        for (int32_t month = 1; month <= 12; month++)
            sum += price_normal(&params, good, sim_month_from_date(2016, month));
        check_near(sum / 12.0, fen, 1e-12, 0.0);
        bool has_season = good <= GOOD_CATTLE; /* goods that travel; wages and other goods have none */
        double swing = has_season ? 0.06 : 0.0;
        check_near(
            price_normal(&params, good, sim_month_from_date(2016, 4)), fen * (1.0 + swing), 1e-12, 0.0);
        check_near(
            price_normal(&params, good, sim_month_from_date(2016, 10)), fen * (1.0 - swing), 1e-12, 0.0);
        check_near(price_normal(&params, good, sim_month_from_date(2016, 7)), fen, 1e-12, 0.0);
    }
}

/* Variance and covariance with the month before of n months of one good's shock. */
static void run_shocks(double sd, double reversion, int32_t n, enum good good, double *variance, double *lag)
{
    struct market_params params = params_of(sd, reversion);
    double shock[GOODS] = {0}, squares = 0.0, products = 0.0;
    for (int32_t month = 0; month < n; month++) {
        double before = shock[good];
        price_step(&params, (struct sim_luck){3, 1}, sim_key_text("county"), month, shock);
        squares += shock[good] * shock[good];
        products += shock[good] * before;
    }
    *variance = squares / n;
    *lag = products / n;
}

static void test_shocks_have_the_long_run_spread_and_memory_of_the_parameters(void **state)
{
    (void)state;
    enum { MONTHS = 40000 };
    const double reversions[] = {0.1, 0.5, 1.0};
    for (int32_t i = 0; i < 3; i++) {
        double keep = 1.0 - reversions[i];
        /* Squares of an autoregressive series: their mean has the error of so many independent ones. */
        double independent = MONTHS * (1.0 - keep * keep) / (1.0 + keep * keep);
        double error = 4.0 * sqrt(2.0 / independent);
        for (int32_t good = 0; good <= GOOD_CATTLE; good++) {
            double variance, lag;
            run_shocks(0.08, reversions[i], MONTHS, good, &variance, &lag);
            check_near(variance, 0.08 * 0.08, error, 0.0);
            check_near(lag, keep * 0.08 * 0.08, 0.0, error * 0.08 * 0.08);
        }
    }
}

static void test_shocks_of_two_goods_have_nothing_in_common(void **state)
{
    (void)state;
    enum { MONTHS = 40000 };
    struct market_params params = params_of(0.08, 1.0);
    double shock[GOODS] = {0}, products = 0.0;
    for (int32_t month = 0; month < MONTHS; month++) {
        price_step(&params, (struct sim_luck){3, 1}, 5, month, shock);
        products += shock[GOOD_SHEEP] * shock[GOOD_YAK];
    }
    check_near(products / MONTHS / (0.08 * 0.08), 0.0, 0.0, 4.0 / sqrt(MONTHS));
    assert_true(shock[GOOD_CASUAL] == 0.0);
    assert_true(shock[GOOD_MIGRANT] == 0.0);
    assert_true(shock[GOOD_OTHER] == 0.0);
}

static void test_shock_is_a_factor_in_logarithms(void **state)
{
    (void)state;
    struct market_params params = params_of(0.08, 0.1);
    int32_t month = sim_month_from_date(2016, 3);
    double normal = price_normal(&params, GOOD_YAK, month);
    check_near(price_normal_shocked(&params, GOOD_YAK, month, 0.2), normal * exp(0.2), 1e-12, 0.0);
    check_near(price_normal_shocked(&params, GOOD_YAK, month, 0.0), normal, 0.0, 0.0);
}

static void test_shocks_switched_off_stay_nil(void **state)
{
    (void)state;
    struct market_params params = params_of(0.08, 0.1);
    params.shocks = 0;
    double shock[GOODS] = {0};
    for (int32_t month = 0; month < 120; month++)
        price_step(&params, (struct sim_luck){3, 1}, 5, month, shock);
    for (int32_t good = 0; good < GOODS; good++)
        assert_true(shock[good] == 0.0);
}

static void test_index_of_base_prices_is_one_and_moves_by_the_weights(void **state)
{
    (void)state;
    struct market_params params = params_of(0.0, 1.0);
    double base[GOODS] = {350, 140, 400, 75000, 400000, 850000, 7300, 307200, 1};
    double price[GOODS];
    for (int32_t good = 0; good < GOODS; good++)
        price[good] = base[good];
    check_near(price_index(&params, price, base), 1.0, 1e-15, 0.0);
    price[GOOD_GRAIN] *= 2.0;
    check_near(price_index(&params, price, base), 1.14, 1e-14, 0.0);
    price[GOOD_SHEEP] *= 2.0;
    check_near(price_index(&params, price, base), 1.34, 1e-14, 0.0);
    price[GOOD_OTHER] *= 2.0;
    check_near(price_index(&params, price, base), 2.0, 1e-14, 0.0);
    price[GOOD_YAK] *= 2.0; /* not in the poor's basket */
    check_near(price_index(&params, price, base), 2.0, 1e-14, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path_is_straight_in_logarithms_between_midyears),
        cmocka_unit_test(test_path_stays_at_its_first_value_before_and_grows_after_its_last),
        cmocka_unit_test(test_path_of_no_years_is_one),
        cmocka_unit_test(test_season_is_high_in_april_low_in_october_and_cancels_over_the_year),
        cmocka_unit_test(test_shocks_have_the_long_run_spread_and_memory_of_the_parameters),
        cmocka_unit_test(test_shocks_of_two_goods_have_nothing_in_common),
        cmocka_unit_test(test_shock_is_a_factor_in_logarithms),
        cmocka_unit_test(test_shocks_switched_off_stay_nil),
        cmocka_unit_test(test_index_of_base_prices_is_one_and_moves_by_the_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
