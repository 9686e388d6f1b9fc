#include <string.h>

#include "models/county/read.h"
#include "models/county/study.h"

/* Topics: `files` and the keys of each file; each section of parameters; each effect; the indicators. */

static const struct sim_schema *file_schema(const char *topic)
{
    if (strcmp(topic, "experiment") == 0)
        return &experiment_schema;
    if (strcmp(topic, "county") == 0)
        return &county_schema;
    return strcmp(topic, "program") == 0 ? &investment_schema : NULL;
}

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
          "claims.csv\n\n"
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
            out, "  %-12s %s\n", scenario_sections[i].schema->name, scenario_sections[i].schema->sentence);
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

static void describe_indicators(FILE *out)
{
    const char *group = "";
    fputs("indicators: variables of a result, beside arm and replicate; a tag says whether a moment was put "
          "in\n"
          "(imposed), calibrated to (fitted) or came out (emergent): only the last is evidence\n",
        out);
    for (int32_t i = 0; i < SIM_COUNT(indicators); i++) {
        const struct indicator *of = &indicators[i];
        if (strcmp(group, of->group) != 0)
            fprintf(out, "\n/%s\n", group = of->group);
        fprintf(out, "  %s(", of->name);
        for (int32_t d = 0; d < 3 && strcmp(of->dims[d], "NONE") != 0; d++) {
            fputs(d ? ", " : "", out);
            print_lower(of->dims[d], out);
        }
        fprintf(out, ")  %s%s%s\n      %s\n", of->unit, *of->tag ? "  " : "", of->tag, of->sentence);
    }
}

static void describe_prices(FILE *out)
{
    fputs(
        "prices: outside prices, a path of years each (values at midyear, joined straight in logarithms)\n\n",
        out);
    for (int32_t g = 0; g < GOODS; g++)
        fprintf(out, "  %-8s in %-10s %s\n", goods[g].name, goods[g].unit, goods[g].long_name);
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
    {"indicators", "variables of a result", describe_indicators},
};

static void describe_topics(FILE *out)
{
    fputs("topics:\n", out);
    for (int32_t i = 0; i < SIM_COUNT(topics); i++)
        fprintf(out, "  %-12s %s\n", topics[i].name, topics[i].sentence);
    static const char *const files[] = {"experiment", "county", "program"};
    for (int32_t i = 0; i < SIM_COUNT(files); i++)
        fprintf(out, "  %-12s %s\n", files[i], file_schema(files[i])->sentence);
    fputs("sections of parameters:\n", out);
    for (int32_t i = 0; i < scenario_n_sections; i++)
        fprintf(
            out, "  %-12s %s\n", scenario_sections[i].schema->name, scenario_sections[i].schema->sentence);
    for (int32_t s = 0; s < SPECIES_COUNT; s++)
        fprintf(out, "  %-12s %s\n", species_names[s], species_schemas[s].sentence);
    fputs("effects:\n", out);
    for (int32_t k = 0; k < EFFECT_KINDS; k++)
        fprintf(out, "  %-12s %s\n", effect_types[k]->name, effect_types[k]->schema->sentence);
}

/* A section and an effect may share a name ("land"): both are described. */
static bool describe_schemas(const char *topic, FILE *out)
{
    const struct sim_schema *found[3 + SPECIES_COUNT];
    int32_t n = 0;
    if (file_schema(topic))
        found[n++] = file_schema(topic);
    for (int32_t i = 0; i < scenario_n_sections; i++)
        if (strcmp(topic, scenario_sections[i].schema->name) == 0)
            found[n++] = scenario_sections[i].schema;
    for (int32_t s = 0; s < SPECIES_COUNT; s++)
        if (strcmp(topic, species_names[s]) == 0)
            found[n++] = &species_schemas[s];
    for (int32_t k = 0; k < EFFECT_KINDS; k++)
        if (strcmp(topic, effect_types[k]->name) == 0)
            found[n++] = effect_types[k]->schema;
    for (int32_t i = 0; i < n; i++) {
        if (i > 0)
            fputc('\n', out);
        sim_schema_describe(found[i], out);
    }
    return n > 0;
}

int county_describe(const char *topic, FILE *out, struct sim_error *error)
{
    const char *words[100];
    int32_t n = 0;
    if (!topic) {
        describe_topics(out);
        return 0;
    }
    for (int32_t i = 0; i < SIM_COUNT(topics); i++) {
        words[n++] = topics[i].name;
        if (strcmp(topic, topics[i].name) == 0) {
            topics[i].describe(out);
            return 0;
        }
    }
    if (describe_schemas(topic, out))
        return 0;
    words[n++] = "experiment";
    words[n++] = "county";
    words[n++] = "program";
    for (int32_t i = 0; i < scenario_n_sections; i++)
        words[n++] = scenario_sections[i].schema->name;
    for (int32_t s = 0; s < SPECIES_COUNT; s++)
        words[n++] = species_names[s];
    for (int32_t k = 0; k < EFFECT_KINDS; k++)
        words[n++] = effect_types[k]->name;
    const char *nearest = sim_diag_nearest(topic, words, n);
    return sim_error_set(error, SIM_ERROR_INPUT, "there is no topic '%.100s'%s%s%s", topic,
        nearest ? "; did you mean '" : "; `pamir describe` lists them", nearest ? nearest : "",
        nearest ? "'?" : "");
}
