#include "sim/scenario/node.h"

#include <unistd.h>

#include "tests/support/capture.h"
#include "tests/support/check.h"

struct room {
    struct sim_arena arena;
    struct sim_diag diag;
};

static int set_up(void **state)
{
    struct room *room = calloc(1, sizeof(*room));
    sim_arena_init(&room->arena);
    sim_diag_init(&room->diag);
    *state = room;
    return 0;
}

static int tear_down(void **state)
{
    struct room *room = *state;
    sim_arena_free(&room->arena);
    sim_diag_free(&room->diag);
    free(room);
    return 0;
}

static struct sim_node *parse(struct room *room, const char *text)
{
    return sim_node_parse("t.yaml", text, (int64_t)strlen(text), &room->arena, &room->diag);
}

static char *errors(struct room *room)
{
    struct capture capture;
    sim_diag_print(&room->diag, capture_begin(&capture));
    return capture_end(&capture);
}

/* Forgets the errors of the case before. */
static void clear(struct room *room)
{
    sim_diag_free(&room->diag);
    sim_diag_init(&room->diag);
}

static void check_bytes_fail(struct room *room, const char *bytes, int64_t n, const char *message)
{
    clear(room);
    sim_node_parse("t.yaml", bytes, n, &room->arena, &room->diag);
    char *text = errors(room);
    check_contains(text, message);
    free(text);
}

static void check_text_fails(struct room *room, const char *text, const char *message)
{
    check_bytes_fail(room, text, (int64_t)strlen(text), message);
}

static void test_nodes_keep_their_place(void **state)
{
    struct sim_node *root = parse(*state, "a: 1\nb:\n  - x\n  - {cost: 7.5e6 CNY}\n");
    assert_non_null(root);
    assert_int_equal(root->kind, SIM_NODE_MAP);
    struct sim_node *cost = sim_node_get(sim_node_get(root, "b")->items[1], "cost");
    assert_string_equal(cost->text, "7.5e6 CNY");
    assert_int_equal(cost->place.line, 4);
    assert_int_equal(cost->place.column, 12);
    assert_int_equal(cost->place.width, 9);
    assert_null(sim_node_get(root, "c"));
    assert_null(sim_node_get(NULL, "c"));
}

static void test_quoting_is_kept_and_nothing_is_typed(void **state)
{
    struct sim_node *root = parse(*state, "a: yes\nb: 'yes'\nc:\nd: ''\n");
    assert_string_equal(sim_node_get(root, "a")->text, "yes");
    assert_false(sim_node_get(root, "a")->quoted);
    assert_true(sim_node_get(root, "b")->quoted);
    assert_string_equal(sim_node_get(root, "c")->text, "");
    assert_false(sim_node_get(root, "c")->quoted);
    assert_true(sim_node_get(root, "d")->quoted);
}

static void test_errors_that_leave_a_tree_are_reported_together(void **state)
{
    struct room *room = *state;
    struct sim_node *root =
        parse(room, "seed: 1\nb: 2\nseed: 3\n<<: {a: 1}\n[x]: 4\nc: !!str 5\nseed: 6\nlast: 7\n");
    assert_non_null(root);
    char *text = errors(room);
    check_contains(text, "t.yaml:3:1: error: key 'seed' given twice (first on line 1)");
    check_contains(text, "t.yaml:4:1: error: merge keys ('<<') are not read");
    check_contains(text, "t.yaml:5:1: error: a list cannot be a key");
    check_contains(text, "t.yaml:6:4: error: tags");
    check_contains(text, "t.yaml:7:1: error: key 'seed' given twice (first on line 1)");
    check_contains(text, "5 errors");
    free(text);
    assert_string_equal(sim_node_get(root, "seed")->text, "1");
    assert_string_equal(sim_node_get(root, "last")->text, "7");
    assert_int_equal(root->n, 4);
}

static void test_aliases_are_copies(void **state)
{
    struct room *room = *state;
    struct sim_node *root = parse(room, "a: &x {k: 1}\nb: *x\n");
    sim_node_set(root, "b.k", "2", (struct sim_place){"--set", 0, 0, 0}, &room->arena, &room->diag);
    assert_string_equal(sim_node_get(sim_node_get(root, "a"), "k")->text, "1");
    assert_string_equal(sim_node_get(sim_node_get(root, "b"), "k")->text, "2");
    assert_int_equal(sim_node_get(root, "b")->place.line, 2);
}

