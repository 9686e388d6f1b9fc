/* Mobility: how persons have moved between quintiles of consumption since the base year (present households
 * by their persons; a household that came later and has no base quintile is left out). */
#ifndef MODELS_INDICATORS_MOBILITY_H
#define MODELS_INDICATORS_MOBILITY_H

#include "sim/core/types.h"

/* Sums over households; all zero to begin with. */
struct mobility {
    int64_t persons;
    int64_t stayed; /* persons whose quintile is the same */
    int64_t moved;  /* quintiles moved, up or down, times persons */
};

/* Quintiles 1 to 5; 0: none, and the household is left out. */
static inline void mobility_add(struct mobility *self, int64_t persons, int32_t from, int32_t to)
{
    if (from == 0 || to == 0)
        return;
    self->persons += persons;
    self->stayed += from == to ? persons : 0;
    self->moved += persons * (from < to ? to - from : from - to);
}

#endif
