/* Rung: definition (what is written is read back), and damage of every kind, each of which must be found.
 *
 * `test_h5 --write DIRECTORY` writes complete.h5, failed.h5 and sweep.h5 there, for tests/io/test_xarray.py.
 */
#include "sim/io/h5.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <hdf5.h>

#include "sim/io/h5read.h"
#include "sim/io/seal.h"
#include "tests/support/fake_batch.h"

/* HDF5 1.10 loses a few object headers when it meets a damaged chunk; not ours to mend. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5";
}

struct bench {
    char directory[256], path[300];
    struct sim_batch_result result;
    struct sim_error error;
};

enum kind { COMPLETE, FAILED, SWEEP };

static void write_file(const char *path, enum kind kind, struct sim_batch_result *result)
{
    struct fake_model model;
    struct sim_meta meta;
    struct sim_error error = {0};
    fake_init(&model);
    fake_meta(&meta, "seed: 2022\nname: 塔什库尔干\n");
    struct sim_batch_options options = fake_options(path, &meta);
    struct sim_batch_model batch = fake_batch_model(&model);
    options.overwrite = true;
    if (kind == FAILED) {
        model.fail_arm = model.fail_replicate = 1;
        model.fail_code = SIM_ERROR_BOOKS;
    }
    if (kind == SWEEP)
        options.n_points = 2;
    check_ok(sim_batch_run(&batch, &options, result, &error), error);
    sim_meta_free(&meta);
    fake_free(&model);
}

static void set_up(struct bench *self, enum kind kind)
{
    *self = (struct bench){0};
    fake_directory(self->directory);
    snprintf(self->path, sizeof self->path, "%s/out.h5", self->directory);
    write_file(self->path, kind, &self->result);
}

static void tear_down(struct bench *self)
{
    fake_remove(self->directory);
}

static int verify(struct bench *self)
{
    struct sim_h5_report report;
    self->error = (struct sim_error){0};
    return sim_h5_verify(self->path, &report, &self->error);
}

static void test_every_kind_of_file_verifies(void **state)
{
    (void)state;
    for (int kind = COMPLETE; kind <= SWEEP; kind++) {
        struct bench bench;
        struct sim_h5_report report;
        char digest[SIM_DIGEST_TEXT];
        set_up(&bench, (enum kind)kind);
        check_ok(sim_h5_verify(bench.path, &report, &bench.error), bench.error);
        assert_string_equal(report.digest, bench.result.digest);
        check_ok(sim_h5_digest(bench.path, digest, &bench.error), bench.error);
        assert_string_equal(digest, bench.result.digest);
        assert_int_equal(report.n_points, kind == SWEEP ? 2 : 1);
        assert_int_equal(report.n_failed, kind == FAILED);
        tear_down(&bench);
    }
}

static void test_variables_are_read_back_exactly(void **state)
{
    struct bench bench;
    struct sim_h5_file file;
    struct sim_h5_array array;
    struct sim_output output;
    (void)state;
    set_up(&bench, COMPLETE);
    fake_output(&output);
    void *row = calloc(1, (size_t)output.row_bytes);
    check_ok(sim_h5_open(&file, bench.path, &bench.error), bench.error);
    for (int32_t v = 0; v < output.n_variables; v++) {
        const struct sim_variable *variable = &output.variables[v];
        check_ok(sim_h5_read(&file, variable->group, variable->name, &array, &bench.error), bench.error);
        assert_int_equal(array.n_dims, 2 + variable->n_dims);
        assert_string_equal(array.dims[0], "arm");
        assert_string_equal(array.dims[1], "replicate");
        for (int i = 0; i < variable->n_dims; i++)
            assert_string_equal(array.dims[2 + i], output.dimensions[variable->dims[i]].name);
        assert_string_equal(array.unit, variable->unit);
        assert_string_equal(array.sentence, variable->sentence);
        assert_string_equal(array.moment, variable->tag);
        for (int32_t a = 0; a < 3; a++)
            for (int32_t r = 0; r < 4; r++) {
                fake_row(&output, 2022, 0, a, r, row);
                const uint8_t *at = sim_output_at(&output, v, row);
                for (int64_t i = 0; i < variable->n_values; i++) {
                    double expected = 0, got = array.numbers[(a * 4 + r) * variable->n_values + i];
                    int64_t integer = 0;
                    memcpy(&integer, at + i * sim_type_bytes(variable->type),
                        (size_t)sim_type_bytes(variable->type));
                    switch (variable->type) {
                    case SIM_F64:
                        memcpy(&expected, &integer, 8);
                        break;
                    case SIM_F32: {
                        float single;
                        memcpy(&single, &integer, 4);
                        expected = (double)single;
                        break;
                    }
                    case SIM_I8:
                        expected = (int8_t)integer;
                        break;
                    case SIM_I16:
                        expected = (int16_t)integer;
                        break;
                    case SIM_I32:
                        expected = (int32_t)integer;
                        break;
                    case SIM_U64:
                        expected = (double)(uint64_t)integer;
                        break;
                    default:
                        expected = (double)integer;
                        break;
                    }
                    assert_true(got == expected || (isnan(got) && isnan(expected)));
                }
            }
        sim_h5_array_free(&array);
    }
    free(row);
    sim_h5_close(&file);
    sim_output_free(&output);
    tear_down(&bench);
}

static void test_reader_lists_groups_variables_coordinates_and_texts(void **state)
{
    struct bench bench;
    struct sim_h5_file file;
    struct sim_h5_names names;
    struct sim_h5_array array;
    const char *text;
    (void)state;
    set_up(&bench, COMPLETE);
    check_ok(sim_h5_open(&file, bench.path, &bench.error), bench.error);
    check_ok(sim_h5_list_groups(&file, &names, &bench.error), bench.error);
    static const char *const groups[] = {"county", "village", "panel", "claim", "meta"};
    assert_int_equal(names.n, SIM_COUNT(groups));
    for (int32_t i = 0; i < names.n; i++)
        assert_string_equal(names.names[i], groups[i]);
    check_ok(sim_h5_list_variables(&file, "village", false, &names, &bench.error), bench.error);
    static const char *const variables[] = {"herd", "key", "flag"};
    assert_int_equal(names.n, 3);
    for (int32_t i = 0; i < 3; i++)
        assert_string_equal(names.names[i], variables[i]);
    check_ok(sim_h5_list_variables(&file, "village", true, &names, &bench.error), bench.error);
    static const char *const coordinates[] = {"arm", "replicate", "village", "year"};
    assert_int_equal(names.n, 4);
    for (int32_t i = 0; i < 4; i++)
        assert_string_equal(names.names[i], coordinates[i]);
    check_ok(sim_h5_read(&file, "village", "village", &array, &bench.error), bench.error);
    assert_string_equal(array.texts[1], "瓦恰");
    assert_string_equal(array.dims[0], "village");
    sim_h5_array_free(&array);
    check_ok(sim_h5_read(&file, "county", "arm", &array, &bench.error), bench.error);
    assert_string_equal(array.texts[2], "牦牛 yak");
    sim_h5_array_free(&array);
    check_ok(sim_h5_read(&file, "claim", "published", &array, &bench.error), bench.error);
    check_near(array.numbers[0], 10842.5, 0, 0);
    assert_true(isnan(array.numbers[1]));
    sim_h5_array_free(&array);
    check_ok(sim_h5_read_text(&file, "experiment", &text, &bench.error), bench.error);
    assert_string_equal(text, "seed: 2022\nname: 塔什库尔干\n");
    check_ok(sim_h5_read_text(&file, "nothing", &text, &bench.error), bench.error);
    assert_null(text);
    check_ok(sim_h5_read_attribute(&file, "", "", "Conventions", &text, &bench.error), bench.error);
    assert_string_equal(text, "CF-1.8");
    check_ok(sim_h5_read_attribute(&file, "county", "month", "calendar", &text, &bench.error), bench.error);
    assert_string_equal(text, "standard");
    check_ok(sim_h5_read_attribute(&file, "county", "month", "nothing", &text, &bench.error), bench.error);
    assert_string_equal(text, "");
    assert_int_equal(sim_h5_read(&file, "county", "nothing", &array, &bench.error), SIM_ERROR_MISSING);
    sim_h5_close(&file);
    sim_h5_close(&file);
    tear_down(&bench);
}

static void test_what_is_no_result_file_is_an_error_with_its_name(void **state)
{
    struct bench bench;
    struct sim_h5_file file;
    (void)state;
    set_up(&bench, COMPLETE);
    struct sim_error error = {0};
    assert_int_equal(sim_h5_open(&file, "/nowhere/x.h5", &error), SIM_ERROR_MISSING);
    error = (struct sim_error){0};
    assert_int_equal(sim_h5_open(&file, bench.directory, &error), SIM_ERROR_IO);
    FILE *out = fopen(bench.path, "w");
    fputs("this is no HDF5\n", out);
    fclose(out);
    assert_int_equal(verify(&bench), SIM_ERROR_FORMAT);
    assert_non_null(strstr(bench.error.message, bench.path));
    tear_down(&bench);
}

/* Changes one value, text or attribute through HDF5 itself, so that the file stays a good HDF5 file. */
static void change_value(const char *path, const char *name)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), dataset = H5Dopen2(file, name, H5P_DEFAULT);
    hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    hsize_t n = (hsize_t)H5Sget_simple_extent_npoints(space);
    assert_true(n > 0);
    if (H5Tget_class(type) == H5T_STRING) {
        char **texts = calloc(n, sizeof *texts), other[] = "other";
        assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0);
        char *old = texts[n - 1];
        texts[n - 1] = other;
        assert_true(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0);
        texts[n - 1] = old;
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts);
        free(texts);
    } else {
        size_t bytes = H5Tget_size(type);
        uint8_t *values = calloc(n, bytes);
        assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
        values[(n - 1) * bytes] ^= 1; /* the last bit of the last value */
        assert_true(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
        free(values);
    }
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(dataset);
    H5Fclose(file);
}

