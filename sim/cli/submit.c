#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/cli/batch.h"
#include "sim/cli/cluster.h"
#include "sim/cli/commands.h"
#include "sim/cli/kept.h"
#include "sim/core/shell.h"
#include "sim/hpc/job.h"
#include "sim/hpc/slurm.h"

#define DEFAULT_SHARDS_MAX 100

struct options {
    struct cli_load load;
    const char *directory, *site, *time, *result;
    int64_t shards, cpus, at_once; /* 0: not given */
    bool all_replicates, dry_run, resume, force;
};

static const struct cli_option options[] = {
    {CLI_TEXT, "output", 'o', "DIR", "a new folder for the batch (required)",
        offsetof(struct options, directory), 0, 0},
    {CLI_INTEGER, "shards", '\0', "N", "tasks (one for each point and replicate, at most 100)",
        offsetof(struct options, shards), 1, 1000000},
    {CLI_INTEGER, "cpus", '\0', "C", "processors of a task (as in the site file, or 1)",
        offsetof(struct options, cpus), 1, 4096},
    {CLI_TEXT, "time", '\0', "LIMIT", "time limit of a task, as Slurm writes it",
        offsetof(struct options, time), 0, 0},
    {CLI_INTEGER, "at-once", '\0', "M", "tasks that run at a time at most", offsetof(struct options, at_once),
        1, 1000000},
    {CLI_TEXT, "result", '\0', "OUT.h5", "the file that the merge writes (DIR/NAME.h5)",
        offsetof(struct options, result), 0, 0},
    {CLI_TEXT, "site", '\0', "FILE", "site file ($PAMIR_SITE, or ~/.config/pamir/site.yaml)",
        offsetof(struct options, site), 0, 0},
    {CLI_FLAG, "all-replicates", '\0', NULL, "the merge keeps all replicates, whatever stop_when says",
        offsetof(struct options, all_replicates), 0, 0},
    {CLI_FLAG, "dry-run", '\0', NULL, "print the scripts; write and submit nothing",
        offsetof(struct options, dry_run), 0, 0},
    {CLI_FLAG, "resume", '\0', NULL, "submit again what is not complete in DIR, and the merge",
        offsetof(struct options, resume), 0, 0},
    {CLI_FLAG, "force", '\0', NULL, "with --resume: also while jobs of DIR are in the queue",
        offsetof(struct options, force), 0, 0},
    CLI_LOAD_OPTIONS(struct options, load),
};

static int run(int argc, char **argv);

const struct cli_command cli_submit = {
    "submit",
    "EXPERIMENT.yaml --shards N -o DIR",
    "runs a batch on a Slurm cluster: an array of tasks, and the merge",
    "Cuts a batch into N slices, one for each task of a Slurm job array, and has them merged when all tasks "
    "have ended.\n"
    "DIR keeps the batch as it was submitted, texts of its files included, so later edits do not matter; "
    "pamir status DIR\n"
    "says how far it is. A task that meets its time limit is saved, queued again and goes on; a node that "
    "dies costs what\n"
    "was computed since the last saving. If slices are missing at the end, pamir submit --resume -o DIR "
    "sends "
    "those again.\n\n"
    "A site file says what the cluster wants to be told, and begins with 'pamir: site':\n"
    "  partition, account, qos   names\n"
    "  time                      limit of a task: minutes, H:M:S, D-H\n"
    "  memory                    of a task: 4G\n"
    "  cpus                      of a task (1)\n"
    "  at_once                   tasks that run at a time at most (0: as many as Slurm gives)\n"
    "  notice                    time before the limit at which a task saves what runs (120 s)\n"
    "  checkpoint                time between two savings of what runs (600 s)\n"
    "  requeues                  how often a task that meets its limit is queued again for nothing (20)\n"
    "  scratch                   folder of the node itself, which becomes TMPDIR\n"
    "  program                   path of pamir on the nodes (the one that submits)\n"
    "  modules                   a list, for module load\n"
    "  setup                     a list of lines of shell\n"
    "  extra                     a list of options of sbatch: --constraint=avx2\n\n"
    "Exit status: 0 submitted, 1 Slurm refused or is not there, 2 bad input, 3 submitted in part.",
    "  pamir submit scenarios/tiny/experiment.yaml --shards 4 -o batch --dry-run\n"
    "  pamir submit scenarios/experiments/tashkurgan.yaml --shards 50 --cpus 4 --time 4:00:00 -o batch\n"
    "  pamir submit --resume -o batch\n",
    options,
    SIM_COUNT(options),
    0,
    1,
    run,
};

