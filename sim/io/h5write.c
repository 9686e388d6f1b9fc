#include "sim/io/h5.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hdf5_hl.h>

#include "sim/core/guard.h"
#include "sim/io/h5base.h"
#include "sim/io/provenance.h"
#include "sim/io/seal.h"

/* Less than this is not worth a compressor's start. */
#define DEFLATE_LEAST_BYTES 4096
/* Memory for the variables that are written side by side; one that is larger is written alone. */
#define BLOCK_BYTES (64 * 1024 * 1024)

/* One file in the making: what every step needs. `front` are the dimensions that the batch adds. */
struct writer {
    const struct sim_parts *parts;
    const struct sim_output *output;
    const struct sim_parts_shape *shape;
    const char *path;
    hid_t file, text; /* text: variable-length UTF-8 */
    bool is_complete; /* every row is there and good */
    int32_t n_front;  /* 2, or 3 with a sweep */
    hsize_t front[3]; /* their lengths */
    hid_t scales[3];  /* of the group being written */
    int32_t n_step;   /* replicates written at a time, of the variables that are written now */
    hid_t *dims;      /* scales of the output's dimensions in this group, -1: not there */
    struct sim_error *error;
};

/* HDF5's own words are gone when it fails late, on what it has held back; the system's reason stays. */
static int fail(struct writer *self, const char *what)
{
    const char *reason =
        errno == ENOSPC || errno == EDQUOT || errno == EFBIG || errno == EIO || errno == EROFS
            ? strerror(errno)
            : NULL;
    return sim_h5_fail(self->error, SIM_ERROR_IO, "%.200s: %.100s cannot be written%s%s", self->path, what,
        reason == NULL ? "" : ": ", reason == NULL ? "" : reason);
}

static hid_t create_plist(hid_t class)
{
    hid_t plist = H5Pcreate(class);
    const unsigned ordered = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    if (plist >= 0 && class != H5P_DATASET_CREATE)
        H5Pset_link_creation_order(plist, ordered);
    if (plist >= 0)
        H5Pset_attr_creation_order(plist, ordered);
    return plist;
}

/* A contiguous dataset without fill or filter, written at once; values may be NULL (nothing is stored). */
static hid_t put_dataset(
    hid_t group, const char *name, hid_t type, int rank, const hsize_t *lengths, const void *values)
{
    hid_t space = rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, lengths, NULL);
    hid_t plist = create_plist(H5P_DATASET_CREATE);
    hid_t dataset = H5Dcreate2(group, name, type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    if (dataset >= 0 && values != NULL &&
        H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) {
        H5Dclose(dataset);
        dataset = -1;
    }
    H5Pclose(plist);
    H5Sclose(space);
    return dataset;
}

static hid_t put_scale(hid_t group, const char *name, hid_t type, int64_t length, const void *values,
    const char *unit, const char *sentence)
{
    hsize_t n = (hsize_t)length;
    char label[80];
    /* netCDF's own words for a dimension without a coordinate. */
    snprintf(label, sizeof label, "This is a netCDF dimension but not a netCDF variable.%10lld",
        (long long)length);
    hid_t scale = put_dataset(group, name, values == NULL ? H5T_IEEE_F32BE : type, 1, &n, values);
    if (scale < 0)
        return -1;
    bool is_time = strncmp(unit, "days since ", 11) == 0;
    if (H5DSset_scale(scale, values == NULL ? label : name) < 0 ||
        sim_h5_put_text(scale, "units", unit) < 0 || sim_h5_put_text(scale, "long_name", sentence) < 0 ||
        (is_time && (sim_h5_put_text(scale, "standard_name", "time") < 0 ||
                        sim_h5_put_text(scale, "calendar", "standard") < 0 ||
                        sim_h5_put_text(scale, "axis", "T") < 0))) {
        H5Dclose(scale);
        return -1;
    }
    return scale;
}

