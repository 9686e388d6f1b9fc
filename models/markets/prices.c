#include "models/markets/prices.h"

#include <math.h>

#include "sim/core/key.h"
#include "sim/core/real.h"
#include "sim/rand/dist.h"
#include "sim/time/calendar.h"

#define SIM_PARAM_SELF struct market_params
static const struct sim_param params[] = {MARKET_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema market_schema = {"markets", "outside prices, their seasons and shocks, the basket",
    params, SIM_COUNT(params), sizeof(struct market_params), NULL, 0};

const struct good_info goods[GOODS] = {
    [GOOD_GRAIN] = {"grain", "CNY/kg", 100, "grain (hulless barley)"},
    [GOOD_HAY] = {"hay", "CNY/kg", 100, "hay"},
    [GOOD_MILK] = {"milk", "CNY/kg", 100, "milk"},
    [GOOD_SHEEP] = {"sheep", "CNY/head", 100, "an adult sheep"},
    [GOOD_YAK] = {"yak", "CNY/head", 100, "an adult yak"},
    [GOOD_CATTLE] = {"cattle", "CNY/head", 100, "an adult head of cattle"},
    [GOOD_CASUAL] = {"casual", "CNY/day", 100, "a day of casual work"},
    [GOOD_MIGRANT] = {"migrant", "CNY/month", 100, "a month of a migrant's work beyond the county"},
    [GOOD_OTHER] = {"other", "1", 1, "other bought goods, as an index"},
};

/* How far into its seasonal swing a month is: +1 in April, -1 in October (a cosine, typed in because the
 * state path calls no cosine). */
static const double swing[12] = {0.0, 0.5, 0.8660254037844386, 1.0, 0.8660254037844386, 0.5, 0.0, -0.5,
    -0.8660254037844386, -1.0, -0.8660254037844386, -0.5};

double price_path_at(const struct price_path *self, int32_t month_index, double growth)
{
    if (self->n == 0)
        return 1.0;
    int32_t first = sim_month_from_date(self->years[0], 7);
    if (month_index <= first)
        return self->values[0];
    for (int32_t i = 1; i < self->n; i++) {
        int32_t from = sim_month_from_date(self->years[i - 1], 7);
        int32_t to = sim_month_from_date(self->years[i], 7);
        if (month_index <= to) {
            double share = (double)(month_index - from) / (double)(to - from);
            return self->values[i - 1] * sim_real_pow(self->values[i] / self->values[i - 1], share);
        }
    }
    int32_t last = sim_month_from_date(self->years[self->n - 1], 7);
    return self->values[self->n - 1] * sim_real_pow(1.0 + growth, (double)(month_index - last) / 12.0);
}

double price_normal(const struct market_params *self, enum good good, int32_t month_index)
{
    double price =
        goods[good].fen_per_unit * price_path_at(&self->paths[good], month_index, self->outside_growth);
    if (good <= GOOD_CATTLE)
        price *= 1.0 + self->season * swing[sim_month_of_year(month_index) - 1];
    return price;
}

double price_normal_shocked(
    const struct market_params *self, enum good good, int32_t month_index, double shock)
{
    double price = price_normal(self, good, month_index);
    return shock == 0.0 ? price : price * sim_real_exp(shock);
}

void price_step(const struct market_params *self, struct sim_luck luck, sim_key county, int32_t month_index,
    double shock[GOODS])
{
    if (!self->shocks)
        return;
    static const enum sim_purpose purposes[] = {SIM_PURPOSE_PRICE_GRAIN, SIM_PURPOSE_PRICE_HAY,
        SIM_PURPOSE_PRICE_MILK, SIM_PURPOSE_PRICE_SHEEP, SIM_PURPOSE_PRICE_YAK, SIM_PURPOSE_PRICE_CATTLE};
    double keep = 1.0 - self->price_reversion;
    double step = self->price_sd * sqrt(1.0 - keep * keep);
    for (int32_t good = 0; good <= GOOD_CATTLE; good++) {
        double u = sim_rand_uniform(luck, county, purposes[good], (uint64_t)month_index);
        shock[good] = keep * shock[good] + sim_dist_normal(u, 0.0, step);
    }
}

double price_index(const struct market_params *self, const double price[GOODS], const double base[GOODS])
{
    double other = 1.0 - self->basket_grain - self->basket_meat;
    return self->basket_grain * price[GOOD_GRAIN] / base[GOOD_GRAIN] +
           self->basket_meat * price[GOOD_SHEEP] / base[GOOD_SHEEP] +
           other * price[GOOD_OTHER] / base[GOOD_OTHER];
}
