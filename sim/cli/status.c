#include <string.h>

#include "sim/cli/aside.h"
#include "sim/cli/commands.h"
#include "sim/cli/standing.h"

struct options {
    const char *json;
    bool all, overwrite, quiet;
};

static const struct cli_option options[] = {
    {CLI_TEXT, "json", '\0', "FILE", "write it as JSON (-: to standard output, and nothing else)",
        offsetof(struct options, json), 0, 0},
    {CLI_FLAG, "all", '\0', NULL, "list every failed row, saved row, point and slice, not the first few",
        offsetof(struct options, all), 0, 0},
    {CLI_FLAG, "overwrite", '\0', NULL, "replace the file of --json if it exists",
        offsetof(struct options, overwrite), 0, 0},
    {CLI_FLAG, "quiet", '\0', NULL, "say nothing: the exit status tells", offsetof(struct options, quiet), 0,
        0},
};

static int run(int argc, char **argv);

const struct cli_command cli_status = {
    "status",
    "OUT",
    "tells how far a batch is: rows done, failed and missing, who is at work, time left",
    "OUT is a result (finished or not), the parts directory of one that is under way, or a folder of pamir "
    "submit or pamir\n"
    "slice. It may be asked while the batch runs, as often as one likes: nothing is locked or changed, and "
    "no "
    "scheduler is\n"
    "asked. Shown are rows by arm and point, processes at work with their rate, rows that are saved and how "
    "far "
    "they have\n"
    "lived, slices, failed rows with their reasons and the commands that live them again, and the command to "
    "go "
    "on with.\n\n"
    "Keys of the JSON: path, kind (result, parts, folder), complete, version, may_stop (stop_when may end it "
    "earlier),\n"
    "stopped (why it has no more replicates), merged (the result of a folder), points, replicates, rows "
    "{all, "
    "done, failed,\n"
    "missing; done holds the failed ones}, arms [{arm, done, failed, missing}], by_point, rows_per_second, "
    "seconds_left\n"
    "(null: not known), processes [{host, pid, threads, since, rows, certain}], checkpoints [{arm, point, "
    "replicate,\n"
    "lived_to, age_seconds}], slices [{first, end, done, failed, state}], failures [{arm, point, replicate, "
    "message,\n"
    "rerun}], next.\n\n"
    "Exit status: 0 complete, 1 complete with rows that failed (or it cannot be read), 2 no such thing, 3 "
    "not "
    "complete.",
    "  pamir status tiny.h5\n"
    "  pamir status tiny.h5 --json -\n",
    options,
    SIM_COUNT(options),
    1,
    1,
    run,
};

/* Prints and writes what was asked for. */
static int tell(const struct options *given, const struct cli_standing *standing)
{
    struct cli_aside file;
    bool is_standard = given->json && strcmp(given->json, "-") == 0;
    int status = !given->json ? CLI_PROCEED
                              : cli_aside_open(&file, &cli_status, &standing->kept,
                                    is_standard ? "/dev/stdout" : given->json, given->overwrite);
    if (status != CLI_PROCEED)
        return status;
    if (!given->quiet && !is_standard)
        cli_standing_print(standing, given->all, stdout);
    if (!given->json)
        return CLI_PROCEED;
    cli_standing_json(standing, file.out);
    return cli_aside_close(&file, &cli_status);
}

static int run(int argc, char **argv)
{
    struct options given = {0};
    struct cli_operands operands;
    struct cli_standing standing;
    struct sim_error error = {0};
    int status = cli_args_parse(&cli_status, argc, argv, &given, &operands);
    if (status != CLI_PROCEED)
        return status;
    int code = cli_standing_read(&standing, operands.items[0], &error);
    if (code < 0)
        status = cli_kept_refuse(&cli_status, code, &error);
    if (status == CLI_PROCEED)
        status = tell(&given, &standing);
    if (status == CLI_PROCEED)
        status = standing.n_missing > 0 ? CLI_STOPPED : standing.n_failed > 0 ? CLI_FAILED : CLI_DONE;
    cli_standing_free(&standing);
    return status;
}
