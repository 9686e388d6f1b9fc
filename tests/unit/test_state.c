#include "sim/io/state.h"

#include <string.h>

#include "tests/support/check.h"

static void test_bytes_come_back_in_order(void **unused)
{
    (void)unused;
    struct sim_state state;
    struct sim_error error = {0};
    sim_state_init(&state);
    for (int64_t i = 0; i < 5000; i++)
        check_ok(sim_state_put(&state, &i, sizeof i, &error), error);
    check_ok(sim_state_put(&state, NULL, 0, &error), error);
    for (int64_t i = 0; i < 5000; i++) {
        int64_t back;
        check_ok(sim_state_get(&state, &back, sizeof back, &error), error);
        assert_int_equal(back, i);
    }
    assert_int_equal(state.at, state.n);
    sim_state_free(&state);
    sim_state_free(&state);
}

static void test_more_than_there_is_cannot_be_read(void **unused)
{
    (void)unused;
    struct sim_state state;
    struct sim_error error = {0}, negative = {0};
    char bytes[8] = "1234567";
    sim_state_init(&state);
    check_ok(sim_state_put(&state, bytes, 5, &error), error);
    assert_int_equal(sim_state_get(&state, bytes, 6, &error), SIM_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "6 bytes wanted at byte 0, 5 are left"));
    assert_int_equal(sim_state_get(&state, bytes, -1, &negative), SIM_ERROR_FORMAT);
    assert_int_equal(state.at, 0);
    sim_state_free(&state);
}

static void test_a_wrong_order_names_both_marks(void **unused)
{
    (void)unused;
    struct sim_state state;
    struct sim_error error = {0};
    sim_state_init(&state);
    check_ok(sim_state_put_mark(&state, "herds", &error), error);
    check_ok(sim_state_put_mark(&state, "a name far longer than the room that a mark has", &error), error);
    assert_int_equal(sim_state_get_mark(&state, "parcels", &error), SIM_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "'parcels' expected at byte 0, found 'herds'"));
    struct sim_error none = {0};
    check_ok(sim_state_get_mark(&state, "herds", &none), none);
    check_ok(sim_state_get_mark(&state, "a name far longer than the room that a mark has", &none), none);
    assert_int_equal(sim_state_get_mark(&state, "end", &none), SIM_ERROR_FORMAT);
    sim_state_free(&state);
}

static void test_nonsense_is_shown_printable(void **unused)
{
    (void)unused;
    struct sim_state state;
    struct sim_error error = {0};
    char noise[64];
    memset(noise, 7, sizeof noise);
    sim_state_init(&state);
    check_ok(sim_state_put(&state, noise, sizeof noise, &error), error);
    assert_int_equal(sim_state_get_mark(&state, "herds", &error), SIM_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "found '????"));
    sim_state_free(&state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_come_back_in_order),
        cmocka_unit_test(test_more_than_there_is_cannot_be_read),
        cmocka_unit_test(test_a_wrong_order_names_both_marks),
        cmocka_unit_test(test_nonsense_is_shown_printable),
    };
    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
