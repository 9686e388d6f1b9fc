/* When to stop, in terms of the output. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/county/study_internal.h"

static bool is_floating(const struct sim_variable *variable)
{
    return variable->type == SIM_F64 || variable->type == SIM_F32;
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
    const char **words = read_alloc(reader, (int64_t)sizeof(*words) * output->n_variables, place);
    int32_t *rows = read_alloc(reader, (int64_t)sizeof(*rows) * output->n_variables, place);
    int32_t n = 0;
    for (int32_t i = 0; words && rows && i < output->n_variables; i++) {
        const struct sim_variable *variable = &output->variables[i];
        char word[300];
        snprintf(word, sizeof(word), "%s.%s", variable->group, variable->name);
        words[n] = sim_arena_text(reader->arena, word, (int64_t)strlen(word));
        rows[n] = i;
        n += words[n] != NULL;
    }
    int32_t found = read_find(reader, name, place, "stop_when.variable", (const char *const *)words, n);
    if (found < 0)
        return -1;
    const struct sim_variable *variable = &output->variables[rows[found]];
    if (!is_floating(variable)) {
        sim_diag_error(reader->diag, place,
            "stop_when.variable: '%s' is a %s; expected a real number, of which a mean may be taken", name,
            sim_type_name(variable->type));
        return -1;
    }
    return rows[found];
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
        sim_diag_error(reader->diag, stop->half_width->place,
            "stop_when.half_width: '%s' is never reached; expected more than 0", stop->half_width->text);
        return SIM_ERROR_INPUT;
    }
    for (int32_t a = 0; a < self->n_arms; a++)
        if (self->arms[a] == stop->arm)
            self->stop.arm = a;
    self->stop.reference = self->reference;
    self->stop.least = stop->least;
    self->stop.step = stop->step;
    self->has_stop = true;
    return 0;
}
