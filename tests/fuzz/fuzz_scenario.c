/* A scenario with one file out of the fuzzer's hand: the first byte says which (1 the experiment, 2 the
 * county, 3 a program, else an override --set), the rest is the file. Loaded and checked as `pamir check`
 * does it; nothing is run. */
#include "tests/fuzz/fuzz.h"

#include "models/county/study.h"
#include "sim/scenario/diag.h"

static struct fuzz_folder folder;
static const char *const names[] = {
    "experiment.yaml", "county.yaml", "yak.yaml", "land.yaml", "cattle.yaml", "none.yaml", "placebo.yaml"};

static void copy(const char *name)
{
    char path[500];
    snprintf(path, sizeof path, PAMIR_SOURCE_DIR "/scenarios/tiny/%s", name);
    fuzz_copy(&folder, path, name);
}

static void clean_up(void)
{
    char path[400];
    for (int i = 0; i < SIM_COUNT(names); i++) {
        fuzz_path(&folder, names[i], path);
        unlink(path);
    }
    rmdir(folder.path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_begin(&folder);
    atexit(clean_up);
    for (int i = 0; i < SIM_COUNT(names); i++)
        copy(names[i]);
    return 0;
}

static void load(const struct county_overrides *overrides)
{
    char path[400], *text = NULL;
    size_t n = 0;
    struct sim_diag diag;
    struct sim_error error = {0};
    struct county_study *study = NULL;
    fuzz_path(&folder, "experiment.yaml", path);
    sim_diag_init(&diag);
    int code = county_study_load(path, overrides, &diag, &study, &error);
    if (code > 0 || (code < 0 && diag.n_errors == 0 && error.message[0] == 0))
        fuzz_fail("a scenario is refused and nothing is said");
    if (code == 0 && diag.n_errors > 0)
        fuzz_fail("a scenario with errors is taken");
    FILE *out = open_memstream(&text, &n);
    sim_diag_print(&diag, out);
    fclose(out);
    free(text);
    county_study_free(study);
    sim_diag_free(&diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct county_overrides overrides = {.seed = -1};
    if (size < 2)
        return 0;
    int which = data[0] - '1';
    if (which >= 0 && which < 3) {
        fuzz_write(&folder, names[which], data + 1, size - 1);
        overrides.arms = which == 0 ? NULL : "yak"; /* quicker than all of them */
        load(&overrides);
        copy(names[which]);
        return 0;
    }
    char text[201];
    size_t n = size - 1 < sizeof text - 1 ? size - 1 : sizeof text - 1;
    memcpy(text, data + 1, n);
    text[n] = 0;
    const char *set = text;
    if (data[0] == '4') {
        overrides.arms = text;
    } else if (strchr(text, '=') != NULL) {
        overrides.sets = &set;
        overrides.n_sets = 1;
    }
    load(&overrides);
    return 0;
}
