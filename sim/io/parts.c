#include "sim/io/parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/core/clock.h"
#include "sim/core/guard.h"
#include "sim/core/log.h"
#include "sim/io/manifest.h"
#include "sim/io/utf8.h"

#define FRAME_MAGIC 0x31574f5252494d50u /* "PMIRROW1" */
#define MESSAGE_MOST 4096

/* The head of a frame: 48 bytes without gaps. */
struct frame {
    uint64_t magic;
    int32_t point, arm, replicate, status;
    int32_t message_bytes, reserved;
    int64_t payload_bytes;
    double wall_seconds;
};
_Static_assert(sizeof(struct frame) == 48, "a frame's head has no gaps");

struct sim_parts_log {
    char *path;
    int fd;
};

void sim_parts_row_digest(int32_t point, int32_t arm, int32_t replicate, int32_t status, const void *payload,
    int64_t payload_bytes, uint8_t out[SIM_DIGEST_BYTES])
{
    int32_t head[4] = {point, arm, replicate, status};
    struct sim_digest digest;
    sim_digest_init(&digest);
    sim_digest_add(&digest, head, sizeof head);
    if (payload_bytes > 0)
        sim_digest_add(&digest, payload, payload_bytes);
    sim_digest_end(&digest, out);
}

void sim_parts_total_begin(struct sim_parts_total *self, const struct sim_output *output, int32_t n_points,
    int32_t n_arms, int32_t n_replicates, const char *const *arms)
{
    uint8_t shape[SIM_DIGEST_BYTES];
    int32_t head[3] = {n_points, n_arms, n_replicates};
    sim_output_digest(output, shape);
    sim_digest_init(&self->digest);
    sim_digest_add_text(&self->digest, "pamir result 1");
    sim_digest_add(&self->digest, shape, sizeof shape);
    sim_digest_add(&self->digest, head, sizeof head);
    for (int32_t i = 0; i < n_arms; i++)
        sim_digest_add_text(&self->digest, arms[i]);
}

void sim_parts_total_add(struct sim_parts_total *self, const uint8_t row[SIM_DIGEST_BYTES])
{
    static const uint8_t missing[SIM_DIGEST_BYTES] = {0};
    sim_digest_add(&self->digest, row == NULL ? missing : row, SIM_DIGEST_BYTES);
}

void sim_parts_total_end(struct sim_parts_total *self, char out[SIM_DIGEST_TEXT])
{
    uint8_t digest[SIM_DIGEST_BYTES];
    sim_digest_end(&self->digest, digest);
    sim_digest_text(digest, out);
}

void sim_parts_digest(const struct sim_parts *self, char out[SIM_DIGEST_TEXT])
{
    struct sim_parts_total total;
    const struct sim_parts_shape *shape = &self->shape;
    sim_parts_total_begin(
        &total, shape->output, shape->n_points, shape->n_arms, shape->n_replicates, shape->arms);
    for (int64_t i = 0; i < self->n_rows; i++)
        sim_parts_total_add(&total, self->rows[i].is_present ? self->rows[i].digest : NULL);
    sim_parts_total_end(&total, out);
}

int sim_parts_directory(const char *output_path, char out[SIM_FILE_PATH], struct sim_error *error)
{
    if (snprintf(out, SIM_FILE_PATH, "%s.parts", output_path) >= SIM_FILE_PATH)
        return sim_error_set(error, SIM_ERROR_IO, "%.60s...: the path is too long", output_path);
    return 0;
}

static int member_path(
    const struct sim_parts *self, const char *name, char out[SIM_FILE_PATH], struct sim_error *error)
{
    if (snprintf(out, SIM_FILE_PATH, "%s/%s", self->directory, name) >= SIM_FILE_PATH)
        return sim_error_set(error, SIM_ERROR_IO, "%.60s...: the path is too long", self->directory);
    return 0;
}

static struct sim_parts_row *slot(const struct sim_parts *self, int32_t point, int32_t arm, int32_t replicate)
{
    const struct sim_parts_shape *shape = &self->shape;
    bool inside = point >= 0 && point < shape->n_points && arm >= 0 && arm < shape->n_arms &&
                  replicate >= 0 && replicate < shape->n_replicates;
    return inside ? &self->rows[((int64_t)point * shape->n_arms + arm) * shape->n_replicates + replicate]
                  : NULL;
}

