#include "sim/cli/standing.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "sim/cli/load.h"
#include "sim/core/shell.h"
#include "sim/hpc/job.h"
#include "sim/time/calendar.h"

#define SHOWN 5         /* failures and checkpoints, unless all are asked for */
#define POINTS_SHOWN 20 /* likewise */

/* ---- reading ---- */

static int64_t row_of(const struct cli_standing *self, int32_t point, int32_t arm, int32_t replicate)
{
    return ((int64_t)point * self->kept.n_arms + arm) * self->kept.n_replicates + replicate;
}

static int no_memory(const struct cli_standing *self, struct sim_error *error)
{
    return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", self->kept.directory);
}

/* A text in the arena; NULL when there is no memory. */
static const char *text_of(struct cli_standing *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static const char *text_of(struct cli_standing *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *out = n < 0 ? NULL : sim_arena_alloc(&self->arena, n + 1);
    if (out) {
        va_start(arguments, format);
        vsnprintf(out, (size_t)n + 1, format, arguments);
        va_end(arguments);
    }
    return out;
}

/* A path as it is typed. */
static const char *word(struct cli_standing *self, const char *path)
{
    char buffer[SIM_SHELL_WORD];
    const char *out = text_of(self, "%s", sim_shell_word(path, buffer));
    return out ? out : path;
}

static int read_result(struct cli_standing *self, struct sim_error *error)
{
    struct cli_kept *kept = &self->kept;
    struct cli_kept_row row;
    uint8_t *state = sim_arena_alloc(&self->arena, self->n_rows);
    if (!state)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", kept->path);
    self->state = state;
    for (int32_t p = 0; p < kept->n_points; p++)
        for (int32_t a = 0; a < kept->n_arms; a++)
            for (int32_t r = 0; r < kept->n_replicates; r++) {
                int code = cli_kept_find(kept, NULL, p, a, r, &row, error);
                if (code < 0)
                    return code;
                state[row_of(self, p, a, r)] = !row.is_present   ? SIM_SURVEY_MISSING
                                               : row.status == 0 ? SIM_SURVEY_DONE
                                                                 : SIM_SURVEY_FAILED;
            }
    return 0;
}

static int read_parts(struct cli_standing *self, struct sim_error *error)
{
    const struct cli_kept *kept = &self->kept;
    self->has_survey = true;
    char path[SIM_FILE_PATH + 16];
    snprintf(path, sizeof path, "%s/manifest.txt", kept->directory);
    bool is_own = sim_file_exists(path);
    int code = sim_survey_read(&self->survey, is_own ? kept->directory : kept->slices[0].path, error);
    for (int32_t i = is_own ? 0 : 1; code == 0 && i < kept->n_slices; i++)
        code = sim_survey_join(&self->survey, kept->slices[i].path, error);
    self->state = self->survey.state;
    return code;
}

/* The messages of the rows that failed, by row, of a survey. */
static int index_messages(struct cli_standing *self, const char ***out, struct sim_error *error)
{
    *out = sim_arena_alloc(&self->arena, (self->n_rows + 1) * (int64_t)sizeof **out);
    if (!*out)
        return no_memory(self, error);
    memset(*out, 0, (size_t)self->n_rows * sizeof **out);
    for (int32_t i = self->survey.n_failures - 1; i >= 0; i--) { /* of one told twice the first holds */
        const struct sim_survey_failure *failure = &self->survey.failures[i];
        (*out)[row_of(self, failure->point, failure->arm, failure->replicate)] = failure->message;
    }
    return 0;
}

static const char *message_in_result(struct cli_standing *self, int32_t point, int32_t arm, int32_t replicate)
{
    struct cli_kept_row row;
    struct sim_error ignored = {0};
    return cli_kept_find(&self->kept, NULL, point, arm, replicate, &row, &ignored) == 0
               ? sim_arena_text(&self->arena, row.message, (int64_t)strlen(row.message))
               : NULL;
}

static const char *rerun_of(
    struct cli_standing *self, const char *where, int32_t point, int32_t arm, int32_t replicate)
{
    char at[32] = "";
    if (self->kept.n_points > 1)
        snprintf(at, sizeof at, " --point %d", point);
    return text_of(
        self, "pamir rerun %s --arm %s --replicate %d%s", where, self->kept.arms[arm], replicate + 1, at);
}

static int list_failures(struct cli_standing *self, struct sim_error *error)
{
    const struct cli_kept *kept = &self->kept;
    const char **messages = NULL;
    int64_t n = 0;
    self->failures = sim_arena_alloc(&self->arena, (self->n_failed + 1) * (int64_t)sizeof *self->failures);
    if (!self->failures)
        return no_memory(self, error);
    if (self->n_failed == 0)
        return 0;
    if (self->has_survey && index_messages(self, &messages, error) < 0)
        return error->code;
    const char *where = kept->word;
    for (int32_t r = 0; r < kept->n_replicates; r++)
        for (int32_t p = 0; p < kept->n_points; p++)
            for (int32_t a = 0; a < kept->n_arms; a++) {
                if (self->state[row_of(self, p, a, r)] != SIM_SURVEY_FAILED)
                    continue;
                const char *message =
                    messages ? messages[row_of(self, p, a, r)] : message_in_result(self, p, a, r);
                const char *rerun = rerun_of(self, where, p, a, r);
                if (!rerun)
                    return no_memory(self, error);
                self->failures[n++] =
                    (struct cli_standing_failure){p, a, r, 0, message ? message : "", rerun};
            }
    return 0;
}

/* Counts all rows, those of each point and those of each arm, in one pass. */
static int count_rows(struct cli_standing *self, struct sim_error *error)
{
    const struct cli_kept *kept = &self->kept;
    int64_t n = (int64_t)kept->n_points + kept->n_arms;
    self->points = sim_arena_alloc(&self->arena, n * (int64_t)sizeof *self->points);
    if (!self->points)
        return no_memory(self, error);
    memset(self->points, 0, (size_t)n * sizeof *self->points);
    self->arms = self->points + kept->n_points;
    const uint8_t *state = self->state;
    for (int32_t p = 0; p < kept->n_points; p++)
        for (int32_t a = 0; a < kept->n_arms; a++) {
            struct cli_standing_count here = {0};
            for (int32_t r = 0; r < kept->n_replicates; r++, state++) {
                here.n_failed += *state == SIM_SURVEY_FAILED;
                here.n_missing += *state == SIM_SURVEY_MISSING;
            }
            here.n_done = kept->n_replicates - here.n_missing;
            struct cli_standing_count *const both[] = {&self->points[p], &self->arms[a]};
            for (int32_t i = 0; i < SIM_COUNT(both); i++) {
                both[i]->n_done += here.n_done;
                both[i]->n_failed += here.n_failed;
                both[i]->n_missing += here.n_missing;
            }
            self->n_done += here.n_done;
            self->n_failed += here.n_failed;
            self->n_missing += here.n_missing;
        }
    return 0;
}

/* Before the end the experiment's text tells whether it has the rule, at the end /meta what came of it. */
static void read_stop(struct cli_standing *self)
{
    self->stopped = sim_meta_get(self->kept.meta, "stopped");
    self->may_stop = self->n_missing > 0 && cli_kept_may_stop(&self->kept);
}

static void count_slice(const struct cli_standing *self, struct cli_standing_slice *slice)
{
    for (int64_t w = slice->first; w < slice->end && w < self->n_rows; w++) {
        int32_t arm = (int32_t)(w % self->kept.n_arms);
        int32_t point = (int32_t)(w / self->kept.n_arms % self->kept.n_points);
        int32_t replicate = (int32_t)(w / self->kept.n_arms / self->kept.n_points);
        uint8_t state = self->state[row_of(self, point, arm, replicate)];
        slice->n_done += state != SIM_SURVEY_MISSING;
        slice->n_failed += state == SIM_SURVEY_FAILED;
    }
}

/* Whether a slice has a directory, and somebody at work in it. The directories lie by their first rows. */
static void find_slice(const struct cli_standing *self, struct cli_standing_slice *slice)
{
    const struct sim_shard *shards = self->kept.slices;
    int32_t low = 0, high = self->kept.n_slices;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (shards[middle].first < slice->first)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < self->kept.n_slices && shards[low].first == slice->first; low++) {
        if (shards[low].end != slice->end)
            continue;
        slice->is_begun = true;
        for (int32_t k = 0; k < self->survey.n_processes; k++)
            slice->is_at_work |= strcmp(self->survey.processes[k].directory, shards[low].path) == 0;
    }
}

