#include "sim/io/survey.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sim/core/clock.h"
#include "sim/io/frame.h"
#include "sim/io/lock.h"

/* A process elsewhere is taken to live while its log is younger than this, or than a few of its rows take. */
#define QUIET_SECONDS 900.0
#define QUIET_ROWS 4

/* A log under the eye, read through a small window, so that short rows come many at a time and long ones cost
 * their head alone. */
struct eye {
    int fd;
    int64_t size;
    int64_t from, n; /* of the window */
    uint8_t window[sizeof(struct sim_frame) + SIM_FRAME_MESSAGE + 8192];
};

/* What a log came to. */
struct tally {
    struct sim_frame_author author;
    bool is_signed;
    int64_t n_rows;
    int32_t done_seconds; /* of the last row */
    double longest;       /* row, s */
    int64_t torn;         /* bytes between frames */
    int64_t torn_end;     /* bytes behind the last frame: a row that is being written now, or a tear */
};

/* Bytes [at, at + n) of the log, NULL when they are not there. */
static const uint8_t *look(struct eye *self, int64_t at, int64_t n)
{
    if (at < 0 || n > (int64_t)sizeof self->window || at > self->size - n)
        return NULL;
    if (at < self->from || at + n > self->from + self->n) {
        int64_t most = self->size - at;
        self->from = at;
        self->n = most < (int64_t)sizeof self->window ? most : (int64_t)sizeof self->window;
        if (!sim_file_read_at(self->fd, at, self->window, self->n)) {
            self->n = 0;
            return NULL;
        }
    }
    return self->window + (at - self->from);
}

/* Bytes of the frame at `at`, 0 when there is no whole one of this batch. */
static int64_t look_frame(
    struct eye *self, const struct sim_manifest *manifest, int64_t at, struct sim_frame *head)
{
    const uint8_t *bytes = look(self, at, (int64_t)sizeof *head);
    if (bytes == NULL)
        return 0;
    memcpy(head, bytes, sizeof *head);
    int64_t n = sim_frame_bytes(head, self->size - at);
    bool is_row = head->magic == SIM_FRAME_ROW;
    if (n == 0 || (is_row && head->payload_bytes != (head->status == 0 ? manifest->row_bytes : 0)))
        return 0;
    if (is_row && (head->point < 0 || head->point >= manifest->n_points || head->arm < 0 ||
                      head->arm >= manifest->n_arms || head->replicate < 0 ||
                      head->replicate >= manifest->n_replicates))
        return 0;
    return n;
}

static void *grow(struct sim_survey *self, void *list, int32_t n, int32_t *capacity, int64_t bytes)
{
    if (n < *capacity)
        return list;
    int32_t larger = *capacity == 0 ? 16 : 2 * *capacity;
    void *copy = sim_arena_alloc(&self->arena, larger * bytes);
    if (copy == NULL)
        return NULL;
    if (n > 0)
        memcpy(copy, list, (size_t)(n * bytes));
    *capacity = larger;
    return copy;
}

static int no_memory(const char *directory, struct sim_error *error)
{
    return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", directory);
}

static int enter(struct sim_survey *self, struct eye *eye, int64_t at, const struct sim_frame *head,
    const char *directory, struct sim_error *error)
{
    const struct sim_manifest *manifest = &self->manifest;
    uint8_t *state =
        &self->state[((int64_t)head->point * manifest->n_arms + head->arm) * manifest->n_replicates +
                     head->replicate];
    if (*state != SIM_SURVEY_MISSING)
        return 0;
    *state = head->status == 0 ? SIM_SURVEY_DONE : SIM_SURVEY_FAILED;
    self->n_done++;
    if (head->wall_seconds >= 0 && isfinite(head->wall_seconds))
        self->row_seconds += head->wall_seconds;
    if (head->status == 0)
        return 0;
    self->failures = grow(
        self, self->failures, self->n_failures, &self->failures_capacity, (int64_t)sizeof *self->failures);
    if (self->failures == NULL)
        return no_memory(directory, error);
    const uint8_t *text = look(eye, at + (int64_t)sizeof *head, head->message_bytes);
    char *message = sim_arena_text(
        &self->arena, text == NULL ? "" : (const char *)text, text == NULL ? 0 : head->message_bytes);
    if (message == NULL)
        return no_memory(directory, error);
    self->failures[self->n_failures++] =
        (struct sim_survey_failure){head->point, head->arm, head->replicate, head->status, message};
    self->n_failed++;
    return 0;
}

