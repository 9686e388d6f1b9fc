#include <string.h>

#include "models/county/read.h"
#include "sim/core/key.h"
#include "sim/time/calendar.h"

enum { KEY_PROGRAM = 3 };

static const char *const program_keys[] = {"pamir", "recipients", "effects", "note"};

struct programs {
    const struct experiment *experiment;
    struct sim_reader *reader;
    struct scenario *out;
    struct scenario_given *given;
    const struct sim_node **effects; /* [n_schemes]: the parameters of each */
    struct sim_place *places;        /* [n_schemes] */
    bool *are_read;                  /* [n_schemes]: without an error */
    bool knows_county;
};

static bool has_name(const char *name, const struct sim_node *node, struct sim_reader *reader)
{
    const char *text;
    return node->kind == SIM_NODE_SCALAR && sim_read_text(reader, node, "recipients", &text) &&
           strcmp(text, name) == 0;
}

/* Villages of the townships (or the villages themselves) that a program names. */
static void read_recipients(struct programs *self, const struct sim_node *program, const char *name,
    struct investment_config *investment)
{
    const struct scenario *out = self->out;
    struct sim_reader *reader = self->reader;
    const struct sim_node *list = sim_node_get(program, "recipients");
    uint8_t *targets = read_alloc(reader, out->n_villages, program->place);
    int32_t n_names = out->n_townships + out->n_villages;
    const char **names = read_alloc(reader, (int64_t)sizeof(*names) * n_names, program->place);
    char what[200];
    if (!targets || !names)
        return;
    investment->targets = targets;
    for (int32_t t = 0; t < out->n_townships; t++)
        names[t] = out->townships[t].name;
    for (int32_t v = 0; v < out->n_villages; v++)
        names[out->n_townships + v] = out->villages[v].name;
    snprintf(what, sizeof(what), "programs.%s.recipients", name);
    if (!list) {
        sim_diag_error(reader->diag, program->place,
            "%s is missing; expected 'all', or a list of townships or villages", what);
        return;
    }
    if (list->kind == SIM_NODE_SCALAR && has_name("all", list, reader)) {
        memset(targets, 1, (size_t)out->n_villages);
        return;
    }
    if (!sim_read_kind(reader, list, what, SIM_NODE_LIST))
        return;
    if (list->n == 0)
        sim_diag_error(reader->diag, list->place, "%s: the list is empty", what);
    for (int32_t i = 0; i < list->n; i++) {
        const char *word;
        if (!sim_read_text(reader, list->items[i], what, &word))
            continue;
        int32_t found =
            read_find(reader, word, list->items[i]->place, what, (const char *const *)names, n_names);
        if (found >= out->n_townships)
            targets[found - out->n_townships] = 1;
        for (int32_t v = 0; found >= 0 && v < out->n_villages; v++)
            if (out->villages[v].township == found)
                targets[v] = 1;
    }
}

static void *effect_fields(struct effect_config *effect)
{
    return &effect->as;
}