static void test_one_changed_bit_of_any_variable_is_found(void **state)
{
    static const char *const names[] = {"county/income", "county/jobs", "county/cash", "county/gini",
        "village/herd", "village/key", "village/flag", "panel/consumption", "panel/steps"};
    (void)state;
    for (int i = 0; i < SIM_COUNT(names); i++) {
        struct bench bench;
        set_up(&bench, COMPLETE);
        change_value(bench.path, names[i]);
        assert_int_equal(verify(&bench), SIM_ERROR_FORMAT);
        assert_non_null(strstr(bench.error.message, "arm '牦牛 yak', replicate 4"));
        tear_down(&bench);
    }
}

static void test_changed_coordinates_constants_statuses_digests_and_texts_are_found(void **state)
{
    static const char *const names[] = {"county/month", "panel/month", "village/village", "panel/village",
        "village/year", "county/arm", "village/replicate", "claim/claim", "claim/source", "meta/row_status",
        "meta/row_digest", "meta/digest", "meta/arm", "meta/experiment", "meta/command"};
    (void)state;
    for (int i = 0; i < SIM_COUNT(names); i++) {
        struct bench bench;
        set_up(&bench, COMPLETE);
        change_value(bench.path, names[i]);
        if (verify(&bench) != SIM_ERROR_FORMAT)
            fail_msg("a change of %s is not found", names[i]);
        tear_down(&bench);
    }
}

