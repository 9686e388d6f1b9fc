/* Skill: what work and training add to what a person earns for wages, in logarithms; it grows in posts,
 * beyond the county and in training toward a ceiling, and fades by disuse. Schooling adds its own return
 * (Mincer 1974). */
#ifndef MODELS_LABOUR_SKILLS_H
#define MODELS_LABOUR_SKILLS_H

#include "sim/core/real.h"
#include "sim/data/table.h"
#include "sim/scenario/schema.h"

#define SKILL_PARAMS(P)                                                                                      \
    P(SWITCH, skills, "none|skills", "skills", 0, 0, "returns to schooling and skill in wage work",          \
        "switch")                                                                                            \
    P(REAL, schooling_return, "1/year", "0.04 1/year", 0, 0.5, "wage gain of a year of school, above six",   \
        "assumption: of the order of Mincer estimates for rural China, 4 to 6 percent")                      \
    P(REAL, ceiling, "1", "0.4", 0, 3, "skill toward which work and training go, as a logarithm of wages",   \
        "assumption")                                                                                        \
    P(REAL, job_gain, "1/year", "0.15 1/year", 0, 1,                                                         \
        "share of the gap to the ceiling that a year in a post closes", "assumption")                        \
    P(REAL, migrant_gain, "1/year", "0.15 1/year", 0, 1, "the same of a year beyond the county",             \
        "assumption")                                                                                        \
    P(REAL, training_gain, "1", "0.15", 0, 1, "the same of a winter's course, for who completes it",         \
        "assumption: training helps little; a third of 652 estimates are significant (Levy Yeyati et al. "   \
        "2019)")                                                                                             \
    P(SWITCH, training, "none|winter", "winter", 0, 0, "courses in winter, offered to some",                 \
        "switch; the county's own, in every arm")                                                            \
    P(REAL, seats, "1", "0.03", 0, 1, "share of adults who are offered a seat in a winter", "assumption")    \
    P(REAL, completion, "1", "0.8", 0, 1, "chance that who began a course completes it", "assumption")       \
    P(INTEGER, training_age, "year", "45 year", 16, 80, "highest age at which a seat is offered",            \
        "assumption")                                                                                        \
    P(REAL, training_horizon, "month", "60 month", 0, 600,                                                   \
        "months of better pay that a person sets against the winter's earnings", "assumption")               \
    P(REAL, fade, "1/year", "0.05 1/year", 0, 1, "share of skill that a year without use takes", "assumption")

struct skill_params {
    SKILL_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema skill_schema;

struct village;
struct moment;

enum { BASE_SCHOOLING = 6 }; /* years of school at which efficiency is 1: primary school */

/* Efficiency in wage work and business of a person, 1 for six years of school and no skill, and 1 for all
 * when skills are switched off. Persons keep it as a column, set anew with what it follows from. */
static inline double skills_efficiency(const struct skill_params *self, int32_t schooling, double skill)
{
    if (!self->skills)
        return 1.0;
    double x = self->schooling_return * (double)(schooling - BASE_SCHOOLING) + skill;
    if (x > 2.0 || x < -2.0)
        return sim_real_exp(x);
    /* The series of exp(x / 4), to the fourth power, is off by less than a millionth and costs a third of
     * sim_real_exp. */
    double y = 0.25 * x, y2 = y * y;
    double root = (1.0 + y) +
                  y2 * ((0.5 + y * (1.0 / 6.0)) +
                           y2 * ((1.0 / 24.0 + y * (1.0 / 120.0)) + y2 * (1.0 / 720.0 + y * (1.0 / 5040.0))));
    double square = root * root;
    return square * square;
}
/* Gives a person this schooling and skill, and the efficiency that follows. */
void skills_set(struct village *village, sim_row person, int32_t schooling, float skill);
/* January: a year of work, training or disuse, by what the person does now; recounts the households of
 * those whose days now bring more or less. */
void skills_year(struct village *village, const struct moment *moment);

#endif
