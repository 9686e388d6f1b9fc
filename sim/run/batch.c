#include "sim/run/batch.h"

#include <errno.h>
#include <limits.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/core/clock.h"
#include "sim/core/guard.h"
#include "sim/core/log.h"
#include "sim/io/file.h"
#include "sim/io/h5.h"
#include "sim/io/parts.h"
#include "sim/io/provenance.h"
#include "sim/run/progress.h"
#include "sim/run/signals.h"

/* One batch at work. Threads share it; what changes is changed in the critical section `batch_rows`. */
struct batch {
    const struct sim_batch_model *model;
    const struct sim_batch_options *options;
    struct sim_parts parts;
    struct sim_progress progress;
    struct sim_error fatal;   /* the log cannot be written: nothing more can be kept */
    struct sim_error missing; /* the first row that the machine let down */
    int32_t n_let_down;
    double row_seconds, keep_seconds; /* of all rows */
};

/* What the environment says of threads, the first that says anything. OpenMP's may be a list: a number for
 * each level of nesting. */
static const char *const thread_variables[] = {"OMP_NUM_THREADS", "SLURM_CPUS_PER_TASK"};

/* The positive number that an environment variable begins with, 0 when it is not set or empty (as Slurm
 * leaves it without -c), -1 when it is something else. */
static int32_t number_of(const char *variable)
{
    const char *text = getenv(variable);
    char *end;
    if (text == NULL || text[strspn(text, " ")] == 0)
        return 0;
    long n = strtol(text, &end, 10);
    return n > 0 && n <= 65536 && (*end == 0 || *end == ',' || *end == ' ') ? (int32_t)n : -1;
}

int32_t sim_batch_threads(const struct sim_batch_options *options)
{
    int32_t n = options->n_threads;
    for (int32_t i = 0; i < SIM_COUNT(thread_variables) && n <= 0; i++)
        n = number_of(thread_variables[i]);
    return n > 0 ? n : omp_get_num_procs();
}

/* A typing error must not become all the threads of a machine that others share. */
static int check_threads(const struct sim_batch_options *options, struct sim_error *error)
{
    for (int32_t i = 0; options->n_threads <= 0 && i < SIM_COUNT(thread_variables); i++) {
        int32_t n = number_of(thread_variables[i]);
        if (n > 0)
            return 0;
        if (n < 0)
            return sim_error_set(error, SIM_ERROR_INPUT,
                "%s='%.60s' is not a number of threads; set it to one, unset it, or use --threads",
                thread_variables[i], getenv(thread_variables[i]));
    }
    return 0;
}

/* The path that is written in the end: a link is followed, so that it stays a link. */
static void resolve(const char *path, char out[SIM_FILE_PATH])
{
    char real[PATH_MAX];
    if (realpath(path, real) == NULL || snprintf(out, SIM_FILE_PATH, "%s", real) >= SIM_FILE_PATH)
        snprintf(out, SIM_FILE_PATH, "%s", path);
}

static int check_options(const struct sim_batch_options *options, struct sim_error *error)
{
    if (options->n_points < 1 || options->n_arms < 1 || options->n_replicates < 1)
        return sim_error_set(error, SIM_ERROR_INPUT, "a batch needs at least one point, arm and replicate");
    if ((int64_t)options->n_points * options->n_arms * options->n_replicates > INT32_MAX)
        return sim_error_set(error, SIM_ERROR_INPUT, "a batch has at most %d rows", INT32_MAX);
    if (strlen(options->path) > SIM_FILE_PATH - 200)
        return sim_error_set(error, SIM_ERROR_INPUT, "%.60s...: the path is too long", options->path);
    return check_threads(options, error);
}

/* --overwrite is for results: an experiment or a note given by a slip of the hand is never replaced. An empty
 * file, as mktemp makes it, holds nothing to lose. */
