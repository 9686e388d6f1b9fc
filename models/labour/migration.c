#include "models/labour/migration.h"

#include "models/county/village.h"

#define SIM_PARAM_SELF struct migration_params
static const struct sim_param params[] = {MIGRATION_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema migration_schema = {"migration", "work beyond the county, money sent home, leaving",
    params, SIM_COUNT(params), sizeof(struct migration_params), NULL, 0};

void migration_month(struct village *village, const struct moment *moment)
{
    (void)village, (void)moment;
}

int migration_leave(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error)
{
    (void)context, (void)village, (void)moment, (void)error;
    return 0;
}
