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
    const char *rerun; /* the command that lives the row again */
};

/* Rows by how they stand; n_done: failed ones included. */
struct cli_standing_count {
    int64_t n_done, n_failed, n_missing;
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
    struct cli_standing_count *points, *arms; /* [kept.n_points], [kept.n_arms] */
    const char *next;                         /* the command to go on with */
    const char *jobs;                         /* ids of what was submitted, "12,13"; "" without any */
    const char *merged;                       /* the file that the complete folder was merged into, or NULL */
    const char *stopped;                      /* why a result has no more replicates, or NULL */
    bool may_stop; /* stop_when may end the batch before it has all its replicates */
};

/* Reads what lies at `given`, and locks or changes nothing. SIM_ERROR_MISSING: nothing. */
int cli_standing_read(struct cli_standing *self, const char *given, struct sim_error *error);
/* Safe after a failed _read, and twice. */
void cli_standing_free(struct cli_standing *self);
/* all: every point and failure, not the first few alone. */
void cli_standing_print(const struct cli_standing *self, bool all, FILE *out);
/* One object; the keys are in the help of `pamir status`. */
void cli_standing_json(const struct cli_standing *self, FILE *out);

#endif
