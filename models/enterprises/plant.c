#include "models/enterprises/plant.h"

#include "models/investments/effects/contract.h"
#include "models/markets/trade.h"
#include "sim/core/real.h"
#include "sim/time/calendar.h"

static const struct plant_config *config_of(const struct hub *hub, int32_t scheme)
{
    return &hub->scenario->effects[scheme].as.plant;
}

/* Prices of other goods, of the base year's: what costs and wages follow. */
static double cost_index(const struct hub *hub)
{
    return hub->board->price[GOOD_OTHER] / hub->board->base[GOOD_OTHER];
}

double plant_wage(const struct hub *hub, int32_t scheme)
{
    double index = hub->board->price[GOOD_CASUAL] / hub->board->base[GOOD_CASUAL];
    return config_of(hub, scheme)->wage * 100.0 * index;
}

int32_t plant_vacancies(const struct hub *hub, int32_t scheme)
{
    const struct scheme_state_table *self = &hub->schemes;
    if (!self->running[scheme] || self->failed[scheme])
        return 0;
    /* Hires only with three months' wages of the new staff at hand. */
    double months = 3.0 * plant_wage(hub, scheme);
    double affordable = months > 0.0 ? (double)self->cash_fen[scheme] / months - self->staff[scheme] : 1e6;
    int32_t open = self->posts[scheme] - self->staff[scheme];
    open = (double)open < affordable ? open : (int32_t)affordable;
    return open > 0 ? open : 0;
}

void plant_open(struct hub *hub, int32_t scheme, int64_t capital)
{
    hub->schemes.cash_fen[scheme] = hub->schemes.capital_fen[scheme] = capital;
}

int plant_hire(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error)
{
    const struct request_table *requests = &hub->requests;
    /* After the month's pay, and of what was announced only what is still open. */
    int32_t room = hub->schemes.posts[scheme] - hub->schemes.staff[scheme];
    int32_t open = hub->board->vacancies[scheme];
    open = open < room ? open : room;
    if (hub->schemes.failed[scheme] || open <= 0)
        return 0;
    int32_t n = hub_rank_requests(hub, MESSAGE_APPLY, scheme, sim_month_from_time(context->now), open);
    for (int32_t i = 0; i < n; i++) {
        sim_row r = hub->scratch_order[i];
        hub->schemes.staff[scheme]++;
        hub->places.staff[hub_place(hub, scheme, requests->village[r])]++;
        if (hub->schemes.staff[scheme] > hub->schemes.jobs_peak[scheme])
            hub->schemes.jobs_peak[scheme] = hub->schemes.staff[scheme];
        int code = hub_send(context, hub, requests->village[r], MESSAGE_HIRED, scheme, requests->entity[r],
            (int64_t)requests->key[r], 0, error);
        if (code < 0)
            return code;
    }
    return 0;
}

/* Heads that the month's product asks for beyond the stock, bought at the market as far as it pays. */
static void buy_spot(struct hub *hub, int32_t scheme, int64_t heads)
{
    const struct plant_config *config = config_of(hub, scheme);
    struct scheme_state_table *self = &hub->schemes;
    double price = hub->board->price[GOOD_SHEEP + config->species];
    double margin = (config->price - config->costs) * 100.0 * cost_index(hub) * config->product_per_head;
    if (heads <= 0 || margin <= price)
        return;
    int64_t affordable = (int64_t)((double)self->cash_fen[scheme] / price);
    int64_t n = heads < affordable ? heads : affordable;
    int64_t fen = (int64_t)(price * (double)n);
    self->cash_fen[scheme] -= fen;
    self->stock_heads[scheme] += n;
    trade_count_purchase(hub, GOOD_SHEEP + config->species, n);
    sim_ledger_post(&hub->ledger, FLOW_PLANT_SPOT, fen);
    sim_ledger_post(&hub->ledger, accounts_plant_flow(config->species, PLANT_SPOT), n);
}

/* Makes what staff, capacity, animals and demand allow. */
static void make(struct hub *hub, int32_t scheme, double demand_g)
{
    const struct plant_config *config = config_of(hub, scheme);
    struct scheme_state_table *self = &hub->schemes;
    double jobs = (double)config->jobs * self->scale[scheme];
    double manned = jobs > 0.0 ? (double)self->staff[scheme] / jobs : 1.0;
    double capacity = (double)config->capacity / 12.0 * self->scale[scheme] * (manned < 1.0 ? manned : 1.0);
    double want = demand_g - (double)self->stock_g[scheme];
    want = want < capacity ? want : capacity;
    if (want <= 0.0)
        return;
    double per_head = config->product_per_head * 1000.0;
    int64_t heads = (int64_t)(want / per_head) + 1;
    int64_t spot = (int64_t)(config->spot_share * capacity / per_head);
    int64_t short_of = heads - self->stock_heads[scheme];
    buy_spot(hub, scheme, short_of < spot ? short_of : spot);
    heads = heads < self->stock_heads[scheme] ? heads : self->stock_heads[scheme];
    int64_t grams = heads * (int64_t)per_head;
    self->stock_heads[scheme] -= heads;
    self->stock_g[scheme] += grams;
    sim_ledger_post(&hub->ledger, accounts_plant_flow(config->species, PLANT_SLAUGHTERED), heads);
    sim_ledger_post(&hub->ledger, FLOW_PRODUCT_MADE, grams);
}

