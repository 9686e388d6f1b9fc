/* Inequality among persons, from sorted weighted data: the Gini coefficient, Theil's first index, the Palma
 * ratio and the Lorenz curve that they hang on. With W persons, x_j the amount per head and w_j the persons
 * of household j, and L_i = sum_{j <= i} w_j x_j:
 *
 *     Gini  = 1 - sum_i w_i (L_{i-1} + L_i) / (W L_n)    half the mean absolute difference over the mean
 *     Theil = (1/W) sum_i w_i (x_i / m) ln(x_i / m)       m the mean (Theil 1967)
 *     Palma = (1 - S(0.9)) / S(0.4)                       S(p) the share of the poorest p (Palma 2011) */
#ifndef MODELS_INDICATORS_INEQUALITY_H
#define MODELS_INDICATORS_INEQUALITY_H

#include "models/indicators/distribution.h"

/* On sorted items. NaN when there are none or the mean is not positive. Above 1 is possible where incomes are
 * negative. */
double inequality_gini(const struct distribution_item *sorted, int32_t n);

/* Items in any order. An amount of zero adds nothing (the limit of x ln x); a negative one, a year's loss,
 * counts as zero, in the mean too, since the logarithm knows none. 0 for equal amounts, ln(W) at most. NaN
 * when the mean is not positive. */
double inequality_theil(const struct distribution_item *items, int32_t n);

/* shares[k], the share of everything that goes to the poorest (k + 1)/n_points of the persons: points of the
 * Lorenz curve, straight between households. The last is 1. On sorted items; below zero where the poorest
 * have losses. All NaN when the mean is not positive. */
void inequality_lorenz(const struct distribution_item *sorted, int32_t n, int32_t n_points, double *shares);

/* What the richest tenth gets over what the poorest four tenths get, from points of the Lorenz curve, a
 * multiple of ten. NaN when the latter get nothing. */
double inequality_palma(const double *lorenz, int32_t n_points);

#endif