static int fail(int code, const struct sim_error *error)
{
    return cli_args_fail(&cli_submit, cli_batch_status(code), "%s",
        error->message[0] ? error->message : sim_error_sentence(code));
}

/* Slurm's own failures are no fault of the call; SIM_ERROR_STOPPED: a part is submitted. */
static int fail_slurm(const struct sim_error *error)
{
    return cli_args_fail(
        &cli_submit, error->code == SIM_ERROR_STOPPED ? CLI_STOPPED : CLI_FAILED, "%s", error->message);
}

/* A path that will hold wherever the jobs run; its folder has to exist. In the arena. */
static const char *absolute(const char *path, struct sim_arena *arena, struct sim_error *error)
{
    char real[PATH_MAX], copies[2][PATH_MAX], whole[2 * PATH_MAX];
    if (strlen(path) >= PATH_MAX) {
        sim_error_set(error, SIM_ERROR_INPUT, "%.100s...: the path is too long", path);
        return NULL;
    }
    for (const char *at = path; *at; at++)
        if (iscntrl((unsigned char)*at)) {
            sim_error_set(
                error, SIM_ERROR_INPUT, "'%.100s': the path holds a character that no script takes", path);
            return NULL;
        }
    for (int i = 0; i < 2; i++)
        snprintf(copies[i], sizeof(copies[i]), "%s", path);
    if (realpath(path, real))
        return sim_arena_text(arena, real, (int64_t)strlen(real));
    const char *parent = dirname(copies[0]);
    if (!realpath(parent, real)) {
        sim_error_set(error, SIM_ERROR_MISSING, "%.300s: %s", parent, strerror(errno));
        return NULL;
    }
    int n = snprintf(whole, sizeof(whole), "%s/%s", strcmp(real, "/") == 0 ? "" : real, basename(copies[1]));
    return sim_arena_text(arena, whole, n);
}

/* pamir itself. */
static const char *own_path(struct sim_arena *arena)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path));
    return n > 0 && n < PATH_MAX ? sim_arena_text(arena, path, n) : "pamir";
}

/* The site file, and what the call says instead of it. */
static int read_site(
    const struct options *given, struct sim_arena *arena, struct sim_site *site, struct sim_error *error)
{
    struct sim_diag diag;
    sim_diag_init(&diag);
    const char *path = sim_site_find(given->site, arena);
    int code = sim_site_read(path, arena, &diag, site, error);
    sim_diag_print(&diag, stderr);
    sim_diag_free(&diag);
    if (code < 0)
        return code;
    if (given->time && !sim_site_is_time(given->time))
        return sim_error_set(error, SIM_ERROR_INPUT,
            "--time '%.60s': expected a time as Slurm writes it, as 90, 12:00:00 or 2-12", given->time);
    site->time = given->time ? given->time : site->time;
    site->cpus = given->cpus ? given->cpus : site->cpus;
    site->at_once = given->at_once ? given->at_once : site->at_once;
    return 0;
}

/* DIR/NAME.h5 */
static const char *default_result(
    const char *directory, const char *name, struct sim_arena *arena, struct sim_error *error)
{
    char path[SIM_FILE_PATH], file[128];
    snprintf(file, sizeof(file), "%.100s", name);
    for (char *at = file; *at; at++)
        if (*at == '/' || *at == '.' || iscntrl((unsigned char)*at))
            *at = '-';
    int n = snprintf(path, sizeof(path), "%s/%s.h5", directory, *file ? file : "result");
    if (n >= (int)sizeof(path)) {
        sim_error_set(error, SIM_ERROR_INPUT, "%.200s...: the path is too long", directory);
        return NULL;
    }
    return sim_arena_text(arena, path, n);
}

