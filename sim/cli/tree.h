/* The tree of arms: which share their past until when, and what living it once spares. */
#ifndef SIM_CLI_TREE_H
#define SIM_CLI_TREE_H

#include <stdio.h>

#include "models/county/study.h"

/* Prints the tree of a point's arms, a line for each common past, and the share of all months that sharing
 * spares, over all points. Nothing when no two arms share anything. `model`: county_study_batch's. */
void cli_tree_print(const struct county_study *study, const struct sim_batch_model *model, FILE *out);

#endif
