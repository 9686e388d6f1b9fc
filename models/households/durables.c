#include "models/households/durables.h"

#include <math.h>

#include "models/livestock/livestock.h"
#include "sim/core/lanes.h"
#include "sim/rand/dist.h"

#define SIM_PARAM_SELF struct durable_params
static const struct sim_param params[] = {DURABLE_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema durable_schema = {"durables", "carts, sheds and shops; the form of returns to herds",
    params, SIM_COUNT(params), sizeof(struct durable_params), NULL, 0};

enum { WEAR_MONTH = 3, SUMMER_PURCHASE = 6, AUTUMN_PURCHASE = 11, WINTER_MONTHS = 6 };

static double price_of(const struct durable_params *self, enum durable durable)
{
    return durable == DURABLE_CART   ? self->cart_price
           : durable == DURABLE_SHED ? self->shed_price
                                     : self->shop_price;
}

static double life_of(const struct durable_params *self, enum durable durable)
{
    return durable == DURABLE_CART   ? self->cart_life
           : durable == DURABLE_SHED ? self->shed_life
                                     : self->shop_life;
}

int64_t durables_price_at(const struct durable_params *self, enum durable durable, double index)
{
    return (int64_t)(price_of(self, durable) * 100.0 * index + 0.5);
}

int64_t durables_price(const struct village *village, enum durable durable, const struct moment *moment)
{
    return durables_price_at(&village->scenario->durables, durable, moment->index);
}

/* What a cart adds to a good's price at the farm gate, fen. */
static double carted(const struct village *village, const struct moment *moment, int32_t good)
{
    double taken = village->board->price[good] - moment->sell[good];
    return taken > 0.0 ? village->scenario->durables.cart_transport * taken : 0.0;
}

double durables_sale_factor(
    const struct village *village, sim_row household, const struct moment *moment, int32_t good)
{
    if (!household_has(&village->households, household, DURABLE_CART) || moment->sell[good] <= 0.0)
        return 1.0;
    return 1.0 + carted(village, moment, good) / moment->sell[good];
}

/* What a month wears off a durable, fen: the mean of what March takes. It is a cost in income though nobody
 * pays it, as purchase is none. */
static int64_t monthly_wear(const struct village *village, enum durable durable, const struct moment *moment)
{
    const struct durable_params *self = &village->scenario->durables;
    double price = (double)durables_price(village, durable, moment);
    return (int64_t)(price / (12.0 * life_of(self, durable)) + 0.5);
}

SIM_CLONES static void book_wear(struct household_table *self, const int64_t wear_fen[DURABLES])
{
    const int64_t cart = wear_fen[DURABLE_CART], shed = wear_fen[DURABLE_SHED], shop = wear_fen[DURABLE_SHOP];
    const uint8_t *restrict durables = self->durables;
    int64_t *restrict herd_fen = self->income_herd_fen, *restrict business_fen = self->income_business_fen;
#pragma omp simd
    for (sim_row h = 0; h < self->head.n; h++) {
        int64_t has = durables[h];
        herd_fen[h] -= shed & -(has >> DURABLE_SHED & 1);
        business_fen[h] -= (cart & -(has >> DURABLE_CART & 1)) + (shop & -(has >> DURABLE_SHOP & 1));
    }
}

/* Own business of the year so far, as of a whole year, and before the wear of what it has: what a durable
 * adds to is sales. */
static double yearly_business(const struct village *village, sim_row household, const struct moment *moment)
{
    const struct household_table *households = &village->households;
    double fen = (double)households->income_business_fen[household];
    for (int32_t durable = 0; households->durables[household] != 0 && durable < DURABLES; durable++)
        if (durable != DURABLE_SHED && household_has(households, household, durable))
            fen += (double)(monthly_wear(village, durable, moment) * moment->calendar_month);
    return fen > 0.0 ? fen * 12.0 / (double)moment->calendar_month : 0.0;
}

static double cart_return(const struct village *village, sim_row household, const struct moment *moment)
{
    const struct durable_params *self = &village->scenario->durables;
    double sales = 0.0;
    for (int32_t species = 0; species < SPECIES_COUNT; species++) {
        sim_row row = household * SPECIES_COUNT + species;
        if (herd_heads(&village->herds, row) > 0)
            sales +=
                self->yearly_sales * (double)livestock_value(&village->scenario->livestock, &village->herds,
                                         row, carted(village, moment, GOOD_SHEEP + species));
    }
    return sales + self->cart_business * yearly_business(village, household, moment);
}

/* Animals and hay that a shed saves in a winter; and, for a herd too small to be kept well without one, the
 * yields of others. */
static double shed_return(const struct village *village, sim_row household, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    const struct durable_params *self = &scenario->durables;
    const struct livestock_params *livestock = &scenario->livestock;
    double units = livestock_household_units(village, household);
    if (units <= 0.0)
        return 0.0;
    double bad = scenario->shocks.weather ? scenario->shocks.bad_winter : 0.0;
    double grazing = (1.0 - bad) * livestock->winter_grazing + bad * livestock->snow_grazing;
    double hay = units * livestock->feed_need * WINTER_MONTHS * (1.0 - grazing) * (1.0 - self->shed_feed);
    bool is_small = livestock_is_small(village, household, units);
    double fen = hay * moment->sell[GOOD_HAY];
    for (int32_t species = 0; species < SPECIES_COUNT; species++) {
        sim_row row = household * SPECIES_COUNT + species;
        if (herd_heads(&village->herds, row) == 0)
            continue;
        double saved = bad * self->winter_losses * (1.0 - self->shed_losses);
        if (is_small)
            saved += livestock_return(village, moment, species, false) -
                     livestock_return(village, moment, species, true);
        fen += saved *
               (double)livestock_value(livestock, &village->herds, row, moment->sell[GOOD_SHEEP + species]);
    }
    return fen;
}

/* The more shops a village has, the less custom a further one counts on. */
static double shop_return(
    const struct village *village, sim_row household, const struct moment *moment, int32_t shops)
{
    const struct durable_params *self = &village->scenario->durables;
    double taken = (double)shops * self->shop_custom / (double)village->households.head.n;
    double left = taken < 1.0 ? 1.0 - taken : 0.0;
    return left * self->shop_business * yearly_business(village, household, moment);
}

double durables_return(const struct village *village, sim_row household, enum durable durable,
    const struct moment *moment, int32_t shops)
{
    if (durable == DURABLE_CART)
        return cart_return(village, household, moment);
    if (durable == DURABLE_SHED)
        return shed_return(village, household, moment);
    return shop_return(village, household, moment, shops);
}

void durables_found(struct village *village)
{
    const struct durable_params *self = &village->scenario->durables;
    struct household_table *households = &village->households;
    if (!self->durables)
        return;
    /* Who earns more than the county's mean owns more. The mean is the file's, so that one household's
     * fortune does not hang on its neighbours'. */
    const struct county_config *county = &village->scenario->county;
    double mean = county->income * county->household_size * 100.0 / 12.0;
    const struct sim_luck luck = {village->luck.seed, 0}; /* founders are the same in every replicate */
    const double share[DURABLES] = {self->cart_owned, self->shed_owned, self->shop_owned};
    for (sim_row h = 0; h < households->head.n; h++) {
        if (!households->present[h])
            continue;
        double rank = households->permanent_fen[h] / mean;
        rank = rank < 2.0 ? rank : 2.0;
        uint64_t words[4];
        sim_rand_block(luck, households->key[h], SIM_BLOCK_OF_DURABLE_CART, 0, words);
        for (int32_t durable = 0; durable < DURABLES; durable++) {
            if (durable == DURABLE_SHED && !livestock_has_animals(&village->herds, h))
                continue;
            if (sim_dist_bernoulli(sim_rand_unit(words[durable]), share[durable] * rank))
                households->durables[h] |= (uint8_t)(1u << durable);
        }
    }
}

static void wear(struct village *village, const struct moment *moment)
{
    const struct durable_params *self = &village->scenario->durables;
    struct household_table *households = &village->households;
    uint64_t salts[4]; /* word 0 to 2: cart, shed, shop */
    sim_rand_block(
        village->luck, village->scenario->county_key, SIM_BLOCK_OF_WEAR_CART, (uint64_t)moment->year, salts);
    for (sim_row h = 0; h < households->head.n; h++) {
        for (int32_t durable = 0; households->durables[h] != 0 && durable < DURABLES; durable++) {
            double u = sim_rand_unit(sim_rand_salted(salts[durable], households->key[h]));
            if (household_has(households, h, durable) &&
                sim_dist_bernoulli(u, 1.0 / life_of(self, durable))) {
                households->durables[h] &= (uint8_t) ~(1u << durable);
                sim_ledger_post(&village->ledger, FLOW_DURABLE_WORN, 1);
            }
        }
    }
}

/* The durable that promises most for its price, among those it has not, can pay with its buffer left, and
 * that bring the hurdle once their wear is borne. */
static int32_t best_buy(const struct village *village, sim_row household, double spare,
    const struct moment *moment, const int64_t *price, int32_t shops)
{
    const struct scenario *scenario = village->scenario;
    const struct household_table *households = &village->households;
    double best = scenario->durables.hurdle;
    int32_t which = DURABLES;
    for (int32_t durable = 0; durable < DURABLES; durable++) {
        if (household_has(households, household, durable) || spare < (double)price[durable])
            continue;
        double rate = durables_return(village, household, durable, moment, shops) / (double)price[durable] -
                      1.0 / life_of(&scenario->durables, durable);
        if (rate > best) {
            best = rate;
            which = durable;
        }
    }
    return which;
}

void durables_month(struct village *village, const struct moment *moment)
{
    if (!village->scenario->durables.durables)
        return;
    int64_t wear_fen[DURABLES];
    for (int32_t durable = 0; durable < DURABLES; durable++)
        wear_fen[durable] = monthly_wear(village, (enum durable)durable, moment);
    book_wear(&village->households, wear_fen);
    if (moment->calendar_month == WEAR_MONTH)
        wear(village, moment);
    if (moment->calendar_month != SUMMER_PURCHASE && moment->calendar_month != AUTUMN_PURCHASE)
        return;
    struct household_table *households = &village->households;
    int64_t price[DURABLES];
    double buffer = village->scenario->household.buffer, cheapest = INFINITY;
    for (int32_t durable = 0; durable < DURABLES; durable++) {
        price[durable] = durables_price(village, durable, moment);
        cheapest = (double)price[durable] < cheapest ? (double)price[durable] : cheapest;
    }
    int32_t shops = 0; /* as the season begins: who decides first makes no difference */
    for (sim_row h = 0; h < households->head.n; h++)
        shops += household_has(households, h, DURABLE_SHOP);
    for (sim_row h = 0; h < households->head.n; h++) {
        double spare = (double)households->cash_fen[h] - buffer * (double)households->need_fen[h];
        if (spare < cheapest) /* so it is for most, and for who is gone */
            continue;
        int32_t durable = best_buy(village, h, spare, moment, price, shops);
        if (durable == DURABLES)
            continue;
        households->durables[h] |= (uint8_t)(1u << durable);
        households->cash_fen[h] -= price[durable];
        sim_ledger_post(&village->ledger, FLOW_DURABLE_PURCHASE, price[durable]);
        sim_ledger_post(&village->ledger, FLOW_DURABLE_BOUGHT, 1);
    }
}
