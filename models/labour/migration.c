#include "models/labour/migration.h"

#include <math.h>

#include "models/households/demography.h"
#include "models/livestock/livestock.h"
#include "sim/core/real.h"
#include "sim/rand/dist.h"

#define SIM_PARAM_SELF struct migration_params
static const struct sim_param params[] = {MIGRATION_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema migration_schema = {"migration", "work beyond the county, money sent home, leaving",
    params, SIM_COUNT(params), sizeof(struct migration_params), NULL, 0};

int64_t migration_moving_fen(
    const struct migration_params *self, const struct moment *moment, double share_away)
{
    double rest = 1.0 - self->network * share_away;
    return rest > 0.0 ? (int64_t)(self->moving_cost * 100.0 * moment->index * rest) : 0;
}

double migration_pay(const struct migration_params *self, double ability)
{
    if (self->ability_return == 0.5) /* the default, and no logarithm */
        return sqrt(ability);
    return self->ability_return > 0.0 ? sim_real_pow(ability, self->ability_return) : 1.0;
}

/* What one migrant sends: nothing in a month without work. */
static int64_t remittance(
    const struct village *village, sim_row person, uint64_t salt, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    const struct person_table *persons = &village->persons;
    double u = sim_rand_unit(sim_rand_salted(salt, persons->key[person]));
    if (sim_dist_bernoulli(u, scenario->migration.out_of_work))
        return 0;
    double efficiency = (double)persons->efficiency[person];
    double pay = migration_pay(&scenario->migration, village->households.ability[persons->household[person]]);
    return (int64_t)(scenario->migration.remitted * moment->sell[GOOD_MIGRANT] * efficiency * pay);
}

void migration_month(struct village *village, const struct moment *moment)
{
    struct household_table *households = &village->households;
    const struct person_table *persons = &village->persons;
    if (!village->scenario->migration.migration)
        return;
    uint64_t salt = sim_rand_word(
        village->luck, village->scenario->county_key, SIM_PURPOSE_MIGRANT_LUCK, (uint64_t)moment->month);
    int64_t sent = 0;
    for (sim_row h = 0; h < households->head.n; h++) {
        if (households->n_migrants[h] == 0)
            continue;
        int64_t mine = 0;
        for (sim_row p = households->first_person[h]; p != SIM_ROW_NONE; p = persons->next[p])
            if (persons->activity[p] == ACTIVITY_MIGRANT)
                mine += remittance(village, p, salt, moment);
        household_receive(households, h, INCOME_REMITTANCE, mine);
        sent += mine;
    }
    village->current.remittances_fen += sent;
    sim_ledger_post(&village->ledger, FLOW_REMITTANCE, sent);
}

int migration_leave(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error)
{
    const struct migration_params *self = &village->scenario->migration;
    const struct household_table *households = &village->households;
    if (!self->migration)
        return 0;
    for (sim_row h = 0; h < households->head.n; h++) {
        if (!households->present[h] || households->hungry_months[h] < self->leave_after ||
            livestock_has_animals(&village->herds, h))
            continue;
        double u =
            sim_rand_uniform(village->luck, households->key[h], SIM_PURPOSE_LEAVE, (uint64_t)moment->month);
        if (!sim_dist_bernoulli(u, self->leave_hazard))
            continue;
        int code = demography_close_household(context, village, h, moment, true, error);
        if (code < 0)
            return code;
    }
    return 0;
}
