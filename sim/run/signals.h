/* Ctrl-C and the batch system's SIGTERM: a flag that the running rows poll, once; the second signal ends the
 * process. SIGUSR1, as a batch system sends it before it takes the machine back: what runs is to be saved,
 * and goes on.
 *
 * A signal handler can reach nothing but file-scope state, so this is the one room that has some. SIGINT,
 * SIGTERM, SIGHUP and SIGUSR1 are taken over between _begin and _end, except those that the process was told
 * to ignore (nohup). */
#ifndef SIM_RUN_SIGNALS_H
#define SIM_RUN_SIGNALS_H

#include "sim/core/types.h"

/* Clears the flag and takes the signals over. Calls nest: the inner ones change nothing. kept: what the user
 * is told on the first signal, as "finished rows are kept"; borrowed until _end. */
void sim_signals_begin(const char *kept);
/* Gives them back as they were. */
void sim_signals_end(void);
/* Becomes not 0 when a signal comes: what a batch asks, with __atomic_load_n. */
const volatile int *sim_signals_stop(void);
/* How many SIGUSR1 have come: whoever has saved since the last need not again. With __atomic_load_n. */
const volatile int *sim_signals_saves(void);
/* Sets the flag from within: the disk is full, say. */
void sim_signals_raise(void);
/* Which signal it was, 0 when none came. */
int sim_signals_which(void);

#endif
