#include "sim/data/table.h"

#include <inttypes.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

int32_t sim_type_bytes(enum sim_type type)
{
    static const int8_t bytes[] = {[SIM_I8] = 1,
        [SIM_I16] = 2,
        [SIM_I32] = 4,
        [SIM_I64] = 8,
        [SIM_U8] = 1,
        [SIM_U32] = 4,
        [SIM_U64] = 8,
        [SIM_F32] = 4,
        [SIM_F64] = 8};
    return bytes[type];
}

const char *sim_type_name(enum sim_type type)
{
    static const char *const name[] = {[SIM_I8] = "int8",
        [SIM_I16] = "int16",
        [SIM_I32] = "int32",
        [SIM_I64] = "int64",
        [SIM_U8] = "uint8",
        [SIM_U32] = "uint32",
        [SIM_U64] = "uint64",
        [SIM_F32] = "float32",
        [SIM_F64] = "float64"};
    return name[type];
}

static struct sim_table_head *head_of(void *self)
{
    return self;
}

static const struct sim_table_head *const_head_of(const void *self)
{
    return self;
}

/* The column's pointer lies in a struct that only the caller's type knows; memcpy reads it without breaking
 * the aliasing rules. */
static char *column_of(const void *self, const struct sim_column *column)
{
    char *values;
    memcpy(&values, (const char *)self + column->offset, sizeof values);
    return values;
}

static void set_column(void *self, const struct sim_column *column, const char *values)
{
    memcpy((char *)self + column->offset, &values, sizeof values);
}

static int64_t bytes_of(const struct sim_column *column, sim_row n)
{
    return (int64_t)n * sim_type_bytes(column->type);
}

static int reserve(void *self, const struct sim_table_type *type, struct sim_arena *arena, sim_row capacity,
    struct sim_error *error)
{
    struct sim_table_head *head = head_of(self);
    for (int32_t i = 0; i < type->n_columns; i++) {
        const struct sim_column *column = &type->columns[i];
        char *values = sim_arena_alloc(arena, bytes_of(column, capacity));
        if (!values)
            return sim_error_set(error, SIM_ERROR_MEMORY, "table %s, column %s: no memory for %d rows",
                type->name, column->name, capacity);
        if (head->n > 0)
            memcpy(values, column_of(self, column), (size_t)bytes_of(column, head->n));
        set_column(self, column, values);
    }
    head->capacity = capacity;
    return 0;
}

int sim_table_init(void *self, const struct sim_table_type *type, struct sim_arena *arena, sim_row capacity,
    struct sim_error *error)
{
    if (capacity < 0)
        return sim_error_set(error, SIM_ERROR_RANGE, "table %s: capacity %d", type->name, capacity);
    *head_of(self) = (struct sim_table_head){0};
    return reserve(self, type, arena, capacity, error);
}

sim_row sim_table_add(
    void *self, const struct sim_table_type *type, struct sim_arena *arena, struct sim_error *error)
{
    struct sim_table_head *head = head_of(self);
    if (head->n == head->capacity) {
        if (head->capacity > INT32_MAX / 2)
            return sim_error_set(error, SIM_ERROR_CAPACITY, "table %s: %d rows", type->name, head->n);
        sim_row capacity = head->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : 2 * head->capacity;
        int code = reserve(self, type, arena, capacity, error);
        if (code < 0)
            return code;
    }
    sim_row row = head->n++;
    /* A row that was dropped by lowering head.n left its values behind. */
    for (int32_t i = 0; i < type->n_columns; i++) {
        const struct sim_column *column = &type->columns[i];
        memset(column_of(self, column) + bytes_of(column, row), 0, (size_t)sim_type_bytes(column->type));
    }
    return row;
}

int sim_table_copy(void *self, const void *from, const struct sim_table_type *type, struct sim_error *error)
{
    struct sim_table_head *head = head_of(self);
    sim_row n = const_head_of(from)->n;
    if (n > head->capacity)
        return sim_error_set(
            error, SIM_ERROR_CAPACITY, "table %s: %d rows into room for %d", type->name, n, head->capacity);
    head->n = n;
    for (int32_t i = 0; i < type->n_columns && n > 0; i++) {
        const struct sim_column *column = &type->columns[i];
        memcpy(column_of(self, column), column_of(from, column), (size_t)bytes_of(column, n));
    }
    return 0;
}

static bool is_nought(const char *values, int64_t bytes)
{
    return bytes == 0 || (values[0] == 0 && memcmp(values, values + 1, (size_t)bytes - 1) == 0);
}

int sim_table_pack(void *self, const struct sim_table_type *type, struct sim_arena *arena,
    const void *noughts, struct sim_error *error)
{
    struct sim_table_head *head = head_of(self);
    head->capacity = head->n;
    for (int32_t i = 0; i < type->n_columns; i++) {
        const struct sim_column *column = &type->columns[i];
        int64_t bytes = bytes_of(column, head->n);
        const char *values = column_of(self, column);
        if (is_nought(values, bytes)) {
            set_column(self, column, noughts);
            continue;
        }
        char *packed = sim_arena_alloc(arena, bytes);
        if (!packed)
            return sim_error_set(error, SIM_ERROR_MEMORY, "table %s, column %s: no memory for %d rows",
                type->name, column->name, head->n);
        memcpy(packed, values, (size_t)bytes);
        set_column(self, column, packed);
    }
    return 0;
}

