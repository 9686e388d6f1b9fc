/* Rung: slow twin (an undisturbed single-threaded batch), exact comparison of digests. */
#include "sim/run/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "sim/io/file.h"
#include "sim/io/h5.h"
#include "sim/io/h5read.h"
#include "sim/io/parts.h"
#include "sim/run/signals.h"
#include "tests/support/fake_batch.h"

struct bench {
    char directory[256], path[300], parts[320];
    struct fake_model model;
    struct sim_meta meta;
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
    fake_meta(&self->meta, "seed: 2022\nhorizon: 15 years\n");
    self->options = fake_options(self->path, &self->meta);
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

/* What an undisturbed batch gives: one thread, no resume. */
static void undisturbed(char digest[SIM_DIGEST_TEXT])
{
    struct bench bench;
    set_up(&bench);
    bench.options.n_threads = 1;
    check_ok(run(&bench), bench.error);
    memcpy(digest, bench.result.digest, SIM_DIGEST_TEXT);
    tear_down(&bench);
}

static void test_finished_batch_leaves_one_verified_file_and_no_parts(void **state)
{
    struct bench bench;
    struct sim_h5_report report;
    (void)state;
    set_up(&bench);
    check_ok(run(&bench), bench.error);
    assert_int_equal(bench.result.n_done, 12);
    assert_int_equal(bench.result.n_failed, 0);
    assert_int_equal(bench.result.n_missing, 0);
    assert_false(sim_file_exists(bench.parts));
    check_ok(sim_h5_verify(bench.path, &report, &bench.error), bench.error);
    assert_string_equal(report.digest, bench.result.digest);
    assert_int_equal(report.n_rows, 12);
    assert_int_equal(report.n_variables, 9);
    assert_int_equal(report.n_constants, 2);
    /* Nothing else lies beside it. */
    char command[400];
    snprintf(command, sizeof command, "test \"$(ls '%s')\" = out.h5", bench.directory);
    assert_int_equal(system(command), 0);
    tear_down(&bench);
}

static void test_digest_is_the_same_for_any_number_of_threads(void **state)
{
    static const int32_t threads[] = {2, 3, 8, 40};
    char digest[SIM_DIGEST_TEXT];
    (void)state;
    undisturbed(digest);
    for (int i = 0; i < SIM_COUNT(threads); i++) {
        struct bench bench;
        set_up(&bench);
        bench.options.n_threads = threads[i];
        check_ok(run(&bench), bench.error);
        assert_string_equal(bench.result.digest, digest);
        assert_in_range(bench.model.n_slots_seen, 1, threads[i] < 12 ? threads[i] : 12);
        tear_down(&bench);
    }
}

static void test_threads_left_over_go_into_the_rows(void **state)
{
    static const struct {
        int32_t threads, replicates, inner;
    } cases[] = {{1, 1, 1}, {2, 4, 1}, {3, 1, 1}, {7, 1, 2}, {9, 1, 3}, {2, 1, 2}, {8, 3, 8}, {8, 2, 1}};
    (void)state;
    for (int i = 0; i < SIM_COUNT(cases); i++) { /* three arms */
        struct bench bench;
        set_up(&bench);
        bench.options.n_threads = cases[i].threads;
        bench.options.n_replicates = cases[i].replicates;
        /* The last rows are under way together. */
        bench.model.meet_all = 3 * cases[i].replicates;
        bench.model.meet_from = bench.model.meet_all - bench.model.meet_all % cases[i].threads + 1;
        check_ok(run(&bench), bench.error);
        assert_int_equal(bench.model.n_inner_seen, cases[i].inner);
        assert_in_range(bench.model.n_side_most, 1, cases[i].threads);
        tear_down(&bench);
    }
}

static void test_parts_of_the_time_add_up_to_no_more_than_the_clock_told(void **state)
{
    (void)state;
    for (int32_t n_threads = 1; n_threads <= 3; n_threads++) {
        struct bench bench;
        set_up(&bench);
        bench.options.n_threads = n_threads;
        check_ok(run(&bench), bench.error);
        const struct sim_batch_times *times = &bench.result.times;
        assert_true(times->begin > 0 && times->write > 0 && times->verify > 0 && times->commit > 0);
        assert_true(times->found == 0 && times->observe == 0); /* the fake model tells nothing of them */
        assert_true(times->model > 0 && times->keep > 0 && times->idle > -1e-6);
        double all = times->model + times->keep + times->idle;
        assert_true(times->begin + all <= bench.result.wall_seconds);
        tear_down(&bench);
    }
}

static void test_digest_changes_with_seed_labels_arms_and_failures(void **state)
{
    char digest[SIM_DIGEST_TEXT];
    (void)state;
    undisturbed(digest);
    for (int what = 0; what < 4; what++) {
        static const char *const other_arms[] = {"reference", "all programs", "yak"};
        struct bench bench;
        set_up(&bench);
        if (what == 0)
            bench.model.seed++;
        if (what == 1)
            bench.model.output.variables[FAKE_INCOME].unit = "CNY/person/month";
        if (what == 2)
            bench.options.arms = other_arms;
        if (what == 3) {
            bench.model.fail_arm = bench.model.fail_replicate = 1;
            bench.model.fail_code = SIM_ERROR_BOOKS;
        }
        check_ok(run(&bench), bench.error);
        assert_string_not_equal(bench.result.digest, digest);
        tear_down(&bench);
    }
}

static void test_digest_knows_nothing_of_meta(void **state)
{
    char digest[SIM_DIGEST_TEXT];
    struct bench bench;
    (void)state;
    undisturbed(digest);
    set_up(&bench);
    check_ok(
        sim_meta_set(&bench.meta, SIM_META_ABOUT, "host", "elsewhere", "host", &bench.error), bench.error);
    check_ok(run(&bench), bench.error);
    assert_string_equal(bench.result.digest, digest);
    tear_down(&bench);
}

static void test_stopped_batch_keeps_its_rows_and_resumes_to_the_same_digest(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM};
    char digest[SIM_DIGEST_TEXT];
    (void)state;
    undisturbed(digest);
    for (int i = 0; i < SIM_COUNT(signals); i++) {
        struct bench bench;
        set_up(&bench);
        bench.options.n_threads = 1 + i;
        bench.model.stop_after = 5;
        bench.model.stop_signal = signals[i];
        assert_int_equal(run(&bench), SIM_ERROR_STOPPED);
        assert_non_null(strstr(bench.error.message, "--resume"));
        assert_int_equal(bench.result.n_done, 5);
        assert_int_equal(bench.result.n_missing, 12 - bench.result.n_done);
        assert_false(sim_file_exists(bench.path));
        assert_true(sim_file_exists(bench.parts));
        int32_t n_kept = bench.result.n_done;
        bench.model.stop_after = -1;
        bench.options.resume = true;
        check_ok(run(&bench), bench.error);
        assert_int_equal(bench.model.n_run, 12 - n_kept); /* what is kept is not run again */
        assert_string_equal(bench.result.digest, digest);
        assert_false(sim_file_exists(bench.parts));
        tear_down(&bench);
    }
}

