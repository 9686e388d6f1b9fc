/* Rung: definition. What a survey says is what the parts hold, beside a process that is writing too. */
#include "sim/io/survey.h"

#include <fcntl.h>
#include <time.h>
#include <utime.h>

#include "sim/io/frame.h"
#include "tests/support/fake_parts.h"

/* Shortens or lengthens a log. */
static void resize(const char *path, long by)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(truncate(path, status.st_size + by), 0);
}

static void test_survey_of_finished_rows_says_what_the_parts_say(void **state)
{
    struct parts_bench bench;
    struct sim_survey survey;
    char log[400];
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log);
    check_ok(sim_survey_read(&survey, bench.parts_path, &bench.error), bench.error);
    assert_int_equal(survey.n_rows, 12);
    assert_int_equal(survey.n_done, 4);
    assert_int_equal(survey.n_failed, 1);
    assert_int_equal(survey.n_missing, 8);
    assert_int_equal(survey.n_dropped_bytes, 0);
    assert_int_equal(survey.state[0], SIM_SURVEY_DONE);
    assert_int_equal(survey.state[1], SIM_SURVEY_MISSING);
    assert_int_equal(survey.state[4], SIM_SURVEY_DONE);
    assert_int_equal(survey.state[5], SIM_SURVEY_DONE);
    assert_int_equal(survey.state[11], SIM_SURVEY_FAILED);
    assert_int_equal(survey.n_failures, 1);
    assert_int_equal(survey.failures[0].arm, 2);
    assert_int_equal(survey.failures[0].replicate, 3);
    assert_int_equal(survey.failures[0].status, SIM_ERROR_BOOKS);
    assert_string_equal(survey.failures[0].message, "the cow owes 300 fen");
    check_near(survey.row_seconds, 1.0, 1e-12, 0);
    assert_string_equal(survey.manifest.arms[1], "all programs");
    assert_int_equal(survey.n_processes, 0); /* the lock is free: nobody is at work, whatever number lives */
    assert_true(isnan(survey.rows_per_second));
    assert_true(isnan(survey.seconds_left));
    assert_true(survey.last_change > 0);
    sim_survey_free(&survey);
    sim_survey_free(&survey);
    parts_tear_down(&bench);
}

static int survey_from_outside(struct parts_bench *bench)
{
    struct sim_survey survey;
    int code = sim_survey_read(&survey, bench->parts_path, &bench->error);
    if (code < 0 || survey.n_done != 2 || survey.n_processes != 1)
        return 1;
    const struct sim_survey_process *process = &survey.processes[0];
    if (process->pid != (long)getppid() || process->n_threads != 2 || process->n_rows != 2 ||
        !process->is_certain || !(process->seconds >= 0 && process->seconds < 60))
        return 2;
    if (!(survey.rows_per_second > 0) || !(survey.seconds_left > 0))
        return 3;
    /* A row that is being written is no loss. */
    if (survey.n_dropped_bytes != 0)
        return 4;
    sim_survey_free(&survey);
    return 0;
}

static void test_process_at_work_is_seen_with_its_rate_and_half_a_row_is_no_loss(void **state)
{
    struct parts_bench bench;
    struct sim_survey survey;
    (void)state;
    parts_set_up(&bench);
    check_ok(parts_open(&bench, SIM_PARTS_CREATE), bench.error);
    check_ok(sim_parts_begin(&bench.parts, 2, &bench.error), bench.error);
    check_ok(parts_append(&bench, 0, 0, 0, 1), bench.error);
    check_ok(parts_append(&bench, 1, 0, 0, 1), bench.error);
    struct sim_frame half = {.magic = SIM_FRAME_ROW, .payload_bytes = bench.output.row_bytes};
    assert_int_equal(write(bench.parts.stream, &half, sizeof half), sizeof half);
    assert_int_equal(parts_child(survey_from_outside, &bench), 0);
    sim_parts_close(&bench.parts);
    /* Nobody finishes it now. */
    check_ok(sim_survey_read(&survey, bench.parts_path, &bench.error), bench.error);
    assert_int_equal(survey.n_done, 2);
    assert_int_equal(survey.n_dropped_bytes, sizeof half);
    assert_int_equal(survey.n_processes, 0);
    sim_survey_free(&survey);
    parts_tear_down(&bench);
}