/* point (with a sweep), arm, replicate. */
static int put_front(struct writer *self, hid_t group)
{
    const struct sim_parts_shape *shape = self->shape;
    int32_t longest = shape->n_points > shape->n_replicates ? shape->n_points : shape->n_replicates;
    int32_t *numbers = malloc((size_t)longest * sizeof *numbers);
    if (numbers == NULL)
        return sim_error_set(self->error, SIM_ERROR_MEMORY, "%.300s: out of memory", self->path);
    int32_t at = 0;
    for (int32_t i = 0; i < longest; i++)
        numbers[i] = i;
    if (shape->n_points > 1)
        self->scales[at++] = put_scale(
            group, "point", H5T_STD_I32LE, shape->n_points, numbers, "1", "point of the parameter sweep");
    self->scales[at++] = put_scale(group, "arm", self->text, shape->n_arms, shape->arms, "", "arm");
    for (int32_t i = 0; i < longest; i++)
        numbers[i] = i + 1;
    self->scales[at++] =
        put_scale(group, "replicate", H5T_STD_I32LE, shape->n_replicates, numbers, "1", "replicate");
    free(numbers);
    for (int32_t i = 0; i < at; i++)
        if (self->scales[i] < 0)
            return fail(self, "a coordinate");
    return 0;
}

static int put_dimension(struct writer *self, hid_t group, int32_t d)
{
    if (self->dims[d] >= 0)
        return 0;
    const struct sim_dimension *dimension = &self->output->dimensions[d];
    const void *values = dimension->labels != NULL   ? (const void *)dimension->labels
                         : dimension->values != NULL ? (const void *)dimension->values
                                                     : (const void *)dimension->integers;
    hid_t type = dimension->labels != NULL   ? self->text
                 : dimension->values != NULL ? H5T_IEEE_F64LE
                                             : H5T_STD_I64LE;
    self->dims[d] = put_scale(
        group, dimension->name, type, dimension->length, values, dimension->unit, dimension->sentence);
    return self->dims[d] < 0 ? fail(self, dimension->name) : 0;
}

static int close_scales(struct writer *self)
{
    int status = 0;
    for (int32_t i = 0; i < self->n_front; i++) {
        if (self->scales[i] >= 0 && H5Dclose(self->scales[i]) < 0)
            status = -1;
        self->scales[i] = -1;
    }
    for (int32_t d = 0; d < self->output->n_dimensions; d++) {
        if (self->dims[d] >= 0 && H5Dclose(self->dims[d]) < 0)
            status = -1;
        self->dims[d] = -1;
    }
    return status;
}

/* How an integer is stored when rows are missing (h5.h). */
static enum sim_type stored_type(const struct writer *self, enum sim_type type)
{
    bool is_small = type == SIM_I8 || type == SIM_I16 || type == SIM_I32 || type == SIM_U8 || type == SIM_U32;
    return is_small && !self->is_complete ? SIM_F64 : type;
}

/* Chunks of 64 Ki to 256 Ki values where the data allow: whole rows of a variable, as many replicates as fit.
 */
static void choose_chunk(
    const struct writer *self, const struct sim_variable *variable, int rank, hsize_t *chunk)
{
    const hsize_t most = 256 * 1024;
    hsize_t n = 1;
    for (int i = 0; i < rank; i++)
        chunk[i] = 1;
    for (int i = rank - 1; i >= 0; i--) {
        hsize_t length = i < self->n_front
                             ? self->front[i]
                             : (hsize_t)self->output->dimensions[variable->dims[i - self->n_front]].length;
        hsize_t room = most / n;
        chunk[i] = length < room ? length : room;
        n *= chunk[i];
        if (chunk[i] < length || n >= most / 2 || i == self->n_front - 1)
            break; /* never across arms: they are read and written one at a time */
    }
}

/* Small integers as float64, so that NaN can mark what is not there. */
static void widen(const void *from, enum sim_type type, int64_t n, double *to)
{
    for (int64_t i = 0; i < n; i++)
        switch (type) {
        case SIM_I8:
            to[i] = ((const int8_t *)from)[i];
            break;
        case SIM_I16:
            to[i] = ((const int16_t *)from)[i];
            break;
        case SIM_I32:
            to[i] = ((const int32_t *)from)[i];
            break;
        case SIM_U8:
            to[i] = ((const uint8_t *)from)[i];
            break;
        default:
            to[i] = ((const uint32_t *)from)[i];
            break;
        }
}

