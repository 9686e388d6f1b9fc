/* Rung: definition (numbers of the order of work; every arm's life, from the founding or a checkpoint to its
 * end, is told once and by nodes that it shares only with arms it has not parted from). */
#include "sim/run/plan.h"

#include "sim/core/key.h"
#include "tests/support/check.h"

enum { MOST = 12 };

static void test_order_of_work_is_replicate_then_point_then_arm(void **state)
{
    int64_t work = 0;
    (void)state;
    for (int32_t r = 0; r < 4; r++)
        for (int32_t p = 0; p < 3; p++)
            for (int32_t a = 0; a < 5; a++, work++) {
                struct sim_plan_row row = sim_plan_row(work, 3, 5);
                assert_int_equal(row.replicate, r);
                assert_int_equal(row.point, p);
                assert_int_equal(row.arm, a);
                assert_int_equal(sim_plan_work(row, 3, 5), work);
            }
}

static void part(sim_time *times, int32_t n_all, int32_t a, int32_t b, sim_time at)
{
    times[a * n_all + b] = times[b * n_all + a] = at;
}

/* A random tree, whose first branching may be the founding itself. */
static void grow(sim_time *times, int32_t n_all, int32_t first, int32_t n, sim_time at, uint64_t *luck)
{
    part(times, n_all, first, first, SIM_TIME_MAX);
    if (n < 2)
        return;
    *luck = sim_key_make(*luck, 1, 2);
    int32_t n_left = 1 + (int32_t)(*luck % (uint64_t)(n - 1));
    for (int32_t a = first; a < first + n_left; a++)
        for (int32_t b = first + n_left; b < first + n; b++)
            part(times, n_all, a, b, at);
    sim_time next = (at == INT64_MIN ? 0 : at) + (sim_time)((*luck >> 30) % 3); /* 0: three ways at once */
    grow(times, n_all, first, n_left, at == INT64_MIN && next == 0 ? at : next, luck);
    grow(times, n_all, first + n_left, n - n_left, at == INT64_MIN && next == 0 ? at : next, luck);
}

static const struct sim_plan_node *node_at(const struct sim_plan *plan, int32_t i)
{
    assert_in_range(i, 0, plan->n_nodes - 1);
    return &plan->nodes[i];
}

/* Every arm has one leaf, nodes lie within their parents and end later, and those who share one have not
 * parted before its end. */
static void check_plan(
    const struct sim_plan *plan, struct sim_plan_parting parting, const int32_t *arms, int32_t n)
{
    int32_t n_leaves[MOST] = {0}, n_roots = 0;
    for (int32_t i = 0; i < plan->n_nodes; i++) {
        const struct sim_plan_node *node = node_at(plan, i);
        int32_t n_children = 0;
        for (int32_t j = 0; j < plan->n_nodes; j++)
            n_children += plan->nodes[j].parent == i;
        assert_int_equal(n_children, node->n_children);
        assert_true(n_children != 1);
        assert_int_equal(node->n_children == 0, node->until == SIM_TIME_MAX);
        n_roots += node->parent < 0;
        if (node->n_children == 0) {
            assert_int_equal(node->n_arms, 1);
            n_leaves[plan->arms[node->first]]++;
        }
        if (node->parent >= 0) {
            const struct sim_plan_node *parent = node_at(plan, node->parent);
            assert_true(node->parent < i && node->until > parent->until);
            assert_true(
                node->first >= parent->first && node->first + node->n_arms <= parent->first + parent->n_arms);
        }
        for (int32_t a = 0; a < node->n_arms; a++)
            for (int32_t b = 0; b < a; b++)
                assert_true(parting.times[plan->arms[node->first + a] * parting.n_all +
                                          plan->arms[node->first + b]] >= node->until);
    }
    assert_int_equal(n_roots, plan->n_roots);
    for (int32_t i = 0; i < n; i++)
        assert_int_equal(n_leaves[arms[i]], 1);
}

