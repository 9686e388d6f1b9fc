/* A site file, or (first byte not 1) the plan of a batch: whatever stands there is read or refused. */
#include "tests/fuzz/fuzz.h"

#include "sim/hpc/job.h"
#include "sim/hpc/site.h"

static struct fuzz_folder folder;

static void clean_up(void)
{
    char path[400];
    fuzz_path(&folder, "plan.txt", path);
    unlink(path);
    fuzz_path(&folder, "site.yaml", path);
    unlink(path);
    rmdir(folder.path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_begin(&folder);
    atexit(clean_up);
    return 0;
}

/* What was read goes into scripts: they can be written. */
static void print(const struct sim_job *job, const struct sim_site *site)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    sim_job_print_array(job, site, out);
    sim_job_print_merge(job, site, out);
    sim_job_print_plan(job, site, out);
    fclose(out);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[400];
    struct sim_arena arena;
    struct sim_diag diag;
    struct sim_error error = {0};
    struct sim_site site = {0};
    struct sim_job job = {.directory = "/a",
        .program = "/b",
        .result = "/c",
        .name = "n",
        .n_rows = 6,
        .n_arms = 2,
        .n_shards = 3};
    if (size < 2)
        return 0;
    sim_arena_init(&arena);
    sim_diag_init(&diag);
    int code;
    if (data[0] == '1') {
        fuzz_write(&folder, "site.yaml", data + 1, size - 1);
        fuzz_path(&folder, "site.yaml", path);
        code = sim_site_read(path, &arena, &diag, &site, &error);
    } else {
        fuzz_write(&folder, "plan.txt", data + 1, size - 1);
        if (sim_site_read(NULL, &arena, &diag, &site, &error) < 0)
            fuzz_fail("no defaults");
        code = sim_job_read(folder.path, &arena, &diag, &job, &error);
    }
    if (code < 0 && diag.n_errors == 0 && error.message[0] == 0)
        fuzz_fail("a file is refused and nothing is said");
    if (code == 0)
        print(&job, &site);
    sim_diag_free(&diag);
    sim_arena_free(&arena);
    return 0;
}
