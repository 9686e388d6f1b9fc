/* Living: dues and public money, eating, the coping ladder, repaying. */
#ifndef MODELS_HOUSEHOLDS_LIVING_H
#define MODELS_HOUSEHOLDS_LIVING_H

#include "models/county/village.h"

/* January: last year's income becomes part of what the household takes its lasting income to be; the sums of
 * the year start anew; the register of assistance is drawn up. */
void living_new_year(struct village *village, const struct moment *moment);
/* Interest, pensions, subsidies, assistance. */
void living_dues(struct village *village, const struct moment *moment);
/* Eats, copes, repays. */
void living_eat(struct village *village, const struct moment *moment);

#endif
