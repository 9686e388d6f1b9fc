/* Who is offered a place first. Rung: definition, on drawn villages. */
#include "tests/support/village.h"

#include "models/investments/targeting.h"

enum { HOUSEHOLDS = 60 };

static void draw_village(struct village_fixture *fixture)
{
    village_fixture_open(fixture);
    for (int32_t i = 0; i < HOUSEHOLDS; i++) {
        sim_row h = village_fixture_household(fixture, 1 + i % 5);
        fixture->village->households.permanent_fen[h] = 1000.0 * (double)((i * 37) % HOUSEHOLDS + 1);
    }
    village_fixture_begin(fixture);
}

static double income_a_head(const struct village *village, sim_row h)
{
    return village->households.permanent_fen[h] / (double)village->households.n_persons[h];
}

static void test_poorest_come_first_when_the_register_sees_without_error(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    sim_row order[HOUSEHOLDS];
    uint64_t ticket[HOUSEHOLDS];
    int32_t n = targeting_rank(fixture.village, TARGETING_POOREST, 0.0, 2, order, ticket);
    assert_int_equal(n, HOUSEHOLDS);
    for (int32_t i = 1; i < n; i++)
        assert_true(income_a_head(fixture.village, order[i - 1]) <= income_a_head(fixture.village, order[i]));
    village_fixture_close(&fixture);
}

static void test_error_of_the_register_moves_ranks_and_lasts(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    sim_row order[HOUSEHOLDS], again[HOUSEHOLDS];
    uint64_t ticket[HOUSEHOLDS];
    int32_t n = targeting_rank(fixture.village, TARGETING_POOREST, 0.8, 2, order, ticket);
    int32_t inversions = 0;
    for (int32_t i = 1; i < n; i++)
        inversions += income_a_head(fixture.village, order[i - 1]) > income_a_head(fixture.village, order[i]);
    assert_true(inversions > 5);
    targeting_rank(fixture.village, TARGETING_POOREST, 0.8, 2, again, ticket);
    assert_memory_equal(order, again, sizeof(order));
    village_fixture_close(&fixture);
}

static void test_order_of_rows_does_not_matter(void **state)
{
    (void)state;
    const int32_t rules[] = {TARGETING_POOREST, TARGETING_LOTTERY, TARGETING_KEY};
    struct village_fixture fixture;
    draw_village(&fixture);
    struct household_table *households = &fixture.village->households;
    sim_key before[SIM_COUNT(rules)][HOUSEHOLDS];
    sim_row order[HOUSEHOLDS];
    uint64_t ticket[HOUSEHOLDS];
    for (int32_t r = 0; r < SIM_COUNT(rules); r++) {
        targeting_rank(fixture.village, rules[r], 0.4, 2, order, ticket);
        for (int32_t i = 0; i < HOUSEHOLDS; i++)
            before[r][i] = households->key[order[i]];
    }
    for (sim_row a = 0, b = HOUSEHOLDS - 1; a < b; a++, b--) { /* the village upside down */
        sim_key key = households->key[a];
        double permanent = households->permanent_fen[a];
        int32_t persons = households->n_persons[a];
        households->key[a] = households->key[b];
        households->permanent_fen[a] = households->permanent_fen[b];
        households->n_persons[a] = households->n_persons[b];
        households->key[b] = key;
        households->permanent_fen[b] = permanent;
        households->n_persons[b] = persons;
    }
    for (int32_t r = 0; r < SIM_COUNT(rules); r++) {
        targeting_rank(fixture.village, rules[r], 0.4, 2, order, ticket);
        for (int32_t i = 0; i < HOUSEHOLDS; i++)
            assert_true(before[r][i] == households->key[order[i]]);
    }
    village_fixture_close(&fixture);
}

static void test_order_by_key_and_ties_of_need_go_by_key(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    struct household_table *households = &fixture.village->households;
    for (sim_row h = 0; h < HOUSEHOLDS; h++)
        households->permanent_fen[h] = 500.0 * (double)households->n_persons[h];
    const int32_t rules[] = {TARGETING_KEY, TARGETING_POOREST};
    for (int32_t r = 0; r < SIM_COUNT(rules); r++) {
        sim_row order[HOUSEHOLDS];
        uint64_t ticket[HOUSEHOLDS];
        int32_t n = targeting_rank(fixture.village, rules[r], 0.0, 2, order, ticket);
        for (int32_t i = 1; i < n; i++)
            assert_true(households->key[order[i - 1]] < households->key[order[i]]);
    }
    village_fixture_close(&fixture);
}

static void test_households_that_are_gone_are_not_ranked(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.village->households.present[7] = 0;
    sim_row order[HOUSEHOLDS];
    uint64_t ticket[HOUSEHOLDS];
    int32_t n = targeting_rank(fixture.village, TARGETING_LOTTERY, 0.4, 2, order, ticket);
    assert_int_equal(n, HOUSEHOLDS - 1);
    for (int32_t i = 0; i < n; i++)
        assert_int_not_equal(order[i], 7);
    village_fixture_close(&fixture);
}

/* Closed form: over 2,000 schemes each of 60 households is first in 1/60 of them, within 4.5 standard errors
 * (60 comparisons: one seed in 2,400 would fail for no reason). */
static void test_lottery_gives_everybody_the_same_chance(void **state)
{
    (void)state;
    enum { SEEDS = 2000 };
    struct village_fixture fixture;
    draw_village(&fixture);
    int32_t first[HOUSEHOLDS] = {0};
    sim_row order[HOUSEHOLDS];
    uint64_t ticket[HOUSEHOLDS];
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        fixture.village->luck.seed = seed;
        targeting_rank(fixture.village, TARGETING_LOTTERY, 0.4, 0, order, ticket);
        first[order[0]]++;
    }
    double p = 1.0 / HOUSEHOLDS;
    for (sim_row h = 0; h < HOUSEHOLDS; h++)
        check_near((double)first[h] / SEEDS, p, 0.0, 4.5 * sqrt(p * (1.0 - p) / SEEDS));
    village_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_poorest_come_first_when_the_register_sees_without_error),
        cmocka_unit_test(test_error_of_the_register_moves_ranks_and_lasts),
        cmocka_unit_test(test_order_of_rows_does_not_matter),
        cmocka_unit_test(test_order_by_key_and_ties_of_need_go_by_key),
        cmocka_unit_test(test_households_that_are_gone_are_not_ranked),
        cmocka_unit_test(test_lottery_gives_everybody_the_same_chance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
