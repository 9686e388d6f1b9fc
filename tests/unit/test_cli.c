#include "sim/cli/args.h"

#include <unistd.h>

#include "tests/support/capture.h"
#include "tests/support/check.h"

struct options {
    const char *output;
    int64_t threads;
    bool quiet;
    struct cli_list sets;
};

static const struct cli_option option_table[] = {
    {CLI_TEXT, "output", 'o', "OUT.h5", "the file to write", offsetof(struct options, output), 0, 0},
    {CLI_INTEGER, "threads", '\0', "T", "threads", offsetof(struct options, threads), 1, 64},
    {CLI_FLAG, "quiet", 'q', NULL, "say nothing", offsetof(struct options, quiet), 0, 0},
    {CLI_LIST, "set", '\0', "PATH=VALUE", "another value", offsetof(struct options, sets), 0, 0},
};

static const struct cli_command command = {"try", "FILE", "tries", "Tries a file.", "  pamir try x\n",
    option_table, SIM_COUNT(option_table), 1, 2, NULL};

/* Parses a line of words; what goes to standard error and output comes back as a text to be freed. */
static int parse(const char *line, struct options *options, struct cli_operands *operands, char **printed)
{
    static const char head[] = "pamir try ";
    /* Operands point into the copy, which lives on: held here, so that the sanitizers call it no leak. */
    static char *copies[200];
    static int n_copies;
    assert_true(n_copies < SIM_COUNT(copies));
    copies[n_copies] = malloc(sizeof(head) + strlen(line));
    char *copy = copies[n_copies++], *argv[64];
    strcpy(copy, head);
    strcat(copy, line);
    int argc = 0;
    for (char *word = strtok(copy, " "); word && argc < 63; word = strtok(NULL, " "))
        argv[argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
    argv[argc] = NULL;
    FILE *file = tmpfile();
    fflush(stdout);
    fflush(stderr);
    int out = dup(1), err = dup(2);
    dup2(fileno(file), 1);
    dup2(fileno(file), 2);
    *options = (struct options){0};
    int status = cli_args_parse(&command, argc, argv, options, operands);
    fflush(stdout);
    fflush(stderr);
    dup2(out, 1);
    dup2(err, 2);
    close(out);
    close(err);
    long n = ftell(file);
    rewind(file);
    *printed = calloc(1, (size_t)n + 1);
    assert_int_equal(fread(*printed, 1, (size_t)n, file), (size_t)n);
    fclose(file);
    return status;
}

static void check_wrong(const char *line, const char *message)
{
    struct options options;
    struct cli_operands operands;
    char *printed;
    assert_int_equal(parse(line, &options, &operands, &printed), CLI_BAD_INPUT);
    check_contains(printed, message);
    check_contains(printed, "usage: pamir try FILE [options]; more with pamir try --help");
    free(printed);
}

static void test_every_spelling_of_an_option_is_read(void **state)
{
    (void)state;
    static const char *const lines[] = {"-o a.h5 --threads 3 -q f", "f -oa.h5 --threads=3 --quiet",
        "--output=a.h5 f --threads 3 -q", "--output b.h5 -o a.h5 --threads 3 --quiet -- f"};
    for (int32_t i = 0; i < SIM_COUNT(lines); i++) {
        struct options options;
        struct cli_operands operands;
        char *printed;
        assert_int_equal(parse(lines[i], &options, &operands, &printed), CLI_PROCEED);
        assert_string_equal(printed, "");
        assert_string_equal(options.output, "a.h5");
        assert_int_equal(options.threads, 3);
        assert_true(options.quiet);
        assert_int_equal(operands.n, 1);
        assert_string_equal(operands.items[0], "f");
        free(printed);
    }
}

static void test_lists_keep_their_order_and_operands_may_begin_with_a_dash(void **state)
{
    (void)state;
    struct options options;
    struct cli_operands operands;
    char *printed;
    assert_int_equal(parse("--set a=1 --set=b=2=3 - -- -f", &options, &operands, &printed), CLI_PROCEED);
    assert_int_equal(options.sets.n, 2);
    assert_string_equal(options.sets.items[0], "a=1");
    assert_string_equal(options.sets.items[1], "b=2=3");
    assert_int_equal(operands.n, 2);
    assert_string_equal(operands.items[0], "-");
    assert_string_equal(operands.items[1], "-f");
    free(printed);
}

static void test_wrong_calls_say_what_was_expected(void **state)
{
    (void)state;
    check_wrong("", "pamir try: FILE is missing");
    check_wrong("f --thread 3", "unknown option '--thread'; did you mean '--threads'?");
    check_wrong("f --thraeds=3", "unknown option '--thraeds'; did you mean '--threads'?");
    check_wrong("f --zebra", "unknown option '--zebra'\n");
    check_wrong("f -x", "unknown option '-x'");
    check_wrong("f --threads", "--threads needs T");
    check_wrong("f --threads two", "--threads: 'two' is not an integer");
    check_wrong("f --threads 2.5", "'2.5' is not an integer");
    check_wrong("f --threads ''", "'' is not an integer");
    check_wrong("f --threads 65", "'65' is out of range; expected 1 to 64");
    check_wrong("f --threads 0", "out of range");
    check_wrong("f --threads -1", "out of range");
    check_wrong("f --threads 99999999999999999999", "out of range");
    check_wrong("f --quiet=yes", "--quiet takes no value");
    check_wrong("f -o ''", "--output is empty; expected OUT.h5");
    check_wrong("f g h", "'h' is one argument too many after 'g'");
}

static void test_help_names_every_option_and_wins_over_errors(void **state)
{
    (void)state;
    static const char *const lines[] = {"--help", "-h", "f --zebra --help"};
    for (int32_t i = 0; i < SIM_COUNT(lines); i++) {
        struct options options;
        struct cli_operands operands;
        char *printed;
        assert_int_equal(parse(lines[i], &options, &operands, &printed), CLI_DONE);
        check_contains(printed, "usage: pamir try FILE [options]\n\nTries a file.\n");
        check_contains(printed, "  -o, --output OUT.h5 ");
        check_contains(printed, "      --threads T ");
        check_contains(printed, "  -q, --quiet ");
        check_contains(printed, "  -h, --help ");
        check_contains(printed, "examples:\n  pamir try x\n");
        free(printed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_spelling_of_an_option_is_read),
        cmocka_unit_test(test_lists_keep_their_order_and_operands_may_begin_with_a_dash),
        cmocka_unit_test(test_wrong_calls_say_what_was_expected),
        cmocka_unit_test(test_help_names_every_option_and_wins_over_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
