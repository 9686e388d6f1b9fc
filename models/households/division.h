/* Division: a younger couple with its children leaves the household of the parents and founds its own, with
 * its share of land, animals, stores, money and debt. The new household's key is made from the husband's and
 * the month. */
#ifndef MODELS_HOUSEHOLDS_DIVISION_H
#define MODELS_HOUSEHOLDS_DIVISION_H

#include "models/county/village.h"

/* Hands part/whole (0 <= part <= whole, whole > 0) of what a household has to another: money, debt, stores,
 * animals, its own land that it uses itself, and the year's sums with them. Rounded down: the odd one stays.
 * Durables, land of schemes, land let or rented, and shares in a cooperative stay. Parcels may be added: keep
 * no pointer to a column over it. All of it stays within the books' account of households. */
int division_hand_over(
    struct village *village, sim_row from, sim_row to, int64_t part, int64_t whole, struct sim_error *error);
/* Chance that a couple leaves in a division month. `is_last`: nobody else would stay with the parents. */
double division_chance(
    const struct demography_params *params, int32_t wife_age, bool has_younger_couple, bool is_last);
int division_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error);

#endif
