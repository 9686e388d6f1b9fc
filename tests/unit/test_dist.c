/* Distributions against GSL's distribution functions (references), and the properties that pairing of arms
 * needs: monotone in u and in the parameter that moves the mean. */
#include "sim/rand/dist.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>

#include "sim/core/digest.h"
#include "sim/core/real.h"
#include "sim/rand/rand.h"
#include "tests/support/check.h"

static double unit(uint64_t i, int which)
{
    uint64_t words[4];
    struct sim_luck luck = {77, 1};
    sim_rand_block(luck, i, SIM_BLOCK_OF_TEST, 3, words);
    return sim_rand_unit(words[which]);
}

/* k is the inverse at u when P(X <= k - 1) < u <= P(X <= k), within the reference's own error. */
static void check_binomial(double u, int64_t n, double p, double tolerance)
{
    int64_t k = sim_dist_binomial(u, n, p);
    assert_true(k >= 0 && k <= n);
    double here = gsl_cdf_binomial_P((unsigned)k, p, (unsigned)n);
    double below = k > 0 ? gsl_cdf_binomial_P((unsigned)(k - 1), p, (unsigned)n) : 0.0;
    if (!(u <= here + tolerance && u >= below - tolerance))
        fail_msg("binomial(%.17g, %lld, %.17g) = %lld: F = %.17g, %.17g below", u, (long long)n, p,
            (long long)k, here, below);
}

static void test_binomial_is_the_inverse_of_gsls_cdf(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 30000; i++) {
        double p = i % 4 == 0 ? sim_real_exp(-20.0 * unit(i, 1)) : unit(i, 1);
        int64_t n = i % 3 == 0 ? 1 + (int64_t)(12 * unit(i, 2)) : 1 + (int64_t)(1000 * unit(i, 2));
        check_binomial(unit(i, 0), n, p, 1e-11);
    }
}

static void test_binomial_of_many_trials_is_the_inverse_of_gsls_cdf(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 1000; i++) {
        int64_t n = 1001 + (int64_t)sim_real_exp(13.0 * unit(i, 2));
        double p = i % 2 ? sim_real_exp(-14.0 * unit(i, 1)) : unit(i, 1);
        check_binomial(unit(i, 0), n, p, 1e-9);
    }
}

static void test_poisson_is_the_inverse_of_gsls_cdf(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 20000; i++) {
        double mean = sim_real_exp(-5.0 + 12.0 * unit(i, 1)), u = unit(i, 0);
        int64_t k = sim_dist_poisson(u, mean);
        assert_true(u <= gsl_cdf_poisson_P((unsigned)k, mean) + 1e-10);
        assert_true(k == 0 || u >= gsl_cdf_poisson_P((unsigned)(k - 1), mean) - 1e-10);
    }
}

static void test_binomial_at_its_ends(void **unused)
{
    (void)unused;
    assert_int_equal(sim_dist_binomial(0.5, -3, 0.5), 0);
    assert_int_equal(sim_dist_binomial(0.5, 0, 0.5), 0);
    assert_int_equal(sim_dist_binomial(0.999, 10, 0.0), 0);
    assert_int_equal(sim_dist_binomial(0.999, 10, -0.1), 0);
    assert_int_equal(sim_dist_binomial(0.999, 10, NAN), 0);
    assert_int_equal(sim_dist_binomial(0.001, 10, 1.0), 10);
    assert_int_equal(sim_dist_binomial(0.001, 10, 1.5), 10);
    /* Where u meets a step: the lower value, from either side of p = 1/2. */
    assert_int_equal(sim_dist_binomial(0.75, 1, 0.25), 0);
    assert_int_equal(sim_dist_binomial(0.25, 1, 0.75), 0);
    /* Rare events, at the edge of the short cut. */
    assert_int_equal(sim_dist_binomial(pow(0.999, 7) - 1e-12, 7, 0.001), 0);
    assert_int_equal(sim_dist_binomial(pow(0.999, 7) + 1e-12, 7, 0.001), 1);
    double lowest = 0x1p-53, highest = 1.0 - 0x1p-53;
    static const int64_t sizes[] = {1000, 1001, 100000, 2147483647};
    for (int i = 0; i < SIM_COUNT(sizes); i++)
        for (int j = 1; j < 10; j++) {
            int64_t n = sizes[i];
            double p = 0.1 * j, sd = sqrt((double)n * p * (1.0 - p));
            int64_t low = sim_dist_binomial(lowest, n, p), high = sim_dist_binomial(highest, n, p);
            /* 2^-53 and its complement lie 8.2 standard deviations out; skewed ones up to one less or more,
             * and up to two where the rounding of many terms hides the last 1e-11 (dist.h). */
            check_near((double)low, (double)n * p - 8.2 * sd, 0, 2.0 * sd);
            check_near((double)high, (double)n * p + 8.2 * sd, 0, 2.0 * sd);
        }
}

