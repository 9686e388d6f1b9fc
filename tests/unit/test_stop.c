/* Rung: closed form (the interval of a mean by the textbook, its quantiles from a printed table), definition,
 * slow twin (the same batch with as many replicates, asked for beforehand). With threads. */
#include "sim/run/stop.h"

#include <math.h>

#include "sim/io/file.h"
#include "sim/io/h5.h"
#include "sim/io/provenance.h"
#include "sim/run/batch.h"
#include "tests/support/fake_batch.h"

struct bench {
    char directory[256], path[300], parts[320];
    struct fake_model model;
    struct sim_meta meta;
    struct sim_batch_stop rule;
    struct sim_batch_options options;
    struct sim_batch_result result;
    struct sim_error error;
};

static void set_up(struct bench *self)
{
    *self = (struct bench){0};
    fake_directory(self->directory);
    snprintf(self->path, sizeof self->path, "%s/out.h5", self->directory);
    snprintf(self->parts, sizeof self->parts, "%s.parts", self->path);
    fake_init(&self->model);
    fake_meta(&self->meta, "seed: 2022\n");
    self->options = fake_options(self->path, &self->meta);
    self->options.n_replicates = 60;
    /* A uniform number in [0, 1e4): differences have a standard deviation of 1e4 / sqrt(6) = 4082. */
    self->rule = (struct sim_batch_stop){.variable = FAKE_GINI,
        .n = 1,
        .stride = 1,
        .arm = 1,
        .reference = 0,
        .half_width = 2000,
        .least = 5,
        .step = 3};
    self->options.stop = &self->rule;
}

static void tear_down(struct bench *self)
{
    fake_free(&self->model);
    sim_meta_free(&self->meta);
    fake_remove(self->directory);
}

static int run(struct bench *self)
{
    struct sim_batch_model model = fake_batch_model(&self->model);
    self->error = (struct sim_error){0};
    self->model.n_run = 0;
    return sim_batch_run(&model, &self->options, &self->result, &self->error);
}

static double value(const struct fake_model *model, int32_t point, int32_t arm, int32_t replicate)
{
    double *row = calloc(1, (size_t)model->output.row_bytes);
    assert_non_null(row);
    fake_row(&model->output, model->seed, point, arm, replicate, row);
    double out = *(const double *)sim_output_at(&model->output, FAKE_GINI, row);
    free(row);
    return out;
}

/* Standard error of the mean difference of the first n pairs. */
static double standard_error(const struct fake_model *model, int32_t point, int32_t n)
{
    double sum = 0, squares = 0;
    for (int32_t r = 0; r < n; r++)
        sum += value(model, point, 1, r) - value(model, point, 0, r);
    for (int32_t r = 0; r < n; r++) {
        double gap = value(model, point, 1, r) - value(model, point, 0, r) - sum / n;
        squares += gap * gap;
    }
    return sqrt(squares / (n - 1) / n);
}

/* As sim_batch_run, stopped with n replicates on disk. */
static void look(struct bench *self, int32_t n, struct sim_stop_look *out)
{
    struct sim_stop stop;
    struct sim_parts parts;
    struct sim_parts_shape shape = {&self->model.output, &self->meta, sim_provenance_version(),
        self->options.n_points, 3, self->options.n_replicates, fake_arms};
    check_ok(sim_parts_open(&parts, self->parts, &shape, SIM_PARTS_READ, &self->error), self->error);
    check_ok(sim_stop_begin(&stop, &self->rule, &parts, &self->error), self->error);
    check_ok(sim_stop_look(&stop, n, out, &self->error), self->error);
    sim_stop_end(&stop);
    sim_parts_close(&parts);
}

/* Leaves n replicates in the parts directory. */
static void keep_some(struct bench *self, int32_t n)
{
    self->options.stop = NULL;
    self->options.n_threads = 1;
    self->options.resume = true;
    self->model.stop_after = 3 * self->options.n_points * n + 1;
    assert_int_equal(run(self), SIM_ERROR_STOPPED);
    self->model.stop_after = -1;
    self->options.stop = &self->rule;
}

