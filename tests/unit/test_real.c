/* Our exp, log, pow, lgamma and normal quantile against the C library's 80-bit versions and GSL (references).
 * With
 * --digest it prints a digest of many values instead, to be compared between processors and compilers. */
#include "sim/core/real.h"

#include <float.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>

#include "sim/core/digest.h"
#include "sim/rand/rand.h"
#include "tests/support/bite.h"
#include "tests/support/check.h"

static double unit(uint64_t i, int which)
{
    uint64_t words[4];
    struct sim_luck luck = {2026, 0};
    sim_rand_block(luck, i, SIM_BLOCK_OF_TEST, 0, words);
    return sim_rand_unit(words[which]);
}

/* Distance in units in the last place of the exact value. */
static double ulps(double value, long double exact)
{
    double rounded = (double)exact;
    if (value == rounded)
        return 0.0;
    double size = fabs(rounded);
    double spacing = size < DBL_MIN ? 0x1p-1074 : nextafter(size, INFINITY) - size;
    return (double)(fabsl((long double)value - exact) / spacing);
}

static void test_exp_is_within_one_unit_from_end_to_end(void **unused)
{
    (void)unused;
    double worst = 0.0;
    for (uint64_t i = 0; i < 300000; i++) {
        double x = -745.1 + (709.7 + 745.1) * unit(i, 0);
        worst = fmax(worst, ulps(sim_real_exp(x), expl(x)));
        x = (unit(i, 1) - 0.5) * (i % 2 ? 2.0 : 1e-6);
        worst = fmax(worst, ulps(sim_real_exp(x), expl(x)));
    }
    check_near(worst, 0.0, 0, 1.1);
}

static void test_log_is_within_one_unit_from_end_to_end(void **unused)
{
    (void)unused;
    double worst = 0.0;
    for (uint64_t i = 0; i < 300000; i++) {
        double x = ldexp(1.0 + unit(i, 0), (int)(unit(i, 1) * 2090) - 1070);
        worst = fmax(worst, ulps(sim_real_log(x), logl(x)));
        x = 1.0 + (unit(i, 2) - 0.5) * (i % 2 ? 0.9 : 1e-9);
        worst = fmax(worst, ulps(sim_real_log(x), logl(x)));
    }
    check_near(worst, 0.0, 0, 1.1);
}

static void test_exp_at_its_ends(void **unused)
{
    (void)unused;
    assert_true(sim_real_exp(0.0) == 1.0);
    assert_true(sim_real_exp(-0.0) == 1.0);
    assert_true(sim_real_exp(INFINITY) == INFINITY);
    assert_true(sim_real_exp(-INFINITY) == 0.0);
    assert_true(sim_real_exp(709.782712893384) < INFINITY);
    assert_true(sim_real_exp(709.782712893385) == INFINITY);
    assert_true(sim_real_exp(1e300) == INFINITY);
    assert_true(sim_real_exp(-745.13) == 0x1p-1074);
    assert_true(sim_real_exp(-745.14) == 0.0);
    assert_true(sim_real_exp(-1e300) == 0.0);
    assert_true(sim_real_exp(1e-300) == 1.0);
    assert_true(isnan(sim_real_exp(NAN)));
}

static void test_log_at_its_ends(void **unused)
{
    (void)unused;
    assert_true(sim_real_log(1.0) == 0.0);
    assert_true(sim_real_log(0.0) == -INFINITY);
    assert_true(sim_real_log(-0.0) == -INFINITY);
    assert_true(sim_real_log(INFINITY) == INFINITY);
    assert_true(isnan(sim_real_log(-1.0)));
    assert_true(isnan(sim_real_log(-INFINITY)));
    assert_true(isnan(sim_real_log(NAN)));
    assert_true(isnan(sim_real_log(-0x1p-1074)));
    assert_true(sim_real_log(0x1p-1074) == log(0x1p-1074));
    assert_true(sim_real_log(DBL_MAX) == log(DBL_MAX));
    assert_true(sim_real_log(2.0) == log(2.0));
}

