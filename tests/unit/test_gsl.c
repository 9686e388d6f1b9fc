#include "sim/rand/gsl.h"

#include <string.h>

#include <gsl/gsl_randist.h>

#include "tests/support/check.h"

static const struct sim_luck luck = {2026, 3};

static void test_the_same_key_gives_the_same_stream(void **unused)
{
    (void)unused;
    struct sim_rand_gsl a, b;
    sim_rand_gsl_init(&a, luck, 7, SIM_PURPOSE_TEST, 540);
    sim_rand_gsl_init(&b, luck, 7, SIM_PURPOSE_TEST, 540);
    for (int i = 0; i < 1000; i++)
        assert_true(gsl_rng_get(&a.rng) == gsl_rng_get(&b.rng));
}

static int same_words(
    struct sim_luck a_luck, sim_key a_entity, enum sim_purpose a_purpose, uint64_t a_occurrence)
{
    struct sim_rand_gsl a, b;
    int same = 0;
    sim_rand_gsl_init(&a, a_luck, a_entity, a_purpose, a_occurrence);
    sim_rand_gsl_init(&b, luck, 7, SIM_PURPOSE_TEST, 540);
    for (int i = 0; i < 1000; i++)
        same += gsl_rng_get(&a.rng) == gsl_rng_get(&b.rng);
    return same;
}

static void test_every_part_of_the_key_makes_another_stream(void **unused)
{
    (void)unused;
    struct sim_luck other_seed = {2027, 3}, other_replicate = {2026, 4};
    assert_int_equal(same_words(luck, 7, SIM_PURPOSE_TEST, 540), 1000);
    assert_int_equal(same_words(other_seed, 7, SIM_PURPOSE_TEST, 540), 0);
    assert_int_equal(same_words(other_replicate, 7, SIM_PURPOSE_TEST, 540), 0);
    assert_int_equal(same_words(luck, 8, SIM_PURPOSE_TEST, 540), 0);
    assert_int_equal(same_words(luck, 7, SIM_PURPOSE_TEST_B, 540), 0);
    assert_int_equal(same_words(luck, 7, SIM_PURPOSE_HOLD, 540), 0);
    assert_int_equal(same_words(luck, 7, SIM_PURPOSE_TEST, 541), 0);
}

static void test_a_stream_never_repeats_a_keyed_draw(void **unused)
{
    (void)unused;
    struct sim_rand_gsl stream;
    uint64_t words[4];
    sim_rand_gsl_init(&stream, luck, 7, SIM_PURPOSE_TEST, 540);
    sim_rand_block(luck, 7, SIM_BLOCK_OF_TEST, 540, words);
    for (int i = 0; i < 1000; i++) {
        uint64_t word = gsl_rng_get(&stream.rng);
        for (int j = 0; j < 4; j++)
            assert_true(word != words[j]);
    }
}

static void test_a_copy_goes_on_where_the_original_stood(void **unused)
{
    (void)unused;
    struct sim_rand_gsl original, copy;
    sim_rand_gsl_init(&original, luck, 7, SIM_PURPOSE_TEST, 540);
    for (int i = 0; i < 13; i++) /* in the middle of a block */
        gsl_rng_get(&original.rng);
    memcpy(&copy, &original, sizeof copy);
    sim_rand_gsl_attach(&copy);
    double expected[50];
    for (int i = 0; i < 50; i++)
        expected[i] = gsl_ran_gamma(&original.rng, 2.5, 1.0);
    for (int i = 0; i < 50; i++)
        assert_true(gsl_ran_gamma(&copy.rng, 2.5, 1.0) == expected[i]);
}

static void test_reseeding_names_the_occurrence(void **unused)
{
    (void)unused;
    struct sim_rand_gsl a, b;
    sim_rand_gsl_init(&a, luck, 7, SIM_PURPOSE_TEST_B, 540);
    sim_rand_gsl_init(&b, luck, 7, SIM_PURPOSE_TEST_B, 999);
    gsl_rng_get(&a.rng);
    gsl_rng_set(&a.rng, 999);
    for (int i = 0; i < 10; i++)
        assert_true(gsl_rng_get(&a.rng) == gsl_rng_get(&b.rng));
}

/* z below 4.4: 1e-5 each. */
static void test_gsls_samplers_have_their_means(void **unused)
{
    (void)unused;
    enum { N = 200000 };
    struct sim_rand_gsl stream;
    double uniform = 0.0, gamma = 0.0, normal = 0.0, square = 0.0, binomial = 0.0;
    sim_rand_gsl_init(&stream, luck, 11, SIM_PURPOSE_TEST, 0);
    for (int i = 0; i < N; i++) {
        double u = gsl_rng_uniform(&stream.rng);
        assert_true(u >= 0.0 && u < 1.0);
        assert_true(u * 0x1p53 == floor(u * 0x1p53));
        uniform += u;
        gamma += gsl_ran_gamma(&stream.rng, 2.0, 3.0);
        double z = gsl_ran_gaussian_ziggurat(&stream.rng, 1.0);
        normal += z;
        square += z * z;
        binomial += gsl_ran_binomial(&stream.rng, 0.3, 20);
    }
    check_near(uniform / N, 0.5, 0, 4.4 * sqrt(1.0 / 12 / N));
    check_near(gamma / N, 6.0, 0, 4.4 * sqrt(18.0 / N));
    check_near(normal / N, 0.0, 0, 4.4 * sqrt(1.0 / N));
    check_near(square / N, 1.0, 0, 4.4 * sqrt(2.0 / N));
    check_near(binomial / N, 6.0, 0, 4.4 * sqrt(4.2 / N));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_key_gives_the_same_stream),
        cmocka_unit_test(test_every_part_of_the_key_makes_another_stream),
        cmocka_unit_test(test_a_stream_never_repeats_a_keyed_draw),
        cmocka_unit_test(test_a_copy_goes_on_where_the_original_stood),
        cmocka_unit_test(test_reseeding_names_the_occurrence),
        cmocka_unit_test(test_gsls_samplers_have_their_means),
    };
    return cmocka_run_group_tests_name("gsl", tests, NULL, NULL);
}
