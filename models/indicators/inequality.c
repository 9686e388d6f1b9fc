#include "models/indicators/inequality.h"

#include <math.h>

#include "sim/core/real.h"

double inequality_gini(const struct distribution_item *sorted, int32_t n)
{
    double persons = 0, amount = 0, area = 0;
    for (int32_t i = 0; i < n; i++) {
        double before = amount;
        persons += sorted[i].weight;
        amount += sorted[i].weight * sorted[i].value;
        area += sorted[i].weight * (before + amount);
    }
    if (!(amount > 0))
        return (double)NAN;
    return 1 - area / (persons * amount);
}

double inequality_theil(const struct distribution_item *items, int32_t n)
{
    double persons = 0, amount = 0, sum = 0;
    for (int32_t i = 0; i < n; i++) {
        persons += items[i].weight;
        amount += items[i].value > 0 ? items[i].weight * items[i].value : 0;
    }
    if (!(amount > 0))
        return (double)NAN;
    double mean = amount / persons;
    for (int32_t i = 0; i < n; i++)
        if (items[i].value > 0) {
            double ratio = items[i].value / mean;
            sum += items[i].weight * ratio * sim_real_log(ratio);
        }
    return sum / persons;
}

void inequality_lorenz(const struct distribution_item *sorted, int32_t n, int32_t n_points, double *shares)
{
    double persons = 0, amount = 0, reached = 0, below = 0;
    for (int32_t i = 0; i < n; i++) {
        persons += sorted[i].weight;
        amount += sorted[i].weight * sorted[i].value;
    }
    int32_t k = 0;
    double wanted = n_points > 1 ? persons / n_points : (double)INFINITY;
    for (int32_t i = 0; i < n && amount > 0; i++) {
        double weight = sorted[i].weight;
        while (wanted <= reached + weight) {
            shares[k++] = (below + (wanted - reached) * sorted[i].value) / amount;
            wanted = k < n_points - 1 ? persons * (k + 1) / n_points : (double)INFINITY;
        }
        reached += weight;
        below += weight * sorted[i].value;
    }
    for (; k < n_points; k++)
        shares[k] = amount > 0 ? 1 : (double)NAN;
}

double inequality_palma(const double *lorenz, int32_t n_points)
{
    double poorest = lorenz[n_points * 4 / 10 - 1], richest = 1 - lorenz[n_points * 9 / 10 - 1];
    return poorest > 0 ? richest / poorest : (double)NAN;
}
