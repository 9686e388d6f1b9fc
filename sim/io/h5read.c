#include "sim/io/h5read.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <hdf5_hl.h>

#include "sim/io/h5base.h"
#include "sim/io/h5rows.h"
#include "sim/io/seal.h"

int sim_h5_open_unguarded(struct sim_h5_file *self, const char *path, struct sim_error *error)
{
    sim_h5_quiet();
    *self = (struct sim_h5_file){0};
    sim_arena_init(&self->arena);
    self->path = sim_arena_text(&self->arena, path, (int64_t)strlen(path));
    if (self->path == NULL)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", path);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    /* Locks that a file system lacks must not keep anyone from reading; strong: closing the file closes all
     * in it. */
    H5Pset_file_locking(access, 1, 1);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, access);
    H5Pclose(access);
    if (file < 0) {
        sim_h5_fail(error, SIM_ERROR_FORMAT, "%.250s: is not a readable HDF5 file", path);
        sim_h5_close(self);
        return error->code;
    }
    self->id = file;
    return 0;
}

void sim_h5_close(struct sim_h5_file *self)
{
    if (self->id > 0)
        H5Fclose(self->id);
    sim_arena_free(&self->arena);
    *self = (struct sim_h5_file){0};
}

static int no_memory(const struct sim_h5_file *self, struct sim_error *error)
{
    return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", self->path);
}

/* Opens a group by name ("" or "/": the root). */
static hid_t open_group(const struct sim_h5_file *self, const char *group, struct sim_error *error)
{
    hid_t id = H5Gopen2(self->id, group[0] ? group : "/", H5P_DEFAULT);
    if (id < 0)
        sim_h5_fail(error, SIM_ERROR_MISSING, "%.250s: there is no group '%.60s'", self->path, group);
    return id;
}

/* How the links of a group are ordered: as created where the file tracks it, else by name. */
static H5_index_t link_index(hid_t group)
{
    unsigned flags = 0;
    hid_t plist = H5Gget_create_plist(group);
    if (plist >= 0) {
        H5Pget_link_creation_order(plist, &flags);
        H5Pclose(plist);
    }
    return flags & H5P_CRT_ORDER_INDEXED ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
}

enum pick { PICK_GROUPS, PICK_VARIABLES, PICK_COORDINATES };

/* Whether the object belongs to the pick; -1 when it cannot be read. */
static int is_picked(hid_t object, enum pick pick)
{
    H5I_type_t kind = H5Iget_type(object);
    if (pick == PICK_GROUPS)
        return kind == H5I_GROUP;
    if (kind != H5I_DATASET)
        return 0;
    htri_t is_scale = H5DSis_scale(object);
    return is_scale < 0 ? -1 : (is_scale > 0) == (pick == PICK_COORDINATES);
}

static int list(struct sim_h5_file *self, const char *group_name, enum pick pick, struct sim_h5_names *out,
    struct sim_error *error)
{
    sim_h5_quiet();
    *out = (struct sim_h5_names){0};
    hid_t group = open_group(self, group_name, error);
    if (group < 0)
        return error->code;
    int code = 0;
    H5G_info_t info;
    const char **names = NULL;
    if (H5Gget_info(group, &info) < 0 || info.nlinks > 100000) {
        code =
            sim_h5_fail(error, SIM_ERROR_FORMAT, "%.250s: group '%.60s' is damaged", self->path, group_name);
        goto out;
    }
    H5_index_t index = link_index(group);
    names = sim_arena_alloc(&self->arena, ((int64_t)info.nlinks + 1) * (int64_t)sizeof *names);
    if (names == NULL) {
        code = no_memory(self, error);
        goto out;
    }
    for (hsize_t i = 0; i < info.nlinks && code == 0; i++) {
        ssize_t length = H5Lget_name_by_idx(group, ".", index, H5_ITER_INC, i, NULL, 0, H5P_DEFAULT);
        char *name = length >= 0 && length < 4096 ? sim_arena_alloc(&self->arena, (int64_t)length + 1) : NULL;
        hid_t object = -1;
        int picked = -1;
        if (name != NULL &&
            H5Lget_name_by_idx(group, ".", index, H5_ITER_INC, i, name, (size_t)length + 1, H5P_DEFAULT) >= 0)
            object = H5Oopen(group, name, H5P_DEFAULT);
        if (object >= 0)
            picked = is_picked(object, pick);
        if (picked < 0)
            code = sim_h5_fail(error, SIM_ERROR_FORMAT, "%.250s: '%.60s/%.60s' cannot be read", self->path,
                group_name, name == NULL ? "?" : name);
        else if (picked)
            names[out->n++] = name;
        if (object >= 0)
            H5Oclose(object);
    }
    out->names = names;
out:
    H5Gclose(group);
    return code;
}

