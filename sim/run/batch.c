#include "sim/run/batch.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/core/clock.h"
#include "sim/core/log.h"
#include "sim/io/file.h"
#include "sim/io/h5.h"
#include "sim/io/parts.h"
#include "sim/io/provenance.h"
#include "sim/run/crew.h"
#include "sim/run/plan.h"
#include "sim/run/progress.h"
#include "sim/run/signals.h"

/* One batch at work. */
struct batch {
    const struct sim_batch_model *model;
    const struct sim_batch_options *options;
    char path[SIM_FILE_PATH]; /* of the result; "" with a slice */
    struct sim_parts parts;
    struct sim_progress progress;
    struct sim_crew crew;
    int64_t first, end; /* of the order of work */
    bool is_slice;      /* nothing is assembled */
    int64_t n_done;     /* rows of this batch, or of its slice */
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
    int64_t n_rows = (int64_t)options->n_points * options->n_arms * options->n_replicates;
    bool is_slice = options->first != 0 || options->end != 0;
    if (is_slice && (options->first < 0 || options->end > n_rows || options->first >= options->end))
        return sim_error_set(error, SIM_ERROR_INPUT,
            "rows %lld to before %lld are no slice of a batch of %lld rows", (long long)options->first,
            (long long)options->end, (long long)n_rows);
    const char *place = is_slice || options->path == NULL ? options->directory : options->path;
    if (place == NULL)
        return sim_error_set(error, SIM_ERROR_INPUT, "a batch needs a place to write to");
    if (strlen(place) > SIM_FILE_PATH - 250)
        return sim_error_set(error, SIM_ERROR_INPUT, "%.60s...: the path is too long", place);
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

/* Whether the result can take its name, before any work is done. */
static int check_result(const struct batch *self, const char *directory, struct sim_error *error)
{
    const struct sim_batch_options *options = self->options;
    int code = check_replaced(self->path, error);
    if (code < 0)
        return code;
    bool is_begun = sim_file_exists(directory), goes_on = options->resume || options->share || options->grow;
    /* Parts beside a finished file: the run that made them was allowed to replace it. */
    if (sim_file_exists(self->path) && !options->overwrite && !(is_begun && goes_on))
        return refuse_existing(self->path, error);
    int64_t n_rows = (int64_t)options->n_points * options->n_arms * options->n_replicates;
    return sim_file_check_target(self->path, is_begun ? 0 : n_rows * self->model->output->row_bytes, error);
}

static int open_parts(struct batch *self, struct sim_error *error)
{
    const struct sim_batch_options *options = self->options;
    char directory[SIM_FILE_PATH];
    int code = 0;
    if (options->directory == NULL)
        code = sim_parts_directory(self->path, directory, error);
    else
        snprintf(directory, sizeof directory, "%s", options->directory);
    if (code == 0)
        sim_parts_remove_stale(directory);
    if (code == 0 && !self->is_slice)
        code = check_result(self, directory, error);
    if (code < 0)
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
    enum sim_parts_mode mode = options->share    ? SIM_PARTS_SHARE
                               : options->grow   ? SIM_PARTS_GROW
                               : options->resume ? SIM_PARTS_RESUME
                                                 : SIM_PARTS_CREATE;
    if ((code = sim_parts_open(&self->parts, directory, &shape, mode, error)) < 0)
        return code;
    if (options->import != NULL && (code = sim_h5_import(options->import, &self->parts, error)) < 0)
        return code;
    return sim_parts_begin(&self->parts, sim_batch_threads(options), error);
}

static bool is_there(const struct batch *self, int64_t work)
{
    struct sim_plan_row row = sim_plan_row(work, self->options->n_points, self->options->n_arms);
    return sim_parts_find(&self->parts, row.point, row.arm, row.replicate) != NULL;
}

/* How many rows of this batch, or of its slice, are there. */
static int64_t count_done(const struct batch *self)
{
    if (!self->is_slice)
        return self->parts.n_present;
    int64_t n = 0;
    for (int64_t work = self->first; work < self->end; work++)
        n += is_there(self, work);
    return n;
}

/* Rows that earlier runs left without a checkpoint's use: a kill came between a row and the removal. */
static void remove_idle_checkpoints(const struct batch *self)
{
    const struct sim_keeper *keeper = &self->crew.keeper;
    const struct sim_batch_options *options = self->options;
    for (int32_t i = 0; i < keeper->n_list; i++) {
        const struct sim_checkpoint *saved = &keeper->list[i];
        struct sim_plan_row row = {saved->point, 0, saved->replicate};
        bool is_ours = saved->point < options->n_points && saved->arm < options->n_arms &&
                       saved->replicate < options->n_replicates;
        int64_t work = is_ours ? sim_plan_work(row, options->n_points, options->n_arms) : 0;
        for (int32_t arm = 0; arm < options->n_arms && is_ours; arm++)
            is_ours = work + arm < self->first || work + arm >= self->end || is_there(self, work + arm);
        if (is_ours)
            sim_checkpoint_remove(self->parts.directory, saved->point, saved->arm, saved->replicate);
    }
}

/* Computes what is missing of the order of work up to before `end`. */
static int run_rows(struct batch *self, int64_t end, struct sim_error *error)
{
    int64_t n = 0, *todo = malloc(((size_t)(end - self->first) + 1) * sizeof *todo);
    if (todo == NULL)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", self->parts.directory);
    for (int64_t work = self->first; work < end; work++)
        if (!is_there(self, work))
            todo[n++] = work;
    int code = sim_crew_run(&self->crew, todo, n, error);
    free(todo);
    return code;
}

/* Whether all rows up to before `end` are there, so that they can be looked at. */
static bool is_complete(const struct batch *self, int64_t end)
{
    for (int64_t work = self->first; work < end; work++)
        if (!is_there(self, work))
            return false;
    return true;
}

/* Look after look, until the difference is sure or the replicates are all there. */
static int run_looks(struct batch *self, struct sim_batch_result *result, struct sim_error *error)
{
    const struct sim_batch_options *options = self->options;
    int64_t rows_of_one = (int64_t)options->n_points * options->n_arms;
    struct sim_stop stop;
    struct sim_stop_look look = {0};
    int code = sim_stop_begin(&stop, options->stop, &self->parts, error);
    for (int32_t n = 0; code == 0 && !look.is_sure && n < options->n_replicates;) {
        n = sim_stop_next(&stop, n);
        self->end = n * rows_of_one;
        self->progress.n_total = self->end > self->progress.n_done ? self->end : self->progress.n_done;
        code = run_rows(self, self->end, error);
        if (code < 0 || self->crew.fatal.code != 0 || !is_complete(self, self->end))
            break;
        code = sim_stop_look(&stop, n, &look, error);
    }
    sim_stop_end(&stop);
    bool is_ended = code == 0 && self->crew.fatal.code == 0 && look.n_replicates > 0 &&
                    (look.is_sure || look.n_replicates == options->n_replicates);
    if (!is_ended)
        return code;
    result->is_sure = look.is_sure;
    result->half_width = look.half_width;
    result->n_pairs_lost = look.n_lost;
    sim_parts_trim(&self->parts, look.n_replicates);
    self->progress.n_total = self->progress.n_done = self->parts.n_present;
    return sim_stop_tell(options->stop, &look, options->n_replicates,
        self->model->output->variables[options->stop->variable].unit, options->quiet, options->meta, error);
}

/* What the rows came to, when they are not all there. */
static int say_missing(struct batch *self, struct sim_error *error)
{
    const struct sim_error *fatal = &self->crew.fatal, *missing = &self->crew.missing;
    long long n_rows = (long long)(self->end - self->first), n_done = (long long)self->n_done;
    const char *again =
        self->options->share ? "run the same command again" : "run the same command with --resume";
    if (fatal->code == SIM_ERROR_MODEL)
        return sim_error_set(error, fatal->code, "%s", fatal->message);
    if (fatal->code != 0 && !sim_file_is_directory(self->parts.directory))
        return sim_error_set(error, fatal->code,
            "%.250s; the directory was moved or removed, with %lld of %lld rows in it: if it was moved, put "
            "it "
            "back and %s",
            fatal->message, n_done, n_rows, again);
    if (fatal->code != 0)
        return sim_error_set(error, fatal->code, "%.300s; %lld of %lld rows are kept: make room, then %s",
            fatal->message, n_done, n_rows, again);
    if (sim_signals_which() != 0 || missing->code == 0)
        return sim_error_set(error, SIM_ERROR_STOPPED,
            "stopped: %lld of %lld rows are kept in %.200s; %s to go on", n_done, n_rows,
            self->parts.directory, again);
    return sim_error_set(error, missing->code, "%lld of %lld rows are missing: %.300s; then %s",
        n_rows - n_done, n_rows, missing->message, again);
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
    int code = sim_parts_remove(&self->parts, &removal);
    if (code < 0 && !(self->options->share && code == SIM_ERROR_EXISTS)) /* the last one removes them */
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

/* What a result that could not be written leaves. */
static int say_kept(const struct batch *self, int code, struct sim_error *error)
{
    struct sim_error why = *error;
    *error = (struct sim_error){0}; /* the first message stays */
    return sim_error_set(error, code,
        "%.250s; all rows are kept in %.200s: make room or mend it, then run the same "
        "command%s to finish",
        why.message, self->parts.directory, self->options->share ? " again" : " with --resume");
}

/* Computes the rows, and fills in what they came to. */
static int run_batch(
    struct batch *self, double start, struct sim_batch_result *result, struct sim_error *error)
{
    const struct sim_batch_options *options = self->options;
    int code =
        sim_crew_begin(&self->crew, self->model, options, &self->parts, &self->progress, result, error);
    if (code < 0)
        return code;
    remove_idle_checkpoints(self);
    sim_progress_begin(&self->progress, stderr, sim_progress_choose(stderr, options->quiet),
        self->end - self->first, count_done(self), self->model->household_months_per_row,
        sim_clock_seconds());
    result->times.begin = sim_clock_seconds() - start;
    if (options->stop != NULL && !self->is_slice)
        code = run_looks(self, result, error);
    else
        code = run_rows(self, self->end, error);
    sim_progress_end(&self->progress, sim_clock_seconds());
    if (code == 0 && self->crew.fatal.code == 0)
        sim_parts_sync(&self->parts, &self->crew.fatal);
    result->wall_seconds = sim_clock_seconds() - start;
    self->n_done = count_done(self);
    result->n_replicates = self->parts.shape.n_replicates;
    if (!self->is_slice)
        self->end = self->parts.n_rows;
    result->n_done = (int32_t)self->n_done;
    result->n_failed = (int32_t)self->parts.n_failed;
    result->n_missing = (int32_t)(self->end - self->first - self->n_done);
    if (code == 0 && (result->n_missing > 0 || self->crew.fatal.code != 0))
        code = say_missing(self, error);
    return code;
}

int sim_batch_run(const struct sim_batch_model *model, const struct sim_batch_options *options,
    struct sim_batch_result *result, struct sim_error *error)
{
    struct sim_meta no_meta;
    struct sim_batch_options given = *options;
    struct batch self = {.model = model, .options = &given};
    double start = sim_clock_seconds();
    *result = (struct sim_batch_result){.half_width = (double)NAN};
    int code = check_options(options, error);
    if (code == 0 && options->stop != NULL)
        code = sim_stop_check(options->stop, model->output, options->n_arms, error);
    if (code < 0)
        return code;
    sim_meta_init(&no_meta);
    if (given.meta == NULL)
        given.meta = &no_meta;
    self.is_slice = given.path == NULL || given.end > 0;
    self.first = given.first;
    self.end = given.end > 0 ? given.end : (int64_t)given.n_points * given.n_arms * given.n_replicates;
    if (!self.is_slice)
        resolve(given.path, self.path);
    sim_signals_begin(given.checkpoint_seconds < 0 ? "finished rows are kept"
                                                   : "finished rows are kept, others are saved on their way");
    if ((code = open_parts(&self, error)) == 0)
        code = run_batch(&self, start, result, error);
    if (code == 0 && !self.is_slice && (code = note_session(&self, result->wall_seconds, error)) == 0) {
        code = write_result(&self.parts, self.path, given.quiet, result, error);
        if (code == 0)
            remove_parts(&self, result);
        else
            code = say_kept(&self, code, error);
    }
    sim_signals_end();
    sim_crew_end(&self.crew);
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
    if (result->n_forked > 0)
        fprintf(out,
            "forks: a past common to several arms was lived once, %" PRId64
            " times; that spared %.2f s of a thread\n",
            result->n_forked, result->fork_seconds);
    if (result->n_checkpoints + result->n_resumed > 0)
        fprintf(out, "checkpoints: %" PRId64 " written in %.2f s of a thread, %" PRId64 " gone on from\n",
            result->n_checkpoints, result->checkpoint_seconds, result->n_resumed);
}
