#include "models/labour/training.h"

#include "models/households/demography.h"
#include "models/labour/work.h"
#include "sim/rand/dist.h"

enum { OFFER_MONTH = 11, LEAVING_MONTH = 12, LAST_MONTH = 2, COURSE_MONTHS = 3 };

/* A household's members learn where the gain in wages, over the horizon, is worth more to them than the spare
 * days of a winter. The taste, lasting, is a factor from 0.5 to 1.5: what learning is worth besides. */
static bool accepts(const struct village *village, sim_row person, const struct moment *moment, double taste)
{
    const struct scenario *scenario = village->scenario;
    const struct skill_params *self = &scenario->skills;
    const struct person_table *persons = &village->persons;
    sim_row household = persons->household[person];
    double gain = self->training_gain * self->completion * (self->ceiling - (double)persons->skill[person]);
    double day =
        village->belief_fen[ACTIVITY_CASUAL] * moment->index * village->households.ability[household];
    double worth = gain * day * self->training_horizon * (0.5 + taste);
    return worth > (double)COURSE_MONTHS * work_day_worth(village, household, moment);
}

static bool may_be_offered(const struct village *village, sim_row person, int32_t month)
{
    const struct scenario *scenario = village->scenario;
    int32_t activity = village->persons.activity[person];
    int32_t age = demography_age(village->persons.born[person], month);
    return (activity == ACTIVITY_HOME || activity == ACTIVITY_CASUAL || activity == ACTIVITY_BUSINESS) &&
           age >= scenario->demography.work_age && age <= scenario->skills.training_age;
}

static void move(struct village *village, sim_row person, enum activity to, const struct moment *moment)
{
    village->persons.activity[person] = (uint8_t)to;
    demography_recount(village, village->persons.household[person], moment->month);
}

static void offer(struct village *village, const struct moment *moment)
{
    const struct skill_params *self = &village->scenario->skills;
    const struct person_table *persons = &village->persons;
    uint64_t salt = sim_rand_word(
        village->luck, village->scenario->county_key, SIM_PURPOSE_TRAINING_OFFER, (uint64_t)moment->year);
    for (sim_row p = 0; p < persons->head.n; p++) {
        double u = sim_rand_unit(sim_rand_salted(salt, persons->key[p]));
        if (!sim_dist_bernoulli(u, self->seats) || !persons->alive[p] ||
            !may_be_offered(village, p, moment->month))
            continue;
        village->current.seats_offered++;
        double taste = sim_rand_uniform(village->luck, persons->key[p], SIM_PURPOSE_TRAINING_TASTE, 0);
        if (!accepts(village, p, moment, taste))
            continue;
        village->current.seats_taken++;
        move(village, p, ACTIVITY_TRAINING, moment);
    }
}

void training_month(struct village *village, const struct moment *moment)
{
    const struct skill_params *self = &village->scenario->skills;
    const struct person_table *persons = &village->persons;
    int32_t month = moment->calendar_month;
    if (!self->training || !self->skills)
        return;
    if (month == OFFER_MONTH)
        offer(village, moment);
    if (month != LEAVING_MONTH && month != LAST_MONTH)
        return;
    for (sim_row p = 0; p < persons->head.n; p++) {
        if (!persons->alive[p] || persons->activity[p] != ACTIVITY_TRAINING)
            continue;
        double u = month == LEAVING_MONTH ? sim_rand_uniform(village->luck, persons->key[p],
                                                SIM_PURPOSE_TRAINING_COMPLETE, (uint64_t)moment->year)
                                          : 0.0;
        if (month == LAST_MONTH || !sim_dist_bernoulli(u, self->completion))
            move(village, p, ACTIVITY_HOME, moment);
    }
}
