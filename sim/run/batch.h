/* A batch: arms x replicates (x sweep points) of one experiment, run in parallel, each finished row kept at
 * once.
 *
 * The batch knows no county: the model hands it the shape of a row and a function that lives stretches of
 * one. What several arms share of their past is lived once (sim/run/plan.h, sim/run/crew.h). Rows go to the
 * parts log (sim/io/parts.h) in the order in which they finish; the HDF5 file is assembled from the log at
 * the end, so the order of work never shows. Ctrl-C, SIGTERM, SIGHUP: no new rows are begun, running ones are
 * saved at their next boundary (sim/run/keeper.h) and abandoned, what is finished is kept. SIGUSR1: running
 * rows are saved and go on. */
#ifndef SIM_RUN_BATCH_H
#define SIM_RUN_BATCH_H

#include <stdio.h>

#include "sim/io/meta.h"
#include "sim/io/output.h"
#include "sim/io/parts.h"
#include "sim/run/pulse.h"
#include "sim/run/stop.h"

/* Seconds of a slot's rows that are not the model itself; a slot's own, so that threads share no line. */
struct sim_batch_slot {
    _Alignas(64) double found; /* runs made ready and put away */
    double observe;            /* looking at them and filling rows */
};

/* A stretch of one row's life. All of it when from is NULL and until is SIM_TIME_MAX. */
struct sim_batch_span {
    int32_t slot; /* < the number of concurrent rows: scratch memory may be kept by slot */
    int32_t point, arm, replicate;
    int32_t n_threads;      /* how many it may use itself */
    struct sim_state *from; /* the state to go on from, read from its beginning (it may be another arm's
                               that had not parted from this one: part_at), and read whole before the pulse is
                               first asked: then it may be gone; NULL: found anew */
    sim_time until;         /* boundary to live to; SIM_TIME_MAX: the end, and fill the row */
    struct sim_state *to;   /* empty, takes the state at `until`; NULL when that is the end */
    void *row;              /* output->row_bytes, zeroed; filled at the end, else scratch */
    const struct sim_pulse *pulse; /* NULL: nobody asks */
};

struct sim_batch_model {
    void *user;
    const struct sim_output *output;
    /* Lives a span. Codes BOOKS, RANGE, CAPACITY, MODEL: the seed determines the failure, it becomes a row
     * with that status (of every arm that shares the span); other codes: the row stays missing. A state that
     * does not fit gives SIM_ERROR_FORMAT before anything is lived. */
    int (*run_span)(void *user, const struct sim_batch_span *span, struct sim_error *error);
    /* The latest boundary at which a state of arm a is still, bit for bit, one of arm b at this point: they
     * share their past until there. INT64_MIN: they differ from the founding on; SIM_TIME_MAX: they never do
     * (a == b). Symmetric, and transitive as of a tree: part_at(a, c) >= min(part_at(a, b), part_at(b, c)).
     * NULL: no two arms share anything. */
    sim_time (*part_at)(void *user, int32_t point, int32_t a, int32_t b);
    /* A boundary in words, "2021-05": for messages and status. NULL: the number. */
    void (*time_text)(sim_time boundary, char out[32]);
    int64_t household_months_per_row; /* for the rate that progress prints */
    struct sim_batch_slot *slots;     /* by slot, run_span adds to them; NULL: all of a row is the model's */
};

struct sim_batch_options {
    const char *path; /* the HDF5 file to write; NULL with a slice */
    int32_t n_points; /* 1 without a sweep */
    int32_t n_arms;
    int32_t n_replicates;
    const char *const *arms; /* names */
    int32_t n_threads;       /* 0: OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else all */
    bool resume;    /* go on where an earlier run of the same inputs was stopped; begins when there is none */
    bool overwrite; /* replace a finished file that exists */
    bool quiet;
    struct sim_meta *meta; /* texts for /meta; inputs among them identify the batch */
    const char *directory; /* parts directory; NULL: path + ".parts" */
    /* Rows of the order of work (sim/run/plan.h) to compute, from `first` to before `end`; end 0: all. With a
     * slice nothing is assembled: its rows stay in the directory. */
    int64_t first, end;
    bool share; /* other processes may be at work in the directory on the same rows: SIM_PARTS_SHARE */
    bool grow;  /* the directory may hold a batch of fewer replicates: SIM_PARTS_GROW */
    const char *import; /* a finished result whose rows are taken over before the first is computed; NULL */
    bool no_fork;       /* every row from its founding */
    /* Rows under way are saved so often, s; 0: when told to stop or by SIGUSR1 only; < 0: never. */
    double checkpoint_seconds;
    const struct sim_batch_stop *stop; /* NULL, or with a slice: all replicates */
};

