/* Parcels: who uses which land, and what grows there. Irrigated and rain-fed land grows grain or hay or lies
 * fallow, as its user chooses at sowing; forage land and the plots of a paired investment grow what they were
 * made for. A plot of an investment ends when its user leaves it; other land may be let for a season, and
 * then its user is not its owner. */
#ifndef MODELS_LAND_PARCEL_H
#define MODELS_LAND_PARCEL_H

#include "sim/data/table.h"
#include "sim/scenario/schema.h"

enum parcel_kind { PARCEL_IRRIGATED, PARCEL_RAINFED, PARCEL_FORAGE, PARCEL_KINDS };

enum crop { CROP_GRAIN, CROP_HAY, CROP_FALLOW, CROPS };

#define PARCEL_NO_SCHEME ((int16_t)-1)

#define PARCEL_COLUMNS(X)                                                                                    \
    X(int32_t, I32, household, "1", "row of the using household; -1 when idle")                              \
    X(int8_t, I8, kind, "1", "irrigated, rain-fed, forage")                                                  \
    X(uint8_t, U8, sown, "1", "1 when its user sowed it this season: who takes a plot later reaps nothing")  \
    X(int16_t, I16, scheme, "1", "scheme that gave it; -1 for founding land")                                \
    X(uint8_t, U8, crop, "1", "crop of the season: enum crop")                                               \
    X(int32_t, I32, owner, "1", "row of the household that holds the use right; -1: the collective")         \
    X(int32_t, I32, area_m2, "m2", "area")                                                                   \
    X(float, F32, quality, "1", "lasting quality, mean 1")                                                   \
    X(float, F32, technique, "1", "factor on yield by improvement, seed, machinery")

SIM_TABLE_STRUCT(parcel_table, PARCEL_COLUMNS);

#define LAND_PARAMS(P)                                                                                       \
    P(REAL, irrigated_yield, "kg/m^2", "0.31 kg/m^2", 0, 5, "grain yield of irrigated land",                 \
        "hulless barley 190 to 250 kg/mu (remembered, middle confidence)")                                   \
    P(REAL, rainfed_yield, "kg/m^2", "0.12 kg/m^2", 0, 5, "grain yield of rain-fed land", "assumption")      \
    P(REAL, forage_yield, "kg/m^2", "0.55 kg/m^2", 0, 5, "dry hay and forage yield of forage land",          \
        "300 to 500 kg/mu at 3,300 m and above, 500 to 800 irrigated (remembered, low confidence)")          \
    P(REAL, irrigated_hay, "kg/m^2", "0.60 kg/m^2", 0, 5, "dry hay and forage yield of irrigated land",      \
        "assumption: 400 kg/mu, within the range of forage_yield's source")                                  \
    P(REAL, rainfed_hay, "kg/m^2", "0.20 kg/m^2", 0, 5, "the same of rain-fed land", "assumption")           \
    P(REAL, grain_inputs, "CNY/m^2", "0.40 CNY/m^2", 0, 20,                                                  \
        "inputs that grain asks for, at base-year prices", "assumption: 270 CNY/mu")                         \
    P(REAL, forage_inputs, "CNY/m^2", "0.18 CNY/m^2", 0, 20,                                                 \
        "inputs that hay asks for, at base-year prices", "assumption: 120 CNY/mu")                           \
    P(REAL, rainfed_inputs, "1", "0.4", 0, 1, "inputs that rain-fed land asks for, of other land's",         \
        "assumption: no water fee, less fertiliser")                                                         \
    P(REAL, labour, "day/m^2", "0.010 day/m^2", 0, 1, "labour of a season", "assumption: 6.7 days/mu")       \
    P(REAL, rainfed_labour, "1", "0.5", 0, 1, "labour that rain-fed land asks for, of other land's",         \
        "assumption: nobody waters it")                                                                      \
    P(REAL, labour_elasticity, "1", "0.5", 0, 1, "elasticity of yield in labour given", "assumption")        \
    P(REAL, input_elasticity, "1", "0.3", 0, 0.9, "elasticity of yield in inputs given", "assumption")       \
    P(REAL, input_floor, "1", "0.1", 0, 1,                                                                   \
        "share of the inputs' effect that a crop has without any (own seed, dung)", "assumption")            \
    P(REAL, technique_growth, "1/year", "0.01 1/year", -0.1, 0.2,                                            \
        "growth of all yields from the base year on: seed, machines, know-how",                              \
        "assumption: of the order of China's grain yields, about one percent a year")                        \
    P(SWITCH, choice, "none|margin", "margin", 0, 0,                                                         \
        "crops and inputs by expected margin; none: crops by kind of land, inputs as far as cash goes",      \
        "switch")                                                                                            \
    P(REAL, change_cost, "CNY/m^2", "0.15 CNY/m^2", 0, 20,                                                   \
        "what a change of crop, or to and from fallow, must bring more, at base-year prices",                \
        "assumption: 100 CNY/mu, of the order of the seed of a ley that lasts some years")                   \
    P(REAL, crop_taste, "1", "0.25", 0, 1,                                                                   \
        "half range of a household's lasting taste for hay, as a share of hay's worth", "assumption")        \
    P(INTEGER, sowing_month, "1", "4", 1, 12, "calendar month of sowing", "assumption: high valleys")        \
    P(INTEGER, harvest_month, "1", "9", 1, 12, "calendar month of harvest", "assumption: high valleys")      \
    P(REAL, grain_months, "month", "12 month", 0, 36, "own need of grain that is not sold",                  \
        "assumption: to the next harvest")                                                                   \
    P(REAL, hay_months, "month", "6 month", 0, 24, "months of feeding for which hay is kept",                \
        "November to April (assumption)")                                                                    \
    P(REAL, hay_caution, "1", "0.5", 0, 1, "weight of a bad winter in what hay is kept for",                 \
        "assumption: above its chance (shocks.bad_winter), since hay is dear in one")                        \
    P(SWITCH, rental, "none|rental", "rental", 0, 0, "land is let for a season within the village",          \
        "switch")                                                                                            \
    P(REAL, own_use, "CNY/m^2", "0.05 CNY/m^2", 0, 20,                                                       \
        "what rent must bring more than own use before an owner with hands lets land, at base-year prices",  \
        "assumption: 33 CNY/mu, the trouble of it and the fear for the title")                               \
    P(REAL, rent_share, "1", "0.3", 0, 1, "rent, of the expected margin before labour", "assumption")        \
    P(SWITCH, reallotment, "none|collective", "collective", 0, 0,                                            \
        "the village gives idle land to households with little",                                             \
        "switch; use rights are the collective's in China (Rural Land Contracting Law 2002)")                \
    P(REAL, land_poor, "1", "0.25", 0, 10,                                                                   \
        "area a household, of the village's mean, below which it is given idle land", "assumption")

struct land_params {
    LAND_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema land_schema;

#endif