static void test_changed_unit_sentence_tag_or_order_is_found(void **state)
{
    static const char *const attributes[] = {"units", "long_name", "moment", "row_order"};
    (void)state;
    for (int i = 0; i < SIM_COUNT(attributes); i++) {
        struct bench bench;
        set_up(&bench, COMPLETE);
        hid_t file = H5Fopen(bench.path, H5F_ACC_RDWR, H5P_DEFAULT);
        hid_t dataset = H5Dopen2(file, "county/income", H5P_DEFAULT);
        hid_t attribute = H5Aopen(dataset, attributes[i], H5P_DEFAULT), type = H5Aget_type(attribute);
        char value[200] = "x";
        if (i == 3)
            memcpy(value, &(int32_t){3}, 4);
        assert_true(H5Awrite(attribute, type, value) >= 0);
        H5Tclose(type);
        H5Aclose(attribute);
        H5Dclose(dataset);
        H5Fclose(file);
        assert_int_equal(verify(&bench), SIM_ERROR_FORMAT);
        tear_down(&bench);
    }
}

static void test_removed_variable_is_found(void **state)
{
    static const char *const names[] = {"county/jobs", "panel/steps", "claim/published", "claim"};
    (void)state;
    for (int i = 0; i < SIM_COUNT(names); i++) {
        struct bench bench;
        set_up(&bench, COMPLETE);
        hid_t file = H5Fopen(bench.path, H5F_ACC_RDWR, H5P_DEFAULT);
        assert_true(H5Ldelete(file, names[i], H5P_DEFAULT) >= 0);
        H5Fclose(file);
        assert_int_equal(verify(&bench), SIM_ERROR_FORMAT);
        tear_down(&bench);
    }
}

