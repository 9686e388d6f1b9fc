#include "models/indicators/inequality.h"

#include <math.h>

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
