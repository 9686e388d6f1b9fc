#include "models/labour/skills.h"

#include <string.h>

#include "models/households/demography.h"

#define SIM_PARAM_SELF struct skill_params
static const struct sim_param params[] = {SKILL_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema skill_schema = {"skills",
    "returns to schooling and skill, and how skill grows and fades", params, SIM_COUNT(params),
    sizeof(struct skill_params), NULL, 0};

static double after_a_year(const struct skill_params *self, enum activity activity, double skill)
{
    switch (activity) {
    case ACTIVITY_JOB:
        return skill + self->job_gain * (self->ceiling - skill);
    case ACTIVITY_MIGRANT:
        return skill + self->migrant_gain * (self->ceiling - skill);
    case ACTIVITY_TRAINING:
        return skill + self->training_gain * (self->ceiling - skill);
    default:
        return skill * (1.0 - self->fade);
    }
}

void skills_set(struct village *village, sim_row person, int32_t schooling, float skill)
{
    struct person_table *persons = &village->persons;
    persons->schooling[person] = (uint8_t)schooling;
    persons->skill[person] = skill;
    persons->efficiency[person] =
        (float)skills_efficiency(&village->scenario->skills, schooling, (double)skill);
}

void skills_year(struct village *village, const struct moment *moment)
{
    const struct skill_params *self = &village->scenario->skills;
    const struct person_table *persons = &village->persons;
    if (!self->skills)
        return;
    struct household_table *households = &village->households;
    int64_t *is_moved = village->scratch_amount; /* a household whose pay for days has changed */
    memset(is_moved, 0, (size_t)households->head.n * sizeof(int64_t));
    for (sim_row p = 0; p < persons->head.n; p++) {
        enum activity activity = (enum activity)persons->activity[p];
        float skill = (float)after_a_year(self, activity, (double)persons->skill[p]);
        if (!persons->alive[p] || skill == persons->skill[p])
            continue;
        skills_set(village, p, persons->schooling[p], skill);
        is_moved[persons->household[p]] |= activity == ACTIVITY_CASUAL || activity == ACTIVITY_BUSINESS;
    }
    for (sim_row h = 0; h < households->head.n; h++)
        if (is_moved[h])
            demography_recount(village, h, moment->month);
}
