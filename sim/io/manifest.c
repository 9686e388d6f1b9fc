#include "sim/io/manifest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/io/utf8.h"

#define FORMAT "pamir parts 2"

/* The digest of a text without the line that begins at `line`. */
static void digest_without(const char *text, int64_t n, int64_t line, uint8_t out[SIM_DIGEST_BYTES])
{
    const char *newline = memchr(text + line, '\n', (size_t)(n - line));
    int64_t after = newline == NULL ? n : newline + 1 - text;
    struct sim_digest digest;
    sim_digest_init(&digest);
    sim_digest_add(&digest, text, line);
    sim_digest_add(&digest, text + after, n - after);
    sim_digest_end(&digest, out);
}

/* Head and arms; returns where the line of the replicates begins. */
static long put_head(FILE *out, const struct sim_parts_shape *shape)
{
    uint8_t digest[SIM_DIGEST_BYTES];
    char hex[SIM_DIGEST_TEXT];
    sim_output_digest(shape->output, digest);
    sim_digest_text(digest, hex);
    fprintf(out, FORMAT "\nversion %s\noutput %" PRId64 " %s\npoints %" PRId32 "\n", shape->version,
        shape->output->row_bytes, hex, shape->n_points);
    long line = ftell(out);
    fprintf(out, "replicates %" PRId32 "\narms %" PRId32 "\n", shape->n_replicates, shape->n_arms);
    for (int32_t i = 0; i < shape->n_arms; i++)
        fprintf(out, "%s\n", shape->arms[i]);
    return line;
}

static void put_inputs(FILE *out, const struct sim_meta *meta)
{
    uint8_t digest[SIM_DIGEST_BYTES];
    char hex[SIM_DIGEST_TEXT];
    int32_t n_inputs = 0;
    for (int32_t i = 0; i < meta->n; i++)
        n_inputs += meta->entries[i].class == SIM_META_INPUT;
    fprintf(out, "inputs %" PRId32 "\n", n_inputs);
    for (int32_t i = 0; i < meta->n; i++) {
        const struct sim_meta_entry *entry = &meta->entries[i];
        if (entry->class != SIM_META_INPUT)
            continue;
        sim_digest_bytes(entry->text, (int64_t)strlen(entry->text), digest);
        sim_digest_text(digest, hex);
        fprintf(out, "%s %zu %s\n%s\n", entry->name, strlen(entry->text), hex, entry->text);
    }
}

int sim_manifest_make(const struct sim_parts_shape *shape, struct sim_arena *arena, char **text, int64_t *n,
    uint8_t identity[SIM_DIGEST_BYTES], struct sim_error *error)
{
    char *buffer = NULL, hex[SIM_DIGEST_TEXT];
    size_t size = 0;
    uint8_t digest[SIM_DIGEST_BYTES];
    FILE *out = open_memstream(&buffer, &size);
    if (out == NULL)
        return sim_error_set(error, SIM_ERROR_MEMORY, "the manifest of the parts: out of memory");
    long line = put_head(out, shape);
    put_inputs(out, shape->meta);
    bool good = fflush(out) == 0;
    if (good) {
        digest_without(buffer, (int64_t)size, line, identity);
        sim_digest_bytes(buffer, (int64_t)size, digest);
        sim_digest_text(digest, hex);
        fprintf(out, "end %s\n", hex);
    }
    good = fclose(out) == 0 && good;
    *text = good ? sim_arena_text(arena, buffer, (int64_t)size) : NULL;
    *n = (int64_t)size;
    free(buffer);
    if (*text == NULL)
        return sim_error_set(error, SIM_ERROR_MEMORY, "the manifest of the parts: out of memory");
    return 0;
}

/* A cursor over lines; the text is not changed. */
struct reader {
    const char *at, *end;
};

struct span {
    const char *start;
    int64_t n;
};

static struct span next_line(struct reader *self)
{
    struct span line = {self->at, 0};
    const char *newline =
        self->at < self->end ? memchr(self->at, '\n', (size_t)(self->end - self->at)) : NULL;
    line.n = (newline == NULL ? self->end : newline) - self->at;
    self->at = newline == NULL ? self->end : newline + 1;
    return line;
}

static bool same(struct span a, struct span b)
{
    return a.n == b.n && memcmp(a.start, b.start, (size_t)a.n) == 0;
}

/* What follows `word` and a blank on the next line, which is copied; false when the line is another. */
static bool next_word(struct reader *self, const char *word, char *out, int64_t size)
{
    struct span line = next_line(self);
    int64_t n = (int64_t)strlen(word);
    if (line.n <= n + 1 || memcmp(line.start, word, (size_t)n) != 0 || line.start[n] != ' ' ||
        line.n - n - 1 >= size)
        return false;
    memcpy(out, line.start + n + 1, (size_t)(line.n - n - 1));
    out[line.n - n - 1] = 0;
    return true;
}

