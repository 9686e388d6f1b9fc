/* Parts: the finished rows of a batch, kept on disk as they come, until the HDF5 file is assembled.
 *
 * `OUT.h5.parts/` holds `manifest.txt` (what identifies the batch: version, shape, arms, inputs with their
 * text), `lock`, and append-only logs `rows-HOST-PID-N.log`, one for each process that worked on the batch. A
 * log is a sequence of frames: a head of 48 bytes, message, payload, SHA-256 of all that. A frame that is
 * torn or damaged is dropped (and said so): its row is computed again. Two frames of one row must be equal in
 * all but message and time, else SIM_ERROR_MODEL: the run was no pure function of its seed. A kill at any
 * moment loses the rows in flight, nothing more; logs of several directories of one batch may be copied into
 * one.
 *
 * Not shared between threads: the caller serialises. Files are little-endian. */
#ifndef SIM_IO_PARTS_H
#define SIM_IO_PARTS_H

#include "sim/io/file.h"
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

struct sim_parts_log;

struct sim_parts {
    struct sim_arena arena;
    struct sim_parts_shape shape;
    char directory[SIM_FILE_PATH];
    struct sim_parts_row *rows; /* all of the batch, by point, arm, replicate */
    int64_t n_rows, n_present, n_failed;
    int64_t n_dropped_bytes; /* of torn or damaged frames met by _open */
    struct sim_parts_log *logs;
    int32_t n_logs, logs_capacity;
    int32_t writing; /* index of the log being written, -1: none yet */
    void *stream;    /* FILE of the log being written */
    int64_t stream_bytes;
    double synced_at; /* seconds, monotonic */
    int lock;         /* file descriptor, -1: none */
};

enum sim_parts_mode {
    SIM_PARTS_CREATE, /* the directory must not exist: SIM_ERROR_EXISTS */
    SIM_PARTS_RESUME, /* begins when there is none; SIM_ERROR_MISMATCH, with the difference, when it is
                         another batch's */
    SIM_PARTS_READ,   /* no lock, nothing is written */
};

/* OUT.h5 -> OUT.h5.parts */
int sim_parts_directory(const char *output_path, char out[SIM_FILE_PATH], struct sim_error *error);
/* Opens, locks and reads all logs; every frame's checksum is checked. SIM_ERROR_EXISTS when another living
 * process has the lock (a dead one's lock is void). Cost: one pass over the logs. */
int sim_parts_open(struct sim_parts *self, const char *directory, const struct sim_parts_shape *shape,
    enum sim_parts_mode mode, struct sim_error *error);
/* Flushes and closes. Safe after a failed _open of a zeroed struct, and twice. */
void sim_parts_close(struct sim_parts *self);

/* Appends one row, whose point, arm, replicate, status, wall_seconds and message the caller fills. payload:
 * row_bytes when status is 0, else NULL. Handed to the system at once, flushed to the disk at most once a
 * second. */
int sim_parts_append(
    struct sim_parts *self, const struct sim_parts_row *row, const void *payload, struct sim_error *error);
/* Flushes to the disk. */
int sim_parts_sync(struct sim_parts *self, struct sim_error *error);
/* NULL when the row is not there. Borrows until _close. */
const struct sim_parts_row *sim_parts_find(
    const struct sim_parts *self, int32_t point, int32_t arm, int32_t replicate);
/* Reads n bytes of a good row's payload from `from`. */
int sim_parts_read(const struct sim_parts *self, const struct sim_parts_row *row, int64_t from, int64_t n,
    void *out, struct sim_error *error);
/* Closes, and removes the directory with the files that this room makes. Files of others stay, and then the
 * directory too. */
int sim_parts_remove(struct sim_parts *self, struct sim_error *error);

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
