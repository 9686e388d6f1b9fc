#include "sim/scenario/unit.h"

#include "tests/support/capture.h"
#include "tests/support/check.h"

static int set_up(void **state)
{
    struct sim_error error = {0};
    *state = sim_units_new(&error);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    sim_units_free(*state);
    return 0;
}

static void check_reads(struct sim_units *units, const char *text, const char *unit, double expected)
{
    struct sim_error error = {0};
    double value = -1;
    check_ok(sim_units_read(units, text, unit, &value, &error), error);
    if (value != expected)
        print_error("%s in %s\n", text, unit);
    check_near(value, expected, 4e-16, 0);
}

static void check_fails(struct sim_units *units, const char *text, const char *unit, const char *part)
{
    struct sim_error error = {0};
    double value = -1;
    int code = sim_units_read(units, text, unit, &value, &error);
    if (code != SIM_ERROR_INPUT)
        print_error("'%s' passed as '%s'\n", text, unit);
    assert_int_equal(code, SIM_ERROR_INPUT);
    assert_true(value == -1);
    check_contains(error.message, part);
}

static void test_quantities_convert(void **state)
{
    check_reads(*state, "200 kg/mu", "kg/m2", 0.3);
    check_reads(*state, "7.5e6 CNY", "fen", 750000000);
    check_reads(*state, "15 mu", "ha", 1);
    check_reads(*state, "3 mu", "m2", 2000);
    check_reads(*state, "2 jin", "kg", 1);
    check_reads(*state, "15 percent/year", "1/year", 0.15);
    check_reads(*state, "0.5 1/year", "1/year", 0.5);
    check_reads(*state, "4.06 persons/household", "person/household", 4.06);
    check_reads(*state, "2 year", "month", 24);
    check_reads(*state, "5 kWh", "J", 1.8e7);
    check_reads(*state, "1 MWp", "kW", 1000);
    check_reads(*state, "12 CNY/(person year)", "CNY/person/month", 1);
    check_reads(*state, "-3 km", "m", -3000);
    check_reads(*state, "12 m^2", "m2", 12);
    check_reads(*state, "42", "1", 42);
    check_reads(*state, "+1e3", "1", 1000);
}

static void test_percent_is_exactly_the_decimal(void **state)
{
    for (int32_t i = 0; i <= 1000; i++) {
        char percent[20], decimal[20];
        snprintf(percent, sizeof(percent), "%d percent", i);
        snprintf(decimal, sizeof(decimal), "%d.%02d", i / 100, i % 100);
        double a, b;
        struct sim_error error = {0};
        check_ok(sim_units_read(*state, percent, "1", &a, &error), error);
        check_ok(sim_units_read(*state, decimal, "1", &b, &error), error);
        assert_true(a == b);
    }
}

static void test_what_is_not_a_number_fails(void **state)
{
    check_fails(*state, "12abc", "1", "'12abc' is not a number");
    check_fails(*state, "1_000", "1", "no '_' within numbers");
    check_fails(*state, "1,000 CNY", "fen", "no ',' within numbers");
    check_fails(*state, "nan", "1", "not a finite number");
    check_fails(*state, ".inf", "1", "not a finite number");
    check_fails(*state, "1e400", "1", "out of range");
    check_fails(*state, "1e308 km", "m", "out of range");
    check_fails(*state, "0x10", "1", "only decimal");
    check_fails(*state, "010", "1", "leading zeros");
    check_fails(*state, ".5", "1", "0 before the point");
    check_fails(*state, "5.", "1", "digits are missing");
    check_fails(*state, "1e", "1", "not a number");
    check_fails(*state, "1e3 2", "1", "not a plain number");
    check_fails(*state, "", "1", "not a number");
    check_fails(*state, "-", "kg", "expected a number and a unit like 'kg'");
    check_fails(*state, "many", "kg", "expected a number and a unit like 'kg'");
}

