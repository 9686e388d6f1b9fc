/* Rung: slow twin (every row alone from its founding, one thread), exact comparison of digests. With threads.
 */
#include "sim/run/crew.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "sim/io/checkpoint.h"
#include "sim/io/file.h"
#include "sim/io/h5.h"
#include "sim/io/h5read.h"
#include "sim/io/provenance.h"
#include "sim/run/replay.h"
#include "tests/support/fake_batch.h"

static const char *const arms[FAKE_ARMS_MOST] = {"a", "b", "c", "d", "e", "f", "g", "it's"};

struct bench {
    char directory[256], path[300], parts[320];
    struct fake_model model;
    struct sim_meta meta;
    struct sim_batch_options options;
    struct sim_batch_result result;
    struct sim_error error;
};

/* Arms that never share anything. */
static void set_up(struct bench *self, int32_t n_arms, int32_t n_replicates)
{
    *self = (struct bench){0};
    fake_directory(self->directory);
    snprintf(self->path, sizeof self->path, "%s/out.h5", self->directory);
    snprintf(self->parts, sizeof self->parts, "%s.parts", self->path);
    fake_init(&self->model);
    self->model.n_months = 60;
    for (int32_t a = 0; a < FAKE_ARMS_MOST; a++)
        for (int32_t b = 0; b < FAKE_ARMS_MOST; b++)
            self->model.parts[a][b] = a == b ? SIM_TIME_MAX : INT64_MIN;
    fake_meta(&self->meta, "seed: 2022\n");
    check_ok(sim_meta_set(&self->meta, SIM_META_INPUT, "seed", "2022", "seed", &self->error), self->error);
    self->options = fake_options(self->path, &self->meta);
    self->options.arms = arms;
    self->options.n_arms = n_arms;
    self->options.n_replicates = n_replicates;
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
    self->model.n_run = self->model.n_from = self->model.n_to = 0;
    self->model.n_lived = 0;
    return sim_batch_run(&model, &self->options, &self->result, &self->error);
}

static void part(struct bench *self, int32_t a, int32_t b, sim_time at)
{
    self->model.parts[a][b] = self->model.parts[b][a] = at;
}

/* A tree over arms first ... first + n - 1 that all share their past until `from`. */
static void grow(struct bench *self, int32_t first, int32_t n, sim_time from, uint64_t *luck)
{
    if (n < 2)
        return;
    *luck = sim_key_make(*luck, 1, 2);
    int32_t n_left = 1 + (int32_t)(*luck % (uint64_t)(n - 1));
    sim_time at = from + 1 + (sim_time)((*luck >> 20) % 12);
    for (int32_t a = first; a < first + n_left; a++)
        for (int32_t b = first + n_left; b < first + n; b++)
            part(self, a, b, at);
    grow(self, first, n_left, at, luck);
    grow(self, first + n_left, n - n_left, at, luck);
}

/* Every row alone. */
static void alone(const struct bench *like, char digest[SIM_DIGEST_TEXT])
{
    struct bench bench;
    set_up(&bench, like->options.n_arms, like->options.n_replicates);
    memcpy(bench.model.parts, like->model.parts, sizeof bench.model.parts);
    bench.model.fail_arm = like->model.fail_arm;
    bench.model.fail_replicate = like->model.fail_replicate;
    bench.model.fail_month = like->model.fail_month;
    bench.model.fail_code = like->model.fail_code;
    bench.options.n_points = like->options.n_points;
    bench.options.n_threads = 1;
    bench.options.no_fork = true;
    check_ok(run(&bench), bench.error);
    assert_int_equal(bench.model.n_from + bench.model.n_to, 0);
    assert_int_equal(bench.result.n_forked, 0);
    memcpy(digest, bench.result.digest, SIM_DIGEST_TEXT);
    tear_down(&bench);
}

/* The months of one replicate that have to be lived when nothing is lived twice. */
static int64_t months_needed(const struct fake_model *model, int32_t n_arms)
{
    int64_t n = 0;
    for (int64_t m = 0; m < model->n_months; m++)
        for (int32_t a = 0; a < n_arms; a++)
            n += fake_class(model, a, m) == a;
    return n;
}

