/* Skill: what work and training add to what a person earns for wages, in logarithms; it grows in posts,
 * beyond the county and in training, and fades by disuse. Schooling adds its own return. */
#ifndef MODELS_LABOUR_SKILLS_H
#define MODELS_LABOUR_SKILLS_H

#include "sim/core/types.h"
#include "sim/scenario/schema.h"

#define SKILL_PARAMS(P)                                                                                      \
    P(SWITCH, skills, "none|skills", "skills", 0, 0, "returns to schooling and skill in wage work",          \
        "switch")                                                                                            \
    P(REAL, schooling_return, "1/year", "0.04 1/year", 0, 0.5, "wage gain of a year of school, above six",   \
        "assumption: of the order of Mincer estimates for rural China, 4 to 6 percent")

struct skill_params {
    SKILL_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema skill_schema;

struct village;
struct moment;

/* Efficiency in wage work and business of a person, 1 for six years of school and no skill. */
double skills_efficiency(const struct skill_params *params, int32_t schooling, double skill);
/* January: a year of work, training or disuse. */
void skills_year(struct village *village, const struct moment *moment);

#endif
