#include "sim/core/key.h"

#include <stdlib.h>

#include "tests/support/check.h"

static int by_value(const void *a, const void *b)
{
    sim_key x = *(const sim_key *)a, y = *(const sim_key *)b;
    return (x > y) - (x < y);
}

/* 2^18 keys of 2^64: a chance of 2e-9 that any two meet. */
static void test_a_countys_keys_do_not_collide(void **unused)
{
    (void)unused;
    enum { PLACES = 64, HEADS = 512, CHILDREN = 7, ALL = PLACES * HEADS * (CHILDREN + 1) };
    sim_key *keys = malloc(ALL * sizeof *keys);
    int n = 0;
    for (uint64_t place = 0; place < PLACES; place++)
        for (uint64_t head = 0; head < HEADS; head++) {
            sim_key founder = sim_key_make(sim_key_text("county"), place, head);
            keys[n++] = founder;
            for (uint64_t month = 0; month < CHILDREN; month++)
                keys[n++] = sim_key_make(founder, month, 0);
        }
    assert_int_equal(n, ALL);
    qsort(keys, ALL, sizeof *keys, by_value);
    for (int i = 1; i < ALL; i++)
        assert_true(keys[i - 1] < keys[i]);
    free(keys);
}

static void test_order_of_the_parts_matters(void **unused)
{
    (void)unused;
    assert_true(sim_key_make(1, 2, 3) != sim_key_make(1, 3, 2));
    assert_true(sim_key_make(1, 2, 3) != sim_key_make(2, 1, 3));
    assert_true(sim_key_make(0, 0, 0) != 0);
    assert_true(sim_key_text("ab") != sim_key_text("ba"));
    assert_true(sim_key_text("") != sim_key_text("a"));
}

static void test_one_bit_of_input_turns_half_of_the_key(void **unused)
{
    (void)unused;
    int64_t flips = 0, n = 0;
    for (uint64_t parent = 1; parent <= 200; parent++)
        for (int bit = 0; bit < 64; bit++)
            for (int part = 0; part < 3; part++) {
                uint64_t in[3] = {parent, 5, 9};
                sim_key before = sim_key_make(in[0], in[1], in[2]);
                in[part] ^= (uint64_t)1 << bit;
                flips += __builtin_popcountll(before ^ sim_key_make(in[0], in[1], in[2]));
                n++;
            }
    /* Mean 32, standard deviation 4 / sqrt(n) = 0.02. */
    check_near((double)flips / (double)n, 32.0, 0, 0.1);
}

/* Golden: a changed key changes every result. The first is SplitMix64's first output from seed 0 (Vigna). */
static void test_keys_are_those_of_the_first_version(void **unused)
{
    (void)unused;
    assert_true(sim_key_mix(0) == 0xe220a8397b1dcdafu);
    assert_true(
        sim_key_make(1, 2, 3) == sim_key_mix(sim_key_mix(sim_key_mix(1) ^ 2) ^ (3 + 0x632be59bd9b4e019u)));
    assert_true(sim_key_text("a") == sim_key_mix(0xaf63dc4c8601ec8cu)); /* FNV-1a of "a" */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_countys_keys_do_not_collide),
        cmocka_unit_test(test_order_of_the_parts_matters),
        cmocka_unit_test(test_one_bit_of_input_turns_half_of_the_key),
        cmocka_unit_test(test_keys_are_those_of_the_first_version),
    };
    return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