static void test_forest_of_random_trees_tells_every_life_once(void **state)
{
    uint64_t luck = 1;
    (void)state;
    for (int32_t round = 0; round < 2000; round++) {
        sim_time times[MOST * MOST], saved[MOST];
        int32_t arms[MOST], n = 0, n_all = 1 + round % MOST;
        struct sim_plan plan;
        struct sim_error error = {0};
        grow(times, n_all, 0, n_all, round % 3 == 0 ? INT64_MIN : 4, &luck);
        for (int32_t a = 0; a < n_all; a++) {
            luck = sim_key_make(luck, 3, 4);
            saved[a] = luck % 3 == 0 ? (sim_time)(luck >> 50) % 14 : INT64_MIN;
            if (round % 2 == 0 || luck % 5 != 0) /* some are there already */
                arms[n++] = a;
        }
        if (n == 0)
            continue;
        struct sim_plan_parting parting = {times, n_all};
        check_ok(sim_plan_make(&plan, arms, n, parting, round % 4 < 2 ? NULL : saved, &error), error);
        check_plan(&plan, parting, arms, n);
        /* Nobody whose checkpoint lies behind a trunk is made to wait for it. */
        for (int32_t i = 0; i < plan.n_nodes && round % 4 >= 2; i++)
            for (int32_t a = 0; a < plan.nodes[i].n_arms && plan.nodes[i].n_children > 0; a++)
                assert_true(saved[plan.arms[plan.nodes[i].first + a]] <= plan.nodes[i].until);
        sim_plan_free(&plan);
    }
}

/* a and b part at 30, c from both at 10. */
static void three(sim_time *times)
{
    for (int32_t a = 0; a < 3; a++)
        part(times, 3, a, a, SIM_TIME_MAX);
    part(times, 3, 0, 1, 30);
    part(times, 3, 0, 2, 10);
    part(times, 3, 1, 2, 10);
}

static void test_three_arms_make_two_trunks(void **state)
{
    sim_time times[MOST * MOST];
    struct sim_plan plan;
    struct sim_error error = {0};
    (void)state;
    three(times);
    check_ok(sim_plan_make(
                 &plan, (const int32_t[]){0, 1, 2}, 3, (struct sim_plan_parting){times, 3}, NULL, &error),
        error);
    assert_int_equal(plan.n_nodes, 5);
    assert_int_equal(plan.n_roots, 1);
    assert_int_equal(plan.nodes[0].until, 10);
    assert_int_equal(plan.nodes[1].until, 30);
    sim_plan_free(&plan);
}

static void test_arm_saved_behind_the_trunk_leaves_it_to_the_others(void **state)
{
    static const struct {
        sim_time saved[3];
        int32_t n_nodes, n_roots;
    } cases[] = {
        {{INT64_MIN, INT64_MIN, 10}, 5, 1}, /* not behind: at its end */
        {{INT64_MIN, INT64_MIN, 11}, 4, 2}, /* c alone; a and b share theirs */
        {{20, 20, INT64_MIN}, 4, 2},        /* a and b from 20 to 30, then each; c alone */
        {{31, 20, INT64_MIN}, 3, 3}, {{31, INT64_MIN, INT64_MIN}, 4, 2}, /* b and c share theirs */
    };
    (void)state;
    for (int32_t i = 0; i < SIM_COUNT(cases); i++) {
        sim_time times[MOST * MOST];
        struct sim_plan plan;
        struct sim_error error = {0};
        three(times);
        check_ok(sim_plan_make(&plan, (const int32_t[]){0, 1, 2}, 3, (struct sim_plan_parting){times, 3},
                     cases[i].saved, &error),
            error);
        assert_int_equal(plan.n_nodes, cases[i].n_nodes);
        assert_int_equal(plan.n_roots, cases[i].n_roots);
        sim_plan_free(&plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_of_work_is_replicate_then_point_then_arm),
        cmocka_unit_test(test_forest_of_random_trees_tells_every_life_once),
        cmocka_unit_test(test_three_arms_make_two_trunks),
        cmocka_unit_test(test_arm_saved_behind_the_trunk_leaves_it_to_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
