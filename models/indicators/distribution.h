/* A distribution of persons over an amount per head: what the indicators of poverty and inequality work on.
 *
 * One item a household, weighted by its persons. Sorting is by radix on the leading bits of the value, then
 * by insertion where these are equal: no allocation, and one order on every machine. */
#ifndef MODELS_INDICATORS_DISTRIBUTION_H
#define MODELS_INDICATORS_DISTRIBUTION_H

#include "sim/core/types.h"

struct distribution_item {
    double value;  /* amount per head; finite */
    double weight; /* persons; > 0 */
    sim_key key;   /* breaks ties */
    int64_t place; /* the caller's own */
};

/* What is moved about while items are sorted. */
struct distribution_slot {
    uint64_t bits;
    int64_t index;
};

/* Ascending by value, ties by key. `scratch` has room for 2 n slots. Cost: about 8 ns an item. */
void distribution_sort(struct distribution_item *items, struct distribution_slot *scratch, int32_t n);

/* On sorted items: the smallest value that at least the share p of the weight does not exceed; p in [0,1].
 * NaN when n is 0. */
double distribution_quantile(const struct distribution_item *sorted, int32_t n, double p);

/* On sorted items: group[i], 1 to n_groups, of equal weight but for the whole items: an item belongs where
 * the middle of its weight falls. */
void distribution_groups(const struct distribution_item *sorted, int32_t n, int32_t n_groups, int8_t *group);

#endif
