/* Labour: days that a household has, what its land and animals ask for, and casual wage work and business
 * with the rest; what adults choose to do; posts come by vacancy, application and lottery among applicants.
 */
#ifndef MODELS_LABOUR_LABOUR_H
#define MODELS_LABOUR_LABOUR_H

#include "sim/scenario/schema.h"

#define LABOUR_PARAMS(P)                                                                                     \
    P(SWITCH, casual, "none|casual", "casual", 0, 0, "casual wage work", "switch")                           \
    P(SWITCH, choice, "none|choice", "choice", 0, 0, "choice among home, casual work, business, migration",  \
        "switch")                                                                                            \
    P(REAL, days, "day/month", "24 day/month", 1, 31, "working days of an adult in a month", "assumption")   \
    P(REAL, elder_work, "1", "0.4", 0, 1, "work of a person of pension age, in adults", "assumption")        \
    P(REAL, care, "day/month", "2 day/month", 0, 31,                                                         \
        "days that a child under 15 takes from those who work at home", "assumption")                        \
    P(REAL, casual_summer, "1", "0.40", 0, 1,                                                                \
        "share of spare days for which casual work is found, May to October",                                \
        "assumption: fills wages to the share of poor areas in 2018 (35 percent, middle confidence)")        \
    P(REAL, casual_winter, "1", "0.12", 0, 1, "the same, November to April", "assumption")                   \
    P(REAL, luck_sd, "1", "0.5", 0, 2, "spread (of the logarithm) of a month's casual work", "assumption")   \
    P(REAL, spare_offered, "1", "0.6", 0, 1,                                                                 \
        "share of their spare days that those who work at home offer for casual work",                       \
        "assumption: the rest are scattered between chores")                                                 \
    P(REAL, spare_petty, "1", "0.8", 0, 1,                                                                   \
        "what a spare day at home without casual work brings, in days of own business", "assumption")        \
    P(REAL, casual_petty, "1", "0.5", 0, 1,                                                                  \
        "what a day for which a casual worker finds no work brings, in days of own business", "assumption")  \
    P(INTEGER, season_first, "1", "3", 1, 12, "a calendar month in which adults choose", "assumption")       \
    P(INTEGER, season_every, "month", "3 month", 1, 12, "months between two choices", "assumption")          \
    P(REAL, learning, "1/month", "0.1 1/month", 0, 1,                                                        \
        "weight of a month's returns in what a village believes of an activity",                             \
        "assumption: adaptive expectations, a memory of about ten months")                                   \
    P(REAL, farm_learning, "1/year", "0.4 1/year", 0, 1,                                                     \
        "weight of a year's farm product in what a village believes of a day of it",                         \
        "assumption: adaptive expectations")                                                                 \
    P(REAL, farm_day, "CNY/day", "60 CNY/day", 0, 1000,                                                      \
        "what a day of farm work is first thought to bring, land and animals included", "assumption")        \
    P(REAL, farm_share, "1", "0.5", 0, 1, "what of that would be lost with the day: labour's share",         \
        "assumption: the elasticity of yield in labour")                                                     \
    P(REAL, risk_aversion, "1", "0.3", 0, 2, "share of a return that a coefficient of variation of 1 costs", \
        "assumption")                                                                                        \
    P(REAL, inertia, "CNY/month", "1200 CNY/month", 0, 1e5,                                                  \
        "by how much another activity must be worth more before a person changes, base-year prices",         \
        "assumption; costs of changing sector are of the order of a year's wages and more (Dix-Carneiro "    \
        "2014, Econometrica)")                                                                               \
    P(REAL, taste_spread, "CNY/month", "400 CNY/month", 0, 1e5,                                              \
        "scale of the season's taste for an activity (Gumbel), base-year prices", "assumption")              \
    P(REAL, home_premium, "CNY/month", "250 CNY/month", -1e4, 1e4,                                           \
        "what being at home is worth beyond its product: house, garden, children; base-year prices",         \
        "assumption")                                                                                        \
    P(REAL, casual_disutility, "CNY/month", "50 CNY/month", -1e4, 1e4,                                       \
        "toil of casual work, base-year prices", "assumption")                                               \
    P(REAL, business_disutility, "CNY/month", "0 CNY/month", -1e4, 1e4, "the same of own business",          \
        "assumption")                                                                                        \
    P(REAL, search, "1/month", "0.25 1/month", 0, 1,                                                         \
        "chance that a willing adult hears of and applies for a vacancy in a month", "assumption")           \
    P(REAL, job_premium, "1", "1.1", 0, 10,                                                                  \
        "wage at which a person takes a job, as a multiple of what it does now brings", "assumption")        \
    P(REAL, quit, "1/year", "0.20 1/year", 0, 1, "hazard of quitting a job", "assumption")                   \
    P(INTEGER, job_age, "year", "55 year", 20, 80, "highest age at which a person applies", "assumption")

struct labour_params {
    LABOUR_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema labour_schema;

#endif
