/* Herd: gives animals to households, or places them with a cooperative in custody against a yearly payment to
 * members (models/cooperatives/custody.h). Offers may be refused: an animal costs work and feed, membership
 * costs days. Fails by refusal, by the deaths of given animals, and by a cooperative that cannot pay. */
#include "models/cooperatives/custody.h"
#include "models/county/village.h"
#include "models/investments/life.h"
#include "models/labour/work.h"
#include "models/livestock/livestock.h"
#include "sim/data/split.h"
#include "sim/time/calendar.h"

#define SIM_PARAM_SELF struct herd_config
static const struct sim_param params[] = {HERD_EFFECT_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
static const struct sim_schema schema = {"herd", "gives animals, or places them in custody against a payment",
    params, SIM_COUNT(params), sizeof(struct herd_config), NULL, 0};

/* Years of an animal's yield that a household weighs a gift by, and what it yields a year of its price.
 * Assumptions. */
#define GIFT_YIELD 0.25

/* In custody the animals are part of the works, with barns: as much again as the animals is plenty. */
static void check_custody_money(const struct herd_config *config, const struct effect_reading *reading)
{
    const struct investment_config *investment = reading->investment;
    double needed = (double)config->animals * (double)config->price;
    double works = investment->works * (double)investment->budget;
    bool is_much = works > 2 * needed && investment->n_effects == 1;
    if (works < needed || is_much)
        sim_diag_warning(reading->diag, effect_place(reading, "animals"),
            "herd.animals: %lld animals at %.10g CNY cost %.10g CNY, %s the works of %.10g CNY (budget times "
            "works): %s",
            (long long)config->animals, (double)config->price / 100, needed / 100,
            is_much ? "less than half of" : "more than", works / 100,
            is_much ? "the rest is spent on works and brings nothing"
                    : "no more are bought than the works pay for");
}

static void check(const struct effect_config *effect, const struct effect_reading *reading)
{
    const struct herd_config *config = &effect->as.herd;
    char bought[100];
    if (config->mode == HERD_CUSTODY && config->species != SPECIES_CATTLE)
        sim_diag_error(reading->diag, reading->place,
            "herd: custody is modelled for cattle only; expected 'species: cattle'");
    effect_check_places(reading, "herd.places", config->places);
    snprintf(bought, sizeof(bought), "herd.animals: %lld animals at %.10g CNY", (long long)config->animals,
        (double)config->price / 100);
    if (config->mode == HERD_GIFT)
        effect_check_capital(
            reading, effect_place(reading, "animals"), bought, config->animals * config->price);
    else if (reading->knows_money)
        check_custody_money(config, reading);
}

static int start(
    struct sim_context *context, struct hub *hub, int32_t scheme, double scale, struct sim_error *error)
{
    const struct effect_config *effect = &hub->scenario->effects[scheme];
    const struct herd_config *config = &effect->as.herd;
    int64_t heads = (int64_t)((double)config->animals * scale);
    if (config->mode == HERD_GIFT) { /* no more than the fund can pay for */
        int64_t affordable = hub->investments.fund_fen[effect->investment] / config->price;
        return hub_send_split(
            context, hub, MESSAGE_OFFER, scheme, heads < affordable ? heads : affordable, 0, error);
    }
    int64_t capital = life_spend(
        hub, effect->investment, hub->investments.fund_fen[effect->investment], FLOW_CAPITAL_COOPERATIVE);
    /* The animals are part of the works: no more than these paid for. */
    int64_t paid_for = hub->investments.works_fen[effect->investment] / config->price;
    heads = heads < paid_for ? heads : paid_for;
    custody_open(hub, scheme, heads, capital);
    /* What a place is said to be worth a year: the announced payment over the places. */
    double announced =
        config->rate * (double)config->price * (double)heads * (1.0 - config->collective_share);
    return hub_send_split(
        context, hub, MESSAGE_OFFER, scheme, config->places, (int64_t)announced / config->places, error);
}

struct herd_offer {
    const struct herd_config *config;
    const struct moment *moment;
    int32_t scheme;
    int64_t worth_fen; /* custody: announced payment of a place */
};

/* The household's lasting taste for the scheme: a factor on what it is worth, from 0.5 to 1.5. */
static double taste(const struct village *village, sim_row household, int32_t scheme)
{
    return 0.5 + sim_rand_uniform(village->luck, participation_luck(village, household, scheme),
                     SIM_PURPOSE_OFFER_TASTE, 0);
}

static int64_t takes_animals(void *user, struct village *village, sim_row household, int64_t left)
{
    const struct herd_offer *offer = user;
    int32_t species = offer->config->species;
    const struct species_params *of = &village->scenario->livestock.species[species];
    double yield = GIFT_YIELD * offer->moment->sell[GOOD_SHEEP + species];
    double labour = 12.0 * of->labour * work_day_worth(village, household, offer->moment);
    if (village->households.home_workers[household] < 0.5 ||
        yield * taste(village, household, offer->scheme) <= labour)
        return 0;
    int64_t each = offer->config->animals / offer->config->places;
    each = each > 1 ? each : 1;
    return left < each ? left : each;
}

static int64_t joins(void *user, struct village *village, sim_row household, int64_t left)
{
    const struct herd_offer *offer = user;
    double cost = offer->config->member_days * work_day_worth(village, household, offer->moment);
    double worth = (double)offer->worth_fen * taste(village, household, offer->scheme);
    return left > 0 && worth > cost;
}

static int on_offer(struct sim_context *context, struct village *village, int32_t scheme,
    const struct sim_event *message, struct sim_error *error)
{
    const struct herd_config *config = &village->scenario->effects[scheme].as.herd;
    struct moment moment;
    village_moment(village, sim_month_from_time(context->now), &moment);
    struct herd_offer offer = {config, &moment, scheme, message->data[1]};
    bool is_gift = config->mode == HERD_GIFT;
    sim_row first = village->participations.head.n;
    int64_t taken;
    int code = participation_offer(village, scheme, config->targeting, config->targeting_error,
        message->data[0], moment.month, is_gift ? takes_animals : joins, &offer, &taken, error);
    if (code < 0)
        return code;
    for (sim_row p = first; is_gift && p < village->participations.head.n; p++) {
        if (village->participations.state[p] != PARTICIPATION_MEMBER)
            continue;
        sim_row household = village->participations.household[p];
        sim_row row = household * SPECIES_COUNT + config->species;
        village->herds.female[row] += (int32_t)village->participations.amount[p];
        village->herds.target[row] += (int32_t)village->participations.amount[p];
        if (village->households.condition[household] <= 0.0f)
            village->households.condition[household] = 1.0f;
        livestock_recount(village, household);
    }
    if (is_gift) {
        sim_ledger_post(&village->ledger, accounts_herd_flow(config->species, HERD_BOUGHT), taken);
        village->schemes.to_households_fen[scheme] += taken * config->price;
    }
    return village_send(
        context, village, MESSAGE_TAKEN, scheme, taken, village->schemes.members[scheme], 0, error);
}

/* Members share alike; the collective keeps its share, and all where there are no members. */
static void on_dividend(struct village *village, int32_t scheme, int64_t paid, int64_t due)
{
    const struct herd_config *config = &village->scenario->effects[scheme].as.herd;
    struct participation_table *self = &village->participations;
    struct household_table *households = &village->households;
    sim_row n = 0;
    for (sim_row p = 0; p < self->head.n; p++)
        if (self->scheme[p] == scheme && self->state[p] == PARTICIPATION_MEMBER) {
            village->scratch_order[n] = p;
            village->scratch_amount[n] = 1;
            village->scratch_key[n++] = households->key[self->household[p]];
        }
    int64_t kept = n == 0 ? paid : (int64_t)(config->collective_share * (double)paid);
    int64_t shared = paid - kept;
    village->collective_fen += kept;
    sim_ledger_post(&village->ledger, FLOW_DIVIDEND_KEPT, kept);
    sim_ledger_post(&village->ledger, FLOW_DIVIDEND_PAID, shared);
    village->schemes.to_households_fen[scheme] += shared;
    village->current.dividends_fen += shared;
    sim_split(shared, village->scratch_amount, village->scratch_key, n, village->scratch_share,
        village->scratch_row);
    for (sim_row i = 0; i < n; i++) {
        sim_row p = village->scratch_order[i];
        sim_row h = self->household[p];
        int64_t share = village->scratch_share[i];
        household_receive(households, h, INCOME_PROPERTY, share);
        self->paid_fen[p] += share;
        self->due_fen[p] += (int64_t)((1.0 - config->collective_share) * (double)due) / n;
        if (due > 0)
            self->trust[p] = 0.5 * self->trust[p] + 0.5 * (double)paid / (double)due;
    }
}

static int on_village_message(struct sim_context *context, struct village *village, int32_t scheme,
    const struct sim_event *message, struct sim_error *error)
{
    int32_t month = sim_month_from_time(context->now);
    switch (message->kind) {
    case MESSAGE_OFFER:
        return on_offer(context, village, scheme, message, error);
    case MESSAGE_PAY_MEMBERS:
        on_dividend(village, scheme, message->data[0], message->data[1]);
        return 0;
    case MESSAGE_TITLE:
        village->collective_fen += message->data[0];
        sim_ledger_post(&village->ledger, FLOW_TITLE_RECEIVED, message->data[0]);
        return 0;
    case MESSAGE_CLOSED:
        participation_release(village, scheme, month);
        return 0;
    default:
        return 0;
    }
}

static int on_county_message(struct sim_context *context, struct hub *hub, int32_t scheme,
    const struct sim_event *message, struct sim_error *error)
{
    (void)context, (void)error;
    const struct effect_config *effect = &hub->scenario->effects[scheme];
    int32_t village = (int32_t)message->data[2];
    if (message->kind == MESSAGE_TAKEN) {
        hub->places.members[hub_place(hub, scheme, village)] = (int32_t)message->data[1];
        if (effect->as.herd.mode == HERD_GIFT) { /* only what was taken is bought */
            int64_t fen = message->data[0] * effect->as.herd.price;
            int64_t paid = life_spend(hub, effect->investment, fen, FLOW_WORKS);
            hub->schemes.cum_to_households_fen[scheme] += paid;
        }
    } else if (message->kind == MESSAGE_MEMBERS) {
        hub->places.members[hub_place(hub, scheme, village)] = (int32_t)message->data[0];
    }
    return 0;
}

static int month(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error)
{
    if (hub->scenario->effects[scheme].as.herd.mode == HERD_GIFT)
        return 0;
    return custody_month(context, hub, scheme, error);
}

static int stop(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error)
{
    if (hub->scenario->effects[scheme].as.herd.mode == HERD_GIFT)
        return 0;
    return custody_close(context, hub, scheme, error);
}

/* Members weigh what they were paid, as far as they trust it will come, against the days that membership
 * takes. */
static int review(
    struct sim_context *context, struct village *village, int32_t scheme, struct sim_error *error)
{
    const struct herd_config *config = &village->scenario->effects[scheme].as.herd;
    if (config->mode == HERD_GIFT)
        return 0;
    struct participation_table *self = &village->participations;
    struct moment moment;
    village_moment(village, sim_month_from_time(context->now), &moment);
    for (sim_row p = 0; p < self->head.n; p++) {
        if (self->scheme[p] != scheme || self->state[p] != PARTICIPATION_MEMBER)
            continue;
        sim_row h = self->household[p];
        double worth = (double)self->due_fen[p] * self->trust[p] * taste(village, h, scheme);
        double cost = config->member_days * work_day_worth(village, h, &moment);
        bool has_learnt = self->due_fen[p] > 0;
        self->due_fen[p] = self->paid_fen[p] = 0;
        if (has_learnt && worth < cost)
            participation_leave(village, p, moment.month, true);
    }
    return village_send(
        context, village, MESSAGE_MEMBERS, scheme, village->schemes.members[scheme], 0, 0, error);
}

const struct effect_type effect_herd = {
    .name = "herd",
    .schema = &schema,
    .check = check,
    .start = start,
    .month = month,
    .stop = stop,
    .on_county_message = on_county_message,
    .on_village_message = on_village_message,
    .review = review,
};
