/* Distributions: the radix sort against the C library's (slow twin), quantiles and groups against their
 * definitions. */
#include "models/indicators/distribution.h"

#include <stdlib.h>
#include <string.h>

#include "sim/core/key.h"
#include "tests/support/check.h"

enum { MANY = 5000 };

static int by_value_and_key(const void *a, const void *b)
{
    const struct distribution_item *x = a, *y = b;
    if (x->value < y->value || x->value > y->value)
        return x->value < y->value ? -1 : 1;
    return (x->key > y->key) - (x->key < y->key);
}

/* n items, drawn by hash; values are multiples of `grain` about `base`, so a coarse grain makes many ties. */
static struct distribution_item *draw(int32_t n, uint64_t seed, double base, double grain)
{
    struct distribution_item *items = calloc((size_t)n, sizeof *items);
    assert_non_null(items);
    for (int32_t i = 0; i < n; i++) {
        uint64_t hash = sim_key_make(seed, (uint64_t)i, 0);
        double value = base + grain * (double)((int64_t)(hash % 20001) - 5000);
        items[i] = (struct distribution_item){value, 1 + (double)(hash >> 61), sim_key_mix(hash), i};
    }
    return items;
}

static void check_sort(int32_t n, uint64_t seed, double base, double grain)
{
    struct distribution_item *items = draw(n, seed, base, grain), *twin = draw(n, seed, base, grain);
    struct distribution_slot *scratch = calloc(2 * (size_t)n, sizeof *scratch);
    assert_non_null(scratch);
    distribution_sort(items, scratch, n);
    qsort(twin, (size_t)n, sizeof *twin, by_value_and_key);
    for (int32_t i = 0; i < n; i++)
        assert_int_equal(items[i].place, twin[i].place);
    free(items);
    free(twin);
    free(scratch);
}

static void test_sort_agrees_with_the_slow_twin(void **state)
{
    (void)state;
    check_sort(MANY, 1, 0, 1.0 / 3);
    check_sort(MANY, 2, 0, 1e-300);
    check_sort(MANY, 3, 0, 1e300);
    check_sort(2, 4, 0, 1);
    check_sort(1, 5, 0, 1);
}

static void test_values_that_agree_in_their_leading_bits_are_told_apart(void **state)
{
    (void)state;
    check_sort(MANY, 1, 1e6, 1e-4);
    check_sort(MANY, 2, -1e6, 1e-9); /* many ties among them */
    check_sort(40, 3, 1e6, 1e-4);
}

static void test_ties_go_by_key_in_short_and_long_runs(void **state)
{
    (void)state;
    struct distribution_item items[MANY] = {{0}};
    struct distribution_slot scratch[2 * MANY];
    for (int32_t i = 0; i < MANY; i++) /* two long runs and one short one */
        items[i] = (struct distribution_item){
            i < 10 ? -1 : i % 2, 1, sim_key_mix((uint64_t)i + (UINT64_C(1) << 40)), i};
    distribution_sort(items, scratch, MANY);
    for (int32_t i = 1; i < MANY; i++)
        assert_true(by_value_and_key(&items[i - 1], &items[i]) < 0);
}

static void test_both_zeros_are_one_value(void **state)
{
    (void)state;
    struct distribution_item items[3] = {{0.0, 1, 3, 0}, {-0.0, 1, 2, 1}, {0.0, 1, 1, 2}};
    struct distribution_slot scratch[6];
    distribution_sort(items, scratch, 3);
    for (int32_t i = 0; i < 3; i++)
        assert_int_equal(items[i].key, i + 1);
}

static void test_quantile_is_the_smallest_value_that_reaches_the_share(void **state)
{
    (void)state;
    /* persons: 1 1 1 | 5 | 9 9 9 9 9 9 */
    const struct distribution_item items[] = {{1, 3, 1, 0}, {5, 1, 2, 0}, {9, 6, 3, 0}};
    assert_true(distribution_quantile(items, 3, 0) == 1);
    assert_true(distribution_quantile(items, 3, 0.3) == 1);
    assert_true(distribution_quantile(items, 3, 0.31) == 5);
    assert_true(distribution_quantile(items, 3, 0.5) == 9);
    assert_true(distribution_quantile(items, 3, 1) == 9);
    assert_true(isnan(distribution_quantile(items, 0, 0.5)));
}

static void test_groups_are_of_equal_weight_but_for_whole_items(void **state)
{
    (void)state;
    struct distribution_item *items = draw(MANY, 6, 0, 0.5);
    struct distribution_slot *scratch = calloc(2 * MANY, sizeof *scratch);
    int8_t group[MANY];
    double weight[6] = {0}, total = 0, largest = 0;
    assert_non_null(scratch);
    distribution_sort(items, scratch, MANY);
    distribution_groups(items, MANY, 5, group);
    for (int32_t i = 0; i < MANY; i++) {
        assert_in_range(group[i], i > 0 ? group[i - 1] : 1, 5);
        weight[group[i]] += items[i].weight;
        total += items[i].weight;
        largest = fmax(largest, items[i].weight);
    }
    for (int32_t k = 1; k <= 5; k++)
        check_near(weight[k], total / 5, 0, largest);
    free(items);
    free(scratch);
}

static void test_five_equal_households_make_five_quintiles(void **state)
{
    (void)state;
    const struct distribution_item items[] = {
        {1, 4, 1, 0}, {2, 4, 2, 0}, {3, 4, 3, 0}, {4, 4, 4, 0}, {5, 4, 5, 0}};
    int8_t group[5];
    distribution_groups(items, 5, 5, group);
    for (int32_t i = 0; i < 5; i++)
        assert_int_equal(group[i], i + 1);
    distribution_groups(items, 1, 5, group); /* alone in the world: in the middle */
    assert_int_equal(group[0], 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sort_agrees_with_the_slow_twin),
        cmocka_unit_test(test_values_that_agree_in_their_leading_bits_are_told_apart),
        cmocka_unit_test(test_ties_go_by_key_in_short_and_long_runs),
        cmocka_unit_test(test_both_zeros_are_one_value),
        cmocka_unit_test(test_quantile_is_the_smallest_value_that_reaches_the_share),
        cmocka_unit_test(test_groups_are_of_equal_weight_but_for_whole_items),
        cmocka_unit_test(test_five_equal_households_make_five_quintiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
