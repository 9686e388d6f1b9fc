#include <stdlib.h>
#include <string.h>

#include "models/county/read.h"
#include "sim/time/calendar.h"

/* Lines. */

static const char *const line_keys[] = {"name", "value", "source", "note"};

int read_lines(const struct sim_node *list, struct sim_reader *reader, struct experiment *out)
{
    int32_t before = reader->diag->n_reported;
    if (!list) {
        sim_diag_error(reader->diag, (struct sim_place){out->path, 0, 0, 0},
            "'lines' is missing; expected a list of poverty lines, as in '- {name: national, value: 2855 "
            "CNY/person/year, source: ...}'");
        return SIM_ERROR_INPUT;
    }
    if (!sim_read_kind(reader, list, "lines", SIM_NODE_LIST))
        return SIM_ERROR_INPUT;
    if (list->n < 1 || list->n > LINES_MAX)
        sim_diag_error(reader->diag, list->place, "lines: %d of them; expected 1 to %d", list->n, LINES_MAX);
    for (int32_t i = 0; i < list->n && i < LINES_MAX; i++) {
        const struct sim_node *item = list->items[i];
        struct poverty_line *line = &out->lines[out->n_lines++];
        char what[100];
        snprintf(what, sizeof(what), "lines[%d]", i);
        *line = (struct poverty_line){"", "", 0};
        sim_read_keys(reader, item, what, line_keys, SIM_COUNT(line_keys));
        for (int32_t k = 0; item->kind == SIM_NODE_MAP && k < 3; k++)
            if (!sim_node_get(item, line_keys[k]))
                sim_diag_error(reader->diag, item->place, "%s: '%s' is missing", what, line_keys[k]);
        const struct sim_node *name = sim_node_get(item, "name"), *value = sim_node_get(item, "value"),
                              *source = sim_node_get(item, "source");
        if (name)
            sim_read_text(reader, name, what, &line->name);
        if (source)
            sim_read_text(reader, source, what, &line->source);
        if (value && sim_read_real(reader, value, what, "CNY/person/year", 0.01, 1e7, &line->fen_per_year))
            line->fen_per_year *= 100;
        for (int32_t k = 0; k < i; k++)
            if (name && strcmp(out->lines[k].name, line->name) == 0)
                sim_diag_error(reader->diag, name->place, "%s: '%s' stands there already", what, line->name);
    }
    return reader->diag->n_reported > before ? SIM_ERROR_INPUT : 0;
}

/* Published figures: claims.csv, of whose columns those below are used. */

enum column {
    COLUMN_ID,
    COLUMN_SYSTEM,
    COLUMN_SOURCE,
    COLUMN_PLACE,
    COLUMN_YEAR,
    COLUMN_ROLE,
    COLUMN_QUANTITY,
    COLUMN_VALUE,
    COLUMN_UNIT,
    COLUMN_NOTE,
    COLUMNS
};

struct published {
    const char *fields[COLUMNS];
};

struct published_list {
    const char *path;
    struct published *rows;
    int32_t n;
    const char **ids;
};

static char *read_text_file(const char *path, struct sim_reader *reader)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *text = NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        long n = ftell(file);
        rewind(file);
        if (n >= 0 && n < 4 << 20)
            text = read_alloc(reader, n + 1, (struct sim_place){path, 0, 0, 0});
        if (text && fread(text, 1, (size_t)n, file) != (size_t)n)
            text = NULL;
    }
    fclose(file);
    return text;
}

static int32_t count_lines(const char *text)
{
    int32_t n = 1;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static bool read_published(
    struct published_list *self, const struct sim_node *list, struct sim_reader *reader)
{
    char *text = read_text_file(self->path, reader);
    if (!text) {
        sim_diag_error(
            reader->diag, list->place, "claims: cannot read the published figures in '%s'", self->path);
        return false;
    }
    int32_t lines = count_lines(text);
    self->rows = read_alloc(reader, (int64_t)sizeof(*self->rows) * lines, list->place);
    self->ids = read_alloc(reader, (int64_t)sizeof(*self->ids) * lines, list->place);
    if (!self->rows || !self->ids)
        return false;
    int32_t number = 0;
    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        number++;
        if (number == 1 || !*line)
            continue;
        int32_t n_fields = read_fields(line, self->rows[self->n].fields, NULL, COLUMNS);
        if (n_fields != COLUMNS) {
            sim_diag_error(reader->diag, (struct sim_place){self->path, number, 1, 0},
                "%sexpected %d fields separated by commas",
                n_fields < 0 ? "a quote is never closed in this line; " : "", COLUMNS);
            continue;
        }
        self->ids[self->n] = self->rows[self->n].fields[COLUMN_ID];
        self->n++;
    }
    return true;
}