static void read_effect(
    struct programs *self, const struct sim_node *item, const char *name, int32_t number, int32_t investment)
{
    struct sim_reader *reader = self->reader;
    struct scenario *out = self->out;
    const char *words[EFFECT_KINDS];
    char what[200];
    snprintf(what, sizeof(what), "programs.%s.effects[%d]", name, number);
    if (!sim_read_kind(reader, item, what, SIM_NODE_MAP))
        return;
    if (item->n != 1) {
        sim_diag_error(
            reader->diag, item->place, "%s: %d keys; expected one, the kind of the effect", what, item->n);
        return;
    }
    for (int32_t k = 0; k < EFFECT_KINDS; k++)
        words[k] = effect_types[k]->name;
    int32_t kind = read_find(reader, item->keys[0]->text, item->keys[0]->place, what, words, EFFECT_KINDS);
    if (kind < 0)
        return;
    if (out->n_schemes == SCHEME_MAX) {
        sim_diag_error(
            reader->diag, item->place, "%s: more than %d effects in all programs", what, SCHEME_MAX);
        return;
    }
    const struct sim_schema *schema = effect_types[kind]->schema;
    const struct sim_node *node = item->items[0];
    struct effect_config *effect = &out->effects[out->n_schemes];
    struct sim_given *from = NULL;
    if (self->given && self->given->effects)
        from = self->given->effects[out->n_schemes] =
            read_alloc(reader, (int64_t)sizeof(*from) * schema->n_params, item->place);
    int32_t scheme = out->n_schemes++;
    self->effects[scheme] = node;
    self->places[scheme] = item->place;
    effect->kind = (enum effect_kind)kind;
    effect->investment = investment;
    if (node->kind == SIM_NODE_SCALAR && !*node->text && !node->quoted)
        node = NULL;
    int code = sim_schema_read(schema, node, item->place, reader, effect_fields(effect), from);
    if (effect->kind == EFFECT_CONTRACT)
        effect->as.contract.plant_scheme = SCHEME_NONE;
    self->are_read[scheme] = code == 0;
}

static void check_effects(struct programs *self, const struct investment_config *investment, bool knows_money)
{
    for (int32_t k = 0; k < investment->n_effects; k++) {
        int32_t scheme = investment->first_scheme + k;
        const struct effect_config *effect = &self->out->effects[scheme];
        struct effect_reading reading = {self->out, investment, self->knows_county, knows_money,
            self->effects[scheme], self->places[scheme], self->reader->diag};
        if (self->are_read[scheme] && effect_types[effect->kind]->check)
            effect_types[effect->kind]->check(effect, &reading);
    }
}

static void check_dates(struct programs *self, const struct sim_node *program, const char *name,
    const struct investment_config *investment)
{
    const struct sim_node *approve = sim_node_get(program, "approve");
    struct sim_place place = approve ? approve->place : program->place;
    int32_t base = self->out->base_year;
    if (approve && approve->kind == SIM_NODE_MAP && sim_node_get(approve, "value"))
        place = sim_node_get(approve, "value")->place;
    if (sim_month_year(investment->approve) <= base)
        sim_diag_error(self->reader->diag, place,
            "programs.%s.approve: no program may begin before the end of the base year %d, in which "
            "quintiles "
            "are formed",
            name, base);
    else if (investment->approve >= self->out->end_month)
        sim_diag_warning(self->reader->diag, place,
            "programs.%s.approve: lies after the last month of the experiment; nothing will happen", name);
    if (investment->operate > investment->last)
        sim_diag_error(self->reader->diag, place,
            "programs.%s: 'operate' (%lld months) is longer than 'last' (%lld months)", name,
            (long long)investment->operate, (long long)investment->last);
}

/* A file that calls itself otherwise than the experiment does is a slip, unless it stands for several
 * programs. */
static void check_name(
    struct programs *self, const struct sim_node *program, const char *name, const char *own)
{
    const struct sim_node *map = sim_node_get(self->experiment->root, "programs");
    int32_t uses = 0;
    for (int32_t i = 0; i < map->n; i++)
        uses += strcmp(map->items[i]->place.file, program->place.file) == 0;
    if (uses > 1 || strcmp(own, name) == 0)
        return;
    sim_diag_warning(self->reader->diag, sim_node_get(program, "name")->place,
        "program.name: '%s' is called '%s' in the experiment; arms, --set and results use that", own, name);
}

