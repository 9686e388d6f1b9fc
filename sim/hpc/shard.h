/* Shards: the slices of a batch that tasks of a cluster compute, and their directories in the batch's folder.
 *
 * Rows are numbered in the order of work, w = (replicate * n_points + point) * n_arms + arm, from 0; a slice
 * is the rows first to end - 1. `DIR/slice-FIRST-END.parts/` holds what is done of it. */
#ifndef SIM_HPC_SHARD_H
#define SIM_HPC_SHARD_H

#include "sim/core/arena.h"
#include "sim/core/error.h"
#include "sim/io/file.h"

struct sim_shard {
    int64_t first, end; /* of the order of work */
    char path[SIM_FILE_PATH];
};

/* The k-th (from 1) of n parts of n_rows, as equal as may be: of whole sets of arms, so that pairs and common
 * pasts stay together, while there are sets for all, else of single rows. n must not exceed n_rows. */
void sim_shard_part(int64_t n_rows, int32_t n_arms, int64_t k, int64_t n, int64_t *first, int64_t *end);
/* Reads "I:J" (rows) or "K/N" (a part). SIM_ERROR_INPUT, with what was expected, for anything else, for no
 * rows and for rows beyond n_rows; K of more than n_rows parts: *first == *end, nothing to do. */
int sim_shard_read(
    const char *text, int64_t n_rows, int32_t n_arms, int64_t *first, int64_t *end, struct sim_error *error);
/* DIR/slice-FIRST-END.parts */
int sim_shard_path(
    const char *directory, int64_t first, int64_t end, char out[SIM_FILE_PATH], struct sim_error *error);
/* The slices that lie in a folder, by first row; *n 0 when there are none. In the arena. SIM_ERROR_MISSING
 * when there is no such folder. */
int sim_shard_list(const char *directory, struct sim_arena *arena, struct sim_shard **out, int32_t *n,
    struct sim_error *error);

#endif