static void test_fork_equals_separate_runs_for_random_trees_and_any_threads(void **state)
{
    static const int32_t threads[] = {1, 2, 3, 8, 40};
    uint64_t luck = 7;
    (void)state;
    for (int32_t i = 0; i < 10; i++) {
        struct bench bench;
        char digest[SIM_DIGEST_TEXT];
        set_up(&bench, 2 + i % 7, 1 + i % 3);
        bench.options.n_points = 1 + i % 2;
        bench.options.n_threads = threads[i % SIM_COUNT(threads)];
        grow(&bench, i == 9, bench.options.n_arms - (i == 9), i == 8 ? -1 : 0, &luck);
        alone(&bench, digest);
        check_ok(run(&bench), bench.error);
        assert_string_equal(bench.result.digest, digest);
        assert_true(bench.model.n_from >= bench.options.n_arms - 1 && bench.model.n_to > 0);
        assert_true(bench.result.n_forked > 0 && bench.result.fork_seconds >= 0);
        assert_int_equal(bench.model.n_lived, (int64_t)bench.options.n_points * bench.options.n_replicates *
                                                  months_needed(&bench.model, bench.options.n_arms));
        assert_in_range(bench.model.n_side_most, 1, bench.options.n_threads);
        tear_down(&bench);
    }
}

static void test_arms_that_never_part_or_never_share_are_lived_alone(void **state)
{
    static const sim_time times[] = {SIM_TIME_MAX, INT64_MIN};
    (void)state;
    for (int32_t i = 0; i < 2; i++) {
        struct bench bench;
        char digest[SIM_DIGEST_TEXT];
        set_up(&bench, 2, 3);
        part(&bench, 0, 1, times[i]);
        alone(&bench, digest);
        check_ok(run(&bench), bench.error);
        assert_string_equal(bench.result.digest, digest);
        assert_int_equal(bench.model.n_run, 6);
        assert_int_equal(bench.result.n_forked, 0);
        tear_down(&bench);
    }
}

static void test_rows_of_a_shared_past_take_their_share_of_its_seconds(void **state)
{
    struct bench bench;
    struct sim_h5_file file;
    struct sim_h5_array array;
    (void)state;
    set_up(&bench, 3, 1);
    uint64_t luck = 1;
    grow(&bench, 0, 3, 20, &luck);
    bench.options.n_threads = 1;
    check_ok(run(&bench), bench.error);
    check_ok(sim_h5_open(&file, bench.path, &bench.error), bench.error);
    check_ok(sim_h5_read(&file, "meta", "row_seconds", &array, &bench.error), bench.error);
    double all = 0;
    for (int64_t i = 0; i < array.n; i++)
        all += array.numbers[i];
    assert_true(all > 0);
    check_near(all, bench.result.times.model, 0.05, 1e-4); /* one thread: nothing is told twice */
    sim_h5_array_free(&array);
    sim_h5_close(&file);
    tear_down(&bench);
}

static void test_state_that_does_not_fit_memory_means_separate_runs(void **state)
{
    struct bench bench;
    char digest[SIM_DIGEST_TEXT];
    uint64_t luck = 3;
    (void)state;
    set_up(&bench, 5, 2);
    grow(&bench, 0, 5, 0, &luck);
    alone(&bench, digest);
    bench.model.has_no_room = true;
    check_ok(run(&bench), bench.error);
    assert_string_equal(bench.result.digest, digest);
    assert_int_equal(bench.result.n_forked, 0);
    assert_int_equal(bench.model.n_from, 0);
    tear_down(&bench);
}

static void read_messages(
    const struct bench *bench, struct sim_h5_array *status, struct sim_h5_array *message)
{
    struct sim_h5_file file;
    struct sim_error error = {0};
    check_ok(sim_h5_open(&file, bench->path, &error), error);
    check_ok(sim_h5_read(&file, "meta", "row_status", status, &error), error);
    check_ok(sim_h5_read(&file, "meta", "row_message", message, &error), error);
    sim_h5_close(&file);
}

