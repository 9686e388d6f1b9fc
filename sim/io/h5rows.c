#include "sim/io/h5rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/io/h5base.h"
#include "sim/io/h5read.h"

#define BLOCK_BYTES ((int64_t)256 << 20) /* of rows rebuilt at a time */

/* A variable or constant found in the file, before its place in the order is known to be good. */
struct item {
    const char *group, *name;
    int32_t order;
    bool is_constant;
    hid_t dataset;
    enum sim_type stored; /* of a variable */
};

/* A coordinate that was compared already. */
struct known {
    const char *group, *name;
    int32_t dimension;
};

struct rebuilder {
    struct sim_h5_file file;
    struct sim_output output; /* rebuilt from the file */
    struct sim_h5_report *report;
    struct sim_error *error;
    struct sim_arena *arena; /* the file's */
    struct item *items;      /* variables in order, then constants in order */
    int32_t n_items, n_items_capacity;
    int32_t n_front;
    struct known known[256]; /* what does not fit is compared at every use */
    int32_t n_known;
    const char *const *arms;
    struct sim_h5_array arm, status, digests;
    const struct sim_h5_rows_sink *sink;   /* NULL: the rows are compared and let go */
    struct sim_h5_array seconds, messages; /* for a sink */
};

static int bad(struct rebuilder *self, const char *group, const char *name, const char *what)
{
    return sim_h5_fail(
        self->error, SIM_ERROR_FORMAT, "%.200s: '%.60s/%.60s' %s", self->file.path, group, name, what);
}

static int no_memory(struct rebuilder *self)
{
    return sim_error_set(self->error, SIM_ERROR_MEMORY, "%.300s: out of memory", self->file.path);
}

/* Checks the arm, replicate and point of one group against those of /meta. A group of constants has none; a
 * variable without them is refused where its axes are read. */
static int check_front(struct rebuilder *self, const char *group)
{
    struct sim_h5_array array;
    struct sim_h5_report *report = self->report;
    if (!sim_h5_has(&self->file, group, "arm") && !sim_h5_has(&self->file, group, "replicate") &&
        !sim_h5_has(&self->file, group, "point"))
        return 0;
    int code = sim_h5_read(&self->file, group, "arm", &array, self->error);
    if (code < 0)
        return code;
    if (array.texts == NULL || array.n != report->n_arms)
        code = bad(self, group, "arm", "differs from that of /meta");
    for (int32_t i = 0; i < report->n_arms && code == 0; i++)
        if (strcmp(array.texts[i], self->arms[i]) != 0)
            code = bad(self, group, "arm", "differs from that of /meta");
    sim_h5_array_free(&array);
    for (int which = report->n_points > 1 ? 0 : 1; which < 2 && code == 0; which++) {
        const char *name = which == 0 ? "point" : "replicate";
        int32_t n = which == 0 ? report->n_points : report->n_replicates;
        if ((code = sim_h5_read(&self->file, group, name, &array, self->error)) < 0)
            break;
        if (array.numbers == NULL || array.n != n)
            code = bad(self, group, name, "differs from that of /meta");
        for (int32_t i = 0; i < n && code == 0; i++)
            if (array.numbers[i] != i + which)
                code = bad(self, group, name, "does not count its rows");
        sim_h5_array_free(&array);
    }
    return code;
}