bool sim_table_equal(const void *a, const void *b, const struct sim_table_type *type)
{
    sim_row n = const_head_of(a)->n;
    if (n != const_head_of(b)->n)
        return false;
    for (int32_t i = 0; i < type->n_columns && n > 0; i++) {
        const struct sim_column *column = &type->columns[i];
        if (memcmp(column_of(a, column), column_of(b, column), (size_t)bytes_of(column, n)) != 0)
            return false;
    }
    return true;
}

void sim_table_digest(const void *self, const struct sim_table_type *type, struct sim_digest *digest)
{
    int64_t n = const_head_of(self)->n;
    sim_digest_add_text(digest, type->name);
    sim_digest_add(digest, &n, sizeof n);
    for (int32_t i = 0; i < type->n_columns; i++) {
        const struct sim_column *column = &type->columns[i];
        sim_digest_add_text(digest, column->name);
        sim_digest_add_text(digest, sim_type_name(column->type));
        if (n > 0)
            sim_digest_add(digest, column_of(self, column), bytes_of(column, (sim_row)n));
    }
}

static void print_value(const char *at, enum sim_type type, FILE *out)
{
#define AS(ctype, format, cast)                                                                              \
    do {                                                                                                     \
        ctype value;                                                                                         \
        memcpy(&value, at, sizeof value);                                                                    \
        fprintf(out, format, (cast)value);                                                                   \
    } while (0)
    switch (type) {
    case SIM_I8:
        AS(int8_t, "%d", int);
        return;
    case SIM_I16:
        AS(int16_t, "%d", int);
        return;
    case SIM_I32:
        AS(int32_t, "%" PRId32, int32_t);
        return;
    case SIM_I64:
        AS(int64_t, "%" PRId64, int64_t);
        return;
    case SIM_U8:
        AS(uint8_t, "%u", unsigned);
        return;
    case SIM_U32:
        AS(uint32_t, "%" PRIu32, uint32_t);
        return;
    case SIM_U64:
        AS(uint64_t, "%" PRIu64, uint64_t);
        return;
    case SIM_F32:
        AS(float, "%.9g", double);
        return;
    case SIM_F64:
        AS(double, "%.17g", double);
        return;
    }
#undef AS
}

void sim_table_print(const void *self, const struct sim_table_type *type, FILE *out)
{
    for (int32_t i = 0; i < type->n_columns; i++)
        fprintf(out, "%s%s", i > 0 ? "\t" : "", type->columns[i].name);
    fputc('\n', out);
    for (sim_row row = 0; row < const_head_of(self)->n; row++) {
        for (int32_t i = 0; i < type->n_columns; i++) {
            const struct sim_column *column = &type->columns[i];
            if (i > 0)
                fputc('\t', out);
            print_value(column_of(self, column) + bytes_of(column, row), column->type, out);
        }
        fputc('\n', out);
    }
}

int sim_table_save(
    const void *self, const struct sim_table_type *type, struct sim_state *state, struct sim_error *error)
{
    int32_t shape[2] = {const_head_of(self)->n, type->n_columns};
    int code = sim_state_put_mark(state, type->name, error);
    if (code >= 0)
        code = sim_state_put(state, shape, sizeof shape, error);
    for (int32_t i = 0; i < type->n_columns && code >= 0; i++) {
        const struct sim_column *column = &type->columns[i];
        int32_t kind = column->type;
        code = sim_state_put_mark(state, column->name, error);
        if (code >= 0)
            code = sim_state_put(state, &kind, sizeof kind, error);
        if (code >= 0)
            code = sim_state_put(state, column_of(self, column), bytes_of(column, shape[0]), error);
    }
    return code < 0 ? code : 0;
}

static int load_column(void *self, const struct sim_table_type *type, const struct sim_column *column,
    sim_row n, struct sim_state *state, struct sim_error *error)
{
    int32_t kind;
    int code = sim_state_get_mark(state, column->name, error);
    if (code >= 0)
        code = sim_state_get(state, &kind, sizeof kind, error);
    if (code < 0)
        return code;
    if (kind != (int32_t)column->type)
        return sim_error_set(error, SIM_ERROR_FORMAT, "table %s, column %s: type %d, expected %s", type->name,
            column->name, kind, sim_type_name(column->type));
    return sim_state_get(state, column_of(self, column), bytes_of(column, n), error);
}

int sim_table_load(void *self, const struct sim_table_type *type, struct sim_arena *arena,
    struct sim_state *state, struct sim_error *error)
{
    struct sim_table_head *head = head_of(self);
    int32_t shape[2];
    int code = sim_state_get_mark(state, type->name, error);
    if (code >= 0)
        code = sim_state_get(state, shape, sizeof shape, error);
    if (code < 0)
        return code;
    /* A damaged count is caught before memory is asked for: the rows must be there to be read. */
    int64_t row_bytes = 0;
    for (int32_t i = 0; i < type->n_columns; i++)
        row_bytes += sim_type_bytes(type->columns[i].type);
    if (shape[0] < 0 || shape[1] != type->n_columns || shape[0] * row_bytes > state->n - state->at)
        return sim_error_set(error, SIM_ERROR_FORMAT, "table %s: %d rows of %d columns, expected %d columns",
            type->name, shape[0], shape[1], type->n_columns);
    head->n = 0;
    if (shape[0] > head->capacity) {
        code = reserve(self, type, arena, shape[0], error);
        if (code < 0)
            return code;
    }
    for (int32_t i = 0; i < type->n_columns; i++) {
        code = load_column(self, type, &type->columns[i], shape[0], state, error);
        if (code < 0)
            return code;
    }
    head->n = shape[0];
    return 0;
}
