/* Logging to standard error: one line a message, `pamir: ` before it. Nothing here touches a result. */
#ifndef SIM_CORE_LOG_H
#define SIM_CORE_LOG_H

enum sim_log_level { SIM_LOG_ERROR, SIM_LOG_WARNING, SIM_LOG_INFO, SIM_LOG_DEBUG };

/* Prints when `level` is at most `threshold`. */
void sim_log(enum sim_log_level threshold, enum sim_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