static void test_failure_in_a_shared_past_fails_all_its_arms_as_alone(void **state)
{
    struct bench bench;
    struct sim_h5_array status, message;
    char digest[SIM_DIGEST_TEXT];
    (void)state;
    set_up(&bench, 8, 2);
    uint64_t luck = 1;
    grow(&bench, 0, 4, 10, &luck);
    grow(&bench, 4, 4, 10, &luck);
    bench.model.fail_arm = 5;
    bench.model.fail_replicate = 1;
    bench.model.fail_month = 4;
    bench.model.fail_code = SIM_ERROR_BOOKS;
    alone(&bench, digest);
    check_ok(run(&bench), bench.error);
    assert_string_equal(bench.result.digest, digest);
    assert_int_equal(bench.result.n_failed, 4);
    read_messages(&bench, &status, &message);
    for (int32_t arm = 0; arm < 8; arm++) {
        check_near(status.numbers[2 * arm], 0, 0, 0);
        check_near(status.numbers[2 * arm + 1], arm >= 4 ? SIM_ERROR_BOOKS : 0, 0, 0);
    }
    char wanted[500];
    snprintf(wanted, sizeof wanted,
        "month 4: household 12 owes; seed 2022, replicate 2; replay: pamir rerun %s --arm 'f' --replicate 2",
        bench.path);
    assert_string_equal(message.texts[2 * 5 + 1], wanted);
    assert_non_null(strstr(message.texts[2 * 7 + 1], "--arm 'it'\\''s' --replicate 2"));
    sim_h5_array_free(&status);
    sim_h5_array_free(&message);
    tear_down(&bench);
}

static void test_replay_of_a_sweep_names_the_point_and_quotes_the_file(void **state)
{
    struct bench bench;
    char text[SIM_REPLAY_TEXT];
    struct sim_parts_row row = {.point = 2, .arm = 1, .replicate = 6};
    struct sim_error why = {SIM_ERROR_RANGE, "2021-05: too much"};
    (void)state;
    set_up(&bench, 2, 7);
    bench.options.n_points = 3;
    bench.options.path = "my results/o'ut.h5";
    sim_replay_message(&bench.options, &row, &why, text);
    assert_string_equal(text, "2021-05: too much; seed 2022, replicate 7; replay: pamir rerun "
                              "'my results/o'\\''ut.h5' --arm 'b' --replicate 7 --point 2");
    tear_down(&bench);
}

/* Checkpoints that lie in the parts. */
static int32_t n_saved(const struct bench *bench)
{
    struct sim_arena arena;
    struct sim_checkpoint *list;
    struct sim_error error = {0};
    int32_t n = 0;
    sim_arena_init(&arena);
    check_ok(sim_checkpoint_list(bench->parts, &arena, &list, &n, &error), error);
    sim_arena_free(&arena);
    return n;
}

static void test_stopped_rows_are_saved_and_no_month_is_lived_twice(void **state)
{
    static const int32_t threads[] = {1, 2, 8};
    uint64_t luck = 5;
    (void)state;
    for (int32_t i = 0; i < 9; i++) {
        struct bench bench;
        char digest[SIM_DIGEST_TEXT];
        set_up(&bench, 5, 2);
        bench.options.n_threads = threads[i % 3];
        grow(&bench, 0, 5, 2, &luck);
        alone(&bench, digest);
        int64_t needed = 2 * months_needed(&bench.model, 5);
        bench.model.stop_month = 1 + (int32_t)((int64_t)i * needed / 9);
        assert_int_equal(run(&bench), SIM_ERROR_STOPPED);
        assert_true(n_saved(&bench) > 0 && bench.result.n_checkpoints > 0);
        int64_t before = bench.model.n_lived;
        bench.model.stop_month = 0;
        bench.options.resume = true;
        check_ok(run(&bench), bench.error);
        assert_string_equal(bench.result.digest, digest);
        assert_true(bench.result.n_resumed > 0);
        assert_int_equal(before + bench.model.n_lived, needed);
        assert_false(sim_file_exists(bench.parts));
        tear_down(&bench);
    }
}

