/* A checkpoint. First byte 0: the rest is the file, as it lies on the disk. Else a good state of a run of
 * scenarios/tiny is changed as the bytes say (length, then places and values), gets its right checksum, is
 * read and loaded into a run: behind the checksum stand the readers of the model. */
#include "tests/fuzz/fuzz.h"

#include "models/county/read.h"
#include "models/county/run.h"
#include "models/county/synthesis.h"
#include "sim/io/checkpoint.h"
#include "sim/scenario/unit.h"

static struct fuzz_folder folder;
static struct sim_arena arena;
static struct sim_diag diag;
static struct experiment experiment;
static struct scenario scenario;
static struct founders founders;
static struct sim_state good;
static const uint8_t identity[SIM_DIGEST_BYTES] = {1, 2, 3};
static struct sim_checkpoint what = {.name = "state-0-0-0-0-host-1-1.ckpt"};

static void clean_up(void)
{
    sim_checkpoint_remove(folder.path, 0, 0, 0);
    rmdir(folder.path);
    sim_state_free(&good);
    synthesis_free(&founders);
    sim_diag_free(&diag);
    sim_arena_free(&arena);
}

static void make_state(void)
{
    struct sim_error error = {0};
    struct county_overrides overrides = {.seed = -1};
    struct sim_units *units = sim_units_new(&error);
    struct sim_reader reader = {.units = units, .arena = &arena, .diag = &diag};
    if (units == NULL ||
        read_experiment(
            PAMIR_SOURCE_DIR "/scenarios/tiny/experiment.yaml", &overrides, &reader, &experiment) < 0 ||
        read_scenario(&experiment, experiment.n_arms - 1, &reader, &scenario, NULL) < 0 ||
        synthesis_make(&founders, &scenario, &error) < 0)
        fuzz_fail("no county");
    sim_units_free(units);
    struct county_run run = {0};
    if (county_run_init(&run, &scenario, &founders, 0, (struct county_run_options){.n_threads = 1}, &error) <
            0 ||
        county_run_until(&run, scenario.first_month + 18, &error) < 0 ||
        county_run_save(&run, &good, &error) < 0)
        fuzz_fail(error.message);
    county_run_free(&run);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_begin(&folder);
    sim_arena_init(&arena);
    sim_diag_init(&diag);
    sim_state_init(&good);
    make_state();
    atexit(clean_up);
    return 0;
}

static int read_back(struct sim_state *state)
{
    struct sim_error error = {0};
    int code = sim_checkpoint_read(folder.path, identity, &what, state, &error);
    fuzz_check(code, &error);
    return code;
}

static void load(struct sim_state *state)
{
    struct sim_error error = {0};
    struct county_run run = {0};
    struct county_run_options options = {.n_threads = 1, .is_empty = true};
    if (county_run_init(&run, &scenario, &founders, 0, options, &error) < 0)
        fuzz_fail(error.message);
    fuzz_check(county_run_load(&run, state, &error), &error);
    county_run_free(&run);
}

/* Each six bytes: a place (of three bytes, of the whole), how many bytes (0 to 7), and what they become. */
static void change(struct sim_state *state, const uint8_t *data, size_t size)
{
    for (; size >= 6 && state->n > 8; data += 6, size -= 6) {
        int64_t place = (data[0] | (int64_t)data[1] << 8 | (int64_t)data[2] << 16) % (state->n - 8);
        memset(state->bytes + place, data[4], data[3] & 7);
        state->bytes[place] ^= data[5];
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sim_error error = {0};
    struct sim_state state, back;
    if (size < 1)
        return 0;
    sim_state_init(&state);
    sim_state_init(&back);
    if (data[0] == 0) {
        fuzz_write(&folder, what.name, data + 1, size - 1);
        read_back(&back);
    } else if (size >= 4) {
        int64_t n =
            data[0] == 1 ? (data[1] | (int64_t)data[2] << 8 | (int64_t)data[3] << 16) % (good.n + 1) : good.n;
        if (sim_state_put(&state, good.bytes, n, &error) < 0)
            fuzz_fail(error.message);
        change(&state, data + 4, size - 4);
        struct sim_checkpoint *list = NULL;
        int32_t n_list = 0;
        struct sim_arena own;
        sim_arena_init(&own);
        if (sim_checkpoint_write(folder.path, identity, &what, &state, &error) < 0 ||
            sim_checkpoint_list(folder.path, &own, &list, &n_list, &error) < 0 || n_list < 1)
            fuzz_fail(error.message);
        struct sim_checkpoint file = list[0];
        sim_arena_free(&own);
        error = (struct sim_error){0};
        if (sim_checkpoint_read(folder.path, identity, &file, &back, &error) < 0)
            fuzz_fail(error.message);
        load(&back);
    }
    sim_checkpoint_remove(folder.path, 0, 0, 0);
    sim_state_free(&state);
    sim_state_free(&back);
    return 0;
}
