#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/cli/batch.h"
#include "sim/cli/cluster.h"
#include "sim/cli/commands.h"
#include "sim/core/clock.h"

struct options {
    struct cli_load load;
    const char *directory;
    int64_t threads;    /* 0: all */
    int64_t checkpoint; /* seconds; 0: only when told */
    bool quiet;
};

static const struct cli_option options[] = {
    {CLI_TEXT, "output", 'o', "DIR", "folder of the batch (required); the slice goes to DIR/slice-I-J.parts",
        offsetof(struct options, directory), 0, 0},
    CLI_LOAD_OPTIONS(struct options, load),
    {CLI_INTEGER, "threads", '\0', "T", "threads (OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, or all)",
        offsetof(struct options, threads), 1, 4096},
    {CLI_INTEGER, "checkpoint", '\0', "S",
        "save what runs every S seconds (as it is: only on SIGUSR1 and at the end)",
        offsetof(struct options, checkpoint), 1, 1000000},
    {CLI_FLAG, "quiet", '\0', NULL, "no progress and no report", offsetof(struct options, quiet), 0, 0},
};

static int run(int argc, char **argv);

const struct cli_command cli_slice = {
    "slice",
    "[EXPERIMENT.yaml] I:J -o DIR",
    "computes some rows of a batch, to be merged with those of others",
    "A batch is arms x points x replicates. Its rows are numbered from 0 in the order of work: all arms of "
    "the first\n"
    "point and replicate, then those of the next point, then the next replicate. I:J are the rows from I to "
    "before J;\n"
    "K/N is the K-th (from 1) of N equal parts.\n\n"
    "DIR/manifest.txt says which batch DIR is of, texts of its files included: another batch is refused, and "
    "once it is\n"
    "there, EXPERIMENT.yaml can be left out. A slice always goes on where an earlier attempt was stopped, "
    "and "
    "two attempts\n"
    "at a time do no harm: each has files of its own. pamir merge makes one result of all slices.\n\n"
    "Exit status: 0 the slice is complete, 1 failed, 2 bad input, 3 stopped early with what is done kept.",
    "  pamir slice scenarios/tiny/experiment.yaml 0:14 -o parts\n"
    "  pamir slice 2/2 -o parts\n",
    options,
    SIM_COUNT(options),
    1,
    2,
    run,
};

static bool has_load_options(const struct cli_load *load)
{
    return load->arms || load->replicates > 0 || load->seed >= 0 || load->sets.n > 0;
}

/* The batch: of an experiment, or that of the folder. CLI_PROCEED, or the status to end with. */
static int open_batch(const struct options *given, const char *experiment, int argc, char **argv,
    struct cli_cluster *cluster, struct sim_error *error)
{
    char manifest[SIM_FILE_PATH];
    int code;
    if (experiment) {
        struct county_study *study;
        int status = cli_load(&cli_slice, experiment, &given->load, &study);
        if (status != CLI_PROCEED)
            return status;
        code = cli_cluster_open(cluster, study, argc, argv, error);
    } else if (has_load_options(&given->load)) {
        return cli_args_fail(&cli_slice, CLI_BAD_INPUT,
            "--arms, --replicates, --seed and --set go with EXPERIMENT.yaml; without it the batch is that of "
            "%s",
            given->directory);
    } else {
        code = cli_cluster_manifest(given->directory, manifest, error);
        if (code == 0)
            code = cli_cluster_open_kept(cluster, manifest, argc, argv, error);
    }
    if (code < 0)
        return cli_args_fail(&cli_slice, cli_batch_status(code), "%s", error->message);
    return CLI_PROCEED;
}

/* The folder: new, or one of slices. */
static int make_directory(const char *path, struct sim_error *error)
{
    if (mkdir(path, 0777) < 0 && errno != EEXIST)
        return sim_error_set(error, errno == ENOENT || errno == EACCES ? SIM_ERROR_MISSING : SIM_ERROR_IO,
            "%.300s: %s", path, strerror(errno));
    if (cli_cluster_has_rows(path))
        return sim_error_set(error, SIM_ERROR_INPUT,
            "%.300s holds the rows of a run, not slices: go on with it by pamir run ... --resume or pamir "
            "expand "
            "OUT.h5 --resume, or name another folder; pamir merge joins both",
            path);
    return 0;
}

/* Computes the rows. */
static int compute(const struct options *given, struct cli_cluster *cluster, int64_t first, int64_t end,
    int argc, char **argv)
{
    char path[SIM_FILE_PATH];
    struct sim_error error = {0};
    struct sim_batch_result result = {0};
    double start = sim_clock_seconds();
    int code = sim_shard_path(given->directory, first, end, path, &error);
    if (code == 0)
        code = make_directory(given->directory, &error);
    if (code == 0)
        code = cli_cluster_claim(cluster, given->directory, &error);
    struct sim_batch_options batch = {.directory = path,
        .first = first,
        .end = end,
        .share = true,
        .resume = true,
        .n_threads = (int32_t)given->threads,
        .checkpoint_seconds = (double)given->checkpoint,
        .quiet = given->quiet};
    if (code == 0)
        code = cli_load_run(cluster->study, &batch, NULL, argc, argv, &result, &error);
    if (code < 0)
        return cli_args_fail(&cli_slice, cli_batch_status(code), "%s",
            error.message[0] ? error.message : sim_error_sentence(code));
    if (!given->quiet)
        printf("rows %" PRId64 " to %" PRId64 " of %" PRId64 " are complete in %s; %.1f s\n", first, end - 1,
            cluster->n_rows, path, sim_clock_seconds() - start);
    return CLI_DONE;
}

static int run(int argc, char **argv)
{
    struct options given = {.load = CLI_LOAD_INITIAL};
    struct cli_operands operands;
    struct cli_cluster cluster = {0};
    struct sim_error error = {0};
    int64_t first, end;
    int status = cli_args_parse(&cli_slice, argc, argv, &given, &operands);
    if (status != CLI_PROCEED)
        return status;
    if (!given.directory)
        return cli_args_fail(
            &cli_slice, CLI_BAD_INPUT, "where should the rows go? Name a folder: pamir slice ... -o DIR");
    status = open_batch(&given, operands.n == 2 ? operands.items[0] : NULL, argc, argv, &cluster, &error);
    if (status == CLI_PROCEED && sim_shard_read(operands.items[operands.n - 1], cluster.n_rows,
                                     cluster.shape.n_arms, &first, &end, &error) < 0)
        status = cli_args_fail(&cli_slice, CLI_BAD_INPUT, "%s", error.message);
    if (status == CLI_PROCEED)
        status = first == end ? CLI_DONE : compute(&given, &cluster, first, end, argc, argv);
    cli_cluster_close(&cluster);
    return status;
}
