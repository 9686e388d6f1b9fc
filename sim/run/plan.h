/* The plan of a batch: which row is the how-manieth of the work, and how the rows of one point and replicate
 * share their past.
 *
 * The order of work is by replicate, then point, then arm, from 0: a batch that is stopped has pairs to
 * compare, and a slice of the order, first to before end, holds arms that can be compared and that share
 * their past.
 *
 * The arms of one point and replicate that are still to be lived form a forest. A trunk is the past that
 * several arms share, until the boundary at which the first of them part; a leaf is the rest of one arm's
 * life. Each node goes on from where its parent ended; a root from the founding, or from a checkpoint. */
#ifndef SIM_RUN_PLAN_H
#define SIM_RUN_PLAN_H

#include "sim/core/error.h"

struct sim_plan_row {
    int32_t point, arm, replicate; /* from 0 */
};

/* The row that is number `work` of the order, and back. */
struct sim_plan_row sim_plan_row(int64_t work, int32_t n_points, int32_t n_arms);
int64_t sim_plan_work(struct sim_plan_row row, int32_t n_points, int32_t n_arms);

struct sim_plan_node {
    int32_t parent;        /* -1: a root */
    int32_t first, n_arms; /* whose life it is: arms[first] ... of the plan, one in a leaf */
    int32_t n_children;    /* 0: a leaf */
    sim_time until;        /* where a trunk ends; SIM_TIME_MAX: a leaf */
};

struct sim_plan {
    struct sim_plan_node *nodes; /* parents before their children */
    int32_t *arms;
    int32_t n_nodes, n_roots, n_arms;
};

/* When two arms part: the latest boundary at which a state of one is still one of the other, INT64_MIN: never
 * one past; for every pair of n_all arms, times[a * n_all + b]. */
struct sim_plan_parting {
    const sim_time *times; /* NULL: no two arms share anything */
    int32_t n_all;
};

/* The forest of the n arms (copied; in rising order). saved[arm]: the boundary of the latest checkpoint that
 * this arm can go on from, INT64_MIN: none; NULL: nobody has one. An arm whose checkpoint lies behind the end
 * of a trunk does not need the trunk: it is a root. Cost: the square of n for each branching.
 * Freed by _free, also after SIM_ERROR_MEMORY. */
int sim_plan_make(struct sim_plan *self, const int32_t *arms, int32_t n, struct sim_plan_parting parting,
    const sim_time *saved, struct sim_error *error);
void sim_plan_free(struct sim_plan *self);

#endif
