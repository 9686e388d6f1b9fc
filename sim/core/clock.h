/* The machine's clock, for progress, profiles and benchmarks: never a part of a result. */
#ifndef SIM_CORE_CLOCK_H
#define SIM_CORE_CLOCK_H

#include <stdint.h>

/* Since some moment in the past, never going back. About 20 ns a call. */
int64_t sim_clock_ns(void);
double sim_clock_seconds(void);

#endif