static void test_poisson_at_its_ends(void **unused)
{
    (void)unused;
    assert_int_equal(sim_dist_poisson(0.99, 0.0), 0);
    assert_int_equal(sim_dist_poisson(0.99, -1.0), 0);
    assert_int_equal(sim_dist_poisson(0.99, NAN), 0);
    assert_int_equal(sim_dist_poisson(exp(-0.001) - 1e-12, 0.001), 0);
    assert_int_equal(sim_dist_poisson(exp(-0.001) + 1e-12, 0.001), 1);
    double sd = sqrt(1e9);
    check_near((double)sim_dist_poisson(0.5, 1e9), 1e9, 0, 1.0);
    check_near((double)sim_dist_poisson(gsl_cdf_ugaussian_P(2.0), 1e9), 1e9 + 2.0 * sd, 0, 2.0);
    check_near((double)sim_dist_poisson(1.0 - 0x1p-53, 1e9), 1e9 + 8.2 * sd, 0, sd);
}

static void test_binomial_does_not_fall_in_u_n_or_p(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 200000; i++) {
        double u = unit(i, 0), p = unit(i, 1);
        int64_t n = (int64_t)(i % 2 ? 30 * unit(i, 2) : 1400 * unit(i, 2));
        int64_t k = sim_dist_binomial(u, n, p);
        int64_t one_more = sim_dist_binomial(u, n + 1, p);
        assert_true(one_more == k || one_more == k + 1); /* ten calves and eleven share their luck */
        assert_true(sim_dist_binomial(u + (1.0 - u) * unit(i, 3), n, p) >= k);
        assert_true(sim_dist_binomial(u, n, p + (1.0 - p) * 0.01 * unit(i, 3)) >= k);
    }
}

static void test_binomial_does_not_fall_across_its_seams(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 20000; i++) {
        double u = unit(i, 0), p = unit(i, 1);
        int64_t n = 1 + (int64_t)(2000 * unit(i, 2));
        assert_true(sim_dist_binomial(u, 1001, p) >= sim_dist_binomial(u, 1000, p));
        assert_true(sim_dist_binomial(u, 1001, p) <= sim_dist_binomial(u, 1000, p) + 1);
        assert_true(sim_dist_binomial(u, n, 0.5 + 1e-12) >= sim_dist_binomial(u, n, 0.5));
        assert_true(sim_dist_binomial(u, n, 0.5) >= sim_dist_binomial(u, n, 0.5 - 1e-12));
        double mean = 490.0 + 20.0 * unit(i, 3);
        assert_true(sim_dist_poisson(u, 500.0 + 1e-9) >= sim_dist_poisson(u, 500.0));
        assert_true(sim_dist_poisson(u, mean + 0.01) >= sim_dist_poisson(u, mean));
    }
}

static void test_the_others_do_not_fall_either(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 100000; i++) {
        double u = unit(i, 0), more_u = u + (1.0 - u) * unit(i, 1), x = 10.0 * unit(i, 2), p = unit(i, 3);
        assert_true(sim_dist_poisson(more_u, x) >= sim_dist_poisson(u, x));
        assert_true(sim_dist_poisson(u, x * 1.01) >= sim_dist_poisson(u, x));
        assert_true(sim_dist_exponential(more_u, x) >= sim_dist_exponential(u, x));
        assert_true(sim_dist_exponential(u, x * 1.01) >= sim_dist_exponential(u, x));
        assert_true(sim_dist_normal(more_u, x, p) >= sim_dist_normal(u, x, p));
        assert_true(sim_dist_normal(u, x + 0.1, p) >= sim_dist_normal(u, x, p));
        assert_true(sim_dist_lognormal(more_u, x, p) >= sim_dist_lognormal(u, x, p));
        assert_true(sim_dist_geometric(more_u, p) >= sim_dist_geometric(u, p));
        assert_true(sim_dist_geometric(u, 0.99 * p) >= sim_dist_geometric(u, p));
        assert_true(sim_dist_bernoulli(u, p) <= sim_dist_bernoulli(more_u, p));
        assert_true(sim_dist_bernoulli(u, p) <= sim_dist_bernoulli(u, p + 0.01));
        assert_true(sim_dist_bernoulli(u, p) == sim_dist_binomial(u, 1, p));
    }
}

