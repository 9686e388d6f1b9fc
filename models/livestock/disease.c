#include "models/livestock/disease.h"

#include "models/county/hub.h"
#include "models/county/village.h"

#define SIM_PARAM_SELF struct disease_params
static const struct sim_param params[] = {DISEASE_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema disease_schema = {"disease", "an infectious disease of herds, and vaccination",
    params, SIM_COUNT(params), sizeof(struct disease_params), NULL, 0};

void disease_month(struct village *village, const struct moment *moment)
{
    (void)village, (void)moment;
}

double disease_deaths(const struct village *village, int32_t household, bool is_young)
{
    (void)village, (void)household, (void)is_young;
    return 0.0;
}

void disease_on_herds(struct hub *hub, const struct sim_event *message)
{
    (void)hub, (void)message;
}

void disease_county_month(struct hub *hub)
{
    (void)hub;
}
