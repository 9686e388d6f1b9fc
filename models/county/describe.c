#include <string.h>

#include "models/county/read.h"
#include "models/county/study.h"
#include "sim/core/guard.h"

/* Topics: `files` and the keys of each file; each section of parameters; each effect; the indicators. A name
 * that is no topic is looked for among parameters and indicators. */

static void describe_files(FILE *out)
{
    fputs("files: scenarios are YAML; a value is a scalar with its unit, or {value, source, note}\n\n"
          "  county file       pamir: county\n"
          "    county          map: see `pamir describe county`; each value with a source\n"
          "    townships       list of {name, villages, transport, weight}: villages a number, or a list of\n"
          "                    names or of {name, households}; transport the share of the outside price\n"
          "                    that it takes; weight of its villages in people, land and animals\n"
          "    parameters      map of sections: see `pamir describe parameters`; livestock has sheep, yak, "
          "cattle\n"
          "    prices          map of goods, each a map of years: {source: ..., 2015: 4000 CNY/head}\n\n"
          "  program file      pamir: program\n"
          "    (its own keys)  see `pamir describe program`; each value with a source\n"
          "    recipients      all, or a list of townships or villages\n"
          "    effects         list of maps of one key, the kind: see `pamir describe effects`\n\n"
          "  experiment file   pamir: experiment\n"
          "    (its own keys)  see `pamir describe experiment`\n"
          "    county          path of the county file, from this file's folder\n"
          "    programs        map of names and paths\n"
          "    arms            map of {programs: [names], set: {path: value}, note}\n"
          "    parameters      as in the county file, over it\n"
          "    prices          as in the county file, over it\n"
          "    lines           list of {name, value, source}: poverty lines at base-year prices, the main "
          "one first\n"
          "    claims          list of {id, variable, year, unit, scale, note}: published figures of "
          "claims.csv\n"
          "    sweep           what is run at several points: see `pamir describe sweep`\n"
          "    stop_when       how sure is enough: see `pamir describe stop_when`\n\n"
          "  layers, later ones over earlier: defaults, county, experiment, `set` of an arm, --set\n"
          "  paths of overrides: parameters.livestock.yak.births, county.persons, prices.yak.2015,\n"
          "  programs.cattle.budget, programs.cattle.effects[0].herd.rate, replicates\n",
        out);
}

static void describe_effects(FILE *out)
{
    fputs("effects: what a program does; `pamir describe NAME` gives the parameters of one\n\n", out);
    for (int32_t k = 0; k < EFFECT_KINDS; k++)
        fprintf(out, "  %-10s %s\n", effect_types[k]->name, effect_types[k]->schema->sentence);
}

static void describe_parameters(FILE *out)
{
    fputs("parameters: sections of a county's or an experiment's `parameters`\n\n", out);
    for (int32_t i = 0; i < scenario_n_sections; i++)
        fprintf(
            out, "  %-14s %s\n", scenario_sections[i].schema->name, scenario_sections[i].schema->sentence);
    for (int32_t s = 0; s < SPECIES_COUNT; s++)
        fprintf(out, "  livestock.%-2s %s\n", species_names[s], species_schemas[s].sentence);
}

struct indicator {
    const char *group, *name, *unit, *tag, *sentence;
    const char *dims[3];
};

