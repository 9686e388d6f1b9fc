#include "sim/cli/costs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/texttable.h"
#include "sim/data/statistics.h"

#define LEVEL 0.95
#define LAST_YEARS 3

static const struct {
    const char *variable, *label;
    int32_t decimals;
} sums[] = {
    {"money_promised", "money promised", 0},
    {"money_paid", "money paid", 0},
    {"money_leaked", "money leaked", 0},
    {"money_recovered", "money recovered", 0},
    {"money_to_households", "cash and animals to households", 0},
    {"jobs", "jobs at the peak", 1},
    {"offered", "households offered a place", 1},
    {"accepted", "  accepted", 1},
    {"refused", "  refused", 1},
    {"left_after", "  left later", 1},
};

enum { PER_INCOME, PER_PERSON, PER_JOB, N_RATIOS };

/* By replicate, arm less reference. */
struct outcomes {
    double *paid;              /* in base-year prices where the file allows it, else nominal */
    double *results[N_RATIOS]; /* real income gained over all years; persons lifted; jobs */
    bool has[N_RATIOS];
    bool real;
};

struct inputs {
    struct cli_variable paid_by_year, paid, index, income, persons, headcount, jobs;
    bool has_by_year, has_paid, has_index, has_income, has_persons, has_headcount, has_jobs;
};

static void read_inputs(struct cli_result *result, struct inputs *in, struct sim_error *error)
{
    memset(in, 0, sizeof(*in));
    in->has_by_year = cli_variable_read(result, "investment", "money_paid_by_year", &in->paid_by_year, error);
    in->has_paid = cli_variable_read(result, "investment", "money_paid", &in->paid, error);
    in->has_jobs = cli_variable_read(result, "investment", "jobs", &in->jobs, error);
    in->has_index = cli_variable_read(result, "county", "price_index", &in->index, error);
    in->has_income = cli_variable_read(result, "county", "income_real_per_capita", &in->income, error);
    in->has_persons = cli_variable_read(result, "county", "population", &in->persons, error);
    in->has_headcount = cli_variable_read(result, "county", "poverty_headcount", &in->headcount, error);
}

static void free_inputs(struct inputs *in)
{
    cli_variable_free(&in->paid_by_year);
    cli_variable_free(&in->paid);
    cli_variable_free(&in->jobs);
    cli_variable_free(&in->index);
    cli_variable_free(&in->income);
    cli_variable_free(&in->persons);
    cli_variable_free(&in->headcount);
}

/* Sum over programs, arm less reference. */
static double program_sum(
    const struct cli_variable *variable, int32_t arm, int32_t reference, int32_t r, int32_t year)
{
    double sum = 0;
    for (int32_t i = 0; i < variable->n_other; i++)
        sum += cli_variable_at(variable, arm, r, i, year) - cli_variable_at(variable, reference, r, i, year);
    return sum;
}

static void measure(
    const struct cli_result *result, const struct inputs *in, int32_t arm, struct outcomes *out)
{
    int32_t ref = result->reference, first = cli_result_last_years(result, LAST_YEARS);
    out->real = in->has_by_year && in->has_index;
    out->has[PER_INCOME] = in->has_income && in->has_persons;
    out->has[PER_PERSON] = in->has_headcount && in->has_persons;
    out->has[PER_JOB] = in->has_jobs;
    for (int32_t r = 0; r < result->n_replicates; r++) {
        double paid = 0, gained = 0, lifted = 0;
        for (int32_t y = 0; y < result->n_years; y++) {
            double persons = in->has_persons ? cli_variable_at(&in->persons, ref, r, 0, y) : NAN;
            if (out->real)
                paid += program_sum(&in->paid_by_year, arm, ref, r, y) /
                        cli_variable_at(&in->index, ref, r, 0, y);
            if (in->has_income)
                gained += (cli_variable_at(&in->income, arm, r, 0, y) -
                              cli_variable_at(&in->income, ref, r, 0, y)) *
                          persons;
            if (in->has_headcount && y >= first)
                lifted += (cli_variable_at(&in->headcount, ref, r, 0, y) -
                              cli_variable_at(&in->headcount, arm, r, 0, y)) *
                          persons / (result->n_years - first);
        }
        out->paid[r] = out->real ? paid : program_sum(&in->paid, arm, ref, r, 0);
        out->results[PER_INCOME][r] = gained;
        out->results[PER_PERSON][r] = lifted;
        out->results[PER_JOB][r] = in->has_jobs ? program_sum(&in->jobs, arm, ref, r, 0) : NAN;
    }
}

