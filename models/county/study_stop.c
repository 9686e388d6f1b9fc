/* When to stop, in terms of the output. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/county/fork.h"
#include "models/county/study_internal.h"
#include "sim/time/calendar.h"

static bool is_floating(const struct sim_variable *variable)
{
    return variable->type == SIM_F64 || variable->type == SIM_F32;
}

/* Whether one value for each year, or one alone, may be named of it. */
static bool is_fit(const struct sim_output *output, const struct sim_variable *variable)
{
    bool is_fit = is_floating(variable);
    for (int32_t i = 0; i < variable->n_dims; i++) {
        const struct sim_dimension *dimension = &output->dimensions[variable->dims[i]];
        is_fit = is_fit && (dimension->labels || strcmp(dimension->name, "year") == 0);
    }
    return is_fit;
}

static bool is_named(const struct sim_variable *variable, const char *name)
{
    size_t n = strlen(variable->group);
    return strncmp(variable->group, name, n) == 0 && name[n] == '.' &&
           strcmp(variable->name, name + n + 1) == 0;
}

/* Lists what would do: variables of the group that is named, else of all. */
static void report_unknown(struct county_study *self, struct sim_reader *reader, const char *name)
{
    const struct sim_output *output = &self->output;
    struct sim_place place = self->experiment.stop.variable_node->place;
    size_t n_group = strcspn(name, ".");
    const char **words = read_alloc(reader, (int64_t)sizeof(*words) * output->n_variables, place);
    bool is_known = false;
    int32_t n = 0;
    for (int32_t i = 0; i < output->n_variables; i++) {
        const char *group = output->variables[i].group;
        is_known = is_known || (strlen(group) == n_group && memcmp(group, name, n_group) == 0);
    }
    for (int32_t i = 0; words && i < output->n_variables; i++) {
        const struct sim_variable *variable = &output->variables[i];
        bool is_here = strlen(variable->group) == n_group && memcmp(variable->group, name, n_group) == 0;
        char word[300];
        if (!is_fit(output, variable))
            continue;
        snprintf(word, sizeof(word), "%s.%s", variable->group, variable->name);
        words[n] = sim_arena_text(reader->arena, word, (int64_t)strlen(word));
        n += words[n] != NULL && (is_here || !is_known);
    }
    if (words)
        read_find(reader, name, place, "stop_when.variable", (const char *const *)words, n);
}

/* The variable of "group.variable" or "group.label.variable"; -1 after reporting. */
static int32_t find_variable(struct county_study *self, struct sim_reader *reader)
{
    const struct stop_config *stop = &self->experiment.stop;
    const struct sim_output *output = &self->output;
    const char *first = strchr(stop->variable, '.'), *last = strrchr(stop->variable, '.');
    struct sim_place place = stop->variable_node->place;
    char name[300];
    if (!first) {
        sim_diag_error(reader->diag, place,
            "stop_when.variable: '%s' is not a variable; expected 'group.variable' or 'group.label.variable'",
            stop->variable);
        return -1;
    }
    snprintf(name, sizeof(name), "%.*s%s", (int)(first - stop->variable), stop->variable, last);
    int32_t found = -1;
    for (int32_t i = 0; i < output->n_variables && found < 0; i++)
        if (is_named(&output->variables[i], name))
            found = i;
    if (found < 0) {
        report_unknown(self, reader, name);
        return -1;
    }
    const struct sim_variable *variable = &output->variables[found];
    if (!is_floating(variable)) {
        sim_diag_error(reader->diag, place,
            "stop_when.variable: '%s' is a %s; expected a real number, of which a mean may be taken", name,
            sim_type_name(variable->type));
        return -1;
    }
    return found;
}

static int32_t find_label(const struct sim_dimension *dimension, const char *label, size_t length)
{
    for (int32_t i = 0; dimension->labels && i < dimension->length; i++)
        if (strlen(dimension->labels[i]) == length && memcmp(dimension->labels[i], label, length) == 0)
            return i;
    return -1;
}

