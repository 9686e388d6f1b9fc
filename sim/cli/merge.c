#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/batch.h"
#include "sim/cli/cluster.h"
#include "sim/cli/commands.h"
#include "sim/core/clock.h"
#include "sim/core/shell.h"
#include "sim/hpc/job.h"

struct options {
    const char *output;
    bool overwrite, all_replicates, remove, quiet;
};

static const struct cli_option options[] = {
    {CLI_TEXT, "output", 'o', "OUT.h5", "the file to write (required)", offsetof(struct options, output), 0,
        0},
    {CLI_FLAG, "overwrite", '\0', NULL, "replace OUT.h5 if it exists", offsetof(struct options, overwrite), 0,
        0},
    {CLI_FLAG, "all-replicates", '\0', NULL, "keep replicates beyond those at which stop_when ends",
        offsetof(struct options, all_replicates), 0, 0},
    {CLI_FLAG, "remove", '\0', NULL, "remove the slices when OUT.h5 is written",
        offsetof(struct options, remove), 0, 0},
    {CLI_FLAG, "quiet", '\0', NULL, "no progress and no report", offsetof(struct options, quiet), 0, 0},
};

static int run(int argc, char **argv);

const struct cli_command cli_merge = {
    "merge",
    "DIR... -o OUT.h5",
    "joins slices of a batch into one file, equal to what one machine would have written",
    "Joins the slices in one or more folders (of pamir slice or pamir submit, or an OUT.h5.parts of pamir "
    "run) into one\n"
    "result. Every row has to be there: what is missing is listed with the command that computes it, and "
    "nothing is\n"
    "written. Slices of another batch (other files, overrides, version) are refused with the difference. "
    "Rows "
    "that lie\n"
    "in several slices have to be equal. Where the experiment has stop_when, as many replicates are kept as "
    "pamir run would\n"
    "have computed, unless --all-replicates is given. The digest is that of pamir run. The slices stay, "
    "unless "
    "--remove.\n\n"
    "Exit status: 0 done, 1 failed, rows are missing, or some of them are failures, 2 bad input.",
    "  pamir merge parts -o tiny.h5\n",
    options,
    SIM_COUNT(options),
    1,
    CLI_OPERANDS_MAX,
    run,
};

#define LINES_MAX 20

/* Which rows are missing, as stretches of the order of work; returns how many rows. */
static int64_t print_missing_rows(
    const struct cli_cluster *cluster, const struct sim_parts *parts, const char *folder, FILE *out)
{
    int64_t n = 0;
    int32_t n_lines = 0;
    for (int64_t first = 0, end; first < cluster->n_rows; first = end + 1) {
        for (end = first; end < cluster->n_rows && !cli_cluster_has(cluster, parts, end);)
            end++;
        n += end - first;
        if (end > first && ++n_lines <= LINES_MAX && out) {
            fprintf(out, "  pamir slice %" PRId64 ":%" PRId64 " -o ", first, end);
            sim_shell_quote(folder, out);
            fputc('\n', out);
        }
    }
    if (n_lines > LINES_MAX && out)
        fprintf(out, "  ... and %d more\n", n_lines - LINES_MAX);
    return n;
}

/* What goes on with OUT.h5.parts, the parts of a run, which take no slices. */
static void print_run_command(const char *parts, FILE *out)
{
    char path[SIM_FILE_PATH];
    size_t n = (size_t)snprintf(path, sizeof(path), "%s", parts);
    n = n < sizeof(path) ? n : sizeof(path) - 1;
    while (n > 1 && path[n - 1] == '/')
        path[--n] = 0;
    if (n > 6 && strcmp(path + n - 6, ".parts") == 0)
        path[n - 6] = 0;
    fputs("these are parts of a run; what goes on with it:\n  pamir expand ", out);
    sim_shell_quote(path, out);
    fputs(" --resume\nor the pamir run that began it, with --resume\n", out);
}

/* The same by the tasks of a folder that pamir submit made. */
static void print_missing_tasks(
    const struct cli_cluster *cluster, const struct sim_parts *parts, const struct sim_job *job, FILE *out)
{
    int32_t n_lines = 0;
    for (int64_t k = 1; k <= job->n_shards; k++) {
        int64_t first, end, n = 0;
        sim_shard_part(job->n_rows, (int32_t)job->n_arms, k, job->n_shards, &first, &end);
        for (int64_t row = first; row < end; row++)
            n += !cli_cluster_has(cluster, parts, row);
        if (n > 0 && ++n_lines <= LINES_MAX)
            fprintf(out,
                "  task %" PRId64 ": %" PRId64 " of its rows %" PRId64 " to %" PRId64 " (slice-%" PRId64
                "-%" PRId64 ".parts)\n",
                k, n, first, end - 1, first, end);
    }
    if (n_lines > LINES_MAX)
        fprintf(out, "  ... and %d more tasks\n", n_lines - LINES_MAX);
}

/* Says what is missing and how to get it; the status to end with. */
static int report_missing(struct cli_cluster *cluster, const struct sim_parts *parts, const char *folder)
{
    struct sim_job job;
    struct sim_diag diag;
    struct sim_error error = {0};
    int64_t n = print_missing_rows(cluster, parts, folder, NULL);
    cli_args_fail(&cli_merge, CLI_FAILED, "%" PRId64 " of %" PRId64 " rows are missing; nothing is written",
        n, cluster->n_rows);
    sim_diag_init(&diag);
    if (sim_job_read(folder, &cluster->arena, &diag, &job, &error) == 0 && job.n_rows == cluster->n_rows &&
        job.n_arms == cluster->shape.n_arms) {
        print_missing_tasks(cluster, parts, &job, stderr);
        fputs("what computes them, and merges again:\n  pamir submit --resume -o ", stderr);
        sim_shell_quote(folder, stderr);
        fputc('\n', stderr);
    } else if (cli_cluster_has_rows(folder)) {
        print_run_command(folder, stderr);
    } else {
        fputs("what computes them:\n", stderr);
        print_missing_rows(cluster, parts, folder, stderr);
    }
    sim_diag_free(&diag);
    return CLI_FAILED;
}