static void set_ratio(
    struct cli_table *table, int32_t row, int32_t column, const double *paid, const double *gained, int32_t n)
{
    struct sim_statistics_estimate cost = sim_statistics_mean(paid, n, LEVEL),
                                   gain = sim_statistics_mean(gained, n, LEVEL);
    struct sim_statistics_ratio ratio = sim_statistics_ratio(paid, gained, n, LEVEL);
    char value[CLI_CELL], low[CLI_CELL], high[CLI_CELL];
    if (cost.n == 0 || cost.mean == 0) {
        cli_table_set(table, row, column, "nothing paid");
        return;
    }
    if (gain.n > 0 && gain.mean == 0 && !(gain.standard_error > 0)) {
        cli_table_set(table, row, column, "none");
        return;
    }
    if (isnan(ratio.value)) {
        cli_table_set(table, row, column, gain.n < 2 ? "one replicate" : "not told from zero");
        return;
    }
    if (gain.mean < 0) {
        cli_table_set(table, row, column, "a loss");
        return;
    }
    int32_t decimals = fabs(ratio.value) < 1 ? 3 : fabs(ratio.value) < 100 ? 2 : 0;
    cli_table_number(ratio.value, decimals, false, value);
    cli_table_number(ratio.low, decimals, false, low);
    cli_table_number(ratio.high, decimals, false, high);
    if (strcmp(low, high) == 0)
        cli_table_set(table, row, column, "%.14s", value);
    else
        cli_table_set(table, row, column, "%.14s (%.14s-%.14s)", value, low, high);
}

static int fill_ratios(
    struct cli_result *result, struct cli_table *table, int32_t first_row, struct sim_error *error)
{
    static const char *const labels[N_RATIOS] = {
        "paid per unit of real income gained", "paid per person lifted above the line", "paid per job"};
    struct inputs in;
    struct outcomes outcomes;
    size_t n = (size_t)result->n_replicates;
    double *memory = malloc((1 + N_RATIOS) * n * sizeof(*memory));
    read_inputs(result, &in, error);
    if (!memory)
        sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
    if (error->code || !in.has_paid)
        goto out;
    outcomes.paid = memory;
    for (int32_t i = 0; i < N_RATIOS; i++)
        outcomes.results[i] = memory + (size_t)(i + 1) * n;
    for (int32_t arm = 0, column = 0; arm < result->n_arms; arm++) {
        if (arm == result->reference)
            continue;
        measure(result, &in, arm, &outcomes);
        for (int32_t i = 0; i < N_RATIOS; i++) {
            cli_table_row(table, first_row + i, "  %s%s", labels[i], outcomes.real ? "*" : "");
            if (outcomes.has[i])
                set_ratio(
                    table, first_row + i, column, outcomes.paid, outcomes.results[i], result->n_replicates);
        }
        column++;
    }
out:
    free_inputs(&in);
    free(memory);
    return error->code;
}

static int fill_sums(
    struct cli_result *result, struct cli_table *table, int32_t *n_found, struct sim_error *error)
{
    double *values = malloc((size_t)result->n_replicates * sizeof(*values));
    if (!values)
        return sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
    for (int32_t i = 0; i < SIM_COUNT(sums) && error->code == 0; i++) {
        struct cli_variable variable;
        if (!cli_variable_read(result, "investment", sums[i].variable, &variable, error))
            continue;
        ++*n_found;
        cli_table_row(table, i, "  %s", sums[i].label);
        for (int32_t arm = 0, column = 0; arm < result->n_arms; arm++) {
            if (arm == result->reference)
                continue;
            for (int32_t r = 0; r < result->n_replicates; r++)
                values[r] = program_sum(&variable, arm, result->reference, r, 0);
            char mean[CLI_CELL];
            cli_table_number(
                sim_statistics_mean(values, result->n_replicates, LEVEL).mean, sums[i].decimals, false, mean);
            cli_table_set(table, i, column++, "%s", mean);
        }
        cli_variable_free(&variable);
    }
    free(values);
    return error->code;
}

int cli_costs_print(struct cli_result *result, int32_t width, FILE *out, struct sim_error *error)
{
    struct cli_table table;
    char span[CLI_SPAN];
    int32_t n_found = 0;
    if (result->n_arms < 2)
        return 0;
    if (!cli_table_init(&table, SIM_COUNT(sums) + N_RATIOS, result->n_arms - 1)) {
        sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
        goto out;
    }
    for (int32_t arm = 0, column = 0; arm < result->n_arms; arm++)
        if (arm != result->reference)
            cli_table_column(&table, column++, cli_result_arm(result, arm));
    if (fill_sums(result, &table, &n_found, error) < 0 || n_found == 0)
        goto out;
    if (fill_ratios(result, &table, SIM_COUNT(sums), error) < 0)
        goto out;
    fprintf(out,
        "\nWhat it cost more than '%s' (%s; all programs, whole horizon, mean of replicates), and per "
        "result\n",
        cli_result_arm(result, result->reference), result->currency);
    cli_table_print(&table, "  programs", width, out);
    cli_result_span(result, cli_result_last_years(result, LAST_YEARS), result->n_years, span);
    fprintf(out,
        "  * money in prices of %s; income gained: sum of %d to %d; persons lifted: %s; jobs: the peak\n",
        *result->base_year ? result->base_year : "the base year", cli_result_year(result, 0),
        cli_result_year(result, result->n_years - 1), span);
    fputs(result->n_replicates == 1 ? "  one replicate: how sure these are is not known\n"
                                    : "  in brackets 95% intervals, simulation error only\n",
        out);
out:
    cli_table_free(&table);
    return error->code;
}