static void test_half_width_is_students_interval_of_paired_differences(void **state)
{
    struct bench bench;
    struct sim_stop_look seen;
    (void)state;
    set_up(&bench);
    keep_some(&bench, 11);
    look(&bench, 2, &seen);
    check_near(seen.half_width, 12.7062 * standard_error(&bench.model, 0, 2), 1e-5, 0);
    look(&bench, 6, &seen);
    check_near(seen.half_width, 2.57058 * standard_error(&bench.model, 0, 6), 1e-5, 0);
    look(&bench, 11, &seen);
    check_near(seen.half_width, 2.22814 * standard_error(&bench.model, 0, 11), 1e-5, 0);
    assert_int_equal(seen.n_pairs, 11);
    assert_int_equal(seen.n_lost, 0);
    tear_down(&bench);
}

static void test_widest_point_decides(void **state)
{
    struct bench bench;
    struct sim_stop_look seen;
    (void)state;
    set_up(&bench);
    bench.options.n_points = 2;
    keep_some(&bench, 6);
    look(&bench, 6, &seen);
    double a = standard_error(&bench.model, 0, 6), b = standard_error(&bench.model, 1, 6);
    check_near(seen.half_width, 2.57058 * (a > b ? a : b), 1e-5, 0);
    bench.rule.half_width = 2.57058 * (a + b) / 2; /* narrow enough at one of the two */
    look(&bench, 6, &seen);
    assert_false(seen.is_sure);
    tear_down(&bench);
}

static void test_means_are_of_the_values_chosen(void **state)
{
    struct bench bench;
    struct sim_stop_look seen;
    double differences[2], sum, *row;
    (void)state;
    set_up(&bench);
    keep_some(&bench, 2);
    bench.rule.variable = FAKE_INCOME;
    bench.rule.first = 2;
    bench.rule.stride = 5;
    bench.rule.n = 4;
    row = calloc(1, (size_t)bench.model.output.row_bytes);
    assert_non_null(row);
    for (int32_t r = 0; r < 2; r++) {
        differences[r] = 0;
        for (int32_t arm = 0; arm < 2; arm++) {
            fake_row(&bench.model.output, bench.model.seed, 0, arm, r, row);
            const double *income = sim_output_at(&bench.model.output, FAKE_INCOME, row);
            sum = income[2] + income[7] + income[12] + income[17];
            differences[r] += (arm == 1 ? 1 : -1) * sum / 4;
        }
    }
    look(&bench, 2, &seen);
    check_near(seen.half_width, 12.7062 * fabs(differences[0] - differences[1]) / 2, 1e-5, 0);
    free(row);
    tear_down(&bench);
}

static void test_batch_stops_at_the_first_look_that_is_sure(void **state)
{
    /* t quantiles of 4, 7, 10 ... degrees of freedom: the looks are at 5, 8, 11 ... */
    static const double t[] = {2.77645, 2.36462, 2.22814, 2.16037, 2.11991, 2.09302, 2.07387, 2.05954,
        2.04841, 2.03951, 2.03224, 2.02619, 2.02108, 2.01669, 2.01290, 2.00958, 2.00665, 2.00404};
    struct bench bench;
    int32_t wanted = 0;
    (void)state;
    set_up(&bench);
    for (int32_t i = 0; i < SIM_COUNT(t) && wanted == 0; i++)
        if (t[i] * standard_error(&bench.model, 0, 5 + 3 * i) <= bench.rule.half_width)
            wanted = 5 + 3 * i;
    assert_in_range(wanted, 8, 50);
    check_ok(run(&bench), bench.error);
    assert_true(bench.result.is_sure);
    assert_int_equal(bench.result.n_replicates, wanted);
    assert_true(bench.result.half_width <= 2000 && bench.result.half_width > 0);
    assert_int_equal(bench.model.n_run, 3 * wanted);
    tear_down(&bench);
}

/* The digest of a batch that was asked for just so many replicates. */
static void asked_for(int32_t n, char digest[SIM_DIGEST_TEXT])
{
    struct bench bench;
    set_up(&bench);
    bench.options.stop = NULL;
    bench.options.n_replicates = n;
    check_ok(run(&bench), bench.error);
    memcpy(digest, bench.result.digest, SIM_DIGEST_TEXT);
    tear_down(&bench);
}

