#include "sim/cli/commands.h"
#include "sim/cli/costs.h"
#include "sim/cli/kept.h"
#include "sim/cli/points.h"
#include "sim/cli/result.h"
#include "sim/cli/texttable.h"
#include "sim/cli/winners.h"
#include "sim/core/shell.h"
#include "sim/data/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LEVEL 0.95
#define PAGE 120 /* columns, where no terminal says */

#define FAILURES_SHOWN 5

struct options {
    int64_t width;
    int64_t point; /* -1: not said */
};

static const struct cli_option options[] = {
    {CLI_INTEGER, "width", '\0', "N", "columns of the page (the terminal's, or 120)",
        offsetof(struct options, width), 40, 10000},
    {CLI_INTEGER, "point", '\0', "P", "of a sweep: all about this point, from 0 (a table of all points)",
        offsetof(struct options, point), 0, INT32_MAX},
};

static int run(int argc, char **argv);

const struct cli_command cli_summary = {
    "summary",
    "OUT.h5",
    "arms, differences from the reference with intervals, winners and losers, costs",
    "Prints the main indicators of each arm, with income by source and assets, their paired differences from "
    "the\n"
    "reference arm (replicate by replicate, under the same luck) with 95 percent intervals of Student's t, "
    "who "
    "gained and\n"
    "who lost, and what a unit of result cost. The intervals hold simulation error only (of winners and "
    "losers "
    "also the\n"
    "drawing of the panel): not that of parameters, nor of the model. [imposed], [fitted] and [emergent] say "
    "what an\n"
    "indicator's level is: only emergent ones are evidence. Averages over the last years take no year before "
    "the programs.\n"
    "What is by month is shown as the mean of its years. Arms without a complete replicate are left out and "
    "named.\n"
    "Of a sweep, a table says what each arm does to real income at each point; --point shows one point "
    "whole. Rows "
    "that\n"
    "failed are listed, each with the command that lives it again.\n\n"
    "Exit status: 0 done, 1 damaged or no result, 2 bad input.",
    "  pamir summary tiny.h5\n"
    "  pamir summary tiny.h5 --width 200\n",
    options,
    SIM_COUNT(options),
    1,
    1,
    run,
};

/* How a number is told: as a level and as a difference of levels. */
struct form {
    const char *unit, *unit_of_difference;
    double factor, factor_of_difference;
    int32_t decimals, decimals_of_difference;
};

static const struct form money = {"", "", 1, 1, 0, 1};

#define PARTS_MAX 8 /* poverty lines, sources of income and activities, shown */
#define N_BY 3      /* indicators that have such parts */

/* The main indicators of /county by year; `by`: a dimension with a row for each of its places, else the first
 * place. Money is a head and year, as the head of the page says. Sources and assets tell a gift apart from an
 * income: what comes as an animal raises assets, and income only as it bears. */
static const struct {
    const char *variable, *label;
    struct form form;
    const char *by;
    bool is_deflated; /* by each arm's own price index */
} indicators[] = {
    {"income_per_capita", "income, nominal", {"", "", 1, 1, 0, 1}, NULL, false},
    {"income_by_source", "  of this", {"", "", 1, 1, 0, 1}, "source", false},
    {"income_real_per_capita", "income, real", {"", "", 1, 1, 0, 1}, NULL, false},
    {"consumption_per_capita", "consumption, nominal", {"", "", 1, 1, 0, 1}, NULL, false},
    {"consumption_real_per_capita", "consumption, real", {"", "", 1, 1, 0, 1}, NULL, false},
    {"assets_per_household", "assets a household, nominal", {"", "", 1, 1, 0, 1}, NULL, false},
    {"poverty_headcount", "poor", {"%", "points", 100, 100, 1, 2}, "line", false},
    {"poverty_gap", "poverty gap", {"%", "points", 100, 100, 2, 2}, NULL, false},
    {"gini_income", "Gini of income", {"", "points", 1, 100, 3, 2}, NULL, false},
    {"hunger_months", "hunger months a year", {"", "", 1, 1, 2, 3}, NULL, false},
    {"employment_rate", "employed", {"%", "points", 100, 100, 1, 2}, NULL, false},
    {"activity_persons", "persons of working age", {"", "", 1, 1, 0, 1}, "activity", false},
    {"n_migrants", "migrants, persons", {"", "", 1, 1, 0, 1}, NULL, false},
    {"n_jobs", "posts held", {"", "", 1, 1, 0, 1}, NULL, false},
    {"wage_casual", "casual wage a day, nominal", {"", "", 1, 1, 1, 2}, NULL, false},
    {"wage_casual", "casual wage a day, real", {"", "", 1, 1, 1, 2}, NULL, true},
    {"service_price", "price of local over outside goods", {"", "", 1, 1, 3, 4}, NULL, false},
};

