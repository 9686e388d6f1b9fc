/* A batch in a folder of slices: what `slice`, `merge` and `submit` share. */
#ifndef SIM_CLI_CLUSTER_H
#define SIM_CLI_CLUSTER_H

#include "sim/cli/load.h"
#include "sim/hpc/shard.h"
#include "sim/io/manifest.h"

struct cli_cluster {
    struct sim_arena arena;
    struct county_study *study;
    struct sim_meta meta; /* inputs, and about this call */
    struct sim_parts_shape shape;
    int64_t n_rows;
};

/* The batch of a study, which it takes; argc, argv: for /meta. SIM_ERROR_MEMORY. */
int cli_cluster_open(
    struct cli_cluster *self, struct county_study *study, int argc, char **argv, struct sim_error *error);
/* The batch that a manifest describes, out of the texts it carries. SIM_ERROR_MISMATCH when this program
 * would make something else of them (another version, say). Prints errors of the texts themselves. */
int cli_cluster_open_kept(
    struct cli_cluster *self, const char *manifest, int argc, char **argv, struct sim_error *error);
/* Safe after a failed _open, and twice. */
void cli_cluster_close(struct cli_cluster *self);

/* DIR/manifest.txt, or where there is none that of the first slice; SIM_ERROR_MISSING. */
int cli_cluster_manifest(const char *directory, char out[SIM_FILE_PATH], struct sim_error *error);
/* Writes DIR/manifest.txt, or holds the one that is there against this batch: SIM_ERROR_MISMATCH with the
 * difference. */
int cli_cluster_claim(struct cli_cluster *self, const char *directory, struct sim_error *error);

/* Whether rows lie in a folder itself: it is a parts directory, of pamir run say, and none of slices. */
bool cli_cluster_has_rows(const char *directory);
/* The parts directories in a folder: its slices, and itself when rows lie in it (of `pamir run`). In the
 * arena. */
int cli_cluster_list(struct cli_cluster *self, const char *directory, struct sim_shard **out, int32_t *n,
    struct sim_error *error);
/* Opens all parts directories of some folders as one. *is_open false, and 0, when there is none. */
int cli_cluster_join(struct cli_cluster *self, const char *const *folders, int32_t n_folders,
    struct sim_parts *parts, bool *is_open, struct sim_error *error);
/* Whether a row of the order of work is there; parts NULL: none is. */
bool cli_cluster_has(const struct cli_cluster *self, const struct sim_parts *parts, int64_t row);

#endif
