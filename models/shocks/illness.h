/* Illness: costs a household working days, over more than one month when it is long, and money. */
#ifndef MODELS_SHOCKS_ILLNESS_H
#define MODELS_SHOCKS_ILLNESS_H

#include "models/county/village.h"

/* Draws the month's illnesses, by the high half of a household's word of the month (chances to within 2^-32 a
 * person); words[household] is the low half, its luck with casual work, for work_month. */
int illness_month(struct sim_context *context, struct village *village, const struct moment *moment,
    uint64_t *words, struct sim_error *error);

#endif
