/* Prices: outside price = sourced path x season x exp(Ornstein-Uhlenbeck); the same for every village up to
 * transport cost. The path is a table of years (values at midyear, joined straight in logs), continued by the
 * outside growth of the scenario. What a poor household's basket costs is the price index of a township (base
 * year = 1). */
#ifndef MODELS_MARKETS_PRICES_H
#define MODELS_MARKETS_PRICES_H

#include "sim/rand/rand.h"
#include "sim/scenario/schema.h"

enum good {
    GOOD_GRAIN,
    GOOD_HAY,
    GOOD_MILK,
    GOOD_SHEEP,
    GOOD_YAK,
    GOOD_CATTLE,
    GOOD_CASUAL,  /* a day of casual work */
    GOOD_MIGRANT, /* a month of a migrant's work beyond the county */
    GOOD_OTHER,   /* all other bought goods, as an index */
    GOODS
};
struct good_info {
    const char *name;
    const char *unit;    /* of the path in scenario files */
    double fen_per_unit; /* coins per unit of `unit`; 0 for the index */
    const char *long_name;
};
extern const struct good_info goods[GOODS];

#define PRICE_YEARS 40
struct price_path {
    int32_t n;
    int32_t years[PRICE_YEARS];
    double values[PRICE_YEARS]; /* in the good's unit */
};

#define MARKET_PARAMS(P)                                                                                     \
    P(SWITCH, shocks, "none|ou", "ou", 0, 0, "price shocks", "switch")                                       \
    P(REAL, price_sd, "1", "0.08", 0, 1, "long-run spread (of the logarithm) of a price shock",              \
        "assumption")                                                                                        \
    P(REAL, price_reversion, "1/month", "0.10 1/month", 0, 1, "return of a price shock to the path",         \
        "assumption")                                                                                        \
    P(REAL, season, "1", "0.06", 0, 0.5,                                                                     \
        "swing of animal and grain prices over the year: low in October, high in April", "assumption")       \
    P(REAL, outside_growth, "1/year", "0.03 1/year", -0.2, 0.3,                                              \
        "growth of prices and wages beyond the last year of their paths",                                    \
        "scenario (low 0.01, middle 0.03, high 0.05)")                                                       \
    P(REAL, basket_grain, "1", "0.14", 0, 1, "weight of grain in the poor households' basket",               \
        "assumption; Engel share of Xinjiang 32 percent in 2022 (communique)")                               \
    P(REAL, basket_meat, "1", "0.14", 0, 1, "weight of meat in the poor households' basket", "assumption")   \
    P(SWITCH, local_balance, "none|band", "band", 0, 0,                                                      \
        "a township's price moves between export and import parity with what it sells and buys", "switch")   \
    P(REAL, dealer_margin, "1", "0.5", 0, 1,                                                                 \
        "what dealers keep between households of a township that sell and that buy, each way, in "           \
        "transport costs",                                                                                   \
        "assumption")                                                                                        \
    P(REAL, balance_speed, "1/month", "0.08 1/month", 0, 1,                                                  \
        "move of a township's price through its band in a month in which it only bought (or only sold)",     \
        "assumption: about a year from one end to the other")                                                \
    P(REAL, balance_memory, "month", "12 month", 1, 120,                                                     \
        "months over which sales and purchases are averaged: trade is seasonal", "assumption")               \
    P(REAL, start_position, "1", "0.5", 0, 1,                                                                \
        "where in the band grain and hay stand in the first year, for what is grown is also used there; "    \
        "animals and milk, which the county sends out, begin at export parity",                              \
        "assumption")

struct market_params {
    MARKET_PARAMS(SIM_PARAM_FIELD)
    struct price_path paths[GOODS];
};
extern const struct sim_schema market_schema;

/* The path's value at a month, season left out; growth after the last year, the first value before the first.
 */
double price_path_at(const struct price_path *self, int32_t month_index, double growth_per_year);
/* Path x season, without shocks. */
double price_normal(const struct market_params *params, enum good good, int32_t month_index);
/* The same times exp(shock). */
double price_normal_shocked(
    const struct market_params *params, enum good good, int32_t month_index, double shock);
/* One month's step of the shocks (logarithms), in place. */
void price_step(const struct market_params *params, struct sim_luck luck, sim_key county, int32_t month_index,
    double shock[GOODS]);
/* The index of a township's basket at prices (fen or index units) against base prices; transport margins
 * included. */
double price_index(const struct market_params *params, const double price[GOODS], const double base[GOODS]);

#endif
