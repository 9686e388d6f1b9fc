/* Livestock in the village's month: feed, condition, deaths, births, growth, milk, offtake, restocking. */
#ifndef MODELS_LIVESTOCK_LIVESTOCK_H
#define MODELS_LIVESTOCK_LIVESTOCK_H

#include "models/county/village.h"

/* Price of an animal of a class, of an adult's. */
double livestock_class_worth(const struct livestock_params *params, int32_t class);
/* Farm-gate value of a herd in fen. */
int64_t livestock_value(
    const struct livestock_params *params, const struct herd_table *herds, sim_row row, double price_fen);
static inline bool livestock_has_animals(const struct herd_table *self, sim_row household)
{
    sim_row row = household * SPECIES_COUNT;
    return herd_heads(self, row) + herd_heads(self, row + 1) + herd_heads(self, row + 2) > 0;
}
/* Sheep units of a herd. */
double livestock_units(const struct livestock_params *params, const struct herd_table *herds, sim_row row);

/* Animals eat, grow, die and are born; milk. Sets the village's grazing load. */
void livestock_month(struct village *village, const struct moment *moment);
/* Autumn offtake, contract deliveries included, and restocking in June. */
int livestock_trade(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error);
/* Sells animals until `fen` is raised or none is left, at the market price less `discount`; returns what was
 * raised (it may exceed fen by part of an animal). Surplus males go first, females last, sheep before cattle
 * before yaks. */
int64_t livestock_sell_in_need(
    struct village *village, const struct moment *moment, sim_row household, int64_t fen, double discount);

#endif
