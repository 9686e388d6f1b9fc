#include "sim/scenario/diag.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_ENTRIES 1000
#define MAX_WORD 64
#define MAX_SHOWN 100 /* columns of a source line */
#define MAX_SOURCE (16 * 1024 * 1024)
#define MAX_COLUMN 10000 /* beyond it, no line is shown: to find the place takes long, and it says little */

enum severity { ERROR, WARNING };

struct sim_diag_entry {
    struct sim_place place;
    const char *message;
    enum severity severity;
    int32_t file; /* index into files */
    int32_t order;
};

void sim_diag_init(struct sim_diag *self)
{
    memset(self, 0, sizeof(*self));
    sim_arena_init(&self->arena);
}

void sim_diag_free(struct sim_diag *self)
{
    sim_arena_free(&self->arena);
    free(self->entries);
    free(self->files);
    self->entries = NULL;
    self->files = NULL;
    self->n = self->capacity = self->n_files = self->files_capacity = 0;
}

/* The index of a file, which is added when new; 0 when there is no memory for it: order suffers, no more. */
static int32_t file_index(struct sim_diag *self, const char *file)
{
    for (int32_t i = 0; i < self->n_files; i++)
        if (strcmp(self->files[i], file) == 0)
            return i;
    if (self->n_files == self->files_capacity) {
        int32_t capacity = self->files_capacity ? 2 * self->files_capacity : 8;
        const char **grown = realloc(self->files, (size_t)capacity * sizeof(*grown));
        if (!grown)
            return 0;
        self->files = grown;
        self->files_capacity = capacity;
    }
    const char *copy = sim_arena_text(&self->arena, file, (int64_t)strlen(file));
    if (!copy)
        return 0;
    self->files[self->n_files] = copy;
    return self->n_files++;
}

void sim_diag_add_file(struct sim_diag *self, const char *file)
{
    file_index(self, file);
}

bool sim_diag_is_full(const struct sim_diag *self)
{
    return self->n == MAX_ENTRIES;
}

static bool same_entry(const struct sim_diag_entry *a, int32_t file, struct sim_place place,
    enum severity severity, const char *text)
{
    return a->file == file && a->place.line == place.line && a->place.column == place.column &&
           a->severity == severity && strcmp(a->message, text) == 0;
}

static void add(struct sim_diag *self, enum severity severity, struct sim_place place, const char *format,
    va_list arguments) __attribute__((format(printf, 4, 0)));
static void add(struct sim_diag *self, enum severity severity, struct sim_place place, const char *format,
    va_list arguments)
{
    char text[1000];
    vsnprintf(text, sizeof(text), format, arguments);
    if (!place.file)
        place.file = "";
    int32_t file = file_index(self, place.file);
    for (int32_t i = 0; i < self->n && !sim_diag_is_full(self); i++)
        if (same_entry(&self->entries[i], file, place, severity, text))
            return;
    if (severity == ERROR)
        self->n_errors++;
    else
        self->n_warnings++;
    if (sim_diag_is_full(self))
        return;
    if (self->n == self->capacity) {
        int32_t capacity = self->capacity ? 2 * self->capacity : 16;
        struct sim_diag_entry *grown = realloc(self->entries, (size_t)capacity * sizeof(*grown));
        if (!grown)
            return;
        self->entries = grown;
        self->capacity = capacity;
    }
    const char *copy = sim_arena_text(&self->arena, text, (int64_t)strlen(text));
    if (!copy)
        return;
    if (file < self->n_files)
        place.file = self->files[file];
    self->entries[self->n] = (struct sim_diag_entry){place, copy, severity, file, self->n};
    self->n++;
}

void sim_diag_error(struct sim_diag *self, struct sim_place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    self->n_reported++;
    add(self, ERROR, place, format, arguments);
    va_end(arguments);
}

void sim_diag_warning(struct sim_diag *self, struct sim_place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(self, WARNING, place, format, arguments);
    va_end(arguments);
}

static int by_place(const void *left, const void *right)
{
    const struct sim_diag_entry *a = left, *b = right;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (a->place.line != b->place.line)
        return a->place.line < b->place.line ? -1 : 1;
    if (a->place.column != b->place.column)
        return a->place.column < b->place.column ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* The whole of a regular file, NUL-terminated, or NULL: a pipe cannot be read twice. */
static char *read_source(const char *path, int64_t *length)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > MAX_SOURCE)
        return NULL;
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *bytes = malloc((size_t)status.st_size + 1);
    if (bytes) {
        *length = (int64_t)fread(bytes, 1, (size_t)status.st_size, file);
        bytes[*length] = '\0';
    }
    fclose(file);
    return bytes;
}

