#include "sim/scenario/diag.h"

#include <unistd.h>

#include "tests/support/capture.h"
#include "tests/support/check.h"

static char *printed(const struct sim_diag *diag)
{
    struct capture capture;
    sim_diag_print(diag, capture_begin(&capture));
    return capture_end(&capture);
}

/* A file of this test's own, removed by the caller. */
static char *write_file(const char *text)
{
    char *path = strdup("/tmp/pamir-test-diag-XXXXXX");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
    close(descriptor);
    return path;
}

static void test_entries_come_by_file_line_and_column(void **state)
{
    (void)state;
    struct sim_diag diag;
    sim_diag_init(&diag);
    sim_diag_add_file(&diag, "first.yaml");
    sim_diag_error(&diag, (struct sim_place){"second.yaml", 1, 1, 1}, "d");
    sim_diag_error(&diag, (struct sim_place){"first.yaml", 12, 5, 1}, "c");
    sim_diag_warning(&diag, (struct sim_place){"first.yaml", 2, 9, 1}, "b");
    sim_diag_error(&diag, (struct sim_place){"first.yaml", 2, 3, 1}, "a");
    char *text = printed(&diag);
    assert_string_equal(text, "first.yaml:2:3: error: a\n"
                              "first.yaml:2:9: warning: b\n"
                              "first.yaml:12:5: error: c\n"
                              "second.yaml:1:1: error: d\n"
                              "3 errors, 1 warning\n");
    free(text);
    sim_diag_free(&diag);
}

static void test_the_caret_stands_under_the_characters_meant(void **state)
{
    (void)state;
    char *path = write_file("a: 1\r\n县: {sise: 4}\r\nb: 2\n");
    struct sim_diag diag;
    sim_diag_init(&diag);
    sim_diag_error(&diag, (struct sim_place){path, 2, 5, 4}, "unknown key");
    sim_diag_error(&diag, (struct sim_place){path, 3, 4, 1}, "two");
    char *text = printed(&diag);
    /* The Chinese character takes two columns of the terminal. */
    check_contains(text, "      2 | 县: {sise: 4}\n"
                         "        |      ^^^^\n");
    check_contains(text, "      3 | b: 2\n"
                         "        |    ^\n");
    free(text);
    sim_diag_free(&diag);
    unlink(path);
    free(path);
}

static void test_a_long_line_is_cut_around_the_caret(void **state)
{
    (void)state;
    char line[2002];
    memset(line, 'x', 2000);
    memcpy(line + 1000, "HERE", 4);
    line[2000] = '\n';
    line[2001] = '\0';
    char *path = write_file(line);
    struct sim_diag diag;
    sim_diag_init(&diag);
    sim_diag_error(&diag, (struct sim_place){path, 1, 1001, 4}, "e");
    char *text = printed(&diag);
    const char *here = strstr(text, "HERE"), *caret = strstr(text, "^^^^");
    assert_non_null(here);
    assert_non_null(caret);
    const char *source = strstr(text, "      1 | "), *under = strstr(text, "        | ");
    assert_int_equal(here - source, caret - under);
    assert_true(strlen(text) < 500);
    free(text);
    sim_diag_free(&diag);
    unlink(path);
    free(path);
}

static void test_the_same_error_at_the_same_place_counts_once(void **state)
{
    (void)state;
    struct sim_diag diag;
    sim_diag_init(&diag);
    for (int32_t i = 0; i < 5; i++)
        sim_diag_error(&diag, (struct sim_place){"a.yaml", 1, 1, 1}, "same");
    sim_diag_error(&diag, (struct sim_place){"a.yaml", 1, 1, 1}, "other");
    sim_diag_error(&diag, (struct sim_place){"a.yaml", 1, 2, 1}, "same");
    assert_int_equal(diag.n_errors, 3);
    assert_int_equal(diag.n_reported, 7);
    sim_diag_free(&diag);
}

static void test_a_flood_of_errors_is_counted_and_not_kept(void **state)
{
    (void)state;
    struct sim_diag diag;
    sim_diag_init(&diag);
    for (int32_t i = 0; i < 1500; i++)
        sim_diag_error(&diag, (struct sim_place){"a.yaml", i + 1, 1, 1}, "e");
    char *text = printed(&diag);
    check_contains(text, "(500 more are not shown)\n1500 errors\n");
    free(text);
    sim_diag_free(&diag);
    sim_diag_free(&diag);
}

static void test_nothing_from_a_file_steers_the_terminal(void **state)
{
    (void)state;
    struct sim_diag diag;
    sim_diag_init(&diag);
    sim_diag_error(&diag, (struct sim_place){"a.yaml", 0, 0, 0}, "key '%s'", "\x1b[31mred\xff");
    char *text = printed(&diag);
    assert_string_equal(text, "a.yaml: error: key '?[31mred?'\n1 error\n");
    free(text);
    sim_diag_free(&diag);
}

static void test_nearest_is_the_word_meant(void **state)
{
    (void)state;
    static const char *const words[] = {"households", "size", "seed", "villages", "horizon"};
    assert_string_equal(sim_diag_nearest("sise", words, 5), "size");
    assert_string_equal(sim_diag_nearest("huoseholds", words, 5), "households"); /* neighbours swapped */
    assert_string_equal(sim_diag_nearest("HORIZON", words, 5), "horizon");
    assert_string_equal(sim_diag_nearest("village", words, 5), "villages");
    assert_null(sim_diag_nearest("zebra", words, 5));
    assert_null(sim_diag_nearest("", words, 5));
    assert_null(sim_diag_nearest("x", words, 5));
    assert_null(sim_diag_nearest("size", words, 0));
    /* A third of six letters: two are near, three are not. */
    static const char *const one[] = {"abcdef"};
    assert_string_equal(sim_diag_nearest("abcdxy", one, 1), "abcdef");
    assert_null(sim_diag_nearest("abcxyz", one, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries_come_by_file_line_and_column),
        cmocka_unit_test(test_the_caret_stands_under_the_characters_meant),
        cmocka_unit_test(test_a_long_line_is_cut_around_the_caret),
        cmocka_unit_test(test_the_same_error_at_the_same_place_counts_once),
        cmocka_unit_test(test_a_flood_of_errors_is_counted_and_not_kept),
        cmocka_unit_test(test_nothing_from_a_file_steers_the_terminal),
        cmocka_unit_test(test_nearest_is_the_word_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
