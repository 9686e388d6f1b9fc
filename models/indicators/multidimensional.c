#include "models/indicators/multidimensional.h"

#include <math.h>

const char *const deprivation_names[DEPRIVATIONS] = {
    "schooling", "attendance", "hunger", "house", "water", "power", "assets"};

/* Twelfths. */
static const int32_t weights[DEPRIVATIONS] = {
    [DEPRIVED_SCHOOLING] = 2,
    [DEPRIVED_ATTENDANCE] = 2, /* education */
    [DEPRIVED_HUNGER] = 4,     /* health */
    [DEPRIVED_HOUSE] = 1,
    [DEPRIVED_WATER] = 1,
    [DEPRIVED_POWER] = 1,
    [DEPRIVED_ASSETS] = 1 /* living */
};

void multidimensional_add(struct multidimensional *self, int64_t persons, uint32_t deprived)
{
    int32_t score = 0;
    for (int32_t d = 0; d < DEPRIVATIONS; d++)
        score += (deprived >> d & 1) != 0 ? weights[d] : 0;
    int64_t poor = score >= MULTIDIMENSIONAL_CUTOFF ? persons : 0;
    self->persons += persons;
    self->poor += poor;
    self->score += score * poor;
    for (int32_t d = 0; d < DEPRIVATIONS; d++) {
        int64_t mask = -(int64_t)(deprived >> d & 1);
        self->deprived[d] += persons & mask;
        self->censored[d] += poor & mask;
    }
}

static double ratio(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : (double)NAN;
}

double multidimensional_adjusted(const struct multidimensional *self)
{
    return ratio(self->score, MULTIDIMENSIONAL_WHOLE * self->persons);
}

double multidimensional_headcount(const struct multidimensional *self)
{
    return ratio(self->poor, self->persons);
}

double multidimensional_intensity(const struct multidimensional *self)
{
    return ratio(self->score, MULTIDIMENSIONAL_WHOLE * self->poor);
}
