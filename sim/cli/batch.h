/* What `run` and `expand` share: the options of a batch, its run, and the report on it. */
#ifndef SIM_CLI_BATCH_H
#define SIM_CLI_BATCH_H

#include "models/county/study.h"
#include "sim/cli/args.h"

/* Fields of a command's struct, and its options for them. */
struct cli_batch {
    const char *checkpoint; /* NULL: as usual */
    int64_t threads;        /* 0: all */
    bool resume, no_fork, quiet;
};

#define CLI_BATCH_OPTIONS(type, field)                                                                       \
    {CLI_INTEGER, "threads", '\0', "T", "threads (OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, or all)",            \
        offsetof(type, field.threads), 1, 4096},                                                             \
        {CLI_FLAG, "resume", '\0', NULL, "go on where a run with the same inputs was stopped",               \
            offsetof(type, field.resume), 0, 0},                                                             \
        {CLI_TEXT, "checkpoint", '\0', "SECONDS",                                                            \
            "save rows under way so often (600); 0: on signals only; never",                                 \
            offsetof(type, field.checkpoint), 0, 0},                                                         \
        {CLI_FLAG, "no-fork", '\0', NULL, "every row from its founding: no common past is shared",           \
            offsetof(type, field.no_fork), 0, 0},                                                            \
    {                                                                                                        \
        CLI_FLAG, "quiet", '\0', NULL, "no progress and no report", offsetof(type, field.quiet), 0, 0        \
    }

/* Reads what the options say into a batch's. CLI_PROCEED or the status to end with. */
int cli_batch_options(
    const struct cli_command *command, const struct cli_batch *given, struct sim_batch_options *out);

/* Runs the study as a batch (`batch`: where and how), says what was found before a resume, and reports.
 * `start`: when the command began. The status to end with. */
int cli_batch_run(const struct cli_command *command, struct county_study *study,
    struct sim_batch_options *batch, double start, int argc, char **argv);

/* The status that a batch's code stands for. What the caller can put right is bad input. */
int cli_batch_status(int code);

#endif
