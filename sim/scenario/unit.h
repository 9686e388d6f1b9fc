/* Quantities with units, by UDUNITS-2, whose units are joined by those of the project: CNY and fen, mu,
 * person, household, head (of stock), village, job, plant, egg ... Each kind of thing counted is a dimension
 * of its own, so that "CNY/person/year" and "CNY/household/year" do not mix. */
#ifndef SIM_SCENARIO_UNIT_H
#define SIM_SCENARIO_UNIT_H

#include "sim/core/error.h"

struct sim_units; /* a unit system and a cache of converters; not shared between threads */

struct sim_units *sim_units_new(struct sim_error *error);
void sim_units_free(struct sim_units *self);
/* Reads "200 kg/mu" as a number in `unit`. A bare number is right only where `unit` is "1". Fails with
 * SIM_ERROR_INPUT and a message that says what is wrong: not a number, no unit ("expected a unit like
 * 'kg/mu'"), unknown unit, wrong dimension ("'kg' is not a 'm2'"), not finite. Strict: "12abc", "1_000",
 * "nan" and "1e400" fail, and so do units with an offset (degree_C), logarithmic ones, reciprocals (year for
 * 1/year), numbers within units ("3 2 kg") and prefixes on things that are counted ("khousehold"). A factor
 * that is a whole number, or one over a whole number, is applied exactly: "7 percent" is 0.07. */
int sim_units_read(
    struct sim_units *self, const char *text, const char *unit, double *value, struct sim_error *error);
/* How many of `unit` one `from` is, by the same rules; 0 when they do not fit. */
double sim_units_factor(struct sim_units *self, const char *from, const char *unit);
/* The unit in which people are told of a quantity kept in `unit`: CNY where the books count fen. Returns how
 * many of `unit` one of it is. */
double sim_units_told(const char *unit, char out[64]);
/* A unit that UDUNITS and the project know. */
bool sim_units_is_known(struct sim_units *self, const char *unit);

#endif