static int check_replaced(const char *path, struct sim_error *error)
{
    static const uint8_t signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    uint8_t head[sizeof signature];
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0)
        return 0;
    FILE *file = fopen(path, "re");
    bool is_result = file != NULL && fread(head, 1, sizeof head, file) == sizeof head &&
                     memcmp(head, signature, sizeof head) == 0;
    if (file != NULL)
        fclose(file);
    return is_result
               ? 0
               : sim_error_set(error, SIM_ERROR_EXISTS,
                     "%.300s is not a result (no HDF5 file) and is not replaced; choose another name for "
                     "the output",
                     path);
}

static int refuse_existing(const char *path, struct sim_error *error)
{
    return sim_error_set(error, SIM_ERROR_EXISTS,
        "%.300s exists already; choose another name, remove it, or use --overwrite to replace it", path);
}

static int open_parts(struct batch *self, const char *path, struct sim_error *error)
{
    const struct sim_batch_options *options = self->options;
    char directory[SIM_FILE_PATH];
    int code = sim_parts_directory(path, directory, error);
    if (code < 0)
        return code;
    if ((code = check_replaced(path, error)) < 0)
        return code;
    bool is_begun = sim_file_exists(directory);
    /* Parts beside a finished file: the run that made them was allowed to replace it. */
    if (sim_file_exists(path) && !options->overwrite && !(is_begun && options->resume))
        return refuse_existing(path, error);
    int64_t rows = (int64_t)options->n_points * options->n_arms * options->n_replicates;
    if ((code = sim_file_check_target(path, is_begun ? 0 : rows * self->model->output->row_bytes, error)) < 0)
        return code;
    struct sim_parts_shape shape = {
        .output = self->model->output,
        .meta = options->meta,
        .version = sim_provenance_version(),
        .n_points = options->n_points,
        .n_arms = options->n_arms,
        .n_replicates = options->n_replicates,
        .arms = options->arms,
    };
    return sim_parts_open(
        &self->parts, directory, &shape, options->resume ? SIM_PARTS_RESUME : SIM_PARTS_CREATE, error);
}

/* The rows to compute: all arms of replicate 1 first, so that a stopped batch has pairs to compare. */
static int32_t *list_todo(const struct batch *self, int32_t *n)
{
    const struct sim_batch_options *options = self->options;
    int32_t *todo = malloc(((size_t)self->parts.n_rows + 1) * sizeof *todo);
    *n = 0;
    for (int32_t r = 0; r < options->n_replicates && todo != NULL; r++)
        for (int32_t p = 0; p < options->n_points; p++)
            for (int32_t a = 0; a < options->n_arms; a++)
                if (sim_parts_find(&self->parts, p, a, r) == NULL)
                    todo[(*n)++] = (p * options->n_arms + a) * options->n_replicates + r;
    return todo;
}

/* Whether the seed determines this failure, so that running the row again would end the same way. */
static bool is_determined(int code)
{
    return code == SIM_ERROR_BOOKS || code == SIM_ERROR_RANGE || code == SIM_ERROR_CAPACITY ||
           code == SIM_ERROR_MODEL;
}

/* Keeps what a row came to. In the critical section. */
static void keep(
    struct batch *self, const struct sim_parts_row *row, const void *payload, const struct sim_error *why)
{
    if (row->status == 0 || is_determined(row->status)) {
        if (sim_parts_append(&self->parts, row, payload, &self->fatal) < 0) {
            sim_signals_raise(); /* rows still running could not be kept either */
            return;
        }
        if (row->status != 0)
            sim_log(self->options->quiet ? SIM_LOG_ERROR : SIM_LOG_WARNING, SIM_LOG_WARNING,
                "arm '%s', replicate %d failed and is recorded as failed: %s", self->options->arms[row->arm],
                (int)row->replicate + 1, row->message);
        sim_progress_step(&self->progress, sim_clock_seconds());
    } else if (row->status != SIM_ERROR_STOPPED) {
        self->n_let_down++;
        sim_error_set(&self->missing, row->status, "arm '%.60s', replicate %d: %.350s",
            self->options->arms[row->arm], (int)row->replicate + 1, why->message);
    }
}