static void test_value_in_a_failed_row_is_found(void **state)
{
    static const char *const names[] = {"county/jobs", "county/cash", "county/gini"};
    (void)state;
    for (int i = 0; i < SIM_COUNT(names); i++) {
        struct bench bench;
        set_up(&bench, FAILED);
        check_ok(verify(&bench), bench.error);
        hid_t file = H5Fopen(bench.path, H5F_ACC_RDWR, H5P_DEFAULT),
              dataset = H5Dopen2(file, names[i], H5P_DEFAULT);
        hid_t space = H5Dget_space(dataset), one = H5Screate(H5S_SCALAR);
        hsize_t start[3] = {1, 1, 0}, count[3] = {1, 1, 1};
        double value = 42;
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
        assert_true(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, one, space, H5P_DEFAULT, &value) >= 0);
        H5Sclose(one);
        H5Sclose(space);
        H5Dclose(dataset);
        H5Fclose(file);
        assert_int_equal(verify(&bench), SIM_ERROR_FORMAT);
        assert_non_null(strstr(bench.error.message, "failed or is missing"));
        tear_down(&bench);
    }
}

static void read_whole(const char *path, uint8_t **bytes, long *n)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *n = ftell(file);
    rewind(file);
    *bytes = malloc((size_t)*n);
    assert_int_equal(fread(*bytes, 1, (size_t)*n, file), *n);
    fclose(file);
}

static void write_whole(const char *path, const uint8_t *bytes, long n)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, (size_t)n, file), n);
    fclose(file);
}

/* Reads the file without its seal, so that the checks behind it are put to the test. */
static void read_unsealed(struct bench *self, uint8_t **bytes, long *n)
{
    read_whole(self->path, bytes, n);
    *n -= SIM_SEAL_BYTES;
    assert_memory_equal(*bytes + *n, "PAMIRSHA", 8);
}

/* Verifies in a child, so that a crash inside HDF5 is seen as one: 0 good, 1 found, 2 crashed. */
static int verify_in_child(struct bench *bench)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        alarm(20);
        _exit(verify(bench) == 0 ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status))
        print_error("the reader ended by signal %d\n", WTERMSIG(status));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

/* Where the first bytes of a dataset lie in the file, and how many they are. */
static void find_bytes(const char *path, const char *name, haddr_t *address, hsize_t *size)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), dataset = H5Dopen2(file, name, H5P_DEFAULT);
    hid_t plist = H5Dget_create_plist(dataset);
    if (H5Pget_layout(plist) == H5D_CHUNKED) {
        hsize_t offset[5];
        unsigned mask;
        hid_t space = H5Dget_space(dataset);
        assert_true(H5Dget_chunk_info(dataset, space, 0, offset, &mask, address, size) >= 0);
        H5Sclose(space);
    } else {
        *address = H5Dget_offset(dataset);
        *size = H5Dget_storage_size(dataset);
    }
    H5Pclose(plist);
    H5Dclose(dataset);
    H5Fclose(file);
}