static void test_look_is_the_same_for_any_threads_and_after_a_resume(void **state)
{
    static const int32_t threads[] = {1, 2, 8};
    char digest[SIM_DIGEST_TEXT] = "";
    int32_t n = 0;
    (void)state;
    for (int32_t i = 0; i < 5; i++) {
        struct bench bench;
        struct sim_h5_report report;
        set_up(&bench);
        if (i == 3) { /* more rows on disk than are needed */
            keep_some(&bench, 50);
        } else if (i == 4) { /* stopped between two looks */
            bench.model.stop_after = 20;
            assert_int_equal(run(&bench), SIM_ERROR_STOPPED);
            bench.model.stop_after = -1;
            bench.options.resume = true;
        }
        bench.options.n_threads = threads[i % 3];
        check_ok(run(&bench), bench.error);
        if (i == 0) {
            n = bench.result.n_replicates;
            asked_for(n, digest);
        }
        assert_int_equal(bench.result.n_replicates, n);
        assert_int_equal(bench.result.n_missing, 0);
        assert_string_equal(bench.result.digest, digest);
        check_ok(sim_h5_verify(bench.path, &report, &bench.error), bench.error);
        assert_int_equal(report.n_replicates, n);
        assert_false(sim_file_exists(bench.parts));
        tear_down(&bench);
    }
}

static void test_maximum_that_comes_first_is_told(void **state)
{
    struct bench bench;
    struct sim_meta kept;
    (void)state;
    set_up(&bench);
    bench.options.n_replicates = 12; /* between two looks */
    bench.rule.half_width = 1;
    check_ok(run(&bench), bench.error);
    assert_false(bench.result.is_sure);
    assert_int_equal(bench.result.n_replicates, 12);
    check_near(bench.result.half_width, 2.20099 * standard_error(&bench.model, 0, 12), 1e-5, 0);
    check_ok(sim_h5_read_meta(bench.path, &kept, &bench.error), bench.error);
    assert_non_null(strstr(sim_meta_get(&kept, "stopped"), "maximum of 12 replicates came first"));
    sim_meta_free(&kept);
    tear_down(&bench);
}

static void test_failed_pairs_are_left_out_and_counted(void **state)
{
    struct bench bench;
    (void)state;
    set_up(&bench);
    bench.model.fail_arm = 1;
    bench.model.fail_replicate = 2;
    bench.model.fail_code = SIM_ERROR_BOOKS;
    bench.options.n_replicates = 3;
    bench.rule.half_width = 1e9;
    check_ok(run(&bench), bench.error);
    assert_int_equal(bench.result.n_pairs_lost, 1);
    check_near(bench.result.half_width, 12.7062 * standard_error(&bench.model, 0, 2), 1e-5, 0);
    assert_false(bench.result.is_sure); /* of 5 pairs that were asked for at least */
    tear_down(&bench);
}

static void test_lost_pairs_are_none_of_the_least(void **state)
{
    struct bench bench;
    (void)state;
    set_up(&bench);
    bench.model.fail_arm = 1;
    bench.model.fail_replicate = 2;
    bench.model.fail_code = SIM_ERROR_BOOKS;
    bench.rule.half_width = 1e9;
    bench.rule.step = 1;
    check_ok(run(&bench), bench.error);
    assert_true(bench.result.is_sure);
    assert_int_equal(bench.result.n_replicates, 6); /* 5 complete pairs */
    tear_down(&bench);
}

