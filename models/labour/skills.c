#include "models/labour/skills.h"

#include "models/county/village.h"

#define SIM_PARAM_SELF struct skill_params
static const struct sim_param params[] = {SKILL_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema skill_schema = {"skills",
    "returns to schooling and skill, and how skill grows and fades", params, SIM_COUNT(params),
    sizeof(struct skill_params), NULL, 0};

double skills_efficiency(const struct skill_params *self, int32_t schooling, double skill)
{
    (void)self, (void)schooling, (void)skill;
    return 1.0;
}

void skills_year(struct village *village, const struct moment *moment)
{
    (void)village, (void)moment;
}
