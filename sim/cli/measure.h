/* Measurements of a benchmark: values taken again and again, told by their median and spread, as text and as
 * JSON (tests/bench/compare.py compares two of these), with the machine and the build that they belong to. */
#ifndef SIM_CLI_MEASURE_H
#define SIM_CLI_MEASURE_H

#include <stdio.h>

#include "sim/core/error.h"

#define CLI_MEASURE_RUNS 100 /* at most, of one measurement */
#define CLI_MEASURE_PARAMETERS 6

/* What is measured. Texts are borrowed; two measurements are the same when all of this is. */
struct cli_measure_key {
    const char *part; /* "engine" */
    const char *name; /* "hold" */
    const char *unit; /* "million holds/s" */
    int32_t n_threads;
    struct {
        const char *name; /* "entities"; NULL after the last */
        double value;
        const char *text; /* in place of the value; NULL: a number */
    } parameters[CLI_MEASURE_PARAMETERS];
};

struct cli_measure {
    struct cli_measure_key key;
    double values[CLI_MEASURE_RUNS];
    int32_t n;
};

struct cli_measures {
    struct cli_measure *items; /* in the order in which they were first noted */
    int32_t n, capacity;
    bool is_lost;       /* there was no memory for one */
    bool is_stopped;    /* by a signal: what there is, is not all that was asked for */
    const char *failed; /* the part that failed, after which nothing was measured; NULL: none */
};

struct cli_spread {
    double median, min, max;
};

void cli_measures_free(struct cli_measures *self);
/* Adds a value to the measurement of this key, which is begun when there is none. Values beyond
 * CLI_MEASURE_RUNS are dropped. */
void cli_measures_note(struct cli_measures *self, const struct cli_measure_key *key, double value);
/* Adds a parameter after those that the key has; text NULL: a number. */
void cli_measure_parameter(struct cli_measure_key *key, const char *name, double value, const char *text);
/* NaN throughout without a value. */
struct cli_spread cli_measure_spread(const struct cli_measure *self);
/* The measurements of a part as a table: what, its first parameter, threads, median, unit, least and most. */
void cli_measures_print(const struct cli_measures *self, const char *part, FILE *out);

/* Version, compiler, flags, processor, caches, memory, date, as lines of text or as one JSON object. */
void cli_measure_machine_print(FILE *out);
/* The whole as JSON. SIM_ERROR_IO or SIM_ERROR_MEMORY; the file is whole or as it was. */
int cli_measures_write(
    const struct cli_measures *self, const char *path, int argc, char *const *argv, struct sim_error *error);

#endif
