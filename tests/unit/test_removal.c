/* Rung: definition. A batch is killed before every single renaming and removal of a file that it makes: rows
 * that are done are never computed again. The calls defined here take the place of the C library's. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "sim/io/file.h"
#include "sim/io/h5.h"
#include "tests/support/fake_batch.h"

/* Before which of the calls from now on the process dies, from 1; 0: never. */
static int die_at, n_calls;

static void count(void)
{
    if (die_at != 0 && ++n_calls == die_at)
        raise(SIGKILL);
}

/* Of the log that was flushed last: who it is, and its bytes then. */
static int flushed = -1;
static off_t flushed_bytes;
static int n_states_removed, n_states_too_early;

int fdatasync(int fd)
{
    struct stat now;
    flushed = fd;
    flushed_bytes = fstat(fd, &now) == 0 ? now.st_size : -1;
    return 0;
}

/* A state goes: is all that was written to the log on the disk? */
static void see_removal(const char *path)
{
    struct stat now;
    const char *dot = strrchr(path, '.');
    if (strstr(path, "/state-") == NULL || dot == NULL || strcmp(dot, ".ckpt") != 0)
        return;
    n_states_removed++;
    n_states_too_early += flushed < 0 || fstat(flushed, &now) != 0 || now.st_size != flushed_bytes;
}

int rename(const char *from, const char *to)
{
    count();
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path)
{
    count();
    see_removal(path);
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    count();
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

/* What a batch in a process of its own came to. */
struct outcome {
    bool is_killed;
    int code;
    int32_t n_run;
    char digest[SIM_DIGEST_TEXT];
};

static const struct sim_batch_stop rule = {
    .variable = FAKE_GINI, .n = 1, .stride = 1, .arm = 1, .half_width = 1e9, .least = 2, .step = 1};

/* A batch of 2 replicates, or of 4 of which the rule wants the first 2. */
static struct outcome run_apart(const char *path, bool has_rule, bool resume, int die)
{
    int ends[2], status;
    struct outcome out = {0};
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct fake_model fake;
        struct sim_meta meta;
        struct sim_batch_result result;
        struct sim_error error = {0};
        fake_init(&fake);
        fake_meta(&meta, "seed: 2022\n");
        struct sim_batch_options options = fake_options(path, &meta);
        struct sim_batch_model model = fake_batch_model(&fake);
        options.n_replicates = has_rule ? 4 : 2;
        options.stop = has_rule ? &rule : NULL;
        options.resume = resume;
        options.n_threads = 1;
        die_at = die;
        out.code = sim_batch_run(&model, &options, &result, &error);
        die_at = 0;
        out.n_run = fake.n_run;
        memcpy(out.digest, result.digest, sizeof out.digest);
        _exit(write(ends[1], &out, sizeof out) == sizeof out ? 0 : 1);
    }
    close(ends[1]);
    out.is_killed = read(ends[0], &out, sizeof out) != sizeof out;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(out.is_killed ? WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL : status == 0);
    return out;
}

static int32_t count_files(const char *directory)
{
    char command[500], text[32] = "";
    snprintf(command, sizeof command, "ls -A '%s' | wc -l", directory);
    FILE *pipe = popen(command, "r");
    assert_non_null(fgets(text, sizeof text, pipe));
    pclose(pipe);
    return atoi(text);
}

/* Kills before a call, and goes on. False: there are not so many calls. */
static bool kill_and_resume(int call, bool has_rule, const char *digest, int *n_between, int *n_after)
{
    char directory[256], path[300], parts[320];
    struct sim_h5_report report;
    struct sim_error error = {0};
    fake_directory(directory);
    snprintf(path, sizeof path, "%s/out.h5", directory);
    snprintf(parts, sizeof parts, "%s.parts", path);
    struct outcome first = run_apart(path, has_rule, false, call);
    bool is_result = sim_file_exists(path), is_parts = sim_file_exists(parts);
    assert_true(first.is_killed || is_result);
    if (first.is_killed) {
        struct outcome second = run_apart(path, has_rule, true, 0);
        *n_between += is_result && is_parts;
        *n_after += is_result && !is_parts;
        assert_int_equal(second.code, is_result && !is_parts ? SIM_ERROR_EXISTS : 0);
        assert_int_equal(second.n_run, is_result ? 0 : second.n_run);
    }
    check_ok(sim_h5_verify(path, &report, &error), error);
    assert_string_equal(report.digest, digest);
    assert_int_equal(count_files(directory), 1);
    fake_remove(directory);
    return first.is_killed;
}

static void test_kill_before_any_renaming_or_removal_costs_no_row_that_was_done(void **state)
{
    (void)state;
    for (int has_rule = 0; has_rule < 2; has_rule++) {
        char directory[256], path[300];
        int call = 1, n_between = 0, n_after = 0;
        fake_directory(directory);
        snprintf(path, sizeof path, "%s/out.h5", directory);
        struct outcome whole = run_apart(path, has_rule, false, 0);
        assert_int_equal(whole.code, 0);
        assert_int_equal(whole.n_run, 6);
        fake_remove(directory);
        while (kill_and_resume(call, has_rule, whole.digest, &n_between, &n_after))
            call++;
        assert_int_equal(n_between, 1); /* before the directory is put aside, and at no other call */
        assert_in_range(n_after, 3, 20);
    }
}

static void test_row_is_on_the_disk_before_its_states_go(void **state)
{
    char directory[256], path[300];
    struct fake_model fake;
    struct sim_meta meta;
    struct sim_batch_result result;
    struct sim_error error = {0};
    (void)state;
    fake_directory(directory);
    snprintf(path, sizeof path, "%s/out.h5", directory);
    fake_init(&fake);
    fake.n_months = 60;
    for (int32_t a = 0; a < FAKE_ARMS_MOST; a++)
        for (int32_t b = 0; b < FAKE_ARMS_MOST; b++)
            fake.parts[a][b] = a == b ? SIM_TIME_MAX : INT64_MIN;
    fake_meta(&meta, "seed: 2022\n");
    struct sim_batch_options options = fake_options(path, &meta);
    struct sim_batch_model model = fake_batch_model(&fake);
    options.n_threads = 1;
    fake.stop_month = 90;
    assert_int_equal(sim_batch_run(&model, &options, &result, &error), SIM_ERROR_STOPPED);
    assert_int_equal(result.n_checkpoints, 1);
    fake.stop_month = 0;
    options.resume = true;
    n_states_removed = n_states_too_early = 0;
    flushed = -1;
    check_ok(sim_batch_run(&model, &options, &result, &error), error);
    assert_int_equal(n_states_removed, 1);
    assert_int_equal(n_states_too_early, 0);
    fake_free(&fake);
    sim_meta_free(&meta);
    fake_remove(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kill_before_any_renaming_or_removal_costs_no_row_that_was_done),
        cmocka_unit_test(test_row_is_on_the_disk_before_its_states_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