int sim_h5_list_groups(struct sim_h5_file *self, struct sim_h5_names *out, struct sim_error *error)
{
    return list(self, "", PICK_GROUPS, out, error);
}

int sim_h5_list_variables(struct sim_h5_file *self, const char *group, bool coordinates,
    struct sim_h5_names *out, struct sim_error *error)
{
    return list(self, group, coordinates ? PICK_COORDINATES : PICK_VARIABLES, out, error);
}

bool sim_h5_has(const struct sim_h5_file *self, const char *group, const char *name)
{
    sim_h5_quiet();
    hid_t root = group[0] == 0 || H5Lexists(self->id, group, H5P_DEFAULT) > 0
                     ? H5Gopen2(self->id, group[0] ? group : "/", H5P_DEFAULT)
                     : -1;
    if (root < 0)
        return false;
    bool there = name[0] == 0 || H5Lexists(root, name, H5P_DEFAULT) > 0;
    H5Gclose(root);
    return there;
}

static int read_texts(hid_t dataset, hid_t space, struct sim_h5_array *out)
{
    const char **texts = sim_arena_alloc(&out->arena, (out->n + 1) * (int64_t)sizeof *texts);
    char **raw = sim_arena_alloc(&out->arena, (out->n + 1) * (int64_t)sizeof *raw);
    hid_t type = sim_h5_text_type();
    int code = 0;
    if (texts == NULL || raw == NULL || type < 0)
        code = SIM_ERROR_MEMORY;
    else if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw) < 0)
        code = SIM_ERROR_FORMAT;
    for (int64_t i = 0; i < out->n && code == 0; i++) {
        texts[i] = raw[i] == NULL ? "" : sim_arena_text(&out->arena, raw[i], (int64_t)strlen(raw[i]));
        if (texts[i] == NULL)
            code = SIM_ERROR_MEMORY;
    }
    if (raw != NULL && code != SIM_ERROR_FORMAT)
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, raw);
    if (type >= 0)
        H5Tclose(type);
    out->texts = texts;
    return code;
}

static int read_numbers(hid_t dataset, struct sim_h5_array *out)
{
    out->numbers = sim_arena_alloc(&out->arena, (out->n + 1) * (int64_t)sizeof(double));
    if (out->numbers == NULL)
        return SIM_ERROR_MEMORY;
    if (H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, out->numbers) < 0)
        return SIM_ERROR_FORMAT;
    if (H5Aexists(dataset, "_FillValue") <= 0)
        return 0;
    double nothing = 0;
    hid_t attribute = H5Aopen(dataset, "_FillValue", H5P_DEFAULT);
    hid_t space = attribute >= 0 ? H5Aget_space(attribute) : -1;
    bool good = space >= 0 && H5Sget_simple_extent_npoints(space) == 1 &&
                H5Aread(attribute, H5T_NATIVE_DOUBLE, &nothing) >= 0;
    if (space >= 0)
        H5Sclose(space);
    if (attribute >= 0)
        H5Aclose(attribute);
    for (int64_t i = 0; i < out->n && good; i++)
        if (out->numbers[i] == nothing)
            out->numbers[i] = (double)NAN;
    return good ? 0 : SIM_ERROR_FORMAT;
}

