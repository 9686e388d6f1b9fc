#include "models/investments/effects/effect.h"

#define SIM_PARAM_SELF struct none_config
static const struct sim_param params[] = {NONE_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
static const struct sim_schema schema = {"none", "does nothing: for tests and for what is not modelled",
    params, SIM_COUNT(params), sizeof(struct none_config), NULL, 0};

static int start(
    struct sim_context *context, struct hub *hub, int32_t scheme, double scale, struct sim_error *error)
{
    (void)context, (void)hub, (void)scheme, (void)scale, (void)error;
    return 0;
}

const struct effect_type effect_none = {.name = "none", .schema = &schema, .start = start};
