/* Demography: each person's year turns in the month of birth. */
#ifndef MODELS_HOUSEHOLDS_DEMOGRAPHY_H
#define MODELS_HOUSEHOLDS_DEMOGRAPHY_H

#include "models/county/village.h"

/* Age in whole years at a month. */
static inline int32_t demography_age(int32_t born, int32_t month)
{
    return (month - born) / 12;
}
/* Chance that a person of this age (in whole years, on the birthday) dies within the year before it. */
double demography_death(const struct demography_params *params, int32_t age);
/* Counts a household's persons, elders, consumers and workers anew. */
void demography_recount(struct village *village, sim_row household, int32_t month);
/* Births, deaths, ageing of the month; members with jobs quit or apply (models/labour). */
int demography_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error);

#endif