/* How the batch is cut: never into more tasks than rows, nor than Slurm takes. */
static int plan(const struct options *given, struct cli_cluster *cluster, const struct sim_site *site,
    struct sim_job *job, struct sim_error *error)
{
    int64_t n_sets = cluster->n_rows / cluster->shape.n_arms;
    int64_t wanted = given->shards                 ? given->shards
                     : n_sets < DEFAULT_SHARDS_MAX ? n_sets
                                                   : DEFAULT_SHARDS_MAX;
    int64_t most = sim_slurm_is_here() ? sim_slurm_max_task() : wanted;
    *job = (struct sim_job){.n_rows = cluster->n_rows,
        .n_arms = cluster->shape.n_arms,
        .n_shards = wanted,
        .at_once = site->at_once,
        .name = county_study_name(cluster->study),
        .program = *site->program ? site->program : own_path(&cluster->arena)};
    if (wanted > cluster->n_rows) {
        job->n_shards = cluster->n_rows;
        fprintf(stderr, "pamir submit: %" PRId64 " tasks: there are no more rows than that\n", job->n_shards);
    }
    if (job->n_shards > most) {
        job->n_shards = most;
        fprintf(stderr,
            "pamir submit: %" PRId64 " tasks, which is as many as an array of this cluster takes\n", most);
    }
    struct sim_batch_stop stop;
    job->all_replicates = given->all_replicates;
    if (!given->all_replicates && county_study_stop(cluster->study, &stop))
        fprintf(stderr,
            "pamir submit: all %d replicates are computed; the merge keeps as many as stop_when asks for, "
            "unless --all-replicates is given\n",
            cluster->shape.n_replicates);
    job->directory = absolute(given->directory, &cluster->arena, error);
    if (!job->directory)
        return error->code;
    job->result = given->result ? absolute(given->result, &cluster->arena, error)
                                : default_result(job->directory, job->name, &cluster->arena, error);
    if (!job->result)
        return error->code;
    if (sim_file_exists(job->result))
        return sim_error_set(error, SIM_ERROR_EXISTS,
            "%.300s exists already, and the merge would not replace it: name another file by --result",
            job->result);
    return 0;
}

static void print_scripts(const struct sim_job *job, const struct sim_site *site)
{
    fputs("# plan.txt\n", stdout);
    sim_job_print_plan(job, site, stdout);
    fputs("\n# array.sh\n", stdout);
    sim_job_print_array(job, site, stdout);
    fputs("\n# merge.sh\n", stdout);
    sim_job_print_merge(job, site, stdout);
    fputs("\n# would be submitted by\nsbatch --parsable --chdir=", stdout);
    sim_shell_quote(job->directory, stdout);
    fputs(" array.sh\nsbatch --parsable --chdir=", stdout);
    sim_shell_quote(job->directory, stdout);
    fputs(" --dependency=afterany:ID merge.sh\n", stdout);
}

/* A job, which jobs.txt is to take: SIM_ERROR_STOPPED when it does not, and the job is submitted. */
static int submit_one(const struct sim_job *job, const char *const *arguments, const char *what, int64_t *id,
    struct sim_error *error)
{
    FILE *list;
    int code = sim_job_open_list(job->directory, &list, error);
    if (code < 0)
        return code;
    code = sim_slurm_submit(arguments, id, error);
    if (code == 0)
        return sim_job_remember(list, what, *id, error);
    fclose(list);
    return code;
}

/* The merge, after the job `after` (0: at once). */
static int submit_merge(const struct sim_job *job, int64_t after, int64_t *id, struct sim_error *error)
{
    char chdir[SIM_FILE_PATH + 16], script[SIM_FILE_PATH], dependency[64];
    snprintf(chdir, sizeof(chdir), "--chdir=%s", job->directory);
    snprintf(dependency, sizeof(dependency), "--dependency=afterany:%" PRId64, after);
    if (snprintf(script, sizeof(script), "%s/merge.sh", job->directory) >= (int)sizeof(script))
        return sim_error_set(error, SIM_ERROR_INPUT, "%.200s...: the path is too long", job->directory);
    const char *arguments[] = {chdir, after ? dependency : script, after ? script : NULL, NULL};
    return submit_one(job, arguments, "merge", id, error);
}

