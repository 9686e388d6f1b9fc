/* Parcels: who uses which land. Irrigated and rain-fed land grows grain, forage land hay; a plot of a paired
 * investment ends when its user leaves it. */
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
    P(REAL, forage_yield, "kg/m^2", "0.55 kg/m^2", 0, 5, "dry hay and forage yield",                         \
        "300 to 500 kg/mu at 3,300 m and above, 500 to 800 irrigated (remembered, low confidence)")          \
    P(REAL, grain_inputs, "CNY/m^2", "0.40 CNY/m^2", 0, 20, "inputs to grain, at base-year prices",          \
        "assumption: 270 CNY/mu")                                                                            \
    P(REAL, forage_inputs, "CNY/m^2", "0.18 CNY/m^2", 0, 20, "inputs to forage, at base-year prices",        \
        "assumption: 120 CNY/mu")                                                                            \
    P(REAL, labour, "day/m^2", "0.010 day/m^2", 0, 1, "labour of a season", "assumption: 6.7 days/mu")       \
    P(REAL, labour_elasticity, "1", "0.5", 0, 1, "elasticity of yield in labour given", "assumption")        \
    P(REAL, input_elasticity, "1", "0.3", 0, 1, "elasticity of yield in inputs given", "assumption")         \
    P(INTEGER, sowing_month, "1", "4", 1, 12, "calendar month of sowing", "assumption: high valleys")        \
    P(INTEGER, harvest_month, "1", "9", 1, 12, "calendar month of harvest", "assumption: high valleys")

struct land_params {
    LAND_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema land_schema;

#endif
