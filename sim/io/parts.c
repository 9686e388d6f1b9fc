#include "sim/io/parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sim/core/clock.h"
#include "sim/core/guard.h"
#include "sim/core/log.h"
#include "sim/io/checkpoint.h"
#include "sim/io/frame.h"
#include "sim/io/lock.h"
#include "sim/io/manifest.h"
#include "sim/io/utf8.h"

int sim_parts_directory(const char *output_path, char out[SIM_FILE_PATH], struct sim_error *error)
{
    if (snprintf(out, SIM_FILE_PATH, "%s.parts", output_path) >= SIM_FILE_PATH)
        return sim_error_set(error, SIM_ERROR_IO, "%.60s...: the path is too long", output_path);
    return 0;
}

static int member_path(
    const char *directory, const char *name, char out[SIM_FILE_PATH], struct sim_error *error)
{
    if (snprintf(out, SIM_FILE_PATH, "%s/%s", directory, name) >= SIM_FILE_PATH)
        return sim_error_set(error, SIM_ERROR_IO, "%.60s...: the path is too long", directory);
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

const uint8_t *sim_parts_identity(const struct sim_parts *self)
{
    return self->identity;
}

int sim_parts_read(const struct sim_parts *self, const struct sim_parts_row *row, int64_t from, int64_t n,
    void *out, struct sim_error *error)
{
    SIM_GUARD(row->is_present && from >= 0 && n >= 0 && from + n <= row->payload_bytes,
        "bytes %lld to %lld of %lld", (long long)from, (long long)(from + n), (long long)row->payload_bytes);
    int fd = sim_logs_open(self->logs, row->log, error);
    if (fd < 0)
        return fd;
    if (!sim_file_read_at(fd, row->offset + from, out, n))
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be read: %s",
            self->logs->entries[row->log].path, errno == 0 ? "it has become shorter" : strerror(errno));
    return 0;
}

