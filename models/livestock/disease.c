#include "models/livestock/disease.h"

#include <string.h>

#include "models/county/hub.h"
#include "models/livestock/livestock.h"
#include "sim/core/real.h"
#include "sim/rand/dist.h"

#define SIM_PARAM_SELF struct disease_params
static const struct sim_param params[] = {DISEASE_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema disease_schema = {"disease", "an infectious disease of herds, and vaccination",
    params, SIM_COUNT(params), sizeof(struct disease_params), NULL, 0};

/* Sick and immune herds come a month nearer to the next state. Returns how many are sick. */
static int64_t pass_month(struct village *village)
{
    const struct disease_params *self = &village->scenario->disease;
    struct household_table *households = &village->households;
    uint8_t *state = households->disease, *left = households->disease_months;
    int64_t sick = 0;
    for (sim_row h = 0; h < households->head.n; h++) {
        if (state[h] == DISEASE_SUSCEPTIBLE)
            continue;
        if (left[h] > 0)
            left[h]--;
        if (!households->present[h] || !livestock_has_animals(&village->herds, h)) {
            state[h] = DISEASE_SUSCEPTIBLE;
            left[h] = 0;
        } else if (left[h] == 0 && state[h] == DISEASE_SICK) {
            state[h] = DISEASE_IMMUNE;
            left[h] = (uint8_t)self->immune_months;
        } else if (left[h] == 0) {
            state[h] = DISEASE_SUSCEPTIBLE;
        }
        sick += state[h] == DISEASE_SICK;
    }
    return sick;
}

/* A household lets its animals be vaccinated or not, for good; the campaign comes to it in some years; the
 * vaccine takes or not (one uniform says both). It pays what it can. */
static void vaccinate(struct village *village, const struct moment *moment)
{
    const struct disease_params *self = &village->scenario->disease;
    struct household_table *households = &village->households;
    sim_key county = village->scenario->county_key;
    uint64_t trait = sim_rand_word(village->luck, county, SIM_PURPOSE_VACCINE_WILLING, 0);
    uint64_t year = sim_rand_word(village->luck, county, SIM_PURPOSE_VACCINE_REACH, (uint64_t)moment->year);
    for (sim_row h = 0; h < households->head.n; h++) {
        sim_key key = households->key[h];
        double u = sim_rand_unit(sim_rand_salted(year, key));
        if (!sim_dist_bernoulli(u, self->vaccine_reach) ||
            !sim_dist_bernoulli(sim_rand_unit(sim_rand_salted(trait, key)), self->vaccine_willing) ||
            !households->present[h] || households->disease[h] == DISEASE_SICK)
            continue;
        double units = livestock_household_units(village, h);
        if (units <= 0.0)
            continue;
        int64_t cost = (int64_t)(units * self->vaccine_cost * 100.0 * moment->index);
        int64_t paid = cost < households->cash_fen[h] ? cost : households->cash_fen[h];
        household_receive(households, h, INCOME_HERD, -paid);
        sim_ledger_post(&village->ledger, FLOW_HERD_COSTS, paid);
        bool takes = sim_dist_bernoulli(u, self->vaccine_reach * self->vaccine_take);
        if (takes && households->disease_months[h] < self->vaccine_months) {
            households->disease[h] = DISEASE_IMMUNE;
            households->disease_months[h] = (uint8_t)self->vaccine_months;
        }
    }
}

/* Share of the sheep units on the village's commons that belong to sick herds. */
static double sick_share(const struct village *village)
{
    const struct household_table *households = &village->households;
    double all = 0.0, sick = 0.0;
    for (sim_row h = 0; h < households->head.n; h++) {
        double units = livestock_household_units(village, h);
        all += units;
        sick += households->disease[h] == DISEASE_SICK ? units : 0.0;
    }
    return all > 0.0 ? sick / all : 0.0;
}

static void fall_sick(struct village *village, sim_row household)
{
    village->households.disease[household] = DISEASE_SICK;
    village->households.disease_months[household] = (uint8_t)village->scenario->disease.sick_months;
}

/* Susceptible herds fall sick with chance `p`; when the disease has been brought in, the one with the highest
 * draw does in any case (ties go by key). Returns how many did. */
static int64_t catch_it(struct village *village, const struct moment *moment, double p, bool is_brought)
{
    const struct household_table *households = &village->households;
    uint64_t salt = sim_rand_word(
        village->luck, village->scenario->county_key, SIM_PURPOSE_DISEASE_CATCH, (uint64_t)moment->month);
    /* Words below this are too low to fall sick by, and need be looked at only to find the highest. */
    uint64_t least = is_brought ? 0 : (uint64_t)((1.0 - p) * 0x1p52) << 12;
    sim_row first = SIM_ROW_NONE;
    double highest = 0.0;
    int64_t caught = 0;
    for (sim_row h = 0; h < households->head.n; h++) {
        uint64_t word = sim_rand_salted(salt, households->key[h]);
        if (word < least || !households->present[h] || households->disease[h] != DISEASE_SUSCEPTIBLE ||
            !livestock_has_animals(&village->herds, h))
            continue;
        double u = sim_rand_unit(word);
        if (first == SIM_ROW_NONE || u > highest ||
            (u >= highest && households->key[h] < households->key[first])) {
            first = h;
            highest = u;
        }
        if (sim_dist_bernoulli(u, p)) {
            fall_sick(village, h);
            caught++;
        }
    }
    if (is_brought && first != SIM_ROW_NONE && households->disease[first] != DISEASE_SICK) {
        fall_sick(village, first);
        caught++;
    }
    return caught;
}

void disease_month(struct village *village, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    const struct disease_params *self = &scenario->disease;
    if (!self->disease || !scenario->livestock.dynamics)
        return;
    /* Who was sick last month spreads it now, even where it recovers: so each does for all its months. */
    const struct household_table *households = &village->households;
    double pressure = 0.0;
    if (households->head.n > 0 && memchr(households->disease, DISEASE_SICK, (size_t)households->head.n))
        pressure += self->contact * sick_share(village);
    int64_t sick = pass_month(village);
    if (moment->calendar_month == self->vaccine_month)
        vaccinate(village, moment);
    /* Others' sick herds as the board of last month tells. */
    const struct town_table *towns = &village->board->towns;
    int32_t town = village->config->township;
    if (towns->sick_herds[town] > 0)
        pressure += self->trade_contact * (double)towns->sick_herds[town] / (double)towns->herds[town];
    double u = sim_rand_uniform(
        village->luck, village->config->key, SIM_PURPOSE_DISEASE_IMPORT, (uint64_t)moment->month);
    bool is_brought = sim_dist_bernoulli(u, self->introduction);
    if (pressure > 0.0 || is_brought) {
        double p = pressure > 0.0 ? 1.0 - sim_real_exp(-pressure) : 0.0;
        sick += catch_it(village, moment, p, is_brought);
    }
    village->current.sick_herds = sick;
}

bool disease_is_shut(const struct village *village, int32_t household)
{
    return village->scenario->disease.quarantine && village->households.disease[household] == DISEASE_SICK;
}

double disease_deaths(const struct village *village, int32_t household, bool is_young)
{
    const struct disease_params *self = &village->scenario->disease;
    if (village->households.disease[household] != DISEASE_SICK)
        return 0.0;
    return is_young ? self->young_deaths : self->deaths;
}

void disease_on_herds(struct hub *hub, const struct sim_event *message)
{
    if (!hub->scenario->disease.disease)
        return;
    struct town_table *towns = &hub->board->towns;
    int32_t town = hub->scenario->villages[(int32_t)(uint32_t)message->data[2]].township;
    towns->new_herds[town] += message->data[0];
    towns->new_sick_herds[town] += message->data[1];
}

void disease_county_month(struct hub *hub)
{
    struct town_table *towns = &hub->board->towns;
    for (int32_t town = 0; town < towns->head.n; town++) {
        towns->herds[town] = towns->new_herds[town];
        towns->sick_herds[town] = towns->new_sick_herds[town];
        towns->new_herds[town] = towns->new_sick_herds[town] = 0;
    }
}
