/* Migration: members who work beyond the county send money home and come back; households that find no way to
 * live here leave for good. */
#ifndef MODELS_LABOUR_MIGRATION_H
#define MODELS_LABOUR_MIGRATION_H

#include "sim/par/world.h"
#include "sim/scenario/schema.h"

#define MIGRATION_PARAMS(P)                                                                                  \
    P(SWITCH, migration, "none|migration", "migration", 0, 0, "work beyond the county, and leaving it",      \
        "switch")                                                                                            \
    P(REAL, remitted, "1", "0.35", 0, 1, "share of the outside wage that a migrant sends home", "assumption")

struct migration_params {
    MIGRATION_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema migration_schema;

struct village;
struct moment;

/* Money sent home this month. */
void migration_month(struct village *village, const struct moment *moment);
/* Households for which the coping ladder has ended leave the county: the last rung. Their persons, animals,
 * land and debts leave the books by named flows (household_close in demography.h). */
int migration_leave(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error);

#endif
