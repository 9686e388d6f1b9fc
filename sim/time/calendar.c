#include "sim/time/calendar.h"

static bool is_leap(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int32_t days_of(int32_t year, int32_t month)
{
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

bool sim_date_is_valid(struct sim_date date)
{
    return date.year >= 1600 && date.year <= 9999 && date.month >= 1 && date.month <= 12 && date.day >= 1 &&
           date.day <= days_of(date.year, date.month);
}

/* The year is taken to begin in March, so that the leap day is its last day and months have days by a line:
 * (153 m + 2) / 5 days come before the m-th month counted from March. 719468 days lie between 0000-03-01 and
 * the epoch. (Richards 2013, in Explanatory Supplement to the Astronomical Almanac, ch. 15.) */
int64_t sim_date_to_days(struct sim_date date)
{
    int64_t year = date.year - (date.month <= 2);
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

struct sim_date sim_date_from_days(int64_t days)
{
    days += 719468;
    int64_t era = floor_div(days, 146097);
    int64_t day = days - era * 146097;
    int64_t year_of_era = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * day_of_year + 2) / 153;
    struct sim_date date;
    date.day = (int32_t)(day_of_year - (153 * from_march + 2) / 5 + 1);
    date.month = (int32_t)(from_march < 10 ? from_march + 3 : from_march - 9);
    date.year = (int32_t)(era * 400 + year_of_era + (date.month <= 2));
    return date;
}

sim_time sim_date_to_time(struct sim_date date)
{
    return sim_date_to_days(date) * SIM_DAY;
}

struct sim_date sim_date_from_time(sim_time time)
{
    return sim_date_from_days(floor_div(time, SIM_DAY));
}

int32_t sim_month_from_date(int32_t year, int32_t month)
{
    return (year - 1970) * 12 + month - 1;
}

int32_t sim_month_from_time(sim_time time)
{
    struct sim_date date = sim_date_from_time(time);
    return sim_month_from_date(date.year, date.month);
}

sim_time sim_month_to_time(int32_t month_index)
{
    struct sim_date date = {sim_month_year(month_index), sim_month_of_year(month_index), 1};
    return sim_date_to_time(date);
}

int32_t sim_month_of_year(int32_t month_index)
{
    return (int32_t)(month_index - floor_div(month_index, 12) * 12) + 1;
}

int32_t sim_month_year(int32_t month_index)
{
    return (int32_t)floor_div(month_index, 12) + 1970;
}

int32_t sim_month_days(int32_t month_index)
{
    return days_of(sim_month_year(month_index), sim_month_of_year(month_index));
}

/* Reads exactly n digits. */
static bool read_digits(const char **text, int n, int32_t *value)
{
    *value = 0;
    for (int i = 0; i < n; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        *value = *value * 10 + (**text - '0');
    }
    return true;
}

bool sim_date_read(const char *text, struct sim_date *date)
{
    struct sim_date read = {.day = 1};
    if (!read_digits(&text, 4, &read.year) || *text++ != '-' || !read_digits(&text, 2, &read.month))
        return false;
    if (*text != '\0' && (*text++ != '-' || !read_digits(&text, 2, &read.day) || *text != '\0'))
        return false;
    if (!sim_date_is_valid(read))
        return false;
    *date = read;
    return true;
}

void sim_date_print(struct sim_date date, char out[11])
{
    int32_t part[3] = {date.year, date.month, date.day};
    static const int width[3] = {4, 2, 2};
    char *at = out;
    for (int i = 0; i < 3; i++) {
        if (i > 0)
            *at++ = '-';
        for (int digit = width[i] - 1; digit >= 0; digit--) {
            at[digit] = (char)('0' + part[i] % 10);
            part[i] /= 10;
        }
        at += width[i];
    }
    *at = '\0';
}
