/* A sweep in a table: the parameters of each point beside what each arm does there. */
#ifndef SIM_CLI_POINTS_H
#define SIM_CLI_POINTS_H

#include <stdio.h>

#include "sim/cli/result.h"

/* Prints the main difference (real income a head, mean of the years from `first` to end - 1) of each arm from
 * the reference by point, with its interval. The result looks at point 0 afterwards. A code of `error`'s. */
int cli_points_print(
    struct cli_result *result, int32_t first, int32_t end, int32_t width, FILE *out, struct sim_error *error);
/* "parameters.livestock.yak.price 0.5, ..." of one point; "" where the file does not tell. */
void cli_points_text(struct cli_result *result, int32_t point, char *out, size_t size);

#endif
