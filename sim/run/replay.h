/* What is said of a row that its seed fails: the failure, the luck it had, and the command that lives it
 * again. */
#ifndef SIM_RUN_REPLAY_H
#define SIM_RUN_REPLAY_H

#include "sim/run/batch.h"

#define SIM_REPLAY_TEXT 4096 /* bytes of a message, the terminating NUL included */

/* "2021-05: ...; seed 7, replicate 3; replay: pamir rerun OUT.h5 --arm 'full' --replicate 3". The seed is the
 * entry `seed` of meta, left out when there is none; the file, of a slice its directory. */
void sim_replay_message(const struct sim_batch_options *options, const struct sim_parts_row *row,
    const struct sim_error *why, char out[SIM_REPLAY_TEXT]);

#endif
