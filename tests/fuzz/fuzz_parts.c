/* A parts directory: its manifest and one log out of the fuzzer's hand. The first byte says what is made
 * right before it is read, so that the fuzzer gets behind the checksums: 1 the manifest's, 2 those of the
 * log's frames, 4 the manifest is the good one. Then two bytes of length, the manifest, the log. */
#include "tests/fuzz/fuzz.h"

#include "sim/io/frame.h"
#include "sim/io/manifest.h"
#include "sim/io/parts.h"

static struct fuzz_folder folder;
static struct sim_output output;
static struct sim_meta meta;
static struct sim_parts_shape shape;
static char *good;
static int64_t n_good;
static struct sim_arena arena;

static void clean_up(void)
{
    static const char *const names[] = {"manifest.txt", "rows-host-1-1.log"};
    char path[400];
    for (int i = 0; i < SIM_COUNT(names); i++) {
        fuzz_path(&folder, names[i], path);
        unlink(path);
    }
    rmdir(folder.path);
    sim_output_free(&output);
    sim_meta_free(&meta);
    sim_arena_free(&arena);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const arms[] = {"reference", "full"};
    struct sim_error error = {0};
    uint8_t identity[SIM_DIGEST_BYTES];
    (void)argc;
    (void)argv;
    fuzz_begin(&folder);
    sim_arena_init(&arena);
    sim_output_init(&output);
    sim_meta_init(&meta);
    struct sim_variable variable = {.group = "county", .name = "x", .type = SIM_F64, .unit = "1"};
    shape = (struct sim_parts_shape){.output = &output,
        .meta = &meta,
        .version = "1",
        .n_points = 1,
        .n_arms = 2,
        .n_replicates = 3,
        .arms = arms};
    if (sim_output_add_variable(&output, &variable, &error) < 0 ||
        sim_meta_set(&meta, SIM_META_INPUT, "experiment", "seed: 1\n", "", &error) < 0 ||
        sim_manifest_make(&shape, &arena, &good, &n_good, identity, &error) < 0)
        fuzz_fail(error.message);
    atexit(clean_up);
    return 0;
}

/* Ends the text with the checksum that it wants. */
static size_t mend_manifest(char *text, size_t n)
{
    uint8_t digest[SIM_DIGEST_BYTES];
    char hex[SIM_DIGEST_TEXT];
    sim_digest_bytes(text, (int64_t)n, digest);
    sim_digest_text(digest, hex);
    return n + (size_t)sprintf(text + n, "end %s\n", hex);
}

/* Gives every frame that has the form of one its checksum. */
static void mend_log(uint8_t *log, size_t n)
{
    struct sim_frame head;
    for (size_t at = 0; n - at >= sizeof head;) {
        memcpy(&head, log + at, sizeof head);
        int64_t all = sim_frame_bytes(&head, (int64_t)(n - at));
        if (all == 0)
            return;
        uint8_t row[SIM_DIGEST_BYTES], *message = log + at + sizeof head;
        char text[SIM_FRAME_MESSAGE + 1] = "";
        memcpy(text, message, (size_t)head.message_bytes);
        sim_frame_row_digest(head.point, head.arm, head.replicate, head.status, message + head.message_bytes,
            head.payload_bytes, row);
        sim_frame_sum(&head, text, row, log + at + all - SIM_DIGEST_BYTES);
        at += (size_t)all;
    }
}

static void read_all(void)
{
    char path[400];
    struct sim_error error = {0};
    struct sim_manifest manifest = {0};
    fuzz_path(&folder, "manifest.txt", path);
    fuzz_check(sim_manifest_read(path, &manifest, &error), &error);
    sim_manifest_free(&manifest);
    struct sim_parts parts = {0};
    error = (struct sim_error){0};
    int code = sim_parts_open(&parts, folder.path, &shape, SIM_PARTS_READ, &error);
    fuzz_check(code, &error);
    for (int64_t i = 0; code == 0 && i < parts.n_rows; i++) {
        const struct sim_parts_row *row = &parts.rows[i];
        double value;
        if (row->is_present && row->status == 0 && row->payload_bytes == (int64_t)sizeof value)
            fuzz_check(sim_parts_read(&parts, row, 0, sizeof value, &value, &error), &error);
    }
    sim_parts_close(&parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    size_t n = (size_t)data[1] | (size_t)data[2] << 8;
    size -= 3;
    n = n > size ? size : n;
    char *text = malloc(n + 200);
    size_t n_log = size - n;
    uint8_t *log = malloc(n_log + 1);
    memcpy(text, data + 3, n);
    memcpy(log, data + 3 + n, n_log);
    if (data[0] & 1)
        n = mend_manifest(text, n);
    if (data[0] & 2)
        mend_log(log, n_log);
    if (data[0] & 4)
        fuzz_write(&folder, "manifest.txt", good, (size_t)n_good);
    else
        fuzz_write(&folder, "manifest.txt", text, n);
    fuzz_write(&folder, "rows-host-1-1.log", log, n_log);
    free(text);
    free(log);
    read_all();
    return 0;
}
