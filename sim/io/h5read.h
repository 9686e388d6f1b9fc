/* Reading a result file: groups, variables with their dimensions and coordinates, texts, attributes.
 *
 * For any HDF5 file of the layout of h5.h; a damaged one gives SIM_ERROR_FORMAT before HDF5 gets to see it
 * (seal.h), and one that another program wrote is first read whole in a child (child.h), so that only that
 * can crash. Everything read belongs to the arena that the caller gives (or to the array), so one _free ends
 * it. */
#ifndef SIM_IO_H5READ_H
#define SIM_IO_H5READ_H

#include "sim/core/arena.h"
#include "sim/core/error.h"

#define SIM_H5_DIMS 8

struct sim_h5_file {
    int64_t id; /* HDF5's; 0: not open */
    const char *path;
    bool is_sealed; /* the file is, bit for bit, as it was written; false: another program has changed it
                       since */
    struct sim_arena arena;
};

/* Opens read-only. SIM_ERROR_FORMAT when the bytes are not those that were sealed, or when HDF5 crashes on
 * the file. Cost: one pass over a sealed file, two reads of another. */
int sim_h5_open(struct sim_h5_file *self, const char *path, struct sim_error *error);
/* Opens without that care: HDF5 may crash on what the caller has not looked at. */
int sim_h5_open_unguarded(struct sim_h5_file *self, const char *path, struct sim_error *error);
/* Safe after a failed _open, and twice. */
void sim_h5_close(struct sim_h5_file *self);

struct sim_h5_names {
    const char *const *names;
    int32_t n;
};

/* The groups of the root, in the order of creation. Borrows until _close. */
int sim_h5_list_groups(struct sim_h5_file *self, struct sim_h5_names *out, struct sim_error *error);
/* The datasets of a group: variables and constants (coordinates false), or the coordinates alone (true). */
int sim_h5_list_variables(struct sim_h5_file *self, const char *group, bool coordinates,
    struct sim_h5_names *out, struct sim_error *error);
bool sim_h5_has(const struct sim_h5_file *self, const char *group, const char *name);

/* One variable, whole, in row-major order. */
struct sim_h5_array {
    struct sim_arena arena;
    int32_t n_dims;
    const char *dims[SIM_H5_DIMS]; /* names; "" where no scale is attached */
    int64_t lengths[SIM_H5_DIMS];
    int64_t n;       /* product of the lengths */
    double *numbers; /* exactly one of the two is set */
    const char *const *texts;
    const char *unit, *sentence, *moment; /* "" where there is none */
};

/* Reads one variable or coordinate. Integers become doubles; a value equal to the variable's _FillValue
 * becomes NaN. */
int sim_h5_read(struct sim_h5_file *self, const char *group, const char *name, struct sim_h5_array *out,
    struct sim_error *error);
/* Safe on a zeroed struct, after a failed _read, and twice. */
void sim_h5_array_free(struct sim_h5_array *self);
/* The index of a dimension by name, or -1. */
int32_t sim_h5_array_dim(const struct sim_h5_array *self, const char *name);
/* A scalar text of /meta; *out is NULL when there is none. Borrows until _close. */
int sim_h5_read_text(struct sim_h5_file *self, const char *name, const char **out, struct sim_error *error);
/* A text attribute of the root (group ""), a group (name "") or a variable; *out is "" when there is none.
 * Borrows until _close. */
int sim_h5_read_attribute(struct sim_h5_file *self, const char *group, const char *name,
    const char *attribute, const char **out, struct sim_error *error);

#endif
