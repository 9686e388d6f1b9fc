/* The labour market of casual work, township by township: days offered meet days asked for by a matching
 * function, and the wage answers tightness.
 *
 *     found = min(m offered^e asked^(1 - e), offered, asked)
 *     log wage factor moves with log(asked / offered) and back to the outside path
 *
 * What is asked falls with the wage and rises with works in the township. Nothing here looks at a village's
 * state after the first day: villages report days (MESSAGE_DAYS), and read found_share and wage_factor in the
 * next month. */
#ifndef MODELS_LABOUR_MARKET_H
#define MODELS_LABOUR_MARKET_H

#include "sim/par/world.h"
#include "sim/scenario/schema.h"

#define LABOUR_MARKET_PARAMS(P)                                                                              \
    P(SWITCH, matching, "none|matching", "matching", 0, 0,                                                   \
        "casual work found: a fixed share of the days offered, or by matching offered and asked days",       \
        "switch")                                                                                            \
    P(SWITCH, wages, "none|tightness", "tightness", 0, 0,                                                    \
        "casual wages keep to the outside path, or answer the tightness of the township's market", "switch") \
    P(REAL, match, "1", "0.5", 0.05, 1, "days found when one day is offered and one asked for",              \
        "assumption")                                                                                        \
    P(REAL, match_offered, "1", "0.5", 0.05, 0.95, "elasticity of days found to days offered",               \
        "matching functions: 0.5 to 0.7 (Petrongolo, Pissarides 2001, Journal of Economic Literature)")      \
    P(REAL, demand_elasticity, "1", "0.5", 0, 5, "fall of the days asked for with the wage",                 \
        "assumption: labour demand 0.15 to 0.75 at given output (Hamermesh 1993)")                           \
    P(REAL, demand_growth, "1/year", "0.01 1/year", -0.2, 0.2,                                               \
        "growth of the days asked for at the outside wage", "assumption: of the order of the people's")      \
    P(REAL, works_labour, "1", "0.15", 0, 1, "share of works that is paid as casual wages in the township",  \
        "assumption: food-for-work rules asked for 10 (2014) and 15 percent (2020) (remembered)")            \
    P(REAL, wage_speed, "1/month", "0.02 1/month", 0, 1,                                                     \
        "step of the (logarithm of the) wage with the (logarithm of the) tightness",                         \
        "assumption: with wage_return, a wage 4 percent up where tightness is 10 percent up")                \
    P(REAL, wage_return, "1/month", "0.05 1/month", 0, 1,                                                    \
        "return of the wage to the outside path: people come from and go to elsewhere", "assumption")        \
    P(REAL, wage_floor, "1", "0.6", 0.1, 1, "least casual wage over the outside path's", "assumption")       \
    P(REAL, wage_ceiling, "1", "2", 1, 10, "highest", "assumption")                                          \
    P(REAL, reach, "household/job", "20 household/job", 0, 1e9,                                              \
        "households that word of an open post can reach in a month; who hears then applies with chance "     \
        "labour.search",                                                                                     \
        "assumption")

struct labour_market_params {
    LABOUR_MARKET_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema labour_market_schema;

struct hub;

/* Until adults have chosen what they do, in the run's first month, the share found is the parameter
 * (labour.casual_summer and casual_winter); then what the second month's households offer is taken as normal:
 * the days asked for at the outside wage are those that leave the share at the parameter. */
void labour_market_init(struct hub *hub);
void labour_market_on_days(struct hub *hub, const struct sim_event *message);
/* Clears the month and sets the next month's found_share and wage_factor; uses up the month's works. */
void labour_market_month(struct hub *hub, int32_t month);

#endif