/* Flips a bit of the file, which must be found, and flips it back. */
static void flip_one(struct bench *bench, const char *name, uint8_t *bytes, long n, haddr_t at)
{
    bytes[at] ^= 0x10;
    write_whole(bench->path, bytes, n);
    bytes[at] ^= 0x10;
    if (verify(bench) != SIM_ERROR_FORMAT)
        fail_msg("a flipped byte of %s is not found", name);
    write_whole(bench->path, bytes, n);
}

static void test_one_flipped_byte_in_the_stored_data_is_found(void **state)
{
    static const char *const names[] = {"county/income", "county/jobs", "county/cash", "county/gini",
        "village/herd", "village/key", "village/flag", "panel/consumption", "panel/steps"};
    struct bench bench;
    uint8_t *bytes;
    long n;
    (void)state;
    set_up(&bench, COMPLETE);
    read_unsealed(&bench, &bytes, &n);
    for (int i = 0; i < SIM_COUNT(names); i++) {
        haddr_t address;
        hsize_t size;
        find_bytes(bench.path, names[i], &address, &size);
        flip_one(&bench, names[i], bytes, n, address);
        flip_one(&bench, names[i], bytes, n, address + size / 2);
        flip_one(&bench, names[i], bytes, n, address + size - 1);
    }
    free(bytes);
    tear_down(&bench);
}

/* The next place of a text among bytes that may hold zeros, or NULL. */
static uint8_t *find_text(uint8_t *at, uint8_t *end, const char *text)
{
    size_t length = strlen(text);
    for (; (size_t)(end - at) >= length; at++)
        if (memcmp(at, text, length) == 0)
            return at;
    return NULL;
}

static void test_flipped_byte_in_every_text_is_found(void **state)
{
    static const char *const texts[] = {"Dafdar", "all programs", "例.example", "net disposable income",
        "people at work", "CNY/person/year", "published claim", "塔什库尔干\n", "emergent",
        "days since 2015"};
    struct bench bench;
    uint8_t *bytes;
    long n;
    (void)state;
    set_up(&bench, COMPLETE);
    read_unsealed(&bench, &bytes, &n);
    for (int i = 0; i < SIM_COUNT(texts); i++) {
        int n_found = 0;
        size_t length = strlen(texts[i]);
        for (uint8_t *at = bytes; (at = find_text(at, bytes + n, texts[i])) != NULL; at++) {
            n_found++;
            at[length - 1] ^= 1;
            write_whole(bench.path, bytes, n);
            at[length - 1] ^= 1;
            if (verify(&bench) != SIM_ERROR_FORMAT)
                fail_msg("a flipped byte of '%s' is not found", texts[i]);
        }
        assert_true(n_found > 0);
    }
    free(bytes);
    tear_down(&bench);
}

static void test_one_flipped_bit_anywhere_is_found_before_hdf5_can_crash_on_it(void **state)
{
    enum { N_FLIPS = 400, N_CUTS = 20 };
    struct bench bench;
    uint8_t *bytes;
    long n;
    (void)state;
    set_up(&bench, FAILED);
    read_whole(bench.path, &bytes, &n);
    for (int i = 0; i < N_FLIPS; i++) {
        uint64_t x = sim_key_mix((uint64_t)i + 77);
        long at = (long)(x % (uint64_t)(n - SIM_SEAL_BYTES));
        uint8_t old = bytes[at];
        bytes[at] ^= (uint8_t)(1u << (x >> 60 & 7));
        write_whole(bench.path, bytes, n);
        bytes[at] = old;
        assert_int_equal(verify(&bench), SIM_ERROR_FORMAT);
    }
    /* In the seal itself: a wrong hash or length is found; a wrong magic is no seal, and the values are still
     * good. */
    for (long at = n - SIM_SEAL_BYTES; at < n; at++) {
        bytes[at] ^= 4;
        write_whole(bench.path, bytes, n);
        bytes[at] ^= 4;
        assert_int_equal(verify(&bench), at < n - SIM_SEAL_BYTES + 8 ? 0 : SIM_ERROR_FORMAT);
    }
    for (int i = 0; i < N_CUTS; i++) {
        write_whole(bench.path, bytes, n * i / N_CUTS);
        if (verify_in_child(&bench) != 1)
            fail_msg("a file cut after %ld of %ld bytes is not found", n * i / N_CUTS, n);
    }
    free(bytes);
    tear_down(&bench);
}

