/* Stopping when sure: an experiment adds replicates until the paired difference of one arm from the reference
 * is known well enough.
 *
 * The interval of each look is that of a number of replicates chosen beforehand. Looking again and again
 * stops rather when the spread happens to look small, so that it is slightly too narrow: of normal
 * differences, with a first look at 16 pairs and then every 8, it covers the truth in COVERAGE percent of
 * batches (tests/unit/test_stop.c), not in 95. */
#ifndef SIM_RUN_STOP_H
#define SIM_RUN_STOP_H

#include "sim/io/parts.h"

/* The value of a row is the mean of `n` values of a variable, `first`, `first + stride` ...; the value of a
 * replicate is the arm's less the reference's. */
struct sim_batch_stop {
    int32_t variable;         /* of the output, a floating one */
    int64_t first, n, stride; /* the mean of these values of a row is what counts */
    int32_t arm, reference;
    double half_width;   /* of the 95 percent interval, in the variable's unit */
    int32_t least, step; /* replicates before the first look; between looks */
};

/* What a look at the first n replicates shows: nothing but their rows, so that neither threads nor resumes
 * alter where a batch stops. */
struct sim_stop_look {
    int32_t n_replicates;
    int32_t n_pairs;   /* complete in both arms, at the point that has the fewest */
    int32_t n_lost;    /* pairs left out, of all points: a row failed, or its value is not a number */
    double half_width; /* of the 95 percent interval (Student's t), the widest of all points; NaN: a point has
                          fewer than 2 pairs */
    bool is_sure;      /* narrow enough at every point, of `least` complete pairs or more */
};

/* Differences of pairs, read once. */
struct sim_stop {
    const struct sim_batch_stop *rule; /* borrowed */
    const struct sim_parts *parts;     /* borrowed */
    double *differences;               /* [point, replicate]; NaN: the pair is lost */
    int32_t n_replicates;              /* the most there can be */
    int32_t n_read;                    /* replicates read so far */
};

/* SIM_ERROR_INPUT when the rule does not fit the output (no floating variable, values outside it, an arm that
 * is not there, the two arms one). */
int sim_stop_check(const struct sim_batch_stop *rule, const struct sim_output *output, int32_t n_arms,
    struct sim_error *error);
/* As sim_stop_check; SIM_ERROR_MEMORY. */
int sim_stop_begin(struct sim_stop *self, const struct sim_batch_stop *rule, const struct sim_parts *parts,
    struct sim_error *error);
void sim_stop_end(struct sim_stop *self);
/* How many replicates the next look is at, after one at `n` (0: the first look). At most all. */
int32_t sim_stop_next(const struct sim_stop *self, int32_t n);
/* The first n replicates, all of whose rows must be there (SIM_ERROR_MISSING). Not fewer than the look
 * before. */
int sim_stop_look(struct sim_stop *self, int32_t n, struct sim_stop_look *out, struct sim_error *error);
/* Look after look over rows that are all there, as for a merge: the one at which the batch stops. */
int sim_stop_choose(const struct sim_batch_stop *rule, const struct sim_parts *parts,
    struct sim_stop_look *out, struct sim_error *error);
/* Puts what the last look showed into /meta as `stopped`; warns when the maximum of replicates came first.
 * unit: of the variable. SIM_ERROR_MEMORY. */
int sim_stop_tell(const struct sim_batch_stop *rule, const struct sim_stop_look *look, int32_t most,
    const char *unit, bool quiet, struct sim_meta *meta, struct sim_error *error);

#endif
