/* Exponential, logarithm and powers with the same bits on every processor and under every compiler flag we
 * use.
 *
 * The C library picks other variants of exp, log and pow on other processors, so nothing on the state path
 * may call it (design.md, law 1). These use + - x / and sqrt only, in a fixed order, compiled with
 * -ffp-contract=off. Accuracy: below 0.6 units in the last place for exp and 0.9 for log (0.6 but for x
 * between 0.98 and 1.03) over the whole range; pow(x, y) = exp(y log x) loses about |y log x| units. Cost: 3
 * to 15 ns. Domain errors give NaN as in C (log of a negative number), log(0) = -inf, exp overflows to +inf
 * and underflows to 0 (through subnormals). */
#ifndef SIM_CORE_REAL_H
#define SIM_CORE_REAL_H

#include "sim/core/types.h"

double sim_real_exp(double x);
double sim_real_log(double x);
/* x >= 0. pow(0, 0) = 1, pow(0, y > 0) = 0. */
double sim_real_pow(double x, double y);
/* x to a non-negative integer power, by squaring. */
double sim_real_powi(double x, int64_t n);
/* log Gamma(x), x > 0, relative error below 1e-13 (Lanczos or Stirling series). */
double sim_real_lgamma(double x);
/* Quantile of the standard normal, u in (0,1): Wichura 1988, algorithm AS 241 (PPND16). */
double sim_real_normal_quantile(double u);

#endif
