/* Checkpoints: the states of rows under way, each a file of its own in a parts directory.
 *
 * `state-POINT-ARM-REPLICATE-BOUNDARY-HOST-PID-N.ckpt`: no two processes ever write one name. A file is whole
 * or absent (temporary name, flushed, renamed), says which batch and row it belongs to, and ends with the
 * SHA-256 of all that stands before; sim/io/README.md gives every byte. Of a row a process keeps its last two
 * files, so that a damaged one costs the way from the one before. Files of others are never touched, but by
 * _remove.
 *
 * May be called by several threads at a time for different rows. */
#ifndef SIM_IO_CHECKPOINT_H
#define SIM_IO_CHECKPOINT_H

#include "sim/core/arena.h"
#include "sim/core/digest.h"
#include "sim/core/error.h"
#include "sim/io/state.h"

struct sim_checkpoint {
    char name[200];                /* of the file, without its directory */
    int32_t point, arm, replicate; /* from 0 */
    sim_time boundary;             /* everything before it has been lived */
};

/* Writes the state (all of its bytes, wherever its reading stands) and removes what this process wrote of the
 * row, but for the newest two. `name` of what is ignored. SIM_ERROR_IO: nothing is left, and what was there
 * is still there. Cost: one pass over the bytes for the checksum, a flush to the disk, a reading of the
 * directory. */
int sim_checkpoint_write(const char *directory, const uint8_t identity[SIM_DIGEST_BYTES],
    const struct sim_checkpoint *what, const struct sim_state *state, struct sim_error *error);
/* All checkpoints of a directory, by their names alone, the newest boundary first; NULL and 0 when there are
 * none. The list lies in the arena. SIM_ERROR_MISSING when there is no such directory. */
int sim_checkpoint_list(const char *directory, struct sim_arena *arena, struct sim_checkpoint **out,
    int32_t *n, struct sim_error *error);
/* Reads the file `what->name`, checks all of it, and only then fills `out` (initialised by the caller, its
 * bytes are replaced, reading begins at 0). SIM_ERROR_FORMAT: damaged, truncated, not of that row and
 * boundary; SIM_ERROR_MISMATCH: of another batch or version; SIM_ERROR_MISSING: no such file. On an error
 * `out` is as it was. */
int sim_checkpoint_read(const char *directory, const uint8_t identity[SIM_DIGEST_BYTES],
    const struct sim_checkpoint *what, struct sim_state *out, struct sim_error *error);
/* Removes all checkpoints of a finished row, whoever wrote them. What cannot be removed stays: it does no
 * harm. */
void sim_checkpoint_remove(const char *directory, int32_t point, int32_t arm, int32_t replicate);
/* Whether a file of this name is one that this room makes; temporary ones included. */
bool sim_checkpoint_is_name(const char *name);

#endif
