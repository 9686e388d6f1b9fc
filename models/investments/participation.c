#include "models/investments/participation.h"

#include "models/county/village.h"

#define SIM_TABLE_SELF struct participation_table
static const struct sim_column columns[] = {PARTICIPATION_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type participation_table_type = {"participation", columns, SIM_COUNT(columns)};

#define SIM_TABLE_SELF struct scheme_table
static const struct sim_column scheme_columns[] = {SCHEME_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type scheme_table_type = {"scheme", scheme_columns, SIM_COUNT(scheme_columns)};

sim_row participation_find(const struct village *village, sim_row household, int32_t scheme)
{
    const struct participation_table *self = &village->participations;
    for (sim_row p = 0; p < self->head.n; p++)
        if (self->household[p] == household && self->scheme[p] == scheme)
            return p;
    return SIM_ROW_NONE;
}

sim_key participation_luck(const struct village *village, sim_row household, int32_t scheme)
{
    return sim_key_make(
        village->households.key[household], scenario_scheme_key(village->scenario, scheme), 0);
}

void participation_release(struct village *village, int32_t scheme, int32_t month)
{
    struct participation_table *self = &village->participations;
    for (sim_row p = 0; p < self->head.n; p++)
        if (self->scheme[p] == scheme && self->state[p] == PARTICIPATION_MEMBER)
            participation_leave(village, p, month, false);
}

sim_row participation_answer(struct village *village, sim_row household, int32_t scheme, bool accepts,
    int32_t month, int64_t amount, struct sim_error *error)
{
    struct participation_table *self = &village->participations;
    village->concerned = household;
    sim_row row = sim_table_add(self, &participation_table_type, village->arena, error);
    if (row < 0)
        return row;
    self->household[row] = household;
    self->scheme[row] = scheme;
    self->state[row] = accepts ? PARTICIPATION_MEMBER : PARTICIPATION_REFUSED;
    self->since[row] = month;
    self->trust[row] = 1.0;
    self->amount[row] = amount;
    struct scheme_table *schemes = &village->schemes;
    schemes->offered[scheme]++;
    if (accepts) {
        schemes->accepted[scheme]++;
        schemes->members[scheme]++;
        village->households.schemes[household] |= UINT64_C(1) << scheme;
    } else {
        schemes->refused[scheme]++;
    }
    return row;
}

void participation_leave(struct village *village, sim_row row, int32_t month, bool by_choice)
{
    struct participation_table *self = &village->participations;
    int32_t scheme = self->scheme[row];
    self->state[row] = PARTICIPATION_LEFT;
    self->since[row] = month;
    village->schemes.members[scheme]--;
    village->schemes.left[scheme] += by_choice;
    village->households.schemes[self->household[row]] &= ~(UINT64_C(1) << scheme);
}

int participation_offer(struct village *village, int32_t scheme, int32_t rule, double error_spread,
    int64_t amount, int32_t month,
    int64_t (*accepts)(void *user, struct village *village, sim_row household, int64_t left), void *user,
    int64_t *taken, struct sim_error *error)
{
    *taken = 0;
    int32_t *order = village->scratch_order;
    int32_t n = targeting_rank(village, rule, error_spread, scheme, order, village->scratch_key);
    int64_t *has_answered = village->scratch_amount;
    for (sim_row h = 0; h < village->households.head.n; h++)
        has_answered[h] = 0;
    for (sim_row p = 0; p < village->participations.head.n; p++)
        if (village->participations.scheme[p] == scheme)
            has_answered[village->participations.household[p]] = 1;
    for (int32_t i = 0; i < n && *taken < amount; i++) {
        sim_row household = order[i];
        if (has_answered[household])
            continue;
        int64_t takes = accepts(user, village, household, amount - *taken);
        if (takes < 0) /* not eligible: it is not asked */
            continue;
        sim_row row = participation_answer(village, household, scheme, takes > 0, month, takes, error);
        if (row < 0)
            return row;
        *taken += takes;
    }
    return 0;
}
