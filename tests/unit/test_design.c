/* Designs of a sweep. Rung: closed form (Sobol' points as published; the property that makes a hypercube a
 * Latin one). */
#include "tests/support/check.h"

#include <stdlib.h>

#include "sim/run/design.h"

static void test_grid_is_the_product_with_the_last_axis_fastest(void **state)
{
    (void)state;
    static const int32_t levels[] = {2, 1, 3};
    static const int32_t expected[6][3] = {{0, 0, 0}, {0, 0, 1}, {0, 0, 2}, {1, 0, 0}, {1, 0, 1}, {1, 0, 2}};
    struct sim_error error = {0};
    assert_int_equal(sim_design_grid_points(levels, 3, &error), 6);
    for (int32_t p = 0; p < 6; p++) {
        int32_t at[3];
        sim_design_grid(levels, 3, p, at);
        assert_memory_equal(at, expected[p], sizeof(at));
    }
}

static void test_too_large_a_grid_is_refused_and_does_not_overflow(void **state)
{
    (void)state;
    int32_t levels[40];
    struct sim_error error = {0};
    for (int32_t i = 0; i < 40; i++)
        levels[i] = 1000;
    assert_int_equal(sim_design_grid_points(levels, 40, &error), SIM_ERROR_RANGE);
    levels[0] = 0;
    assert_int_equal(sim_design_grid_points(levels, 1, &error), SIM_ERROR_RANGE);
    levels[0] = SIM_DESIGN_POINTS;
    assert_int_equal(sim_design_grid_points(levels, 1, &error), SIM_DESIGN_POINTS);
}

/* The first points of the sequence in three dimensions, in the order of Antonov and Saleev. */
static void test_sobol_points_are_the_published_ones(void **state)
{
    (void)state;
    static const double expected[7][3] = {{0.5, 0.5, 0.5}, {0.75, 0.25, 0.75}, {0.25, 0.75, 0.25},
        {0.375, 0.375, 0.625}, {0.875, 0.875, 0.125}, {0.625, 0.125, 0.375}, {0.125, 0.625, 0.875}};
    double points[7][3];
    struct sim_error error = {0};
    check_ok(sim_design_sobol(7, 3, &points[0][0], &error), error);
    for (int32_t p = 0; p < 7; p++)
        for (int32_t k = 0; k < 3; k++)
            check_near(points[p][k], expected[p][k], 0, 0);
}

static void test_more_sobol_points_leave_the_first_ones_as_they_were(void **state)
{
    (void)state;
    double few[8][40], many[64][40];
    struct sim_error error = {0};
    check_ok(sim_design_sobol(8, 40, &few[0][0], &error), error);
    check_ok(sim_design_sobol(64, 40, &many[0][0], &error), error);
    assert_memory_equal(few, many, sizeof(few));
}

static void test_sobol_beyond_its_axes_is_refused(void **state)
{
    (void)state;
    double points[41];
    struct sim_error error = {0};
    assert_int_equal(sim_design_sobol(1, 41, points, &error), SIM_ERROR_RANGE);
    assert_int_equal(sim_design_sobol(0, 1, points, &error), SIM_ERROR_RANGE);
    assert_int_equal(sim_design_sobol(1, 0, points, &error), SIM_ERROR_RANGE);
    assert_int_equal(sim_design_sobol(SIM_DESIGN_POINTS + 1, 1, points, &error), SIM_ERROR_RANGE);
}

static double *hypercube(int32_t n, int32_t axes, uint64_t seed, bool middle)
{
    double *points = malloc(sizeof(double) * (size_t)(n * axes));
    struct sim_error error = {0};
    assert_non_null(points);
    check_ok(sim_design_latin_hypercube(n, axes, seed, middle, points, &error), error);
    return points;
}

static void test_latin_hypercube_has_one_point_in_each_cell_of_each_axis(void **state)
{
    (void)state;
    enum { N = 97, AXES = 50 };
    for (int32_t middle = 0; middle < 2; middle++) {
        double *points = hypercube(N, AXES, 3, middle);
        for (int32_t k = 0; k < AXES; k++) {
            int32_t times[N] = {0};
            for (int32_t p = 0; p < N; p++) {
                double u = points[p * AXES + k];
                assert_true(u >= 0 && u < 1);
                int32_t cell = (int32_t)(u * N);
                times[cell]++;
                if (middle)
                    check_near(u, (cell + 0.5) / N, 1e-15, 0);
            }
            for (int32_t c = 0; c < N; c++)
                assert_int_equal(times[c], 1);
        }
        free(points);
    }
}

/* 9999 + (1 - 2^-53) is 10,000 in double: the end of the last cell would be outside the box. */
static void test_end_of_the_last_cell_is_inside_the_box(void **state)
{
    (void)state;
    double last = nextafter(1, 0);
    assert_true(sim_design_place(SIM_DESIGN_POINTS - 1, last, SIM_DESIGN_POINTS) == last);
    assert_true(sim_design_place(0, last, 1) == last);
    assert_true(sim_design_place(0, 0, 4) == 0);
    assert_true(sim_design_place(2, 0.5, 4) == 0.625);
}

/* Axes are paired at random: the rank correlation of two of them has standard deviation 1 / sqrt(n - 1); five
 * of these are met by chance once in two million. */
static void test_axes_of_a_latin_hypercube_do_not_hang_together(void **state)
{
    (void)state;
    enum { N = 2000 };
    double *points = hypercube(N, 2, 1, true);
    double sum = 0;
    for (int32_t p = 0; p < N; p++)
        sum += (points[2 * p] - 0.5) * (points[2 * p + 1] - 0.5);
    check_near(12 * sum / N, 0, 0, 5 / sqrt(N - 1.0));
    free(points);
}

static void test_latin_hypercube_hangs_on_the_seed_and_not_on_later_axes(void **state)
{
    (void)state;
    double *one = hypercube(20, 2, 5, false), *again = hypercube(20, 2, 5, false),
           *other = hypercube(20, 2, 6, false), *wider = hypercube(20, 3, 5, false);
    assert_memory_equal(one, again, 40 * sizeof(double));
    assert_memory_not_equal(one, other, 40 * sizeof(double));
    for (int32_t p = 0; p < 20; p++)
        assert_memory_equal(one + 2 * p, wider + 3 * p, 2 * sizeof(double));
    free(one), free(again), free(other), free(wider);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grid_is_the_product_with_the_last_axis_fastest),
        cmocka_unit_test(test_too_large_a_grid_is_refused_and_does_not_overflow),
        cmocka_unit_test(test_sobol_points_are_the_published_ones),
        cmocka_unit_test(test_more_sobol_points_leave_the_first_ones_as_they_were),
        cmocka_unit_test(test_sobol_beyond_its_axes_is_refused),
        cmocka_unit_test(test_latin_hypercube_has_one_point_in_each_cell_of_each_axis),
        cmocka_unit_test(test_end_of_the_last_cell_is_inside_the_box),
        cmocka_unit_test(test_axes_of_a_latin_hypercube_do_not_hang_together),
        cmocka_unit_test(test_latin_hypercube_hangs_on_the_seed_and_not_on_later_axes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
