#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/county/read.h"
#include "sim/core/key.h"
#include "sim/data/split.h"

/* What the keys of townships, villages and programs descend from, beside their county's. */
enum { KEY_TOWNSHIP = 1, KEY_VILLAGE = 2 };

#define TOWNSHIPS_MAX 5000
#define VILLAGES_MAX 100000
#define WEIGHT_UNIT 1000000.0

static const char *const township_keys[] = {"name", "villages", "transport", "weight", "source", "note"};
static const char *const village_keys[] = {"name", "households", "source", "note"};

/* Townships and villages. */

/* A village as written: how many households it has, or -1 for its share by weight. */
struct listed {
    const char *name;
    struct sim_place place; /* where it is named */
    int64_t households;
    int32_t township;
};

struct places {
    struct sim_reader *reader;
    struct scenario *out;
    struct listed *villages;
    int32_t n, capacity;
};

static struct listed *add_village(struct places *self, struct sim_place place, int32_t township)
{
    if (self->n == VILLAGES_MAX) {
        sim_diag_error(self->reader->diag, place, "townships: more than %d villages", VILLAGES_MAX);
        return NULL;
    }
    if (self->n == self->capacity) {
        int32_t capacity = self->capacity ? 2 * self->capacity : 64;
        struct listed *larger = read_alloc(self->reader, (int64_t)sizeof(*larger) * capacity, place);
        if (!larger)
            return NULL;
        if (self->n)
            memcpy(larger, self->villages, (size_t)self->n * sizeof(*larger));
        self->villages = larger;
        self->capacity = capacity;
    }
    struct listed *village = &self->villages[self->n++];
    *village = (struct listed){"", place, -1, township};
    return village;
}

static void read_numbered(
    struct places *self, const struct sim_node *node, const char *what, int32_t township)
{
    int64_t n;
    if (!sim_read_integer(self->reader, node, what, "1", 1, 2000, &n))
        return;
    for (int64_t i = 0; i < n; i++) {
        struct listed *village = add_village(self, node->place, township);
        char name[200];
        if (!village)
            return;
        snprintf(name, sizeof(name), "%.150s-%02lld", self->out->townships[township].name, (long long)i + 1);
        village->name = sim_arena_text(self->reader->arena, name, (int64_t)strlen(name));
    }
}

static void read_listed(struct places *self, const struct sim_node *list, const char *what, int32_t township)
{
    if (list->n == 0)
        sim_diag_error(self->reader->diag, list->place,
            "%s is empty; expected how many villages there are, or a list of one name at least", what);
    for (int32_t i = 0; i < list->n; i++) {
        const struct sim_node *item = list->items[i];
        struct listed *village = add_village(self, item->place, township);
        char of[250];
        if (!village)
            return;
        if (item->kind == SIM_NODE_SCALAR) {
            sim_read_text(self->reader, item, what, &village->name);
            continue;
        }
        if (!sim_read_keys(self->reader, item, what, village_keys, SIM_COUNT(village_keys)) &&
            item->kind != SIM_NODE_MAP)
            continue;
        const struct sim_node *name = sim_node_get(item, "name"),
                              *households = sim_node_get(item, "households");
        snprintf(of, sizeof(of), "%s[%d].name", what, i);
        if (!name)
            sim_diag_error(self->reader->diag, item->place, "%s is missing", of);
        else
            sim_read_text(self->reader, name, of, &village->name);
        snprintf(of, sizeof(of), "%s[%d].households", what, i);
        if (households)
            sim_read_integer(self->reader, households, of, "household", 1, 1e6, &village->households);
    }
}