/* Reads what /meta says of the batch. */
static int read_front(struct rebuilder *self)
{
    struct sim_h5_report *report = self->report;
    struct sim_h5_array array;
    int code = sim_h5_read(&self->file, "meta", "arm", &self->arm, self->error);
    if (code < 0 || (code = sim_h5_read(&self->file, "meta", "row_status", &self->status, self->error)) < 0 ||
        (code = sim_h5_read(&self->file, "meta", "row_digest", &self->digests, self->error)) < 0)
        return code;
    if (self->arm.texts == NULL || self->arm.n < 1 || self->arm.n > INT32_MAX)
        return bad(self, "meta", "arm", "is not a list of names");
    self->arms = self->arm.texts;
    report->n_arms = (int32_t)self->arm.n;
    report->n_points = 1;
    self->n_front = 2;
    if (sim_h5_has(&self->file, "meta", "point")) {
        if ((code = sim_h5_read(&self->file, "meta", "point", &array, self->error)) < 0)
            return code;
        report->n_points = (int32_t)array.n;
        self->n_front = 3;
        sim_h5_array_free(&array);
    }
    if ((code = sim_h5_read(&self->file, "meta", "replicate", &array, self->error)) < 0)
        return code;
    report->n_replicates = (int32_t)array.n;
    sim_h5_array_free(&array);
    report->n_rows = (int64_t)report->n_points * report->n_arms * report->n_replicates;
    if (self->status.numbers == NULL || self->status.n != report->n_rows)
        return bad(self, "meta", "row_status", "has not one value for each row");
    if (self->digests.texts == NULL || self->digests.n != report->n_rows)
        return bad(self, "meta", "row_digest", "has not one text for each row");
    for (int64_t i = 0; i < report->n_rows; i++) {
        double status = self->status.numbers[i];
        if (!(status <= 0) || !(status >= -128))
            return bad(self, "meta", "row_status", "holds a number that is no status");
        report->n_missing += status == SIM_ERROR_MISSING;
        report->n_failed += status != 0 && status != SIM_ERROR_MISSING;
    }
    return check_front(self, "meta");
}

/* The texts of /meta, each against its own checksum. */
static int check_meta(struct rebuilder *self)
{
    struct sim_h5_names names;
    int code = sim_h5_list_variables(&self->file, "meta", false, &names, self->error);
    for (int32_t i = 0; i < names.n && code == 0; i++) {
        if (strncmp(names.names[i], "row_", 4) == 0)
            continue;
        const char *text, *claimed;
        uint8_t digest[SIM_DIGEST_BYTES];
        char hex[SIM_DIGEST_TEXT];
        if ((code = sim_h5_read_text(&self->file, names.names[i], &text, self->error)) < 0 ||
            (code = sim_h5_read_attribute(
                 &self->file, "meta", names.names[i], "sha256", &claimed, self->error)) < 0)
            break;
        sim_digest_bytes(text, (int64_t)strlen(text), digest);
        sim_digest_text(digest, hex);
        if (strcmp(hex, claimed) != 0)
            code =
                bad(self, "meta", names.names[i], "is not the text that was written (its SHA-256 differs)");
    }
    return code;
}

static int add_item(struct rebuilder *self, const char *group, const char *name)
{
    if (self->n_items == self->n_items_capacity) {
        int32_t capacity = self->n_items_capacity == 0 ? 64 : 2 * self->n_items_capacity;
        struct item *items = sim_arena_alloc(self->arena, capacity * (int64_t)sizeof *items);
        if (items == NULL)
            return no_memory(self);
        if (self->n_items > 0)
            memcpy(items, self->items, (size_t)self->n_items * sizeof *items);
        self->items = items;
        self->n_items_capacity = capacity;
    }
    struct item item = {.group = group, .name = name, .dataset = -1};
    hid_t parent = H5Gopen2(self->file.id, group, H5P_DEFAULT);
    if (parent >= 0) {
        item.dataset = H5Dopen2(parent, name, H5P_DEFAULT);
        H5Gclose(parent);
    }
    if (item.dataset < 0)
        return bad(self, group, name, "cannot be read");
    int code = 0;
    if (sim_h5_get_int(item.dataset, "constant_order", &item.order)) {
        item.is_constant = true;
    } else if (!sim_h5_get_int(item.dataset, "row_order", &item.order)) {
        H5Dclose(item.dataset);
        return bad(self, group, name, "has neither row_order nor constant_order: Pamir did not write it");
    }
    self->items[self->n_items++] = item;
    return code;
}

static int by_order(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->is_constant != y->is_constant)
        return x->is_constant - y->is_constant;
    return (x->order > y->order) - (x->order < y->order);
}

