/* A batch as it is kept on the disk: a finished result, the parts of one that is under way, or the folder of
 * a cluster's slices. Its shape and the texts that it was made from, without the files of the experiment. */
#ifndef SIM_CLI_KEPT_H
#define SIM_CLI_KEPT_H

#include "models/county/study.h"
#include "sim/cli/args.h"
#include "sim/core/shell.h"
#include "sim/hpc/shard.h"
#include "sim/io/file.h"
#include "sim/io/h5read.h"
#include "sim/io/manifest.h"

enum cli_kept_kind {
    CLI_KEPT_RESULT, /* path: the file */
    CLI_KEPT_PARTS,  /* directory: the parts; path: the result that they become, "" when that is not told */
    CLI_KEPT_FOLDER, /* directory: the folder; slices */
};

struct cli_kept {
    enum cli_kept_kind kind;
    char path[SIM_FILE_PATH];
    char directory[SIM_FILE_PATH];
    char word[SIM_SHELL_WORD]; /* the path, or the directory without one, as it is typed */
    bool is_doubled; /* a finished result and, beside it, parts: of an expansion or a replacement under way */
    struct sim_shard *slices; /* [n_slices] of a folder, by their first rows */
    int32_t n_slices;
    const char *version;
    int32_t n_points, n_arms, n_replicates;
    const char *const *arms;
    const struct sim_meta *meta; /* the texts */
    /* what they are read from */
    struct sim_arena arena;
    struct sim_manifest manifest;
    struct sim_h5_file file;
    struct sim_meta texts;
    struct sim_h5_array names, status, messages, digests;
};

/* What lies at `given`: OUT.h5, or the parts beside its name, or such a directory itself. With `parts_first`
 * the parts where there are both. SIM_ERROR_MISSING: nothing; SIM_ERROR_FORMAT: something else. */
int cli_kept_open(struct cli_kept *self, const char *given, bool parts_first, struct sim_error *error);
/* Safe after a failed _open, and twice. */
void cli_kept_close(struct cli_kept *self);
/* Prints why it could not be read; the status to end with. */
int cli_kept_refuse(const struct cli_command *command, int code, const struct sim_error *error);

/* The study, out of the texts. Errors are printed; CLI_PROCEED or the status to end with. replicates: 0 as it
 * was. */
int cli_kept_study(const struct cli_command *command, const struct cli_kept *self, int32_t replicates,
    struct county_study **out);

/* Whether it may end before all replicates are there: it is not complete, and its experiment has stop_when,
 * as the text tells without a reading of the whole. */
bool cli_kept_may_stop(const struct cli_kept *self);

/* Whether a result is of the batch that has these inputs and this version: 0, or SIM_ERROR_MISMATCH with what
 * differs, or what is wrong with the file. The number of replicates is not looked at. */
int cli_kept_check_result(
    const struct sim_meta *inputs, const char *version, const char *path, struct sim_error *error);

/* How many characters of a failed row's message tell why: the command that replays it follows, which names
 * the file as it was called when the row failed. */
int32_t cli_kept_why(const char *message);

/* How a row ended. */
struct cli_kept_row {
    bool is_present;
    int32_t status; /* 0, or the code of the failure */
    char message[4096];
    uint8_t digest[SIM_DIGEST_BYTES];
};

/* Of a result or of parts (study: for the shape of its rows; SIM_ERROR_MISMATCH when this version's is
 * another). A row of a result that is missing is not present. */
int cli_kept_find(struct cli_kept *self, const struct county_study *study, int32_t point, int32_t arm,
    int32_t replicate, struct cli_kept_row *out, struct sim_error *error);

#endif
