/* Guards must bite: runs a function in a child process and expects it to end by a signal, with these words on
 * its standard error. */
#ifndef TESTS_SUPPORT_BITE_H
#define TESTS_SUPPORT_BITE_H

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/check.h"

#define bite_expect(function, user, signal_number, words)                                                    \
    bite_expect_at((function), (user), (signal_number), (words), __FILE__, __LINE__)

static inline void bite_expect_at(void (*function)(void *user), void *user, int signal_number,
    const char *words, const char *file, int line)
{
    int ends[2], status = 0;
    char said[4000];
    size_t n = 0;
    ssize_t got;
    fflush(NULL);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        function(user);
        _exit(0);
    }
    close(ends[1]);
    while (n < sizeof said - 1 && (got = read(ends[0], said + n, sizeof said - 1 - n)) > 0)
        n += (size_t)got;
    said[n] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != signal_number || !strstr(said, words)) {
        print_error("expected signal %d and '%s'; status %d, said: %s\n", signal_number, words, status, said);
        _fail(file, line);
    }
}

#endif
