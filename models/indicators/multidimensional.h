/* Multidimensional poverty of persons: the adjusted headcount of Alkire and Foster (2011), "Counting and
 * multidimensional poverty measurement", Journal of Public Economics 95(7-8), 476-487, with the three
 * dimensions, nested equal weights and cut-off of the global index (Alkire, Santos 2014, World Development
 * 59, 251-274). A household's persons share its deprivations:
 *
 *     c_i = sum_d w_d g_id    i is poor when c_i >= k
 *     H = share of persons who are poor, A = mean c among them, M0 = H A */
#ifndef MODELS_INDICATORS_MULTIDIMENSIONAL_H
#define MODELS_INDICATORS_MULTIDIMENSIONAL_H

#include "sim/core/types.h"

/* Education, a sixth each; health, a third; standard of living, a twelfth each. */
enum deprivation {
    DEPRIVED_SCHOOLING,  /* no adult has completed six years of school */
    DEPRIVED_ATTENDANCE, /* a child of school age is out of school */
    DEPRIVED_HUNGER,     /* the household ate below need in a month of the year */
    DEPRIVED_HOUSE,      /* no sound house */
    DEPRIVED_WATER,      /* no safe water */
    DEPRIVED_POWER,      /* no power */
    DEPRIVED_ASSETS,     /* no cart, shed or shop, and hardly an animal */
    DEPRIVATIONS
};
extern const char *const deprivation_names[DEPRIVATIONS];

/* Weights and cut-off are whole twelfths, so that nobody's state hangs on rounding. */
enum { MULTIDIMENSIONAL_WHOLE = 12, MULTIDIMENSIONAL_CUTOFF = 4 };

/* Sums over households; all zero to begin with. */
struct multidimensional {
    int64_t persons;
    int64_t poor;                   /* persons */
    int64_t score;                  /* of the poor, in twelfths of a person */
    int64_t deprived[DEPRIVATIONS]; /* persons, poor or not */
    int64_t censored[DEPRIVATIONS]; /* persons who are poor as well */
};

/* Adds a household; bit d of `deprived` is set for a deprivation d. */
void multidimensional_add(struct multidimensional *self, int64_t persons, uint32_t deprived);
/* NaN without persons; the intensity is NaN without poor ones. */
double multidimensional_adjusted(const struct multidimensional *self);  /* M0 */
double multidimensional_headcount(const struct multidimensional *self); /* H */
double multidimensional_intensity(const struct multidimensional *self); /* A */

#endif
