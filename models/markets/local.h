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
        "assumption")

struct local_params {
    LOCAL_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema local_schema;

struct hub;
struct village;

/* First month: the spending at which the service price is 1. */
void local_init(struct hub *hub, const struct village *villages);
/* In a village: the local part of what a household spends; posts the flow, adds to the month's sum. */
int64_t local_spend(struct village *village, int64_t spent_fen);
/* In a village: shares sales among the households with days of own business in the month before. */
int local_on_sales(struct village *village, int64_t fen, struct sim_error *error);
/* At the county. */
void local_on_spent(struct hub *hub, const struct sim_event *message);
int local_month(struct sim_context *context, struct hub *hub, struct sim_error *error);

#endif