/* plan.txt, where there is one; it has to be of this batch. */
static int read_plan(
    struct cli_standing *self, struct sim_job *job, bool *is_planned, struct sim_error *error)
{
    const struct cli_kept *kept = &self->kept;
    struct sim_diag diag;
    struct sim_error mine = {0};
    sim_diag_init(&diag);
    int code = sim_job_read(kept->directory, &self->arena, &diag, job, &mine);
    sim_diag_free(&diag);
    *is_planned = code == 0;
    if (code == SIM_ERROR_MISSING)
        return 0;
    if (code == 0 &&
        (job->n_rows != self->n_rows || job->n_arms != kept->n_arms || job->n_shards > job->n_rows))
        return sim_error_set(error, SIM_ERROR_FORMAT,
            "%.300s: plan.txt is not of this batch: %lld rows, %lld arms and %lld tasks there, %lld rows and "
            "%d arms in the manifest",
            kept->directory, (long long)job->n_rows, (long long)job->n_arms, (long long)job->n_shards,
            (long long)self->n_rows, kept->n_arms);
    return code < 0 ? sim_error_set(error, SIM_ERROR_FORMAT, "%.300s: plan.txt cannot be read: %s",
                          kept->directory, mine.message[0] ? mine.message : sim_error_sentence(code))
                    : 0;
}

