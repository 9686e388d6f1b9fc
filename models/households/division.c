#include "models/households/division.h"

#include "models/households/demography.h"
#include "models/livestock/livestock.h"
#include "sim/core/key.h"
#include "sim/rand/dist.h"

/* What one household may hold here: more couples, or more who leave with one, stay where they are. */
enum { COUPLES_MAX = 16, LEAVERS_MAX = 64 };
enum { CHILD_END = 15, SON_FROM = 10, ADULT_WEIGHT = 100 };

static int64_t cut(int64_t total, int64_t part, int64_t whole)
{
    return (int64_t)((sim_int128)total * part / whole);
}

/* Returns how many heads went over. */
static int64_t hand_over_herd(struct herd_table *herds, sim_row from, sim_row to, int64_t part, int64_t whole)
{
    int32_t *const classes[HERD_CLASSES] = {herds->young, herds->juvenile, herds->female, herds->male};
    /* Running sums are cut, not classes, so that single animals of several classes count together. */
    int64_t sum = 0, given = 0;
    for (int32_t c = 0; c < HERD_CLASSES; c++) {
        sum += classes[c][from];
        int32_t give = (int32_t)(cut(sum, part, whole) - given);
        classes[c][from] -= give;
        classes[c][to] += give;
        given += give;
    }
    int32_t target = (int32_t)cut(herds->target[from], part, whole);
    herds->target[from] -= target;
    herds->target[to] += target;
    return given;
}

/* Those who come together are in the condition that they have in the mean. */
static void hand_over_herds(struct village *village, sim_row from, sim_row to, int64_t part, int64_t whole)
{
    float *condition = village->households.condition;
    int64_t had = 0, given = 0;
    for (int32_t s = 0; s < SPECIES_COUNT; s++) {
        had += herd_heads(&village->herds, to * SPECIES_COUNT + s);
        given +=
            hand_over_herd(&village->herds, from * SPECIES_COUNT + s, to * SPECIES_COUNT + s, part, whole);
    }
    if (given > 0)
        condition[to] =
            (float)(((double)had * (double)condition[to] + (double)given * (double)condition[from]) /
                    (double)(had + given));
    livestock_recount(village, from);
    livestock_recount(village, to);
}

static int hand_over_land(
    struct village *village, sim_row from, sim_row to, int64_t part, int64_t whole, struct sim_error *error)
{
    struct parcel_table *parcels = &village->parcels;
    sim_row n = parcels->head.n;
    village->land_is_counted = false;
    for (sim_row p = 0; p < n; p++) {
        bool is_let = parcels->owner[p] == from && parcels->household[p] != from;
        if (is_let && part == whole && parcels->scheme[p] == PARCEL_NO_SCHEME)
            parcels->owner[p] = to; /* the tenant reaps, and the land comes back to who took over */
        if (parcels->household[p] != from || parcels->owner[p] != from ||
            parcels->scheme[p] != PARCEL_NO_SCHEME)
            continue;
        int32_t area = (int32_t)cut(parcels->area_m2[p], part, whole);
        if (area == 0)
            continue;
        if (area == parcels->area_m2[p]) {
            parcels->household[p] = parcels->owner[p] = to;
            continue;
        }
        sim_row row = sim_table_add(parcels, &parcel_table_type, village->arena, error);
        if (row < 0)
            return row;
        parcels->household[row] = parcels->owner[row] = to;
        parcels->kind[row] = parcels->kind[p];
        parcels->sown[row] = parcels->sown[p];
        parcels->scheme[row] = PARCEL_NO_SCHEME;
        parcels->crop[row] = parcels->crop[p];
        parcels->quality[row] = parcels->quality[p];
        parcels->technique[row] = parcels->technique[p];
        parcels->area_m2[row] = area;
        parcels->area_m2[p] -= area;
    }
    return 0;
}