static void test_continuous_inverses_are_gsls(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 50000; i++) {
        double u = unit(i, 0), x = 0.1 + 10.0 * unit(i, 1);
        check_near(sim_dist_exponential(u, x), gsl_cdf_exponential_Pinv(u, x), 1e-13, 0);
        check_near(sim_dist_normal(u, 3.0, x), 3.0 + gsl_cdf_gaussian_Pinv(u, x), 1e-13, 1e-13);
        double sd = 0.2 * x;
        check_near(sim_dist_lognormal(u, 5.0, sd), gsl_cdf_lognormal_Pinv(u, log(5.0) - 0.5 * sd * sd, sd),
            1e-12, 0);
    }
    check_near(sim_dist_exponential(0x1p-53, 1.0), 0x1p-53, 1e-15, 0);
    check_near(sim_dist_lognormal(0.5, 7.0, 0.0), 7.0, 1e-15, 0);
}

static void test_geometric_is_the_inverse_of_its_cdf(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 50000; i++) {
        double u = unit(i, 0), p = i % 2 ? unit(i, 1) : sim_real_exp(-20.0 * unit(i, 1));
        int64_t k = sim_dist_geometric(u, p);
        /* P(X <= k) = 1 - (1 - p)^(k + 1), by the C library's functions. */
        assert_true(u <= -expm1(((double)k + 1.0) * log1p(-p)) + 1e-14);
        assert_true(k == 0 || u >= -expm1((double)k * log1p(-p)) - 1e-14);
    }
    assert_int_equal(sim_dist_geometric(0.999, 1.0), 0);
    assert_true(sim_dist_geometric(0.5, 0.0) == (int64_t)1 << 62);
    assert_true(sim_dist_geometric(0.5, 1e-300) == (int64_t)1 << 62);
}

static void test_discrete_follows_its_weights(void **unused)
{
    (void)unused;
    static const double weight[] = {0.0, 1.0, 0.0, 3.0, 4.0, 0.0};
    assert_int_equal(sim_dist_discrete(0x1p-53, weight, 6), 1);
    assert_int_equal(sim_dist_discrete(0.1249, weight, 6), 1);
    assert_int_equal(sim_dist_discrete(0.1251, weight, 6), 3);
    assert_int_equal(sim_dist_discrete(0.4999, weight, 6), 3);
    assert_int_equal(sim_dist_discrete(0.5001, weight, 6), 4);
    assert_int_equal(sim_dist_discrete(1.0 - 0x1p-53, weight, 6), 4); /* never a weight of 0 */
    int32_t last = 0;
    for (int i = 1; i < 1000; i++) {
        int32_t chosen = sim_dist_discrete(i / 1000.0, weight, 6);
        assert_true(chosen >= last);
        last = chosen;
    }
}

static void test_below_is_even_and_in_range(void **unused)
{
    (void)unused;
    int32_t count[7] = {0};
    for (uint64_t i = 0; i < 70000; i++) {
        uint64_t words[4];
        struct sim_luck luck = {5, 5};
        sim_rand_block(luck, i, SIM_BLOCK_OF_TEST, 0, words);
        count[sim_dist_below(words[0], 7)]++;
    }
    for (int i = 0; i < 7; i++) /* binomial, sd 92.6; z below 4.9 seven times: 7e-6 */
        check_near(count[i], 10000.0, 0, 454.0);
    assert_int_equal(sim_dist_below(UINT64_MAX, 7), 6);
    assert_int_equal(sim_dist_below(0, 7), 0);
    assert_true(sim_dist_below(UINT64_MAX, INT64_MAX) == INT64_MAX - 1);
}

/* Mean and variance of n draws: z of both below 4.4, about 1e-5 each; the fourth moment is that of a
 * distribution with the given excess kurtosis. */
static void check_moments(
    double (*draw)(double u, const double *p), const double *p, double mean, double variance, double excess)
{
    enum { N = 200000 };
    double sum = 0.0, square = 0.0;
    for (uint64_t i = 0; i < N; i++) {
        double x = draw(unit(i, 0), p) - mean;
        sum += x;
        square += x * x;
    }
    check_near(sum / N, 0.0, 0, 4.4 * sqrt(variance / N));
    check_near(square / N, variance, 0, 4.4 * variance * sqrt((2.0 + excess) / N));
}

static double draw_binomial(double u, const double *p)
{
    return (double)sim_dist_binomial(u, (int64_t)p[0], p[1]);
}

static double draw_poisson(double u, const double *p)
{
    return (double)sim_dist_poisson(u, p[0]);
}

static double draw_geometric(double u, const double *p)
{
    return (double)sim_dist_geometric(u, p[0]);
}

static double draw_lognormal(double u, const double *p)
{
    return sim_dist_lognormal(u, p[0], p[1]);
}