static void test_batch_killed_without_warning_loses_the_row_in_flight_only(void **state)
{
    char digest[SIM_DIGEST_TEXT];
    struct bench bench;
    int status;
    (void)state;
    undisturbed(digest);
    set_up(&bench);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        bench.options.n_threads = 1; /* the OpenMP threads of the parent do not live here */
        bench.model.stop_after = 6;
        bench.model.stop_signal = SIGKILL;
        alarm(20);
        run(&bench);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    bench.options.resume = true;
    check_ok(run(&bench), bench.error);
    assert_int_equal(bench.model.n_run, 12 - 5);
    assert_string_equal(bench.result.digest, digest);
    tear_down(&bench);
}

static void test_run_that_is_no_function_of_its_seed_is_found_out(void **state)
{
    struct bench bench;
    struct sim_batch_model model;
    (void)state;
    set_up(&bench);
    bench.model.is_impure = true;
    bench.model.stop_after = 2;
    bench.options.n_threads = 1;
    assert_int_equal(run(&bench), SIM_ERROR_STOPPED);
    /* A second attempt at the same rows, its log copied in, as from a requeued task. */
    char other[256], command[900];
    fake_directory(other);
    snprintf(command, sizeof command, "mv '%s' '%s/first'", bench.parts, other);
    assert_int_equal(system(command), 0);
    model = fake_batch_model(&bench.model);
    bench.model.n_run = 1; /* so that rows come out otherwise */
    bench.model.stop_after = 3;
    bench.error = (struct sim_error){0};
    assert_int_equal(sim_batch_run(&model, &bench.options, &bench.result, &bench.error), SIM_ERROR_STOPPED);
    snprintf(command, sizeof command,
        "for f in '%s'/first/rows-*; do cp \"$f\" '%s'/rows-other-1-1.log; done", other, bench.parts);
    assert_int_equal(system(command), 0);
    bench.options.resume = true;
    assert_int_equal(run(&bench), SIM_ERROR_MODEL);
    assert_non_null(strstr(bench.error.message, "pure function"));
    fake_remove(other);
    tear_down(&bench);
}

