#include "sim/core/real.h"

#include <math.h>
#include <string.h>

#include "sim/core/guard.h"

/* The order of every operation below is part of the result: change nothing here without [numbers] in
 * CHANGELOG.md. Polynomials are summed in pairs (Estrin's scheme): four short chains run at once where
 * Horner's is one long one. */

/* log 2 in two parts; the first is a multiple of 2^-42, so that k times it is exact for every exponent k. */
static const double LN2_HIGH = 0x1.62e42fefa38p-1;
static const double LN2_LOW = 0x1.ef35793c7673p-45;
/* The same of log 2 / 64; k is below 2^17. */
static const double LN2_64_HIGH = 0x1.62e42fefap-7;
static const double LN2_64_LOW = 0x1.cf79abc9e3b3ap-46;
static const double INVERSE_LN2_64 = 0x1.71547652b82fep+6;
static const double HALF_LOG_2PI = 0x1.d67f1c864beb5p-1;

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* 2^k for -1022 <= k <= 1023. */
static double power_of_two(int64_t k)
{
    return double_of((uint64_t)(k + 1023) << 52);
}

struct log_cell {
    double c, inverse, high, low;
};
static const struct log_cell log_cells[64] = {
#define SIM_REAL_LOG(c, inverse, high, low) {c, inverse, high, low},
#include "sim/core/real.def"
#undef SIM_REAL_LOG
};
static const uint64_t LOG_START = 0x3fe6600000000000u; /* where the first cell begins: 0.699 */

struct exp_cell {
    double value, low;
};
static const struct exp_cell exp_cells[64] = {
#define SIM_REAL_EXP(value, low) {value, low},
#include "sim/core/real.def"
#undef SIM_REAL_EXP
};

/* y and k with exp(x) = 2^k y: x = k64 log 2 / 64 + r with |r| <= 0.0055, so exp(x) = 2^(k64 / 64) exp(r),
 * the first from a table, the second a Taylor series; the term left out is below 2^-63. Only small terms are
 * rounded before the last addition: 0.52 units. (Tang 1989.) */
static inline double exp_parts(double x, int64_t *k)
{
    /* Adding and taking away 1.5 * 2^52 rounds to the nearest integer. */
    double kd = (x * INVERSE_LN2_64 + 0x1.8p52) - 0x1.8p52;
    int64_t k64 = (int64_t)kd;
    const struct exp_cell *cell = &exp_cells[k64 & 63];
    double r = (x - kd * LN2_64_HIGH) - kd * LN2_64_LOW;
    double r2 = r * r;
    double p = (1.0 / 2 + r * (1.0 / 6)) + r2 * ((1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720));
    *k = k64 >> 6;
    return cell->value + cell->value * (cell->low + (r + r2 * p));
}

/* Near the ends in two steps: the first is exact, the second rounds (or overflows) once. */
static double exp_at_end(double x)
{
    if (x > 709.782712893384) /* log of the largest double: the next x overflows */
        return INFINITY;
    if (x < -745.2)
        return 0.0;
    if (x != x)
        return x;
    int64_t k;
    double y = exp_parts(x, &k);
    return y * power_of_two(k / 2) * power_of_two(k - k / 2);
}

double sim_real_exp(double x)
{
    if (!(x > -707.0 && x < 709.0))
        return exp_at_end(x);
    int64_t k;
    double y = exp_parts(x, &k);
    return y * power_of_two(k);
}

/* x = 2^k z with z between 0.699 and 1.398, and z = c (1 + r) with c from a table and |r| <= 0.012, so log(x)
 * is the sum of k log 2, log(c) and log(1 + r), the last a Taylor series; z - c is exact, and so is the sum
 * of the first two: 0.53 units, near 1 up to 0.9, where r's own rounding and the term left out weigh more.
 * (Tang 1990.) */
double sim_real_log(double x)
{
    uint64_t bits = bits_of(x);
    double kd = 0.0;
    if (bits - 0x0010000000000000u >= 0x7ff0000000000000u - 0x0010000000000000u) {
        if (x != x)
            return x;
        if (x == 0.0)
            return -INFINITY;
        if (x < 0.0)
            return NAN;
        if (bits == 0x7ff0000000000000u)
            return x;
        bits = bits_of(x * 0x1p54);
        kd = -54.0;
    }
    uint64_t place = bits - LOG_START;
    int64_t exponent = (int64_t)place >> 52;
    const struct log_cell *cell = &log_cells[place >> 46 & 63];
    kd += (double)exponent;
    double r = (double_of(bits - ((uint64_t)exponent << 52)) - cell->c) * cell->inverse;

    double r2 = r * r, r4 = r2 * r2;
    double p0 = (-1.0 / 2 + r * (1.0 / 3)) + r2 * (-1.0 / 4 + r * (1.0 / 5));
    double p1 = (-1.0 / 6 + r * (1.0 / 7)) + r2 * (-1.0 / 8);
    double whole = kd * LN2_HIGH + cell->high;
    double high = whole + r;
    double low = ((whole - high) + r) + (kd * LN2_LOW + cell->low);
    return (low + r2 * (p0 + r4 * p1)) + high;
}

