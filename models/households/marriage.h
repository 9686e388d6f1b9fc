/* Marriage: once a year the single women and men of a village who seek a spouse meet. Women choose in the
 * order of keyed tickets, among the men left, by age. The couple lives with the groom's household (patrilocal
 * residence, the rule in rural China: an assumption). */
#ifndef MODELS_HOUSEHOLDS_MARRIAGE_H
#define MODELS_HOUSEHOLDS_MARRIAGE_H

#include "models/county/village.h"

/* Whether two persons may marry: a woman and a man, single, not of one household or dynasty, not of one
 * mother, of fitting age. */
bool marriage_suits(const struct village *village, sim_row woman, sim_row man);
int marriage_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error);

#endif
