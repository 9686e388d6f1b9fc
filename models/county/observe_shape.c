/* The shape of a result: dimensions, variables and constants, declared from observe_variables.def. */
#include "models/county/observe_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/core/key.h"
#include "sim/time/calendar.h"

/* Any fixed number: it makes the panel's lots others than the model's. */
static const uint64_t panel_salt = UINT64_C(0x70616e656c5f3530);

static const struct spec {
    const char *group;
    const char *name;
    enum sim_type type;
    const char *unit;
    const char *tag;
    enum observe_dimension dims[SIM_OUTPUT_DIMS];
    const char *sentence;
    size_t offset; /* of its pointer in struct observed */
} specs[] = {
#define OBSERVED(group, name, ctype, type, unit, tag, d1, d2, d3, sentence)                                  \
    {#group, #name, SIM_##type, unit, tag, {DIM_##d1, DIM_##d2, DIM_##d3}, sentence,                         \
        offsetof(struct observed, group##_##name)},
#include "models/county/observe_variables.def"
#undef OBSERVED
};

/* What is at hand while the output is declared. */
struct shape {
    struct sim_output *output;
    const struct scenario *scenario;
    const struct founders *founders;
    const struct observer_options *options;
    struct sim_arena arena; /* texts and coordinates, until they are copied */
    struct observe_member *panel;
    int32_t n_panel;
    int32_t dims[DIM_COUNT]; /* index in the output; -1: without values */
    struct sim_error *error;
};

struct observe_years observe_years(const struct scenario *scenario)
{
    int32_t first = sim_month_year(scenario->first_month + 11);
    int32_t end = sim_month_year(scenario->end_month); /* its December is not lived */
    return (struct observe_years){first, end > first ? end - first : 0};
}

int64_t observe_founders(const struct founders *founders)
{
    int64_t n = 0;
    for (int32_t v = 0; v < founders->n_villages; v++)
        n += founders->villages[v].households.head.n;
    return n;
}

/* The nth lowest ticket, n from 1, digit by digit. */
static uint64_t find_nth(const struct observe_member *members, int32_t n_members, int32_t n)
{
    enum { BITS = 8, DIGITS = 1 << BITS };
    uint64_t found = 0;
    for (int32_t shift = 64 - BITS; shift >= 0; shift -= BITS) {
        int32_t count[DIGITS] = {0}, digit = 0;
        for (int32_t i = 0; i < n_members; i++)
            if (((members[i].ticket ^ found) >> shift) < DIGITS)
                count[members[i].ticket >> shift & (DIGITS - 1)]++;
        for (; n > count[digit]; digit++)
            n -= count[digit];
        found |= (uint64_t)digit << shift;
    }
    return found;
}

int32_t observe_choose_panel(const struct founders *founders, int32_t wanted, struct observe_member *members)
{
    int32_t n = 0, chosen = 0;
    for (int32_t v = 0; v < founders->n_villages; v++) {
        const struct household_table *households = &founders->villages[v].households;
        for (sim_row row = 0; row < households->head.n; row++) {
            sim_key key = households->key[row];
            members[n++] = (struct observe_member){key, sim_key_mix(key ^ panel_salt), v, row};
        }
    }
    if (n <= wanted || wanted <= 0)
        return wanted <= 0 ? 0 : n;
    uint64_t last = find_nth(members, n, wanted);
    for (int32_t i = 0; i < n && chosen < wanted; i++)
        if (members[i].ticket <= last)
            members[chosen++] = members[i];
    return chosen;
}

static int no_memory(struct sim_error *error)
{
    return sim_error_set(error, SIM_ERROR_MEMORY, "shape of the result: out of memory");
}

static int add_dimension(struct shape *self, enum observe_dimension number, struct sim_dimension dimension)
{
    self->dims[number] = -1;
    if (dimension.length == 0)
        return 0;
    int32_t index = sim_output_add_dimension(self->output, &dimension, self->error);
    self->dims[number] = index;
    return index < 0 ? index : 0;
}

static int add_labels(struct shape *self, enum observe_dimension number, const char *name,
    const char *const *labels, int32_t n, const char *sentence)
{
    return add_dimension(self, number,
        (struct sim_dimension){
            .name = name, .length = n, .labels = labels, .unit = "1", .sentence = sentence});
}

static int add_integers(struct shape *self, enum observe_dimension number, const char *name, int64_t first,
    int32_t n, const char *sentence)
{
    int64_t *integers = sim_arena_alloc(&self->arena, (n + 1) * (int64_t)sizeof *integers);
    if (!integers)
        return no_memory(self->error);
    for (int32_t i = 0; i < n; i++)
        integers[i] = first + i;
    return add_dimension(self, number,
        (struct sim_dimension){
            .name = name, .length = n, .integers = integers, .unit = "1", .sentence = sentence});
}

/* "days since 2015-01-01", the first day of the horizon. */
static void print_days_unit(const struct scenario *scenario, char out[32])
{
    char date[11];
    sim_date_print(sim_date_from_time(sim_month_to_time(scenario->first_month)), date);
    snprintf(out, 32, "days since %s", date);
}

static int add_months(struct shape *self)
{
    const struct scenario *scenario = self->scenario;
    int32_t n = scenario->end_month - scenario->first_month;
    double *days = sim_arena_alloc(&self->arena, n * (int64_t)sizeof *days);
    if (!days)
        return no_memory(self->error);
    sim_time start = sim_month_to_time(scenario->first_month);
    for (int32_t i = 0; i < n; i++)
        days[i] = (double)((sim_month_to_time(scenario->first_month + i) - start) / SIM_DAY);
    char unit[32];
    print_days_unit(scenario, unit);
    return add_dimension(self, DIM_MONTH,
        (struct sim_dimension){.name = "month",
            .length = n,
            .values = days,
            .unit = unit,
            .sentence = "first day of the month"});
}

static int add_panel(struct shape *self)
{
    int64_t n = observe_founders(self->founders);
    self->panel = sim_arena_alloc(&self->arena, (n + 1) * (int64_t)sizeof *self->panel);
    if (!self->panel)
        return no_memory(self->error);
    self->n_panel = observe_choose_panel(self->founders, self->options->n_panel, self->panel);
    const char **labels = sim_arena_alloc(&self->arena, (self->n_panel + 1) * (int64_t)sizeof *labels);
    for (int32_t i = 0; labels && i < self->n_panel; i++) {
        char text[17];
        snprintf(text, sizeof text, "%016" PRIx64, self->panel[i].key);
        if (!(labels[i] = sim_arena_text(&self->arena, text, 16)))
            return no_memory(self->error);
    }
    return labels ? add_labels(self, DIM_HOUSEHOLD, "household", labels, self->n_panel,
                        "lineage key of a founding household")
                  : no_memory(self->error);
}

/* Names of accounts as labels: lower case, as all others. */
static int add_accounts(struct shape *self)
{
    const char *labels[ACCOUNT_COUNT];
    for (int32_t i = 0; i < ACCOUNT_COUNT; i++) {
        const char *name = county_ledger_type.accounts[i].name;
        char *label = sim_arena_text(&self->arena, name, (int64_t)strlen(name));
        if (!label)
            return no_memory(self->error);
        for (char *c = label; *c; c++)
            if (*c >= 'A' && *c <= 'Z')
                *c = (char)(*c - 'A' + 'a');
        labels[i] = label;
    }
    int code = add_labels(self, DIM_PAYER, "payer", labels, ACCOUNT_COUNT, "account that pays");
    return code < 0 ? code
                    : add_labels(self, DIM_PAYEE, "payee", labels, ACCOUNT_COUNT, "account that receives");
}

/* Lists of names that the model has, whatever the scenario. */
static int add_names(struct shape *self)
{
    static const char *const rungs[COPING_RUNGS] = {"none", "kin", "credit", "distress", "hunger"};
    static const char *const sectors[GDP_SECTORS] = {"primary", "secondary", "tertiary", "casual"};
    static const struct {
        enum observe_dimension number;
        const char *name;
        const char *const *labels;
        int32_t n;
        const char *sentence;
    } lists[] = {
        {DIM_SOURCE, "source", income_source_names, INCOME_SOURCES, "source of income"},
        {DIM_SPECIES, "species", species_names, SPECIES_COUNT, "animals of households"},
        {DIM_DEPRIVATION, "deprivation", deprivation_names, DEPRIVATIONS, "what a household lacks"},
        {DIM_RUNG, "rung", rungs, COPING_RUNGS,
            "how a month's need was met: the last rung of the coping ladder that was used"},
        {DIM_ACTIVITY, "activity", activity_names, ACTIVITIES, "what a person mainly does"},
        {DIM_SECTOR, "sector", sectors, GDP_SECTORS,
            "where value added arises; casual: wages of employers that are not modelled"},
        {DIM_BRANCH, "branch", sector_names, SECTORS, "what a firm does"},
    };
    int code = 0;
    for (int32_t i = 0; i < SIM_COUNT(lists) && code >= 0; i++)
        code =
            add_labels(self, lists[i].number, lists[i].name, lists[i].labels, lists[i].n, lists[i].sentence);
    return code;
}

/* The points of the Lorenz curve. */
static int add_percentiles(struct shape *self)
{
    int64_t percents[OBSERVE_PERCENTILES];
    for (int32_t i = 0; i < OBSERVE_PERCENTILES; i++)
        percents[i] = 100 * (i + 1) / OBSERVE_PERCENTILES;
    return add_dimension(self, DIM_PERCENTILE,
        (struct sim_dimension){.name = "percentile",
            .length = OBSERVE_PERCENTILES,
            .integers = percents,
            .unit = "percent",
            .sentence = "the poorest so many percent of persons"});
}

static int add_dimensions(struct shape *self)
{
    const struct scenario *scenario = self->scenario;
    const struct observer_options *options = self->options;
    int32_t most = options->n_claims + scenario->n_villages + INVESTMENT_MAX + LINES_MAX + GOODS;
    const char **labels = sim_arena_alloc(&self->arena, most * (int64_t)sizeof *labels);
    if (!labels)
        return no_memory(self->error);
    struct observe_years years = observe_years(scenario);
    int code = add_months(self);
    if (code >= 0)
        code = add_integers(self, DIM_YEAR, "year", years.first, years.n, "calendar year");
    for (int32_t i = 0; i < scenario->n_villages; i++)
        labels[i] = scenario->villages[i].name;
    if (code >= 0)
        code = add_labels(self, DIM_VILLAGE, "village", labels, scenario->n_villages, "village");
    if (code >= 0)
        code = add_integers(self, DIM_QUINTILE, "quintile", 1, OBSERVE_QUINTILES,
            "quintile of consumption per head in the base year, 1 the poorest");
    if (code >= 0)
        code = add_panel(self);
    for (int32_t i = 0; i < scenario->n_lines; i++)
        labels[i] = scenario->lines[i].name;
    if (code >= 0)
        code = add_labels(
            self, DIM_LINE, "line", labels, scenario->n_lines, "poverty line; the first is the main one");
    if (code >= 0)
        code = add_names(self);
    if (code >= 0)
        code = add_percentiles(self);
    for (int32_t i = 0; i < scenario->n_investments; i++)
        labels[i] = scenario->investments[i].name;
    if (code >= 0)
        code = add_labels(
            self, DIM_INVESTMENT, "investment", labels, scenario->n_investments, "paired investment");
    if (code >= 0)
        code = add_labels(self, DIM_MILESTONE, "milestone", milestone_names,
            scenario->n_investments > 0 ? MILESTONES : 0, "milestone of an investment's life");
    if (code >= 0)
        code = add_accounts(self);
    for (int32_t i = 0; i < options->n_claims; i++)
        labels[i] = options->claims[i].id;
    if (code >= 0)
        code = add_labels(self, DIM_CLAIM, "claim", labels, options->n_claims, "published figure");
    for (int32_t i = 0; i < GOODS; i++)
        labels[i] = goods[i].name;
    if (code >= 0)
        code = add_labels(self, DIM_GOOD, "good", labels, GOODS, "good");
    return code;
}

/* The unit with the scenario's currency for CNY. */
static void print_unit(const struct scenario *scenario, const char *unit, char out[64])
{
    const char *currency = strstr(unit, "CNY");
    if (currency)
        snprintf(
            out, 64, "%.*s%.20s%s", (int)(currency - unit), unit, scenario->county.currency, currency + 3);
    else
        snprintf(out, 64, "%s", unit);
}

static int add_variable(struct shape *self, const struct spec *spec)
{
    char unit[64];
    print_unit(self->scenario, spec->unit, unit);
    struct sim_variable variable = {.group = spec->group,
        .name = spec->name,
        .type = spec->type,
        .unit = unit,
        .sentence = spec->sentence,
        .tag = spec->tag};
    for (int32_t i = 0; i < SIM_OUTPUT_DIMS && spec->dims[i] != DIM_NONE; i++) {
        int32_t dim = self->dims[spec->dims[i]];
        if (dim < 0)
            return 0;
        variable.dims[variable.n_dims++] = dim;
    }
    int32_t index = sim_output_add_variable(self->output, &variable, self->error);
    return index < 0 ? index : 0;
}

/* Texts or numbers along one dimension; nothing where it has no values. */
static int add_constant(struct shape *self, enum observe_dimension dimension, const char *group,
    const char *name, const char *unit, const char *sentence, const char *const *texts, const double *numbers)
{
    if (self->dims[dimension] < 0)
        return 0;
    struct sim_constant constant = {.group = group,
        .name = name,
        .unit = unit,
        .sentence = sentence,
        .dims = {self->dims[dimension]},
        .n_dims = 1,
        .texts = texts,
        .numbers = numbers};
    int32_t index = sim_output_add_constant(self->output, &constant, self->error);
    return index < 0 ? index : 0;
}

static int add_claim_constants(struct shape *self)
{
    const struct observer_options *options = self->options;
    int32_t n = options->n_claims;
    if (n == 0)
        return 0;
    enum { ID_TEXTS = 9 };
    static const struct {
        const char *name;
        const char *sentence;
    } columns[ID_TEXTS] = {{"unit", "unit of the published and the simulated value"},
        {"quantity", "what was published"}, {"system", "system that it is about"},
        {"published_year", "year that it is about; empty for none"}, {"place", "place that it is about"},
        {"role", "input, outcome or context"}, {"verdict_note", "verdict of the audit of evidence"},
        {"variable", "variable of this result that stands beside it"},
        {"tag", "whether that variable is imposed, fitted or emergent; only emergent ones are evidence"}};
    const char **texts = sim_arena_alloc(&self->arena, (int64_t)ID_TEXTS * n * (int64_t)sizeof *texts);
    double *published = sim_arena_alloc(&self->arena, n * (int64_t)sizeof *published);
    if (!texts || !published)
        return no_memory(self->error);
    for (int32_t i = 0; i < n; i++) {
        const struct claim *claim = &options->claims[i];
        struct observe_claim found;
        int code = observe_claim_find(self->output, claim, &found, self->error);
        if (code < 0)
            return code;
        char year[12] = "";
        if (claim->year != 0)
            snprintf(year, sizeof year, "%" PRId32, claim->year);
        const char *of_claim[ID_TEXTS] = {claim->unit, claim->quantity, claim->system,
            sim_arena_text(&self->arena, year, (int64_t)strlen(year)), claim->place, claim->role, claim->note,
            claim->variable, self->output->variables[found.variable].tag};
        for (int32_t column = 0; column < ID_TEXTS; column++)
            texts[column * n + i] = of_claim[column];
        published[i] = claim->published;
    }
    int code = add_constant(self, DIM_CLAIM, "claim", "published", "1",
        "published value, in the unit that claim/unit gives for each claim", NULL, published);
    for (int32_t column = 0; column < ID_TEXTS && code >= 0; column++)
        code = add_constant(self, DIM_CLAIM, "claim", columns[column].name, "1", columns[column].sentence,
            texts + column * n, NULL);
    return code;
}

static int add_panel_constants(struct shape *self)
{
    int32_t n = self->n_panel;
    double *weights = sim_arena_alloc(&self->arena, (n + 1) * (int64_t)sizeof *weights);
    const char **names = sim_arena_alloc(&self->arena, (n + 1) * (int64_t)sizeof *names);
    if (!weights || !names)
        return no_memory(self->error);
    for (int32_t i = 0; i < n; i++) {
        weights[i] = (double)observe_founders(self->founders) / n;
        names[i] = self->scenario->villages[self->panel[i].village].name;
    }
    int code = add_constant(self, DIM_HOUSEHOLD, "panel", "weight", "household",
        "founding households that the household stands for", NULL, weights);
    if (code >= 0)
        code = add_constant(
            self, DIM_HOUSEHOLD, "panel", "village_name", "1", "village of the household", names, NULL);
    return code;
}

static int add_constants(struct shape *self)
{
    const struct scenario *scenario = self->scenario;
    int32_t most = scenario->n_villages + INVESTMENT_MAX + LINES_MAX + GOODS;
    const char **texts = sim_arena_alloc(&self->arena, most * (int64_t)sizeof *texts);
    double *numbers = sim_arena_alloc(&self->arena, most * (int64_t)sizeof *numbers);
    if (!texts || !numbers)
        return no_memory(self->error);
    char unit[64];
    print_unit(scenario, "CNY/person/year", unit);
    for (int32_t i = 0; i < scenario->n_lines; i++) {
        numbers[i] = scenario->lines[i].fen_per_year / 100;
        texts[i] = scenario->lines[i].source;
    }
    int code = add_constant(self, DIM_LINE, "county", "line_value", unit,
        "poverty line a head at base-year prices", NULL, numbers);
    if (code >= 0)
        code = add_constant(
            self, DIM_LINE, "county", "line_source", "1", "source of the poverty line", texts, NULL);
    for (int32_t i = 0; i < GOODS; i++)
        texts[i] = goods[i].unit;
    if (code >= 0)
        code = add_constant(
            self, DIM_GOOD, "county", "price_unit", "1", "unit of the good's price", texts, NULL);
    for (int32_t i = 0; i < scenario->n_villages; i++)
        texts[i] = scenario->townships[scenario->villages[i].township].name;
    if (code >= 0)
        code = add_constant(
            self, DIM_VILLAGE, "village", "township", "1", "township of the village", texts, NULL);
    for (int32_t i = 0; i < scenario->n_investments; i++)
        texts[i] = scenario->investments[i].title;
    if (code >= 0)
        code = add_constant(
            self, DIM_INVESTMENT, "investment", "title", "1", "what the program is", texts, NULL);
    for (int32_t i = 0; i < scenario->n_investments; i++)
        texts[i] = scenario->investments[i].sponsor;
    if (code >= 0)
        code =
            add_constant(self, DIM_INVESTMENT, "investment", "sponsor", "1", "who pays for it", texts, NULL);
    if (code >= 0)
        code = add_panel_constants(self);
    return code < 0 ? code : add_claim_constants(self);
}

int observer_shape(struct sim_output *output, const struct scenario *scenario,
    const struct founders *founders, const struct observer_options *options, struct sim_error *error)
{
    if (observe_years(scenario).n == 0)
        return sim_error_set(error, SIM_ERROR_INPUT,
            "the horizon holds no whole calendar year; yearly results need one (January to December)");
    struct shape self = {
        .output = output, .scenario = scenario, .founders = founders, .options = options, .error = error};
    sim_arena_init(&self.arena);
    int code = add_dimensions(&self);
    for (int32_t i = 0; i < SIM_COUNT(specs) && code >= 0; i++)
        code = add_variable(&self, &specs[i]);
    if (code >= 0)
        code = add_constants(&self);
    sim_arena_free(&self.arena);
    return code < 0 ? code : 0;
}

void observe_bind(const struct sim_output *output, void *row, struct observed *at)
{
    *at = (struct observed){0};
    for (int32_t i = 0; i < SIM_COUNT(specs); i++) {
        int32_t index = sim_output_find(output, specs[i].group, specs[i].name);
        if (index < 0)
            continue;
        const struct sim_variable *variable = &output->variables[index];
        void *values = sim_output_at(output, index, row);
        for (int64_t k = 0; variable->type == SIM_F64 && k < variable->n_values; k++)
            ((double *)values)[k] = (double)NAN;
        for (int64_t k = 0; variable->type == SIM_F32 && k < variable->n_values; k++)
            ((float *)values)[k] = NAN;
        /* The pointers of struct observed differ in type; memcpy keeps within the aliasing rules. */
        memcpy((char *)at + specs[i].offset, &values, sizeof values);
    }
}