static void run_one(struct batch *self, int32_t slot, int32_t number, int32_t n_inner, void *payload)
{
    const struct sim_batch_options *options = self->options;
    const struct sim_output *output = self->model->output;
    struct sim_error error = {0};
    struct sim_parts_row row = {
        .point = number / options->n_replicates / options->n_arms,
        .arm = number / options->n_replicates % options->n_arms,
        .replicate = number % options->n_replicates,
    };
    double start = sim_clock_seconds();
    memset(payload, 0, (size_t)output->row_bytes);
    struct sim_batch_span span = {.slot = slot,
        .point = row.point,
        .arm = row.arm,
        .replicate = row.replicate,
        .n_threads = n_inner,
        .until = SIM_TIME_MAX,
        .row = payload,
        .pulse = &sim_pulse_signals};
    int code = self->model->run_span(self->model->user, &span, &error);
    SIM_GUARD(code <= 0, "run_span gave %d", code);
    row.status = code;
    row.message = code == 0 ? "" : error.message[0] ? error.message : sim_error_sentence(code);
    if (code == 0)
        sim_output_settle(output, payload);
    double kept = sim_clock_seconds();
    row.wall_seconds = kept - start;
#pragma omp critical(batch_rows)
    {
        keep(self, &row, code == 0 ? payload : NULL, &error);
        self->row_seconds += row.wall_seconds;
        self->keep_seconds += sim_clock_seconds() - kept;
    }
}

/* Splits the time of a round of rows, which `n_slots` at a time took `seconds` by the clock: of each slot's
 * time its part of the clock, so that the parts add up to the seconds. */
static void split_time(struct batch *self, double seconds, int32_t n_slots, struct sim_batch_times *times)
{
    double part = 1.0 / n_slots, row_seconds = self->row_seconds;
    for (int32_t i = 0; i < n_slots && self->model->slots != NULL; i++) {
        struct sim_batch_slot *slot = &self->model->slots[i];
        times->found += part * slot->found;
        times->observe += part * slot->observe;
        row_seconds -= slot->found + slot->observe;
        *slot = (struct sim_batch_slot){0, 0};
    }
    times->model += part * row_seconds;
    times->keep += part * self->keep_seconds;
    times->idle += seconds - part * (self->row_seconds + self->keep_seconds);
    self->row_seconds = self->keep_seconds = 0;
}

/* Computes rows todo[0] to todo[n_todo - 1], so many at a time, each with n_inner threads. */
static void run_round(
    struct batch *self, const int32_t *todo, int32_t n_todo, int32_t n_slots, int32_t n_inner, void **rows)
{
#pragma omp parallel num_threads(n_slots)
    {
        int32_t slot = omp_get_thread_num();
#pragma omp for schedule(dynamic, 1)
        for (int32_t i = 0; i < n_todo; i++)
            if (!__atomic_load_n(sim_signals_stop(), __ATOMIC_RELAXED))
                run_one(self, slot, todo[i], n_inner, rows[slot]);
    }
}

/* Computes the rows of the list. Rows are the outer loop, as many at a time as there are threads; the last
 * few, fewer than threads, share all of these. */
static int run_rows(struct batch *self, const int32_t *todo, int32_t n_todo, struct sim_batch_times *times,
    struct sim_error *error)
{
    int32_t n_threads = sim_batch_threads(self->options);
    int32_t n_slots = n_todo < n_threads ? n_todo : n_threads, n_last = n_todo % n_threads;
    if (n_slots < 1)
        return 0;
    size_t row_bytes = (size_t)self->model->output->row_bytes + 64;
    void **rows = calloc((size_t)n_slots, sizeof *rows);
    bool good = rows != NULL;
    for (int32_t i = 0; i < n_slots && good; i++)
        good = (rows[i] = aligned_alloc(64, (row_bytes + 63) / 64 * 64)) != NULL;
    if (!good)
        sim_error_set(
            error, SIM_ERROR_MEMORY, "%d rows of %zu bytes do not fit memory", (int)n_slots, row_bytes);
    else {
        double start = sim_clock_seconds();
        if (n_todo > n_last)
            run_round(self, todo, n_todo - n_last, n_slots, 1, rows);
        double shared = sim_clock_seconds();
        split_time(self, shared - start, n_slots, times);
        if (n_last > 0) {
            run_round(self, todo + n_todo - n_last, n_last, n_last, n_threads / n_last, rows);
            split_time(self, sim_clock_seconds() - shared, n_last, times);
        }
    }
    for (int32_t i = 0; rows != NULL && i < n_slots; i++)
        free(rows[i]);
    free(rows);
    return good ? 0 : error->code;
}

