/* Progress of a batch: a bar on a terminal, a line now and then in a log, nothing when quiet. */
#ifndef SIM_RUN_PROGRESS_H
#define SIM_RUN_PROGRESS_H

#include <stdio.h>

#include "sim/core/types.h"

enum sim_progress_form { SIM_PROGRESS_NONE, SIM_PROGRESS_LOG, SIM_PROGRESS_BAR };

struct sim_progress {
    FILE *out; /* borrowed */
    enum sim_progress_form form;
    int64_t n_total;  /* rows of the batch */
    int64_t n_before; /* of them, rows that were there at the start */
    int64_t n_done;   /* n_before included */
    int64_t household_months_per_row;
    double started_at, shown_at; /* seconds, monotonic */
    int64_t shown_tenth;
};

/* Bar when `out` is a terminal, else lines; none when quiet. */
enum sim_progress_form sim_progress_choose(FILE *out, bool quiet);
/* now: seconds, as of sim_clock_seconds (given, so that it can be tested). */
void sim_progress_begin(struct sim_progress *self, FILE *out, enum sim_progress_form form, int64_t n_total,
    int64_t n_before, int64_t household_months_per_row, double now);
/* One more row is done. A bar is drawn at most ten times a second; a log gets a line every 10 seconds, or
 * sooner when another tenth of the work is done and a second has passed. */
void sim_progress_step(struct sim_progress *self, double now);
/* The last state, and the end of the bar's line. */
void sim_progress_end(struct sim_progress *self, double now);
/* "48 s", "3 min 20 s", "2 h 5 min", "4 d 3 h". */
void sim_progress_time_text(double seconds, char out[32]);

#endif
