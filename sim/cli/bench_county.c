#include "sim/cli/bench.h"

#include <dirent.h>
#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/county/run.h"
#include "sim/core/clock.h"
#include "sim/io/file.h"
#include "sim/run/signals.h"

/* Memory. */

/* A line of /proc/self/status, in bytes; NaN where there is none. */
static double status_bytes(const char *name)
{
    char line[256];
    double bytes = NAN;
    FILE *file = fopen("/proc/self/status", "re");
    while (file && fgets(line, sizeof(line), file))
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':')
            bytes = 1024 * strtod(line + strlen(name) + 1, NULL);
    if (file)
        fclose(file);
    return bytes;
}

/* Lets the most that was resident begin anew, from what is resident now, which it returns; NaN where the
 * system does not let us. */
static double begin_peak(void)
{
    malloc_trim(0);
    FILE *file = fopen("/proc/self/clear_refs", "we");
    bool done = file && fputs("5", file) >= 0;
    if (file)
        done = fclose(file) == 0 && done;
    return done ? status_bytes("VmRSS") : NAN;
}

/* What identifies a measurement of the study, so that nothing unlike is compared with it. */
static struct cli_measure_key key_of(
    const struct cli_bench *self, const char *part, const char *name, const char *unit, int32_t n_threads)
{
    struct cli_measure_key key = {.part = part, .name = name, .unit = unit, .n_threads = n_threads};
    bool of_model = strcmp(part, "model") == 0 || strcmp(part, "profile") == 0;
    double households = (double)county_study_n_households(self->study);
    double months = (double)county_study_household_months(self->study) / households;
    double rows = (double)county_study_n_arms(self->study) * county_study_n_replicates(self->study);
    if (of_model)
        cli_measure_parameter(&key, "households", households, NULL);
    else
        cli_measure_parameter(&key, "rows", rows, NULL);
    cli_measure_parameter(&key, "study", 0, county_study_name(self->study));
    if (of_model)
        cli_measure_parameter(&key, "arm", 0, self->arm);
    else
        cli_measure_parameter(&key, "arms", 0, self->arms ? self->arms : "all");
    cli_measure_parameter(&key, "months", months, NULL);
    if (self->set[0])
        cli_measure_parameter(&key, "set", 0, self->set);
    return key;
}

/* The same on one thread and, when several are asked for, on these: what they give. `note` notes a run and
 * tells its speed. */
static int note_by_threads(struct cli_bench *self, const char *part,
    int (*note)(struct cli_bench *self, int32_t n_threads, double *speed, struct sim_error *error),
    struct sim_error *error)
{
    double one, more;
    int32_t n_threads = (int32_t)self->n_threads;
    int code = note(self, 1, &one, error);
    if (code < 0 || n_threads == 1)
        return code;
    code = note(self, n_threads, &more, error);
    struct cli_measure_key key = key_of(self, part, part, "times one thread", n_threads);
    if (code == 0)
        cli_measures_note(&self->measures, &key, more / one);
    return code;
}

/* The model. */

static int32_t arm_index(const struct cli_bench *self)
{
    for (int32_t i = 0; i < county_study_n_arms(self->study); i++)
        if (strcmp(county_study_arm(self->study, i), self->arm) == 0)
            return i;
    return 0; /* not reached: the arm was checked */
}

/* One run of the arm, without observer. */
static int live(struct cli_bench *self, struct county_run *run, int32_t n_threads, bool profile,
    double *seconds, struct sim_error *error)
{
    const struct scenario *scenario = county_study_scenario(self->study, 0, arm_index(self));
    struct county_run_options options = {
        .scheduler = n_threads > 1 ? SIM_SCHEDULER_THREADS : SIM_SCHEDULER_SERIAL,
        .n_threads = n_threads,
        .profile = profile};
    double start = sim_clock_seconds();
    *run = (struct county_run){0};
    int code = county_run_init(run, scenario, county_study_founders(self->study), 1, options, error);
    run->pulse = &sim_pulse_signals;
    if (code == 0)
        code = county_run_until(run, scenario->end_month, error);
    *seconds = sim_clock_seconds() - start;
    return code;
}