/* What the rows came to, when they are not all there. */
static int say_missing(struct batch *self, struct sim_error *error)
{
    const struct sim_parts *parts = &self->parts;
    if (self->fatal.code != 0)
        return sim_error_set(error, self->fatal.code,
            "%.300s; %lld of %lld rows are kept: make room, then run the same command with --resume",
            self->fatal.message, (long long)parts->n_present, (long long)parts->n_rows);
    if (sim_signals_which() != 0 || self->missing.code == 0)
        return sim_error_set(error, SIM_ERROR_STOPPED,
            "stopped: %lld of %lld rows are kept in %.200s; run the same command with --resume to go on",
            (long long)parts->n_present, (long long)parts->n_rows, parts->directory);
    return sim_error_set(error, self->missing.code,
        "%lld of %lld rows are missing: %.300s; try again with --resume",
        (long long)(parts->n_rows - parts->n_present), (long long)parts->n_rows, self->missing.message);
}

/* Writes, reads back, compares, renames. */
static int write_result(struct sim_parts *parts, const char *path, bool quiet,
    struct sim_batch_result *result, struct sim_error *error)
{
    char temp[SIM_FILE_PATH], digest[SIM_DIGEST_TEXT];
    struct sim_h5_report report;
    sim_parts_digest(parts, digest);
    if (!quiet && parts->n_rows * parts->shape.output->row_bytes > 50000000)
        sim_log(SIM_LOG_INFO, SIM_LOG_INFO, "writing and verifying %s", path);
    sim_file_remove_stale(path);
    int code = sim_file_temp(path, temp, error);
    if (code < 0)
        return code;
    double start = sim_clock_seconds();
    code = sim_h5_write(temp, parts, error);
    double written = sim_clock_seconds();
    result->times.write = written - start;
    if (code < 0 || (code = sim_h5_verify(temp, &report, error)) < 0)
        goto out;
    double verified = sim_clock_seconds();
    result->times.verify = verified - written;
    if (strcmp(report.digest, digest) != 0) {
        code = sim_error_set(error, SIM_ERROR_IO, "%.300s: what was read back is not what was written", path);
        goto out;
    }
    if ((code = sim_file_commit(temp, path, error)) < 0)
        goto out;
    memcpy(result->digest, digest, sizeof digest);
    result->times.commit = sim_clock_seconds() - verified;
out:
    if (code < 0)
        unlink(temp);
    return code;
}

int sim_batch_assemble(struct sim_parts *parts, const char *path, bool overwrite, bool quiet,
    struct sim_batch_result *result, struct sim_error *error)
{
    char real[SIM_FILE_PATH];
    resolve(path, real);
    int code = check_replaced(real, error);
    if (code < 0)
        return code;
    if (sim_file_exists(real) && !overwrite)
        return refuse_existing(real, error);
    if (parts->n_present < parts->n_rows)
        return sim_error_set(error, SIM_ERROR_MISSING, "%lld of %lld rows are missing: %.300s is not written",
            (long long)(parts->n_rows - parts->n_present), (long long)parts->n_rows, path);
    if ((code = sim_file_check_target(real, parts->n_rows * parts->shape.output->row_bytes, error)) < 0)
        return code;
    result->n_done = (int32_t)parts->n_present;
    result->n_failed = (int32_t)parts->n_failed;
    result->n_missing = 0;
    result->n_replicates = parts->shape.n_replicates;
    return write_result(parts, real, quiet, result, error);
}

