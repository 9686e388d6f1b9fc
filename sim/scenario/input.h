/* Scenario files on disk: read whole or refused with a message that helps. */
#ifndef SIM_SCENARIO_INPUT_H
#define SIM_SCENARIO_INPUT_H

#include "sim/scenario/diag.h"

#define SIM_INPUT_MAX ((int64_t)4000000)

/* The bytes of a file of at most SIM_INPUT_MAX, to be freed by the caller; the size of a larger one is
 * refused before anything is read, and what is no regular file before it is opened (to open a pipe may take
 * for ever, a device has no end). NULL after reporting at `place`: no such file (with the nearest name in
 * that folder), a folder, a pipe or device, no permission, too large. */
char *sim_input_read(const char *path, struct sim_place place, int64_t *n, struct sim_diag *diag);

#endif