/* A step of the month and an event may have one name. */
static const char *unit_of_place(int32_t place)
{
    return place >= SIM_PLACE_STEP    ? "percent, step"
           : place >= SIM_PLACE_EVENT ? "percent, event"
                                      : "percent, engine";
}

struct share {
    const char *name, *unit;
    double percent;
};

static int by_share(const void *a, const void *b)
{
    double x = ((const struct share *)a)->percent, y = ((const struct share *)b)->percent;
    return (x < y) - (x > y);
}

static int note_profile(struct cli_bench *self, struct sim_error *error)
{
    struct sim_profile profile = {0};
    struct share shares[SIM_PROFILE_PLACES];
    struct county_run run;
    double seconds, total = 0;
    int32_t n = 0;
    int code = cli_bench_begin(self, "profile, threads", 1, error);
    if (code < 0)
        return code;
    code = live(self, &run, 1, true, &seconds, error);
    if (code == 0)
        county_run_profile(&run, &profile);
    county_run_free(&run);
    for (int32_t place = 0; place < SIM_PROFILE_PLACES; place++)
        total += (double)profile.ns[place];
    for (int32_t place = 0; place < SIM_PROFILE_PLACES; place++)
        if (profile.calls[place] > 0 && county_place_name(place))
            shares[n++] = (struct share){
                county_place_name(place), unit_of_place(place), 100 * (double)profile.ns[place] / total};
    qsort(shares, (size_t)n, sizeof(*shares), by_share);
    for (int32_t i = 0; code == 0 && i < n; i++) {
        struct cli_measure_key key = key_of(self, "profile", shares[i].name, shares[i].unit, 1);
        cli_measures_note(&self->measures, &key, shares[i].percent);
    }
    return code;
}

static int note_model(struct cli_bench *self, int32_t n_threads, double *speed, struct sim_error *error)
{
    double households = (double)county_study_n_households(self->study), seconds;
    struct cli_measure_key key = key_of(self, "model", "model", "million household-months/s", n_threads);
    struct county_run run;
    int code = cli_bench_begin(self, "model, threads", n_threads, error);
    if (code < 0)
        return code;
    double before = begin_peak();
    code = live(self, &run, n_threads, false, &seconds, error);
    double peak = status_bytes("VmHWM"), arenas = (double)county_run_bytes(&run);
    county_run_free(&run);
    if (code < 0)
        return code;
    *speed = 1e-6 * (double)county_study_household_months(self->study) / seconds;
    cli_measures_note(&self->measures, &key, *speed);
    key.unit = "s";
    cli_measures_note(&self->measures, &key, seconds);
    key.unit = "bytes a household";
    key.name = "in tables";
    cli_measures_note(&self->measures, &key, arenas / households);
    key.name = "resident, of the run";
    cli_measures_note(&self->measures, &key, (peak - before) / households);
    key.unit = "MiB";
    key.name = "resident, in all";
    cli_measures_note(&self->measures, &key, isnan(before) ? NAN : peak / (1 << 20));
    return 0;
}

int cli_bench_model(struct cli_bench *self, struct sim_error *error)
{
    int code = note_by_threads(self, "model", note_model, error);
    if (code == 0 && self->profile && self->run == self->n_runs - 1)
        code = note_profile(self, error);
    return code;
}

/* The output. */

/* A folder for results that nobody keeps. */
static int make_folder(char folder[SIM_FILE_PATH], struct sim_error *error)
{
    const char *place = getenv("TMPDIR");
    snprintf(folder, SIM_FILE_PATH, "%.3000s/pamir-bench-XXXXXX", place && *place ? place : "/tmp");
    return mkdtemp(folder) ? 0 : sim_error_set(error, SIM_ERROR_IO, "%s cannot be made", folder);
}

