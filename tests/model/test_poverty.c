/* Poverty: Foster, Greer and Thorbecke's P_0, P_1, P_2 against their definition over persons (slow twin) and
 * against a lognormal's closed form. */
#include "models/indicators/poverty.h"

#include <stdlib.h>

#include "sim/core/key.h"
#include "sim/core/real.h"
#include "tests/support/check.h"

enum { HOUSEHOLDS = 400, GRID = 100000 };

static double normal(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

/* sum over persons of ((z - x) / z)^a over the poor, over all persons: one person at a time. */
static double twin(const struct distribution_item *items, int32_t n, double line, double a)
{
    double sum = 0;
    int64_t persons = 0;
    for (int32_t i = 0; i < n; i++)
        for (int32_t k = 0; k < (int32_t)items[i].weight; k++, persons++)
            if (items[i].value < line)
                sum += pow((line - fmax(items[i].value, 0)) / line, a);
    return sum / (double)persons;
}

static void test_measures_agree_with_their_definition_person_by_person(void **state)
{
    (void)state;
    struct distribution_item items[HOUSEHOLDS];
    for (int32_t i = 0; i < HOUSEHOLDS; i++) {
        uint64_t hash = sim_key_mix((uint64_t)i);
        items[i] =
            (struct distribution_item){(double)(hash % 9000) - 500, 1 + (double)(hash >> 32 & 7), hash, i};
    }
    for (double line = 500; line < 9000; line += 777) {
        struct poverty measured = poverty_measure(items, HOUSEHOLDS, line);
        check_near(measured.headcount, twin(items, HOUSEHOLDS, line, 0), 1e-12, 0);
        check_near(measured.gap, twin(items, HOUSEHOLDS, line, 1), 1e-12, 0);
        check_near(measured.severity, twin(items, HOUSEHOLDS, line, 2), 1e-12, 0);
    }
}

/* x = exp(mu + sigma N): headcount Phi(a), a = (ln z - mu) / sigma; with the mean m and second moment m2,
 * gap = Phi(a) - m/z Phi(a - sigma), severity = Phi(a) - 2 m/z Phi(a - sigma) + m2/z^2 Phi(a - 2 sigma). */
static void check_lognormal(double mu, double sigma, double line)
{
    struct distribution_item *items = calloc(GRID, sizeof *items);
    assert_non_null(items);
    for (int32_t i = 0; i < GRID; i++)
        items[i] = (struct distribution_item){
            exp(mu + sigma * sim_real_normal_quantile((i + 0.5) / GRID)), 4, (sim_key)i, i};
    struct poverty measured = poverty_measure(items, GRID, line);
    double a = (log(line) - mu) / sigma;
    double first = exp(mu + sigma * sigma / 2) / line * normal(a - sigma);
    double second = exp(2 * mu + 2 * sigma * sigma) / (line * line) * normal(a - 2 * sigma);
    check_near(measured.headcount, normal(a), 0, 1.0 / GRID);
    check_near(measured.gap, normal(a) - first, 0, 1e-6);
    check_near(measured.severity, normal(a) - 2 * first + second, 0, 1e-6);
    free(items);
}

static void test_lognormal_gives_the_closed_form(void **state)
{
    (void)state;
    check_lognormal(8.5, 0.7, 2855);
    check_lognormal(8.5, 0.7, 6000);
    check_lognormal(8.5, 0.2, 4000);
    check_lognormal(0, 1.2, 0.3);
}

static void test_who_stands_on_the_line_is_not_poor(void **state)
{
    (void)state;
    const struct distribution_item items[] = {{2800, 3, 1, 0}, {2799.99, 1, 2, 0}};
    struct poverty measured = poverty_measure(items, 2, 2800);
    assert_true(measured.headcount == 0.25);
}

static void test_a_loss_counts_as_nothing_and_no_more(void **state)
{
    (void)state;
    const struct distribution_item items[] = {{-50000, 1, 1, 0}, {3000, 1, 2, 0}};
    struct poverty measured = poverty_measure(items, 2, 2000);
    assert_true(measured.headcount == 0.5 && measured.gap == 0.5 && measured.severity == 0.5);
}

static void test_persons_count_and_not_households(void **state)
{
    (void)state;
    const struct distribution_item items[] = {{1000, 9, 1, 0}, {3000, 1, 2, 0}};
    check_near(poverty_measure(items, 2, 2000).headcount, 0.9, 1e-15, 0);
    check_near(poverty_measure(items, 2, 2000).gap, 0.45, 1e-15, 0);
    check_near(poverty_measure(items, 2, 2000).severity, 0.225, 1e-15, 0);
}

static void test_nobody_is_not_a_number(void **state)
{
    (void)state;
    struct poverty measured = poverty_measure(NULL, 0, 2000);
    assert_true(isnan(measured.headcount) && isnan(measured.gap) && isnan(measured.severity));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_measures_agree_with_their_definition_person_by_person),
        cmocka_unit_test(test_lognormal_gives_the_closed_form),
        cmocka_unit_test(test_who_stands_on_the_line_is_not_poor),
        cmocka_unit_test(test_a_loss_counts_as_nothing_and_no_more),
        cmocka_unit_test(test_persons_count_and_not_households),
        cmocka_unit_test(test_nobody_is_not_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