/* The array; tasks: "1,5,7-9", NULL: all. */
static int submit_array(const struct sim_job *job, const struct options *given, const char *tasks,
    int64_t *id, struct sim_error *error)
{
    char chdir[SIM_FILE_PATH + 16], script[SIM_FILE_PATH], time[64], cpus[64];
    const char *arguments[8];
    int32_t n = 0;
    if (snprintf(script, sizeof(script), "%s/array.sh", job->directory) >= (int)sizeof(script))
        return sim_error_set(error, SIM_ERROR_INPUT, "%.200s...: the path is too long", job->directory);
    snprintf(chdir, sizeof(chdir), "--chdir=%s", job->directory);
    snprintf(time, sizeof(time), "--time=%s", given->time ? given->time : "");
    snprintf(cpus, sizeof(cpus), "--cpus-per-task=%" PRId64, given->cpus);
    arguments[n++] = chdir;
    if (tasks)
        arguments[n++] = tasks;
    if (tasks && given->time)
        arguments[n++] = time;
    if (tasks && given->cpus)
        arguments[n++] = cpus;
    arguments[n++] = script;
    arguments[n] = NULL;
    return submit_one(job, arguments, "array", id, error);
}

/* Both jobs. */
static int submit_jobs(const struct sim_job *job, const struct options *given, const char *tasks,
    int64_t n_tasks, struct sim_error *error)
{
    int64_t array, merge;
    int code = submit_array(job, given, tasks, &array, error);
    if (code < 0)
        return code;
    printf("array %" PRId64 ": %" PRId64 " %s; logs in %s/logs\n", array, n_tasks,
        n_tasks == 1 ? "task" : "tasks", job->directory);
    struct sim_error late = {0};
    code = submit_merge(job, array, &merge, &late); /* the array is under way: no failure of ours to undo */
    if (code == SIM_ERROR_STOPPED)
        return sim_error_set(error, code, "%s", late.message);
    if (code < 0)
        return sim_error_set(error, SIM_ERROR_STOPPED,
            "the merge was not submitted (%.200s); when the array has ended, pamir submit --resume -o DIR "
            "does "
            "it",
            late.message);
    printf("merge %" PRId64 ": when all tasks have ended, into %s\n", merge, job->result);
    return 0;
}

static void print_next(const char *directory)
{
    fputs("next: pamir status ", stdout);
    sim_shell_quote(directory, stdout);
    fputs("\n      pamir submit --resume -o ", stdout);
    sim_shell_quote(directory, stdout);
    fputs(" if tasks are lost\n", stdout);
}

static void remove_batch(const struct sim_job *job, bool was_there)
{
    char manifest[SIM_FILE_PATH];
    sim_job_remove(job);
    if (snprintf(manifest, sizeof(manifest), "%s/manifest.txt", job->directory) < (int)sizeof(manifest))
        unlink(manifest);
    if (!was_there)
        rmdir(job->directory);
}

/* A folder for the batch: new, or empty. */
static int make_directory(const char *path, bool *was_there, struct sim_error *error)
{
    *was_there = false;
    if (mkdir(path, 0777) == 0)
        return 0;
    if (errno != EEXIST)
        return sim_error_set(error, SIM_ERROR_MISSING, "%.300s: %s", path, strerror(errno));
    *was_there = true;
    if (rmdir(path) == 0 && mkdir(path, 0777) == 0)
        return 0;
    return sim_error_set(error, SIM_ERROR_EXISTS,
        "%.300s exists and is no empty folder; a batch gets a folder of its own (--resume goes on with one)",
        path);
}