static void test_exp_and_log_do_not_fall(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 300000; i++) {
        double x = (unit(i, 0) - 0.5) * 1400.0;
        assert_true(sim_real_exp(x) <= sim_real_exp(x + fabs(x) * 0x1p-50));
        double y = ldexp(1.0 + unit(i, 1), (int)(i % 2000) - 1000);
        assert_true(sim_real_log(y) <= sim_real_log(y * (1.0 + 0x1p-50)));
    }
}

static void test_pow_loses_what_the_header_says(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 100000; i++) {
        double x = sim_real_exp(40.0 * (unit(i, 0) - 0.5)), y = 20.0 * (unit(i, 1) - 0.5);
        double size = fabs(y * log(x));
        assert_true(ulps(sim_real_pow(x, y), powl(x, y)) <= 2.0 + 1.5 * size);
    }
}

static void test_pow_at_its_ends(void **unused)
{
    (void)unused;
    assert_true(sim_real_pow(0.0, 0.0) == 1.0);
    assert_true(sim_real_pow(NAN, 0.0) == 1.0);
    assert_true(sim_real_pow(1.0, NAN) == 1.0);
    assert_true(sim_real_pow(0.0, 0.5) == 0.0);
    assert_true(sim_real_pow(0.0, -0.5) == INFINITY);
    assert_true(sim_real_pow(0.3, 1.0) == 0.3);
    assert_true(sim_real_pow(INFINITY, 2.0) == INFINITY);
    assert_true(sim_real_pow(INFINITY, -2.0) == 0.0);
    assert_true(isnan(sim_real_pow(-1.0, 2.0)));
    assert_true(isnan(sim_real_pow(-1.0, 1.0)));
}

static void negative_power(void *user)
{
    sim_real_powi(*(double *)user, -1);
}

static void test_powi_is_repeated_multiplication(void **unused)
{
    (void)unused;
    assert_true(sim_real_powi(3.0, 0) == 1.0);
    assert_true(sim_real_powi(3.0, 30) == 205891132094649.0);
    assert_true(sim_real_powi(-2.0, 63) == -0x1p63);
    assert_true(sim_real_powi(0.0, 0) == 1.0);
    check_near(sim_real_powi(0.999, 1000), pow(0.999, 1000), 1e-13, 0);
    double two = 2.0;
    bite_expect(negative_power, &two, SIGABRT, "power -1");
}

static void test_lgamma_is_within_1e13_zeros_included(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 200000; i++) {
        double x = i % 3 == 0 ? sim_real_exp(-30.0 + 80.0 * unit(i, 0)) : 12.0 * unit(i, 0);
        if (i % 3 == 1)
            x = 1.0 + (double)(i % 2) + 1e-4 * (unit(i, 1) - 0.5); /* lgamma is 0 at 1 and 2 */
        double exact = (double)lgammal(x);
        check_near(sim_real_lgamma(x), exact, 1e-13, 0);
    }
    for (int n = 1; n < 300; n++)
        check_near(sim_real_lgamma(n), gsl_sf_lngamma(n), 1e-13, 0);
    assert_true(sim_real_lgamma(1.0) == 0.0);
    assert_true(sim_real_lgamma(2.0) == 0.0);
    assert_true(isnan(sim_real_lgamma(0.0)));
    assert_true(isnan(sim_real_lgamma(-0.5)));
    assert_true(isnan(sim_real_lgamma(NAN)));
}

static void test_normal_quantile_is_gsls_to_1e14(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 200000; i++) {
        double u = unit(i, 0);
        if (i % 3 == 0)
            u = sim_real_exp(-700.0 * u); /* down to 1e-304: r > 5 */
        if (i % 3 == 1)
            u = 1.0 - 1e-9 * u;
        check_near(sim_real_normal_quantile(u), gsl_cdf_ugaussian_Pinv(u), 1e-14, 0);
    }
    assert_true(sim_real_normal_quantile(0.5) == 0.0);
    assert_true(sim_real_normal_quantile(0.25) == -sim_real_normal_quantile(0.75));
    check_near(sim_real_normal_quantile(0.975), 1.959963984540054, 1e-15, 0);
    assert_true(sim_real_normal_quantile(0.0) == -INFINITY);
    assert_true(sim_real_normal_quantile(1.0) == INFINITY);
    assert_true(isnan(sim_real_normal_quantile(-0.1)));
    assert_true(isnan(sim_real_normal_quantile(NAN)));
}

