/* Households with sheep on a pasture without end, their months and their autumns. */
#ifndef TESTS_SUPPORT_HERDS_H
#define TESTS_SUPPORT_HERDS_H

#include "models/livestock/livestock.h"
#include "tests/support/village.h"

enum { HERDS = 200, FEMALES = 100 };

/* The herd of a species of a household. */
static inline sim_row herd_of(sim_row household, int32_t species)
{
    return household * SPECIES_COUNT + species;
}

/* So many households, each with so many female sheep, on a pasture without end. */
static inline void draw_herds(struct village_fixture *fixture, int32_t n, int32_t females)
{
    village_fixture_open(fixture);
    for (sim_row h = 0; h < n; h++) {
        village_fixture_household(fixture, 1);
        fixture->village->herds.female[herd_of(h, SPECIES_SHEEP)] = females;
        fixture->village->herds.target[herd_of(h, SPECIES_SHEEP)] = females;
    }
    fixture->village->pasture_m2 = (int64_t)1e12;
    fixture->scenario->livestock.veterinary = 0.0;
}

static inline int64_t posted(const struct village_fixture *fixture, enum herd_flow what)
{
    return fixture->village->ledger.month[accounts_herd_flow(SPECIES_SHEEP, what)];
}

static inline void live(struct village_fixture *fixture, struct moment moment)
{
    livestock_month(fixture->village, &moment);
}

static inline void trade(struct village_fixture *fixture, struct moment moment)
{
    struct sim_context context = {0}; /* nobody has a contract: nothing is sent */
    check_ok(livestock_trade(&context, fixture->village, &moment, &fixture->error), fixture->error);
}

#endif