static void test_a_missing_or_stuck_unit_says_what_to_write(void **state)
{
    check_fails(*state, "40", "m2", "is it '40 mu' or '40 m2'? A mu is 667 square metres");
    check_fails(*state, "40 km", "m^2", "'km' is not a 'm^2'; is it '40 mu' or '40 m^2'?");
    check_fails(*state, "1.2", "m2/person", "is it '1.2 mu/person' or '1.2 m2/person'?");
    check_fails(*state, "200", "kg/mu", "expected a unit like 'kg/mu', as in '200 kg/mu'");
    check_fails(*state, "5kg", "kg", "a space belongs between the number and its unit, as in '5 kg'");
}

static void test_a_wrong_dimension_says_the_right_one(void **state)
{
    check_fails(*state, "200 kg", "m2", "'kg' is not a 'm2'; is it '200 mu' or '200 m2'?");
    check_fails(*state, "3 CNY/household/year", "CNY/person/year", "is not a 'CNY/person/year'");
    check_fails(
        *state, "200 kg", "fen/head", "'kg' is not a 'CNY/head'; expected a quantity like '200 CNY/head'");
    check_fails(*state, "3 kg", "1", "not a plain number");
    check_fails(*state, "3 head", "household", "'head' is not a 'household'");
}

static void test_reciprocals_offsets_and_logarithms_fail(void **state)
{
    /* UDUNITS itself would turn 5 years into 0.2 a year. */
    check_fails(*state, "5 year", "1/year", "'year' is not a '1/year'");
    check_fails(*state, "5 degree_C", "K", "'degree_C' is not a 'K'");
    check_fails(*state, "3 lg(re 1 mW)", "W", "'lg' is not a unit");
    check_fails(*state, "4 days since 2000-01-01", "day", "'since' is not a unit");
}

static void test_unknown_units_name_the_nearest(void **state)
{
    check_fails(*state, "5 housholds", "household", "did you mean 'households'?");
    check_fails(*state, "5 RMB", "CNY", "use 'CNY'");
    check_fails(*state, "5 khousehold", "household", "'khousehold' is not a unit");
    check_fails(*state, "5 hhead", "head", "'hhead' is not a unit");
    check_fails(*state, "5 zzz", "kg", "'zzz' is not a unit; expected a unit like 'kg'");
}

static void test_numbers_within_units_fail(void **state)
{
    check_fails(*state, "3 2 kg", "kg", "is not a unit");
    check_fails(*state, "3 kg 2", "kg", "is not a unit");
    check_fails(*state, "3 kg/", "kg", "is not a unit");
    check_fails(*state, "3 /year", "1/year", "is not a unit");
    check_fails(*state, "3 1", "1", "not a plain number");
    check_fails(*state, "3 ((kg", "kg", "is not");
}

static void test_a_quantity_as_long_as_a_book_fails(void **state)
{
    char text[5000];
    memset(text, '1', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    check_fails(*state, text, "1", "too long");
}

static void test_known_units_are_known(void **state)
{
    assert_true(sim_units_is_known(*state, "CNY/person/year"));
    assert_true(sim_units_is_known(*state, "1"));
    assert_true(sim_units_is_known(*state, "head/household"));
    assert_false(sim_units_is_known(*state, "quux"));
    assert_false(sim_units_is_known(*state, ""));
    check_near(sim_units_factor(*state, "CNY", "fen"), 100, 0, 0);
    check_near(sim_units_factor(*state, "kg", "fen"), 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantities_convert),
        cmocka_unit_test(test_percent_is_exactly_the_decimal),
        cmocka_unit_test(test_what_is_not_a_number_fails),
        cmocka_unit_test(test_a_missing_or_stuck_unit_says_what_to_write),
        cmocka_unit_test(test_a_wrong_dimension_says_the_right_one),
        cmocka_unit_test(test_reciprocals_offsets_and_logarithms_fail),
        cmocka_unit_test(test_unknown_units_name_the_nearest),
        cmocka_unit_test(test_numbers_within_units_fail),
        cmocka_unit_test(test_a_quantity_as_long_as_a_book_fails),
        cmocka_unit_test(test_known_units_are_known),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
