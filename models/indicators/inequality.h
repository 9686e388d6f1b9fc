/* Inequality among persons: the Gini coefficient, half the mean absolute difference between two persons drawn
 * with replacement, over the mean; computed from sorted weighted data as one less twice the area under the
 * Lorenz curve:
 *
 *     G = 1 - sum_i w_i (L_{i-1} + L_i) / (W L_n),  L_i = sum_{j <= i} w_j x_j. */
#ifndef MODELS_INDICATORS_INEQUALITY_H
#define MODELS_INDICATORS_INEQUALITY_H

#include "models/indicators/distribution.h"

/* On sorted items. NaN when there are none or the mean is not positive. Above 1 is possible where incomes are
 * negative. */
double inequality_gini(const struct distribution_item *sorted, int32_t n);

#endif
