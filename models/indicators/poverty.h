/* Poverty of persons: the class of Foster, Greer and Thorbecke (1984), "A class of decomposable poverty
 * measures", Econometrica 52(3), 761-766:
 *
 *     P_a = (1/W) sum_i w_i ((z - x_i) / z)^a  over x_i < z,  a = 0, 1, 2. */
#ifndef MODELS_INDICATORS_POVERTY_H
#define MODELS_INDICATORS_POVERTY_H

#include "models/indicators/distribution.h"

struct poverty {
    double headcount; /* P_0: share of persons below the line */
    double gap;       /* P_1: their mean shortfall, as a share of the line, spread over everybody */
    double severity;  /* P_2: the same with the shortfall squared */
};

/* Items in any order; line > 0, in the values' unit. Who stands on the line is not poor. Negative amounts (a
 * year's loss) count as zero, so that all three lie in [0,1]. NaN when n is 0. */
struct poverty poverty_measure(const struct distribution_item *items, int32_t n, double line);

#endif
