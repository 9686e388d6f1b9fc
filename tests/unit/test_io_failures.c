/* Rung: definition. Every call to the system that makes, writes, flushes or renames a file fails once, for
 * each reason that disks have: an error with the path and the reason, and nothing half-written. The calls
 * defined here take the place of the C library's, HDF5's among them. */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include "sim/io/checkpoint.h"
#include "sim/io/h5.h"
#include "tests/support/fake_parts.h"

/* Which of the calls from now on fails, from 1; 0: none. It fails with `reason`, and all after it too when
 * the disk is full for good. */
static int fail_at, reason, n_calls;
static bool is_lasting;

static bool fails(void)
{
    if (fail_at == 0 || ++n_calls < fail_at || (!is_lasting && n_calls > fail_at))
        return false;
    errno = reason;
    return true;
}

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    unsigned mode = (flags & O_CREAT) != 0 ? va_arg(rest, unsigned) : 0;
    va_end(rest);
    return (flags & (O_WRONLY | O_RDWR)) != 0 && fails()
               ? -1
               : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...);
int open64(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    unsigned mode = (flags & O_CREAT) != 0 ? va_arg(rest, unsigned) : 0;
    va_end(rest);
    return open(path, flags, mode);
}

int mkdir(const char *path, mode_t mode)
{
    return fails() ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

/* A full disk takes the first half. */
ssize_t write(int fd, const void *bytes, size_t n)
{
    if (fd <= 2 || !fails())
        return syscall(SYS_write, fd, bytes, n);
    int why = errno;
    if (n > 1)
        (void)!syscall(SYS_write, fd, bytes, n / 2);
    errno = why;
    return -1;
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    return fails() ? -1 : syscall(SYS_pwrite64, fd, bytes, n, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t at);
ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t at)
{
    return pwrite(fd, bytes, n, at);
}

/* Nothing is pulled out here: what a flush would wait for is left out. */
int fsync(int fd)
{
    return fails() || fd < 0 ? -1 : 0;
}

int fdatasync(int fd)
{
    return fails() || fd < 0 ? -1 : 0;
}

int rename(const char *from, const char *to)
{
    return fails() ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

static void fail_call(int call, int why, bool lasting)
{
    fail_at = call;
    reason = why;
    n_calls = 0;
    is_lasting = lasting;
}

static const int reasons[] = {ENOSPC, EFBIG, EROFS, EACCES, EMFILE, EDQUOT, EIO};

/* Whether an error is one of the disk that names the place and the reason. */
static void check_error(int code, const struct sim_error *error, const char *place)
{
    assert_int_equal(code, SIM_ERROR_IO);
    if (strstr(error->message, place) == NULL || strstr(error->message, strerror(reason)) == NULL) {
        print_error("call %d, %s: %s\n", fail_at, strerror(reason), error->message);
        fail();
    }
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

static void test_file_is_as_it_was_when_any_call_of_its_writing_fails(void **state)
{
    char directory[256], path[300];
    (void)state;
    fake_directory(directory);
    snprintf(path, sizeof path, "%s/manifest.txt", directory);
    for (int i = 0; i < SIM_COUNT(reasons); i++)
        for (int kind = 0; kind < 2; kind++) {
            int code = SIM_ERROR_IO, call;
            for (call = 1; code < 0 && call < 20; call++) {
                struct sim_error error = {0};
                struct sim_arena arena;
                char *bytes;
                int64_t n;
                unlink(path);
                if (kind == 0)
                    check_ok(sim_file_write(path, "old", 3, &error), error);
                fail_call(call, reasons[i], true);
                code = kind == 0 ? sim_file_write(path, "new", 3, &error)
                                 : sim_file_write_new(path, "new", 3, &error);
                fail_at = 0;
                if (code == 0)
                    break;
                fail_at = call;
                check_error(code, &error, directory);
                fail_at = 0;
                assert_true(count_files(directory) <= 1);
                if (!sim_file_exists(path))
                    continue;
                sim_arena_init(&arena);
                check_ok(sim_file_read(path, &arena, &bytes, &n, &error), error);
                assert_int_equal(n, 3); /* the old one, or the new when only the last flush has failed */
                assert_true(strcmp(bytes, "new") == 0 || (kind == 0 && strcmp(bytes, "old") == 0));
                sim_arena_free(&arena);
            }
            assert_in_range(call, 5, 19); /* every call has had its turn */
        }
    fake_remove(directory);
}

static void test_checkpoint_that_cannot_be_written_leaves_the_earlier_ones(void **state)
{
    char directory[256];
    struct sim_error error = {0};
    struct sim_state some, back;
    uint8_t identity[SIM_DIGEST_BYTES] = {1};
    (void)state;
    fake_directory(directory);
    sim_state_init(&some);
    sim_state_init(&back);
    check_ok(sim_state_put_mark(&some, "run", &error), error);
    for (int i = 0; i < SIM_COUNT(reasons); i++) {
        int code = SIM_ERROR_IO, call;
        for (call = 1; code < 0 && call < 20; call++) {
            struct sim_checkpoint what = {.boundary = 100}, *found;
            struct sim_arena arena;
            int32_t n;
            error = (struct sim_error){0};
            sim_checkpoint_remove(directory, 0, 0, 0);
            check_ok(sim_checkpoint_write(directory, identity, &what, &some, &error), error);
            what.boundary = 200;
            fail_call(call, reasons[i], true);
            code = sim_checkpoint_write(directory, identity, &what, &some, &error);
            fail_at = 0;
            if (code == 0)
                break;
            fail_at = call;
            check_error(code, &error, directory);
            fail_at = 0;
            sim_arena_init(&arena);
            error = (struct sim_error){0};
            check_ok(sim_checkpoint_list(directory, &arena, &found, &n, &error), error);
            assert_in_range(n, 1, 2);
            assert_int_equal(found[n - 1].boundary, 100);
            for (int32_t k = 0; k < n; k++)
                check_ok(sim_checkpoint_read(directory, identity, &found[k], &back, &error), error);
            assert_int_equal(count_files(directory), n);
            sim_arena_free(&arena);
        }
        assert_in_range(call, 5, 19);
    }
    sim_state_free(&some);
    sim_state_free(&back);
    fake_remove(directory);
}

/* Opens, writes three rows and flushes; the rows it was told are kept. */
static int write_rows(struct parts_bench *bench, int32_t *n_kept)
{
    *n_kept = 0;
    int code = parts_open(bench, SIM_PARTS_RESUME);
    for (int32_t r = 0; r < 3 && code == 0; r++) {
        code = parts_append(bench, 0, r, 0, 1);
        *n_kept += code == 0;
    }
    return code < 0 ? code : sim_parts_sync(&bench->parts, &bench->error);
}

static void test_rows_kept_before_a_failure_are_there_and_none_is_torn(void **state)
{
    (void)state;
    for (int i = 0; i < SIM_COUNT(reasons); i++)
        for (int lasting = 0; lasting < 2; lasting++) {
            int code = SIM_ERROR_IO, call;
            for (call = 1; code < 0 && call < 60; call++) {
                struct parts_bench bench;
                int32_t n_kept;
                parts_set_up(&bench);
                fail_call(call, reasons[i], lasting == 1);
                code = write_rows(&bench, &n_kept);
                int n_made = n_calls;
                fail_at = 0;
                sim_parts_close(&bench.parts);
                if (code < 0) {
                    fail_at = call;
                    check_error(code, &bench.error, bench.directory);
                    fail_at = 0;
                }
                check_ok(parts_open(&bench, SIM_PARTS_RESUME), bench.error);
                assert_true(bench.parts.n_present >= n_kept);
                assert_int_equal(bench.parts.n_dropped_bytes, 0);
                for (int32_t r = 0; r < n_kept; r++)
                    assert_non_null(sim_parts_find(&bench.parts, 0, 0, r));
                parts_tear_down(&bench);
                /* What fails and is not needed (a directory that is there) is no error; then it goes on. */
                if (code == 0 && n_made >= call)
                    code = SIM_ERROR_IO;
            }
            assert_in_range(call, 12, 59);
        }
}

/* In a process of its own, as after a disk that fails: HDF5 keeps what it could not write. 0: written. */
static int write_result(struct parts_bench *bench)
{
    char path[400];
    snprintf(path, sizeof path, "%s/out.h5", bench->directory);
    fail_call(fail_at, reason, true);
    int code = sim_h5_write(path, &bench->parts, &bench->error);
    bool is_done = code == 0 && n_calls < fail_at;
    fail_at = 0;
    unlink(path);
    if (is_done)
        return 0;
    return code == SIM_ERROR_IO && strstr(bench->error.message, path) != NULL ? 1 : 2;
}

static void test_result_that_cannot_be_written_is_an_error_with_its_path(void **state)
{
    struct parts_bench bench;
    (void)state;
    parts_set_up(&bench);
    check_ok(parts_open(&bench, SIM_PARTS_CREATE), bench.error);
    for (int32_t arm = 0; arm < 3; arm++)
        for (int32_t r = 0; r < 4; r++)
            check_ok(parts_append(&bench, arm, r, 0, 1), bench.error);
    int status = 1, call;
    for (call = 1; status == 1 && call < 500; call += call < 10 ? 1 : 3) {
        fail_at = call;
        reason = ENOSPC;
        status = parts_child(write_result, &bench);
        fail_at = 0;
    }
    assert_int_equal(status, 0);
    assert_in_range(call, 20, 499);
    parts_tear_down(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_is_as_it_was_when_any_call_of_its_writing_fails),
        cmocka_unit_test(test_checkpoint_that_cannot_be_written_leaves_the_earlier_ones),
        cmocka_unit_test(test_rows_kept_before_a_failure_are_there_and_none_is_torn),
        cmocka_unit_test(test_result_that_cannot_be_written_is_an_error_with_its_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
