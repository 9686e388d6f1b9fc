#include "sim/cli/kept.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/load.h"
#include "sim/io/h5.h"
#include "sim/io/provenance.h"

static bool has_manifest(const char *directory)
{
    char path[SIM_FILE_PATH + 16];
    snprintf(path, sizeof path, "%s/manifest.txt", directory);
    return sim_file_exists(path);
}

static int open_manifest(struct cli_kept *self, const char *directory, struct sim_error *error)
{
    char path[SIM_FILE_PATH + 16];
    snprintf(path, sizeof path, "%s/manifest.txt", directory);
    int code = sim_manifest_read(path, &self->manifest, error);
    if (code < 0)
        return code;
    self->version = self->manifest.version;
    self->n_points = self->manifest.n_points;
    self->n_arms = self->manifest.n_arms;
    self->n_replicates = self->manifest.n_replicates;
    self->arms = (const char *const *)self->manifest.arms;
    self->meta = &self->manifest.meta;
    return 0;
}

/* Directories: parts, or the folder of slices. A folder that pamir slice alone has filled has no manifest of
 * its own: that of its first slice serves. */
static int open_directory(struct cli_kept *self, struct sim_error *error)
{
    char plan[SIM_FILE_PATH + 16];
    sim_arena_init(&self->arena);
    int code = sim_shard_list(self->directory, &self->arena, &self->slices, &self->n_slices, error);
    if (code < 0)
        return code;
    snprintf(plan, sizeof plan, "%s/plan.txt", self->directory);
    if (self->n_slices > 0 || sim_file_exists(plan))
        self->kind = CLI_KEPT_FOLDER;
    if (has_manifest(self->directory))
        return open_manifest(self, self->directory, error);
    if (self->n_slices > 0)
        return open_manifest(self, self->slices[0].path, error);
    return sim_error_set(error, SIM_ERROR_MISSING,
        "%.300s: a folder without manifest.txt: neither the parts of a batch nor a cluster's folder",
        self->directory);
}

/* Whether a table of /meta has one entry for each row, by (point,) arm, replicate: of that order and of these
 * lengths. */
static bool is_by_row(const struct sim_h5_array *array, const struct sim_h5_array *like)
{
    static const char *const names[] = {"point", "arm", "replicate"};
    int64_t n = 1;
    if ((array->n_dims != 2 && array->n_dims != 3) || array->n_dims != like->n_dims)
        return false;
    for (int32_t i = 0; i < array->n_dims; i++) {
        if (strcmp(array->dims[i], names[3 - array->n_dims + i]) != 0 || array->lengths[i] < 1 ||
            array->lengths[i] > INT32_MAX / n || array->lengths[i] != like->lengths[i])
            return false;
        n *= array->lengths[i];
    }
    return array->n == n;
}

/* Codes of rows are small whole numbers; 0: complete. */
static bool are_codes(const struct sim_h5_array *status)
{
    for (int64_t i = 0; i < status->n; i++)
        if (!(status->numbers[i] >= -1000 && status->numbers[i] <= 0) ||
            status->numbers[i] != (int32_t)status->numbers[i])
            return false;
    return true;
}

static int open_result(struct cli_kept *self, struct sim_error *error)
{
    int code = sim_h5_read_meta(self->path, &self->texts, error);
    if (code < 0 || (code = sim_h5_open(&self->file, self->path, error)) < 0)
        return code;
    if (!sim_h5_has(&self->file, "meta", "arm") || !sim_h5_has(&self->file, "meta", "row_status"))
        return sim_error_set(error, SIM_ERROR_FORMAT,
            "%.300s: no arms and rows in /meta: not a result of pamir run", self->path);
    if ((code = sim_h5_read(&self->file, "meta", "arm", &self->names, error)) < 0 ||
        (code = sim_h5_read(&self->file, "meta", "row_status", &self->status, error)) < 0 ||
        (code = sim_h5_read(&self->file, "meta", "row_message", &self->messages, error)) < 0 ||
        (code = sim_h5_read(&self->file, "meta", "row_digest", &self->digests, error)) < 0)
        return code;
    const struct sim_h5_array *status = &self->status;
    if (!status->numbers || !self->names.texts || !self->messages.texts || !self->digests.texts ||
        !is_by_row(status, status) || !is_by_row(&self->messages, status) ||
        !is_by_row(&self->digests, status) || status->lengths[status->n_dims - 2] != self->names.n ||
        !are_codes(status))
        return sim_error_set(
            error, SIM_ERROR_FORMAT, "%.300s: /meta does not say how the rows ended", self->path);
    self->n_arms = (int32_t)self->names.n;
    self->arms = self->names.texts;
    self->n_replicates = (int32_t)status->lengths[status->n_dims - 1];
    self->n_points = status->n_dims == 3 ? (int32_t)status->lengths[0] : 1;
    self->meta = &self->texts;
    self->version = sim_meta_get(&self->texts, "version");
    if (!self->version)
        self->version = "";
    return 0;
}