static int submit_new(const struct options *given, struct cli_cluster *cluster, const struct sim_site *site)
{
    struct sim_job job;
    struct sim_error error = {0};
    bool was_there;
    int code = plan(given, cluster, site, &job, &error);
    if (code < 0)
        return fail(code, &error);
    if (given->dry_run) {
        print_scripts(&job, site);
        return CLI_DONE;
    }
    if (!sim_slurm_is_here())
        return cli_args_fail(&cli_submit, CLI_FAILED,
            "there is no sbatch here: is this a machine of the cluster? --dry-run shows the scripts");
    code = make_directory(job.directory, &was_there, &error);
    if (code < 0)
        return fail(code, &error);
    code = cli_cluster_claim(cluster, job.directory, &error);
    if (code == 0)
        code = sim_job_write(&job, site, &error);
    if (code < 0) {
        remove_batch(&job, was_there);
        return fail(code, &error);
    }
    code = submit_jobs(&job, given, NULL, job.n_shards, &error);
    if (code == SIM_ERROR_STOPPED)
        return fail_slurm(&error);
    if (code < 0) {
        remove_batch(&job, was_there);
        return fail_slurm(&error);
    }
    print_next(given->directory);
    return CLI_DONE;
}

/* Tasks of which rows are missing, as sbatch takes them: "--array=1,5,7-9%4"; *n how many. */
static const char *missing_tasks(
    struct cli_cluster *cluster, const struct sim_parts *parts, const struct sim_job *job, int64_t *n)
{
    char *text = NULL;
    size_t bytes = 0;
    int64_t from = 0; /* of a stretch of tasks, 0: none open */
    FILE *out = open_memstream(&text, &bytes);
    if (!out)
        return NULL;
    *n = 0;
    fputs("--array=", out);
    for (int64_t k = 1; k <= job->n_shards + 1; k++) {
        int64_t first = 0, end = 0, n_missing = 0;
        if (k <= job->n_shards)
            sim_shard_part(job->n_rows, (int32_t)job->n_arms, k, job->n_shards, &first, &end);
        for (int64_t row = first; row < end; row++)
            n_missing += !cli_cluster_has(cluster, parts, row);
        if (n_missing > 0) {
            from = from ? from : k;
            (*n)++;
        } else if (from) {
            fprintf(out, from == k - 1 ? "%s%" PRId64 : "%s%" PRId64 "-%" PRId64, *n > k - from ? "," : "",
                from, k - 1);
            from = 0;
        }
    }
    if (job->at_once > 0)
        fprintf(out, "%%%" PRId64, job->at_once);
    const char *copy = fclose(out) == 0 ? sim_arena_text(&cluster->arena, text, (int64_t)strlen(text)) : NULL;
    free(text);
    return copy;
}

/* Whether jobs of the folder are still at it. */
static int check_queue(const struct options *given, struct cli_cluster *cluster, struct sim_error *error)
{
    int64_t *ids, first;
    int32_t n, n_queued;
    int code = sim_job_remembered(given->directory, &cluster->arena, &ids, &n, error);
    if (code == 0 && !given->force)
        code = sim_slurm_queued(ids, n, &n_queued, &first, error);
    if (code < 0 || given->force || n_queued == 0)
        return code;
    return sim_error_set(error, SIM_ERROR_EXISTS,
        "%d %s of %.200s still in the queue (%" PRId64 "): wait, or scancel; --force does not ask", n_queued,
        n_queued == 1 ? "job" : "jobs", given->directory, first);
}

static int resume(const struct options *given, struct cli_cluster *cluster, struct sim_job *job)
{
    struct sim_parts parts = {0};
    struct sim_error error = {0};
    bool is_open;
    int64_t n = 0, merge;
    const char *tasks = NULL;
    int code = cli_cluster_join(cluster, &given->directory, 1, &parts, &is_open, &error);
    if (code == 0) {
        tasks = missing_tasks(cluster, is_open ? &parts : NULL, job, &n);
        if (!tasks)
            code = sim_error_set(&error, SIM_ERROR_MEMORY, "out of memory");
    }
    sim_parts_close(&parts);
    if (code < 0)
        return fail(code, &error);
    if (sim_file_exists(job->result)) { /* the merge would not replace it */
        code = cli_kept_check_result(&cluster->meta, cluster->shape.version, job->result, &error);
        if (code < 0)
            return cli_args_fail(&cli_submit, CLI_BAD_INPUT,
                "%s; the merge of %s would not replace it: move it away first", error.message,
                given->directory);
        printf("%s is complete, and merged into %s\n", given->directory, job->result);
        return CLI_DONE;
    }
    if (given->dry_run) {
        printf("%s would be submitted, and the merge\n", n ? tasks : "no task");
        return CLI_DONE;
    }
    code = check_queue(given, cluster, &error);
    if (code == SIM_ERROR_EXISTS)
        return fail(code, &error);
    if (code == 0 && n > 0)
        code = submit_jobs(job, given, tasks, n, &error);
    else if (code == 0) {
        code = submit_merge(job, 0, &merge, &error);
        if (code == 0)
            printf("all tasks are complete; merge %" PRId64 ": into %s\n", merge, job->result);
    }
    if (code < 0)
        return fail_slurm(&error);
    print_next(given->directory);
    return CLI_DONE;
}

