#include "models/households/durables.h"

#include "models/county/village.h"

#define SIM_PARAM_SELF struct durable_params
static const struct sim_param params[] = {DURABLE_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema durable_schema = {"durables", "carts, sheds and shops; the form of returns to herds",
    params, SIM_COUNT(params), sizeof(struct durable_params), NULL, 0};

int64_t durables_price(const struct village *village, enum durable durable, const struct moment *moment)
{
    (void)village, (void)durable, (void)moment;
    return 0;
}

void durables_month(struct village *village, const struct moment *moment)
{
    (void)village, (void)moment;
}
