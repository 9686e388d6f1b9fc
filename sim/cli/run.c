#include "sim/cli/commands.h"
#include "sim/cli/load.h"
#include "sim/core/clock.h"
#include "sim/run/progress.h"

struct options {
    struct cli_load load;
    const char *output;
    int64_t threads; /* 0: all */
    bool resume, overwrite, quiet;
};

static const struct cli_option options[] = {
    {CLI_TEXT, "output", 'o', "OUT.h5", "the file to write (required)", offsetof(struct options, output), 0,
        0},
    CLI_LOAD_OPTIONS(struct options, load),
    {CLI_INTEGER, "threads", '\0', "T", "threads (OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, or all)",
        offsetof(struct options, threads), 1, 4096},
    {CLI_FLAG, "resume", '\0', NULL, "go on where a run with the same inputs was stopped",
        offsetof(struct options, resume), 0, 0},
    {CLI_FLAG, "overwrite", '\0', NULL, "replace OUT.h5 if it exists", offsetof(struct options, overwrite), 0,
        0},
    {CLI_FLAG, "quiet", '\0', NULL, "no progress and no report", offsetof(struct options, quiet), 0, 0},
};

static int run(int argc, char **argv);

const struct cli_command cli_run = {
    "run",
    "EXPERIMENT.yaml -o OUT.h5",
    "runs an experiment: all arms and replicates into one HDF5 file",
    "Runs every arm of an experiment in every replicate and writes one HDF5 file, which pamir summary, "
    "xarray and\n"
    "the Python package read. The same experiment, seed and version give the same result, bit for bit, on "
    "any\n"
    "number of threads. Ctrl-C keeps what is finished in OUT.h5.parts; --resume does the rest. A wrong "
    "experiment\n"
    "is refused with every error in its place, and nothing is written.\n\n"
    "At the end it says where the time went, from the command to the closed file, in shares of the clock:\n"
    "  start-up  files read and checked, the county's people and herds made\n"
    "  founding  each row's villages made ready, and put away\n"
    "  model     months lived\n"
    "  observer  households looked at each year, indicators worked out\n"
    "  log       checksums and finished rows put into OUT.h5.parts\n"
    "  idle      threads for which no row was left\n"
    "  file      OUT.h5 written, read back and compared, flushed to the disk\n\n"
    "Exit status: 0 done, 1 failed, 2 bad input, 3 stopped early with what is done kept.",
    "  pamir run scenarios/tiny/experiment.yaml -o tiny.h5\n"
    "  pamir run scenarios/experiments/tashkurgan.yaml -o t.h5 --arms cattle,placebo --replicates 8\n"
    "  pamir run scenarios/tiny/experiment.yaml -o dry.h5 --set 'parameters.shocks.bad_winter=0.3'\n",
    options,
    SIM_COUNT(options),
    1,
    1,
    run,
};

static void report(const struct options *given, const struct county_study *study,
    const struct sim_batch_result *result, int32_t n_threads, double startup, double seconds)
{
    printf("%s: %d %s (%d %s x %d %s)", given->output, result->n_done, result->n_done == 1 ? "row" : "rows",
        county_study_n_arms(study), county_study_n_arms(study) == 1 ? "arm" : "arms",
        county_study_n_replicates(study), county_study_n_replicates(study) == 1 ? "replicate" : "replicates");
    if (result->n_failed > 0)
        printf(", %d of them failed", result->n_failed);
    printf("; %.1f s on %d %s", seconds, n_threads, n_threads == 1 ? "thread" : "threads");
    /* Of a resumed run only a part was computed now: a rate would flatter. */
    if (!given->resume && seconds > 0) {
        char rate[32];
        double n = (double)county_study_household_months(study) * result->n_done;
        cli_load_count_text((int64_t)(n / seconds), rate);
        printf(", %s household-months a second", rate);
    }
    printf("\n");
    sim_batch_print_times(result, startup, seconds, stdout);
    printf("digest %s\nnext: pamir summary %s\n", result->digest, given->output);
}

/* The status that a batch's code stands for. What the caller can put right is bad input. */
static int status_of(int code)
{
    switch (code) {
    case 0:
        return CLI_DONE;
    case SIM_ERROR_STOPPED:
        return CLI_STOPPED;
    case SIM_ERROR_INPUT:
    case SIM_ERROR_EXISTS:
    case SIM_ERROR_MISMATCH:
    case SIM_ERROR_MISSING:
        return CLI_BAD_INPUT;
    default:
        return CLI_FAILED;
    }
}

static int run_study(
    const struct options *given, struct county_study *study, double start, int argc, char **argv)
{
    double startup = sim_clock_seconds() - start;
    struct sim_error error = {0};
    struct sim_batch_result result = {0};
    struct sim_batch_options batch = {.path = given->output,
        .n_threads = (int32_t)given->threads,
        .resume = given->resume,
        .overwrite = given->overwrite,
        .quiet = given->quiet};
    int code = cli_load_run(study, &batch, NULL, argc, argv, &result, &error);
    int status = status_of(code);
    if (code < 0)
        cli_args_fail(&cli_run, status, "%s", error.message[0] ? error.message : sim_error_sentence(code));
    else if (!given->quiet)
        report(given, study, &result, sim_batch_threads(&batch), startup, sim_clock_seconds() - start);
    /* Said even when quiet: what is lost is seldom lost at random. */
    if (code == 0 && result.n_failed > 0)
        status =
            cli_args_fail(&cli_run, CLI_FAILED, "%d of %d rows failed; %s holds the others, and the reasons",
                result.n_failed, result.n_done, given->output);
    return status;
}

static int run(int argc, char **argv)
{
    struct options given = {.load = CLI_LOAD_INITIAL};
    struct cli_operands operands;
    double start = sim_clock_seconds();
    int status = cli_args_parse(&cli_run, argc, argv, &given, &operands);
    if (status != CLI_PROCEED)
        return status;
    if (!given.output)
        return cli_args_fail(&cli_run, CLI_BAD_INPUT,
            "where should the result go? Name a file: pamir run %s -o OUT.h5", operands.items[0]);
    struct county_study *study;
    status = cli_load(&cli_run, operands.items[0], &given.load, &study);
    if (status != CLI_PROCEED)
        return status;
    status = run_study(&given, study, start, argc, argv);
    county_study_free(study);
    return status;
}
