/* What an arm cost more than the reference, who took part, and what a unit of its result cost. */
#ifndef SIM_CLI_COSTS_H
#define SIM_CLI_COSTS_H

#include <stdio.h>

#include "sim/cli/result.h"

/* Means over replicates of sums over programs; costs per result are ratios of means with Fieller's 95 percent
 * interval, money in base-year prices (each year's by the reference arm's price index). Persons lifted: fewer
 * persons below the main line, mean of the last three years. Prints nothing where the file has no
 * /investment. */
int cli_costs_print(struct cli_result *result, int32_t width, FILE *out, struct sim_error *error);

#endif
