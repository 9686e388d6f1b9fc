/* Trade of goods that travel: a township's price lies between export parity (outside price less transport)
 * and import parity (outside price plus transport), and moves with the balance of what households sell and
 * what households and enterprises buy there. Far from markets, where trade is thin, that band is wide. */
#ifndef MODELS_MARKETS_TRADE_H
#define MODELS_MARKETS_TRADE_H

#include "models/county/board.h"
#include "sim/par/world.h"

struct hub;

/* What a household of the township gets for a unit of a good, and what it pays (fen), at outside price
 * `price`. */
double trade_sell(const struct market_params *params, const struct board *board, int32_t township,
    int32_t good, double price, double transport);
double trade_buy(const struct market_params *params, const struct board *board, int32_t township,
    int32_t good, double price, double transport);
/* What it paid in the first year: the base of the township's price index. */
double trade_buy_at_start(const struct market_params *params, int32_t good, double price, double transport);

void trade_init(struct hub *hub);
void trade_on_report(struct hub *hub, const struct sim_event *message);
/* Animals bought by an enterprise: spread over the townships by what they sold. */
void trade_count_purchase(struct hub *hub, int32_t good, int64_t heads);
/* Moves the positions by the balance, once the first year has shown what that is. */
void trade_month(struct hub *hub, int32_t month);

#endif
