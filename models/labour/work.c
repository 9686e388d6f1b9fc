#include "models/labour/work.h"

#include "models/households/demography.h"
#include "models/labour/labour.h"
#include "models/land/crops.h"
#include "models/livestock/livestock.h"
#include "sim/core/lanes.h"
#include "sim/core/real.h"
#include "sim/rand/dist.h"

#define SIM_PARAM_SELF struct labour_params
static const struct sim_param params[] = {LABOUR_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema labour_schema = {"labour",
    "working days, choice of activity, casual work, applying for and leaving jobs", params, SIM_COUNT(params),
    sizeof(struct labour_params), NULL, 0};

/* What the place bought of a day of own business last month, value added alone, at base-year prices. The
 * sales of a month arrive in the next one, so they belong to the days of the report. In the run's first month
 * nobody has sold anything yet: what was spent this month, as if all of it fell to households. */
static double local_per_day(const struct village *village, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    bool is_first = moment->month == scenario->first_month;
    double days = is_first ? village->current.days_business : village->report.days_business;
    int64_t fen = is_first ? village->current.local_spent_fen : village->current.local_earned_fen;
    if (!scenario->local.spending || days <= 0.0)
        return 0.0;
    return scenario->local.value_added * (double)fen / days / moment->index;
}

/* What a day of own business sells beyond the place, fen at the month's prices: it moves with the basket and
 * with a share of the growth of real wages outside. */
static double own_day(const struct village *village, const struct moment *moment)
{
    const struct household_params *self = &village->scenario->household;
    double base = village->board->base[GOOD_MIGRANT];
    double growth = base > 0.0 ? moment->sell[GOOD_MIGRANT] / moment->index / base - 1.0 : 0.0;
    return self->other_business * 100.0 * moment->index * (1.0 + self->business_follows * growth);
}

void work_returns(const struct village *village, const struct moment *moment, struct work_returns *returns)
{
    const struct labour_params *self = &village->scenario->labour;
    double found = self->casual ? moment->found_share : 0.0;
    double wage = moment->sell[GOOD_CASUAL] / moment->index;
    double business = own_day(village, moment) / moment->index + local_per_day(village, moment);
    double spare_found = found * self->spare_offered;
    *returns = (struct work_returns){
        .casual = found * wage + (1.0 - found) * self->casual_petty * business,
        .business = business,
        .spare = spare_found * wage + (1.0 - spare_found) * self->spare_petty * business,
    };
}

double work_day_worth(const struct village *village, sim_row household, const struct moment *moment)
{
    /* A person without a main activity has nothing but spare days. */
    double per_day = village->belief_fen[ACTIVITY_NONE];
    if (per_day <= 0.0) {
        struct work_returns returns;
        work_returns(village, moment, &returns);
        per_day = returns.spare;
    }
    return per_day * moment->index * village->households.ability[household];
}

/* Work and meetings that members owe a cooperative. */
static void spend_member_days(struct village *village)
{
    const struct scenario *scenario = village->scenario;
    const struct participation_table *self = &village->participations;
    for (sim_row p = 0; p < self->head.n; p++) {
        const struct effect_config *effect = &scenario->effects[self->scheme[p]];
        if (self->state[p] == PARTICIPATION_MEMBER && effect->kind == EFFECT_HERD &&
            effect->as.herd.mode == HERD_CUSTODY)
            village->households.days_used[self->household[p]] += effect->as.herd.member_days / 12.0;
    }
}

static inline double least(double a, double b)
{
    return a < b ? a : b;
}

double work_home_return(double asked, double others, double mine, double farm_day, double spare_day)
{
    double missing = asked - others;
    double farm = missing < mine ? missing : mine;
    farm = farm > 0.0 ? farm : 0.0;
    return farm_day * farm + spare_day * (mine - farm);
}

double work_belief(const struct village *village, enum activity activity)
{
    double kept = 1.0 - village->scenario->labour.risk_aversion * village->belief_cv[activity];
    return kept > 0.0 ? kept * village->belief_fen[activity] : 0.0;
}

/* A month's days, the same for every household. */
struct day_rates {
    double days, care_each, spare_offered, spare_petty, casual_petty, found_share;
    double season_share; /* 0 outside the season */
    double wage_fen, own_fen;
};

enum { WORK_BLOCK = 128 }; /* households at a time, so that what passes between loops stays near */

/* Of a block of households. */
struct day_block {
    double asked[WORK_BLOCK];   /* days that land and herd ask for */
    double eaters[WORK_BLOCK];  /* persons who are here */
    double luck[WORK_BLOCK];    /* of casual work */
    double gain[WORK_BLOCK];    /* what a day of own business is worth here, in days of anybody's */
    double offered[WORK_BLOCK]; /* days of casual work that are offered */
    double own[WORK_BLOCK];     /* days of own business, by their worth */
};

static void look_at(const struct village *village, const double *crop_days, double crop_share,
    const uint64_t *words, sim_row from, sim_row n, struct day_block *block)
{
    const struct durable_params *durables = &village->scenario->durables;
    const struct household_table *households = &village->households;
    for (sim_row i = 0; i < n; i++) {
        sim_row h = from + i;
        block->asked[i] = livestock_days(village, h) + crop_share * crop_days[h];
        block->eaters[i] = (double)(households->n_persons[h] - households->n_migrants[h]);
        block->luck[i] = sim_dist_table_draw(&village->casual_luck, sim_rand_unit(words[h]));
        block->gain[i] = households->ability[h] * durables_business_factor(durables, households, h);
    }
}

/* Who is gone has nobody to work, so that nobody asks who is there. */
SIM_CLONES static void live_days(struct household_table *households, const struct day_rates *rates,
    sim_row from, sim_row n, struct day_block *block, int64_t *wages, int64_t *profits)
{
    const struct day_rates each = *rates;
    const float *restrict home_workers = households->home_workers + from;
    const float *restrict casual_workers = households->casual_workers + from;
    const float *restrict casual_hands = households->casual_hands + from;
    const float *restrict business_workers = households->business_workers + from;
    const double *restrict consumers = households->consumers + from;
    const double *restrict ability = households->ability + from;
    float *restrict days_lost = households->days_lost + from, *restrict days_used =
                                                                  households->days_used + from;
    float *restrict crop_care = households->crop_care + from;
    float *restrict year_wage_days = households->year_wage_days + from;
    float *restrict business_days = households->business_days + from;
    int64_t *restrict cash_fen = households->cash_fen + from;
    int64_t *restrict year_cash_fen = households->year_cash_fen + from;
    int64_t *restrict wage_fen = households->income_wage_fen + from;
    int64_t *restrict business_fen = households->income_business_fen + from;
    int64_t all_wages = 0, all_profits = 0;
#pragma omp simd reduction(+ : all_wages, all_profits)
    for (sim_row i = 0; i < n; i++) {
        double home = (double)home_workers[i] * each.days;
        double workers = (double)casual_workers[i], hands = (double)casual_hands[i];
        bool seeks = (workers > 0.0) & (hands > 0.0);
        double efficiency = seeks ? workers / hands : 1.0; /* mean of the casual workers */
        double casual = seeks ? hands * each.days : 0.0;
        double business = (double)business_workers[i] * each.days;
        double care = each.care_each * (block->eaters[i] - consumers[i]);
        care = care > 0.0 ? care : 0.0;
        home -= least(care, home);
        double owed = (double)(days_lost[i] + days_used[i]);
        double given = least(owed, home);
        home -= given;
        owed -= given;
        given = least(owed, casual);
        casual -= given;
        owed -= given;
        business -= least(owed, business);

        double asked = block->asked[i], care_share = asked <= home ? 1.0 : home / asked;
        crop_care[i] = (float)((double)crop_care[i] + each.season_share * care_share);
        home -= least(asked, home);
        double seeking = each.spare_offered * home, offered = seeking + casual;
        double found = least(each.found_share * block->luck[i], 1.0);
        double skilled = casual * efficiency;
        double own = business + each.spare_petty * (home - seeking * found) +
                     each.casual_petty * casual * efficiency * (1.0 - found);
        own *= block->gain[i];
        double paid = (seeking + skilled) * found * each.wage_fen * ability[i];
        int64_t wage = sim_lane_whole(sim_lane_floor(paid));
        int64_t profit = sim_lane_whole(sim_lane_floor(own * each.own_fen));
        cash_fen[i] += wage + profit;
        year_cash_fen[i] += wage + profit;
        wage_fen[i] += wage;
        business_fen[i] += profit;
        year_wage_days[i] += (float)(offered * found);
        business_days[i] = (float)own;
        days_used[i] = days_lost[i] = 0.0f;
        block->offered[i] = offered;
        block->own[i] = own;
        all_wages += wage;
        all_profits += profit;
    }
    *wages += all_wages;
    *profits += all_profits;
}

void work_month(struct village *village, const struct moment *moment, const uint64_t *words)
{
    const struct scenario *scenario = village->scenario;
    const struct labour_params *self = &scenario->labour;
    spend_member_days(village);
    double season_share = crops_is_growing(&scenario->land, moment->calendar_month)
                              ? 1.0 / (double)crops_season(&scenario->land)
                              : 0.0;
    const double *crop_days = crops_year_days(village);
    const struct day_rates rates = {.days = self->days,
        .care_each = work_care_each(scenario),
        .spare_offered = self->spare_offered,
        .spare_petty = self->spare_petty,
        .casual_petty = self->casual_petty,
        .found_share = self->casual ? moment->found_share : 0.0,
        .season_share = season_share,
        .wage_fen = moment->sell[GOOD_CASUAL],
        .own_fen = own_day(village, moment)};
    if (village->casual_luck.mean == 0.0 || village->casual_luck.sd_log != self->luck_sd)
        sim_dist_table_fit(&village->casual_luck, 1.0, self->luck_sd);

    double offered = 0.0, business = 0.0;
    int64_t wages = 0, profits = 0;
    struct day_block block;
    for (sim_row from = 0; from < village->households.head.n; from += WORK_BLOCK) {
        sim_row left = village->households.head.n - from, n = left < WORK_BLOCK ? left : WORK_BLOCK;
        look_at(village, crop_days, season_share, words, from, n, &block);
        live_days(&village->households, &rates, from, n, &block, &wages, &profits);
        for (sim_row i = 0; i < n; i++) { /* in their order, whatever the vectors */
            offered += block.offered[i];
            business += block.own[i];
        }
    }
    village->current.days_offered += offered;
    village->current.days_business += business;
    sim_ledger_post(&village->ledger, FLOW_WAGE_CASUAL, wages);
    sim_ledger_post(&village->ledger, FLOW_BUSINESS, profits);
}
