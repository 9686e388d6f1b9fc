#include "models/households/home.h"

#include "models/county/village.h"

#define SIM_PARAM_SELF struct home_params
static const struct sim_param params[] = {HOME_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema home_schema = {
    "home", "houses, water, power of homes", params, SIM_COUNT(params), sizeof(struct home_params), NULL, 0};

void home_year(struct village *village, const struct moment *moment)
{
    (void)village, (void)moment;
}
