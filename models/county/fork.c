/* Scenarios are compared by the lists that declare them, field by field: structs have gaps, and texts are
 * pointers. */
#include "models/county/fork.h"

#include <string.h>

#include "sim/time/calendar.h"

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Equal bits: what a run makes of a number hangs on nothing else. */
static bool is_same_number(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static bool is_same_value(const struct sim_param *param, const char *a, const char *b)
{
    switch (param->kind) {
    case SIM_PARAM_REAL:
        return memcmp(a, b, sizeof(sim_param_REAL)) == 0;
    case SIM_PARAM_INTEGER:
        return memcmp(a, b, sizeof(sim_param_INTEGER)) == 0;
    case SIM_PARAM_MONTH:
        return memcmp(a, b, sizeof(sim_param_MONTH)) == 0;
    case SIM_PARAM_SWITCH:
        return memcmp(a, b, sizeof(sim_param_SWITCH)) == 0;
    case SIM_PARAM_FLAG:
        return memcmp(a, b, sizeof(sim_param_FLAG)) == 0;
    case SIM_PARAM_TEXT: {
        const char *text[2];
        memcpy(&text[0], a, sizeof text[0]);
        memcpy(&text[1], b, sizeof text[1]);
        return is_same_text(text[0], text[1]);
    }
    }
    return false;
}

static bool is_same_section(const struct sim_schema *schema, const void *a, const void *b)
{
    for (int32_t i = 0; i < schema->n_params; i++) {
        const struct sim_param *param = &schema->params[i];
        if (!is_same_value(param, (const char *)a + param->offset, (const char *)b + param->offset))
            return false;
    }
    return true;
}

static bool is_same_path(const struct price_path *a, const struct price_path *b)
{
    bool is_same = a->n == b->n;
    for (int32_t i = 0; is_same && i < a->n; i++)
        is_same = a->years[i] == b->years[i] && is_same_number(a->values[i], b->values[i]);
    return is_same;
}

/* The families' parameters, and what two of them keep beside their schemas. */
static bool are_same_families(const struct scenario *a, const struct scenario *b)
{
    bool are = true;
    for (int32_t i = 0; are && i < scenario_n_sections; i++) {
        size_t at = scenario_sections[i].offset;
        are = is_same_section(scenario_sections[i].schema, (const char *)a + at, (const char *)b + at);
    }
    for (int32_t i = 0; are && i < SPECIES_COUNT; i++)
        are = is_same_section(&species_schemas[i], &a->livestock.species[i], &b->livestock.species[i]);
    for (int32_t i = 0; are && i < GOODS; i++)
        are = is_same_path(&a->markets.paths[i], &b->markets.paths[i]);
    return are;
}

static bool is_same_place(const struct scenario *a, const struct scenario *b)
{
    bool is_same = is_same_section(&county_schema, &a->county, &b->county) &&
                   a->county_key == b->county_key && a->n_townships == b->n_townships &&
                   a->n_villages == b->n_villages;
    for (int32_t i = 0; is_same && i < a->n_townships; i++) {
        const struct township_config *of_a = &a->townships[i], *of_b = &b->townships[i];
        is_same = is_same_text(of_a->name, of_b->name) && of_a->key == of_b->key &&
                  is_same_number(of_a->transport, of_b->transport) &&
                  is_same_number(of_a->weight, of_b->weight) && of_a->first_village == of_b->first_village &&
                  of_a->n_villages == of_b->n_villages && of_a->n_households == of_b->n_households;
    }
    for (int32_t i = 0; is_same && i < a->n_villages; i++) {
        const struct village_config *of_a = &a->villages[i], *of_b = &b->villages[i];
        is_same = is_same_text(of_a->name, of_b->name) && of_a->key == of_b->key &&
                  of_a->township == of_b->township && of_a->n_households == of_b->n_households &&
                  of_a->pasture_m2 == of_b->pasture_m2;
    }
    return is_same;
}

static bool are_same_lines(const struct scenario *a, const struct scenario *b)
{
    bool are = a->n_lines == b->n_lines;
    for (int32_t i = 0; are && i < a->n_lines; i++)
        are = is_same_text(a->lines[i].name, b->lines[i].name) &&
              is_same_text(a->lines[i].source, b->lines[i].source) &&
              is_same_number(a->lines[i].fen_per_year, b->lines[i].fen_per_year);
    return are;
}

/* The rows that programs and schemes have in tables, whoever runs them. */
static bool are_same_numbers(const struct scenario *a, const struct scenario *b)
{
    bool are = a->n_investments == b->n_investments && a->n_schemes == b->n_schemes;
    for (int32_t i = 0; are && i < a->n_investments; i++)
        are = a->investments[i].key == b->investments[i].key &&
              a->investments[i].n_effects == b->investments[i].n_effects &&
              a->investments[i].first_scheme == b->investments[i].first_scheme;
    for (int32_t i = 0; are && i < a->n_schemes; i++)
        are =
            a->effects[i].kind == b->effects[i].kind && a->effects[i].investment == b->effects[i].investment;
    return are;
}

static bool is_same_program(const struct scenario *a, const struct scenario *b, int32_t program)
{
    const struct investment_config *of_a = &a->investments[program], *of_b = &b->investments[program];
    if (!is_same_section(&investment_schema, of_a, of_b) ||
        memcmp(of_a->targets, of_b->targets, (size_t)a->n_villages) != 0)
        return false;
    for (int32_t i = of_a->first_scheme; i < of_a->first_scheme + of_a->n_effects; i++) {
        const struct effect_config *effect = &a->effects[i], *other = &b->effects[i];
        if (!is_same_section(effect_types[effect->kind]->schema, &effect->as, &other->as) ||
            (effect->kind == EFFECT_CONTRACT &&
                effect->as.contract.plant_scheme != other->as.contract.plant_scheme))
            return false;
    }
    return true;
}

/* When a program parts two arms of one county: the month index, INT32_MAX for never. */
static int32_t month_of(const struct scenario *a, const struct scenario *b, int32_t program)
{
    const struct investment_config *of_a = &a->investments[program], *of_b = &b->investments[program];
    if ((!of_a->active && !of_b->active) || (of_a->active && of_b->active && is_same_program(a, b, program)))
        return INT32_MAX;
    if (!of_a->active || !of_b->active)
        return of_a->active ? of_a->approve : of_b->approve;
    return of_a->approve < of_b->approve ? of_a->approve : of_b->approve;
}

sim_time fork_at(const struct scenario *a, const struct scenario *b)
{
    if (a == b)
        return SIM_TIME_MAX;
    if (a->first_month != b->first_month || a->end_month != b->end_month || a->base_year != b->base_year ||
        a->seed != b->seed || !is_same_place(a, b) || !are_same_families(a, b) || !are_same_lines(a, b) ||
        !are_same_numbers(a, b))
        return INT64_MIN;
    int32_t first = INT32_MAX;
    for (int32_t i = 0; i < a->n_investments; i++) {
        int32_t month = month_of(a, b, i);
        first = month < first ? month : first;
    }
    if (first == INT32_MAX)
        return SIM_TIME_MAX;
    if (first < a->first_month)
        return INT64_MIN;
    return sim_month_to_time(first < a->end_month ? first : a->end_month);
}