static const struct indicator indicators[] = {
#define OBSERVED(group, name, ctype, type, unit, tag, d1, d2, d3, sentence)                                  \
    {#group, #name, unit, tag, sentence, {#d1, #d2, #d3}},
#include "models/county/observe_variables.def"
#undef OBSERVED
};

static void print_lower(const char *word, FILE *out)
{
    for (; *word; word++)
        fputc(*word >= 'A' && *word <= 'Z' ? *word - 'A' + 'a' : *word, out);
}

static void print_indicator(const struct indicator *of, FILE *out)
{
    fprintf(out, "  %s(", of->name);
    for (int32_t d = 0; d < 3 && strcmp(of->dims[d], "NONE") != 0; d++) {
        fputs(d ? ", " : "", out);
        print_lower(of->dims[d], out);
    }
    fprintf(out, ")  %s%s%s\n      %s\n", of->unit, *of->tag ? "  " : "", of->tag, of->sentence);
}

static void describe_indicators(FILE *out)
{
    const char *group = "";
    fputs("indicators: variables of a result, beside arm and replicate; a tag says whether a moment was put "
          "in\n"
          "(imposed), calibrated to (fitted) or came out (emergent): only the last is evidence\n",
        out);
    for (int32_t i = 0; i < SIM_COUNT(indicators); i++) {
        if (strcmp(group, indicators[i].group) != 0)
            fprintf(out, "\n/%s\n", group = indicators[i].group);
        print_indicator(&indicators[i], out);
    }
}

static void describe_prices(FILE *out)
{
    fputs(
        "prices: outside prices, a path of years each (values at midyear, joined straight in logarithms)\n\n",
        out);
    for (int32_t g = 0; g < GOODS; g++)
        fprintf(out, "  %-8s in %-10s %s\n", goods[g].name, goods[g].unit, goods[g].long_name);
    fputs(
        "\ncasual is the pay of a day of work in the county, migrant that of a month of work beyond it: the "
        "whole\nwage, of which migration.remitted is sent home and migration.away_cost spent there. The gap "
        "between the\ntwo moves people. other has no unit: only its growth matters.\n",
        out);
}

static void describe_sweep(FILE *out)
{
    fputs("sweep: every arm at every one of some points, each a value for every one of some parameters; the\n"
          "same luck at all of them\n\n"
          "  design: grid             every combination, the last parameter going round fastest\n"
          "  design: latin_hypercube  as many as `points` says, one in each cell along every parameter, by "
          "the\n"
          "                           seed; `within: midpoint` puts it into the middle of the cell\n"
          "  design: sobol            the first `points` of Sobol's sequence, at most 40 parameters\n"
          "  design: table            those of a CSV file, `file: points.csv`: first line paths, then a line "
          "a\n"
          "                           point, values with their units\n"
          "  parameters               map of paths below parameters and programs, each a list of values or\n"
          "                           {from: 0.45 1/year, to: 0.65 1/year, scale: linear | log}; in a grid "
          "with\n"
          "                           `steps: 5`, both ends included; switches, months and texts: a list\n\n"
          "  sweep:\n"
          "    design: sobol\n"
          "    points: 64\n"
          "    parameters:\n"
          "      parameters.livestock.yak.births: {from: 0.45 1/year, to: 0.65 1/year}\n"
          "      programs.yak.budget: {from: 1e6 CNY, to: 1e7 CNY, scale: log}\n"
          "      programs.yak.effects[1].contract.premium: [0 percent, 10 percent, 20 percent]\n\n"
          "  An arm's own `set` wins over the sweep in that arm, --set in all. The panel is off unless "
          "`panel` is\n"
          "  given. The result says what the points are in /sweep: value and text by sweep_point and "
          "parameter,\n"
          "  unit by parameter.\n",
        out);
}

static void describe_stop_when(FILE *out)
{
    fputs(
        "stop_when: no more replicates than it takes to know what one arm does\n\n"
        "  variable    as claims name it: group.variable, or group.place.variable\n"
        "  arm         compared with the reference, replicate by replicate\n"
        "  half_width  of the 95 percent interval of the mean difference, with its unit\n"
        "  from, to    years whose mean it is; default the base year and the last\n"
        "  least       replicates before the first look; default 16\n"
        "  step        replicates between looks; default 8\n\n"
        "  stop_when: {variable: county.income_real_per_capita, arm: all, half_width: 20 CNY/person/year}\n\n"
        "  `replicates` is the most. In a sweep every point has to be as sure.\n",
        out);
}

struct topic {
    const char *name;
    const char *sentence;
    void (*describe)(FILE *out);
};
static const struct topic topics[] = {
    {"files", "keys of county, program and experiment files; overrides", describe_files},
    {"parameters", "sections of parameters", describe_parameters},
    {"prices", "goods and units of price paths", describe_prices},
    {"effects", "kinds of effects of programs", describe_effects},
    {"sweep", "points of an experiment, and their designs", describe_sweep},
    {"stop_when", "when replicates are enough", describe_stop_when},
    {"indicators", "variables of a result", describe_indicators},
};

static void describe_topics(FILE *out)
{
    fputs("topics:\n", out);
    for (int32_t i = 0; i < SIM_COUNT(topics); i++)
        fprintf(out, "  %-14s %s\n", topics[i].name, topics[i].sentence);
    const struct sim_schema *const files[] = {&experiment_schema, &county_schema, &investment_schema};
    for (int32_t i = 0; i < SIM_COUNT(files); i++)
        fprintf(out, "  %-14s %s\n", files[i]->name, files[i]->sentence);
    fputs("sections of parameters:\n", out);
    for (int32_t i = 0; i < scenario_n_sections; i++)
        fprintf(
            out, "  %-14s %s\n", scenario_sections[i].schema->name, scenario_sections[i].schema->sentence);
    for (int32_t s = 0; s < SPECIES_COUNT; s++)
        fprintf(out, "  %-14s %s\n", species_names[s], species_schemas[s].sentence);
    fputs("effects:\n", out);
    for (int32_t k = 0; k < EFFECT_KINDS; k++)
        fprintf(out, "  %-14s %s\n", effect_types[k]->name, effect_types[k]->schema->sentence);
    fputs("or the name of a parameter (births, yak.births) or of an indicator (income_per_capita)\n", out);
}

#define SECTIONS_MAX 32
#define SCHEMAS (3 + SECTIONS_MAX + SPECIES_COUNT + EFFECT_KINDS)

/* Every schema; returns how many. */
static int32_t list_schemas(const struct sim_schema *out[SCHEMAS])
{
    int32_t n = 0;
    out[n++] = &experiment_schema;
    out[n++] = &county_schema;
    out[n++] = &investment_schema;
    SIM_GUARD(scenario_n_sections <= SECTIONS_MAX, "more sections than describe has room for");
    for (int32_t i = 0; i < scenario_n_sections; i++)
        out[n++] = scenario_sections[i].schema;
    for (int32_t s = 0; s < SPECIES_COUNT; s++)
        out[n++] = &species_schemas[s];
    for (int32_t k = 0; k < EFFECT_KINDS; k++)
        out[n++] = effect_types[k]->schema;
    return n;
}

/* A section and an effect may share a name ("land"): both are described. */
static bool describe_schemas(const char *topic, FILE *out)
{
    const struct sim_schema *schemas[SCHEMAS];
    int32_t n = list_schemas(schemas), found = 0;
    for (int32_t i = 0; i < n; i++) {
        if (strcmp(topic, schemas[i]->name) != 0)
            continue;
        if (found++)
            fputc('\n', out);
        sim_schema_describe(schemas[i], out);
    }
    return found > 0;
}

/* A name as users write it, apart: "yak.births", "parameters.livestock.yak.births", "county.gini_income" or a
 * path of an override. */
struct named {
    const char *name;
    char owner[64]; /* what stands before it, without [0]; "": nothing */
};

static struct named take_apart(const char *topic)
{
    const char *last = strrchr(topic, '.');
    struct named self = {last ? last + 1 : topic, ""};
    if (!last)
        return self;
    const char *from = last;
    while (from > topic && from[-1] != '.')
        from--;
    size_t n = strcspn(from, ".[");
    snprintf(self.owner, sizeof(self.owner), "%.*s", (int)(n < 63 ? n : 63), from);
    /* programs.land.budget: the program's own; programs.land.effects[0].land.area: the effect's. */
    if (strncmp(topic, "programs.", 9) == 0 && from == topic + 9)
        snprintf(self.owner, sizeof(self.owner), "%s", investment_schema.name);
    return self;
}

static bool describe_params(const struct named *named, FILE *out)
{
    const struct sim_schema *schemas[SCHEMAS];
    int32_t n = list_schemas(schemas), found = 0;
    for (int32_t i = 0; i < n; i++)
        for (int32_t k = 0; k < schemas[i]->n_params; k++) {
            if (strcmp(schemas[i]->params[k].name, named->name) != 0 ||
                (*named->owner && strcmp(schemas[i]->name, named->owner) != 0))
                continue;
            struct sim_schema one = *schemas[i];
            one.params = &schemas[i]->params[k];
            one.n_params = 1;
            if (found++)
                fputc('\n', out);
            sim_schema_describe(&one, out);
        }
    return found > 0;
}

static bool describe_variables(const struct named *named, bool is_first, FILE *out)
{
    int32_t found = 0;
    for (int32_t i = 0; i < SIM_COUNT(indicators); i++) {
        const struct indicator *of = &indicators[i];
        if (strcmp(of->name, named->name) != 0 || (*named->owner && strcmp(of->group, named->owner) != 0))
            continue;
        fprintf(out, "%s/%s\n", is_first && !found ? "" : "\n", of->group);
        print_indicator(of, out);
        found++;
    }
    return found > 0;
}

/* All variables of a group ("claim"). */
static bool describe_group(const char *group, FILE *out)
{
    int32_t found = 0;
    for (int32_t i = 0; i < SIM_COUNT(indicators); i++) {
        if (strcmp(indicators[i].group, group) != 0)
            continue;
        if (found++ == 0)
            fprintf(out, "/%s\n", group);
        print_indicator(&indicators[i], out);
    }
    return found > 0;
}

#define WORDS 1000

/* Whatever can be asked for; returns how many. */
static int32_t list_words(const char *words[WORDS])
{
    const struct sim_schema *schemas[SCHEMAS];
    int32_t n = 0, n_schemas = list_schemas(schemas);
    for (int32_t i = 0; i < SIM_COUNT(topics); i++)
        words[n++] = topics[i].name;
    for (int32_t i = 0; i < n_schemas; i++)
        words[n++] = schemas[i]->name;
    for (int32_t i = 0; i < SIM_COUNT(indicators); i++) {
        words[n++] = indicators[i].name;
        words[n++] = indicators[i].group;
    }
    for (int32_t i = 0; i < n_schemas; i++)
        for (int32_t k = 0; k < schemas[i]->n_params && n < WORDS; k++)
            words[n++] = schemas[i]->params[k].name;
    return n;
}

/* Up to NEAR of the words nearest to one, then those that it is a part of or that are a part of it, each
 * once, in quotes; "" when there are none. */
static void list_near(const char *word, char *text, size_t size)
{
    enum { NEAR = 5, SHORTEST = 4 };
    const char *words[WORDS], *found[NEAR];
    int32_t n_words = list_words(words), n = 0;
    bool is_part = false;
    *text = 0;
    while (n < NEAR) {
        const char *next = is_part ? NULL : sim_diag_nearest(word, words, n_words);
        is_part = !next;
        for (int32_t i = 0; i < n_words && !next && strlen(word) >= SHORTEST; i++)
            if (strstr(words[i], word) || (strlen(words[i]) >= SHORTEST && strstr(word, words[i])))
                next = words[i];
        if (!next)
            break;
        found[n++] = next;
        int32_t kept = 0; /* the others, for the next one */
        for (int32_t i = 0; i < n_words; i++)
            if (strcmp(words[i], next) != 0)
                words[kept++] = words[i];
        n_words = kept;
    }
    for (int32_t i = 0; i < n; i++) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, "%s'%s'", i == 0 ? "" : i == n - 1 ? " or " : ", ", found[i]);
    }
}

int county_describe(const char *topic, FILE *out, struct sim_error *error)
{
    if (!topic) {
        describe_topics(out);
        return 0;
    }
    for (int32_t i = 0; i < SIM_COUNT(topics); i++)
        if (strcmp(topic, topics[i].name) == 0) {
            topics[i].describe(out);
            return 0;
        }
    if (describe_schemas(topic, out) || describe_group(topic, out))
        return 0;
    struct named named = take_apart(topic);
    bool is_param = describe_params(&named, out);
    if (describe_variables(&named, !is_param, out) || is_param)
        return 0;
    char near[300];
    list_near(named.name, near, sizeof(near));
    return sim_error_set(error, SIM_ERROR_INPUT, "there is no topic, parameter or indicator '%.100s'%s%s%s",
        topic, *near ? "; did you mean " : "; `pamir describe` lists the topics", near, *near ? "?" : "");
}
