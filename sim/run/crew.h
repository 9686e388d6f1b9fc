/* The crew of a batch: threads that live rows, as many at a time as there are threads.
 *
 * Of each point and replicate the common past of its arms is lived once (sim/run/plan.h); where arms part,
 * the state is held in memory until the last of them has read it. Pieces of work are taken so that few states
 * are held: what goes on from a state comes before what begins anew. The last pieces, fewer than threads,
 * share all of these. Which thread lives what never shows in a row. */
#ifndef SIM_RUN_CREW_H
#define SIM_RUN_CREW_H

#include <pthread.h>

#include "sim/run/batch.h"
#include "sim/run/keeper.h"
#include "sim/run/plan.h"
#include "sim/run/progress.h"

struct sim_crew_family;
struct sim_crew_piece;

struct sim_crew {
    const struct sim_batch_model *model;
    const struct sim_batch_options *options;
    struct sim_parts *parts;
    struct sim_progress *progress;
    struct sim_keeper keeper;
    struct sim_error fatal;   /* the log cannot be written: nothing more can be kept */
    struct sim_error missing; /* the first row that the machine let down */
    int32_t n_threads;
    sim_time **partings; /* by point, of all pairs of arms; NULL until needed */
    /* Under the lock: */
    pthread_mutex_t lock;
    pthread_cond_t change; /* a piece has ended */
    const int64_t *todo;
    int64_t n_todo, at;               /* the next group begins at todo[at] */
    struct sim_crew_family *families; /* under way */
    struct sim_crew_family *dealing;  /* the one whose roots are being dealt, or NULL */
    struct sim_crew_piece *ready;     /* a stack */
    int32_t n_ready, ready_capacity;
    int64_t n_dealt, limit; /* roots */
    int32_t n_busy;         /* threads at work, those inside of spans included */
    int32_t n_running, n_trunks;
    bool is_last;          /* the pieces share all threads */
    bool is_fork_given_up; /* it was said */
    /* Seconds of threads, since the last round: */
    double found, observe, lived, kept;
    struct sim_batch_result *result; /* counts forks and checkpoints */
};

/* Borrows everything. SIM_ERROR_MEMORY. */
int sim_crew_begin(struct sim_crew *self, const struct sim_batch_model *model,
    const struct sim_batch_options *options, struct sim_parts *parts, struct sim_progress *progress,
    struct sim_batch_result *result, struct sim_error *error);
void sim_crew_end(struct sim_crew *self);
/* Lives the rows of this list, numbers of the order of work, rising. Afterwards fatal and missing say what
 * went wrong; SIM_ERROR_MEMORY when not a single row can be held. Adds to result->times. */
int sim_crew_run(struct sim_crew *self, const int64_t *todo, int64_t n_todo, struct sim_error *error);

#endif