static void test_batch_of_one_row_at_a_time_is_the_same(void **state)
{
    char digest[SIM_DIGEST_TEXT];
    struct bench bench;
    (void)state;
    undisturbed(digest);
    set_up(&bench);
    bench.options.resume = true; /* also begins what is not begun */
    bench.options.n_threads = 1;
    int code = SIM_ERROR_STOPPED;
    int n_sessions = 0;
    for (; code == SIM_ERROR_STOPPED && n_sessions < 20; n_sessions++) {
        bench.model.stop_after = 1;
        code = run(&bench);
    }
    check_ok(code, bench.error);
    assert_int_equal(n_sessions, 12);
    assert_string_equal(bench.result.digest, digest);
    tear_down(&bench);
}

static void test_first_rows_are_all_arms_of_one_replicate(void **state)
{
    struct bench bench;
    struct sim_parts parts;
    (void)state;
    set_up(&bench);
    bench.options.n_threads = 1;
    bench.model.stop_after = 3;
    assert_int_equal(run(&bench), SIM_ERROR_STOPPED);
    struct sim_parts_shape shape = {&bench.model.output, &bench.meta, NULL, 1, 3, 4, fake_arms};
    /* The version is the library's own; read it from the manifest, as a person would. */
    char manifest[400], line[128] = "";
    snprintf(manifest, sizeof manifest, "%s/manifest.txt", bench.parts);
    FILE *file = fopen(manifest, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "pamir parts %*d version %100s", line), 1);
    fclose(file);
    shape.version = line;
    check_ok(sim_parts_open(&parts, bench.parts, &shape, SIM_PARTS_READ, &bench.error), bench.error);
    for (int32_t arm = 0; arm < 3; arm++)
        assert_non_null(sim_parts_find(&parts, 0, arm, 0));
    sim_parts_close(&parts);
    tear_down(&bench);
}