const struct sim_parts_row *sim_parts_find(
    const struct sim_parts *self, int32_t point, int32_t arm, int32_t replicate)
{
    const struct sim_parts_row *row = slot(self, point, arm, replicate);
    return row != NULL && row->is_present ? row : NULL;
}

static int add_log(struct sim_parts *self, const char *path, struct sim_error *error)
{
    if (self->n_logs == self->logs_capacity) {
        int32_t capacity = self->logs_capacity == 0 ? 8 : 2 * self->logs_capacity;
        struct sim_parts_log *logs = sim_arena_alloc(&self->arena, capacity * (int64_t)sizeof *logs);
        if (logs == NULL)
            return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", self->directory);
        if (self->n_logs > 0)
            memcpy(logs, self->logs, (size_t)self->n_logs * sizeof *logs);
        self->logs = logs;
        self->logs_capacity = capacity;
    }
    char *copy = sim_arena_text(&self->arena, path, (int64_t)strlen(path));
    if (copy == NULL)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", self->directory);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be read: %s", path, strerror(errno));
    self->logs[self->n_logs++] = (struct sim_parts_log){.path = copy, .fd = fd};
    return 0;
}

/* Reads n bytes at `from`; false at the end of the file or on an error (errno, 0 at the end). */
static bool read_at(int fd, int64_t from, void *out, int64_t n)
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

int sim_parts_read(const struct sim_parts *self, const struct sim_parts_row *row, int64_t from, int64_t n,
    void *out, struct sim_error *error)
{
    SIM_GUARD(row->is_present && from >= 0 && n >= 0 && from + n <= row->payload_bytes,
        "bytes %lld to %lld of %lld", (long long)from, (long long)(from + n), (long long)row->payload_bytes);
    const struct sim_parts_log *log = &self->logs[row->log];
    if (!read_at(log->fd, row->offset + from, out, n))
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be read: %s", log->path,
            errno == 0 ? "it has become shorter" : strerror(errno));
    return 0;
}

/* Enters a row whose frame is good into the index. */
static int enter(struct sim_parts *self, const struct sim_parts_row *row, struct sim_error *error)
{
    struct sim_parts_row *place = slot(self, row->point, row->arm, row->replicate);
    if (place == NULL)
        return sim_error_set(error, SIM_ERROR_FORMAT,
            "%.250s: holds point %d, arm %d, replicate %d, which the batch does not have",
            self->logs[row->log].path, (int)row->point, (int)row->arm, (int)row->replicate + 1);
    if (place->is_present) {
        if (memcmp(place->digest, row->digest, SIM_DIGEST_BYTES) == 0)
            return 0;
        return sim_error_set(error, SIM_ERROR_MODEL,
            "%.250s: point %d, arm '%.60s', replicate %d was computed twice with different results: the run "
            "is no "
            "pure function of its seed",
            self->directory, (int)row->point, self->shape.arms[row->arm], (int)row->replicate + 1);
    }
    const char *message = "";
    if (row->message != NULL && row->message[0] != 0) {
        message = sim_arena_text(&self->arena, row->message, (int64_t)strlen(row->message));
        if (message == NULL)
            return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", self->directory);
    }
    *place = *row;
    place->message = message;
    place->is_present = true;
    self->n_present++;
    self->n_failed += row->status != 0;
    return 0;
}

