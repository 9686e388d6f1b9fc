/* A result file, read for a report: arms, replicates, years, and variables with their strides. */
#ifndef SIM_CLI_RESULT_H
#define SIM_CLI_RESULT_H

#include "sim/cli/args.h"
#include "sim/core/error.h"
#include "sim/io/h5read.h"

struct cli_result {
    struct sim_h5_file file;
    struct sim_h5_array arms, years, status, messages; /* messages: of the rows, read when asked for */
    int32_t n_arms, n_replicates, n_years, n_points;   /* n_arms: those that are kept */
    int32_t point;              /* of a sweep: the one that is looked at; 0 without one */
    int32_t *in_file;           /* of each kept arm: its index in the file; the left-out arms' follow */
    int32_t n_left_out;         /* arms without any complete replicate; the reference is always kept */
    bool is_reference_lost;     /* no replicate of it is complete */
    int32_t reference, placebo; /* arms; placebo -1: none */
    int32_t first_year;         /* index of the first year in which a program of any arm may act */
    const char *currency, *base_year, *title, *seed, *version;
    int32_t n_failed, n_missing; /* rows, of all points */
};

/* Opens a result. SIM_ERROR_MISSING: no such file; SIM_ERROR_FORMAT: damaged, or not a result of pamir run.
 */
int cli_result_open(struct cli_result *self, const char *path, struct sim_error *error);
/* Looks at another point of a sweep (0 after _open): arms and variables are then those of this point. */
void cli_result_choose(struct cli_result *self, int32_t point);
/* Prints why a result could not be read, and how to finish one whose run was stopped. The status to end with:
 * CLI_BAD_INPUT for a file that is not there, else CLI_FAILED. */
int cli_result_refuse(
    const struct cli_command *command, const char *path, int code, const struct sim_error *error);
/* Safe after a failed _open, and twice. */
void cli_result_close(struct cli_result *self);
/* The name of an arm; those from n_arms to n_arms + n_left_out - 1 are the left-out ones. */
const char *cli_result_arm(const struct cli_result *self, int32_t arm);
/* Why a left-out arm has no complete replicate: the message of its first row. Until _close. */
const char *cli_result_why_left_out(struct cli_result *self, int32_t arm);
/* How a row ended, an arm by its number in the file: 0, SIM_ERROR_MISSING, or the code of its failure; and
 * why, "" when it is complete or missing. Until _close. */
int32_t cli_result_row_status(
    const struct cli_result *self, int32_t point, int32_t arm_in_file, int32_t replicate);
const char *cli_result_row_message(
    struct cli_result *self, int32_t point, int32_t arm_in_file, int32_t replicate);
int32_t cli_result_year(const struct cli_result *self, int32_t index);
/* The index of the first of the last n years, but of none before the programs begin: an average over years
 * without programs would thin their effect. */
int32_t cli_result_last_years(const struct cli_result *self, int32_t n);
#define CLI_SPAN 40
/* The years [first, end) in words: "mean of 2028 to 2030", or "2030". */
void cli_result_span(const struct cli_result *self, int32_t first, int32_t end, char out[CLI_SPAN]);

/* A variable by arm, replicate, year and at most one dimension more (line, quintile, investment, household).
 * A dimension that it does not have has stride 0: the value is the same along it. Of a sweep, the chosen
 * point. What is by month is given by year, as the mean of its twelve months. */
struct cli_variable {
    struct sim_h5_array array;
    const double *first;                        /* of the point's numbers */
    const int32_t *in_file;                     /* the result's */
    int64_t arm, replicate, year, month, other; /* strides */
    int32_t n_months;                           /* of a year; 1: it is by year */
    int32_t n_other;                            /* 1 without one */
};

/* False when the file does not hold the variable, or holds it with other dimensions or as texts; `error` is
 * then set only where something is damaged. */
bool cli_variable_read(struct cli_result *result, const char *group, const char *name,
    struct cli_variable *out, struct sim_error *error);
void cli_variable_free(struct cli_variable *self);

static inline double cli_variable_at(
    const struct cli_variable *self, int32_t arm, int32_t replicate, int32_t other, int32_t year)
{
    const double *first = self->first + self->in_file[arm] * self->arm + replicate * self->replicate +
                          other * self->other + year * self->year;
    double sum = 0;
    for (int32_t month = 0; month < self->n_months; month++)
        sum += first[month * self->month];
    return sum / self->n_months;
}

/* The mean over the years [first, end); NaN when one of them is. */
double cli_variable_mean(const struct cli_variable *self, int32_t arm, int32_t replicate, int32_t other,
    int32_t first, int32_t end);

#endif