static void test_never_asked_for_checkpoints_are_never_written(void **state)
{
    struct bench bench;
    (void)state;
    set_up(&bench, 3, 2);
    bench.options.checkpoint_seconds = -1;
    bench.model.stop_month = 30;
    assert_int_equal(run(&bench), SIM_ERROR_STOPPED);
    assert_int_equal(bench.result.n_checkpoints, 0);
    assert_int_equal(n_saved(&bench), 0);
    tear_down(&bench);
}

static void test_user_signal_saves_what_runs_and_goes_on(void **state)
{
    struct bench bench;
    char digest[SIM_DIGEST_TEXT];
    (void)state;
    set_up(&bench, 3, 2);
    alone(&bench, digest);
    bench.model.stop_signal = SIGUSR1;
    bench.model.stop_month = 30;
    check_ok(run(&bench), bench.error);
    assert_string_equal(bench.result.digest, digest);
    assert_true(bench.result.n_checkpoints > 0);
    assert_int_equal(bench.model.n_run, 6);
    tear_down(&bench);
}

/* What is said goes to standard error; the text is the caller's to free. */
static char *run_and_listen(struct bench *bench)
{
    char *text = calloc(1, 4096);
    FILE *said = tmpfile();
    assert_true(text != NULL && said != NULL);
    fflush(stderr);
    int before = dup(STDERR_FILENO);
    dup2(fileno(said), STDERR_FILENO);
    int code = run(bench);
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(said);
    text[fread(text, 1, 4095, said)] = 0;
    fclose(said);
    check_ok(code, bench->error);
    return text;
}

static void test_state_that_cannot_be_made_is_a_warning_and_rows_go_on(void **state)
{
    struct bench bench;
    (void)state;
    set_up(&bench, 2, 2);
    bench.options.quiet = false;
    bench.options.checkpoint_seconds = 1e-9;
    bench.model.has_no_state = true;
    char *said = run_and_listen(&bench);
    const char *first = strstr(said, "rows under way cannot be saved");
    assert_non_null(first);
    assert_non_null(strstr(first, "no memory for a state"));
    assert_null(strstr(first + 1, "rows under way cannot be saved")); /* once */
    assert_int_equal(bench.result.n_checkpoints, 0);
    assert_int_equal(bench.result.n_done, 4);
    free(said);
    tear_down(&bench);
}

static void test_life_of_many_short_spans_is_saved_as_often_as_one_of_a_long_one(void **state)
{
    struct bench bench;
    (void)state;
    set_up(&bench, 2, 1);
    part(&bench, 0, 1, 30);
    bench.options.n_threads = 1;
    bench.model.month_us = 4000;
    bench.options.checkpoint_seconds = 0.18; /* longer than the trunk or a leaf: 0.12 s each */
    check_ok(run(&bench), bench.error);
    assert_int_equal(bench.result.n_forked, 1);
    assert_true(bench.result.n_checkpoints >= 2); /* one of each leaf */
    tear_down(&bench);
}

static void kill_child(struct bench *bench)
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        bench->options.n_threads = 1;
        bench->options.checkpoint_seconds = 1e-9; /* every month */
        alarm(20);
        run(bench);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void test_row_killed_on_its_way_goes_on_from_its_last_checkpoint(void **state)
{
    struct bench bench;
    char digest[SIM_DIGEST_TEXT];
    uint64_t luck = 9;
    (void)state;
    set_up(&bench, 3, 2);
    grow(&bench, 0, 3, 2, &luck);
    alone(&bench, digest);
    bench.model.stop_signal = SIGKILL;
    bench.model.stop_month = 50;
    kill_child(&bench);
    bench.options.resume = true;
    bench.model.stop_month = 0;
    check_ok(run(&bench), bench.error);
    assert_string_equal(bench.result.digest, digest);
    assert_true(bench.result.n_resumed >= 1);
    /* 49 months are saved; what is lived again is one month, and what lies before arms that come later. */
    assert_true(bench.model.n_lived < 2 * months_needed(&bench.model, 3));
    tear_down(&bench);
}