/* Enters a row whose frame is good into the index. */
static int enter(struct sim_parts *self, const struct sim_parts_row *row, struct sim_error *error)
{
    const struct sim_logs_entry *logs = self->logs->entries;
    struct sim_parts_row *place = slot(self, row->point, row->arm, row->replicate);
    if (place == NULL)
        return sim_error_set(error, SIM_ERROR_FORMAT,
            "%.250s: holds point %d, arm %d, replicate %d, which the batch does not have",
            logs[row->log].path, (int)row->point, (int)row->arm, (int)row->replicate + 1);
    if (place->is_present) {
        if (memcmp(place->digest, row->digest, SIM_DIGEST_BYTES) == 0)
            return 0;
        return sim_error_set(error, SIM_ERROR_MODEL,
            "%.150s and %.150s: point %d, arm '%.60s', replicate %d was computed twice with different "
            "results: the run is no pure function of its seed",
            logs[place->log].path, logs[row->log].path, (int)row->point, self->shape.arms[row->arm],
            (int)row->replicate + 1);
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

/* Reads a log of the batch to its end, over torn and damaged frames. */
static int scan_log(
    struct sim_parts *self, int32_t log, uint8_t *buffer, int64_t buffer_bytes, struct sim_error *error)
{
    const char *path = self->logs->entries[log].path;
    struct stat status;
    int fd = sim_logs_open(self->logs, log, error);
    if (fd < 0)
        return fd;
    if (fstat(fd, &status) != 0)
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be read: %s", path, strerror(errno));
    int64_t at = 0, size = (int64_t)status.st_size, dropped = 0;
    while (at < size) {
        struct sim_frame head;
        struct sim_parts_row row = {.log = log};
        int64_t n = sim_frame_get(fd, at, size, self->shape.output->row_bytes, &head, buffer, row.digest);
        if (n == 0) {
            int64_t next = sim_frame_find(fd, at + 1, size, buffer, buffer_bytes);
            dropped += next - at;
            at = next;
            continue;
        }
        row.point = head.point;
        row.arm = head.arm;
        row.replicate = head.replicate;
        row.status = head.status;
        row.wall_seconds = head.wall_seconds;
        row.payload_bytes = head.payload_bytes;
        row.offset = at + (int64_t)sizeof head + head.message_bytes;
        row.message = (const char *)buffer;
        int code = head.magic == SIM_FRAME_ROW ? enter(self, &row, error) : 0;
        if (code < 0)
            return code;
        at += n;
    }
    if (dropped > 0)
        sim_log(SIM_LOG_WARNING, SIM_LOG_WARNING,
            "%s: %lld bytes are torn or damaged and are dropped; their rows will be computed again", path,
            (long long)dropped);
    self->n_dropped_bytes += dropped;
    return 0;
}

static int scan_logs(
    struct sim_parts *self, const char *directory, char **names, int32_t n_names, struct sim_error *error)
{
    int64_t buffer_bytes = self->shape.output->row_bytes + SIM_FRAME_MESSAGE + 1 + SIM_DIGEST_BYTES;
    if (buffer_bytes < 65536)
        buffer_bytes = 65536;
    uint8_t *buffer = n_names > 0 ? malloc((size_t)buffer_bytes) : NULL;
    if (n_names > 0 && buffer == NULL)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: a row does not fit memory", directory);
    int code = 0;
    for (int32_t i = 0; i < n_names && code == 0; i++) {
        char path[SIM_FILE_PATH];
        code = member_path(directory, names[i], path, error);
        int32_t log = code == 0 ? sim_logs_add(self->logs, &self->arena, path, error) : -1;
        code = code < 0 ? code : log < 0 ? log : scan_log(self, log, buffer, buffer_bytes, error);
    }
    free(buffer);
    return code;
}

/* Why a batch cannot begin in a directory that is there: somebody is at work in it, or was stopped. */
static int refuse_begun(const char *directory, struct sim_error *error)
{
    char owner[128];
    if (sim_lock_look(directory, owner) == SIM_LOCK_HELD)
        return sim_error_set(error, SIM_ERROR_EXISTS,
            "%.250s: %.100s is writing this output right now; wait for it, or choose another name", directory,
            owner);
    return sim_error_set(error, SIM_ERROR_EXISTS,
        "%.300s exists: an earlier run was stopped before it was complete. Use --resume to finish it, or "
        "remove the directory to begin anew",
        directory);
}

/* Compares the manifest of a directory with this batch's. n_replicates: what it says of them. */
static int compare_manifest(const struct sim_parts *self, const char *directory, const char *path,
    const char *now, int64_t n_now, int32_t *n_replicates, struct sim_error *error)
{
    struct sim_manifest old, mine = {0};
    int code = sim_manifest_read(path, &old, error);
    if (code == 0 && (code = sim_manifest_parse(now, n_now, self->directory, &mine, error)) == 0)
        code = sim_manifest_compare(&old, &mine, directory, error);
    *n_replicates = old.n_replicates;
    sim_manifest_free(&mine);
    sim_manifest_free(&old);
    return code;
}

static int refuse_replicates(
    const struct sim_parts *self, const char *directory, int32_t n_replicates, struct sim_error *error)
{
    bool is_more = self->shape.n_replicates > n_replicates;
    return sim_error_set(error, SIM_ERROR_MISMATCH,
        "%.200s: the number of replicates was '%d' there and is '%d' now; finish it with --replicates %d%s",
        directory, (int)n_replicates, (int)self->shape.n_replicates, (int)n_replicates,
        is_more ? ", then add others with `pamir expand`" : ": those that are there are not taken away");
}

/* Compares the manifest with the batch, or writes it where there is none and no row either. */
static int settle_manifest(
    struct sim_parts *self, enum sim_parts_mode mode, int32_t n_logs, struct sim_error *error)
{
    char path[SIM_FILE_PATH], *now = NULL;
    int64_t n_now = 0;
    int32_t n_replicates = 0;
    int code = member_path(self->directory, "manifest.txt", path, error);
    if (code == 0)
        code = sim_manifest_make(&self->shape, &self->arena, &now, &n_now, self->identity, error);
    if (code < 0)
        return code;
    if (!sim_file_exists(path)) {
        if (n_logs > 0 || mode == SIM_PARTS_READ)
            return sim_error_set(error, SIM_ERROR_MISSING,
                "%.300s: there is no manifest; nothing says what its rows belong to: restore "
                "manifest.txt from a copy, or move the directory away to begin anew",
                self->directory);
        code = sim_file_write_new(path, now, n_now, error);
        if (code != SIM_ERROR_EXISTS)
            return code;
        *error = (struct sim_error){0}; /* another that shares was quicker */
    }
    if ((code = compare_manifest(self, self->directory, path, now, n_now, &n_replicates, error)) < 0 ||
        n_replicates == self->shape.n_replicates)
        return code;
    if (mode == SIM_PARTS_GROW && n_replicates < self->shape.n_replicates)
        return sim_file_write(path, now, n_now, error);
    return refuse_replicates(self, self->directory, n_replicates, error);
}

/* The directory, made when it is not there and may be, on the disk. */
static int make_directory(const char *directory, enum sim_parts_mode mode, struct sim_error *error)
{
    char above[SIM_FILE_PATH];
    if (mkdir(directory, 0777) != 0) {
        if (errno != EEXIST)
            return sim_error_set(
                error, SIM_ERROR_IO, "%.300s: cannot be created: %s", directory, strerror(errno));
        return mode == SIM_PARTS_CREATE ? refuse_begun(directory, error) : 0;
    }
    int code = sim_file_directory(directory, above, error);
    return code < 0 ? code : sim_file_sync_directory(above, error);
}

static int begin(struct sim_parts *self, const char *directory, struct sim_error *error)
{
    const struct sim_parts_shape *shape = &self->shape;
    if (snprintf(self->directory, SIM_FILE_PATH, "%s", directory) >= SIM_FILE_PATH)
        return sim_error_set(error, SIM_ERROR_IO, "%.60s...: the path is too long", directory);
    for (int32_t i = 0; i < shape->n_arms; i++)
        if (strpbrk(shape->arms[i], "\r\n") != NULL || !sim_utf8_is_valid(shape->arms[i]))
            return sim_error_set(
                error, SIM_ERROR_INPUT, "the name of arm %d is not one line of UTF-8", (int)i + 1);
    self->n_rows = (int64_t)shape->n_points * shape->n_arms * shape->n_replicates;
    self->rows = sim_arena_alloc(&self->arena, self->n_rows * (int64_t)sizeof *self->rows);
    self->logs = sim_arena_alloc(&self->arena, (int64_t)sizeof *self->logs);
    if (self->rows == NULL || self->logs == NULL)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: %lld rows do not fit memory", directory,
            (long long)self->n_rows);
    sim_logs_init(self->logs);
    return 0;
}

int sim_parts_open(struct sim_parts *self, const char *directory, const struct sim_parts_shape *shape,
    enum sim_parts_mode mode, struct sim_error *error)
{
    char **names = NULL;
    int32_t n_names = 0;
    *self = (struct sim_parts){.shape = *shape,
        .writing = -1,
        .stream = -1,
        .lock = -1,
        .begun_at = sim_clock_seconds(),
        .is_shared = mode == SIM_PARTS_SHARE};
    sim_arena_init(&self->arena);
    int code = begin(self, directory, error);
    if (code == 0 && mode != SIM_PARTS_READ && (code = make_directory(directory, mode, error)) == 0)
        code = sim_lock_take(directory, self->is_shared, &self->lock, error);
    if (code == 0)
        code = sim_logs_list(directory, &self->arena, &names, &n_names, error);
    if (code == 0)
        code = settle_manifest(self, mode, n_names, error);
    if (code == 0)
        code = scan_logs(self, directory, names, n_names, error);
    if (code < 0)
        sim_parts_close(self);
    return code;
}

void sim_parts_close(struct sim_parts *self)
{
    /* Of a struct that was zeroed and never opened, descriptor 0 is not ours. */
    if (self->logs != NULL) {
        if (self->stream >= 0)
            close(self->stream);
        sim_logs_close(self->logs);
    }
    if (self->lock > 0)
        close(self->lock);
    sim_arena_free(&self->arena);
    self->stream = -1;
    self->rows = NULL;
    self->logs = NULL;
    self->lock = -1;
}

int sim_parts_join(struct sim_parts *self, const char *directory, struct sim_error *error)
{
    char path[SIM_FILE_PATH], *now = NULL, **names = NULL;
    int64_t n_now = 0;
    int32_t n_replicates = 0, n_names = 0;
    uint8_t identity[SIM_DIGEST_BYTES];
    int code = member_path(directory, "manifest.txt", path, error);
    if (code == 0)
        code = sim_manifest_make(&self->shape, &self->arena, &now, &n_now, identity, error);
    if (code == 0)
        code = compare_manifest(self, directory, path, now, n_now, &n_replicates, error);
    if (code == 0 && n_replicates > self->shape.n_replicates)
        code = refuse_replicates(self, directory, n_replicates, error);
    if (code == 0)
        code = sim_logs_list(directory, &self->arena, &names, &n_names, error);
    return code < 0 ? code : scan_logs(self, directory, names, n_names, error);
}

void sim_parts_trim(struct sim_parts *self, int32_t n_replicates)
{
    struct sim_parts_shape *shape = &self->shape;
    SIM_GUARD(n_replicates > 0 && n_replicates <= shape->n_replicates, "%d of %d", (int)n_replicates,
        (int)shape->n_replicates);
    int64_t n_groups = (int64_t)shape->n_points * shape->n_arms, to = 0;
    self->n_present = self->n_failed = 0;
    for (int64_t group = 0; group < n_groups; group++)
        for (int32_t r = 0; r < n_replicates; r++) {
            struct sim_parts_row *row = &self->rows[to++];
            *row = self->rows[group * shape->n_replicates + r];
            self->n_present += row->is_present;
            self->n_failed += row->is_present && row->status != 0;
        }
    shape->n_replicates = n_replicates;
    self->n_rows = to;
}

/* Says in the log whose it is. */
static bool sign_log(struct sim_parts *self)
{
    struct sim_frame_author author = {.pid = (long)getpid(),
        .n_threads = self->n_threads,
        .unix_time = (int64_t)time(NULL),
        .clock = self->begun_at};
    char text[256];
    uint8_t row[SIM_DIGEST_BYTES];
    sim_file_host(author.host, sizeof author.host);
    sim_frame_author_text(&author, text);
    struct sim_frame head = {.magic = SIM_FRAME_BEGIN, .message_bytes = (int32_t)strlen(text)};
    sim_frame_row_digest(0, 0, 0, 0, NULL, 0, row);
    if (!sim_frame_put(self->stream, &head, text, NULL, row))
        return false;
    self->stream_bytes = sim_frame_bytes(&head, INT64_MAX);
    return true;
}

static void end_log(struct sim_parts *self)
{
    close(self->stream);
    self->stream = -1;
}

/* The log of this process, under a name that no other has. */
int sim_parts_begin(struct sim_parts *self, int32_t n_threads, struct sim_error *error)
{
    char host[64], name[160], path[SIM_FILE_PATH];
    if (n_threads > 0)
        self->n_threads = n_threads;
    if (self->stream >= 0)
        return 0;
    sim_file_host(host, sizeof host);
    for (int n = 1; self->stream < 0 && n < 100000; n++) {
        snprintf(name, sizeof name, "rows-%s-%ld-%d.log", host, (long)getpid(), n);
        int code = member_path(self->directory, name, path, error);
        if (code < 0)
            return code;
        self->stream = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
        if (self->stream < 0 && errno != EEXIST)
            break;
    }
    if (self->stream < 0)
        return sim_error_set(
            error, SIM_ERROR_IO, "%.300s: no log can be begun: %s", self->directory, strerror(errno));
    self->synced_at = sim_clock_seconds();
    int32_t log = -1;
    int code = 0;
    if (!sign_log(self))
        code = sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be written: %s", path, strerror(errno));
    if (code == 0)
        code = log = sim_logs_add(self->logs, &self->arena, path, error);
    if (code >= 0)
        code = sim_file_sync_directory(self->directory, error);
    self->writing = log;
    if (code < 0) {
        unlink(path);
        end_log(self);
    }
    return code;
}

/* Whether the log is still what its path names: a directory that was removed or moved away takes rows that
 * nobody will find. */
static int check_log(struct sim_parts *self, struct sim_error *error)
{
    const char *path = self->logs->entries[self->writing].path;
    struct stat ours, there;
    if (fstat(self->stream, &ours) == 0 && ours.st_nlink > 0 && stat(path, &there) == 0 &&
        ours.st_ino == there.st_ino && ours.st_dev == there.st_dev)
        return 0;
    end_log(self);
    return sim_error_set(error, SIM_ERROR_IO,
        "%.300s has been removed or moved away while it was being written; what it held is not kept", path);
}

int sim_parts_sync(struct sim_parts *self, struct sim_error *error)
{
    if (self->stream < 0)
        return 0;
    if (fdatasync(self->stream) != 0)
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be flushed to the disk: %s",
            self->logs->entries[self->writing].path, strerror(errno));
    self->synced_at = sim_clock_seconds();
    return check_log(self, error);
}

