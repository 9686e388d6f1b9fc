#include "sim/core/guard.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

_Noreturn void sim_guard_fail(const char *file, int line, const char *condition, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "pamir: %s:%d: broken promise: %s: ", file, line, condition);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    fflush(stderr);
    abort();
}
