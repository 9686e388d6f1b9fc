#include "models/cooperatives/custody.h"

#include "models/markets/trade.h"
#include "sim/data/split.h"
#include "sim/rand/dist.h"
#include "sim/time/calendar.h"

enum { CALVING_MONTH = 4, SALE_MONTH = 10 };

static const struct herd_config *config_of(const struct hub *hub, int32_t scheme)
{
    return &hub->scenario->effects[scheme].as.herd;
}

void custody_open(struct hub *hub, int32_t scheme, int64_t heads, int64_t capital)
{
    struct scheme_state_table *self = &hub->schemes;
    self->adults[scheme] = self->placed[scheme] = heads;
    self->value_fen[scheme] = config_of(hub, scheme)->price;
    self->cash_fen[scheme] = self->capital_fen[scheme] = capital;
    sim_ledger_post(&hub->ledger, FLOW_COOPERATIVE_BOUGHT, heads);
}

/* What a cow brings: at the farm gate of the villages where the animals are, by their founding households.
 * The cooperative has no better road to the market than they. */
static double cow_price(const struct hub *hub, int32_t scheme)
{
    const struct scenario *scenario = hub->scenario;
    const struct investment_config *investment = &scenario->investments[scenario->effects[scheme].investment];
    double sum = 0.0, households = 0.0;
    for (sim_row v = 0; v < scenario->n_villages; v++) {
        if (!investment->targets[v])
            continue;
        int32_t town = scenario->villages[v].township;
        double weight = (double)scenario->villages[v].n_households;
        sum += weight * trade_sell(&scenario->markets, hub->board, town, GOOD_CATTLE,
                            hub->board->price[GOOD_CATTLE], scenario->townships[town].transport);
        households += weight;
    }
    return sum / households;
}

static void sell(struct hub *hub, int32_t scheme, int64_t *heads, int64_t n, double worth)
{
    struct scheme_state_table *self = &hub->schemes;
    if (n <= 0)
        return;
    int64_t fen = (int64_t)(worth * cow_price(hub, scheme) * (double)n);
    *heads -= n;
    self->cash_fen[scheme] += fen;
    self->year_output_fen[scheme] += fen;
    sim_ledger_post(&hub->ledger, FLOW_COOPERATIVE_SOLD, n);
    /* Calves are product; cows are what product comes from, and no value is added by selling them. */
    bool is_cows = heads == &self->adults[scheme];
    sim_ledger_post(&hub->ledger, is_cows ? FLOW_COW_SALE : FLOW_COOPERATIVE_SALE, fen);
}

static int64_t keep_alive(struct hub *hub, double u, int64_t heads, double deaths)
{
    int64_t dead = sim_dist_binomial(u, heads, deaths / 12.0);
    sim_ledger_post(&hub->ledger, FLOW_COOPERATIVE_DIED, dead);
    return heads - dead;
}

/* Animals live, die and calve; fattened calves are sold, or replace what has died. */
static void live(struct hub *hub, int32_t scheme, int32_t month)
{
    const struct herd_config *config = config_of(hub, scheme);
    struct scheme_state_table *self = &hub->schemes;
    sim_key key = scenario_scheme_key(hub->scenario, scheme);
    uint64_t words[4];
    sim_rand_block(hub->luck, key, SIM_BLOCK_OF_COOPERATIVE_DEATHS, (uint64_t)month, words);
    double u = sim_rand_unit(words[SIM_WORD_OF_COOPERATIVE_DEATHS]);
    self->adults[scheme] = keep_alive(hub, u, self->adults[scheme], config->deaths);
    self->calves[scheme] = keep_alive(hub, u, self->calves[scheme], 2.0 * config->deaths);
    self->yearlings[scheme] = keep_alive(hub, u, self->yearlings[scheme], config->deaths);
    if (sim_month_of_year(month) == CALVING_MONTH) {
        self->yearlings[scheme] += self->calves[scheme];
        int64_t born = sim_dist_binomial(
            sim_rand_unit(words[SIM_WORD_OF_COOPERATIVE_BIRTHS]), self->adults[scheme], config->births);
        self->calves[scheme] = born;
        sim_ledger_post(&hub->ledger, FLOW_COOPERATIVE_BORN, born);
    }
    if (sim_month_of_year(month) == SALE_MONTH) {
        int64_t missing = self->placed[scheme] - self->adults[scheme];
        int64_t kept = missing < self->yearlings[scheme] / 2 ? missing : self->yearlings[scheme] / 2;
        kept = kept > 0 ? kept : 0;
        self->yearlings[scheme] -= kept;
        self->adults[scheme] += kept;
        sell(hub, scheme, &self->yearlings[scheme], self->yearlings[scheme], config->calf_price);
    }
}

/* Costs come first: when money is short, fattened calves are sold early and then cows, so that the herd
 * shrinks. */
static void pay_costs(struct hub *hub, int32_t scheme)
{
    const struct herd_config *config = config_of(hub, scheme);
    struct scheme_state_table *self = &hub->schemes;
    double heads = (double)self->adults[scheme] +
                   config->calf_costs * (double)(self->calves[scheme] + self->yearlings[scheme]);
    double index = hub->board->price[GOOD_OTHER] / hub->board->base[GOOD_OTHER];
    int64_t due = (int64_t)(heads * config->keeper_costs / 12.0 * 100.0 * index);
    if (due > self->cash_fen[scheme] && self->yearlings[scheme] > 0) /* lighter, so cheaper */
        sell(hub, scheme, &self->yearlings[scheme], self->yearlings[scheme],
            config->early_sale * config->calf_price);
    if (due > self->cash_fen[scheme]) {
        int64_t cows = (int64_t)((double)(due - self->cash_fen[scheme]) / cow_price(hub, scheme)) + 1;
        sell(hub, scheme, &self->adults[scheme], cows < self->adults[scheme] ? cows : self->adults[scheme],
            1.0);
    }
    int64_t paid = due < self->cash_fen[scheme] ? due : self->cash_fen[scheme];
    self->cash_fen[scheme] -= paid;
    sim_ledger_post(&hub->ledger, FLOW_COOPERATIVE_COSTS, paid);
}

