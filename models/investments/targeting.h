/* Targeting: who is offered a place first. A rule of its own, usable by every effect: a ranking by need as a
 * register sees it (with error), a lottery, or the first keys. */
#ifndef MODELS_INVESTMENTS_TARGETING_H
#define MODELS_INVESTMENTS_TARGETING_H

#include "sim/scenario/schema.h"

enum targeting_rule { TARGETING_POOREST, TARGETING_LOTTERY, TARGETING_KEY };

#define TARGETING_PARAMS(P)                                                                                  \
    P(SWITCH, targeting, "poorest|lottery|key", "poorest", 0, 0,                                             \
        "order of offers: by lasting income per head as the register sees it, by lot, by key", "assumption") \
    P(REAL, targeting_error, "1", "0.4", 0, 5,                                                               \
        "spread (of the logarithm) of the register's error about income: inclusion and exclusion error",     \
        "assumption")

struct village;

/* Ranks the village's present households into order[], best first; returns how many. `scheme` keys the
 * tickets and errors. order has room for all households; ticket (scratch) likewise. Cost O(n^1.3). */
int32_t targeting_rank(const struct village *village, int32_t rule, double error, int32_t scheme,
    sim_row *order, uint64_t *ticket);

#endif
