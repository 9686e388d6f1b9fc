/* Claims: a published figure and the place in the result where its counterpart stands. */
#include "models/county/observe_internal.h"

#include <string.h>

/* The place of a label along a dimension, or -1. */
static int32_t find_label(const struct sim_dimension *dimension, const char *label, size_t length)
{
    for (int32_t i = 0; dimension->labels && i < dimension->length; i++)
        if (strlen(dimension->labels[i]) == length && memcmp(dimension->labels[i], label, length) == 0)
            return i;
    return -1;
}

static int refuse(const struct claim *claim, const char *why, struct sim_error *error)
{
    return sim_error_set(
        error, SIM_ERROR_INPUT, "claim %.40s: '%.120s': %s", claim->id, claim->variable, why);
}

/* Copies the part [from, to) of a path; false when it is empty or too long. */
static bool copy_part(const char *from, const char *to, char out[200])
{
    size_t length = (size_t)(to - from);
    if (to <= from || length >= 200)
        return false;
    memcpy(out, from, length);
    out[length] = '\0';
    return true;
}

int observe_claim_find(const struct sim_output *output, const struct claim *claim,
    struct observe_claim *found, struct sim_error *error)
{
    char group[200], name[200];
    const char *first = strchr(claim->variable, '.'), *last = strrchr(claim->variable, '.');
    if (!first || !copy_part(claim->variable, first, group) ||
        !copy_part(last + 1, last + 1 + strlen(last + 1), name))
        return refuse(claim, "expected 'group.variable' or 'group.label.variable'", error);
    found->variable = sim_output_find(output, group, name);
    if (found->variable < 0)
        return refuse(claim, "the result has no such variable", error);
    if (strcmp(group, "claim") == 0)
        return refuse(claim, "a claim cannot stand on a claim", error);

    const struct sim_variable *variable = &output->variables[found->variable];
    const char *label = first;
    int64_t at = 0;
    bool outside = false;
    for (int32_t i = 0; i < variable->n_dims; i++) {
        const struct sim_dimension *dimension = &output->dimensions[variable->dims[i]];
        int64_t place;
        if (strcmp(dimension->name, "year") == 0) {
            place = claim->year == 0 ? dimension->length - 1 : claim->year - dimension->integers[0];
            outside = outside || place < 0 || place >= dimension->length;
        } else {
            const char *end = label < last ? strchr(label + 1, '.') : NULL;
            if (!dimension->labels || !end)
                return refuse(claim,
                    dimension->labels ? "a label is missing between group and variable"
                                      : "a variable without labels or years cannot be held against a claim",
                    error);
            place = find_label(dimension, label + 1, (size_t)(end - label - 1));
            if (place < 0)
                return refuse(claim, "there is no such label", error);
            label = end;
        }
        at = at * dimension->length + place;
    }
    if (label != last)
        return refuse(claim, "more labels than the variable has dimensions", error);
    found->at = outside ? -1 : at;
    return 0;
}
