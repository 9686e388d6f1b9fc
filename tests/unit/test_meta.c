/* Rung: definition. */
#include "sim/io/meta.h"

#include <string.h>

#include "sim/io/provenance.h"
#include "sim/io/utf8.h"
#include "tests/support/check.h"

static void test_entry_is_copied_found_and_replaced(void **state)
{
    struct sim_meta meta;
    struct sim_error error = {0};
    char name[] = "seed", text[] = "2022";
    (void)state;
    sim_meta_init(&meta);
    assert_null(sim_meta_get(&meta, "seed"));
    check_ok(sim_meta_set(&meta, SIM_META_INPUT, name, text, "seed", &error), error);
    name[0] = text[0] = 'X';
    assert_string_equal(sim_meta_get(&meta, "seed"), "2022");
    check_ok(sim_meta_set(&meta, SIM_META_INPUT, "seed", "2023", "seed", &error), error);
    assert_string_equal(sim_meta_get(&meta, "seed"), "2023");
    assert_int_equal(meta.n, 1);
    sim_meta_free(&meta);
    sim_meta_free(&meta);
}

static void test_hundred_entries_keep_their_order(void **state)
{
    struct sim_meta meta;
    struct sim_error error = {0};
    char name[20];
    (void)state;
    sim_meta_init(&meta);
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "file_%d.yaml", i);
        check_ok(sim_meta_set(&meta, SIM_META_INPUT, name, name, "", &error), error);
    }
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "file_%d.yaml", i);
        assert_string_equal(meta.entries[i].name, name);
    }
    sim_meta_free(&meta);
}

static void test_names_of_the_file_itself_and_broken_texts_are_refused(void **state)
{
    static const char *const names[] = {
        "arm", "point", "replicate", "digest", "row_status", "a/b", "", "two words", ".hidden", "9", "n\n"};
    struct sim_meta meta;
    (void)state;
    sim_meta_init(&meta);
    for (int i = 0; i < SIM_COUNT(names); i++) {
        struct sim_error error = {0};
        assert_int_equal(sim_meta_set(&meta, SIM_META_ABOUT, names[i], "x", "x", &error), SIM_ERROR_INPUT);
    }
    struct sim_error error = {0};
    assert_int_equal(sim_meta_set(&meta, SIM_META_ABOUT, "good", "\xff", "x", &error), SIM_ERROR_INPUT);
    assert_int_equal(meta.n, 0);
    sim_meta_free(&meta);
}

static void test_provenance_names_version_compiler_machine_and_command(void **state)
{
    static const char *const names[] = {
        "version", "compiler", "libraries", "host", "system", "machine", "command", "started"};
    char program[] = "pamir", verb[] = "run", spaced[] = "it's a file.yaml", broken[] = "\xff", empty[] = "";
    char *argv[] = {program, verb, spaced, broken, empty, NULL};
    struct sim_meta meta;
    struct sim_error error = {0};
    (void)state;
    sim_meta_init(&meta);
    check_ok(sim_provenance_add(&meta, 5, argv, &error), error);
    for (int i = 0; i < SIM_COUNT(names); i++) {
        assert_non_null(sim_meta_get(&meta, names[i]));
        assert_string_not_equal(sim_meta_get(&meta, names[i]), "");
    }
    /* As a shell would read it back. */
    assert_string_equal(sim_meta_get(&meta, "command"), "pamir run 'it'\\''s a file.yaml' '?' ''");
    assert_string_equal(sim_meta_get(&meta, "version"), sim_provenance_version());
    for (int i = 0; i < meta.n; i++)
        assert_int_equal(meta.entries[i].class, SIM_META_ABOUT);
    assert_int_equal(strlen(sim_meta_get(&meta, "started")), strlen("2026-11-22T14:05:09Z"));
    sim_meta_free(&meta);
}

static void test_very_long_command_line_is_cut_not_overrun(void **state)
{
    static char word[9000];
    char *argv[] = {word, word};
    struct sim_meta meta;
    struct sim_error error = {0};
    (void)state;
    for (int quoted = 0; quoted < 2; quoted++) {
        memset(word, quoted ? '\'' : 'x', sizeof word - 1);
        sim_meta_init(&meta);
        check_ok(sim_provenance_add(&meta, 2, argv, &error), error);
        assert_in_range(strlen(sim_meta_get(&meta, "command")), 8000, 8191);
        sim_meta_free(&meta);
    }
}

static void test_utf8_is_told_from_what_is_not(void **state)
{
    static const char *const good[] = {"", "abc", "Tağ", "牦牛", "\xf0\x9f\x90\x82", "\xef\xbf\xbd"};
    static const char *const bad[] = {"\x80", "\xc0\x80", "\xc3", "\xed\xa0\x80", "\xe7\x89",
        "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "a\xffz"};
    (void)state;
    for (int i = 0; i < SIM_COUNT(good); i++)
        assert_true(sim_utf8_is_valid(good[i]));
    for (int i = 0; i < SIM_COUNT(bad); i++) {
        char text[16];
        assert_false(sim_utf8_is_valid(bad[i]));
        snprintf(text, sizeof text, "%s", bad[i]);
        sim_utf8_mend(text);
        assert_true(sim_utf8_is_valid(text));
        assert_int_equal(strlen(text), strlen(bad[i]));
    }
    assert_int_equal(sim_utf8_cut("牦牛", 6), 6);
    assert_int_equal(sim_utf8_cut("牦牛", 5), 3);
    assert_int_equal(sim_utf8_cut("牦牛", 2), 0);
    assert_int_equal(sim_utf8_cut("ab", 10), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entry_is_copied_found_and_replaced),
        cmocka_unit_test(test_hundred_entries_keep_their_order),
        cmocka_unit_test(test_names_of_the_file_itself_and_broken_texts_are_refused),
        cmocka_unit_test(test_provenance_names_version_compiler_machine_and_command),
        cmocka_unit_test(test_very_long_command_line_is_cut_not_overrun),
        cmocka_unit_test(test_utf8_is_told_from_what_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
