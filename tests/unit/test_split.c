/* Splits: properties over many random cases, and the largest-remainder rule by a sort (slow twin). */
#include "sim/data/split.h"

#include <stdlib.h>
#include <string.h>

#include "sim/core/key.h"
#include "tests/support/bite.h"
#include "tests/support/check.h"

enum { MOST = 120 };

struct claims {
    int64_t total;
    int64_t weight[MOST];
    sim_key key[MOST];
    sim_row n;
};

/* Small and huge totals and weights, many zeros, many ties. */
static struct claims random_claims(uint64_t i)
{
    struct claims claims = {.n = (sim_row)(sim_key_mix(i) % (MOST + 1))};
    uint64_t shape = sim_key_mix(i + 1);
    claims.total = (int64_t)(sim_key_mix(i + 2) >> (1 + shape % 63));
    for (sim_row j = 0; j < claims.n; j++) {
        uint64_t draw = sim_key_make(i, (uint64_t)j, 5);
        claims.key[j] = sim_key_make(i, (uint64_t)j, 6);
        claims.weight[j] = (int64_t)(draw >> (8 + shape / 64 % 56)); /* 120 of these stay below 2^63 */
        if (shape / 4096 % 3 == 0)
            claims.weight[j] = (int64_t)(draw % 4);
    }
    return claims;
}

static bool split(const struct claims *claims, int64_t share[MOST])
{
    sim_row scratch[MOST];
    return sim_split(claims->total, claims->weight, claims->key, claims->n, share, scratch);
}

static void test_shares_add_up_and_lie_within_one_of_the_quota(void **unused)
{
    (void)unused;
    int n_positive = 0;
    for (uint64_t i = 0; i < 20000; i++) {
        struct claims claims = random_claims(i);
        int64_t share[MOST], sum = 0, weights = 0;
        bool has_weight = split(&claims, share);
        for (sim_row j = 0; j < claims.n; j++) {
            sum += share[j];
            weights += claims.weight[j];
            assert_true(share[j] >= 0);
        }
        assert_int_equal(has_weight, weights > 0);
        assert_int_equal(sum, has_weight ? claims.total : 0);
        n_positive += has_weight && claims.total > 0;
        for (sim_row j = 0; j < claims.n && has_weight; j++) {
            /* |share * weights - total * weight| < weights: nobody is a whole coin off. */
            sim_int128 gap = (sim_int128)share[j] * weights - (sim_int128)claims.total * claims.weight[j];
            assert_true(gap < weights && gap > -weights);
            assert_true(claims.weight[j] > 0 || share[j] == 0);
        }
    }
    assert_true(n_positive > 15000);
}

static void test_the_order_of_claimants_does_not_matter(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 5000; i++) {
        struct claims claims = random_claims(i), turned = claims;
        int64_t share[MOST], other[MOST];
        for (sim_row j = 0; j < claims.n; j++) {
            sim_row to = (sim_row)((j * 7 + 3) % claims.n);
            if (claims.n % 7 == 0)
                to = claims.n - 1 - j;
            turned.weight[to] = claims.weight[j];
            turned.key[to] = claims.key[j];
        }
        split(&claims, share);
        split(&turned, other);
        for (sim_row j = 0; j < claims.n; j++) {
            sim_row to = claims.n % 7 == 0 ? claims.n - 1 - j : (sim_row)((j * 7 + 3) % claims.n);
            assert_int_equal(share[j], other[to]);
        }
    }
}

struct rank {
    uint64_t remainder;
    sim_key key;
    sim_row row;
};

static int by_rank(const void *a, const void *b)
{
    const struct rank *x = a, *y = b;
    if (x->remainder != y->remainder)
        return x->remainder > y->remainder ? -1 : 1;
    return x->key < y->key ? -1 : x->key > y->key;
}

static void test_remainders_go_to_the_largest_as_a_sort_would_give_them(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 10000; i++) {
        struct claims claims = random_claims(i);
        int64_t share[MOST], twin[MOST], weights = 0, left = claims.total;
        struct rank ranks[MOST];
        for (sim_row j = 0; j < claims.n; j++)
            weights += claims.weight[j];
        if (weights == 0)
            continue;
        for (sim_row j = 0; j < claims.n; j++) {
            sim_int128 product = (sim_int128)claims.total * claims.weight[j];
            twin[j] = (int64_t)(product / weights);
            left -= twin[j];
            ranks[j] = (struct rank){(uint64_t)(product % weights), claims.key[j], j};
        }
        qsort(ranks, (size_t)claims.n, sizeof *ranks, by_rank);
        for (int64_t j = 0; j < left; j++)
            twin[ranks[j].row]++;
        split(&claims, share);
        assert_memory_equal(share, twin, (size_t)claims.n * sizeof *share);
    }
}