/* Whose log it is, from the text of its first frame. */
static void read_author(struct eye *eye, int64_t at, const struct sim_frame *head, struct tally *tally)
{
    char text[256];
    const uint8_t *bytes = head->message_bytes < (int32_t)sizeof text
                               ? look(eye, at + (int64_t)sizeof *head, head->message_bytes)
                               : NULL;
    if (bytes == NULL)
        return;
    memcpy(text, bytes, (size_t)head->message_bytes);
    text[head->message_bytes] = 0;
    tally->is_signed = sim_frame_author_parse(text, &tally->author);
}

static int walk(struct sim_survey *self, struct eye *eye, const char *directory, struct tally *tally,
    struct sim_error *error)
{
    int code = 0;
    for (int64_t at = 0; at < eye->size && code == 0;) {
        struct sim_frame head;
        int64_t n = look_frame(eye, &self->manifest, at, &head);
        if (n == 0) {
            uint8_t chunk[8192];
            int64_t next = sim_frame_find(eye->fd, at + 1, eye->size, chunk, sizeof chunk);
            *(next == eye->size ? &tally->torn_end : &tally->torn) += next - at;
            at = next;
            continue;
        }
        if (head.magic == SIM_FRAME_BEGIN) {
            read_author(eye, at, &head, tally);
        } else {
            code = enter(self, eye, at, &head, directory, error);
            tally->n_rows++;
            tally->done_seconds =
                head.done_seconds > tally->done_seconds ? head.done_seconds : tally->done_seconds;
            if (head.wall_seconds > tally->longest)
                tally->longest = head.wall_seconds;
        }
        at += n;
    }
    return code;
}

/* The seconds from then to now by the machine's clock, which may have jumped. */
static double since(int64_t then)
{
    int64_t now = (int64_t)time(NULL);
    return now > then ? (double)(now - then) : 0;
}

/* Whether the author of a log is at work, and what is known of it then. */
static bool is_at_work(
    const struct tally *tally, enum sim_lock_state lock, double quiet, struct sim_survey_process *process)
{
    const struct sim_frame_author *author = &tally->author;
    char here[64];
    sim_file_host(here, sizeof here);
    if (!tally->is_signed || author->pid <= 0)
        return false;
    bool is_here = strcmp(here, author->host) == 0;
    double patience =
        QUIET_ROWS * tally->longest > QUIET_SECONDS ? QUIET_ROWS * tally->longest : QUIET_SECONDS;
    *process = (struct sim_survey_process){.pid = author->pid,
        .n_threads = author->n_threads,
        .since = author->unix_time,
        .n_rows = tally->n_rows,
        .quiet_seconds = quiet,
        .is_certain = is_here};
    snprintf(process->host, sizeof process->host, "%s", author->host);
    process->seconds = tally->n_rows > 0 ? tally->done_seconds + quiet : since(author->unix_time);
    if (is_here) {
        double seconds = sim_clock_seconds() - author->clock;
        if (seconds >= tally->done_seconds - 1.0) /* else the machine was started anew since */
            process->seconds = seconds;
        return lock != SIM_LOCK_FREE && (kill((pid_t)author->pid, 0) == 0 || errno != ESRCH);
    }
    return quiet < patience;
}

