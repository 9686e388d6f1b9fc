/* Who gained and who lost: households of the panel against themselves in the reference arm, under the same
 * luck. */
#ifndef SIM_CLI_WINNERS_H
#define SIM_CLI_WINNERS_H

#include <stdio.h>

#include "sim/cli/result.h"

/* Years at the end of the horizon over which a household's difference is averaged; fewer where programs began
 * later. */
#define CLI_WINNERS_YEARS 3

/* For each arm but the reference: shares of households (weighted) that gained, lost or neither and their mean
 * difference, with 95 percent intervals that hold both the luck of replicates and the drawing of the panel
 * (its households are clusters of replicates), and beside it the county's own mean difference. A household
 * gained or lost when its mean difference over the last years is beyond what luck alone hardly ever makes in
 * that arm. Luck: the 95 percent quantile of |difference| of the arm's bystanders, households of the panel
 * that take part in no scheme, whom only shared markets reach; but no less than the placebo's bound (the 97.5
 * percent quantile of |difference| in the placebo arm, and 1 percent of the main poverty line), which stands
 * alone where bystanders are fewer than 20 or the file does not say who takes part. Prints nothing where the
 * file has no panel. Only SIM_ERROR_FORMAT and SIM_ERROR_MEMORY. */
int cli_winners_print(struct cli_result *result, int32_t width, FILE *out, struct sim_error *error);

#endif