struct period {
    int32_t first, end; /* year indices */
    char name[CLI_SPAN];
};

static void print_level(struct cli_table *table, int32_t row, int32_t column, const double *values, int32_t n,
    double factor, int32_t decimals)
{
    char mean[CLI_CELL];
    cli_table_number(sim_statistics_mean(values, n, LEVEL).mean * factor, decimals, false, mean);
    cli_table_set(table, row, column, "%s", mean);
}

static void print_difference(struct cli_table *table, int32_t row, int32_t column, const double *values,
    const double *reference, int32_t n, double factor, int32_t decimals)
{
    struct sim_statistics_estimate estimate = sim_statistics_paired(values, reference, n, LEVEL);
    cli_table_difference(
        table, row, column, estimate.mean * factor, (estimate.high - estimate.mean) * fabs(factor), decimals);
}

/* The mean over a period, each year's value over the price index where one is given. */
static double value_of(const struct cli_variable *variable, const struct cli_variable *index, int32_t arm,
    int32_t replicate, int32_t other, const struct period *period)
{
    double sum = 0;
    if (!index)
        return cli_variable_mean(variable, arm, replicate, other, period->first, period->end);
    for (int32_t year = period->first; year < period->end; year++)
        sum += cli_variable_at(variable, arm, replicate, other, year) /
               cli_variable_at(index, arm, replicate, 0, year);
    return sum / (period->end - period->first);
}

/* One row of levels and one of differences, from a variable's mean over a period. Levels are over the
 * replicates that every arm has (an arm that has none counts not), so that their differences are those below;
 * a difference is over the pairs that the two arms have. index: prices to deflate by, or NULL. */
static int fill_row(struct cli_result *result, const struct cli_variable *variable,
    const struct cli_variable *index, int32_t other, const struct period *period, const struct form *form,
    int32_t row, struct cli_table *levels, struct cli_table *differences, struct sim_error *error)
{
    int32_t n = result->n_replicates;
    double *values = malloc((size_t)(result->n_arms + 1) * (size_t)n * sizeof(*values));
    if (!values)
        return sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
    double *common = values + (ptrdiff_t)result->n_arms * n;
    for (int32_t r = 0; r < n; r++)
        common[r] = 0.0; /* NaN where an arm has none */
    for (int32_t arm = 0; arm < result->n_arms; arm++) {
        double *own = values + (ptrdiff_t)arm * n;
        bool is_known = false;
        for (int32_t r = 0; r < n; r++) {
            own[r] = value_of(variable, index, arm, r, other, period);
            is_known |= isfinite(own[r]);
        }
        for (int32_t r = 0; r < n && is_known; r++)
            common[r] += 0.0 * own[r];
    }
    const double *reference = values + (ptrdiff_t)result->reference * n;
    for (int32_t arm = 0, column = 0; arm < result->n_arms; arm++)
        if (arm != result->reference)
            print_difference(differences, row, column++, values + (ptrdiff_t)arm * n, reference, n,
                form->factor_of_difference, form->decimals_of_difference);
    for (int32_t arm = 0; arm < result->n_arms; arm++) {
        double *own = values + (ptrdiff_t)arm * n;
        for (int32_t r = 0; r < n; r++)
            own[r] += common[r];
        print_level(levels, row, arm, own, n, form->factor, form->decimals);
    }
    free(values);
    return 0;
}