/* A good frame at `from`: fills row (message in buffer) and returns its bytes; 0 when it is not one. */
static int64_t read_frame(const struct sim_parts *self, int32_t log, int64_t from, int64_t size,
    uint8_t *buffer, struct sim_parts_row *row)
{
    struct frame head;
    int fd = self->logs[log].fd;
    int64_t row_bytes = self->shape.output->row_bytes;
    if (size - from < (int64_t)sizeof head + SIM_DIGEST_BYTES || !read_at(fd, from, &head, sizeof head) ||
        head.magic != FRAME_MAGIC || head.message_bytes < 0 || head.message_bytes > MESSAGE_MOST ||
        head.payload_bytes != (head.status == 0 ? row_bytes : 0))
        return 0;
    int64_t body = head.message_bytes + head.payload_bytes;
    int64_t all = (int64_t)sizeof head + body + SIM_DIGEST_BYTES;
    if (size - from < all || !read_at(fd, from + (int64_t)sizeof head, buffer, body + SIM_DIGEST_BYTES))
        return 0;
    struct sim_digest digest;
    uint8_t sum[SIM_DIGEST_BYTES];
    sim_digest_init(&digest);
    sim_digest_add(&digest, &head, sizeof head);
    sim_digest_add(&digest, buffer, body);
    sim_digest_end(&digest, sum);
    if (memcmp(sum, buffer + body, SIM_DIGEST_BYTES) != 0)
        return 0;
    *row = (struct sim_parts_row){
        .point = head.point,
        .arm = head.arm,
        .replicate = head.replicate,
        .status = head.status,
        .wall_seconds = head.wall_seconds,
        .log = log,
        .payload_bytes = head.payload_bytes,
        .offset = from + (int64_t)sizeof head + head.message_bytes,
    };
    sim_parts_row_digest(head.point, head.arm, head.replicate, head.status, buffer + head.message_bytes,
        head.payload_bytes, row->digest);
    buffer[head.message_bytes] = 0; /* the payload is not needed again */
    row->message = (const char *)buffer;
    return all;
}

/* The next place from `from` on where a frame may start, or size. */
static int64_t find_magic(int fd, int64_t from, int64_t size, uint8_t *chunk, int64_t chunk_bytes)
{
    const uint64_t magic = FRAME_MAGIC;
    while (size - from >= (int64_t)sizeof magic) {
        int64_t n = size - from < chunk_bytes ? size - from : chunk_bytes;
        if (!read_at(fd, from, chunk, n))
            break;
        for (int64_t i = 0; i + (int64_t)sizeof magic <= n; i++)
            if (memcmp(chunk + i, &magic, sizeof magic) == 0)
                return from + i;
        from += n - (int64_t)sizeof magic + 1;
    }
    return size;
}

static int scan_log(
    struct sim_parts *self, int32_t log, uint8_t *buffer, int64_t buffer_bytes, struct sim_error *error)
{
    struct stat status;
    if (fstat(self->logs[log].fd, &status) != 0)
        return sim_error_set(
            error, SIM_ERROR_IO, "%.300s: cannot be read: %s", self->logs[log].path, strerror(errno));
    int64_t at = 0, size = (int64_t)status.st_size, dropped = 0;
    while (at < size) {
        struct sim_parts_row row;
        int64_t n = read_frame(self, log, at, size, buffer, &row);
        if (n == 0) {
            int64_t next = find_magic(self->logs[log].fd, at + 1, size, buffer, buffer_bytes);
            dropped += next - at;
            at = next;
            continue;
        }
        int code = enter(self, &row, error);
        if (code < 0)
            return code;
        at += n;
    }
    if (dropped > 0)
        sim_log(SIM_LOG_WARNING, SIM_LOG_WARNING,
            "%s: %lld bytes are torn or damaged and are dropped; their rows will be computed again",
            self->logs[log].path, (long long)dropped);
    self->n_dropped_bytes += dropped;
    return 0;
}

static bool is_log_name(const char *name)
{
    size_t n = strlen(name);
    return n > 9 && strncmp(name, "rows-", 5) == 0 && strcmp(name + n - 4, ".log") == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of the logs, sorted, so that messages do not depend on the directory's order. */
static int list_logs(struct sim_parts *self, char ***names, int32_t *n_names, struct sim_error *error)
{
    int code = 0;
    int32_t n = 0, capacity = 0;
    char **list = NULL;
    DIR *directory = opendir(self->directory);
    if (directory == NULL)
        return sim_error_set(error, errno == ENOENT ? SIM_ERROR_MISSING : SIM_ERROR_IO,
            "%.300s: cannot be read: %s", self->directory, strerror(errno));
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        if (!is_log_name(entry->d_name))
            continue;
        if (n == capacity) {
            capacity = capacity == 0 ? 16 : 2 * capacity;
            char **bigger = sim_arena_alloc(&self->arena, capacity * (int64_t)sizeof *bigger);
            if (bigger != NULL && n > 0)
                memcpy(bigger, list, (size_t)n * sizeof *bigger);
            list = bigger;
        }
        if (list == NULL || (list[n++] = sim_arena_text(
                                 &self->arena, entry->d_name, (int64_t)strlen(entry->d_name))) == NULL) {
            code = sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", self->directory);
            break;
        }
    }
    closedir(directory);
    if (code == 0 && n > 1)
        qsort(list, (size_t)n, sizeof *list, by_name);
    *names = list;
    *n_names = n;
    return code;
}