static void read_township(struct places *self, const struct sim_node *node, int32_t number)
{
    struct township_config *township = &self->out->townships[number];
    struct sim_reader *reader = self->reader;
    char what[250];
    *township = (struct township_config){.name = "", .weight = 1};
    township->key = sim_key_make(self->out->county_key, KEY_TOWNSHIP, (uint64_t)number);
    snprintf(what, sizeof(what), "townships[%d]", number);
    sim_read_keys(reader, node, what, township_keys, SIM_COUNT(township_keys));
    if (node->kind != SIM_NODE_MAP)
        return;
    const struct sim_node *name = sim_node_get(node, "name"), *villages = sim_node_get(node, "villages"),
                          *transport = sim_node_get(node, "transport"),
                          *weight = sim_node_get(node, "weight");
    if (!name)
        sim_diag_error(reader->diag, node->place, "%s: 'name' is missing", what);
    else if (sim_read_text(reader, name, what, &township->name))
        snprintf(what, sizeof(what), "townships.%s", township->name);
    size_t used = strlen(what);
    snprintf(what + used, sizeof(what) - used, ".transport");
    if (!transport)
        sim_diag_error(reader->diag, node->place,
            "%s is missing: the share of the outside price that transport takes", what);
    else if (sim_read_real(reader, transport, what, "1", 0, 0.9, &township->transport) &&
             transport->kind == SIM_NODE_SCALAR && !transport->overridden && !sim_node_get(node, "source"))
        sim_diag_error(reader->diag, transport->place,
            "%s: value has no source; write {value: %s, source: ...}", what, transport->text);
    snprintf(what + used, sizeof(what) - used, ".weight");
    if (weight)
        sim_read_real(reader, weight, what, "1", 0.001, 1000, &township->weight);
    snprintf(what + used, sizeof(what) - used, ".villages");
    if (!villages)
        sim_diag_error(reader->diag, node->place, "%s is missing: how many, or a list of names", what);
    else if (villages->kind == SIM_NODE_LIST)
        read_listed(self, villages, what, number);
    else
        read_numbered(self, villages, what, number);
}

/* By name, and of one name in the order of the file. */
static int by_name(const void *a, const void *b)
{
    const struct listed *const *x = a, *const *y = b;
    int order = strcmp((*x)->name, (*y)->name);
    return order ? order : (*x > *y) - (*x < *y);
}

static void check_names(struct places *self, const struct sim_node *list)
{
    for (int32_t i = 0; i < self->out->n_townships; i++)
        for (int32_t k = 0; k < i; k++)
            if (strcmp(self->out->townships[i].name, self->out->townships[k].name) == 0)
                sim_diag_error(self->reader->diag, list->items[i]->place,
                    "townships[%d]: '%s' stands there already", i, self->out->townships[i].name);
    /* Places of a result have names of their own, over all townships. */
    struct listed **order = read_alloc(self->reader, (int64_t)sizeof(struct listed *) * self->n, list->place);
    for (int32_t i = 0; order && i < self->n; i++)
        order[i] = &self->villages[i];
    if (order)
        qsort(order, (size_t)self->n, sizeof(*order), by_name);
    for (int32_t i = 1; order && i < self->n; i++)
        if (*order[i]->name && strcmp(order[i]->name, order[i - 1]->name) == 0)
            sim_diag_error(self->reader->diag, order[i]->place,
                "townships.%s.villages: there is a village '%s' already; a name stands for one village",
                self->out->townships[order[i]->township].name, order[i]->name);
}

/* Households by weight among the villages that do not say how many they have; pasture by weight among all. */
static void share_out(struct places *self, const struct sim_node *list)
{
    struct scenario *out = self->out;
    struct sim_reader *reader = self->reader;
    int32_t n = self->n;
    int64_t bytes = (int64_t)sizeof(int64_t) * n;
    out->villages = read_alloc(reader, (int64_t)sizeof(*out->villages) * n, list->place);
    int64_t *weight = read_alloc(reader, bytes, list->place), *share = read_alloc(reader, bytes, list->place);
    sim_key *key = read_alloc(reader, (int64_t)sizeof(*key) * n, list->place);
    sim_row *scratch = read_alloc(reader, (int64_t)sizeof(*scratch) * n, list->place);
    if (!out->villages || !weight || !share || !key || !scratch)
        return;
    int64_t total = llround((double)out->county.persons / out->county.household_size), open = 0;
    for (int32_t i = 0; i < n; i++) {
        const struct listed *village = &self->villages[i];
        key[i] = sim_key_make(out->county_key, KEY_VILLAGE, (uint64_t)i);
        weight[i] = llround(WEIGHT_UNIT * out->townships[village->township].weight);
        out->villages[i] =
            (struct village_config){.name = village->name, .key = key[i], .township = village->township};
    }
    sim_split(llround(out->county.pasture * 1e6), weight, key, n, share, scratch);
    for (int32_t i = 0; i < n; i++) {
        out->villages[i].pasture_m2 = share[i];
        if (self->villages[i].households > 0) {
            total -= self->villages[i].households;
            weight[i] = 0;
        } else {
            open++;
        }
    }
    if (total < open || (open == 0 && total != 0)) {
        sim_diag_error(reader->diag, list->place,
            "townships: %lld persons in households of %.4g make %lld households, which do not fit %d "
            "villages%s",
            (long long)out->county.persons, out->county.household_size,
            llround((double)out->county.persons / out->county.household_size), n,
            open < n ? " with the households that they list" : "");
        total = open;
    }
    sim_split(total, weight, key, n, share, scratch);
    for (int32_t i = 0; i < n; i++)
        out->villages[i].n_households =
            (int32_t)(self->villages[i].households > 0 ? self->villages[i].households : share[i]);
    out->n_villages = n;
    scenario_place_villages(out);
}