/* A process may have begun several logs: it is one all the same. */
static int add_process(
    struct sim_survey *self, const struct sim_survey_process *process, struct sim_error *error)
{
    for (int32_t i = 0; i < self->n_processes; i++) {
        struct sim_survey_process *known = &self->processes[i];
        if (known->pid != process->pid || strcmp(known->host, process->host) != 0 ||
            strcmp(known->directory, process->directory) != 0)
            continue;
        int64_t n_rows = known->n_rows + process->n_rows;
        if (process->quiet_seconds <= known->quiet_seconds)
            *known = *process;
        known->n_rows = n_rows;
        return 0;
    }
    self->processes = grow(self, self->processes, self->n_processes, &self->processes_capacity,
        (int64_t)sizeof *self->processes);
    if (self->processes == NULL)
        return no_memory(process->directory, error);
    self->processes[self->n_processes++] = *process;
    return 0;
}

static int survey_log(struct sim_survey *self, const char *directory, const char *name,
    enum sim_lock_state lock, struct sim_error *error)
{
    char path[2 * SIM_FILE_PATH];
    struct eye eye = {0};
    struct tally tally = {0};
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    eye.fd = open(path, O_RDONLY | O_CLOEXEC);
    if (eye.fd < 0 && errno == ENOENT) /* the batch was finished while we looked */
        return 0;
    if (eye.fd < 0 || fstat(eye.fd, &status) != 0) {
        int reason = errno;
        if (eye.fd >= 0)
            close(eye.fd);
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be read: %s", path, strerror(reason));
    }
    eye.size = (int64_t)status.st_size;
    int code = walk(self, &eye, directory, &tally, error);
    close(eye.fd);
    self->bytes += eye.size;
    if ((int64_t)status.st_mtime > self->last_change)
        self->last_change = (int64_t)status.st_mtime;
    struct sim_survey_process process;
    bool is_working = is_at_work(&tally, lock, since((int64_t)status.st_mtime), &process);
    self->n_dropped_bytes += tally.torn + (is_working ? 0 : tally.torn_end);
    if (code == 0 && is_working) {
        process.directory = directory;
        code = add_process(self, &process, error);
    }
    return code;
}

/* The newest checkpoint of each row that is missing. */
static int survey_checkpoints(struct sim_survey *self, const char *directory, struct sim_error *error)
{
    const struct sim_manifest *manifest = &self->manifest;
    struct sim_checkpoint *list;
    int32_t n;
    int code = sim_checkpoint_list(directory, &self->arena, &list, &n, error);
    uint8_t *is_seen = code == 0 && n > 0 ? calloc(1, (size_t)self->n_rows) : NULL;
    if (code == 0 && n > 0 && is_seen == NULL)
        code = no_memory(directory, error);
    for (int32_t i = 0; code == 0 && i < n; i++) {
        char path[2 * SIM_FILE_PATH];
        struct stat status;
        if (list[i].point >= manifest->n_points || list[i].arm >= manifest->n_arms ||
            list[i].replicate >= manifest->n_replicates)
            continue;
        int64_t row = ((int64_t)list[i].point * manifest->n_arms + list[i].arm) * manifest->n_replicates +
                      list[i].replicate;
        snprintf(path, sizeof path, "%s/%s", directory, list[i].name);
        if (self->state[row] != SIM_SURVEY_MISSING || is_seen[row] || stat(path, &status) != 0)
            continue;
        is_seen[row] = 1;
        self->checkpoints = grow(self, self->checkpoints, self->n_checkpoints, &self->checkpoints_capacity,
            (int64_t)sizeof *self->checkpoints);
        if (self->checkpoints == NULL) {
            code = no_memory(directory, error);
            break;
        }
        self->checkpoints[self->n_checkpoints++] = (struct sim_survey_checkpoint){
            directory, list[i], (int64_t)status.st_size, since((int64_t)status.st_mtime)};
    }
    free(is_seen);
    return code;
}

/* Forgets the checkpoints of rows that another directory has. */
static void drop_finished(struct sim_survey *self)
{
    const struct sim_manifest *manifest = &self->manifest;
    int32_t n = 0;
    for (int32_t i = 0; i < self->n_checkpoints; i++) {
        const struct sim_checkpoint *what = &self->checkpoints[i].what;
        int64_t row =
            ((int64_t)what->point * manifest->n_arms + what->arm) * manifest->n_replicates + what->replicate;
        if (self->state[row] == SIM_SURVEY_MISSING)
            self->checkpoints[n++] = self->checkpoints[i];
    }
    self->n_checkpoints = n;
}