static const char *const claim_keys[] = {"id", "variable", "year", "unit", "scale", "note"};

static void read_published_value(const struct published *row, const struct sim_node *item, const char *unit,
    struct sim_reader *reader, struct claim *claim)
{
    const char *text = row->fields[COLUMN_VALUE], *of = row->fields[COLUMN_UNIT];
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end) {
        sim_diag_error(reader->diag, item->place, "claims.%s: its published value '%s' is not a number",
            claim->id, text);
        return;
    }
    claim->published = value;
    claim->unit = of;
    if (!unit || strcmp(unit, of) == 0)
        return;
    double factor = sim_units_factor(reader->units, of, unit);
    if (factor == 0)
        sim_diag_error(reader->diag, sim_node_get(item, "unit")->place,
            "claims.%s.unit: '%s' is published in '%s', which is not a '%s'", claim->id,
            row->fields[COLUMN_QUANTITY], of, unit);
    claim->published = value * factor;
    claim->unit = unit;
}

static void read_claim(const struct sim_node *item, int32_t number, const struct published_list *published,
    struct sim_reader *reader, struct experiment *out)
{
    struct claim *claim = &out->claims[out->n_claims];
    char what[100];
    snprintf(what, sizeof(what), "claims[%d]", number);
    *claim = (struct claim){.scale = 1, .note = ""};
    sim_read_keys(reader, item, what, claim_keys, SIM_COUNT(claim_keys));
    const struct sim_node *id = sim_node_get(item, "id"), *variable = sim_node_get(item, "variable"),
                          *year = sim_node_get(item, "year"), *unit = sim_node_get(item, "unit"),
                          *scale = sim_node_get(item, "scale"), *note = sim_node_get(item, "note");
    if (item->kind == SIM_NODE_MAP && (!id || !variable))
        sim_diag_error(reader->diag, item->place, "%s: '%s' is missing", what, id ? "variable" : "id");
    if (!id || !variable || !sim_read_text(reader, id, what, &claim->id) ||
        !sim_read_text(reader, variable, what, &claim->variable))
        return;
    const char *asked = NULL;
    int64_t whole = 0;
    snprintf(what, sizeof(what), "claims.%.20s", claim->id);
    if (year && sim_read_integer(reader, year, what, "1", 1600, 9999, &whole))
        claim->year = (int32_t)whole;
    int32_t first = sim_month_year(out->config.from), last = sim_month_year(out->config.to);
    if (claim->year != 0 && out->config.from != 0 && out->config.to != 0 &&
        (claim->year < first || claim->year > last))
        sim_diag_warning(reader->diag, year->place,
            "%s: %d is not a year of the experiment, %d to %d; its simulated value will be missing", what,
            claim->year, first, last);
    if (unit)
        sim_read_text(reader, unit, what, &asked);
    if (scale)
        sim_read_real(reader, scale, what, "1", -1e12, 1e12, &claim->scale);
    if (note)
        sim_read_text(reader, note, what, &claim->note);
    int32_t row =
        read_find(reader, claim->id, id->place, "claims", (const char *const *)published->ids, published->n);
    if (row < 0)
        return;
    const struct published *from = &published->rows[row];
    claim->quantity = from->fields[COLUMN_QUANTITY];
    claim->system = from->fields[COLUMN_SYSTEM];
    claim->place = from->fields[COLUMN_PLACE];
    claim->role = from->fields[COLUMN_ROLE];
    read_published_value(from, item, asked, reader, claim);
    out->claim_places[out->n_claims++] = variable->place;
}

int read_claims(
    const struct sim_node *list, const char *root, struct sim_reader *reader, struct experiment *out)
{
    int32_t before = reader->diag->n_reported;
    if (!list || !sim_read_kind(reader, list, "claims", SIM_NODE_LIST) || list->n == 0)
        return reader->diag->n_reported > before ? SIM_ERROR_INPUT : 0;
    char path[4096];
    snprintf(path, sizeof(path), "%s/claims.csv", root);
    struct published_list published = {.path = sim_arena_text(reader->arena, path, (int64_t)strlen(path))};
    out->claims = read_alloc(reader, (int64_t)sizeof(*out->claims) * list->n, list->place);
    out->claim_places = read_alloc(reader, (int64_t)sizeof(*out->claim_places) * list->n, list->place);
    if (!published.path || !out->claims || !out->claim_places || !read_published(&published, list, reader))
        return SIM_ERROR_INPUT;
    out->files[out->n_files++] = published.path;
    for (int32_t i = 0; i < list->n; i++)
        read_claim(list->items[i], i, &published, reader, out);
    return reader->diag->n_reported > before ? SIM_ERROR_INPUT : 0;
}