static void read_townships(const struct sim_node *list, struct sim_reader *reader, struct scenario *out)
{
    struct places places = {.reader = reader, .out = out};
    if (!list || !sim_read_kind(reader, list, "townships", SIM_NODE_LIST))
        return;
    if (list->n == 0 || list->n > TOWNSHIPS_MAX) {
        sim_diag_error(
            reader->diag, list->place, "townships: %d of them; expected 1 to %d", list->n, TOWNSHIPS_MAX);
        return;
    }
    out->townships = read_alloc(reader, (int64_t)sizeof(*out->townships) * list->n, list->place);
    if (!out->townships)
        return;
    for (int32_t i = 0; i < list->n; i++) {
        out->n_townships = i + 1;
        read_township(&places, list->items[i], i);
    }
    check_names(&places, list);
    if (out->county.persons > 0 && out->county.household_size >= 1 && places.n > 0)
        share_out(&places, list);
}

/* Parameters. */

static struct sim_given *make_given(
    struct sim_reader *reader, const struct sim_schema *schema, bool wanted, struct sim_place place)
{
    return wanted ? read_alloc(reader, (int64_t)sizeof(struct sim_given) * schema->n_params, place) : NULL;
}

static void read_section(int32_t number, const struct sim_node *node, struct sim_place place,
    struct sim_reader *reader, struct scenario *out, struct scenario_given *given)
{
    const struct sim_schema *schema = scenario_sections[number].schema;
    bool is_livestock = schema == &livestock_schema;
    struct sim_schema wider = read_with_others(schema, species_names, is_livestock ? SPECIES_COUNT : 0);
    struct sim_given *from = make_given(reader, schema, given && given->sections, place);
    sim_schema_read(&wider, node, place, reader, (char *)out + scenario_sections[number].offset, from);
    if (given && given->sections)
        given->sections[number] = from;
    for (int32_t s = 0; is_livestock && s < SPECIES_COUNT; s++) {
        struct sim_given *kind = make_given(reader, &species_schemas[s], given != NULL, place);
        sim_schema_read(&species_schemas[s], sim_node_get(node, species_names[s]), place, reader,
            &out->livestock.species[s], kind);
        if (given)
            given->species[s] = kind;
    }
}

static void read_sections(const struct sim_node *parameters, struct sim_place place,
    struct sim_reader *reader, struct scenario *out, struct scenario_given *given)
{
    const char *names[64];
    for (int32_t i = 0; i < scenario_n_sections; i++)
        names[i] = scenario_sections[i].schema->name;
    if (parameters)
        sim_read_keys(reader, parameters, "parameters", names, scenario_n_sections);
    if (given)
        given->sections = read_alloc(reader, (int64_t)sizeof(*given->sections) * scenario_n_sections, place);
    for (int32_t i = 0; i < scenario_n_sections; i++)
        read_section(i, sim_node_get(parameters, names[i]), place, reader, out, given);
}

void read_changes(const struct sim_node *root, const struct sim_node *old, struct sim_place place,
    struct sim_reader *reader, struct scenario *out)
{
    const struct sim_node *parameters = sim_node_get(root, "parameters"),
                          *before = sim_node_get(old, "parameters");
    struct price_path paths[GOODS]; /* of the same struct as parameters, but read elsewhere */
    int32_t n_reported = reader->diag->n_reported;
    memcpy(paths, out->markets.paths, sizeof(paths));
    reader->sources_required = true;
    for (int32_t i = 0; i < scenario_n_sections; i++) {
        const struct sim_node *node = sim_node_get(parameters, scenario_sections[i].schema->name);
        if (node != sim_node_get(before, scenario_sections[i].schema->name))
            read_section(i, node, place, reader, out, NULL);
    }
    memcpy(out->markets.paths, paths, sizeof(paths));
    if (reader->diag->n_reported == n_reported)
        read_check(root, place, reader, out);
}

/* Prices. */

static bool is_year(const char *text)
{
    return strlen(text) == 4 && strspn(text, "0123456789") == 4;
}