/* Flips a byte in the middle of the newest n checkpoints. */
static void damage(const struct bench *bench, int32_t n)
{
    struct sim_arena arena;
    struct sim_checkpoint *list;
    struct sim_error error = {0};
    int32_t n_list;
    sim_arena_init(&arena);
    check_ok(sim_checkpoint_list(bench->parts, &arena, &list, &n_list, &error), error);
    assert_true(n_list >= n);
    for (int32_t i = 0; i < n; i++) {
        char path[700];
        uint8_t byte = 0;
        snprintf(path, sizeof path, "%s/%s", bench->parts, list[i].name);
        int fd = open(path, O_RDWR);
        off_t middle = lseek(fd, 0, SEEK_END) / 2;
        assert_true(fd >= 0 && pread(fd, &byte, 1, middle) == 1);
        byte ^= 1;
        assert_int_equal(pwrite(fd, &byte, 1, middle), 1);
        close(fd);
    }
    sim_arena_free(&arena);
}

static void test_damaged_checkpoint_is_left_aside_and_the_older_one_used(void **state)
{
    (void)state;
    for (int32_t n_damaged = 0; n_damaged <= 2; n_damaged++) {
        struct bench bench;
        char digest[SIM_DIGEST_TEXT];
        set_up(&bench, 1, 1);
        alone(&bench, digest);
        bench.model.stop_signal = SIGKILL;
        bench.model.stop_month = 40;
        kill_child(&bench);
        assert_int_equal(n_saved(&bench), 2);
        damage(&bench, n_damaged);
        bench.options.resume = true;
        bench.model.stop_month = 0;
        check_ok(run(&bench), bench.error);
        assert_string_equal(bench.result.digest, digest);
        assert_int_equal(bench.model.n_lived, n_damaged == 2 ? 60 : 60 - 39 + n_damaged);
        assert_int_equal(bench.result.n_resumed, n_damaged < 2);
        tear_down(&bench);
    }
}

static void test_checkpoint_of_another_batch_is_left_aside(void **state)
{
    struct bench bench, other;
    char digest[SIM_DIGEST_TEXT], command[900];
    (void)state;
    set_up(&bench, 1, 1);
    set_up(&other, 1, 1);
    alone(&bench, digest);
    check_ok(
        sim_meta_set(&other.meta, SIM_META_INPUT, "experiment", "seed: 2023\n", "experiment", &other.error),
        other.error);
    other.model.seed++;
    other.model.stop_month = bench.model.stop_month = 40;
    assert_int_equal(run(&other), SIM_ERROR_STOPPED);
    bench.options.checkpoint_seconds = -1;
    assert_int_equal(run(&bench), SIM_ERROR_STOPPED);
    snprintf(command, sizeof command, "cp '%s'/state-* '%s'", other.parts, bench.parts);
    assert_int_equal(system(command), 0);
    bench.options.resume = true;
    bench.model.stop_month = 0;
    check_ok(run(&bench), bench.error);
    assert_string_equal(bench.result.digest, digest);
    assert_int_equal(bench.result.n_resumed, 0);
    assert_int_equal(bench.model.n_lived, 60);
    tear_down(&other);
    tear_down(&bench);
}

static void test_memory_that_fails_one_row_leaves_it_missing_and_others_are_lived(void **state)
{
    struct bench bench;
    char digest[SIM_DIGEST_TEXT];
    uint64_t luck = 11;
    (void)state;
    set_up(&bench, 4, 3);
    grow(&bench, 0, 4, 1, &luck);
    alone(&bench, digest);
    bench.model.fail_arm = 2;
    bench.model.fail_replicate = 1;
    bench.model.fail_month = 50; /* behind all branchings */
    bench.model.fail_code = SIM_ERROR_MEMORY;
    assert_int_equal(run(&bench), SIM_ERROR_MEMORY);
    assert_int_equal(bench.result.n_missing, 1);
    assert_int_equal(bench.result.n_done, 11);
    assert_non_null(strstr(bench.error.message, "arm 'c', replicate 2"));
    bench.model.fail_arm = -1;
    bench.model.fail_replicate = -1;
    bench.options.resume = true;
    check_ok(run(&bench), bench.error);
    assert_int_equal(bench.model.n_run, 1);
    assert_string_equal(bench.result.digest, digest);
    tear_down(&bench);
}

