/* Rung: definition. Several processes, several directories, more and fewer replicates, vanished places. */
#include <fcntl.h>
#include <sys/resource.h>

#include "sim/io/checkpoint.h"
#include "sim/io/frame.h"
#include "sim/io/lock.h"
#include "sim/io/manifest.h"
#include "tests/support/fake_parts.h"

static int write_a_row_shared(struct parts_bench *bench)
{
    struct sim_parts *mine = &bench->parts;
    if (sim_parts_open(mine, bench->parts_path, &bench->shape, SIM_PARTS_SHARE, &bench->error) < 0)
        return 1;
    /* The row that the other writes, too, and one of its own. */
    if (parts_append(bench, 0, 0, 0, 1) < 0 || parts_append(bench, 1, 2, 0, 1) < 0)
        return 2;
    return mine->n_present == 2 ? 0 : 3;
}

static int is_kept_out(struct parts_bench *bench)
{
    static const enum sim_parts_mode modes[] = {SIM_PARTS_CREATE, SIM_PARTS_RESUME, SIM_PARTS_GROW};
    char process[64];
    snprintf(process, sizeof process, "process %ld on ", (long)getppid());
    for (int i = 0; i < SIM_COUNT(modes); i++) {
        struct sim_parts mine;
        struct sim_error error = {0};
        if (sim_parts_open(&mine, bench->parts_path, &bench->shape, modes[i], &error) != SIM_ERROR_EXISTS)
            return 1 + i;
        if (strstr(error.message, process) == NULL)
            return 11 + i;
    }
    return 0;
}

static int cannot_share(struct parts_bench *bench)
{
    struct sim_parts mine;
    struct sim_error error = {0};
    int code = sim_parts_open(&mine, bench->parts_path, &bench->shape, SIM_PARTS_SHARE, &error);
    return code == SIM_ERROR_EXISTS ? 0 : 1;
}

static void test_two_that_share_write_two_logs_and_a_row_of_both_counts_once(void **state)
{
    struct parts_bench bench;
    (void)state;
    parts_set_up(&bench);
    check_ok(parts_open(&bench, SIM_PARTS_SHARE), bench.error); /* begins the directory */
    check_ok(parts_append(&bench, 0, 0, 0, 1), bench.error);
    struct parts_bench other = bench;
    other.row = calloc(1, (size_t)bench.output.row_bytes);
    assert_int_equal(parts_child(write_a_row_shared, &other), 0);
    free(other.row);
    assert_int_equal(parts_child(is_kept_out, &bench), 0);
    sim_parts_close(&bench.parts);
    check_ok(parts_open(&bench, SIM_PARTS_RESUME), bench.error);
    assert_int_equal(bench.parts.logs->n, 2);
    assert_int_equal(bench.parts.n_present, 2);
    assert_int_equal(parts_child(cannot_share, &bench), 0);
    parts_tear_down(&bench);
}

static void test_a_directory_that_others_share_is_not_removed(void **state)
{
    struct parts_bench bench;
    struct sim_parts other;
    (void)state;
    parts_set_up(&bench);
    check_ok(parts_open(&bench, SIM_PARTS_SHARE), bench.error);
    check_ok(
        sim_parts_open(&other, bench.parts_path, &bench.shape, SIM_PARTS_SHARE, &bench.error), bench.error);
    assert_int_equal(sim_parts_remove(&bench.parts, &bench.error), SIM_ERROR_EXISTS);
    assert_true(sim_file_exists(bench.parts_path));
    assert_int_equal(bench.parts.lock, -1); /* closed all the same */
    bench.error = (struct sim_error){0};
    check_ok(sim_parts_remove(&other, &bench.error), bench.error);
    assert_false(sim_file_exists(bench.parts_path));
    parts_tear_down(&bench);
}

static void test_lock_that_cannot_be_had_alone_stays_shared(void **state)
{
    struct parts_bench bench;
    char owner[128];
    int a, b;
    (void)state;
    parts_set_up(&bench);
    assert_int_equal(mkdir(bench.parts_path, 0777), 0);
    check_ok(sim_lock_take(bench.parts_path, true, &a, &bench.error), bench.error);
    check_ok(sim_lock_take(bench.parts_path, true, &b, &bench.error), bench.error);
    assert_false(sim_lock_take_alone(a));
    close(b);
    assert_int_equal(sim_lock_look(bench.parts_path, owner), SIM_LOCK_HELD);
    assert_true(sim_lock_take_alone(a));
    close(a);
    parts_tear_down(&bench);
}