/* The slices, when their rows are in the file. One that somebody is at work on stays. */
static int remove_slices(
    struct cli_cluster *cluster, const struct cli_operands *folders, struct sim_error *error)
{
    for (int32_t i = 0; i < folders->n; i++) {
        struct sim_shard *slices;
        int32_t n;
        int code = cli_cluster_list(cluster, folders->items[i], &slices, &n, error);
        for (int32_t k = 0; k < n && code == 0; k++) {
            struct sim_parts parts = {0};
            code = sim_parts_open(&parts, slices[k].path, &cluster->shape, SIM_PARTS_RESUME, error);
            if (code == 0)
                code = sim_parts_remove(&parts, error);
            sim_parts_close(&parts);
            if (code == SIM_ERROR_EXISTS) {
                fprintf(stderr, "pamir merge: %s stays: %s\n", slices[k].path, error->message);
                *error = (struct sim_error){0};
                code = 0;
            }
        }
        if (code < 0)
            return code;
    }
    return 0;
}

/* All is there: the file. */
static int assemble(const struct options *given, struct cli_cluster *cluster, struct sim_parts *parts,
    const struct cli_operands *folders, double start)
{
    struct sim_batch_result result = {0};
    struct sim_error error = {0};
    int code = sim_batch_assemble(parts, given->output, given->overwrite, given->quiet, &result, &error);
    if (code == 0 && given->remove) {
        sim_parts_close(parts);
        code = remove_slices(cluster, folders, &error);
    }
    if (code < 0)
        return cli_args_fail(&cli_merge, cli_batch_status(code), "%s",
            error.message[0] ? error.message : sim_error_sentence(code));
    if (!given->quiet)
        printf("%s: %" PRId64 " rows; %.1f s\ndigest %s\nnext: pamir summary %s\n", given->output,
            cluster->n_rows, sim_clock_seconds() - start, result.digest, given->output);
    if (result.n_failed > 0)
        return cli_args_fail(&cli_merge, CLI_FAILED,
            "%d of %d rows failed; %s holds the others, and the reasons", result.n_failed, result.n_done,
            given->output);
    return CLI_DONE;
}

/* As many replicates as one machine would have computed. Later ones are forgotten, whether there or not; what
 * is missing before is told as missing. */
static int apply_stop(const struct options *given, struct cli_cluster *cluster, struct sim_parts *parts,
    struct sim_error *error)
{
    struct sim_batch_stop rule;
    struct sim_stop_look look;
    struct sim_error missing = {0};
    int32_t most = parts->shape.n_replicates;
    if (given->all_replicates || !county_study_stop(cluster->study, &rule))
        return 0;
    int code = sim_stop_choose(&rule, parts, &look, &missing);
    if (code == SIM_ERROR_MISSING)
        return 0;
    if (code < 0)
        return sim_error_set(error, code, "%s", missing.message);
    sim_parts_trim(parts, look.n_replicates);
    cluster->n_rows = parts->n_rows;
    return sim_stop_tell(&rule, &look, most, parts->shape.output->variables[rule.variable].unit, given->quiet,
        &cluster->meta, error);
}

static int merge(const struct options *given, struct cli_cluster *cluster, const struct cli_operands *folders,
    double start)
{
    struct sim_parts parts = {0};
    struct sim_error error = {0};
    bool is_open;
    int status;
    int code = cli_cluster_join(cluster, folders->items, folders->n, &parts, &is_open, &error);
    if (code == 0 && is_open)
        code = apply_stop(given, cluster, &parts, &error);
    if (code < 0)
        status = cli_args_fail(&cli_merge, cli_batch_status(code), "%s", error.message);
    else if (!is_open || parts.n_present < cluster->n_rows)
        status = report_missing(cluster, is_open ? &parts : NULL, folders->items[0]);
    else
        status = assemble(given, cluster, &parts, folders, start);
    sim_parts_close(&parts);
    return status;
}

static int run(int argc, char **argv)
{
    struct options given = {0};
    struct cli_operands operands;
    struct cli_cluster cluster = {0};
    struct sim_error error = {0};
    char manifest[SIM_FILE_PATH];
    double start = sim_clock_seconds();
    int status = cli_args_parse(&cli_merge, argc, argv, &given, &operands);
    if (status != CLI_PROCEED)
        return status;
    if (!given.output)
        return cli_args_fail(&cli_merge, CLI_BAD_INPUT,
            "where should the result go? Name a file: pamir merge %s -o OUT.h5", operands.items[0]);
    if (sim_file_exists(given.output) && !given.overwrite)
        return cli_args_fail(
            &cli_merge, CLI_BAD_INPUT, "%s exists already; --overwrite replaces it", given.output);
    int code = cli_cluster_manifest(operands.items[0], manifest, &error);
    if (code == 0)
        code = cli_cluster_open_kept(&cluster, manifest, argc, argv, &error);
    status = code < 0 ? cli_args_fail(&cli_merge, cli_batch_status(code), "%s", error.message)
                      : merge(&given, &cluster, &operands, start);
    cli_cluster_close(&cluster);
    return status;
}
