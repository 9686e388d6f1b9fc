#include "models/markets/local.h"

#include "models/county/hub.h"
#include "models/county/village.h"
#include "sim/core/lanes.h"
#include "sim/core/real.h"
#include "sim/time/calendar.h"

#define SIM_PARAM_SELF struct local_params
static const struct sim_param params[] = {LOCAL_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema local_schema = {"local", "spending on goods and services of the place", params,
    SIM_COUNT(params), sizeof(struct local_params), NULL, 0};

enum { MONTHS_A_YEAR = 12 };
/* Messages and splits carry days in thousandths. */
#define DAY_UNIT 1000.0
/* Below this capacity, as a share of the first year's, the price is at its limit: keeps the ratio finite. */
#define LEAST_CAPACITY 1e-3

void local_init(struct hub *hub, const struct village *villages)
{
    struct town_table *towns = &hub->board->towns;
    (void)villages;
    for (sim_row t = 0; t < towns->head.n; t++)
        towns->service_price[t] = 1.0;
}

void local_spend(struct village *village, int64_t local_fen)
{
    village->current.local_spent_fen += local_fen;
    sim_ledger_post(&village->ledger, FLOW_LOCAL_SPENT, local_fen);
}

/* Thousandths of a day of own business. */
static inline double selling_days(float days)
{
    return sim_lane_floor((double)days * DAY_UNIT);
}

SIM_CLONES static int64_t sum_days(const struct household_table *self)
{
    const float *restrict days = self->business_days;
    int64_t all = 0;
#pragma omp simd reduction(+ : all)
    for (sim_row h = 0; h < self->head.n; h++)
        all += sim_lane_whole(selling_days(days[h]));
    return all;
}

struct sales {
    int64_t sold, supplies; /* fen */
};

SIM_CLONES static struct sales sell(struct household_table *self, double per_day, double supplied)
{
    const float *restrict days = self->business_days;
    int64_t *restrict cash_fen = self->cash_fen, *restrict year_cash_fen = self->year_cash_fen;
    int64_t *restrict income_fen = self->income_business_fen;
    int64_t sold = 0, supplies = 0;
#pragma omp simd reduction(+ : sold, supplies)
    for (sim_row h = 0; h < self->head.n; h++) {
        double sales = sim_lane_floor(per_day * selling_days(days[h]));
        double bought = sim_lane_floor(sales * supplied);
        int64_t earned = sim_lane_whole(sales - bought);
        cash_fen[h] += earned;
        year_cash_fen[h] += earned;
        income_fen[h] += earned;
        sold += sim_lane_whole(sales);
        supplies += sim_lane_whole(bought);
    }
    return (struct sales){sold, supplies};
}

/* Everybody gets the same for a day, rounded down: no keys are compared, as a split to the last coin would do
 * for every household and month. The few coins over count as bought of outsiders. */
int local_on_sales(struct village *village, int64_t fen, struct sim_error *error)
{
    (void)error;
    int64_t all = sum_days(&village->households);
    /* Nil when sellers have gone. Rounding errors of so many products stay far below one coin, so that no
     * more is sold than `fen`. */
    double per_day = all > 0 ? (double)fen / (double)all : 0.0;
    struct sales sales = sell(&village->households, per_day, 1.0 - village->scenario->local.value_added);
    sim_ledger_post(&village->ledger, FLOW_LOCAL_EARNED, sales.sold);
    sim_ledger_post(&village->ledger, FLOW_LOCAL_SUPPLIES, sales.supplies);
    sim_ledger_post(&village->ledger, FLOW_LOCAL_OUTSIDE, fen - sales.sold);
    village->current.local_earned_fen += sales.sold;
    return 0;
}

void local_on_spent(struct hub *hub, const struct sim_event *message)
{
    int32_t village = (int32_t)(uint32_t)message->data[2];
    hub->board->towns.local_fen[hub->scenario->villages[village].township] += message->data[0];
}

void local_on_days(struct hub *hub, const struct sim_event *message)
{
    hub->village_business[(uint32_t)message->data[2]] = message->data[1];
}

/* Prices of the outside over the base year's. */
static double outside_index(const struct hub *hub)
{
    return hub->board->price[GOOD_OTHER] / hub->board->base[GOOD_OTHER];
}

/* Days of those who sell in a township: own businesses, and the staff of shops. */
static double seller_days(const struct hub *hub, int32_t township, double business_days)
{
    int64_t staff = 0; /* an integer: rows of firms are reused, and sums do not hang on their order */
    FIRMS_EACH(hub, township, firm)
    if (hub->firms.running[firm] && hub->firms.sector[firm] == SECTOR_SHOP)
        staff += hub->firms.staff[firm];
    return business_days + (double)staff * hub->scenario->labour.days;
}

/* Spending is a constant share of what households spend, so that demand in quantity is money over price; the
 * price that clears it against a supply that rises with price is a power of demand over capacity. Below
 * capacity and above the first year's demand sellers just sell more. */
static double clearing_price(const struct local_params *self, double demand, double capacity)
{
    double limit = self->price_limit;
    if (capacity <= 0.0)
        return limit;
    double load = demand / capacity;
    double free = 1.0 + self->free_capacity;
    if (load >= 1.0 && load <= free)
        return 1.0;
    double price = sim_real_pow(load > 1.0 ? load / free : load, self->price_response);
    return price > limit ? limit : price < 1.0 / limit ? 1.0 / limit : price;
}

static void move_price(struct hub *hub, int32_t township, int32_t month, double business_days)
{
    const struct local_params *self = &hub->scenario->local;
    struct town_table *towns = &hub->board->towns;
    double demand = (double)towns->local_fen[township] / outside_index(hub);
    double days = seller_days(hub, township, business_days);
    int32_t lived = month - hub->scenario->first_month;
    if (lived < MONTHS_A_YEAR) { /* what is normal is not known before a year has been seen */
        towns->normal_local_fen[township] += demand / MONTHS_A_YEAR;
        towns->normal_local_days[township] += days / MONTHS_A_YEAR;
        return;
    }
    if (towns->normal_local_fen[township] <= 0.0)
        return;
    double sellers =
        towns->normal_local_days[township] > 0.0 ? days / towns->normal_local_days[township] : 1.0;
    sellers = sellers > LEAST_CAPACITY ? sellers : 0.0;
    double growth = sim_real_powi(1.0 + self->seller_growth, lived / MONTHS_A_YEAR);
    double price = clearing_price(self, demand, towns->normal_local_fen[township] * sellers * growth);
    towns->service_price[township] += self->price_speed * (price - towns->service_price[township]);
}

/* The part of own businesses, sent to their villages by days; what nobody has the time to sell is bought of
 * outsiders. */
static int pay_businesses(struct sim_context *context, struct hub *hub, int32_t township, int64_t fen,
    double business_days, struct sim_error *error)
{
    const struct scenario *scenario = hub->scenario;
    double most = business_days * scenario->local.day_sales * 100.0 * outside_index(hub) *
                  hub->board->towns.service_price[township];
    int64_t served = (double)fen < most ? fen : (int64_t)most;
    sim_ledger_post(&hub->ledger, FLOW_LOCAL_OUTSIDE, fen - served);
    const struct township_config *place = &scenario->townships[township];
    for (int32_t i = 0; i < place->n_villages; i++)
        hub->scratch_amount[i] = hub->village_business[place->first_village + i];
    hub_split(hub, served, place->first_village, place->n_villages);
    int code = 0;
    for (int32_t i = 0; code == 0 && i < place->n_villages; i++)
        if (hub->scratch_share[i] > 0)
            code = hub_send(context, hub, place->first_village + i, MESSAGE_LOCAL_SALES, 0,
                hub->scratch_share[i], 0, 0, error);
    return code;
}

int local_month(struct sim_context *context, struct hub *hub, struct sim_error *error)
{
    const struct scenario *scenario = hub->scenario;
    struct town_table *towns = &hub->board->towns;
    int32_t month = sim_month_from_time(context->now);
    int code = 0;
    for (int32_t t = 0; code == 0 && scenario->local.spending && t < scenario->n_townships; t++) {
        int64_t thousandths = 0, fen = towns->local_fen[t];
        const struct township_config *place = &scenario->townships[t];
        for (int32_t i = 0; i < place->n_villages; i++)
            thousandths += hub->village_business[place->first_village + i];
        double business_days = (double)thousandths / DAY_UNIT;
        if (fen > 0) {
            int64_t shops = firms_sell_local(hub, t, fen);
            sim_ledger_post(&hub->ledger, FLOW_LOCAL_SHOP, shops);
            code = pay_businesses(context, hub, t, fen - shops, business_days, error);
        }
        if (scenario->local.service_prices)
            move_price(hub, t, month, business_days);
        towns->local_fen[t] = 0;
    }
    for (sim_row v = 0; v < scenario->n_villages; v++)
        hub->village_business[v] = 0;
    return code;
}
