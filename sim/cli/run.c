#include "sim/cli/batch.h"
#include "sim/cli/commands.h"
#include "sim/cli/kept.h"
#include "sim/cli/load.h"
#include "sim/core/clock.h"
#include "sim/core/shell.h"
#include "sim/io/file.h"
#include "sim/io/provenance.h"

struct options {
    struct cli_load load;
    struct cli_batch batch;
    const char *output;
    bool overwrite, all_replicates;
};

static const struct cli_option options[] = {
    {CLI_TEXT, "output", 'o', "OUT.h5", "the file to write (required)", offsetof(struct options, output), 0,
        0},
    CLI_LOAD_OPTIONS(struct options, load),
    CLI_BATCH_OPTIONS(struct options, batch),
    {CLI_FLAG, "all-replicates", '\0', NULL, "do not end early where the experiment has stop_when",
        offsetof(struct options, all_replicates), 0, 0},
    {CLI_FLAG, "overwrite", '\0', NULL, "replace OUT.h5 if it exists", offsetof(struct options, overwrite), 0,
        0},
};

static int run(int argc, char **argv);

const struct cli_command cli_run = {
    "run",
    "EXPERIMENT.yaml -o OUT.h5",
    "runs an experiment: all arms and replicates into one HDF5 file",
    "Runs every arm of an experiment at every point of its sweep in every replicate and writes one HDF5 "
    "file, "
    "which\n"
    "pamir summary, xarray and the Python package read. The same experiment, seed and version give the same "
    "result, bit\n"
    "for bit, on any number of threads. A wrong experiment is refused with every error in its place, and "
    "nothing "
    "is written.\n\n"
    "Rows are kept in OUT.h5.parts as they finish: a kill at any moment loses those that are under way, and "
    "of "
    "these only\n"
    "what came after their last checkpoint. Ctrl-C saves them and ends; --resume does the rest, with the "
    "same "
    "inputs and\n"
    "the same version: anything else is refused with the difference. pamir status OUT.h5 tells how far a run "
    "is. "
    "What arms\n"
    "have in common before they part is lived once (--no-fork: by each for itself; the result is the "
    "same).\n\n"
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
    "  pamir run scenarios/tiny/experiment.yaml -o dry.h5 --set 'parameters.shocks.bad_winter=0.3'\n"
    "  pamir run scenarios/experiments/tashkurgan.yaml -o t.h5 --resume --checkpoint 60\n",
    options,
    SIM_COUNT(options),
    1,
    1,
    run,
};

/* --resume where the result is there and no parts are: of this batch it is complete, so that a script that
 * calls until the status is 0 ends well. CLI_PROCEED: there is something to do, or to refuse. */
static int resume_finished(const struct options *given, const struct county_study *study, bool stops)
{
    struct cli_kept kept;
    struct sim_meta inputs;
    struct sim_error error = {0};
    int32_t wanted = county_study_n_replicates(study), n_failed = 0;
    int status = CLI_PROCEED;
    char word[SIM_SHELL_WORD];
    if (!given->batch.resume || given->overwrite || !sim_file_exists(given->output))
        return CLI_PROCEED;
    sim_meta_init(&inputs);
    if (cli_kept_open(&kept, given->output, true, &error) < 0 || kept.kind != CLI_KEPT_RESULT)
        goto out; /* no result, or under way: the batch has its say */
    int code = county_study_meta(study, &inputs, &error);
    if (code == 0)
        code = cli_kept_check_result(&inputs, sim_provenance_version(), given->output, &error);
    for (int64_t i = 0; i < kept.status.n; i++)
        n_failed += kept.status.numbers[i] != 0;
    if (code < 0)
        status = cli_args_fail(&cli_run, cli_batch_status(code), "%s", error.message);
    else if (kept.n_replicates != wanted && !(stops && kept.n_replicates < wanted))
        status = cli_args_fail(&cli_run, CLI_BAD_INPUT,
            "%s is complete with %d replicates; for more: pamir expand %s --replicates %d", given->output,
            kept.n_replicates, sim_shell_word(given->output, word), wanted);
    else if (n_failed > 0)
        status = cli_args_fail(
            &cli_run, CLI_FAILED, "%s is complete; %d of its rows failed", given->output, n_failed);
    else {
        status = CLI_DONE;
        if (!given->batch.quiet)
            printf("%s is complete: nothing to do\n", given->output);
    }
out:
    sim_meta_free(&inputs);
    cli_kept_close(&kept);
    return status;
}

static int run_study(
    const struct options *given, struct county_study *study, double start, int argc, char **argv)
{
    struct sim_batch_options batch = {.path = given->output, .overwrite = given->overwrite};
    struct sim_batch_stop stop;
    int status = cli_batch_options(&cli_run, &given->batch, &batch);
    if (status != CLI_PROCEED)
        return status;
    if (!given->all_replicates && county_study_stop(study, &stop))
        batch.stop = &stop;
    if ((status = resume_finished(given, study, batch.stop != NULL)) != CLI_PROCEED)
        return status;
    return cli_batch_run(&cli_run, study, &batch, start, argc, argv);
}

static int run(int argc, char **argv)
{
    struct options given = {.load = CLI_LOAD_INITIAL};
    struct cli_operands operands;
    char word[SIM_SHELL_WORD];
    double start = sim_clock_seconds();
    int status = cli_args_parse(&cli_run, argc, argv, &given, &operands);
    if (status != CLI_PROCEED)
        return status;
    if (!given.output)
        return cli_args_fail(&cli_run, CLI_BAD_INPUT,
            "where should the result go? Name a file: pamir run %s -o OUT.h5",
            sim_shell_word(operands.items[0], word));
    struct county_study *study;
    status = cli_load(&cli_run, operands.items[0], &given.load, &study);
    if (status != CLI_PROCEED)
        return status;
    status = run_study(&given, study, start, argc, argv);
    county_study_free(study);
    return status;
}
