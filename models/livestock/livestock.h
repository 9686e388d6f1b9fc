/* Livestock in the village's month: feed, condition, deaths, births, growth, milk, offtake, restocking. */
#ifndef MODELS_LIVESTOCK_LIVESTOCK_H
#define MODELS_LIVESTOCK_LIVESTOCK_H

#include "models/county/village.h"

/* Price of an animal of a class, of an adult's. */
static inline double livestock_class_worth(const struct livestock_params *params, int32_t class)
{
    return class == HERD_YOUNG ? params->young_price : class == HERD_JUVENILE ? params->juvenile_price : 1.0;
}
/* The same in whole fen, at a price of an adult: what an animal counts for in the books. */
static inline int64_t livestock_class_value(
    const struct livestock_params *params, int32_t class, double price_fen)
{
    return (int64_t)(price_fen * livestock_class_worth(params, class) + 0.5);
}
/* The same of all classes. */
static inline void livestock_set_worth(
    const struct livestock_params *params, double price_fen, int64_t worth[HERD_CLASSES])
{
    for (int32_t class = 0; class < HERD_CLASSES; class ++)
        worth[class] = livestock_class_value(params, class, price_fen);
}
/* Value of a herd in fen, of what an animal of each class is worth. */
static inline int64_t livestock_worth(
    const struct herd_table *herds, sim_row row, const int64_t worth[HERD_CLASSES])
{
    return herds->young[row] * worth[HERD_YOUNG] + herds->juvenile[row] * worth[HERD_JUVENILE] +
           ((int64_t)herds->female[row] + herds->male[row]) * worth[HERD_FEMALE];
}
/* The same at a price of an adult, as at the farm gate. */
int64_t livestock_value(
    const struct livestock_params *params, const struct herd_table *herds, sim_row row, double price_fen);
static inline bool livestock_has_animals(const struct herd_table *self, sim_row household)
{
    sim_row row = household * SPECIES_COUNT;
    return herd_heads(self, row) + herd_heads(self, row + 1) + herd_heads(self, row + 2) > 0;
}
/* Sheep units of a herd. */
double livestock_units(const struct livestock_params *params, const struct herd_table *herds, sim_row row);
/* Sheep units of all herds of a household. */
double livestock_household_units(const struct village *village, sim_row household);
/* What a household's herds come to, taken together. Kept by household in herd_days and herd_units of the
 * village, so that who only reads them counts no heads. */
struct herd_sums {
    double days; /* a month that they ask for: so many a head and, when returns are S-shaped, a fixed part */
    float units; /* sheep units */
};
struct herd_sums livestock_sums(const struct village *village, sim_row household);
/* Called by whoever has changed the heads of a household's herds. */
void livestock_recount(struct village *village, sim_row household);
static inline double livestock_days(const struct village *village, sim_row household)
{
    return village->herds_are_counted ? village->herd_days[household]
                                      : livestock_sums(village, household).days;
}
/* Under S-shaped returns a household without a shed and with less than the least herd keeps it badly: more
 * animals die, fewer are born and milked. False under concave returns. */
static inline bool livestock_is_small(const struct village *village, sim_row household, double units)
{
    const struct durable_params *params = &village->scenario->durables;
    return params->returns == RETURNS_S_SHAPED && units < params->least_herd &&
           !household_has(&village->households, household, DURABLE_SHED);
}
/* Sheep units that the commons feed in a summer of season factor `season`. */
double livestock_capacity(const struct village *village, double season);
/* Yearly return expected on the value of a herd of a species that neither grows nor shrinks, labour left
 * out, at the moment's prices and the present crowding of the commons; of a small herd when `is_small`. */
double livestock_return(
    const struct village *village, const struct moment *moment, int32_t species, bool is_small);

/* Animals eat, grow, die and are born; milk. Sets the village's grazing load. */
void livestock_month(struct village *village, const struct moment *moment);
/* offtake.c: autumn offtake, contract deliveries included; restocking in June; targets in December. */
int livestock_trade(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error);
/* Sells animals until `fen` is raised or none is left, at the market price less `discount`; returns what was
 * raised (it may exceed fen by part of an animal). Surplus males go first, females last, sheep before cattle
 * before yaks. */
int64_t livestock_sell_in_need(
    struct village *village, const struct moment *moment, sim_row household, int64_t fen, double discount);

#endif