static void test_of_two_batches_that_share_at_once_one_is_refused(void **state)
{
    struct parts_bench bench;
    (void)state;
    parts_set_up(&bench);
    check_ok(parts_open(&bench, SIM_PARTS_SHARE), bench.error);
    struct sim_parts other;
    struct sim_parts_shape foreign = bench.shape;
    foreign.version = "0.2.0";
    assert_int_equal(sim_parts_open(&other, bench.parts_path, &foreign, SIM_PARTS_SHARE, &bench.error),
        SIM_ERROR_MISMATCH);
    parts_tear_down(&bench);
}

static void test_lock_is_seen_and_names_its_holder(void **state)
{
    struct parts_bench bench;
    char owner[128], expected[64];
    (void)state;
    parts_set_up(&bench);
    assert_int_equal(sim_lock_look(bench.parts_path, owner), SIM_LOCK_FREE);
    check_ok(parts_open(&bench, SIM_PARTS_CREATE), bench.error);
    assert_int_equal(sim_lock_look(bench.parts_path, owner), SIM_LOCK_HELD);
    snprintf(expected, sizeof expected, "process %ld on ", (long)getpid());
    assert_non_null(strstr(owner, expected));
    sim_parts_close(&bench.parts);
    assert_int_equal(sim_lock_look(bench.parts_path, owner), SIM_LOCK_FREE);
    parts_tear_down(&bench);
}

static void test_replicates_are_added_by_growing_alone_and_never_taken_away(void **state)
{
    struct parts_bench bench;
    char log[400];
    uint8_t identity[SIM_DIGEST_BYTES];
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log);
    memcpy(identity, sim_parts_identity(&bench.parts), sizeof identity);
    bench.shape.n_replicates = 9;
    assert_int_equal(parts_open(&bench, SIM_PARTS_RESUME), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "was '4' there and is '9' now"));
    assert_non_null(strstr(bench.error.message, "pamir expand"));
    check_ok(parts_open(&bench, SIM_PARTS_GROW), bench.error);
    assert_int_equal(bench.parts.n_present, 4);
    assert_non_null(sim_parts_find(&bench.parts, 0, 2, 3));
    check_ok(parts_append(&bench, 0, 8, 0, 1), bench.error);
    assert_memory_equal(sim_parts_identity(&bench.parts), identity, sizeof identity);
    sim_parts_close(&bench.parts);
    check_ok(parts_open(&bench, SIM_PARTS_RESUME), bench.error); /* the manifest says nine now */
    assert_int_equal(bench.parts.n_present, 5);
    sim_parts_close(&bench.parts);
    bench.shape.n_replicates = 4;
    assert_int_equal(parts_open(&bench, SIM_PARTS_GROW), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "--replicates 9"));
    parts_tear_down(&bench);
}

static void test_identity_is_that_of_inputs_and_version_not_of_replicates(void **state)
{
    struct parts_bench bench;
    char *text;
    int64_t n;
    uint8_t identity[4][SIM_DIGEST_BYTES];
    struct sim_arena arena;
    (void)state;
    parts_set_up(&bench);
    sim_arena_init(&arena);
    check_ok(sim_manifest_make(&bench.shape, &arena, &text, &n, identity[0], &bench.error), bench.error);
    bench.shape.n_replicates = 1000;
    check_ok(sim_manifest_make(&bench.shape, &arena, &text, &n, identity[1], &bench.error), bench.error);
    struct sim_manifest manifest;
    check_ok(sim_manifest_parse(text, n, "x", &manifest, &bench.error), bench.error);
    assert_int_equal(manifest.n_replicates, 1000);
    assert_int_equal(manifest.n_arms, 3);
    assert_int_equal(manifest.row_bytes, bench.output.row_bytes);
    assert_string_equal(manifest.arms[2], fake_arms[2]);
    assert_string_equal(manifest.version, "0.1.0+abc");
    assert_string_equal(sim_meta_get(&manifest.meta, "experiment"), "seed: 1\n");
    assert_memory_equal(manifest.identity, identity[0], SIM_DIGEST_BYTES);
    sim_manifest_free(&manifest);
    sim_manifest_free(&manifest);
    bench.shape.version = "0.1.1";
    check_ok(sim_manifest_make(&bench.shape, &arena, &text, &n, identity[2], &bench.error), bench.error);
    bench.shape.version = "0.1.0+abc";
    sim_meta_free(&bench.meta);
    fake_meta(&bench.meta, "seed: 2\n");
    check_ok(sim_manifest_make(&bench.shape, &arena, &text, &n, identity[3], &bench.error), bench.error);
    assert_memory_equal(identity[0], identity[1], SIM_DIGEST_BYTES);
    assert_memory_not_equal(identity[0], identity[2], SIM_DIGEST_BYTES);
    assert_memory_not_equal(identity[0], identity[3], SIM_DIGEST_BYTES);
    sim_arena_free(&arena);
    parts_tear_down(&bench);
}

