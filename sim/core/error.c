#include "sim/core/error.h"

#include <stdarg.h>
#include <stdio.h>

int sim_error_set(struct sim_error *self, int code, const char *format, ...)
{
    if (self->code != 0)
        return self->code;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(self->message, sizeof self->message, format, arguments);
    va_end(arguments);
    self->code = code;
    return code;
}

const char *sim_error_sentence(int code)
{
    switch (code) {
    case SIM_OK:
        return "no error";
#define SIM_ERROR(name, number, sentence)                                                                    \
    case number:                                                                                             \
        return sentence;
#include "sim/core/errors.def"
#undef SIM_ERROR
    default:
        return "unknown error";
    }
}
