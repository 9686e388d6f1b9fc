/* Parts: the finished rows of a batch, kept on disk as they come, until the HDF5 file is assembled.
 *
 * `OUT.h5.parts/` holds `manifest.txt` (sim/io/manifest.h: what identifies the batch), `lock`
 * (sim/io/lock.h), append-only logs `rows-HOST-PID-N.log`, one for each process that worked on the batch
 * (sim/io/frame.h: a frame for each row, with its length and checksum), and checkpoints
 * (sim/io/checkpoint.h). A frame that is torn or damaged is dropped (and said so): its row is computed again.
 * Two frames of one row must be equal in all but message and time, else SIM_ERROR_MODEL: the run was no pure
 * function of its seed. A kill at any moment loses the rows in flight, nothing more. Directories of one batch
 * can be joined when they are read.
 *
 * Not shared between threads: the caller serialises. Files are little-endian. */
#ifndef SIM_IO_PARTS_H
#define SIM_IO_PARTS_H

#include "sim/io/file.h"
#include "sim/io/logs.h"
#include "sim/io/meta.h"
#include "sim/io/output.h"

/* What identifies a batch and gives its rows their form. Everything is borrowed. */
struct sim_parts_shape {
    const struct sim_output *output;
    const struct sim_meta *meta;
    const char *version; /* of the code */
    int32_t n_points, n_arms, n_replicates;
    const char *const *arms;
};

struct sim_parts_row {
    int32_t point, arm, replicate; /* from 0 */
    int32_t status;                /* 0, or the error code that the seed determines */
    double wall_seconds;
    const char *message; /* "" when the row is good */
    uint8_t digest[SIM_DIGEST_BYTES];
    int32_t log;           /* where it is: */
    int64_t payload_bytes; /* row_bytes, or 0 when the row failed */
    int64_t offset;        /* of the payload in the log */
    bool is_present;
};

struct sim_parts {
    struct sim_arena arena;
    struct sim_parts_shape shape;
    char directory[SIM_FILE_PATH];
    struct sim_parts_row *rows; /* all of the batch, by point, arm, replicate */
    int64_t n_rows, n_present, n_failed;
    int64_t n_dropped_bytes; /* of torn or damaged frames met by _open */
    struct sim_logs *logs;
    int32_t writing; /* index of the log being written, -1: none yet */
    int stream;      /* its descriptor */
    int64_t stream_bytes;
    double begun_at;   /* s, by the clock that never goes back */
    double synced_at;  /* the same */
    int32_t n_threads; /* of this process, 0: not said */
    int lock;          /* file descriptor, -1: none */
    bool is_shared;
    uint8_t identity[SIM_DIGEST_BYTES];
};

enum sim_parts_mode {
    SIM_PARTS_CREATE, /* the directory must not exist: SIM_ERROR_EXISTS */
    SIM_PARTS_RESUME, /* begins when there is none; SIM_ERROR_MISMATCH, with the difference, when it is
                         another batch's */
    SIM_PARTS_READ,   /* no lock, nothing is written */
    SIM_PARTS_SHARE,  /* as RESUME, beside other processes that share (attempts at one task of a cluster):
                         each writes a log of its own, and equal rows count once; keeps CREATE, RESUME and GROW
                         out */
    SIM_PARTS_GROW,   /* as RESUME; the manifest may say fewer replicates, and is rewritten */
};

/* OUT.h5 -> OUT.h5.parts */
int sim_parts_directory(const char *output_path, char out[SIM_FILE_PATH], struct sim_error *error);
/* Opens, locks and reads all logs; every frame's checksum is checked. SIM_ERROR_EXISTS, with who it is, when
 * another living process has the lock (a dead one's lock is void). Cost: one pass over the logs. */
int sim_parts_open(struct sim_parts *self, const char *directory, const struct sim_parts_shape *shape,
    enum sim_parts_mode mode, struct sim_error *error);
/* Closes. Safe after a failed _open of a zeroed struct, and twice. */
void sim_parts_close(struct sim_parts *self);

/* Reads the rows of another directory of the same batch, of as many replicates or fewer; nothing is written
 * there. SIM_ERROR_MISMATCH, with the difference, when it is another batch's; SIM_ERROR_MODEL when a row
 * differs from one that is there. On an error the parts are of no more use. */
int sim_parts_join(struct sim_parts *self, const char *directory, struct sim_error *error);
/* Forgets (not on the disk) the replicates from n_replicates on: shape and rows. */
void sim_parts_trim(struct sim_parts *self, int32_t n_replicates);
/* SHA-256 of what identifies the batch, its number of replicates left out. */
const uint8_t *sim_parts_identity(const struct sim_parts *self);

/* Begins the log of this process, which tells others that it is at work and since when; else the first row
 * does. n_threads: 0 when it is not to be said. */
int sim_parts_begin(struct sim_parts *self, int32_t n_threads, struct sim_error *error);
/* Appends one row, whose point, arm, replicate, status, wall_seconds and message the caller fills. payload:
 * row_bytes when status is 0, else NULL. Handed to the system at once, flushed to the disk at most once a
 * second. SIM_ERROR_IO when it cannot be written, or when the log has been removed or moved away: the row is
 * not kept then, and the log is as it was before. */
int sim_parts_append(
    struct sim_parts *self, const struct sim_parts_row *row, const void *payload, struct sim_error *error);
/* Flushes to the disk. SIM_ERROR_IO also when the log has been removed or moved away. */
int sim_parts_sync(struct sim_parts *self, struct sim_error *error);
/* NULL when the row is not there. Borrows until _close. */
const struct sim_parts_row *sim_parts_find(
    const struct sim_parts *self, int32_t point, int32_t arm, int32_t replicate);
/* Reads n bytes of a good row's payload from `from`. Not by two threads at a time: logs are opened as they
 * are needed. */
int sim_parts_read(const struct sim_parts *self, const struct sim_parts_row *row, int64_t from, int64_t n,
    void *out, struct sim_error *error);
/* Removes the directory (not those joined) with the files that this room makes, checkpoints among them, and
 * closes, on an error too. It is called `DIRECTORY.done-HOST-PID-N` first, so that a kill leaves all rows
 * where they are looked for, or none. Files of others stay, and then the directory too. SIM_ERROR_EXISTS
 * while others share it. */
int sim_parts_remove(struct sim_parts *self, struct sim_error *error);
/* Removes what is left of a directory of this name whose removal was killed. */
void sim_parts_remove_stale(const char *directory);

/* SHA-256 over (point, arm, replicate, status, payload): message and wall time excluded. */
void sim_parts_row_digest(int32_t point, int32_t arm, int32_t replicate, int32_t status, const void *payload,
    int64_t payload_bytes, uint8_t out[SIM_DIGEST_BYTES]);

/* The digest of a whole result, row by row in (point, arm, replicate) order. A missing row counts as 32 zero
 * bytes. */
struct sim_parts_total {
    struct sim_digest digest;
};
void sim_parts_total_begin(struct sim_parts_total *self, const struct sim_output *output, int32_t n_points,
    int32_t n_arms, int32_t n_replicates, const char *const *arms);
void sim_parts_total_add(
    struct sim_parts_total *self, const uint8_t row[SIM_DIGEST_BYTES]); /* NULL: missing */
void sim_parts_total_end(struct sim_parts_total *self, char out[SIM_DIGEST_TEXT]);
/* All in one. */
void sim_parts_digest(const struct sim_parts *self, char out[SIM_DIGEST_TEXT]);

#endif
