/* Rung: definition (what is appended is read back), damage of every kind. */
#include "sim/io/parts.h"

#include <errno.h>
#include <fcntl.h>

#include "sim/io/manifest.h"
#include "tests/support/fake_parts.h"

static void test_rows_are_read_back_with_status_message_and_digest(void **state)
{
    struct parts_bench bench;
    char log[400];
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log);
    check_ok(parts_open(&bench, SIM_PARTS_READ), bench.error);
    assert_int_equal(bench.parts.n_present, 4);
    assert_int_equal(bench.parts.n_failed, 1);
    assert_int_equal(bench.parts.n_dropped_bytes, 0);
    assert_null(sim_parts_find(&bench.parts, 0, 0, 1));
    assert_null(sim_parts_find(&bench.parts, 0, 3, 0));
    assert_null(sim_parts_find(&bench.parts, 1, 0, 0));
    const struct sim_parts_row *failed = sim_parts_find(&bench.parts, 0, 2, 3);
    assert_non_null(failed);
    assert_int_equal(failed->status, SIM_ERROR_BOOKS);
    assert_string_equal(failed->message, "the cow owes 300 fen");
    check_near(failed->wall_seconds, 0.25, 0, 0);
    const struct sim_parts_row *row = sim_parts_find(&bench.parts, 0, 1, 1);
    assert_non_null(row);
    uint8_t digest[SIM_DIGEST_BYTES], *copy = calloc(1, (size_t)bench.output.row_bytes);
    check_ok(sim_parts_read(&bench.parts, row, 0, bench.output.row_bytes, copy, &bench.error), bench.error);
    fake_row(&bench.output, 1, 0, 1, 1, bench.row);
    sim_output_settle(&bench.output, bench.row);
    assert_memory_equal(copy, bench.row, (size_t)bench.output.row_bytes);
    sim_parts_row_digest(0, 1, 1, 0, bench.row, bench.output.row_bytes, digest);
    assert_memory_equal(digest, row->digest, sizeof digest);
    free(copy);
    parts_tear_down(&bench);
}

static void test_digest_does_not_depend_on_order_messages_or_time(void **state)
{
    char digests[2][SIM_DIGEST_TEXT];
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        struct parts_bench bench;
        parts_set_up(&bench);
        check_ok(parts_open(&bench, SIM_PARTS_CREATE), bench.error);
        for (int i = 0; i < 12; i++) {
            int n = turn == 0 ? i : 11 - i;
            struct sim_parts_row row = {.arm = n / 4,
                .replicate = n % 4,
                .status = n == 7 ? SIM_ERROR_RANGE : 0,
                .wall_seconds = turn,
                .message = turn == 0 ? "" : "late"};
            fake_row(&bench.output, 1, 0, row.arm, row.replicate, bench.row);
            check_ok(
                sim_parts_append(&bench.parts, &row, n == 7 ? NULL : bench.row, &bench.error), bench.error);
        }
        sim_parts_digest(&bench.parts, digests[turn]);
        parts_tear_down(&bench);
    }
    assert_string_equal(digests[0], digests[1]);
}

static void test_log_torn_anywhere_keeps_the_rows_before_the_tear(void **state)
{
    struct parts_bench bench;
    char log[400];
    uint8_t *bytes;
    long n;
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log);
    read_whole(log, &bytes, &n);
    long good = 48 + bench.output.row_bytes + 32, failed = 48 + 20 + 32, first = n - 3 * good - failed;
    const long ends[] = {0, first, first + good, first + 2 * good, first + 2 * good + failed, n};
    assert_in_range(first, 48 + 32 + 40, 48 + 32 + 200); /* whose log it is */
    for (long cut = 0; cut <= n; cut += cut < 400 ? 1 : 97) {
        write_whole(log, bytes, cut);
        int n_whole = 0;
        while (n_whole < 5 && ends[n_whole + 1] <= cut)
            n_whole++;
        check_ok(parts_open(&bench, SIM_PARTS_READ), bench.error);
        assert_int_equal(bench.parts.n_present, n_whole > 0 ? n_whole - 1 : 0);
        assert_int_equal(bench.parts.n_dropped_bytes, cut - ends[n_whole]);
        sim_parts_close(&bench.parts);
    }
    free(bytes);
    parts_tear_down(&bench);
}