/* "12,13" */
static int list_jobs(struct cli_standing *self, struct sim_error *error)
{
    int64_t *ids;
    int32_t n;
    int code = sim_job_remembered(self->kept.directory, &self->arena, &ids, &n, error);
    for (int32_t i = 0; i < n && code == 0; i++) {
        const char *more = text_of(self, "%s%s%lld", self->jobs, *self->jobs ? "," : "", (long long)ids[i]);
        if (!more)
            return no_memory(self, error);
        self->jobs = more;
    }
    return code;
}

/* As they were planned, else as they lie there. */
static int list_slices(struct cli_standing *self, struct sim_error *error)
{
    struct sim_job job;
    bool is_planned;
    int code = read_plan(self, &job, &is_planned, error);
    if (code == 0 && is_planned)
        code = list_jobs(self, error);
    if (code < 0)
        return code;
    self->n_slices = is_planned ? (int32_t)job.n_shards : self->kept.n_slices;
    self->slices = sim_arena_alloc(&self->arena, (self->n_slices + 1) * (int64_t)sizeof *self->slices);
    if (!self->slices)
        return no_memory(self, error);
    for (int32_t i = 0; i < self->n_slices; i++) {
        struct cli_standing_slice *slice = &self->slices[i];
        *slice = (struct cli_standing_slice){0};
        if (is_planned) {
            sim_shard_part(job.n_rows, (int32_t)job.n_arms, i + 1, job.n_shards, &slice->first, &slice->end);
        } else {
            slice->first = self->kept.slices[i].first;
            slice->end = self->kept.slices[i].end;
        }
        count_slice(self, slice);
        find_slice(self, slice);
    }
    const char *folder = self->kept.word;
    if (self->n_missing == 0 && is_planned && sim_file_exists(job.result))
        self->merged = job.result;
    if (self->merged)
        self->next = text_of(self, "pamir summary %s", word(self, self->merged));
    else if (self->n_missing == 0)
        self->next =
            text_of(self, "pamir merge %s -o %s", folder, word(self, is_planned ? job.result : "OUT.h5"));
    else
        self->next =
            text_of(self, is_planned ? "pamir submit --resume -o %s" : "pamir slice ... -o %s", folder);
    return self->next ? 0 : no_memory(self, error);
}

