#include "models/indicators/wealth.h"

static const enum good good_of_species[SPECIES_COUNT] = {
    [SPECIES_SHEEP] = GOOD_SHEEP, [SPECIES_YAK] = GOOD_YAK, [SPECIES_CATTLE] = GOOD_CATTLE};

double wealth_fen(const struct household_table *households, const struct herd_table *herds,
    const struct livestock_params *livestock, const double sell[GOODS], sim_row row)
{
    double fen = (double)(households->cash_fen[row] - households->debt_fen[row]);
    fen += (double)households->grain_g[row] / 1000 * sell[GOOD_GRAIN];
    fen += (double)households->hay_g[row] / 1000 * sell[GOOD_HAY];
    for (int32_t species = 0; species < SPECIES_COUNT; species++) {
        sim_row herd = row * SPECIES_COUNT + species;
        double adults = (double)herds->female[herd] + (double)herds->male[herd];
        double worth = adults + livestock->young_price * (double)herds->young[herd] +
                       livestock->juvenile_price * (double)herds->juvenile[herd];
        fen += worth * sell[good_of_species[species]];
    }
    return fen;
}
