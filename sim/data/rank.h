/* Ranks claimants by keyed tickets, ties by key: lotteries and rationing never shuffle (design.md, law 2). */
#ifndef SIM_DATA_RANK_H
#define SIM_DATA_RANK_H

#include "sim/core/key.h"
#include "sim/core/types.h"

/* Sorts n rows, the smallest ticket first; ticket[row] and key[row] are those of a row. Keys differ, so the
 * order is total and hangs on nothing else. Cost O(n^1.3), no memory. */
void sim_rank(sim_row *rows, int32_t n, const uint64_t *ticket, const sim_key *key);
/* A number as a ticket: the smaller, the earlier. -0 and 0 are alike; NaN has no place. */
uint64_t sim_rank_ticket(double value);

#endif
