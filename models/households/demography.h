/* Demography: each person's year turns in the month of birth. */
#ifndef MODELS_HOUSEHOLDS_DEMOGRAPHY_H
#define MODELS_HOUSEHOLDS_DEMOGRAPHY_H

#include "models/county/village.h"

/* Age in whole years at a month. */
static inline int32_t demography_age(int32_t born, int32_t month)
{
    return (month - born) / 12;
}
/* What a person of an age does who is neither in school nor has found anything else: home work, or nothing.
 */
enum activity demography_activity(const struct demography_params *params, int32_t age);
/* Chance that a person of this age (in whole years, on the birthday) dies within the year before it. */
double demography_death(const struct demography_params *params, int32_t age);
/* Chance that a single person of this age seeks a spouse in a year, and the share of women who have been
 * married by that birthday when marriage_found of the seeking women find one. */
double demography_seeking(const struct demography_params *params, bool is_female, int32_t age);
double demography_ever_married(const struct demography_params *params, int32_t age);
/* The share of women of that age who live with a husband: the same, times the survival of a husband. */
double demography_married(const struct demography_params *params, int32_t age);
/* A birth's chance for a woman at her birthday, by age: to married women, or to all where nobody marries. The
 * rate of a five-year group is fertility x the group's share over the sum of demography_ever_married in it,
 * so that total fertility is the parameter where marriage_found of the seekers find a husband, no husband
 * dies and no chance exceeds 1. */
void demography_birth_chances(const struct demography_params *params, double chance[FERTILE_YEARS]);
/* Takes a person out of one household's list into another's; the caller recounts both. */
void demography_move(struct village *village, sim_row person, sim_row household);
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
