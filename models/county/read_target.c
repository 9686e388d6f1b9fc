/* What a path of a sweep names: a parameter of a schema, in a section or in a program of the experiment. */
#include <stdlib.h>
#include <string.h>

#include "models/county/read.h"

#define WORD_MAX 100

struct path {
    struct sim_reader *reader;
    struct sim_place place;
    const char *text, *at; /* what is still to be read */
    char word[WORD_MAX];   /* the one read last */
    char what[300];        /* for messages: the path up to it */
};

/* Goes on to the next word; false after reporting when there is none. */
static bool next_word(struct path *self, const char *expected)
{
    size_t length = strcspn(self->at, ".[");
    if (self->at > self->text)
        snprintf(self->what, sizeof(self->what), "sweep: %.*s", (int)(self->at - self->text - 1), self->text);
    if (length == 0 || length >= WORD_MAX) {
        sim_diag_error(self->reader->diag, self->place, "sweep: '%s' is not a parameter; expected %s",
            self->text, expected);
        return false;
    }
    memcpy(self->word, self->at, length);
    self->word[length] = '\0';
    self->at += length;
    self->at += *self->at == '.';
    return true;
}

static int32_t find_word(struct path *self, const char *const *words, int32_t n)
{
    return read_find(self->reader, self->word, self->place, self->what, words, n);
}

static bool find_in(struct path *self, const struct sim_schema *schema, struct sweep_param *out)
{
    const char **names = read_alloc(self->reader, (int64_t)sizeof(*names) * schema->n_params, self->place);
    for (int32_t i = 0; names && i < schema->n_params; i++)
        names[i] = schema->params[i].name;
    int32_t found = names ? find_word(self, (const char *const *)names, schema->n_params) : -1;
    if (found >= 0 && !*self->at && self->at[-1] == '.') {
        sim_diag_error(self->reader->diag, self->place, "sweep: '%s' ends with a dot; expected '%.*s'",
            self->text, (int)(self->at - self->text) - 1, self->text);
        return false;
    }
    if (found >= 0 && *self->at) {
        sim_diag_error(self->reader->diag, self->place, "sweep: '%s' goes on behind the parameter '%s'",
            self->text, self->word);
        return false;
    }
    if (found >= 0)
        out->of = &schema->params[found];
    return found >= 0;
}

static bool find_in_sections(struct path *self, struct sweep_param *out)
{
    const char *names[64];
    for (int32_t i = 0; i < scenario_n_sections; i++)
        names[i] = scenario_sections[i].schema->name;
    if (!next_word(self, "a section and a parameter of it, as in parameters.livestock.feed_need"))
        return false;
    int32_t i = find_word(self, names, scenario_n_sections);
    if (i < 0 || !next_word(self, "a parameter of the section, as in parameters.livestock.feed_need"))
        return false;
    const struct sim_schema *schema = scenario_sections[i].schema;
    for (int32_t s = 0; schema == &livestock_schema && s < SPECIES_COUNT; s++)
        if (strcmp(self->word, species_names[s]) == 0)
            return next_word(self, "a parameter of the species, as in parameters.livestock.yak.births") &&
                   find_in(self, &species_schemas[s], out);
    return find_in(self, schema, out);
}

/* Behind "effects": "[1].contract.premium". */
static bool find_in_effects(struct path *self, const struct sim_node *program, struct sweep_param *out)
{
    static const char expected[] =
        "an effect of the program by its number and kind, as in effects[0].land.area";
    const struct sim_node *effects = sim_node_get(program, "effects");
    char *end = NULL;
    long number = *self->at == '[' ? strtol(self->at + 1, &end, 10) : -1;
    if (number < 0 || !end || *end != ']' || end[1] != '.') {
        sim_diag_error(self->reader->diag, self->place, "sweep: '%s' is not a parameter; expected %s",
            self->text, expected);
        return false;
    }
    if (!effects || effects->kind != SIM_NODE_LIST || number >= effects->n) {
        sim_diag_error(self->reader->diag, self->place,
            "sweep: '%s': the program has %d effects (the first is [0])", self->text,
            effects && effects->kind == SIM_NODE_LIST ? effects->n : 0);
        return false;
    }
    char canonical[30];
    snprintf(canonical, sizeof(canonical), "[%ld].", number);
    if (strncmp(self->at, canonical, strlen(canonical)) != 0) {
        sim_diag_error(self->reader->diag, self->place, "sweep: '%s': write the number as %.*s", self->text,
            (int)strlen(canonical) - 1, canonical);
        return false;
    }
    self->at = end + 2;
    const struct sim_node *effect = effects->items[number];
    if (!next_word(self, expected) || effect->kind != SIM_NODE_MAP || effect->n != 1)
        return false; /* the wrong effect is reported where it stands */
    const char *kind = effect->keys[0]->text;
    if (find_word(self, &kind, 1) < 0)
        return false;
    for (int32_t k = 0; k < EFFECT_KINDS; k++)
        if (strcmp(effect_types[k]->name, kind) == 0)
            return next_word(self, "a parameter of the effect") &&
                   find_in(self, effect_types[k]->schema, out);
    return false;
}

static bool find_in_programs(struct path *self, const struct experiment *experiment, struct sweep_param *out)
{
    if (!next_word(self, "a program and a parameter of it, as in programs.land.budget"))
        return false;
    out->program = find_word(self, (const char *const *)experiment->programs, experiment->n_programs);
    if (out->program < 0)
        return false;
    const struct sim_node *program =
        sim_node_get(sim_node_get(experiment->root, "programs"), experiment->programs[out->program]);
    if (!next_word(self, "a parameter of the program, as in programs.land.budget"))
        return false;
    if (strcmp(self->word, "effects") == 0)
        return find_in_effects(self, program, out);
    return find_in(self, &investment_schema, out);
}

bool read_target(const struct experiment *experiment, const char *text, struct sim_place place,
    struct sim_reader *reader, struct sweep_param *out)
{
    struct path self = {.reader = reader, .place = place, .text = text, .at = text, .what = "sweep"};
    *out = (struct sweep_param){.path = text, .place = place, .unit = "1", .program = -1};
    if (!next_word(&self, "a path, as in parameters.livestock.yak.births"))
        return false;
    if (strcmp(self.word, "parameters") == 0)
        return find_in_sections(&self, out);
    if (strcmp(self.word, "programs") == 0)
        return find_in_programs(&self, experiment, out);
    char meant[300];
    if (sim_node_get(experiment->root, self.word))
        sim_diag_error(reader->diag, place,
            "sweep: '%s' is the same in all points, since it would give them other households or another "
            "calendar; a sweep changes parameters.* and programs.*",
            text);
    else if (read_meant(&experiment_schema, self.word, place, meant, sizeof(meant)))
        sim_diag_error(reader->diag, place, "sweep: '%s' is not a parameter; did you mean %s?", text, meant);
    else
        sim_diag_error(reader->diag, place,
            "sweep: '%s' is not a parameter; expected a path below parameters or programs, as in "
            "parameters.livestock.yak.births",
            text);
    return false;
}
