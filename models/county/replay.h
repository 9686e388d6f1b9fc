/* A replay: one row of a study again, alone and on one thread, with a log of what happens.
 *
 * The log is text, a line each, in the order in which things happen; the first word is the month or the date:
 *
 *     2016-03-01 event   county: tranche, program land
 *     2016-03-01 event   village Pass: offer, land.land (26666 300000 0)
 *     2016-03    program land: funded; paid 42000.00, leaked 0.00, fund 42000.00, works 0.00 CNY, 0.0% built
 *     2016-03    month   persons=98 households=24 hungry=0 ...
 *     2016-07    FAILED  2016-07, village Pass, household 3f2a0c55d1e90b17 (row 12): ...
 *
 * An event's numbers are its data as models/county/board.h lists them. A month's amounts of money are in
 * coins' whole units (CNY), prices in the goods' units; `money.X` is what the books say account X holds. */
#ifndef MODELS_COUNTY_REPLAY_H
#define MODELS_COUNTY_REPLAY_H

#include <stdio.h>

#include "models/county/study.h"

struct replay_options {
    FILE *log;        /* NULL: nothing is logged */
    int32_t from, to; /* month indices: [from, to) is logged; the outcome always is */
    bool villages;    /* events of the villages, too */
    int32_t state;    /* month index: every table is printed at its end; -1: of no month */
};

/* Lives the row from its founding to its end and fills `row` (the output's row_bytes, zeroed here). The same
 * bits as the batch's own, whatever is logged. 0, or the row's failure, with who failed printed whole to the
 * log; SIM_ERROR_STOPPED after a signal that sim/run/signals.h has seen. */
int replay_row(const struct county_study *study, int32_t point, int32_t arm, int32_t replicate,
    const struct replay_options *options, void *row, struct sim_error *error);

#endif
