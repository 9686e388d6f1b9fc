/* Herds: sheep, yaks and cattle of each household by age class, as integers.
 *
 * Row = household row * SPECIES_COUNT + species, so that no search is needed. Classes: young (first year),
 * juvenile (until maturity), adult female, adult male. */
#ifndef MODELS_LIVESTOCK_HERD_H
#define MODELS_LIVESTOCK_HERD_H

#include "models/county/accounts.h"
#include "sim/data/table.h"
#include "sim/scenario/schema.h"

enum herd_class { HERD_YOUNG, HERD_JUVENILE, HERD_FEMALE, HERD_MALE, HERD_CLASSES };

#define HERD_COLUMNS(X)                                                                                      \
    X(int32_t, I32, young, "head", "animals in their first year")                                            \
    X(int32_t, I32, juvenile, "head", "animals past their first year, not yet adult")                        \
    X(int32_t, I32, female, "head", "adult females")                                                         \
    X(int32_t, I32, male, "head", "adult males")                                                             \
    X(int32_t, I32, target, "head", "herd the household aims at when it restocks")

SIM_TABLE_STRUCT(herd_table, HERD_COLUMNS);

/* One list for the three species: the defaults and their sources differ. */
#define SPECIES_PARAMS(                                                                                      \
    P, UNITS, BIRTHS, MONTH, YEARS, DEATHS, YOUNG_DEATHS, MILK, LABOUR, CULL, SRC_BIRTHS, SRC_DEATHS)        \
    P(REAL, sheep_units, "1", UNITS, 0.1, 20, "feed need of an adult, in sheep units",                       \
        "China's grassland standard, remembered: sheep 1, yak 4, cattle 5 (assumption)")                     \
    P(REAL, births, "1/year", BIRTHS, 0, 4, "young a year per adult female in full condition", SRC_BIRTHS)   \
    P(INTEGER, birth_month, "1", MONTH, 1, 12, "calendar month in which young are born", "assumption")       \
    P(REAL, maturity, "year", YEARS, 1, 6, "years from the first birthday to adulthood", SRC_BIRTHS)         \
    P(REAL, deaths, "1/year", DEATHS, 0, 1, "mortality of animals past their first year, well fed",          \
        SRC_DEATHS)                                                                                          \
    P(REAL, young_deaths, "1/year", YOUNG_DEATHS, 0, 1, "mortality in the first year, well fed", SRC_DEATHS) \
    P(REAL, milk, "kg/month", MILK, 0, 500, "milk a month of a female in the five milking months",           \
        "Wiener (CGSpace 10568/3522): 150 to 500 kg a season for yaks; others assumption")                   \
    P(REAL, labour, "day/month", LABOUR, 0, 30, "herding days a month per animal of any age", "assumption")  \
    P(REAL, cull, "1/year", CULL, 0, 1, "share of adult females sold each autumn for age", "assumption")

#define YAK_PARAMS(P)                                                                                        \
    SPECIES_PARAMS(P, "4", "0.55 1/year", "5", "2.5 year", "0.03 1/year", "0.08 1/year", "40 kg/month",      \
        "0.35 day/month", "0.10 1/year",                                                                     \
        "Wiener (CGSpace 10568/3522): one calf every two years the norm, first calf at 3 to 4 years",        \
        "remembered, middle confidence: calves 5 to 15 percent, adults 2 to 5 percent a year")
#define SHEEP_PARAMS(P)                                                                                      \
    SPECIES_PARAMS(P, "1", "1.0 1/year", "4", "1 year", "0.03 1/year", "0.07 1/year", "0 kg/month",          \
        "0.12 day/month", "0.16 1/year", "remembered, middle confidence: 1.0 to 1.1 lambs for local breeds", \
        "remembered, middle confidence: lamb survival 0.90 to 0.95")
#define CATTLE_PARAMS(P)                                                                                     \
    SPECIES_PARAMS(P, "5", "0.7 1/year", "4", "1.5 year", "0.02 1/year", "0.07 1/year", "60 kg/month",       \
        "0.6 day/month", "0.12 1/year", "remembered, middle confidence: calving 75 to 85 percent",           \
        "remembered, middle confidence: calf loss 5 to 8 percent, adults 2 percent")

struct species_params {
    SPECIES_PARAMS(SIM_PARAM_FIELD, , , , , , , , , , , )
};
extern const struct sim_schema species_schemas[SPECIES_COUNT];

