/* What cmocka lacks: comparisons of doubles that print both values, the gap and the tolerance. Include it
 * instead of cmocka.h. */
#ifndef TESTS_SUPPORT_CHECK_H
#define TESTS_SUPPORT_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* |a - b| <= absolute + relative * |b| */
#define check_near(a, b, relative, absolute)                                                                 \
    check_near_at((a), (b), (relative), (absolute), #a, __FILE__, __LINE__)

static inline void check_near_at(
    double a, double b, double relative, double absolute, const char *what, const char *file, int line)
{
    double tolerance = absolute + relative * fabs(b);
    if (!(fabs(a - b) <= tolerance)) {
        print_error("%s = %.17g, expected %.17g, gap %.3g, tolerance %.3g\n", what, a, b, a - b, tolerance);
        _fail(file, line);
    }
}

/* A call that must succeed; prints the error's message when it does not. */
#define check_ok(call, error)                                                                                \
    do {                                                                                                     \
        int check_code_ = (call);                                                                            \
        if (check_code_ < 0) {                                                                               \
            print_error("%s: %s\n", #call, (error).message);                                                 \
            fail();                                                                                          \
        }                                                                                                    \
    } while (0)

#endif