static double draw_exponential(double u, const double *p)
{
    return sim_dist_exponential(u, p[0]);
}

static void test_means_and_variances_are_those_of_the_books(void **unused)
{
    (void)unused;
    double binomial[][2] = {{12, 0.3}, {40, 0.93}, {5000, 0.002}};
    for (int i = 0; i < 3; i++) {
        double n = binomial[i][0], p = binomial[i][1], variance = n * p * (1 - p);
        check_moments(draw_binomial, binomial[i], n * p, variance, (1 - 6 * p * (1 - p)) / variance);
    }
    double poisson[] = {0.7, 33.0};
    for (int i = 0; i < 2; i++)
        check_moments(draw_poisson, &poisson[i], poisson[i], poisson[i], 1 / poisson[i]);
    double p = 0.2, mean = 3.0, lognormal[2] = {2.0, 0.3};
    check_moments(draw_geometric, &p, (1 - p) / p, (1 - p) / (p * p), 6 + p * p / (1 - p));
    check_moments(draw_exponential, &mean, 3.0, 9.0, 6.0);
    double w = exp(0.09);
    check_moments(
        draw_lognormal, lognormal, 2.0, 4.0 * (w - 1), w * w * w * w + 2 * w * w * w + 3 * w * w - 6);
}

/* Golden: fifty thousand values of each distribution. They change with [numbers] only. */
static void test_values_are_those_of_the_first_version(void **unused)
{
    (void)unused;
    struct sim_digest digest;
    uint8_t bytes[SIM_DIGEST_BYTES];
    char text[SIM_DIGEST_TEXT];
    sim_digest_init(&digest);
    for (uint64_t i = 0; i < 50000; i++) {
        double u = unit(i, 0), x = unit(i, 1);
        int64_t n = (int64_t)(i % 2 ? 20 * unit(i, 2) : 3000 * unit(i, 2));
        int64_t counts[3] = {
            sim_dist_binomial(u, n, x), sim_dist_poisson(u, 600.0 * x * x * x), sim_dist_geometric(u, x)};
        double sizes[3] = {
            sim_dist_exponential(u, 1.0 + x), sim_dist_normal(u, x, 2.0), sim_dist_lognormal(u, 3.0, x)};
        sim_digest_add(&digest, counts, sizeof counts);
        sim_digest_add(&digest, sizes, sizeof sizes);
    }
    sim_digest_end(&digest, bytes);
    sim_digest_text(bytes, text);
    assert_string_equal(text, "0be70c2a694ffbc758d98b34dc9deff11af96165678900ec1ecc70db207d933e");
}

static void test_table_of_a_lognormal_is_close_monotone_and_of_the_same_mean(void **state)
{
    (void)state;
    const double sds[] = {0.0, 0.2, 0.5, 1.0};
    for (int32_t k = 0; k < SIM_COUNT(sds); k++) {
        struct sim_dist_table table;
        sim_dist_table_fit(&table, 3.0, sds[k]);
        double last = 0.0, sum = 0.0;
        const int32_t n = 100000;
        for (int32_t i = 0; i < n; i++) {
            double u = (i + 0.5) / n, exact = sim_dist_lognormal(u, 3.0, sds[k]);
            double drawn = sim_dist_table_draw(&table, u);
            assert_true(drawn >= last);
            check_near(drawn, exact, 0.005, 0.0);
            last = drawn;
            sum += drawn;
        }
        check_near(sum / n, 3.0, 0.002, 0.0);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_binomial_is_the_inverse_of_gsls_cdf),
        cmocka_unit_test(test_binomial_of_many_trials_is_the_inverse_of_gsls_cdf),
        cmocka_unit_test(test_poisson_is_the_inverse_of_gsls_cdf),
        cmocka_unit_test(test_binomial_at_its_ends),
        cmocka_unit_test(test_poisson_at_its_ends),
        cmocka_unit_test(test_binomial_does_not_fall_in_u_n_or_p),
        cmocka_unit_test(test_binomial_does_not_fall_across_its_seams),
        cmocka_unit_test(test_the_others_do_not_fall_either),
        cmocka_unit_test(test_continuous_inverses_are_gsls),
        cmocka_unit_test(test_geometric_is_the_inverse_of_its_cdf),
        cmocka_unit_test(test_discrete_follows_its_weights),
        cmocka_unit_test(test_below_is_even_and_in_range),
        cmocka_unit_test(test_means_and_variances_are_those_of_the_books),
        cmocka_unit_test(test_table_of_a_lognormal_is_close_monotone_and_of_the_same_mean),
        cmocka_unit_test(test_values_are_those_of_the_first_version),
    };
    return cmocka_run_group_tests_name("dist", tests, NULL, NULL);
}
