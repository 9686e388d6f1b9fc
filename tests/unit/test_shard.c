/* Shards: the slices of a batch. Every row in one slice, of any number of rows, arms and slices that is small
 * (exhaustive). */
#include "sim/hpc/shard.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"

static void test_parts_hold_every_row_once_and_differ_by_one_set_at_most(void **state)
{
    (void)state;
    for (int32_t n_arms = 1; n_arms <= 5; n_arms++)
        for (int64_t n_sets = 1; n_sets <= 12; n_sets++)
            for (int64_t n = 1; n <= n_arms * n_sets; n++) {
                int64_t at = 0, least = INT64_MAX, most = 0, unit = n <= n_sets ? n_arms : 1;
                for (int64_t k = 1; k <= n; k++) {
                    int64_t first, end;
                    sim_shard_part(n_arms * n_sets, n_arms, k, n, &first, &end);
                    assert_true(first == at && end > first && first % unit == 0);
                    at = end;
                    least = end - first < least ? end - first : least;
                    most = end - first > most ? end - first : most;
                }
                assert_true(at == n_arms * n_sets && most - least <= unit);
            }
}

static void test_slices_are_read_strictly(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int code;
        int64_t first, end;
    } cases[] = {{"0:28", 0, 0, 28}, {"7:8", 0, 7, 8}, {"1/4", 0, 0, 7}, {"4/4", 0, 21, 28},
        {"2/3", 0, 14, 21}, {"29/40", 0, 28, 28}, {"28/40", 0, 27, 28}, {"5:5", SIM_ERROR_INPUT, 0, 0},
        {"6:5", SIM_ERROR_INPUT, 0, 0}, {"0:29", SIM_ERROR_INPUT, 0, 0}, {"0/4", SIM_ERROR_INPUT, 0, 0},
        {"5/4", SIM_ERROR_INPUT, 0, 0}, {"", SIM_ERROR_INPUT, 0, 0}, {"3", SIM_ERROR_INPUT, 0, 0},
        {":3", SIM_ERROR_INPUT, 0, 0}, {"1:", SIM_ERROR_INPUT, 0, 0}, {" 1:2", SIM_ERROR_INPUT, 0, 0},
        {"1:2 ", SIM_ERROR_INPUT, 0, 0}, {"-1:2", SIM_ERROR_INPUT, 0, 0}, {"1:+2", SIM_ERROR_INPUT, 0, 0},
        {"1-2", SIM_ERROR_INPUT, 0, 0}, {"0:99999999999999999999", SIM_ERROR_INPUT, 0, 0}};
    for (int32_t i = 0; i < SIM_COUNT(cases); i++) {
        struct sim_error error = {0};
        int64_t first = -1, end = -1;
        int code = sim_shard_read(cases[i].text, 28, 7, &first, &end, &error);
        if (code != cases[i].code || (code == 0 && (first != cases[i].first || end != cases[i].end)))
            fail_msg("'%s': %d, %lld to %lld", cases[i].text, code, (long long)first, (long long)end);
        assert_true((code < 0) == (error.message[0] != '\0'));
    }
}

static void test_only_directories_called_as_slices_are_slices(void **state)
{
    (void)state;
    char folder[] = "/tmp/pamir-shard-XXXXXX", path[128];
    static const char *const names[] = {"slice-10-12.parts", "slice-2-10.parts", "slice-2-4.parts",
        "slice-02-4.parts", "slice-4-2.parts", "slice-1-2.parts.old", "slice--1-2.parts", "xslice-1-2.parts"};
    struct sim_arena arena;
    struct sim_error error = {0};
    struct sim_shard *found;
    int32_t n;
    assert_non_null(mkdtemp(folder));
    for (int32_t i = 0; i < SIM_COUNT(names); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        assert_int_equal(mkdir(path, 0777), 0);
    }
    sim_arena_init(&arena);
    check_ok(sim_shard_list(folder, &arena, &found, &n, &error), error);
    assert_int_equal(n, 3);
    assert_true(found[0].end == 4 && found[1].end == 10 && found[2].first == 10);
    assert_string_equal(found[2].path + strlen(folder), "/slice-10-12.parts");
    sim_arena_free(&arena);
    for (int32_t i = 0; i < SIM_COUNT(names); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        rmdir(path);
    }
    assert_int_equal(rmdir(folder), 0);
    sim_arena_init(&arena);
    assert_int_equal(sim_shard_list(folder, &arena, &found, &n, &error), SIM_ERROR_MISSING);
    sim_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_hold_every_row_once_and_differ_by_one_set_at_most),
        cmocka_unit_test(test_slices_are_read_strictly),
        cmocka_unit_test(test_only_directories_called_as_slices_are_slices),
    };
    return cmocka_run_group_tests_name("shard", tests, NULL, NULL);
}