/* Assembles what lies in a parts directory. */
static void assemble(struct bench *bench, const char *directory, char digest[SIM_DIGEST_TEXT])
{
    struct sim_parts parts;
    struct sim_batch_result result = {0};
    struct sim_parts_shape shape = {&bench->model.output, &bench->meta, sim_provenance_version(),
        bench->options.n_points, bench->options.n_arms, bench->options.n_replicates, arms};
    bench->error = (struct sim_error){0};
    check_ok(sim_parts_open(&parts, directory, &shape, SIM_PARTS_READ, &bench->error), bench->error);
    check_ok(sim_batch_assemble(&parts, bench->path, false, true, &result, &bench->error), bench->error);
    assert_int_equal(result.n_missing, 0);
    memcpy(digest, result.digest, SIM_DIGEST_TEXT);
    sim_parts_close(&parts);
}

static void test_slices_partition_the_batch(void **state)
{
    static const int64_t ends[] = {0, 5, 6, 17, 24};
    struct bench bench;
    char digest[SIM_DIGEST_TEXT], merged[SIM_DIGEST_TEXT], directory[400];
    uint64_t luck = 2;
    (void)state;
    set_up(&bench, 4, 3);
    bench.options.n_points = 2;
    grow(&bench, 0, 4, 1, &luck);
    alone(&bench, digest);
    snprintf(directory, sizeof directory, "%s/all.parts", bench.directory);
    bench.options.directory = directory;
    bench.options.path = NULL;
    bench.options.resume = true;
    for (int32_t i = 0; i + 1 < SIM_COUNT(ends); i++) {
        bench.options.first = ends[i];
        bench.options.end = ends[i + 1];
        check_ok(run(&bench), bench.error);
        assert_int_equal(bench.result.n_done, ends[i + 1] - ends[i]);
        assert_int_equal(bench.result.n_missing, 0);
        assert_true(sim_file_exists(directory) && !sim_file_exists(bench.path));
        check_ok(run(&bench), bench.error); /* nothing is left of it */
        assert_int_equal(bench.model.n_run, 0);
    }
    assemble(&bench, directory, merged);
    assert_string_equal(merged, digest);
    static const int64_t wrong[][2] = {{-1, 3}, {3, 3}, {5, 4}, {0, 25}, {3, 0}};
    for (int32_t i = 0; i < SIM_COUNT(wrong); i++) {
        bench.options.first = wrong[i][0];
        bench.options.end = wrong[i][1];
        assert_int_equal(run(&bench), SIM_ERROR_INPUT);
    }
    tear_down(&bench);
}