/* A log by a process of another machine that began at `unix_time` and has been at work for `done` seconds. */
static void write_foreign_log(struct parts_bench *bench, int64_t unix_time, int32_t done, char path[400])
{
    struct sim_frame_author author = {"node-7", 4711, 8, unix_time, 5.0};
    char text[256];
    uint8_t row[SIM_DIGEST_BYTES];
    snprintf(path, 400, "%s/rows-node-7-4711-1.log", bench->parts_path);
    int fd = open(path, O_WRONLY | O_CREAT, 0666);
    assert_true(fd >= 0);
    sim_frame_author_text(&author, text);
    struct sim_frame head = {.magic = SIM_FRAME_BEGIN, .message_bytes = (int32_t)strlen(text)};
    sim_frame_row_digest(0, 0, 0, 0, NULL, 0, row);
    assert_true(sim_frame_put(fd, &head, text, NULL, row));
    for (int32_t r = 0; r < 4; r++) {
        head = (struct sim_frame){.magic = SIM_FRAME_ROW,
            .arm = 2,
            .replicate = r,
            .done_seconds = done * (r + 1) / 4,
            .payload_bytes = bench->output.row_bytes,
            .wall_seconds = done / 4.0};
        sim_frame_row_digest(0, 2, r, 0, bench->row, head.payload_bytes, row);
        assert_true(sim_frame_put(fd, &head, "", bench->row, row));
    }
    close(fd);
}

static void test_process_elsewhere_is_known_by_the_age_of_its_log(void **state)
{
    struct parts_bench bench;
    struct sim_survey survey;
    char log[400];
    (void)state;
    parts_set_up(&bench);
    check_ok(parts_open(&bench, SIM_PARTS_CREATE), bench.error);
    sim_parts_close(&bench.parts);
    write_foreign_log(&bench, time(NULL) - 100, 100, log);
    check_ok(sim_survey_read(&survey, bench.parts_path, &bench.error), bench.error);
    assert_int_equal(survey.n_done, 4);
    assert_int_equal(survey.n_processes, 1);
    assert_string_equal(survey.processes[0].host, "node-7");
    assert_false(survey.processes[0].is_certain);
    check_near(survey.rows_per_second, 0.04, 0.1, 0);
    check_near(survey.seconds_left, 200, 0.1, 0);
    sim_survey_free(&survey);
    /* Four rows in 100 s: silent for a day, it is not at work any more. */
    struct utimbuf then = {time(NULL) - 86400, time(NULL) - 86400};
    assert_int_equal(utime(log, &then), 0);
    check_ok(sim_survey_read(&survey, bench.parts_path, &bench.error), bench.error);
    assert_int_equal(survey.n_processes, 0);
    sim_survey_free(&survey);
    parts_tear_down(&bench);
}

static void test_clock_that_jumps_makes_no_rate_negative_or_infinite(void **state)
{
    static const long jumps[] = {-1000000000, -3600, 0, 3600, 1000000000};
    (void)state;
    for (int i = 0; i < SIM_COUNT(jumps); i++) {
        struct parts_bench bench;
        struct sim_survey survey;
        char log[400];
        parts_set_up(&bench);
        check_ok(parts_open(&bench, SIM_PARTS_CREATE), bench.error);
        sim_parts_close(&bench.parts);
        write_foreign_log(&bench, time(NULL) + jumps[i], 100, log);
        struct utimbuf then = {time(NULL) + jumps[i], time(NULL) + jumps[i]};
        assert_int_equal(utime(log, &then), 0);
        check_ok(sim_survey_read(&survey, bench.parts_path, &bench.error), bench.error);
        if (survey.n_processes == 1) {
            check_near(survey.rows_per_second, 0.04, 0.1, 0);
            assert_true(survey.processes[0].quiet_seconds >= 0);
        } else {
            assert_true(jumps[i] < -900);
            assert_true(isnan(survey.rows_per_second));
        }
        sim_survey_free(&survey);
        parts_tear_down(&bench);
    }
}

static void test_torn_and_damaged_logs_count_what_is_whole(void **state)
{
    struct parts_bench bench;
    struct sim_survey survey;
    char log[400];
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log);
    resize(log, -1);
    check_ok(sim_survey_read(&survey, bench.parts_path, &bench.error), bench.error);
    assert_int_equal(survey.n_done, 3);
    assert_int_equal(survey.n_dropped_bytes, 48 + bench.output.row_bytes + 31);
    sim_survey_free(&survey);
    /* A head in the middle that leads nowhere: what stands behind it is found. */
    struct sim_frame head;
    int fd = open(log, O_RDWR);
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    int64_t failed = 48 + 20 + 32, good = 48 + bench.output.row_bytes + 32;
    int64_t second = (int64_t)status.st_size - (good - 1) - failed - good;
    assert_int_equal(pread(fd, &head, sizeof head, second), sizeof head);
    assert_int_equal(head.arm, 1);
    head.payload_bytes = INT64_MAX - 7;
    assert_int_equal(pwrite(fd, &head, sizeof head, second), sizeof head);
    close(fd);
    check_ok(sim_survey_read(&survey, bench.parts_path, &bench.error), bench.error);
    assert_int_equal(survey.n_done, 2);
    assert_int_equal(survey.n_failed, 1);
    sim_survey_free(&survey);
    parts_tear_down(&bench);
}

