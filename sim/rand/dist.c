#include "sim/rand/dist.h"

#include <math.h>

#include "sim/core/real.h"

/* From here on pmf(0) may underflow or be dear to reach: sums begin ten standard deviations below the mean.
 * What lies further down weighs less than exp(-50) (Okamoto 1959 for p <= 1/2; Poisson tails are lighter
 * still), u at least 2^-53. */
static const int64_t BINOMIAL_FROM_ZERO = 1000;
static const double POISSON_FROM_ZERO = 500.0;
static const double SKIPPED_SD = 10.0;

/* log(1 - p) without the loss of 1 - p for small p (Kahan; in Goldberg 1991, theorem 4). */
static double log_one_minus(double p)
{
    double w = 1.0 - p;
    return w == 1.0 ? -p : sim_real_log(w) * (-p / (w - 1.0));
}

double sim_dist_exponential(double u, double mean)
{
    return -mean * sim_real_log(1.0 - u);
}

double sim_dist_normal(double u, double mean, double sd)
{
    return mean + sd * sim_real_normal_quantile(u);
}

double sim_dist_lognormal(double u, double mean, double sd_log)
{
    return mean * sim_real_exp(sd_log * sim_real_normal_quantile(u) - 0.5 * sd_log * sd_log);
}

void sim_dist_table_fit(struct sim_dist_table *self, double mean, double sd_log)
{
    *self = (struct sim_dist_table){.mean = mean, .sd_log = sd_log};
    for (int32_t i = 1; i < SIM_DIST_BINS; i++)
        self->knot[i] = sim_dist_lognormal((double)i / SIM_DIST_BINS, mean, sd_log);
}

/* log(n!) less Stirling's formula for it (n > 0). */
static double stirling_gap(double n)
{
    if (n < 16.0)
        return sim_real_lgamma(n + 1.0) - (n + 0.5) * sim_real_log(n) + n - 0.91893853320467274178;
    double w = 1.0 / n, w2 = w * w;
    return w * (1.0 / 12 - w2 * (1.0 / 360 - w2 * (1.0 / 1260 - w2 * (1.0 / 1680))));
}

/* x log(x / m) + m - x, exact where x is near m: with v = (x - m) / (x + m) it is (x - m) v + 2 x (v^3 / 3 +
 * v^5 / 5
 * + ...). (Loader 2000, Fast and accurate computation of binomial probabilities.) */
static double deviance(double x, double m)
{
    double v = (x - m) / (x + m);
    if (v > 0.1 || v < -0.1)
        return x * sim_real_log(x / m) + m - x;
    double sum = (x - m) * v, power = 2.0 * x * v;
    for (int i = 3; i < 40; i += 2) {
        power *= v * v;
        double more = sum + power / i;
        if (more == sum)
            break;
        sum = more;
    }
    return sum;
}

static double binomial_pmf(double k, double n, double p)
{
    static const double TWO_PI = 6.283185307179586477;
    if (k == 0.0)
        return sim_real_exp(n * log_one_minus(p));
    double rest = n - k;
    double gaps = stirling_gap(n) - stirling_gap(k) - stirling_gap(rest);
    double size = gaps - deviance(k, n * p) - deviance(rest, n * (1.0 - p));
    return sim_real_exp(size) * sqrt(n / (TWO_PI * k * rest));
}

/* Smallest k with F(k) >= u, or F(k) > u when `strict`; 0 < p <= 1/2. */
static int64_t binomial_lower(double u, int64_t n, double p, bool strict)
{
    double nd = (double)n, q = 1.0 - p;
    /* (1 - p)^n >= 1 - n p: rare events need no power. */
    if (u < 1.0 - nd * p)
        return 0;
    int64_t k = 0;
    double pmf;
    if (n <= BINOMIAL_FROM_ZERO) {
        pmf = sim_real_powi(q, n);
    } else {
        double from = nd * p - SKIPPED_SD * sqrt(nd * p * q);
        k = from > 0.0 ? (int64_t)from : 0;
        pmf = binomial_pmf((double)k, nd, p);
    }
    double odds = p / q, sum = pmf;
    while ((strict ? sum <= u : sum < u) && k < n) {
        pmf *= odds * (double)(n - k) / (double)(k + 1);
        k++;
        double more = sum + pmf;
        /* Rounding may leave the total just below a u near 1: past the mode a term that no longer counts ends
         * it. */
        if (more == sum && (double)k > nd * p)
            break;
        sum = more;
    }
    return k;
}

int64_t sim_dist_binomial(double u, int64_t n, double p)
{
    if (n <= 0 || !(p > 0.0))
        return 0;
    if (p >= 1.0)
        return n;
    /* Counting failures from above: the same inverse, at 1 - u (exact for u of sim_rand_unit). */
    if (p > 0.5)
        return n - binomial_lower(1.0 - u, n, 1.0 - p, true);
    return binomial_lower(u, n, p, false);
}

int64_t sim_dist_poisson(double u, double mean)
{
    static const double TWO_PI = 6.283185307179586477;
    if (!(mean > 0.0) || u <= 1.0 - mean) /* exp(-mean) >= 1 - mean */
        return 0;
    int64_t k = 0;
    double pmf;
    if (mean > POISSON_FROM_ZERO)
        k = (int64_t)(mean - SKIPPED_SD * sqrt(mean));
    if (k == 0)
        pmf = sim_real_exp(-mean);
    else
        pmf = sim_real_exp(-stirling_gap((double)k) - deviance((double)k, mean)) / sqrt(TWO_PI * (double)k);
    double sum = pmf;
    while (sum < u) {
        k++;
        pmf *= mean / (double)k;
        double more = sum + pmf;
        if (more == sum && (double)k > mean)
            break;
        sum = more;
    }
    return k;
}

int64_t sim_dist_geometric(double u, double p)
{
    static const double LARGEST = 0x1p62;
    if (p >= 1.0)
        return 0;
    if (!(p > 0.0))
        return (int64_t)LARGEST;
    /* P(X > k) = (1 - p)^(k + 1): the smallest k with (k + 1) log(1 - p) <= log(1 - u). */
    double k = ceil(log_one_minus(u) / log_one_minus(p)) - 1.0;
    return k <= 0.0 ? 0 : k >= LARGEST ? (int64_t)LARGEST : (int64_t)k;
}

int32_t sim_dist_discrete(double u, const double *weight, int32_t n)
{
    double total = 0.0;
    for (int32_t i = 0; i < n; i++)
        total += weight[i];
    double wanted = u * total, sum = 0.0;
    int32_t last = n - 1;
    for (int32_t i = 0; i < n; i++) {
        if (!(weight[i] > 0.0))
            continue;
        sum += weight[i];
        last = i;
        if (sum >= wanted)
            break;
    }
    return last;
}