static int find(struct cli_kept *self, const char *given, bool parts_first, struct sim_error *error)
{
    memset(self, 0, sizeof *self);
    if (strlen(given) > SIM_FILE_PATH - 300)
        return sim_error_set(error, SIM_ERROR_MISSING, "%.60s...: the path is too long", given);
    snprintf(self->path, sizeof self->path, "%s", given);
    if (sim_file_is_directory(given)) {
        size_t length = strlen(given);
        self->kind = CLI_KEPT_PARTS;
        while (length > 1 && given[length - 1] == '/')
            length--;
        snprintf(self->directory, sizeof self->directory, "%.*s", (int)length, given);
        bool is_beside = length > 6 && strncmp(given + length - 6, ".parts", 6) == 0;
        snprintf(self->path, sizeof self->path, "%.*s", is_beside ? (int)length - 6 : 0, given);
        return open_directory(self, error);
    }
    int code = sim_parts_directory(given, self->directory, error);
    if (code < 0)
        return code;
    bool is_result = sim_file_exists(given), has_parts = sim_file_is_directory(self->directory);
    self->is_doubled = is_result && has_parts;
    if (has_parts && (!is_result || parts_first)) {
        self->kind = CLI_KEPT_PARTS;
        return open_directory(self, error);
    }
    if (!is_result)
        return sim_error_set(error, SIM_ERROR_MISSING,
            "%.300s: there is no such file, and no parts of a batch beside it", given);
    return open_result(self, error);
}

int cli_kept_open(struct cli_kept *self, const char *given, bool parts_first, struct sim_error *error)
{
    int code = find(self, given, parts_first, error);
    const char *name = self->kind != CLI_KEPT_FOLDER && *self->path ? self->path : self->directory;
    const char *word = sim_shell_word(name, self->word);
    if (word == name)
        snprintf(self->word, sizeof self->word, "%s", name);
    return code;
}

void cli_kept_close(struct cli_kept *self)
{
    sim_h5_array_free(&self->names);
    sim_h5_array_free(&self->status);
    sim_h5_array_free(&self->messages);
    sim_h5_array_free(&self->digests);
    sim_meta_free(&self->texts);
    sim_h5_close(&self->file);
    sim_manifest_free(&self->manifest);
    sim_arena_free(&self->arena);
}

int cli_kept_refuse(const struct cli_command *command, int code, const struct sim_error *error)
{
    return cli_args_fail(command, code == SIM_ERROR_MISSING ? CLI_BAD_INPUT : CLI_FAILED, "%s",
        error->message[0] ? error->message : sim_error_sentence(code));
}

int cli_kept_study(const struct cli_command *command, const struct cli_kept *self, int32_t replicates,
    struct county_study **out)
{
    const char *where = self->kind == CLI_KEPT_RESULT ? self->path : self->directory;
    struct sim_diag diag;
    struct sim_error error = {0};
    sim_diag_init(&diag);
    int code = county_study_load_kept(self->meta, replicates, &diag, out, &error);
    bool wrong = diag.n_errors > 0;
    if (code < 0 || wrong)
        sim_diag_print(&diag, stderr); /* warnings were read when the batch was begun */
    sim_diag_free(&diag);
    if (code == 0 && !wrong)
        return CLI_PROCEED;
    county_study_free(*out);
    *out = NULL;
    bool is_other = strcmp(self->version, sim_provenance_version()) != 0;
    return cli_args_fail(command, CLI_FAILED, "%s: the experiment kept there cannot be read again: %s%s%s",
        where, error.message[0] ? error.message : sim_error_sentence(code),
        is_other ? "; it was made by version " : "", is_other ? self->version : "");
}

bool cli_kept_may_stop(const struct cli_kept *self)
{
    const char *given = sim_meta_get(self->meta, "experiment_given");
    return self->kind != CLI_KEPT_RESULT && given && strstr(given, "\nstop_when:");
}