double sim_real_pow(double x, double y)
{
    if (y == 0.0 || x == 1.0)
        return 1.0;
    if (y == 1.0)
        return x < 0.0 ? NAN : x;
    if (y == 0.5) /* correctly rounded, and a tenth of the cost */
        return sqrt(x);
    return sim_real_exp(y * sim_real_log(x));
}

double sim_real_powi(double x, int64_t n)
{
    SIM_GUARD(n >= 0, "power %lld", (long long)n);
    double result = 1.0;
    for (; n > 0; n >>= 1) {
        if (n & 1)
            result *= x;
        x *= x;
    }
    return result;
}

/* log Gamma(2 + t), |t| <= 0.5: (1 - Euler's constant) t + the sum over k of (-1)^k (zeta(k) - 1) / k t^k.
 * Its zero at t = 0 is exact, which no Lanczos sum gives. */
static double lgamma_near_two(double t)
{
    static const double coefficient[] = {0.4227843350984671393935, 0.3224670334241132182362,
        -0.06735230105319809513325, 0.020580808427784547879, -0.007385551028673985266273,
        0.002890510330741523285753, -0.001192753911703260977114, 0.0005096695247430424223357,
        -0.0002231547584535793797614, 0.0000994575127818085337146, -0.00004492623673813314170021,
        0.00002050721277567069155317, -9.439488475268395903987e-6, 4.374866789907487804182e-6,
        -2.039215753801366236782e-6, 9.551412130407419832857e-7, -4.492469198764566043294e-7,
        2.120718480555466586923e-7, -1.004322482396809960872e-7, 4.76981016936398056576e-8,
        -2.271109460894316491032e-8, 1.083865921489695409107e-8, -5.183475041970046655121e-9,
        2.483674543802478317185e-9, -1.192140140586091207443e-9, 5.73136724167886201333e-10};
    double sum = 0.0;
    for (int i = SIM_COUNT(coefficient); i-- > 0;)
        sum = (sum + coefficient[i]) * t;
    return sum;
}

double sim_real_lgamma(double x)
{
    if (!(x > 0.0))
        return NAN;
    if (x < 0.5)
        return lgamma_near_two(x) - sim_real_log(x * (1.0 + x));
    if (x < 1.5)
        return lgamma_near_two(x - 1.0) - sim_real_log(x);
    if (x < 8.0) {
        double product = 1.0;
        while (x > 2.5) {
            x -= 1.0;
            product *= x;
        }
        return sim_real_log(product) + lgamma_near_two(x - 2.0);
    }
    /* Stirling's series; the first term left out is below 1e-16 at x = 8. */
    double w = 1.0 / x, w2 = w * w;
    double series =
        w * (1.0 / 12 -
                w2 * (1.0 / 360 -
                         w2 * (1.0 / 1260 -
                                  w2 * (1.0 / 1680 -
                                           w2 * (1.0 / 1188 -
                                                    w2 * (691.0 / 360360 -
                                                             w2 * (1.0 / 156 - w2 * (3617.0 / 122400))))))));
    return (x - 0.5) * (sim_real_log(x) - 1.0) + (HALF_LOG_2PI - 0.5 + series);
}

static double ratio(const double numerator[8], const double denominator[8], double r)
{
    double above = numerator[7], below = denominator[7];
    for (int i = 6; i >= 0; i--) {
        above = above * r + numerator[i];
        below = below * r + denominator[i];
    }
    return above / below;
}

double sim_real_normal_quantile(double u)
{
    static const double a[8] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
        1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4,
        2.5090809287301226727e3};
    static const double b[8] = {1.0, 4.2313330701600911252e1, 6.8718700749205790830e2,
        5.3941960214247511077e3, 2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
        5.2264952788528545610e3};
    static const double c[8] = {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
        3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
        2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[8] = {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0,
        6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2,
        5.47593808499534494600e-4, 1.05075007164441684324e-9};
    static const double e[8] = {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
        2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
        2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[8] = {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1,
        1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
        1.42151175831644588870e-7, 2.04426310338993978564e-15};
    if (!(u > 0.0 && u < 1.0))
        return u == 0.0 ? -INFINITY : u == 1.0 ? INFINITY : NAN;
    double q = u - 0.5;
    if (q >= -0.425 && q <= 0.425)
        return q * ratio(a, b, 0.180625 - q * q);
    double r = sqrt(-sim_real_log(q < 0.0 ? u : 1.0 - u));
    double size = r <= 5.0 ? ratio(c, d, r - 1.6) : ratio(e, f, r - 5.0);
    return q < 0.0 ? -size : size;
}
