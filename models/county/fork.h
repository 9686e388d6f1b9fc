/* Forks: until when two arms of an experiment share their past. */
#ifndef MODELS_COUNTY_FORK_H
#define MODELS_COUNTY_FORK_H

#include "models/county/scenario.h"

/* The latest boundary at which a run of `a` is, bit for bit, in the state of one of `b` of the same founders
 * and luck (models/README.md, "State and forks"). A program that one of them does not run, or runs with other
 * values, parts them at the first instant of the month in which it is approved, the earlier month if both run
 * it. A program that neither runs parts nobody; one approved after the horizon parts them at its end, where
 * rows are filled. INT64_MIN when anything else differs; SIM_TIME_MAX when nothing does. Symmetric, and at
 * most as late as any detour: fork_at(a, c) >= min(fork_at(a, b), fork_at(b, c)). Cost: a pass over the
 * parameters. */
sim_time fork_at(const struct scenario *a, const struct scenario *b);

#endif
