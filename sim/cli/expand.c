#include "sim/cli/batch.h"
#include "sim/cli/commands.h"
#include "sim/cli/kept.h"

#include <string.h>

#include "sim/core/clock.h"
#include "sim/io/provenance.h"

struct options {
    struct cli_batch batch;
    int64_t replicates; /* 0: not said */
};

static const struct cli_option options[] = {
    {CLI_INTEGER, "replicates", '\0', "N", "replicates of each arm in the end (required, but with --resume)",
        offsetof(struct options, replicates), 1, 100000},
    CLI_BATCH_OPTIONS(struct options, batch),
};

static int run(int argc, char **argv);

const struct cli_command cli_expand = {
    "expand",
    "OUT.h5 --replicates N",
    "adds replicates to a batch, finished or not, out of the texts that it carries",
    "Adds replicates to a result: every arm and point gets N of them in all. The experiment is read from the "
    "texts that\n"
    "OUT.h5 carries; its files are not needed, and changes to them do not matter. Rows that are there are "
    "taken "
    "over, not\n"
    "computed again. OUT.h5 is replaced only when the larger one is complete and verified; it has the same "
    "digest as\n"
    "that of a run with N replicates from the beginning. What was stopped goes on with --resume, "
    "from "
    "OUT.h5.parts.\n\n"
    "Of a run that is not finished (OUT.h5.parts alone) it does the rest and the added replicates; with "
    "--resume "
    "and no\n"
    "--replicates it does the rest. The version of pamir must be the one that made the batch.\n\n"
    "Exit status: 0 done, 1 failed, 2 bad input, 3 stopped early with what is done kept.",
    "  pamir expand tiny.h5 --replicates 8\n"
    "  pamir expand tiny.h5 --resume\n",
    options,
    SIM_COUNT(options),
    1,
    1,
    run,
};

/* Whether what is asked for can be done to what is there. `kept` is what grows: the parts where there are
 * any. */
static int check(const struct options *given, const struct cli_kept *kept)
{
    const char *version = sim_provenance_version();
    if (kept->kind == CLI_KEPT_FOLDER)
        return cli_args_fail(&cli_expand, CLI_BAD_INPUT,
            "%s is a cluster's folder; merge it first: pamir merge %s -o OUT.h5", kept->directory,
            kept->word);
    if (!*kept->path)
        return cli_args_fail(
            &cli_expand, CLI_BAD_INPUT, "%s: name the result, not its parts: OUT.h5", kept->directory);
    if (kept->kind == CLI_KEPT_RESULT && !given->replicates)
        return cli_args_fail(&cli_expand, CLI_BAD_INPUT,
            "%s is complete, with %d replicates; how many should it have? pamir expand %s --replicates %d",
            kept->path, kept->n_replicates, kept->word, 2 * kept->n_replicates);
    if (!given->replicates && !given->batch.resume)
        return cli_args_fail(&cli_expand, CLI_BAD_INPUT,
            "%s is not complete yet: --resume does the rest, --replicates N adds to it", kept->path);
    if (kept->is_doubled && !given->batch.resume)
        return cli_args_fail(&cli_expand, CLI_BAD_INPUT,
            "%s: something was begun in %s and not finished (pamir status %s); --resume goes on with it",
            kept->path, kept->directory, kept->word);
    bool may_equal = kept->kind == CLI_KEPT_PARTS && given->batch.resume;
    if (given->replicates && given->replicates < kept->n_replicates + (may_equal ? 0 : 1))
        return cli_args_fail(&cli_expand, CLI_BAD_INPUT,
            "%s has %s%d replicates; --replicates %lld adds none", kept->path,
            cli_kept_may_stop(kept) ? "at most " : "", kept->n_replicates, (long long)given->replicates);
    if (strcmp(kept->version, version) != 0)
        return cli_args_fail(&cli_expand, CLI_BAD_INPUT,
            "%s was made by version %s, and this is %s: rows of the two would not go together; use that "
            "version, or run the experiment anew",
            kept->path, kept->version, version);
    return CLI_PROCEED;
}

static int expand(const struct options *given, const struct cli_kept *kept, struct county_study *study,
    double start, int argc, char **argv)
{
    struct sim_batch_stop stop;
    struct sim_batch_options batch = {.path = kept->path, .grow = true, .overwrite = true};
    int status = cli_batch_options(&cli_expand, &given->batch, &batch);
    if (status != CLI_PROCEED)
        return status;
    bool is_begun = kept->kind == CLI_KEPT_PARTS;
    batch.resume = is_begun;
    if (kept->kind == CLI_KEPT_RESULT || kept->is_doubled)
        batch.import = kept->path;
    /* As many as were asked for, now or when an expansion was begun; the rest of a run may end when its
     * difference is sure. */
    if (!given->replicates && !kept->is_doubled && county_study_stop(study, &stop))
        batch.stop = &stop;
    return cli_batch_run(&cli_expand, study, &batch, start, argc, argv);
}

static int run(int argc, char **argv)
{
    struct options given = {0};
    struct cli_operands operands;
    struct cli_kept kept;
    struct county_study *study = NULL;
    struct sim_error error = {0};
    double start = sim_clock_seconds();
    int status = cli_args_parse(&cli_expand, argc, argv, &given, &operands);
    if (status != CLI_PROCEED)
        return status;
    int code = cli_kept_open(&kept, operands.items[0], true, &error);
    if (code < 0)
        status = cli_kept_refuse(&cli_expand, code, &error);
    if (status == CLI_PROCEED)
        status = check(&given, &kept);
    if (status == CLI_PROCEED)
        status = cli_kept_study(
            &cli_expand, &kept, (int32_t)(given.replicates ? given.replicates : kept.n_replicates), &study);
    if (status == CLI_PROCEED)
        status = expand(&given, &kept, study, start, argc, argv);
    county_study_free(study);
    cli_kept_close(&kept);
    return status;
}
