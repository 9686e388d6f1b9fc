/* Conversions for vectors against plain C, in a function with clones. */
#include "sim/core/lanes.h"

#include "sim/core/key.h"
#include "tests/support/check.h"

enum { N = 1003 };

SIM_CLONES static void through_lanes(const double *restrict real, const int64_t *restrict whole,
    double *restrict floors, int64_t *restrict floored, double *restrict reals)
{
#pragma omp simd
    for (int i = 0; i < N; i++) {
        floors[i] = sim_lane_floor(real[i]);
        floored[i] = sim_lane_whole(floors[i]);
        reals[i] = sim_lane_real(whole[i]);
    }
}

static void test_lanes_convert_as_plain_c_does(void **state)
{
    (void)state;
    static double real[N], floors[N], reals[N];
    static int64_t whole[N], floored[N];
    const int64_t most = (INT64_C(1) << 51) - 1;
    for (int i = 0; i < N; i++) {
        uint64_t word = sim_key_mix((uint64_t)i);
        int bits = (int)(word % 52);
        whole[i] = (int64_t)(sim_key_mix(word) >> 13 >> (51 - bits)) * (i % 2 ? 1 : -1);
        real[i] = (double)(sim_key_mix(word) >> 11) * 0x1p-53 * (double)(INT64_C(1) << bits);
        if (i % 7 == 0)
            real[i] = (double)(int64_t)real[i]; /* whole */
        if (i % 7 == 1)
            real[i] = (double)(int64_t)real[i] + 0.5; /* halves round to even */
    }
    whole[0] = most;
    whole[1] = -most;
    whole[2] = real[2] = 0;
    real[3] = (double)most;
    real[4] = (double)most - 0.5;
    real[5] = 0x1.fffffffffffffp-1; /* just below 1 */
    through_lanes(real, whole, floors, floored, reals);
    for (int i = 0; i < N; i++) {
        assert_int_equal(floored[i], (int64_t)real[i]);
        assert_true(floors[i] == (double)(int64_t)real[i]);
        assert_true(reals[i] == (double)whole[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lanes_convert_as_plain_c_does),
    };
    return cmocka_run_group_tests_name("lanes", tests, NULL, NULL);
}