static int say_next(struct cli_standing *self, struct sim_error *error)
{
    const struct cli_kept *kept = &self->kept;
    const char *where = kept->word;
    bool is_at_work = self->has_survey && self->survey.n_processes > 0;
    if (kept->kind == CLI_KEPT_RESULT)
        self->next = text_of(self, "pamir summary %s", where);
    else if (is_at_work && !self->merged)
        self->next = text_of(self, "pamir status %s", where);
    else if (kept->kind == CLI_KEPT_PARTS)
        self->next = text_of(self, "pamir expand %s --resume", where);
    return self->next ? 0 : no_memory(self, error);
}

int cli_standing_read(struct cli_standing *self, const char *given, struct sim_error *error)
{
    memset(self, 0, sizeof *self);
    sim_arena_init(&self->arena);
    self->jobs = "";
    int code = cli_kept_open(&self->kept, given, true, error);
    if (code < 0)
        return code;
    self->n_rows = (int64_t)self->kept.n_points * self->kept.n_arms * self->kept.n_replicates;
    code = self->kept.kind == CLI_KEPT_RESULT ? read_result(self, error) : read_parts(self, error);
    if (code == 0)
        code = count_rows(self, error);
    if (code == 0)
        read_stop(self);
    if (code == 0)
        code = list_failures(self, error);
    if (code == 0 && self->kept.kind == CLI_KEPT_FOLDER)
        code = list_slices(self, error);
    return code < 0 ? code : say_next(self, error);
}

void cli_standing_free(struct cli_standing *self)
{
    sim_survey_free(&self->survey);
    cli_kept_close(&self->kept);
    sim_arena_free(&self->arena);
}

/* ---- text ---- */

static void duration_text(double seconds, char out[32])
{
    if (!(seconds >= 0) || seconds > 1e9)
        snprintf(out, 32, "not known");
    else if (seconds < 120)
        snprintf(out, 32, "%.0f s", seconds);
    else if (seconds < 7200)
        snprintf(out, 32, "%.0f min", seconds / 60);
    else if (seconds < 172800)
        snprintf(out, 32, "%.1f h", seconds / 3600);
    else
        snprintf(out, 32, "%.1f days", seconds / 86400);
}

static void month_text(sim_time boundary, char out[11])
{
    sim_date_print(sim_date_from_time(boundary), out);
    out[7] = '\0';
}

static void print_counts(const struct cli_standing_count *count, FILE *out)
{
    fprintf(out, "%lld of %lld rows done", (long long)count->n_done,
        (long long)(count->n_done + count->n_missing));
    if (count->n_failed > 0)
        fprintf(out, ", %lld of them failed", (long long)count->n_failed);
    if (count->n_missing > 0)
        fprintf(out, ", %lld missing", (long long)count->n_missing);
    fputc('\n', out);
}

static void print_arms(const struct cli_standing *self, bool all, FILE *out)
{
    const struct cli_kept *kept = &self->kept;
    int32_t left = 0;
    for (int32_t p = 0; p < kept->n_points && kept->n_points > 1; p++) {
        const struct cli_standing_count *count = &self->points[p];
        if (count->n_missing + count->n_failed == 0 || (++left > POINTS_SHOWN && !all))
            continue;
        fprintf(out, "  point %-8d", p);
        print_counts(count, out);
    }
    if (left > POINTS_SHOWN && !all)
        fprintf(out, "  and %d points more (--all)\n", left - POINTS_SHOWN);
    for (int32_t a = 0; a < kept->n_arms; a++) {
        fprintf(out, "  %-14s", kept->arms[a]);
        print_counts(&self->arms[a], out);
    }
}