static void fill(void *to, enum sim_type stored, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (stored == SIM_F32)
            ((float *)to)[i] = NAN;
        else if (stored == SIM_F64)
            ((double *)to)[i] = (double)NAN;
        else if (stored == SIM_I64)
            ((int64_t *)to)[i] = INT64_MIN;
        else
            ((uint64_t *)to)[i] = UINT64_MAX;
}

static int check_no_fill(
    struct writer *self, const struct sim_variable *variable, const void *values, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (variable->type == SIM_I64 ? ((const int64_t *)values)[i] == INT64_MIN
                                      : ((const uint64_t *)values)[i] == UINT64_MAX)
            return sim_error_set(self->error, SIM_ERROR_RANGE,
                "%.200s: '%.60s/%.60s' holds the very number that marks missing rows", self->path,
                variable->group, variable->name);
    return 0;
}

/* One of the variables that are written side by side: some replicates of one arm of one point. */
struct column {
    int32_t v;
    enum sim_type stored;
    uint8_t *values;
    hid_t dataset;
};

/* Bytes of one replicate of a variable as it is stored. */
static int64_t stored_bytes(const struct writer *self, int32_t v)
{
    const struct sim_variable *variable = &self->output->variables[v];
    return variable->n_values * sim_type_bytes(stored_type(self, variable->type));
}

/* The values of a column from where a row holds them, NULL: the row is not there, to place `at`. */
static int take(struct writer *self, const struct column *column, int32_t at, const uint8_t *from)
{
    const struct sim_variable *variable = &self->output->variables[column->v];
    int64_t n = variable->n_values;
    uint8_t *to = column->values + at * n * sim_type_bytes(column->stored);
    if (from == NULL)
        fill(to, column->stored, n);
    else if (column->stored != variable->type)
        widen(from, variable->type, n, (double *)(void *)to);
    else
        memcpy(to, from, (size_t)(n * sim_type_bytes(variable->type)));
    bool is_wide = column->stored == SIM_I64 || column->stored == SIM_U64;
    return from != NULL && is_wide && !self->is_complete ? check_no_fill(self, variable, to, n) : 0;
}

/* Replicates first to end - 1 of the columns, which lie side by side in a row, in one arm of one point: one
 * read for each row. scratch: their bytes of a row. */
static int gather(struct writer *self, const struct column *columns, int32_t n_columns, int32_t point,
    int32_t arm, int32_t first, int32_t end, uint8_t *scratch)
{
    const struct sim_variable *variables = self->output->variables;
    const struct sim_variable *last = &variables[columns[n_columns - 1].v];
    int64_t from = variables[columns[0].v].offset;
    int64_t bytes = last->offset + last->n_values * sim_type_bytes(last->type) - from;
    for (int32_t r = first; r < end; r++) {
        const struct sim_parts_row *row = sim_parts_find(self->parts, point, arm, r);
        bool is_there = row != NULL && row->status == 0;
        int code = is_there ? sim_parts_read(self->parts, row, from, bytes, scratch, self->error) : 0;
        for (int32_t i = 0; i < n_columns && code == 0; i++)
            code = take(self, &columns[i], r - first,
                is_there ? scratch + (variables[columns[i].v].offset - from) : NULL);
        if (code < 0)
            return code;
    }
    return 0;
}

/* Whether deflate pays: at 60 MB/s it costs more than all other work on a file, and of the mantissas of real
 * numbers it leaves most. So: where at least half of the bytes are those of the value before. */
static bool is_repetitive(const uint8_t *values, int64_t n, int64_t value_bytes)
{
    int64_t same = 0, bytes = n * value_bytes;
    for (int64_t i = value_bytes; i < bytes; i++)
        same += values[i] == values[i - value_bytes];
    return bytes >= DEFLATE_LEAST_BYTES && 2 * same >= bytes;
}

/* Writes what `gather` made of some replicates of one arm of one point. Memory has the shape of the
 * selection: HDF5 matches shapes of other rank value by value. */
