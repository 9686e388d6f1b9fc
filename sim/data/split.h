/* The one way to split an integer amount (design.md, law 3): largest remainder, ties by key. */
#ifndef SIM_DATA_SPLIT_H
#define SIM_DATA_SPLIT_H

#include "sim/core/types.h"

/* Splits total >= 0 over n claimants in proportion to weight[i] >= 0 into share[i] >= 0; the shares add up to
 * total exactly (all 0 when every weight is 0: returns false). Equal remainders go to the smaller key[i].
 * Weights are integers up to 2^62 whose sum stays below 2^63; products use 128 bits. scratch holds n sim_row.
 * Cost O(n) on average, whatever the order of claimants. */
bool sim_split(
    int64_t total, const int64_t *weight, const sim_key *key, sim_row n, int64_t *share, sim_row *scratch);

/* value * numerator / denominator, rounded half away from zero, through 128 bits; denominator > 0. */
int64_t sim_scale(int64_t value, int64_t numerator, int64_t denominator);

#endif
