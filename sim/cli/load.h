/* An experiment with the options that every command on experiments shares. */
#ifndef SIM_CLI_LOAD_H
#define SIM_CLI_LOAD_H

#include "models/county/study.h"
#include "sim/cli/args.h"

/* Fields of a command's struct, and its options for them. */
struct cli_load {
    const char *arms;
    int64_t replicates; /* 0: as in the file */
    int64_t seed;       /* -1: as in the file */
    struct cli_list sets;
};

#define CLI_LOAD_INITIAL                                                                                     \
    {                                                                                                        \
        .seed = -1                                                                                           \
    }

#define CLI_LOAD_OPTIONS(type, field)                                                                        \
    {CLI_TEXT, "arms", '\0', "A,B", "these arms only, with the reference", offsetof(type, field.arms), 0,    \
        0},                                                                                                  \
        {CLI_INTEGER, "replicates", '\0', "N", "replicates of each arm (as in the file)",                    \
            offsetof(type, field.replicates), 1, 100000},                                                    \
        {CLI_INTEGER, "seed", '\0', "S", "seed of all luck (as in the file)", offsetof(type, field.seed), 0, \
            9000000000000000},                                                                               \
    {                                                                                                        \
        CLI_LIST, "set", '\0', "PATH=VALUE", "another value, as in --set 'replicates=4'; may be repeated",   \
            offsetof(type, field.sets), 0, 0                                                                 \
    }

/* Loads and checks; prints errors and warnings with their places on standard error. CLI_PROCEED, or the
 * status to end with. */
int cli_load(const struct cli_command *command, const char *path, const struct cli_load *options,
    struct county_study **out);

/* Runs a study as a batch. `batch` says where and how; points, arms, replicates and the texts of /meta are
 * filled in here. in_place: rows from elsewhere than the study's model, for a benchmark; NULL as a rule. A
 * code of the batch's. */
int cli_load_run(struct county_study *study, struct sim_batch_options *batch,
    const struct sim_batch_model *in_place, int argc, char **argv, struct sim_batch_result *result,
    struct sim_error *error);

/* "40.0 MB" */
void cli_load_size_text(double bytes, char out[32]);
/* "1,234,567" */
void cli_load_count_text(int64_t n, char out[32]);

#endif