/* A standard normal number (Box and Muller). */
static double normal(uint64_t batch, uint64_t i)
{
    sim_key key = sim_key_make(20261122, batch, i);
    double u = ((double)(sim_key_make(key, 0, 0) >> 11) + 0.5) * 0x1p-53;
    double v = (double)(sim_key_make(key, 0, 1) >> 11) * 0x1p-53;
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/* Of normal differences of mean 0, looked at from 16 pairs on, every 8, until the half-width is 0.3 of their
 * standard deviation: the share of batches whose last interval holds the 0. 0.9395 of 2,000. */
static void test_interval_after_repeated_looks_is_slightly_too_narrow(void **state)
{
    enum { BATCHES = 2000, MOST = 400 };
    static double differences[MOST];
    const struct sim_batch_stop rule = {.half_width = 0.3, .least = 16, .step = 8};
    struct sim_parts parts = {.shape = {.n_points = 1}};
    struct sim_error error = {0};
    int32_t n_covered = 0;
    (void)state;
    for (uint64_t batch = 0; batch < BATCHES; batch++) {
        struct sim_stop stop = {
            .rule = &rule, .parts = &parts, .differences = differences, .n_replicates = MOST, .n_read = MOST};
        struct sim_stop_look seen = {0};
        double sum = 0;
        for (uint64_t i = 0; i < MOST; i++)
            differences[i] = normal(batch, i);
        while (!seen.is_sure)
            check_ok(sim_stop_look(&stop, sim_stop_next(&stop, seen.n_replicates), &seen, &error), error);
        for (int32_t i = 0; i < seen.n_replicates; i++)
            sum += differences[i];
        n_covered += fabs(sum / seen.n_replicates) <= seen.half_width;
    }
    double coverage = n_covered / (double)BATCHES;
    if (getenv("PAMIR_SHOW"))
        print_message("covered: %.4f\n", coverage);
    assert_true(coverage > 0.90 && coverage < 0.95);
}

static void test_few_pairs_that_are_alike_prove_nothing(void **state)
{
    (void)state;
    for (int32_t is_failing = 0; is_failing < 2; is_failing++) {
        struct bench bench;
        set_up(&bench);
        /* All arms are one: no difference, no spread. */
        bench.model.n_months = 3;
        for (int32_t a = 0; a < 3; a++)
            for (int32_t b = 0; b < 3; b++)
                bench.model.parts[a][b] = SIM_TIME_MAX;
        bench.model.fail_month = 1;
        bench.model.fail_arm = 1;
        bench.model.fail_replicate = is_failing ? 3 : -1; /* one pair of the first five is lost */
        bench.model.fail_code = SIM_ERROR_BOOKS;
        check_ok(run(&bench), bench.error);
        assert_true(bench.result.is_sure);
        check_near(bench.result.half_width, 0, 0, 0);
        assert_int_equal(bench.result.n_replicates, is_failing ? 8 : 5);
        tear_down(&bench);
    }
}

static void test_rule_that_does_not_fit_is_refused(void **state)
{
    static const struct sim_batch_stop wrong[] = {
        {.variable = FAKE_JOBS, .n = 1, .stride = 1, .arm = 1, .half_width = 1, .least = 2, .step = 1},
        {.variable = 99, .n = 1, .stride = 1, .arm = 1, .half_width = 1, .least = 2, .step = 1},
        {.variable = FAKE_INCOME, .n = 25, .stride = 1, .arm = 1, .half_width = 1, .least = 2, .step = 1},
        {.variable = FAKE_INCOME,
            .first = 24,
            .n = 1,
            .stride = 1,
            .arm = 1,
            .half_width = 1,
            .least = 2,
            .step = 1},
        {.variable = FAKE_INCOME,
            .n = 2,
            .stride = INT64_MAX,
            .arm = 1,
            .half_width = 1,
            .least = 2,
            .step = 1},
        {.variable = FAKE_GINI, .n = 1, .stride = 1, .arm = 0, .half_width = 1, .least = 2, .step = 1},
        {.variable = FAKE_GINI, .n = 1, .stride = 1, .arm = 3, .half_width = 1, .least = 2, .step = 1},
        {.variable = FAKE_GINI, .n = 1, .stride = 1, .arm = 1, .half_width = 0, .least = 2, .step = 1},
        {.variable = FAKE_GINI, .n = 1, .stride = 1, .arm = 1, .half_width = 1, .least = 1, .step = 1},
        {.variable = FAKE_GINI, .n = 1, .stride = 1, .arm = 1, .half_width = 1, .least = 2, .step = 0},
    };
    (void)state;
    for (int32_t i = 0; i < SIM_COUNT(wrong); i++) {
        struct bench bench;
        set_up(&bench);
        bench.rule = wrong[i];
        assert_int_equal(run(&bench), SIM_ERROR_INPUT);
        assert_non_null(strstr(bench.error.message, "stop_when"));
        assert_false(sim_file_exists(bench.parts));
        tear_down(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_half_width_is_students_interval_of_paired_differences),
        cmocka_unit_test(test_widest_point_decides),
        cmocka_unit_test(test_means_are_of_the_values_chosen),
        cmocka_unit_test(test_batch_stops_at_the_first_look_that_is_sure),
        cmocka_unit_test(test_look_is_the_same_for_any_threads_and_after_a_resume),
        cmocka_unit_test(test_maximum_that_comes_first_is_told),
        cmocka_unit_test(test_failed_pairs_are_left_out_and_counted),
        cmocka_unit_test(test_lost_pairs_are_none_of_the_least),
        cmocka_unit_test(test_interval_after_repeated_looks_is_slightly_too_narrow),
        cmocka_unit_test(test_few_pairs_that_are_alike_prove_nothing),
        cmocka_unit_test(test_rule_that_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
