/* Moves between quintiles (definition). */
#include "models/indicators/mobility.h"

#include "tests/support/check.h"

static void test_persons_who_stay_and_quintiles_moved(void **state)
{
    (void)state;
    struct mobility sum = {0};
    mobility_add(&sum, 4, 1, 1);
    mobility_add(&sum, 3, 1, 5);
    mobility_add(&sum, 2, 4, 2);
    assert_int_equal(sum.persons, 9);
    assert_int_equal(sum.stayed, 4);
    assert_int_equal(sum.moved, 3 * 4 + 2 * 2);
}

static void test_up_and_down_count_alike(void **state)
{
    (void)state;
    for (int32_t from = 1; from <= 5; from++)
        for (int32_t to = 1; to <= 5; to++) {
            struct mobility up = {0}, down = {0};
            mobility_add(&up, 2, from, to);
            mobility_add(&down, 2, to, from);
            assert_int_equal(up.moved, down.moved);
            assert_int_equal(up.stayed, from == to ? 2 : 0);
        }
}

static void test_who_came_later_is_left_out(void **state)
{
    (void)state;
    struct mobility sum = {0};
    mobility_add(&sum, 4, 0, 3);
    mobility_add(&sum, 4, 3, 0);
    assert_int_equal(sum.persons, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_persons_who_stay_and_quintiles_moved),
        cmocka_unit_test(test_up_and_down_count_alike),
        cmocka_unit_test(test_who_came_later_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
