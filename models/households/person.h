/* Persons: age, sex, family, school and work, no more than the economy needs. Each person's year turns in the
 * month of birth: ageing, the hazard of death and, for married women, of a birth are decided then. */
#ifndef MODELS_HOUSEHOLDS_PERSON_H
#define MODELS_HOUSEHOLDS_PERSON_H

#include "sim/data/table.h"
#include "sim/scenario/schema.h"

#define PERSON_NO_JOB ((int16_t)-1)
#define PERSON_LAST_BIRTH INT16_MAX /* the last month index that the column `born` holds */

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
    X(int16_t, I16, born, "month", "month index of birth")                                                   \
    X(int32_t, I32, spouse, "1", "row of the spouse, who lives in the same household; -1 for none")          \
    X(int32_t, I32, mother, "1", "row of the mother while she lives in the village; -1 otherwise")           \
    X(uint8_t, U8, birth_month, "month", "calendar month of birth, 1 to 12")                                 \
    X(uint8_t, U8, alive, "1", "1 while alive and of the county; 0: the row may serve a newborn")            \
    X(uint8_t, U8, female, "1", "1 for a woman")                                                             \
    X(uint8_t, U8, activity, "1", "what the person mainly does")                                             \
    X(uint8_t, U8, schooling, "year", "years of school completed")                                           \
    X(int16_t, I16, job, "1", "employer (board.h); -1 for none")                                             \
    X(float, F32, skill, "1", "skill from work and training: wage gain in logarithms")                       \
    X(float, F32, efficiency, "1", "what schooling and skill make of a day (labour/skills.h)")

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
    P(REAL, twins, "1", "0.010", 0, 0.2, "share of births that are twins",                                   \
        "assumption: 6 to 12 in 1,000 in Asia (Smits and Monden 2011, PLoS ONE 6)")                          \
    P(SWITCH, marriage, "none|village", "village", 0, 0,                                                     \
        "marriage within a village, and births to married women only; none: births to all women", "switch")  \
    P(INTEGER, bride_age, "year", "18 year", 12, 60, "lowest age of a bride", "assumption: custom")          \
    P(INTEGER, groom_age, "year", "20 year", 12, 60, "lowest age of a groom", "assumption: custom")          \
    P(REAL, marriage_rate, "1/year", "0.30 1/year", 0, 1,                                                    \
        "chance that a single person seeks a spouse in a year, marriage_ramp years past the lowest age",     \
        "assumption: women who seek so and find as marriage_found says marry at 23 to 24 in the mean")       \
    P(REAL, marriage_found, "1", "0.8", 0.01, 1,                                                             \
        "share of seeking women who find one, as founding couples and rates of marital fertility take it",   \
        "assumption: about what the villages of this model give where nobody is away")                       \
    P(REAL, home_coming, "1", "0", 0, 1, "share of migrants who come home for the weddings",                 \
        "assumption: 0, none marries that month; many do at the Spring Festival")                            \
    P(INTEGER, marriage_ramp, "year", "4 year", 0, 30, "years over which that chance rises evenly",          \
        "assumption: few marry at the lowest age")                                                           \
    P(INTEGER, late_age, "year", "40 year", 20, 120,                                                         \
        "age from which a single person, mostly widowed, seeks at the rate of remarriage", "assumption")     \
    P(REAL, remarriage, "1/year", "0.04 1/year", 0, 1, "chance to seek a spouse in a year from that age on", \
        "assumption")                                                                                        \
    P(INTEGER, age_gap, "year", "2 year", -20, 20, "years by which a groom is older, as preferred",          \
        "assumption: the mean of rural China is 1 to 2 years")                                               \
    P(INTEGER, gap_tolerance, "year", "6 year", 0, 50, "years off that gap beyond which nobody marries",     \
        "assumption")                                                                                        \
    P(INTEGER, wedding_month, "1", "11", 1, 12, "calendar month of weddings", "assumption: after harvest")   \
    P(SWITCH, division, "none|couples", "couples", 0, 0, "younger couples found households of their own",    \
        "switch")                                                                                            \
    P(REAL, division_rate, "1/year", "0.25 1/year", 0, 1,                                                    \
        "chance that a younger couple leaves in a year, division_ramp years after the usual wedding",        \
        "assumption: most sons' couples divide off within a few years")                                      \
    P(INTEGER, division_ramp, "year", "5 year", 1, 30, "years over which that chance rises evenly",          \
        "assumption")                                                                                        \
    P(REAL, division_brother, "1/year", "0.30 1/year", 0, 1,                                                 \
        "what a younger married brother in the house adds to it", "assumption: custom of one couple a time") \
    P(REAL, division_last, "1", "0.25", 0, 1, "factor on it where no other son would stay with the parents", \
        "assumption: the last one stays")                                                                    \
    P(REAL, division_child, "1", "0.5", 0, 1, "weight of a child under 15 in the shares, in adults",         \
        "assumption: equal shares of couples, children counted")                                             \
    P(REAL, division_spread, "1", "0.2", 0, 2,                                                               \
        "spread (of the logarithm) of a new household's ability around its parents'", "assumption")          \
    P(INTEGER, division_month, "1", "12", 1, 12, "calendar month of divisions",                              \
        "assumption: no crop stands")                                                                        \
    P(SWITCH, schooling, "none|school", "school", 0, 0, "children go to school", "switch")                   \
    P(INTEGER, school_age, "year", "6 year", 3, 12, "age at which school begins",                            \
        "China's compulsory education law: 6, or 7 where conditions lack")                                   \
    P(INTEGER, compulsory, "year", "9 year", 0, 15, "compulsory years of school",                            \
        "China's compulsory education law: 9")                                                               \
    P(INTEGER, school_years, "year", "12 year", 0, 20, "years of school at most, upper secondary included",  \
        "China's school system: 6, 3 and 3 years")                                                           \
    P(REAL, school_income, "1", "3", 0.01, 100,                                                              \
        "lasting income, in multiples of subsistence, at which half of the children go on after it",         \
        "assumption: about half of poor counties' children went on in the middle of the 2010s")              \
    P(REAL, drop_out, "1/year", "0.10 1/year", 0, 1,                                                         \
        "chance that a child stays out of school for a year after a hunger month", "assumption")             \
    P(INTEGER, school_month, "1", "9", 1, 12, "calendar month in which the school year begins",              \
        "China's school calendar: September")                                                                \
    P(INTEGER, work_age, "year", "16 year", 10, 30, "age at which work for wages may begin",                 \
        "China's labour law: 16 years")                                                                      \
    P(INTEGER, pension_age, "year", "60 year", 50, 90, "age of the rural pension",                           \
        "China's rural pension: 60 years")

struct demography_params {
    DEMOGRAPHY_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema demography_schema;

/* What a year's birthdays are decided by, worked out from the parameters (demography.c). */
enum { FERTILE_FROM = 15, FERTILE_YEARS = 35, DEATH_BAND = 8, DEATH_BANDS = 12 };
struct demography_odds {
    int32_t year;
    double births[FERTILE_YEARS];
    double deaths_most[DEATH_BANDS];
};

#endif
