#include "sim/run/stop.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/core/log.h"
#include "sim/data/statistics.h"

int sim_stop_check(const struct sim_batch_stop *rule, const struct sim_output *output, int32_t n_arms,
    struct sim_error *error)
{
    bool is_variable = rule->variable >= 0 && rule->variable < output->n_variables;
    if (!is_variable || (output->variables[rule->variable].type != SIM_F64 &&
                            output->variables[rule->variable].type != SIM_F32))
        return sim_error_set(error, SIM_ERROR_INPUT, "stop_when: there is no such floating variable");
    const struct sim_variable *variable = &output->variables[rule->variable];
    if (rule->n < 1 || rule->first < 0 || rule->stride < 1 || rule->first >= variable->n_values ||
        rule->n - 1 > (variable->n_values - 1 - rule->first) / rule->stride)
        return sim_error_set(error, SIM_ERROR_INPUT,
            "stop_when: %s has %lld values, asked for are %lld from %lld on", variable->name,
            (long long)variable->n_values, (long long)rule->n, (long long)rule->first);
    if (rule->arm < 0 || rule->arm >= n_arms || rule->reference < 0 || rule->reference >= n_arms ||
        rule->arm == rule->reference)
        return sim_error_set(error, SIM_ERROR_INPUT, "stop_when needs an arm other than its reference");
    if (!(rule->half_width > 0) || rule->least < 2 || rule->step < 1)
        return sim_error_set(error, SIM_ERROR_INPUT,
            "stop_when: a half-width above 0, 2 replicates at least and a step of 1 at least are needed");
    return 0;
}

int sim_stop_begin(struct sim_stop *self, const struct sim_batch_stop *rule, const struct sim_parts *parts,
    struct sim_error *error)
{
    *self = (struct sim_stop){.rule = rule, .parts = parts, .n_replicates = parts->shape.n_replicates};
    int code = sim_stop_check(rule, parts->shape.output, parts->shape.n_arms, error);
    if (code < 0)
        return code;
    size_t n = (size_t)parts->shape.n_points * (size_t)self->n_replicates;
    self->differences = malloc(n * sizeof *self->differences);
    return self->differences != NULL
               ? 0
               : sim_error_set(error, SIM_ERROR_MEMORY, "stop_when: %zu pairs do not fit memory", n);
}

void sim_stop_end(struct sim_stop *self)
{
    free(self->differences);
    *self = (struct sim_stop){0};
}

int32_t sim_stop_next(const struct sim_stop *self, int32_t n)
{
    int64_t next = n == 0 ? self->rule->least : (int64_t)n + self->rule->step;
    return next < self->n_replicates ? (int32_t)next : self->n_replicates;
}

/* The mean of the chosen values of a row; NaN when the row failed. */
static int read_value(struct sim_stop *self, int32_t point, int32_t arm, int32_t replicate, double *out,
    struct sim_error *error)
{
    const struct sim_batch_stop *rule = self->rule;
    const struct sim_variable *variable = &self->parts->shape.output->variables[rule->variable];
    const struct sim_parts_row *row = sim_parts_find(self->parts, point, arm, replicate);
    if (row == NULL)
        return sim_error_set(error, SIM_ERROR_MISSING, "stop_when: arm '%.60s', replicate %d is missing",
            self->parts->shape.arms[arm], (int)replicate + 1);
    *out = (double)NAN;
    if (row->status != 0)
        return 0;
    int64_t bytes = variable->type == SIM_F64 ? 8 : 4, n_span = (rule->n - 1) * rule->stride + 1;
    uint8_t *values = malloc((size_t)(n_span * bytes));
    if (values == NULL)
        return sim_error_set(error, SIM_ERROR_MEMORY, "stop_when: out of memory");
    int code = sim_parts_read(
        self->parts, row, variable->offset + rule->first * bytes, n_span * bytes, values, error);
    double sum = 0;
    for (int64_t i = 0; code == 0 && i < rule->n; i++) {
        double real;
        float single;
        if (bytes == 8)
            memcpy(&real, values + i * rule->stride * bytes, sizeof real);
        else
            memcpy(&single, values + i * rule->stride * bytes, sizeof single);
        sum += bytes == 8 ? real : (double)single;
    }
    free(values);
    *out = sum / (double)rule->n;
    return code;
}

