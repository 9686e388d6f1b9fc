/* The rows of a result file, rebuilt byte for byte as they were computed and compared with their digests.
 * Private to sim/io: h5verify.c and h5import.c look at the same rows. */
#ifndef SIM_IO_H5ROWS_H
#define SIM_IO_H5ROWS_H

#include "sim/io/child.h"
#include "sim/io/h5.h"
#include "sim/io/h5read.h"

/* Who takes the rows. Everything handed over is borrowed until the call returns; a negative code ends the
 * reading. */
struct sim_h5_rows_sink {
    void *user;
    /* Once, before the first row: the shape of the output as the file tells it, and the counts of report. */
    int (*begin)(void *user, struct sim_h5_file *file, const struct sim_output *output,
        const struct sim_h5_report *report, const char *const *arms, struct sim_error *error);
    /* Each row that is there, by point, arm, replicate; its digest is the one that the file holds. payload is
     * NULL when the row failed. */
    int (*take)(void *user, const struct sim_parts_row *row, const void *payload, struct sim_error *error);
};

/* Reads the whole file in this process, without a look at the seal (report->is_sealed stays false); sink may
 * be NULL. A caller who cannot trust the bytes does this in a child (sim/io/child.h). */
int sim_h5_rows_read(const char *path, struct sim_h5_report *report, const struct sim_h5_rows_sink *sink,
    struct sim_error *error);

/* What a child may take that reads this file: enough for the best packed of honest files. */
struct sim_child_limits sim_h5_rows_limits(const char *path);

#endif
