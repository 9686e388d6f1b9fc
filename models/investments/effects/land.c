/* Land: levels, irrigates or improves land that was waste or commons pasture, and offers it to households as
 * plots. Whose use ends: the users of the pasture, all of the village. Fails when the plots are refused (fees
 * or labour cost more than they bring): then the pasture is gone and the plots lie idle. */
#include "models/investments/effects/effect.h"

#include <math.h>

#include "models/county/hub.h"
#include "models/county/village.h"
#include "models/investments/life.h"
#include "models/labour/work.h"
#include "models/land/crops.h"
#include "sim/time/calendar.h"

#define SIM_PARAM_SELF struct land_config
static const struct sim_param params[] = {LAND_EFFECT_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
static const struct sim_schema schema = {"land",
    "levels, irrigates, improves land and gives plots to households", params, SIM_COUNT(params),
    sizeof(struct land_config), NULL, 0};

#define M2_PER_MU (2000.0 / 3.0)
/* Outside these, works on a mu are a slip of units and no project: levelling and canals of an irrigated mu
 * cost some thousand CNY. */
#define CHEAPEST_MU 100.0
#define DEAREST_MU 100000.0

/* Land that is not there would be handed out nevertheless: the model takes an area as given. */
static void check_area(const struct land_config *config, const struct effect_reading *reading)
{
    const struct county_config *county = &reading->scenario->county;
    double area = round((double)config->area / M2_PER_MU * 10) / 10, taken = area * config->pasture_share;
    double pasture = (double)effect_pasture(reading) / M2_PER_MU;
    double fields = (double)county->persons * (county->irrigated + county->rainfed + county->forage);
    double land = (county->pasture * 1e6 + fields) / M2_PER_MU;
    struct sim_place place = effect_place(reading, "area");
    if (area > land)
        sim_diag_error(reading->diag, place,
            "land.area: %.10g mu are more than the county's pasture and fields, %.10g mu", area, land);
    else if (taken > pasture)
        sim_diag_error(reading->diag, place,
            "land.area: %.10g mu take %.10g mu of commons pasture (pasture_share %.6g); the recipients have "
            "%.10g mu",
            area, taken, config->pasture_share, pasture);
}

static void check_cost(const struct land_config *config, const struct effect_reading *reading)
{
    const struct investment_config *investment = reading->investment;
    double works = investment->works * (double)investment->budget / 100;
    double area = round((double)config->area / M2_PER_MU * 10) / 10, each = works / area;
    bool is_cheap = each < CHEAPEST_MU;
    bool is_dear = each > DEAREST_MU && investment->n_effects == 1;
    if (is_cheap || is_dear)
        sim_diag_warning(reading->diag, effect_place(reading, "area"),
            "land.area: works of %.10g CNY (budget times works) on %.10g mu are %.6g CNY/mu; expected %.10g "
            "to %.10g CNY/mu%s",
            works, area, each, CHEAPEST_MU, DEAREST_MU, is_cheap ? ": the plots come nevertheless" : "");
}

static void check(const struct effect_config *effect, const struct effect_reading *reading)
{
    if (effect_households(reading) > 0)
        check_area(&effect->as.land, reading);
    if (reading->knows_money)
        check_cost(&effect->as.land, reading);
}

static int start(
    struct sim_context *context, struct hub *hub, int32_t scheme, double scale, struct sim_error *error)
{
    const struct effect_config *effect = &hub->scenario->effects[scheme];
    const struct land_config *config = &effect->as.land;
    int64_t area = (int64_t)((double)config->area * scale);
    double lost = (double)area * config->pasture_share;
    int64_t owed = (int64_t)(lost * config->compensation * 100.0);
    if (owed > 0) {
        int64_t paid = life_spend(hub, effect->investment, owed, FLOW_COMPENSATION_SENT);
        int code = hub_send_split(context, hub, MESSAGE_GRANT, scheme, paid, 0, error);
        if (code < 0)
            return code;
    }
    return hub_send_split(context, hub, MESSAGE_OFFER, scheme, area, 0, error);
}

struct plot_offer {
    const struct land_config *config;
    const struct moment *moment;
    int32_t scheme;
};

/* What a square metre brings a household a year, after inputs, fee and the labour it costs; with the
 * household's lasting taste for the place, within a quarter of the margin. */
static double gain(const struct plot_offer *offer, const struct village *village, sim_row household)
{
    const struct scenario *scenario = village->scenario;
    double margin = crops_margin(scenario, offer->moment, offer->config->use, offer->config->technique);
    double u = sim_rand_uniform(
        village->luck, participation_luck(village, household, offer->scheme), SIM_PURPOSE_OFFER_TASTE, 0);
    return margin - offer->config->water_fee * 100.0 * offer->moment->index -
           scenario->land.labour * work_day_worth(village, household, offer->moment) +
           0.5 * (u - 0.5) * (margin > 0.0 ? margin : 0.0);
}

static int64_t takes_plot(void *user, struct village *village, sim_row household, int64_t left)
{
    const struct plot_offer *offer = user;
    if (village->households.home_workers[household] < 0.5 || gain(offer, village, household) <= 0.0)
        return 0;
    return left < offer->config->plot ? left : offer->config->plot;
}

static int on_offer(struct sim_context *context, struct village *village, int32_t scheme, int64_t area,
    struct sim_error *error)
{
    const struct land_config *config = &village->scenario->effects[scheme].as.land;
    int64_t pasture = (int64_t)((double)area * config->pasture_share);
    pasture = pasture < village->pasture_m2 ? pasture : village->pasture_m2;
    village->pasture_m2 -= pasture;
    village->idle_m2 += area;
    sim_ledger_post(&village->ledger, FLOW_PASTURE_CONVERTED, pasture);
    sim_ledger_post(&village->ledger, FLOW_PLOT_MADE, area);

    struct moment moment;
    village_moment(village, sim_month_from_time(context->now), &moment);
    struct plot_offer offer = {config, &moment, scheme};
    int64_t taken;
    int32_t first = village->participations.head.n;
    int code = participation_offer(village, scheme, config->targeting, config->targeting_error, area,
        moment.month, takes_plot, &offer, &taken, error);
    if (code < 0)
        return code;
    for (sim_row p = first; p < village->participations.head.n; p++) {
        if (village->participations.state[p] != PARTICIPATION_MEMBER)
            continue;
        sim_row parcel = sim_table_add(&village->parcels, &parcel_table_type, village->arena, error);
        if (parcel < 0)
            return parcel;
        village->parcels.household[parcel] = village->participations.household[p];
        village->parcels.owner[parcel] = village->participations.household[p];
        village->parcels.kind[parcel] = (int8_t)config->use;
        village->parcels.crop[parcel] = config->use == PARCEL_FORAGE ? CROP_HAY : CROP_GRAIN;
        village->parcels.scheme[parcel] = (int16_t)scheme;
        village->parcels.area_m2[parcel] = (int32_t)village->participations.amount[p];
        village->parcels.quality[parcel] = 1.0;
        village->parcels.technique[parcel] = config->technique;
    }
    village->land_is_counted = false;
    village->idle_m2 -= taken;
    village->schemes.plot_m2[scheme] += taken;
    village->schemes.idle_m2[scheme] += area - taken;
    sim_ledger_post(&village->ledger, FLOW_PLOT_TAKEN, taken);
    return village_send(
        context, village, MESSAGE_MEMBERS, scheme, village->schemes.members[scheme], 0, 0, error);
}

static int on_village_message(struct sim_context *context, struct village *village, int32_t scheme,
    const struct sim_event *message, struct sim_error *error)
{
    return message->kind == MESSAGE_OFFER ? on_offer(context, village, scheme, message->data[0], error) : 0;
}

static int on_county_message(struct sim_context *context, struct hub *hub, int32_t scheme,
    const struct sim_event *message, struct sim_error *error)
{
    (void)context, (void)error;
    if (message->kind == MESSAGE_MEMBERS)
        hub->places.members[hub_place(hub, scheme, (int32_t)message->data[2])] = (int32_t)message->data[0];
    return 0;
}

static void give_back(struct village *village, sim_row participation, int32_t scheme)
{
    struct parcel_table *parcels = &village->parcels;
    sim_row household = village->participations.household[participation];
    village->land_is_counted = false;
    for (sim_row p = 0; p < parcels->head.n; p++) {
        if (parcels->household[p] != household || parcels->scheme[p] != scheme)
            continue;
        parcels->household[p] = SIM_ROW_NONE;
        parcels->sown[p] = 0;
        village->idle_m2 += parcels->area_m2[p];
        village->schemes.plot_m2[scheme] -= parcels->area_m2[p];
        village->schemes.idle_m2[scheme] += parcels->area_m2[p];
        sim_ledger_post(&village->ledger, FLOW_PLOT_LEFT, parcels->area_m2[p]);
    }
}

/* Users pay the year's fee as far as money goes, and give the plot back when it does not pay. */
static int review(
    struct sim_context *context, struct village *village, int32_t scheme, struct sim_error *error)
{
    const struct land_config *config = &village->scenario->effects[scheme].as.land;
    struct household_table *households = &village->households;
    struct moment moment;
    village_moment(village, sim_month_from_time(context->now), &moment);
    struct plot_offer offer = {config, &moment, scheme};
    double fee = config->water_fee * 100.0 * moment.index;
    for (sim_row p = 0; p < village->participations.head.n; p++) {
        sim_row h = village->participations.household[p];
        if (village->participations.scheme[p] != scheme ||
            village->participations.state[p] != PARTICIPATION_MEMBER)
            continue;
        int64_t due = (int64_t)(fee * (double)village->participations.amount[p]);
        int64_t paid = due < households->cash_fen[h] ? due : households->cash_fen[h];
        household_receive(households, h, INCOME_CROPS, -paid);
        village->collective_fen += paid;
        sim_ledger_post(&village->ledger, FLOW_WATER_FEE, paid);
        if (gain(&offer, village, h) > 0.0)
            continue;
        give_back(village, p, scheme);
        participation_leave(village, p, moment.month, true);
    }
    return village_send(
        context, village, MESSAGE_MEMBERS, scheme, village->schemes.members[scheme], 0, 0, error);
}

const struct effect_type effect_land = {
    .name = "land",
    .schema = &schema,
    .check = check,
    .start = start,
    .on_county_message = on_county_message,
    .on_village_message = on_village_message,
    .review = review,
};
