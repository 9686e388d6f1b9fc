/* Synthesis: the founding population of a county, made from its description.
 *
 * A function of the county and the seed alone (replicate 0, no program, no arm), so that every run of a study
 * begins with the same people. Persons are drawn from an age pyramid and joined into households; ability,
 * land, herds, stores and cash are lognormal and correlated, then scaled to the county's means. Integer
 * totals are met exactly where the description allows. Uses keyed uniforms and sim/core/real.h only: the same
 * people on every processor. Cost: about 1 us a person. */
#ifndef MODELS_COUNTY_SYNTHESIS_H
#define MODELS_COUNTY_SYNTHESIS_H

#include "models/county/run.h"

/* `out` zeroed. Villages keep pointers to `scenario`, which must outlive them. SIM_ERROR_INPUT when the
 * description cannot be met (fewer persons than households), SIM_ERROR_MODEL when two keys are equal. */
int synthesis_make(struct founders *out, const struct scenario *scenario, struct sim_error *error);
void synthesis_free(struct founders *self);

#endif
