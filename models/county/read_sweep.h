/* A sweep: points of an experiment, each a value for every one of some parameters. What the points are is
 * told by a design (sim/run/design.h) or a table; what a parameter may be, by its schema. */
#ifndef MODELS_COUNTY_READ_SWEEP_H
#define MODELS_COUNTY_READ_SWEEP_H

#include "models/county/scenario.h"

struct experiment;

struct sweep_param {
    const char *path; /* "parameters.livestock.yak.mortality" */
    struct sim_place place;
    const struct sim_param *of;
    const char *unit; /* in which its values are told: that of the first one written; "1" for texts */
    int32_t program;  /* of the experiment, or -1 */
};

/* Everything lies in the arena of the reader. */
struct sweep {
    struct sweep_param *params;
    int32_t n_params;
    int32_t n_points;         /* 0: no sweep */
    struct sim_node **values; /* [n_points][n_params]: scalars; points share those of a list */
    double *numbers;          /* the same in `unit`; NaN for months, switches, flags and texts */
    struct sim_place *places; /* [n_points] */
};

/* Reads `sweep` of an experiment whose arms are read. folder: out of which the table's file may not be.
 * SIM_ERROR_INPUT after reporting. */
int read_sweep(
    const struct sim_node *node, const char *folder, struct sim_reader *reader, struct experiment *out);
/* "path = value, ...", cut to what there is room for. */
void read_sweep_text(const struct sweep *sweep, int32_t point, char *out, size_t size);
/* Whether one of two paths leads through the other. */
bool read_is_along(const char *a, const char *b);
/* The arm at a point: what the point changes is read anew, all else is shared with `scenario`, the arm as its
 * file says, which must live as long. `root`: the arm's tree (read_arm_tree). The arm's own `set` and --set
 * stand over the point. Cost: about 0.1 ms and 10 kB. */
int read_point(const struct experiment *experiment, int32_t point, int32_t arm, const struct sim_node *root,
    const struct scenario *scenario, struct sim_reader *reader, struct scenario *out);

#endif