/* A count from `least` on; no more of them can be than the text has bytes when they stand in it. */
static bool next_count(struct reader *self, const char *word, int32_t least, int32_t *out)
{
    char text[32], *end;
    if (!next_word(self, word, text, sizeof text))
        return false;
    long value = strtol(text, &end, 10);
    if (*end != 0 || value < least || value > INT32_MAX)
        return false;
    *out = (int32_t)value;
    return true;
}

/* One input: its name and its text. False at a damaged head. */
static bool next_input(struct reader *self, char name[256], struct span *text)
{
    struct span head = next_line(self);
    char line[400];
    if (head.n >= (int64_t)sizeof line)
        return false;
    memcpy(line, head.start, (size_t)head.n);
    line[head.n] = 0;
    int64_t n = 0;
    if (sscanf(line, "%255s %" SCNd64, name, &n) != 2 || n < 0 || n >= self->end - self->at)
        return false;
    *text = (struct span){self->at, n};
    self->at += n + 1;
    return true;
}

enum { TAIL = 4 + 2 * SIM_DIGEST_BYTES + 1 }; /* "end " hex newline */

/* Whether the checksum at the end is that of what stands before it. */
static bool is_whole(const char *text, int64_t n)
{
    if (n < TAIL || memcmp(text + n - TAIL, "end ", 4) != 0)
        return false;
    uint8_t digest[SIM_DIGEST_BYTES];
    char hex[SIM_DIGEST_TEXT];
    sim_digest_bytes(text, n - TAIL, digest);
    sim_digest_text(digest, hex);
    return memcmp(text + n - TAIL + 4, hex, sizeof hex - 1) == 0 && memchr(text, 0, (size_t)n) == NULL;
}

static int damaged(const char *where, const char *what, struct sim_error *error)
{
    return sim_error_set(error, SIM_ERROR_FORMAT,
        "%.300s/manifest.txt is damaged (%s); nothing says what its rows belong to: restore manifest.txt "
        "from "
        "a copy, or move the directory away to begin anew",
        where, what);
}

static int no_memory(const char *where, struct sim_error *error)
{
    return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s/manifest.txt: out of memory", where);
}

static int parse_head(struct reader *reader, const char *where, struct sim_manifest *out, int64_t *line,
    struct sim_error *error)
{
    char text[256];
    const char *start = reader->at;
    struct span format = next_line(reader);
    if (!same(format, (struct span){FORMAT, (int64_t)strlen(FORMAT)}))
        return sim_error_set(error, SIM_ERROR_MISMATCH,
            "%.200s: its manifest is of another format ('%.*s', and this version of pamir writes '%s'): "
            "finish it with the version that began it, or remove it",
            where, format.n < 40 ? (int)format.n : 40, format.start, FORMAT);
    if (!next_word(reader, "version", text, sizeof text))
        return damaged(where, "version", error);
    out->version = sim_arena_text(&out->arena, text, (int64_t)strlen(text));
    if (out->version == NULL)
        return no_memory(where, error);
    if (!next_word(reader, "output", text, sizeof text) ||
        sscanf(text, "%" SCNd64 " %64s", &out->row_bytes, out->output) != 2 || out->row_bytes < 0)
        return damaged(where, "output", error);
    if (!next_count(reader, "points", 1, &out->n_points))
        return damaged(where, "points", error);
    *line = reader->at - start;
    if (!next_count(reader, "replicates", 1, &out->n_replicates))
        return damaged(where, "replicates", error);
    if (!next_count(reader, "arms", 1, &out->n_arms) || out->n_arms > reader->end - reader->at)
        return damaged(where, "arms", error);
    return 0;
}

int sim_manifest_parse(
    const char *text, int64_t n, const char *where, struct sim_manifest *out, struct sim_error *error)
{
    *out = (struct sim_manifest){0};
    sim_arena_init(&out->arena);
    sim_meta_init(&out->meta);
    if (!is_whole(text, n))
        return damaged(where, "its checksum does not agree", error);
    struct reader reader = {text, text + n - TAIL};
    int64_t line = 0;
    int code = parse_head(&reader, where, out, &line, error);
    if (code < 0)
        return code;
    digest_without(text, n - TAIL, line, out->identity);
    out->arms = sim_arena_alloc(&out->arena, out->n_arms * (int64_t)sizeof *out->arms);
    if (out->arms == NULL)
        return no_memory(where, error);
    for (int32_t i = 0; i < out->n_arms; i++) {
        struct span arm = next_line(&reader);
        if ((out->arms[i] = sim_arena_text(&out->arena, arm.start, arm.n)) == NULL)
            return no_memory(where, error);
    }
    int32_t n_inputs;
    if (!next_count(&reader, "inputs", 0, &n_inputs))
        return damaged(where, "inputs", error);
    for (int32_t i = 0; i < n_inputs; i++) {
        char name[256];
        struct span input;
        if (!next_input(&reader, name, &input))
            return damaged(where, "an input", error);
        char *copy = sim_arena_text(&out->arena, input.start, input.n);
        if (copy == NULL)
            return no_memory(where, error);
        if ((code = sim_meta_set(&out->meta, SIM_META_INPUT, name, copy, "", error)) < 0)
            return code;
    }
    return 0;
}