static int scan_logs(struct sim_parts *self, char **names, int32_t n_names, struct sim_error *error)
{
    int64_t buffer_bytes = self->shape.output->row_bytes + MESSAGE_MOST + SIM_DIGEST_BYTES + 1;
    if (buffer_bytes < 65536)
        buffer_bytes = 65536;
    uint8_t *buffer = n_names > 0 ? malloc((size_t)buffer_bytes) : NULL;
    if (n_names > 0 && buffer == NULL)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: a row does not fit memory", self->directory);
    int code = 0;
    for (int32_t i = 0; i < n_names && code == 0; i++) {
        char path[SIM_FILE_PATH];
        code = member_path(self, names[i], path, error);
        if (code == 0)
            code = add_log(self, path, error);
        if (code == 0)
            code = scan_log(self, self->n_logs - 1, buffer, buffer_bytes, error);
    }
    free(buffer);
    return code;
}

static int take_lock(struct sim_parts *self, struct sim_error *error)
{
    char path[SIM_FILE_PATH];
    int code = member_path(self, "lock", path, error);
    if (code < 0)
        return code;
    self->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (self->lock < 0)
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be written: %s", path, strerror(errno));
    bool held = flock(self->lock, LOCK_EX | LOCK_NB) != 0;
    if (held && errno != EWOULDBLOCK) {
        sim_log(SIM_LOG_WARNING, SIM_LOG_WARNING,
            "%s: this file system has no locks; do not run two processes on one output", path);
        return 0;
    }
    /* The holder may have finished and removed the file between our open and our lock. */
    struct stat ours, there;
    if (held || fstat(self->lock, &ours) != 0 || stat(path, &there) != 0 || ours.st_ino != there.st_ino)
        return sim_error_set(error, SIM_ERROR_EXISTS,
            "%.300s: another process is writing this output right now; wait for it, or stop it",
            self->directory);
    char owner[96], host[64];
    sim_file_host(host, sizeof host);
    int n = snprintf(owner, sizeof owner, "%s %ld\n", host, (long)getpid());
    if (ftruncate(self->lock, 0) != 0 || pwrite(self->lock, owner, (size_t)n, 0) != n)
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be written: %s", path, strerror(errno));
    return 0;
}

/* Why a batch cannot begin in a directory that is there: somebody is at work in it, or was stopped. */
static int refuse_begun(const char *directory, struct sim_error *error)
{
    char path[SIM_FILE_PATH];
    int lock = snprintf(path, sizeof path, "%s/lock", directory) < SIM_FILE_PATH
                   ? open(path, O_RDONLY | O_CLOEXEC)
                   : -1;
    bool held = lock >= 0 && flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (lock >= 0)
        close(lock);
    if (held)
        return sim_error_set(error, SIM_ERROR_EXISTS,
            "%.300s: another process is writing this output right now; wait for it, or choose another name",
            directory);
    return sim_error_set(error, SIM_ERROR_EXISTS,
        "%.300s exists: an earlier run was stopped before it was complete. Use --resume to finish it, or "
        "remove the directory to begin anew",
        directory);
}

/* Compares the manifest with the batch, or writes it where there is none and no row either. */
static int settle_manifest(
    struct sim_parts *self, enum sim_parts_mode mode, int32_t n_logs, struct sim_error *error)
{
    char path[SIM_FILE_PATH], *now = NULL, *old = NULL;
    int64_t n_now = 0, n_old = 0;
    int code = member_path(self, "manifest.txt", path, error);
    if (code == 0)
        code = sim_manifest_make(&self->shape, &self->arena, &now, &n_now, error);
    if (code < 0)
        return code;
    if (!sim_file_exists(path)) {
        if (n_logs > 0 || mode == SIM_PARTS_READ)
            return sim_error_set(error, SIM_ERROR_MISSING,
                "%.300s: there is no manifest; nothing says what its rows belong to: remove the directory",
                self->directory);
        return sim_file_write(path, now, n_now, error);
    }
    code = sim_file_read(path, &self->arena, &old, &n_old, error);
    return code < 0 ? code : sim_manifest_compare(old, n_old, now, n_now, self->directory, error);
}

