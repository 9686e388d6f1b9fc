/* Rung: definition. The rows of a finished result go into a larger batch as they are, or not at all. */
#include "sim/io/h5.h"

#include "sim/io/h5read.h"
#include "sim/io/provenance.h"
#include "tests/support/fake_batch.h"

struct bench {
    char directory[256], path[300], parts_path[300];
    struct fake_model model;
    struct sim_meta meta;
    struct sim_parts parts;
    struct sim_parts_shape shape;
    struct sim_error error;
    char digest[SIM_DIGEST_TEXT];
};

/* A result of 3 arms and 4 replicates, of which arm 1 of replicate 1 failed; then the shape of a batch of
 * six. */
static void set_up(struct bench *self)
{
    struct sim_batch_result result;
    *self = (struct bench){0};
    fake_directory(self->directory);
    snprintf(self->path, sizeof self->path, "%s/out.h5", self->directory);
    snprintf(self->parts_path, sizeof self->parts_path, "%s/more.h5.parts", self->directory);
    fake_init(&self->model);
    fake_meta(&self->meta, "seed: 2022\nname: 塔什库尔干\n");
    self->model.fail_arm = self->model.fail_replicate = 1;
    self->model.fail_code = SIM_ERROR_BOOKS;
    struct sim_batch_options options = fake_options(self->path, &self->meta);
    struct sim_batch_model batch = fake_batch_model(&self->model);
    check_ok(sim_batch_run(&batch, &options, &result, &self->error), self->error);
    memcpy(self->digest, result.digest, sizeof self->digest);
    self->shape = (struct sim_parts_shape){.output = &self->model.output,
        .meta = &self->meta,
        .version = sim_provenance_version(),
        .n_points = 1,
        .n_arms = 3,
        .n_replicates = 6,
        .arms = fake_arms};
}

static void tear_down(struct bench *self)
{
    sim_meta_free(&self->meta);
    fake_free(&self->model);
    fake_remove(self->directory);
}

static void begin(struct bench *self)
{
    self->error = (struct sim_error){0};
    check_ok(sim_parts_open(&self->parts, self->parts_path, &self->shape, SIM_PARTS_CREATE, &self->error),
        self->error);
}

/* Imports into an empty batch, which must be refused, and nothing taken over; gives the message. */
static const char *refuse(struct bench *self, int code)
{
    begin(self);
    assert_int_equal(sim_h5_import(self->path, &self->parts, &self->error), code);
    assert_int_equal(self->parts.n_present, 0);
    struct sim_error ignored = {0};
    check_ok(sim_parts_remove(&self->parts, &ignored), ignored);
    return self->error.message;
}

/* All that the logs of the batch hold. */
static long log_bytes(const struct bench *self)
{
    char command[400];
    long n = -1;
    snprintf(command, sizeof command, "cat '%s'/rows-*.log | wc -c", self->parts_path);
    FILE *out = popen(command, "r");
    assert_int_equal(fscanf(out, "%ld", &n), 1);
    pclose(out);
    assert_true(n > 0);
    return n;
}

static void test_imported_rows_are_those_of_the_result_failed_ones_and_times_too(void **state)
{
    struct bench bench;
    struct sim_h5_file file;
    struct sim_h5_array seconds;
    (void)state;
    set_up(&bench);
    begin(&bench);
    check_ok(sim_h5_import(bench.path, &bench.parts, &bench.error), bench.error);
    assert_int_equal(bench.parts.n_present, 12);
    assert_int_equal(bench.parts.n_failed, 1);
    check_ok(sim_h5_open(&file, bench.path, &bench.error), bench.error);
    check_ok(sim_h5_read(&file, "meta", "row_seconds", &seconds, &bench.error), bench.error);
    int64_t bytes = bench.model.output.row_bytes;
    uint8_t *expected = malloc((size_t)bytes), *got = malloc((size_t)bytes);
    for (int32_t arm = 0; arm < 3; arm++)
        for (int32_t r = 0; r < 6; r++) {
            const struct sim_parts_row *row = sim_parts_find(&bench.parts, 0, arm, r);
            if (r >= 4) {
                assert_null(row);
                continue;
            }
            assert_true(row->wall_seconds == seconds.numbers[arm * 4 + r]);
            if (arm == 1 && r == 1) {
                assert_int_equal(row->status, SIM_ERROR_BOOKS);
                assert_non_null(strstr(row->message, "household 12 of 瓦恰"));
                continue;
            }
            memset(expected, 0, (size_t)bytes);
            fake_row(&bench.model.output, bench.model.seed, 0, arm, r, expected);
            sim_output_settle(&bench.model.output, expected);
            check_ok(sim_parts_read(&bench.parts, row, 0, bytes, got, &bench.error), bench.error);
            assert_memory_equal(expected, got, (size_t)bytes);
        }
    free(expected);
    free(got);
    sim_h5_array_free(&seconds);
    sim_h5_close(&file);
    /* Again: every row is there already, and the log does not grow. */
    long before = log_bytes(&bench);
    check_ok(sim_h5_import(bench.path, &bench.parts, &bench.error), bench.error);
    assert_int_equal(log_bytes(&bench), before);
    sim_parts_close(&bench.parts);
    tear_down(&bench);
}

