/* Designs of a sweep: which points of a box [0, 1)^n are looked at. Numbers only; what an axis stands for is
 * the caller's business.
 *
 * A grid is the product of its axes' levels. A Latin hypercube of n points has one point in each of the n
 * cells of every axis (McKay, Beckman, Conover 1979), cells being paired by keyed ranks, so that an axis
 * added at the end changes none before it. Sobol' points are GSL's (Antonov, Saleev 1979; Bratley, Fox 1988):
 * the first n of a longer sequence are the sequence of n, so points may be added; powers of two fill the box
 * most evenly. */
#ifndef SIM_RUN_DESIGN_H
#define SIM_RUN_DESIGN_H

#include "sim/core/error.h"
#include "sim/rand/rand.h"

#define SIM_DESIGN_POINTS 10000  /* at most */
#define SIM_DESIGN_SOBOL_AXES 40 /* that GSL's generator has */

/* Points of a grid, the product of the levels (each at least 1). SIM_ERROR_RANGE when there are more than
 * SIM_DESIGN_POINTS. */
int32_t sim_design_grid_points(const int32_t *levels, int32_t n_axes, struct sim_error *error);
/* The level of each axis at a point; the last axis goes round fastest. */
void sim_design_grid(const int32_t *levels, int32_t n_axes, int32_t point, int32_t *out);
/* `within` [0, 1) of the way through one of n_points cells: in [0, 1), whatever rounding does. */
double sim_design_place(int32_t cell, double within, int32_t n_points);
/* out: [n_points][n_axes]. middle: in the middle of each cell, else anywhere in it. The same for the same
 * seed. SIM_ERROR_RANGE for no points, too many, or no axes; SIM_ERROR_MEMORY. Cost: n log n an axis. */
int sim_design_latin_hypercube(
    int32_t n_points, int32_t n_axes, uint64_t seed, bool middle, double *out, struct sim_error *error);
/* out: [n_points][n_axes]. SIM_ERROR_RANGE for no points, too many, or axes beyond 1 to
 * SIM_DESIGN_SOBOL_AXES; SIM_ERROR_MEMORY. */
int sim_design_sobol(int32_t n_points, int32_t n_axes, double *out, struct sim_error *error);

#endif
