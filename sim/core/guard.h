/* Guards: a broken promise of our own ends the program with the place, never with a wrong result.
 *
 * SIM_GUARD is checked in every build, release included; it is for promises whose breach would falsify
 * results. Bad input and a full disk are not its business (sim/core/error.h). */
#ifndef SIM_CORE_GUARD_H
#define SIM_CORE_GUARD_H

#define SIM_GUARD(condition, ...)                                                                            \
    do {                                                                                                     \
        if (__builtin_expect(!(condition), 0))                                                               \
            sim_guard_fail(__FILE__, __LINE__, #condition, __VA_ARGS__);                                     \
    } while (0)

/* Prints file, line, condition and the printf-like message to standard error, then aborts. */
_Noreturn void sim_guard_fail(const char *file, int line, const char *condition, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
