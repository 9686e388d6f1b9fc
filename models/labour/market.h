/* The labour market of casual work, township by township: days offered meet days asked for by a matching
 * function, and the wage answers tightness.
 *
 *     found = min(m offered^e asked^(1 - e), offered, asked)
 *     log wage factor moves with log(asked / offered) and back to the outside path
 *
 * What is asked falls with the wage and rises with works in the township. Nothing here looks at a village's
 * state: villages report days (MESSAGE_DAYS), and read found_share and wage_factor in the next month. */
#ifndef MODELS_LABOUR_MARKET_H
#define MODELS_LABOUR_MARKET_H

#include "models/county/hub.h"

/* First month: days asked are what leaves found_share at the parameter, given the founders' spare days. */
void labour_market_init(struct hub *hub, const struct village *villages);
void labour_market_on_days(struct hub *hub, const struct sim_event *message);
/* Clears the month and sets the next month's found_share and wage_factor. */
void labour_market_month(struct hub *hub, int32_t month);

#endif
