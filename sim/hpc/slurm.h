/* Slurm, asked by its own commands: sbatch, squeue, scontrol. Never sacct, which many sites do not have. What
 * they have to say against a call goes to standard error as they say it. */
#ifndef SIM_HPC_SLURM_H
#define SIM_HPC_SLURM_H

#include "sim/core/error.h"

bool sim_slurm_is_here(void); /* whether sbatch is on PATH */
/* sbatch --parsable with these arguments (NULL-terminated, at most 16): the id of the job. SIM_ERROR_MISSING
 * when there is no sbatch, SIM_ERROR_IO when it fails. */
int sim_slurm_submit(const char *const *arguments, int64_t *id, struct sim_error *error);
/* The highest index that a task of an array may have: MaxArraySize - 1; 1000 when Slurm does not say. */
int64_t sim_slurm_max_task(void);
/* How many of these jobs (an array is one) wait or run. */
int sim_slurm_queued(
    const int64_t *ids, int32_t n, int32_t *n_queued, int64_t *first, struct sim_error *error);

#endif
