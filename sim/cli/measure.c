#include "sim/cli/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/cli/json.h"
#include "sim/cli/texttable.h"
#include "sim/data/statistics.h"
#include "sim/io/file.h"
#include "sim/io/provenance.h"

#define PAGE 120

/* Values. */

void cli_measures_free(struct cli_measures *self)
{
    free(self->items);
    *self = (struct cli_measures){0};
}

void cli_measure_parameter(struct cli_measure_key *key, const char *name, double value, const char *text)
{
    for (int32_t i = 0; i < CLI_MEASURE_PARAMETERS; i++)
        if (!key->parameters[i].name) {
            key->parameters[i].name = name;
            key->parameters[i].value = value;
            key->parameters[i].text = text;
            return;
        }
}

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_same(const struct cli_measure_key *a, const struct cli_measure_key *b)
{
    bool same = strcmp(a->part, b->part) == 0 && strcmp(a->name, b->name) == 0 &&
                strcmp(a->unit, b->unit) == 0 && a->n_threads == b->n_threads;
    for (int32_t i = 0; same && i < CLI_MEASURE_PARAMETERS; i++)
        same = is_same_text(a->parameters[i].name, b->parameters[i].name) &&
               is_same_text(a->parameters[i].text, b->parameters[i].text) &&
               a->parameters[i].value == b->parameters[i].value;
    return same;
}

static struct cli_measure *find_or_add(struct cli_measures *self, const struct cli_measure_key *key)
{
    for (int32_t i = 0; i < self->n; i++)
        if (is_same(&self->items[i].key, key))
            return &self->items[i];
    if (self->n == self->capacity) {
        int32_t capacity = self->capacity ? 2 * self->capacity : 32;
        struct cli_measure *items = realloc(self->items, (size_t)capacity * sizeof(*items));
        if (!items) {
            self->is_lost = true;
            return NULL;
        }
        self->items = items;
        self->capacity = capacity;
    }
    self->items[self->n] = (struct cli_measure){.key = *key};
    return &self->items[self->n++];
}

void cli_measures_note(struct cli_measures *self, const struct cli_measure_key *key, double value)
{
    struct cli_measure *measure = find_or_add(self, key);
    if (measure && measure->n < CLI_MEASURE_RUNS)
        measure->values[measure->n++] = value;
}

struct cli_spread cli_measure_spread(const struct cli_measure *self)
{
    double sorted[CLI_MEASURE_RUNS];
    if (self->n == 0)
        return (struct cli_spread){NAN, NAN, NAN};
    memcpy(sorted, self->values, (size_t)self->n * sizeof(*sorted));
    double median = sim_statistics_quantile(sorted, self->n, 0.5);
    return (struct cli_spread){median, sorted[0], sorted[self->n - 1]};
}

/* Text. */

/* Three figures and more, never more decimals than they need. */
static void number_text(double x, char out[CLI_CELL])
{
    double size = fabs(x);
    cli_table_number(x, size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 4, false, out);
}

/* "hold, entities 1,000" */
static void label_row(struct cli_table *table, int32_t row, const struct cli_measure_key *key)
{
    char label[CLI_LABEL], value[CLI_CELL];
    cli_table_number(key->parameters[0].value, 0, false, value);
    if (key->parameters[0].name)
        snprintf(label, sizeof(label), "  %s, %s %s", key->name, key->parameters[0].name, value);
    else
        snprintf(label, sizeof(label), "  %s", key->name);
    cli_table_row(table, row, "%s", label);
}

void cli_measures_print(const struct cli_measures *self, const char *part, FILE *out)
{
    static const char *const columns[] = {"threads", "median", "least", "most", "runs", "unit"};
    struct cli_table table;
    int32_t row = 0, n = 0;
    for (int32_t i = 0; i < self->n; i++)
        n += strcmp(self->items[i].key.part, part) == 0;
    if (n == 0)
        return;
    if (!cli_table_init(&table, n, SIM_COUNT(columns))) {
        cli_table_free(&table);
        fprintf(out, "%s: out of memory\n", part);
        return;
    }
    for (int32_t i = 0; i < SIM_COUNT(columns); i++)
        cli_table_column(&table, i, columns[i]);
    for (int32_t i = 0; i < self->n; i++) {
        const struct cli_measure *measure = &self->items[i];
        if (strcmp(measure->key.part, part) != 0)
            continue;
        struct cli_spread spread = cli_measure_spread(measure);
        double figures[] = {spread.median, spread.min, spread.max};
        label_row(&table, row, &measure->key);
        cli_table_set(&table, row, 0, "%d", measure->key.n_threads);
        for (int32_t k = 0; k < SIM_COUNT(figures); k++) {
            char text[CLI_CELL];
            number_text(figures[k], text);
            cli_table_set(&table, row, 1 + k, "%s", text);
        }
        cli_table_set(&table, row, 4, "%d", measure->n);
        cli_table_set(&table, row, 5, "%s", measure->key.unit);
        row++;
    }
    cli_table_print(&table, part, PAGE, out);
    cli_table_free(&table);
}

