#include "models/indicators/wealth.h"

#include "models/livestock/livestock.h"

void wealth_prices(struct wealth_prices *self, const struct livestock_params *livestock,
    const struct durable_params *durables, const double sell[GOODS], double index)
{
    self->grain = sell[GOOD_GRAIN];
    self->hay = sell[GOOD_HAY];
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        for (int32_t class = 0; class < HERD_CLASSES; class ++)
            self->animal[species][class] =
                livestock_class_value(livestock, class, sell[GOOD_SHEEP + species]);
    for (int32_t set = 0; set < 1 << DURABLES; set++) {
        double worth = 0.0;
        for (int32_t durable = 0; durable < DURABLES; durable++)
            if ((set >> durable & 1) != 0)
                worth += (double)durables_price_at(durables, (enum durable)durable, index);
        self->durables[set] = worth * durables->resale;
    }
}

double wealth_fen(const struct wealth_prices *self, const struct household_table *households,
    const struct herd_table *herds, sim_row row)
{
    double fen = (double)(households->cash_fen[row] - households->debt_fen[row]);
    fen += (double)households->grain_g[row] / 1000 * self->grain;
    fen += (double)households->hay_g[row] / 1000 * self->hay;
    for (int32_t species = 0; species < SPECIES_COUNT; species++) {
        const int64_t *price = self->animal[species];
        sim_row herd = row * SPECIES_COUNT + species;
        fen +=
            (double)(herds->young[herd] * price[HERD_YOUNG] + herds->juvenile[herd] * price[HERD_JUVENILE] +
                     herds->female[herd] * price[HERD_FEMALE] + herds->male[herd] * price[HERD_MALE]);
    }
    return fen + self->durables[households->durables[row]];
}
