/* The few scalar types that every room of the engine shares.
 *
 * Time is an integer clock in seconds since 1970-01-01T00:00:00 of the proleptic Gregorian calendar, without
 * leap seconds (sim/time/calendar.h). A key is a 64-bit lineage hash (sim/core/key.h): the same in every arm
 * in which the same thing happens. A row is dense and local to one table; it never leaves the run. */
#ifndef SIM_CORE_TYPES_H
#define SIM_CORE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t sim_time;
typedef uint64_t sim_key;
typedef int32_t sim_row;

/* For products of two 64-bit numbers; every 64-bit gcc and clang has them. */
__extension__ typedef __int128 sim_int128;
__extension__ typedef unsigned __int128 sim_uint128;

#define SIM_TIME_MAX INT64_MAX
#define SIM_ROW_NONE ((sim_row)-1)

#define SIM_COUNT(array) ((int32_t)(sizeof(array) / sizeof((array)[0])))

#endif