static void test_trees_without_end_or_measure_fail(void **state)
{
    struct room *room = *state;
    check_text_fails(room, "a: &x [*x]\n", "t.yaml:1:8: error: an alias within what it stands for");
    check_text_fails(room, "a: *b\n", "no anchor '&b'");
    char deep[20001];
    memset(deep, '[', 20000);
    deep[20000] = '\0';
    check_text_fails(room, deep, "t.yaml:1:65: error: nested more than 64 deep");
    for (int32_t i = 0; i < 20000; i++)
        deep[i] = "- "[i % 2];
    check_text_fails(room, deep, "nested more than 64 deep");
    char bomb[2000] = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (int32_t i = 1; i < 10; i++) {
        size_t used = strlen(bomb);
        int32_t j = i - 1;
        snprintf(bomb + used, sizeof(bomb) - used,
            "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, j, j, j, j, j, j, j, j,
            j, j);
    }
    check_text_fails(room, bomb, "t.yaml:6:");
    check_text_fails(room, bomb, "more than 200,000 values, aliases written out");
}

/* Aliases stacked on aliases nest deeper than any line of the file. */
static void test_depth_counts_aliases_written_out(void **state)
{
    char text[4000] = "a0: &a0 [x]\n";
    for (int32_t i = 1; i < 70; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof(text) - used, "a%d: &a%d [*a%d]\n", i, i, i - 1);
    }
    check_text_fails(*state, text, "nested more than 64 deep, aliases written out");
}

static void test_wrong_characters_have_their_line(void **state)
{
    struct room *room = *state;
    check_text_fails(room, "a: 1\nb: caf\xe9\n", "t.yaml:2:7: error: the byte 0xE9 is not UTF-8");
    check_text_fails(room, "a: \xed\xa0\x80\n", "t.yaml:1:4: error: the byte 0xED is not UTF-8");
    check_text_fails(room, "a: \xc0\xaf\n", "t.yaml:1:4: error: the byte 0xC0 is not UTF-8");
    check_text_fails(room, "a: \xe6\x95", "t.yaml:1:4: error: the byte 0xE6 is not UTF-8");
    check_text_fails(room, "a: 1\n\n# \x07\n", "t.yaml:3:3: error: the byte 0x07 is a control character");
    check_text_fails(
        room, "县: \xe2\x80\xa8\n", "t.yaml:1:4: error: the byte 0xE2 begins an invisible line break");
    check_bytes_fail(room, "a: 1\nb: c\0d\n", 11, "t.yaml:2:5: error: the byte 0x00 is NUL");
    check_bytes_fail(room,
        "\xff\xfe"
        "a\0",
        4, "the file is UTF-16; save it as UTF-8");
    check_bytes_fail(room, "\x89HDF\r\n\x1a\n", 8, "this is an HDF5 file");
    check_text_fails(room, "a: \"\\0\"\n", "a NUL character within a text");
}

static void test_line_ends_and_byte_order_marks_do_not_shift_places(void **state)
{
    struct room *room = *state;
    check_text_fails(room,
        "\xef\xbb\xbf"
        "a: 1\r\na: 2\r\n",
        "t.yaml:2:1: error: key 'a' given twice");
    check_text_fails(room,
        "\xef\xbb\xbf"
        "a: 1\ra: 2\r",
        "t.yaml:2:1: error: key 'a' given twice");
    check_text_fails(room, "\xef\xbb\xbf{a: 1, a: 2}", "t.yaml:1:8: error: key 'a' given twice");
}

static void test_syntax_errors_say_what_was_meant(void **state)
{
    struct room *room = *state;
    check_text_fails(room, "a:\n\tb: 1\n", "indented with a tab");
    check_text_fails(room, "a: b: c\n", "t.yaml:1:5: error: YAML: mapping values are not allowed");
    check_text_fails(room, "a: [1, 2\nb: 3\n", "a bracket is not closed");
    check_text_fails(room, "a: \"b\n", "a quote or bracket is not closed");
    check_text_fails(room, "a: [-, 2]\n", "t.yaml:1:5: error: a '-' alone is no text");
    check_text_fails(room, "a: 1\n---\nb: 2\n", "t.yaml:2:1: error: a second document begins here");
}

static void test_nothing_is_an_error(void **state)
{
    struct room *room = *state;
    check_text_fails(room, "", "t.yaml: error: nothing in it");
    check_text_fails(room, "# only a comment\n", "nothing in it");
    check_text_fails(room, "---\n", "nothing in it");
    assert_null(parse(room, ""));
}

