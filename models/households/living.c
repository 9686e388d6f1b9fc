#include "models/households/living.h"

#include <string.h>

#include "models/households/coping.h"
#include "models/markets/local.h"
#include "sim/core/lanes.h"
#include "sim/core/real.h"
#include "sim/data/split.h"
#include "sim/rand/dist.h"

/* By how much a exceeds b, or 0. */
static double over(double a, double b)
{
    return (a > b ? a : b) - b;
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
    if (fen <= 0 || village->report.persons == 0)
        return;
    for (sim_row h = 0; h < self->head.n; h++) {
        village->scratch_amount[h] = self->present[h] ? self->n_persons[h] : 0;
        village->scratch_key[h] = self->key[h];
    }
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

/* What was earned last year moves what is taken to be lasting, month by month of this one. Assistance fills a
 * gap and is not counted on. */
SIM_CLONES static void learn_income(struct household_table *self, double learning)
{
    const int64_t *restrict crops = self->income_crops_fen, *restrict herd = self->income_herd_fen;
    const int64_t *restrict wage = self->income_wage_fen, *restrict business = self->income_business_fen;
    const int64_t *restrict property = self->income_property_fen, *restrict transfer =
                                                                      self->income_transfer_fen;
    const int64_t *restrict remittance = self->income_remittance_fen;
    const int64_t *restrict assistance = self->year_assistance_fen;
    const double *restrict permanent_fen = self->permanent_fen;
    const uint8_t *restrict present = self->present;
    float *restrict revision_fen = self->revision_fen;
#pragma omp simd
    for (sim_row h = 0; h < self->head.n; h++) {
        int64_t fen = crops[h] + herd[h] + wage[h] + business[h] + property[h] + transfer[h] + remittance[h];
        double last = sim_lane_real(fen - assistance[h]) / 12.0;
        float revision = (float)(learning / 12.0 * (last - permanent_fen[h]));
        revision_fen[h] = present[h] ? revision : revision_fen[h];
    }
}

static void clear_year(struct household_table *self)
{
    const size_t n = (size_t)self->head.n;
    int64_t *const sums[] = {self->year_consumption_fen, self->year_cash_fen, self->year_assistance_fen};
    for (int32_t i = 0; i < SIM_COUNT(sums); i++)
        memset(sums[i], 0, n * sizeof **sums);
    for (int32_t source = 0; source < INCOME_SOURCES; source++)
        memset(household_income_of(self, (enum income_source)source), 0, n * sizeof **sums);
    memset(self->year_hunger, 0, n);
    memset(self->year_distress, 0, n);
    memset(self->year_wage_days, 0, n * sizeof *self->year_wage_days);
}

void living_new_year(struct village *village, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    struct household_table *self = &village->households;
    double line =
        grown(scenario->fiscal.assistance_line, scenario->fiscal.assistance_growth, village, moment) * 100.0 /
        12.0;
    uint64_t salts[4]; /* of the run: the register sees a household alike each year */
    sim_rand_block(village->luck, scenario->county_key, SIM_BLOCK_OF_REGISTER, 0, salts);
    if (moment->month != scenario->first_month)
        learn_income(self, scenario->household.learning);
    clear_year(self);
    const double inclusion = scenario->fiscal.inclusion, exclusion = scenario->fiscal.exclusion;
    for (sim_row h = 0; h < self->head.n; h++) {
        bool is_entitled = self->permanent_fen[h] < line * (double)self->n_persons[h];
        double u = sim_rand_unit(sim_rand_salted(salts[SIM_WORD_OF_REGISTER], self->key[h]));
        self->registered[h] = self->present[h] & (u > (is_entitled ? exclusion : 1.0 - inclusion));
    }
    share_collective(village);
    share_subsidies_by_land(village);
}

struct public_money {
    int64_t subsidies, pensions; /* fen */
};

/* Who is gone counts for no person and no land. A share by_land of the subsidies goes by land. */
SIM_CLONES static struct public_money pay_public(
    struct household_table *self, double subsidy_each, double by_land, double pension_each)
{
    const float *restrict subsidised = self->subsidised;
    const int16_t *restrict n_persons = self->n_persons, *restrict n_elders = self->n_elders;
    int64_t *restrict cash_fen = self->cash_fen, *restrict year_cash_fen = self->year_cash_fen;
    int64_t *restrict income_fen = self->income_transfer_fen;
    int64_t subsidies = 0, pensions = 0;
#pragma omp simd reduction(+ : subsidies, pensions)
    for (sim_row h = 0; h < self->head.n; h++) {
        double persons = (double)n_persons[h];
        double entitled = persons + by_land * ((double)subsidised[h] - persons);
        int64_t subsidy = sim_lane_whole(sim_lane_floor(entitled * subsidy_each));
        int64_t pension = sim_lane_whole(sim_lane_floor((double)n_elders[h] * pension_each));
        cash_fen[h] += subsidy + pension;
        year_cash_fen[h] += subsidy + pension;
        income_fen[h] += subsidy + pension;
        subsidies += subsidy;
        pensions += pension;
    }
    return (struct public_money){subsidies, pensions};
}

/* The gap to the line, and at least a share of it, for whom the register takes in. */
static int64_t pay_assistance(struct household_table *self, double line, double least_share)
{
    const uint8_t *registered = self->registered;
    int64_t paid = 0;
    for (sim_row h = 0; h < self->head.n; h++) {
        if (!registered[h])
            continue;
        double persons = (double)self->n_persons[h];
        double gap = line * persons - self->permanent_fen[h], least = least_share * line * persons;
        int64_t fen = (int64_t)(gap > least ? gap : least);
        household_receive(self, h, INCOME_TRANSFER, fen);
        self->year_assistance_fen[h] += fen;
        paid += fen;
    }
    return paid;
}

void living_dues(struct village *village, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    const struct fiscal_params *fiscal = &scenario->fiscal;
    struct household_table *self = &village->households;
    sim_row n = self->head.n;
    double line = grown(fiscal->assistance_line, fiscal->assistance_growth, village, moment) * 100.0 / 12.0;
    double subsidy = subsidy_of_year(village, moment) * 100.0;
    if (fiscal->subsidy_month == 0)
        subsidy /= 12.0;
    else if (fiscal->subsidy_month != moment->calendar_month)
        subsidy = 0.0;
    double pension = grown(fiscal->pension, fiscal->pension_growth, village, moment) * 100.0;
    double interest = scenario->household.interest / 12.0;
    uint8_t *restrict closed = self->credit_closed;
    for (sim_row h = 0; h < n; h++)
        closed[h] = (uint8_t)(closed[h] - (closed[h] > 0));
    const int64_t *debt_fen = self->debt_fen;
    for (sim_row h = 0; h < n; h++)
        if (debt_fen[h] > 0)
            coping_pay_interest(village, moment, h, interest);
    const struct public_money paid = pay_public(self, subsidy, fiscal->subsidy_land, pension);
    const int64_t assistance = fiscal->assistance ? pay_assistance(self, line, fiscal->assistance_least) : 0;
    village->current.assistance_fen += assistance;
    village->current.social_fen += paid.subsidies + paid.pensions + assistance;
    sim_ledger_post(&village->ledger, FLOW_SUBSIDY, paid.subsidies);
    sim_ledger_post(&village->ledger, FLOW_PENSION, paid.pensions);
    sim_ledger_post(&village->ledger, FLOW_ASSISTANCE, assistance);
}

/* What the month's subsistence and its wishes ask in bought goods, after own produce; the wishes into `wish`.
 * Who is gone has nothing and needs nothing, so that nobody asks who is there. */
SIM_CLONES static void plan(struct village *village, const struct moment *moment, double *restrict wish)
{
    const struct household_params *params = &village->scenario->household;
    const struct household_table *self = &village->households;
    const double need_each = params->need * 100.0 * moment->index;
    const double grain_price = moment->sell[GOOD_GRAIN] / 1000.0;
    const double grain_each = params->grain_need * 1000.0;
    const double spending = params->spending_rate, buffer = params->buffer;
    const double adjustment = params->buffer_adjustment;
    const double *restrict consumers = self->consumers;
    const float *restrict revision_fen = self->revision_fen;
    double *restrict permanent_fen = self->permanent_fen;
    int64_t *restrict grain_g = self->grain_g, *restrict own_food_fen = self->own_food_fen;
    int64_t *restrict need_fen = self->need_fen, *restrict year_cash_fen = self->year_cash_fen;
    const int64_t *restrict cash_fen = self->cash_fen;
    int64_t grain_eaten = 0, grain_bought = 0;
#pragma omp simd reduction(+ : grain_eaten, grain_bought)
    for (sim_row h = 0; h < self->head.n; h++) {
        double permanent = permanent_fen[h] + (double)revision_fen[h], need = need_each * consumers[h];
        double asked = sim_lane_floor(grain_each * consumers[h]), stored = sim_lane_real(grain_g[h]);
        double grain = asked < stored ? asked : stored;
        double grain_fen = sim_lane_floor(grain * grain_price);
        double own = sim_lane_real(own_food_fen[h]) + grain_fen;
        permanent_fen[h] = permanent;
        grain_g[h] = sim_lane_whole(stored - grain);
        own_food_fen[h] = sim_lane_whole(own);
        year_cash_fen[h] += sim_lane_whole(grain_fen);
        grain_eaten += sim_lane_whole(grain);
        grain_bought += sim_lane_whole(asked - grain); /* part of what it will buy */

        double gap = sim_lane_real(cash_fen[h]) - buffer * need;
        double desired = need + spending * over(permanent, need) + adjustment * gap;
        desired = desired > need ? desired : need;
        wish[h] = over(desired, own);
        need_fen[h] = sim_lane_whole(sim_lane_floor(over(need, own)));
    }
    village->current.bought[GOOD_GRAIN] += grain_bought;
    sim_ledger_post(&village->ledger, FLOW_GRAIN_EATEN, grain_eaten);
}

/* Who cannot pay the need; returns how many they are. */
static sim_row list_needy(const struct household_table *self, sim_row *restrict needy)
{
    const int64_t *restrict cash_fen = self->cash_fen, *restrict need_fen = self->need_fen;
    sim_row n = 0;
    for (sim_row h = 0; h < self->head.n; h++) {
        needy[n] = h;
        n += cash_fen[h] < need_fen[h];
    }
    return n;
}

/* Each buys what it wishes, as far as its cash goes, and eats that and its own produce. */
SIM_CLONES static void consume(struct village *village, const double *restrict wish)
{
    const struct household_table *self = &village->households;
    const double local_share = local_share_of_spending(&village->scenario->local);
    int64_t *restrict cash_fen = self->cash_fen, *restrict own_food_fen = self->own_food_fen;
    int64_t *restrict year_consumption_fen = self->year_consumption_fen;
    int64_t all_spent = 0, all_local = 0, all_eaten = 0;
#pragma omp simd reduction(+ : all_spent, all_local, all_eaten)
    for (sim_row h = 0; h < self->head.n; h++) {
        double cash = sim_lane_real(cash_fen[h]), spent = sim_lane_floor(wish[h] < cash ? wish[h] : cash);
        int64_t spent_fen = sim_lane_whole(spent), eaten = spent_fen + own_food_fen[h];
        cash_fen[h] -= spent_fen;
        own_food_fen[h] = 0;
        year_consumption_fen[h] += eaten;
        all_spent += spent_fen;
        all_local += sim_lane_whole(sim_lane_floor(spent * local_share));
        all_eaten += eaten;
    }
    village->current.consumption_fen += all_eaten;
    local_spend(village, all_local);
    sim_ledger_post(&village->ledger, FLOW_CONSUMPTION, all_spent - all_local);
}

/* Returns how many they are. */
static sim_row list_indebted(const struct household_table *self, sim_row *restrict indebted)
{
    const int64_t *restrict debt_fen = self->debt_fen;
    sim_row n = 0;
    for (sim_row h = 0; h < self->head.n; h++) {
        indebted[n] = h;
        n += debt_fen[h] > 0;
    }
    return n;
}

static void count_hunger(struct village *village, const sim_row *needy, sim_row n_needy)
{
    struct household_table *self = &village->households;
    const uint8_t *restrict rung = self->rung;
    uint8_t *restrict months = self->hungry_months;
    const sim_row n = self->head.n;
    for (sim_row h = 0; h < n; h++) {
        uint8_t more = (uint8_t)(months[h] + (months[h] < UINT8_MAX));
        months[h] = rung[h] == COPING_HUNGER ? more : 0;
    }
    for (sim_row i = 0; i < n_needy; i++) {
        bool is_hungry = rung[needy[i]] == COPING_HUNGER;
        self->year_hunger[needy[i]] += is_hungry;
        village->current.hungry += is_hungry;
    }
}

void living_eat(struct village *village, const struct moment *moment)
{
    struct household_table *self = &village->households;
    double *wish = village->scratch_score;
    sim_row *listed = village->scratch_order;
    memset(self->rung, COPING_NONE, (size_t)self->head.n);
    plan(village, moment, wish);
    sim_row n = list_needy(self, listed);
    coping_share_with_kin(village, moment, listed, n);
    for (sim_row i = 0; i < n; i++)
        if (self->cash_fen[listed[i]] < self->need_fen[listed[i]])
            coping_climb_down(village, moment, listed[i]);
    count_hunger(village, listed, n);
    consume(village, wish);
    n = list_indebted(self, listed);
    for (sim_row i = 0; i < n; i++)
        coping_repay(village, listed[i]);
    village->distress_last = (int32_t)village->current.distress;
}
