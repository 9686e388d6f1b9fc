#include "sim/cli/winners.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "sim/cli/texttable.h"
#include "sim/data/statistics.h"

#define LEVEL 0.95
#define NOISE 0.975 /* the bound: luck alone passes it once in forty households */
#define FAR_NOISE 0.99
#define LINE_SHARE 0.01
#define BYSTANDER_NOISE 0.95
#define BYSTANDERS_MIN 20 /* fewer have no quantile to speak of */

static const struct {
    const char *variable, *label, *county; /* county: the same of all, a head */
} measures[] = {{"income_real", "real income", "income_real_per_capita"},
    {"consumption_real", "real consumption", "consumption_real_per_capita"}};

struct panel {
    struct cli_variable values, present, weights, memberships;
    bool has_present, has_weights, has_memberships;
    int32_t n_households;
    double threshold; /* of the arm looked at */
};

/* What is common to the arms: the placebo's bound. */
struct floor {
    double threshold;
    char source[120]; /* in words */
};

/* Those of an arm whom no scheme reaches, and what luck alone makes of them. */
struct bystanders {
    double *gaps; /* |difference| of each in each replicate, sorted */
    int64_t n_gaps;
    int32_t n;     /* a replicate, on average */
    double bound;  /* quantile of the gaps; NaN without any */
    double beyond; /* share beyond the arm's threshold */
};

/* What luck alone does: households of the placebo arm against themselves in the reference. */
struct luck {
    double noise, far_noise; /* quantiles of |difference|; NaN without a placebo arm */
    double gained, lost;     /* shares beyond 1% of the main line, who would count without a placebo */
    bool has_line;
};

/* One side of a household's difference: the mean of the last years with programs, NaN unless it is there in
 * all of them. */