static int write_arm(struct writer *self, hid_t dataset, const struct sim_variable *variable,
    enum sim_type stored, int32_t point, int32_t arm, int32_t first, int32_t end, const void *values)
{
    hsize_t start[3 + SIM_OUTPUT_DIMS] = {0}, count[3 + SIM_OUTPUT_DIMS];
    int arm_axis = self->n_front - 2;
    for (int i = 0; i < self->n_front; i++)
        count[i] = i == self->n_front - 1 ? (hsize_t)(end - first) : 1;
    for (int i = 0; i < variable->n_dims; i++)
        count[self->n_front + i] = (hsize_t)self->output->dimensions[variable->dims[i]].length;
    if (arm_axis == 1)
        start[0] = (hsize_t)point;
    start[arm_axis] = (hsize_t)arm;
    start[arm_axis + 1] = (hsize_t)first;
    hid_t space = H5Dget_space(dataset),
          memory = H5Screate_simple(self->n_front + variable->n_dims, count, NULL);
    bool good = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                H5Dwrite(dataset, sim_h5_type(stored), memory, space, H5P_DEFAULT, values) >= 0;
    H5Sclose(memory);
    H5Sclose(space);
    return good ? 0 : fail(self, variable->name);
}

/* What a variable is made with. Where its first values repeat themselves: chunks, shuffled and
 * deflated; else they lie as they are. Every value is written, so none is filled first. */
static hid_t storage(const struct writer *self, const struct sim_variable *variable, enum sim_type stored,
    int rank, const uint8_t *values, const void *nothing)
{
    int64_t n = self->n_step * variable->n_values;
    hid_t plist = create_plist(H5P_DATASET_CREATE);
    bool good = plist >= 0 && H5Pset_fill_time(plist, H5D_FILL_TIME_NEVER) >= 0 &&
                (nothing == NULL || H5Pset_fill_value(plist, sim_h5_type(stored), nothing) >= 0);
    if (good && is_repetitive(values, n, sim_type_bytes(stored))) {
        hsize_t chunk[3 + SIM_OUTPUT_DIMS];
        choose_chunk(self, variable, rank, chunk);
        good = H5Pset_chunk(plist, rank, chunk) >= 0 && H5Pset_shuffle(plist) >= 0 &&
               H5Pset_deflate(plist, 1) >= 0;
    }
    if (!good && plist >= 0)
        H5Pclose(plist);
    return good ? plist : -1;
}