static void write_state(struct parts_bench *bench, const char *directory, int32_t arm, sim_time boundary)
{
    struct sim_state some;
    struct sim_checkpoint what = {.arm = arm, .replicate = 1, .boundary = boundary};
    uint8_t identity[SIM_DIGEST_BYTES] = {0};
    sim_state_init(&some);
    check_ok(sim_state_put_mark(&some, "run", &bench->error), bench->error);
    check_ok(sim_checkpoint_write(directory, identity, &what, &some, &bench->error), bench->error);
    sim_state_free(&some);
}

static void test_newest_checkpoint_of_each_row_under_way_is_named(void **state)
{
    struct parts_bench bench;
    struct sim_survey survey;
    char log[400];
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log); /* row (1, 1) among it */
    write_state(&bench, bench.parts_path, 0, 100);
    write_state(&bench, bench.parts_path, 0, 200);
    write_state(&bench, bench.parts_path, 1, 300);
    write_state(&bench, bench.parts_path, 2, 50);
    check_ok(sim_survey_read(&survey, bench.parts_path, &bench.error), bench.error);
    assert_int_equal(survey.n_checkpoints, 2);
    assert_int_equal(survey.checkpoints[0].what.arm, 0);
    assert_int_equal(survey.checkpoints[0].what.boundary, 200);
    assert_int_equal(survey.checkpoints[0].bytes, 72 + 32 + 32);
    assert_true(survey.checkpoints[0].age_seconds >= 0);
    assert_int_equal(survey.checkpoints[1].what.arm, 2);
    sim_survey_free(&survey);
    parts_tear_down(&bench);
}

static void test_joined_directories_are_surveyed_as_one_batch(void **state)
{
    struct parts_bench bench;
    struct sim_survey survey;
    char log[400], other[400];
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log);
    snprintf(other, sizeof other, "%s/slice-0-6.parts", bench.directory);
    struct parts_bench slice = bench;
    check_ok(sim_parts_open(&slice.parts, other, &bench.shape, SIM_PARTS_CREATE, &slice.error), slice.error);
    check_ok(parts_append(&slice, 0, 0, 0, 1), slice.error);
    check_ok(parts_append(&slice, 0, 1, 0, 1), slice.error);
    sim_parts_close(&slice.parts);
    write_state(&bench, bench.parts_path, 0, 100); /* of row (0, 1), which the other directory has */
    check_ok(sim_survey_read(&survey, bench.parts_path, &bench.error), bench.error);
    assert_int_equal(survey.n_checkpoints, 1);
    check_ok(sim_survey_join(&survey, other, &bench.error), bench.error);
    assert_int_equal(survey.n_done, 5);
    assert_int_equal(survey.n_missing, 7);
    assert_int_equal(survey.n_checkpoints, 0);
    bench.shape.version = "0.2.0";
    snprintf(other, sizeof other, "%s/foreign.parts", bench.directory);
    check_ok(sim_parts_open(&slice.parts, other, &bench.shape, SIM_PARTS_CREATE, &slice.error), slice.error);
    sim_parts_close(&slice.parts);
    assert_int_equal(sim_survey_join(&survey, other, &bench.error), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "foreign.parts"));
    sim_survey_free(&survey);
    parts_tear_down(&bench);
}

static void test_directory_without_a_manifest_or_none_at_all_is_said_to_be_so(void **state)
{
    struct parts_bench bench;
    struct sim_survey survey;
    (void)state;
    parts_set_up(&bench);
    assert_int_equal(sim_survey_read(&survey, bench.parts_path, &bench.error), SIM_ERROR_MISSING);
    sim_survey_free(&survey);
    bench.error = (struct sim_error){0};
    assert_int_equal(mkdir(bench.parts_path, 0777), 0);
    assert_int_equal(sim_survey_read(&survey, bench.parts_path, &bench.error), SIM_ERROR_MISSING);
    assert_non_null(strstr(bench.error.message, "manifest.txt"));
    sim_survey_free(&survey);
    parts_tear_down(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_survey_of_finished_rows_says_what_the_parts_say),
        cmocka_unit_test(test_process_at_work_is_seen_with_its_rate_and_half_a_row_is_no_loss),
        cmocka_unit_test(test_process_elsewhere_is_known_by_the_age_of_its_log),
        cmocka_unit_test(test_clock_that_jumps_makes_no_rate_negative_or_infinite),
        cmocka_unit_test(test_torn_and_damaged_logs_count_what_is_whole),
        cmocka_unit_test(test_newest_checkpoint_of_each_row_under_way_is_named),
        cmocka_unit_test(test_joined_directories_are_surveyed_as_one_batch),
        cmocka_unit_test(test_directory_without_a_manifest_or_none_at_all_is_said_to_be_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