static void test_one_flipped_byte_anywhere_costs_its_row_and_no_other(void **state)
{
    struct parts_bench bench;
    char log[400];
    uint8_t *bytes;
    long n;
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log);
    read_whole(log, &bytes, &n);
    long first = n - 3 * (48 + bench.output.row_bytes + 32) - (48 + 20 + 32);
    for (long at = 0; at < n; at += 31) {
        bytes[at] ^= 0x40;
        write_whole(log, bytes, n);
        bytes[at] ^= 0x40;
        check_ok(parts_open(&bench, SIM_PARTS_READ), bench.error);
        assert_int_equal(bench.parts.n_present, at < first ? 4 : 3);
        assert_true(bench.parts.n_dropped_bytes >= 48 + 20 + 32);
        sim_parts_close(&bench.parts);
    }
    free(bytes);
    parts_tear_down(&bench);
}

static void test_rows_after_a_tear_go_to_a_new_log_and_all_are_found(void **state)
{
    struct parts_bench bench;
    char log[400];
    uint8_t *bytes;
    long n;
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log);
    read_whole(log, &bytes, &n);
    write_whole(log, bytes, n - 5);
    check_ok(parts_open(&bench, SIM_PARTS_RESUME), bench.error);
    assert_int_equal(bench.parts.n_present, 3);
    check_ok(parts_append(&bench, 1, 1, 0, 1), bench.error);
    check_ok(parts_append(&bench, 0, 1, 0, 1), bench.error);
    sim_parts_close(&bench.parts);
    check_ok(parts_open(&bench, SIM_PARTS_READ), bench.error);
    assert_int_equal(bench.parts.n_present, 5);
    assert_int_equal(bench.parts.logs->n, 2);
    free(bytes);
    parts_tear_down(&bench);
}

static void test_equal_duplicates_are_one_row_and_unequal_ones_an_error(void **state)
{
    struct parts_bench bench;
    char log[400], other[420];
    uint8_t *bytes;
    long n;
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log);
    /* The same log twice, as when two attempts of a task both finish. */
    read_whole(log, &bytes, &n);
    snprintf(other, sizeof other, "%s/rows-elsewhere-1-1.log", bench.parts_path);
    write_whole(other, bytes, n);
    free(bytes);
    check_ok(parts_open(&bench, SIM_PARTS_RESUME), bench.error);
    assert_int_equal(bench.parts.n_present, 4);
    assert_int_equal(parts_append(&bench, 1, 1, 0, 1), 0);
    assert_int_equal(parts_append(&bench, 1, 1, 0, 2), SIM_ERROR_MODEL);
    assert_non_null(strstr(bench.error.message, "arm 'all programs', replicate 2"));
    sim_parts_close(&bench.parts);
    assert_int_equal(parts_open(&bench, SIM_PARTS_READ), SIM_ERROR_MODEL);
    parts_tear_down(&bench);
}

