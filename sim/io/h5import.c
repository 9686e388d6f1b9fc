#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/io/h5.h"
#include "sim/io/h5rows.h"
#include "sim/io/utf8.h"

/* One entry of /meta: its text, sentence and class. What belongs to the file itself (coordinates, tables of
 * rows, the digest) is left out. */
static int take_entry(
    struct sim_h5_file *file, const char *name, struct sim_meta *meta, struct sim_error *error)
{
    const char *text, *sentence, *class;
    int code = sim_h5_read_attribute(file, "meta", name, "class", &class, error);
    if (code < 0 || (strcmp(class, "input") != 0 && strcmp(class, "about") != 0))
        return code;
    if ((code = sim_h5_read_text(file, name, &text, error)) < 0 ||
        (code = sim_h5_read_attribute(file, "meta", name, "long_name", &sentence, error)) < 0)
        return code;
    if (sim_meta_set(meta, class[0] == 'i' ? SIM_META_INPUT : SIM_META_ABOUT, name, text == NULL ? "" : text,
            sentence, error) < 0)
        return error->code == SIM_ERROR_INPUT ? error->code = SIM_ERROR_FORMAT : error->code;
    return 0;
}

static int read_meta(struct sim_h5_file *file, struct sim_meta *meta, struct sim_error *error)
{
    struct sim_h5_names names;
    int code = sim_h5_list_variables(file, "meta", false, &names, error);
    for (int32_t i = 0; i < names.n && code == 0; i++)
        if (strncmp(names.names[i], "row_", 4) != 0)
            code = take_entry(file, names.names[i], meta, error);
    return code;
}

int sim_h5_read_meta(const char *path, struct sim_meta *meta, struct sim_error *error)
{
    struct sim_h5_file file;
    sim_meta_init(meta);
    int code = sim_h5_open(&file, path, error);
    if (code == 0)
        code = read_meta(&file, meta, error);
    sim_h5_close(&file);
    if (code < 0)
        sim_meta_free(meta);
    return code;
}

struct import {
    const char *path;
    struct sim_parts *parts;
};

static int differ(
    const struct import *self, const char *what, const char *there, const char *now, struct sim_error *error)
{
    char was[84], is[84];
    snprintf(was, sizeof was, "%.80s", there);
    snprintf(is, sizeof is, "%.80s", now);
    sim_utf8_mend(was);
    sim_utf8_mend(is);
    return sim_error_set(error, SIM_ERROR_MISMATCH,
        "%.120s holds rows of another batch: %.90s is '%s' there and '%s' now", self->path, what, was, is);
}

static int differ_in_number(
    const struct import *self, const char *what, int64_t there, int64_t now, struct sim_error *error)
{
    char was[24], is[24];
    snprintf(was, sizeof was, "%" PRId64, there);
    snprintf(is, sizeof is, "%" PRId64, now);
    return differ(self, what, was, is, error);
}

/* The next line of a text, cut to what a message takes. */
static const char *next_line(const char *at, char out[84])
{
    size_t n = strcspn(at, "\n");
    snprintf(out, 84, "%.*s", n < 80 ? (int)n : 80, at);
    return at[n] == 0 ? at + n : at + n + 1;
}

static int differ_in_text(
    const struct import *self, const char *name, const char *there, const char *now, struct sim_error *error)
{
    int line = 1;
    for (const char *a = there, *b = now;; line++) {
        char what[96], was[84], is[84];
        size_t n = strcspn(a, "\n");
        bool same = strncmp(a, b, n) == 0 && strcspn(b, "\n") == n;
        snprintf(what, sizeof what, "line %d of input '%.60s'", line, name);
        const char *from_a = a, *from_b = b;
        a = next_line(a, was);
        b = next_line(b, is);
        if (!same)
            return differ(self, what, was, is, error);
        if (*from_a == 0 || *from_b == 0)
            return differ(self, what, "without an end of its line", "with one", error);
    }
}

static int compare_inputs(const struct import *self, const struct sim_meta *there, struct sim_error *error)
{
    const struct sim_meta *now = self->parts->shape.meta;
    int32_t n_there = 0, n_now = 0;
    for (int32_t i = 0; i < there->n; i++)
        n_there += there->entries[i].class == SIM_META_INPUT;
    for (int32_t i = 0; i < now->n; i++) {
        const struct sim_meta_entry *entry = &now->entries[i];
        if (entry->class != SIM_META_INPUT)
            continue;
        n_now++;
        const char *old = sim_meta_get(there, entry->name);
        if (old == NULL)
            return differ(self, "an input", "(none)", entry->name, error);
        if (strcmp(old, entry->text) != 0)
            return differ_in_text(self, entry->name, old, entry->text, error);
    }
    return n_there == n_now ? 0 : differ_in_number(self, "the number of inputs", n_there, n_now, error);
}

