/* Keyed randomness: known answers of the Random123 distribution, a slow twin written from the paper, and what
 * keys promise. */
#include "sim/rand/rand.h"

#include <string.h>

#include "sim/core/key.h"
#include "tests/support/check.h"

/* Philox4x64-10 from its definition (Salmon et al. 2011, section 4.3). */
static void slow_philox(uint64_t counter[4], uint64_t key0, uint64_t key1)
{
    for (int round = 0; round < 10; round++) {
        sim_uint128 a = (sim_uint128)0xD2E7470EE14C6C93u * counter[0];
        sim_uint128 b = (sim_uint128)0xCA5A826395121157u * counter[2];
        uint64_t next[4] = {(uint64_t)(b >> 64) ^ counter[1] ^ key0, (uint64_t)b,
            (uint64_t)(a >> 64) ^ counter[3] ^ key1, (uint64_t)a};
        memcpy(counter, next, sizeof next);
        key0 += 0x9E3779B97F4A7C15u;
        key1 += 0xBB67AE8584CAA73Bu;
    }
}

static void test_slow_twin_meets_the_known_answers_of_random123(void **unused)
{
    (void)unused;
    static const uint64_t known[3][10] = {
        {0, 0, 0, 0, 0, 0, 0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b},
        {~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, 0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6,
            0xa09caebf594f0ba0},
        {0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89, 0x452821e638d01377,
            0xbe5466cf34e90c6c, 0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5,
            0x57bd43b5e52b7fe6},
    };
    for (int i = 0; i < 3; i++) {
        uint64_t counter[4];
        memcpy(counter, known[i], sizeof counter);
        slow_philox(counter, known[i][4], known[i][5]);
        assert_memory_equal(counter, known[i] + 6, sizeof counter);
    }
    uint64_t words[4];
    struct sim_luck luck = {0, 0};
    sim_rand_block(luck, 0, 0, 0, words);
    assert_memory_equal(words, known[0] + 6, sizeof words);
}

static void test_a_block_is_philox_of_its_key(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 20000; i++) {
        struct sim_luck luck = {sim_key_mix(i), sim_key_mix(i + 1000000)};
        sim_key entity = sim_key_mix(3 * i);
        uint64_t occurrence = sim_key_mix(5 * i), words[4];
        uint32_t block = (uint32_t)sim_key_mix(7 * i);
        uint64_t twin[4] = {occurrence, block, entity, 0};
        sim_rand_block(luck, entity, block, occurrence, words);
        slow_philox(twin, luck.seed, luck.replicate);
        assert_memory_equal(words, twin, sizeof words);
    }
}

static void test_every_part_of_the_key_counts(void **unused)
{
    (void)unused;
    struct sim_luck luck = {1, 2}, other_seed = {3, 2}, other_replicate = {1, 3};
    uint64_t base = sim_rand_word(luck, 10, SIM_PURPOSE_TEST, 5);
    assert_true(base == sim_rand_word(luck, 10, SIM_PURPOSE_TEST, 5));
    assert_true(base != sim_rand_word(other_seed, 10, SIM_PURPOSE_TEST, 5));
    assert_true(base != sim_rand_word(other_replicate, 10, SIM_PURPOSE_TEST, 5));
    assert_true(base != sim_rand_word(luck, 11, SIM_PURPOSE_TEST, 5));
    assert_true(base != sim_rand_word(luck, 10, SIM_PURPOSE_TEST_B, 5));
    assert_true(base != sim_rand_word(luck, 10, SIM_PURPOSE_TICKET, 5));
    assert_true(base != sim_rand_word(luck, 10, SIM_PURPOSE_TEST, 6));
    assert_true(sim_rand_uniform(luck, 10, SIM_PURPOSE_TEST, 5) == sim_rand_unit(base));
}

static void test_purposes_of_a_block_are_its_words(void **unused)
{
    (void)unused;
    struct sim_luck luck = {1, 2};
    uint64_t words[4];
    sim_rand_block(luck, 99, SIM_BLOCK_OF_PHOLD_REMOTE, 7, words);
    assert_true(words[SIM_WORD_OF_PHOLD_TARGET] == sim_rand_word(luck, 99, SIM_PURPOSE_PHOLD_TARGET, 7));
    assert_int_equal(SIM_BLOCK_OF_PHOLD_TARGET, SIM_BLOCK_OF_PHOLD_REMOTE);
    assert_string_equal(sim_purposes[SIM_PURPOSE_PHOLD_TARGET].name, "PHOLD_TARGET");
}

