/* Plant: an enterprise with capacity, recipe, staff and channels, built by the investment
 * (models/enterprises/plant.h runs it). Fails by standing idle (no animals, no staff, no demand) and by
 * running out of money. */
#include "models/enterprises/plant.h"

#include "models/investments/life.h"

#define SIM_PARAM_SELF struct plant_config
static const struct sim_param params[] = {PLANT_EFFECT_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
static const struct sim_schema schema = {"plant",
    "processing capacity of an enterprise: recipe, staff, demand", params, SIM_COUNT(params),
    sizeof(struct plant_config), NULL, 0};

static int start(
    struct sim_context *context, struct hub *hub, int32_t scheme, double scale, struct sim_error *error)
{
    (void)context, (void)scale, (void)error;
    int32_t investment = hub->scenario->effects[scheme].investment;
    int64_t capital = life_spend(hub, investment, hub->investments.fund_fen[investment], FLOW_CAPITAL_PLANT);
    plant_open(hub, scheme, capital);
    return 0;
}

static int on_county_message(struct sim_context *context, struct hub *hub, int32_t scheme,
    const struct sim_event *message, struct sim_error *error)
{
    (void)context, (void)error;
    int32_t place = hub_place(hub, scheme, (int32_t)message->data[2]);
    if (message->kind == MESSAGE_QUIT && hub->places.staff[place] > 0) {
        hub->places.staff[place]--;
        hub->schemes.staff[scheme]--;
    } else if (message->kind == MESSAGE_WAGES_BACK) {
        hub->schemes.cash_fen[scheme] += message->data[0];
        hub->schemes.cum_to_households_fen[scheme] -= message->data[0];
        sim_ledger_post(&hub->ledger, FLOW_WAGES_BACK, message->data[0]);
    }
    return 0;
}

static int month(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error)
{
    int code = plant_month(context, hub, scheme, error); /* who is hired works from the next month */
    return code < 0 ? code : plant_hire(context, hub, scheme, error);
}

const struct effect_type effect_plant = {
    .name = "plant",
    .schema = &schema,
    .start = start,
    .month = month,
    .stop = plant_close,
    .on_county_message = on_county_message,
};