/* Splits fen among the members' villages, by members; where there are none, among the recipient villages by
 * founding households. Leaves weights and shares in scratch; returns the sum of the weights. */
static int64_t split_by_members(struct hub *hub, int32_t scheme, int64_t fen)
{
    const struct scenario *scenario = hub->scenario;
    const struct investment_config *investment = &scenario->investments[scenario->effects[scheme].investment];
    int64_t members = 0, sum = 0;
    for (sim_row v = 0; v < scenario->n_villages; v++)
        members += hub->places.members[hub_place(hub, scheme, v)];
    for (sim_row v = 0; v < scenario->n_villages; v++) {
        hub->scratch_amount[v] = members > 0              ? hub->places.members[hub_place(hub, scheme, v)]
                                 : investment->targets[v] ? scenario->villages[v].n_households
                                                          : 0;
        sum += hub->scratch_amount[v];
    }
    hub_split(hub, fen, 0, scenario->n_villages);
    return sum;
}

/* Pays what is due this time and what is owed from before, as far as money goes; the rest is the keeper's
 * debt. */
static int pay(
    struct sim_context *context, struct hub *hub, int32_t scheme, int64_t fresh, struct sim_error *error)
{
    struct scheme_state_table *self = &hub->schemes;
    int64_t due = fresh + self->arrears_fen[scheme];
    int64_t paid = due < self->cash_fen[scheme] ? due : self->cash_fen[scheme];
    self->cash_fen[scheme] -= paid;
    self->arrears_fen[scheme] = due - paid;
    self->year_due_fen[scheme] += fresh;
    self->year_paid_fen[scheme] += paid;
    self->cum_to_households_fen[scheme] += paid;
    sim_ledger_post(&hub->ledger, FLOW_DIVIDEND_SENT, paid);
    int64_t weights = split_by_members(hub, scheme, paid);
    for (sim_row v = 0; v < hub->scenario->n_villages; v++) {
        if (hub->scratch_amount[v] == 0)
            continue;
        int64_t asked = sim_scale(due, hub->scratch_amount[v], weights);
        int code =
            hub_send(context, hub, v, MESSAGE_PAY_MEMBERS, scheme, hub->scratch_share[v], asked, 0, error);
        if (code < 0)
            return code;
    }
    return 0;
}

static int64_t yearly_due(const struct hub *hub, int32_t scheme, int32_t month)
{
    const struct herd_config *config = config_of(hub, scheme);
    const struct scheme_state_table *self = &hub->schemes;
    double value = config->valuation ? hub->board->price[GOOD_CATTLE] : (double)self->value_fen[scheme];
    int64_t heads = config->bears_death ? self->adults[scheme] : self->placed[scheme];
    int32_t months = month + 1 - self->started[scheme];
    double share = months < 12 ? (double)months / 12.0 : 1.0; /* the first year counts by its months */
    return (int64_t)(config->rate * value * (double)heads * share);
}

int custody_close(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error)
{
    struct scheme_state_table *self = &hub->schemes;
    const struct herd_config *config = config_of(hub, scheme);
    if (self->failed[scheme])
        return 0;
    sell(hub, scheme, &self->yearlings[scheme], self->yearlings[scheme], config->calf_price);
    sell(hub, scheme, &self->calves[scheme], self->calves[scheme], config->early_sale * config->calf_price);
    sell(hub, scheme, &self->adults[scheme], self->adults[scheme], 1.0);
    self->failed[scheme] = 1;
    hub->investments.status[hub->scenario->effects[scheme].investment] = INVESTMENT_FAILED;
    /* The title to the animals is the collectives': what they bring, up to what was placed, comes before
     * arrears. */
    int64_t owned = self->placed[scheme] * self->value_fen[scheme];
    int64_t back = owned < self->cash_fen[scheme] ? owned : self->cash_fen[scheme];
    self->cash_fen[scheme] -= back;
    sim_ledger_post(&hub->ledger, FLOW_TITLE_SENT, back);
    split_by_members(hub, scheme, back);
    for (sim_row v = 0; v < hub->scenario->n_villages; v++) {
        if (hub->scratch_amount[v] == 0)
            continue;
        int sent = hub_send(context, hub, v, MESSAGE_TITLE, scheme, hub->scratch_share[v], 0, 0, error);
        if (sent < 0)
            return sent;
    }
    int code = pay(context, hub, scheme, 0, error);
    for (sim_row v = 0; code == 0 && v < hub->scenario->n_villages; v++)
        if (hub->scratch_amount[v] > 0)
            code = hub_send(context, hub, v, MESSAGE_CLOSED, scheme, 0, 0, 0, error);
    return code;
}

int custody_month(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error)
{
    const struct herd_config *config = config_of(hub, scheme);
    struct scheme_state_table *self = &hub->schemes;
    int32_t month = sim_month_from_time(context->now);
    if (self->failed[scheme] || self->started[scheme] > month)
        return 0;
    live(hub, scheme, month);
    pay_costs(hub, scheme);
    double left = (1.0 - config->dispersal) * (double)self->placed[scheme];
    if (self->adults[scheme] == 0 || (double)self->adults[scheme] < left)
        return custody_close(context, hub, scheme, error);
    if (sim_month_of_year(month) == config->pay_month)
        return pay(context, hub, scheme, yearly_due(hub, scheme, month), error);
    return 0;
}
