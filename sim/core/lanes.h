/* What lets a loop over columns become vectors: clones of a function for wider ones, and conversions between
 * whole numbers and doubles of which vectors of any width have the instructions. All give the bits that plain
 * C gives, for an elementwise loop rounds each element alone, and nothing is contracted. */
#ifndef SIM_CORE_LANES_H
#define SIM_CORE_LANES_H

#include <stdint.h>
#include <string.h>

/* Before a function of loops over columns: compiled for wider vectors as well, one of which is taken when the
 * program starts. Sanitizers start before that. */
#if defined __x86_64__ && defined __linux__ && defined __GNUC__ && !defined __clang__ &&                     \
    !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
#define SIM_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SIM_CLONES
#endif

/* Whole numbers below 2^51 in size stand in the last bits of a double near 3 * 2^51. */
#define SIM_LANE_SHIFT 0x1.8p52
#define SIM_LANE_BITS INT64_C(0x4338000000000000)

/* The same number; |whole| < 2^51. */
static inline double sim_lane_real(int64_t whole)
{
    int64_t bits = whole + SIM_LANE_BITS;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value - SIM_LANE_SHIFT;
}

/* A real number without its fraction; 0 <= real < 2^51. */
static inline double sim_lane_floor(double real)
{
    double nearest = (real + 0x1p52) - 0x1p52;
    return nearest - (nearest > real ? 1.0 : 0.0);
}

/* The same number; a whole one, |whole| < 2^51. */
static inline int64_t sim_lane_whole(double whole)
{
    double value = whole + SIM_LANE_SHIFT;
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits - SIM_LANE_BITS;
}

#endif
