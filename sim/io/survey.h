/* A survey: what lies in the parts directories of a batch, for `pamir status`, without the model.
 *
 * Cheap, and right beside processes that are writing: nothing is locked or written; of each frame the head is
 * read and the payload skipped by its length. Checksums are not computed: a frame that is damaged inside
 * counts as done here, and is found when the batch is opened. Whoever is at work is known by the lock and the
 * process's number on this machine, elsewhere by the age of its log. Rates hang on clocks that never go back
 * where these can be read; where only the machine's clock says something, a jump makes a rate wrong, never
 * negative. */
#ifndef SIM_IO_SURVEY_H
#define SIM_IO_SURVEY_H

#include "sim/io/checkpoint.h"
#include "sim/io/manifest.h"

enum sim_survey_row { SIM_SURVEY_MISSING, SIM_SURVEY_DONE, SIM_SURVEY_FAILED };

/* A process that writes rows now. Texts lie in the survey's arena. */
struct sim_survey_process {
    const char *directory;
    char host[64];
    long pid;
    int32_t n_threads;    /* 0: it did not say */
    int64_t since;        /* s since 1970 by its machine's clock */
    int64_t n_rows;       /* written by it so far */
    double seconds;       /* that it has been at work, >= 0 */
    double quiet_seconds; /* since it last wrote, by the clocks of the disk and of this machine, >= 0 */
    bool is_certain;      /* seen alive; false: it wrote a short while ago on another machine */
};

struct sim_survey_failure {
    int32_t point, arm, replicate, status;
    const char *message;
};

/* The newest state of a row that is not there yet. */
struct sim_survey_checkpoint {
    const char *directory;
    struct sim_checkpoint what;
    int64_t bytes;
    double age_seconds; /* >= 0 */
};

struct sim_survey {
    struct sim_arena arena;
    struct sim_manifest manifest;                /* of the first directory: version, arms, shape, inputs */
    int64_t n_rows, n_done, n_failed, n_missing; /* n_done: failed ones included, as they need no other run */
    uint8_t *state;                              /* [n_rows] by point, arm, replicate: enum sim_survey_row */
    int64_t n_dropped_bytes;                     /* torn, and nobody is writing them */
    int64_t bytes;                               /* of all logs */
    double row_seconds;                          /* sum of the wall times of the rows that are done */
    int64_t last_change; /* of a log, s since 1970 by the disk's clock; 0: there is none */
    struct sim_survey_process *processes;
    struct sim_survey_failure *failures;
    struct sim_survey_checkpoint *checkpoints; /* the newest boundary first within a directory */
    int32_t n_processes, n_failures, n_checkpoints;
    int32_t processes_capacity, failures_capacity, checkpoints_capacity;
    double rows_per_second; /* of processes at work now, since they began; NaN: nobody is, or none is done */
    double seconds_left;    /* NaN when that is not known, 0 when nothing is missing */
};

/* SIM_ERROR_MISSING: no directory, or no manifest in it; SIM_ERROR_FORMAT: the manifest is damaged. The
 * survey is the caller's to free in any case. Cost: one small read for each row. */
int sim_survey_read(struct sim_survey *self, const char *directory, struct sim_error *error);
/* Adds another directory of the same batch, of as many replicates or fewer; SIM_ERROR_MISMATCH, with the
 * difference, when it is another's. */
int sim_survey_join(struct sim_survey *self, const char *directory, struct sim_error *error);
/* Safe on a zeroed struct, and twice. */
void sim_survey_free(struct sim_survey *self);

#endif