/* A second directory of the bench's batch with one row of arm 2. */
static void fill_other(struct parts_bench *bench, const char *path, int32_t replicate, uint64_t seed)
{
    struct parts_bench other = *bench;
    check_ok(sim_parts_open(&other.parts, path, &bench->shape, SIM_PARTS_CREATE, &other.error), other.error);
    check_ok(parts_append(&other, 2, replicate, 0, seed), other.error);
    check_ok(parts_append(&other, 1, 0, 0, 1), other.error);
    sim_parts_close(&other.parts);
}

static void test_joined_directories_are_one_batch_and_foreign_ones_are_refused(void **state)
{
    struct parts_bench bench;
    char log[400], other[400], foreign[400], impure[400];
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log);
    snprintf(other, sizeof other, "%s/slice-8-12.parts", bench.directory);
    snprintf(impure, sizeof impure, "%s/impure.parts", bench.directory);
    snprintf(foreign, sizeof foreign, "%s/foreign.parts", bench.directory);
    fill_other(&bench, other, 1, 1);
    fill_other(&bench, impure, 1, 7);
    bench.shape.version = "0.2.0";
    fill_other(&bench, foreign, 1, 1);
    bench.shape.version = "0.1.0+abc";
    check_ok(parts_open(&bench, SIM_PARTS_READ), bench.error);
    check_ok(sim_parts_join(&bench.parts, other, &bench.error), bench.error);
    assert_int_equal(bench.parts.n_present, 5); /* one of its two rows was there already */
    const struct sim_parts_row *row = sim_parts_find(&bench.parts, 0, 2, 1);
    assert_non_null(row);
    uint8_t *copy = calloc(1, (size_t)bench.output.row_bytes);
    check_ok(sim_parts_read(&bench.parts, row, 0, bench.output.row_bytes, copy, &bench.error), bench.error);
    fake_row(&bench.output, 1, 0, 2, 1, bench.row);
    sim_output_settle(&bench.output, bench.row);
    assert_memory_equal(copy, bench.row, (size_t)bench.output.row_bytes);
    free(copy);
    assert_int_equal(sim_parts_join(&bench.parts, foreign, &bench.error), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "foreign.parts"));
    assert_non_null(strstr(bench.error.message, "the version of pamir was '0.2.0'"));
    bench.error = (struct sim_error){0};
    assert_int_equal(sim_parts_join(&bench.parts, impure, &bench.error), SIM_ERROR_MODEL);
    assert_non_null(strstr(bench.error.message, "slice-8-12.parts/rows-"));
    assert_non_null(strstr(bench.error.message, "impure.parts/rows-"));
    bench.error = (struct sim_error){0};
    snprintf(other, sizeof other, "%s/nowhere.parts", bench.directory);
    assert_int_equal(sim_parts_join(&bench.parts, other, &bench.error), SIM_ERROR_MISSING);
    parts_tear_down(&bench);
}

/* 300 logs, and no more than 100 files may be open. */
static int read_many(struct parts_bench *bench)
{
    const struct rlimit few = {100, 100};
    if (setrlimit(RLIMIT_NOFILE, &few) != 0)
        return 1;
    if (sim_parts_open(&bench->parts, bench->parts_path, &bench->shape, SIM_PARTS_READ, &bench->error) < 0)
        return 2;
    for (int32_t r = 0; r < 300; r++) {
        const struct sim_parts_row *row = sim_parts_find(&bench->parts, 0, 1, r);
        fake_row(&bench->output, 1, 0, 1, r, bench->row);
        sim_output_settle(&bench->output, bench->row);
        uint8_t *copy = malloc((size_t)bench->output.row_bytes);
        if (row == NULL || sim_parts_read(&bench->parts, row, 0, row->payload_bytes, copy, &bench->error) < 0)
            return 3;
        if (memcmp(copy, bench->row, (size_t)bench->output.row_bytes) != 0)
            return 4;
        free(copy);
    }
    sim_parts_close(&bench->parts);
    return 0;
}