static void test_two_processes_that_share_a_directory_give_one_digest(void **state)
{
    struct bench bench;
    char digest[SIM_DIGEST_TEXT], merged[SIM_DIGEST_TEXT], directory[400];
    uint64_t luck = 2;
    pid_t children[2];
    int status;
    (void)state;
    set_up(&bench, 4, 6);
    grow(&bench, 0, 4, 1, &luck);
    alone(&bench, digest);
    snprintf(directory, sizeof directory, "%s/all.parts", bench.directory);
    bench.options.directory = directory;
    bench.options.path = NULL;
    bench.options.share = true;
    bench.options.end = 24;
    bench.options.n_threads = 1; /* the OpenMP threads of the parent do not live in a child */
    bench.options.checkpoint_seconds = 1e-3;
    fflush(NULL);
    for (int32_t i = 0; i < 2; i++)
        if ((children[i] = fork()) == 0) {
            alarm(30);
            _exit(run(&bench) == 0 ? 0 : 1);
        }
    for (int32_t i = 0; i < 2; i++) {
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    assemble(&bench, directory, merged);
    assert_string_equal(merged, digest);
    tear_down(&bench);
}

static void test_finished_batch_grows_by_its_new_replicates_alone(void **state)
{
    struct bench bench;
    char digest[SIM_DIGEST_TEXT];
    (void)state;
    set_up(&bench, 3, 5);
    alone(&bench, digest);
    bench.options.n_replicates = 2;
    check_ok(run(&bench), bench.error);
    bench.options.n_replicates = 5;
    bench.options.import = bench.path;
    bench.options.grow = bench.options.overwrite = true;
    bench.model.stop_month = 100; /* in the second of nine rows */
    bench.options.n_threads = 1;
    assert_int_equal(run(&bench), SIM_ERROR_STOPPED);
    bench.model.stop_month = 0;
    check_ok(run(&bench), bench.error);
    assert_int_equal(bench.model.n_run, 8);
    assert_int_equal(bench.result.n_replicates, 5);
    assert_string_equal(bench.result.digest, digest);
    tear_down(&bench);
}

static void test_parts_directory_that_vanishes_ends_the_batch_and_says_so(void **state)
{
    struct bench bench;
    char away[400];
    (void)state;
    set_up(&bench, 2, 40);
    snprintf(away, sizeof away, "%s/away", bench.directory);
    bench.model.rename_from = bench.parts;
    bench.model.rename_to = away;
    bench.model.rename_month = 700;
    assert_int_equal(run(&bench), SIM_ERROR_IO);
    assert_non_null(strstr(bench.error.message, "moved or removed"));
    assert_false(sim_file_exists(bench.path));
    /* Put back, it is gone on from. */
    assert_int_equal(rename(away, bench.parts), 0);
    bench.model.rename_from = NULL;
    bench.options.resume = true;
    check_ok(run(&bench), bench.error);
    assert_true(bench.model.n_run < 80);
    tear_down(&bench);
}

static void test_ten_thousand_short_rows_take_no_time_of_their_own(void **state)
{
    struct bench bench;
    (void)state;
    set_up(&bench, 2, 5000);
    part(&bench, 0, 1, 1);
    bench.model.n_months = 2;
    check_ok(run(&bench), bench.error);
    assert_int_equal(bench.result.n_done, 10000);
    assert_int_equal(bench.result.n_forked, 5000);
    /* Rows that find their place by looking at all others would take ten times as long. */
    assert_true(bench.result.wall_seconds < 10);
    tear_down(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fork_equals_separate_runs_for_random_trees_and_any_threads),
        cmocka_unit_test(test_arms_that_never_part_or_never_share_are_lived_alone),
        cmocka_unit_test(test_rows_of_a_shared_past_take_their_share_of_its_seconds),
        cmocka_unit_test(test_state_that_does_not_fit_memory_means_separate_runs),
        cmocka_unit_test(test_failure_in_a_shared_past_fails_all_its_arms_as_alone),
        cmocka_unit_test(test_replay_of_a_sweep_names_the_point_and_quotes_the_file),
        cmocka_unit_test(test_stopped_rows_are_saved_and_no_month_is_lived_twice),
        cmocka_unit_test(test_never_asked_for_checkpoints_are_never_written),
        cmocka_unit_test(test_user_signal_saves_what_runs_and_goes_on),
        cmocka_unit_test(test_state_that_cannot_be_made_is_a_warning_and_rows_go_on),
        cmocka_unit_test(test_life_of_many_short_spans_is_saved_as_often_as_one_of_a_long_one),
        cmocka_unit_test(test_row_killed_on_its_way_goes_on_from_its_last_checkpoint),
        cmocka_unit_test(test_damaged_checkpoint_is_left_aside_and_the_older_one_used),
        cmocka_unit_test(test_checkpoint_of_another_batch_is_left_aside),
        cmocka_unit_test(test_memory_that_fails_one_row_leaves_it_missing_and_others_are_lived),
        cmocka_unit_test(test_slices_partition_the_batch),
        cmocka_unit_test(test_two_processes_that_share_a_directory_give_one_digest),
        cmocka_unit_test(test_finished_batch_grows_by_its_new_replicates_alone),
        cmocka_unit_test(test_parts_directory_that_vanishes_ends_the_batch_and_says_so),
        cmocka_unit_test(test_ten_thousand_short_rows_take_no_time_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