/* Names the first variable or constant that the two do not share; a digest alone would say that there is one.
 */
static int compare_outputs(const struct import *self, const struct sim_output *there, struct sim_error *error)
{
    const struct sim_output *now = self->parts->shape.output;
    uint8_t digests[2][SIM_DIGEST_BYTES];
    char a[80], b[80];
    sim_output_digest(there, digests[0]);
    sim_output_digest(now, digests[1]);
    if (memcmp(digests[0], digests[1], SIM_DIGEST_BYTES) == 0)
        return 0;
    if (there->n_variables != now->n_variables)
        return differ_in_number(self, "the number of variables", there->n_variables, now->n_variables, error);
    if (there->n_constants != now->n_constants)
        return differ_in_number(self, "the number of constants", there->n_constants, now->n_constants, error);
    for (int32_t i = 0; i < now->n_variables; i++) {
        const struct sim_variable *x = &there->variables[i], *y = &now->variables[i];
        snprintf(a, sizeof a, "%.20s/%.30s [%" PRId64 "]", x->group, x->name, x->n_values);
        snprintf(b, sizeof b, "%.20s/%.30s [%" PRId64 "]", y->group, y->name, y->n_values);
        if (strcmp(a, b) != 0)
            return differ(self, "a variable", a, b, error);
    }
    return sim_error_set(error, SIM_ERROR_MISMATCH,
        "%.250s holds rows of another batch: a unit, sentence, coordinate or constant of the output differs",
        self->path);
}

static int compare(void *user, struct sim_h5_file *file, const struct sim_output *output,
    const struct sim_h5_report *report, const char *const *arms, struct sim_error *error)
{
    const struct import *self = user;
    const struct sim_parts_shape *shape = &self->parts->shape;
    static const char before[] = "Pamir ";
    const char *source;
    struct sim_meta meta;
    sim_meta_init(&meta);
    int code = sim_h5_read_attribute(file, "", "", "source", &source, error);
    if (code == 0)
        code = read_meta(file, &meta, error);
    if (code < 0)
        goto out;
    source += strncmp(source, before, sizeof before - 1) == 0 ? sizeof before - 1 : 0;
    if (strcmp(source, shape->version) != 0)
        code = differ(self, "the version of pamir", source, shape->version, error);
    else if ((code = compare_inputs(self, &meta, error)) == 0 && report->n_points != shape->n_points)
        code = differ_in_number(self, "the number of points", report->n_points, shape->n_points, error);
    else if (code == 0 && report->n_arms != shape->n_arms)
        code = differ_in_number(self, "the number of arms", report->n_arms, shape->n_arms, error);
    for (int32_t i = 0; i < shape->n_arms && code == 0; i++)
        if (strcmp(arms[i], shape->arms[i]) != 0)
            code = differ(self, "an arm", arms[i], shape->arms[i], error);
    if (code == 0 && report->n_replicates > shape->n_replicates)
        code = sim_error_set(error, SIM_ERROR_MISMATCH,
            "%.250s holds %d replicates, more than the %d of the batch", self->path,
            (int)report->n_replicates, (int)shape->n_replicates);
    if (code == 0)
        code = compare_outputs(self, output, error);
out:
    sim_meta_free(&meta);
    return code;
}

static int append(void *user, const struct sim_parts_row *row, const void *payload, struct sim_error *error)
{
    struct import *self = user;
    const struct sim_parts_row *kept = sim_parts_find(self->parts, row->point, row->arm, row->replicate);
    if (kept == NULL) {
        int code = sim_parts_append(self->parts, row, payload, error);
        if (code < 0)
            return code;
        kept = sim_parts_find(self->parts, row->point, row->arm, row->replicate);
    }
    if (kept == NULL || memcmp(kept->digest, row->digest, SIM_DIGEST_BYTES) != 0)
        return sim_error_set(error, SIM_ERROR_MISMATCH,
            "%.250s: point %d, arm %d, replicate %d differs from the same row of %.100s", self->path,
            (int)row->point, (int)row->arm, (int)row->replicate + 1, self->parts->directory);
    return 0;
}

int sim_h5_import(const char *path, struct sim_parts *parts, struct sim_error *error)
{
    struct import import = {path, parts};
    const struct sim_h5_rows_sink sink = {&import, compare, append};
    struct sim_h5_report report;
    /* All of the file first: nothing of a file that is damaged further on gets into the batch. */
    int code = sim_h5_verify(path, &report, error);
    if (code == 0)
        code = sim_h5_rows_read(path, &report, &sink, error);
    return code < 0 ? code : sim_parts_sync(parts, error);
}