int sim_parts_open(struct sim_parts *self, const char *directory, const struct sim_parts_shape *shape,
    enum sim_parts_mode mode, struct sim_error *error)
{
    int code = 0;
    *self = (struct sim_parts){.shape = *shape, .writing = -1, .lock = -1};
    sim_arena_init(&self->arena);
    if (snprintf(self->directory, SIM_FILE_PATH, "%s", directory) >= SIM_FILE_PATH)
        return sim_error_set(error, SIM_ERROR_IO, "%.60s...: the path is too long", directory);
    for (int32_t i = 0; i < shape->n_arms; i++)
        if (strpbrk(shape->arms[i], "\r\n") != NULL || !sim_utf8_is_valid(shape->arms[i]))
            return sim_error_set(
                error, SIM_ERROR_INPUT, "the name of arm %d is not one line of UTF-8", (int)i + 1);
    self->n_rows = (int64_t)shape->n_points * shape->n_arms * shape->n_replicates;
    self->rows = sim_arena_alloc(&self->arena, self->n_rows * (int64_t)sizeof *self->rows);
    if (self->rows == NULL) {
        code = sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: %lld rows do not fit memory", directory,
            (long long)self->n_rows);
        goto out;
    }
    if (mode != SIM_PARTS_READ && mkdir(directory, 0777) != 0) {
        if (errno != EEXIST)
            code = sim_error_set(
                error, SIM_ERROR_IO, "%.300s: cannot be created: %s", directory, strerror(errno));
        else if (mode == SIM_PARTS_CREATE)
            code = refuse_begun(directory, error);
        if (code < 0)
            goto out;
    }
    if (mode != SIM_PARTS_READ && (code = take_lock(self, error)) < 0)
        goto out;
    char **names = NULL;
    int32_t n_names = 0;
    if ((code = list_logs(self, &names, &n_names, error)) < 0 ||
        (code = settle_manifest(self, mode, n_names, error)) < 0 ||
        (code = scan_logs(self, names, n_names, error)) < 0)
        goto out;
out:
    if (code < 0)
        sim_parts_close(self);
    return code;
}

void sim_parts_close(struct sim_parts *self)
{
    if (self->stream != NULL)
        fclose(self->stream);
    for (int32_t i = 0; i < self->n_logs; i++)
        close(self->logs[i].fd);
    if (self->lock > 0)
        close(self->lock);
    sim_arena_free(&self->arena);
    self->stream = NULL;
    self->rows = NULL;
    self->logs = NULL;
    self->n_logs = 0;
    self->lock = -1;
}

/* The log of this process: made with its first row, under a name that no other has. */
static int begin_log(struct sim_parts *self, struct sim_error *error)
{
    char host[64], name[160], path[SIM_FILE_PATH];
    sim_file_host(host, sizeof host);
    for (int n = 1; n < 100000; n++) {
        snprintf(name, sizeof name, "rows-%s-%ld-%d.log", host, (long)getpid(), n);
        int code = member_path(self, name, path, error);
        if (code < 0)
            return code;
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
        if (fd < 0 && errno == EEXIST)
            continue;
        if (fd < 0)
            break;
        self->stream = fdopen(fd, "ae");
        if (self->stream == NULL) {
            close(fd);
            break;
        }
        self->writing = self->n_logs;
        self->stream_bytes = 0;
        self->synced_at = sim_clock_seconds();
        code = add_log(self, path, error);
        if (code == 0)
            code = sim_file_sync_directory(self->directory, error);
        if (code < 0) {
            fclose(self->stream);
            self->stream = NULL;
        }
        return code;
    }
    return sim_error_set(
        error, SIM_ERROR_IO, "%.300s: no log can be begun: %s", self->directory, strerror(errno));
}

int sim_parts_sync(struct sim_parts *self, struct sim_error *error)
{
    if (self->stream == NULL)
        return 0;
    if (fflush(self->stream) != 0 || fdatasync(fileno(self->stream)) != 0)
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be written: %s",
            self->logs[self->writing].path, strerror(errno));
    self->synced_at = sim_clock_seconds();
    return 0;
}

