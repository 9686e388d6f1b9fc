#include "models/households/schooling.h"

#include "models/households/demography.h"
#include "sim/core/real.h"
#include "sim/rand/dist.h"
#include "sim/time/calendar.h"

/* Founding adults by cohort. Assumptions, of the order of censuses of poor rural counties: nine and a half
 * years for who is twenty, a year less for each ten years of age, four at least in the mean; women as men. */
static const double adult_years = 9.5, adult_decline = 0.1, adult_least = 4.0, adult_sd = 2.5;
/* Lasting income of a founding pupil's household, in multiples of subsistence: synthesis sets incomes later.
 */
static const double founding_wealth = 3.0;
enum { ADULT = 20 };

double schooling_goes_on(const struct demography_params *self, double wealth)
{
    return wealth > 0 ? wealth / (wealth + self->school_income) : 0.0;
}

int32_t schooling_founding(
    const struct demography_params *self, double trait, int32_t born, int32_t month, bool *attends)
{
    int32_t since = (sim_month_of_year(month) - (int32_t)self->school_month + 11) % 12 + 1;
    int32_t begun = demography_age(born, month - since), age = demography_age(born, month);
    int32_t done = begun - (int32_t)self->school_age; /* years completed by who never stayed out */
    bool goes_on = sim_dist_bernoulli(trait, schooling_goes_on(self, founding_wealth));
    *attends = done >= 0 && done < (goes_on ? self->school_years : self->compulsory);
    if (done <= 0)
        return 0;
    if (*attends)
        return done;
    if (age < ADULT)
        return (int32_t)(goes_on ? self->school_years : self->compulsory);
    double mean = adult_years - adult_decline * (double)(age - ADULT);
    double years = (mean > adult_least ? mean : adult_least) + adult_sd * sim_real_normal_quantile(trait);
    double most = (double)self->school_years;
    return years < 0 ? 0 : (int32_t)((years < most ? years : most) + 0.5);
}

static double wealth_of(const struct village *village, sim_row household, const struct moment *moment)
{
    double need = village->scenario->household.need * 100.0 * moment->index;
    need *= village->households.consumers[household];
    return need > 0 ? village->households.permanent_fen[household] / need : 0.0;
}

/* Whether a child is in school from now on; `was` when it was until now. */
static bool attends(
    const struct village *village, sim_row person, int32_t age, bool was, const struct moment *moment)
{
    const struct demography_params *self = &village->scenario->demography;
    const struct person_table *persons = &village->persons;
    sim_row household = persons->household[person];
    int32_t years = persons->schooling[person];
    bool is_compulsory = years < self->compulsory && age < self->work_age;
    if (age < self->school_age || years >= self->school_years || (!was && !is_compulsory))
        return false;
    uint64_t words[4];
    if (village->households.year_hunger[household] > 0) {
        sim_rand_block(
            village->luck, persons->key[person], SIM_BLOCK_OF_SCHOOL_DROP, (uint64_t)moment->month, words);
        if (sim_dist_bernoulli(sim_rand_unit(words[SIM_WORD_OF_SCHOOL_DROP]), self->drop_out))
            return false;
    }
    if (years < self->compulsory) /* who lost a year finishes it, whatever the age */
        return true;
    double trait = sim_rand_uniform(village->luck, persons->key[person], SIM_PURPOSE_SCHOOL_TRAIT, 0);
    return sim_dist_bernoulli(trait, schooling_goes_on(self, wealth_of(village, household, moment)));
}

void schooling_month(struct village *village, const struct moment *moment)
{
    const struct demography_params *self = &village->scenario->demography;
    if (!self->dynamics || !self->schooling || moment->calendar_month != self->school_month)
        return;
    struct person_table *persons = &village->persons;
    for (sim_row person = 0; person < persons->head.n; person++) {
        if (!persons->alive[person])
            continue;
        bool was = persons->activity[person] == ACTIVITY_SCHOOL;
        if (!was && persons->activity[person] != ACTIVITY_NONE)
            continue;
        int32_t age = demography_age(persons->born[person], moment->month);
        if (was)
            skills_set(village, person, persons->schooling[person] + 1, persons->skill[person]);
        bool is = attends(village, person, age, was, moment);
        if (was == is)
            continue;
        persons->activity[person] = is                      ? ACTIVITY_SCHOOL
                                    : age >= self->work_age ? ACTIVITY_HOME
                                                            : ACTIVITY_NONE;
        if (age >= self->work_age)
            demography_recount(village, persons->household[person], moment->month);
    }
}