/* Where the values of the years stand within the variable. */
static bool find_values(struct county_study *self, struct sim_reader *reader, int32_t index)
{
    const struct stop_config *stop = &self->experiment.stop;
    const struct sim_variable *variable = &self->output.variables[index];
    const char *label = strchr(stop->variable, '.'), *last = strrchr(stop->variable, '.');
    struct sim_place place = stop->variable_node->place;
    struct sim_batch_stop *out = &self->stop;
    *out = (struct sim_batch_stop){.variable = index, .n = 1, .stride = 1};
    bool has_year = false;
    for (int32_t i = 0; i < variable->n_dims; i++) {
        const struct sim_dimension *dimension = &self->output.dimensions[variable->dims[i]];
        int64_t at;
        out->stride = has_year ? out->stride * dimension->length : 1;
        if (strcmp(dimension->name, "year") == 0) {
            has_year = true;
            at = stop->from - dimension->integers[0];
            out->n = stop->to - stop->from + 1;
        } else {
            const char *end = label < last ? strchr(label + 1, '.') : NULL;
            at = end ? find_label(dimension, label + 1, (size_t)(end - label - 1)) : -1;
            if (at < 0 && dimension->labels)
                sim_diag_error(reader->diag, place,
                    "stop_when.variable: '%s.%s' has a value for each %s; expected one of them by its name, "
                    "as in "
                    "'%s.%s.%s'",
                    variable->group, variable->name, dimension->name, variable->group, dimension->labels[0],
                    variable->name);
            else if (at < 0)
                sim_diag_error(reader->diag, place,
                    "stop_when.variable: '%s.%s' has a value for each %s; expected one by year, or a single "
                    "one",
                    variable->group, variable->name, dimension->name);
            if (at < 0)
                return false;
            label = end;
        }
        out->first = out->first * dimension->length + at;
    }
    if (label != last)
        sim_diag_error(reader->diag, place, "stop_when.variable: '%s': '%s.%s' has no such label",
            stop->variable, variable->group, variable->name);
    else if (stop->has_years && !has_year)
        sim_diag_error(reader->diag, stop->place,
            "stop_when: '%s' is one value for the whole time; 'from' and 'to' say nothing of it",
            stop->variable);
    return label == last && (has_year || !stop->has_years);
}

/* Until two arms part, their paired difference is nothing but zeros, which is sure at the first look. */
static void warn_of_no_difference(const struct county_study *self, struct sim_reader *reader)
{
    const struct stop_config *stop = &self->experiment.stop;
    sim_time end = sim_month_to_time(sim_month_from_date(stop->to + 1, 1));
    for (int32_t p = 0; p < self->n_points; p++)
        if (fork_at(county_study_scenario(self, p, self->stop.arm),
                county_study_scenario(self, p, self->reference)) < end)
            return;
    sim_diag_warning(reader->diag, stop->place,
        "stop_when: '%s' and the reference are the same to the end of %d: no difference to be sure of, so "
        "this stops at the first look",
        self->experiment.arms[stop->arm].name, stop->to);
}

int study_read_stop(struct county_study *self, struct sim_reader *reader)
{
    const struct stop_config *stop = &self->experiment.stop;
    if (!stop->variable)
        return 0;
    int32_t index = find_variable(self, reader);
    if (index < 0 || !find_values(self, reader, index))
        return SIM_ERROR_INPUT;
    if (!sim_read_real(reader, stop->half_width, "stop_when.half_width", self->output.variables[index].unit,
            -INFINITY, INFINITY, &self->stop.half_width))
        return SIM_ERROR_INPUT;
    if (self->stop.half_width <= 0) {
        const struct sim_node *value = stop->half_width->kind == SIM_NODE_MAP
                                           ? sim_node_get(stop->half_width, "value")
                                           : stop->half_width;
        sim_diag_error(reader->diag, value->place,
            "stop_when.half_width: '%s' is never reached; expected more than 0", value->text);
        return SIM_ERROR_INPUT;
    }
    for (int32_t a = 0; a < self->n_arms; a++)
        if (self->arms[a] == stop->arm)
            self->stop.arm = a;
    self->stop.reference = self->reference;
    self->stop.least = stop->least;
    self->stop.step = stop->step;
    self->has_stop = true;
    warn_of_no_difference(self, reader);
    return 0;
}
