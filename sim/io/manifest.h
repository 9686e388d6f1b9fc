/* The manifest of a parts directory: what identifies a batch, as text that a person can read and compare.
 *
 *     pamir parts 1
 *     version 0.1.0+1a2b3c4d5e6f
 *     output SHA-256 of the shape of a row
 *     points 1
 *     replicates 32
 *     arms 2
 *     reference
 *     full
 *     inputs 1
 *     experiment 2481 SHA-256
 *     (2481 bytes of text, then a newline)
 *     end SHA-256 of all above */
#ifndef SIM_IO_MANIFEST_H
#define SIM_IO_MANIFEST_H

#include "sim/io/parts.h"

/* The text, in the arena. */
int sim_manifest_make(const struct sim_parts_shape *shape, struct sim_arena *arena, char **text, int64_t *n,
    struct sim_error *error);
/* 0 when the two texts are the same; SIM_ERROR_MISMATCH with the first difference, in words, when they are
 * not; SIM_ERROR_FORMAT when `old` is damaged. where: the directory, for the message. */
int sim_manifest_compare(const char *old, int64_t n_old, const char *now, int64_t n_now, const char *where,
    struct sim_error *error);

#endif
