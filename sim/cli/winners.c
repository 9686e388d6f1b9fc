#include "sim/cli/winners.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/texttable.h"
#include "sim/data/statistics.h"

#define LEVEL 0.95
#define NOISE 0.975
#define LINE_SHARE 0.01

static const struct {
    const char *variable, *label;
} measures[] = {{"income_real", "real income"}, {"consumption_real", "real consumption"}};

struct panel {
    struct cli_variable values, present, weights;
    bool has_present, has_weights;
    int32_t n_households;
    double threshold;
    char source[120]; /* of the threshold, in words */
};

/* One side of a household's difference: the mean of the last years, NaN unless it is there in all of them. */
static double last_years(const struct cli_result *result, const struct panel *panel, int32_t arm,
    int32_t replicate, int32_t household)
{
    int32_t first = result->n_years > CLI_WINNERS_YEARS ? result->n_years - CLI_WINNERS_YEARS : 0;
    for (int32_t year = first; panel->has_present && year < result->n_years; year++)
        if (!(cli_variable_at(&panel->present, arm, replicate, household, year) > 0))
            return NAN;
    return cli_variable_mean(&panel->values, arm, replicate, household, first, result->n_years);
}

static double difference(const struct cli_result *result, const struct panel *panel, int32_t arm,
    int32_t replicate, int32_t household)
{
    return last_years(result, panel, arm, replicate, household) -
           last_years(result, panel, result->reference, replicate, household);
}

/* The 97.5 percent quantile of |difference| in the placebo arm; NaN without one. */
static double placebo_noise(const struct cli_result *result, const struct panel *panel)
{
    if (result->placebo < 0 || result->placebo == result->reference)
        return NAN;
    double *gaps = malloc((size_t)result->n_replicates * (size_t)panel->n_households * sizeof(*gaps));
    if (!gaps)
        return NAN;
    int64_t n = 0;
    for (int32_t r = 0; r < result->n_replicates; r++)
        for (int32_t h = 0; h < panel->n_households; h++) {
            double gap = fabs(difference(result, panel, result->placebo, r, h));
            if (!isnan(gap))
                gaps[n++] = gap;
        }
    double noise = sim_statistics_quantile(gaps, n, NOISE);
    free(gaps);
    return noise;
}

static void find_threshold(struct cli_result *result, struct panel *panel, struct sim_error *error)
{
    struct cli_variable line;
    double floor = NAN, noise = placebo_noise(result, panel);
    if (cli_variable_read(result, "county", "line_value", &line, error)) {
        floor = LINE_SHARE * line.array.numbers[0];
        cli_variable_free(&line);
    }
    if (!isnan(noise) && !(noise < floor)) {
        panel->threshold = noise;
        snprintf(panel->source, sizeof(panel->source),
            "97.5%% of the households of arm '%.40s' differ by less",
            cli_result_arm(result, result->placebo));
    } else if (!isnan(floor)) {
        panel->threshold = floor;
        snprintf(panel->source, sizeof(panel->source), "1%% of the main poverty line%s",
            isnan(noise) ? "" : "; the placebo arm's noise is smaller");
    } else {
        panel->threshold = 0;
        snprintf(panel->source, sizeof(panel->source), "the file has no placebo arm and no poverty line");
    }
}

/* Weighted shares of one replicate: gained, lost, neither; and the mean difference. NaN when nobody is there.
 */
static void count(const struct cli_result *result, const struct panel *panel, int32_t arm, int32_t replicate,
    double shares[4])
{
    double total = 0, sums[4] = {0};
    for (int32_t h = 0; h < panel->n_households; h++) {
        double gap = difference(result, panel, arm, replicate, h);
        double weight = panel->has_weights ? cli_variable_at(&panel->weights, 0, 0, h, 0) : 1;
        if (isnan(gap))
            continue;
        total += weight;
        sums[gap > panel->threshold ? 0 : gap < -panel->threshold ? 1 : 2] += weight;
        sums[3] += weight * gap;
    }
    for (int32_t i = 0; i < 4; i++)
        shares[i] = total > 0 ? sums[i] / total : NAN;
}

