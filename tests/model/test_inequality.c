/* The Gini coefficient against its definition over pairs of persons (slow twin), closed forms of it, of
 * Theil, Palma and Lorenz, and what an index of inequality must do. */
#include "models/indicators/inequality.h"

#include <stdlib.h>

#include "sim/core/key.h"
#include "sim/core/real.h"
#include "tests/support/check.h"

enum { HOUSEHOLDS = 300, GRID = 100000 };

static double normal(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

/* Mean absolute difference of two persons drawn with replacement, over twice the mean. */
static double twin(const struct distribution_item *items, int32_t n)
{
    double difference = 0, amount = 0, persons = 0;
    for (int32_t i = 0; i < n; i++) {
        persons += items[i].weight;
        amount += items[i].weight * items[i].value;
        for (int32_t j = 0; j < n; j++)
            difference += items[i].weight * items[j].weight * fabs(items[i].value - items[j].value);
    }
    return difference / (2 * persons * amount);
}

static double gini(struct distribution_item *items, int32_t n)
{
    struct distribution_slot *scratch = calloc(2 * (size_t)n, sizeof *scratch);
    assert_non_null(scratch);
    distribution_sort(items, scratch, n);
    free(scratch);
    return inequality_gini(items, n);
}

static void test_gini_agrees_with_its_definition_over_pairs(void **state)
{
    (void)state;
    struct distribution_item items[HOUSEHOLDS];
    for (uint64_t seed = 1; seed <= 20; seed++) {
        for (int32_t i = 0; i < HOUSEHOLDS; i++) {
            uint64_t hash = sim_key_make(seed, (uint64_t)i, 0);
            items[i] = (struct distribution_item){
                (double)(hash % 5000) - 200, 1 + (double)(hash >> 32 & 7), hash, i};
        }
        double slow = twin(items, HOUSEHOLDS);
        check_near(gini(items, HOUSEHOLDS), slow, 1e-12, 0);
    }
}

static void test_lognormal_gives_the_closed_form(void **state)
{
    (void)state;
    struct distribution_item *items = calloc(GRID, sizeof *items);
    assert_non_null(items);
    for (double sigma = 0.1; sigma < 1.2; sigma += 0.2) {
        for (int32_t i = 0; i < GRID; i++)
            items[i] = (struct distribution_item){
                exp(8.5 + sigma * sim_real_normal_quantile((i + 0.5) / GRID)), 3, (sim_key)i, i};
        check_near(gini(items, GRID), 2 * normal(sigma / sqrt(2)) - 1, 0, 5e-5);
    }
    free(items);
}

static void test_uniform_gives_one_third(void **state)
{
    (void)state;
    struct distribution_item *items = calloc(GRID, sizeof *items);
    assert_non_null(items);
    for (int32_t i = 0; i < GRID; i++)
        items[i] = (struct distribution_item){(i + 0.5) / GRID, 1, (sim_key)i, i};
    check_near(gini(items, GRID), 1.0 / 3, 0, 1e-9);
    free(items);
}

static void test_equality_gives_zero_and_one_owner_of_all_nearly_one(void **state)
{
    (void)state;
    struct distribution_item items[100];
    for (int32_t i = 0; i < 100; i++)
        items[i] = (struct distribution_item){7, 1 + i % 3, (sim_key)i, i};
    check_near(gini(items, 100), 0, 0, 1e-15);
    for (int32_t i = 0; i < 100; i++)
        items[i] = (struct distribution_item){i == 3 ? 1000 : 0, 1, (sim_key)i, i};
    check_near(gini(items, 100), 0.99, 1e-14, 0);
}

static void test_scale_and_replication_leave_it_and_a_transfer_to_the_poorer_lowers_it(void **state)
{
    (void)state;
    struct distribution_item items[] = {{1, 2, 1, 0}, {4, 2, 2, 0}, {10, 2, 3, 0}};
    struct distribution_item scaled[] = {{5, 2, 1, 0}, {20, 2, 2, 0}, {50, 2, 3, 0}};
    struct distribution_item split[] = {{1, 1, 1, 0}, {1, 1, 4, 0}, {4, 2, 2, 0}, {10, 2, 3, 0}};
    struct distribution_item moved[] = {{2, 2, 1, 0}, {4, 2, 2, 0}, {9, 2, 3, 0}};
    double start = gini(items, 3);
    check_near(start, 0.4, 1e-14, 0); /* 6 ordered pairs: 2 (3 + 9 + 6) / 9 = 4 over 2 x 5 */
    check_near(gini(scaled, 3), start, 1e-14, 0);
    check_near(gini(split, 4), start, 1e-14, 0);
    assert_true(gini(moved, 3) < start - 0.01);
}

/* Theil sigma^2/2; the poorest p have Phi(q_p - sigma) of all. */
static void test_theil_lorenz_and_palma_of_a_lognormal_have_closed_forms(void **state)
{
    (void)state;
    struct distribution_item *items = calloc(GRID, sizeof *items);
    assert_non_null(items);
    for (double sigma = 0.1; sigma < 1.0; sigma += 0.2) {
        double shares[20];
        for (int32_t i = 0; i < GRID; i++)
            items[i] = (struct distribution_item){
                exp(8.5 + sigma * sim_real_normal_quantile((i + 0.5) / GRID)), 3, (sim_key)i, i};
        check_near(inequality_theil(items, GRID), sigma * sigma / 2, 0, 2e-4);
        inequality_lorenz(items, GRID, 20, shares);
        for (int32_t k = 0; k < 19; k++)
            check_near(shares[k], normal(sim_real_normal_quantile((k + 1) / 20.0) - sigma), 0, 1e-4);
        assert_true(shares[19] == 1);
        double richest = 1 - normal(sim_real_normal_quantile(0.9) - sigma);
        double poorest = normal(sim_real_normal_quantile(0.4) - sigma);
        check_near(inequality_palma(shares, 20), richest / poorest, 1e-3, 0);
    }
    free(items);
}

static void test_lorenz_is_straight_within_a_household(void **state)
{
    (void)state;
    const struct distribution_item items[] = {{1, 6, 1, 0}, {3, 2, 2, 0}, {4, 2, 3, 0}};
    double shares[10]; /* tenths are persons; 20 in all */
    static const double sums[10] = {1, 2, 3, 4, 5, 6, 9, 12, 16, 20};
    inequality_lorenz(items, 3, 10, shares);
    for (int32_t k = 0; k < 10; k++)
        check_near(shares[k], sums[k] / 20, 1e-15, 0);
    check_near(inequality_palma(shares, 10), 4.0 / 4, 1e-15, 0);
    const struct distribution_item one[] = {{5, 3, 1, 0}};
    inequality_lorenz(one, 1, 10, shares);
    for (int32_t k = 0; k < 10; k++)
        check_near(shares[k], (k + 1) / 10.0, 1e-15, 0);
}

static void test_zero_and_losses_add_nothing_to_theil(void **state)
{
    (void)state;
    const struct distribution_item equal[] = {{7, 2, 1, 0}, {7, 5, 2, 0}};
    const struct distribution_item zero[] = {{0, 3, 1, 0}, {8, 1, 2, 0}};
    const struct distribution_item loss[] = {{-50, 3, 1, 0}, {8, 1, 2, 0}};
    check_near(inequality_theil(equal, 2), 0, 0, 1e-15);
    check_near(inequality_theil(zero, 2), log(4), 1e-14, 0); /* one of four has everything: ln 4, the most */
    check_near(inequality_theil(loss, 2), log(4), 1e-14, 0);
}

static void test_no_persons_or_no_income_is_not_a_number(void **state)
{
    (void)state;
    const struct distribution_item items[] = {{-2, 1, 1, 0}, {1, 1, 2, 0}};
    assert_true(isnan(inequality_gini(items, 0)));
    assert_true(isnan(inequality_gini(items, 2)));
    assert_true(isnan(inequality_theil(items, 0)) && isnan(inequality_theil(items, 1)));
    double shares[10];
    inequality_lorenz(items, 2, 10, shares);
    assert_true(isnan(inequality_palma(shares, 10)));
    const struct distribution_item nothing_below[] = {{0, 9, 1, 0}, {1, 1, 2, 0}};
    inequality_lorenz(nothing_below, 2, 10, shares);
    assert_true(isnan(inequality_palma(shares, 10)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gini_agrees_with_its_definition_over_pairs),
        cmocka_unit_test(test_lognormal_gives_the_closed_form),
        cmocka_unit_test(test_uniform_gives_one_third),
        cmocka_unit_test(test_equality_gives_zero_and_one_owner_of_all_nearly_one),
        cmocka_unit_test(test_scale_and_replication_leave_it_and_a_transfer_to_the_poorer_lowers_it),
        cmocka_unit_test(test_theil_lorenz_and_palma_of_a_lognormal_have_closed_forms),
        cmocka_unit_test(test_lorenz_is_straight_within_a_household),
        cmocka_unit_test(test_zero_and_losses_add_nothing_to_theil),
        cmocka_unit_test(test_no_persons_or_no_income_is_not_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