/* Takes back what did get through of a frame, so that the log ends with a whole one; it takes no more. If
 * that fails too, the next open drops the torn frame. */
static int give_up(struct sim_parts *self, struct sim_error *error)
{
    int code = sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be written: %s",
        self->logs->entries[self->writing].path, strerror(errno));
    if (ftruncate(self->stream, (off_t)self->stream_bytes) != 0)
        sim_log(SIM_LOG_WARNING, SIM_LOG_DEBUG, "%s ends with a torn frame",
            self->logs->entries[self->writing].path);
    end_log(self);
    return code;
}

int sim_parts_append(
    struct sim_parts *self, const struct sim_parts_row *row, const void *payload, struct sim_error *error)
{
    SIM_GUARD(slot(self, row->point, row->arm, row->replicate) != NULL, "point %d, arm %d, replicate %d",
        (int)row->point, (int)row->arm, (int)row->replicate);
    SIM_GUARD((row->status == 0) == (payload != NULL), "a good row has a payload, a failed one has none");
    int code = sim_parts_begin(self, 0, error);
    if (code < 0)
        return code;
    char message[SIM_FRAME_MESSAGE + 1] = "";
    if (row->message != NULL)
        memcpy(message, row->message, (size_t)sim_utf8_cut(row->message, SIM_FRAME_MESSAGE));
    sim_utf8_mend(message);
    struct sim_frame head = {
        .magic = SIM_FRAME_ROW,
        .point = row->point,
        .arm = row->arm,
        .replicate = row->replicate,
        .status = row->status,
        .message_bytes = (int32_t)strlen(message),
        .done_seconds = (int32_t)(sim_clock_seconds() - self->begun_at),
        .payload_bytes = row->status == 0 ? self->shape.output->row_bytes : 0,
        .wall_seconds = row->wall_seconds,
    };
    struct sim_parts_row entry = *row;
    entry.message = message;
    entry.log = self->writing;
    entry.payload_bytes = head.payload_bytes;
    entry.offset = self->stream_bytes + (int64_t)sizeof head + head.message_bytes;
    sim_frame_row_digest(
        head.point, head.arm, head.replicate, head.status, payload, head.payload_bytes, entry.digest);
    if (!sim_frame_put(self->stream, &head, message, payload, entry.digest))
        return give_up(self, error);
    if ((code = check_log(self, error)) < 0)
        return code;
    self->stream_bytes += sim_frame_bytes(&head, INT64_MAX);
    code = enter(self, &entry, error);
    if (code == 0 && sim_clock_seconds() - self->synced_at >= 1.0)
        code = sim_parts_sync(self, error);
    return code;
}

