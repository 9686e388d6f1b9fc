/* Labour: days that a household has, what its land and animals ask for, and casual wage work with the rest;
 * jobs in enterprises come by vacancy, application and lottery among applicants (models/enterprises). */
#ifndef MODELS_LABOUR_LABOUR_H
#define MODELS_LABOUR_LABOUR_H

#include "sim/scenario/schema.h"

#define LABOUR_PARAMS(P)                                                                                     \
    P(SWITCH, casual, "none|casual", "casual", 0, 0, "casual wage work", "switch")                           \
    P(REAL, days, "day/month", "24 day/month", 1, 31, "working days of an adult in a month", "assumption")   \
    P(REAL, elder_work, "1", "0.4", 0, 1, "work of a person of pension age, in adults", "assumption")        \
    P(REAL, casual_summer, "1", "0.40", 0, 1,                                                                \
        "share of spare days for which casual work is found, May to October",                                \
        "assumption: fills wages to the share of poor areas in 2018 (35 percent, middle confidence)")        \
    P(REAL, casual_winter, "1", "0.12", 0, 1, "the same, November to April", "assumption")                   \
    P(REAL, luck_sd, "1", "0.5", 0, 2, "spread (of the logarithm) of a month's casual work", "assumption")   \
    P(REAL, search, "1/month", "0.25 1/month", 0, 1,                                                         \
        "chance that a willing adult hears of and applies for a vacancy in a month", "assumption")           \
    P(REAL, job_premium, "1", "1.1", 0, 10,                                                                  \
        "wage at which a person takes a job, as a multiple of what spare days bring", "assumption")          \
    P(REAL, quit, "1/year", "0.20 1/year", 0, 1, "hazard of quitting a job", "assumption")                   \
    P(INTEGER, job_age, "year", "55 year", 20, 80, "highest age at which a person applies", "assumption")

struct labour_params {
    LABOUR_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema labour_schema;

#endif
