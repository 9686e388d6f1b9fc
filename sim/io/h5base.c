#include "sim/io/h5base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <hdf5_hl.h>

void sim_h5_quiet(void)
{
    /* HDF5 tidies up at the end of a process, and crashes there when a disk that is full has left it with
     * what it cannot write. All files are closed by those who open them. */
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

/* Called for each level of HDF5's error stack from the innermost on; the first says what happened. */
static herr_t take_first(unsigned level, const H5E_error2_t *entry, void *user)
{
    char *out = user;
    (void)level;
    if (out[0] == 0 && entry->desc != NULL)
        snprintf(out, 200, "%s", entry->desc);
    return 0;
}

int sim_h5_fail(struct sim_error *error, int code, const char *format, ...)
{
    char text[400], inner[200] = "";
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_first, inner);
    H5Eclear2(H5E_DEFAULT);
    return sim_error_set(
        error, code, "%s%s%s%s", text, inner[0] ? " (HDF5: " : "", inner, inner[0] ? ")" : "");
}

hid_t sim_h5_text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 && (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0)) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

static const enum sim_type all_types[] = {
    SIM_I8, SIM_I16, SIM_I32, SIM_I64, SIM_U8, SIM_U32, SIM_U64, SIM_F32, SIM_F64};

hid_t sim_h5_type(enum sim_type type)
{
    switch (type) {
    case SIM_I8:
        return H5T_STD_I8LE;
    case SIM_I16:
        return H5T_STD_I16LE;
    case SIM_I32:
        return H5T_STD_I32LE;
    case SIM_I64:
        return H5T_STD_I64LE;
    case SIM_U8:
        return H5T_STD_U8LE;
    case SIM_U32:
        return H5T_STD_U32LE;
    case SIM_U64:
        return H5T_STD_U64LE;
    case SIM_F32:
        return H5T_IEEE_F32LE;
    case SIM_F64:
        return H5T_IEEE_F64LE;
    }
    return -1;
}

bool sim_h5_type_find(hid_t type, enum sim_type *out)
{
    for (int32_t i = 0; i < SIM_COUNT(all_types); i++)
        if (H5Tequal(type, sim_h5_type(all_types[i])) > 0) {
            *out = all_types[i];
            return true;
        }
    return false;
}

int sim_h5_put_value(hid_t object, const char *name, hid_t type, const void *value)
{
    hsize_t one = 1;
    hid_t space = H5Screate_simple(1, &one, NULL);
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    int status = attribute >= 0 && H5Awrite(attribute, type, value) >= 0 ? 0 : -1;
    if (attribute >= 0 && H5Aclose(attribute) < 0)
        status = -1;
    H5Sclose(space);
    return status;
}

int sim_h5_put_int(hid_t object, const char *name, int32_t value)
{
    return sim_h5_put_value(object, name, H5T_STD_I32LE, &value);
}

int sim_h5_put_text(hid_t object, const char *name, const char *text)
{
    if (text == NULL || text[0] == 0)
        return 0;
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR), attribute = -1;
    int status = -1;
    if (type >= 0 && space >= 0 && H5Tset_size(type, strlen(text)) >= 0 &&
        H5Tset_cset(type, H5T_CSET_UTF8) >= 0 && H5Tset_strpad(type, H5T_STR_NULLPAD) >= 0)
        attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute >= 0 && H5Awrite(attribute, type, text) >= 0)
        status = 0;
    if (attribute >= 0 && H5Aclose(attribute) < 0)
        status = -1;
    if (space >= 0)
        H5Sclose(space);
    if (type >= 0)
        H5Tclose(type);
    return status;
}