/* Rate and time left, from all that has been seen. */
static void reckon(struct sim_survey *self)
{
    double rate = 0;
    for (int32_t i = 0; i < self->n_processes; i++)
        if (self->processes[i].seconds > 0)
            rate += (double)self->processes[i].n_rows / self->processes[i].seconds;
    self->n_missing = self->n_rows - self->n_done;
    self->rows_per_second = rate > 0 ? rate : (double)NAN;
    self->seconds_left = self->n_missing == 0 ? 0 : (double)self->n_missing / self->rows_per_second;
}

static int survey_directory(struct sim_survey *self, const char *directory, struct sim_error *error)
{
    char **names = NULL, owner[128];
    int32_t n_names = 0;
    char *copy = sim_arena_text(&self->arena, directory, (int64_t)strlen(directory));
    if (copy == NULL)
        return no_memory(directory, error);
    /* The lock is looked at first: who takes it later is not at work yet. */
    enum sim_lock_state lock = sim_lock_look(directory, owner);
    int code = sim_logs_list(directory, &self->arena, &names, &n_names, error);
    for (int32_t i = 0; i < n_names && code == 0; i++)
        code = survey_log(self, copy, names[i], lock, error);
    if (code == 0)
        code = survey_checkpoints(self, copy, error);
    drop_finished(self);
    reckon(self);
    return code;
}

static int read_manifest(const char *directory, struct sim_manifest *out, struct sim_error *error)
{
    char path[SIM_FILE_PATH];
    *out = (struct sim_manifest){0};
    if (snprintf(path, sizeof path, "%s/manifest.txt", directory) >= SIM_FILE_PATH)
        return sim_error_set(error, SIM_ERROR_IO, "%.60s...: the path is too long", directory);
    if (!sim_file_is_directory(directory))
        return sim_error_set(
            error, SIM_ERROR_MISSING, "%.300s: there is no such directory of parts", directory);
    return sim_manifest_read(path, out, error);
}

int sim_survey_read(struct sim_survey *self, const char *directory, struct sim_error *error)
{
    *self = (struct sim_survey){.rows_per_second = (double)NAN, .seconds_left = (double)NAN};
    sim_arena_init(&self->arena);
    int code = read_manifest(directory, &self->manifest, error);
    if (code < 0)
        return code;
    const struct sim_manifest *manifest = &self->manifest;
    /* A batch has at most INT32_MAX rows; a manifest that says more is no batch's. */
    double n_rows = (double)manifest->n_points * manifest->n_arms * manifest->n_replicates;
    if (n_rows > INT32_MAX)
        return sim_error_set(
            error, SIM_ERROR_FORMAT, "%.300s/manifest.txt: more rows than a batch can have", directory);
    self->n_rows = self->n_missing = (int64_t)n_rows;
    self->state = sim_arena_alloc(&self->arena, self->n_rows);
    return self->state == NULL ? no_memory(directory, error) : survey_directory(self, directory, error);
}

int sim_survey_join(struct sim_survey *self, const char *directory, struct sim_error *error)
{
    struct sim_manifest manifest;
    int code = read_manifest(directory, &manifest, error);
    if (code == 0)
        code = sim_manifest_compare(&manifest, &self->manifest, directory, error);
    if (code == 0 && manifest.n_replicates > self->manifest.n_replicates)
        code = sim_error_set(error, SIM_ERROR_MISMATCH,
            "%.300s: is of a batch of %d replicates, and the others of %d", directory,
            (int)manifest.n_replicates, (int)self->manifest.n_replicates);
    sim_manifest_free(&manifest);
    return code < 0 ? code : survey_directory(self, directory, error);
}

void sim_survey_free(struct sim_survey *self)
{
    sim_manifest_free(&self->manifest);
    sim_arena_free(&self->arena);
    *self = (struct sim_survey){0};
}
