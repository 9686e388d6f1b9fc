#include "models/households/demography.h"

#include <string.h>

#include "models/labour/jobs.h"
#include "models/land/rental.h"
#include "models/livestock/livestock.h"
#include "sim/core/key.h"
#include "sim/core/real.h"
#include "sim/rand/dist.h"

#define SIM_PARAM_SELF struct demography_params
static const struct sim_param params[] = {DEMOGRAPHY_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema demography_schema = {"demography",
    "births, deaths, marriage, division, school, ages of work and pension", params, SIM_COUNT(params),
    sizeof(struct demography_params), NULL, 0};

#define SIM_TABLE_SELF struct person_table
static const struct sim_column columns[] = {PERSON_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type person_table_type = {"person", columns, SIM_COUNT(columns)};

const char *const activity_names[ACTIVITIES] = {
    "none", "school", "home", "casual", "business", "job", "migrant", "training"};

/* Shares of a woman's children by her age in five-year groups from 15 (assumption: the shape of rural China
 * after 2010, few births before marriage is common). */
enum { FERTILE_GROUP = 5 };
static const double fertility_shares[FERTILE_YEARS / FERTILE_GROUP] = {
    0.01, 0.34, 0.34, 0.19, 0.08, 0.03, 0.01};

enum { WORK_END = 76, CHILD_END = 15 }; /* ages at which work ends, and childhood's lighter consumption */

double demography_death(const struct demography_params *self, int32_t age)
{
    if (age <= 1)
        return self->infant_death;
    double hazard = self->death_base + self->death_level * sim_real_exp(self->death_slope * (double)age);
    return 1.0 - sim_real_exp(-hazard);
}

enum activity demography_activity(const struct demography_params *self, int32_t age)
{
    return age >= self->work_age && age < WORK_END ? ACTIVITY_HOME : ACTIVITY_NONE;
}

double demography_seeking(const struct demography_params *self, bool is_female, int32_t age)
{
    int64_t from = is_female ? self->bride_age : self->groom_age;
    if (age < from)
        return 0.0;
    if (age >= self->late_age)
        return self->remarriage;
    int64_t steps = age - from + 1, all = self->marriage_ramp + 1;
    return self->marriage_rate * (steps < all ? (double)steps / (double)all : 1.0);
}

double demography_ever_married(const struct demography_params *self, int32_t age)
{
    double single = 1.0;
    for (int32_t year = (int32_t)self->bride_age; year < age; year++)
        single *= 1.0 - self->marriage_found * demography_seeking(self, true, year);
    return 1.0 - single;
}

double demography_married(const struct demography_params *self, int32_t age)
{
    double from = (double)(self->bride_age + self->age_gap), to = (double)(age + self->age_gap);
    if (age <= self->bride_age)
        return 0.0;
    double slope = self->death_slope;
    double grown = slope > 0 ? (sim_real_exp(slope * to) - sim_real_exp(slope * from)) / slope : to - from;
    double survives = sim_real_exp(-self->death_base * (to - from) - self->death_level * grown);
    return demography_ever_married(self, age) * survives;
}

void demography_birth_chances(const struct demography_params *self, double chance[FERTILE_YEARS])
{
    double single = 1.0, births = self->fertility / (1.0 + self->twins);
    for (int32_t age = (int32_t)self->bride_age; age < FERTILE_FROM; age++)
        single *= 1.0 - self->marriage_found * demography_seeking(self, true, age);
    for (int32_t group = 0; group < FERTILE_YEARS / FERTILE_GROUP; group++) {
        double women = 0.0;
        for (int32_t age = FERTILE_GROUP * group; age < FERTILE_GROUP * (group + 1); age++) {
            women += self->marriage ? 1.0 - single : 1.0;
            single *= 1.0 - self->marriage_found * demography_seeking(self, true, FERTILE_FROM + age);
        }
        double rate = women > 0 ? births * fertility_shares[group] / women : 0.0;
        for (int32_t age = FERTILE_GROUP * group; age < FERTILE_GROUP * (group + 1); age++)
            chance[age] = rate < 1.0 ? rate : 1.0;
    }
}

void demography_move(struct village *village, sim_row person, sim_row household)
{
    struct person_table *persons = &village->persons;
    sim_row *link = &village->households.first_person[persons->household[person]];
    while (*link != person)
        link = &persons->next[*link];
    *link = persons->next[person];
    persons->household[person] = household;
    persons->next[person] = village->households.first_person[household];
    village->households.first_person[household] = person;
}

/* Who is of age A or older at a month was born in this month or before: ages are compared without a division.
 */
static int32_t born_by(int32_t month, int64_t age)
{
    return month - 12 * (int32_t)age;
}

void demography_recount(struct village *village, sim_row household, int32_t month)
{
    struct household_table *households = &village->households;
    const struct person_table *persons = &village->persons;
    const struct scenario *scenario = village->scenario;
    const int32_t grown_by = born_by(month, CHILD_END),
                  elder_by = born_by(month, scenario->demography.pension_age);
    const int32_t works_by = born_by(month, scenario->demography.work_age),
                  rests_by = born_by(month, WORK_END);
    const double elder_work = scenario->labour.elder_work;
    /* Whole counts, so that the order of the list shows in nothing. */
    int32_t n = 0, children = 0, elders = 0, jobs = 0, migrants = 0, home = 0, home_elders = 0;
    int32_t casual_adults = 0, casual_elders = 0;
    int64_t casual = 0, business = 0; /* efficiency in millionths */
    for (sim_row p = households->first_person[household]; p != SIM_ROW_NONE; p = persons->next[p]) {
        int32_t born = persons->born[p], activity = persons->activity[p];
        int32_t is_elder = born <= elder_by, may_work = (born <= works_by) & (born > rests_by);
        int32_t is_home = may_work & (activity == ACTIVITY_HOME);
        n++;
        elders += is_elder;
        migrants += activity == ACTIVITY_MIGRANT;
        jobs += persons->job[p] != PERSON_NO_JOB;
        children += born > grown_by;
        home += is_home;
        home_elders += is_home & is_elder;
        if (may_work & ((activity == ACTIVITY_CASUAL) | (activity == ACTIVITY_BUSINESS))) {
            double efficiency = (double)persons->efficiency[p] * (is_elder ? elder_work : 1.0);
            *(activity == ACTIVITY_CASUAL ? &casual : &business) += (int64_t)(efficiency * 1e6);
            casual_adults += activity == ACTIVITY_CASUAL;
            casual_elders += (activity == ACTIVITY_CASUAL) & is_elder;
        }
    }
    households->n_persons[household] = (int16_t)n;
    households->n_elders[household] = (int16_t)elders;
    households->n_jobs[household] = (int16_t)jobs;
    households->n_migrants[household] = (int16_t)migrants;
    households->consumers[household] =
        (double)(n - migrants - children) + scenario->household.child_weight * (double)children;
    households->home_workers[household] =
        (float)((double)(home - home_elders) + elder_work * (double)home_elders);
    households->casual_workers[household] = (float)((double)casual * 1e-6);
    households->casual_hands[household] =
        (float)((double)(casual_adults - casual_elders) + elder_work * (double)casual_elders);
    households->business_workers[household] = (float)((double)business * 1e-6);
}

/* Everything of a household at the last prices, as money: animals, durables; stores spoil. */
static void sell_up(struct village *village, sim_row household, const struct moment *moment)
{
    struct household_table *households = &village->households;
    struct herd_table *herds = &village->herds;
    for (int32_t species = 0; species < SPECIES_COUNT; species++) {
        sim_row row = household * SPECIES_COUNT + species;
        int64_t heads = herd_heads(herds, row);
        int64_t fen =
            livestock_value(&village->scenario->livestock, herds, row, moment->sell[GOOD_SHEEP + species]);
        herds->young[row] = herds->juvenile[row] = herds->female[row] = herds->male[row] = 0;
        herds->target[row] = 0;
        village->current.heads_sold[species] += heads;
        village->current.sold[GOOD_SHEEP + species] += heads;
        sim_ledger_post(&village->ledger, accounts_herd_flow(species, HERD_SOLD), heads);
        sim_ledger_post(&village->ledger, FLOW_ANIMAL_SALE, fen);
        households->cash_fen[household] += fen;
    }
    livestock_recount(village, household);
    sim_ledger_post(&village->ledger, FLOW_DURABLE_WORN, __builtin_popcount(households->durables[household]));
    households->durables[household] = 0;
    sim_ledger_post(&village->ledger, FLOW_GRAIN_EATEN, households->grain_g[household]);
    sim_ledger_post(&village->ledger, FLOW_HAY_FED, households->hay_g[household]);
    households->grain_g[household] = households->hay_g[household] = 0;
}

int demography_close_household(struct sim_context *context, struct village *village, sim_row household,
    const struct moment *moment, bool leaves, struct sim_error *error)
{
    struct household_table *households = &village->households;
    producer_release(village, household);
    sell_up(village, household, moment);
    while (households->first_person[household] != SIM_ROW_NONE) { /* those who leave for good */
        sim_row person = households->first_person[household];
        int code = jobs_leave(context, village, person, error);
        if (code < 0)
            return code;
        village_remove_person(village, person);
        sim_ledger_post(&village->ledger, FLOW_PERSON_LEFT, 1);
        village->current.left_persons++;
    }
    demography_recount(village, household, moment->month);
    int64_t repaid = households->debt_fen[household] < households->cash_fen[household]
                         ? households->debt_fen[household]
                         : households->cash_fen[household];
    int64_t rest = households->cash_fen[household] - repaid;
    sim_ledger_post(&village->ledger, FLOW_REPAYMENT, repaid);
    sim_ledger_post(&village->ledger, FLOW_DEBT_REPAID, households->debt_fen[household]);
    sim_ledger_post(&village->ledger, leaves ? FLOW_LEFT_WITH : FLOW_ESTATE, rest);
    village->collective_fen += leaves ? 0 : rest;
    households->cash_fen[household] = households->debt_fen[household] = 0;
    households->present[household] = 0;
    households->registered[household] = 0;
    households->subsidised[household] = households->business_days[household] = 0.0f;
    rental_release(village, household);
    village->land_is_counted = false;
    for (sim_row p = 0; p < village->parcels.head.n; p++)
        if (village->parcels.household[p] == household) {
            int32_t scheme = village->parcels.scheme[p];
            village->parcels.household[p] = village->parcels.owner[p] = SIM_ROW_NONE;
            village->parcels.sown[p] = 0;
            village->idle_m2 += village->parcels.area_m2[p];
            if (scheme != PARCEL_NO_SCHEME) {
                village->schemes.plot_m2[scheme] -= village->parcels.area_m2[p];
                village->schemes.idle_m2[scheme] += village->parcels.area_m2[p];
            }
            sim_ledger_post(&village->ledger, FLOW_PLOT_LEFT, village->parcels.area_m2[p]);
        }
    for (sim_row p = 0; p < village->participations.head.n; p++) {
        if (village->participations.household[p] != household ||
            village->participations.state[p] != PARTICIPATION_MEMBER)
            continue;
        int32_t scheme = village->participations.scheme[p];
        participation_leave(village, p, moment->month, false);
        int code = village_send(
            context, village, MESSAGE_MEMBERS, scheme, village->schemes.members[scheme], 0, 0, error);
        if (code < 0)
            return code;
    }
    return 0;
}

static int add_child(struct village *village, sim_row mother, uint64_t slot, const struct moment *moment,
    struct sim_error *error)
{
    struct person_table *persons = &village->persons;
    sim_key key = sim_key_make(persons->key[mother], (uint64_t)moment->month, slot);
    sim_row child = village_add_person(village, persons->household[mother], key, error);
    if (child < 0)
        return child;
    persons->born[child] = (int16_t)moment->month;
    persons->birth_month[child] = (uint8_t)moment->calendar_month;
    persons->mother[child] = mother;
    double u =
        sim_rand_uniform(village->luck, persons->key[child], SIM_PURPOSE_PERSON_SEX, (uint64_t)moment->month);
    persons->female[child] = u > 0.52; /* assumption: sex ratio at birth 108 boys to 100 girls */
    sim_ledger_post(&village->ledger, FLOW_PERSON_BORN, 1);
    village->current.births++;
    return 0;
}

static int bear(struct village *village, sim_row mother, const struct moment *moment, struct sim_error *error)
{
    double u = sim_rand_uniform(
        village->luck, village->persons.key[mother], SIM_PURPOSE_TWINS, (uint64_t)moment->month);
    int code = add_child(village, mother, 0, moment, error);
    if (code == 0 && sim_dist_bernoulli(u, village->scenario->demography.twins))
        code = add_child(village, mother, 1, moment, error);
    return code;
}

/* The year's chances: of births by age, and of death at the end of each band of ages, which no younger age
 * from 2 exceeds: most who live on are known by them, without an exponential. */
static const struct demography_odds *odds_of(struct village *village, const struct moment *moment)
{
    const struct demography_params *self = &village->scenario->demography;
    struct demography_odds *odds = &village->odds;
    if (odds->year == moment->year)
        return odds;
    demography_birth_chances(self, odds->births);
    for (int32_t band = 0; band < DEATH_BANDS; band++)
        odds->deaths_most[band] = demography_death(self, DEATH_BAND * (band + 1) - 1);
    odds->year = moment->year;
    return odds;
}

/* What birthdays of a month are decided by. */
struct birthdays {
    const struct demography_odds *odds;
    uint64_t salts[4]; /* of the month's luck */
};

static double luck_of(const struct birthdays *self, int32_t word, sim_key key)
{
    return sim_rand_unit(sim_rand_salted(self->salts[word], key));
}

static bool dies(
    const struct demography_params *self, const struct birthdays *birthdays, sim_key key, int32_t age)
{
    double u = luck_of(birthdays, SIM_WORD_OF_PERSON_DEATH, key);
    int32_t band = age / DEATH_BAND;
    if (age <= 0 ||
        (age > 1 && band < DEATH_BANDS && !sim_dist_bernoulli(u, birthdays->odds->deaths_most[band])))
        return false;
    return sim_dist_bernoulli(u, demography_death(self, age));
}

/* The birthday of one person. */
static int turn_year(struct sim_context *context, struct village *village, sim_row person,
    const struct moment *moment, const struct birthdays *birthdays, struct sim_error *error)
{
    const struct demography_params *self = &village->scenario->demography;
    struct person_table *persons = &village->persons;
    sim_row household = persons->household[person];
    int32_t age = demography_age(persons->born[person], moment->month);
    /* Most birthdays change nothing that is counted. */
    bool changes = age == CHILD_END || age == self->work_age || age == self->pension_age || age == WORK_END;
    sim_key key = persons->key[person];
    if (dies(self, birthdays, key, age)) {
        int code = jobs_leave(context, village, person, error);
        if (code < 0)
            return code;
        village_remove_person(village, person);
        sim_ledger_post(&village->ledger, FLOW_PERSON_DIED, 1);
        village->current.deaths++;
        changes = true;
    } else if (persons->female[person] && (!self->marriage || persons->spouse[person] != SIM_ROW_NONE) &&
               age >= FERTILE_FROM && age < FERTILE_FROM + FERTILE_YEARS) {
        double chance = birthdays->odds->births[age - FERTILE_FROM];
        if (sim_dist_bernoulli(luck_of(birthdays, SIM_WORD_OF_PERSON_BIRTH, key), chance)) {
            int code = bear(village, person, moment, error);
            if (code < 0)
                return code;
            changes = true;
        }
    }
    if (village->persons.alive[person] && village->persons.job[person] == PERSON_NO_JOB) {
        uint8_t *activity = &village->persons.activity[person];
        bool is_pupil = *activity == ACTIVITY_SCHOOL && self->schooling;
        if (age >= WORK_END || *activity == ACTIVITY_NONE || (*activity == ACTIVITY_SCHOOL && !is_pupil)) {
            uint8_t now = (uint8_t)demography_activity(self, age);
            changes |= now != *activity;
            *activity = now;
        }
    }
    if (!changes)
        return 0;
    demography_recount(village, household, moment->month);
    if (village->households.n_persons[household] == 0)
        return demography_close_household(context, village, household, moment, false, error);
    return 0;
}

/* High bits of the bytes of a word that are equal to `byte`: eight rows are looked at as one, the first of
 * them in the lowest byte. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte is the lowest");
static uint64_t bytes_equal(uint64_t word, uint8_t byte)
{
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t other = word ^ byte * UINT64_C(0x0101010101010101);
    return ~(((other & low) + low) | other | low);
}

int demography_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error)
{
    enum { STRIDE = sizeof(uint64_t) };
    if (!village->scenario->demography.dynamics)
        return 0;
    struct birthdays birthdays = {.odds = odds_of(village, moment)};
    sim_rand_block(village->luck, village->scenario->county_key, SIM_BLOCK_OF_PERSON_DEATH,
        (uint64_t)moment->month, birthdays.salts);
    /* Those born now, in new rows or in freed ones, have their first birthday in a year. */
    const struct person_table *persons = &village->persons;
    sim_row n = persons->head.n;
    for (sim_row from = 0; from < n; from += STRIDE) {
        uint64_t months = 0;
        if (n - from >= STRIDE)
            memcpy(&months, persons->birth_month + from, STRIDE);
        else
            memcpy(&months, persons->birth_month + from, (size_t)(n - from));
        uint64_t turning = bytes_equal(months, (uint8_t)moment->calendar_month);
        for (; turning != 0; turning &= turning - 1) {
            sim_row person = from + __builtin_ctzll(turning) / 8;
            if (!persons->alive[person] || persons->born[person] == moment->month)
                continue;
            int code = turn_year(context, village, person, moment, &birthdays, error);
            if (code < 0)
                return code;
        }
    }
    return village_fit_scratch(village, error);
}