static int find_items(struct rebuilder *self)
{
    struct sim_h5_names groups, names;
    int code = sim_h5_list_groups(&self->file, &groups, self->error);
    for (int32_t g = 0; g < groups.n && code == 0; g++) {
        const char *group = groups.names[g];
        if (strcmp(group, "meta") == 0)
            continue;
        if ((code = check_front(self, group)) < 0 ||
            (code = sim_h5_list_variables(&self->file, group, false, &names, self->error)) < 0)
            break;
        for (int32_t i = 0; i < names.n && code == 0; i++)
            code = add_item(self, group, names.names[i]);
    }
    if (code < 0)
        return code;
    if (self->n_items > 1)
        qsort(self->items, (size_t)self->n_items, sizeof *self->items, by_order);
    int32_t n_variables = 0;
    while (n_variables < self->n_items && !self->items[n_variables].is_constant)
        n_variables++;
    for (int32_t i = 0; i < self->n_items; i++)
        if (self->items[i].order != i - (self->items[i].is_constant ? n_variables : 0))
            return bad(self, self->items[i].group, self->items[i].name,
                "is not where it should be in the order: another variable is missing or doubled");
    self->report->n_variables = n_variables;
    self->report->n_constants = self->n_items - n_variables;
    return 0;
}

static bool same_texts(const char *const *a, const char *const *b, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        if (strcmp(a[i], b[i]) != 0)
            return false;
    return true;
}

static bool same_dimension(const struct sim_dimension *a, const struct sim_dimension *b)
{
    if (a->length != b->length || strcmp(a->unit, b->unit) != 0 || strcmp(a->sentence, b->sentence) != 0 ||
        (a->labels == NULL) != (b->labels == NULL) || (a->values == NULL) != (b->values == NULL) ||
        (a->integers == NULL) != (b->integers == NULL))
        return false;
    size_t n = (size_t)a->length;
    return (a->labels == NULL || same_texts(a->labels, b->labels, a->length)) &&
           (a->values == NULL || memcmp(a->values, b->values, n * sizeof *a->values) == 0) &&
           (a->integers == NULL || memcmp(a->integers, b->integers, n * sizeof *a->integers) == 0);
}

/* Reads the coordinate `name` of a group as a dimension; its texts and numbers go to `array` and the arena.
 */
