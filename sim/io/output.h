/* The shape of a result: dimensions, variables and constants, declared once by the model.
 *
 * A *row* is the result of one (point, arm, replicate): the values of every variable, one after another,
 * little-endian, each variable starting at a multiple of 8 bytes. The parts log stores rows; the HDF5 file is
 * assembled from them with point (only with a sweep), arm and replicate in front of each variable's own
 * dimensions; `describe` and the docs print the same list. */
#ifndef SIM_IO_OUTPUT_H
#define SIM_IO_OUTPUT_H

#include "sim/core/arena.h"
#include "sim/data/table.h"

#define SIM_OUTPUT_DIMS 3

struct sim_dimension {
    const char *name; /* "month", "village" */
    int32_t length;
    const char *const *labels; /* text coordinate, or NULL */
    const double *values;      /* numeric coordinate, or NULL */
    const int64_t *integers;   /* integer coordinate (years, keys), or NULL */
    const char *unit; /* "days since 2015-01-01" for time (calendar "standard" is added), "1" for labels */
    const char *sentence; /* long_name */
};

struct sim_variable {
    const char *group; /* "county" */
    const char *name;
    enum sim_type type;   /* NaN marks what is not defined in floating types; integers are always defined */
    const char *unit;     /* UDUNITS or "CNY", "CNY/person/year", "1" */
    const char *sentence; /* long_name */
    const char *tag;      /* "imposed", "fitted", "emergent", or "" where the question does not arise */
    int32_t dims[SIM_OUTPUT_DIMS]; /* indices of dimensions */
    int32_t n_dims;
    int64_t n_values; /* product of the lengths; computed */
    int64_t offset;   /* bytes from the start of the row; computed */
};

/* A variable that is the same in every row: published values, names, weights. Text (`texts`) or numbers. */
struct sim_constant {
    const char *group;
    const char *name;
    const char *unit;
    const char *sentence;
    int32_t dims[SIM_OUTPUT_DIMS];
    int32_t n_dims;
    const char *const *texts;
    const double *numbers;
};

struct sim_output {
    struct sim_arena arena; /* owns copies of every text and coordinate given */
    struct sim_dimension *dimensions;
    struct sim_variable *variables;
    struct sim_constant *constants;
    int32_t n_dimensions, n_variables, n_constants;
    int32_t dimensions_capacity, variables_capacity, constants_capacity;
    int64_t row_bytes;
};

void sim_output_init(struct sim_output *self);
void sim_output_free(struct sim_output *self);
/* Each copies what it is given and returns the index, or a negative code. Refused with SIM_ERROR_INPUT and
 * the name: names that are not [A-Za-z_][A-Za-z0-9_]*, two of one name in a group, a group "meta", a
 * dimension called point, arm or replicate or without values (leave out what has none), texts that are not
 * UTF-8, and the units "days", "hours", "minutes" and "seconds", which xarray would silently turn into time
 * spans (write "d", "h", "min", "s"). */
int32_t sim_output_add_dimension(
    struct sim_output *self, const struct sim_dimension *dimension, struct sim_error *error);
int32_t sim_output_add_variable(
    struct sim_output *self, const struct sim_variable *variable, struct sim_error *error);
int32_t sim_output_add_constant(
    struct sim_output *self, const struct sim_constant *constant, struct sim_error *error);
/* Index of a variable by group and name, or -1. */
int32_t sim_output_find(const struct sim_output *self, const char *group, const char *name);
/* Where a variable's values start in a row. */
static inline void *sim_output_at(const struct sim_output *self, int32_t variable, void *row)
{
    return (uint8_t *)row + self->variables[variable].offset;
}
/* Makes equal results equal bytes: every NaN becomes one and the same (its sign and payload differ between
 * processors), and the gaps between variables are zeroed. The batch calls it on every row. */
void sim_output_settle(const struct sim_output *self, void *row);
/* Values in a constant, or in one row of a variable, of these dimensions. */
int64_t sim_output_count(const struct sim_output *self, const int32_t *dims, int32_t n_dims);
/* Names, types, units, sentences, tags, dimensions with their coordinates, constants: all that is part of a
 * result and not in its rows. */
void sim_output_digest(const struct sim_output *self, uint8_t out[SIM_DIGEST_BYTES]);

#endif
