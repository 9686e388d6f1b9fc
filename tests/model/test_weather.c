/* Winters, seasons and storms. Rung: closed form, with a fixed seed; tolerances are four standard errors of
 * the estimate, so that one seed in 16,000 would fail for no reason. */
#include "tests/support/check.h"

#include "models/shocks/weather.h"
#include "sim/core/key.h"

static const struct shock_params defaults = {.weather = 1,
    .bad_winter = 0.16,
    .bad_after_bad = 0.35,
    .storm_deaths = 0.05,
    .storm_spread = 0.9,
    .season_county = 0.10,
    .season_township = 0.08,
    .season_village = 0.06};

enum { YEARS = 40, COUNTIES = 500, PLACES = 20000, FIRST = 2015 };

static bool is_bad(const struct shock_params *params, uint64_t replicate, int32_t year)
{
    struct sim_luck luck = {7, replicate};
    return weather_is_bad_winter(params, luck, sim_key_text("county"), FIRST, year);
}

static void test_long_run_share_of_bad_winters_is_the_parameter(void **state)
{
    (void)state;
    int32_t n = 0;
    for (uint64_t replicate = 1; replicate <= COUNTIES; replicate++)
        for (int32_t y = 0; y < YEARS; y++)
            n += is_bad(&defaults, replicate, FIRST + y);
    double p = defaults.bad_winter;
    double memory = defaults.bad_after_bad - p * (1.0 - defaults.bad_after_bad) / (1.0 - p);
    double error = sqrt(p * (1.0 - p) * (1.0 + memory) / (1.0 - memory) / (YEARS * COUNTIES));
    check_near((double)n / (YEARS * COUNTIES), p, 0.0, 4.0 * error);
}

static void test_first_winter_is_as_often_bad_as_later_ones(void **state)
{
    (void)state;
    enum { N = 20000 };
    int32_t n = 0;
    for (uint64_t replicate = 1; replicate <= N; replicate++)
        n += is_bad(&defaults, replicate, FIRST);
    double p = defaults.bad_winter;
    check_near((double)n / N, p, 0.0, 4.0 * sqrt(p * (1.0 - p) / N));
}

static void test_bad_winters_come_in_clusters(void **state)
{
    (void)state;
    int32_t after[2] = {0}, bad_after[2] = {0};
    for (uint64_t replicate = 1; replicate <= COUNTIES; replicate++)
        for (int32_t y = 1; y < YEARS; y++) {
            bool before = is_bad(&defaults, replicate, FIRST + y - 1);
            after[before]++;
            bad_after[before] += is_bad(&defaults, replicate, FIRST + y);
        }
    double expected[2] = {0.16 * (1.0 - 0.35) / (1.0 - 0.16), 0.35};
    for (int32_t was_bad = 0; was_bad < 2; was_bad++) {
        double p = expected[was_bad];
        check_near(
            (double)bad_after[was_bad] / after[was_bad], p, 0.0, 4.0 * sqrt(p * (1.0 - p) / after[was_bad]));
    }
}

static void test_every_winter_is_bad_when_the_share_is_one(void **state)
{
    (void)state;
    struct shock_params params = defaults;
    params.bad_winter = 1.0; /* whatever else is said of their order */
    for (int32_t y = 0; y < YEARS; y++)
        assert_true(is_bad(&params, 1, FIRST + y));
}

static void test_high_share_of_bad_winters_is_reached(void **state)
{
    (void)state;
    struct shock_params params = defaults;
    params.bad_winter = 0.8; /* 0.35 after a bad one allows 0.61 at most */
    int32_t n = 0, good_twice = 0;
    for (uint64_t replicate = 1; replicate <= COUNTIES; replicate++)
        for (int32_t y = 0; y < YEARS; y++) {
            bool bad = is_bad(&params, replicate, FIRST + y);
            n += bad;
            good_twice += y > 0 && !bad && !is_bad(&params, replicate, FIRST + y - 1);
        }
    /* After a good one always bad, after a bad one 3/4: winters are less than independent. */
    check_near((double)n / (YEARS * COUNTIES), 0.8, 0.0, 4.0 * sqrt(0.16 / (YEARS * COUNTIES)));
    assert_int_equal(good_twice, 0);
}

static void test_season_has_mean_one_and_the_spread_of_its_three_levels(void **state)
{
    (void)state;
    struct sim_luck luck = {7, 1};
    double sum = 0.0, log_sum = 0.0, log_squares = 0.0;
    for (uint64_t i = 0; i < PLACES; i++) {
        sim_key key = sim_key_make(1, i, 0);
        double season = weather_season(
            &defaults, luck, sim_key_make(key, 1, 0), sim_key_make(key, 2, 0), sim_key_make(key, 3, 0), 2016);
        sum += season;
        log_sum += log(season);
        log_squares += log(season) * log(season);
    }
    double variance = 0.10 * 0.10 + 0.08 * 0.08 + 0.06 * 0.06;
    check_near(sum / PLACES, 1.0, 0.0, 4.0 * sqrt((exp(variance) - 1.0) / PLACES));
    double mean = log_sum / PLACES;
    check_near(log_squares / PLACES - mean * mean, variance, 4.0 * sqrt(2.0 / PLACES), 0.0);
}