static void test_second_process_is_kept_out_and_a_dead_one_is_not_waited_for(void **state)
{
    struct parts_bench bench;
    (void)state;
    parts_set_up(&bench);
    check_ok(parts_open(&bench, SIM_PARTS_CREATE), bench.error);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct sim_parts mine;
        struct sim_error error = {0};
        int code = sim_parts_open(&mine, bench.parts_path, &bench.shape, SIM_PARTS_RESUME, &error);
        _exit(code == SIM_ERROR_EXISTS && strstr(error.message, "process ") ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    /* Nor is it told to begin anew, which would take the first one's rows away. */
    child = fork();
    if (child == 0) {
        struct sim_parts mine;
        struct sim_error error = {0};
        int code = sim_parts_open(&mine, bench.parts_path, &bench.shape, SIM_PARTS_CREATE, &error);
        bool good =
            code == SIM_ERROR_EXISTS && strstr(error.message, "process ") && !strstr(error.message, "remove");
        _exit(good ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    sim_parts_close(&bench.parts);
    child = fork();
    if (child == 0) {
        struct sim_error error = {0};
        struct sim_parts mine;
        _exit(sim_parts_open(&mine, bench.parts_path, &bench.shape, SIM_PARTS_RESUME, &error) == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child); /* it died with the lock */
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    check_ok(parts_open(&bench, SIM_PARTS_RESUME), bench.error);
    parts_tear_down(&bench);
}

static void test_refused_resume_names_what_differs(void **state)
{
    static const char *const swapped[] = {"all programs", "reference", "牦牛 yak"};
    struct parts_bench bench;
    char log[400];
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log);
    struct sim_parts_shape good = bench.shape;

    bench.shape.version = "0.2.0";
    assert_int_equal(parts_open(&bench, SIM_PARTS_RESUME), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "0.1.0+abc"));
    assert_non_null(strstr(bench.error.message, "0.2.0"));
    bench.shape = good;
    bench.shape.n_replicates = 8;
    assert_int_equal(parts_open(&bench, SIM_PARTS_RESUME), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "number of replicates"));
    bench.shape = good;
    bench.shape.n_points = 2;
    assert_int_equal(parts_open(&bench, SIM_PARTS_RESUME), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "number of points"));
    bench.shape = good;
    bench.shape.n_arms = 2;
    assert_int_equal(parts_open(&bench, SIM_PARTS_RESUME), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "number of arms"));
    bench.shape = good;
    bench.shape.arms = swapped;
    assert_int_equal(parts_open(&bench, SIM_PARTS_RESUME), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "'reference' there and is 'all programs'"));
    bench.shape = good;
    bench.output.variables[0].sentence = "gross income";
    assert_int_equal(parts_open(&bench, SIM_PARTS_RESUME), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "shape of the output"));
    bench.output.variables[0].sentence = "net disposable income";
    check_ok(
        sim_meta_set(&bench.meta, SIM_META_INPUT, "overrides", "seed=2", "s", &bench.error), bench.error);
    assert_int_equal(parts_open(&bench, SIM_PARTS_RESUME), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "number of inputs"));
    sim_meta_free(&bench.meta);
    fake_meta(&bench.meta, "seed: 1"); /* without the newline at the end */
    assert_int_equal(parts_open(&bench, SIM_PARTS_RESUME), SIM_ERROR_MISMATCH);
    sim_meta_free(&bench.meta);
    fake_meta(&bench.meta, "seed: 1\nseed: 2\n");
    assert_int_equal(parts_open(&bench, SIM_PARTS_RESUME), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "line 2 of input 'experiment'"));
    sim_meta_free(&bench.meta);
    fake_meta(&bench.meta, "seed: 1\n");
    check_ok(parts_open(&bench, SIM_PARTS_RESUME), bench.error);
    assert_int_equal(bench.parts.n_present, 4);
    parts_tear_down(&bench);
}

static void test_about_entries_do_not_identify_a_batch(void **state)
{
    struct parts_bench bench;
    char log[400];
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log);
    check_ok(sim_meta_set(&bench.meta, SIM_META_ABOUT, "host", "elsewhere", "h", &bench.error), bench.error);
    check_ok(parts_open(&bench, SIM_PARTS_RESUME), bench.error);
    parts_tear_down(&bench);
}

static void test_damaged_or_missing_manifest_is_refused(void **state)
{
    /* The rows may be whole: nobody is told to remove them. */
    static const char advice[] = "restore manifest.txt from a copy, or move the directory away";
    struct parts_bench bench;
    char log[400], path[400];
    uint8_t *bytes;
    long n;
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log);
    snprintf(path, sizeof path, "%s/manifest.txt", bench.parts_path);
    read_whole(path, &bytes, &n);
    for (long at = 0; at < n - 1; at += 7) {
        bytes[at] ^= 1;
        write_whole(path, bytes, n);
        bytes[at] ^= 1;
        assert_int_equal(parts_open(&bench, SIM_PARTS_RESUME), SIM_ERROR_FORMAT);
        assert_non_null(strstr(bench.error.message, advice));
    }
    for (long cut = 0; cut < n; cut += 13) {
        write_whole(path, bytes, cut);
        assert_int_equal(parts_open(&bench, SIM_PARTS_RESUME), SIM_ERROR_FORMAT);
    }
    unlink(path);
    assert_int_equal(parts_open(&bench, SIM_PARTS_RESUME), SIM_ERROR_MISSING);
    assert_non_null(strstr(bench.error.message, advice));
    free(bytes);
    parts_tear_down(&bench);
}

static void test_directory_killed_before_its_manifest_can_be_resumed(void **state)
{
    struct parts_bench bench;
    (void)state;
    parts_set_up(&bench);
    assert_int_equal(mkdir(bench.parts_path, 0777), 0);
    assert_int_equal(parts_open(&bench, SIM_PARTS_CREATE), SIM_ERROR_EXISTS);
    check_ok(parts_open(&bench, SIM_PARTS_RESUME), bench.error);
    assert_int_equal(bench.parts.n_present, 0);
    parts_tear_down(&bench);
}

