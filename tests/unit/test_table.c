#include "sim/data/table.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

#define SAMPLE_COLUMNS(X)                                                                                    \
    X(uint64_t, U64, key, "1", "lineage key")                                                                \
    X(int64_t, I64, cash_fen, "fen", "money in hand")                                                        \
    X(int8_t, I8, n_children, "1", "children")                                                               \
    X(uint8_t, U8, flags, "1", "flags")                                                                      \
    X(int16_t, I16, n_sheep, "1", "sheep")                                                                   \
    X(int32_t, I32, leader, "1", "row of the head")                                                          \
    X(uint32_t, U32, plot, "1", "plot number")                                                               \
    X(float, F32, skill, "1", "skill")                                                                       \
    X(double, F64, health, "1", "health")
SIM_TABLE_STRUCT(sample_table, SAMPLE_COLUMNS);

#define SIM_TABLE_SELF struct sample_table
static const struct sim_column columns[] = {SAMPLE_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type sample_table_type = {"sample", columns, SIM_COUNT(columns)};

/* The same columns but one of another name, and but one of another type. */
static const struct sim_column renamed_columns[] = {
    {"kee", SIM_U64, "1", "", offsetof(struct sample_table, key)}};
static const struct sim_table_type renamed_type = {"sample", renamed_columns, 1};
static const struct sim_column retyped_columns[] = {
    {"key", SIM_I64, "1", "", offsetof(struct sample_table, key)}};
static const struct sim_table_type retyped_type = {"sample", retyped_columns, 1};
static const struct sim_column key_columns[] = {
    {"key", SIM_U64, "1", "", offsetof(struct sample_table, key)}};
static const struct sim_table_type key_type = {"sample", key_columns, 1};

struct fixture {
    struct sim_arena arena;
    struct sample_table table;
};

static void fill(struct sample_table *table, sim_row row)
{
    table->key[row] = UINT64_MAX - (uint64_t)row;
    table->cash_fen[row] = -1000000007LL * row;
    table->n_children[row] = (int8_t)(row % 128 - 64);
    table->flags[row] = (uint8_t)(row + 200);
    table->n_sheep[row] = (int16_t)(-3 * row);
    table->leader[row] = row / 3;
    table->plot[row] = UINT32_MAX - (uint32_t)row;
    table->skill[row] = 0.5f * (float)row;
    table->health[row] = 1.0 / (row + 1);
}

static void fixture_init(struct fixture *self, sim_row n)
{
    struct sim_error error = {0};
    sim_arena_init(&self->arena);
    check_ok(sim_table_init(&self->table, &sample_table_type, &self->arena, 2, &error), error);
    for (sim_row i = 0; i < n; i++) {
        sim_row row = sim_table_add(&self->table, &sample_table_type, &self->arena, &error);
        check_ok(row, error);
        assert_int_equal(row, i);
        fill(&self->table, row);
    }
}

static void check_digest_equal(const void *a, const void *b, bool equal)
{
    struct sim_digest digest;
    uint8_t bytes[2][SIM_DIGEST_BYTES];
    const void *tables[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        sim_digest_init(&digest);
        sim_table_digest(tables[i], &sample_table_type, &digest);
        sim_digest_end(&digest, bytes[i]);
    }
    assert_int_equal(memcmp(bytes[0], bytes[1], sizeof bytes[0]) == 0, equal);
}

static void test_rows_survive_growth(void **unused)
{
    (void)unused;
    struct fixture f, expected;
    fixture_init(&f, 1000);
    assert_int_equal(f.table.head.n, 1000);
    assert_true(f.table.head.capacity >= 1000);
    for (sim_row i = 0; i < 1000; i++) {
        assert_true(f.table.key[i] == UINT64_MAX - (uint64_t)i);
        assert_true(f.table.cash_fen[i] == -1000000007LL * i);
        assert_true(f.table.health[i] == 1.0 / (i + 1));
    }
    for (int32_t c = 0; c < sample_table_type.n_columns; c++) {
        uintptr_t at;
        memcpy(&at, (char *)&f.table + sample_table_type.columns[c].offset, sizeof at);
        assert_int_equal(at % 64, 0);
    }
    fixture_init(&expected, 1000);
    assert_true(sim_table_equal(&f.table, &expected.table, &sample_table_type));
    sim_arena_free(&f.arena);
    sim_arena_free(&expected.arena);
}

static void test_a_new_row_is_zero_even_where_one_was_dropped(void **unused)
{
    (void)unused;
    struct fixture f;
    struct sim_error error = {0};
    fixture_init(&f, 5);
    f.table.head.n = 3;
    sim_row row = sim_table_add(&f.table, &sample_table_type, &f.arena, &error);
    assert_int_equal(row, 3);
    assert_true(
        f.table.key[3] == 0 && f.table.cash_fen[3] == 0 && f.table.flags[3] == 0 && f.table.health[3] == 0);
    assert_true(f.table.key[2] != 0);
    sim_arena_free(&f.arena);
}

static void test_any_changed_value_shows_in_equal_and_digest(void **unused)
{
    (void)unused;
    for (int32_t c = 0; c < sample_table_type.n_columns; c++) {
        struct fixture a, b;
        fixture_init(&a, 20);
        fixture_init(&b, 20);
        assert_true(sim_table_equal(&a.table, &b.table, &sample_table_type));
        check_digest_equal(&a.table, &b.table, true);
        char *values;
        memcpy(&values, (char *)&b.table + columns[c].offset, sizeof values);
        values[19 * sim_type_bytes(columns[c].type)] ^= 1;
        assert_false(sim_table_equal(&a.table, &b.table, &sample_table_type));
        check_digest_equal(&a.table, &b.table, false);
        sim_arena_free(&a.arena);
        sim_arena_free(&b.arena);
    }
}

static void test_one_row_less_shows(void **unused)
{
    (void)unused;
    struct fixture a, b;
    fixture_init(&a, 20);
    fixture_init(&b, 19);
    assert_false(sim_table_equal(&a.table, &b.table, &sample_table_type));
    check_digest_equal(&a.table, &b.table, false);
    sim_arena_free(&a.arena);
    sim_arena_free(&b.arena);
}

static void test_copies_are_apart_and_need_room(void **unused)
{
    (void)unused;
    struct fixture a, b;
    struct sim_error error = {0};
    fixture_init(&a, 30);
    fixture_init(&b, 25); /* room for 32 */
    check_ok(sim_table_copy(&b.table, &a.table, &sample_table_type, &error), error);
    assert_true(sim_table_equal(&a.table, &b.table, &sample_table_type));
    b.table.cash_fen[0]++;
    assert_false(sim_table_equal(&a.table, &b.table, &sample_table_type));
    sim_arena_free(&b.arena);
    fixture_init(&b, 1);
    assert_int_equal(sim_table_copy(&b.table, &a.table, &sample_table_type, &error), SIM_ERROR_CAPACITY);
    sim_arena_free(&a.arena);
    sim_arena_free(&b.arena);
}

static void test_a_packed_table_reads_as_before_and_grows_when_asked(void **unused)
{
    (void)unused;
    struct fixture f = {0};
    struct sim_error error = {0};
    struct sample_table copy;
    enum { ROWS = 40 };
    static const uint64_t noughts[ROWS];
    check_ok(sim_table_init(&f.table, &sample_table_type, &f.arena, 100, &error), error);
    check_ok(sim_table_init(&copy, &sample_table_type, &f.arena, 100, &error), error);
    for (sim_row row = 0; row < ROWS; row++) {
        assert_int_equal(sim_table_add(&f.table, &sample_table_type, &f.arena, &error), row);
        f.table.cash_fen[row] = row * 100;
        f.table.leader[row] = row == ROWS - 1; /* nought but for the last */
    }
    check_ok(sim_table_copy(&copy, &f.table, &sample_table_type, &error), error);
    struct sim_arena packed = {0};
    check_ok(sim_table_pack(&f.table, &sample_table_type, &packed, noughts, &error), error);
    assert_true(packed.bytes_used < ROWS * (8 + 4) + 2 * 64); /* two columns, and 64-byte steps */
    assert_true(sim_table_equal(&f.table, &copy, &sample_table_type));
    assert_ptr_equal(f.table.health, noughts);
    /* A row more asks for columns of its own. */
    assert_int_equal(sim_table_add(&f.table, &sample_table_type, &packed, &error), ROWS);
    f.table.health[0] = 1.0;
    assert_int_equal(noughts[0], 0);
    assert_int_equal(f.table.cash_fen[ROWS - 1], (ROWS - 1) * 100);
    sim_arena_free(&f.arena);
    sim_arena_free(&packed);
}

static void test_print_gives_a_head_and_one_line_a_row(void **unused)
{
    (void)unused;
    struct fixture f;
    char *text = NULL;
    size_t size = 0;
    fixture_init(&f, 2);
    FILE *out = open_memstream(&text, &size);
    sim_table_print(&f.table, &sample_table_type, out);
    fclose(out);
    assert_string_equal(text, "key\tcash_fen\tn_children\tflags\tn_sheep\tleader\tplot\tskill\thealth\n"
                              "18446744073709551615\t0\t-64\t200\t0\t0\t4294967295\t0\t1\n"
                              "18446744073709551614\t-1000000007\t-63\t201\t-3\t0\t4294967294\t0.5\t0.5\n");
    free(text);
    sim_arena_free(&f.arena);
}

static void test_what_is_saved_is_loaded(void **unused)
{
    (void)unused;
    static const sim_row sizes[] = {0, 1, 500};
    for (int i = 0; i < 3; i++) {
        struct fixture a, b;
        struct sim_state state;
        struct sim_error error = {0};
        fixture_init(&a, sizes[i]);
        fixture_init(&b, 40); /* loading replaces what was there, and grows where it must */
        sim_state_init(&state);
        check_ok(sim_table_save(&a.table, &sample_table_type, &state, &error), error);
        check_ok(sim_table_load(&b.table, &sample_table_type, &b.arena, &state, &error), error);
        assert_true(sim_table_equal(&a.table, &b.table, &sample_table_type));
        assert_int_equal(state.at, state.n);
        sim_state_free(&state);
        sim_arena_free(&a.arena);
        sim_arena_free(&b.arena);
    }
}

static int load_as(const struct sim_table_type *type, struct sim_state *state, struct sim_error *error)
{
    struct fixture f;
    fixture_init(&f, 0);
    state->at = 0;
    int code = sim_table_load(&f.table, type, &f.arena, state, error);
    sim_arena_free(&f.arena);
    return code;
}

static void test_another_name_type_count_or_length_is_refused(void **unused)
{
    (void)unused;
    struct fixture f;
    struct sim_state state;
    struct sim_error error = {0}, renamed = {0}, retyped = {0}, count = {0}, name = {0}, torn = {0};
    fixture_init(&f, 10);
    sim_state_init(&state);
    check_ok(sim_table_save(&f.table, &key_type, &state, &error), error);
    check_ok(load_as(&key_type, &state, &error), error);
    assert_int_equal(load_as(&renamed_type, &state, &renamed), SIM_ERROR_FORMAT);
    assert_non_null(strstr(renamed.message, "'kee' expected"));
    assert_int_equal(load_as(&retyped_type, &state, &retyped), SIM_ERROR_FORMAT);
    assert_non_null(strstr(retyped.message, "column key"));
    assert_int_equal(load_as(&sample_table_type, &state, &count), SIM_ERROR_FORMAT);
    assert_non_null(strstr(count.message, "10 rows of 1 columns, expected 9 columns"));
    struct sim_table_type other = key_type;
    other.name = "other";
    assert_int_equal(load_as(&other, &state, &name), SIM_ERROR_FORMAT);
    state.n -= 1;
    assert_int_equal(load_as(&key_type, &state, &torn), SIM_ERROR_FORMAT);
    sim_state_free(&state);
    sim_arena_free(&f.arena);
}

static void test_a_damaged_row_count_asks_for_no_memory(void **unused)
{
    (void)unused;
    struct fixture f;
    struct sim_state state;
    struct sim_error error = {0}, huge = {0}, negative = {0};
    fixture_init(&f, 10);
    sim_state_init(&state);
    check_ok(sim_table_save(&f.table, &key_type, &state, &error), error);
    int32_t n = INT32_MAX;
    memcpy(state.bytes + 32, &n, sizeof n); /* behind the mark */
    assert_int_equal(load_as(&key_type, &state, &huge), SIM_ERROR_FORMAT);
    n = -1;
    memcpy(state.bytes + 32, &n, sizeof n);
    assert_int_equal(load_as(&key_type, &state, &negative), SIM_ERROR_FORMAT);
    n = 100; /* fewer than there are bytes, and more than they are rows of */
    memcpy(state.bytes + 32, &n, sizeof n);
    state.at = 0;
    int64_t before = f.arena.bytes_used;
    struct sim_error many = {0};
    assert_int_equal(sim_table_load(&f.table, &key_type, &f.arena, &state, &many), SIM_ERROR_FORMAT);
    assert_int_equal(f.arena.bytes_used, before);
    sim_state_free(&state);
    sim_arena_free(&f.arena);
}

static void test_type_names_and_bytes_agree(void **unused)
{
    (void)unused;
    static const int bytes[] = {1, 2, 4, 8, 1, 4, 8, 4, 8};
    for (int type = SIM_I8; type <= SIM_F64; type++) {
        assert_int_equal(sim_type_bytes((enum sim_type)type), bytes[type]);
        const char *name = sim_type_name((enum sim_type)type);
        assert_int_equal(atoi(name + strcspn(name, "0123456789")), 8 * bytes[type]);
    }
    struct fixture f;
    struct sim_error error = {0};
    assert_int_equal(sim_table_init(&f.table, &sample_table_type, &f.arena, -1, &error), SIM_ERROR_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_survive_growth),
        cmocka_unit_test(test_a_new_row_is_zero_even_where_one_was_dropped),
        cmocka_unit_test(test_any_changed_value_shows_in_equal_and_digest),
        cmocka_unit_test(test_one_row_less_shows),
        cmocka_unit_test(test_copies_are_apart_and_need_room),
        cmocka_unit_test(test_a_packed_table_reads_as_before_and_grows_when_asked),
        cmocka_unit_test(test_print_gives_a_head_and_one_line_a_row),
        cmocka_unit_test(test_what_is_saved_is_loaded),
        cmocka_unit_test(test_another_name_type_count_or_length_is_refused),
        cmocka_unit_test(test_a_damaged_row_count_asks_for_no_memory),
        cmocka_unit_test(test_type_names_and_bytes_agree),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
