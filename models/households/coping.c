/* The coping ladder below a household's own cash: kin, credit, sale in need; and what becomes of a debt. */
#include "models/households/coping.h"

#include "models/livestock/livestock.h"
#include "sim/data/split.h"

static int64_t at_most(int64_t value, int64_t limit)
{
    return value < limit ? value : limit;
}

/* What a needy household asks kin for: a share of what it is short of. */
static int64_t asks(const struct household_table *self, sim_row h, double share)
{
    int64_t gap = self->need_fen[h] - self->cash_fen[h];
    return gap > 0 ? (int64_t)((double)gap * share) : 0;
}

/* Lists who can give in `giver`, and what in `can`: a share of its cash above the buffer. Returns how many
 * they are; their sum in *offered. */
static sim_row list_givers(const struct household_table *self, double buffer_each, double share,
    sim_row *restrict giver, int64_t *restrict can, int64_t *offered)
{
    int64_t sum = 0;
    sim_row n = 0;
    for (sim_row h = 0; h < self->head.n; h++) {
        double cash = (double)self->cash_fen[h], buffer = buffer_each * self->consumers[h];
        int64_t fen = (int64_t)(((cash > buffer ? cash : buffer) - buffer) * share);
        giver[n] = h;
        can[n] = fen;
        n += fen > 0;
        sum += fen;
    }
    *offered = sum;
    return n;
}

void coping_share_with_kin(
    struct village *village, const struct moment *moment, const sim_row *needy, sim_row n_needy)
{
    const struct household_params *params = &village->scenario->household;
    struct household_table *self = &village->households;
    int64_t *weight = village->scratch_amount;
    int64_t *part = village->scratch_share;
    sim_row *giver = village->scratch_order + village->scratch_capacity;
    int64_t asked = 0, offered = 0;
    for (sim_row i = 0; i < n_needy && params->sharing; i++)
        asked += asks(self, needy[i], params->kin_share);
    if (asked == 0)
        return;
    double buffer_each = params->buffer * (params->need * 100.0 * moment->index);
    sim_row n_givers = list_givers(self, buffer_each, params->kin_surplus, giver, weight, &offered);
    int64_t pool = at_most(asked, offered);
    if (pool == 0)
        return;
    for (sim_row i = 0; i < n_givers; i++)
        village->scratch_key[i] = self->key[giver[i]];
    sim_split(pool, weight, village->scratch_key, n_givers, part, village->scratch_row);
    for (sim_row i = 0; i < n_givers; i++)
        household_receive(self, giver[i], INCOME_TRANSFER, -part[i]);
    for (sim_row i = 0; i < n_needy; i++) {
        weight[i] = asks(self, needy[i], params->kin_share);
        village->scratch_key[i] = self->key[needy[i]];
    }
    sim_split(pool, weight, village->scratch_key, n_needy, part, village->scratch_row);
    for (sim_row i = 0; i < n_needy; i++) {
        if (part[i] == 0)
            continue;
        household_receive(self, needy[i], INCOME_TRANSFER, part[i]);
        self->rung[needy[i]] = COPING_KIN;
        village->current.coped[COPING_KIN]++;
    }
    sim_ledger_post(&village->ledger, FLOW_KIN_GIVEN, pool);
    sim_ledger_post(&village->ledger, FLOW_KIN_RECEIVED, pool);
}

static void borrow(struct village *village, const struct moment *moment, sim_row h)
{
    struct household_table *self = &village->households;
    const struct scenario *scenario = village->scenario;
    if (self->credit_closed[h] > 0)
        return;
    int64_t worth = 0;
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        worth += livestock_value(&scenario->livestock, &village->herds, h * SPECIES_COUNT + species,
            moment->sell[GOOD_SHEEP + species]);
    int64_t room = (int64_t)(scenario->household.credit_limit * (double)worth) - self->debt_fen[h];
    int64_t loan = at_most(self->need_fen[h] - self->cash_fen[h], room);
    if (loan <= 0)
        return;
    self->cash_fen[h] += loan;
    self->debt_fen[h] += loan;
    self->rung[h] = COPING_CREDIT;
    village->current.coped[COPING_CREDIT]++;
    sim_ledger_post(&village->ledger, FLOW_LOAN, loan);
    sim_ledger_post(&village->ledger, FLOW_DEBT_NEW, loan);
}