static void test_failed_row_is_kept_with_its_status_and_is_not_a_number(void **state)
{
    struct bench bench;
    struct sim_h5_report report;
    struct sim_h5_file file;
    struct sim_h5_array array;
    (void)state;
    set_up(&bench);
    bench.model.fail_arm = 1;
    bench.model.fail_replicate = 2;
    bench.model.fail_code = SIM_ERROR_BOOKS;
    check_ok(run(&bench), bench.error);
    assert_int_equal(bench.result.n_failed, 1);
    assert_int_equal(bench.result.n_done, 12);
    check_ok(sim_h5_verify(bench.path, &report, &bench.error), bench.error);
    assert_int_equal(report.n_failed, 1);
    check_ok(sim_h5_open(&file, bench.path, &bench.error), bench.error);
    check_ok(sim_h5_read(&file, "meta", "row_status", &array, &bench.error), bench.error);
    for (int i = 0; i < 12; i++)
        check_near(array.numbers[i], i == 4 + 2 ? SIM_ERROR_BOOKS : 0, 0, 0);
    sim_h5_array_free(&array);
    check_ok(sim_h5_read(&file, "meta", "row_message", &array, &bench.error), bench.error);
    assert_non_null(strstr(array.texts[6], "瓦恰 owes"));
    sim_h5_array_free(&array);
    /* Small integers and 64-bit ones: NaN there, exact elsewhere. */
    static const char *const names[][2] = {
        {"county", "jobs"}, {"county", "cash"}, {"village", "key"}, {"panel", "steps"}, {"county", "gini"}};
    for (int i = 0; i < SIM_COUNT(names); i++) {
        check_ok(sim_h5_read(&file, names[i][0], names[i][1], &array, &bench.error), bench.error);
        int64_t step = array.n / 12;
        for (int64_t k = 0; k < array.n; k++)
            assert_int_equal(isnan(array.numbers[k]) != 0, k / step == 6);
        sim_h5_array_free(&array);
    }
    sim_h5_close(&file);
    tear_down(&bench);
}

static void test_row_that_the_machine_lets_down_stays_missing(void **state)
{
    static const int codes[] = {SIM_ERROR_MEMORY, SIM_ERROR_IO};
    char digest[SIM_DIGEST_TEXT];
    (void)state;
    undisturbed(digest);
    for (int i = 0; i < SIM_COUNT(codes); i++) {
        struct bench bench;
        set_up(&bench);
        bench.model.fail_arm = bench.model.fail_replicate = 0;
        bench.model.fail_code = codes[i];
        assert_int_equal(run(&bench), codes[i]);
        assert_int_equal(bench.result.n_missing, 1);
        assert_int_equal(bench.result.n_done, 11); /* the others are not given up */
        assert_non_null(strstr(bench.error.message, "arm 'reference', replicate 1"));
        assert_false(sim_file_exists(bench.path));
        bench.model.fail_arm = -1;
        bench.options.resume = true;
        check_ok(run(&bench), bench.error);
        assert_int_equal(bench.model.n_run, 1);
        assert_string_equal(bench.result.digest, digest);
        tear_down(&bench);
    }
}

/* What tells a file that may be replaced: the signature of HDF5. */
#define PRECIOUS "\x89HDF\r\n\x1a\nprecious"

static void test_overwrite_replaces_results_alone(void **state)
{
    static const char text[] = "name: the experiment itself\n";
    struct bench bench;
    struct sim_arena arena;
    char *bytes;
    int64_t n;
    (void)state;
    set_up(&bench);
    bench.options.overwrite = true;
    for (int resume = 0; resume < 2; resume++) {
        bench.options.resume = resume == 1;
        check_ok(sim_file_write(bench.path, text, sizeof text - 1, &bench.error), bench.error);
        assert_int_equal(run(&bench), SIM_ERROR_EXISTS);
        assert_non_null(strstr(bench.error.message, "is not a result"));
        assert_int_equal(bench.model.n_run, 0);
        assert_false(sim_file_exists(bench.parts));
        sim_arena_init(&arena);
        check_ok(sim_file_read(bench.path, &arena, &bytes, &n, &bench.error), bench.error);
        assert_string_equal(bytes, text);
        sim_arena_free(&arena);
    }
    check_ok(sim_file_write(bench.path, "", 0, &bench.error), bench.error); /* nothing to lose */
    check_ok(run(&bench), bench.error);
    tear_down(&bench);
}

