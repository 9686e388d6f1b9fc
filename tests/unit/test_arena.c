#include "sim/core/arena.h"

#include <string.h>

#include "tests/support/check.h"

static void test_memory_is_zeroed_aligned_and_apart(void **unused)
{
    (void)unused;
    struct sim_arena arena;
    unsigned char *pieces[500];
    sim_arena_init(&arena);
    for (int i = 0; i < 500; i++) {
        int64_t bytes = (i * i) % 3000;
        pieces[i] = sim_arena_alloc(&arena, bytes);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % 64, 0);
        for (int64_t b = 0; b < bytes; b++)
            assert_int_equal(pieces[i][b], 0);
        memset(pieces[i], i % 251 + 1, (size_t)bytes);
    }
    for (int i = 0; i < 500; i++) /* nobody wrote into a neighbour */
        for (int64_t b = 0; b < (i * i) % 3000; b++)
            assert_int_equal(pieces[i][b], i % 251 + 1);
    assert_int_equal(arena.n_allocs, 500);
    assert_true(arena.bytes_used <= arena.bytes_reserved);
    sim_arena_free(&arena);
}

static void test_a_piece_larger_than_any_block_fits(void **unused)
{
    (void)unused;
    struct sim_arena arena;
    sim_arena_init(&arena);
    char *large = sim_arena_alloc(&arena, 40 << 20);
    assert_non_null(large);
    large[(40 << 20) - 1] = 1;
    assert_non_null(sim_arena_alloc(&arena, 1));
    sim_arena_free(&arena);
}

static void test_what_cannot_be_had_is_null(void **unused)
{
    (void)unused;
    struct sim_arena arena;
    sim_arena_init(&arena);
    assert_null(sim_arena_alloc(&arena, -1));
    assert_null(sim_arena_alloc(&arena, INT64_MAX));
    assert_null(sim_arena_text(&arena, "x", -5));
    assert_non_null(sim_arena_alloc(&arena, 0));
    sim_arena_free(&arena);
}

static void test_text_is_cut_and_ended(void **unused)
{
    (void)unused;
    struct sim_arena arena;
    sim_arena_init(&arena);
    assert_string_equal(sim_arena_text(&arena, "township", 4), "town");
    assert_string_equal(sim_arena_text(&arena, "", 0), "");
    sim_arena_free(&arena);
}

static void test_free_is_safe_twice_and_without_init(void **unused)
{
    (void)unused;
    struct sim_arena arena = {0};
    sim_arena_free(&arena);
    sim_arena_init(&arena);
    assert_non_null(sim_arena_alloc(&arena, 10));
    sim_arena_free(&arena);
    sim_arena_free(&arena);
    assert_int_equal(arena.bytes_reserved, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(test_a_piece_larger_than_any_block_fits),
        cmocka_unit_test(test_what_cannot_be_had_is_null),
        cmocka_unit_test(test_text_is_cut_and_ended),
        cmocka_unit_test(test_free_is_safe_twice_and_without_init),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
