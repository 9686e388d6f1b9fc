#include "sim/cli/result.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/core/shell.h"
#include "sim/io/parts.h"

static int find_arm(const struct cli_result *self, const char *name)
{
    for (int32_t i = 0; name && i < self->n_arms; i++)
        if (strcmp(cli_result_arm(self, i), name) == 0)
            return i;
    return -1;
}

static const char *meta_text(struct cli_result *self, const char *name)
{
    struct sim_error ignored = {0};
    const char *text = NULL;
    return sim_h5_read_text(&self->file, name, &text, &ignored) == 0 && text ? text : "";
}

/* Where a row stands in a table of /meta. */
static int64_t row_index(const struct sim_h5_array *array, int32_t point, int32_t arm, int32_t replicate)
{
    int64_t at = 0;
    for (int32_t i = 0; i < array->n_dims; i++)
        at = at * array->lengths[i] + (strcmp(array->dims[i], "point") == 0    ? point
                                          : strcmp(array->dims[i], "arm") == 0 ? arm
                                                                               : replicate);
    return at;
}

int32_t cli_result_row_status(
    const struct cli_result *self, int32_t point, int32_t arm_in_file, int32_t replicate)
{
    return (int32_t)self->status.numbers[row_index(&self->status, point, arm_in_file, replicate)];
}

const char *cli_result_row_message(
    struct cli_result *self, int32_t point, int32_t arm_in_file, int32_t replicate)
{
    struct sim_error ignored = {0};
    if (self->messages.n == 0 && sim_h5_has(&self->file, "meta", "row_message"))
        (void)sim_h5_read(&self->file, "meta", "row_message", &self->messages, &ignored);
    return self->messages.texts && self->messages.n == self->status.n
               ? self->messages.texts[row_index(&self->messages, point, arm_in_file, replicate)]
               : "";
}

/* Arms without a complete replicate are moved behind those that have one, so that they blank no row of the
 * others; the reference stays, since nothing can be told without it. */
static void leave_out(struct cli_result *self, int32_t reference)
{
    int32_t n = (int32_t)self->arms.n, n_kept = 0;
    self->n_left_out = 0;
    for (int32_t keep = 1; keep >= 0; keep--)
        for (int32_t arm = 0; arm < n; arm++) {
            bool is_kept = false;
            for (int32_t r = 0; r < self->n_replicates; r++)
                is_kept |= cli_result_row_status(self, self->point, arm, r) == 0;
            if (arm == reference)
                self->is_reference_lost = !is_kept;
            is_kept |= arm == reference;
            if (is_kept == (keep == 1))
                self->in_file[n_kept++] = arm;
            else
                self->n_left_out += keep;
        }
    self->n_arms = n - self->n_left_out;
}

void cli_result_choose(struct cli_result *self, int32_t point)
{
    int32_t reference = self->in_file[self->reference];
    self->point = point;
    leave_out(self, reference);
    self->reference = find_arm(self, self->arms.texts[reference]); /* among the kept arms */
    self->placebo = find_arm(self, meta_text(self, "placebo"));
}

/* How the rows ended: /meta/row_status by (point), arm, replicate. */
static int read_status(struct cli_result *self, struct sim_error *error)
{
    struct sim_h5_array *status = &self->status;
    int code = sim_h5_read(&self->file, "meta", "row_status", status, error);
    if (code < 0)
        return code;
    int32_t arm = sim_h5_array_dim(status, "arm"), replicate = sim_h5_array_dim(status, "replicate");
    int32_t point = sim_h5_array_dim(status, "point");
    if (arm < 0 || replicate < 0 || !status->numbers || status->lengths[arm] != self->arms.n ||
        status->n_dims != 2 + (point >= 0))
        return sim_error_set(
            error, SIM_ERROR_FORMAT, "%s: /meta/row_status is not by arm and replicate", self->file.path);
    self->n_replicates = (int32_t)status->lengths[replicate];
    self->n_points = point >= 0 ? (int32_t)status->lengths[point] : 1;
    for (int64_t i = 0; i < status->n; i++) {
        bool missing = status->numbers[i] == SIM_ERROR_MISSING;
        self->n_missing += missing;
        self->n_failed += status->numbers[i] != 0 && !missing;
    }
    return 0;
}

int cli_result_open(struct cli_result *self, const char *path, struct sim_error *error)
{
    memset(self, 0, sizeof(*self));
    int code = sim_h5_open(&self->file, path, error);
    if (code < 0)
        return code;
    if (!sim_h5_has(&self->file, "county", "arm") || !sim_h5_has(&self->file, "county", "year"))
        return sim_error_set(
            error, SIM_ERROR_FORMAT, "%s: no arms and years in /county: not a result of pamir run", path);
    code = sim_h5_read(&self->file, "county", "arm", &self->arms, error);
    if (code == 0)
        code = sim_h5_read(&self->file, "county", "year", &self->years, error);
    if (code < 0)
        return code;
    if (!self->arms.texts || !self->years.numbers || self->arms.n < 1 || self->years.n < 1)
        return sim_error_set(error, SIM_ERROR_FORMAT, "%s: /county has no arms or no years", path);
    self->n_arms = (int32_t)self->arms.n;
    self->in_file = malloc((size_t)self->n_arms * sizeof(*self->in_file));
    if (!self->in_file)
        return sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
    for (int32_t i = 0; i < self->n_arms; i++)
        self->in_file[i] = i;
    self->n_years = (int32_t)self->years.n;
    self->currency = meta_text(self, "currency");
    if (!*self->currency)
        self->currency = "CNY";
    self->base_year = meta_text(self, "base_year");
    self->title = meta_text(self, "title");
    self->seed = meta_text(self, "seed");
    self->version = meta_text(self, "version");
    self->reference = find_arm(self, meta_text(self, "reference"));
    if (self->reference < 0)
        self->reference = find_arm(self, "reference");
    if (self->reference < 0)
        return sim_error_set(
            error, SIM_ERROR_FORMAT, "%s: the file does not say which arm is the reference", path);
    int32_t first = (int32_t)strtol(meta_text(self, "first_program_year"), NULL, 10);
    while (self->first_year < self->n_years - 1 && cli_result_year(self, self->first_year) < first)
        self->first_year++;
    if ((code = read_status(self, error)) < 0)
        return code;
    cli_result_choose(self, 0);
    return 0;
}

