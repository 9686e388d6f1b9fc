#include "sim/io/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

bool sim_file_exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

bool sim_file_is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

int sim_file_directory(const char *path, char out[SIM_FILE_PATH], struct sim_error *error)
{
    const char *slash = strrchr(path, '/');
    int64_t n = slash == NULL ? 0 : slash == path ? 1 : slash - path;
    if (n >= SIM_FILE_PATH)
        return sim_error_set(error, SIM_ERROR_IO, "%.60s...: the path is too long", path);
    if (slash == NULL) {
        snprintf(out, SIM_FILE_PATH, ".");
    } else {
        memcpy(out, path, (size_t)n);
        out[n] = 0;
    }
    return 0;
}

void sim_file_host(char *out, int64_t size)
{
    char name[256] = "";
    if (gethostname(name, sizeof name - 1) != 0 || name[0] == 0)
        snprintf(name, sizeof name, "host");
    int64_t n = 0;
    for (const char *c = name; *c && *c != '.' && n + 1 < size && n < 40; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9');
        out[n++] = plain ? *c : '-';
    }
    out[n] = 0;
}

int sim_file_temp(const char *path, char out[SIM_FILE_PATH], struct sim_error *error)
{
    char host[64];
    sim_file_host(host, sizeof host);
    for (int n = 0; n < 10000; n++) {
        int length = snprintf(out, SIM_FILE_PATH, "%s.tmp-%s-%ld-%d", path, host, (long)getpid(), n);
        if (length >= SIM_FILE_PATH)
            return sim_error_set(error, SIM_ERROR_IO, "%.60s...: the path is too long", path);
        int fd = open(out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0) {
            close(fd);
            return 0;
        }
        if (errno != EEXIST)
            return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be written: %s", path, strerror(errno));
    }
    return sim_error_set(error, SIM_ERROR_IO, "%.300s: too many temporary files beside it", path);
}

int sim_file_check_target(const char *path, int64_t bytes, struct sim_error *error)
{
    char directory[SIM_FILE_PATH], temp[SIM_FILE_PATH];
    int code = sim_file_directory(path, directory, error);
    if (code < 0)
        return code;
    struct stat status;
    if (stat(directory, &status) != 0) {
        if (errno == ENOENT)
            return sim_error_set(error, SIM_ERROR_MISSING,
                "%.150s: its directory does not exist; create it first: mkdir -p '%.150s'", path, directory);
        return sim_error_set(
            error, SIM_ERROR_IO, "%.300s: its directory cannot be used: %s", path, strerror(errno));
    }
    if (!S_ISDIR(status.st_mode))
        return sim_error_set(error, SIM_ERROR_IO, "%.200s: '%.200s' is not a directory", path, directory);
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: is %s, not a regular file", path,
            S_ISDIR(status.st_mode) ? "a directory" : "a device or pipe");
    code = sim_file_temp(path, temp, error);
    if (code < 0)
        return code;
    unlink(temp);
    struct statvfs space;
    if (statvfs(directory, &space) == 0 && space.f_frsize > 0) {
        double available = (double)space.f_bavail * (double)space.f_frsize;
        if (available < (double)bytes)
            return sim_error_set(error, SIM_ERROR_IO,
                "%.300s: needs up to %.1f MB of disk space, but only %.1f MB are free there", path,
                (double)bytes / 1e6, available / 1e6);
    }
    return 0;
}

int sim_file_sync_directory(const char *directory, struct sim_error *error)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be opened: %s", directory, strerror(errno));
    /* Some file systems cannot flush a directory (EINVAL); their renames are as safe as they get. */
    int status = fsync(fd), reason = errno;
    close(fd);
    if (status != 0 && reason != EINVAL && reason != EROFS && reason != ENOTSUP)
        return sim_error_set(
            error, SIM_ERROR_IO, "%.300s: cannot be flushed: %s", directory, strerror(reason));
    return 0;
}

static int flush_file(const char *temp, const char *path, struct sim_error *error)
{
    int fd = open(temp, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be opened: %s", temp, strerror(errno));
    int status = fsync(fd), reason = errno;
    close(fd);
    if (status != 0)
        return sim_error_set(
            error, SIM_ERROR_IO, "%.300s: cannot be flushed to the disk: %s", path, strerror(reason));
    return 0;
}

int sim_file_commit(const char *temp, const char *path, struct sim_error *error)
{
    char directory[SIM_FILE_PATH];
    int code = sim_file_directory(path, directory, error);
    if (code < 0 || (code = flush_file(temp, path, error)) < 0)
        return code;
    if (rename(temp, path) != 0)
        return sim_error_set(
            error, SIM_ERROR_IO, "%.300s: cannot be put in place: %s", path, strerror(errno));
    return sim_file_sync_directory(directory, error);
}

void sim_file_each_stale(const char *path, const char *kind, void (*visit)(const char *victim))
{
    char directory_path[SIM_FILE_PATH], prefix[SIM_FILE_PATH], victim[2 * SIM_FILE_PATH], host[64];
    struct sim_error ignored = {0};
    const char *slash = strrchr(path, '/');
    sim_file_host(host, sizeof host);
    int n = snprintf(prefix, sizeof prefix, "%s.%s-%s-", slash == NULL ? path : slash + 1, kind, host);
    if (n >= (int)sizeof prefix || sim_file_directory(path, directory_path, &ignored) < 0)
        return;
    DIR *directory = opendir(directory_path);
    if (directory == NULL)
        return;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        char *end = NULL;
        if (strncmp(entry->d_name, prefix, (size_t)n) != 0)
            continue;
        long owner = strtol(entry->d_name + n, &end, 10);
        if (owner <= 0 || *end != '-' || kill((pid_t)owner, 0) == 0 || errno != ESRCH)
            continue;
        snprintf(victim, sizeof victim, "%s/%s", directory_path, entry->d_name);
        visit(victim);
    }
    closedir(directory);
}

