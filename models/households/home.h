/* The home: sound house, safe water, power. Founding shares, a county that extends them year by year, and
 * fires that destroy houses (shocks/accident.h). The multidimensional poverty index reads them. */
#ifndef MODELS_HOUSEHOLDS_HOME_H
#define MODELS_HOUSEHOLDS_HOME_H

#include "sim/scenario/schema.h"

#define HOME_PARAMS(P)                                                                                       \
    P(SWITCH, homes, "none|homes", "homes", 0, 0, "houses, water and power of homes", "switch")              \
    P(REAL, house, "1", "0.75", 0, 1, "share of households with a sound house in the first year",            \
        "assumption")                                                                                        \
    P(REAL, water, "1", "0.70", 0, 1, "share with safe water in the first year", "assumption")               \
    P(REAL, power, "1", "0.95", 0, 1, "share with power in the first year", "assumption")                    \
    P(REAL, extension, "1/year", "0.15 1/year", 0, 1,                                                        \
        "share of the homes without house, water or power that the county's building reaches in a year",     \
        "assumption: most of what was missing in 2015 was there by 2020, as county reports have it")         \
    P(REAL, least_herd, "1", "4", 0, 1000,                                                                   \
        "sheep units below which a household without cart, shed or shop counts as without assets",           \
        "assumption: less than a yak; in place of the small-asset list of the global index (Alkire and "     \
        "Santos 2014)")

struct home_params {
    HOME_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema home_schema;

struct village;
struct moment;

/* January: the county's extension; in the run's first January, what homes have to begin with. Before that,
 * and with the switch off, `services` is empty. */
void home_year(struct village *village, const struct moment *moment);

#endif