/* The parts have done their work. */
static void remove_parts(struct batch *self, struct sim_batch_result *result)
{
    struct sim_error removal = {0};
    double start = sim_clock_seconds();
    if (sim_parts_remove(&self->parts, &removal) < 0)
        sim_log(SIM_LOG_WARNING, SIM_LOG_WARNING, "the result is complete, but %s", removal.message);
    result->times.commit += sim_clock_seconds() - start;
}

static int note_session(struct batch *self, double wall_seconds, struct sim_error *error)
{
    char text[64];
    snprintf(text, sizeof text, "%.3f", wall_seconds);
    int code = sim_meta_set(self->options->meta, SIM_META_ABOUT, "wall_seconds", text,
        "wall time of the session that finished the batch, s", error);
    snprintf(text, sizeof text, "%d", (int)sim_batch_threads(self->options));
    return code < 0 ? code
                    : sim_meta_set(self->options->meta, SIM_META_ABOUT, "threads", text,
                          "threads of the session that finished the batch", error);
}

int sim_batch_run(const struct sim_batch_model *model, const struct sim_batch_options *options,
    struct sim_batch_result *result, struct sim_error *error)
{
    struct sim_meta no_meta;
    struct sim_batch_options given = *options;
    struct batch self = {.model = model, .options = &given};
    char path[SIM_FILE_PATH];
    int32_t n_todo = 0, *todo = NULL;
    double start = sim_clock_seconds();
    *result = (struct sim_batch_result){0};
    int code = check_options(options, error);
    if (code < 0)
        return code;
    sim_meta_init(&no_meta);
    if (given.meta == NULL)
        given.meta = &no_meta;
    resolve(options->path, path);
    sim_signals_begin("finished rows are kept");
    if ((code = open_parts(&self, path, error)) < 0)
        goto out;
    if ((todo = list_todo(&self, &n_todo)) == NULL) {
        code = sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", path);
        goto out;
    }
    sim_progress_begin(&self.progress, stderr, sim_progress_choose(stderr, options->quiet), self.parts.n_rows,
        self.parts.n_present, model->household_months_per_row, start);
    result->times.begin = sim_clock_seconds() - start;
    code = run_rows(&self, todo, n_todo, &result->times, error);
    sim_progress_end(&self.progress, sim_clock_seconds());
    if (code == 0 && self.fatal.code == 0)
        sim_parts_sync(&self.parts, &self.fatal);
    result->wall_seconds = sim_clock_seconds() - start;
    result->n_done = (int32_t)self.parts.n_present;
    result->n_failed = (int32_t)self.parts.n_failed;
    result->n_missing = (int32_t)(self.parts.n_rows - self.parts.n_present);
    result->n_replicates = given.n_replicates;
    if (code == 0 && (result->n_missing > 0 || self.fatal.code != 0))
        code = say_missing(&self, error);
    if (code == 0 && (code = note_session(&self, result->wall_seconds, error)) == 0)
        code = write_result(&self.parts, path, given.quiet, result, error);
    if (code == 0)
        remove_parts(&self, result);
out:
    sim_signals_end();
    free(todo);
    sim_parts_close(&self.parts);
    sim_meta_free(&no_meta);
    return code;
}

void sim_batch_print_times(const struct sim_batch_result *result, double startup, double seconds, FILE *out)
{
    const struct sim_batch_times *times = &result->times;
    double percent = seconds > 0 ? 100 / seconds : 0;
    fprintf(out,
        "time: %.2f s from the command to the closed file: start-up %.1f, founding %.1f, model %.1f, "
        "observer %.1f, log %.1f, idle %.1f, file %.1f percent (written %.2f s, read back %.2f s, on the "
        "disk %.2f s)\n",
        seconds, percent * (startup + times->begin), percent * times->found, percent * times->model,
        percent * times->observe, percent * times->keep, percent * times->idle,
        percent * (times->write + times->verify + times->commit), times->write, times->verify, times->commit);
}