/* The machine. */

/* A line of a file of the system, without its end; "" when there is none. */
static void read_line(const char *path, char *out, int size)
{
    FILE *file = fopen(path, "re");
    out[0] = '\0';
    if (file && fgets(out, size, file))
        out[strcspn(out, "\n")] = '\0';
    if (file)
        fclose(file);
}

/* "L1 Data 32K, L2 Unified 1024K", as the kernel tells it: the C library's sysconf may say ten times as much.
 */
static void caches_text(char *out, size_t size)
{
    size_t at = 0;
    out[0] = '\0';
    for (int32_t i = 0; i < 8 && at < size; i++) {
        static const char *const files[] = {"level", "type", "size"};
        char words[SIM_COUNT(files)][32];
        for (int32_t k = 0; k < SIM_COUNT(files); k++) {
            char path[100];
            snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu0/cache/index%d/%s", i, files[k]);
            read_line(path, words[k], (int)sizeof(words[k]));
        }
        if (words[0][0] && strcmp(words[1], "Instruction") != 0)
            at += (size_t)snprintf(out + at, size - at, "%sL%s %s", at ? ", " : "", words[0], words[2]);
    }
    if (at == 0)
        snprintf(out, size, "unknown");
}

/* Calls `put` for each line of the description: name and text. */
static int describe(int argc, char *const *argv, void (*put)(void *user, const char *name, const char *text),
    void *user, struct sim_error *error)
{
    static const char *const names[] = {"version", "compiler", "machine", "system", "started", "command"};
    char text[256];
    struct sim_meta meta;
    sim_meta_init(&meta);
    int code = sim_provenance_add(&meta, argc, argv, error);
    for (int32_t i = 0; code == 0 && i < SIM_COUNT(names); i++)
        if (sim_meta_get(&meta, names[i]))
            put(user, names[i], sim_meta_get(&meta, names[i]));
    sim_meta_free(&meta);
    put(user, "flags", PAMIR_FLAGS);
    caches_text(text, sizeof(text));
    put(user, "caches", text);
    double bytes = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    snprintf(text, sizeof(text), "%.1f GiB", bytes / (1 << 30));
    put(user, "memory", text);
    return code;
}

static void put_line(void *user, const char *name, const char *text)
{
    fprintf(user, "%-9s %s\n", name, text);
}

void cli_measure_machine_print(FILE *out)
{
    struct sim_error error = {0};
    describe(0, NULL, put_line, out, &error);
}

/* JSON. */

static void put_pair(void *user, const char *name, const char *text)
{
    fputs(",\n  ", user);
    cli_json_text(name, user);
    fputs(": ", user);
    cli_json_text(text, user);
}

static void put_measure(FILE *out, const struct cli_measure *measure)
{
    const struct cli_measure_key *key = &measure->key;
    struct cli_spread spread = cli_measure_spread(measure);
    char name[100];
    snprintf(name, sizeof(name), "%s/%s", key->part, key->name);
    fputs("{\"name\": ", out);
    cli_json_text(name, out);
    fputs(", \"parameters\": {", out);
    for (int32_t i = 0; i < CLI_MEASURE_PARAMETERS && key->parameters[i].name; i++) {
        fputs(i ? ", " : "", out);
        cli_json_text(key->parameters[i].name, out);
        fputs(": ", out);
        if (key->parameters[i].text)
            cli_json_text(key->parameters[i].text, out);
        else
            cli_json_number(key->parameters[i].value, out);
    }
    fputs("}, \"unit\": ", out);
    cli_json_text(key->unit, out);
    fprintf(out, ", \"n_threads\": %d, \"runs\": %d, \"median\": ", key->n_threads, measure->n);
    cli_json_number(spread.median, out);
    fputs(", \"min\": ", out);
    cli_json_number(spread.min, out);
    fputs(", \"max\": ", out);
    cli_json_number(spread.max, out);
    fputc('}', out);
}

int cli_measures_write(
    const struct cli_measures *self, const char *path, int argc, char *const *argv, struct sim_error *error)
{
    char *text = NULL;
    size_t n = 0;
    FILE *stream = open_memstream(&text, &n);
    if (!stream)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
    fputs("{\n  \"pamir_bench\": 1", stream);
    int code = describe(argc, argv, put_pair, stream, error);
    if (self->is_stopped)
        fputs(",\n  \"stopped\": true", stream);
    if (self->failed)
        put_pair(stream, "failed", self->failed);
    fputs(",\n  \"measurements\": [", stream);
    for (int32_t i = 0; i < self->n; i++) {
        fputs(i ? ",\n    " : "\n    ", stream);
        put_measure(stream, &self->items[i]);
    }
    fputs("\n  ]\n}\n", stream);
    bool whole = fclose(stream) == 0 && !self->is_lost;
    if (code == 0)
        code = whole ? sim_file_write(path, text, (int64_t)n, error)
                     : sim_error_set(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
    free(text);
    return code;
}