static void test_removal_takes_only_what_this_room_made(void **state)
{
    struct parts_bench bench;
    char log[400], note[400];
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log);
    snprintf(note, sizeof note, "%s/note-to-myself.txt", bench.parts_path);
    write_whole(note, (const uint8_t *)"x", 1);
    check_ok(parts_open(&bench, SIM_PARTS_RESUME), bench.error);
    check_ok(sim_parts_remove(&bench.parts, &bench.error), bench.error);
    assert_true(sim_file_exists(note));
    assert_false(sim_file_exists(log));
    unlink(note);
    check_ok(parts_open(&bench, SIM_PARTS_RESUME), bench.error);
    check_ok(sim_parts_remove(&bench.parts, &bench.error), bench.error);
    assert_false(sim_file_exists(bench.parts_path));
    parts_tear_down(&bench);
}

static void test_long_and_broken_messages_are_cut_and_mended(void **state)
{
    struct parts_bench bench;
    char message[6001];
    (void)state;
    parts_set_up(&bench);
    check_ok(parts_open(&bench, SIM_PARTS_CREATE), bench.error);
    for (int i = 0; i < 2000; i++)
        memcpy(message + 3 * i, "牦", 3);
    message[6000] = 0;
    message[1] = 'x'; /* breaks the first character */
    struct sim_parts_row row = {.status = SIM_ERROR_BOOKS, .message = message};
    check_ok(sim_parts_append(&bench.parts, &row, NULL, &bench.error), bench.error);
    sim_parts_close(&bench.parts);
    check_ok(parts_open(&bench, SIM_PARTS_READ), bench.error);
    const struct sim_parts_row *found = sim_parts_find(&bench.parts, 0, 0, 0);
    assert_non_null(found);
    assert_memory_equal(found->message, "?x?牦牦", 3 + 6);
    assert_int_equal(strlen(found->message), 4095);
    parts_tear_down(&bench);
}

static void test_arm_name_with_a_newline_is_refused(void **state)
{
    static const char *const arms[] = {"a\nb", "c", "d"};
    struct parts_bench bench;
    (void)state;
    parts_set_up(&bench);
    bench.shape.arms = arms;
    assert_int_equal(parts_open(&bench, SIM_PARTS_CREATE), SIM_ERROR_INPUT);
    assert_false(sim_file_exists(bench.parts_path));
    parts_tear_down(&bench);
}

static void test_append_to_a_full_disk_is_an_error_that_says_so(void **state)
{
    struct parts_bench bench;
    (void)state;
    parts_set_up(&bench);
    check_ok(parts_open(&bench, SIM_PARTS_CREATE), bench.error);
    check_ok(parts_append(&bench, 0, 0, 0, 1), bench.error);
    /* The log becomes the device that is always full. */
    int full = open("/dev/full", O_WRONLY);
    assert_int_equal(dup2(full, bench.parts.stream), bench.parts.stream);
    close(full);
    assert_int_equal(parts_append(&bench, 0, 1, 0, 1), SIM_ERROR_IO);
    assert_non_null(strstr(bench.error.message, strerror(ENOSPC)));
    assert_null(sim_parts_find(&bench.parts, 0, 0, 1));
    parts_tear_down(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_read_back_with_status_message_and_digest),
        cmocka_unit_test(test_digest_does_not_depend_on_order_messages_or_time),
        cmocka_unit_test(test_log_torn_anywhere_keeps_the_rows_before_the_tear),
        cmocka_unit_test(test_one_flipped_byte_anywhere_costs_its_row_and_no_other),
        cmocka_unit_test(test_rows_after_a_tear_go_to_a_new_log_and_all_are_found),
        cmocka_unit_test(test_equal_duplicates_are_one_row_and_unequal_ones_an_error),
        cmocka_unit_test(test_second_process_is_kept_out_and_a_dead_one_is_not_waited_for),
        cmocka_unit_test(test_refused_resume_names_what_differs),
        cmocka_unit_test(test_about_entries_do_not_identify_a_batch),
        cmocka_unit_test(test_damaged_or_missing_manifest_is_refused),
        cmocka_unit_test(test_directory_killed_before_its_manifest_can_be_resumed),
        cmocka_unit_test(test_removal_takes_only_what_this_room_made),
        cmocka_unit_test(test_long_and_broken_messages_are_cut_and_mended),
        cmocka_unit_test(test_arm_name_with_a_newline_is_refused),
        cmocka_unit_test(test_append_to_a_full_disk_is_an_error_that_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