int sim_h5_read(struct sim_h5_file *self, const char *group_name, const char *name, struct sim_h5_array *out,
    struct sim_error *error)
{
    sim_h5_quiet();
    *out = (struct sim_h5_array){0};
    sim_arena_init(&out->arena);
    hid_t group = open_group(self, group_name, error), dataset = -1, space = -1, type = -1;
    if (group < 0)
        return error->code;
    int code = 0;
    hsize_t lengths[H5S_MAX_RANK];
    if (H5Lexists(group, name, H5P_DEFAULT) <= 0) {
        code = sim_h5_fail(
            error, SIM_ERROR_MISSING, "%.250s: there is no '%.60s/%.60s'", self->path, group_name, name);
        goto out;
    }
    code = SIM_ERROR_FORMAT;
    dataset = H5Dopen2(group, name, H5P_DEFAULT);
    if (dataset < 0 || (space = H5Dget_space(dataset)) < 0 || (type = H5Dget_type(dataset)) < 0)
        goto out;
    int rank = H5Sget_simple_extent_ndims(space);
    H5T_class_t class = H5Tget_class(type);
    if (rank < 0 || rank > SIM_H5_DIMS || H5Sget_simple_extent_dims(space, lengths, NULL) < 0 ||
        (class != H5T_STRING && class != H5T_INTEGER && class != H5T_FLOAT) ||
        (class == H5T_STRING && H5Tis_variable_str(type) <= 0))
        goto out;
    out->n = 1;
    out->n_dims = rank;
    for (int i = 0; i < rank; i++) {
        if (lengths[i] > ((hsize_t)1 << 40) / (hsize_t)out->n)
            goto out; /* more than any file of ours holds */
        out->lengths[i] = (int64_t)lengths[i];
        out->n *= lengths[i] > 0 ? (int64_t)lengths[i] : 1;
    }
    bool is_scale = H5DSis_scale(dataset) > 0;
    for (int i = 0; i < rank; i++) {
        if (lengths[i] == 0)
            out->n = 0;
        out->dims[i] = is_scale ? sim_arena_text(&out->arena, name, (int64_t)strlen(name))
                                : sim_h5_axis_name(dataset, i, &out->arena);
        if (out->dims[i] == NULL)
            out->dims[i] = "";
    }
    code = class == H5T_STRING ? read_texts(dataset, space, out) : read_numbers(dataset, out);
    if (code == 0 && (code = sim_h5_get_text(dataset, "units", &out->arena, &out->unit, error)) == 0 &&
        (code = sim_h5_get_text(dataset, "long_name", &out->arena, &out->sentence, error)) == 0)
        code = sim_h5_get_text(dataset, "moment", &out->arena, &out->moment, error);
out:
    if (code == SIM_ERROR_MEMORY)
        no_memory(self, error);
    else if (code < 0)
        sim_h5_fail(error, code, "%.200s: '%.60s/%.60s' cannot be read", self->path, group_name, name);
    if (type >= 0)
        H5Tclose(type);
    if (space >= 0)
        H5Sclose(space);
    if (dataset >= 0)
        H5Dclose(dataset);
    H5Gclose(group);
    if (code < 0)
        sim_h5_array_free(out);
    return code;
}

void sim_h5_array_free(struct sim_h5_array *self)
{
    sim_arena_free(&self->arena);
    *self = (struct sim_h5_array){0};
}

int32_t sim_h5_array_dim(const struct sim_h5_array *self, const char *name)
{
    for (int32_t i = 0; i < self->n_dims; i++)
        if (strcmp(self->dims[i], name) == 0)
            return i;
    return -1;
}