int division_hand_over(
    struct village *village, sim_row from, sim_row to, int64_t part, int64_t whole, struct sim_error *error)
{
    struct household_table *households = &village->households;
    int64_t *const amounts[] = {households->cash_fen, households->debt_fen, households->grain_g,
        households->hay_g, households->own_food_fen, households->need_fen, households->year_consumption_fen,
        households->year_cash_fen, households->year_assistance_fen};
    for (int32_t i = 0; i < SIM_COUNT(amounts); i++) {
        int64_t give = cut(amounts[i][from], part, whole);
        amounts[i][from] -= give;
        amounts[i][to] += give;
    }
    for (int32_t source = 0; source < INCOME_SOURCES; source++) {
        int64_t *income = household_income_of(households, source);
        int64_t give = cut(income[from], part, whole);
        income[from] -= give;
        income[to] += give;
    }
    double share = (double)part / (double)whole;
    double lasting = households->permanent_fen[from] * share;
    float days = households->year_wage_days[from] * (float)share;
    households->permanent_fen[from] -= lasting;
    households->permanent_fen[to] += lasting;
    float revision = households->revision_fen[from] * (float)share;
    households->revision_fen[from] -= revision;
    households->revision_fen[to] += revision;
    households->year_wage_days[from] -= days;
    households->year_wage_days[to] += days;
    hand_over_herds(village, from, to, part, whole);
    return hand_over_land(village, from, to, part, whole, error);
}

double division_chance(
    const struct demography_params *self, int32_t wife_age, bool has_younger_couple, bool is_last)
{
    /* When a couple married is not kept: its years together are counted from the age at which chances of a
     * wedding are full. */
    int64_t years = wife_age - (self->bride_age + self->marriage_ramp);
    years = years < 0 ? 0 : years < self->division_ramp ? years : self->division_ramp;
    double chance = self->division_rate * (double)years / (double)self->division_ramp;
    chance += has_younger_couple ? self->division_brother : 0.0;
    chance *= is_last ? self->division_last : 1.0;
    return chance < 1.0 ? chance : 1.0;
}

static bool is_older(const struct person_table *persons, sim_row a, sim_row b)
{
    return persons->born[a] < persons->born[b] ||
           (persons->born[a] == persons->born[b] && persons->key[a] < persons->key[b]);
}

/* Husbands of a household, the oldest first. */
static int32_t list_couples(const struct village *village, sim_row household, sim_row *husbands)
{
    const struct person_table *persons = &village->persons;
    int32_t n = 0;
    for (sim_row p = village->households.first_person[household]; p != SIM_ROW_NONE; p = persons->next[p]) {
        if (persons->female[p] || persons->spouse[p] == SIM_ROW_NONE || n == COUPLES_MAX)
            continue;
        int32_t at = n++;
        for (; at > 0 && is_older(persons, p, husbands[at - 1]); at--)
            husbands[at] = husbands[at - 1];
        husbands[at] = p;
    }
    return n;
}

static bool is_among(const sim_row *rows, int32_t n, sim_row row)
{
    for (int32_t i = 0; i < n; i++)
        if (rows[i] == row)
            return true;
    return false;
}

/* A couple, its children in the household, their spouses and children. */
static int32_t list_leavers(const struct village *village, sim_row husband, sim_row *leavers)
{
    const struct person_table *persons = &village->persons;
    sim_row first = village->households.first_person[persons->household[husband]];
    int32_t n = 2, before = 0;
    leavers[0] = husband;
    leavers[1] = persons->spouse[husband];
    while (before < n) {
        before = n;
        for (sim_row p = first; p != SIM_ROW_NONE; p = persons->next[p]) {
            sim_row spouse = persons->spouse[p], mother = persons->mother[p];
            bool follows = (mother != SIM_ROW_NONE && is_among(leavers, n, mother)) ||
                           (spouse != SIM_ROW_NONE && is_among(leavers, n, spouse));
            if (follows && n < LEAVERS_MAX && !is_among(leavers, n, p))
                leavers[n++] = p;
        }
    }
    return n;
}

/* Whether no man of the next generation stays behind: neither another younger husband nor a son of ten. */
static bool is_last_son(const struct village *village, sim_row senior, sim_row husband,
    const sim_row *leavers, int32_t n, int32_t month)
{
    const struct person_table *persons = &village->persons;
    sim_row first = village->households.first_person[persons->household[husband]];
    for (sim_row p = first; p != SIM_ROW_NONE; p = persons->next[p])
        if (!persons->female[p] && p != senior && demography_age(persons->born[p], month) >= SON_FROM &&
            is_older(persons, senior, p) && !is_among(leavers, n, p))
            return false;
    return true;
}

static int64_t weight_of(const struct village *village, sim_row person, int32_t month)
{
    bool is_child = demography_age(village->persons.born[person], month) < CHILD_END;
    return is_child ? (int64_t)(village->scenario->demography.division_child * ADULT_WEIGHT) : ADULT_WEIGHT;
}