/* With all that is in it: a batch that was stopped leaves its parts. */
static bool remove_folder(const char *folder)
{
    char path[SIM_FILE_PATH + 300];
    DIR *directory = opendir(folder);
    bool done = directory != NULL;
    for (struct dirent *entry; done && (entry = readdir(directory)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof(path), "%.4000s/%.255s", folder, entry->d_name);
        done = unlink(path) == 0 || remove_folder(path);
    }
    if (directory)
        closedir(directory);
    return done && rmdir(folder) == 0;
}

/* Runs a batch into a file in a folder of its own; both are removed. */
static int run_batch(struct county_study *study, const struct sim_batch_model *in_place, int32_t n_threads,
    double *seconds, double *file_bytes, struct sim_batch_result *result, struct sim_error *error)
{
    char folder[SIM_FILE_PATH], path[SIM_FILE_PATH + 16];
    struct stat status;
    int code = make_folder(folder, error);
    if (code < 0)
        return code;
    snprintf(path, sizeof(path), "%s/out.h5", folder);
    struct sim_batch_options batch = {.path = path, .n_threads = n_threads, .quiet = true};
    double start = sim_clock_seconds();
    code = cli_load_run(study, &batch, in_place, 0, NULL, result, error);
    *seconds = sim_clock_seconds() - start;
    *file_bytes = stat(path, &status) == 0 ? (double)status.st_size : NAN;
    if (!remove_folder(folder) && code == 0)
        code = sim_error_set(error, SIM_ERROR_IO, "%s cannot be removed", folder);
    if (code == 0 && result->n_failed > 0)
        code = sim_error_set(error, SIM_ERROR_MODEL, "%d rows failed", result->n_failed);
    return code;
}

/* A batch's seconds by the clock: rows are computed by several threads at a time. */
static void note_times(struct cli_bench *self, struct cli_measure_key key,
    const struct sim_batch_times *times, double startup, double seconds, bool is_output)
{
    double output = times->keep + times->write + times->verify + times->commit;
    const struct {
        const char *name;
        double seconds;
        bool of_output;
    } shares[] = {{"start-up", startup + times->begin, false}, {"founding of runs", times->found, false},
        {"the model itself", times->model, false}, {"observer", times->observe, false},
        {"threads without a row", times->idle, false}, {"output, in all", output, false},
        {"output: checksums and log", times->keep, true}, {"output: file written", times->write, true},
        {"output: file verified", times->verify, true}, {"output: on the disk", times->commit, true}};
    key.unit = "percent of time";
    for (int32_t i = 0; i < SIM_COUNT(shares); i++)
        if (shares[i].of_output || !is_output) {
            key.name = shares[i].name;
            cli_measures_note(&self->measures, &key, 100 * shares[i].seconds / seconds);
        }
}

/* A row that differs from all others as replicates do: a real one, its floats times a number of its own near
 * one, its integers some more, so that it compresses as real rows do and no better. */
static int copy_row(void *user, const struct sim_batch_span *span, struct sim_error *error)
{
    const struct cli_bench *self = user;
    const struct sim_output *output = county_study_output(self->study);
    int32_t number = span->arm * county_study_n_replicates(self->study) + span->replicate + 1;
    double factor = 1 + number * 0x1p-12 * 0.7390851332151607;
    (void)error;
    memcpy(span->row, self->row, (size_t)output->row_bytes);
    for (int32_t v = 0; v < output->n_variables; v++) {
        const struct sim_variable *variable = &output->variables[v];
        void *at = sim_output_at(output, v, span->row);
        for (int64_t i = 0; i < variable->n_values; i++)
            switch (variable->type) {
            case SIM_F64:
                ((double *)at)[i] *= factor;
                break;
            case SIM_F32:
                ((float *)at)[i] *= (float)factor;
                break;
            case SIM_I64:
                ((int64_t *)at)[i] += ((int64_t *)at)[i] ? number : 0;
                break;
            default:
                break;
            }
    }
    return 0;
}

