/* Statistics of reports: means, paired differences with Student's t interval, quantiles.
 *
 * For reporting only: GSL's distribution functions may differ in the last bit between processors, so nothing
 * here goes back into a state (design.md, law 1). Sums run in the order of the data. A value that is not
 * finite is a lost replicate: it is left out and counted. */
#ifndef SIM_DATA_STATISTICS_H
#define SIM_DATA_STATISTICS_H

#include "sim/core/types.h"

struct sim_statistics_estimate {
    double mean;
    double standard_error; /* NaN with fewer than two values */
    double low, high;      /* of the interval; NaN with fewer than two values */
    int32_t n;             /* values used */
    int32_t n_lost;        /* values, or pairs, left out */
};

/* The mean of n values with its interval at `level` (0.95, say): mean +- t(n - 1) s / sqrt(n). With no value
 * all is NaN. Two-pass variance. */
struct sim_statistics_estimate sim_statistics_mean(const double *values, int32_t n, double level);
/* The mean of a[i] - b[i] over the pairs that are complete, with the interval of the paired t-test. Values of
 * the same index share their luck, so this interval is far narrower than that of two independent means. */
struct sim_statistics_estimate sim_statistics_paired(
    const double *a, const double *b, int32_t n, double level);
/* Student's t of the two-sided interval at `level`, rounded to a millionth: unlike the rest of this room the
 * same on every processor, so that it may decide how many replicates a batch has. */
double sim_statistics_student(int32_t degrees, double level);

struct sim_statistics_ratio {
    double value; /* NaN, like the others, when the denominator cannot be told from zero at this level */
    double low, high;
    int32_t n;
};

/* The mean of a over the mean of b, of pairs, with Fieller's interval (Fieller 1954): honest where the
 * denominator is small, and NaN where it may be zero. */
struct sim_statistics_ratio sim_statistics_ratio(const double *a, const double *b, int32_t n, double level);
/* Quantile at p in [0, 1] by linear interpolation between order statistics (Hyndman and Fan 1996, definition
 * 7: that of R and NumPy). Sorts `values`, which has no NaN; NaN when n is 0. */
double sim_statistics_quantile(double *values, int64_t n, double p);

#endif
