/* ctest: slow. Rung: definition. What does not fit the writer's memory at a time is written in pieces, and is
 * the same file. */
#include "sim/io/h5.h"
#include "tests/support/fake_batch.h"

enum { VALUES = 131072, REPLICATES = 66 }; /* 1 MB of each variable in a row; 64 of them at a time */

static void test_arm_larger_than_the_memory_is_written_in_pieces_and_read_back(void **state)
{
    char directory[256], parts_path[300], path[300], digest[SIM_DIGEST_TEXT];
    struct sim_error error = {0};
    struct sim_output output;
    struct sim_meta meta;
    struct sim_parts parts;
    struct sim_h5_report report;
    (void)state;
    fake_directory(directory);
    snprintf(parts_path, sizeof parts_path, "%s/out.h5.parts", directory);
    snprintf(path, sizeof path, "%s/out.h5", directory);
    sim_output_init(&output);
    struct sim_dimension dimension = {.name = "cell", .length = VALUES};
    struct sim_variable rough = {"land", "rough", SIM_F64, "1", "no two alike", "", {0}, 1, 0, 0};
    struct sim_variable smooth = {"land", "smooth", SIM_F64, "1", "mostly alike", "", {0}, 1, 0, 0};
    assert_int_equal(sim_output_add_dimension(&output, &dimension, &error), 0);
    assert_int_equal(sim_output_add_variable(&output, &rough, &error), 0);
    assert_int_equal(sim_output_add_variable(&output, &smooth, &error), 1);
    fake_meta(&meta, "seed: 1\n");
    struct sim_parts_shape shape = {&output, &meta, "0.1.0+abc", 1, 1, REPLICATES, fake_arms};
    check_ok(sim_parts_open(&parts, parts_path, &shape, SIM_PARTS_CREATE, &error), error);
    double *row = malloc((size_t)output.row_bytes);
    for (int32_t r = 0; r < REPLICATES; r++) {
        for (int64_t i = 0; i < VALUES; i++) {
            row[i] = (double)sim_key_make(7, (uint64_t)r, (uint64_t)i);
            row[VALUES + i] = r + (double)(i / 1000);
        }
        struct sim_parts_row entry = {.replicate = r};
        if (r != 65) /* and the last one failed */
            check_ok(sim_parts_append(&parts, &entry, row, &error), error);
    }
    free(row);
    struct sim_parts_row failed = {.replicate = 65, .status = SIM_ERROR_BOOKS, .message = "it owes"};
    check_ok(sim_parts_append(&parts, &failed, NULL, &error), error);
    check_ok(sim_h5_write(path, &parts, &error), error);
    check_ok(sim_h5_verify(path, &report, &error), error);
    sim_parts_digest(&parts, digest);
    assert_string_equal(report.digest, digest);
    assert_int_equal(report.n_failed, 1);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_in_range(status.st_size, 66 << 20, 72 << 20); /* the smooth one takes next to nothing */
    sim_parts_close(&parts);
    sim_output_free(&output);
    sim_meta_free(&meta);
    fake_remove(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arm_larger_than_the_memory_is_written_in_pieces_and_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