/* `part`: the name of a poverty line or a source, or "". */
static void label_rows(struct cli_table *levels, struct cli_table *differences, int32_t row,
    int32_t indicator, const char *part, const struct cli_variable *variable)
{
    const struct form *form = &indicators[indicator].form;
    const char *moment = variable->array.moment ? variable->array.moment : "";
    char label[80];
    snprintf(label, sizeof(label), "%.40s%s%.24s%s", indicators[indicator].label, *part ? " (" : "", part,
        *part ? ")" : "");
    cli_table_row(levels, row, "  %s%s%s%s%.20s%s", label, *form->unit ? ", " : "", form->unit,
        *moment ? " [" : "", moment, *moment ? "]" : "");
    cli_table_row(
        differences, row, "  %s%s%s", label, *form->unit_of_difference ? ", " : "", form->unit_of_difference);
}

static void label_columns(
    const struct cli_result *result, struct cli_table *levels, struct cli_table *differences)
{
    for (int32_t arm = 0, column = 0; arm < result->n_arms; arm++) {
        cli_table_column(levels, arm, cli_result_arm(result, arm));
        if (arm != result->reference)
            cli_table_column(differences, column++, cli_result_arm(result, arm));
    }
}

/* The rows of one indicator, from row `*row` on. */
static void fill_indicator(struct cli_result *result, int32_t indicator, const struct period *period,
    int32_t *row, struct cli_table *levels, struct cli_table *differences, struct sim_error *error)
{
    struct cli_variable variable, index = {0};
    struct sim_h5_array parts = {0};
    const char *by = indicators[indicator].by;
    if (!cli_variable_read(result, "county", indicators[indicator].variable, &variable, error))
        return;
    if (indicators[indicator].is_deflated &&
        !cli_variable_read(result, "county", "price_index", &index, error)) {
        cli_variable_free(&variable);
        return;
    }
    int32_t n = 1;
    if (by && sim_h5_has(&result->file, "county", by) &&
        sim_h5_read(&result->file, "county", by, &parts, error) == 0 && parts.texts &&
        parts.n == variable.n_other)
        n = variable.n_other < PARTS_MAX ? variable.n_other : PARTS_MAX;
    for (int32_t i = 0; i < n && error->code == 0; i++, ++*row) {
        label_rows(levels, differences, *row, indicator, parts.texts ? parts.texts[i] : "", &variable);
        fill_row(result, &variable, indicators[indicator].is_deflated ? &index : NULL, i, period,
            &indicators[indicator].form, *row, levels, differences, error);
    }
    sim_h5_array_free(&parts);
    cli_variable_free(&index);
    cli_variable_free(&variable);
}

/* Levels and differences of a period. */
static int print_period(
    struct cli_result *result, const struct period *period, int32_t width, FILE *out, struct sim_error *error)
{
    struct cli_table levels, differences = {0};
    int32_t n = SIM_COUNT(indicators) + N_BY * PARTS_MAX, row = 0;
    if (!cli_table_init(&levels, n, result->n_arms) || !cli_table_init(&differences, n, result->n_arms - 1)) {
        sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
        goto out;
    }
    label_columns(result, &levels, &differences);
    for (int32_t i = 0; i < SIM_COUNT(indicators) && error->code == 0; i++)
        fill_indicator(result, i, period, &row, &levels, &differences, error);
    if (error->code)
        goto out;
    fprintf(out, "\nLevels, %s, mean of replicates (poverty by consumption)\n", period->name);
    cli_table_print(&levels, "  county", width, out);
    if (result->n_arms > 1) {
        fprintf(out, "\nDifferences from '%s', %s%s\n", cli_result_arm(result, result->reference),
            period->name,
            result->n_replicates > 1 ? ", with 95% intervals (simulation error only)" : ", one replicate");
        cli_table_print(&differences, "  county", width, out);
    }
out:
    cli_table_free(&levels);
    cli_table_free(&differences);
    return error->code;
}

