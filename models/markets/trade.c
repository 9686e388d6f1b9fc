#include "models/markets/trade.h"

#include "models/county/hub.h"

double trade_sell(const struct board *board, int32_t township, int32_t good, double price, double transport)
{
    (void)board, (void)township, (void)good;
    return price * (1.0 - transport);
}

double trade_buy(const struct board *board, int32_t township, int32_t good, double price, double transport)
{
    (void)board, (void)township, (void)good;
    return price * (1.0 + transport);
}

void trade_init(struct hub *hub)
{
    (void)hub;
}

void trade_on_report(struct hub *hub, const struct sim_event *message)
{
    (void)hub, (void)message;
}

void trade_count_purchase(struct hub *hub, int32_t good, int64_t heads)
{
    (void)hub, (void)good, (void)heads;
}

void trade_month(struct hub *hub)
{
    (void)hub;
}
