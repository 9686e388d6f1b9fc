/* The adjusted headcount of Alkire and Foster: the worked example of a paper's kind, its axioms (definition).
 */
#include "models/indicators/multidimensional.h"

#include "tests/support/check.h"

enum { ALL = (1 << DEPRIVATIONS) - 1 };

static void test_a_worked_example(void **state)
{
    (void)state;
    struct multidimensional sum = {0};
    multidimensional_add(&sum, 4, 1 << DEPRIVED_HUNGER);                          /* a third: poor */
    multidimensional_add(&sum, 3, 1 << DEPRIVED_SCHOOLING | 1 << DEPRIVED_HOUSE); /* a quarter: not */
    multidimensional_add(&sum, 2, 1 << DEPRIVED_SCHOOLING | 1 << DEPRIVED_ATTENDANCE | 1 << DEPRIVED_POWER);
    multidimensional_add(&sum, 1, 0);
    check_near(multidimensional_headcount(&sum), 0.6, 0, 0);
    check_near(multidimensional_intensity(&sum), (4 * 4 + 2 * 5) / 12.0 / 6, 1e-15, 0);
    check_near(multidimensional_adjusted(&sum), (4 * 4 + 2 * 5) / 120.0, 1e-15, 0);
    assert_int_equal(sum.deprived[DEPRIVED_SCHOOLING], 5);
    assert_int_equal(sum.censored[DEPRIVED_SCHOOLING], 2);
    assert_int_equal(sum.censored[DEPRIVED_HOUSE], 0);
}

static void test_all_that_can_be_lacked_makes_one(void **state)
{
    (void)state;
    struct multidimensional sum = {0};
    multidimensional_add(&sum, 7, ALL);
    check_near(multidimensional_adjusted(&sum), 1, 0, 0);
    check_near(multidimensional_intensity(&sum), 1, 0, 0);
}

static void test_one_more_deprivation_never_lowers_it_and_raises_that_of_the_poor(void **state)
{
    (void)state;
    for (uint32_t has = 0; has <= ALL; has++)
        for (int32_t d = 0; d < DEPRIVATIONS; d++) {
            if (has >> d & 1)
                continue;
            struct multidimensional before = {0}, after = {0};
            multidimensional_add(&before, 5, has);
            multidimensional_add(&after, 5, has | 1U << d);
            double was = multidimensional_adjusted(&before), is = multidimensional_adjusted(&after);
            assert_true(is >= was);
            if (before.poor > 0) /* dimensional monotonicity, which the plain headcount lacks */
                assert_true(is > was && after.poor == before.poor);
        }
}

static void test_what_the_poor_lack_adds_up_to_the_whole(void **state)
{
    (void)state;
    static const double weights[DEPRIVATIONS] = {
        1 / 6.0, 1 / 6.0, 1 / 3.0, 1 / 12.0, 1 / 12.0, 1 / 12.0, 1 / 12.0};
    struct multidimensional sum = {0};
    for (uint32_t has = 0; has <= ALL; has++)
        multidimensional_add(&sum, 1 + has % 5, has);
    double total = 0;
    for (int32_t d = 0; d < DEPRIVATIONS; d++)
        total += weights[d] * (double)sum.censored[d] / (double)sum.persons;
    check_near(total, multidimensional_adjusted(&sum), 1e-14, 0);
    check_near(multidimensional_headcount(&sum) * multidimensional_intensity(&sum),
        multidimensional_adjusted(&sum), 1e-14, 0);
}

static void test_without_persons_nothing_is_defined(void **state)
{
    (void)state;
    struct multidimensional sum = {0};
    assert_true(isnan(multidimensional_adjusted(&sum)) && isnan(multidimensional_headcount(&sum)));
    multidimensional_add(&sum, 3, 0);
    check_near(multidimensional_adjusted(&sum), 0, 0, 0);
    assert_true(isnan(multidimensional_intensity(&sum)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_worked_example),
        cmocka_unit_test(test_all_that_can_be_lacked_makes_one),
        cmocka_unit_test(test_one_more_deprivation_never_lowers_it_and_raises_that_of_the_poor),
        cmocka_unit_test(test_what_the_poor_lack_adds_up_to_the_whole),
        cmocka_unit_test(test_without_persons_nothing_is_defined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
