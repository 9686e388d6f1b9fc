/* Distributions by monotone inverse: one uniform u in (0,1) in, one value out, non-decreasing in u and in the
 * parameter that moves the mean up. So ten calves and eleven share their luck, and what an arm changes shifts
 * a draw without reshuffling it. Deterministic on every processor (sim/core/real.h). */
#ifndef SIM_RAND_DIST_H
#define SIM_RAND_DIST_H

#include "sim/core/types.h"

static inline bool sim_dist_bernoulli(double u, double p)
{
    return u > 1.0 - p; /* monotone in u like the others: a high u is an event */
}
/* Mean > 0; to a unit in the last place where 1 - u is exact, as for every u of sim_rand_unit. */
double sim_dist_exponential(double u, double mean);
double sim_dist_normal(double u, double mean, double sd);
/* Of the distribution whose own mean is `mean` and whose logarithm has standard deviation `sd_log`. */
double sim_dist_lognormal(double u, double mean, double sd_log);
/* A lognormal for a loop over many rows: exact at the bins' bounds and in the four outer bins at either end,
 * straight in between, so monotone, too; within half a percent of sim_dist_lognormal for sd_log <= 1. A draw
 * costs about 5 ns. */
enum { SIM_DIST_BINS = 128 };
struct sim_dist_table {
    double mean;
    double sd_log;
    double knot[SIM_DIST_BINS + 1]; /* the outermost two are not used */
};
void sim_dist_table_fit(struct sim_dist_table *self, double mean, double sd_log);
static inline double sim_dist_table_draw(const struct sim_dist_table *self, double u)
{
    double x = u * (double)SIM_DIST_BINS;
    int32_t bin = (int32_t)x;
    if (bin < 4 || bin >= SIM_DIST_BINS - 4)
        return sim_dist_lognormal(u, self->mean, self->sd_log);
    return self->knot[bin] + (x - (double)bin) * (self->knot[bin + 1] - self->knot[bin]);
}
/* Number of successes of n trials. n < 0 counts as 0; p is clipped to [0,1]. Cost O(1 + n p) for n up to
 * 1000, and O(sd) above; no underflow for any n below 2^31. */
int64_t sim_dist_binomial(double u, int64_t n, double p);
/* Mean >= 0, up to 1e9; O(mean) for means up to 500, O(sd) above. */
int64_t sim_dist_poisson(double u, double mean);
/* 0, 1, 2 ... failures before the first success. */
int64_t sim_dist_geometric(double u, double p);
/* Index i with probability weight[i] / sum, i from 0 to n - 1; the last when rounding runs out. Weights >= 0
 * with a positive sum. Monotone in u only. */
int32_t sim_dist_discrete(double u, const double *weight, int32_t n);
/* Integer from 0 to n - 1 of a 64-bit word, by multiplication (bias below n / 2^64). */
static inline int64_t sim_dist_below(uint64_t word, int64_t n)
{
    return (int64_t)(((sim_uint128)word * (uint64_t)n) >> 64);
}

#endif
