#include "models/labour/work.h"

#include "models/households/demography.h"
#include "models/labour/labour.h"
#include "models/land/crops.h"
#include "models/livestock/livestock.h"
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

/* Takes as many of `asked` as there are in *days; returns what is still asked for. */
static double take(double *days, double asked)
{
    double taken = asked < *days ? asked : *days;
    *days -= taken;
    return asked - taken;
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

void work_month(struct village *village, const struct moment *moment, const uint64_t *words)
{
    const struct scenario *scenario = village->scenario;
    const struct labour_params *self = &scenario->labour;
    struct household_table *households = &village->households;
    double *crop_days = village->scratch_score;
    for (sim_row h = 0; h < households->head.n; h++)
        crop_days[h] = 0.0;
    crops_labour(village, moment, crop_days);
    spend_member_days(village);
    bool is_growing = crops_is_growing(&scenario->land, moment->calendar_month);
    double season_share = 1.0 / (double)crops_season(&scenario->land);
    double found_share = self->casual ? moment->found_share : 0.0;
    double per_day = own_day(village, moment);
    double care_each = work_care_each(scenario);

    if (village->casual_luck.mean == 0.0 || village->casual_luck.sd_log != self->luck_sd)
        sim_dist_table_fit(&village->casual_luck, 1.0, self->luck_sd);

    double offered_all = 0.0, business_all = 0.0;
    int64_t wages = 0, profits = 0;
    for (sim_row h = 0; h < households->head.n; h++) {
        if (!households->present[h]) {
            households->business_days[h] = 0.0f;
            continue;
        }
        double home = households->home_workers[h] * self->days;
        double casual = 0.0, efficiency = 1.0; /* mean of the casual workers */
        if (households->casual_workers[h] > 0.0f) {
            double hands = (double)households->casual_hands[h];
            efficiency = hands > 0.0 ? (double)households->casual_workers[h] / hands : 1.0;
            casual = hands * self->days;
        }
        double business = households->business_workers[h] * self->days;
        (void)take(&home, work_care_days(care_each, households, h));
        double owed = take(&home, households->days_lost[h] + households->days_used[h]);
        if (owed > 0.0)
            (void)take(&business, take(&casual, owed));

        double asked = livestock_days(village, h) + crop_days[h];
        if (is_growing)
            households->crop_care[h] += season_share * (asked <= home ? 1.0 : home / asked);
        (void)take(&home, asked);
        double seeking = self->spare_offered * home, found = 0.0;
        double offered = seeking + casual;
        if (offered > 0.0 && found_share > 0.0) {
            double luck = sim_dist_table_draw(&village->casual_luck, sim_rand_unit(words[h]));
            double share = found_share * luck;
            found = share < 1.0 ? share : 1.0;
        }
        double worked = offered * found;
        double paid = (seeking + casual * efficiency) * found;
        double own = business + self->spare_petty * (home - seeking * found) +
                     self->casual_petty * casual * efficiency * (1.0 - found);
        own *= households->ability[h] * durables_business_factor(&scenario->durables, households, h);
        int64_t wage = (int64_t)(paid * moment->sell[GOOD_CASUAL] * households->ability[h]);
        int64_t profit = (int64_t)(own * per_day);
        household_receive(households, h, INCOME_WAGE, wage);
        household_receive(households, h, INCOME_BUSINESS, profit);
        households->year_wage_days[h] += (float)worked;
        households->business_days[h] = (float)own;
        households->days_used[h] = 0.0f;
        households->days_lost[h] = 0.0f;
        offered_all += offered;
        business_all += own;
        wages += wage;
        profits += profit;
    }
    village->current.days_offered += offered_all;
    village->current.days_business += business_all;
    sim_ledger_post(&village->ledger, FLOW_WAGE_CASUAL, wages);
    sim_ledger_post(&village->ledger, FLOW_BUSINESS, profits);
}