/* For whom: the same quintiles of the base year in every arm. */
static int print_quintiles(
    struct cli_result *result, const struct period *period, int32_t width, FILE *out, struct sim_error *error)
{
    struct cli_variable variable;
    struct cli_table levels = {0}, differences = {0};
    if (result->n_arms < 2 ||
        !cli_variable_read(result, "quintile", "income_real_per_capita", &variable, error))
        return error->code;
    if (!cli_table_init(&levels, variable.n_other, result->n_arms) ||
        !cli_table_init(&differences, variable.n_other, result->n_arms - 1)) {
        sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
        goto out;
    }
    label_columns(result, &levels, &differences);
    for (int32_t i = 0; i < variable.n_other && error->code == 0; i++) {
        cli_table_row(&differences, i, "  %d%s", i + 1,
            i == 0                      ? ", the poorest"
            : i == variable.n_other - 1 ? ", the richest"
                                        : "");
        fill_row(result, &variable, NULL, i, period, &money, i, &levels, &differences, error);
    }
    if (error->code == 0) {
        fprintf(out, "\nReal income a head by quintile of the base year (%.40s): differences, %s%s\n",
            variable.array.unit, period->name,
            result->n_replicates > 1 ? ", 95% intervals" : ", one replicate");
        cli_table_print(&differences, "  quintile", width, out);
    }
out:
    cli_table_free(&levels);
    cli_table_free(&differences);
    cli_variable_free(&variable);
    return error->code;
}

/* The first rows that failed: why, and how to see it happen. */
static void print_failures(struct cli_result *result, const char *path, FILE *out)
{
    int32_t shown = 0;
    for (int32_t r = 0; r < result->n_replicates; r++)
        for (int32_t p = 0; p < result->n_points; p++)
            for (int32_t arm = 0; arm < (int32_t)result->arms.n; arm++) {
                int32_t status = cli_result_row_status(result, p, arm, r);
                if (status == 0 || status == SIM_ERROR_MISSING || ++shown > FAILURES_SHOWN)
                    continue;
                const char *why = cli_result_row_message(result, p, arm, r);
                why = *why ? why : sim_error_sentence(status);
                char point[32] = "";
                if (result->n_points > 1)
                    snprintf(point, sizeof point, " --point %d", p);
                fprintf(out, "failed: %.*s\n  pamir rerun ", (int)cli_kept_why(why), why);
                sim_shell_print(path, out);
                fprintf(out, " --arm %s --replicate %d%s\n", result->arms.texts[arm], r + 1, point);
            }
    if (shown > FAILURES_SHOWN) {
        fprintf(out, "  and %d more; pamir status ", shown - FAILURES_SHOWN);
        sim_shell_print(path, out);
        fputs(" --all lists them\n", out);
    }
}

