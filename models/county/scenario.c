#include "models/county/scenario.h"

#include "sim/core/guard.h"

/* What a county's own keys are is told by the reader (read.c), which knows the rest of the file. */

#define SIM_PARAM_SELF struct county_config
static const struct sim_param county_params[] = {COUNTY_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema county_schema = {"county", "people, land and animals of a county in the base year",
    county_params, SIM_COUNT(county_params), sizeof(struct county_config), NULL, 0};

const struct scenario_section scenario_sections[] = {
    {&household_schema, offsetof(struct scenario, household)},
    {&demography_schema, offsetof(struct scenario, demography)},
    {&livestock_schema, offsetof(struct scenario, livestock)},
    {&land_schema, offsetof(struct scenario, land)},
    {&labour_schema, offsetof(struct scenario, labour)},
    {&labour_market_schema, offsetof(struct scenario, labour_market)},
    {&shock_schema, offsetof(struct scenario, shocks)},
    {&market_schema, offsetof(struct scenario, markets)},
    {&fiscal_schema, offsetof(struct scenario, fiscal)},
    {&durable_schema, offsetof(struct scenario, durables)},
    {&home_schema, offsetof(struct scenario, home)},
    {&migration_schema, offsetof(struct scenario, migration)},
    {&skill_schema, offsetof(struct scenario, skills)},
    {&disease_schema, offsetof(struct scenario, disease)},
    {&local_schema, offsetof(struct scenario, local)},
    {&cooperative_schema, offsetof(struct scenario, cooperatives)},
    {&enterprise_schema, offsetof(struct scenario, enterprises)},
};
const int32_t scenario_n_sections = SIM_COUNT(scenario_sections);

void scenario_place_villages(struct scenario *self)
{
    for (int32_t t = 0; t < self->n_townships; t++)
        self->townships[t].n_villages = self->townships[t].n_households = 0;
    for (int32_t v = 0; v < self->n_villages; v++) {
        struct township_config *township = &self->townships[self->villages[v].township];
        if (township->n_villages++ == 0)
            township->first_village = v;
        SIM_GUARD(township->first_village + township->n_villages == v + 1,
            "villages of township %s do not stand side by side", township->name);
        township->n_households += self->villages[v].n_households;
    }
}
