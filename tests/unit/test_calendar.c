#include "sim/time/calendar.h"

#include <string.h>
#include <time.h>

#include "tests/support/check.h"

/* Slow twin: count the days one by one; the C library's gmtime as a second opinion. */
static void test_every_day_from_1600_to_2400_goes_there_and_back(void **unused)
{
    (void)unused;
    static const int days_of[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct sim_date first = {1600, 1, 1};
    int64_t days = sim_date_to_days(first);
    for (int32_t year = 1600; year <= 2400; year++)
        for (int32_t month = 1; month <= 12; month++) {
            bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            int32_t n = days_of[month - 1] + (month == 2 && leap);
            for (int32_t day = 1; day <= n; day++, days++) {
                struct sim_date date = {year, month, day};
                assert_true(sim_date_is_valid(date));
                assert_int_equal(sim_date_to_days(date), days);
                struct sim_date back = sim_date_from_days(days);
                assert_true(back.year == year && back.month == month && back.day == day);
                time_t seconds = (time_t)days * 86400 + 86399;
                struct tm tm;
                gmtime_r(&seconds, &tm);
                assert_true(tm.tm_year + 1900 == year && tm.tm_mon + 1 == month && tm.tm_mday == day);
                back = sim_date_from_time(seconds);
                assert_true(back.year == year && back.month == month && back.day == day);
            }
            struct sim_date too_late = {year, month, n + 1};
            assert_false(sim_date_is_valid(too_late));
        }
    struct sim_date end = {2401, 1, 1}, epoch = {1970, 1, 1}, last = {9999, 12, 31};
    assert_int_equal(sim_date_to_days(end), days);
    assert_int_equal(sim_date_to_time(epoch), 0);
    assert_int_equal(sim_date_from_days(sim_date_to_days(last)).year, 9999);
}

static void test_months_are_counted_from_january_1970(void **unused)
{
    (void)unused;
    assert_int_equal(sim_month_from_date(1970, 1), 0);
    assert_int_equal(sim_month_from_date(2015, 3), 542);
    for (int32_t month = -12 * 370; month < 12 * 430; month++) {
        int32_t year = sim_month_year(month), of_year = sim_month_of_year(month);
        assert_true(of_year >= 1 && of_year <= 12);
        assert_int_equal(sim_month_from_date(year, of_year), month);
        sim_time first = sim_month_to_time(month), next = sim_month_to_time(month + 1);
        assert_int_equal(next - first, sim_month_days(month) * SIM_DAY);
        assert_int_equal(sim_month_from_time(first), month);
        assert_int_equal(sim_month_from_time(first - 1), month - 1);
        assert_int_equal(sim_month_from_time(next - 1), month);
    }
    assert_int_equal(sim_month_days(sim_month_from_date(2000, 2)), 29);
    assert_int_equal(sim_month_days(sim_month_from_date(1900, 2)), 28);
}

static void test_dates_are_read_strictly(void **unused)
{
    (void)unused;
    struct sim_date date = {1, 2, 3};
    assert_true(sim_date_read("2015-03-21", &date));
    assert_true(date.year == 2015 && date.month == 3 && date.day == 21);
    assert_true(sim_date_read("2016-02", &date));
    assert_true(date.year == 2016 && date.month == 2 && date.day == 1);
    static const char *const bad[] = {"", "2015", "2015-", "2015-3", "2015-13", "2015-00", "2015-02-29",
        "2015-03-00", "2015-03-32", "2015-03-1", "2015-03-", "2015-03-01 ", " 2015-03-01", "2015-03-01T00",
        "15-03-01", "1599-12-31", "+215-03-01", "2015/03/01", "2015-0a", "20150301", "99999-01-01"};
    for (int i = 0; i < SIM_COUNT(bad); i++) {
        if (sim_date_read(bad[i], &date))
            fail_msg("'%s' was read", bad[i]);
        assert_true(date.year == 2016 && date.day == 1); /* untouched */
    }
}

static void test_dates_print_as_they_are_read(void **unused)
{
    (void)unused;
    static const char *const texts[] = {"1600-01-01", "2015-03-01", "9999-12-31", "2024-02-29"};
    for (int i = 0; i < SIM_COUNT(texts); i++) {
        struct sim_date date;
        char out[11];
        assert_true(sim_date_read(texts[i], &date));
        sim_date_print(date, out);
        assert_string_equal(out, texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day_from_1600_to_2400_goes_there_and_back),
        cmocka_unit_test(test_months_are_counted_from_january_1970),
        cmocka_unit_test(test_dates_are_read_strictly),
        cmocka_unit_test(test_dates_print_as_they_are_read),
    };
    return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
