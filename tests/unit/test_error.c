#include "sim/core/error.h"

#include <string.h>

#include "tests/support/check.h"

static void test_the_first_failure_is_kept(void **unused)
{
    (void)unused;
    struct sim_error error = {0};
    assert_int_equal(sim_error_set(&error, SIM_ERROR_INPUT, "household %d", 7), SIM_ERROR_INPUT);
    assert_int_equal(sim_error_set(&error, SIM_ERROR_IO, "later"), SIM_ERROR_INPUT);
    assert_int_equal(error.code, SIM_ERROR_INPUT);
    assert_string_equal(error.message, "household 7");
}

static void test_a_long_message_is_cut_not_overrun(void **unused)
{
    (void)unused;
    struct sim_error error = {0};
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    sim_error_set(&error, SIM_ERROR_IO, "%s", text);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
}

static void test_codes_are_negative_distinct_and_have_sentences(void **unused)
{
    (void)unused;
    static const int codes[] = {
#define SIM_ERROR(name, code, sentence) code,
#include "sim/core/errors.def"
#undef SIM_ERROR
    };
    for (int i = 0; i < SIM_COUNT(codes); i++) {
        assert_true(codes[i] < 0);
        assert_string_not_equal(sim_error_sentence(codes[i]), "unknown error");
        for (int j = 0; j < i; j++)
            assert_int_not_equal(codes[i], codes[j]);
    }
    assert_string_equal(sim_error_sentence(SIM_ERROR_BOOKS), "the books do not close");
    assert_string_equal(sim_error_sentence(-12345), "unknown error");
    assert_string_equal(sim_error_sentence(0), "no error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_failure_is_kept),
        cmocka_unit_test(test_a_long_message_is_cut_not_overrun),
        cmocka_unit_test(test_codes_are_negative_distinct_and_have_sentences),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