/* The text of one file and how far it was looked through: places come sorted. */
struct source {
    char *bytes;
    int64_t n, at; /* at: the start of `line` */
    int32_t line;  /* from 1 */
    int32_t file;  /* -1: none */
};

/* The start and length of a line that is not before the last one asked for; lines are broken as YAML breaks
 * them: LF, CR LF or CR. */
static const char *find_line(struct source *self, int32_t line, int64_t *length)
{
    for (;; self->line++) {
        int64_t end = self->at;
        while (end < self->n && self->bytes[end] != '\n' && self->bytes[end] != '\r')
            end++;
        if (self->line == line) {
            *length = end - self->at;
            return self->bytes + self->at;
        }
        if (end >= self->n)
            return NULL;
        bool two = self->bytes[end] == '\r' && end + 1 < self->n && self->bytes[end + 1] == '\n';
        self->at = end + (two ? 2 : 1);
    }
}

static void open_source(struct source *self, const struct sim_diag_entry *entry)
{
    free(self->bytes);
    *self = (struct source){.line = 1, .file = entry->file};
    self->bytes = read_source(entry->place.file, &self->n);
    if (self->n >= 3 && memcmp(self->bytes, "\xEF\xBB\xBF", 3) == 0)
        self->at = 3; /* a byte order mark takes no column */
}

/* One character of UTF-8: its bytes (at least 1) and code point (-1 when it is broken). */
static int32_t next_character(const unsigned char *text, int64_t n, int32_t *code)
{
    unsigned char first = text[0];
    int32_t length = first < 0x80         ? 1
                     : (first >> 5) == 6  ? 2
                     : (first >> 4) == 14 ? 3
                     : (first >> 3) == 30 ? 4
                                          : 0;
    if (length == 0 || length > n) {
        *code = -1;
        return 1;
    }
    int32_t value = length == 1 ? first : first & (0x7F >> length);
    for (int32_t i = 1; i < length; i++) {
        if ((text[i] & 0xC0) != 0x80) {
            *code = -1;
            return 1;
        }
        value = value << 6 | (text[i] & 0x3F);
    }
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[length] || (value >= 0xD800 && value <= 0xDFFF) || value > 0x10FFFF) {
        *code = -1;
        return 1;
    }
    *code = value;
    return length;
}

