#include "models/markets/local.h"

#include "models/county/hub.h"
#include "models/county/village.h"

#define SIM_PARAM_SELF struct local_params
static const struct sim_param params[] = {LOCAL_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema local_schema = {"local", "spending on goods and services of the place", params,
    SIM_COUNT(params), sizeof(struct local_params), NULL, 0};

void local_init(struct hub *hub, const struct village *villages)
{
    struct town_table *towns = &hub->board->towns;
    (void)villages;
    for (sim_row t = 0; t < towns->head.n; t++)
        towns->service_price[t] = 1.0;
}

int64_t local_spend(struct village *village, int64_t spent)
{
    (void)village, (void)spent;
    return 0;
}

int local_on_sales(struct village *village, int64_t fen, struct sim_error *error)
{
    (void)village, (void)fen, (void)error;
    return 0;
}

void local_on_spent(struct hub *hub, const struct sim_event *message)
{
    (void)hub, (void)message;
}

int local_month(struct sim_context *context, struct hub *hub, struct sim_error *error)
{
    (void)context, (void)hub, (void)error;
    return 0;
}
