/* pamir bench: what its parts share. Each part does one run a call, so that what is compared takes turns: a
 * machine drifts by a tenth within minutes. */
#ifndef SIM_CLI_BENCH_H
#define SIM_CLI_BENCH_H

#include "sim/cli/commands.h"
#include "sim/cli/load.h"
#include "sim/cli/measure.h"

#define CLI_BENCH_SIZES 16

struct cli_bench {
    const char *experiment; /* NULL: none found */
    const char *arm;        /* NULL: the last of the file */
    const char *arms;       /* NULL: all */
    char set[2048];         /* all --set, as one text */
    const char *json;
    int64_t n_runs, n_threads;
    int64_t n_events;   /* of a run of the engine; 0: as many as suit the size */
    int64_t replicates; /* of the whole experiment */
    struct cli_list sets;
    bool profile;
    int64_t sizes[CLI_BENCH_SIZES];
    int32_t n_sizes;
    struct cli_measures measures;
    struct county_study *study; /* loaded when first needed */
    void *row;                  /* a real row of the study, for the output; malloc */
    int32_t run;                /* of n_runs, from 0 */
};

/* Each does one run and notes what it took. 0 or an error code. */
int cli_bench_machine(struct cli_bench *self, struct sim_error *error);
int cli_bench_hold(struct cli_bench *self, struct sim_error *error);
int cli_bench_phold(struct cli_bench *self, struct sim_error *error);
int cli_bench_mm1(struct cli_bench *self, struct sim_error *error);
int cli_bench_model(struct cli_bench *self, struct sim_error *error);
int cli_bench_output(struct cli_bench *self, struct sim_error *error);
int cli_bench_experiment(struct cli_bench *self, struct sim_error *error);

/* Before each measurement: "[run 2 of 5] hold, 100000" on a terminal, over what stood there.
 * SIM_ERROR_STOPPED after a signal. */
int cli_bench_begin(const struct cli_bench *self, const char *what, double size, struct sim_error *error);

#endif