static void test_existing_file_is_not_touched_unless_told(void **state)
{
    struct bench bench;
    (void)state;
    set_up(&bench);
    check_ok(sim_file_write(bench.path, PRECIOUS, sizeof PRECIOUS - 1, &bench.error), bench.error);
    assert_int_equal(run(&bench), SIM_ERROR_EXISTS);
    assert_non_null(strstr(bench.error.message, "--overwrite"));
    assert_int_equal(bench.model.n_run, 0);
    assert_false(sim_file_exists(bench.parts));
    bench.options.resume = true; /* nothing to go on with */
    assert_int_equal(run(&bench), SIM_ERROR_EXISTS);
    bench.options.resume = false;
    bench.options.overwrite = true;
    /* Stopped on the way: the old one is still there. */
    bench.model.stop_after = 2;
    assert_int_equal(run(&bench), SIM_ERROR_STOPPED);
    struct sim_arena arena;
    char *bytes;
    int64_t n;
    sim_arena_init(&arena);
    check_ok(sim_file_read(bench.path, &arena, &bytes, &n, &bench.error), bench.error);
    assert_string_equal(bytes, PRECIOUS);
    sim_arena_free(&arena);
    /* A resume of what was allowed to overwrite may overwrite. */
    bench.model.stop_after = -1;
    bench.options.overwrite = false;
    bench.options.resume = true;
    check_ok(run(&bench), bench.error);
    struct sim_h5_report report;
    check_ok(sim_h5_verify(bench.path, &report, &bench.error), bench.error);
    tear_down(&bench);
}

static void test_unfinished_batch_is_not_begun_anew_unasked(void **state)
{
    struct bench bench;
    (void)state;
    set_up(&bench);
    bench.model.stop_after = 2;
    assert_int_equal(run(&bench), SIM_ERROR_STOPPED);
    assert_int_equal(run(&bench), SIM_ERROR_EXISTS);
    assert_non_null(strstr(bench.error.message, "--resume"));
    assert_int_equal(bench.model.n_run, 0);
    tear_down(&bench);
}

static void test_resume_with_other_inputs_is_refused_and_shows_the_line(void **state)
{
    struct bench bench;
    (void)state;
    set_up(&bench);
    bench.model.stop_after = 2;
    assert_int_equal(run(&bench), SIM_ERROR_STOPPED);
    bench.model.stop_after = -1;
    bench.options.resume = true;
    check_ok(sim_meta_set(&bench.meta, SIM_META_INPUT, "experiment", "seed: 2022\nhorizon: 16 years\n", "e",
                 &bench.error),
        bench.error);
    assert_int_equal(run(&bench), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "line 2 of input 'experiment'"));
    assert_non_null(strstr(bench.error.message, "horizon: 15 years"));
    assert_non_null(strstr(bench.error.message, "horizon: 16 years"));
    assert_int_equal(bench.model.n_run, 0);
    /* The right inputs are still taken. */
    check_ok(sim_meta_set(&bench.meta, SIM_META_INPUT, "experiment", "seed: 2022\nhorizon: 15 years\n", "e",
                 &bench.error),
        bench.error);
    check_ok(run(&bench), bench.error);
    tear_down(&bench);
}

static void test_resume_with_other_arms_or_replicates_is_refused(void **state)
{
    static const char *const other[] = {"reference", "none", "牦牛 yak"};
    struct bench bench;
    (void)state;
    set_up(&bench);
    bench.model.stop_after = 2;
    assert_int_equal(run(&bench), SIM_ERROR_STOPPED);
    bench.model.stop_after = -1;
    bench.options.resume = true;
    bench.options.n_replicates = 5;
    assert_int_equal(run(&bench), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "replicates"));
    bench.options.n_replicates = 4;
    bench.options.arms = other;
    assert_int_equal(run(&bench), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "all programs"));
    tear_down(&bench);
}

