/* The engine's benchmarks, small, against theory (closed form): what is fast is also right. Seeds are fixed;
 * a number misses its interval of 4.4 standard errors with probability 1e-5 (normal), 3e-5 (Student, M/M/1).
 * And one thread and two give the same bytes. */
#include "sim/bench/hold.h"
#include "sim/bench/mm1.h"
#include "sim/bench/phold.h"
#include "tests/support/check.h"

static const struct sim_luck luck = {1986, 0};
static const double LIMIT = 4.4;

static void check_result(const struct sim_bench_result *result, double narrow)
{
    check_near(result->value, result->expected, 0, LIMIT * result->standard_error);
    assert_true(LIMIT * result->standard_error < narrow * result->expected); /* the test can fail */
    assert_true(result->n_events > 0 && result->seconds > 0.0 && result->bytes_per_entity > 0.0);
}

static void check_twins(const struct sim_bench_result *one, const struct sim_bench_result *two)
{
    assert_memory_equal(one->digest, two->digest, SIM_DIGEST_BYTES);
    assert_int_equal(one->n_events, two->n_events);
}

static void test_hold_keeps_the_rate_of_poisson_and_threads_never_show(void **unused)
{
    (void)unused;
    struct sim_bench_load options = {.n_entities = 3000, .n_events = 400000, .luck = luck};
    struct sim_bench_result one, two, other;
    struct sim_error error = {0};
    check_ok(sim_bench_hold(&options, &one, &error), error);
    check_result(&one, 0.01);
    assert_true(one.n_events > 390000);
    options.n_threads = 2;
    check_ok(sim_bench_hold(&options, &two, &error), error);
    check_twins(&one, &two);
    options.luck.replicate = 1;
    check_ok(sim_bench_hold(&options, &other, &error), error);
    assert_memory_not_equal(one.digest, other.digest, SIM_DIGEST_BYTES);
}

static void test_phold_keeps_the_rate_of_renewals_and_neither_threads_nor_partitions_show(void **unused)
{
    (void)unused;
    struct sim_bench_load options = {.n_entities = 3000, .n_events = 200000, .luck = luck};
    struct sim_bench_result one, two;
    struct sim_error error = {0};
    check_ok(sim_bench_phold(&options, &one, &error), error);
    check_result(&one, 0.01);
    options.n_threads = 2;
    check_ok(sim_bench_phold(&options, &two, &error), error);
    check_twins(&one, &two);
    options.per_partition = 17;
    check_ok(sim_bench_phold(&options, &two, &error), error);
    check_twins(&one, &two);
}

static void test_spread_of_chance_passes_and_any_other_does_not(void **unused)
{
    (void)unused;
    enum { GROUPS = 64, N = 64 * 100 };
    struct sim_error error = {0};
    for (uint64_t round = 0; round < 100; round++) {
        int64_t even[GROUPS] = {0}, half[GROUPS] = {0}, low[GROUPS] = {0};
        for (uint64_t i = 0; i < N; i++) {
            uint64_t word = sim_rand_word(luck, i + 1, SIM_PURPOSE_TEST, round);
            even[word >> 58]++;
            half[word >> 59]++;
            low[word >> 60 == 0 ? 0 : word >> 58]++;
        }
        check_ok(sim_bench_check_spread(even, GROUPS, N, &error), error);
        assert_int_equal(sim_bench_check_spread(half, GROUPS, N, &error), SIM_ERROR_MODEL);
        assert_int_equal(sim_bench_check_spread(low, GROUPS, N, &error), SIM_ERROR_MODEL);
        error = (struct sim_error){0};
    }
    int64_t nobody[GROUPS] = {0}; /* moved */
    assert_int_equal(sim_bench_check_spread(nobody, GROUPS, 0, &error), SIM_ERROR_MODEL);
}

static void test_mm1_takes_ten_services_and_threads_never_show(void **unused)
{
    (void)unused;
    struct sim_bench_mm1_options options = {.n_customers = 100000, .n_trials = 8, .luck = luck};
    struct sim_bench_result one, two;
    struct sim_error error = {0};
    check_ok(sim_bench_mm1(&options, &one, &error), error);
    check_result(&one, 0.12);
    assert_int_equal(one.n_customers, 800000);
    assert_int_equal(one.n_events, 1600000);
    options.n_threads = 2;
    check_ok(sim_bench_mm1(&options, &two, &error), error);
    check_twins(&one, &two);
    check_ok(sim_bench_mm1_by_hand(&options, &two, &error), error);
    check_result(&two, 0.12);
}

static void test_mm1_refuses_customers_that_make_no_equal_batches(void **unused)
{
    (void)unused;
    struct sim_bench_mm1_options options = {.n_customers = 30, .n_trials = 1, .luck = luck};
    struct sim_bench_result result;
    struct sim_error error = {0};
    assert_int_equal(sim_bench_mm1(&options, &result, &error), SIM_ERROR_RANGE);
    struct sim_error again = {0};
    assert_int_equal(sim_bench_mm1_by_hand(&options, &result, &again), SIM_ERROR_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hold_keeps_the_rate_of_poisson_and_threads_never_show),
        cmocka_unit_test(test_phold_keeps_the_rate_of_renewals_and_neither_threads_nor_partitions_show),
        cmocka_unit_test(test_spread_of_chance_passes_and_any_other_does_not),
        cmocka_unit_test(test_mm1_takes_ten_services_and_threads_never_show),
        cmocka_unit_test(test_mm1_refuses_customers_that_make_no_equal_batches),
    };
    return cmocka_run_group_tests_name("bench", tests, NULL, NULL);
}
