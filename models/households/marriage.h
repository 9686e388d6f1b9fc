/* Marriage: single women and men of a village find each other, ranked by keyed tickets and age; the couple
 * lives with the groom's household (patrilocal residence, the rule in rural China: an assumption). */
#ifndef MODELS_HOUSEHOLDS_MARRIAGE_H
#define MODELS_HOUSEHOLDS_MARRIAGE_H

#include "models/county/village.h"

int marriage_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error);

#endif
