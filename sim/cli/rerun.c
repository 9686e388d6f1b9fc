#include "sim/cli/aside.h"
#include "sim/cli/commands.h"
#include "sim/cli/kept.h"

#include <stdlib.h>
#include <string.h>

#include "models/county/replay.h"
#include "models/county/scenario.h"
#include "sim/core/clock.h"
#include "sim/io/provenance.h"
#include "sim/time/calendar.h"

struct options {
    const char *arm, *log, *from, *to, *state;
    int64_t replicate, point;
    bool events, overwrite, quiet;
};

static const struct cli_option options[] = {
    {CLI_TEXT, "arm", '\0', "A", "the arm of the row (required)", offsetof(struct options, arm), 0, 0},
    {CLI_INTEGER, "replicate", '\0', "K", "its replicate, from 1 (required)",
        offsetof(struct options, replicate), 1, INT32_MAX},
    {CLI_INTEGER, "point", '\0', "P", "its point of a sweep, from 0 (0)", offsetof(struct options, point), 0,
        INT32_MAX},
    {CLI_TEXT, "log", '\0', "FILE", "where the log goes (standard output)", offsetof(struct options, log), 0,
        0},
    {CLI_TEXT, "from", '\0', "YYYY-MM", "first month that is logged (the first)",
        offsetof(struct options, from), 0, 0},
    {CLI_TEXT, "to", '\0', "YYYY-MM", "last month that is logged (the last)", offsetof(struct options, to), 0,
        0},
    {CLI_FLAG, "events", '\0', NULL, "log the events of the villages, too", offsetof(struct options, events),
        0, 0},
    {CLI_TEXT, "state", '\0', "YYYY-MM", "print every table as it stands at the end of this month",
        offsetof(struct options, state), 0, 0},
    {CLI_FLAG, "overwrite", '\0', NULL, "replace the file of --log if it exists",
        offsetof(struct options, overwrite), 0, 0},
    {CLI_FLAG, "quiet", '\0', NULL, "no report, and no log but that of --log: the exit status tells",
        offsetof(struct options, quiet), 0, 0},
};

static int run(int argc, char **argv);

const struct cli_command cli_rerun = {
    "rerun",
    "OUT.h5 --arm A --replicate K",
    "lives one row of a batch again, alone, and logs what happens in it",
    "Lives one arm of one replicate again, alone and on one thread, out of the texts that OUT.h5 (or its "
    "parts, while\n"
    "it is not finished) carries: the experiment's files are not needed. In the end the row is held against "
    "the one that\n"
    "is kept: the same, bit for bit, or an error. A row that failed must fail again with the same words: its "
    "log ends\n"
    "with the tables of the village that failed, as they stood.\n\n"
    "Lines of the log, each with its month or date first:\n"
    "  event    what befalls the county (with --events the villages, too), with the numbers it carries\n"
    "  program  a program whose dates or money changed in the month\n"
    "  month    the county at the month's end: persons, households, jobs, herds, money by account, prices\n"
    "  state    (--state) every table, and whether every promise about them holds\n\n"
    "Exit status: 0 the same as kept, or nothing was kept yet; 1 not the same, or it could not be done; 2 "
    "bad "
    "input.",
    "  pamir rerun tiny.h5 --arm land --replicate 2 --log land-2.log\n"
    "  pamir rerun tiny.h5 --arm land --replicate 2 --from 2016-03 --to 2016-06 --events\n"
    "  pamir rerun tiny.h5 --arm reference --replicate 1 --to 2015-01 --state 2015-12 --log state.txt\n",
    options,
    SIM_COUNT(options),
    1,
    1,
    run,
};

/* The row that is asked for, and what of it. */
struct task {
    int32_t point, arm, replicate;
    struct replay_options replay;
};

