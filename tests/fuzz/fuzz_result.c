/* A result file without a seal, as a program that rewrote it would leave it: a good one, changed as the bytes
 * say. HDF5 reads it in a child, which may crash or hang; this process must not, and must be told. */
#include "tests/fuzz/fuzz.h"

#include "sim/io/h5.h"
#include "sim/io/h5read.h"
#include "sim/io/provenance.h"
#include "sim/io/seal.h"

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5"; /* 1.10 loses a few objects when it opens and closes */
}

static struct fuzz_folder folder;
static uint8_t good[1 << 20];
static size_t n_good;

static void clean_up(void)
{
    char path[400];
    fuzz_path(&folder, "x.h5", path);
    unlink(path);
    rmdir(folder.path);
}

static void make_result(const char *path)
{
    static const char *const arms[] = {"reference", "full"};
    char parts_path[420];
    struct sim_error error = {0};
    struct sim_output output;
    struct sim_meta meta;
    struct sim_parts parts;
    sim_output_init(&output);
    sim_meta_init(&meta);
    struct sim_dimension year = {.name = "year", .length = 3, .values = (double[]){0, 1, 2}, .unit = "1"};
    struct sim_variable a = {.group = "county", .name = "a", .type = SIM_F64, .unit = "1", .n_dims = 1};
    struct sim_variable b = {.group = "county", .name = "b", .type = SIM_I32, .unit = "1"};
    struct sim_parts_shape shape = {.output = &output,
        .meta = &meta,
        .version = "1",
        .n_points = 1,
        .n_arms = 2,
        .n_replicates = 2,
        .arms = arms};
    snprintf(parts_path, sizeof parts_path, "%s.parts", path);
    if (sim_output_add_dimension(&output, &year, &error) < 0 ||
        sim_output_add_variable(&output, &a, &error) < 0 ||
        sim_output_add_variable(&output, &b, &error) < 0 ||
        sim_meta_set(&meta, SIM_META_INPUT, "experiment", "seed: 1\n", "as given", &error) < 0 ||
        sim_parts_open(&parts, parts_path, &shape, SIM_PARTS_CREATE, &error) < 0)
        fuzz_fail(error.message);
    uint8_t payload[64] = {0};
    for (int32_t i = 0; i < 3; i++) { /* one row is missing */
        struct sim_parts_row row = {.arm = i / 2, .replicate = i % 2, .message = ""};
        payload[0] = (uint8_t)i;
        if (sim_parts_append(&parts, &row, payload, &error) < 0)
            fuzz_fail(error.message);
    }
    if (sim_h5_write(path, &parts, &error) < 0 || sim_parts_remove(&parts, &error) < 0)
        fuzz_fail(error.message);
    sim_output_free(&output);
    sim_meta_free(&meta);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    char path[400];
    (void)argc;
    (void)argv;
    fuzz_begin(&folder);
    fuzz_path(&folder, "x.h5", path);
    make_result(path);
    atexit(clean_up);
    FILE *file = fopen(path, "rb");
    n_good = file == NULL ? 0 : fread(good, 1, sizeof good, file);
    if (n_good <= SIM_SEAL_BYTES || n_good == sizeof good)
        fuzz_fail("no result");
    fclose(file);
    n_good -= SIM_SEAL_BYTES;
    return 0;
}

/* Each five bytes: a place (of three bytes, of the whole), how many bytes (0 to 7), and what they become. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[1 << 20];
    char path[400];
    struct sim_h5_report report;
    struct sim_error error = {0};
    if (size < 5)
        return 0;
    memcpy(bytes, good, n_good);
    for (; size >= 5; data += 5, size -= 5) {
        size_t place = (data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16) % (n_good - 8);
        memset(bytes + place, data[4], (data[3] & 7) + 1);
    }
    fuzz_write(&folder, "x.h5", bytes, n_good);
    fuzz_path(&folder, "x.h5", path);
    fuzz_check(sim_h5_verify(path, &report, &error), &error);
    struct sim_h5_file file;
    error = (struct sim_error){0};
    fuzz_check(sim_h5_open(&file, path, &error), &error);
    sim_h5_close(&file);
    return 0;
}