/* Whether this room makes files of this name. The lock is the last to go. */
static bool is_ours(const char *name)
{
    size_t n = strlen(name);
    return (strncmp(name, "rows-", 5) == 0 && n > 9 && strcmp(name + n - 4, ".log") == 0) ||
           sim_checkpoint_is_name(name);
}

static int remove_member(const char *directory, const char *name, struct sim_error *error)
{
    char path[SIM_FILE_PATH];
    int code = member_path(directory, name, path, error);
    if (code == 0 && unlink(path) != 0 && errno != ENOENT)
        code = sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be removed: %s", path, strerror(errno));
    return code;
}

/* Gives the directory a name under which nobody looks for rows, in one step that is on the disk: a kill finds
 * all rows or none. */
static int put_aside(const char *directory, char out[SIM_FILE_PATH], struct sim_error *error)
{
    char host[64], above[SIM_FILE_PATH];
    sim_file_host(host, sizeof host);
    for (int n = 0; n < 10000; n++) {
        int length = snprintf(out, SIM_FILE_PATH, "%s.done-%s-%ld-%d", directory, host, (long)getpid(), n);
        if (length >= SIM_FILE_PATH)
            return sim_error_set(error, SIM_ERROR_IO, "%.60s...: the path is too long", directory);
        if (rename(directory, out) == 0) {
            int code = sim_file_directory(directory, above, error);
            return code < 0 ? code : sim_file_sync_directory(above, error);
        }
        if (errno != EEXIST && errno != ENOTEMPTY)
            break;
    }
    return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be removed: %s", directory, strerror(errno));
}

