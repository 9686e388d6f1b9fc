/* Lumpy investments besides animals: a cart, a shed, a shop, bought when they can be paid and promise enough.
 * Each has a price, a life, and one thing that it changes: a cart cuts what transport takes, a shed winter
 * losses and feed, a shop lifts the return of own business. */
#ifndef MODELS_HOUSEHOLDS_DURABLES_H
#define MODELS_HOUSEHOLDS_DURABLES_H

#include "models/households/household.h"

enum returns { RETURNS_CONCAVE, RETURNS_S_SHAPED };

#define DURABLE_PARAMS(P)                                                                                    \
    P(SWITCH, durables, "none|durables", "durables", 0, 0, "carts, sheds and shops", "switch")               \
    P(SWITCH, returns, "concave|s_shaped", "concave", 0, 0,                                                  \
        "returns to herds: concave, or S-shaped by a fixed labour and shed cost below a least herd",         \
        "hypothesis of a poverty trap (Balboni et al. 2022); counter-evidence: Kraay and McKenzie 2014")     \
    P(REAL, hurdle, "1/year", "0.10 1/year", 0, 5,                                                           \
        "yearly return, wear left out, below which a household invests neither in durables nor in animals",  \
        "assumption: above the 6 percent of subsidised microcredit")                                         \
    P(REAL, resale, "1", "0.5", 0, 1, "what a used durable is worth, of a new one's price",                  \
        "assumption: half its life on average; wear is a hazard, so age does not matter")                    \
    P(REAL, cart_price, "CNY", "5000 CNY", 1, 1e6, "price of a cart at base-year prices",                    \
        "assumption: a motor tricycle, rural Xinjiang about 2015")                                           \
    P(REAL, shed_price, "CNY", "8000 CNY", 1, 1e6, "price of a shed at base-year prices",                    \
        "assumption: a plain shed of some 80 m2, rural Xinjiang about 2015")                                 \
    P(REAL, shop_price, "CNY", "15000 CNY", 1, 1e6, "price of a shop with its stock at base-year prices",    \
        "assumption")                                                                                        \
    P(REAL, cart_life, "year", "10 year", 1, 100, "mean life of a cart", "assumption")                       \
    P(REAL, shed_life, "year", "20 year", 1, 100, "mean life of a shed", "assumption")                       \
    P(REAL, shop_life, "year", "15 year", 1, 100, "mean life of a shop", "assumption")                       \
    P(REAL, cart_transport, "1", "0.3", 0, 1,                                                                \
        "share of what transport takes from a sale of animals that a cart saves", "assumption")              \
    P(REAL, cart_business, "1", "0.10", 0, 5, "gain of own business by a cart", "assumption")                \
    P(REAL, shop_business, "1", "0.30", 0, 5, "gain of own business by a shop", "assumption")                \
    P(REAL, shop_custom, "household", "10 household", 0, 1000,                                               \
        "households whose custom a shop takes: in a village with one for so many nobody counts on gain",     \
        "assumption")                                                                                        \
    P(REAL, shed_losses, "1", "0.4", 0, 1,                                                                   \
        "winter loss of condition and deaths by hunger and storm with a shed, of those without",             \
        "barns and hay multiply losses by 0.3 to 0.5 (remembered, low confidence)")                          \
    P(REAL, shed_feed, "1", "0.85", 0, 1, "hay that a herd in a shed needs in winter, of one without",       \
        "assumption: warmth saves feed")                                                                     \
    P(REAL, winter_losses, "1", "0.10", 0, 1, "share of a herd that herders take a bad winter to cost",      \
        "extra mortality of a bad winter near 10 percent (see shocks)")                                      \
    P(REAL, yearly_sales, "1", "0.25", 0, 2, "share of a herd that herders take to be sold in a year",       \
        "offtake of China's yaks 24.5 to 28 percent (2015-19, mpmpc.cn 4415)")                               \
    P(REAL, cart_owned, "1", "0.25", 0, 1, "share of founding households with a cart", "assumption")         \
    P(REAL, shed_owned, "1", "0.30", 0, 1, "share of founding households with animals that have a shed",     \
        "assumption")                                                                                        \
    P(REAL, shop_owned, "1", "0.04", 0, 1, "share of founding households with a shop", "assumption")         \
    P(REAL, herd_days, "day/month", "6 day/month", 0, 60,                                                    \
        "when S-shaped: days a month that a herd asks for whatever its size", "assumption")                  \
    P(REAL, least_herd, "1", "6", 0, 1000,                                                                   \
        "when S-shaped: sheep units below which a herd without a shed is kept badly",                        \
        "assumption: just above a cow; threshold 504 PPP dollars, median cow 488 (Balboni et al. 2022)")     \
    P(REAL, small_yield, "1", "0.5", 0, 1, "when S-shaped: births and milk of a herd kept badly",            \
        "assumption")                                                                                        \
    P(REAL, small_deaths, "1", "3", 0, 50, "when S-shaped: factor on mortality of a herd kept badly",        \
        "assumption")

struct durable_params {
    DURABLE_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema durable_schema;

struct village;
struct moment;

static inline bool household_has(const struct household_table *self, sim_row row, enum durable durable)
{
    return (self->durables[row] >> durable & 1) != 0;
}

/* Price of a new one, fen: at a price index (base year 1), and in a month. */
int64_t durables_price_at(const struct durable_params *params, enum durable durable, double index);
int64_t durables_price(const struct village *village, enum durable durable, const struct moment *moment);
/* What it promises a household in a year, fen, wear left out; `shops`: how many the village has. */
double durables_return(const struct village *village, sim_row household, enum durable durable,
    const struct moment *moment, int32_t shops);
/* Factor on the returns of own business: cart and shop. */
static inline double durables_business_factor(
    const struct durable_params *params, const struct household_table *households, sim_row household)
{
    double factor = 1.0;
    if (household_has(households, household, DURABLE_CART))
        factor += params->cart_business;
    if (household_has(households, household, DURABLE_SHOP))
        factor += params->shop_business;
    return factor;
}
/* Factor on what a sale of a good brings at the farm gate: a cart saves a share of what transport takes from
 * the outside price, and never more than that. */
double durables_sale_factor(
    const struct village *village, sim_row household, const struct moment *moment, int32_t good);
/* Share of a township's freight that its own cart leaves a household to bear. */
static inline double durables_freight_left(
    const struct durable_params *params, const struct household_table *self, sim_row household)
{
    return household_has(self, household, DURABLE_CART) ? 1.0 - params->cart_transport : 1.0;
}
/* What founders own, the same in every replicate; before the books open. */
void durables_found(struct village *village);
/* Wear in March, purchases in June and November; after eating. */
void durables_month(struct village *village, const struct moment *moment);

#endif