/* Where the time of a batch went, in seconds by the clock. What rows that are computed side by side do at a
 * time has the share of the clock that it had of them: the parts add up. */
struct sim_batch_times {
    double begin;                 /* before the first row: earlier rows read, a log begun */
    double found, model, observe; /* of rows; see struct sim_batch_slot */
    double keep;                  /* of rows: checksums, the log, waiting for each other's turn */
    double idle;                  /* threads for which no row was left */
    double write, verify, commit; /* the file assembled; read back and compared; on the disk under its name */
};

struct sim_batch_result {
    int32_t n_done;      /* rows now in the file, failed ones included */
    int32_t n_failed;    /* rows whose status is a failure */
    int32_t n_missing;   /* rows not there */
    double wall_seconds; /* until the last row was done, before the file is written */
    struct sim_batch_times times;
    char digest[SIM_DIGEST_TEXT];
    /* A past common to k arms that was lived once spared k - 1: how many, and their seconds on a thread. */
    int64_t n_forked;
    double fork_seconds;
    int64_t n_checkpoints; /* written, and the seconds on a thread that it took */
    double checkpoint_seconds;
    int64_t n_resumed;    /* stretches begun from a checkpoint of an earlier run */
    int32_t n_replicates; /* in the file: fewer than asked for when the difference was sure before */
    bool is_sure;         /* with stop: half_width was reached. false: the maximum came first */
    double half_width; /* with stop: the widest over the points, at the last look; NaN: fewer than 2 pairs */
    int32_t n_pairs_lost; /* with stop: pairs left out because a row of theirs failed */
};

/* How many threads a batch with these options uses in all. sim_batch_run refuses an environment that says
 * something else than a number (SIM_ERROR_INPUT). */
int32_t sim_batch_threads(const struct sim_batch_options *options);

/* 0, SIM_ERROR_STOPPED (the file is not written; the parts are kept for --resume), or another code.
 * Nothing is touched when the file exists already (SIM_ERROR_EXISTS; also with overwrite when it is no HDF5
 * file, so that no experiment is ever replaced by its result), when its parts do and resume is not
 * set, when they belong to other inputs (SIM_ERROR_MISMATCH, with the difference), or when the place cannot
 * be written (SIM_ERROR_MISSING, SIM_ERROR_IO). The file is read back and verified before it takes its name,
 * and only then are the parts removed. A row that its seed fails is kept with its
 * message and the command that replays it (sim/run/replay.h); one that the machine lets down stays missing,
 * and the others run on. Takes over SIGINT, SIGTERM, SIGHUP and SIGUSR1 while it runs. */
int sim_batch_run(const struct sim_batch_model *model, const struct sim_batch_options *options,
    struct sim_batch_result *result, struct sim_error *error);

/* Writes a result from parts that are complete, reads it back, compares, and gives it its name; the parts
 * stay. Fills n_done, n_failed, n_replicates, digest and the times of `result`. SIM_ERROR_MISSING when rows
 * are missing, SIM_ERROR_EXISTS as in sim_batch_run. */
int sim_batch_assemble(struct sim_parts *parts, const char *path, bool overwrite, bool quiet,
    struct sim_batch_result *result, struct sim_error *error);

/* One line on where the time went, from the command to the closed file: `seconds` in all, `startup` of them
 * before the batch. What several threads did at a time has the share of the clock that it had of them. */
void sim_batch_print_times(const struct sim_batch_result *result, double startup, double seconds, FILE *out);

#endif
