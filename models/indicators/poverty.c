#include "models/indicators/poverty.h"

#include <math.h>

struct poverty poverty_measure(const struct distribution_item *items, int32_t n, double line)
{
    double persons = 0, poor = 0, gap = 0, severity = 0;
    for (int32_t i = 0; i < n; i++) {
        persons += items[i].weight;
        if (items[i].value >= line)
            continue;
        double value = items[i].value < 0 ? 0 : items[i].value;
        double shortfall = (line - value) / line;
        poor += items[i].weight;
        gap += items[i].weight * shortfall;
        severity += items[i].weight * shortfall * shortfall;
    }
    if (n == 0)
        return (struct poverty){(double)NAN, (double)NAN, (double)NAN};
    return (struct poverty){poor / persons, gap / persons, severity / persons};
}
