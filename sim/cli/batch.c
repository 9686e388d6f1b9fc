#include "sim/cli/batch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/load.h"
#include "sim/core/clock.h"
#include "sim/core/shell.h"
#include "sim/io/parts.h"
#include "sim/io/survey.h"

int cli_batch_options(
    const struct cli_command *command, const struct cli_batch *given, struct sim_batch_options *out)
{
    out->n_threads = (int32_t)given->threads;
    out->resume = given->resume;
    out->no_fork = given->no_fork;
    out->quiet = given->quiet;
    out->checkpoint_seconds = 600;
    if (!given->checkpoint)
        return CLI_PROCEED;
    if (strcmp(given->checkpoint, "never") == 0) {
        out->checkpoint_seconds = -1;
        return CLI_PROCEED;
    }
    char *end;
    out->checkpoint_seconds = strtod(given->checkpoint, &end);
    if (*end || !(out->checkpoint_seconds >= 0) || !(out->checkpoint_seconds <= 1e6))
        return cli_args_fail(command, CLI_BAD_INPUT,
            "--checkpoint: '%s' is no time; expected seconds (0: on signals only), or never",
            given->checkpoint);
    return CLI_PROCEED;
}

int cli_batch_status(int code)
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

/* What an earlier run left. Nothing is said when there is nothing: the batch begins. */
static void say_found(const struct sim_batch_options *batch)
{
    char directory[SIM_FILE_PATH];
    struct sim_survey survey;
    struct sim_error ignored = {0};
    if (batch->directory)
        snprintf(directory, sizeof directory, "%s", batch->directory);
    else if (sim_parts_directory(batch->path, directory, &ignored) < 0)
        return;
    if (!sim_file_is_directory(directory) || sim_survey_read(&survey, directory, &ignored) < 0)
        return;
    printf("found in %s: %lld of %lld rows", directory, (long long)survey.n_done, (long long)survey.n_rows);
    if (survey.n_failed > 0)
        printf(", %lld of them failed", (long long)survey.n_failed);
    if (survey.n_checkpoints > 0)
        printf("; %d %s of rows under way", survey.n_checkpoints,
            survey.n_checkpoints == 1 ? "checkpoint" : "checkpoints");
    if (survey.n_dropped_bytes > 0)
        printf("; %lld bytes were torn or damaged and are dropped", (long long)survey.n_dropped_bytes);
    printf("\n");
    fflush(stdout);
    sim_survey_free(&survey);
}

static const char *some(int32_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}

static void print_rows(const struct county_study *study, const struct sim_batch_options *batch,
    const struct sim_batch_result *result)
{
    int32_t n_arms = county_study_n_arms(study), n_points = county_study_n_points(study);
    int32_t n = result->n_replicates > 0 ? result->n_replicates : county_study_n_replicates(study);
    printf("%s: %d %s (%d %s x ", batch->path, result->n_done, some(result->n_done, "row", "rows"), n_arms,
        some(n_arms, "arm", "arms"));
    if (n_points > 1)
        printf("%d points x ", n_points);
    printf("%d %s)", n, some(n, "replicate", "replicates"));
    if (result->n_failed > 0)
        printf(", %d of them failed", result->n_failed);
}

/* When enough was known. */
static void print_stop(const struct county_study *study, const struct sim_batch_options *batch,
    const struct sim_batch_result *result)
{
    if (!batch->stop)
        return;
    const struct sim_variable *variable = &county_study_output(study)->variables[batch->stop->variable];
    printf("stop_when: %s after %d of at most %d replicates: %s.%s of '%s' less '%s' is known to +- ",
        result->is_sure ? "sure" : "not sure", result->n_replicates, county_study_n_replicates(study),
        variable->group, variable->name, county_study_arm(study, batch->stop->arm),
        county_study_arm(study, batch->stop->reference));
    if (isnan(result->half_width))
        printf("nothing yet");
    else
        printf("%.4g", result->half_width);
    printf(" (asked: %.4g %s)%s\n", batch->stop->half_width, variable->unit,
        county_study_n_points(study) > 1 ? ", at the least sure point" : "");
    if (result->n_pairs_lost > 0)
        printf("stop_when: %d %s left out, since a row failed\n", result->n_pairs_lost,
            some(result->n_pairs_lost, "pair is", "pairs are"));
}

static void report(const struct county_study *study, const struct sim_batch_options *batch,
    const struct sim_batch_result *result, bool is_part, double startup, double seconds)
{
    int32_t n_threads = sim_batch_threads(batch);
    print_rows(study, batch, result);
    printf("; %.1f s on %d %s", seconds, n_threads, some(n_threads, "thread", "threads"));
    /* Where only a part was computed now, a rate would flatter. */
    if (!is_part && seconds > 0) {
        char rate[32];
        double n = (double)county_study_household_months(study) * result->n_done;
        cli_load_count_text((int64_t)(n / seconds), rate);
        printf(", %s household-months a second", rate);
    }
    printf("\n");
    print_stop(study, batch, result);
    sim_batch_print_times(result, startup, seconds, stdout);
    printf("digest %s\nnext: pamir summary ", result->digest);
    sim_shell_print(batch->path, stdout);
    putchar('\n');
}

int cli_batch_run(const struct cli_command *command, struct county_study *study,
    struct sim_batch_options *batch, double start, int argc, char **argv)
{
    double startup = sim_clock_seconds() - start;
    struct sim_error error = {0};
    struct sim_batch_result result = {0};
    char word[SIM_SHELL_WORD];
    bool is_part = batch->resume || batch->import;
    if (batch->resume && !batch->quiet)
        say_found(batch);
    int code = cli_load_run(study, batch, NULL, argc, argv, &result, &error);
    int status = cli_batch_status(code);
    if (code < 0)
        cli_args_fail(command, status, "%s", error.message[0] ? error.message : sim_error_sentence(code));
    else if (!batch->quiet)
        report(study, batch, &result, is_part, startup, sim_clock_seconds() - start);
    /* Said even when quiet: what is lost is seldom lost at random. */
    if (code == 0 && result.n_failed > 0)
        status = cli_args_fail(command, CLI_FAILED,
            "%d of %d rows failed; %s holds the others, and the reasons (pamir status %s)", result.n_failed,
            result.n_done, batch->path, sim_shell_word(batch->path, word));
    return status;
}
