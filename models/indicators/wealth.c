#include "models/indicators/wealth.h"

#include "models/livestock/livestock.h"

double wealth_fen(const struct household_table *households, const struct herd_table *herds,
    const struct livestock_params *livestock, const double sell[GOODS], sim_row row)
{
    double fen = (double)(households->cash_fen[row] - households->debt_fen[row]);
    fen += (double)households->grain_g[row] / 1000 * sell[GOOD_GRAIN];
    fen += (double)households->hay_g[row] / 1000 * sell[GOOD_HAY];
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        fen += (double)livestock_value(
            livestock, herds, row * SPECIES_COUNT + species, sell[GOOD_SHEEP + species]);
    return fen;
}

double wealth_durables_fen(const struct household_table *households, const struct durable_params *durables,
    double index, sim_row row)
{
    double worth = 0.0;
    for (int32_t durable = 0; durable < DURABLES; durable++)
        if (household_has(households, row, (enum durable)durable))
            worth += durables_price_at(durables, (enum durable)durable, index);
    return worth * durables->resale;
}
