/* Land in the village's month: choice of crops and sowing, the season's labour, harvest, sale of grain and
 * hay. */
#ifndef MODELS_LAND_CROPS_H
#define MODELS_LAND_CROPS_H

#include "models/county/village.h"

/* Expected yearly output of a square metre of a kind under the crop it is meant for, in fen at this month's
 * farm-gate prices, less inputs; labour not deducted. `technique` multiplies the yield. */
double crops_margin(
    const struct scenario *scenario, const struct moment *moment, int32_t kind, double technique);
/* The same under the crop that brings most, of land of mean quality; never negative (fallow). */
double crops_best_margin(const struct scenario *scenario, const struct moment *moment, int32_t kind);
/* Days of labour that a square metre of a kind asks for over the season. */
double crops_days(const struct land_params *params, int32_t kind);
/* Days that each household's land asks for over the season, fallow none: counted when land has changed hands,
 * kind or crop since the last count, as who does that says by village->land_is_counted = false. */
const double *crops_year_days(struct village *village);
/* Sowing in its month: crops are chosen, inputs bought as far as they pay and money goes. */
void crops_sow(struct village *village, const struct moment *moment);
/* Harvest in its month; sale of what is not needed a month later. */
void crops_harvest(struct village *village, const struct moment *moment);
void crops_sell(struct village *village, const struct moment *moment);
/* Months of a season, sowing and harvest included: each asks for as many of its days. */
int32_t crops_season(const struct land_params *params);
bool crops_is_growing(const struct land_params *params, int32_t calendar_month);

#endif
