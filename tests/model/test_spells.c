/* Entries, exits, and the chronic part of poverty (definition; closed form). */
#include "models/indicators/spells.h"

#include "sim/core/key.h"
#include "tests/support/check.h"

enum { LINE = 100 };

/* The history of a household whose amounts of some years are given, the last of them this year's. */
static struct spell_history history_of(const double *amounts, int32_t years)
{
    struct spell_history self = {.persons = 1, .last = 2};
    for (int32_t i = 0; i < years; i++) {
        self.last = i > 0 ? self.is_poor : 2;
        self.is_poor = amounts[i] < LINE;
        self.poor_years += self.is_poor;
        self.observed_years++;
        self.sum_amount += amounts[i];
        self.sum_gap2 += spells_gap2(amounts[i], LINE);
    }
    return self;
}

static struct spells of_one(const double *amounts, int32_t years)
{
    struct spells sum = {0};
    struct spell_history history = history_of(amounts, years);
    spells_add(&sum, &history, LINE);
    return sum;
}

static void test_constant_consumption_is_all_chronic(void **state)
{
    (void)state;
    struct spells sum = of_one((const double[]){60, 60, 60}, 3);
    check_near(sum.total, 0.16, 1e-15, 0);
    check_near(sum.chronic, 0.16, 1e-15, 0);
    assert_true(sum.always == 1 && sum.never == 0);
}

static void test_a_bad_year_of_one_above_the_line_on_average_is_all_transient(void **state)
{
    (void)state;
    struct spells sum = of_one((const double[]){50, 200}, 2);
    check_near(sum.chronic, 0, 0, 0);
    check_near(sum.total, 0.125, 1e-15, 0);
    assert_true(sum.always == 0 && sum.never == 0 && sum.persons == 1);
    assert_true(sum.left == 1 && sum.was_poor == 1 && sum.entered == 0);
}

static void test_the_transient_part_is_never_negative(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        double amounts[7];
        for (int32_t i = 0; i < 7; i++)
            amounts[i] = (double)(sim_key_make(seed, (uint64_t)i, 0) % 250) - 20;
        struct spells sum = of_one(amounts, 1 + (int32_t)(seed % 7));
        /* A loss counts as zero in each year, and pulls the mean down: only then may the parts cross. */
        bool has_loss = false;
        for (int32_t i = 0; i <= (int32_t)(seed % 7); i++)
            has_loss = has_loss || amounts[i] < 0;
        if (!has_loss)
            assert_true(sum.total - sum.chronic >= -1e-12);
    }
}

static void test_rates_are_over_those_who_could_move(void **state)
{
    (void)state;
    struct spells sum = {0};
    struct spell_history history = {.persons = 3, .is_poor = true, .last = 0};
    spells_add(&sum, &history, LINE);
    history = (struct spell_history){.persons = 5, .is_poor = false, .last = 0};
    spells_add(&sum, &history, LINE);
    history = (struct spell_history){.persons = 2, .is_poor = true, .last = 1};
    spells_add(&sum, &history, LINE);
    history = (struct spell_history){.persons = 9, .is_poor = true, .last = 2}; /* nothing known of it */
    spells_add(&sum, &history, LINE);
    assert_true(sum.was_not_poor == 8 && sum.entered == 3);
    assert_true(sum.was_poor == 2 && sum.left == 0);
    assert_true(sum.persons == 0 && sum.total == 0); /* before the base year no history is kept */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constant_consumption_is_all_chronic),
        cmocka_unit_test(test_a_bad_year_of_one_above_the_line_on_average_is_all_transient),
        cmocka_unit_test(test_the_transient_part_is_never_negative),
        cmocka_unit_test(test_rates_are_over_those_who_could_move),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
