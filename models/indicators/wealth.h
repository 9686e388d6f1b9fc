/* Wealth of a household: money, animals and stores at farm-gate prices, less debt; and, apart, what its
 * carts, sheds and shops would fetch. Land in use is not owned and is left out; so are tools and the house.
 * Given animals are wealth, not income. */
#ifndef MODELS_INDICATORS_WEALTH_H
#define MODELS_INDICATORS_WEALTH_H

#include "models/households/durables.h"
#include "models/livestock/herd.h"
#include "models/markets/prices.h"

/* What things fetch at one place and time, in fen. */
struct wealth_prices {
    double grain, hay;                           /* a kilogram */
    int64_t animal[SPECIES_COUNT][HERD_CLASSES]; /* as the books value them, by shares of an adult's price */
    double durables[1 << DURABLES];              /* each set of carts, sheds and shops, as used ones */
};
/* `sell` are farm-gate prices: fen a kilogram, or an adult animal; `index` is a price index (base year 1). */
void wealth_prices(struct wealth_prices *self, const struct livestock_params *livestock,
    const struct durable_params *durables, const double sell[GOODS], double index);
double wealth_fen(const struct wealth_prices *self, const struct household_table *households,
    const struct herd_table *herds, sim_row row);

#endif
