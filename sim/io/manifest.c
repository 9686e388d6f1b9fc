#include "sim/io/manifest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/io/utf8.h"

int sim_manifest_make(const struct sim_parts_shape *shape, struct sim_arena *arena, char **text, int64_t *n,
    struct sim_error *error)
{
    char *buffer = NULL, hex[SIM_DIGEST_TEXT];
    size_t size = 0;
    uint8_t digest[SIM_DIGEST_BYTES];
    FILE *out = open_memstream(&buffer, &size);
    if (out == NULL)
        return sim_error_set(error, SIM_ERROR_MEMORY, "the manifest of the parts: out of memory");
    sim_output_digest(shape->output, digest);
    sim_digest_text(digest, hex);
    fprintf(out, "pamir parts 1\nversion %s\noutput %s\npoints %" PRId32 "\nreplicates %" PRId32,
        shape->version, hex, shape->n_points, shape->n_replicates);
    fprintf(out, "\narms %" PRId32 "\n", shape->n_arms);
    for (int32_t i = 0; i < shape->n_arms; i++)
        fprintf(out, "%s\n", shape->arms[i]);
    int32_t n_inputs = 0;
    for (int32_t i = 0; i < shape->meta->n; i++)
        n_inputs += shape->meta->entries[i].class == SIM_META_INPUT;
    fprintf(out, "inputs %" PRId32 "\n", n_inputs);
    for (int32_t i = 0; i < shape->meta->n; i++) {
        const struct sim_meta_entry *entry = &shape->meta->entries[i];
        if (entry->class != SIM_META_INPUT)
            continue;
        sim_digest_bytes(entry->text, (int64_t)strlen(entry->text), digest);
        sim_digest_text(digest, hex);
        fprintf(out, "%s %zu %s\n%s\n", entry->name, strlen(entry->text), hex, entry->text);
    }
    bool good = fflush(out) == 0;
    if (good) {
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
        "with, or "
        "remove it",
        where, what, was, is);
}

static int differ_in_input(
    const char *where, const char *name, struct span old, struct span now, struct sim_error *error)
{
    struct reader a = {old.start, old.start + old.n}, b = {now.start, now.start + now.n};
    for (int64_t line = 1;; line++) {
        struct span x = next_line(&a), y = next_line(&b);
        if (!same(x, y)) {
            char what[128];
            snprintf(what, sizeof what, "line %" PRId64 " of input '%.60s'", line, name);
            return differ(where, what, x, y, error);
        }
        if (a.at == a.end && b.at == b.end) /* they differ in the newline at the end */
            return differ(where, name, old, now, error);
    }
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

/* Whether the checksum at the end is that of what stands before it. */
static bool is_whole(const char *text, int64_t n)
{
    const int64_t tail = 4 + 2 * SIM_DIGEST_BYTES + 1; /* "end " hex newline */
    if (n < tail || memcmp(text + n - tail, "end ", 4) != 0)
        return false;
    uint8_t digest[SIM_DIGEST_BYTES];
    char hex[SIM_DIGEST_TEXT];
    sim_digest_bytes(text, n - tail, digest);
    sim_digest_text(digest, hex);
    return memcmp(text + n - tail + 4, hex, sizeof hex - 1) == 0;
}

int sim_manifest_compare(const char *old, int64_t n_old, const char *now, int64_t n_now, const char *where,
    struct sim_error *error)
{
    if (!is_whole(old, n_old))
        return sim_error_set(error, SIM_ERROR_FORMAT,
            "%.300s/manifest.txt is damaged; nothing says what its rows belong to: remove the directory",
            where);
    if (n_old == n_now && memcmp(old, now, (size_t)n_old) == 0)
        return 0;
    struct reader a = {old, old + n_old}, b = {now, now + n_now};
    struct span heads[2][6];
    for (int i = 0; i < 6; i++) {
        heads[0][i] = next_line(&a);
        heads[1][i] = next_line(&b);
    }
    /* The texts of the inputs say most, so they are compared first; then all that may follow from them. */
    struct reader arms_a = a, arms_b = b;
    for (int side = 0; side < 2; side++) {
        struct reader *reader = side == 0 ? &a : &b;
        long n_arms = strtol(heads[side][5].start + 5, NULL, 10);
        for (long i = 0; i < n_arms; i++)
            next_line(reader);
    }
    struct span count_a = next_line(&a), count_b = next_line(&b);
    long n_a = strtol(count_a.start + 7, NULL, 10), n_b = strtol(count_b.start + 7, NULL, 10);
    for (long i = 0; i < n_a && i < n_b; i++) {
        char name_a[256], name_b[256];
        struct span text_a, text_b;
        if (!next_input(&a, name_a, &text_a) || !next_input(&b, name_b, &text_b))
            return sim_error_set(
                error, SIM_ERROR_FORMAT, "%.300s/manifest.txt: an input cannot be read", where);
        if (strcmp(name_a, name_b) != 0)
            return differ(where, "an input", (struct span){name_a, (int64_t)strlen(name_a)},
                (struct span){name_b, (int64_t)strlen(name_b)}, error);
        if (!same(text_a, text_b))
            return differ_in_input(where, name_a, text_a, text_b, error);
    }
    if (!same(count_a, count_b))
        return differ(where, "the number of inputs", count_a, count_b, error);
    static const char *const names[] = {"the format", "the version of pamir", "the shape of the output",
        "the number of points", "the number of replicates", "the number of arms"};
    static const int order[] = {4, 5, 3, 1, 0, 2};
    for (int i = 0; i < 6; i++) {
        if (!same(heads[0][order[i]], heads[1][order[i]]))
            return differ(where, names[order[i]], heads[0][order[i]], heads[1][order[i]], error);
        if (order[i] == 5)
            for (long arm = strtol(heads[0][5].start + 5, NULL, 10); arm > 0; arm--) {
                struct span x = next_line(&arms_a), y = next_line(&arms_b);
                if (!same(x, y))
                    return differ(where, "an arm", x, y, error);
            }
    }
    return sim_error_set(error, SIM_ERROR_MISMATCH, "%.300s belongs to another batch: remove it", where);
}