static void print_work(const struct cli_standing *self, FILE *out)
{
    const struct sim_survey *survey = &self->survey;
    char text[32];
    if (survey->n_processes == 0)
        fputs("at work     nobody\n", out);
    for (int32_t i = 0; i < survey->n_processes; i++) {
        const struct sim_survey_process *process = &survey->processes[i];
        duration_text(process->seconds, text);
        fprintf(out, "at work     %s, process %ld", process->host, process->pid);
        if (process->n_threads > 0)
            fprintf(out, ", %d %s", process->n_threads, process->n_threads == 1 ? "thread" : "threads");
        fprintf(out, ", for %s: %lld rows%s\n", text, (long long)process->n_rows,
            process->is_certain ? "" : " (judged by its log)");
    }
    if (!isnan(survey->rows_per_second))
        fprintf(out, "rate        %.3g rows a minute\n", 60 * survey->rows_per_second);
    if (self->n_done > 0)
        fprintf(out, "a row       %.3g s of one thread, on average\n",
            survey->row_seconds / (double)self->n_done);
    duration_text(survey->seconds_left, text);
    if (survey->n_processes > 0)
        fprintf(out, "time left   %s\n", text);
    if (survey->n_dropped_bytes > 0)
        fprintf(out, "torn        %lld bytes at the ends of logs: their rows are computed again\n",
            (long long)survey->n_dropped_bytes);
}

static void print_checkpoints(const struct cli_standing *self, bool all, FILE *out)
{
    const struct sim_survey *survey = &self->survey;
    int32_t shown = all || survey->n_checkpoints <= SHOWN ? survey->n_checkpoints : SHOWN;
    if (survey->n_checkpoints > 0)
        fprintf(out, "under way   %d %s saved:\n", survey->n_checkpoints,
            survey->n_checkpoints == 1 ? "row is" : "rows are");
    for (int32_t i = 0; i < shown; i++) {
        const struct sim_checkpoint *what = &survey->checkpoints[i].what;
        char lived[11], age[32];
        month_text(what->boundary, lived);
        duration_text(survey->checkpoints[i].age_seconds, age);
        fprintf(out, "  arm %s, replicate %d, ",
            what->arm >= 0 && what->arm < self->kept.n_arms ? self->kept.arms[what->arm] : "?",
            what->replicate + 1);
        if (self->kept.n_points > 1)
            fprintf(out, "point %d, ", what->point);
        fprintf(out, "lived to %s (saved %s ago)\n", lived, age);
    }
    if (shown < survey->n_checkpoints)
        fprintf(out, "  and %d more (--all)\n", survey->n_checkpoints - shown);
}

static void print_failures(const struct cli_standing *self, bool all, FILE *out)
{
    int64_t shown = all || self->n_failed <= SHOWN ? self->n_failed : SHOWN;
    for (int64_t i = 0; i < shown; i++)
        fprintf(out, "failed      %.*s\n            %s\n", (int)cli_kept_why(self->failures[i].message),
            self->failures[i].message, self->failures[i].rerun);
    if (shown < self->n_failed)
        fprintf(out, "  and %lld more (--all)\n", (long long)(self->n_failed - shown));
}