static void test_place_that_cannot_be_written_is_an_error_before_any_work(void **state)
{
    struct bench bench;
    char path[400], file[300];
    (void)state;
    set_up(&bench);
    bench.options.path = path;
    snprintf(path, sizeof path, "%s/nowhere/out.h5", bench.directory);
    assert_int_equal(run(&bench), SIM_ERROR_MISSING);
    assert_non_null(strstr(bench.error.message, "mkdir -p"));
    snprintf(file, sizeof file, "%s/file", bench.directory);
    check_ok(sim_file_write(file, "x", 1, &bench.error), bench.error);
    snprintf(path, sizeof path, "%s/out.h5", file);
    assert_int_equal(run(&bench), SIM_ERROR_IO);
    snprintf(path, sizeof path, "%s", bench.directory);
    bench.options.overwrite = true;
    assert_int_equal(run(&bench), SIM_ERROR_IO);
    assert_non_null(strstr(bench.error.message, "a directory"));
    snprintf(path, sizeof path, "/proc/out.h5");
    assert_true(run(&bench) < 0);
    if (geteuid() != 0) { /* root may write where nobody may */
        assert_int_equal(chmod(bench.directory, 0500), 0);
        snprintf(path, sizeof path, "%s/out.h5", bench.directory);
        assert_int_equal(run(&bench), SIM_ERROR_IO);
        assert_int_equal(chmod(bench.directory, 0700), 0);
    }
    assert_int_equal(bench.model.n_run, 0);
    tear_down(&bench);
}

static void test_sweep_adds_points_and_one_point_adds_none(void **state)
{
    struct bench bench;
    struct sim_h5_file file;
    struct sim_h5_array array;
    (void)state;
    set_up(&bench);
    bench.options.n_points = 2;
    check_ok(run(&bench), bench.error);
    assert_int_equal(bench.result.n_done, 24);
    check_ok(sim_h5_open(&file, bench.path, &bench.error), bench.error);
    check_ok(sim_h5_read(&file, "county", "jobs", &array, &bench.error), bench.error);
    assert_int_equal(array.n_dims, 4);
    assert_string_equal(array.dims[0], "point");
    assert_int_equal(array.lengths[0], 2);
    /* Every value is where it belongs. */
    void *row = calloc(1, (size_t)bench.model.output.row_bytes);
    for (int32_t p = 0; p < 2; p++)
        for (int32_t a = 0; a < 3; a++)
            for (int32_t r = 0; r < 4; r++) {
                fake_row(&bench.model.output, bench.model.seed, p, a, r, row);
                const int32_t *jobs = sim_output_at(&bench.model.output, FAKE_JOBS, row);
                for (int m = 0; m < FAKE_MONTHS; m++)
                    check_near(array.numbers[((p * 3 + a) * 4 + r) * FAKE_MONTHS + m], jobs[m], 0, 0);
            }
    free(row);
    sim_h5_array_free(&array);
    sim_h5_close(&file);
    tear_down(&bench);
}

static void test_signals_are_given_back_after_the_batch(void **state)
{
    struct bench bench;
    struct sigaction before, after;
    (void)state;
    set_up(&bench);
    sigaction(SIGINT, NULL, &before);
    check_ok(run(&bench), bench.error);
    sigaction(SIGINT, NULL, &after);
    assert_true(before.sa_handler == after.sa_handler);
    tear_down(&bench);
}

static void test_second_signal_ends_at_once_and_says_what_is_kept(void **state)
{
    char said[1000] = "";
    int ends[2], status;
    (void)state;
#ifdef __has_feature
#if __has_feature(thread_sanitizer)
    skip(); /* it delivers signals when it sees fit */
#endif
#endif
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGINT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        sim_signals_begin("finished rows are kept");
        raise(SIGINT);
        raise(SIGINT);
        _exit(1);
    }
    close(ends[1]);
    for (ssize_t n = 1, at = 0; n > 0; at += n)
        n = read(ends[0], said + at, sizeof said - 1 - (size_t)at);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    assert_non_null(strstr(said, "pamir: stopping; finished rows are kept"));
    assert_non_null(strstr(said, "pamir: stopped at once; finished rows are kept, --resume goes on\n"));
}