static double last_years(const struct cli_result *result, const struct panel *panel, int32_t arm,
    int32_t replicate, int32_t household)
{
    int32_t first = cli_result_last_years(result, CLI_WINNERS_YEARS);
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

static struct luck measure_luck(const struct cli_result *result, const struct panel *panel, double floor)
{
    struct luck luck = {NAN, NAN, NAN, NAN, !isnan(floor)};
    if (result->placebo < 0 || result->placebo == result->reference)
        return luck;
    double *gaps = malloc((size_t)result->n_replicates * (size_t)panel->n_households * sizeof(*gaps));
    if (!gaps)
        return luck;
    int64_t n = 0, gained = 0, lost = 0;
    for (int32_t r = 0; r < result->n_replicates; r++)
        for (int32_t h = 0; h < panel->n_households; h++) {
            double gap = difference(result, panel, result->placebo, r, h);
            if (isnan(gap))
                continue;
            gained += gap > floor;
            lost += gap < -floor;
            gaps[n++] = fabs(gap);
        }
    if (n > 0) {
        luck.noise = sim_statistics_quantile(gaps, n, NOISE);
        luck.far_noise = sim_statistics_quantile(gaps, n, FAR_NOISE);
        luck.gained = (double)gained / (double)n;
        luck.lost = (double)lost / (double)n;
    }
    free(gaps);
    return luck;
}

static struct luck find_floor(
    struct cli_result *result, const struct panel *panel, struct floor *out, struct sim_error *error)
{
    struct cli_variable line;
    double floor = NAN;
    if (cli_variable_read(result, "county", "line_value", &line, error)) {
        floor = LINE_SHARE * line.array.numbers[0];
        cli_variable_free(&line);
    }
    struct luck luck = measure_luck(result, panel, floor);
    double noise = luck.noise;
    if (!isnan(noise) && !(noise < floor)) {
        out->threshold = noise;
        snprintf(out->source, sizeof(out->source), "97.5%% of the households of arm '%.40s' differ by less",
            cli_result_arm(result, result->placebo));
    } else if (!isnan(floor)) {
        out->threshold = floor;
        snprintf(out->source, sizeof(out->source), "1%% of the main poverty line%s",
            isnan(noise) ? "" : "; the placebo arm's noise is smaller");
    } else {
        out->threshold = 0;
        snprintf(out->source, sizeof(out->source), "the file has no placebo arm and no poverty line");
    }
    return luck;
}

/* Whether a household takes part in no scheme in any year, in the arm and in the reference. */
static bool stands_by(const struct cli_result *result, const struct panel *panel, int32_t arm,
    int32_t replicate, int32_t household)
{
    const struct cli_variable *in = &panel->memberships;
    for (int32_t year = 0; year < result->n_years; year++)
        if (cli_variable_at(in, arm, replicate, household, year) > 0 ||
            cli_variable_at(in, result->reference, replicate, household, year) > 0)
            return false;
    return true;
}

/* The bystanders of an arm, and from them its threshold, which goes into `panel`. Frees nothing of `out`. */
static int find_threshold(const struct cli_result *result, struct panel *panel, int32_t arm,
    const struct floor *floor, struct bystanders *out, struct sim_error *error)
{
    size_t most = (size_t)result->n_replicates * (size_t)panel->n_households;
    int32_t n_pairs = 0;
    *out = (struct bystanders){.gaps = malloc(most * sizeof(*out->gaps)), .bound = NAN, .beyond = NAN};
    panel->threshold = floor->threshold;
    if (!out->gaps)
        return sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
    for (int32_t r = 0; panel->has_memberships && r < result->n_replicates; r++) {
        bool is_pair = false;
        for (int32_t h = 0; h < panel->n_households; h++) {
            double gap = difference(result, panel, arm, r, h);
            is_pair |= !isnan(gap);
            if (!isnan(gap) && stands_by(result, panel, arm, r, h))
                out->gaps[out->n_gaps++] = fabs(gap);
        }
        n_pairs += is_pair;
    }
    if (out->n_gaps == 0)
        return 0;
    out->n = (int32_t)((double)out->n_gaps / n_pairs + 0.5);
    out->bound = sim_statistics_quantile(out->gaps, out->n_gaps, BYSTANDER_NOISE);
    if (out->n >= BYSTANDERS_MIN && out->bound > floor->threshold)
        panel->threshold = out->bound;
    int64_t n_beyond = 0;
    for (int64_t i = 0; i < out->n_gaps; i++)
        n_beyond += out->gaps[i] > panel->threshold;
    out->beyond = (double)n_beyond / (double)out->n_gaps;
    return 0;
}

/* The bound of an arm in a line. */
static void print_threshold(const struct cli_result *result, const struct panel *panel, int32_t arm,
    const struct floor *floor, const struct bystanders *bystanders, FILE *out)
{
    char threshold[CLI_CELL], bound[CLI_CELL];
    const char *unit = panel->values.array.unit;
    cli_table_number(panel->threshold, 1, false, threshold);
    cli_table_number(bystanders->bound, 1, false, bound);
    fprintf(out, "  %s: ", cli_result_arm(result, arm));
    if (!panel->has_memberships)
        fprintf(out, "the file does not say who took part");
    else if (bystanders->n < BYSTANDERS_MIN)
        fprintf(out, "%d bystanders, fewer than %d", bystanders->n, BYSTANDERS_MIN);
    else
        fprintf(
            out, "%d bystanders differ by less than %s %s in 95 of 100 cases", bystanders->n, bound, unit);
    if (panel->threshold > floor->threshold)
        fputs(": beyond that counts", out);
    else
        fprintf(out, ": beyond the placebo's bound, %s, counts", threshold);
    fputc('\n', out);
}

/* How many luck alone makes seem to gain or lose, and how far it goes. */
static void print_luck(const struct cli_result *result, const struct luck *luck, FILE *out)
{
    char gained[CLI_CELL], lost[CLI_CELL], far_noise[CLI_CELL];
    if (isnan(luck->noise))
        return;
    cli_table_number(100 * luck->gained, 1, false, gained);
    cli_table_number(100 * luck->lost, 1, false, lost);
    cli_table_number(luck->far_noise, 1, false, far_noise);
    fprintf(out, "luck alone, arm '%s': ", cli_result_arm(result, result->placebo));
    if (luck->has_line)
        fprintf(out, "%s%% gain and %s%% lose more than 1%% of the line; ", gained, lost);
    fprintf(out, "99 of 100 differ by %s or less\n", far_noise);
}

enum { GAINED, LOST, NEITHER, GAP, N_ROWS };

struct estimate {
    double mean, half;    /* half: NaN with fewer than two replicates */
    int32_t n_replicates; /* with a household in both arms */
};

/* What a household's difference adds to a row: an indicator, or itself. */
static double row_value(const struct panel *panel, double gap, int32_t row)
{
    switch (row) {
    case GAINED:
        return gap > panel->threshold;
    case LOST:
        return gap < -panel->threshold;
    case NEITHER:
        return fabs(gap) <= panel->threshold;
    default:
        return gap;
    }
}

static double weight_of(const struct panel *panel, int32_t household)
{
    return panel->has_weights ? cli_variable_at(&panel->weights, 0, 0, household, 0) : 1;
}

/* The mean over replicates of the panel's mean, and what is unsure of it: luck (the variance over replicates)
 * and the drawing of the panel (that over households of their own means over replicates, less what the panel
 * holds of the founding households, which is known: Cochran 1977, finite population). pamir/winners.py has
 * the same rule.
 * `memory`: n_replicates + n_households doubles. Nobody there: NaN. */
static struct estimate estimate_row(
    const struct cli_result *result, const struct panel *panel, int32_t arm, int32_t row, double *memory)
{
    double *by_replicate = memory, *by_household = memory + result->n_replicates;
    struct estimate out = {NAN, NAN, 0};
    double total = 0, sum = 0, spread = 0, luck = 0, centre = 0;
    int32_t n = 0;
    for (int32_t r = 0; r < result->n_replicates; r++) {
        double mass = 0;
        by_replicate[r] = 0;
        for (int32_t h = 0; h < panel->n_households; h++) {
            double gap = difference(result, panel, arm, r, h);
            if (isnan(gap))
                continue;
            mass += weight_of(panel, h);
            by_replicate[r] += weight_of(panel, h) * row_value(panel, gap, row);
        }
        if (mass > 0) {
            by_replicate[out.n_replicates] = by_replicate[r] / mass;
            centre += by_replicate[out.n_replicates++];
        }
    }
    for (int32_t h = 0; h < panel->n_households; h++) {
        int32_t n_there = 0;
        by_household[h] = 0;
        for (int32_t r = 0; r < result->n_replicates; r++) {
            double gap = difference(result, panel, arm, r, h);
            if (!isnan(gap)) {
                by_household[h] += row_value(panel, gap, row);
                n_there++;
            }
        }
        by_household[h] = n_there > 0 ? by_household[h] / n_there : NAN;
        if (n_there > 0 && weight_of(panel, h) > 0) {
            total += weight_of(panel, h);
            sum += weight_of(panel, h) * by_household[h];
            n++;
        }
    }
    if (n == 0)
        return out;
    out.mean = centre / out.n_replicates;
    if (out.n_replicates < 2)
        return out;
    for (int32_t h = 0; h < panel->n_households; h++)
        if (!isnan(by_household[h]))
            spread += weight_of(panel, h) * (by_household[h] - sum / total) * (by_household[h] - sum / total);
    spread = n > 1 ? spread / total * n / (n - 1) : 0;
    for (int32_t r = 0; r < out.n_replicates; r++)
        luck += (by_replicate[r] - out.mean) * (by_replicate[r] - out.mean);
    luck /= out.n_replicates - 1;
    /* A weight is how many founding households one stands for: their sum is how many there were. */
    double drawn = panel->has_weights ? fmin(n / total, 1) : 0;
    out.half = gsl_cdf_tdist_Pinv((1 + LEVEL) / 2, out.n_replicates - 1) *
               sqrt(luck / out.n_replicates + (1 - drawn) * spread / n);
    return out;
}

static void set_share(struct cli_table *table, int32_t row, int32_t column, struct estimate share)
{
    char mean[CLI_CELL], low[CLI_CELL], high[CLI_CELL];
    cli_table_number(100 * share.mean, 1, false, mean);
    cli_table_number(100 * fmax(share.mean - share.half, 0), 1, false, low);
    cli_table_number(100 * fmin(share.mean + share.half, 1), 1, false, high);
    if (isnan(share.half) || strcmp(low, high) == 0)
        cli_table_set(table, row, column, "%.20s", mean);
    else
        cli_table_set(table, row, column, "%.14s (%.14s-%.14s)", mean, low, high);
}

/* The same years of the county's own mean a head, where the file has it: all households, by persons. */
static void fill_county(struct cli_result *result, const struct cli_variable *county, struct cli_table *table,
    int32_t arm, int32_t column, double *memory)
{
    int32_t first = cli_result_last_years(result, CLI_WINNERS_YEARS);
    double *values = memory, *reference = memory + result->n_replicates;
    for (int32_t r = 0; r < result->n_replicates; r++) {
        values[r] = cli_variable_mean(county, arm, r, 0, first, result->n_years);
        reference[r] = cli_variable_mean(county, result->reference, r, 0, first, result->n_years);
    }
    struct sim_statistics_estimate gap =
        sim_statistics_paired(values, reference, result->n_replicates, LEVEL);
    cli_table_difference(table, N_ROWS, column, gap.mean, gap.high - gap.mean, 1);
}

static int fill(struct cli_result *result, struct panel *panel, const char *county_name,
    const struct floor *floor, struct cli_table *table, FILE *out, struct sim_error *error)
{
    static const char *const labels[] = {
        "gained, % of households", "lost, % of households", "neither, %", "mean difference, "};
    struct cli_variable county;
    bool has_county = cli_variable_read(result, "county", county_name, &county, error);
    size_t n = 2 * (size_t)result->n_replicates + (size_t)panel->n_households;
    double *memory = malloc(n * sizeof(*memory));
    if (!memory)
        sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
    cli_table_row(table, N_ROWS + 1, "  bystanders beyond the bound, %%");
    for (int32_t i = 0; i < N_ROWS; i++)
        cli_table_row(table, i, "  %s%.40s", labels[i], i == GAP ? panel->values.array.unit : "");
    cli_table_row(table, N_ROWS, "  the whole county's, by persons");
    for (int32_t arm = 0, column = 0; error->code == 0 && arm < result->n_arms; arm++) {
        if (arm == result->reference)
            continue;
        cli_table_column(table, column, cli_result_arm(result, arm));
        struct bystanders bystanders;
        char beyond[CLI_CELL];
        if (find_threshold(result, panel, arm, floor, &bystanders, error) == 0) {
            print_threshold(result, panel, arm, floor, &bystanders, out);
            cli_table_number(100 * bystanders.beyond, 1, false, beyond);
            cli_table_set(table, N_ROWS + 1, column, "%s", isnan(bystanders.beyond) ? "" : beyond);
        }
        free(bystanders.gaps);
        for (int32_t i = 0; i < GAP; i++)
            set_share(table, i, column, estimate_row(result, panel, arm, i, memory));
        struct estimate gap = estimate_row(result, panel, arm, GAP, memory);
        cli_table_difference(table, GAP, column, gap.mean, gap.half, 1);
        if (has_county)
            fill_county(result, &county, table, arm, column, memory);
        column++;
    }
    free(memory);
    if (has_county)
        cli_variable_free(&county);
    return error->code;
}

static int print_measure(struct cli_result *result, struct panel *panel, int32_t measure, int32_t width,
    FILE *out, struct sim_error *error)
{
    struct cli_table table;
    char placebo[CLI_CELL], span[CLI_SPAN];
    double stand_for = 0;
    struct floor floor;
    struct luck luck = find_floor(result, panel, &floor, error);
    if (error->code)
        return error->code;
    cli_result_span(result, cli_result_last_years(result, CLI_WINNERS_YEARS), result->n_years, span);
    fprintf(out, "\nWho gained and who lost in %s, %s: %d households of the panel", measures[measure].label,
        span, panel->n_households);
    for (int32_t h = 0; panel->has_weights && h < panel->n_households; h++)
        stand_for += weight_of(panel, h);
    if (stand_for > panel->n_households)
        fprintf(out, ", standing for %.0f", stand_for);
    fputc('\n', out);
    print_luck(result, &luck, out);
    fputs(
        result->n_replicates == 1
            ? "one replicate: how sure the shares are is not known\n"
            : "95% intervals hold the luck of replicates and the drawing of the panel from all households\n",
        out);
    if (panel->has_memberships)
        fputs(
            "bystanders: households that take part in no scheme of the arm; where they set its bound, 5% of "
            "them are beyond\nit by construction\n",
            out);
    cli_table_number(floor.threshold, 1, false, placebo);
    fprintf(out, "the placebo's bound: %s %s (%s)\n", placebo, panel->values.array.unit, floor.source);
    fputs(
        "gained or lost: a difference beyond the larger of that and the bystanders' bound of the arm\n", out);
    int code = cli_table_init(&table, N_ROWS + 2, result->n_arms - 1)
                   ? fill(result, panel, measures[measure].county, &floor, &table, out, error)
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
    panel.has_memberships = cli_variable_read(result, "panel", "memberships", &panel.memberships, error);
    for (int32_t i = 0; i < SIM_COUNT(measures) && error->code == 0; i++) {
        if (!cli_variable_read(result, "panel", measures[i].variable, &panel.values, error))
            continue;
        panel.n_households = panel.values.n_other;
        print_measure(result, &panel, i, width, out, error);
        cli_variable_free(&panel.values);
    }
    cli_variable_free(&panel.present);
    cli_variable_free(&panel.weights);
    cli_variable_free(&panel.memberships);
    return error->code;
}
