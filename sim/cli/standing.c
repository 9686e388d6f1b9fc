#include "sim/cli/standing.h"

#include <math.h>
#include <string.h>

#include "sim/cli/load.h"
#include "sim/hpc/job.h"
#include "sim/time/calendar.h"

#define SHOWN 5 /* failures and checkpoints, unless all are asked for */

/* ---- reading ---- */

static int64_t row_of(const struct cli_standing *self, int32_t point, int32_t arm, int32_t replicate)
{
    return ((int64_t)point * self->kept.n_arms + arm) * self->kept.n_replicates + replicate;
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

static const char *message_of(struct cli_standing *self, int32_t point, int32_t arm, int32_t replicate)
{
    struct cli_kept_row row;
    struct sim_error ignored = {0};
    if (!self->has_survey && cli_kept_find(&self->kept, NULL, point, arm, replicate, &row, &ignored) == 0)
        return sim_arena_text(&self->arena, row.message, (int64_t)strlen(row.message));
    for (int32_t i = 0; i < self->survey.n_failures; i++) {
        const struct sim_survey_failure *failure = &self->survey.failures[i];
        if (failure->point == point && failure->arm == arm && failure->replicate == replicate)
            return failure->message;
    }
    return "";
}

static int list_failures(struct cli_standing *self, struct sim_error *error)
{
    int64_t n = 0;
    self->failures = sim_arena_alloc(&self->arena, (self->n_failed + 1) * (int64_t)sizeof *self->failures);
    if (!self->failures)
        return sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
    for (int32_t r = 0; r < self->kept.n_replicates; r++)
        for (int32_t p = 0; p < self->kept.n_points; p++)
            for (int32_t a = 0; a < self->kept.n_arms; a++)
                if (self->state[row_of(self, p, a, r)] == SIM_SURVEY_FAILED) {
                    const char *message = message_of(self, p, a, r);
                    self->failures[n++] = (struct cli_standing_failure){p, a, r, 0, message ? message : ""};
                }
    return 0;
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

/* Whether a slice has a directory, and somebody at work in it. */
static void find_slice(const struct cli_standing *self, struct cli_standing_slice *slice)
{
    for (int32_t i = 0; i < self->kept.n_slices; i++) {
        const struct sim_shard *shard = &self->kept.slices[i];
        if (shard->first != slice->first || shard->end != slice->end)
            continue;
        slice->is_begun = true;
        for (int32_t k = 0; k < self->survey.n_processes; k++)
            slice->is_at_work |= strcmp(self->survey.processes[k].directory, shard->path) == 0;
    }
}

/* As they were planned, else as they lie there. */
static int list_slices(struct cli_standing *self, struct sim_error *error)
{
    struct sim_diag diag;
    struct sim_job job;
    struct sim_error ignored = {0};
    sim_diag_init(&diag);
    bool is_planned = sim_job_read(self->kept.directory, &self->arena, &diag, &job, &ignored) == 0;
    sim_diag_free(&diag);
    self->n_slices = is_planned ? (int32_t)job.n_shards : self->kept.n_slices;
    self->slices = sim_arena_alloc(&self->arena, (self->n_slices + 1) * (int64_t)sizeof *self->slices);
    if (!self->slices)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", self->kept.directory);
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
    if (self->n_missing == 0)
        snprintf(self->next, sizeof self->next, "pamir merge %s -o %s", self->kept.directory,
            is_planned ? job.result : "OUT.h5");
    else if (is_planned)
        snprintf(self->next, sizeof self->next, "pamir submit --resume -o %s", self->kept.directory);
    else
        snprintf(self->next, sizeof self->next, "pamir slice ... -o %s", self->kept.directory);
    return 0;
}

static void say_next(struct cli_standing *self)
{
    const struct cli_kept *kept = &self->kept;
    bool is_at_work = self->has_survey && self->survey.n_processes > 0;
    if (kept->kind == CLI_KEPT_RESULT)
        snprintf(self->next, sizeof self->next, "pamir summary %s", kept->path);
    else if (is_at_work)
        snprintf(self->next, sizeof self->next, "pamir status %s",
            kept->kind == CLI_KEPT_PARTS && *kept->path ? kept->path : kept->directory);
    else if (kept->kind == CLI_KEPT_PARTS)
        snprintf(self->next, sizeof self->next, "pamir expand %s --resume",
            *kept->path ? kept->path : kept->directory);
}

int cli_standing_read(struct cli_standing *self, const char *given, struct sim_error *error)
{
    memset(self, 0, sizeof *self);
    sim_arena_init(&self->arena);
    int code = cli_kept_open(&self->kept, given, true, error);
    if (code < 0)
        return code;
    self->n_rows = (int64_t)self->kept.n_points * self->kept.n_arms * self->kept.n_replicates;
    code = self->kept.kind == CLI_KEPT_RESULT ? read_result(self, error) : read_parts(self, error);
    for (int64_t i = 0; i < self->n_rows && code == 0; i++) {
        self->n_done += self->state[i] != SIM_SURVEY_MISSING;
        self->n_failed += self->state[i] == SIM_SURVEY_FAILED;
        self->n_missing += self->state[i] == SIM_SURVEY_MISSING;
    }
    if (code == 0)
        code = list_failures(self, error);
    if (code == 0 && self->kept.kind == CLI_KEPT_FOLDER)
        code = list_slices(self, error);
    if (code == 0)
        say_next(self);
    return code;
}

void cli_standing_free(struct cli_standing *self)
{
    sim_survey_free(&self->survey);
    cli_kept_close(&self->kept);
    sim_arena_free(&self->arena);
}

int64_t cli_standing_count(
    const struct cli_standing *self, int32_t point, int32_t arm, enum sim_survey_row state)
{
    int64_t n = 0;
    for (int32_t p = 0; p < self->kept.n_points; p++)
        for (int32_t a = 0; a < self->kept.n_arms; a++)
            for (int32_t r = 0;
                 (point < 0 || p == point) && (arm < 0 || a == arm) && r < self->kept.n_replicates; r++)
                n += self->state[row_of(self, p, a, r)] == state;
    return n;
}

void cli_standing_rerun(const struct cli_standing *self, const struct cli_standing_failure *failure,
    char out[SIM_FILE_PATH + 200])
{
    const struct cli_kept *kept = &self->kept;
    int n = snprintf(out, SIM_FILE_PATH + 200, "pamir rerun %.3900s --arm %.100s --replicate %d",
        kept->kind != CLI_KEPT_FOLDER && *kept->path ? kept->path : kept->directory, kept->arms[failure->arm],
        failure->replicate + 1);
    if (kept->n_points > 1)
        snprintf(out + n, (size_t)(SIM_FILE_PATH + 200 - n), " --point %d", failure->point);
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

static void print_counts(int64_t done, int64_t failed, int64_t missing, FILE *out)
{
    fprintf(out, "%lld of %lld rows done", (long long)done, (long long)(done + missing));
    if (failed > 0)
        fprintf(out, ", %lld of them failed", (long long)failed);
    if (missing > 0)
        fprintf(out, ", %lld missing", (long long)missing);
    fputc('\n', out);
}

static void print_arms(const struct cli_standing *self, FILE *out)
{
    const struct cli_kept *kept = &self->kept;
    for (int32_t p = 0; p < kept->n_points; p++) {
        if (kept->n_points > 1) {
            int64_t missing = cli_standing_count(self, p, -1, SIM_SURVEY_MISSING),
                    failed = cli_standing_count(self, p, -1, SIM_SURVEY_FAILED),
                    done = (int64_t)kept->n_arms * kept->n_replicates - missing;
            if (missing + failed == 0)
                continue;
            fprintf(out, "  point %-8d", p);
            print_counts(done, failed, missing, out);
        }
    }
    for (int32_t a = 0; a < kept->n_arms; a++) {
        int64_t missing = cli_standing_count(self, -1, a, SIM_SURVEY_MISSING),
                failed = cli_standing_count(self, -1, a, SIM_SURVEY_FAILED),
                done = (int64_t)kept->n_points * kept->n_replicates - missing;
        fprintf(out, "  %-14s", kept->arms[a]);
        print_counts(done, failed, missing, out);
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
    char command[SIM_FILE_PATH + 200];
    for (int64_t i = 0; i < shown; i++) {
        cli_standing_rerun(self, &self->failures[i], command);
        fprintf(out, "failed      %.*s\n            %s\n", (int)cli_kept_why(self->failures[i].message),
            self->failures[i].message, command);
    }
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

void cli_standing_print(const struct cli_standing *self, bool all, FILE *out)
{
    const struct cli_kept *kept = &self->kept;
    const char *where = kept->kind == CLI_KEPT_RESULT ? kept->path : kept->directory;
    fprintf(out, "%s: %s", where, self->n_missing == 0 ? "complete" : "not complete");
    if (self->n_missing == 0 && kept->kind == CLI_KEPT_FOLDER)
        fputs(", to be merged", out);
    else if (self->n_missing == 0 && kept->kind == CLI_KEPT_PARTS)
        fputs(", to be written", out);
    fprintf(out, ", %d %s x ", kept->n_arms, kept->n_arms == 1 ? "arm" : "arms");
    if (kept->n_points > 1)
        fprintf(out, "%d points x ", kept->n_points);
    fprintf(out, "%d %s, version %s\n", kept->n_replicates,
        kept->n_replicates == 1 ? "replicate" : "replicates", kept->version);
    if (kept->is_doubled)
        fprintf(out, "%s is a finished result of its own and stays until this is complete\n", kept->path);
    fputs("rows        ", out);
    print_counts(self->n_done, self->n_failed, self->n_missing, out);
    if (self->n_failed + self->n_missing > 0)
        print_arms(self, out);
    if (kept->kind == CLI_KEPT_FOLDER)
        print_slices(self, all, out);
    if (self->has_survey) {
        print_work(self, out);
        print_checkpoints(self, all, out);
    }
    print_failures(self, all, out);
    if (self->has_survey && self->survey.n_processes == 0 && kept->kind == CLI_KEPT_PARTS)
        fprintf(out, "next: %s (or the same pamir run command with --resume)\n", self->next);
    else
        fprintf(out, "next: %s\n", self->next);
}