static void test_row_that_differs_from_one_already_there_is_refused(void **state)
{
    struct bench bench;
    struct sim_parts_row row = {.arm = 2, .replicate = 3, .message = ""};
    (void)state;
    set_up(&bench);
    begin(&bench);
    uint8_t *values = calloc(1, (size_t)bench.model.output.row_bytes);
    assert_non_null(values);
    fake_row(&bench.model.output, bench.model.seed + 1, 0, 2, 3, values);
    sim_output_settle(&bench.model.output, values);
    check_ok(sim_parts_append(&bench.parts, &row, values, &bench.error), bench.error);
    assert_int_equal(sim_h5_import(bench.path, &bench.parts, &bench.error), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "point 0, arm 2, replicate 4 differs from the same row of"));
    free(values);
    sim_parts_close(&bench.parts);
    tear_down(&bench);
}

static void test_result_written_again_from_its_own_rows_has_the_same_digest(void **state)
{
    struct bench bench;
    char path[320], digest[SIM_DIGEST_TEXT];
    (void)state;
    set_up(&bench);
    bench.shape.n_replicates = 4;
    begin(&bench);
    check_ok(sim_h5_import(bench.path, &bench.parts, &bench.error), bench.error);
    snprintf(path, sizeof path, "%s/again.h5", bench.directory);
    check_ok(sim_h5_write(path, &bench.parts, &bench.error), bench.error);
    sim_parts_close(&bench.parts);
    check_ok(sim_h5_digest(path, digest, &bench.error), bench.error);
    assert_string_equal(digest, bench.digest);
    tear_down(&bench);
}

static void test_result_of_a_sweep_with_missing_rows_is_taken_over_with_its_gaps(void **state)
{
    struct bench bench;
    char sparse[320], directory[340];
    (void)state;
    set_up(&bench);
    bench.shape.n_points = 2;
    bench.shape.n_replicates = 2;
    begin(&bench);
    uint8_t *row = malloc((size_t)bench.model.output.row_bytes);
    for (int32_t point = 0; point < 2; point++) {
        struct sim_parts_row head = {.point = point, .arm = 2, .replicate = 1 - point, .message = ""};
        memset(row, 0, (size_t)bench.model.output.row_bytes);
        fake_row(&bench.model.output, 1, point, 2, 1 - point, row);
        sim_output_settle(&bench.model.output, row);
        check_ok(sim_parts_append(&bench.parts, &head, row, &bench.error), bench.error);
    }
    free(row);
    snprintf(sparse, sizeof sparse, "%s/sparse.h5", bench.directory);
    check_ok(sim_h5_write(sparse, &bench.parts, &bench.error), bench.error);
    struct sim_parts other;
    snprintf(directory, sizeof directory, "%s.parts", sparse);
    check_ok(sim_parts_open(&other, directory, &bench.shape, SIM_PARTS_CREATE, &bench.error), bench.error);
    check_ok(sim_h5_import(sparse, &other, &bench.error), bench.error);
    assert_int_equal(other.n_present, 2);
    for (int64_t i = 0; i < other.n_rows; i++) {
        assert_int_equal(other.rows[i].is_present, bench.parts.rows[i].is_present);
        assert_memory_equal(other.rows[i].digest, bench.parts.rows[i].digest, SIM_DIGEST_BYTES);
    }
    sim_parts_close(&other);
    sim_parts_close(&bench.parts);
    tear_down(&bench);
}

