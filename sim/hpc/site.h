/* The site file: what a cluster wants to be told with every job, written once.
 *
 *     pamir: site
 *     partition: normal
 *     time: 12:00:00
 *     modules: [gcc/12, hdf5/1.10]
 *
 * Strict, as every file of a user: unknown keys, wrong kinds and values that Slurm would take for something
 * else are errors with their place, all at once. Only `setup` (lines of shell) and `extra` (lines for sbatch)
 * go into scripts as they are; everything else is checked letter by letter or quoted. */
#ifndef SIM_HPC_SITE_H
#define SIM_HPC_SITE_H

#include "sim/scenario/schema.h"

/* P(kind, field, unit, default, min, max, sentence, source), see sim/scenario/schema.h. */
#define SIM_SITE_PARAMS(P)                                                                                   \
    P(TEXT, partition, "1", SIM_PARAM_NO_TEXT, 0, 0, "partition (queue) of the jobs", "sbatch --partition")  \
    P(TEXT, account, "1", SIM_PARAM_NO_TEXT, 0, 0, "account that the jobs are charged to",                   \
        "sbatch --account")                                                                                  \
    P(TEXT, qos, "1", SIM_PARAM_NO_TEXT, 0, 0, "quality of service", "sbatch --qos")                         \
    P(TEXT, time, "1", SIM_PARAM_NO_TEXT, 0, 0,                                                              \
        "time limit of a task, as Slurm writes it: minutes, H:M:S, D-H; a task that meets it is saved, "     \
        "queued again and goes on",                                                                          \
        "sbatch --time")                                                                                     \
    P(TEXT, memory, "1", SIM_PARAM_NO_TEXT, 0, 0, "memory of a task: a number and K, M, G or T",             \
        "sbatch --mem")                                                                                      \
    P(INTEGER, cpus, "1", "1", 1, 4096, "processors of a task, which are the threads of pamir",              \
        "sbatch --cpus-per-task")                                                                            \
    P(INTEGER, at_once, "1", "0", 0, 1e6, "tasks that run at a time at most; 0: as many as Slurm gives",     \
        "sbatch --array=...%N")                                                                              \
    P(INTEGER, notice, "s", "120 s", 10, 65535,                                                              \
        "time before the limit at which a task saves what runs; Slurm may be a minute early",                \
        "sbatch --signal")                                                                                   \
    P(INTEGER, checkpoint, "s", "600 s", 1, 1e6,                                                             \
        "time between two savings of what runs: what a node that dies without a word can cost",              \
        "pamir slice --checkpoint")                                                                          \
    P(INTEGER, requeues, "1", "20", 0, 10000,                                                                \
        "how often a task that meets its time limit is queued again for nothing, without a row or a later "  \
        "state, before it ends with status 3",                                                               \
        "scontrol requeue")                                                                                  \
    P(TEXT, scratch, "1", SIM_PARAM_NO_TEXT, 0, 0,                                                           \
        "folder of the node itself, which becomes TMPDIR; parts and results stay in the batch's folder",     \
        "TMPDIR")                                                                                            \
    P(TEXT, program, "1", SIM_PARAM_NO_TEXT, 0, 0,                                                           \
        "path of pamir on the nodes; the one that submits, unless given", "")

struct sim_site {
    SIM_SITE_PARAMS(SIM_PARAM_FIELD)
    const char *const *modules; /* names for `module load` */
    const char *const *setup;   /* lines of shell, after the modules */
    const char *const *extra;   /* options of sbatch, one a line: "--constraint=avx2" */
    int32_t n_modules, n_setup, n_extra;
};

extern const struct sim_schema sim_site_schema;

/* The path of the site file to read: `given`, else $PAMIR_SITE, else $XDG_CONFIG_HOME/pamir/site.yaml or
 * ~/.config/pamir/site.yaml where that exists, else NULL. In the arena or the environment. */
const char *sim_site_find(const char *given, struct sim_arena *arena);
/* Reads a site file; path NULL: all defaults. Texts in the arena. SIM_ERROR_INPUT after reporting every error
 * to diag, SIM_ERROR_MEMORY. */
int sim_site_read(const char *path, struct sim_arena *arena, struct sim_diag *diag, struct sim_site *out,
    struct sim_error *error);
/* Whether a text is a time limit of Slurm's: M, M:S, H:M:S, D-H, D-H:M, D-H:M:S; of its letters, not its
 * sense. */
bool sim_site_is_time(const char *text);

#endif