/* What the members take with them besides their share: their past, their name, the state of their herds. */
static void inherit(struct village *village, sim_row from, sim_row to)
{
    struct household_table *households = &village->households;
    uint8_t *const bytes[] = {households->registered, households->rung, households->services,
        households->disease, households->disease_months, households->missed_dues, households->credit_closed,
        households->hungry_months, households->poor_last, households->poor_years, households->observed_years,
        households->year_hunger, households->year_distress};
    for (int32_t i = 0; i < SIM_COUNT(bytes); i++)
        bytes[i][to] = bytes[i][from];
    households->registered[to] = 0; /* drawn up in January */
    households->quintile[to] = households->quintile[from];
    households->dynasty[to] = households->dynasty[from];
    households->sum_consumption[to] = households->sum_consumption[from];
    households->sum_gap2[to] = households->sum_gap2[from];
    households->crop_care[to] = households->crop_care[from];
    households->crop_inputs[to] = households->crop_inputs[from];
    double luck = sim_dist_lognormal(
        sim_rand_uniform(village->luck, households->key[to], SIM_PURPOSE_DIVISION_ABILITY, 0), 1.0,
        village->scenario->demography.division_spread);
    households->ability[to] = households->ability[from] * luck;
}

static int leave(struct village *village, sim_row from, const sim_row *leavers, int32_t n,
    const struct moment *moment, struct sim_error *error)
{
    int64_t part = 0, whole = 0;
    sim_key key = sim_key_make(village->persons.key[leavers[0]], (uint64_t)moment->month, 0);
    sim_row to = village_add_household(village, key, error);
    if (to < 0)
        return to;
    inherit(village, from, to);
    for (sim_row p = village->households.first_person[from]; p != SIM_ROW_NONE; p = village->persons.next[p])
        whole += weight_of(village, p, moment->month);
    for (int32_t i = 0; i < n; i++) {
        part += weight_of(village, leavers[i], moment->month);
        demography_move(village, leavers[i], to);
    }
    int code = division_hand_over(village, from, to, part, whole, error);
    demography_recount(village, from, moment->month);
    demography_recount(village, to, moment->month);
    village->current.divisions++;
    return code;
}

/* At most one couple of a household leaves in a year, the eldest of those whose draw says so. */
static int divide(
    struct village *village, sim_row household, const struct moment *moment, struct sim_error *error)
{
    const struct person_table *persons = &village->persons;
    sim_row husbands[COUPLES_MAX], leavers[LEAVERS_MAX];
    int32_t n_couples = list_couples(village, household, husbands);
    for (int32_t i = 1; i < n_couples; i++) {
        sim_row husband = husbands[i];
        int32_t wife_age = demography_age(persons->born[persons->spouse[husband]], moment->month);
        double u = sim_rand_uniform(
            village->luck, persons->key[husband], SIM_PURPOSE_DIVISION, (uint64_t)moment->month);
        /* No chance is larger than that of who is followed by another couple: most need no look at who goes.
         */
        if (!sim_dist_bernoulli(
                u, division_chance(&village->scenario->demography, wife_age, i + 1 < n_couples, false)))
            continue;
        int32_t n = list_leavers(village, husband, leavers);
        if (is_among(leavers, n, husbands[0])) /* a mother younger than her son's wife: no line to follow */
            continue;
        bool is_last = is_last_son(village, husbands[0], husband, leavers, n, moment->month);
        bool has_younger = i + 1 < n_couples && !is_among(leavers, n, husbands[i + 1]);
        double chance = division_chance(&village->scenario->demography, wife_age, has_younger, is_last);
        if (sim_dist_bernoulli(u, chance))
            return leave(village, household, leavers, n, moment, error);
    }
    return 0;
}

int division_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error)
{
    (void)context;
    const struct demography_params *self = &village->scenario->demography;
    if (!self->dynamics || !self->division || moment->calendar_month != self->division_month)
        return 0;
    sim_row n = village->households.head.n; /* who left this month does not divide again */
    for (sim_row h = 0; h < n; h++) {
        int code = village->households.n_persons[h] > 3 ? divide(village, h, moment, error) : 0;
        if (code < 0)
            return code;
    }
    return village_fit_scratch(village, error);
}
