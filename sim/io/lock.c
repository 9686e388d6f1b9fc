#include "sim/io/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sim/core/log.h"
#include "sim/io/file.h"

static int path_of(const char *directory, char out[SIM_FILE_PATH], struct sim_error *error)
{
    if (snprintf(out, SIM_FILE_PATH, "%s/lock", directory) >= SIM_FILE_PATH)
        return sim_error_set(error, SIM_ERROR_IO, "%.60s...: the path is too long", directory);
    return 0;
}

/* Who holds the lock, by the last line of one that may live: a process of this machine that does, or one of
 * another machine. */
static void name_owner(int fd, char out[128])
{
    char text[8192], here[64], host[64];
    struct stat status;
    snprintf(out, 128, "another process");
    if (fstat(fd, &status) != 0)
        return;
    int64_t from =
        status.st_size < (off_t)sizeof text ? 0 : (int64_t)status.st_size - (int64_t)sizeof text + 1;
    ssize_t n = pread(fd, text, sizeof text - 1, (off_t)from);
    if (n <= 0)
        return;
    text[n] = 0;
    sim_file_host(here, sizeof here);
    for (char *line = text; line != NULL && *line != 0;) {
        long pid = 0;
        if (sscanf(line, "%63[^ \n] %ld", host, &pid) == 2 && pid > 0 &&
            (strcmp(host, here) != 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH))
            snprintf(out, 128, "process %ld on %s", pid, host);
        line = strchr(line, '\n');
        line += line != NULL;
    }
}

/* Tries for a fifth of a second: whoever only looks at the lock holds it for a moment. 0, or errno. */
static int try_lock(int fd, int operation)
{
    const struct timespec moment = {.tv_nsec = 20000000};
    for (int turn = 0;; turn++) {
        if (flock(fd, operation | LOCK_NB) == 0)
            return 0;
        if (errno != EINTR && (errno != EWOULDBLOCK || turn == 10))
            return errno;
        nanosleep(&moment, NULL);
    }
}

static int refuse(const char *directory, int fd, struct sim_error *error)
{
    char owner[128];
    name_owner(fd, owner);
    return sim_error_set(error, SIM_ERROR_EXISTS,
        "%.200s: %.100s is writing this output right now; wait for it, stop it, or choose another name",
        directory, owner);
}

static int sign(const char *path, int fd, bool is_shared, struct sim_error *error)
{
    char owner[96], host[64];
    sim_file_host(host, sizeof host);
    int n = snprintf(owner, sizeof owner, "%s %ld\n", host, (long)getpid());
    if ((!is_shared && ftruncate(fd, 0) != 0) || write(fd, owner, (size_t)n) != n)
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be written: %s", path, strerror(errno));
    return 0;
}

int sim_lock_take(const char *directory, bool is_shared, int *fd, struct sim_error *error)
{
    char path[SIM_FILE_PATH];
    *fd = -1;
    int code = path_of(directory, path, error);
    if (code < 0)
        return code;
    int lock = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (lock < 0)
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be written: %s", path, strerror(errno));
    int reason = try_lock(lock, is_shared ? LOCK_SH : LOCK_EX);
    struct stat ours, there;
    if (reason == EWOULDBLOCK)
        code = refuse(directory, lock, error);
    else if (reason != 0)
        sim_log(SIM_LOG_WARNING, SIM_LOG_WARNING,
            "%s: this file system has no locks; do not run two processes on one output", path);
    /* The holder may have finished and removed the file between our open and our lock. */
    else if (fstat(lock, &ours) != 0 || stat(path, &there) != 0 || ours.st_ino != there.st_ino)
        code = refuse(directory, -1, error);
    else
        code = sign(path, lock, is_shared, error);
    if (code < 0)
        close(lock);
    else
        *fd = lock;
    return code;
}

bool sim_lock_take_alone(int fd)
{
    if (try_lock(fd, LOCK_EX) != EWOULDBLOCK)
        return true;
    try_lock(fd, LOCK_SH); /* the system gives the old lock back before it tries for the new one */
    return false;
}

enum sim_lock_state sim_lock_look(const char *directory, char owner[128])
{
    char path[SIM_FILE_PATH];
    struct sim_error ignored = {0};
    owner[0] = 0;
    int fd = path_of(directory, path, &ignored) < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return SIM_LOCK_FREE;
    enum sim_lock_state state = SIM_LOCK_FREE;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        /* A lock alone needs a file open for writing where locks go over a network. */
        bool is_held = errno == EWOULDBLOCK || (flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK);
        state = is_held ? SIM_LOCK_HELD : SIM_LOCK_UNKNOWN;
        if (is_held)
            name_owner(fd, owner);
    }
    close(fd);
    return state;
}