/* Columns that a terminal gives a character: 2 for the wide ones of Chinese, Japanese and Korean text. */
static int32_t columns_of(int32_t code)
{
    bool wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
                (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
                (code >= 0xFFE0 && code <= 0xFFE6) || (code >= 0x20000 && code <= 0x3FFFD);
    return wide ? 2 : 1;
}

/* Text from a user's file goes to a terminal: nothing in it may steer the terminal. */
static void print_character(FILE *out, const unsigned char *text, int32_t length, int32_t code)
{
    if (code == '\t')
        fputc(' ', out);
    else if (code < 0 || code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
             (code >= 0x2066 && code <= 0x2069))
        fputc('?', out);
    else
        fwrite(text, 1, (size_t)length, out);
}

static void print_text(FILE *out, const char *text)
{
    int64_t n = (int64_t)strlen(text);
    for (int64_t i = 0; i < n;) {
        int32_t code;
        int32_t length = next_character((const unsigned char *)text + i, n - i, &code);
        print_character(out, (const unsigned char *)text + i, length, code);
        i += length;
    }
}

static void print_source(FILE *out, const char *line, int64_t length, struct sim_place place)
{
    const unsigned char *text = (const unsigned char *)line;
    int32_t first = place.column > MAX_SHOWN - 20 ? place.column - MAX_SHOWN / 2 : 1;
    int32_t column = 1, shown = 0, code;
    int32_t before = 0, under = 0;
    fprintf(out, "%7d | %s", place.line, first > 1 ? "..." : "");
    before += first > 1 ? 3 : 0;
    for (int64_t i = 0; i < length; column++) {
        int32_t bytes = next_character(text + i, length - i, &code);
        if (column >= first) {
            if (shown >= MAX_SHOWN) {
                fputs("...", out);
                break;
            }
            int32_t columns = columns_of(code);
            shown += columns;
            if (column < place.column)
                before += columns;
            else if (column < place.column + place.width)
                under += columns;
            print_character(out, text + i, bytes, code);
        }
        i += bytes;
    }
    fputc('\n', out);
    if (place.column < 1 || place.width < 1)
        return;
    fprintf(out, "%7s | %*s", "", before, "");
    for (int32_t i = 0; i < (under > 1 ? under : 1); i++)
        fputc('^', out);
    fputc('\n', out);
}

static void print_place(FILE *out, struct sim_place place)
{
    print_text(out, place.file);
    if (place.line > 0)
        fprintf(out, ":%d:%d", place.line, place.column);
    fputs(*place.file ? ": " : "", out);
}

bool sim_diag_is_error(const struct sim_diag *self, int32_t entry)
{
    return entry >= 0 && entry < self->n && self->entries[entry].severity == ERROR;
}

const char *sim_diag_message(const struct sim_diag *self, int32_t entry)
{
    return entry >= 0 && entry < self->n ? self->entries[entry].message : NULL;
}

static void print_count(FILE *out, int32_t n, const char *word)
{
    fprintf(out, "%d %s%s", n, word, n == 1 ? "" : "s");
}

void sim_diag_print(const struct sim_diag *self, FILE *out)
{
    if (self->n_errors + self->n_warnings == 0)
        return;
    struct sim_diag_entry *sorted = malloc((size_t)(self->n + 1) * sizeof(*sorted));
    if (sorted && self->n)
        memcpy(sorted, self->entries, (size_t)self->n * sizeof(*sorted));
    const struct sim_diag_entry *entries = sorted ? sorted : self->entries;
    if (sorted)
        qsort(sorted, (size_t)self->n, sizeof(*sorted), by_place);
    struct source source = {.file = -1};
    for (int32_t i = 0; i < self->n; i++) {
        const struct sim_diag_entry *entry = &entries[i];
        print_place(out, entry->place);
        fputs(entry->severity == ERROR ? "error: " : "warning: ", out);
        print_text(out, entry->message);
        fputc('\n', out);
        if (entry->place.line < 1 || entry->place.column > MAX_COLUMN)
            continue;
        if (entry->file != source.file)
            open_source(&source, entry);
        int64_t length;
        const char *line = source.bytes && sorted ? find_line(&source, entry->place.line, &length) : NULL;
        if (line)
            print_source(out, line, length, entry->place);
    }
    free(source.bytes);
    free(sorted);
    int32_t left_off = self->n_errors + self->n_warnings - self->n;
    if (left_off > 0)
        fprintf(out, "(%d more are not shown)\n", left_off);
    if (self->n_errors > 0)
        print_count(out, self->n_errors, "error");
    if (self->n_errors > 0 && self->n_warnings > 0)
        fputs(", ", out);
    if (self->n_warnings > 0)
        print_count(out, self->n_warnings, "warning");
    fputc('\n', out);
}

/* Restricted Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions
 * and swaps of neighbours, case folded. */
static int32_t distance(const char *a, int32_t n, const char *b, int32_t m)
{
    int32_t rows[3][MAX_WORD + 1];
    int32_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (int32_t j = 0; j <= m; j++)
        last[j] = j;
    for (int32_t i = 1; i <= n; i++) {
        now[0] = i;
        for (int32_t j = 1; j <= m; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            int32_t best = last[j - 1] + (x != y);
            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                tolower((unsigned char)a[i - 2]) == y && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
        int32_t *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return last[m];
}

const char *sim_diag_nearest(const char *word, const char *const *words, int32_t n)
{
    size_t length = strlen(word);
    if (length == 0 || length > MAX_WORD)
        return NULL;
    int32_t limit = (int32_t)length / 3;
    if (limit < 1)
        limit = 1;
    const char *best = NULL;
    for (int32_t i = 0; i < n; i++) {
        size_t other = strlen(words[i]);
        if (other == 0 || other > MAX_WORD)
            continue;
        int32_t d = distance(word, (int32_t)length, words[i], (int32_t)other);
        if (d <= limit && (d < limit || !best) && d < (int32_t)length) {
            best = words[i];
            limit = d;
        }
        if (d == 0)
            break;
    }
    return best;
}
