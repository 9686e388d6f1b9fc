/* A scenario: all that one arm is made of, resolved: the county, the parameters of each family, the programs
 * of every arm (those not in this arm dormant), the schemes. Read-only during a run; shared by the runs of an
 * arm. */
#ifndef MODELS_COUNTY_SCENARIO_H
#define MODELS_COUNTY_SCENARIO_H

#include "models/cooperatives/producer.h"
#include "models/enterprises/firms.h"
#include "models/government/treasury.h"
#include "models/households/durables.h"
#include "models/households/home.h"
#include "models/households/household.h"
#include "models/households/person.h"
#include "models/investments/effects/effect.h"
#include "models/investments/investment.h"
#include "models/labour/labour.h"
#include "models/labour/market.h"
#include "models/labour/migration.h"
#include "models/labour/skills.h"
#include "models/land/parcel.h"
#include "models/livestock/disease.h"
#include "models/livestock/herd.h"
#include "models/markets/local.h"
#include "models/markets/prices.h"
#include "models/shocks/weather.h"
#include "sim/core/key.h"

/* What a county's file says of its people, land and animals. */
#define COUNTY_PARAMS(P)                                                                                     \
    P(TEXT, name, "", "", 0, 0, "short name", "")                                                            \
    P(TEXT, title, "", "", 0, 0, "full name", "")                                                            \
    P(TEXT, currency, "", "CNY", 0, 0, "currency; its hundredth is the coin of the books", "")               \
    P(INTEGER, persons, "person", "", 1, 1e8, "registered population", "")                                   \
    P(REAL, household_size, "person", "4.06 person", 1, 12, "mean size of a household", "")                  \
    P(REAL, income, "CNY/person/year", "", 1, 1e6, "mean net disposable income of the base year", "")        \
    P(REAL, income_gini, "1", "0.38", 0.05, 0.8, "Gini of income per head in the base year", "")             \
    P(REAL, irrigated, "m^2/person", "", 0, 1e6, "irrigated land a head", "")                                \
    P(REAL, rainfed, "m^2/person", "0 m^2/person", 0, 1e6, "rain-fed land a head", "assumption")             \
    P(REAL, forage, "m^2/person", "", 0, 1e6, "forage land a head", "")                                      \
    P(REAL, pasture, "km^2", "", 0, 1e6, "commons pasture of the county", "")                                \
    P(REAL, sheep, "head", "", 0, 1000, "mean sheep and goats of a household", "")                           \
    P(REAL, yak, "head", "", 0, 1000, "mean yaks of a household", "")                                        \
    P(REAL, cattle, "head", "", 0, 1000, "mean cattle of a household", "")                                   \
    P(REAL, sheep_keepers, "1", "0.6", 0.01, 1, "share of households that keep sheep", "assumption")         \
    P(REAL, yak_keepers, "1", "0.35", 0.01, 1, "share of households that keep yaks", "assumption")           \
    P(REAL, cattle_keepers, "1", "0.35", 0.01, 1, "share of households that keep cattle", "assumption")      \
    P(REAL, asset_sd, "1", "0.8", 0, 3, "spread (of the logarithm) of land and herds over households",       \
        "assumption")                                                                                        \
    P(REAL, asset_ability, "1", "0.5", -1, 1, "correlation of land and herds with ability", "assumption")    \
    P(REAL, ability_sd, "1", "1.0", 0, 3, "spread (of the logarithm) of ability over households",            \
        "fitted by hand to the Gini of rural China 2005-13, .34 to .41 (World Bank PovcalNet)")              \
    P(REAL, savings, "month", "4 month", 0, 60, "mean cash in hand, in months of subsistence", "assumption")

struct county_config {
    COUNTY_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema county_schema;

struct township_config {
    const char *name;
    sim_key key;
    double transport; /* share of the outside price that transport takes */
    double weight;    /* of its villages in land and people */
    /* Its villages stand side by side; told by scenario_place_villages. */
    int32_t first_village;
    int32_t n_villages;
    int64_t n_households;
};

struct village_config {
    const char *name;
    sim_key key;
    int32_t township;
    int32_t n_households;
    int64_t pasture_m2;
};

#define LINES_MAX 8
struct poverty_line {
    const char *name;
    const char *source;
    double fen_per_year; /* a head, at base-year prices */
};

struct scenario {
    const char *arm;
    struct county_config county;
    sim_key county_key;
    struct township_config *townships;
    int32_t n_townships;
    struct village_config *villages;
    int32_t n_villages;
    struct household_params household;
    struct demography_params demography;
    struct livestock_params livestock;
    struct land_params land;
    struct labour_params labour;
    struct labour_market_params labour_market;
    struct shock_params shocks;
    struct market_params markets;
    struct fiscal_params fiscal;
    struct durable_params durables;
    struct home_params home;
    struct migration_params migration;
    struct skill_params skills;
    struct disease_params disease;
    struct local_params local;
    struct cooperative_params cooperatives;
    struct enterprise_params enterprises;
    struct investment_config *investments; /* [n_investments] */
    int32_t n_investments;
    struct effect_config *effects; /* [n_schemes] */
    int32_t n_schemes;
    struct poverty_line lines[LINES_MAX];
    int32_t n_lines;
    int32_t first_month; /* month indices of the horizon: first and one past the last */
    int32_t end_month;
    int32_t base_year;
    uint64_t seed;
};

/* Tells townships which villages are theirs. */
void scenario_place_villages(struct scenario *self);

/* The key of a scheme: of its program and its place in it, not of its number, which depends on what else an
 * experiment names. */
static inline sim_key scenario_scheme_key(const struct scenario *self, int32_t scheme)
{
    const struct investment_config *program = &self->investments[self->effects[scheme].investment];
    return sim_key_make(program->key, 1, (uint64_t)(scheme - program->first_scheme));
}

/* The families' parameter sections, in the order in which files and `describe` name them. */
struct scenario_section {
    const struct sim_schema *schema;
    size_t offset; /* in struct scenario */
};
extern const struct scenario_section scenario_sections[];
extern const int32_t scenario_n_sections;

#endif