int sim_h5_read_text(struct sim_h5_file *self, const char *name, const char **out, struct sim_error *error)
{
    *out = NULL;
    if (!sim_h5_has(self, "meta", name))
        return 0;
    struct sim_h5_array array;
    int code = sim_h5_read(self, "meta", name, &array, error);
    if (code < 0)
        return code;
    if (array.texts == NULL || array.n != 1)
        code =
            sim_error_set(error, SIM_ERROR_FORMAT, "%.250s: 'meta/%.60s' is not one text", self->path, name);
    else if ((*out = sim_arena_text(&self->arena, array.texts[0], (int64_t)strlen(array.texts[0]))) == NULL)
        code = no_memory(self, error);
    sim_h5_array_free(&array);
    return code;
}

int sim_h5_read_attribute(struct sim_h5_file *self, const char *group_name, const char *name,
    const char *attribute, const char **out, struct sim_error *error)
{
    sim_h5_quiet();
    *out = "";
    hid_t group = open_group(self, group_name, error);
    if (group < 0)
        return error->code;
    hid_t object = name[0] ? H5Oopen(group, name, H5P_DEFAULT) : group;
    int code;
    if (object < 0)
        code = sim_h5_fail(
            error, SIM_ERROR_MISSING, "%.250s: there is no '%.60s/%.60s'", self->path, group_name, name);
    else
        code = sim_h5_get_text(object, attribute, &self->arena, out, error);
    if (name[0] && object >= 0)
        H5Oclose(object);
    H5Gclose(group);
    return code;
}

/* Reads every attribute of an object; what they say does not matter here. */
static void walk_attributes(hid_t object, struct sim_arena *arena)
{
    struct sim_error ignored = {0};
    const char *text;
    char name[256];
    H5O_info_t info;
    if (H5Oget_info2(object, &info, H5O_INFO_NUM_ATTRS) < 0)
        return;
    for (hsize_t i = 0; i < info.num_attrs; i++)
        if (H5Aget_name_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT) >=
            0)
            sim_h5_get_text(object, name, arena, &text, &ignored);
}

static void walk_group(struct sim_h5_file *self, const char *name)
{
    struct sim_error ignored = {0};
    struct sim_h5_names names;
    hid_t group = open_group(self, name, &ignored);
    if (group < 0)
        return;
    walk_attributes(group, &self->arena);
    for (int coordinates = 0; coordinates < 2; coordinates++) {
        ignored = (struct sim_error){0};
        if (sim_h5_list_variables(self, name, coordinates == 1, &names, &ignored) < 0)
            continue;
        for (int32_t i = 0; i < names.n; i++) {
            struct sim_h5_array array;
            ignored = (struct sim_error){0};
            sim_h5_read(self, name, names.names[i], &array, &ignored);
            sim_h5_array_free(&array);
            hid_t dataset = H5Dopen2(group, names.names[i], H5P_DEFAULT);
            if (dataset >= 0) {
                walk_attributes(dataset, &self->arena);
                H5Dclose(dataset);
            }
        }
    }
    H5Gclose(group);
}

/* Reads all that can be read by the functions of this room: if HDF5 lives through it here, it will again. */
static int walk(void *user, struct sim_error *error)
{
    struct sim_h5_file file;
    struct sim_h5_names groups;
    struct sim_error ignored = {0};
    int code = sim_h5_open_unguarded(&file, user, error);
    if (code < 0)
        return code;
    walk_group(&file, "");
    if (sim_h5_list_groups(&file, &groups, &ignored) == 0)
        for (int32_t i = 0; i < groups.n; i++)
            walk_group(&file, groups.names[i]);
    sim_h5_close(&file);
    return 0;
}

int sim_h5_open(struct sim_h5_file *self, const char *path, struct sim_error *error)
{
    bool is_sealed;
    *self = (struct sim_h5_file){0};
    int code = sim_seal_check(path, &is_sealed, error);
    if (code == 0 && !is_sealed)
        code = sim_child_run(path, walk, (void *)(uintptr_t)path, NULL, 0, sim_h5_rows_limits(path), error);
    if (code < 0 || (code = sim_h5_open_unguarded(self, path, error)) < 0)
        return code;
    self->is_sealed = is_sealed;
    return 0;
}