static void read_path(const struct sim_node *node, const struct good_info *good, struct sim_reader *reader,
    struct price_path *out)
{
    char what[100];
    bool has_source = sim_node_get(node, "source") != NULL;
    for (int32_t i = 0; i < node->n; i++) {
        const char *key = node->keys[i]->text;
        const struct sim_node *item = node->items[i];
        if (strcmp(key, "source") == 0 || strcmp(key, "note") == 0)
            continue;
        snprintf(what, sizeof(what), "prices.%s.%.20s", good->name, key);
        if (!is_year(key)) {
            sim_diag_error(reader->diag, node->keys[i]->place,
                "prices.%s: '%s' is not a year; expected years, 'source' or 'note'", good->name, key);
            continue;
        }
        if (!has_source && item->kind == SIM_NODE_SCALAR && !item->overridden)
            sim_diag_error(reader->diag, item->place,
                "%s: value has no source; write {value: %s, source: ...} or give prices.%s a source", what,
                item->text, good->name);
        if (out->n == PRICE_YEARS) {
            sim_diag_error(
                reader->diag, item->place, "prices.%s: more than %d years", good->name, PRICE_YEARS);
            return;
        }
        double value;
        if (!sim_read_real(reader, item, what, good->unit, 1e-6, 1e9, &value))
            continue;
        /* Kept in the order of years, whatever the order in the file. */
        int32_t year = (int32_t)strtol(key, NULL, 10), k = out->n++;
        for (; k > 0 && out->years[k - 1] > year; k--) {
            out->years[k] = out->years[k - 1];
            out->values[k] = out->values[k - 1];
        }
        out->years[k] = year;
        out->values[k] = value;
    }
}

static void read_prices(const struct sim_node *node, struct sim_place place, struct sim_reader *reader,
    struct price_path paths[GOODS])
{
    const char *names[GOODS];
    for (int32_t g = 0; g < GOODS; g++)
        names[g] = goods[g].name;
    if (node)
        sim_read_keys(reader, node, "prices", names, GOODS);
    for (int32_t g = 0; g < GOODS; g++) {
        const struct sim_node *item = sim_node_get(node, names[g]);
        char what[100];
        paths[g].n = 0;
        snprintf(what, sizeof(what), "prices.%s", names[g]);
        if (!item)
            sim_diag_error(reader->diag, node ? node->place : place,
                "%s is missing; expected {source: ..., 2015: 1 %s}", what,
                strcmp(goods[g].unit, "1") == 0 ? "" : goods[g].unit);
        else if (sim_read_kind(reader, item, what, SIM_NODE_MAP)) {
            read_path(item, &goods[g], reader, &paths[g]);
            if (paths[g].n == 0)
                sim_diag_error(reader->diag, item->place, "%s: no year; expected one at least", what);
        }
    }
}

static void check_county(const struct sim_node *node, struct sim_reader *reader, struct scenario *out)
{
    static const char *const currencies[] = {"CNY"};
    const struct sim_node *currency = sim_node_get(node, "currency");
    if (currency && *out->county.currency)
        read_find(reader, out->county.currency, currency->place, "county.currency", currencies, 1);
    if (!*out->county.name && sim_node_get(node, "name"))
        sim_diag_error(reader->diag, sim_node_get(node, "name")->place, "county.name is empty");
}

int read_county(const struct sim_node *root, struct sim_place place, struct sim_reader *reader,
    struct scenario *out, struct scenario_given *given)
{
    int32_t before = reader->diag->n_reported;
    const struct sim_node *county = sim_node_get(root, "county");
    static const char *const others[] = {"note"};
    struct sim_schema schema = read_with_others(&county_schema, others, SIM_COUNT(others));
    struct sim_given *from = make_given(reader, &county_schema, given != NULL, place);
    reader->sources_required = true;
    sim_schema_read(&schema, county, place, reader, &out->county, from);
    if (given)
        given->county = from;
    check_county(county, reader, out);
    out->county_key = sim_key_text(out->county.name ? out->county.name : "");
    read_townships(sim_node_get(root, "townships"), reader, out);
    read_sections(sim_node_get(root, "parameters"), place, reader, out, given);
    read_prices(sim_node_get(root, "prices"), place, reader, out->markets.paths);
    if (reader->diag->n_reported == before) /* a wrong value left its default behind */
        read_check(root, place, reader, out);
    return reader->diag->n_reported > before ? SIM_ERROR_INPUT : 0;
}