static void test_neighbours_share_the_weather_of_their_township(void **state)
{
    (void)state;
    struct sim_luck luck = {7, 1};
    double near = 0.0, far = 0.0;
    for (uint64_t i = 0; i < PLACES; i++) {
        int32_t year = (int32_t)i;
        double here = weather_season(&defaults, luck, 1, 2, 3, year);
        double there = weather_season(&defaults, luck, 1, 2, 4, year);
        double away = weather_season(&defaults, luck, 1, 5, 6, year);
        near += log(here / there) * log(here / there);
        far += log(here / away) * log(here / away);
    }
    double error = 4.0 * sqrt(2.0 / PLACES);
    check_near(near / PLACES, 2.0 * 0.06 * 0.06, error, 0.0);
    check_near(far / PLACES, 2.0 * (0.06 * 0.06 + 0.08 * 0.08), error, 0.0);
}

static void test_storm_kills_five_percent_on_average_and_fifteen_in_one_of_twenty(void **state)
{
    (void)state;
    double sum = 0.0;
    int32_t above = 0;
    for (uint64_t i = 0; i < PLACES; i++) {
        double share = weather_storm(&defaults, (struct sim_luck){7, 1}, sim_key_make(1, i, 0), 2016);
        sum += share;
        above += share > 0.05 * exp(-0.5 * 0.81 + 1.6448536 * 0.9); /* .1466: the 95th percentile */
    }
    check_near(sum / PLACES, 0.05, 0.0, 4.0 * 0.05 * sqrt((exp(0.81) - 1.0) / PLACES));
    check_near((double)above / PLACES, 0.05, 0.0, 4.0 * sqrt(0.05 * 0.95 / PLACES));
}

static void test_storm_never_kills_more_than_nine_in_ten(void **state)
{
    (void)state;
    struct shock_params params = defaults;
    params.storm_spread = 3.0;
    params.storm_deaths = 0.5;
    double most = 0.0, least = 1.0;
    for (uint64_t i = 0; i < PLACES; i++) {
        double share = weather_storm(&params, (struct sim_luck){7, 1}, sim_key_make(1, i, 0), 2016);
        most = share > most ? share : most;
        least = share < least ? share : least;
    }
    check_near(most, 0.9, 0.0, 0.0);
    assert_true(least >= 0.0);
    assert_true(least < 0.01);
}

static void test_storms_come_from_december_to_march_alike(void **state)
{
    (void)state;
    int32_t n[13] = {0};
    for (uint64_t i = 0; i < PLACES; i++) {
        int32_t month = weather_storm_month((struct sim_luck){7, 1}, sim_key_make(1, i, 0), 2016);
        assert_in_range(month, 1, 12);
        n[month]++;
    }
    const int32_t months[] = {12, 1, 2, 3};
    int32_t sum = 0;
    for (int32_t i = 0; i < 4; i++) {
        check_near((double)n[months[i]] / PLACES, 0.25, 0.0, 4.0 * sqrt(0.25 * 0.75 / PLACES));
        sum += n[months[i]];
    }
    assert_int_equal(sum, PLACES);
}

static void test_weather_switched_off_is_always_fair(void **state)
{
    (void)state;
    struct shock_params params = defaults;
    params.weather = 0;
    for (int32_t y = 0; y < YEARS; y++) {
        assert_false(is_bad(&params, 1, FIRST + y));
        assert_true(weather_season(&params, (struct sim_luck){7, 1}, 1, 2, 3, FIRST + y) == 1.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_run_share_of_bad_winters_is_the_parameter),
        cmocka_unit_test(test_first_winter_is_as_often_bad_as_later_ones),
        cmocka_unit_test(test_bad_winters_come_in_clusters),
        cmocka_unit_test(test_every_winter_is_bad_when_the_share_is_one),
        cmocka_unit_test(test_high_share_of_bad_winters_is_reached),
        cmocka_unit_test(test_season_has_mean_one_and_the_spread_of_its_three_levels),
        cmocka_unit_test(test_neighbours_share_the_weather_of_their_township),
        cmocka_unit_test(test_storm_kills_five_percent_on_average_and_fifteen_in_one_of_twenty),
        cmocka_unit_test(test_storm_never_kills_more_than_nine_in_ten),
        cmocka_unit_test(test_storms_come_from_december_to_march_alike),
        cmocka_unit_test(test_weather_switched_off_is_always_fair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
