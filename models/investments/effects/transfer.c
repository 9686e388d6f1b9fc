/* Transfer: cash to households. Fails when the fund has leaked away, or nobody is there to take it: then the
 * money lies with the collective. */
#include "models/investments/effects/transfer.h"

#include "models/county/hub.h"
#include "models/investments/life.h"
#include "sim/data/split.h"
#include "sim/time/calendar.h"

#define SIM_PARAM_SELF struct transfer_config
static const struct sim_param params[] = {TRANSFER_EFFECT_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
static const struct sim_schema schema = {
    "transfer", "cash to households", params, SIM_COUNT(params), sizeof(struct transfer_config), NULL, 0};

static void check(const struct effect_config *effect, const struct effect_reading *reading)
{
    const struct transfer_config *config = &effect->as.transfer;
    char bought[100];
    effect_check_places(reading, "transfer.places", config->places);
    snprintf(bought, sizeof(bought), "transfer.amount: %lld times %.10g CNY", (long long)config->places,
        (double)config->amount / 100);
    effect_check_capital(reading, effect_place(reading, "amount"), bought, config->places * config->amount);
}

static int start(
    struct sim_context *context, struct hub *hub, int32_t scheme, double scale, struct sim_error *error)
{
    (void)scale;
    const struct effect_config *effect = &hub->scenario->effects[scheme];
    const struct transfer_config *config = &effect->as.transfer;
    int64_t fund = hub->investments.fund_fen[effect->investment];
    int64_t places = fund / config->amount < config->places ? fund / config->amount : config->places;
    life_spend(hub, effect->investment, places * config->amount, FLOW_COMPENSATION_SENT);
    return hub_send_split(context, hub, MESSAGE_GRANT, scheme, places, config->amount, error);
}

static int64_t takes_cash(void *user, struct village *village, sim_row household, int64_t left)
{
    (void)user, (void)village, (void)household;
    return left > 0; /* cash without a condition costs nothing to take */
}

int transfer_on_grant(struct sim_context *context, struct village *village, int32_t scheme, int64_t fen,
    int64_t each, struct sim_error *error)
{
    struct household_table *households = &village->households;
    int32_t month = sim_month_from_time(context->now);
    sim_row n = 0;
    if (each > 0) {
        const struct transfer_config *config = &village->scenario->effects[scheme].as.transfer;
        sim_row first = village->participations.head.n;
        int64_t taken;
        int code = participation_offer(village, scheme, config->targeting, config->targeting_error,
            fen / each, month, takes_cash, NULL, &taken, error);
        if (code < 0)
            return code;
        for (sim_row p = first; p < village->participations.head.n; p++)
            if (village->participations.state[p] == PARTICIPATION_MEMBER)
                village->scratch_order[n++] = village->participations.household[p];
        for (sim_row i = 0; i < n; i++)
            village->scratch_share[i] = each;
    } else {
        for (sim_row h = 0; h < households->head.n; h++)
            if (households->present[h]) {
                village->scratch_amount[n] = 1;
                village->scratch_key[n] = households->key[h];
                village->scratch_order[n++] = h;
            }
        sim_split(fen, village->scratch_amount, village->scratch_key, n, village->scratch_share,
            village->scratch_row);
    }
    int64_t given = 0;
    for (sim_row i = 0; i < n; i++) {
        sim_row h = village->scratch_order[i];
        int64_t share = village->scratch_share[i];
        household_receive(households, h, INCOME_TRANSFER, share);
        given += share;
    }
    village->collective_fen += fen - given;
    village->schemes.to_households_fen[scheme] += given;
    sim_ledger_post(&village->ledger, FLOW_TRANSFER_RECEIVED, given);
    sim_ledger_post(&village->ledger, FLOW_TRANSFER_UNUSED, fen - given);
    return 0;
}

const struct effect_type effect_transfer = {
    .name = "transfer", .schema = &schema, .check = check, .start = start};
