#include "models/markets/trade.h"

#include "models/county/hub.h"
#include "sim/core/real.h"
#include "sim/data/split.h"

/* Weights of a split are integers: sales a month in thousandths. */
#define SPLIT_UNIT 1000.0
enum { MONTHS_A_YEAR = 12 };

static double start_position(const struct market_params *params, int32_t good)
{
    return good == GOOD_GRAIN || good == GOOD_HAY ? params->start_position : 0.0;
}

/* Between export and import parity, and the dealers' margin about it: nobody sells below the one or pays more
 * than the other, for both can deal with the outside instead. */
static double sell_at(const struct market_params *params, double x, double price, double transport)
{
    double local = price * (1.0 - transport + 2.0 * transport * x);
    double least = price * (1.0 - transport);
    double got = local * (1.0 - params->dealer_margin * transport);
    return got > least ? got : least;
}

static double buy_at(const struct market_params *params, double x, double price, double transport)
{
    double local = price * (1.0 - transport + 2.0 * transport * x);
    double most = price * (1.0 + transport);
    double paid = local * (1.0 + params->dealer_margin * transport);
    return paid < most ? paid : most;
}

double trade_sell(const struct market_params *params, const struct board *board, int32_t township,
    int32_t good, double price, double transport)
{
    if (!params->local_balance)
        return price * (1.0 - transport);
    return sell_at(params, board->trade.position[township * TRADED + good], price, transport);
}

double trade_buy(const struct market_params *params, const struct board *board, int32_t township,
    int32_t good, double price, double transport)
{
    if (!params->local_balance)
        return price * (1.0 + transport);
    return buy_at(params, board->trade.position[township * TRADED + good], price, transport);
}

double trade_buy_at_start(const struct market_params *params, int32_t good, double price, double transport)
{
    if (!params->local_balance)
        return price * (1.0 + transport);
    return buy_at(params, start_position(params, good), price, transport);
}

void trade_init(struct hub *hub)
{
    struct trade_table *trade = &hub->board->trade;
    for (sim_row row = 0; row < trade->head.n; row++)
        trade->position[row] = start_position(&hub->scenario->markets, row % TRADED);
}

void trade_on_report(struct hub *hub, const struct sim_event *message)
{
    int32_t village = (int32_t)(uint32_t)message->data[2];
    sim_row row = hub->scenario->villages[village].township * TRADED + (int32_t)message->entity;
    hub->board->trade.sold[row] += message->data[0];
    hub->board->trade.bought[row] += message->data[1];
}

void trade_count_purchase(struct hub *hub, int32_t good, int64_t heads)
{
    const struct scenario *scenario = hub->scenario;
    struct trade_table *trade = &hub->board->trade;
    sim_row n = scenario->n_townships;
    if (heads <= 0)
        return;
    bool has_sales = false;
    for (sim_row t = 0; t < n; t++) {
        hub->scratch_amount[t] = (int64_t)(trade->mean_sold[t * TRADED + good] * SPLIT_UNIT);
        hub->scratch_key[t] = scenario->townships[t].key;
        has_sales = has_sales || hub->scratch_amount[t] > 0;
    }
    for (sim_row t = 0; t < n && !has_sales; t++)
        hub->scratch_amount[t] = 1; /* nobody has sold yet: a buyer asks everywhere */
    sim_split(heads, hub->scratch_amount, hub->scratch_key, n, hub->scratch_share, hub->scratch_row);
    for (sim_row t = 0; t < n; t++)
        trade->bought[t * TRADED + good] += hub->scratch_share[t];
}

/* The year's whole trade is what a month's balance is measured by: even through the seasons, so that trade
 * which balances over the year leaves the price about where it was. */
static void close_year(struct trade_table *trade, sim_row row)
{
    trade->mean_trade[row] = (double)trade->year_trade[row] / MONTHS_A_YEAR;
    trade->year_trade[row] = 0;
}

void trade_month(struct hub *hub, int32_t month)
{
    const struct market_params *params = &hub->scenario->markets;
    struct trade_table *trade = &hub->board->trade;
    int32_t lived = month - hub->scenario->first_month;
    /* Averages begin at nil; had every year before been like the first, they would stand this much higher. */
    double as_if_lived_before =
        1.0 / (1.0 - sim_real_powi(1.0 - 1.0 / params->balance_memory, MONTHS_A_YEAR));
    for (sim_row row = 0; row < trade->head.n; row++) {
        double sold = (double)trade->sold[row], bought = (double)trade->bought[row];
        int64_t both = trade->sold[row] + trade->bought[row];
        trade->sold[row] = trade->bought[row] = 0;
        if (!params->local_balance)
            continue;
        trade->year_trade[row] += both;
        trade->mean_sold[row] += (sold - trade->mean_sold[row]) / params->balance_memory;
        trade->mean_bought[row] += (bought - trade->mean_bought[row]) / params->balance_memory;
        if (lived >= MONTHS_A_YEAR) {
            double gap = trade->mean_bought[row] - trade->mean_sold[row], all = trade->mean_trade[row];
            double balance = gap >= all ? (gap > 0.0) : gap <= -all ? -1.0 : gap / all;
            double x = trade->position[row] + params->balance_speed * balance;
            trade->position[row] = x < 0.0 ? 0.0 : x > 1.0 ? 1.0 : x;
        } else if (lived == MONTHS_A_YEAR - 1) {
            trade->mean_sold[row] *= as_if_lived_before;
            trade->mean_bought[row] *= as_if_lived_before;
        }
        if (lived % MONTHS_A_YEAR == MONTHS_A_YEAR - 1)
            close_year(trade, row);
    }
}