static void test_result_of_another_batch_is_refused_with_the_difference(void **state)
{
    static const char *const other_arms[] = {"reference", "no programs", "牦牛 yak"};
    struct bench bench;
    (void)state;
    set_up(&bench);
    struct sim_parts_shape good = bench.shape;
    bench.shape.version = "9.9.9";
    const char *message = refuse(&bench, SIM_ERROR_MISMATCH);
    assert_non_null(strstr(message, "the version of pamir"));
    assert_non_null(strstr(message, "9.9.9"));
    bench.shape = good;
    bench.shape.arms = other_arms;
    message = refuse(&bench, SIM_ERROR_MISMATCH);
    assert_non_null(strstr(message, "'all programs' there and 'no programs' now"));
    bench.shape = good;
    bench.shape.n_arms = 2;
    assert_non_null(
        strstr(refuse(&bench, SIM_ERROR_MISMATCH), "the number of arms is '3' there and '2' now"));
    bench.shape = good;
    bench.shape.n_points = 2;
    assert_non_null(strstr(refuse(&bench, SIM_ERROR_MISMATCH), "the number of points"));
    bench.shape = good;
    bench.shape.n_replicates = 3;
    assert_non_null(strstr(refuse(&bench, SIM_ERROR_MISMATCH), "4 replicates, more than the 3"));
    bench.shape = good;
    struct sim_variable extra = {.group = "county", .name = "extra", .type = SIM_F64, .unit = "1"};
    assert_true(sim_output_add_variable(&bench.model.output, &extra, &bench.error) > 0);
    assert_non_null(
        strstr(refuse(&bench, SIM_ERROR_MISMATCH), "the number of variables is '9' there and '10'"));
    tear_down(&bench);
}

static void test_result_of_other_inputs_is_refused_with_the_line_that_differs(void **state)
{
    struct bench bench;
    struct sim_meta other;
    (void)state;
    set_up(&bench);
    bench.shape.meta = &other;
    fake_meta(&other, "seed: 2022\nname: 和田\n");
    assert_non_null(strstr(refuse(&bench, SIM_ERROR_MISMATCH),
        "line 2 of input 'experiment' is 'name: 塔什库尔干' there and 'name: 和田' now"));
    sim_meta_free(&other);
    fake_meta(&other, "seed: 2022\nname: 塔什库尔干");
    assert_non_null(strstr(refuse(&bench, SIM_ERROR_MISMATCH), "input 'experiment'"));
    sim_meta_free(&other);
    fake_meta(&other, "seed: 2022\nname: 塔什库尔干\n");
    struct sim_error error = {0};
    check_ok(sim_meta_set(&other, SIM_META_INPUT, "county", "x", "", &error), error);
    assert_non_null(
        strstr(refuse(&bench, SIM_ERROR_MISMATCH), "an input is '(none)' there and 'county' now"));
    sim_meta_free(&other);
    tear_down(&bench);
}

static void test_damaged_result_is_not_taken_over_not_even_its_good_rows(void **state)
{
    struct bench bench;
    (void)state;
    set_up(&bench);
    FILE *file = fopen(bench.path, "r+");
    assert_int_equal(fseek(file, 5000, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, 5000, SEEK_SET), 0);
    fputc(byte ^ 1, file);
    fclose(file);
    assert_non_null(strstr(refuse(&bench, SIM_ERROR_FORMAT), "damaged"));
    tear_down(&bench);
}

static void test_texts_of_a_result_are_read_with_their_class_and_order(void **state)
{
    struct bench bench;
    struct sim_meta meta;
    (void)state;
    set_up(&bench);
    check_ok(sim_h5_read_meta(bench.path, &meta, &bench.error), bench.error);
    assert_true(meta.n >= bench.meta.n - 2); /* the batch sets wall_seconds and threads, too */
    assert_string_equal(meta.entries[0].name, "experiment");
    assert_string_equal(meta.entries[0].text, "seed: 2022\nname: 塔什库尔干\n");
    assert_string_equal(meta.entries[0].sentence, "the experiment as given");
    assert_int_equal(meta.entries[0].class, SIM_META_INPUT);
    assert_string_equal(meta.entries[1].name, "command");
    assert_int_equal(meta.entries[1].class, SIM_META_ABOUT);
    assert_null(sim_meta_get(&meta, "digest"));
    assert_null(sim_meta_get(&meta, "row_message"));
    sim_meta_free(&meta);
    bench.error = (struct sim_error){0};
    assert_int_equal(sim_h5_read_meta("/nowhere/x.h5", &meta, &bench.error), SIM_ERROR_MISSING);
    sim_meta_free(&meta);
    tear_down(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_imported_rows_are_those_of_the_result_failed_ones_and_times_too),
        cmocka_unit_test(test_row_that_differs_from_one_already_there_is_refused),
        cmocka_unit_test(test_result_written_again_from_its_own_rows_has_the_same_digest),
        cmocka_unit_test(test_result_of_a_sweep_with_missing_rows_is_taken_over_with_its_gaps),
        cmocka_unit_test(test_result_of_another_batch_is_refused_with_the_difference),
        cmocka_unit_test(test_result_of_other_inputs_is_refused_with_the_line_that_differs),
        cmocka_unit_test(test_damaged_result_is_not_taken_over_not_even_its_good_rows),
        cmocka_unit_test(test_texts_of_a_result_are_read_with_their_class_and_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