static void test_equal_remainders_go_to_the_smaller_key(void **unused)
{
    (void)unused;
    int64_t weight[3] = {1, 1, 1}, share[3];
    sim_key key[3] = {30, 10, 20};
    sim_row scratch[3];
    assert_true(sim_split(100, weight, key, 3, share, scratch));
    assert_true(share[0] == 33 && share[1] == 34 && share[2] == 33);
    assert_true(sim_split(2, weight, key, 3, share, scratch));
    assert_true(share[0] == 0 && share[1] == 1 && share[2] == 1);
}

static void test_more_money_never_lowers_the_number_that_two_share(void **unused)
{
    (void)unused;
    int64_t weight[2] = {3, 5}, before[2] = {0, 0}, share[2];
    sim_key key[2] = {1, 2};
    sim_row scratch[2];
    for (int64_t total = 0; total < 1000;
         total++) { /* with two claimants the Alabama paradox cannot happen */
        assert_true(sim_split(total, weight, key, 2, share, scratch));
        assert_true(share[0] >= before[0] && share[1] >= before[1]);
        memcpy(before, share, sizeof share);
    }
}

static void test_nobody_and_nothing(void **unused)
{
    (void)unused;
    int64_t weight[2] = {0, 0}, share[2] = {9, 9};
    sim_key key[2] = {1, 2};
    sim_row scratch[2];
    assert_false(sim_split(100, weight, key, 2, share, scratch));
    assert_true(share[0] == 0 && share[1] == 0);
    assert_false(sim_split(100, NULL, NULL, 0, NULL, NULL));
    weight[1] = 7;
    assert_true(sim_split(0, weight, key, 2, share, scratch));
    assert_true(share[0] == 0 && share[1] == 0);
    assert_true(sim_split(INT64_MAX, weight, key, 2, share, scratch));
    assert_true(share[1] == INT64_MAX);
}

static void split_negative_total(void *user)
{
    int64_t weight = 1, share;
    sim_row scratch;
    sim_split(-1, &weight, user, 1, &share, &scratch);
}

static void split_negative_weight(void *user)
{
    int64_t weight = -1, share;
    sim_row scratch;
    sim_split(1, &weight, user, 1, &share, &scratch);
}

static void split_too_much_weight(void *user)
{
    int64_t weight[2] = {INT64_MAX, 1}, share[2];
    sim_row scratch[2];
    sim_split(1, weight, user, 2, share, scratch);
}

static void scale_by_nothing(void *user)
{
    (void)user;
    sim_scale(1, 1, 0);
}

static void scale_out_of_range(void *user)
{
    (void)user;
    sim_scale(INT64_MAX, 3, 2);
}

static void test_guards_bite(void **unused)
{
    (void)unused;
    sim_key key[2] = {1, 2};
    bite_expect(split_negative_total, key, SIGABRT, "a split of -1");
    bite_expect(split_negative_weight, key, SIGABRT, "weight -1 of claimant 0");
    bite_expect(split_too_much_weight, key, SIGABRT, "weight 1 of claimant 1");
    bite_expect(scale_by_nothing, NULL, SIGABRT, "denominator 0");
    bite_expect(scale_out_of_range, NULL, SIGABRT, "* 3 / 2");
}

static void test_scale_rounds_half_away_from_zero(void **unused)
{
    (void)unused;
    assert_int_equal(sim_scale(5, 1, 2), 3);
    assert_int_equal(sim_scale(-5, 1, 2), -3);
    assert_int_equal(sim_scale(5, -1, 2), -3);
    assert_int_equal(sim_scale(4, 1, 3), 1);
    assert_int_equal(sim_scale(5, 1, 3), 2);
    assert_int_equal(sim_scale(-4, 1, 3), -1);
    assert_int_equal(sim_scale(0, 9, 7), 0);
    assert_true(sim_scale(INT64_MAX, INT64_MAX, INT64_MAX) == INT64_MAX);
    assert_true(sim_scale(INT64_MIN, 1, 1) == INT64_MIN);
    for (int64_t value = -60; value <= 60; value++)
        for (int64_t numerator = -7; numerator <= 7; numerator++)
            for (int64_t denominator = 1; denominator <= 12; denominator++)
                assert_true(sim_scale(value, numerator, denominator) ==
                            llround((double)(value * numerator) / (double)denominator));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares_add_up_and_lie_within_one_of_the_quota),
        cmocka_unit_test(test_the_order_of_claimants_does_not_matter),
        cmocka_unit_test(test_remainders_go_to_the_largest_as_a_sort_would_give_them),
        cmocka_unit_test(test_equal_remainders_go_to_the_smaller_key),
        cmocka_unit_test(test_more_money_never_lowers_the_number_that_two_share),
        cmocka_unit_test(test_nobody_and_nothing),
        cmocka_unit_test(test_guards_bite),
        cmocka_unit_test(test_scale_rounds_half_away_from_zero),
    };
    return cmocka_run_group_tests_name("split", tests, NULL, NULL);
}
