/* How a batch stands: what `status` tells, as text and as JSON. */
#ifndef SIM_CLI_STANDING_H
#define SIM_CLI_STANDING_H

#include <stdio.h>

#include "sim/cli/kept.h"
#include "sim/io/survey.h"

/* A slice of a cluster's folder. */
struct cli_standing_slice {
    int64_t first, end; /* of the order of work */
    int64_t n_done, n_failed;
    bool is_begun, is_at_work;
};

struct cli_standing_failure {
    int32_t point, arm, replicate, status;
    const char *message;
};

struct cli_standing {
    struct sim_arena arena;
    struct cli_kept kept;
    struct sim_survey survey; /* of parts and folders; of a result nothing is under way */
    bool has_survey;
    int64_t n_rows, n_done, n_failed, n_missing; /* n_done: failed ones included */
    const uint8_t *state;                        /* [n_rows] by point, arm, replicate: enum sim_survey_row */
    struct cli_standing_failure *failures;       /* [n_failed], by replicate, point, arm */
    struct cli_standing_slice *slices;
    int32_t n_slices;
    char next[2 * SIM_FILE_PATH]; /* the command to go on with */
};

/* Reads what lies at `given`, and locks or changes nothing. SIM_ERROR_MISSING: nothing. */
int cli_standing_read(struct cli_standing *self, const char *given, struct sim_error *error);
/* Safe after a failed _read, and twice. */
void cli_standing_free(struct cli_standing *self);
/* Rows of an arm at a point in a state; -1: of all. */
int64_t cli_standing_count(
    const struct cli_standing *self, int32_t point, int32_t arm, enum sim_survey_row state);
/* The command that lives a row again. */
void cli_standing_rerun(const struct cli_standing *self, const struct cli_standing_failure *failure,
    char out[SIM_FILE_PATH + 200]);

/* all: every failure, not the first few alone. */
void cli_standing_print(const struct cli_standing *self, bool all, FILE *out);
/* One object; the keys are in the help of `pamir status`. */
void cli_standing_json(const struct cli_standing *self, FILE *out);

#endif
