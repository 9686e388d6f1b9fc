/* When rows under way are saved, and what a row goes on from: the policy of checkpoints (their files are
 * sim/io/checkpoint.h).
 *
 * A state of arm X at boundary c serves arm Y of the same point and replicate when X and Y part at c or
 * later. What cannot be written is a warning, once: the rows go on. What cannot be read is a warning, and the
 * next older one is tried. */
#ifndef SIM_RUN_KEEPER_H
#define SIM_RUN_KEEPER_H

#include "sim/io/checkpoint.h"
#include "sim/run/batch.h"
#include "sim/run/plan.h"

/* One for a batch; threads share it. */
struct sim_keeper {
    const char *directory; /* borrowed */
    const uint8_t *identity;
    double seconds; /* between two saves of a row; 0: when told only; < 0: never */
    bool quiet;
    void (*time_text)(sim_time boundary, char out[32]);
    struct sim_arena arena;
    struct sim_checkpoint *list; /* what lay there at the start, newest boundary first */
    int32_t n_list;
    int has_failed; /* to write: it was said. Atomic */
};

/* The pulse of one span, and what it has saved. */
struct sim_keeper_watch {
    struct sim_pulse pulse; /* for the span */
    struct sim_keeper *keeper;
    struct sim_checkpoint what; /* whose state it is */
    double saved_at;            /* s, by the clock that never goes back; what was lived unsaved before this
                                   span counts: the caller sets it back */
    int n_saves_seen;           /* of SIGUSR1 */
    void (*loaded)(void *user); /* called once, when the pulse is first asked: `from` has been read. NULL */
    void *user;
    int64_t n_written;
    double seconds; /* spent on saving */
};

/* Lists the directory. What cannot be listed is a warning: then there is nothing to go on from. */
void sim_keeper_begin(struct sim_keeper *self, const struct sim_parts *parts,
    const struct sim_batch_model *model, const struct sim_batch_options *options);
void sim_keeper_end(struct sim_keeper *self);

/* For each arm the boundary of the latest state that it can go on from, INT64_MIN: none. False: no arm has
 * one. is_there[arm]: a file of this arm is there. */
bool sim_keeper_survey(const struct sim_keeper *self, int32_t point, int32_t replicate,
    struct sim_plan_parting parting, sim_time *saved, bool *is_there);

/* What a node can go on from. */
struct sim_keeper_wanted {
    int32_t point, replicate;
    const int32_t *arms; /* all of whom it must serve */
    int32_t n_arms;
    struct sim_plan_parting parting;
    sim_time above, until; /* above < boundary <= until */
};
/* Reads the latest state there is from list[*at] on, and sets *at behind it; false: there is none (any more).
 * `out` is initialised, and the caller's to free. */
bool sim_keeper_load(struct sim_keeper *self, const struct sim_keeper_wanted *wanted, int32_t *at,
    struct sim_state *out, sim_time *boundary);

void sim_keeper_watch(
    struct sim_keeper *self, struct sim_keeper_watch *out, int32_t point, int32_t arm, int32_t replicate);

#endif
