#include "models/county/board.h"
#include "models/county/read.h"

/* Parameters that are in range each, but impossible together. The message stands at the value that was
 * written; where all are defaults, at the file. */

/* A firm's number in its township is kept in a person's job. */
#define FIRMS_MOST (INT16_MAX - SCHEME_MAX + 1)
/* Closed firms keep their rows for a while, and new ones come: beyond this part of the room it may not last.
 */
#define FIRMS_EASY (FIRMS_MOST / 4 * 3)

static const struct sim_node *find(const struct sim_node *root, const char *section, const char *key)
{
    const struct sim_node *node = sim_node_get(sim_node_get(sim_node_get(root, "parameters"), section), key);
    const struct sim_node *value = node && node->kind == SIM_NODE_MAP ? sim_node_get(node, "value") : NULL;
    return value ? value : node;
}

/* Where the first of two that was written stands. */
static struct sim_place place_of(const struct sim_node *root, struct sim_place place, const char *section,
    const char *first, const char *second)
{
    const struct sim_node *node = find(root, section, first);
    node = node ? node : find(root, section, second);
    return node ? node->place : place;
}

static void check_shares(const struct sim_node *root, struct sim_place place, struct sim_reader *reader,
    const struct scenario *self)
{
    const struct {
        const char *section, *first, *second;
        double a, b;
        const char *sentence;
    } pairs[] = {
        {"migration", "remitted", "away_cost", self->migration.remitted, self->migration.away_cost,
            "a migrant would spend and send home more than the outside wage"},
        {"markets", "basket_grain", "basket_meat", self->markets.basket_grain, self->markets.basket_meat,
            "they are parts of one basket"},
    };
    for (int32_t i = 0; i < SIM_COUNT(pairs); i++)
        if (pairs[i].a + pairs[i].b > 1.0 + 1e-9)
            sim_diag_error(reader->diag,
                place_of(root, place, pairs[i].section, pairs[i].second, pairs[i].first),
                "%s.%s and %s are %.6g and %.6g, together %.6g; expected at most 1: %s", pairs[i].section,
                pairs[i].first, pairs[i].second, pairs[i].a, pairs[i].b, pairs[i].a + pairs[i].b,
                pairs[i].sentence);
}

static void check_firms(const struct sim_node *root, struct sim_place place, struct sim_reader *reader,
    const struct scenario *self)
{
    const struct enterprise_params *firms = &self->enterprises;
    const struct {
        const char *key;
        double each;
    } sectors[] = {
        {"workshops", firms->workshops},
        {"shops", self->local.spending ? firms->shops : 0.0}, /* without spending no shop is founded */
        {"builders", firms->builders},
    };
    int32_t most = 0;
    double each = 0.0;
    if (!firms->firms)
        return;
    for (int32_t i = 0; i < SIM_COUNT(sectors); i++) {
        each += sectors[i].each;
        most = sectors[i].each > sectors[most].each ? i : most;
    }
    const struct township_config *largest = &self->townships[0];
    for (int32_t t = 1; t < self->n_townships; t++)
        if (self->townships[t].n_households > largest->n_households)
            largest = &self->townships[t];
    double there = (double)largest->n_households * self->county.household_size;
    double n = each * there / 1000.0 + 1.0;
    const struct sim_node *persons = sim_node_get(sim_node_get(root, "county"), "persons");
    const struct sim_node *node = find(root, "enterprises", sectors[most].key);
    struct sim_place at = node ? node->place : persons ? persons->place : place;
    if (n > FIRMS_MOST)
        sim_diag_error(reader->diag, at,
            "enterprises.%s: workshops, shops and builders are %.6g per 1,000 persons; with %.0f persons in "
            "township %s and a public employer that makes %.0f; expected at most %d, which a person's job "
            "can tell apart",
            sectors[most].key, each, there, largest->name, n, FIRMS_MOST);
    else if (n > FIRMS_EASY)
        sim_diag_warning(reader->diag, at,
            "enterprises.%s: %.0f firms in township %s, its public employer with them; a run stops when "
            "there are more than %d, and new ones may come",
            sectors[most].key, n, largest->name, FIRMS_MOST);
}

void read_check(const struct sim_node *root, struct sim_place place, struct sim_reader *reader,
    const struct scenario *scenario)
{
    check_shares(root, place, reader, scenario);
    check_firms(root, place, reader, scenario);
}
