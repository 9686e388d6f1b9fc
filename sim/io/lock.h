/* The lock of a parts directory: one process alone, or several that agreed to share.
 *
 * The system gives a dead process's lock back, so nobody waits for one that was killed. The file says who
 * holds it, a line `HOST PID` each, for messages alone. On a file system without locks a warning is printed
 * and the lock is void. */
#ifndef SIM_IO_LOCK_H
#define SIM_IO_LOCK_H

#include "sim/core/error.h"

/* Takes the lock of the directory; *fd holds it until it is closed. SIM_ERROR_EXISTS, with who it is, when
 * somebody else has it; SIM_ERROR_IO when the file cannot be written. */
int sim_lock_take(const char *directory, bool is_shared, int *fd, struct sim_error *error);
/* Turns a shared lock into one alone. False when others share it: then it is shared as before. */
bool sim_lock_take_alone(int fd);

enum sim_lock_state { SIM_LOCK_FREE, SIM_LOCK_HELD, SIM_LOCK_UNKNOWN };
/* Whether a living process has it. owner: who, in words ("process 4711 on node3"), when it is held. UNKNOWN
 * on a file system without locks. */
enum sim_lock_state sim_lock_look(const char *directory, char owner[128]);

#endif