int sim_manifest_read(const char *path, struct sim_manifest *out, struct sim_error *error)
{
    struct sim_arena arena;
    char *text, where[SIM_FILE_PATH];
    int64_t n;
    *out = (struct sim_manifest){0};
    sim_arena_init(&arena);
    int code = sim_file_directory(path, where, error);
    if (code == 0)
        code = sim_file_read(path, &arena, &text, &n, error);
    if (code == 0)
        code = sim_manifest_parse(text, n, where, out, error);
    sim_arena_free(&arena);
    return code;
}

void sim_manifest_free(struct sim_manifest *self)
{
    sim_meta_free(&self->meta);
    sim_arena_free(&self->arena);
    *self = (struct sim_manifest){0};
}

/* The span as a short text for a message. */
static void show(struct span span, char out[96])
{
    int n = span.n < 80 ? (int)span.n : 80;
    memcpy(out, span.start, (size_t)n);
    out[n] = 0;
    sim_utf8_mend(out);
    if (span.n > n)
        memcpy(out + n, "...", 4);
}

static int differ(
    const char *where, const char *what, struct span old, struct span now, struct sim_error *error)
{
    char was[96], is[96];
    show(old, was);
    show(now, is);
    return sim_error_set(error, SIM_ERROR_MISMATCH,
        "%.120s belongs to another batch: %.80s was '%s' there and is '%s' now; give the inputs it was begun "
        "with, or remove it",
        where, what, was, is);
}

static int differ_in_text(
    const char *where, const char *what, const char *old, const char *now, struct sim_error *error)
{
    return differ(where, what, (struct span){old, (int64_t)strlen(old)},
        (struct span){now, (int64_t)strlen(now)}, error);
}

static int differ_in_number(
    const char *where, const char *what, int64_t old, int64_t now, struct sim_error *error)
{
    char was[32], is[32];
    snprintf(was, sizeof was, "%" PRId64, old);
    snprintf(is, sizeof is, "%" PRId64, now);
    return differ_in_text(where, what, was, is, error);
}

/* The first line that differs; of lines that are no comments, where one does: a comment over a file that says
 * how long it is tells less than what was changed in it. */
static int differ_in_input(
    const char *where, const char *name, const char *old, const char *now, struct sim_error *error)
{
    struct reader a = {old, old + strlen(old)}, b = {now, now + strlen(now)};
    struct span was = {0}, is = {0};
    int64_t at = 0;
    for (int64_t line = 1; a.at < a.end || b.at < b.end; line++) {
        struct span x = next_line(&a), y = next_line(&b);
        bool is_comment = x.n > 0 && y.n > 0 && x.start[0] == '#' && y.start[0] == '#';
        if (same(x, y) || (at > 0 && is_comment))
            continue;
        was = x;
        is = y;
        at = line;
        if (!is_comment)
            break;
    }
    if (at == 0) /* they differ in the newline at the end */
        return differ_in_text(where, name, old, now, error);
    char what[128];
    snprintf(what, sizeof what, "line %" PRId64 " of input '%.60s'", at, name);
    return differ(where, what, was, is, error);
}

int sim_manifest_compare(const struct sim_manifest *old, const struct sim_manifest *now, const char *where,
    struct sim_error *error)
{
    if (memcmp(old->identity, now->identity, SIM_DIGEST_BYTES) == 0)
        return 0;
    /* Another version's texts and shapes may differ for that reason alone, so it is named first; then the
     * inputs, which say most; then all that may follow from them. */
    if (strcmp(old->version, now->version) != 0)
        return differ_in_text(where, "the version of pamir", old->version, now->version, error);
    for (int32_t i = 0; i < old->meta.n && i < now->meta.n; i++) {
        const struct sim_meta_entry *was = &old->meta.entries[i], *is = &now->meta.entries[i];
        if (strcmp(was->name, is->name) != 0)
            return differ_in_text(where, "an input", was->name, is->name, error);
        if (strcmp(was->text, is->text) != 0)
            return differ_in_input(where, was->name, was->text, is->text, error);
    }
    if (old->meta.n != now->meta.n)
        return differ_in_number(where, "the number of inputs", old->meta.n, now->meta.n, error);
    if (old->n_points != now->n_points)
        return differ_in_number(where, "the number of points", old->n_points, now->n_points, error);
    if (old->n_arms != now->n_arms)
        return differ_in_number(where, "the number of arms", old->n_arms, now->n_arms, error);
    for (int32_t i = 0; i < old->n_arms; i++)
        if (strcmp(old->arms[i], now->arms[i]) != 0)
            return differ_in_text(where, "an arm", old->arms[i], now->arms[i], error);
    return differ_in_text(where, "the shape of the output", old->output, now->output, error);
}
