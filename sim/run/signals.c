#include "sim/run/signals.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};

/* What a handler can reach (signals.h says why). The flag is read by every thread: atomic, in no order. */
static volatile int stop_flag, n_saves, which_signal;
static const char *saying;
static int depth;
static struct sigaction before[SIM_COUNT(signals)];

static void on_signal(int number)
{
    if (number == SIGUSR1) {
        __atomic_add_fetch(&n_saves, 1, __ATOMIC_RELAXED);
        return;
    }
    if (sim_signals_which() != 0) {
        /* The second: the user means it. Nothing kept is lost: finished rows are on disk. */
        static const char last[] = "\npamir: stopped at once; finished rows are kept, --resume goes on\n";
        ssize_t written = write(STDERR_FILENO, last, sizeof last - 1);
        (void)written;
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    /* Whoever sees the flag sees which signal it was. */
    __atomic_store_n(&which_signal, number, __ATOMIC_RELAXED);
    __atomic_store_n(&stop_flag, 1, __ATOMIC_RELEASE);
    const char *const parts[] = {"\npamir: stopping; ", saying, " (once more to stop at once)\n"};
    for (int i = 0; i < SIM_COUNT(parts); i++) {
        ssize_t written = write(STDERR_FILENO, parts[i], strlen(parts[i]));
        (void)written;
    }
}

void sim_signals_begin(const char *kept)
{
    if (depth++ > 0)
        return;
    saying = kept;
    __atomic_store_n(&stop_flag, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&n_saves, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&which_signal, 0, __ATOMIC_RELAXED);
    for (int i = 0; i < SIM_COUNT(signals); i++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_handler = on_signal;
        action.sa_flags = SA_RESTART;
        sigemptyset(&action.sa_mask);
        sigaction(signals[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

void sim_signals_end(void)
{
    if (--depth > 0)
        return;
    for (int i = 0; i < SIM_COUNT(signals); i++)
        sigaction(signals[i], &before[i], NULL);
}

const volatile int *sim_signals_stop(void)
{
    return &stop_flag;
}

const volatile int *sim_signals_saves(void)
{
    return &n_saves;
}

void sim_signals_raise(void)
{
    __atomic_store_n(&stop_flag, 1, __ATOMIC_RELAXED);
}

int sim_signals_which(void)
{
    return __atomic_load_n(&which_signal, __ATOMIC_RELAXED);
}