static void sell(struct hub *hub, int32_t scheme, double demand_g)
{
    const struct plant_config *config = config_of(hub, scheme);
    struct scheme_state_table *self = &hub->schemes;
    int64_t grams = (double)self->stock_g[scheme] < demand_g ? self->stock_g[scheme] : (int64_t)demand_g;
    int64_t fen = (int64_t)((double)grams / 1000.0 * config->price * 100.0 * cost_index(hub));
    self->stock_g[scheme] -= grams;
    self->cash_fen[scheme] += fen;
    self->year_output_g[scheme] += grams;
    self->year_output_fen[scheme] += fen;
    sim_ledger_post(&hub->ledger, FLOW_PRODUCT_SOLD, grams);
    sim_ledger_post(&hub->ledger, FLOW_PRODUCT_SALE, fen);
    int64_t due =
        (int64_t)(((double)grams / 1000.0 * config->costs + config->fixed_costs) * 100.0 * cost_index(hub));
    int64_t paid = due < self->cash_fen[scheme] ? due : self->cash_fen[scheme];
    self->cash_fen[scheme] -= paid;
    sim_ledger_post(&hub->ledger, FLOW_PLANT_COSTS, paid);
}

/* Wages go out by village, in proportion to staff; who cannot pay in full pays pro
 * rata: *is_short. */
static int pay_wages(
    struct sim_context *context, struct hub *hub, int32_t scheme, bool *is_short, struct sim_error *error)
{
    struct scheme_state_table *self = &hub->schemes;
    int64_t due = (int64_t)(plant_wage(hub, scheme) * (double)self->staff[scheme]);
    int64_t paid = due < self->cash_fen[scheme] ? due : self->cash_fen[scheme];
    *is_short = paid < due;
    if (paid == 0)
        return 0;
    self->cash_fen[scheme] -= paid;
    self->cum_to_households_fen[scheme] += paid;
    sim_ledger_post(&hub->ledger, FLOW_WAGES_SENT, paid);
    return hub_send_by_staff(context, hub, MESSAGE_WAGES, scheme, paid,
        hub->places.staff + hub_place(hub, scheme, 0), 0, hub->scenario->n_villages, error);
}

int plant_close(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error)
{
    const struct plant_config *config = config_of(hub, scheme);
    struct scheme_state_table *self = &hub->schemes;
    if (self->failed[scheme])
        return 0;
    self->failed[scheme] = 1;
    hub->investments.status[hub->scenario->effects[scheme].investment] = INVESTMENT_FAILED;
    int64_t fen =
        (int64_t)(hub->board->price[GOOD_SHEEP + config->species] * (double)self->stock_heads[scheme]);
    sim_ledger_post(
        &hub->ledger, accounts_plant_flow(config->species, PLANT_RESOLD), self->stock_heads[scheme]);
    sim_ledger_post(&hub->ledger, FLOW_PLANT_RESALE, fen);
    sim_ledger_post(&hub->ledger, FLOW_PRODUCT_SPOILT, self->stock_g[scheme]);
    self->cash_fen[scheme] += fen;
    self->stock_heads[scheme] = self->stock_g[scheme] = 0;
    self->staff[scheme] = self->posts[scheme] = 0;
    for (sim_row v = 0; v < hub->scenario->n_villages; v++) {
        sim_row place = hub_place(hub, scheme, v);
        if (hub->places.staff[place] == 0)
            continue;
        hub->places.staff[place] = 0;
        int code = hub_send(context, hub, v, MESSAGE_LAID_OFF, scheme, 0, 0, 0, error);
        if (code < 0)
            return code;
    }
    for (int32_t other = 0; other < hub->scenario->n_schemes; other++) {
        const struct effect_config *effect = &hub->scenario->effects[other];
        if (effect->kind != EFFECT_CONTRACT || effect->as.contract.plant_scheme != scheme ||
            !hub->schemes.running[other])
            continue;
        int code = contract_close(context, hub, other, error);
        if (code < 0)
            return code;
    }
    return 0;
}

int plant_month(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error)
{
    const struct plant_config *config = config_of(hub, scheme);
    struct scheme_state_table *self = &hub->schemes;
    if (self->failed[scheme])
        return 0;
    int32_t months = sim_month_from_time(context->now) + 1 - self->started[scheme];
    double years = months > 0 ? (double)months / 12.0 : 0.0;
    double demand_g = config->demand / 12.0 * 1000.0 * sim_real_pow(1.0 + config->demand_growth, years);
    /* Posts for what the channels take, at most for full capacity. */
    double use = demand_g * 12.0 / ((double)config->capacity * self->scale[scheme]);
    use = use < 1.0 ? use : 1.0;
    self->posts[scheme] = (int32_t)((double)config->jobs * self->scale[scheme] * use + 0.5);
    make(hub, scheme, demand_g);
    sell(hub, scheme, demand_g);
    bool is_short;
    int code = pay_wages(context, hub, scheme, &is_short, error);
    if (code < 0)
        return code;
    bool is_out = is_short || self->cash_fen[scheme] <= 0;
    self->bad_months[scheme] = is_out ? self->bad_months[scheme] + 1 : 0;
    if (self->bad_months[scheme] >= config->patience)
        return plant_close(context, hub, scheme, error);
    return 0;
}
