/* A batch as jobs of Slurm: an array whose tasks compute one slice each, and the merge that follows it.
 *
 * The folder of the batch holds manifest.txt (the batch itself, the texts of its files included), plan.txt
 * (how it is cut), array.sh, merge.sh, jobs.txt (ids of what was submitted), logs/, and the slices. Whatever
 * comes from a user stands in the scripts between single quotes, but for `setup` and `extra` of the site
 * file. */
#ifndef SIM_HPC_JOB_H
#define SIM_HPC_JOB_H

#include "sim/hpc/site.h"
#include "sim/io/file.h"

struct sim_job {
    const char *directory; /* absolute */
    const char *program;   /* absolute path of pamir */
    const char *result;    /* absolute path of the file that the merge writes */
    const char *name;      /* of the experiment */
    int64_t n_rows, n_arms;
    int64_t n_shards;    /* tasks of the array, from 1 */
    int64_t at_once;     /* 0: no limit */
    bool all_replicates; /* the merge keeps what stop_when would not have computed */
};

/* DIR/NAME; SIM_ERROR_INPUT when it is too long. */
int sim_job_path(const char *directory, const char *name, char out[SIM_FILE_PATH], struct sim_error *error);
void sim_job_print_array(const struct sim_job *self, const struct sim_site *site, FILE *out);
void sim_job_print_merge(const struct sim_job *self, const struct sim_site *site, FILE *out);
void sim_job_print_plan(const struct sim_job *self, const struct sim_site *site, FILE *out);
/* Writes plan.txt, array.sh, merge.sh and logs/ into the directory, which exists. After a failure what was
 * written is removed again. */
int sim_job_write(const struct sim_job *self, const struct sim_site *site, struct sim_error *error);
/* Removes what _write wrote, and jobs.txt: only while nothing is submitted. */
void sim_job_remove(const struct sim_job *self);
/* Reads DIR/plan.txt; texts in the arena. SIM_ERROR_INPUT after reporting to diag what is wrong with it,
 * SIM_ERROR_MISSING when it is not there. */
int sim_job_read(const char *directory, struct sim_arena *arena, struct sim_diag *diag, struct sim_job *out,
    struct sim_error *error);

/* Opens jobs.txt for the job that is submitted next: what cannot be noted is not to be submitted. */
int sim_job_open_list(const char *directory, FILE **out, struct sim_error *error);
/* Notes the id of a job and closes the list; `what` is one word. SIM_ERROR_STOPPED when that fails: the job
 * is submitted. */
int sim_job_remember(FILE *list, const char *what, int64_t id, struct sim_error *error);
/* The ids in jobs.txt, in the arena; none when there is no such file. */
int sim_job_remembered(
    const char *directory, struct sim_arena *arena, int64_t **ids, int32_t *n, struct sim_error *error);

#endif
