/* A team of threads that share out rounds of work: n items each, any item on any thread, all done when the
 * round ends.
 *
 * Internal to sim/par. The caller is one of the team, so a team of one has no threads at all. Each thread has
 * a share of the items, always the same ones, so that what it touched last round is still in its cache; who
 * has finished his own helps the others. A round ends when every item is done; nobody waits for a thread that
 * the machine has not let run. Those who wait spin for ten microseconds and then sleep. Rounds cost about a
 * microsecond. */
#ifndef SIM_PAR_TEAM_H
#define SIM_PAR_TEAM_H

#include "sim/core/error.h"

struct sim_team;

/* The threads begin with the first round. NULL when there is no memory. */
struct sim_team *sim_team_new(int32_t n_threads, struct sim_error *error);
/* Ends the threads. NULL is allowed. */
void sim_team_free(struct sim_team *self);
int32_t sim_team_size(const struct sim_team *self);

/* Calls work(user, item) once for each item from 0 to n - 1. What the caller wrote before is seen by every
 * item; what items wrote is seen by the caller. Fewer threads than asked for work when the machine gives no
 * more. */
void sim_team_run(struct sim_team *self, void (*work)(void *user, int32_t item), void *user, int32_t n);

#endif
