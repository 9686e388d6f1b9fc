#include "sim/cli/points.h"

#include <stdlib.h>
#include <string.h>

#include "sim/cli/texttable.h"
#include "sim/data/statistics.h"

#define LEVEL 0.95
#define MAIN "income_real_per_capita"
#define PARAMETERS_MAX 64 /* columns; a sweep of more is a table for a program, not for a page */

/* What was varied: /sweep (models/county/study.h), parameters by point. */
struct parameters {
    struct sim_h5_array names, texts; /* texts: by point and parameter */
    int32_t n;                        /* 0: the file does not tell */
};

static void read_parameters(struct cli_result *result, struct parameters *self)
{
    struct sim_error ignored = {0};
    memset(self, 0, sizeof *self);
    if (!sim_h5_has(&result->file, "sweep", "parameter") || !sim_h5_has(&result->file, "sweep", "text") ||
        sim_h5_read(&result->file, "sweep", "parameter", &self->names, &ignored) < 0 ||
        sim_h5_read(&result->file, "sweep", "text", &self->texts, &ignored) < 0)
        return;
    if (self->names.texts && self->texts.texts && self->names.n <= PARAMETERS_MAX &&
        self->texts.n == self->names.n * result->n_points)
        self->n = (int32_t)self->names.n;
}

static void free_parameters(struct parameters *self)
{
    sim_h5_array_free(&self->names);
    sim_h5_array_free(&self->texts);
}

static const char *value_text(const struct parameters *self, int32_t point, int32_t parameter)
{
    return self->texts.texts[(int64_t)point * self->n + parameter];
}

/* The end of a path is what tells parameters apart: "yak.price" of "parameters.livestock.yak.price". */
static const char *short_name(const char *path)
{
    int32_t dots = 0;
    const char *at = path + strlen(path);
    while (at > path && dots < 2)
        dots += *--at == '.';
    return dots == 2 ? at + 1 : path;
}

void cli_points_text(struct cli_result *result, int32_t point, char *out, size_t size)
{
    struct parameters parameters;
    size_t at = 0;
    out[0] = '\0';
    read_parameters(result, &parameters);
    for (int32_t i = 0; i < parameters.n && at < size; i++)
        at += (size_t)snprintf(out + at, size - at, "%s%s = %s", i ? ", " : "", parameters.names.texts[i],
            value_text(&parameters, point, i));
    free_parameters(&parameters);
}

/* One row: the parameters, then the arms' differences. arms: by their numbers in the file. */
static int fill_point(struct cli_result *result, const struct parameters *parameters, int32_t point,
    int32_t first, int32_t end, struct cli_table *table, struct sim_error *error)
{
    struct cli_variable variable;
    int32_t n = result->n_replicates;
    cli_result_choose(result, point);
    cli_table_row(table, point, "  %d", point);
    for (int32_t i = 0; i < parameters->n; i++)
        cli_table_set(table, point, i, "%s", value_text(parameters, point, i));
    if (!cli_variable_read(result, "county", MAIN, &variable, error))
        return error->code;
    double *values = malloc(2 * (size_t)n * sizeof *values), *reference = values + n;
    if (!values)
        sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
    for (int32_t r = 0; values && r < n; r++)
        reference[r] = cli_variable_mean(&variable, result->reference, r, 0, first, end);
    for (int32_t arm = 0; values && arm < result->n_arms; arm++) {
        int32_t in_file = result->in_file[arm], base = result->in_file[result->reference];
        if (in_file == base)
            continue;
        for (int32_t r = 0; r < n; r++)
            values[r] = cli_variable_mean(&variable, arm, r, 0, first, end);
        struct sim_statistics_estimate estimate = sim_statistics_paired(values, reference, n, LEVEL);
        cli_table_difference(table, point, parameters->n + in_file - (in_file > base), estimate.mean,
            estimate.high - estimate.mean, 1);
    }
    free(values);
    cli_variable_free(&variable);
    return error->code;
}

int cli_points_print(
    struct cli_result *result, int32_t first, int32_t end, int32_t width, FILE *out, struct sim_error *error)
{
    struct parameters parameters;
    struct cli_table table;
    char years[CLI_SPAN];
    int32_t n_arms = (int32_t)result->arms.n, base = result->in_file[result->reference];
    read_parameters(result, &parameters);
    if (!cli_table_init(&table, result->n_points, parameters.n + n_arms - 1)) {
        sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
        goto out;
    }
    for (int32_t i = 0; i < parameters.n; i++)
        cli_table_column(&table, i, short_name(parameters.names.texts[i]));
    for (int32_t arm = 0, column = parameters.n; arm < n_arms; arm++)
        if (arm != base)
            cli_table_column(&table, column++, result->arms.texts[arm]);
    for (int32_t point = 0; point < result->n_points && error->code == 0; point++)
        fill_point(result, &parameters, point, first, end, &table, error);
    cli_result_choose(result, 0);
    cli_result_span(result, first, end, years);
    if (error->code == 0) {
        fprintf(out, "\nReal income a head by point: differences from '%s', %s%s\n", result->arms.texts[base],
            years,
            result->n_replicates > 1 ? ", with 95% intervals (simulation error only)" : ", one replicate");
        cli_table_print(&table, "  point", width, out);
    }
out:
    cli_table_free(&table);
    free_parameters(&parameters);
    return error->code;
}
