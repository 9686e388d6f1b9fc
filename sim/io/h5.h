/* The result file: HDF5 in netCDF-4 layout, as xarray and ncdump read it.
 *
 * A group for each `group` of the output, with its own coordinates (xarray takes none from a parent): `point`
 * (only when there is more than one), `arm` (text), `replicate` (from 1), then the dimensions its variables
 * use; a group of constants alone has only the latter. Every variable carries units, long_name, `moment`
 * (imposed, fitted, emergent) and `row_order`, its place in a row; constants carry `constant_order` and lie
 * in the same groups, without the first dimensions.
 * `/meta` holds the texts of sim_meta and, for each row, row_status, row_seconds, row_message and row_digest,
 * and `digest`, that of the whole: the file alone suffices to verify it.
 *
 * Rows that failed or are missing: NaN in floats. Integers have no fill while every row is there. Otherwise
 * those of up to 32 bits are stored as float64, with NaN and an attribute `integer_type`; those of 64 bits,
 * which float64 cannot hold, keep their type with a _FillValue at the end of its range. Nothing is ever zero
 * for want of a value.
 *
 * HDF5 is not called by two threads at once: one writer. Errors are SIM_ERROR_IO (disk), SIM_ERROR_FORMAT
 * (damage) with HDF5's innermost message, SIM_ERROR_MISSING (no such file), SIM_ERROR_MEMORY. */
#ifndef SIM_IO_H5_H
#define SIM_IO_H5_H

#include "sim/io/parts.h"

/* Writes and seals (sim/io/seal.h) path, which the caller names uniquely and commits (sim/io/file.h), from
 * the rows of parts and its shape. `title` and `institution` of meta become root attributes. Memory:
 * about 64 MB, or one row of one variable when that is more. */
int sim_h5_write(const char *path, const struct sim_parts *parts, struct sim_error *error);

struct sim_h5_report {
    int32_t n_points, n_arms, n_replicates;
    int32_t n_variables, n_constants;
    int64_t n_rows, n_failed, n_missing;
    bool is_sealed; /* nothing has written to the file since; false: its values were verified all the same */
    char digest[SIM_DIGEST_TEXT];
};

/* Reads all of the file, rebuilds every row and the shape of the output, and compares with the digests that
 * the file holds. 0: all agree. SIM_ERROR_FORMAT: they do not, or the file is damaged; the message says
 * where. A file without its seal is read in a child (sim/io/child.h): not to be called while other threads of
 * this process are at work. */
int sim_h5_verify(const char *path, struct sim_h5_report *report, struct sim_error *error);
/* The digest that the file claims, unverified. */
int sim_h5_digest(const char *path, char out[SIM_DIGEST_TEXT], struct sim_error *error);
/* The texts of /meta, inputs and what else is told of the batch, in the order in which they were written;
 * meta is made here and is the caller's to free, also after a failure. */
int sim_h5_read_meta(const char *path, struct sim_meta *meta, struct sim_error *error);
/* Verifies the result and appends its rows, failed ones too, to parts open for writing, which may have more
 * replicates; rows that are there already are compared. Missing rows stay missing. SIM_ERROR_MISMATCH, with
 * the first difference, when version, inputs, points, arms or output are not those of parts: then, and when
 * the file is damaged, nothing was appended. Cost: two passes over the file; memory as sim_h5_verify. */
int sim_h5_import(const char *path, struct sim_parts *parts, struct sim_error *error);

#endif
