/* Rung: definition. */
#include "sim/io/output.h"

#include "tests/support/fake_batch.h"

static void digest_of(const struct sim_output *output, char text[SIM_DIGEST_TEXT])
{
    uint8_t digest[SIM_DIGEST_BYTES];
    sim_output_digest(output, digest);
    sim_digest_text(digest, text);
}

static void test_variables_follow_each_other_at_multiples_of_eight(void **state)
{
    struct sim_output output;
    (void)state;
    fake_output(&output);
    int64_t end = 0;
    for (int32_t v = 0; v < output.n_variables; v++) {
        const struct sim_variable *variable = &output.variables[v];
        assert_int_equal(variable->offset % 8, 0);
        assert_in_range(variable->offset - end, 0, 7);
        end = variable->offset + variable->n_values * sim_type_bytes(variable->type);
    }
    assert_in_range(output.row_bytes - end, 0, 7);
    assert_int_equal(output.variables[FAKE_HERD].n_values, FAKE_VILLAGES * 2);
    assert_int_equal(output.variables[FAKE_GINI].n_values, 1);
    sim_output_free(&output);
}

static void test_find_needs_group_and_name(void **state)
{
    struct sim_output output;
    (void)state;
    fake_output(&output);
    assert_int_equal(sim_output_find(&output, "county", "gini"), FAKE_GINI);
    assert_int_equal(sim_output_find(&output, "village", "gini"), -1);
    assert_int_equal(sim_output_find(&output, "claim", "published"), -1); /* a constant is no variable */
    sim_output_free(&output);
}

static void test_everything_given_is_copied(void **state)
{
    struct sim_output output, fresh;
    struct sim_error error = {0};
    char name[] = "month", unit[] = "CNY", label[] = "Dafdar", group[] = "county", variable_name[] = "x";
    const char *labels[] = {label};
    (void)state;
    char digests[2][SIM_DIGEST_TEXT];
    for (int turn = 0; turn < 2; turn++) {
        struct sim_output *self = turn == 0 ? &output : &fresh;
        sim_output_init(self);
        struct sim_dimension dimension = {.name = name, .length = 1, .labels = labels, .unit = unit};
        struct sim_variable variable = {.group = group, .name = variable_name, .type = SIM_F64, .n_dims = 1};
        assert_int_equal(sim_output_add_dimension(self, &dimension, &error), 0);
        assert_int_equal(sim_output_add_variable(self, &variable, &error), 0);
    }
    name[0] = unit[0] = label[0] = group[0] = variable_name[0] = 'X';
    digest_of(&output, digests[0]);
    digest_of(&fresh, digests[1]);
    assert_string_equal(digests[0], digests[1]);
    assert_string_equal(output.dimensions[0].labels[0], "Dafdar");
    assert_string_equal(output.variables[0].group, "county");
    assert_string_equal(output.variables[0].sentence, ""); /* never NULL */
    sim_output_free(&output);
    sim_output_free(&output);
    sim_output_free(&fresh);
}

static void test_digest_changes_with_every_part_of_the_shape(void **state)
{
    enum { N = 19 };
    char digests[N][SIM_DIGEST_TEXT];
    double days[FAKE_MONTHS] = {0}, published[2] = {10842.5, 1};
    static const int64_t years[] = {2015, 2017};
    static const char *const villages[] = {"Tağdumbaş", "瓦恰", "Dafda"};
    static const char *const joined[] = {"Tağdumbaş瓦", "恰", "Dafdar"}; /* the same bytes, cut elsewhere */
    static const char *const sources[] = {"a", ""};
    (void)state;
    for (int i = 0; i < N; i++) {
        struct sim_output output;
        fake_output(&output);
        struct sim_variable *variable = &output.variables[FAKE_INCOME];
        struct sim_dimension *dimension = output.dimensions;
        switch (i) {
        case 1:
            variable->group = "village";
            break;
        case 2:
            variable->name = "incomes";
            break;
        case 3:
            variable->unit = "CNY";
            break;
        case 4:
            variable->sentence = "gross";
            break;
        case 5:
            variable->tag = "fitted";
            break;
        case 6:
            variable->type = SIM_I64;
            break;
        case 7:
            variable->n_dims = 0;
            break;
        case 8:
            variable->dims[0] = 1;
            break;
        case 9:
            dimension[0].values = days;
            break;
        case 10:
            dimension[0].unit = "1";
            break;
        case 11:
            dimension[1].labels = villages;
            break;
        case 12:
            dimension[1].labels = joined;
            break;
        case 13:
            dimension[2].integers = years;
            break;
        case 14:
            dimension[4].length = 6;
            break;
        case 15:
            dimension[1].name = "place";
            break;
        case 16:
            output.constants[1].numbers = published;
            break;
        case 17:
            output.constants[0].texts = sources;
            break;
        case 18:
            output.n_constants = 1;
            break;
        default:
            break;
        }
        digest_of(&output, digests[i]);
        for (int j = 0; j < i; j++)
            if (strcmp(digests[i], digests[j]) == 0)
                fail_msg("shapes %d and %d have one digest", i, j);
        sim_output_free(&output);
    }
}

static void test_digest_ignores_dimensions_that_nothing_uses(void **state)
{
    struct sim_output output;
    struct sim_error error = {0};
    char before[SIM_DIGEST_TEXT], after[SIM_DIGEST_TEXT];
    (void)state;
    fake_output(&output);
    digest_of(&output, before);
    struct sim_dimension unused = {.name = "unused", .length = 3};
    assert_true(sim_output_add_dimension(&output, &unused, &error) >= 0);
    digest_of(&output, after);
    assert_string_equal(before, after);
    sim_output_free(&output);
}