static int read_pairs(struct sim_stop *self, int32_t replicate, struct sim_error *error)
{
    for (int32_t point = 0; point < self->parts->shape.n_points; point++) {
        double with, without;
        int code = read_value(self, point, self->rule->arm, replicate, &with, error);
        if (code == 0)
            code = read_value(self, point, self->rule->reference, replicate, &without, error);
        if (code < 0)
            return code;
        self->differences[(int64_t)point * self->n_replicates + replicate] = with - without;
    }
    return 0;
}

/* Half-width of the interval of the mean of what is a number among n; NaN with fewer than 2. */
static double half_width(const double *differences, int32_t n, int32_t *n_pairs)
{
    double sum = 0, squares = 0;
    int32_t m = 0;
    for (int32_t i = 0; i < n; i++)
        if (isfinite(differences[i])) {
            sum += differences[i];
            m++;
        }
    *n_pairs = m;
    if (m < 2)
        return (double)NAN;
    double mean = sum / m;
    for (int32_t i = 0; i < n; i++)
        if (isfinite(differences[i]))
            squares += (differences[i] - mean) * (differences[i] - mean);
    return sim_statistics_student(m - 1, 0.95) * sqrt(squares / (m - 1) / m);
}

int sim_stop_look(struct sim_stop *self, int32_t n, struct sim_stop_look *out, struct sim_error *error)
{
    *out = (struct sim_stop_look){.n_replicates = n, .n_pairs = n, .is_sure = true};
    for (; self->n_read < n; self->n_read++) {
        int code = read_pairs(self, self->n_read, error);
        if (code < 0)
            return code;
    }
    for (int32_t point = 0; point < self->parts->shape.n_points; point++) {
        int32_t n_pairs;
        double width = half_width(&self->differences[(int64_t)point * self->n_replicates], n, &n_pairs);
        out->n_pairs = n_pairs < out->n_pairs ? n_pairs : out->n_pairs;
        out->n_lost += n - n_pairs;
        if (!isnan(out->half_width) && !(width <= out->half_width))
            out->half_width = width; /* NaN at one point stays */
        /* Few pairs that happen to be alike (nobody was reached yet, or most failed) prove nothing. */
        if (!(width <= self->rule->half_width) || n_pairs < self->rule->least)
            out->is_sure = false;
    }
    return 0;
}

int sim_stop_choose(const struct sim_batch_stop *rule, const struct sim_parts *parts,
    struct sim_stop_look *out, struct sim_error *error)
{
    struct sim_stop stop;
    int code = sim_stop_begin(&stop, rule, parts, error);
    int32_t n = 0;
    while (code == 0) {
        n = sim_stop_next(&stop, n);
        code = sim_stop_look(&stop, n, out, error);
        if (code == 0 && (out->is_sure || n == stop.n_replicates))
            break;
    }
    sim_stop_end(&stop);
    return code;
}

int sim_stop_tell(const struct sim_batch_stop *rule, const struct sim_stop_look *look, int32_t most,
    const char *unit, bool quiet, struct sim_meta *meta, struct sim_error *error)
{
    char text[400];
    if (look->is_sure)
        snprintf(text, sizeof text,
            "after %d of at most %d replicates: the half-width is %.4g %s, %.4g was asked for (looked at "
            "repeatedly, so that the 95 percent interval is slightly too narrow)",
            (int)look->n_replicates, (int)most, look->half_width, unit, rule->half_width);
    else
        snprintf(text, sizeof text,
            "the maximum of %d replicates came first: the half-width is %.4g %s, %.4g was asked for",
            (int)most, look->half_width, unit, rule->half_width);
    if (!look->is_sure)
        sim_log(quiet ? SIM_LOG_ERROR : SIM_LOG_WARNING, SIM_LOG_WARNING, "not sure: %s", text);
    return sim_meta_set(meta, SIM_META_ABOUT, "stopped", text,
        "why no more replicates were run: the interval of the paired difference", error);
}
