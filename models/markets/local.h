/* The market of local goods and services: a share of what households spend is somebody's income in the same
 * township. Shops (firms) and households with a business of their own sell; capacity and price answer.
 *
 *     nominal multiplier near 1 / (1 - m s v) at free capacity: m marginal propensity to spend, s local
 * share, v local value added per yuan of sales
 *
 * Money goes household -> transit -> (next month) shops and households; no village sees another. */
#ifndef MODELS_MARKETS_LOCAL_H
#define MODELS_MARKETS_LOCAL_H

#include "sim/par/world.h"
#include "sim/scenario/schema.h"

#define LOCAL_PARAMS(P)                                                                                      \
    P(SWITCH, spending, "none|local", "local", 0, 0, "local spending is income of the place", "switch")      \
    P(REAL, local_share, "1", "0.20", 0, 0.9,                                                                \
        "share of bought consumption that goes to goods and services "                                       \
        "of the township",                                                                                   \
        "assumption")                                                                                        \
    P(REAL, value_added, "1", "0.45", 0, 1, "value added by the seller, of local sales of own businesses",   \
        "assumption")                                                                                        \
    P(REAL, day_sales, "CNY/day", "300 CNY/day", 1, 1e5,                                                     \
        "most that a day of own business can sell, base-year prices; the rest is bought of outsiders",       \
        "assumption: at the default value added, below twice a day's casual wage")                           \
    P(SWITCH, service_prices, "none|capacity", "capacity", 0, 0,                                             \
        "the price of local goods and services answers demand and capacity", "switch")                       \
    P(REAL, free_capacity, "1", "0.2", 0, 10,                                                                \
        "what sellers could sell beyond the first year's sales before the price moves",                      \
        "assumption: hands and stalls stand idle much of the day; Egger et al. (2022) find real answers to " \
        "large transfers with hardly any inflation")                                                         \
    P(REAL, price_response, "1", "0.4", 0, 1,                                                                \
        "exponent of demand over capacity in the service price; 1: no seller can do more", "assumption")     \
    P(REAL, price_speed, "1/month", "0.2 1/month", 0, 1, "share of the way to that price gone in a month",   \
        "assumption")                                                                                        \
    P(REAL, price_limit, "1", "2", 1, 10, "the service price stays below this, and above its inverse",       \
        "assumption: above it people buy outside or do without")                                             \
    P(REAL, seller_growth, "1/year", "0.04 1/year", -0.2, 0.2,                                               \
        "growth of what a seller's day can serve, in base-year prices",                                      \
        "assumption: of the order of rural real income growth, so that growth alone strains nothing")

struct local_params {
    LOCAL_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema local_schema;

struct hub;
struct village;

/* First month: the service price is 1; what spending it stands for is the first year's mean. */
void local_init(struct hub *hub, const struct village *villages);
/* Share of what a household spends that is spent in the place; 0 when that is switched off. */
static inline double local_share_of_spending(const struct local_params *self)
{
    return self->spending ? self->local_share : 0.0;
}
/* In a village: what its households spent there; posts the flow, adds to the month's sum. */
void local_spend(struct village *village, int64_t local_fen);
/* In a village: shares sales among the households with days of own business in the month before. */
int local_on_sales(struct village *village, int64_t fen, struct sim_error *error);
/* At the county. */
void local_on_spent(struct hub *hub, const struct sim_event *message);
/* MESSAGE_DAYS: keeps the days of own business of each village for the round. */
void local_on_days(struct hub *hub, const struct sim_event *message);
/* Shares the month's local spending among sellers and moves the service prices. */
int local_month(struct sim_context *context, struct hub *hub, struct sim_error *error);

#endif