int cli_kept_check_result(
    const struct sim_meta *inputs, const char *version, const char *path, struct sim_error *error)
{
    struct sim_meta there;
    int32_t n_there = 0, n_here = 0;
    const char *differs = NULL;
    int code = sim_h5_read_meta(path, &there, error);
    if (code < 0)
        return code;
    const char *made_by = sim_meta_get(&there, "version");
    if (!made_by || strcmp(made_by, version) != 0)
        differs = "version";
    for (int32_t i = 0; i < there.n; i++)
        n_there += there.entries[i].class == SIM_META_INPUT;
    for (int32_t i = 0; i < inputs->n; i++) {
        const struct sim_meta_entry *entry = &inputs->entries[i];
        if (entry->class != SIM_META_INPUT)
            continue;
        const char *text = sim_meta_get(&there, entry->name);
        n_here++;
        if (!differs && (!text || strcmp(text, entry->text) != 0))
            differs = entry->name;
    }
    if (!differs && n_there != n_here)
        differs = "the number of files";
    const char *was = differs ? sim_meta_get(&there, differs) : NULL;
    const char *is = differs ? sim_meta_get(inputs, differs) : NULL;
    if (differs && was && is && strlen(was) < 80 && strlen(is) < 80)
        code = sim_error_set(error, SIM_ERROR_MISMATCH,
            "%.300s is a result of another batch: its %.60s is '%s' there and '%s' now", path, differs, was,
            is);
    else if (differs)
        code = sim_error_set(error, SIM_ERROR_MISMATCH,
            "%.300s is a result of another batch: its %.60s is not that of this one", path, differs);
    sim_meta_free(&there);
    return code;
}

int32_t cli_kept_why(const char *message)
{
    const char *end = strstr(message, "; replay: ");
    return (int32_t)(end ? end - message : (ptrdiff_t)strlen(message));
}

static bool read_hex(const char *text, uint8_t out[SIM_DIGEST_BYTES])
{
    for (int32_t i = 0; i < SIM_DIGEST_BYTES; i++) {
        unsigned byte;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1)
            return false;
        out[i] = (uint8_t)byte;
    }
    return true;
}

static int find_in_result(struct cli_kept *self, int32_t point, int32_t arm, int32_t replicate,
    struct cli_kept_row *out, struct sim_error *error)
{
    int64_t at = ((int64_t)point * self->n_arms + arm) * self->n_replicates + replicate;
    out->status = (int32_t)self->status.numbers[at];
    out->is_present = out->status != SIM_ERROR_MISSING;
    snprintf(out->message, sizeof out->message, "%s", self->messages.texts[at]);
    if (out->is_present && (strlen(self->digests.texts[at]) != SIM_DIGEST_TEXT - 1 ||
                               !read_hex(self->digests.texts[at], out->digest)))
        return sim_error_set(error, SIM_ERROR_FORMAT, "%.300s: the row's digest is damaged", self->path);
    return 0;
}

static int find_in_parts(const struct cli_kept *self, const char *directory, const struct county_study *study,
    const int32_t row[3], struct cli_kept_row *out, struct sim_error *error)
{
    struct sim_parts parts = {0};
    const struct sim_parts_shape shape = {.output = county_study_output(study),
        .meta = self->meta,
        .version = self->version,
        .n_points = self->n_points,
        .n_arms = self->n_arms,
        .n_replicates = self->n_replicates,
        .arms = self->arms};
    int code = sim_parts_open(&parts, directory, &shape, SIM_PARTS_READ, error);
    const struct sim_parts_row *found = code == 0 ? sim_parts_find(&parts, row[0], row[1], row[2]) : NULL;
    if (found) {
        out->is_present = true;
        out->status = found->status;
        snprintf(out->message, sizeof out->message, "%s", found->message);
        memcpy(out->digest, found->digest, SIM_DIGEST_BYTES);
    }
    sim_parts_close(&parts);
    return code;
}

int cli_kept_find(struct cli_kept *self, const struct county_study *study, int32_t point, int32_t arm,
    int32_t replicate, struct cli_kept_row *out, struct sim_error *error)
{
    const int32_t row[3] = {point, arm, replicate};
    *out = (struct cli_kept_row){0};
    if (self->kind == CLI_KEPT_RESULT)
        return find_in_result(self, point, arm, replicate, out, error);
    if (self->kind == CLI_KEPT_PARTS)
        return find_in_parts(self, self->directory, study, row, out, error);
    int code = 0;
    for (int32_t i = 0; i < self->n_slices && code == 0 && !out->is_present; i++)
        code = find_in_parts(self, self->slices[i].path, study, row, out, error);
    return code;
}
