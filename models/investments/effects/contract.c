/* Contract: an enterprise buys herders' animals at a premium over the market, or at a fixed price. Members
 * may sell elsewhere; the buyer may not take all, and may not pay in full. Fails by side-selling when the
 * market rises over a fixed price or trust is gone, and by insolvency of the buyer. */
#include "models/investments/effects/contract.h"

#include "models/county/hub.h"
#include "models/labour/work.h"
#include "sim/data/split.h"
#include "sim/time/calendar.h"

#define SIM_PARAM_SELF struct contract_config
static const struct sim_param params[] = {CONTRACT_EFFECT_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
static const struct sim_schema schema = {"contract", "offtake between an enterprise and herders", params,
    SIM_COUNT(params), offsetof(struct contract_config, plant_scheme), NULL, 0};

/* Share of the market price that a delivery brings when the buyer passes it on: freight is lost. Assumption.
 */
#define PASSED_ON_SHARE 0.9
double contract_price(const struct effect_config *effect, double market, int64_t fixed)
{
    const struct contract_config *config = &effect->as.contract;
    double price = config->pricing ? (double)fixed : market * (1.0 + config->premium);
    double floor = config->floor * 100.0;
    return price > floor ? price : floor;
}

static void check(const struct effect_config *effect, const struct effect_reading *reading)
{
    effect_check_places(reading, "contract.places", effect->as.contract.places);
}

static int start(
    struct sim_context *context, struct hub *hub, int32_t scheme, double scale, struct sim_error *error)
{
    (void)scale;
    const struct contract_config *config = &hub->scenario->effects[scheme].as.contract;
    double market = hub->board->price[GOOD_SHEEP + config->species];
    hub->schemes.fixed_fen[scheme] = (int64_t)(market * (1.0 + config->premium));
    return hub_send_split(context, hub, MESSAGE_OFFER, scheme, config->places, 0, error);
}

/* Takes or passes on one delivery; owed[] and the animals are booked here, the money when all are known. */
static bool take(struct hub *hub, int32_t scheme, sim_row request)
{
    const struct contract_config *config = &hub->scenario->effects[scheme].as.contract;
    int32_t plant = config->plant_scheme;
    int64_t heads = hub->requests.heads[request];
    bool is_open = hub->schemes.running[plant] && !hub->schemes.failed[plant] && hub->schemes.running[scheme];
    bool has_room = hub->schemes.bought_year[scheme] + heads <= config->quota;
    bool is_taken = is_open && has_room && hub->board->contract_fen[scheme] > 0.0;
    if (is_taken) {
        hub->schemes.bought_year[scheme] += heads;
        hub->schemes.stock_heads[plant] += heads;
    }
    sim_ledger_post(
        &hub->ledger, accounts_plant_flow(config->species, is_taken ? PLANT_ACCEPTED : PLANT_PASSED), heads);
    return is_taken;
}

static double transport_of(const struct scenario *scenario, int32_t village)
{
    return scenario->townships[scenario->villages[village].township].transport;
}

/* Clears the month's deliveries in the order of their keyed tickets; herders get the price at the plant less
 * freight, which the plant pays. */
static int month(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error)
{
    const struct contract_config *config = &hub->scenario->effects[scheme].as.contract;
    int32_t plant = config->plant_scheme;
    int64_t *owed = hub->scratch_amount;
    sim_row *order = hub->scratch_order;
    int32_t n_asked = hub_rank_requests(
        hub, MESSAGE_DELIVERY, scheme, sim_month_from_time(context->now), hub->requests.head.n);
    double passed = PASSED_ON_SHARE * hub->board->price[GOOD_SHEEP + config->species];
    int64_t total = 0, freight = 0;
    int32_t n = 0; /* those taken move to the front of order */
    for (int32_t i = 0; i < n_asked; i++) {
        sim_row r = order[i];
        if (take(hub, scheme, r)) {
            order[n] = r;
            double price = hub->board->contract_fen[scheme];
            double share = transport_of(hub->scenario, hub->requests.village[r]);
            owed[n] = (int64_t)(price * (1.0 - share) * (double)hub->requests.heads[r]);
            freight += (int64_t)(price * share * (double)hub->requests.heads[r]);
            hub->scratch_key[n] = hub->requests.key[r];
            total += owed[n++];
            continue;
        }
        double share = transport_of(hub->scenario, hub->requests.village[r]);
        int64_t fen = (int64_t)(passed * (1.0 - share) * (double)hub->requests.heads[r]);
        sim_ledger_post(&hub->ledger, FLOW_PASSED_ON_SENT, fen);
        int code = hub_send(context, hub, hub->requests.village[r], MESSAGE_PAY_ONE, scheme,
            hub->requests.entity[r], fen, fen, error);
        if (code < 0)
            return code;
    }
    int64_t pay = total < hub->schemes.cash_fen[plant] ? total : hub->schemes.cash_fen[plant];
    hub->schemes.cash_fen[plant] -= pay;
    hub->schemes.cum_to_households_fen[scheme] += pay;
    sim_ledger_post(&hub->ledger, FLOW_OFF_TAKE_SENT, pay);
    freight = freight < hub->schemes.cash_fen[plant] ? freight : hub->schemes.cash_fen[plant];
    hub->schemes.cash_fen[plant] -= freight;
    sim_ledger_post(&hub->ledger, FLOW_PLANT_COSTS, freight);
    sim_split(pay, owed, hub->scratch_key, n, hub->scratch_share, hub->scratch_row);
    for (int32_t i = 0; i < n; i++) {
        sim_row r = order[i];
        int code = hub_send(context, hub, hub->requests.village[r], MESSAGE_PAY_ONE, scheme,
            hub->requests.entity[r], hub->scratch_share[i], owed[i], error);
        if (code < 0)
            return code;
    }
    return 0;
}

/* The end of the program, or of the buyer: nobody is bound any more. */
int contract_close(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error)
{
    const struct scenario *scenario = hub->scenario;
    const struct investment_config *program = &scenario->investments[scenario->effects[scheme].investment];
    hub->schemes.running[scheme] = 0;
    int code = 0;
    for (int32_t v = 0; code == 0 && v < scenario->n_villages; v++)
        if (program->targets[v])
            code = hub_send(context, hub, v, MESSAGE_CLOSED, scheme, 0, 0, 0, error);
    return code;
}

struct contract_offer {
    const struct contract_config *config;
    int32_t scheme;
};

/* Herders of the species sign when the premium, to their taste, is worth being bound. */
static int64_t signs(void *user, struct village *village, sim_row household, int64_t left)
{
    const struct contract_offer *offer = user;
    int32_t species = offer->config->species;
    if (herd_heads(&village->herds, household * SPECIES_COUNT + species) == 0)
        return -1;
    if (left <= 0)
        return 0;
    double u = sim_rand_uniform(
        village->luck, participation_luck(village, household, offer->scheme), SIM_PURPOSE_OFFER_TASTE, 0);
    /* A fixed price is judged as the market price plus its premium too: nobody foresees the market. The cost
     * of being bound is spread evenly from 0 to 10 percent of the price (assumption). */
    return offer->config->premium > 0.10 * (1.0 - u);
}

static int on_village_message(struct sim_context *context, struct village *village, int32_t scheme,
    const struct sim_event *message, struct sim_error *error)
{
    struct household_table *households = &village->households;
    if (message->kind == MESSAGE_OFFER) {
        const struct contract_config *config = &village->scenario->effects[scheme].as.contract;
        struct contract_offer offer = {config, scheme};
        int64_t taken;
        return participation_offer(village, scheme, config->targeting, config->targeting_error,
            message->data[0], sim_month_from_time(context->now), signs, &offer, &taken, error);
    }
    if (message->kind == MESSAGE_CLOSED)
        participation_release(village, scheme, sim_month_from_time(context->now));
    if (message->kind != MESSAGE_PAY_ONE)
        return 0;
    sim_row h = (sim_row)message->data[0];
    int64_t paid = message->data[1], due = message->data[2];
    sim_ledger_post(&village->ledger, FLOW_OFF_TAKE_PAID, paid);
    if (!households->present[h]) { /* died out meanwhile */
        village->collective_fen += paid;
        sim_ledger_post(&village->ledger, FLOW_ESTATE, paid);
        return 0;
    }
    household_receive(households, h, INCOME_HERD, paid);
    village->schemes.to_households_fen[scheme] += paid;
    sim_row p = participation_find(village, h, scheme);
    if (p != SIM_ROW_NONE && due > 0) {
        struct participation_table *participations = &village->participations;
        participations->due_fen[p] += due;
        participations->paid_fen[p] += paid;
        participations->trust[p] = 0.5 * participations->trust[p] + 0.5 * (double)paid / (double)due;
    }
    return 0;
}

/* What a member takes the contract price of an adult animal, less freight, to be worth: as far as it trusts
 * that it will be paid, and with its lasting loyalty to the buyer. */
static double worth(const struct village *village, sim_row participation)
{
    int32_t scheme = village->participations.scheme[participation];
    sim_key key = participation_luck(village, village->participations.household[participation], scheme);
    double u = sim_rand_uniform(village->luck, key, SIM_PURPOSE_OFFER_LOYALTY, 0);
    double loyalty = 2.0 * u * village->scenario->effects[scheme].as.contract.loyalty;
    double price =
        village->board->contract_fen[scheme] * (1.0 - transport_of(village->scenario, village->number));
    return price * village->participations.trust[participation] * (1.0 + loyalty);
}

int contract_deliver(struct sim_context *context, struct village *village, const struct moment *moment,
    sim_row household, int32_t species, int32_t heads, int64_t *delivered, struct sim_error *error)
{
    *delivered = 0;
    uint64_t schemes = village->households.schemes[household];
    const struct scenario *scenario = village->scenario;
    for (int32_t scheme = 0; schemes != 0 && scheme < scenario->n_schemes; scheme++, schemes >>= 1) {
        const struct effect_config *effect = &scenario->effects[scheme];
        if (!(schemes & 1u) || effect->kind != EFFECT_CONTRACT || effect->as.contract.species != species)
            continue;
        if (village->board->contract_fen[scheme] <= 0.0 || village->board->contract_room[scheme] < heads)
            continue;
        sim_row p = participation_find(village, household, scheme);
        if (moment->sell[GOOD_SHEEP + species] > worth(village, p)) {
            village->schemes.side_sold[scheme] += heads;
            continue;
        }
        village->schemes.delivered[scheme] += heads;
        /* What the scheme brings a household is what it pays over the market. */
        village->schemes.to_households_fen[scheme] -=
            (int64_t)(moment->sell[GOOD_SHEEP + species] * (double)heads);
        *delivered = heads;
        return village_send(context, village, MESSAGE_DELIVERY, scheme, household,
            (int64_t)village->households.key[household], (uint32_t)heads, error);
    }
    return 0;
}

/* Members leave when the market pays more than they trust the buyer to. */
static int review(
    struct sim_context *context, struct village *village, int32_t scheme, struct sim_error *error)
{
    (void)error;
    struct moment moment;
    village_moment(village, sim_month_from_time(context->now), &moment);
    double market = moment.sell[GOOD_SHEEP + village->scenario->effects[scheme].as.contract.species];
    struct participation_table *self = &village->participations;
    for (sim_row p = 0; p < self->head.n; p++)
        if (self->scheme[p] == scheme && self->state[p] == PARTICIPATION_MEMBER &&
            village->board->contract_fen[scheme] > 0.0 && market > worth(village, p))
            participation_leave(village, p, moment.month, true);
    return 0;
}

const struct effect_type effect_contract = {
    .name = "contract",
    .schema = &schema,
    .check = check,
    .start = start,
    .month = month,
    .stop = contract_close,
    .on_village_message = on_village_message,
    .review = review,
};