static void read_program(
    struct programs *self, const struct sim_node *program, const char *name, int32_t number, bool active)
{
    struct sim_reader *reader = self->reader;
    struct investment_config *investment = &self->out->investments[number];
    struct sim_schema schema = read_with_others(&investment_schema, program_keys, SIM_COUNT(program_keys));
    struct sim_given *from = NULL;
    char what[200];
    if (self->given && self->given->investments)
        from = self->given->investments[number] =
            read_alloc(reader, (int64_t)sizeof(*from) * investment_schema.n_params, program->place);
    int code = sim_schema_read(&schema, program, program->place, reader, investment, from);
    if (code == 0)
        check_name(self, program, name, investment->name);
    /* The experiment's name for it is the one that arms and results use: a file may be used twice. */
    investment->name = name;
    investment->active = active;
    investment->key = sim_key_make(self->out->county_key, KEY_PROGRAM, sim_key_text(name));
    investment->first_scheme = self->out->n_schemes;
    if (code == 0)
        check_dates(self, program, name, investment);
    read_recipients(self, program, name, investment);
    const struct sim_node *effects = sim_node_get(program, "effects");
    snprintf(what, sizeof(what), "programs.%s.effects", name);
    if (!effects)
        sim_diag_error(reader->diag, program->place,
            "%s is missing; expected a list, as in 'effects: [{none: {}}]'", what);
    if (!effects || !sim_read_kind(reader, effects, what, SIM_NODE_LIST))
        return;
    if (effects->n == 0 || effects->n > INVESTMENT_EFFECTS)
        sim_diag_error(reader->diag, effects->place, "%s: %d of them; expected 1 to %d", what, effects->n,
            INVESTMENT_EFFECTS);
    for (int32_t i = 0; i < effects->n && i < INVESTMENT_EFFECTS; i++)
        read_effect(self, effects->items[i], name, i, number);
    investment->n_effects = self->out->n_schemes - investment->first_scheme;
    check_effects(self, investment, code == 0);
}

/* A program as it was read before, from the same node, with another number for its first scheme. */
static void take_program(struct programs *self, const struct sim_node *program,
    const struct investment_config *before, const struct effect_config *effects, int32_t number)
{
    struct scenario *out = self->out;
    struct investment_config *investment = &out->investments[number];
    const struct sim_node *list = sim_node_get(program, "effects");
    *investment = *before;
    investment->first_scheme = out->n_schemes;
    for (int32_t i = 0; i < before->n_effects; i++) {
        int32_t scheme = out->n_schemes++;
        out->effects[scheme] = effects[before->first_scheme + i];
        if (out->effects[scheme].kind == EFFECT_CONTRACT)
            out->effects[scheme].as.contract.plant_scheme = SCHEME_NONE;
        self->effects[scheme] = list->items[i]->items[0];
        self->places[scheme] = list->items[i]->place;
        self->are_read[scheme] = true;
    }
}

/* The plant that a contract buys for: the first plant effect of the program that it names. */
static void resolve_plant(struct programs *self, int32_t scheme, int32_t arm)
{
    struct scenario *out = self->out;
    struct contract_config *contract = &out->effects[scheme].as.contract;
    const struct sim_node *name = sim_node_get(self->effects[scheme], "plant");
    if (!name)
        return;
    int32_t program = read_find(self->reader, contract->plant, name->place, "contract.plant",
        (const char *const *)self->experiment->programs, self->experiment->n_programs);
    if (program < 0)
        return;
    const struct investment_config *investment = &out->investments[program];
    for (int32_t k = investment->n_effects - 1; k >= 0; k--)
        if (out->effects[investment->first_scheme + k].kind == EFFECT_PLANT)
            contract->plant_scheme = investment->first_scheme + k;
    if (contract->plant_scheme == SCHEME_NONE)
        sim_diag_error(
            self->reader->diag, name->place, "contract.plant: '%s' has no plant effect", contract->plant);
    else if (out->effects[contract->plant_scheme].as.plant.species != contract->species)
        sim_diag_error(self->reader->diag, name->place,
            "contract.species: the contract buys %s, its plant '%s' processes %s",
            species_names[contract->species], contract->plant,
            species_names[out->effects[contract->plant_scheme].as.plant.species]);
    else if (out->investments[out->effects[scheme].investment].active && !investment->active)
        sim_diag_warning(self->reader->diag, self->experiment->arms[arm].place,
            "arms.%s: the contract of '%s' is with the plant of '%s', which this arm does not run: nobody "
            "will "
            "buy",
            self->experiment->arms[arm].name, out->investments[out->effects[scheme].investment].name,
            contract->plant);
}