static void test_more_logs_than_files_can_be_open_are_read(void **state)
{
    struct parts_bench bench;
    (void)state;
    parts_set_up(&bench);
    bench.shape.n_replicates = 300;
    for (int32_t r = 0; r < 300; r++) {
        check_ok(parts_open(&bench, r == 0 ? SIM_PARTS_CREATE : SIM_PARTS_RESUME), bench.error);
        check_ok(parts_append(&bench, 1, r, 0, 1), bench.error);
        sim_parts_close(&bench.parts);
    }
    assert_int_equal(parts_child(read_many, &bench), 0);
    parts_tear_down(&bench);
}

static void test_trimmed_batch_has_the_digest_of_one_of_that_size(void **state)
{
    char digests[2][SIM_DIGEST_TEXT];
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        struct parts_bench bench;
        parts_set_up(&bench);
        bench.shape.n_points = 2;
        bench.shape.n_replicates = turn == 0 ? 4 : 3;
        check_ok(parts_open(&bench, SIM_PARTS_CREATE), bench.error);
        for (int32_t point = 0; point < 2; point++)
            for (int32_t arm = 0; arm < 3; arm++)
                for (int32_t r = 0; r < bench.shape.n_replicates; r++) {
                    struct sim_parts_row row = {.point = point, .arm = arm, .replicate = r};
                    bool is_failed = r >= 2 && arm == 1;
                    row.status = is_failed ? SIM_ERROR_BOOKS : 0;
                    fake_row(&bench.output, 1, point, arm, r, bench.row);
                    check_ok(sim_parts_append(&bench.parts, &row, is_failed ? NULL : bench.row, &bench.error),
                        bench.error);
                }
        if (turn == 0) {
            assert_int_equal(bench.parts.n_failed, 4);
            sim_parts_trim(&bench.parts, 3);
        }
        assert_int_equal(bench.parts.n_rows, 18);
        assert_int_equal(bench.parts.n_present, 18);
        assert_int_equal(bench.parts.n_failed, 2);
        assert_null(sim_parts_find(&bench.parts, 0, 0, 3));
        assert_int_equal(sim_parts_find(&bench.parts, 1, 2, 2)->replicate, 2);
        sim_parts_digest(&bench.parts, digests[turn]);
        parts_tear_down(&bench);
    }
    assert_string_equal(digests[0], digests[1]);
}

static void test_directory_removed_under_way_is_an_error_at_the_next_row(void **state)
{
    struct parts_bench bench;
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        char moved[400], command[900];
        parts_set_up(&bench);
        check_ok(parts_open(&bench, SIM_PARTS_CREATE), bench.error);
        check_ok(parts_append(&bench, 0, 0, 0, 1), bench.error);
        check_ok(sim_parts_sync(&bench.parts, &bench.error), bench.error);
        snprintf(moved, sizeof moved, "%s/elsewhere", bench.directory);
        snprintf(command, sizeof command, "%s '%s' %s", turn == 0 ? "rm -rf" : "mv", bench.parts_path,
            turn == 0 ? "" : moved);
        assert_int_equal(system(command), 0);
        assert_int_equal(
            turn == 0 ? parts_append(&bench, 1, 0, 0, 1) : sim_parts_sync(&bench.parts, &bench.error),
            SIM_ERROR_IO);
        assert_non_null(strstr(bench.error.message, "has been removed or moved away"));
        assert_null(sim_parts_find(&bench.parts, 0, 1, 0));
        parts_tear_down(&bench);
    }
}

/* Files of at most 4 kB: what a quota or a full disk does to a log. */
static int run_out_of_space(struct parts_bench *bench)
{
    const struct rlimit small = {4096, 4096};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &small) != 0 ||
        sim_parts_open(&bench->parts, bench->parts_path, &bench->shape, SIM_PARTS_RESUME, &bench->error) < 0)
        return 1;
    int32_t r = 0;
    while (r < 4 && parts_append(bench, 0, r, 0, 1) == 0)
        r++;
    if (r == 4)
        r = 4 + (parts_append(bench, 1, 0, 0, 1) == 0) + (parts_append(bench, 1, 1, 0, 1) == 0);
    return bench->error.code == SIM_ERROR_IO && strstr(bench->error.message, "File too large") ? 10 + r : 2;
}

static void test_log_that_runs_out_of_space_ends_with_a_whole_row(void **state)
{
    struct parts_bench bench;
    (void)state;
    parts_set_up(&bench);
    assert_in_range(bench.output.row_bytes, 600, 4000);
    int status = parts_child(run_out_of_space, &bench);
    assert_in_range(status, 11, 15);
    check_ok(parts_open(&bench, SIM_PARTS_RESUME), bench.error);
    assert_int_equal(bench.parts.n_present, status - 10);
    assert_int_equal(bench.parts.n_dropped_bytes, 0);
    parts_tear_down(&bench);
}

