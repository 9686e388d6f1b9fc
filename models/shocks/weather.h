/* Shocks: winters that are good or bad (clustered), growing seasons that are wet or dry (correlated over
 * county, township and village), storms that kill, illness, accidents. All are pure functions of keys: every
 * arm meets the same. */
#ifndef MODELS_SHOCKS_WEATHER_H
#define MODELS_SHOCKS_WEATHER_H

#include "sim/rand/rand.h"
#include "sim/scenario/schema.h"

#define SHOCK_PARAMS(P)                                                                                      \
    P(SWITCH, weather, "none|weather", "weather", 0, 0, "bad winters, storms, dry and wet seasons",          \
        "switch")                                                                                            \
    P(REAL, bad_winter, "1", "0.16", 0, 1, "long-run share of bad winters",                                  \
        "between .10 and .25; Mongolia 1955-2013: annual mortality above 6 percent in .26 of years "         \
        "(Rao et al. 2015)")                                                                                 \
    P(REAL, bad_after_bad, "1", "0.35", 0, 1,                                                                \
        "chance of a bad winter after a bad one; more where bad_winter is above 1 / (2 - this)",             \
        "persistence 0.3 to 0.4: bad years cluster (assumption after Rao et al. 2015)")                      \
    P(REAL, storm_deaths, "1", "0.09", 0, 1, "mean share of a herd that a bad winter's storm kills",         \
        "with starvation, extra mortality near .10 on average (suggested after Rao et al. 2015)")            \
    P(REAL, storm_spread, "1", "0.9", 0, 3, "spread (of the logarithm) of a storm over villages",            \
        "assumption: p95 near .25")                                                                          \
    P(REAL, season_county, "1", "0.10", 0, 1, "spread of the growing season, common to the county",          \
        "assumption")                                                                                        \
    P(REAL, season_township, "1", "0.08", 0, 1, "spread of the growing season, of a township", "assumption") \
    P(REAL, season_village, "1", "0.06", 0, 1, "spread of the growing season, of a village", "assumption")   \
    P(REAL, plot_luck, "1", "0.20", 0, 1, "spread of a household's harvest", "assumption")                   \
    P(SWITCH, illness, "none|illness", "illness", 0, 0, "illness that costs work and money", "switch")       \
    P(REAL, illness_rate, "1/year", "0.25 1/year", 0, 5,                                                     \
        "serious illness of a person whose home has safe water", "assumption")                               \
    P(REAL, illness_water, "1", "1.3", 1, 10, "factor on that rate in a home without safe water",            \
        "assumption: the right sign and no more")                                                            \
    P(REAL, illness_days, "day", "15 day", 0, 365, "mean working days lost", "assumption")                   \
    P(REAL, illness_cost, "CNY", "300 CNY", 0, 1e6, "mean cost of treatment not refunded, base-year prices", \
        "assumption")                                                                                        \
    P(REAL, illness_cost_sd, "1", "1.2", 0, 3, "spread (of the logarithm) of that cost", "assumption")       \
    P(SWITCH, accidents, "none|accidents", "accidents", 0, 0, "fires and accidents that destroy things",     \
        "switch")                                                                                            \
    P(REAL, accident_rate, "1/year", "0.003 1/year", 0, 1, "fires and accidents of a household",             \
        "assumption: three in a thousand households a year")                                                 \
    P(REAL, accident_share, "1", "0.4", 0, 0.5, "mean share of grain and hay in store that one destroys",    \
        "assumption: uniform from none to twice the mean")                                                   \
    P(REAL, accident_cash, "1", "0.3", 0, 1, "share of cash lost, of the share of the stores",               \
        "assumption: most money lies in a bank or is saved first")

struct shock_params {
    SHOCK_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema shock_schema;

/* True when the winter that begins in November of `year` is bad: a two-state Markov chain from `first_year`,
 * in its long-run state before. Cost O(year - first_year). */
bool weather_is_bad_winter(const struct shock_params *params, struct sim_luck luck, sim_key county,
    int32_t first_year, int32_t year);
/* Factor on yields and grass of a village's growing season, mean 1. */
double weather_season(const struct shock_params *params, struct sim_luck luck, sim_key county,
    sim_key township, sim_key village, int32_t year);
/* Share of animals that a bad winter's storm kills in a village, 0 to 0.9. */
double weather_storm(const struct shock_params *params, struct sim_luck luck, sim_key village, int32_t year);

/* Calendar month of that storm, December to March. In both, `year` is that of the winter's November. */
int32_t weather_storm_month(struct sim_luck luck, sim_key village, int32_t year);

#endif