static int find_arm(const struct cli_kept *kept, const char *name)
{
    for (int32_t i = 0; i < kept->n_arms; i++)
        if (strcmp(kept->arms[i], name) == 0)
            return i;
    const char *nearest = sim_diag_nearest(name, kept->arms, kept->n_arms);
    cli_args_fail(&cli_rerun, CLI_BAD_INPUT, "--arm: there is no arm '%s'%s%s%s; its arms are:", name,
        nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    for (int32_t i = 0; i < kept->n_arms; i++)
        fprintf(stderr, "%s%s", i ? ", " : "  ", kept->arms[i]);
    fputc('\n', stderr);
    return -1;
}

/* A month of the horizon, as a month index; `text` NULL: as it was. */
static int read_month(const char *option, const char *text, const struct scenario *scenario, int32_t *month)
{
    struct sim_date date;
    if (!text)
        return CLI_PROCEED;
    if (strlen(text) != 7 || !sim_date_read(text, &date))
        return cli_args_fail(
            &cli_rerun, CLI_BAD_INPUT, "--%s: '%s' is not a month; expected one like 2018-03", option, text);
    *month = sim_month_from_date(date.year, date.month);
    int32_t last = scenario->end_month - 1;
    if (*month < scenario->first_month || *month > last)
        return cli_args_fail(&cli_rerun, CLI_BAD_INPUT,
            "--%s: %s lies outside the experiment, %d-%02d to %d-%02d", option, text,
            sim_month_year(scenario->first_month), sim_month_of_year(scenario->first_month),
            sim_month_year(last), sim_month_of_year(last));
    return CLI_PROCEED;
}

static int read_row(const struct options *given, const struct cli_kept *kept, struct task *task)
{
    if ((task->arm = find_arm(kept, given->arm)) < 0)
        return CLI_BAD_INPUT;
    if (given->replicate > kept->n_replicates)
        return cli_args_fail(&cli_rerun, CLI_BAD_INPUT, "--replicate: %lld is out of range; expected 1 to %d",
            (long long)given->replicate, kept->n_replicates);
    if (given->point >= kept->n_points)
        return cli_args_fail(&cli_rerun, CLI_BAD_INPUT, "--point: %lld is out of range; %s %d",
            (long long)given->point, kept->n_points == 1 ? "without a sweep there is only" : "expected 0 to",
            kept->n_points - 1);
    task->replicate = (int32_t)given->replicate - 1;
    task->point = (int32_t)given->point;
    return CLI_PROCEED;
}

static int read_months(
    const struct options *given, const struct scenario *scenario, struct replay_options *replay)
{
    int32_t last = scenario->end_month - 1;
    *replay = (struct replay_options){.from = scenario->first_month, .villages = given->events, .state = -1};
    int status = read_month("from", given->from, scenario, &replay->from);
    if (status == CLI_PROCEED)
        status = read_month("to", given->to, scenario, &last);
    if (status == CLI_PROCEED)
        status = read_month("state", given->state, scenario, &replay->state);
    if (status == CLI_PROCEED && last < replay->from)
        status = cli_args_fail(&cli_rerun, CLI_BAD_INPUT, "--to %s lies before --from %s", given->to,
            given->from ? given->from : "(the first month)");
    replay->to = last + 1;
    return status;
}

/* The kept words say in the end which row it was, and how to replay it. */
static bool is_same_failure(const char *kept, const char *now)
{
    const char *end = strstr(kept, "; seed ");
    return strncmp(kept, now, end ? (size_t)(end - kept) : strlen(kept) + 1) == 0;
}

static void print_comparison(const struct cli_kept_row *row, int code, const struct sim_error *failure,
    const uint8_t digest[SIM_DIGEST_BYTES], FILE *out)
{
    char was[SIM_DIGEST_TEXT] = "none: this row is not there yet", now[SIM_DIGEST_TEXT];
    sim_digest_text(digest, now);
    if (row->is_present)
        sim_digest_text(row->digest, was);
    if (code < 0)
        fprintf(out, "failed  %s\n", failure->message);
    if (row->is_present && row->status != 0)
        fprintf(out, "before  %s\n", row->message);
    fprintf(out, "kept    %s\nnow     %s\n", was, now);
}

/* What came of it, against what is kept. out NULL: quiet. */
static int compare(const struct task *task, const struct cli_kept *kept, const struct cli_kept_row *row,
    int code, const struct sim_error *failure, const uint8_t digest[SIM_DIGEST_BYTES], FILE *out)
{
    const char *arm = kept->arms[task->arm];
    bool is_other = strcmp(kept->version, sim_provenance_version()) != 0;
    bool same = row->status == code && memcmp(row->digest, digest, SIM_DIGEST_BYTES) == 0 &&
                (code == 0 || is_same_failure(row->message, failure->message));
    if (out)
        print_comparison(row, code, failure, digest, out);
    if (out && (same || !row->is_present))
        fprintf(out, "arm '%s', replicate %d: %s\n", arm, task->replicate + 1,
            !row->is_present ? "nothing to hold it against"
            : code < 0       ? "it failed again, with the same words"
                             : "the same, bit for bit");
    if (same || !row->is_present)
        return CLI_DONE;
    return cli_args_fail(&cli_rerun, CLI_FAILED, "arm '%s', replicate %d is not the row that is kept%s%s%s%s",
        arm, task->replicate + 1, is_other ? ": it was made by version " : "", is_other ? kept->version : "",
        is_other ? ", and this is " : "", is_other ? sim_provenance_version() : "");
}

/* Lives the row and compares; the log goes to task->replay.log. */
static int live(const struct options *given, const struct cli_kept *kept, const struct cli_kept_row *row,
    const struct county_study *study, const struct task *task, void *payload)
{
    const struct sim_output *output = county_study_output(study);
    struct sim_error failure = {0};
    uint8_t digest[SIM_DIGEST_BYTES];
    double start = sim_clock_seconds();
    int code = replay_row(study, task->point, task->arm, task->replicate, &task->replay, payload, &failure);
    sim_output_settle(output, payload);
    sim_parts_row_digest(task->point, task->arm, task->replicate, code, code == 0 ? payload : NULL,
        code == 0 ? output->row_bytes : 0, digest);
    if (!given->quiet)
        printf("%s%s%slived again in %.2f s\n", given->log ? given->log : "", given->log ? ": " : "",
            given->log ? "the log; " : "", sim_clock_seconds() - start);
    return compare(task, kept, row, code, &failure, digest, given->quiet ? NULL : stdout);
}

static int replay(
    const struct options *given, struct cli_kept *kept, const struct county_study *study, struct task *task)
{
    struct sim_error error = {0};
    struct cli_kept_row row;
    struct cli_aside log = {0};
    int code = cli_kept_find(kept, study, task->point, task->arm, task->replicate, &row, &error);
    if (code < 0)
        return cli_args_fail(&cli_rerun, CLI_FAILED, "%s", error.message);
    int status =
        given->log ? cli_aside_open(&log, &cli_rerun, kept, given->log, given->overwrite) : CLI_PROCEED;
    if (status != CLI_PROCEED)
        return status;
    void *payload = aligned_alloc(64, ((size_t)county_study_output(study)->row_bytes + 127) / 64 * 64);
    task->replay.log = given->log ? log.out : given->quiet ? NULL : stdout;
    status = payload ? live(given, kept, &row, study, task, payload)
                     : cli_args_fail(&cli_rerun, CLI_FAILED, "out of memory");
    free(payload);
    int closed = cli_aside_close(&log, &cli_rerun);
    return closed != CLI_PROCEED ? closed : status;
}

static int run(int argc, char **argv)
{
    struct options given = {0};
    struct cli_operands operands;
    struct cli_kept kept;
    struct county_study *study = NULL;
    struct sim_error error = {0};
    struct task task;
    char word[SIM_SHELL_WORD];
    int status = cli_args_parse(&cli_rerun, argc, argv, &given, &operands);
    if (status != CLI_PROCEED)
        return status;
    if (!given.arm || given.replicate < 1)
        return cli_args_fail(&cli_rerun, CLI_BAD_INPUT,
            "which row? Name its arm and replicate: pamir rerun %s --arm reference --replicate 1",
            sim_shell_word(operands.items[0], word));
    int code = cli_kept_open(&kept, operands.items[0], false, &error);
    if (code < 0)
        status = cli_kept_refuse(&cli_rerun, code, &error);
    if (status == CLI_PROCEED)
        status = read_row(&given, &kept, &task);
    if (status == CLI_PROCEED)
        status = cli_kept_study(&cli_rerun, &kept, 0, &study);
    if (status == CLI_PROCEED)
        status = read_months(&given, county_study_scenario(study, task.point, task.arm), &task.replay);
    if (status == CLI_PROCEED)
        status = replay(&given, &kept, study, &task);
    county_study_free(study);
    cli_kept_close(&kept);
    return status;
}