static int note_output(struct cli_bench *self, int32_t n_threads, struct sim_error *error)
{
    const struct sim_output *output = county_study_output(self->study);
    struct sim_batch_model model = {.user = self, .output = output, .run_span = copy_row};
    struct sim_batch_result result = {0};
    double seconds, file_bytes;
    int64_t rows = (int64_t)county_study_n_arms(self->study) * county_study_n_replicates(self->study);
    double bytes = (double)output->row_bytes * (double)rows;
    int code = cli_bench_begin(self, "output, rows", (double)rows, error);
    if (code == 0)
        code = run_batch(self->study, &model, n_threads, &seconds, &file_bytes, &result, error);
    if (code < 0)
        return code;
    struct cli_measure_key key = key_of(self, "output", "output", "MB/s", n_threads);
    cli_measures_note(&self->measures, &key, 1e-6 * bytes / seconds);
    key.unit = "s";
    cli_measures_note(&self->measures, &key, seconds);
    key.name = "file, of what is in it";
    key.unit = "percent of bytes";
    cli_measures_note(&self->measures, &key, 100 * file_bytes / bytes);
    note_times(self, key, &result.times, 0, seconds, true);
    return 0;
}

int cli_bench_output(struct cli_bench *self, struct sim_error *error)
{
    struct sim_batch_model model;
    int code = 0;
    if (!self->row) {
        self->row = calloc(1, (size_t)county_study_output(self->study)->row_bytes);
        code = self->row ? county_study_batch(self->study, 1, &model, error)
                         : sim_error_set(error, SIM_ERROR_MEMORY, "no memory for a row");
        if (code == 0)
            code = cli_bench_begin(self, "output, a row to copy", 1, error);
        if (code == 0)
            code = model.run_span(model.user,
                &(struct sim_batch_span){
                    .arm = arm_index(self), .n_threads = 1, .until = SIM_TIME_MAX, .row = self->row},
                error);
    }
    if (code == 0)
        code = note_output(self, 1, error);
    if (code == 0 && self->n_threads > 1)
        code = note_output(self, (int32_t)self->n_threads, error);
    return code;
}

/* A whole experiment. */

/* From the files to the closed result. */
static int note_experiment(struct cli_bench *self, int32_t n_threads, double *speed, struct sim_error *error)
{
    struct county_overrides overrides = {.sets = self->sets.items,
        .n_sets = self->sets.n,
        .arms = self->arms,
        .replicates = (int32_t)self->replicates,
        .seed = -1};
    struct sim_diag diag; /* said when it was loaded first */
    struct county_study *study = NULL;
    struct sim_batch_result result = {0};
    double batch_seconds = 0, file_bytes;
    int64_t rows = (int64_t)county_study_n_arms(self->study) * county_study_n_replicates(self->study);
    int code = cli_bench_begin(self, "experiment, rows", (double)rows, error);
    if (code < 0)
        return code;
    bool is_peak_known = !isnan(begin_peak());
    double start = sim_clock_seconds();
    sim_diag_init(&diag);
    code = county_study_load(self->experiment, &overrides, &diag, &study, error);
    sim_diag_free(&diag);
    double startup = sim_clock_seconds() - start;
    if (code < 0)
        return code;
    double work = 1e-6 * (double)county_study_household_months(study) * (double)rows;
    code = run_batch(study, NULL, n_threads, &batch_seconds, &file_bytes, &result, error);
    county_study_free(study);
    if (code < 0)
        return code;
    double seconds = startup + batch_seconds;
    *speed = work / seconds;
    struct cli_measure_key key =
        key_of(self, "experiment", "experiment", "million household-months/s", n_threads);
    cli_measures_note(&self->measures, &key, *speed);
    key.unit = "s";
    cli_measures_note(&self->measures, &key, seconds);
    key.name = "start-up: read, check, synthesise";
    cli_measures_note(&self->measures, &key, startup);
    note_times(self, key, &result.times, startup, seconds, false);
    key.name = "resident, in all";
    key.unit = "MiB";
    cli_measures_note(&self->measures, &key, is_peak_known ? status_bytes("VmHWM") / (1 << 20) : NAN);
    return 0;
}

int cli_bench_experiment(struct cli_bench *self, struct sim_error *error)
{
    return note_by_threads(self, "experiment", note_experiment, error);
}
