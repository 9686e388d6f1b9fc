/* Scenario files on disk: read whole or refused with a message that helps. */
#ifndef SIM_SCENARIO_INPUT_H
#define SIM_SCENARIO_INPUT_H

#include "sim/scenario/diag.h"

#define SIM_INPUT_MAX ((int64_t)16 * 1024 * 1024)

/* The bytes of a file of at most SIM_INPUT_MAX, to be freed by the caller; the size of a larger regular file
 * is refused before anything is read, and endless ones (a device, a pipe) after that many bytes. NULL after
 * reporting at `place`: no such file (with the nearest name in that folder), a folder, no permission, too
 * large. */
char *sim_input_read(const char *path, struct sim_place place, int64_t *n, struct sim_diag *diag);

#endif