static void test_settled_row_has_one_nan_and_empty_gaps(void **state)
{
    struct sim_output output;
    (void)state;
    fake_output(&output);
    uint8_t *a = malloc((size_t)output.row_bytes), *b = malloc((size_t)output.row_bytes);
    memset(a, 0x00, (size_t)output.row_bytes);
    memset(b, 0xff, (size_t)output.row_bytes); /* gaps full of ones, and every float a strange NaN */
    fake_row(&output, 3, 0, 0, 0, a);
    fake_row(&output, 3, 0, 0, 0, b);
    uint64_t strange = 0xfff8dead00000001u;
    uint32_t small = 0xffc00001u;
    memcpy(sim_output_at(&output, FAKE_GINI, a), &(double){NAN}, 8);
    memcpy(sim_output_at(&output, FAKE_GINI, b), &strange, 8);
    memcpy(sim_output_at(&output, FAKE_PANEL, a), &(float){NAN}, 4);
    memcpy(sim_output_at(&output, FAKE_PANEL, b), &small, 4);
    assert_memory_not_equal(a, b, (size_t)output.row_bytes);
    sim_output_settle(&output, a);
    sim_output_settle(&output, b);
    assert_memory_equal(a, b, (size_t)output.row_bytes);
    free(a);
    free(b);
    sim_output_free(&output);
}

static void expect_refusal(int32_t code, struct sim_error *error, const char *part)
{
    assert_int_equal(code, SIM_ERROR_INPUT);
    if (strstr(error->message, part) == NULL)
        fail_msg("'%s' does not say '%s'", error->message, part);
    *error = (struct sim_error){0};
}

static void test_bad_declarations_are_refused_with_their_name(void **state)
{
    struct sim_output output;
    struct sim_error error = {0};
    static const char *const broken[] = {"\xff"};
    double one = 1;
    (void)state;
    fake_output(&output);
    const struct sim_dimension dimensions[] = {
        {.name = "arm", .length = 1},
        {.name = "month", .length = 1},
        {.name = "gini", .length = 1},
        {.name = "published", .length = 1},
        {.name = "empty", .length = 0},
        {.name = "a b", .length = 1},
        {.name = "", .length = 1},
        {.name = "1st", .length = 1},
        {.name = "broken", .length = 1, .labels = broken},
        {.name = "both", .length = 1, .labels = fake_claims, .values = &one},
    };
    for (int i = 0; i < SIM_COUNT(dimensions); i++)
        expect_refusal(sim_output_add_dimension(&output, &dimensions[i], &error), &error, dimensions[i].name);
    const struct sim_variable variables[] = {
        {.group = "county", .name = "gini"},
        {.group = "claim", .name = "source"},
        {.group = "county", .name = "month"},
        {.group = "county", .name = "replicate"},
        {.group = "meta", .name = "x"},
        {.group = "a/b", .name = "x"},
        {.group = "county", .name = "new", .n_dims = 1, .dims = {99}},
        {.group = "county", .name = "new", .n_dims = 2, .dims = {0, 0}},
        {.group = "county", .name = "new", .n_dims = 4},
        {.group = "county", .name = "wait", .unit = "days"},
        {.group = "county", .name = "broken", .sentence = "\xc0\x80"},
    };
    static const char *const parts[] = {"gini", "source", "month", "replicate", "meta", "a/b", "number 99",
        "twice", "at most", "'d'", "broken"};
    for (int i = 0; i < SIM_COUNT(variables); i++)
        expect_refusal(sim_output_add_variable(&output, &variables[i], &error), &error, parts[i]);
    const struct sim_constant constants[] = {
        {.group = "claim", .name = "neither"},
        {.group = "claim", .name = "both", .texts = fake_claims, .numbers = &one},
        {.group = "county", .name = "gini", .numbers = &one},
    };
    for (int i = 0; i < SIM_COUNT(constants); i++)
        expect_refusal(sim_output_add_constant(&output, &constants[i], &error), &error, constants[i].name);
    assert_int_equal(output.n_variables, 9);
    assert_int_equal(output.n_dimensions, 5);
    sim_output_free(&output);
}

static void test_lists_grow_and_keep_what_they_had(void **state)
{
    struct sim_output output;
    struct sim_error error = {0};
    char name[20];
    (void)state;
    sim_output_init(&output);
    for (int32_t i = 0; i < 300; i++) {
        struct sim_variable variable = {.group = "county", .name = name, .type = SIM_I32};
        snprintf(name, sizeof name, "x%d", (int)i);
        assert_int_equal(sim_output_add_variable(&output, &variable, &error), i);
    }
    for (int32_t i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "x%d", (int)i);
        assert_int_equal(sim_output_find(&output, "county", name), i);
        assert_int_equal(output.variables[i].offset, 8 * i);
    }
    for (int32_t i = 0; i < 257; i++) {
        struct sim_dimension dimension = {.name = name, .length = 1};
        snprintf(name, sizeof name, "d%d", (int)i);
        assert_int_equal(
            sim_output_add_dimension(&output, &dimension, &error), i < 256 ? i : SIM_ERROR_CAPACITY);
    }
    sim_output_free(&output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_variables_follow_each_other_at_multiples_of_eight),
        cmocka_unit_test(test_find_needs_group_and_name),
        cmocka_unit_test(test_everything_given_is_copied),
        cmocka_unit_test(test_digest_changes_with_every_part_of_the_shape),
        cmocka_unit_test(test_digest_ignores_dimensions_that_nothing_uses),
        cmocka_unit_test(test_settled_row_has_one_nan_and_empty_gaps),
        cmocka_unit_test(test_bad_declarations_are_refused_with_their_name),
        cmocka_unit_test(test_lists_grow_and_keep_what_they_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