#define LIVESTOCK_PARAMS(P)                                                                                  \
    P(SWITCH, dynamics, "none|herds", "herds", 0, 0, "births, deaths, growth and sale of animals", "switch") \
    P(REAL, feed_need, "kg/month", "48 kg/month", 1, 200, "dry matter a sheep unit eats in a month",         \
        "assumption: 1.6 kg a day")                                                                          \
    P(REAL, pasture_units, "1/km^2", "75 1/km^2", 0, 2000,                                                   \
        "sheep units that a square kilometre of commons pasture feeds in a normal summer",                   \
        "assumption: alpine steppe; of the order of one sheep unit a hectare and less")                      \
    P(REAL, winter_grazing, "1", "0.55", 0, 1, "share of the need that winter grazing gives in a good year", \
        "assumption")                                                                                        \
    P(REAL, snow_grazing, "1", "0.20", 0, 1, "the same in a bad winter", "assumption")                       \
    P(REAL, snow_supply, "1", "0.5", 0, 1, "share of the hay asked for that can be bought in a bad winter",  \
        "assumption: roads are closed")                                                                      \
    P(REAL, weight_loss, "1/month", "0.35 1/month", 0, 1, "loss of condition in a month without any feed",   \
        "assumption; yaks lose a quarter of autumn weight over winter (FAO AD347E ch. 6)")                   \
    P(REAL, weight_gain, "1/month", "0.25 1/month", 0, 1,                                                    \
        "share of the lost condition regained in a fed month", "assumption")                                 \
    P(REAL, starvation, "1", "5", 0, 50, "factor on mortality at condition 0, above that at full condition", \
        "assumption: extra mortality of a bad winter near 10 percent (see shocks)")                          \
    P(REAL, young_price, "1", "0.30", 0, 1, "price of a young animal, of an adult's", "assumption")          \
    P(REAL, juvenile_price, "1", "0.65", 0, 1, "price of a juvenile, of an adult's", "assumption")           \
    P(REAL, veterinary, "CNY/year", "6 CNY/year", 0, 500, "veterinary and salt cost per sheep unit",         \
        "assumption")                                                                                        \
    P(REAL, surplus_sale, "1", "0.9", 0, 1,                                                                  \
        "factor on the sale of surplus males in each of the three autumn months", "assumption")              \
    P(REAL, restocking, "1", "0.25", 0, 1,                                                                   \
        "share of cash above twice the buffer that may go into animals in June while below target",          \
        "assumption")                                                                                        \
    P(REAL, cap, "1", "1.25", 0.1, 100, "herd above which all surplus is sold, as a multiple of the target", \
        "assumption: labour and custom")                                                                     \
    P(REAL, milk_drunk, "kg/person/month", "8 kg/person/month", 0, 100,                                      \
        "own milk that an adult equivalent drinks", "assumption")                                            \
    P(REAL, young_units, "1", "0.35", 0, 1, "feed need of a young animal, of an adult's",                    \
        "assumption: young animals graze little in their first year")                                        \
    P(REAL, juvenile_units, "1", "0.7", 0, 1, "feed need of a juvenile, of an adult's", "assumption")        \
    P(INTEGER, females_per_male, "head", "12 head", 1, 100, "females for which one breeding male is kept",   \
        "assumption")                                                                                        \
    P(REAL, lean_births, "1", "0.4", 0, 1, "births at condition 0, of those at full condition",              \
        "assumption")                                                                                        \
    P(REAL, keep_females, "1", "0.6", 0, 1, "share of the target below which no female is sold for age",     \
        "assumption")                                                                                        \
    P(REAL, target_adjustment, "1/year", "0.05 1/year", 0, 1,                                                \
        "share of the gap between a herd's target and what return, labour and grass speak for that a year "  \
        "closes",                                                                                            \
        "assumption: adaptive, slow")                                                                        \
    P(REAL, labour_share, "1", "0.6", 0, 1,                                                                  \
        "share of the days of those who work at home that herds may ask for", "assumption")

struct livestock_params {
    LIVESTOCK_PARAMS(SIM_PARAM_FIELD)
    struct species_params species[SPECIES_COUNT];
};
extern const struct sim_schema livestock_schema;

/* Months after the month of birth in which females give milk. */
enum { HERD_MILK_MONTHS = 5 };

/* The key of a herd: the household's, with the species in its lowest bits (their own block of luck). */
static inline sim_key herd_key(sim_key household, int32_t species)
{
    return household ^ ((uint64_t)species + 1);
}

/* Heads of all classes. */
static inline int32_t herd_heads(const struct herd_table *self, sim_row row)
{
    return self->young[row] + self->juvenile[row] + self->female[row] + self->male[row];
}

#endif
