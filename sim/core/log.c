#include "sim/core/log.h"

#include <stdarg.h>
#include <stdio.h>

void sim_log(enum sim_log_level threshold, enum sim_log_level level, const char *format, ...)
{
    static const char *const prefix[] = {"error: ", "warning: ", "", "debug: "};
    char line[1000];
    va_list arguments;
    if (level > threshold)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    /* One call, so that lines of several threads do not mix. */
    fprintf(stderr, "pamir: %s%s\n", prefix[level], line);
}
