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
/* Ends a household whose last member died (what it leaves goes to the collective), or one that leaves the
 * county for good with its members and its money (`leaves`). Animals are sold, debts repaid as far as money
 * goes, land and places in schemes given back. */
int demography_close_household(struct sim_context *context, struct village *village, sim_row household,
    const struct moment *moment, bool leaves, struct sim_error *error);
/* Births, deaths, ageing of the month; members with jobs quit or apply (models/labour). */
int demography_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error);

#endif
