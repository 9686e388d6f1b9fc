/* The observer: looks at a run at every month's end and fills one output row; no process ever sees it.
 * Declares the shape of a result (design.md section 6) and computes the indicators (models/indicators). */
#ifndef MODELS_COUNTY_OBSERVE_H
#define MODELS_COUNTY_OBSERVE_H

#include "models/county/run.h"
#include "sim/io/output.h"

/* A published figure and where in the result its counterpart stands. */
struct claim {
    const char *id; /* "A23" */
    const char *
        variable; /* "investment.yak.output_quantity", "county.income_per_capita", "investment.cattle.jobs" */
    int32_t year; /* for a variable with a year dimension; 0: none, or the last */
    double published; /* in `unit` */
    const char *unit;
    double scale; /* simulated value * scale is in `unit` */
    const char *quantity;
    const char *system;
    const char *place;
    const char *role;
    const char *note; /* verdict of the audit of evidence */
};

struct observer_options {
    int32_t n_panel; /* households of the panel; 500 unless asked; 0: none */
    const struct claim *claims;
    int32_t n_claims;
};

/* Declares dimensions, variables and constants; `founders` for names and the panel, `scenario` any arm's. */
int observer_shape(struct sim_output *output, const struct scenario *scenario,
    const struct founders *founders, const struct observer_options *options, struct sim_error *error);

struct observer;
/* Fills `row` (output->row_bytes, zeroed) during the run. */
struct observer *observer_new(const struct sim_output *output, const struct scenario *scenario,
    const struct founders *founders, const struct observer_options *options, void *row,
    struct sim_error *error);
void observer_free(struct observer *self);
/* Fits county_run.observe. In the base year's December it assigns quintiles to households
 * (household_table.quintile is the observer's own column: nothing in the model reads it). */
int observer_month(void *self, const struct county_run *run, int32_t month, struct sim_error *error);
/* What it knows at a month's end, its row as far as it is filled included, and back into an observer made for
 * the same output and founders. _save fits county_run.save_observer. _load: SIM_ERROR_FORMAT when the bytes
 * do not fit. */
int observer_save(const void *self, struct sim_state *state, struct sim_error *error);
int observer_load(struct observer *self, struct sim_state *state, struct sim_error *error);
/* After the last month: investments, claims. */
int observer_end(struct observer *self, const struct county_run *run, struct sim_error *error);

#endif