const char *cli_result_why_left_out(struct cli_result *self, int32_t arm)
{
    const char *text = "";
    for (int32_t r = 0; r < self->n_replicates && !*text; r++)
        text = cli_result_row_message(self, self->point, self->in_file[arm], r);
    return text;
}

int cli_result_refuse(
    const struct cli_command *command, const char *path, int code, const struct sim_error *error)
{
    char parts[SIM_FILE_PATH], word[SIM_SHELL_WORD];
    struct sim_error ignored = {0};
    if (code == SIM_ERROR_MISSING && !sim_file_exists(path) &&
        sim_parts_directory(path, parts, &ignored) == 0 && sim_file_is_directory(parts))
        return cli_args_fail(command, CLI_BAD_INPUT,
            "%s is not complete yet: what is finished is in %s; run the same pamir run command with --resume "
            "to do the rest, or: pamir expand %s --resume (pamir status %s tells how far it is)",
            path, parts, sim_shell_word(path, word), sim_shell_word(path, word));
    return cli_args_fail(command, code == SIM_ERROR_MISSING ? CLI_BAD_INPUT : CLI_FAILED, "%s",
        error->message[0] ? error->message : sim_error_sentence(code));
}

void cli_result_close(struct cli_result *self)
{
    sim_h5_array_free(&self->arms);
    sim_h5_array_free(&self->years);
    sim_h5_array_free(&self->status);
    sim_h5_array_free(&self->messages);
    free(self->in_file);
    self->in_file = NULL;
    sim_h5_close(&self->file);
}

const char *cli_result_arm(const struct cli_result *self, int32_t arm)
{
    return self->arms.texts[self->in_file[arm]];
}

int32_t cli_result_year(const struct cli_result *self, int32_t index)
{
    return (int32_t)self->years.numbers[index];
}

int32_t cli_result_last_years(const struct cli_result *self, int32_t n)
{
    int32_t first = self->n_years > n ? self->n_years - n : 0;
    return first > self->first_year ? first : self->first_year;
}

void cli_result_span(const struct cli_result *self, int32_t first, int32_t end, char out[CLI_SPAN])
{
    if (end - first == 1)
        snprintf(out, CLI_SPAN, "%d", cli_result_year(self, first));
    else
        snprintf(
            out, CLI_SPAN, "mean of %d to %d", cli_result_year(self, first), cli_result_year(self, end - 1));
}

bool cli_variable_read(struct cli_result *result, const char *group, const char *name,
    struct cli_variable *out, struct sim_error *error)
{
    memset(out, 0, sizeof(*out));
    out->n_other = out->n_months = 1;
    out->in_file = result->in_file;
    if (!sim_h5_has(&result->file, group, name) ||
        sim_h5_read(&result->file, group, name, &out->array, error) < 0)
        return false;
    const struct sim_h5_array *array = &out->array;
    out->first = array->numbers;
    int64_t stride = array->n;
    int32_t n_others = 0;
    bool fits = array->numbers != NULL;
    for (int32_t i = 0; fits && i < array->n_dims; i++) {
        int64_t length = array->lengths[i];
        stride = length > 0 ? stride / length : 0;
        if (strcmp(array->dims[i], "arm") == 0) {
            out->arm = stride;
            fits = length == result->arms.n;
        } else if (strcmp(array->dims[i], "replicate") == 0) {
            out->replicate = stride;
            fits = length == result->n_replicates;
        } else if (strcmp(array->dims[i], "year") == 0) {
            out->year = stride;
            fits = length == result->n_years;
        } else if (strcmp(array->dims[i], "month") == 0) {
            out->n_months = 12;
            out->month = stride;
            out->year = 12 * stride;
            fits = length == 12 * (int64_t)result->n_years; /* whole years, from January */
        } else if (strcmp(array->dims[i], "point") == 0) {
            fits = length > result->point;
            out->first = out->array.numbers + result->point * stride;
        } else {
            out->other = stride;
            out->n_other = (int32_t)length;
            fits = ++n_others == 1 && length >= 1;
        }
    }
    if (!fits)
        cli_variable_free(out);
    return fits;
}

void cli_variable_free(struct cli_variable *self)
{
    sim_h5_array_free(&self->array);
}

double cli_variable_mean(const struct cli_variable *self, int32_t arm, int32_t replicate, int32_t other,
    int32_t first, int32_t end)
{
    double sum = 0;
    for (int32_t year = first; year < end; year++)
        sum += cli_variable_at(self, arm, replicate, other, year);
    return sum / (end - first);
}
