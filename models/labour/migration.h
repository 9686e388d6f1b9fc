/* Migration: members who work beyond the county send money home and come back (labour/choice.h says who
 * goes); households that find no way to live here leave for good. */
#ifndef MODELS_LABOUR_MIGRATION_H
#define MODELS_LABOUR_MIGRATION_H

#include "sim/par/world.h"
#include "sim/scenario/schema.h"

#define MIGRATION_PARAMS(P)                                                                                  \
    P(SWITCH, migration, "none|migration", "migration", 0, 0, "work beyond the county, and leaving it",      \
        "switch")                                                                                            \
    P(REAL, remitted, "1", "0.35", 0, 1, "share of the outside wage that a migrant sends home",              \
        "assumption")                                                                                        \
    P(REAL, ability_return, "1", "0.5", 0, 1,                                                                \
        "elasticity of the outside wage in a household's ability; 1 for work and trade at home",             \
        "assumption: posts beyond the county pay by the post more than by the person")                       \
    P(REAL, away_cost, "1", "0.45", 0, 1,                                                                    \
        "share of the outside wage that dearer living away takes: rent, food, journeys", "assumption")       \
    P(REAL, out_of_work, "1", "0.10", 0, 1, "chance that a migrant has no work in a month", "assumption")    \
    P(REAL, disutility, "CNY/month", "1500 CNY/month", -1e5, 1e5,                                            \
        "mean cost of being away: family, language, papers; base-year prices",                               \
        "assumption: fills the share of migrants, low in southern Xinjiang (5 to 15 percent of adults)")     \
    P(REAL, taste_home, "CNY/month", "500 CNY/month", 0, 1e5,                                                \
        "spread of that cost between persons, lasting", "assumption")                                        \
    P(REAL, mother_cost, "CNY/month", "1200 CNY/month", 0, 1e5,                                              \
        "what being away costs the mother of a small child more, base-year prices", "assumption")            \
    P(INTEGER, small_child, "year", "6 year", 0, 18, "age below which a child is small", "assumption")       \
    P(INTEGER, age, "year", "50 year", 16, 80, "highest age at which a person goes",                         \
        "assumption; mean age of China's migrant workers 43 (national survey 2024)")                         \
    P(REAL, moving_cost, "CNY", "1500 CNY", 0, 1e6,                                                          \
        "fares and first weeks, paid in cash before going, base-year prices", "assumption")                  \
    P(REAL, stay, "month", "24 month", 1, 600, "months over which that cost is reckoned", "assumption")      \
    P(REAL, network, "1", "2", 0, 20,                                                                        \
        "fall of the moving cost for each unit of the share of the village's adults who are away",           \
        "assumption: networks cut the cost of going (Munshi 2003, Quarterly Journal of Economics)")          \
    P(INTEGER, leave_after, "month", "6 month", 1, 240,                                                      \
        "hunger months in a row after which a household without animals may leave for good", "assumption")   \
    P(REAL, leave_hazard, "1/month", "0.1 1/month", 0, 1, "chance that it does so in a month", "assumption")

struct migration_params {
    MIGRATION_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema migration_schema;

struct village;
struct moment;

/* What a household's ability makes of the outside wage. */
double migration_pay(const struct migration_params *params, double ability);
/* Money sent home this month. */
void migration_month(struct village *village, const struct moment *moment);
/* Cash that a person needs to go, fen of the month, given the share of the village's adults who are away. */
int64_t migration_moving_fen(
    const struct migration_params *params, const struct moment *moment, double share_away);
/* Households for which the coping ladder has ended leave the county: the last rung. Their persons, animals,
 * land and debts leave the books by named flows (household_close in demography.h). */
int migration_leave(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error);

#endif
