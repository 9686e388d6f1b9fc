#include "sim/data/statistics.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

/* The i-th value: a[i], or a[i] - b[i]. */
static double value_at(const double *a, const double *b, int32_t i)
{
    return b ? a[i] - b[i] : a[i];
}

static struct sim_statistics_estimate estimate(const double *a, const double *b, int32_t n, double level)
{
    struct sim_statistics_estimate out = {NAN, NAN, NAN, NAN, 0, 0};
    double sum = 0;
    for (int32_t i = 0; i < n; i++)
        if (isfinite(value_at(a, b, i))) {
            sum += value_at(a, b, i);
            out.n++;
        }
    out.n_lost = n - out.n;
    if (out.n == 0)
        return out;
    out.mean = sum / out.n;
    if (out.n < 2)
        return out;
    double squares = 0;
    for (int32_t i = 0; i < n; i++)
        if (isfinite(value_at(a, b, i))) {
            double gap = value_at(a, b, i) - out.mean;
            squares += gap * gap;
        }
    out.standard_error = sqrt(squares / (out.n - 1) / out.n);
    double t = gsl_cdf_tdist_Pinv(0.5 + level / 2, out.n - 1);
    out.low = out.mean - t * out.standard_error;
    out.high = out.mean + t * out.standard_error;
    return out;
}

struct sim_statistics_estimate sim_statistics_mean(const double *values, int32_t n, double level)
{
    return estimate(values, NULL, n, level);
}

struct sim_statistics_estimate sim_statistics_paired(
    const double *a, const double *b, int32_t n, double level)
{
    return estimate(a, b, n, level);
}

double sim_statistics_student(int32_t degrees, double level)
{
    return floor(1e6 * gsl_cdf_tdist_Pinv(0.5 + level / 2, degrees) + 0.5) / 1e6;
}

struct sim_statistics_ratio sim_statistics_ratio(const double *a, const double *b, int32_t n, double level)
{
    struct sim_statistics_ratio out = {NAN, NAN, NAN, 0};
    double x = 0, y = 0;
    for (int32_t i = 0; i < n; i++)
        if (isfinite(a[i]) && isfinite(b[i])) {
            x += a[i];
            y += b[i];
            out.n++;
        }
    if (out.n < 2)
        return out;
    x /= out.n;
    y /= out.n;
    double xx = 0, yy = 0, xy = 0, scale = (double)(out.n - 1) * out.n;
    for (int32_t i = 0; i < n; i++)
        if (isfinite(a[i]) && isfinite(b[i])) {
            xx += (a[i] - x) * (a[i] - x) / scale;
            yy += (b[i] - y) * (b[i] - y) / scale;
            xy += (a[i] - x) * (b[i] - y) / scale;
        }
    /* The values r for which (x - r y)^2 <= t^2 var(x - r y). */
    double t = gsl_cdf_tdist_Pinv(0.5 + level / 2, out.n - 1);
    double p = y * y - t * t * yy, q = x * y - t * t * xy, r = x * x - t * t * xx;
    if (!(p > 0))
        return out;
    double root = sqrt(fmax(q * q - p * r, 0));
    out.value = x / y;
    out.low = (q - root) / p;
    out.high = (q + root) / p;
    return out;
}

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

double sim_statistics_quantile(double *values, int64_t n, double p)
{
    if (n == 0)
        return NAN;
    qsort(values, (size_t)n, sizeof(*values), by_value);
    double at = p * (double)(n - 1);
    int64_t below = (int64_t)floor(at);
    if (below >= n - 1)
        return values[n - 1];
    return values[below] + (at - (double)below) * (values[below + 1] - values[below]);
}