static void set_cell(struct cli_table *table, int32_t row, int32_t column, const double *values, int32_t n,
    double factor, bool sign)
{
    struct sim_statistics_estimate estimate = sim_statistics_mean(values, n, LEVEL);
    char mean[CLI_CELL], half[CLI_CELL];
    cli_table_number(estimate.mean * factor, 1, sign, mean);
    cli_table_number((estimate.high - estimate.mean) * factor, 1, false, half);
    cli_table_set(table, row, column, "%.20s ± %.20s", mean, half);
}

static int fill(const struct cli_result *result, const struct panel *panel, struct cli_table *table,
    struct sim_error *error)
{
    static const char *const labels[] = {
        "gained, % of households", "lost, % of households", "neither, %", "mean difference, "};
    double *values = malloc(4 * (size_t)result->n_replicates * sizeof(*values));
    if (!values)
        return sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
    for (int32_t i = 0; i < 4; i++)
        cli_table_row(table, i, "  %s%.40s", labels[i], i == 3 ? panel->values.array.unit : "");
    for (int32_t arm = 0, column = 0; arm < result->n_arms; arm++) {
        if (arm == result->reference)
            continue;
        for (int32_t r = 0; r < result->n_replicates; r++) {
            double shares[4];
            count(result, panel, arm, r, shares);
            for (int32_t i = 0; i < 4; i++)
                values[i * result->n_replicates + r] = shares[i];
        }
        cli_table_column(table, column, cli_result_arm(result, arm));
        for (int32_t i = 0; i < 4; i++)
            set_cell(table, i, column, values + i * result->n_replicates, result->n_replicates,
                i < 3 ? 100 : 1, i == 3);
        column++;
    }
    free(values);
    return 0;
}

static int print_measure(struct cli_result *result, struct panel *panel, int32_t measure, int32_t width,
    FILE *out, struct sim_error *error)
{
    struct cli_table table;
    char threshold[CLI_CELL];
    find_threshold(result, panel, error);
    if (error->code)
        return error->code;
    int32_t first = result->n_years > CLI_WINNERS_YEARS ? result->n_years - CLI_WINNERS_YEARS : 0;
    cli_table_number(panel->threshold, 1, false, threshold);
    fprintf(out, "\nWho gained and who lost in %s, mean of %d to %d: %d households of the panel\n",
        measures[measure].label, cli_result_year(result, first), cli_result_year(result, result->n_years - 1),
        panel->n_households);
    fprintf(out, "gained or lost: a difference beyond %s %s (%s)\n", threshold, panel->values.array.unit,
        panel->source);
    int code = cli_table_init(&table, 4, result->n_arms - 1)
                   ? fill(result, panel, &table, error)
                   : sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
    if (code == 0)
        cli_table_print(&table, "  households", width, out);
    cli_table_free(&table);
    return code;
}

int cli_winners_print(struct cli_result *result, int32_t width, FILE *out, struct sim_error *error)
{
    struct panel panel;
    memset(&panel, 0, sizeof(panel));
    if (result->n_arms < 2)
        return 0;
    panel.has_present = cli_variable_read(result, "panel", "present", &panel.present, error);
    panel.has_weights = cli_variable_read(result, "panel", "weight", &panel.weights, error);
    for (int32_t i = 0; i < SIM_COUNT(measures) && error->code == 0; i++) {
        if (!cli_variable_read(result, "panel", measures[i].variable, &panel.values, error))
            continue;
        panel.n_households = panel.values.n_other;
        print_measure(result, &panel, i, width, out, error);
        cli_variable_free(&panel.values);
    }
    cli_variable_free(&panel.present);
    cli_variable_free(&panel.weights);
    return error->code;
}
