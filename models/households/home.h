/* The home: sound house, safe water, power. Founding shares, a county that extends them year by year, and
 * households that build when they can pay. Only the multidimensional poverty index reads them, and illness.
 */
#ifndef MODELS_HOUSEHOLDS_HOME_H
#define MODELS_HOUSEHOLDS_HOME_H

#include "sim/scenario/schema.h"

#define HOME_PARAMS(P)                                                                                       \
    P(REAL, house, "1", "0.75", 0, 1, "share of households with a sound house in the first year",            \
        "assumption")                                                                                        \
    P(REAL, water, "1", "0.70", 0, 1, "share with safe water", "assumption")                                 \
    P(REAL, power, "1", "0.95", 0, 1, "share with power", "assumption")                                      \
    P(REAL, extension, "1/year", "0.15 1/year", 0, 1,                                                        \
        "share of those without that the county reaches in a "                                               \
        "year",                                                                                              \
        "assumption")

struct home_params {
    HOME_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema home_schema;

struct village;
struct moment;

/* January: the county's extension. Founding states are drawn in the first January. */
void home_year(struct village *village, const struct moment *moment);

#endif