/* The batch of a folder once more. */
static int submit_again(const struct options *given, int argc, char **argv)
{
    struct cli_cluster cluster = {0};
    struct sim_error error = {0};
    struct sim_diag diag;
    struct sim_job job;
    char manifest[SIM_FILE_PATH];
    if (given->site || given->shards || given->result || given->at_once || given->load.arms ||
        given->load.replicates || given->load.seed >= 0 || given->load.sets.n)
        return cli_args_fail(&cli_submit, CLI_BAD_INPUT,
            "--resume submits the batch in %s as it is; of the other options it takes --time, --cpus, "
            "--force and "
            "--dry-run",
            given->directory);
    if (given->time && !sim_site_is_time(given->time))
        return cli_args_fail(&cli_submit, CLI_BAD_INPUT,
            "--time '%.60s': expected a time as Slurm writes it, as 90, 12:00:00 or 2-12", given->time);
    int code = cli_cluster_manifest(given->directory, manifest, &error);
    if (code == 0)
        code = cli_cluster_open_kept(&cluster, manifest, argc, argv, &error);
    int status = code < 0 ? fail(code, &error) : CLI_PROCEED;
    sim_diag_init(&diag);
    if (status == CLI_PROCEED) {
        code = sim_job_read(given->directory, &cluster.arena, &diag, &job, &error);
        sim_diag_print(&diag, stderr);
        if (code == 0 && (job.n_rows != cluster.n_rows || job.n_arms != cluster.shape.n_arms))
            code = sim_error_set(&error, SIM_ERROR_MISMATCH, "%.300s: plan.txt is of a batch of another size",
                given->directory);
        if (code == 0 && !(job.directory = absolute(given->directory, &cluster.arena, &error)))
            code = error.code;
        status = code < 0 ? fail(code, &error) : resume(given, &cluster, &job);
    }
    sim_diag_free(&diag);
    cli_cluster_close(&cluster);
    return status;
}

static int run(int argc, char **argv)
{
    struct options given = {.load = CLI_LOAD_INITIAL};
    struct cli_operands operands;
    int status = cli_args_parse(&cli_submit, argc, argv, &given, &operands);
    if (status != CLI_PROCEED)
        return status;
    if (!given.directory)
        return cli_args_fail(&cli_submit, CLI_BAD_INPUT,
            "where should the batch live? Name a folder: pamir submit ... -o DIR");
    if (given.resume != (operands.n == 0))
        return cli_args_fail(&cli_submit, CLI_BAD_INPUT,
            given.resume ? "--resume goes on with the batch in %s; leave EXPERIMENT.yaml out"
                         : "EXPERIMENT.yaml is missing; or --resume, to go on with the batch in %s",
            given.directory);
    if (given.resume)
        return submit_again(&given, argc, argv);
    struct cli_cluster cluster = {0};
    struct sim_site site;
    struct sim_error error = {0};
    struct sim_arena arena;
    struct county_study *study;
    sim_arena_init(&arena);
    int code = read_site(&given, &arena, &site, &error);
    status = code < 0 ? fail(code, &error) : cli_load(&cli_submit, operands.items[0], &given.load, &study);
    if (status == CLI_PROCEED) {
        code = cli_cluster_open(&cluster, study, argc, argv, &error);
        status = code < 0 ? fail(code, &error) : submit_new(&given, &cluster, &site);
        cli_cluster_close(&cluster);
    }
    sim_arena_free(&arena);
    return status;
}
