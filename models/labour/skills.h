/* Skill: what work and training add to what a person earns for wages, in logarithms; it grows in posts,
 * beyond the county and in training toward a ceiling, and fades by disuse. Schooling adds its own return
 * (Mincer 1974). */
#ifndef MODELS_LABOUR_SKILLS_H
#define MODELS_LABOUR_SKILLS_H

#include "sim/core/types.h"
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
    P(REAL, training_gain, "1/year", "0.30 1/year", 0, 1, "the same of a year of training",                  \
        "assumption: training helps little; a third of 652 estimates are significant (Levy Yeyati et al. "   \
        "2019)")                                                                                             \
    P(REAL, fade, "1/year", "0.05 1/year", 0, 1, "share of skill that a year without use takes", "assumption")

struct skill_params {
    SKILL_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema skill_schema;

struct village;
struct moment;

/* Efficiency in wage work and business of a person, 1 for six years of school and no skill, and 1 for all
 * when skills are switched off. About 10 ns. */
double skills_efficiency(const struct skill_params *params, int32_t schooling, double skill);
/* January: a year of work, training or disuse, by what the person does now; recounts the households. */
void skills_year(struct village *village, const struct moment *moment);

#endif