static void test_normal_quantile_does_not_fall(void **unused)
{
    (void)unused;
    static const double seams[] = {0.075, 0.925, 0.5, 1.3887943864964021e-11};
    for (int s = 0; s < SIM_COUNT(seams); s++) {
        double u = seams[s] * (1.0 - 1e-13), last = -INFINITY;
        for (int i = 0; i < 5000; i++, u += seams[s] * 4e-17 + 0x1p-60 * seams[s]) {
            double z = sim_real_normal_quantile(u);
            /* The two rational functions meet within their error. */
            assert_true(z >= last - 1e-15 * fabs(z));
            last = z;
        }
    }
}

static void digest_text(char out[SIM_DIGEST_TEXT])
{
    struct sim_digest digest;
    uint8_t bytes[SIM_DIGEST_BYTES];
    sim_digest_init(&digest);
    for (uint64_t i = 0; i < 100000; i++) {
        double x = 1400.0 * (unit(i, 0) - 0.5), y = 600.0 * unit(i, 1);
        double values[6] = {sim_real_exp(x), sim_real_log(sim_real_exp(x)), sim_real_lgamma(y),
            sim_real_normal_quantile(unit(i, 2)), sim_real_pow(y, unit(i, 3)),
            sim_real_powi(unit(i, 3), (int64_t)y)};
        sim_digest_add(&digest, values, sizeof values);
    }
    sim_digest_end(&digest, bytes);
    sim_digest_text(bytes, out);
}

/* Golden: the bits of a hundred thousand values, made by gcc 12 -O2 on x86-64. They change with [numbers]
 * only. */
static const char golden[] = "1863340b321c3b92960f998506decc9ae3b99e6836979a05fe4b30746ff57daa";

static void test_bits_are_the_same_on_every_processor_and_compiler(void **unused)
{
    (void)unused;
    char text[SIM_DIGEST_TEXT];
    digest_text(text);
    assert_string_equal(text, golden);
}

/* The C library picks its variants at start, so it takes another process: this program itself, with --digest.
 */
static void test_bits_are_the_same_under_another_choice_of_the_c_library(void **unused)
{
    (void)unused;
    static const char *const tunables[] = {
        "glibc.cpu.hwcaps=-FMA,-AVX2,-FMA4", "glibc.cpu.hwcaps=-AVX,-SSE4_1"};
    char path[1000], command[1200], line[SIM_DIGEST_TEXT + 1] = "";
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    assert_true(length > 0);
    path[length] = '\0';
    for (int i = 0; i < SIM_COUNT(tunables); i++) {
        snprintf(command, sizeof command, "GLIBC_TUNABLES=%s '%s' --digest", tunables[i], path);
        FILE *out = popen(command, "r");
        assert_non_null(out);
        assert_non_null(fgets(line, sizeof line, out));
        assert_int_equal(pclose(out), 0);
        line[SIM_DIGEST_TEXT - 1] = '\0';
        assert_string_equal(line, golden);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exp_is_within_one_unit_from_end_to_end),
        cmocka_unit_test(test_log_is_within_one_unit_from_end_to_end),
        cmocka_unit_test(test_exp_at_its_ends),
        cmocka_unit_test(test_log_at_its_ends),
        cmocka_unit_test(test_exp_and_log_do_not_fall),
        cmocka_unit_test(test_pow_loses_what_the_header_says),
        cmocka_unit_test(test_pow_at_its_ends),
        cmocka_unit_test(test_powi_is_repeated_multiplication),
        cmocka_unit_test(test_lgamma_is_within_1e13_zeros_included),
        cmocka_unit_test(test_normal_quantile_is_gsls_to_1e14),
        cmocka_unit_test(test_normal_quantile_does_not_fall),
        cmocka_unit_test(test_bits_are_the_same_on_every_processor_and_compiler),
        cmocka_unit_test(test_bits_are_the_same_under_another_choice_of_the_c_library),
    };
    if (argc > 1 && strcmp(argv[1], "--digest") == 0) {
        char text[SIM_DIGEST_TEXT];
        digest_text(text);
        puts(text);
        return 0;
    }
    return cmocka_run_group_tests_name("real", tests, NULL, NULL);
}