static void test_threads_come_from_the_option_then_the_environment(void **state)
{
    struct sim_batch_options options = {.n_threads = 3};
    (void)state;
    setenv("OMP_NUM_THREADS", "5", 1);
    setenv("SLURM_CPUS_PER_TASK", "7", 1);
    assert_int_equal(sim_batch_threads(&options), 3);
    options.n_threads = 0;
    assert_int_equal(sim_batch_threads(&options), 5);
    unsetenv("OMP_NUM_THREADS");
    assert_int_equal(sim_batch_threads(&options), 7);
    setenv("SLURM_CPUS_PER_TASK", "", 1); /* as Slurm leaves it without -c */
    assert_in_range(sim_batch_threads(&options), 1, 65536);
    unsetenv("SLURM_CPUS_PER_TASK");
}

static void test_environment_that_says_no_number_of_threads_is_refused(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } cases[] = {{"abc", false}, {"0", false}, {"-2", false}, {"2x", false}, {"99999999", false}, {"2", true},
        {"2,1", true}, {"", true}};
    (void)state;
    for (int i = 0; i < SIM_COUNT(cases); i++) {
        struct bench bench;
        set_up(&bench);
        bench.options.n_threads = 0;
        setenv("OMP_NUM_THREADS", cases[i].text, 1);
        int code = run(&bench);
        assert_int_equal(code, cases[i].good ? 0 : SIM_ERROR_INPUT);
        if (!cases[i].good) {
            assert_non_null(strstr(bench.error.message, "OMP_NUM_THREADS="));
            assert_int_equal(bench.model.n_run, 0);
            bench.options.n_threads = 2; /* what the call says stands above it */
            check_ok(run(&bench), bench.error);
        }
        tear_down(&bench);
    }
    unsetenv("OMP_NUM_THREADS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finished_batch_leaves_one_verified_file_and_no_parts),
        cmocka_unit_test(test_digest_is_the_same_for_any_number_of_threads),
        cmocka_unit_test(test_threads_left_over_go_into_the_rows),
        cmocka_unit_test(test_parts_of_the_time_add_up_to_no_more_than_the_clock_told),
        cmocka_unit_test(test_digest_changes_with_seed_labels_arms_and_failures),
        cmocka_unit_test(test_digest_knows_nothing_of_meta),
        cmocka_unit_test(test_stopped_batch_keeps_its_rows_and_resumes_to_the_same_digest),
        cmocka_unit_test(test_batch_killed_without_warning_loses_the_row_in_flight_only),
        cmocka_unit_test(test_run_that_is_no_function_of_its_seed_is_found_out),
        cmocka_unit_test(test_batch_of_one_row_at_a_time_is_the_same),
        cmocka_unit_test(test_first_rows_are_all_arms_of_one_replicate),
        cmocka_unit_test(test_failed_row_is_kept_with_its_status_and_is_not_a_number),
        cmocka_unit_test(test_row_that_the_machine_lets_down_stays_missing),
        cmocka_unit_test(test_overwrite_replaces_results_alone),
        cmocka_unit_test(test_existing_file_is_not_touched_unless_told),
        cmocka_unit_test(test_unfinished_batch_is_not_begun_anew_unasked),
        cmocka_unit_test(test_resume_with_other_inputs_is_refused_and_shows_the_line),
        cmocka_unit_test(test_resume_with_other_arms_or_replicates_is_refused),
        cmocka_unit_test(test_place_that_cannot_be_written_is_an_error_before_any_work),
        cmocka_unit_test(test_sweep_adds_points_and_one_point_adds_none),
        cmocka_unit_test(test_signals_are_given_back_after_the_batch),
        cmocka_unit_test(test_second_signal_ends_at_once_and_says_what_is_kept),
        cmocka_unit_test(test_threads_come_from_the_option_then_the_environment),
        cmocka_unit_test(test_environment_that_says_no_number_of_threads_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