int sim_h5_get_text(
    hid_t object, const char *name, struct sim_arena *arena, const char **out, struct sim_error *error)
{
    *out = "";
    htri_t there = H5Aexists(object, name);
    if (there == 0)
        return 0;
    hid_t attribute = there > 0 ? H5Aopen(object, name, H5P_DEFAULT) : -1;
    hid_t type = attribute >= 0 ? H5Aget_type(attribute) : -1;
    hid_t space = attribute >= 0 ? H5Aget_space(attribute) : -1;
    int code = 0;
    if (type < 0 || space < 0 || H5Tget_class(type) != H5T_STRING ||
        H5Sget_simple_extent_npoints(space) != 1) {
        code = sim_h5_fail(error, SIM_ERROR_FORMAT, "the attribute '%.60s' is not a text", name);
    } else if (H5Tis_variable_str(type) > 0) {
        char *text = NULL;
        if (H5Aread(attribute, type, &text) < 0 || text == NULL)
            code = sim_h5_fail(error, SIM_ERROR_FORMAT, "the attribute '%.60s' cannot be read", name);
        else if ((*out = sim_arena_text(arena, text, (int64_t)strlen(text))) == NULL)
            code = sim_error_set(error, SIM_ERROR_MEMORY, "attribute '%.60s': out of memory", name);
        H5free_memory(text);
    } else {
        size_t n = H5Tget_size(type);
        char *text = n > 0 && n <= ((size_t)1 << 24) ? sim_arena_alloc(arena, (int64_t)n + 1) : NULL;
        if (text == NULL || H5Aread(attribute, type, text) < 0)
            code = sim_h5_fail(error, SIM_ERROR_FORMAT, "the attribute '%.60s' cannot be read", name);
        else
            *out = text;
    }
    if (space >= 0)
        H5Sclose(space);
    if (type >= 0)
        H5Tclose(type);
    if (attribute >= 0)
        H5Aclose(attribute);
    return code;
}

bool sim_h5_get_int(hid_t object, const char *name, int32_t *out)
{
    if (H5Aexists(object, name) <= 0)
        return false;
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute < 0)
        return false;
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    bool good = type >= 0 && space >= 0 && H5Tget_class(type) == H5T_INTEGER &&
                H5Sget_simple_extent_npoints(space) == 1 && H5Aread(attribute, H5T_NATIVE_INT32, out) >= 0;
    if (space >= 0)
        H5Sclose(space);
    if (type >= 0)
        H5Tclose(type);
    H5Aclose(attribute);
    return good;
}

static herr_t take_address(hid_t dataset, unsigned axis, hid_t scale, void *user)
{
    H5O_info_t info;
    (void)dataset;
    (void)axis;
    if (H5Oget_info2(scale, &info, H5O_INFO_BASIC) < 0)
        return -1;
    *(haddr_t *)user = info.addr;
    return 1;
}

struct scale_name {
    haddr_t address;
    struct sim_arena *arena;
    const char *name;
};

static herr_t take_name(hid_t group, const char *name, const H5L_info_t *link, void *user)
{
    struct scale_name *self = user;
    (void)group;
    if (link->type != H5L_TYPE_HARD || link->u.address != self->address)
        return 0;
    self->name = sim_arena_text(self->arena, name, (int64_t)strlen(name));
    return 1;
}

/* A scale stands beside what it measures: HDF5's own search for its name goes through the whole file. */
const char *sim_h5_axis_name(hid_t dataset, int axis, struct sim_arena *arena)
{
    struct scale_name scale = {HADDR_UNDEF, arena, NULL};
    char path[1024];
    ssize_t n = H5Iget_name(dataset, path, sizeof path);
    char *slash = n > 0 && n < (ssize_t)sizeof path ? strrchr(path, '/') : NULL;
    if (slash == NULL || H5DSget_num_scales(dataset, (unsigned)axis) <= 0 ||
        H5DSiterate_scales(dataset, (unsigned)axis, NULL, take_address, &scale.address) < 0)
        return "";
    slash[slash == path] = 0;
    hid_t group = H5Gopen2(dataset, path, H5P_DEFAULT);
    if (group >= 0) {
        H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, take_name, &scale);
        H5Gclose(group);
    }
    return scale.name == NULL ? "" : scale.name;
}