/* Credit, then animals; the discount of need grows with how many sold in need last month. */
void coping_climb_down(struct village *village, const struct moment *moment, sim_row h)
{
    struct household_table *self = &village->households;
    const struct household_params *params = &village->scenario->household;
    borrow(village, moment, h);
    int64_t gap = self->need_fen[h] - self->cash_fen[h];
    if (gap <= 0)
        return;
    double crowd = (double)village->distress_last / (double)self->head.n;
    double discount = params->distress_discount + params->distress_crowding * crowd;
    discount = discount < params->distress_cap ? discount : params->distress_cap;
    if (livestock_sell_in_need(village, moment, h, gap, discount) > 0) {
        self->rung[h] = COPING_DISTRESS;
        self->year_distress[h]++;
        village->current.coped[COPING_DISTRESS]++;
        village->current.distress++;
    }
    if (self->cash_fen[h] < self->need_fen[h]) {
        self->rung[h] = COPING_HUNGER;
        village->current.coped[COPING_HUNGER]++;
    }
}

void coping_repay(struct village *village, sim_row h)
{
    struct household_table *self = &village->households;
    const struct household_params *params = &village->scenario->household;
    double kept = params->repay_above * params->buffer * (double)self->need_fen[h];
    int64_t over = (int64_t)(((double)self->cash_fen[h] - kept) * params->repay_share);
    int64_t paid = at_most(self->debt_fen[h], over);
    if (paid <= 0)
        return;
    self->cash_fen[h] -= paid;
    self->debt_fen[h] -= paid;
    sim_ledger_post(&village->ledger, FLOW_REPAYMENT, paid);
    sim_ledger_post(&village->ledger, FLOW_DEBT_REPAID, paid);
}

/* Two dues missed: the lender takes animals at the market price, as many as the debt asks for; the rest is
 * written off, and nobody lends to the household for a time. */
static void settle_default(struct village *village, const struct moment *moment, sim_row h)
{
    struct household_table *self = &village->households;
    int64_t before = self->cash_fen[h];
    livestock_sell_in_need(village, moment, h, self->debt_fen[h], 0.0);
    int64_t paid = at_most(self->debt_fen[h], self->cash_fen[h] - before);
    self->cash_fen[h] -= paid;
    sim_ledger_post(&village->ledger, FLOW_REPAYMENT, paid);
    sim_ledger_post(&village->ledger, FLOW_DEBT_REPAID, self->debt_fen[h]);
    self->debt_fen[h] = 0;
    self->missed_dues[h] = 0;
    self->credit_closed[h] = (uint8_t)village->scenario->household.credit_bar;
    village->current.defaults++;
}

void coping_pay_interest(struct village *village, const struct moment *moment, sim_row h, double rate)
{
    struct household_table *self = &village->households;
    int64_t due = (int64_t)((double)self->debt_fen[h] * rate + 0.5);
    int64_t paid = at_most(due, self->cash_fen[h]);
    self->cash_fen[h] -= paid;
    self->year_cash_fen[h] -= paid;
    self->debt_fen[h] += due - paid; /* what is not paid is owed */
    self->income_property_fen[h] -= due;
    sim_ledger_post(&village->ledger, FLOW_INTEREST, paid);
    sim_ledger_post(&village->ledger, FLOW_DEBT_NEW, due - paid);
    self->missed_dues[h] = paid < due ? self->missed_dues[h] + 1 : 0;
    if (self->missed_dues[h] >= village->scenario->household.default_after)
        settle_default(village, moment, h);
}
