#include "models/labour/market.h"

#include "models/county/village.h"

void labour_market_init(struct hub *hub, const struct village *villages)
{
    struct town_table *towns = &hub->board->towns;
    (void)villages;
    for (sim_row t = 0; t < towns->head.n; t++) {
        towns->wage_factor[t] = 1.0;
        towns->found_share[t] = 0.3;
    }
}

void labour_market_on_days(struct hub *hub, const struct sim_event *message)
{
    (void)hub, (void)message;
}

void labour_market_month(struct hub *hub, int32_t month)
{
    (void)hub, (void)month;
}
