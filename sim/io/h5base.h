/* What the rooms that touch HDF5 share: quiet errors, types, attributes. Private to sim/io. */
#ifndef SIM_IO_H5BASE_H
#define SIM_IO_H5BASE_H

#include <hdf5.h>

#include "sim/core/arena.h"
#include "sim/core/error.h"
#include "sim/data/table.h"

/* HDF5 prints nothing by itself from here on (for this thread). Called on every way in. */
void sim_h5_quiet(void);
/* Sets the error: the printf-like text, then HDF5's innermost message. */
int sim_h5_fail(struct sim_error *error, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Variable-length UTF-8; the caller closes it. */
hid_t sim_h5_text_type(void);
/* The type in the file and in memory: native and little-endian are one here. Not to be closed. */
hid_t sim_h5_type(enum sim_type type);
/* False when the type of a dataset is none of ours. */
bool sim_h5_type_find(hid_t type, enum sim_type *out);

/* Attributes. Texts are scalar, fixed-length, UTF-8; an empty one is not written. 0 or -1. */
int sim_h5_put_text(hid_t object, const char *name, const char *text);
int sim_h5_put_int(hid_t object, const char *name, int32_t value);
int sim_h5_put_value(hid_t object, const char *name, hid_t type, const void *value); /* one element */
/* Reads. *out is "" when there is none. */
int sim_h5_get_text(
    hid_t object, const char *name, struct sim_arena *arena, const char **out, struct sim_error *error);
/* False when there is none, or it is no integer. */
bool sim_h5_get_int(hid_t object, const char *name, int32_t *out);

/* The name of an axis: the last part of the path of its first dimension scale, in the arena; "" where there
 * is none. */
const char *sim_h5_axis_name(hid_t dataset, int axis, struct sim_arena *arena);

#endif
