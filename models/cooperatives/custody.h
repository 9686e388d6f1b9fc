/* A cooperative that keeps other people's cattle against a yearly payment. The contract says who holds the
 * title (the members' collective), what the payment is a share of (purchase price or market value; animals
 * placed or alive), who bears death (the keeper, when it pays on all that were placed), and the chain of
 * payees (members by their choice, the collective's share). What is due and not paid is the keeper's debt. */
#ifndef MODELS_COOPERATIVES_CUSTODY_H
#define MODELS_COOPERATIVES_CUSTODY_H

#include "models/county/hub.h"

void custody_open(struct hub *hub, int32_t scheme, int64_t heads, int64_t capital_fen);
/* Costs, deaths, births, sale of fattened calves, the payment in its month; sells up when money is out. */
int custody_month(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error);
/* Sells all animals; gives the collectives, who hold the title, what that brings up to the value placed; pays
 * the members what is due with the rest; releases the members. What stays unpaid is the keeper's debt. */
int custody_close(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error);

#endif
