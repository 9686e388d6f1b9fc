#include "models/households/living.h"

#include "models/livestock/livestock.h"
#include "sim/core/real.h"
#include "sim/data/split.h"
#include "sim/rand/dist.h"

static int64_t at_most(int64_t value, int64_t limit)
{
    return value < limit ? value : limit;
}

/* A public rate of the base year, grown to the moment's year. */
static double grown(double value, double growth, const struct village *village, const struct moment *moment)
{
    int32_t years = moment->year - village->scenario->base_year;
    double factor = sim_real_powi(1.0 + growth, years < 0 ? -years : years);
    return years < 0 ? value / factor : value * factor;
}

void living_new_year(struct village *village, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    struct household_table *self = &village->households;
    bool is_first = moment->month == scenario->first_month;
    double line =
        grown(scenario->fiscal.assistance_line, scenario->fiscal.assistance_growth, village, moment) * 100.0 /
        12.0;
    for (sim_row h = 0; h < self->head.n; h++) {
        if (!self->present[h])
            continue;
        if (!is_first) {
            /* Assistance fills a gap and is not counted on. */
            double last = (double)(household_income(self, h) - self->year_assistance_fen[h]) / 12.0;
            self->permanent_fen[h] += scenario->household.learning * (last - self->permanent_fen[h]);
        }
        self->year_consumption_fen[h] = self->year_cash_fen[h] = self->year_assistance_fen[h] = 0;
        for (int32_t source = 0; source < INCOME_SOURCES; source++)
            household_income_of(self, (enum income_source)source)[h] = 0;
        self->year_hunger[h] = self->year_distress[h] = 0;
        self->year_wage_days[h] = 0.0;
        bool is_entitled = self->permanent_fen[h] < line * (double)self->n_persons[h];
        double u = sim_rand_uniform(village->luck, self->key[h], SIM_PURPOSE_REGISTER, 0);
        self->registered[h] =
            is_entitled ? u > scenario->fiscal.exclusion : u > 1.0 - scenario->fiscal.inclusion;
    }
}

static void receive(struct village *village, sim_row household, int64_t fen, enum flow flow)
{
    household_receive(&village->households, household, INCOME_TRANSFER, fen);
    village->current.social_fen += fen;
    sim_ledger_post(&village->ledger, flow, fen);
}

void living_dues(struct village *village, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    const struct fiscal_params *fiscal = &scenario->fiscal;
    struct household_table *self = &village->households;
    double line = grown(fiscal->assistance_line, fiscal->assistance_growth, village, moment) * 100.0 / 12.0;
    double subsidy = grown(fiscal->subsidy, fiscal->subsidy_growth, village, moment) * 100.0;
    if (fiscal->subsidy_month == 0)
        subsidy /= 12.0;
    else if (fiscal->subsidy_month != moment->calendar_month)
        subsidy = 0.0;
    double pension = grown(fiscal->pension, fiscal->pension_growth, village, moment) * 100.0;
    double interest = scenario->household.interest / 12.0;
    for (sim_row h = 0; h < self->head.n; h++) {
        if (!self->present[h])
            continue;
        if (self->debt_fen[h] > 0) {
            int64_t due = (int64_t)((double)self->debt_fen[h] * interest + 0.5);
            int64_t paid = at_most(due, self->cash_fen[h]);
            self->cash_fen[h] -= paid;
            self->year_cash_fen[h] -= paid;
            self->debt_fen[h] += due - paid; /* what is not paid is owed */
            self->income_property_fen[h] -= due;
            sim_ledger_post(&village->ledger, FLOW_INTEREST, paid);
            sim_ledger_post(&village->ledger, FLOW_DEBT_NEW, due - paid);
        }
        double persons = (double)self->n_persons[h];
        if (subsidy > 0.0)
            receive(village, h, (int64_t)(persons * subsidy), FLOW_SUBSIDY);
        if (self->n_elders[h] > 0)
            receive(village, h, (int64_t)((double)self->n_elders[h] * pension), FLOW_PENSION);
        if (self->registered[h] && fiscal->assistance) {
            /* The gap to the line, and at least a fifth of it for whom the register takes in. */
            double gap = line * persons - self->permanent_fen[h];
            double least = fiscal->assistance_least * line * persons;
            int64_t fen = (int64_t)(gap > least ? gap : least);
            receive(village, h, fen, FLOW_ASSISTANCE);
            self->year_assistance_fen[h] += fen;
            village->current.assistance_fen += fen;
        }
    }
}

