/* Errors: a negative code from errors.def and a message that names the symbol and the way in.
 *
 * A function that can fail takes `struct sim_error *error` last, fills it on its first failure and returns
 * its code; it returns 0 on success and then leaves `error` alone. `error` is never NULL. */
#ifndef SIM_CORE_ERROR_H
#define SIM_CORE_ERROR_H

#include "sim/core/types.h"

enum sim_error_code {
    SIM_OK = 0,
#define SIM_ERROR(name, code, sentence) SIM_ERROR_##name = code,
#include "sim/core/errors.def"
#undef SIM_ERROR
};

struct sim_error {
    int code;          /* 0 or one of errors.def */
    char message[500]; /* one line, without a newline at the end */
};

/* Sets code and message (printf-like) and returns the code, so that `return sim_error_set(...)` reads well.
 * A second call on an error that is set keeps the first. */
int sim_error_set(struct sim_error *self, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The sentence of a code; "unknown error" for a code that is not on the list. */
const char *sim_error_sentence(int code);

#endif