static int read_dimension(struct rebuilder *self, const char *group, const char *name,
    struct sim_dimension *out, struct sim_h5_array *array)
{
    int code = sim_h5_read(&self->file, group, name, array, self->error);
    if (code < 0)
        return code;
    *out = (struct sim_dimension){
        .name = name, .length = (int32_t)array->n, .unit = array->unit, .sentence = array->sentence};
    if (array->n < 1 || array->n > INT32_MAX || array->n_dims != 1)
        return bad(self, group, name, "is not a coordinate");
    if (array->texts != NULL) {
        out->labels = array->texts;
        return 0;
    }
    hid_t parent = H5Gopen2(self->file.id, group, H5P_DEFAULT);
    hid_t dataset = parent >= 0 ? H5Dopen2(parent, name, H5P_DEFAULT) : -1;
    hid_t type = dataset >= 0 ? H5Dget_type(dataset) : -1;
    enum sim_type found;
    if (type >= 0 && H5Tequal(type, H5T_IEEE_F32BE) > 0) {
        /* A dimension without a coordinate. */
    } else if (type < 0 || !sim_h5_type_find(type, &found) || (found != SIM_F64 && found != SIM_I64)) {
        code = bad(self, group, name, "is of a type that no coordinate has");
    } else {
        void *values = sim_arena_alloc(&array->arena, array->n * 8);
        if (values == NULL)
            code = no_memory(self);
        else if (H5Dread(dataset, sim_h5_type(found), H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
            code = bad(self, group, name, "cannot be read");
        else if (found == SIM_F64)
            out->values = values;
        else
            out->integers = values;
    }
    if (type >= 0)
        H5Tclose(type);
    if (dataset >= 0)
        H5Dclose(dataset);
    if (parent >= 0)
        H5Gclose(parent);
    return code;
}

/* The index in the rebuilt output of the coordinate `name` of this group; adds it at its first use, compares
 * later. */
static int32_t find_dimension(struct rebuilder *self, const char *group, const char *name)
{
    struct sim_h5_array array = {0};
    struct sim_dimension dimension;
    int32_t d = 0;
    for (int32_t i = 0; i < self->n_known; i++)
        if (strcmp(self->known[i].name, name) == 0 && strcmp(self->known[i].group, group) == 0)
            return self->known[i].dimension;
    int code = read_dimension(self, group, name, &dimension, &array);
    if (code == 0) {
        while (d < self->output.n_dimensions && strcmp(self->output.dimensions[d].name, name) != 0)
            d++;
        if (d == self->output.n_dimensions)
            code = d = sim_output_add_dimension(&self->output, &dimension, self->error);
        else if (!same_dimension(&dimension, &self->output.dimensions[d]))
            code = bad(self, group, name, "differs from the coordinate of that name in another group");
    }
    sim_h5_array_free(&array);
    if (code < 0)
        return code;
    if (self->n_known < SIM_COUNT(self->known))
        self->known[self->n_known++] = (struct known){group, name, d};
    return d;
}

/* The dimensions of a variable beyond the first `n_skip`, as indices of the rebuilt output; checks the
 * lengths. */
static int read_dims(
    struct rebuilder *self, const struct item *item, int32_t n_skip, int32_t *dims, int32_t *n_dims)
{
    static const char *const front[] = {"point", "arm", "replicate"};
    hsize_t lengths[H5S_MAX_RANK];
    hid_t space = H5Dget_space(item->dataset);
    int rank = space >= 0 ? H5Sget_simple_extent_dims(space, lengths, NULL) : -1;
    if (space >= 0)
        H5Sclose(space);
    if (rank < n_skip || rank > n_skip + SIM_OUTPUT_DIMS)
        return bad(self, item->group, item->name, "has a wrong number of dimensions");
    *n_dims = rank - n_skip;
    for (int i = 0; i < rank; i++) {
        const char *axis = sim_h5_axis_name(item->dataset, i, self->arena);
        if (axis[0] == 0)
            return bad(self, item->group, item->name, "has an axis without a name");
        if (i < n_skip) {
            const struct sim_h5_report *report = self->report;
            int which = i + 3 - n_skip;
            int32_t n = which == 0 ? report->n_points : which == 1 ? report->n_arms : report->n_replicates;
            if (strcmp(axis, front[which]) != 0 || lengths[i] != (hsize_t)n)
                return bad(self, item->group, item->name, "does not begin with arm and replicate");
            continue;
        }
        int32_t d = find_dimension(self, item->group, axis);
        if (d < 0)
            return d;
        if (lengths[i] != (hsize_t)self->output.dimensions[d].length)
            return bad(self, item->group, item->name, "is not as long as its coordinate");
        dims[i - n_skip] = d;
    }
    return 0;
}

static int rebuild_variable(struct rebuilder *self, struct item *item)
{
    struct sim_variable variable = {.group = item->group, .name = item->name};
    int code = read_dims(self, item, self->n_front, variable.dims, &variable.n_dims);
    const char *integer_type = "";
    if (code < 0 ||
        (code = sim_h5_get_text(item->dataset, "units", self->arena, &variable.unit, self->error)) < 0 ||
        (code = sim_h5_get_text(item->dataset, "long_name", self->arena, &variable.sentence, self->error)) <
            0 ||
        (code = sim_h5_get_text(item->dataset, "moment", self->arena, &variable.tag, self->error)) < 0 ||
        (code = sim_h5_get_text(item->dataset, "integer_type", self->arena, &integer_type, self->error)) < 0)
        return code;
    hid_t type = H5Dget_type(item->dataset);
    bool good = type >= 0 && sim_h5_type_find(type, &item->stored);
    if (type >= 0)
        H5Tclose(type);
    if (!good)
        return bad(self, item->group, item->name, "is of a type that no variable has");
    variable.type = item->stored;
    if (integer_type[0] != 0) {
        static const enum sim_type small[] = {SIM_I8, SIM_I16, SIM_I32, SIM_U8, SIM_U32};
        good = false;
        for (int32_t i = 0; i < SIM_COUNT(small) && !good; i++)
            if (strcmp(integer_type, sim_type_name(small[i])) == 0) {
                variable.type = small[i];
                good = item->stored == SIM_F64;
            }
        if (!good)
            return bad(self, item->group, item->name, "says a wrong integer_type");
    }
    code = sim_output_add_variable(&self->output, &variable, self->error);
    return code < 0 ? code : 0;
}

static int rebuild_constant(struct rebuilder *self, const struct item *item)
{
    struct sim_constant constant = {.group = item->group, .name = item->name};
    struct sim_h5_array array;
    int code = read_dims(self, item, 0, constant.dims, &constant.n_dims);
    if (code < 0 || (code = sim_h5_read(&self->file, item->group, item->name, &array, self->error)) < 0)
        return code;
    constant.unit = array.unit;
    constant.sentence = array.sentence;
    constant.texts = array.texts;
    constant.numbers = array.numbers;
    code = sim_output_add_constant(&self->output, &constant, self->error);
    sim_h5_array_free(&array);
    return code < 0 ? code : 0;
}

/* A stored value of a row that is not there: the fill, and nothing else. */
static bool is_fill(const void *values, enum sim_type stored, int64_t i)
{
    switch (stored) {
    case SIM_F32:
        return isnan(((const float *)values)[i]);
    case SIM_F64:
        return isnan(((const double *)values)[i]);
    case SIM_I64:
        return ((const int64_t *)values)[i] == INT64_MIN;
    case SIM_U64:
        return ((const uint64_t *)values)[i] == UINT64_MAX;
    default:
        return false;
    }
}

/* Back from float64 to the integer that a row holds; false when the number is none of the type. */
static bool narrow(double value, enum sim_type type, uint8_t *out)
{
    static const double low[] = {INT8_MIN, INT16_MIN, INT32_MIN}, high[] = {INT8_MAX, INT16_MAX, INT32_MAX};
    bool is_signed = type == SIM_I8 || type == SIM_I16 || type == SIM_I32;
    double least = is_signed ? low[type - SIM_I8] : 0;
    double most = is_signed ? high[type - SIM_I8] : type == SIM_U8 ? UINT8_MAX : UINT32_MAX;
    if (!(value >= least && value <= most) || value != (double)(int64_t)value)
        return false;
    int64_t integer = (int64_t)value;
    memcpy(out, &integer, (size_t)sim_type_bytes(type)); /* little-endian: the low bytes come first */
    return true;
}

/* Puts the stored values of replicates first .. first + n - 1 into the rows. */
static int scatter(
    struct rebuilder *self, int32_t v, int64_t first_row, int64_t n, const uint8_t *values, uint8_t *rows)
{
    const struct sim_variable *variable = &self->output.variables[v];
    const struct item *item = &self->items[v];
    int64_t stored_bytes = sim_type_bytes(item->stored), bytes = sim_type_bytes(variable->type);
    for (int64_t r = 0; r < n; r++) {
        const uint8_t *from = values + r * variable->n_values * stored_bytes;
        uint8_t *to = rows + r * self->output.row_bytes + variable->offset;
        if (self->status.numbers[first_row + r] != 0) {
            for (int64_t i = 0; i < variable->n_values; i++)
                if (!is_fill(from, item->stored, i))
                    return bad(
                        self, item->group, item->name, "holds a value in a row that failed or is missing");
        } else if (item->stored == variable->type) {
            memcpy(to, from, (size_t)(variable->n_values * bytes));
        } else {
            for (int64_t i = 0; i < variable->n_values; i++)
                if (!narrow(((const double *)(const void *)from)[i], variable->type, to + i * bytes))
                    return bad(
                        self, item->group, item->name, "holds a number that its integer_type does not have");
        }
    }
    return 0;
}

static int read_block(
    struct rebuilder *self, int32_t v, int32_t point, int32_t arm, int32_t first, int32_t n, void *values)
{
    const struct sim_variable *variable = &self->output.variables[v];
    hsize_t start[3 + SIM_OUTPUT_DIMS] = {0}, count[3 + SIM_OUTPUT_DIMS];
    int at = 0;
    if (self->n_front == 3)
        start[at++] = (hsize_t)point;
    start[at++] = (hsize_t)arm;
    start[at] = (hsize_t)first;
    for (int i = 0; i < self->n_front; i++)
        count[i] = i == at ? (hsize_t)n : 1;
    for (int i = 0; i < variable->n_dims; i++)
        count[self->n_front + i] = (hsize_t)self->output.dimensions[variable->dims[i]].length;
    /* Memory of the selection's shape: HDF5 matches shapes of other rank value by value. */
    hid_t memory = H5Screate_simple(self->n_front + variable->n_dims, count, NULL);
    hid_t space = H5Dget_space(self->items[v].dataset);
    bool good = memory >= 0 && space >= 0 &&
                H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                H5Dread(self->items[v].dataset, sim_h5_type(self->items[v].stored), memory, space,
                    H5P_DEFAULT, values) >= 0;
    if (space >= 0)
        H5Sclose(space);
    if (memory >= 0)
        H5Sclose(memory);
    return good ? 0 : bad(self, self->items[v].group, self->items[v].name, "cannot be read");
}

static int check_row(struct rebuilder *self, int64_t row, int32_t replicate, const uint8_t *payload,
    struct sim_parts_total *total)
{
    int64_t arm = row / self->report->n_replicates % self->report->n_arms;
    int64_t point = row / self->report->n_replicates / self->report->n_arms;
    int32_t status = (int32_t)self->status.numbers[row];
    if (status == SIM_ERROR_MISSING) {
        if (self->digests.texts[row][0] != 0)
            return bad(self, "meta", "row_digest", "holds a digest for a row that is missing");
        sim_parts_total_add(total, NULL);
        return 0;
    }
    uint8_t digest[SIM_DIGEST_BYTES];
    char hex[SIM_DIGEST_TEXT];
    sim_parts_row_digest((int32_t)point, (int32_t)arm, replicate, status, payload,
        status == 0 ? self->output.row_bytes : 0, digest);
    sim_digest_text(digest, hex);
    if (strcmp(hex, self->digests.texts[row]) != 0)
        return sim_error_set(self->error, SIM_ERROR_FORMAT,
            "%.200s: the values of point %d, arm '%.60s', replicate %d are not those that were written "
            "(their SHA-256 "
            "differs)",
            self->file.path, (int)point, self->arms[arm], (int)replicate + 1);
    sim_parts_total_add(total, digest);
    if (self->sink == NULL)
        return 0;
    struct sim_parts_row found = {.point = (int32_t)point,
        .arm = (int32_t)arm,
        .replicate = replicate,
        .status = status,
        .wall_seconds = self->seconds.numbers[row],
        .message = self->messages.texts[row]};
    memcpy(found.digest, digest, sizeof found.digest);
    return self->sink->take(self->sink->user, &found, status == 0 ? payload : NULL, self->error);
}

static int check_rows(struct rebuilder *self, struct sim_parts_total *total)
{
    const struct sim_h5_report *report = self->report;
    const struct sim_output *output = &self->output;
    int64_t row_bytes = output->row_bytes > 0 ? output->row_bytes : 8, widest = 8;
    int64_t block = BLOCK_BYTES / row_bytes;
    if (block > report->n_replicates)
        block = report->n_replicates;
    if (block < 1)
        block = 1;
    for (int32_t v = 0; v < output->n_variables; v++) {
        int64_t bytes = output->variables[v].n_values * sim_type_bytes(self->items[v].stored);
        widest = bytes > widest ? bytes : widest;
    }
    uint8_t *rows = malloc((size_t)(block * row_bytes)), *values = malloc((size_t)(block * widest));
    int code = rows == NULL || values == NULL ? no_memory(self) : 0;
    for (int32_t point = 0; point < report->n_points && code == 0; point++)
        for (int32_t arm = 0; arm < report->n_arms && code == 0; arm++)
            for (int32_t first = 0; first < report->n_replicates && code == 0; first += (int32_t)block) {
                int32_t n =
                    report->n_replicates - first < block ? report->n_replicates - first : (int32_t)block;
                int64_t first_row = ((int64_t)point * report->n_arms + arm) * report->n_replicates + first;
                memset(rows, 0, (size_t)(n * row_bytes));
                for (int32_t v = 0; v < output->n_variables && code == 0; v++)
                    if ((code = read_block(self, v, point, arm, first, n, values)) == 0)
                        code = scatter(self, v, first_row, n, values, rows);
                for (int32_t r = 0; r < n && code == 0; r++)
                    code = check_row(self, first_row + r, first + r, rows + r * row_bytes, total);
            }
    free(values);
    free(rows);
    return code;
}

/* What only a sink wants to know of a row. */
static int read_about_rows(struct rebuilder *self)
{
    int64_t n = self->report->n_rows;
    int code = sim_h5_read(&self->file, "meta", "row_seconds", &self->seconds, self->error);
    if (code < 0 ||
        (code = sim_h5_read(&self->file, "meta", "row_message", &self->messages, self->error)) < 0)
        return code;
    if (self->seconds.numbers == NULL || self->seconds.n != n)
        return bad(self, "meta", "row_seconds", "has not one value for each row");
    if (self->messages.texts == NULL || self->messages.n != n)
        return bad(self, "meta", "row_message", "has not one text for each row");
    return self->sink->begin(
        self->sink->user, &self->file, &self->output, self->report, self->arms, self->error);
}

static int rebuild(struct rebuilder *self)
{
    struct sim_h5_report *report = self->report;
    struct sim_parts_total total;
    const char *claimed;
    int code;
    if ((code = read_front(self)) < 0 || (code = check_meta(self)) < 0 || (code = find_items(self)) < 0)
        return code;
    for (int32_t i = 0; i < self->n_items && code == 0; i++)
        code = self->items[i].is_constant ? rebuild_constant(self, &self->items[i])
                                          : rebuild_variable(self, &self->items[i]);
    if (code < 0 || (code = sim_h5_read_text(&self->file, "digest", &claimed, self->error)) < 0 ||
        (self->sink != NULL && (code = read_about_rows(self)) < 0))
        return code;
    sim_parts_total_begin(
        &total, &self->output, report->n_points, report->n_arms, report->n_replicates, self->arms);
    code = check_rows(self, &total);
    sim_parts_total_end(&total, report->digest);
    if (code == 0 && (claimed == NULL || strcmp(claimed, report->digest) != 0))
        code = sim_error_set(self->error, SIM_ERROR_FORMAT,
            "%.250s: the values are those that were written, but a name, unit, sentence, coordinate or "
            "constant is not "
            "(the digest differs)",
            self->file.path);
    return code;
}

int sim_h5_rows_read(const char *path, struct sim_h5_report *report, const struct sim_h5_rows_sink *sink,
    struct sim_error *error)
{
    struct rebuilder self = {.report = report, .error = error, .sink = sink};
    *report = (struct sim_h5_report){0};
    sim_output_init(&self.output);
    int code = sim_h5_open_unguarded(&self.file, path, error);
    if (code == 0) {
        self.arena = &self.file.arena;
        code = rebuild(&self);
        if (code == SIM_ERROR_MISSING) /* of the file, which is there */
            code = error->code = SIM_ERROR_FORMAT;
        for (int32_t i = 0; i < self.n_items; i++)
            H5Dclose(self.items[i].dataset);
    }
    sim_h5_array_free(&self.arm);
    sim_h5_array_free(&self.status);
    sim_h5_array_free(&self.digests);
    sim_h5_array_free(&self.seconds);
    sim_h5_array_free(&self.messages);
    sim_output_free(&self.output);
    sim_h5_close(&self.file);
    return code;
}

struct sim_child_limits sim_h5_rows_limits(const char *path)
{
    struct stat status;
    double megabytes = stat(path, &status) == 0 ? (double)status.st_size / 1e6 : 0;
    /* Deflate packs a thousand to one at most. */
    return (struct sim_child_limits){0.5 + 5 * megabytes, ((int64_t)4 << 30) + (int64_t)(16e6 * megabytes)};
}