static void test_no_two_purposes_share_a_word(void **unused)
{
    (void)unused;
    assert_true(sim_rand_check_purposes());
}

static void test_a_unit_is_never_0_or_1_and_its_complement_is_exact(void **unused)
{
    (void)unused;
    assert_true(sim_rand_unit(0) == 0x1p-53);
    assert_true(sim_rand_unit(UINT64_MAX) == 1.0 - 0x1p-53);
    for (uint64_t i = 0; i < 100000; i++) {
        double u = sim_rand_unit(sim_key_mix(i));
        assert_true(u > 0.0 && u < 1.0);
        assert_true(1.0 - (1.0 - u) == u);
    }
}

static void test_slots_of_a_month_are_apart(void **unused)
{
    (void)unused;
    assert_true(sim_rand_slot(540, 0) != sim_rand_slot(541, 0));
    assert_true(sim_rand_slot(540, (1 << 20) - 1) < sim_rand_slot(541, 0));
    assert_true(sim_rand_slot(540, 3) == ((uint64_t)540 << 20 | 3));
}

/* 200 bins, a million draws keyed by consecutive entities and months: chi-square of 199 degrees below its
 * 1e-6 quantile from above (302; Wilson-Hilferty), so a sound generator fails once in a million seeds. */
static void check_uniform_and_unrelated(double (*draw)(uint64_t entity, uint64_t month))
{
    enum { BINS = 200, N = 1000000 };
    int32_t bins[BINS] = {0};
    double product = 0.0;
    for (uint64_t i = 0; i < N; i++) {
        double u = draw(i / 100, i % 100);
        bins[(int)(u * BINS)]++;
        product += (u - 0.5) * (draw(i / 100, i % 100 + 1) - 0.5);
    }
    double chi_square = 0.0, expected = (double)N / BINS;
    for (int i = 0; i < BINS; i++)
        chi_square += (bins[i] - expected) * (bins[i] - expected) / expected;
    assert_true(chi_square < 302.0 && chi_square > 120.0);
    /* Variance of a product of two centred uniforms: 1/144; z below 4.9: 1e-6. */
    check_near(product / sqrt(N / 144.0), 0.0, 0, 4.9);
}

static double own_word(uint64_t entity, uint64_t month)
{
    return sim_rand_uniform((struct sim_luck){20150301, 4}, entity, SIM_PURPOSE_TEST, month);
}

static double salted_word(uint64_t entity, uint64_t month)
{
    uint64_t salt = sim_rand_word((struct sim_luck){20150301, 4}, 7, SIM_PURPOSE_TEST, month);
    return sim_rand_unit(sim_rand_salted(salt, entity));
}

/* Beside the same entity's next month: the next entity of the same month, which shares its salt. */
static double salted_neighbour(uint64_t entity, uint64_t month)
{
    return salted_word(entity + month, entity);
}

static void test_uniforms_of_neighbouring_keys_are_uniform_and_unrelated(void **unused)
{
    (void)unused;
    check_uniform_and_unrelated(own_word);
    check_uniform_and_unrelated(salted_word);
    check_uniform_and_unrelated(salted_neighbour);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slow_twin_meets_the_known_answers_of_random123),
        cmocka_unit_test(test_a_block_is_philox_of_its_key),
        cmocka_unit_test(test_every_part_of_the_key_counts),
        cmocka_unit_test(test_purposes_of_a_block_are_its_words),
        cmocka_unit_test(test_no_two_purposes_share_a_word),
        cmocka_unit_test(test_a_unit_is_never_0_or_1_and_its_complement_is_exact),
        cmocka_unit_test(test_slots_of_a_month_are_apart),
        cmocka_unit_test(test_uniforms_of_neighbouring_keys_are_uniform_and_unrelated),
    };
    return cmocka_run_group_tests_name("rand", tests, NULL, NULL);
}
