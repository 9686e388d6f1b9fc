#include "models/households/living.h"

#include "models/households/coping.h"
#include "models/markets/local.h"
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

/* What the collective has earned (fees, dividends, plots) goes in part to all of the village alike. */
static void share_collective(struct village *village)
{
    struct household_table *self = &village->households;
    int64_t fen = (int64_t)(village->scenario->household.collective_payout * (double)village->collective_fen);
    for (sim_row h = 0; h < self->head.n; h++) {
        village->scratch_amount[h] = self->present[h] ? self->n_persons[h] : 0;
        village->scratch_key[h] = self->key[h];
    }
    if (fen <= 0 || village->report.persons == 0)
        return;
    sim_split(fen, village->scratch_amount, village->scratch_key, self->head.n, village->scratch_share,
        village->scratch_row);
    for (sim_row h = 0; h < self->head.n; h++)
        household_receive(self, h, INCOME_PROPERTY, village->scratch_share[h]);
    village->collective_fen -= fen;
    sim_ledger_post(&village->ledger, FLOW_COLLECTIVE_SHARED, fen);
}

/* Subsidies a head of the moment's year: one growth up to a year, another after it. */
static double subsidy_of_year(const struct village *village, const struct moment *moment)
{
    const struct fiscal_params *self = &village->scenario->fiscal;
    int32_t last = (int32_t)self->subsidy_year;
    struct moment grows = *moment;
    grows.year = moment->year < last ? moment->year : last;
    double after =
        sim_real_powi(1.0 + self->subsidy_growth_after, moment->year > last ? moment->year - last : 0);
    return grown(self->subsidy, self->subsidy_growth, village, &grows) * after;
}

/* What each household's land stands for among the village's: the whole of a village's persons, by area held.
 */
static void share_subsidies_by_land(struct village *village)
{
    struct household_table *self = &village->households;
    const struct parcel_table *parcels = &village->parcels;
    double area = 0.0, persons = 0.0;
    for (sim_row h = 0; h < self->head.n; h++) {
        self->subsidised[h] = 0.0f;
        persons += self->present[h] ? (double)self->n_persons[h] : 0.0;
    }
    if (village->scenario->fiscal.subsidy_land <= 0.0)
        return;
    for (sim_row p = 0; p < parcels->head.n; p++)
        area += parcels->owner[p] != SIM_ROW_NONE ? (double)parcels->area_m2[p] : 0.0;
    for (sim_row p = 0; area > 0.0 && p < parcels->head.n; p++)
        if (parcels->owner[p] != SIM_ROW_NONE)
            self->subsidised[parcels->owner[p]] += (float)((double)parcels->area_m2[p] / area * persons);
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
            self->revision_fen[h] =
                (float)(scenario->household.learning / 12.0 * (last - self->permanent_fen[h]));
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
    share_collective(village);
    share_subsidies_by_land(village);
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
    double subsidy = subsidy_of_year(village, moment) * 100.0;
    if (fiscal->subsidy_month == 0)
        subsidy /= 12.0;
    else if (fiscal->subsidy_month != moment->calendar_month)
        subsidy = 0.0;
    double pension = grown(fiscal->pension, fiscal->pension_growth, village, moment) * 100.0;
    double interest = scenario->household.interest / 12.0;
    for (sim_row h = 0; h < self->head.n; h++) {
        if (!self->present[h])
            continue;
        self->credit_closed[h] -= self->credit_closed[h] > 0;
        if (self->debt_fen[h] > 0)
            coping_pay_interest(village, moment, h, interest);
        double persons = (double)self->n_persons[h];
        if (subsidy > 0.0) {
            double counted = persons + fiscal->subsidy_land * ((double)self->subsidised[h] - persons);
            receive(village, h, (int64_t)(counted * subsidy), FLOW_SUBSIDY);
        }
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
        self->permanent_fen[h] += (double)self->revision_fen[h];
        int64_t eaten = (int64_t)(params->grain_need * 1000.0 * self->consumers[h]);
        int64_t grain = at_most(eaten, self->grain_g[h]);
        village->current.bought[GOOD_GRAIN] += eaten - grain; /* part of what it will buy */
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

void living_eat(struct village *village, const struct moment *moment)
{
    struct household_table *self = &village->households;
    plan(village, moment);
    coping_share_with_kin(village, moment);
    for (sim_row h = 0; h < self->head.n; h++) {
        if (!self->present[h])
            continue;
        if (self->cash_fen[h] < self->need_fen[h])
            coping_climb_down(village, moment, h);
        int64_t spent = at_most(self->desired_fen[h], self->cash_fen[h]);
        int64_t eaten = spent + self->own_food_fen[h];
        self->cash_fen[h] -= spent;
        self->own_food_fen[h] = 0;
        self->month_consumption_fen[h] = eaten;
        self->year_consumption_fen[h] += eaten;
        sim_ledger_post(&village->ledger, FLOW_CONSUMPTION, spent - local_spend(village, spent));
        if (self->rung[h] == COPING_HUNGER) {
            self->year_hunger[h]++;
            self->hungry_months[h] += self->hungry_months[h] < UINT8_MAX;
            village->current.hungry++;
        } else {
            self->hungry_months[h] = 0;
        }
        if (self->debt_fen[h] > 0)
            coping_repay(village, h);
        village->current.consumption_fen += eaten;
    }
    village->distress_last = (int32_t)village->current.distress;
}