static void test_files_that_cannot_be_read_say_why(void **state)
{
    struct room *room = *state;
    assert_null(sim_node_load("/tmp", &room->arena, &room->diag));
    assert_null(sim_node_load(PAMIR_SOURCE_DIR "/CMakeList.txt", &room->arena, &room->diag));
    assert_null(sim_node_load(PAMIR_SOURCE_DIR "/nowhere/x.yaml", &room->arena, &room->diag));
    assert_null(sim_node_load("/dev/zero", &room->arena, &room->diag));
    char path[] = "/tmp/pamir-test-node-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(ftruncate(descriptor, 100000000), 0);
    close(descriptor);
    assert_null(sim_node_load(path, &room->arena, &room->diag));
    unlink(path);
    char *text = errors(room);
    check_contains(text, "'/tmp' is a folder; expected a YAML file");
    check_contains(text, "did you mean '" PAMIR_SOURCE_DIR "/CMakeLists.txt'?");
    check_contains(text, "there is no folder '" PAMIR_SOURCE_DIR "/nowhere'");
    check_contains(text, "is a device; expected a YAML file");
    check_contains(text, "has 100.0 MB");
    free(text);
}

static void test_a_named_file_is_missed_where_it_is_named(void **state)
{
    struct room *room = *state;
    struct sim_place place = {"experiment.yaml", 3, 9, 4};
    assert_null(sim_node_load_named("/nowhere/county.yaml", place, &room->arena, &room->diag));
    char *text = errors(room);
    check_contains(text, "experiment.yaml:3:9: error: no such file: '/nowhere/county.yaml'");
    free(text);
}

static void check_equal(const struct sim_node *a, const struct sim_node *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->quoted, b->quoted);
    assert_string_equal(a->text, b->text);
    for (int32_t i = 0; i < a->n; i++) {
        check_equal(a->items[i], b->items[i]);
        if (a->kind == SIM_NODE_MAP)
            check_equal(a->keys[i], b->keys[i]);
    }
}

static void test_a_printed_tree_reads_back_equal(void **state)
{
    struct room *room = *state;
    struct sim_node *root = parse(room,
        "a: 1\nb: [1, 2, {c: 3, d: \"x: y # z\"}]\ne: &x {f: \"q\\n\\t\\x07\\\\\", g: 'it''s'}\ni: *x\n"
        "t: a plain\n   folded\n\n   text\n\n\n   more\nlit: |\n  line one\n  line two\n"
        "l:\n- - 1\n  - - 2\n- {}\n- []\n-\n- k: v\n  w:\nn: 数 据\n\"key: 1\": -z\n'': x\n"
        "p: [a?b, -1]\nq: :x\nu: \"\\L \\P \\x85\"\n");
    char *refused = errors(room);
    check_contains(refused, "an empty key");
    check_contains(refused, "1 error");
    free(refused);
    clear(room);
    assert_non_null(root);
    struct capture capture;
    sim_node_print(root, capture_begin(&capture), 0);
    char *text = capture_end(&capture);
    struct sim_node *again = parse(room, text);
    if (!again || room->diag.n_errors)
        print_error("%s\n", text);
    assert_non_null(again);
    assert_int_equal(room->diag.n_errors, 0);
    check_equal(root, again);
    free(text);
}

static void test_texts_print_plain_only_where_they_read_back(void **state)
{
    struct room *room = *state;
    static const char *const texts[] = {"plain text", "7.5e6 CNY", "a: b", "a #b", "a#b", " a", "a ", "",
        "- a", "-a", "?", "*a", "&a", "!a", "%a", "@a", "`a", "'a", "\"a", "{a", "[a", "a]",
        "a:", "line\nline", "---", "<<", "数", "#a", "a,b", "|", ">"};
    for (int32_t i = 0; i < SIM_COUNT(texts); i++) {
        struct capture capture;
        FILE *out = capture_begin(&capture);
        fputs("k: ", out);
        sim_node_print_text(texts[i], out);
        fputc('\n', out);
        char *text = capture_end(&capture);
        struct sim_node *root = parse(room, text);
        if (!root || strcmp(sim_node_get(root, "k")->text, texts[i]) != 0)
            print_error("%s", text);
        assert_non_null(root);
        assert_string_equal(sim_node_get(root, "k")->text, texts[i]);
        free(text);
    }
}

static void check_set_fails(
    struct room *room, struct sim_node *root, const char *path, const char *value, const char *message)
{
    clear(room);
    struct sim_place place = {"--set", 0, 0, 0};
    assert_int_equal(sim_node_set(root, path, value, place, &room->arena, &room->diag), SIM_ERROR_INPUT);
    char *text = errors(room);
    check_contains(text, message);
    free(text);
}

