/* Composition: persons of an age pyramid, joined into the households of a village. */
#ifndef MODELS_COUNTY_COMPOSE_H
#define MODELS_COUNTY_COMPOSE_H

#include "models/households/person.h"
#include "sim/core/error.h"
#include "sim/rand/rand.h"

#define PYRAMID_AGES 101

/* Cumulative shares of persons by age in years: below[a] is the share younger than a. */
struct pyramid {
    double below[PYRAMID_AGES + 1];
    double married[PYRAMID_AGES]; /* share of women of an age who live with a husband */
};
/* Survival of demography's death rates, for cohorts that were equal in size for a generation and smaller
 * before. */
void compose_pyramid(struct pyramid *out, const struct demography_params *params);
/* Age in months of a quantile, u in (0,1). */
int32_t compose_age(const struct pyramid *self, double u);

struct composed {
    int32_t household; /* 0 to n_households - 1 */
    int32_t age_months;
    uint8_t female;
    int32_t spouse; /* place in out[] of the spouse, of the same household; -1 for none */
    int32_t mother; /* of the mother, of the same household; -1 for none */
};

/* n_people >= n_households >= 1 persons into out[], sorted by household, a head first in each. Ages are a
 * systematic sample of the pyramid, so that a small village has a plausible one too. Couples: heads and the
 * women matched to them; of the young and the old who are no heads, as many as pyramid.married says. A
 * mother is the youngest woman of the household who was 16 to 46 at the birth, a wife before others. Cost:
 * O(n log n). */
int compose_village(const struct pyramid *pyramid, struct sim_luck luck, sim_key village, int32_t n_people,
    int32_t n_households, struct composed *out, struct sim_error *error);

#endif
