/* Stopping when sure: an experiment adds replicates until the paired difference of one arm from the reference
 * is known well enough. */
#ifndef SIM_RUN_STOP_H
#define SIM_RUN_STOP_H

#include <stdint.h>

/* The value of a row is the mean of `n` values of a variable, `first`, `first + stride` ...; the value of a
 * replicate is the arm's less the reference's. */
struct sim_batch_stop {
    int32_t variable;         /* of the output, a floating one */
    int64_t first, n, stride; /* the mean of these values of a row is what counts */
    int32_t arm, reference;
    double half_width;   /* of the 95 percent interval, in the variable's unit */
    int32_t least, step; /* replicates before the first look; between looks */
};

#endif