/* As one who may not write there; root may everywhere. */
static int look_into_read_only(struct parts_bench *bench)
{
    if (geteuid() == 0 && setuid(65534) != 0)
        return 1;
    if (parts_open(bench, SIM_PARTS_READ) < 0 || bench->parts.n_present != 4)
        return 2;
    sim_parts_close(&bench->parts);
    static const enum sim_parts_mode modes[] = {SIM_PARTS_RESUME, SIM_PARTS_GROW, SIM_PARTS_SHARE};
    for (int i = 0; i < SIM_COUNT(modes); i++)
        if (parts_open(bench, modes[i]) != SIM_ERROR_IO ||
            strstr(bench->error.message, "cannot be written: Permission denied") == NULL)
            return 3 + i;
    return 0;
}

static void test_read_only_directory_can_be_read_and_says_so_when_written(void **state)
{
    struct parts_bench bench;
    char log[400], lock[400];
    (void)state;
    parts_set_up(&bench);
    parts_fill(&bench, log);
    snprintf(lock, sizeof lock, "%s/lock", bench.parts_path);
    chmod(bench.directory, 0755);
    chmod(lock, 0444);
    chmod(bench.parts_path, 0555);
    assert_int_equal(parts_child(look_into_read_only, &bench), 0);
    chmod(bench.parts_path, 0755);
    parts_tear_down(&bench);
}

static void test_removal_takes_the_checkpoints_too(void **state)
{
    struct parts_bench bench;
    struct sim_state some;
    char half[400];
    (void)state;
    parts_set_up(&bench);
    check_ok(parts_open(&bench, SIM_PARTS_CREATE), bench.error);
    sim_state_init(&some);
    check_ok(sim_state_put_mark(&some, "run", &bench.error), bench.error);
    check_ok(sim_checkpoint_write(bench.parts_path, sim_parts_identity(&bench.parts),
                 &(struct sim_checkpoint){.boundary = 86400}, &some, &bench.error),
        bench.error);
    sim_state_free(&some);
    snprintf(half, sizeof half, "%s/state-0-0-1-86400-node-7-1.ckpt.tmp-node-7-0", bench.parts_path);
    fclose(fopen(half, "w"));
    check_ok(sim_parts_remove(&bench.parts, &bench.error), bench.error);
    assert_false(sim_file_exists(bench.parts_path));
    parts_tear_down(&bench);
}

static void test_author_of_a_log_is_read_back(void **state)
{
    struct sim_frame_author author = {"node-7", 4711, 8, 1767225600, 1234.5}, back;
    char text[256];
    (void)state;
    sim_frame_author_text(&author, text);
    assert_true(sim_frame_author_parse(text, &back));
    assert_string_equal(back.host, "node-7");
    assert_int_equal(back.pid, 4711);
    assert_int_equal(back.n_threads, 8);
    assert_int_equal(back.unix_time, 1767225600);
    check_near(back.clock, 1234.5, 0, 0);
    assert_false(sim_frame_author_parse("host", &back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_that_share_write_two_logs_and_a_row_of_both_counts_once),
        cmocka_unit_test(test_a_directory_that_others_share_is_not_removed),
        cmocka_unit_test(test_lock_that_cannot_be_had_alone_stays_shared),
        cmocka_unit_test(test_of_two_batches_that_share_at_once_one_is_refused),
        cmocka_unit_test(test_lock_is_seen_and_names_its_holder),
        cmocka_unit_test(test_replicates_are_added_by_growing_alone_and_never_taken_away),
        cmocka_unit_test(test_identity_is_that_of_inputs_and_version_not_of_replicates),
        cmocka_unit_test(test_joined_directories_are_one_batch_and_foreign_ones_are_refused),
        cmocka_unit_test(test_more_logs_than_files_can_be_open_are_read),
        cmocka_unit_test(test_trimmed_batch_has_the_digest_of_one_of_that_size),
        cmocka_unit_test(test_directory_removed_under_way_is_an_error_at_the_next_row),
        cmocka_unit_test(test_log_that_runs_out_of_space_ends_with_a_whole_row),
        cmocka_unit_test(test_read_only_directory_can_be_read_and_says_so_when_written),
        cmocka_unit_test(test_removal_takes_the_checkpoints_too),
        cmocka_unit_test(test_author_of_a_log_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
