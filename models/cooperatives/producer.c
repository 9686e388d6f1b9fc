#include "models/cooperatives/producer.h"

#include "models/county/village.h"

#define SIM_PARAM_SELF struct cooperative_params
static const struct sim_param params[] = {COOPERATIVE_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema cooperative_schema = {"cooperatives", "producers' cooperatives of the villages",
    params, SIM_COUNT(params), sizeof(struct cooperative_params), NULL, 0};

int producer_year(struct village *village, const struct moment *moment, struct sim_error *error)
{
    (void)village, (void)moment, (void)error;
    return 0;
}

void producer_month(struct village *village, const struct moment *moment)
{
    (void)village, (void)moment;
}

bool producer_takes(
    const struct village *village, int32_t household, const struct moment *moment, int32_t good)
{
    (void)village, (void)household, (void)moment, (void)good;
    return false;
}

int64_t producer_deliver(
    struct village *village, int32_t household, const struct moment *moment, int32_t good, int64_t fen)
{
    (void)village, (void)household, (void)moment, (void)good;
    return fen;
}

void producer_release(struct village *village, int32_t household)
{
    (void)village, (void)household;
}