/* The dataset of a variable with its scales and attributes; the values are still to be written. */
static hid_t put_array(struct writer *self, hid_t group, int32_t v, enum sim_type stored, int rank,
    const hid_t *scales, const hsize_t *lengths, const uint8_t *values)
{
    const struct sim_variable *variable = &self->output->variables[v];
    bool is_float = stored == SIM_F32 || stored == SIM_F64;
    bool has_fill = is_float || (!self->is_complete && (stored == SIM_I64 || stored == SIM_U64));
    uint64_t nothing[1] = {0};
    fill(nothing, stored, 1);
    hid_t type = sim_h5_type(stored), space = H5Screate_simple(rank, lengths, NULL);
    hid_t plist = storage(self, variable, stored, rank, values, has_fill ? nothing : NULL);
    hid_t dataset =
        plist < 0 ? -1 : H5Dcreate2(group, variable->name, type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    bool good = dataset >= 0;
    for (int i = 0; i < rank && good; i++)
        good = H5DSattach_scale(dataset, scales[i], (unsigned)i) >= 0;
    good = good && (!has_fill || sim_h5_put_value(dataset, "_FillValue", type, nothing) >= 0) &&
           sim_h5_put_text(dataset, "units", variable->unit) >= 0 &&
           sim_h5_put_text(dataset, "long_name", variable->sentence) >= 0 &&
           sim_h5_put_text(dataset, "moment", variable->tag) >= 0 &&
           (stored == variable->type ||
               sim_h5_put_text(dataset, "integer_type", sim_type_name(variable->type)) >= 0) &&
           sim_h5_put_int(dataset, "row_order", v) >= 0;
    if (!good && dataset >= 0) {
        H5Dclose(dataset);
        dataset = -1;
    }
    if (plist >= 0)
        H5Pclose(plist);
    H5Sclose(space);
    return dataset;
}

/* Makes the dataset of a column when its first values are there, which say how it is stored. */
static int begin_column(struct writer *self, hid_t group, struct column *column)
{
    const struct sim_variable *variable = &self->output->variables[column->v];
    int rank = self->n_front + variable->n_dims;
    hsize_t lengths[3 + SIM_OUTPUT_DIMS];
    hid_t scales[3 + SIM_OUTPUT_DIMS];
    for (int i = 0; i < rank; i++) {
        int32_t d = i < self->n_front ? -1 : variable->dims[i - self->n_front];
        int code = d < 0 ? 0 : put_dimension(self, group, d);
        if (code < 0)
            return code;
        lengths[i] = d < 0 ? self->front[i] : (hsize_t)self->output->dimensions[d].length;
        scales[i] = d < 0 ? self->scales[i] : self->dims[d];
    }
    column->dataset =
        put_array(self, group, column->v, column->stored, rank, scales, lengths, column->values);
    return column->dataset < 0 ? fail(self, variable->name) : 0;
}

static int write_columns(struct writer *self, hid_t group, struct column *columns, int32_t n_columns,
    int32_t point, int32_t arm, uint8_t *scratch)
{
    int32_t n_replicates = self->shape->n_replicates;
    for (int32_t first = 0; first < n_replicates; first += self->n_step) {
        int32_t end = n_replicates - first < self->n_step ? n_replicates : first + self->n_step;
        int code = gather(self, columns, n_columns, point, arm, first, end, scratch);
        for (int32_t i = 0; i < n_columns && code == 0; i++) {
            struct column *column = &columns[i];
            if (column->dataset < 0)
                code = begin_column(self, group, column);
            if (code == 0)
                code = write_arm(self, column->dataset, &self->output->variables[column->v], column->stored,
                    point, arm, first, end, column->values);
        }
        if (code < 0)
            return code;
    }
    return 0;
}

/* How many replicates of the variable are written at a time: all where they fit some memory, else whole
 * chunks of them. */
static int32_t choose_step(const struct writer *self, int32_t v)
{
    const struct sim_variable *variable = &self->output->variables[v];
    int64_t n_replicates = self->shape->n_replicates, n = BLOCK_BYTES / stored_bytes(self, v);
    hsize_t chunk[3 + SIM_OUTPUT_DIMS];
    if (n >= n_replicates)
        return (int32_t)n_replicates;
    choose_chunk(self, variable, self->n_front + variable->n_dims, chunk);
    int64_t n_chunk = (int64_t)chunk[self->n_front - 1];
    return (int32_t)(n > n_chunk ? n - n % n_chunk : n_chunk);
}

/* Variables first to end - 1, which lie side by side in a row. */
static int put_variables(struct writer *self, hid_t group, int32_t first, int32_t end)
{
    int32_t n = end - first;
    int code = 0;
    self->n_step = choose_step(self, first);
    struct column *columns = calloc((size_t)n, sizeof *columns);
    uint8_t *scratch = malloc((size_t)self->output->row_bytes + 1);
    bool good = columns != NULL && scratch != NULL;
    for (int32_t i = 0; i < n && columns != NULL; i++) {
        columns[i] = (struct column){.v = first + i, .dataset = -1};
        columns[i].stored = stored_type(self, self->output->variables[first + i].type);
        columns[i].values = good ? malloc((size_t)(self->n_step * stored_bytes(self, first + i))) : NULL;
        good = good && columns[i].values != NULL;
    }
    if (!good)
        code = sim_error_set(self->error, SIM_ERROR_MEMORY, "%.200s: '%.60s' does not fit memory", self->path,
            self->output->variables[first].name);
    for (int32_t point = 0; point < self->shape->n_points && code == 0; point++)
        for (int32_t arm = 0; arm < self->shape->n_arms && code == 0; arm++)
            code = write_columns(self, group, columns, n, point, arm, scratch);
    for (int32_t i = 0; i < n && columns != NULL; i++) {
        if (columns[i].dataset >= 0 && H5Dclose(columns[i].dataset) < 0 && code == 0)
            code = fail(self, self->output->variables[first + i].name);
        free(columns[i].values);
    }
    free(columns);
    free(scratch);
    return code;
}

/* How many variables from v on are written side by side: of one group, as far as an arm of them fits some
 * memory. A row is read so often. */
static int32_t end_of_block(const struct writer *self, int32_t v)
{
    const struct sim_variable *variables = self->output->variables;
    int64_t n = self->shape->n_replicates, bytes = n * stored_bytes(self, v);
    int32_t end = v + 1;
    while (end < self->output->n_variables && strcmp(variables[end].group, variables[v].group) == 0 &&
           bytes + n * stored_bytes(self, end) <= BLOCK_BYTES)
        bytes += n * stored_bytes(self, end++);
    return end;
}

static int put_constant(struct writer *self, hid_t group, int32_t c)
{
    const struct sim_constant *constant = &self->output->constants[c];
    hsize_t lengths[SIM_OUTPUT_DIMS];
    int code = 0;
    for (int i = 0; i < constant->n_dims; i++) {
        lengths[i] = (hsize_t)self->output->dimensions[constant->dims[i]].length;
        if ((code = put_dimension(self, group, constant->dims[i])) < 0)
            return code;
    }
    bool is_text = constant->texts != NULL;
    hid_t dataset = put_dataset(group, constant->name, is_text ? self->text : H5T_IEEE_F64LE,
        constant->n_dims, lengths, is_text ? (const void *)constant->texts : (const void *)constant->numbers);
    double nothing = (double)NAN;
    if (dataset < 0 || (!is_text && sim_h5_put_value(dataset, "_FillValue", H5T_IEEE_F64LE, &nothing) < 0) ||
        sim_h5_put_text(dataset, "units", constant->unit) < 0 ||
        sim_h5_put_text(dataset, "long_name", constant->sentence) < 0 ||
        sim_h5_put_int(dataset, "constant_order", c) < 0)
        code = fail(self, constant->name);
    for (int i = 0; i < constant->n_dims && code == 0; i++)
        if (H5DSattach_scale(dataset, self->dims[constant->dims[i]], (unsigned)i) < 0)
            code = fail(self, constant->name);
    if (dataset >= 0 && H5Dclose(dataset) < 0 && code == 0)
        code = fail(self, constant->name);
    return code;
}

static hid_t create_group(struct writer *self, const char *name)
{
    hid_t plist = create_plist(H5P_GROUP_CREATE);
    hid_t group = H5Gcreate2(self->file, name, H5P_DEFAULT, plist, H5P_DEFAULT);
    H5Pclose(plist);
    return group;
}

/* Constants alone have no use for the front's coordinates, which would only stand in a reader's way. */
static bool has_variables(const struct writer *self, const char *group)
{
    for (int32_t v = 0; v < self->output->n_variables; v++)
        if (strcmp(self->output->variables[v].group, group) == 0)
            return true;
    return false;
}

static int put_group(struct writer *self, const char *name)
{
    hid_t group = create_group(self, name);
    if (group < 0)
        return fail(self, name);
    int code = has_variables(self, name) ? put_front(self, group) : 0;
    for (int32_t v = 0, end; v < self->output->n_variables && code == 0; v = end) {
        end = end_of_block(self, v);
        if (strcmp(self->output->variables[v].group, name) == 0)
            code = put_variables(self, group, v, end);
    }
    for (int32_t c = 0; c < self->output->n_constants && code == 0; c++)
        if (strcmp(self->output->constants[c].group, name) == 0)
            code = put_constant(self, group, c);
    if (close_scales(self) < 0 && code == 0)
        code = fail(self, name);
    if (H5Gclose(group) < 0 && code == 0)
        code = fail(self, name);
    return code;
}

/* Groups in the order in which variables and constants first name them. */
static int put_groups(struct writer *self)
{
    const struct sim_output *output = self->output;
    int32_t n = output->n_variables + output->n_constants;
    for (int32_t i = 0; i < n; i++) {
        const char *name = i < output->n_variables ? output->variables[i].group
                                                   : output->constants[i - output->n_variables].group;
        if (H5Lexists(self->file, name, H5P_DEFAULT) > 0)
            continue;
        int code = put_group(self, name);
        if (code < 0)
            return code;
    }
    return 0;
}

/* One value for each row, with the front's scales. */
static int put_rows(struct writer *self, hid_t group, const char *name, hid_t type, const void *values,
    const char *unit, const char *sentence)
{
    hid_t dataset = put_dataset(group, name, type, self->n_front, self->front, values);
    if (dataset < 0)
        return fail(self, name);
    int code = 0;
    for (int i = 0; i < self->n_front; i++)
        if (H5DSattach_scale(dataset, self->scales[i], (unsigned)i) < 0)
            code = fail(self, name);
    if (code == 0 &&
        (sim_h5_put_text(dataset, "units", unit) < 0 || sim_h5_put_text(dataset, "long_name", sentence) < 0))
        code = fail(self, name);
    if (code == 0 && strcmp(name, "row_status") == 0) {
        /* CF's flags: complete, and each error code by its name. */
#define SIM_ERROR(name_, code_, sentence_) , code_
        const int8_t values_of[] = {0
#include "sim/core/errors.def"
        };
#undef SIM_ERROR
#define SIM_ERROR(name_, code_, sentence_) " " #name_
        const char *meanings = "COMPLETE"
#include "sim/core/errors.def"
            ;
#undef SIM_ERROR
        hsize_t n = sizeof values_of;
        hid_t space = H5Screate_simple(1, &n, NULL);
        hid_t attribute = H5Acreate2(dataset, "flag_values", H5T_STD_I8LE, space, H5P_DEFAULT, H5P_DEFAULT);
        if (attribute < 0 || H5Awrite(attribute, H5T_STD_I8LE, values_of) < 0 ||
            sim_h5_put_text(dataset, "flag_meanings", meanings) < 0)
            code = fail(self, name);
        if (attribute >= 0)
            H5Aclose(attribute);
        H5Sclose(space);
    }
    if (H5Dclose(dataset) < 0 && code == 0)
        code = fail(self, name);
    return code;
}

static int put_row_tables(struct writer *self, hid_t group)
{
    int64_t n = self->parts->n_rows;
    struct sim_arena arena;
    sim_arena_init(&arena);
    int8_t *status = sim_arena_alloc(&arena, n);
    double *seconds = sim_arena_alloc(&arena, n * (int64_t)sizeof *seconds);
    const char **messages = sim_arena_alloc(&arena, n * (int64_t)sizeof *messages);
    const char **digests = sim_arena_alloc(&arena, n * (int64_t)sizeof *digests);
    char *hex = sim_arena_alloc(&arena, n * SIM_DIGEST_TEXT);
    int code = 0;
    if (status == NULL || seconds == NULL || messages == NULL || digests == NULL || hex == NULL) {
        code = sim_error_set(self->error, SIM_ERROR_MEMORY, "%.300s: out of memory", self->path);
        goto out;
    }
    for (int64_t i = 0; i < n; i++) {
        const struct sim_parts_row *row = &self->parts->rows[i];
        status[i] = row->is_present ? (int8_t)row->status : SIM_ERROR_MISSING;
        seconds[i] = row->is_present ? row->wall_seconds : (double)NAN;
        messages[i] = row->is_present ? row->message : "";
        digests[i] = "";
        if (row->is_present) {
            sim_digest_text(row->digest, hex + i * SIM_DIGEST_TEXT);
            digests[i] = hex + i * SIM_DIGEST_TEXT;
        }
    }
    if ((code = put_rows(
             self, group, "row_status", H5T_STD_I8LE, status, "1", "how the row ended; 0: complete")) < 0 ||
        (code = put_rows(self, group, "row_seconds", H5T_IEEE_F64LE, seconds, "s", "wall time of the row")) <
            0 ||
        (code = put_rows(self, group, "row_message", self->text, messages, "", "why the row failed")) < 0 ||
        (code = put_rows(self, group, "row_digest", self->text, digests, "",
             "SHA-256 of (point, arm, replicate, status, values), little-endian")) < 0)
        goto out;
out:
    sim_arena_free(&arena);
    return code;
}

static int put_text(struct writer *self, hid_t group, const char *name, const char *text,
    const char *sentence, const char *class)
{
    uint8_t digest[SIM_DIGEST_BYTES];
    char hex[SIM_DIGEST_TEXT];
    sim_digest_bytes(text, (int64_t)strlen(text), digest);
    sim_digest_text(digest, hex);
    hid_t dataset = put_dataset(group, name, self->text, 0, NULL, &text);
    if (dataset < 0 || sim_h5_put_text(dataset, "long_name", sentence) < 0 ||
        sim_h5_put_text(dataset, "class", class) < 0 || sim_h5_put_text(dataset, "sha256", hex) < 0) {
        if (dataset >= 0)
            H5Dclose(dataset);
        return fail(self, name);
    }
    return H5Dclose(dataset) < 0 ? fail(self, name) : 0;
}

static int put_meta(struct writer *self)
{
    char digest[SIM_DIGEST_TEXT];
    hid_t group = create_group(self, "meta");
    if (group < 0)
        return fail(self, "meta");
    int code = put_front(self, group);
    for (int32_t i = 0; i < self->shape->meta->n && code == 0; i++) {
        const struct sim_meta_entry *entry = &self->shape->meta->entries[i];
        code = put_text(self, group, entry->name, entry->text, entry->sentence,
            entry->class == SIM_META_INPUT ? "input" : "about");
    }
    if (code == 0)
        code = put_row_tables(self, group);
    sim_parts_digest(self->parts, digest);
    if (code == 0)
        code = put_text(
            self, group, "digest", digest, "SHA-256 of the results; equal when the results are", "result");
    if (close_scales(self) < 0 && code == 0)
        code = fail(self, "meta");
    if (H5Gclose(group) < 0 && code == 0)
        code = fail(self, "meta");
    return code;
}

static int put_root(struct writer *self)
{
    const struct sim_meta *meta = self->shape->meta;
    const char *title = sim_meta_get(meta, "title"), *command = sim_meta_get(meta, "command");
    char source[200], now[32], history[4096];
    snprintf(source, sizeof source, "Pamir %.150s", self->shape->version);
    sim_provenance_now(now);
    snprintf(history, sizeof history, "%s: %.4000s", now, command == NULL ? "written by Pamir" : command);
    hid_t root = self->file;
    if (sim_h5_put_text(root, "Conventions", "CF-1.8") < 0 ||
        sim_h5_put_text(root, "title", title == NULL ? "Pamir batch" : title) < 0 ||
        sim_h5_put_text(root, "institution", sim_meta_get(meta, "institution")) < 0 ||
        sim_h5_put_text(root, "source", source) < 0 || sim_h5_put_text(root, "history", history) < 0)
        return fail(self, "a root attribute");
    return 0;
}

static hid_t create_file(const char *path)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), create = create_plist(H5P_FILE_CREATE);
    H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    H5Pset_file_locking(access, 1, 1);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, create, access);
    H5Pclose(create);
    H5Pclose(access);
    return file;
}