/* What the month's subsistence and its wishes ask in bought goods, after own produce. */
static void plan(struct village *village, const struct moment *moment)
{
    const struct household_params *params = &village->scenario->household;
    struct household_table *self = &village->households;
    double need_each = params->need * 100.0 * moment->index;
    double grain_price = moment->sell[GOOD_GRAIN] / 1000.0;
    for (sim_row h = 0; h < self->head.n; h++) {
        self->rung[h] = COPING_NONE;
        if (!self->present[h]) {
            self->need_fen[h] = self->desired_fen[h] = 0;
            continue;
        }
        int64_t grain =
            at_most((int64_t)(params->grain_need * 1000.0 * self->consumers[h]), self->grain_g[h]);
        self->grain_g[h] -= grain;
        int64_t grain_fen = (int64_t)((double)grain * grain_price);
        self->own_food_fen[h] += grain_fen;
        self->year_cash_fen[h] += grain_fen;
        sim_ledger_post(&village->ledger, FLOW_GRAIN_EATEN, grain);

        double own = (double)self->own_food_fen[h];
        double need = need_each * self->consumers[h];
        double surplus = self->permanent_fen[h] > need ? self->permanent_fen[h] - need : 0.0;
        double gap = (double)self->cash_fen[h] - params->buffer * need;
        double desired = need + params->spending_rate * surplus + params->buffer_adjustment * gap;
        desired = desired > need ? desired : need;
        self->need_fen[h] = need > own ? (int64_t)(need - own) : 0;
        self->desired_fen[h] = desired > own ? (int64_t)(desired - own) : 0;
    }
}

/* Kin in the village cover a share of what is short, bounded by their surplus; each gives in proportion to
 * surplus. */
static void share_with_kin(struct village *village, const struct moment *moment)
{
    const struct household_params *params = &village->scenario->household;
    struct household_table *self = &village->households;
    int64_t *weight = village->scratch_amount;
    int64_t *part = village->scratch_share;
    sim_row n = self->head.n;
    double need_each = params->need * 100.0 * moment->index;
    int64_t asked = 0, offered = 0;
    for (sim_row h = 0; h < n; h++) {
        int64_t gap = self->need_fen[h] - self->cash_fen[h];
        weight[h] = gap > 0 ? (int64_t)((double)gap * params->kin_share) : 0;
        asked += weight[h];
    }
    if (!params->sharing || asked == 0)
        return;
    sim_row *giver = village->scratch_order;
    sim_row n_givers = 0, n_takers = 0;
    /* Takers first in the scratch arrays' front, givers' surplus worked out when they are known to be needed.
     */
    sim_row *taker = village->scratch_order + n;
    for (sim_row h = 0; h < n; h++)
        if (weight[h] > 0) {
            taker[n_takers] = h;
            weight[n_takers] = weight[h];
            village->scratch_key[n_takers++] = self->key[h];
        }
    for (sim_row h = 0; h < n; h++) {
        double over = (double)self->cash_fen[h] - params->buffer * need_each * self->consumers[h];
        if (self->present[h] && over > 0.0)
            offered += (int64_t)(over * params->kin_surplus);
    }
    int64_t pool = at_most(asked, offered);
    if (pool == 0)
        return;
    sim_split(pool, weight, village->scratch_key, n_takers, part, village->scratch_row);
    for (sim_row i = 0; i < n_takers; i++) {
        household_receive(self, taker[i], INCOME_TRANSFER, part[i]);
        if (part[i] > 0)
            self->rung[taker[i]] = COPING_KIN;
    }
    for (sim_row h = 0; h < n; h++) {
        double over = (double)self->cash_fen[h] - params->buffer * need_each * self->consumers[h];
        int64_t can = self->present[h] && over > 0.0 ? (int64_t)(over * params->kin_surplus) : 0;
        if (can > 0) {
            giver[n_givers] = h;
            weight[n_givers] = can;
            village->scratch_key[n_givers++] = self->key[h];
        }
    }
    sim_split(pool, weight, village->scratch_key, n_givers, part, village->scratch_row);
    for (sim_row i = 0; i < n_givers; i++) {
        household_receive(self, giver[i], INCOME_TRANSFER, -part[i]);
    }
    sim_ledger_post(&village->ledger, FLOW_KIN_GIVEN, pool);
    sim_ledger_post(&village->ledger, FLOW_KIN_RECEIVED, pool);
}

