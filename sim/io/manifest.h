/* The manifest of a parts directory: what identifies a batch, as text that a person can read and compare.
 *
 *     pamir parts 2
 *     version 0.1.0+1a2b3c4d5e6f
 *     output 96240 SHA-256 of the shape of a row
 *     points 1
 *     replicates 32
 *     arms 2
 *     reference
 *     full
 *     inputs 1
 *     experiment 2481 SHA-256
 *     (2481 bytes of text, then a newline)
 *     end SHA-256 of all above
 *
 * 96240: bytes of a row. All but the number of replicates is the batch's identity: replicates can be added.
 */
#ifndef SIM_IO_MANIFEST_H
#define SIM_IO_MANIFEST_H

#include "sim/io/parts.h"

/* A manifest taken apart. Owns all of it. */
struct sim_manifest {
    struct sim_arena arena;
    char *version;
    char output[SIM_DIGEST_TEXT]; /* SHA-256 of the shape of a row, hexadecimal */
    int64_t row_bytes;
    int32_t n_points, n_arms, n_replicates;
    char **arms;
    struct sim_meta meta; /* the inputs; they have no sentences here */
    uint8_t identity[SIM_DIGEST_BYTES];
};

/* The text, in the arena, and its identity: SHA-256 of the text without the line of the replicates and the
 * last. */
int sim_manifest_make(const struct sim_parts_shape *shape, struct sim_arena *arena, char **text, int64_t *n,
    uint8_t identity[SIM_DIGEST_BYTES], struct sim_error *error);
/* Takes a text apart. SIM_ERROR_FORMAT when it is damaged; where: the directory, for the message. `out` is
 * the caller's to free in any case. */
int sim_manifest_parse(
    const char *text, int64_t n, const char *where, struct sim_manifest *out, struct sim_error *error);
/* The same from a file. SIM_ERROR_MISSING when there is none. */
int sim_manifest_read(const char *path, struct sim_manifest *out, struct sim_error *error);
/* Safe on a zeroed struct, and twice. */
void sim_manifest_free(struct sim_manifest *self);
/* 0 when both are of one batch, whatever their replicates; else SIM_ERROR_MISMATCH with the first difference
 * in words: the line of an input, the version, ... where: the directory of `old`, for the message. */
int sim_manifest_compare(const struct sim_manifest *old, const struct sim_manifest *now, const char *where,
    struct sim_error *error);

#endif
