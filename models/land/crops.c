#include "models/land/crops.h"

#include "models/livestock/livestock.h"
#include "sim/core/real.h"
#include "sim/rand/dist.h"

#define SIM_PARAM_SELF struct land_params
static const struct sim_param params[] = {LAND_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema land_schema = {"land", "yields, inputs and labour of land", params, SIM_COUNT(params),
    sizeof(struct land_params), NULL, 0};

#define SIM_TABLE_SELF struct parcel_table
static const struct sim_column columns[] = {PARCEL_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type parcel_table_type = {"parcel", columns, SIM_COUNT(columns)};

/* Months of hay that a household keeps back for the winter, and of grain for itself. */
#define HAY_MONTHS 6.0
#define GRAIN_MONTHS 12.0

static double yield_kg(const struct land_params *self, int32_t kind)
{
    return kind == PARCEL_IRRIGATED ? self->irrigated_yield
           : kind == PARCEL_RAINFED ? self->rainfed_yield
                                    : self->forage_yield;
}

static double inputs_fen(const struct land_params *self, int32_t kind, const struct moment *moment)
{
    return (kind == PARCEL_FORAGE ? self->forage_inputs : self->grain_inputs) * 100.0 * moment->index;
}

/* Weather bites hardest where there is no water: rain-fed land takes the season squared. */
static double season_of(int32_t kind, double season)
{
    return kind == PARCEL_RAINFED ? season * season : season;
}

double crops_margin(
    const struct scenario *scenario, const struct moment *moment, int32_t kind, double technique)
{
    double price = moment->sell[kind == PARCEL_FORAGE ? GOOD_HAY : GOOD_GRAIN];
    return yield_kg(&scenario->land, kind) * technique * price - inputs_fen(&scenario->land, kind, moment);
}

int32_t crops_season(const struct land_params *self)
{
    return ((int32_t)self->harvest_month - (int32_t)self->sowing_month + 12) % 12 + 1;
}

bool crops_is_growing(const struct land_params *self, int32_t month)
{
    return (month - (int32_t)self->sowing_month + 12) % 12 < crops_season(self);
}

void crops_labour(const struct village *village, const struct moment *moment, double *days)
{
    const struct land_params *self = &village->scenario->land;
    if (!crops_is_growing(self, moment->calendar_month))
        return;
    double each = self->labour / (double)crops_season(self);
    const struct parcel_table *parcels = &village->parcels;
    for (sim_row p = 0; p < parcels->head.n; p++)
        if (parcels->household[p] != SIM_ROW_NONE)
            days[parcels->household[p]] += each * (double)parcels->area_m2[p];
}

void crops_sow(struct village *village, const struct moment *moment)
{
    const struct land_params *self = &village->scenario->land;
    if (moment->calendar_month != self->sowing_month)
        return;
    struct household_table *households = &village->households;
    struct parcel_table *parcels = &village->parcels;
    int64_t *cost = village->scratch_amount;
    for (sim_row h = 0; h < households->head.n; h++)
        cost[h] = 0;
    for (sim_row p = 0; p < parcels->head.n; p++) {
        parcels->sown[p] = parcels->household[p] != SIM_ROW_NONE;
        if (parcels->sown[p])
            cost[parcels->household[p]] +=
                (int64_t)((double)parcels->area_m2[p] * inputs_fen(self, parcels->kind[p], moment));
    }
    for (sim_row h = 0; h < households->head.n; h++) {
        households->crop_care[h] = 0.0;
        households->crop_inputs[h] = 0.0;
        if (cost[h] <= 0)
            continue;
        int64_t paid = cost[h] < households->cash_fen[h] ? cost[h] : households->cash_fen[h];
        households->crop_inputs[h] = (double)paid / (double)cost[h];
        household_receive(households, h, INCOME_CROPS, -paid);
        sim_ledger_post(&village->ledger, FLOW_FARM_INPUTS, paid);
    }
}

void crops_harvest(struct village *village, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    const struct land_params *self = &scenario->land;
    if (moment->calendar_month != self->harvest_month)
        return;
    struct household_table *households = &village->households;
    struct parcel_table *parcels = &village->parcels;
    double *factor = village->scratch_score;
    for (sim_row h = 0; h < households->head.n; h++) {
        double u = sim_rand_uniform(
            village->luck, households->key[h], SIM_PURPOSE_HARVEST_LUCK, (uint64_t)moment->year);
        double luck = scenario->shocks.weather ? sim_dist_lognormal(u, 1.0, scenario->shocks.plot_luck) : 1.0;
        double care = households->crop_care[h] < 1.0 ? households->crop_care[h] : 1.0;
        /* Without any inputs a tenth of their effect remains (seed kept back, dung): no harvest is nil for
         * that. */
        double inputs = 0.1 + 0.9 * households->crop_inputs[h];
        factor[h] =
            luck * sim_real_pow(care, self->labour_elasticity) * sim_real_pow(inputs, self->input_elasticity);
    }
    for (sim_row p = 0; p < parcels->head.n; p++) {
        sim_row h = parcels->household[p];
        if (h == SIM_ROW_NONE || !parcels->sown[p])
            continue;
        parcels->sown[p] = 0;
        int32_t kind = parcels->kind[p];
        double kg = (double)parcels->area_m2[p] * yield_kg(self, kind) * parcels->quality[p] *
                    parcels->technique[p] * factor[h] * season_of(kind, moment->season);
        int64_t grams = (int64_t)(kg * 1000.0);
        bool is_hay = kind == PARCEL_FORAGE;
        int64_t value = (int64_t)((double)grams / 1000.0 * moment->sell[is_hay ? GOOD_HAY : GOOD_GRAIN]);
        if (is_hay)
            households->hay_g[h] += grams;
        else
            households->grain_g[h] += grams;
        household_add_income(households, h, INCOME_CROPS, value);
        sim_ledger_post(&village->ledger, is_hay ? FLOW_HAY_HARVESTED : FLOW_GRAIN_HARVESTED, grams);
        if (parcels->scheme[p] != PARCEL_NO_SCHEME) {
            village->schemes.output_g[parcels->scheme[p]] += grams;
            village->schemes.output_fen[parcels->scheme[p]] += value;
        }
    }
}

static void sell_store(struct village *village, sim_row household, int64_t *store, double keep_g,
    double price, enum flow goods_flow)
{
    struct household_table *households = &village->households;
    int64_t grams = *store - (int64_t)keep_g;
    if (grams <= 0)
        return;
    int64_t fen = (int64_t)((double)grams / 1000.0 * price);
    village->current.sold[goods_flow == FLOW_HAY_SOLD ? GOOD_HAY : GOOD_GRAIN] += grams;
    *store -= grams;
    households->cash_fen[household] += fen;
    households->year_cash_fen[household] += fen;
    sim_ledger_post(&village->ledger, goods_flow, grams);
    sim_ledger_post(&village->ledger, FLOW_CROP_SALE, fen);
}

void crops_sell(struct village *village, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    int32_t month = (int32_t)scenario->land.harvest_month % 12 + 1;
    if (moment->calendar_month != month)
        return;
    struct household_table *households = &village->households;
    for (sim_row h = 0; h < households->head.n; h++) {
        if (!households->present[h])
            continue;
        double grain = scenario->household.grain_need * households->consumers[h] * GRAIN_MONTHS * 1000.0;
        sell_store(village, h, &households->grain_g[h], grain, moment->sell[GOOD_GRAIN], FLOW_GRAIN_SOLD);
        double units = 0.0;
        for (int32_t species = 0; species < SPECIES_COUNT; species++)
            units += livestock_units(&scenario->livestock, &village->herds, h * SPECIES_COUNT + species);
        double hay = units * scenario->livestock.feed_need * 1000.0 * HAY_MONTHS *
                     (1.0 - 0.5 * (scenario->livestock.winter_grazing + scenario->livestock.snow_grazing));
        sell_store(village, h, &households->hay_g[h], hay, moment->sell[GOOD_HAY], FLOW_HAY_SOLD);
    }
}
