/* Offtake under contract, as a herder meets it in autumn. */
#ifndef MODELS_INVESTMENTS_EFFECTS_CONTRACT_H
#define MODELS_INVESTMENTS_EFFECTS_CONTRACT_H

#include "models/county/village.h"

/* Price of an adult animal under contract this month at the plant, in fen: the herder gets it less freight.
 */
double contract_price(const struct effect_config *effect, double market_fen, int64_t fixed_fen);

struct hub;
/* The end of a contract: members are released. Also called when its buyer closes. */
int contract_close(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error);

/* A member of a contract for this species delivers `heads` adult animals, or sells elsewhere because that
 * pays more: *delivered is heads or 0. Posts nothing: the caller books the animals. */
int contract_deliver(struct sim_context *context, struct village *village, const struct moment *moment,
    sim_row household, int32_t species, int32_t heads, int64_t *delivered, struct sim_error *error);

#endif