static void test_overrides_edit_and_create(void **state)
{
    struct room *room = *state;
    struct sim_node *root = parse(room, "a: {b: [{c: 1}, 2]}\ne:\n");
    struct sim_place place = {"--set", 0, 0, 0};
    assert_int_equal(sim_node_set(root, "a.b[0].c", "200 kg/mu", place, &room->arena, &room->diag), 0);
    assert_int_equal(sim_node_set(root, "a.b[1]", "[x, y]", place, &room->arena, &room->diag), 0);
    assert_int_equal(sim_node_set(root, "e.f.g", "7", place, &room->arena, &room->diag), 0);
    assert_int_equal(sim_node_set(root, "h", "", place, &room->arena, &room->diag), 0);
    struct capture capture;
    sim_node_print(root, capture_begin(&capture), 0);
    char *text = capture_end(&capture);
    assert_string_equal(text, "a:\n  b:\n    - c: 200 kg/mu\n    - - x\n      - y\ne:\n  f:\n    g: 7\nh:\n");
    free(text);
    struct sim_node *g = sim_node_get(sim_node_get(sim_node_get(root, "e"), "f"), "g");
    assert_true(g->overridden);
    assert_string_equal(g->place.file, "--set e.f.g");
    assert_false(sim_node_get(root, "a")->overridden);
}

static void test_overrides_that_lead_nowhere_are_refused(void **state)
{
    struct room *room = *state;
    struct sim_node *root = parse(room, "a: {b: [1, 2], c: x}\n");
    check_set_fails(room, root, "a.b[2]", "3", "'a.b[2]': [2] is beyond the list, which has 2 items");
    check_set_fails(room, root, "a.c.d", "3", "'d' stands where there is a single value");
    check_set_fails(room, root, "a.b.d", "3", "'d' stands where there is a list");
    check_set_fails(room, root, "a[0]", "3", "[0] stands where there is no list");
    static const char *const malformed[] = {
        "", ".", "a.", ".a", "a..b", "a[", "a[]", "a[x]", "a[0", "a[0]b", "a]", "a[99999999999]", "[0]"};
    for (int32_t i = 0; i < SIM_COUNT(malformed); i++)
        check_set_fails(room, root, malformed[i], "3", "is not a path");
    check_set_fails(room, root, "a.c", "[1", "--set a.c: error: 'a.c=[1': YAML: did not find");
    struct capture capture;
    sim_node_print(root, capture_begin(&capture), 0);
    char *text = capture_end(&capture);
    assert_string_equal(text, "a:\n  b:\n    - 1\n    - 2\n  c: x\n");
    free(text);
}

static void test_a_copy_shares_nothing(void **state)
{
    struct room *room = *state;
    struct sim_node *root = parse(room, "a: {b: [1]}\n");
    struct sim_node *copy = sim_node_copy(root, &room->arena);
    check_equal(root, copy);
    sim_node_set(copy, "a.b[0]", "2", (struct sim_place){"--set", 0, 0, 0}, &room->arena, &room->diag);
    assert_string_equal(sim_node_get(sim_node_get(root, "a"), "b")->items[0]->text, "1");
}

static void test_paths_stay_within_their_root(void **state)
{
    struct room *room = *state;
    struct sim_place place = {"experiments/e.yaml", 2, 9, 3};
    struct sim_arena *arena = &room->arena;
    const char *base = "scenarios/experiments/e.yaml";
    assert_string_equal(
        sim_node_path(base, "x.yaml", NULL, place, arena, &room->diag), "scenarios/experiments/x.yaml");
    assert_string_equal(sim_node_path(base, "../counties/./c.yaml", "scenarios", place, arena, &room->diag),
        "scenarios/counties/c.yaml");
    assert_string_equal(sim_node_path("e.yaml", "c.yaml", ".", place, arena, &room->diag), "c.yaml");
    assert_string_equal(
        sim_node_path("/r/s/e.yaml", "../t//c.yaml", "/r/", place, arena, &room->diag), "/r/t/c.yaml");
    assert_int_equal(room->diag.n_errors, 0);
    assert_null(sim_node_path(base, "../../../etc/passwd", "scenarios", place, arena, &room->diag));
    assert_null(sim_node_path(base, "/etc/passwd", "scenarios", place, arena, &room->diag));
    assert_null(sim_node_path(base, "../../scenarios2/c.yaml", "scenarios", place, arena, &room->diag));
    assert_null(sim_node_path(base, "", "scenarios", place, arena, &room->diag));
    assert_int_equal(room->diag.n_errors, 4);
    char *text = errors(room);
    check_contains(text, "experiments/e.yaml:2:9: error: '../../../etc/passwd' climbs out of 'scenarios'");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nodes_keep_their_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_quoting_is_kept_and_nothing_is_typed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            test_errors_that_leave_a_tree_are_reported_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_aliases_are_copies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_trees_without_end_or_measure_fail, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_depth_counts_aliases_written_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_characters_have_their_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            test_line_ends_and_byte_order_marks_do_not_shift_places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_syntax_errors_say_what_was_meant, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_files_that_cannot_be_read_say_why, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_named_file_is_missed_where_it_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_printed_tree_reads_back_equal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_texts_print_plain_only_where_they_read_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_overrides_edit_and_create, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_overrides_that_lead_nowhere_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_copy_shares_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_paths_stay_within_their_root, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