static void remove_file(const char *path)
{
    unlink(path);
}

void sim_file_remove_stale(const char *path)
{
    sim_file_each_stale(path, "tmp", remove_file);
}

bool sim_file_put(int fd, const struct sim_file_piece *pieces, int32_t n_pieces)
{
    for (int32_t i = 0; i < n_pieces; i++) {
        const char *at = pieces[i].bytes;
        for (int64_t left = pieces[i].n; left > 0;) {
            ssize_t put = write(fd, at, (size_t)left);
            if (put < 0 && errno == EINTR)
                continue;
            if (put < 0)
                return false;
            at += put;
            left -= put;
        }
    }
    return true;
}

bool sim_file_read_at(int fd, int64_t from, void *out, int64_t n)
{
    char *at = out;
    while (n > 0) {
        ssize_t got = pread(fd, at, (size_t)n, (off_t)from);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got == 0 ? 0 : errno;
            return false;
        }
        at += got;
        from += got;
        n -= got;
    }
    return true;
}

/* A temporary file beside path that holds the pieces; nothing is left on an error. */
static int write_temp(const char *path, const struct sim_file_piece *pieces, int32_t n_pieces,
    char temp[SIM_FILE_PATH], struct sim_error *error)
{
    int code = sim_file_temp(path, temp, error);
    if (code < 0)
        return code;
    int fd = open(temp, O_WRONLY | O_CLOEXEC), reason = errno;
    bool good = fd >= 0 && sim_file_put(fd, pieces, n_pieces);
    if (fd >= 0 && !good)
        reason = errno;
    /* A network's or a quota's error may come with the closing alone. */
    if (fd >= 0 && close(fd) != 0 && good) {
        good = false;
        reason = errno;
    }
    if (good)
        return 0;
    unlink(temp);
    return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be written: %s", path, strerror(reason));
}

int sim_file_write_pieces(
    const char *path, const struct sim_file_piece *pieces, int32_t n_pieces, struct sim_error *error)
{
    char temp[SIM_FILE_PATH];
    int code = write_temp(path, pieces, n_pieces, temp, error);
    if (code == 0 && (code = sim_file_commit(temp, path, error)) < 0)
        unlink(temp);
    return code;
}

int sim_file_write(const char *path, const void *bytes, int64_t n, struct sim_error *error)
{
    return sim_file_write_pieces(path, &(struct sim_file_piece){bytes, n}, 1, error);
}

int sim_file_write_new(const char *path, const void *bytes, int64_t n, struct sim_error *error)
{
    char temp[SIM_FILE_PATH], directory[SIM_FILE_PATH];
    int code = write_temp(path, &(struct sim_file_piece){bytes, n}, 1, temp, error);
    if (code < 0)
        return code;
    if ((code = flush_file(temp, path, error)) == 0 && link(temp, path) != 0) {
        if (errno == EEXIST)
            code = sim_error_set(error, SIM_ERROR_EXISTS, "%.300s exists already", path);
        else if (rename(temp, path) != 0) /* a file system without links */
            code = sim_error_set(
                error, SIM_ERROR_IO, "%.300s: cannot be put in place: %s", path, strerror(errno));
    }
    unlink(temp);
    if (code == 0 && (code = sim_file_directory(path, directory, error)) == 0)
        code = sim_file_sync_directory(directory, error);
    return code;
}

int sim_file_read(
    const char *path, struct sim_arena *arena, char **bytes, int64_t *n, struct sim_error *error)
{
    int code = 0;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return sim_error_set(error, errno == ENOENT ? SIM_ERROR_MISSING : SIM_ERROR_IO,
            "%.300s: cannot be read: %s", path, strerror(errno));
    struct stat status;
    if (fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode)) {
        code = sim_error_set(error, SIM_ERROR_IO, "%.300s: is not a regular file", path);
        goto out;
    }
    *bytes = sim_arena_alloc(arena, (int64_t)status.st_size + 1);
    if (*bytes == NULL) {
        code = sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: %lld bytes are too many for this machine",
            path, (long long)status.st_size);
        goto out;
    }
    *n = (int64_t)fread(*bytes, 1, (size_t)status.st_size, file);
    if (*n != status.st_size || ferror(file))
        code = sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be read to its end", path);
out:
    fclose(file);
    return code;
}
