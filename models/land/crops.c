#include "models/land/crops.h"

#include "models/labour/work.h"
#include "models/livestock/livestock.h"
#include "sim/core/real.h"
#include "sim/rand/dist.h"

#define SIM_PARAM_SELF struct land_params
static const struct sim_param params[] = {LAND_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema land_schema = {"land", "yields, inputs, labour, choice of crops, rental of land",
    params, SIM_COUNT(params), sizeof(struct land_params), NULL, 0};

#define SIM_TABLE_SELF struct parcel_table
static const struct sim_column columns[] = {PARCEL_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type parcel_table_type = {"parcel", columns, SIM_COUNT(columns)};

enum { GROWN = CROP_FALLOW }; /* crops that are sown come before fallow */

static int32_t crop_of_kind(int32_t kind)
{
    return kind == PARCEL_FORAGE ? CROP_HAY : CROP_GRAIN;
}

static int32_t good_of(int32_t crop)
{
    return crop == CROP_HAY ? GOOD_HAY : GOOD_GRAIN;
}

/* Weather bites hardest where there is no water: rain-fed land takes the season squared. */
static double season_of(int32_t kind, double season)
{
    return kind == PARCEL_RAINFED ? season * season : season;
}

/* Technical progress common to all, from the base year on. */
static double progress(const struct scenario *scenario, int32_t year)
{
    int32_t years = year - scenario->base_year;
    return years > 0 ? sim_real_powi(1.0 + scenario->land.technique_growth, years) : 1.0;
}

static double yield_kg(const struct land_params *self, int32_t kind, int32_t crop)
{
    if (crop == CROP_HAY)
        return kind == PARCEL_IRRIGATED ? self->irrigated_hay
               : kind == PARCEL_RAINFED ? self->rainfed_hay
                                        : self->forage_yield;
    return kind == PARCEL_IRRIGATED ? self->irrigated_yield
           : kind == PARCEL_RAINFED ? self->rainfed_yield
                                    : 0.0; /* no grain on forage land */
}

static double inputs_fen(const struct land_params *self, int32_t kind, int32_t crop, double index)
{
    double full = (crop == CROP_HAY ? self->forage_inputs : self->grain_inputs) * 100.0 * index;
    return kind == PARCEL_RAINFED ? full * self->rainfed_inputs : full;
}

/* What a share of the inputs does to the yield. */
static double input_factor(const struct land_params *self, double share)
{
    return share == 1.0
               ? 1.0
               : sim_real_pow(self->input_floor + (1.0 - self->input_floor) * share, self->input_elasticity);
}

/* The share of the inputs at which the last yuan of them just comes back, 0 to 1, for a harvest worth `worth`
 * with all inputs, which cost `cost`: of worth (floor + (1 - floor) x)^elasticity - cost x. */
static double best_inputs(const struct land_params *self, double worth, double cost)
{
    if (!self->choice || cost <= 0.0)
        return 1.0;
    double open = 1.0 - self->input_floor;
    double slope = self->input_elasticity * open * worth / cost; /* at full inputs */
    if (slope >= 1.0)
        return 1.0;
    if (open <= 0.0 || slope <= 0.0)
        return 0.0;
    double x = (sim_real_pow(slope, 1.0 / (1.0 - self->input_elasticity)) - self->input_floor) / open;
    return x > 0.0 ? x : 0.0;
}

/* What to expect of a square metre of land of mean quality under a crop, at this month's prices: naive
 * expectations, as nobody knows those of the harvest. */
struct prospect {
    double kg;         /* with the inputs that pay */
    double inputs_fen; /* their cost */
};

static struct prospect prospect_of(const struct scenario *scenario, const struct moment *moment, int32_t kind,
    int32_t crop, double technique)
{
    const struct land_params *self = &scenario->land;
    double kg = yield_kg(self, kind, crop) * technique * progress(scenario, moment->year);
    double inputs = inputs_fen(self, kind, crop, moment->index);
    double share = best_inputs(self, kg * moment->sell[good_of(crop)], inputs);
    return (struct prospect){share < 1.0 ? kg * input_factor(self, share) : kg, share * inputs};
}

double crops_margin(
    const struct scenario *scenario, const struct moment *moment, int32_t kind, double technique)
{
    int32_t crop = crop_of_kind(kind);
    struct prospect prospect = prospect_of(scenario, moment, kind, crop, technique);
    return prospect.kg * moment->sell[good_of(crop)] - prospect.inputs_fen;
}

double crops_best_margin(const struct scenario *scenario, const struct moment *moment, int32_t kind)
{
    double best = 0.0;
    for (int32_t crop = 0; crop < GROWN; crop++) {
        if (crop != crop_of_kind(kind) && (!scenario->land.choice || kind == PARCEL_FORAGE))
            continue;
        struct prospect prospect = prospect_of(scenario, moment, kind, crop, 1.0);
        double margin = prospect.kg * moment->sell[good_of(crop)] - prospect.inputs_fen;
        best = margin > best ? margin : best;
    }
    return best;
}

double crops_days(const struct land_params *self, int32_t kind)
{
    return kind == PARCEL_RAINFED ? self->labour * self->rainfed_labour : self->labour;
}

int32_t crops_season(const struct land_params *self)
{
    return ((int32_t)self->harvest_month - (int32_t)self->sowing_month + 12) % 12 + 1;
}

bool crops_is_growing(const struct land_params *self, int32_t month)
{
    return (month - (int32_t)self->sowing_month + 12) % 12 < crops_season(self);
}

const double *crops_year_days(struct village *village)
{
    if (village->land_is_counted)
        return village->crop_days;
    double each[PARCEL_KINDS]; /* of a square metre */
    for (int32_t kind = 0; kind < PARCEL_KINDS; kind++)
        each[kind] = crops_days(&village->scenario->land, kind);
    const struct parcel_table *parcels = &village->parcels;
    double *days = village->crop_days;
    for (sim_row h = 0; h < village->households.head.n; h++)
        days[h] = 0.0;
    for (sim_row p = 0; p < parcels->head.n; p++)
        if (parcels->household[p] != SIM_ROW_NONE && parcels->crop[p] != CROP_FALLOW)
            days[parcels->household[p]] += each[parcels->kind[p]] * (double)parcels->area_m2[p];
    village->land_is_counted = true;
    return days;
}

/* Grams of grain that a household keeps for itself. */
static double grain_need(const struct village *village, sim_row household)
{
    const struct scenario *scenario = village->scenario;
    return scenario->household.grain_need * village->households.consumers[household] *
           scenario->land.grain_months * 1000.0;
}

/* Grams of hay that its animals need beyond what they graze in the months for which it is kept. */
static double hay_need(const struct village *village, sim_row household)
{
    const struct livestock_params *livestock = &village->scenario->livestock;
    const struct land_params *self = &village->scenario->land;
    double units = livestock_household_units(village, household);
    double grazed =
        (1.0 - self->hay_caution) * livestock->winter_grazing + self->hay_caution * livestock->snow_grazing;
    return units * livestock->feed_need * 1000.0 * self->hay_months * (1.0 - grazed);
}

/* What grain and hay are worth to the households that choose, in millionths of a fen: between the selling and
 * the buying price, by how much of its need a household's own land could cover (de Janvry, Fafchamps and
 * Sadoulet 1991). Grain for its own pot replaces bought grain; hay that it lacks replaces bought hay. */
static void value_crops(
    const struct village *village, const struct moment *moment, int64_t *grain, int64_t *hay)
{
    const struct scenario *scenario = village->scenario;
    const struct household_table *households = &village->households;
    double grain_gap = moment->buy[GOOD_GRAIN] - moment->sell[GOOD_GRAIN];
    double hay_gap = moment->buy[GOOD_HAY] - moment->sell[GOOD_HAY];
    uint64_t salt =
        sim_rand_word(village->luck, scenario->county_key, SIM_PURPOSE_CROP_TASTE, 0); /* for good */
    for (sim_row h = 0; h < households->head.n; h++) {
        if (grain[h] <= 0)
            continue;
        double need = grain_need(village, h);
        double eaten = need < (double)grain[h] ? need / (double)grain[h] : 1.0;
        double winter = hay_need(village, h);
        double lacking = winter > (double)hay[h] ? (winter - (double)hay[h]) / winter : 0.0;
        double u = sim_rand_unit(sim_rand_salted(salt, households->key[h]));
        double taste = 1.0 + scenario->land.crop_taste * (2.0 * u - 1.0);
        grain[h] = (int64_t)((moment->sell[GOOD_GRAIN] + grain_gap * eaten) * 1e6);
        hay[h] = (int64_t)((moment->sell[GOOD_HAY] + hay_gap * lacking) * taste * 1e6);
    }
}

/* Grain, hay or fallow on irrigated and rain-fed land, by what is left of each after inputs and labour. Land
 * of schemes and forage land keep their crop, but where nobody is at home to work it. */
static void choose_crops(struct village *village, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    const struct land_params *self = &scenario->land;
    const struct household_table *households = &village->households;
    struct parcel_table *parcels = &village->parcels;
    struct prospect prospects[PARCEL_KINDS][GROWN];
    for (int32_t kind = 0; kind < PARCEL_KINDS; kind++)
        for (int32_t crop = 0; crop < GROWN; crop++)
            prospects[kind][crop] = prospect_of(scenario, moment, kind, crop, 1.0);

    /* First what the land could bear, in grams, then what that makes grain and hay worth. */
    int64_t *grain = village->scratch_amount, *hay = village->scratch_share;
    double *day_fen = village->scratch_score;
    for (sim_row h = 0; h < households->head.n; h++)
        grain[h] = hay[h] = 0;
    for (sim_row p = 0; p < parcels->head.n; p++) {
        if (parcels->household[p] == SIM_ROW_NONE)
            continue;
        int32_t kind = parcels->kind[p];
        int64_t *of = kind == PARCEL_FORAGE ? hay : grain;
        of[parcels->household[p]] +=
            (int64_t)((double)parcels->area_m2[p] * parcels->quality[p] * parcels->technique[p] *
                      prospects[kind][crop_of_kind(kind)].kg * 1000.0);
    }
    for (sim_row h = 0; h < households->head.n; h++)
        if (grain[h] > 0)
            day_fen[h] = work_day_worth(village, h, moment);
    value_crops(village, moment, grain, hay);

    double change = self->change_cost * 100.0 * moment->index;
    for (sim_row p = 0; p < parcels->head.n; p++) {
        sim_row h = parcels->household[p];
        int32_t kind = parcels->kind[p];
        if (h == SIM_ROW_NONE || parcels->scheme[p] != PARCEL_NO_SCHEME)
            continue;
        if (households->home_workers[h] <= 0.0f) {
            parcels->crop[p] = CROP_FALLOW;
            continue;
        }
        if (kind == PARCEL_FORAGE) {
            parcels->crop[p] = CROP_HAY;
            continue;
        }
        double quality = (double)parcels->quality[p] * parcels->technique[p];
        int32_t best = CROP_FALLOW;
        double most = parcels->crop[p] == CROP_FALLOW ? change : 0.0;
        for (int32_t crop = GROWN - 1; crop >= 0; crop--) { /* of equals the first: grain before hay */
            const struct prospect *of = &prospects[kind][crop];
            double value = (double)(crop == CROP_HAY ? hay : grain)[h] * 1e-6;
            double gain = of->kg * quality * value - of->inputs_fen - crops_days(self, kind) * day_fen[h] +
                          (parcels->crop[p] == crop ? change : 0.0);
            if (gain >= most) {
                most = gain;
                best = crop;
            }
        }
        parcels->crop[p] = (uint8_t)best;
    }
}

void crops_sow(struct village *village, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    const struct land_params *self = &scenario->land;
    if (moment->calendar_month != self->sowing_month)
        return;
    if (self->choice)
        choose_crops(village, moment);
    village->land_is_counted = false;
    struct household_table *households = &village->households;
    struct parcel_table *parcels = &village->parcels;
    int64_t *cost = village->scratch_amount, *worth = village->scratch_share;
    for (sim_row h = 0; h < households->head.n; h++)
        cost[h] = worth[h] = 0;
    double growth = progress(scenario, moment->year);
    double inputs[PARCEL_KINDS][GROWN], value[PARCEL_KINDS][GROWN]; /* of a square metre, all inputs given */
    for (int32_t kind = 0; kind < PARCEL_KINDS; kind++)
        for (int32_t crop = 0; crop < GROWN; crop++) {
            inputs[kind][crop] = inputs_fen(self, kind, crop, moment->index);
            value[kind][crop] = yield_kg(self, kind, crop) * growth * moment->sell[good_of(crop)];
        }
    for (sim_row p = 0; p < parcels->head.n; p++) {
        sim_row h = parcels->household[p];
        int32_t kind = parcels->kind[p], crop = parcels->crop[p];
        parcels->sown[p] = h != SIM_ROW_NONE && crop != CROP_FALLOW;
        if (!parcels->sown[p])
            continue;
        double area = (double)parcels->area_m2[p];
        cost[h] += (int64_t)(area * inputs[kind][crop]);
        worth[h] += (int64_t)(area * parcels->quality[p] * parcels->technique[p] * value[kind][crop]);
    }
    for (sim_row h = 0; h < households->head.n; h++) {
        households->crop_care[h] = 0.0;
        households->crop_inputs[h] = 0.0;
        if (cost[h] <= 0)
            continue;
        int64_t wanted = (int64_t)(best_inputs(self, (double)worth[h], (double)cost[h]) * (double)cost[h]);
        int64_t paid = wanted < households->cash_fen[h] ? wanted : households->cash_fen[h];
        households->crop_inputs[h] = (float)((double)paid / (double)cost[h]);
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
    double growth = progress(scenario, moment->year - (self->harvest_month < self->sowing_month));
    uint64_t salt =
        sim_rand_word(village->luck, scenario->county_key, SIM_PURPOSE_HARVEST_LUCK, (uint64_t)moment->year);
    for (sim_row h = 0; h < households->head.n; h++) {
        if (households->crop_care[h] <= 0.0f) { /* nothing sown, or nobody looked after it */
            factor[h] = self->labour_elasticity > 0.0 ? 0.0 : 1.0;
            if (factor[h] == 0.0)
                continue;
        }
        double luck = growth;
        if (scenario->shocks.weather) {
            double u = sim_rand_unit(sim_rand_salted(salt, households->key[h]));
            luck *= sim_dist_lognormal(u, 1.0, scenario->shocks.plot_luck);
        }
        double care = households->crop_care[h] < 1.0f ? households->crop_care[h] : 1.0;
        factor[h] = luck * sim_real_pow(care, self->labour_elasticity) *
                    input_factor(self, households->crop_inputs[h]);
    }
    for (sim_row p = 0; p < parcels->head.n; p++) {
        sim_row h = parcels->household[p];
        if (h == SIM_ROW_NONE || !parcels->sown[p])
            continue;
        parcels->sown[p] = 0;
        int32_t kind = parcels->kind[p], crop = parcels->crop[p];
        double kg = (double)parcels->area_m2[p] * yield_kg(self, kind, crop) * parcels->quality[p] *
                    parcels->technique[p] * factor[h] * season_of(kind, moment->season);
        int64_t grams = (int64_t)(kg * 1000.0);
        bool is_hay = crop == CROP_HAY;
        int64_t value = (int64_t)((double)grams / 1000.0 * moment->sell[good_of(crop)]);
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
        sell_store(village, h, &households->grain_g[h], grain_need(village, h), moment->sell[GOOD_GRAIN],
            FLOW_GRAIN_SOLD);
        double hay = hay_need(village, h);
        sell_store(village, h, &households->hay_g[h], hay, moment->sell[GOOD_HAY], FLOW_HAY_SOLD);
    }
}
