/* The calendar: seconds since 1970-01-01 against years, months and days of the proleptic Gregorian calendar.
 *
 * A *month index* counts months since January 1970 (month 0); it is the calendar slot that keys monthly luck.
 * Valid for the years 1600 to 9999. All functions are exact and constant-time. */
#ifndef SIM_TIME_CALENDAR_H
#define SIM_TIME_CALENDAR_H

#include "sim/core/types.h"

#define SIM_DAY ((sim_time)86400)

struct sim_date {
    int32_t year;
    int32_t month; /* 1 to 12 */
    int32_t day;   /* 1 to 31 */
};

bool sim_date_is_valid(struct sim_date date);
/* Days since 1970-01-01, and back. */
int64_t sim_date_to_days(struct sim_date date);
struct sim_date sim_date_from_days(int64_t days);
sim_time sim_date_to_time(struct sim_date date);
struct sim_date sim_date_from_time(sim_time time);
/* Month index and its first second; calendar month 1 to 12 and year of a month index; days in it. */
int32_t sim_month_from_date(int32_t year, int32_t month);
int32_t sim_month_from_time(sim_time time);
sim_time sim_month_to_time(int32_t month_index);
int32_t sim_month_of_year(int32_t month_index); /* 1 to 12 */
int32_t sim_month_year(int32_t month_index);
int32_t sim_month_days(int32_t month_index);
/* Reads "2015-03-01" (a date) or "2015-03" (its first day). False when it is neither or not a real date. */
bool sim_date_read(const char *text, struct sim_date *date);
/* Writes "2015-03-01" with its NUL: 11 bytes. */
void sim_date_print(struct sim_date date, char out[11]);

#endif