static void print_head(struct cli_result *result, const char *path, bool is_table, FILE *out)
{
    fprintf(out, "%s%s%s\n", path, *result->title ? ": " : "", result->title);
    fprintf(out, "%d %s x ", result->n_arms, result->n_arms == 1 ? "arm" : "arms");
    if (result->n_points > 1)
        fprintf(out, "%d points x ", result->n_points);
    fprintf(out, "%d %s, %d to %d", result->n_replicates,
        result->n_replicates == 1 ? "replicate" : "replicates", cli_result_year(result, 0),
        cli_result_year(result, result->n_years - 1));
    if (result->first_year > 0)
        fprintf(out, ", programs from %d", cli_result_year(result, result->first_year));
    fprintf(out, "; reference arm '%s'", cli_result_arm(result, result->reference));
    if (result->placebo >= 0)
        fprintf(out, ", placebo arm '%s'", cli_result_arm(result, result->placebo));
    fputc('\n', out);
    fprintf(out, "money in %s a head and year unless said otherwise", result->currency);
    if (*result->base_year)
        fprintf(out, ", real values in prices of %s", result->base_year);
    if (*result->seed)
        fprintf(out, "; seed %s", result->seed);
    if (*result->version)
        fprintf(out, "; version %s", result->version);
    fputc('\n', out);
    if (result->n_points > 1) {
        char text[600];
        cli_points_text(result, result->point, text, sizeof text);
        if (is_table) {
            fprintf(out, "a sweep of %d points; pamir summary ", result->n_points);
            sim_shell_print(path, out);
            fputs(" --point P shows one of them whole\n", out);
        } else
            fprintf(out, "point %d of 0 to %d%s%s\n", result->point, result->n_points - 1, *text ? ": " : "",
                text);
    }
    if (result->n_failed + result->n_missing > 0)
        fprintf(out, "%d of %lld rows failed, %d are missing; pairs that are not complete are left out\n",
            result->n_failed, (long long)result->status.n, result->n_missing);
    if (result->n_failed > 0)
        print_failures(result, path, out);
    if (result->is_reference_lost)
        fprintf(out, "no replicate of the reference arm '%s' is complete: nothing can be compared\n",
            cli_result_arm(result, result->reference));
    for (int32_t arm = result->n_arms; arm < result->n_arms + result->n_left_out; arm++) {
        const char *why = cli_result_why_left_out(result, arm);
        fprintf(out, "left out: arm '%s', of which no replicate is complete%s%s\n",
            cli_result_arm(result, arm), *why ? ": " : "", why);
    }
    const char *stopped;
    struct sim_error ignored = {0};
    if (sim_h5_read_text(&result->file, "stopped", &stopped, &ignored) == 0 && stopped)
        fprintf(out, "stop_when: %s\n", stopped);
    if (result->n_replicates == 1)
        fputs("one replicate: how sure the differences are is not known\n", out);
}

/* is_table: of a sweep, all points in a table. */
static int print_all(struct cli_result *result, const char *path, bool is_table, int32_t width, FILE *out,
    struct sim_error *error)
{
    struct period programs = {result->first_year, result->n_years, ""},
                  last = {result->n_years - 1, result->n_years, ""};
    cli_result_span(result, programs.first, programs.end, programs.name);
    cli_result_span(result, last.first, last.end, last.name);
    print_head(result, path, is_table, out);
    if (is_table)
        return cli_points_print(result, programs.first, programs.end, width, out, error);
    if (programs.first < last.first && print_period(result, &programs, width, out, error) < 0)
        return error->code;
    if (print_period(result, &last, width, out, error) < 0 ||
        print_quintiles(result, &programs, width, out, error) < 0 ||
        cli_winners_print(result, width, out, error) < 0)
        return error->code;
    if (cli_costs_print(result, width, out, error) < 0)
        return error->code;
    if (result->n_arms > 1 && sim_h5_has(&result->file, "panel", "income_real"))
        fputs("\nDifferences of single households are mostly luck, which shared markets (vacancies, prices) "
              "pass "
              "on from\nhousehold to household; means over households are not.\n",
            out);
    return 0;
}

static int32_t page_width(void)
{
    struct winsize size;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 60)
        return size.ws_col;
    return PAGE;
}

static int run(int argc, char **argv)
{
    struct options given = {.width = page_width(), .point = -1};
    struct cli_operands operands;
    int status = cli_args_parse(&cli_summary, argc, argv, &given, &operands);
    if (status != CLI_PROCEED)
        return status;
    struct cli_result result;
    struct sim_error error = {0};
    int code = cli_result_open(&result, operands.items[0], &error);
    if (code == 0 && given.point >= result.n_points) {
        int32_t n = result.n_points;
        cli_result_close(&result);
        return cli_args_fail(&cli_summary, CLI_BAD_INPUT, "--point: %lld is out of range; %s %d",
            (long long)given.point, n == 1 ? "without a sweep there is only point" : "expected 0 to", n - 1);
    }
    bool is_table = result.n_points > 1 && given.point < 0;
    if (code == 0 && given.point > 0)
        cli_result_choose(&result, (int32_t)given.point);
    if (code == 0)
        code = print_all(&result, operands.items[0], is_table, (int32_t)given.width, stdout, &error);
    cli_result_close(&result);
    return code == 0 ? CLI_DONE : cli_result_refuse(&cli_summary, operands.items[0], code, &error);
}
