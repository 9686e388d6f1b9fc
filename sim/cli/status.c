#include <errno.h>
#include <string.h>

#include "sim/cli/commands.h"
#include "sim/cli/standing.h"

struct options {
    const char *json;
    bool all, quiet;
};

static const struct cli_option options[] = {
    {CLI_TEXT, "json", '\0', "FILE", "write it as JSON (-: to standard output, and nothing else)",
        offsetof(struct options, json), 0, 0},
    {CLI_FLAG, "all", '\0', NULL, "list every failed row, saved row and slice, not the first few",
        offsetof(struct options, all), 0, 0},
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
    "Keys of the JSON: path, kind (result, parts, folder), complete, version, points, replicates, rows {all, "
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

static int write_json(const char *path, const struct cli_standing *standing)
{
    bool is_standard = strcmp(path, "-") == 0;
    FILE *out = is_standard ? stdout : fopen(path, "we");
    if (!out)
        return cli_args_fail(&cli_status, CLI_BAD_INPUT, "%s: %s", path, strerror(errno));
    cli_standing_json(standing, out);
    bool lost = fflush(out) != 0 || ferror(out);
    if (!is_standard && fclose(out) != 0)
        lost = true;
    return lost ? cli_args_fail(&cli_status, CLI_FAILED, "%s cannot be written", path) : CLI_PROCEED;
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
    if (status == CLI_PROCEED && !given.quiet && !(given.json && strcmp(given.json, "-") == 0))
        cli_standing_print(&standing, given.all, stdout);
    if (status == CLI_PROCEED && given.json)
        status = write_json(given.json, &standing);
    if (status == CLI_PROCEED)
        status = standing.n_missing > 0 ? CLI_STOPPED : standing.n_failed > 0 ? CLI_FAILED : CLI_DONE;
    cli_standing_free(&standing);
    return status;
}
