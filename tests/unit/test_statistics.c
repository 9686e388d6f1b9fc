#include "sim/data/statistics.h"

#include <gsl/gsl_statistics_double.h>

#include "tests/support/check.h"

/* Closed form. 1, 2, 3, 4, 5: mean 3, variance 2.5, standard error sqrt(.5); t(4) at 97.5%
 * is 2.776445105197793 (tables). */
static void test_the_interval_of_five_numbers_is_that_of_the_tables(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4, 5};
    struct sim_statistics_estimate e = sim_statistics_mean(x, 5, 0.95);
    check_near(e.mean, 3, 0, 0);
    check_near(e.standard_error, 0.70710678118654752, 1e-15, 0);
    check_near(e.low, 3 - 2.776445105197793 * 0.70710678118654752, 1e-12, 0);
    check_near(e.high, 3 + 2.776445105197793 * 0.70710678118654752, 1e-12, 0);
    assert_int_equal(e.n, 5);
    assert_int_equal(e.n_lost, 0);
}

/* By hand: differences 1, 2, 3; mean 2, standard deviation 1, standard error 1/sqrt(3), t(2)
 * = 4.302652729911275. */
static void test_a_paired_difference_ignores_what_pairs_share(void **state)
{
    (void)state;
    const double a[] = {101, 1002, -47}, b[] = {100, 1000, -50};
    struct sim_statistics_estimate e = sim_statistics_paired(a, b, 3, 0.95);
    check_near(e.mean, 2, 1e-15, 0);
    check_near(e.high - e.mean, 0.95 * sqrt(2 / (4 * 0.975 * 0.025)) / sqrt(3), 1e-13, 0);
    check_near(e.mean - e.low, e.high - e.mean, 1e-14, 0);
}

static void test_lost_replicates_are_left_out_in_both_arms(void **state)
{
    (void)state;
    const double a[] = {1, NAN, 3, 4}, b[] = {0, 0, NAN, 2};
    struct sim_statistics_estimate e = sim_statistics_paired(a, b, 4, 0.95);
    assert_int_equal(e.n, 2);
    assert_int_equal(e.n_lost, 2);
    check_near(e.mean, 1.5, 0, 0);
}

static void test_one_value_has_no_interval_and_none_no_mean(void **state)
{
    (void)state;
    const double a[] = {7, NAN};
    struct sim_statistics_estimate one = sim_statistics_mean(a, 2, 0.95);
    check_near(one.mean, 7, 0, 0);
    assert_true(isnan(one.low) && isnan(one.high) && isnan(one.standard_error));
    struct sim_statistics_estimate none = sim_statistics_mean(a + 1, 1, 0.95);
    assert_true(isnan(none.mean));
    assert_int_equal(none.n, 0);
}

static void test_equal_arms_differ_by_exactly_nothing(void **state)
{
    (void)state;
    const double a[] = {0.1, 0.2, 0.3};
    struct sim_statistics_estimate e = sim_statistics_paired(a, a, 3, 0.95);
    assert_true(e.mean == 0 && e.low == 0 && e.high == 0);
}

/* Slow twin: GSL's own mean, standard deviation and quantile. */
static void test_estimates_and_quantiles_agree_with_gsl(void **state)
{
    (void)state;
    double x[500];
    uint64_t bits = 12345;
    for (int32_t i = 0; i < 500; i++) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        x[i] = (double)(bits >> 11) / 9007199254740992.0 * 1000 - 300;
    }
    struct sim_statistics_estimate e = sim_statistics_mean(x, 500, 0.95);
    check_near(e.mean, gsl_stats_mean(x, 1, 500), 1e-13, 0);
    check_near(e.standard_error, gsl_stats_sd(x, 1, 500) / sqrt(500), 1e-13, 0);
    for (int32_t i = 0; i <= 40; i++) {
        double ours = sim_statistics_quantile(x, 500, i / 40.0); /* sorts */
        check_near(ours, gsl_stats_quantile_from_sorted_data(x, 1, 500, i / 40.0), 1e-13, 1e-10);
    }
}

/* Definition: each end of the interval is a ratio r at which the paired t statistic of a - r b is just at its
 * quantile. */
static void test_the_ends_of_a_ratio_are_those_of_the_test_that_defines_them(void **state)
{
    (void)state;
    const double a[] = {10, 12, 9, NAN, 11, 14}, b[] = {2, 2.5, 1.9, 3, 2.2, 2.4};
    struct sim_statistics_ratio ratio = sim_statistics_ratio(a, b, 6, 0.95);
    assert_int_equal(ratio.n, 5);
    check_near(ratio.value, 56.0 / 11.0, 1e-14, 0);
    for (int32_t end = 0; end < 2; end++) {
        double r = end ? ratio.high : ratio.low, rest[6];
        for (int32_t i = 0; i < 6; i++)
            rest[i] = a[i] - r * b[i];
        struct sim_statistics_estimate e = sim_statistics_mean(rest, 6, 0.95);
        check_near(end ? e.high : e.low, 0, 0, 1e-10);
    }
    assert_true(ratio.low < ratio.value && ratio.value < ratio.high);
}

static void test_a_ratio_over_what_may_be_zero_is_none(void **state)
{
    (void)state;
    const double a[] = {1, 1, 1}, b[] = {-1, 0.5, 1};
    struct sim_statistics_ratio ratio = sim_statistics_ratio(a, b, 3, 0.95);
    assert_true(isnan(ratio.value) && isnan(ratio.low) && isnan(ratio.high));
    ratio = sim_statistics_ratio(a, a, 1, 0.95);
    assert_true(isnan(ratio.value));
}

/* NumPy: quantile([3, 1, 2, 10], .975) = 9.475. */
static void test_quantiles_interpolate(void **state)
{
    (void)state;
    double x[] = {3, 1, 2, 10};
    check_near(sim_statistics_quantile(x, 4, 0.975), 9.475, 1e-14, 0);
    check_near(sim_statistics_quantile(x, 4, 0), 1, 0, 0);
    check_near(sim_statistics_quantile(x, 4, 1), 10, 0, 0);
    check_near(sim_statistics_quantile(x, 1, 0.5), 1, 0, 0);
    assert_true(isnan(sim_statistics_quantile(x, 0, 0.5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_interval_of_five_numbers_is_that_of_the_tables),
        cmocka_unit_test(test_a_paired_difference_ignores_what_pairs_share),
        cmocka_unit_test(test_lost_replicates_are_left_out_in_both_arms),
        cmocka_unit_test(test_one_value_has_no_interval_and_none_no_mean),
        cmocka_unit_test(test_equal_arms_differ_by_exactly_nothing),
        cmocka_unit_test(test_estimates_and_quantiles_agree_with_gsl),
        cmocka_unit_test(test_the_ends_of_a_ratio_are_those_of_the_test_that_defines_them),
        cmocka_unit_test(test_a_ratio_over_what_may_be_zero_is_none),
        cmocka_unit_test(test_quantiles_interpolate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
