#include "sim/scenario/schema.h"

#include "tests/support/capture.h"
#include "tests/support/check.h"

#define FARM_PARAMS(P)                                                                                       \
    P(REAL, yield, "kg/mu", "200 kg/mu", 0, 2000, "barley a year", "county yearbook")                        \
    P(INTEGER, budget, "fen", "7.5e6 CNY", 0, 1e12, "paid by the sponsor", "claims.csv")                     \
    P(INTEGER, n_cows, "1", "3", 1, 100, "cows of a household", "assumption")                                \
    P(REAL, share, "1", "", 0, 1, "share that is sold", "")                                                  \
    P(MONTH, starts, "", "2018-05", 0, 0, "first month", "claims.csv")                                       \
    P(SWITCH, keeper, "household|cooperative|enterprise", "cooperative", 0, 0, "who keeps them",             \
        "claims.csv")                                                                                        \
    P(FLAG, insured, "", "false", 0, 0, "whether the herd is insured", "assumption")                         \
    P(TEXT, breed, "", "Simmental", 0, 0, "breed", "claims.csv")                                             \
    P(TEXT, remark, "", SIM_PARAM_NO_TEXT, 0, 0, "anything", "")
struct farm_params {
    FARM_PARAMS(SIM_PARAM_FIELD)
};

