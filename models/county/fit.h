/* The fit of a founding population: what a county's description asks for against what synthesis made. */
#ifndef MODELS_COUNTY_FIT_H
#define MODELS_COUNTY_FIT_H

#include <stdio.h>

#include "models/county/run.h"

struct fit_row {
    const char *name;
    const char *unit;
    double low, high; /* the target: one figure, or a range */
    double found;
    const char *tag; /* imposed, fitted or emergent: only the last is evidence */
};
#define FIT_ROWS 24

/* Fills up to FIT_ROWS rows; returns how many, or a negative code. */
int32_t fit_count(const struct founders *founders, const struct scenario *scenario,
    struct fit_row rows[FIT_ROWS], struct sim_error *error);
/* The distance of what was found from the nearer end of the target, as a share of it; 0 within. */
double fit_gap(const struct fit_row *row);
/* The table, and a line that names the rows beyond FIT_WIDE, if any. */
#define FIT_WIDE 0.1
void fit_print(const struct fit_row *rows, int32_t n, FILE *out);

#endif
