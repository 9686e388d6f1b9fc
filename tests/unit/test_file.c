/* Rung: definition. */
#include "sim/io/file.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "tests/support/fake_batch.h"

static void test_written_file_is_read_back_and_nothing_else_stays(void **state)
{
    char directory[256], path[300], command[700], *bytes;
    struct sim_error error = {0};
    struct sim_arena arena;
    int64_t n;
    (void)state;
    fake_directory(directory);
    snprintf(path, sizeof path, "%s/牦 牛.txt", directory);
    sim_arena_init(&arena);
    for (int turn = 0; turn < 2; turn++) { /* the second replaces the first */
        check_ok(sim_file_write(path, turn == 0 ? "abc\0def" : "ab", turn == 0 ? 7 : 2, &error), error);
        check_ok(sim_file_read(path, &arena, &bytes, &n, &error), error);
        assert_int_equal(n, turn == 0 ? 7 : 2);
        assert_memory_equal(bytes, turn == 0 ? "abc\0def" : "ab", (size_t)n + 1);
    }
    snprintf(command, sizeof command, "test \"$(ls '%s' | wc -l)\" = 1", directory);
    assert_int_equal(system(command), 0);
    check_ok(sim_file_write(path, NULL, 0, &error), error);
    check_ok(sim_file_read(path, &arena, &bytes, &n, &error), error);
    assert_int_equal(n, 0);
    sim_arena_free(&arena);
    fake_remove(directory);
}

static void test_file_that_cannot_be_written_whole_leaves_the_old_one(void **state)
{
    char directory[256], path[300], command[700];
    struct sim_error error = {0};
    int status;
    (void)state;
    fake_directory(directory);
    snprintf(path, sizeof path, "%s/x", directory);
    check_ok(sim_file_write(path, "old", 3, &error), error);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        static char big[100000];
        struct rlimit limit = {5000, 5000}; /* as a full disk: the write fails on the way */
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        int code = sim_file_write(path, big, sizeof big, &error);
        _exit(code == SIM_ERROR_IO && strstr(error.message, path) ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    snprintf(command, sizeof command, "test \"$(cat '%s')\" = old && test \"$(ls '%s' | wc -l)\" = 1", path,
        directory);
    assert_int_equal(system(command), 0);
    fake_remove(directory);
}

static void test_temporary_names_are_unique_and_beside_the_target(void **state)
{
    char directory[256], path[300], a[SIM_FILE_PATH], b[SIM_FILE_PATH];
    struct sim_error error = {0};
    (void)state;
    fake_directory(directory);
    snprintf(path, sizeof path, "%s/x", directory);
    check_ok(sim_file_temp(path, a, &error), error);
    check_ok(sim_file_temp(path, b, &error), error);
    assert_string_not_equal(a, b);
    assert_int_equal(strncmp(a, path, strlen(path)), 0);
    assert_true(sim_file_exists(a) && sim_file_exists(b));
    fake_remove(directory);
}

static void test_only_temporary_files_of_dead_processes_here_are_stale(void **state)
{
    char directory[256], path[300], mine[SIM_FILE_PATH], dead[SIM_FILE_PATH], other[400], foreign[400];
    struct sim_error error = {0};
    int status;
    (void)state;
    fake_directory(directory);
    snprintf(path, sizeof path, "%s/x", directory);
    snprintf(other, sizeof other, "%s/y.tmp-z", directory);
    snprintf(foreign, sizeof foreign, "%s/x.tmp-elsewhere-1-0", directory);
    check_ok(sim_file_temp(path, mine, &error), error);
    check_ok(sim_file_write(other, "y", 1, &error), error);
    check_ok(sim_file_write(foreign, "y", 1, &error), error);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(sim_file_temp(path, dead, &error) == 0 ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    char host[64];
    sim_file_host(host, sizeof host);
    snprintf(dead, sizeof dead, "%s.tmp-%s-%ld-0", path, host, (long)child);
    assert_true(sim_file_exists(dead));
    sim_file_remove_stale(path);
    assert_false(sim_file_exists(dead));
    assert_true(sim_file_exists(mine) && sim_file_exists(other) && sim_file_exists(foreign));
    fake_remove(directory);
}

static void test_new_files_have_the_permissions_of_the_umask(void **state)
{
    char directory[256], path[300];
    struct sim_error error = {0};
    struct stat status;
    (void)state;
    fake_directory(directory);
    snprintf(path, sizeof path, "%s/x", directory);
    mode_t old = umask(027);
    check_ok(sim_file_write(path, "x", 1, &error), error);
    umask(old);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    fake_remove(directory);
}

static void test_target_is_checked_without_leaving_anything(void **state)
{
    char directory[256], path[600], command[700];
    struct sim_error error = {0};
    (void)state;
    fake_directory(directory);
    snprintf(path, sizeof path, "%s/x", directory);
    check_ok(sim_file_check_target(path, 1000, &error), error);
    snprintf(command, sizeof command, "test -z \"$(ls '%s')\"", directory);
    assert_int_equal(system(command), 0);
    assert_int_equal(sim_file_check_target(path, INT64_MAX, &error), SIM_ERROR_IO);
    assert_non_null(strstr(error.message, "disk space"));
    error = (struct sim_error){0};
    assert_int_equal(sim_file_check_target(directory, 0, &error), SIM_ERROR_IO);
    assert_non_null(strstr(error.message, "a directory"));
    error = (struct sim_error){0};
    snprintf(path, sizeof path, "%s/a/b", directory);
    assert_int_equal(sim_file_check_target(path, 0, &error), SIM_ERROR_MISSING);
    assert_non_null(strstr(error.message, "mkdir -p"));
    error = (struct sim_error){0};
    assert_int_equal(sim_file_check_target("/dev/null", 0, &error), SIM_ERROR_IO);
    error = (struct sim_error){0};
    assert_true(sim_file_check_target("/proc/x", 0, &error) < 0);
    fake_remove(directory);
}

static void test_directory_part_of_a_path(void **state)
{
    static const char *const cases[][2] = {
        {"x", "."}, {"a/x", "a"}, {"/x", "/"}, {"/a/b/x", "/a/b"}, {"./x", "."}};
    char out[SIM_FILE_PATH];
    struct sim_error error = {0};
    (void)state;
    for (int i = 0; i < SIM_COUNT(cases); i++) {
        check_ok(sim_file_directory(cases[i][0], out, &error), error);
        assert_string_equal(out, cases[i][1]);
    }
}

static void test_missing_and_irregular_files_are_told_apart(void **state)
{
    struct sim_arena arena;
    struct sim_error error = {0};
    char *bytes;
    int64_t n;
    (void)state;
    sim_arena_init(&arena);
    assert_int_equal(sim_file_read("/nowhere/x", &arena, &bytes, &n, &error), SIM_ERROR_MISSING);
    error = (struct sim_error){0};
    assert_int_equal(sim_file_read("/dev/zero", &arena, &bytes, &n, &error), SIM_ERROR_IO);
    sim_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_file_is_read_back_and_nothing_else_stays),
        cmocka_unit_test(test_file_that_cannot_be_written_whole_leaves_the_old_one),
        cmocka_unit_test(test_temporary_names_are_unique_and_beside_the_target),
        cmocka_unit_test(test_only_temporary_files_of_dead_processes_here_are_stale),
        cmocka_unit_test(test_new_files_have_the_permissions_of_the_umask),
        cmocka_unit_test(test_target_is_checked_without_leaving_anything),
        cmocka_unit_test(test_directory_part_of_a_path),
        cmocka_unit_test(test_missing_and_irregular_files_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