/* No more than this are read. */
static int32_t count_effects(const struct sim_node *programs)
{
    int32_t n = 0;
    for (int32_t i = 0; programs && i < programs->n; i++) {
        const struct sim_node *effects = sim_node_get(programs->items[i], "effects");
        if (effects)
            n += effects->n < INVESTMENT_EFFECTS ? effects->n : INVESTMENT_EFFECTS;
    }
    return n < SCHEME_MAX ? n : SCHEME_MAX;
}

/* old: of which programs that are the same nodes need not be read again; NULL: all are read. */
static int read_all(const struct experiment *experiment, const struct sim_node *root,
    const struct sim_node *old, int32_t arm, bool knows_county, struct sim_reader *reader,
    struct scenario *out, struct scenario_given *given)
{
    const struct sim_node *old_map = sim_node_get(old, "programs");
    const struct investment_config *investments = out->investments;
    const struct effect_config *effects = out->effects;
    struct programs self = {experiment, reader, out, given, NULL, NULL, NULL, knows_county};
    const struct sim_node *map = sim_node_get(root, "programs");
    int32_t before = reader->diag->n_reported, n = experiment->n_programs;
    struct sim_place place = root->place;
    reader->sources_required = true;
    if (n > INVESTMENT_MAX)
        return SIM_ERROR_INPUT;
    sim_read_keys(reader, map, "programs", experiment->programs, n);
    int32_t n_effects = count_effects(map);
    self.effects = read_alloc(reader, (int64_t)sizeof(*self.effects) * n_effects, place);
    self.places = read_alloc(reader, (int64_t)sizeof(*self.places) * n_effects, place);
    self.are_read = read_alloc(reader, (int64_t)sizeof(*self.are_read) * n_effects, place);
    out->effects = read_alloc(reader, (int64_t)sizeof(*out->effects) * n_effects, place);
    out->investments = read_alloc(reader, (int64_t)sizeof(*out->investments) * n, place);
    if (given) {
        given->investments = read_alloc(reader, (int64_t)sizeof(*given->investments) * n, place);
        given->effects = read_alloc(reader, (int64_t)sizeof(*given->effects) * n_effects, place);
    }
    if (!self.effects || !self.places || !self.are_read || !out->effects || !out->investments)
        return SIM_ERROR_INPUT;
    out->n_investments = n;
    out->n_schemes = 0;
    for (int32_t i = 0; i < n; i++) {
        const struct sim_node *program = sim_node_get(map, experiment->programs[i]);
        if (program && program == sim_node_get(old_map, experiment->programs[i]))
            take_program(&self, program, &investments[i], effects, i);
        else if (program)
            read_program(
                &self, program, experiment->programs[i], i, arm >= 0 && experiment->arms[arm].active[i]);
    }
    for (int32_t k = 0; k < out->n_schemes; k++)
        if (out->effects[k].kind == EFFECT_CONTRACT)
            resolve_plant(&self, k, arm);
    return reader->diag->n_reported > before ? SIM_ERROR_INPUT : 0;
}

int read_programs(const struct experiment *experiment, const struct sim_node *root, int32_t arm,
    bool knows_county, struct sim_reader *reader, struct scenario *out, struct scenario_given *given)
{
    return read_all(experiment, root, NULL, arm, knows_county, reader, out, given);
}

int read_changed_programs(const struct experiment *experiment, const struct sim_node *root,
    const struct sim_node *old, int32_t arm, struct sim_reader *reader, struct scenario *out)
{
    return read_all(experiment, root, old, arm, true, reader, out, NULL);
}
