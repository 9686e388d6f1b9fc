/* Schooling: nine compulsory years from the age of six, and then as long as the household can and the child's
 * lasting luck holds. */
#ifndef MODELS_HOUSEHOLDS_SCHOOLING_H
#define MODELS_HOUSEHOLDS_SCHOOLING_H

#include "models/county/village.h"

/* Share of the children who go on after the compulsory years where lasting income is so many times
 * subsistence. */
double schooling_goes_on(const struct demography_params *params, double wealth);
/* Years of school of a person when a run begins in `month`, and in *attends whether she is in school then.
 * `trait` is her uniform of SIM_PURPOSE_SCHOOL_TRAIT, the same that decides later whether she goes on. */
int32_t schooling_founding(
    const struct demography_params *params, double trait, int32_t born, int32_t month, bool *attends);
/* In school_month: a year completed for who was in school, then who is in it for the next year. Sets
 * ACTIVITY_SCHOOL and ends it. */
void schooling_month(struct village *village, const struct moment *moment);

#endif