static void test_file_that_another_program_wrote_to_is_not_sealed_but_verified(void **state)
{
    struct bench bench;
    struct sim_h5_report report;
    (void)state;
    set_up(&bench, COMPLETE);
    check_ok(sim_h5_verify(bench.path, &report, &bench.error), bench.error);
    assert_true(report.is_sealed);
    hid_t file = H5Fopen(bench.path, H5F_ACC_RDWR, H5P_DEFAULT), space = H5Screate(H5S_SCALAR);
    hid_t note = H5Acreate2(file, "note", H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(note, H5T_NATIVE_INT, &(int){1}) >= 0);
    H5Aclose(note);
    H5Sclose(space);
    H5Fclose(file);
    check_ok(sim_h5_verify(bench.path, &report, &bench.error), bench.error);
    assert_false(report.is_sealed);
    assert_string_equal(report.digest, bench.result.digest);
    tear_down(&bench);
}

/* Of two variables the second is a long row of one number, but for its start. */
static int run_half_still(void *user, const struct sim_batch_span *span, struct sim_error *error)
{
    struct fake_model *self = user;
    int code = fake_run_span(user, span, error);
    memset((float *)sim_output_at(&self->output, 1, span->row) + 1000, 0,
        ((size_t)self->output.variables[1].n_values - 1000) * sizeof(float));
    return code;
}

static H5D_layout_t layout_of(const char *path, const char *name, hsize_t chunk[3])
{
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), dataset = H5Dopen2(file, name, H5P_DEFAULT);
    hid_t plist = H5Dget_create_plist(dataset);
    H5D_layout_t layout = H5Pget_layout(plist);
    if (layout == H5D_CHUNKED)
        assert_int_equal(H5Pget_chunk(plist, 3, chunk), 3);
    H5Pclose(plist);
    H5Dclose(dataset);
    H5Fclose(file);
    return layout;
}

static void test_what_repeats_itself_is_deflated_in_chunks_and_all_else_lies_as_it_is(void **state)
{
    struct bench bench;
    struct sim_output output;
    struct sim_error error = {0};
    (void)state;
    set_up(&bench, COMPLETE);
    /* 300,000 values a row: more than a chunk takes. */
    sim_output_init(&output);
    struct sim_dimension dimension = {.name = "household", .length = 300000};
    assert_int_equal(sim_output_add_dimension(&output, &dimension, &error), 0);
    struct sim_variable variable = {.group = "panel", .name = "x", .type = SIM_F32, .unit = "1", .n_dims = 1};
    assert_int_equal(sim_output_add_variable(&output, &variable, &error), 0);
    variable.name = "still";
    assert_int_equal(sim_output_add_variable(&output, &variable, &error), 1);
    struct sim_meta meta;
    fake_meta(&meta, "big");
    struct fake_model model = {.output = output, .fail_arm = -1, .stop_after = -1};
    /* fake_row marks the first variable's first value as not defined, as a double; here two floats: still a
     * value. */
    struct sim_batch_options options = fake_options(bench.path, &meta);
    struct sim_batch_model batch = fake_batch_model(&model);
    batch.run_span = run_half_still;
    options.overwrite = true;
    options.n_replicates = 2;
    check_ok(sim_batch_run(&batch, &options, &bench.result, &error), error);
    assert_int_equal(verify(&bench), 0);
    haddr_t address;
    hsize_t chunk[3], size;
    assert_int_equal(layout_of(bench.path, "panel/x", chunk), H5D_CONTIGUOUS);
    assert_int_equal(layout_of(bench.path, "panel/still", chunk), H5D_CHUNKED);
    assert_in_range(chunk[0] * chunk[1] * chunk[2], 65536, 262144);
    find_bytes(bench.path, "panel/still", &address, &size);
    assert_in_range(size, 1, 262144);
    uint8_t *bytes;
    long n;
    read_unsealed(&bench, &bytes, &n);
    /* Among the numbers that differ: beyond the head of the deflate block and before the long run, some of
     * whose bits mean nothing. */
    flip_one(&bench, "panel/still", bytes, n, address + 600);
    free(bytes);
    sim_meta_free(&meta);
    sim_output_free(&output);
    tear_down(&bench);
}

