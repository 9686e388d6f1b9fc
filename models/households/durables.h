/* Lumpy investments besides animals: a cart, a shed, a shop, bought when they can be paid and promise enough.
 * Each has a price, a life, and one thing that it changes: a cart cuts what transport takes, a shed winter
 * losses and feed, a shop lifts the return of own business. */
#ifndef MODELS_HOUSEHOLDS_DURABLES_H
#define MODELS_HOUSEHOLDS_DURABLES_H

#include "models/households/household.h"

#define DURABLE_PARAMS(P)                                                                                    \
    P(SWITCH, durables, "none|durables", "durables", 0, 0, "carts, sheds and shops", "switch")               \
    P(SWITCH, returns, "concave|s_shaped", "concave", 0, 0,                                                  \
        "returns to herds: concave, or S-shaped by a fixed labour and shed cost below a least herd",         \
        "hypothesis of a poverty trap (Balboni et al. 2022); counter-evidence: Kraay and McKenzie 2014")

struct durable_params {
    DURABLE_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema durable_schema;

struct village;
struct moment;

static inline bool household_has(const struct household_table *self, sim_row row, enum durable durable)
{
    return (self->durables[row] >> durable & 1) != 0;
}

/* Price of one, fen. */
int64_t durables_price(const struct village *village, enum durable durable, const struct moment *moment);
/* Wear, then purchases; after eating. */
void durables_month(struct village *village, const struct moment *moment);

#endif
