#include "sim/io/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/core/guard.h"

#define MOST_BYTES 4096

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

/* What goes through the pipe. */
struct reply {
    int32_t code;
    struct sim_error error;
    uint8_t out[MOST_BYTES];
};

static int64_t address_space(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file != NULL && fscanf(file, "%ld", &pages) != 1)
        pages = 0;
    if (file != NULL)
        fclose(file);
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

static void set_limit(int resource, int64_t value)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) == 0 && limit.rlim_cur > (rlim_t)value) {
        limit.rlim_cur = (rlim_t)value;
        setrlimit(resource, &limit);
    }
}

/* In the child: whatever happens next ends it alone. */
static void confine(struct sim_child_limits limits)
{
    static const int fatal[] = {
        SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGPROF, SIGALRM, SIGTERM, SIGINT, SIGHUP};
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody would hear its answer */
    /* Under the sanitizers all takes several times as long. */
    double seconds = limits.cpu_seconds * (IS_SANITIZED ? 4 : 1);
    for (int i = 0; i < SIM_COUNT(fatal); i++)
        signal(fatal[i], SIG_DFL);
    if (!IS_SANITIZED) /* they map terabytes */
        set_limit(RLIMIT_AS, address_space() + limits.bytes);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    set_limit(RLIMIT_CORE, 0);
    struct itimerval timer = {
        .it_value = {(time_t)seconds, (suseconds_t)(1e6 * (seconds - (double)(time_t)seconds))}};
    setitimer(ITIMER_PROF, &timer, NULL);
    alarm((unsigned)(10 * seconds) + 60);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0)
        dup2(nowhere, STDERR_FILENO);
}

/* All n bytes, or fewer where the other end is gone. */
static size_t move_bytes(int fd, void *bytes, size_t n, bool is_write)
{
    size_t done = 0;
    while (done < n) {
        char *at = (char *)bytes + done;
        ssize_t moved = is_write ? write(fd, at, n - done) : read(fd, at, n - done);
        if (moved < 0 && errno == EINTR)
            continue;
        if (moved <= 0)
            break;
        done += (size_t)moved;
    }
    return done;
}

static int explain(const char *path, int status, struct sim_error *error)
{
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (number == SIGPROF || number == SIGALRM)
        return sim_error_set(error, SIM_ERROR_FORMAT,
            "%.250s: is damaged, or was changed since it was written: the library that reads it does not "
            "come to an end",
            path);
    return sim_error_set(error, SIM_ERROR_FORMAT,
        "%.250s: is damaged, or was changed since it was written: the library that reads it crashes (%s)",
        path, number != 0 ? strsignal(number) : "it ended by itself");
}

int sim_child_run(const char *path, int (*work)(void *user, struct sim_error *error), void *user, void *out,
    int64_t n, struct sim_child_limits limits, struct sim_error *error)
{
    SIM_GUARD(n >= 0 && n <= MOST_BYTES, "%lld bytes", (long long)n);
    struct reply reply = {0};
    int ends[2];
    if (pipe(ends) != 0)
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: no pipe can be opened: %s", path, strerror(errno));
    pid_t child = fork();
    if (child < 0) {
        close(ends[0]);
        close(ends[1]);
        return sim_error_set(
            error, SIM_ERROR_IO, "%.300s: no process can be begun: %s", path, strerror(errno));
    }
    if (child == 0) {
        close(ends[0]);
        confine(limits);
        reply.code = work(user, &reply.error);
        memcpy(reply.out, out, (size_t)n);
        bool whole = move_bytes(ends[1], &reply, sizeof reply, true) == sizeof reply;
        _exit(whole ? 0 : 1); /* without a word to the files and libraries of the parent */
    }
    close(ends[1]);
    size_t got = move_bytes(ends[0], &reply, sizeof reply, false);
    close(ends[0]);
    int status = 0;
    pid_t ended;
    while ((ended = waitpid(child, &status, 0)) < 0 && errno == EINTR)
        ;
    (void)ended;
    if (got != sizeof reply)
        return explain(path, status, error);
    memcpy(out, reply.out, (size_t)n);
    reply.error.message[sizeof reply.error.message - 1] = 0;
    if (reply.code < 0)
        return sim_error_set(error, reply.code, "%s", reply.error.message);
    return 0;
}
