/* Persons: age, sex, health and job, no more than the economy needs. Each person's year turns in the month of
 * birth: ageing, the hazard of death and, for women, of a birth are decided then. */
#ifndef MODELS_HOUSEHOLDS_PERSON_H
#define MODELS_HOUSEHOLDS_PERSON_H

#include "sim/data/table.h"
#include "sim/scenario/schema.h"

#define PERSON_NO_JOB ((int16_t)-1)

/* What an adult mainly does, chosen each season (labour/choice.h); children and the old have none. */
enum activity {
    ACTIVITY_NONE,
    ACTIVITY_SCHOOL,
    ACTIVITY_HOME,     /* own crops, herd and house; spare days go to casual work and petty business */
    ACTIVITY_CASUAL,   /* casual wage work first */
    ACTIVITY_BUSINESS, /* own business first */
    ACTIVITY_JOB,      /* a post in a firm, plant or public service */
    ACTIVITY_MIGRANT,  /* works beyond the county; still of the household */
    ACTIVITY_TRAINING,
    ACTIVITIES
};
extern const char *const activity_names[ACTIVITIES];

#define PERSON_COLUMNS(X)                                                                                    \
    X(uint64_t, U64, key, "1", "lineage key")                                                                \
    X(int32_t, I32, household, "1", "row of the household")                                                  \
    X(int32_t, I32, next, "1", "row of the next person of the household; -1 at the end")                     \
    X(int32_t, I32, born, "month", "month index of birth")                                                   \
    X(int32_t, I32, spouse, "1", "row of the spouse, who lives in the same household; -1 for none")          \
    X(int32_t, I32, mother, "1", "row of the mother while she lives in the village; -1 otherwise")           \
    X(uint8_t, U8, birth_month, "month", "calendar month of birth, 1 to 12")                                 \
    X(uint8_t, U8, alive, "1", "1 while alive and of the county; 0: the row may serve a newborn")            \
    X(uint8_t, U8, female, "1", "1 for a woman")                                                             \
    X(uint8_t, U8, activity, "1", "what the person mainly does")                                             \
    X(uint8_t, U8, schooling, "year", "years of school completed")                                           \
    X(int16_t, I16, job, "1", "employer (board.h); -1 for none")                                             \
    X(float, F32, skill, "1", "skill from work and training: wage gain in logarithms")

SIM_TABLE_STRUCT(person_table, PERSON_COLUMNS);

#define DEMOGRAPHY_PARAMS(P)                                                                                 \
    P(SWITCH, dynamics, "none|vital", "vital", 0, 0, "births, deaths and ageing", "switch")                  \
    P(REAL, death_level, "1/year", "0.00006 1/year", 0, 0.1, "Gompertz hazard of death at age 0",            \
        "assumption: with death_slope and death_base, life expectancy about 73 years")                       \
    P(REAL, death_slope, "1/year", "0.088 1/year", 0, 0.3, "growth of the hazard of death with age",         \
        "assumption: Gompertz-Makeham, of the order of rural China")                                         \
    P(REAL, death_base, "1/year", "0.0008 1/year", 0, 0.1, "hazard of death that does not depend on age",    \
        "assumption: Gompertz-Makeham")                                                                      \
    P(REAL, infant_death, "1", "0.012", 0, 0.5, "share of children who die in their first year",             \
        "assumption: of the order of western rural China about 2015")                                        \
    P(REAL, fertility, "1", "2.1", 0, 10, "children a woman has over her life (total fertility rate)",       \
        "assumption: household sizes near 4 (registered poor 4.06 in 2018) point above replacement")         \
    P(INTEGER, work_age, "year", "16 year", 10, 30, "age at which work for wages may begin",                 \
        "China's labour law: 16 years")                                                                      \
    P(INTEGER, pension_age, "year", "60 year", 50, 90, "age of the rural pension",                           \
        "China's rural pension: 60 years")

struct demography_params {
    DEMOGRAPHY_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema demography_schema;

#endif
