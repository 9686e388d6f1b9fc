/* Wealth of a household: money, animals and stores at farm-gate prices, less debt; and, apart, what its
 * carts, sheds and shops would fetch. Land in use is not owned and is left out; so are tools and the house.
 * Given animals are wealth, not income. */
#ifndef MODELS_INDICATORS_WEALTH_H
#define MODELS_INDICATORS_WEALTH_H

#include "models/households/durables.h"
#include "models/livestock/herd.h"
#include "models/markets/prices.h"

/* In fen. `sell` are farm-gate prices: fen a kilogram, or an adult animal; young and juvenile animals by
 * their shares of an adult's price, as the books value them. */
double wealth_fen(const struct household_table *households, const struct herd_table *herds,
    const struct livestock_params *livestock, const double sell[GOODS], sim_row row);
/* Carts, sheds and shops as used ones, at a price index (base year 1). */
double wealth_durables_fen(const struct household_table *households, const struct durable_params *durables,
    double index, sim_row row);

#endif