static void print_slices(const struct cli_standing *self, bool all, FILE *out)
{
    int32_t n_complete = 0, n_work = 0, n_begun = 0, shown = 0, left = 0;
    for (int32_t i = 0; i < self->n_slices; i++) {
        const struct cli_standing_slice *slice = &self->slices[i];
        bool is_complete = slice->n_done == slice->end - slice->first;
        n_complete += is_complete;
        n_work += !is_complete && slice->is_at_work;
        n_begun += !is_complete && !slice->is_at_work && slice->n_done + slice->is_begun > 0;
    }
    fprintf(out, "slices      %d: %d complete, %d at work, %d begun and resting, %d not begun\n",
        self->n_slices, n_complete, n_work, n_begun, self->n_slices - n_complete - n_work - n_begun);
    for (int32_t i = 0; i < self->n_slices; i++) {
        const struct cli_standing_slice *slice = &self->slices[i];
        if (slice->n_done == slice->end - slice->first)
            continue;
        left++;
        if (!all && ++shown > 2 * SHOWN)
            continue;
        fprintf(out, "  %lld:%lld  %lld of %lld rows%s\n", (long long)slice->first, (long long)slice->end,
            (long long)slice->n_done, (long long)(slice->end - slice->first),
            slice->is_at_work ? ", at work"
            : slice->is_begun ? ", resting"
                              : ", not begun");
    }
    if (!all && left > 2 * SHOWN)
        fprintf(out, "  and %d more (--all)\n", left - 2 * SHOWN);
}

static void print_head(const struct cli_standing *self, FILE *out)
{
    const struct cli_kept *kept = &self->kept;
    const char *where = kept->kind == CLI_KEPT_RESULT ? kept->path : kept->directory;
    fprintf(out, "%s: %s", where, self->n_missing == 0 ? "complete" : "not complete");
    if (self->merged)
        fprintf(out, ", merged into %s", self->merged);
    else if (self->n_missing == 0 && kept->kind == CLI_KEPT_FOLDER)
        fputs(", to be merged", out);
    else if (self->n_missing == 0 && kept->kind == CLI_KEPT_PARTS)
        fputs(", to be written", out);
    fprintf(out, ", %d %s x ", kept->n_arms, kept->n_arms == 1 ? "arm" : "arms");
    if (kept->n_points > 1)
        fprintf(out, "%d points x ", kept->n_points);
    fprintf(out, "%s%d %s, version %s\n", self->may_stop ? "at most " : "", kept->n_replicates,
        kept->n_replicates == 1 ? "replicate" : "replicates", kept->version);
    if (self->stopped)
        fprintf(out, "stop_when   %s\n", self->stopped);
    if (kept->is_doubled)
        fprintf(out, "%s is a finished result of its own and stays until this is complete\n", kept->path);
}

static void print_next(const struct cli_standing *self, FILE *out)
{
    const struct cli_kept *kept = &self->kept;
    bool rests = self->has_survey && self->survey.n_processes == 0;
    if (rests && kept->kind == CLI_KEPT_FOLDER && self->n_missing > 0 && *self->jobs)
        fprintf(out,
            "next: wait, while the jobs that were submitted are queued (squeue -j %s);\n"
            "      where tasks were lost: %s\n",
            self->jobs, self->next);
    else
        fprintf(out, "next: %s%s\n", self->next,
            rests && kept->kind == CLI_KEPT_PARTS ? " (or the same pamir run command with --resume)" : "");
}

void cli_standing_print(const struct cli_standing *self, bool all, FILE *out)
{
    const struct cli_standing_count count = {self->n_done, self->n_failed, self->n_missing};
    print_head(self, out);
    fputs("rows        ", out);
    print_counts(&count, out);
    if (self->may_stop)
        fprintf(out, "            of at most %d replicates (stop_when may end earlier)\n",
            self->kept.n_replicates);
    if (self->n_failed + self->n_missing > 0)
        print_arms(self, all, out);
    if (self->kept.kind == CLI_KEPT_FOLDER)
        print_slices(self, all, out);
    if (self->has_survey) {
        print_work(self, out);
        print_checkpoints(self, all, out);
    }
    print_failures(self, all, out);
    print_next(self, out);
}