#define SIM_PARAM_SELF struct farm_params
static const struct sim_param params[] = {FARM_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
static const char *const others[] = {"effects"};
static const struct sim_schema schema = {"farm", "a farm for tests", params, SIM_COUNT(params),
    sizeof(struct farm_params), others, SIM_COUNT(others)};

struct room {
    struct sim_arena arena;
    struct sim_diag diag;
    struct sim_units *units;
    struct sim_reader reader;
    struct farm_params farm;
    struct sim_given given[SIM_COUNT(params)];
};

static int set_up(void **state)
{
    struct room *room = calloc(1, sizeof(*room));
    struct sim_error error = {0};
    sim_arena_init(&room->arena);
    sim_diag_init(&room->diag);
    room->units = sim_units_new(&error);
    room->reader = (struct sim_reader){.units = room->units, .arena = &room->arena, .diag = &room->diag};
    *state = room;
    return room->units ? 0 : -1;
}

static int tear_down(void **state)
{
    struct room *room = *state;
    sim_units_free(room->units);
    sim_arena_free(&room->arena);
    sim_diag_free(&room->diag);
    free(room);
    return 0;
}

static struct sim_node *parse(struct room *room, const char *text)
{
    return sim_node_parse("t.yaml", text, (int64_t)strlen(text), &room->arena, &room->diag);
}

static int read_farm(struct room *room, const char *text)
{
    struct sim_place place = {"t.yaml", 0, 0, 0};
    return sim_schema_read(
        &schema, *text ? parse(room, text) : NULL, place, &room->reader, &room->farm, room->given);
}

static char *errors(struct room *room)
{
    struct capture capture;
    sim_diag_print(&room->diag, capture_begin(&capture));
    return capture_end(&capture);
}

static void check_fails(struct room *room, const char *text, const char *message)
{
    sim_diag_free(&room->diag);
    sim_diag_init(&room->diag);
    assert_int_equal(read_farm(room, text), SIM_ERROR_INPUT);
    char *printed = errors(room);
    check_contains(printed, message);
    free(printed);
}

static void test_values_are_read_in_the_units_of_the_schema(void **state)
{
    struct room *room = *state;
    assert_int_equal(
        read_farm(room,
            "yield: 0.15 kg/m2\nbudget: 2 CNY\nn_cows: 7\nshare: {value: 25 percent, source: assumption, "
            "note: "
            "n}\nstarts: 2020-12\nkeeper: enterprise\ninsured: true\nbreed: 'no: 5'\nremark: r\n"),
        0);
    check_near(room->farm.yield, 100, 1e-14, 0);
    assert_int_equal(room->farm.budget, 200);
    assert_int_equal(room->farm.n_cows, 7);
    assert_true(room->farm.share == 0.25);
    assert_int_equal(room->farm.starts, 50 * 12 + 11);
    assert_int_equal(room->farm.keeper, 2);
    assert_true(room->farm.insured);
    assert_string_equal(room->farm.breed, "no: 5");
    assert_string_equal(room->farm.remark, "r");
    assert_string_equal(room->given[3].text, "25 percent");
    assert_string_equal(room->given[3].source, "assumption");
    assert_false(room->given[3].is_default);
    assert_int_equal(room->given[3].place.line, 4);
}

static void test_defaults_stand_where_nothing_is_given(void **state)
{
    struct room *room = *state;
    assert_int_equal(read_farm(room, "share: 1\n"), 0);
    check_near(room->farm.yield, 200, 0, 0);
    assert_int_equal(room->farm.budget, 750000000);
    assert_int_equal(room->farm.keeper, 1);
    assert_false(room->farm.insured);
    assert_string_equal(room->farm.breed, "Simmental");
    assert_string_equal(room->farm.remark, "");
    assert_true(room->given[0].is_default);
    assert_string_equal(room->given[0].source, "county yearbook");
}

static void test_all_errors_come_at_once(void **state)
{
    struct room *room = *state;
    assert_int_equal(
        read_farm(room,
            "yeild: 3 kg/mu\nbudget: 200 kg\nn_cows: 3.7\nstarts: May\nkeeper: cooperatives\ninsured: "
            "yes\nbreed: [a]\nremark:\n"),
        SIM_ERROR_INPUT);
    char *text = errors(room);
    check_contains(text, "t.yaml:1:1: error: farm: unknown key 'yeild'; did you mean 'yield'?");
    check_contains(
        text, "t.yaml:1:1: error: farm: 'share' is missing (share that is sold); expected a number");
    check_contains(
        text, "t.yaml:2:9: error: farm.budget: 'kg' is not a 'CNY'; expected a quantity like '200 CNY'");
    check_contains(text, "t.yaml:3:9: error: farm.n_cows: '3.7' is not an integer");
    check_contains(text, "t.yaml:4:9: error: farm.starts: 'May' is not a month; expected one like 2018-05");
    check_contains(text,
        "t.yaml:5:9: error: farm.keeper: 'cooperatives' is not one of: household, cooperative or "
        "enterprise; did you mean 'cooperative'?");
    check_contains(text, "t.yaml:6:10: error: farm.insured: 'yes' is not true or false; write true");
    check_contains(text, "t.yaml:7:8: error: farm.breed is a list; expected a text");
    check_contains(text, "farm.remark has no value; expected a text");
    check_contains(text, "9 errors");
    free(text);
}

static void test_ranges_are_told_in_the_writers_unit(void **state)
{
    struct room *room = *state;
    check_fails(room, "share: 1.5\n", "farm.share: '1.5' is out of range; expected 0 to 1");
    check_fails(
        room, "share: 150 percent\n", "'150 percent' is out of range; expected 0 percent to 100 percent");
    check_fails(
        room, "share: 1\nyield: 30 kg/m2\n", "'30 kg/m2' is out of range; expected 0 kg/m2 to 3 kg/m2");
    check_fails(room, "share: 1\nbudget: 2e10 CNY\n", "expected 0 CNY to 10000000000 CNY");
    check_fails(room, "share: 1\nn_cows: 0\n", "farm.n_cows: '0' is out of range; expected 1 to 100");
    check_fails(room, "share: -1e-9\n", "out of range");
}

static void test_integers_are_integers(void **state)
{
    struct room *room = *state;
    check_fails(room, "share: 1\nn_cows: 1e1\n", "'1e1' is not an integer");
    check_fails(room, "share: 1\nn_cows: 1_0\n", "write the digits together");
    check_fails(room, "share: 1\nn_cows: 010\n", "leading zeros");
    check_fails(room, "share: 1\nn_cows: '3'\n", "is a text; expected an integer, without quotes");
    check_fails(room, "share: 1\nn_cows: 99999999999999999999\n", "out of range for an integer");
    check_fails(room, "share: '1'\n", "is a text; expected a number, without quotes");
    check_fails(room, "share: 1\nn_cows: 3 head\n", "'3 head' is not an integer");
}

static void test_what_holds_nothing_is_not_a_value(void **state)
{
    struct room *room = *state;
    check_fails(room, "share:\n", "farm.share has no value; expected a number");
    check_fails(room, "share: ~\n", "farm.share has no value");
    check_fails(room, "share: 1\nbreed: null\n", "farm.breed has no value");
    check_fails(room, "share: {source: assumption}\n", "farm.share: 'value' is missing");
    check_fails(room, "share: {vlaue: 1}\n", "farm.share: unknown key 'vlaue'; did you mean 'value'?");
    check_fails(room, "share: {value: {value: 1}}\n", "farm.share is a map; expected a number");
    check_fails(room, "[1, 2]\n", "farm is a list; expected a map");
    check_fails(room, "", "farm: 'share' is missing");
}

static void test_a_value_without_a_source_is_an_error_where_sources_are_required(void **state)
{
    struct room *room = *state;
    room->reader.sources_required = true;
    check_fails(room, "share: 0.25\n",
        "t.yaml:1:8: error: farm.share: value has no source; write {value: 0.25, source: ...} (an assumption "
        "says so: "
        "source: assumption)");
    check_fails(room, "share: {value: 1, source: ' '}\n", "farm.share: the source is empty");
    check_fails(room, "share: {value: 1, source: }\n", "farm.share.source has no value");
    sim_diag_free(&room->diag);
    sim_diag_init(&room->diag);
    assert_int_equal(read_farm(room, "share: {value: 1, source: assumption}\nbreed: a name\n"), 0);
    assert_int_equal(
        read_farm(room, "source: yearbook 2015\nshare: 1\nn_cows: {value: 2, source: visit}\n"), 0);
    assert_string_equal(room->given[3].source, "yearbook 2015");
    assert_string_equal(room->given[2].source, "visit");
}

static void test_an_override_is_its_own_source(void **state)
{
    struct room *room = *state;
    room->reader.sources_required = true;
    struct sim_node *root = parse(room, "share: {value: 1, source: assumption}\n");
    struct sim_place place = {"--set", 0, 0, 0};
    sim_node_set(root, "share", "0.5", place, &room->arena, &room->diag);
    assert_int_equal(sim_schema_read(&schema, root, place, &room->reader, &room->farm, room->given), 0);
    assert_true(room->farm.share == 0.5);
    assert_string_equal(room->given[3].source, "override by --set");
}

/* A program named by five arms is read five times: the message stands once, the answer is no each time. */
static void test_the_same_wrong_file_is_refused_each_time(void **state)
{
    struct room *room = *state;
    struct sim_place place = {"t.yaml", 0, 0, 0};
    struct sim_node *root = parse(room, "share: 2\n");
    for (int32_t i = 0; i < 3; i++)
        assert_int_equal(
            sim_schema_read(&schema, root, place, &room->reader, &room->farm, NULL), SIM_ERROR_INPUT);
    assert_int_equal(room->diag.n_errors, 1);
}

static void test_what_is_printed_reads_back_the_same(void **state)
{
    struct room *room = *state;
    assert_int_equal(read_farm(room, "share: {value: 25 percent, source: \"a\\nb\"}\nbreed: 'no: 5'\nstarts: "
                                     "2020-01\nbudget: 3 CNY\n"),
        0);
    struct capture capture;
    sim_schema_print(&schema, room->given, capture_begin(&capture), 0);
    char *text = capture_end(&capture);
    check_contains(text, "yield: 200 kg/mu  # default; county yearbook\n");
    check_contains(text, "share: 25 percent  # a b\n");
    check_contains(text, "breed: \"no: 5\"\n");
    struct farm_params first = room->farm;
    assert_int_equal(read_farm(room, text), 0);
    assert_true(first.share == room->farm.share && first.yield == room->farm.yield);
    assert_int_equal(first.budget, room->farm.budget);
    assert_int_equal(first.starts, room->farm.starts);
    assert_string_equal(first.breed, room->farm.breed);
    assert_string_equal(first.remark, room->farm.remark);
    free(text);
}

static void test_describe_names_everything(void **state)
{
    (void)state;
    struct capture capture;
    sim_schema_describe(&schema, capture_begin(&capture));
    char *text = capture_end(&capture);
    check_contains(text, "farm: a farm for tests\n");
    check_contains(text,
        "  yield\n      number in kg/mu; default 200 kg/mu; 0 to 2000 kg/mu\n      barley a year\n"
        "      source: county yearbook\n");
    check_contains(text, "  budget\n      number in CNY; default 7.5e6 CNY; 0 to 10000000000 CNY\n");
    check_contains(text, "  share\n      number; required; 0 to 1\n");
    check_contains(text, "one of household, cooperative, enterprise; default cooperative\n");
    check_contains(text, "text; may be left out\n");
    free(text);
}

static void test_single_scalars_tell_their_errors(void **state)
{
    struct room *room = *state;
    struct sim_node *root = parse(room, "a: 5 mu\nb: on\nc: {d: 1}\n");
    double real = -1;
    bool flag;
    int32_t word;
    static const char *const keys[] = {"a", "b"};
    assert_true(sim_read_real(&room->reader, sim_node_get(root, "a"), "list[0].a", "ha", 0, 1, &real));
    check_near(real, 1.0 / 3, 1e-15, 0);
    assert_false(sim_read_flag(&room->reader, sim_node_get(root, "b"), "list[0].b", &flag));
    assert_false(sim_read_switch(&room->reader, sim_node_get(root, "b"), "list[0].b", "one|two", &word));
    assert_false(sim_read_kind(&room->reader, sim_node_get(root, "c"), "list[0].c", SIM_NODE_LIST));
    assert_false(sim_read_kind(&room->reader, NULL, "list[0].d", SIM_NODE_LIST));
    assert_false(sim_read_keys(&room->reader, root, "list[0]", keys, 2));
    char *text = errors(room);
    check_contains(text, "list[0].b: 'on' is not true or false; write true");
    check_contains(text, "list[0].b: 'on' is not one of: one or two");
    check_contains(text, "list[0].c is a map; expected a list");
    check_contains(text, "t.yaml:3:1: error: list[0]: unknown key 'c'; expected one of: a, b");
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_values_are_read_in_the_units_of_the_schema),
        TEST(test_defaults_stand_where_nothing_is_given),
        TEST(test_all_errors_come_at_once),
        TEST(test_ranges_are_told_in_the_writers_unit),
        TEST(test_integers_are_integers),
        TEST(test_what_holds_nothing_is_not_a_value),
        TEST(test_a_value_without_a_source_is_an_error_where_sources_are_required),
        TEST(test_an_override_is_its_own_source),
        TEST(test_the_same_wrong_file_is_refused_each_time),
        TEST(test_what_is_printed_reads_back_the_same),
        TEST(test_describe_names_everything),
        TEST(test_single_scalars_tell_their_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
