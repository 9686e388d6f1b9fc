#include "models/labour/work.h"

#include "models/labour/labour.h"
#include "models/land/crops.h"
#include "sim/core/real.h"
#include "sim/rand/dist.h"

#define SIM_PARAM_SELF struct labour_params
static const struct sim_param params[] = {LABOUR_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema labour_schema = {"labour", "working days, casual work, applying for and leaving jobs",
    params, SIM_COUNT(params), sizeof(struct labour_params), NULL, 0};

double work_day_worth(const struct village *village, sim_row household, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    double share = 0.5 * (scenario->labour.casual_summer + scenario->labour.casual_winter);
    share = scenario->labour.casual ? share : 0.0;
    double per_day = share * moment->sell[GOOD_CASUAL] +
                     (1.0 - share) * scenario->household.other_business * 100.0 * moment->index;
    return per_day * village->households.ability[household];
}

static double herd_days(const struct village *village, sim_row household)
{
    const struct livestock_params *livestock = &village->scenario->livestock;
    double days = 0.0;
    for (int32_t species = 0; species < SPECIES_COUNT; species++) {
        int32_t heads = herd_heads(&village->herds, household * SPECIES_COUNT + species);
        if (heads > 0)
            days += (double)heads * livestock->species[species].labour;
    }
    return days;
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
    double casual_share = moment->is_winter ? self->casual_winter : self->casual_summer;
    if (!self->casual)
        casual_share = 0.0;
    double business = scenario->household.other_business * 100.0 * moment->index;

    for (sim_row h = 0; h < households->head.n; h++) {
        if (!households->present[h])
            continue;
        double have =
            (households->home_workers[h] + households->casual_workers[h] + households->business_workers[h]) *
                self->days -
            households->days_lost[h] - households->days_used[h];
        have = have > 0.0 ? have : 0.0;
        double asked = herd_days(village, h) + crop_days[h];
        if (is_growing)
            households->crop_care[h] += season_share * (asked <= have ? 1.0 : have / asked);
        double spare = have > asked ? have - asked : 0.0;
        double luck = sim_dist_lognormal(
            sim_rand_unit(words[4 * (int64_t)h + SIM_WORD_OF_CASUAL_LUCK]), 1.0, self->luck_sd);
        double share = casual_share * luck;
        double casual = spare * (share < 1.0 ? share : 1.0);
        int64_t wage = (int64_t)(casual * moment->sell[GOOD_CASUAL] * households->ability[h]);
        int64_t own = (int64_t)((spare - casual) * business * households->ability[h]);
        household_receive(households, h, INCOME_WAGE, wage);
        household_receive(households, h, INCOME_BUSINESS, own);
        households->year_wage_days[h] += casual;
        sim_ledger_post(&village->ledger, FLOW_WAGE_CASUAL, wage);
        sim_ledger_post(&village->ledger, FLOW_BUSINESS, own);
        households->days_used[h] = 0.0;
        households->days_lost[h] = 0.0;
    }
}
