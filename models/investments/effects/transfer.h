/* Cash from a paired investment, as it arrives in a village: `each` fen to households in the order of the
 * scheme's targeting, or, when each is 0, `fen` to all households alike. What finds no household stays with
 * the collective. */
#ifndef MODELS_INVESTMENTS_EFFECTS_TRANSFER_H
#define MODELS_INVESTMENTS_EFFECTS_TRANSFER_H

#include "models/county/village.h"

int transfer_on_grant(struct sim_context *context, struct village *village, int32_t scheme, int64_t fen,
    int64_t each, struct sim_error *error);

#endif