int sim_parts_append(
    struct sim_parts *self, const struct sim_parts_row *row, const void *payload, struct sim_error *error)
{
    SIM_GUARD(slot(self, row->point, row->arm, row->replicate) != NULL, "point %d, arm %d, replicate %d",
        (int)row->point, (int)row->arm, (int)row->replicate);
    SIM_GUARD((row->status == 0) == (payload != NULL), "a good row has a payload, a failed one has none");
    int code = self->stream == NULL ? begin_log(self, error) : 0;
    if (code < 0)
        return code;
    char message[MESSAGE_MOST + 1] = "";
    if (row->message != NULL)
        memcpy(message, row->message, (size_t)sim_utf8_cut(row->message, MESSAGE_MOST));
    sim_utf8_mend(message);
    struct frame head = {
        .magic = FRAME_MAGIC,
        .point = row->point,
        .arm = row->arm,
        .replicate = row->replicate,
        .status = row->status,
        .message_bytes = (int32_t)strlen(message),
        .payload_bytes = row->status == 0 ? self->shape.output->row_bytes : 0,
        .wall_seconds = row->wall_seconds,
    };
    struct sim_digest digest;
    uint8_t sum[SIM_DIGEST_BYTES];
    sim_digest_init(&digest);
    sim_digest_add(&digest, &head, sizeof head);
    sim_digest_add(&digest, message, head.message_bytes);
    if (head.payload_bytes > 0)
        sim_digest_add(&digest, payload, head.payload_bytes);
    sim_digest_end(&digest, sum);
    FILE *out = self->stream;
    bool good = fwrite(&head, sizeof head, 1, out) == 1 &&
                fwrite(message, 1, (size_t)head.message_bytes, out) == (size_t)head.message_bytes &&
                (head.payload_bytes == 0 || fwrite(payload, (size_t)head.payload_bytes, 1, out) == 1) &&
                fwrite(sum, sizeof sum, 1, out) == 1 && fflush(out) == 0;
    if (!good) {
        /* What did get through is a torn frame: the next open drops it. This log takes no more rows. */
        code = sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be written: %s",
            self->logs[self->writing].path, strerror(errno));
        fclose(out);
        self->stream = NULL;
        return code;
    }
    struct sim_parts_row entry = *row;
    entry.message = message;
    entry.log = self->writing;
    entry.payload_bytes = head.payload_bytes;
    entry.offset = self->stream_bytes + (int64_t)sizeof head + head.message_bytes;
    sim_parts_row_digest(
        head.point, head.arm, head.replicate, head.status, payload, head.payload_bytes, entry.digest);
    self->stream_bytes += (int64_t)sizeof head + head.message_bytes + head.payload_bytes + SIM_DIGEST_BYTES;
    code = enter(self, &entry, error);
    if (code == 0 && sim_clock_seconds() - self->synced_at >= 1.0)
        code = sim_parts_sync(self, error);
    return code;
}

int sim_parts_remove(struct sim_parts *self, struct sim_error *error)
{
    /* Whatever else lies there is not ours to remove; then rmdir fails, and the directory stays. */
    char path[SIM_FILE_PATH], **names = NULL;
    int32_t n_names = 0;
    int code = list_logs(self, &names, &n_names, error);
    for (int32_t i = 0; i < n_names && code == 0; i++)
        if ((code = member_path(self, names[i], path, error)) == 0 && unlink(path) != 0 && errno != ENOENT)
            code = sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be removed: %s", path, strerror(errno));
    static const char *const last[] = {"manifest.txt", "lock"};
    if (code == 0 && (code = member_path(self, last[0], path, error)) == 0)
        sim_file_remove_stale(path);
    for (int i = 0; i < SIM_COUNT(last) && code == 0; i++)
        if ((code = member_path(self, last[i], path, error)) == 0 && unlink(path) != 0 && errno != ENOENT)
            code = sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be removed: %s", path, strerror(errno));
    if (code == 0 && rmdir(self->directory) != 0 && errno != ENOTEMPTY && errno != EEXIST)
        code = sim_error_set(
            error, SIM_ERROR_IO, "%.300s: cannot be removed: %s", self->directory, strerror(errno));
    sim_parts_close(self);
    return code;
}