int sim_h5_write(const char *path, const struct sim_parts *parts, struct sim_error *error)
{
    const struct sim_parts_shape *shape = &parts->shape;
    struct writer self = {.parts = parts,
        .output = shape->output,
        .shape = shape,
        .path = path,
        .file = -1,
        .is_complete = parts->n_present == parts->n_rows && parts->n_failed == 0,
        .n_front = shape->n_points > 1 ? 3 : 2,
        .scales = {-1, -1, -1},
        .error = error};
    int32_t at = 0;
    if (shape->n_points > 1)
        self.front[at++] = (hsize_t)shape->n_points;
    self.front[at++] = (hsize_t)shape->n_arms;
    self.front[at] = (hsize_t)shape->n_replicates;
    sim_h5_quiet();
    errno = 0;
    int code = 0;
    self.text = sim_h5_text_type();
    self.dims = malloc((size_t)(shape->output->n_dimensions + 1) * sizeof *self.dims);
    if (self.text < 0 || self.dims == NULL) {
        code = sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", path);
        goto out;
    }
    for (int32_t d = 0; d < shape->output->n_dimensions; d++)
        self.dims[d] = -1;
    if ((self.file = create_file(path)) < 0) {
        code = fail(&self, "the file");
        goto out;
    }
    if ((code = put_root(&self)) < 0 || (code = put_groups(&self)) < 0 || (code = put_meta(&self)) < 0)
        goto out;
    ssize_t n_open = H5Fget_obj_count(self.file, H5F_OBJ_ALL);
    SIM_GUARD(n_open == 1, "%ld objects of the result file are still open", (long)n_open);
out:
    if (self.file >= 0 && H5Fclose(self.file) < 0 && code == 0)
        code = fail(&self, "the end of the file");
    if (self.text >= 0)
        H5Tclose(self.text);
    free(self.dims);
    return code < 0 ? code : sim_seal_add(path, error);
}