static void test_disk_that_fills_up_leaves_an_error_and_no_file(void **state)
{
    struct bench bench;
    (void)state;
    set_up(&bench, COMPLETE);
    /* A limit on file sizes in a child stands for the full disk: writes beyond it fail in the same way. */
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit = {6000, 6000}; /* rows pass, the result does not */
        struct sim_batch_result result;
        struct sim_error error = {0};
        struct fake_model model;
        struct sim_meta meta;
        char path[320], parts[340];
        signal(SIGXFSZ, SIG_IGN);
        snprintf(path, sizeof path, "%s/full.h5", bench.directory);
        snprintf(parts, sizeof parts, "%s.parts", path);
        fake_init(&model);
        fake_meta(&meta, "full");
        struct sim_batch_options options = fake_options(path, &meta);
        struct sim_batch_model batch = fake_batch_model(&model);
        options.n_replicates = 1;
        options.n_threads = 1; /* the OpenMP threads of the parent do not live here */
        alarm(20);
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
            _exit(2);
        int code = sim_batch_run(&batch, &options, &result, &error);
        if (code != SIM_ERROR_IO || access(path, F_OK) == 0 || access(parts, F_OK) != 0)
            _exit(3);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    char command[400];
    snprintf(command, sizeof command, "test -z \"$(ls '%s' | grep tmp)\"", bench.directory);
    assert_int_equal(system(command), 0);
    tear_down(&bench);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--write") == 0) {
        static const char *const names[] = {"complete.h5", "failed.h5", "sweep.h5"};
        for (int i = 0; i < 3; i++) {
            struct sim_batch_result result;
            char path[1000];
            snprintf(path, sizeof path, "%s/%s", argv[2], names[i]);
            write_file(path, (enum kind)i, &result);
        }
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_of_file_verifies),
        cmocka_unit_test(test_variables_are_read_back_exactly),
        cmocka_unit_test(test_reader_lists_groups_variables_coordinates_and_texts),
        cmocka_unit_test(test_what_is_no_result_file_is_an_error_with_its_name),
        cmocka_unit_test(test_one_changed_bit_of_any_variable_is_found),
        cmocka_unit_test(test_changed_coordinates_constants_statuses_digests_and_texts_are_found),
        cmocka_unit_test(test_changed_unit_sentence_tag_or_order_is_found),
        cmocka_unit_test(test_removed_variable_is_found),
        cmocka_unit_test(test_value_in_a_failed_row_is_found),
        cmocka_unit_test(test_one_flipped_byte_in_the_stored_data_is_found),
        cmocka_unit_test(test_flipped_byte_in_every_text_is_found),
        cmocka_unit_test(test_one_flipped_bit_anywhere_is_found_before_hdf5_can_crash_on_it),
        cmocka_unit_test(test_file_that_another_program_wrote_to_is_not_sealed_but_verified),
        cmocka_unit_test(test_what_repeats_itself_is_deflated_in_chunks_and_all_else_lies_as_it_is),
        cmocka_unit_test(test_disk_that_fills_up_leaves_an_error_and_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