static void borrow(struct village *village, const struct moment *moment, sim_row h)
{
    struct household_table *self = &village->households;
    const struct scenario *scenario = village->scenario;
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
    sim_ledger_post(&village->ledger, FLOW_LOAN, loan);
    sim_ledger_post(&village->ledger, FLOW_DEBT_NEW, loan);
}

/* Credit, then animals; the discount of need grows with how many sold in need last month. */
static void cope(struct village *village, const struct moment *moment, sim_row h)
{
    struct household_table *self = &village->households;
    const struct household_params *params = &village->scenario->household;
    borrow(village, moment, h);
    int64_t gap = self->need_fen[h] - self->cash_fen[h];
    if (gap <= 0)
        return;
    double crowd = (double)village->distress_last / (double)self->head.n;
    double discount = params->distress_discount + params->distress_crowding * crowd;
    discount = discount < 0.8 ? discount : 0.8;
    if (livestock_sell_in_need(village, moment, h, gap, discount) > 0) {
        self->rung[h] = COPING_DISTRESS;
        self->year_distress[h]++;
        village->current.distress++;
    }
    if (self->cash_fen[h] < self->need_fen[h])
        self->rung[h] = COPING_HUNGER;
}

static void repay(struct village *village, sim_row h, double buffer)
{
    struct household_table *self = &village->households;
    int64_t over = (int64_t)((double)self->cash_fen[h] - 1.5 * buffer) / 2;
    int64_t paid = at_most(self->debt_fen[h], over);
    if (paid <= 0)
        return;
    self->cash_fen[h] -= paid;
    self->debt_fen[h] -= paid;
    sim_ledger_post(&village->ledger, FLOW_REPAYMENT, paid);
    sim_ledger_post(&village->ledger, FLOW_DEBT_REPAID, paid);
}

void living_eat(struct village *village, const struct moment *moment)
{
    struct household_table *self = &village->households;
    plan(village, moment);
    share_with_kin(village, moment);
    for (sim_row h = 0; h < self->head.n; h++) {
        if (!self->present[h])
            continue;
        if (self->cash_fen[h] < self->need_fen[h])
            cope(village, moment, h);
        int64_t spent = at_most(self->desired_fen[h], self->cash_fen[h]);
        int64_t eaten = spent + self->own_food_fen[h];
        self->cash_fen[h] -= spent;
        self->own_food_fen[h] = 0;
        self->month_consumption_fen[h] = eaten;
        self->year_consumption_fen[h] += eaten;
        sim_ledger_post(&village->ledger, FLOW_CONSUMPTION, spent - local_spend(village, spent));
        if (self->rung[h] == COPING_HUNGER) {
            self->year_hunger[h]++;
            village->current.hungry++;
        }
        if (self->debt_fen[h] > 0)
            repay(village, h, village->scenario->household.buffer * (double)self->need_fen[h]);
        village->current.consumption_fen += eaten;
    }
    village->distress_last = (int32_t)village->current.distress;
}
