/* Tables: the state of a run as columns that can be compared, printed, hashed, written and read back.
 *
 * A table type is a list of columns, declared once as an X-macro list:
 *
 *     #define HOUSEHOLD_COLUMNS(X)                                        \
 *         X(uint64_t, U64, key, "1", "lineage key")                       \
 *         X(int64_t, I64, cash_fen, "fen", "money in hand")
 *     SIM_TABLE_STRUCT(household_table, HOUSEHOLD_COLUMNS);               // in the header
 *
 *     #define SIM_TABLE_SELF struct household_table                       // in the .c file
 *     static const struct sim_column columns[] = {HOUSEHOLD_COLUMNS(SIM_TABLE_COLUMN)};
 *     #undef SIM_TABLE_SELF
 *     const struct sim_table_type household_table_type = {"household", columns, SIM_COUNT(columns)};
 *
 * This makes `struct household_table` (a head, then one pointer a column, so that code reads
 * `self->cash_fen[row]`) and `household_table_type`, which the functions below walk. Arrays are 64-byte
 * aligned and zeroed, and belong to the arena given. */
#ifndef SIM_DATA_TABLE_H
#define SIM_DATA_TABLE_H

#include <stdio.h>

#include "sim/core/arena.h"
#include "sim/core/digest.h"
#include "sim/core/error.h"
#include "sim/io/state.h"

enum sim_type { SIM_I8, SIM_I16, SIM_I32, SIM_I64, SIM_U8, SIM_U32, SIM_U64, SIM_F32, SIM_F64 };
/* Bytes of one value; its name ("int64"). */
int32_t sim_type_bytes(enum sim_type type);
const char *sim_type_name(enum sim_type type);

struct sim_column {
    const char *name;
    enum sim_type type;
    const char *unit;
    const char *sentence;
    size_t offset; /* of the column's pointer in the table's struct */
};

struct sim_table_type {
    const char *name;
    const struct sim_column *columns;
    int32_t n_columns;
};

struct sim_table_head {
    sim_row n; /* rows in use */
    sim_row capacity;
};

#define SIM_TABLE_FIELD(ctype, type, name, unit, sentence) ctype *name;
#define SIM_TABLE_STRUCT(table, LIST)                                                                        \
    struct table {                                                                                           \
        struct sim_table_head head;                                                                          \
        LIST(SIM_TABLE_FIELD)                                                                                \
    };                                                                                                       \
    extern const struct sim_table_type table##_type

#define SIM_TABLE_COLUMN(ctype, type, name, unit, sentence)                                                  \
    {#name, SIM_##type, unit, sentence, offsetof(SIM_TABLE_SELF, name)},

/* self points at a struct made by SIM_TABLE_STRUCT. */
int sim_table_init(void *self, const struct sim_table_type *type, struct sim_arena *arena, sim_row capacity,
    struct sim_error *error);
/* One more zeroed row; its number, or a negative code. Grows by doubling (from the arena) when full. */
sim_row sim_table_add(
    void *self, const struct sim_table_type *type, struct sim_arena *arena, struct sim_error *error);
/* Copies the rows of `from` (same type) over self, whose capacity must hold them. */
int sim_table_copy(void *self, const void *from, const struct sim_table_type *type, struct sim_error *error);
/* Moves the table into room for its rows and no more, for one that is only read from now on: a column of
 * noughts stands on `noughts`, borrowed, which holds at least n values of the widest type. A row added later
 * makes it whole again. */
int sim_table_pack(void *self, const struct sim_table_type *type, struct sim_arena *arena,
    const void *noughts, struct sim_error *error);
bool sim_table_equal(const void *a, const void *b, const struct sim_table_type *type);
void sim_table_digest(const void *self, const struct sim_table_type *type, struct sim_digest *digest);
/* One line a row, columns separated by tabs, a head line first. */
void sim_table_print(const void *self, const struct sim_table_type *type, FILE *out);
int sim_table_save(
    const void *self, const struct sim_table_type *type, struct sim_state *state, struct sim_error *error);
/* Reads what _save wrote; the arena serves growth. SIM_ERROR_FORMAT when name, columns or length differ. */
int sim_table_load(void *self, const struct sim_table_type *type, struct sim_arena *arena,
    struct sim_state *state, struct sim_error *error);

#endif