/* Removes what this room makes; the directory itself too, if that was all. *is_empty: it was. */
static int clear_directory(const char *directory, bool *is_empty, struct sim_error *error)
{
    char path[SIM_FILE_PATH];
    int code = 0;
    *is_empty = false;
    DIR *list = opendir(directory);
    if (list == NULL)
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be read: %s", directory, strerror(errno));
    for (struct dirent *entry; code == 0 && (entry = readdir(list)) != NULL;)
        if (is_ours(entry->d_name))
            code = remove_member(directory, entry->d_name, error);
    closedir(list);
    if (code == 0 && (code = member_path(directory, "manifest.txt", path, error)) == 0)
        sim_file_remove_stale(path);
    if (code == 0 && (code = remove_member(directory, "manifest.txt", error)) == 0)
        code = remove_member(directory, "lock", error);
    if (code < 0)
        return code;
    *is_empty = rmdir(directory) == 0;
    if (!*is_empty && errno != ENOTEMPTY && errno != EEXIST)
        return sim_error_set(
            error, SIM_ERROR_IO, "%.300s: cannot be removed: %s", directory, strerror(errno));
    return 0;
}

int sim_parts_remove(struct sim_parts *self, struct sim_error *error)
{
    char aside[SIM_FILE_PATH];
    bool is_empty;
    int code = 0;
    if (self->is_shared && self->lock >= 0 && !sim_lock_take_alone(self->lock))
        code = sim_error_set(
            error, SIM_ERROR_EXISTS, "%.300s: other processes are at work in it", self->directory);
    if (code == 0 && (code = put_aside(self->directory, aside, error)) == 0) {
        code = clear_directory(aside, &is_empty, error);
        /* Whatever else lies there is not ours to remove, and is found where it was put. */
        if (code == 0 && !is_empty && rename(aside, self->directory) != 0)
            code = sim_error_set(
                error, SIM_ERROR_IO, "%.300s: holds files of others: %s", aside, strerror(errno));
    }
    sim_parts_close(self);
    return code;
}

static void clear_stale(const char *directory)
{
    struct sim_error ignored = {0};
    bool is_empty;
    clear_directory(directory, &is_empty, &ignored);
}

void sim_parts_remove_stale(const char *directory)
{
    sim_file_each_stale(directory, "done", clear_stale);
}
