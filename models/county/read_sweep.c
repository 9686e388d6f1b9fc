#include "models/county/read_sweep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/county/read.h"
#include "sim/core/real.h"
#include "sim/run/design.h"
#include "sim/scenario/input.h"

enum design { GRID, LATIN_HYPERCUBE, SOBOL, TABLE };
static const char design_words[] = "grid|latin_hypercube|sobol|table";
static const char *const sweep_keys[] = {"design", "parameters", "points", "within", "file", "note"};
static const char *const stretch_keys[] = {"from", "to", "scale", "steps"};

/* Where the values of a parameter come from: a list, or a stretch of numbers. */
struct source {
    struct sim_node *const *items; /* of a list */
    double *item_numbers;
    int32_t n_items; /* 0: a stretch */
    double from, to; /* in the unit of the parameter */
    bool is_log;
    int32_t n_levels; /* of a grid */
    bool is_rounded;
    struct sim_place place;
};

struct reading {
    struct sim_reader *reader;
    struct experiment *experiment;
    struct sweep *sweep;
    struct source *sources; /* [n_params] */
    enum design design;
    struct sim_place place;
    bool is_middle;
    int32_t n_points;
};

/* Values. */

/* The unit of a quantity, as its writer put it: what follows the number. */
static const char *unit_of(const char *text)
{
    const char *at = text + strspn(text, "0123456789+-.eE");
    at += strspn(at, " ");
    return *at ? at : "1";
}

static bool is_number(const struct sim_param *param)
{
    return param->kind == SIM_PARAM_REAL || param->kind == SIM_PARAM_INTEGER;
}

/* How many of the parameter's unit one of `unit` is. */
static double factor_of(struct reading *self, const struct sim_param *param, const char *unit)
{
    return strcmp(unit, param->unit) == 0 ? 1 : sim_units_factor(self->reader->units, unit, param->unit);
}

/* Checks one value against the schema. The number is in the unit of the parameter's first value, which is
 * taken from this one where `is_first`. */
static bool read_value(struct reading *self, struct sweep_param *param, const struct sim_node *node,
    bool is_first, double *number)
{
    struct sim_reader *reader = self->reader;
    const struct sim_param *of = param->of;
    char what[250];
    int32_t month, word;
    int64_t whole;
    bool flag;
    const char *text;
    snprintf(what, sizeof(what), "sweep.%.230s", param->path);
    *number = NAN;
    if (node->kind != SIM_NODE_SCALAR)
        return sim_read_kind(reader, node, what, SIM_NODE_SCALAR);
    switch (of->kind) {
    case SIM_PARAM_MONTH:
        return sim_read_month(reader, node, what, &month);
    case SIM_PARAM_SWITCH:
        return sim_read_switch(reader, node, what, of->unit, &word);
    case SIM_PARAM_FLAG:
        return sim_read_flag(reader, node, what, &flag);
    case SIM_PARAM_TEXT:
        return sim_read_text(reader, node, what, &text);
    case SIM_PARAM_INTEGER:
        if (!sim_read_integer(reader, node, what, of->unit, of->min, of->max, &whole))
            return false;
        *number = (double)whole;
        break;
    case SIM_PARAM_REAL:
        if (!sim_read_real(reader, node, what, of->unit, of->min, of->max, number))
            return false;
        break;
    }
    const char *unit = unit_of(node->text);
    if (is_first)
        param->unit = unit;
    *number = strcmp(unit, param->unit) == 0 ? strtod(node->text, NULL)
                                             : *number / factor_of(self, of, param->unit);
    return true;
}

static struct sim_node *make_value(struct reading *self, const char *text, struct sim_place place)
{
    struct sim_node *node = read_alloc(self->reader, (int64_t)sizeof(*node), place);
    const char *copy = sim_arena_text(self->reader->arena, text, (int64_t)strlen(text));
    if (!node || !copy)
        return NULL;
    *node = (struct sim_node){.kind = SIM_NODE_SCALAR, .place = place, .text = copy};
    return node;
}

/* A number of a stretch, u of the way along it, as a person would write it: what is computed with is what is
 * told, to the last digit. */
static struct sim_node *make_number(
    struct reading *self, const struct sweep_param *param, struct source *source, double u, double *number)
{
    double value = source->from + u * (source->to - source->from);
    char text[200];
    if (source->is_log)
        value = sim_real_exp(
            sim_real_log(source->from) + u * (sim_real_log(source->to) - sim_real_log(source->from)));
    if (u == 0 || u == 1)
        value = u == 0 ? source->from : source->to;
    bool is_one = strcmp(param->unit, "1") == 0;
    int digits = 12;
    if (param->of->kind == SIM_PARAM_INTEGER) {
        double factor = factor_of(self, param->of, param->unit), whole = round(value * factor);
        /* A coin or a square metre more or less is nothing to speak of; a household is. */
        source->is_rounded = source->is_rounded || fabs(value * factor - whole) > 1e-6 * fabs(whole);
        value = whole / factor;
        digits = 17;
    }
    for (int n = 6; n <= digits; n++) {
        snprintf(text, sizeof(text), "%.*g", n, value);
        if (strtod(text, NULL) == value)
            break;
    }
    if (value == round(value) && fabs(value) < 1e15)
        snprintf(text, sizeof(text), "%.0f", value);
    *number = strtod(text, NULL);
    size_t used = strlen(text);
    if (!is_one)
        snprintf(text + used, sizeof(text) - used, " %.150s", param->unit);
    return make_value(self, text, source->place);
}

/* Parameters. */

/* Equal values of a list make points that are equal to one another. More values than points are refused
 * elsewhere. */
static void warn_of_equal_values(
    struct reading *self, const struct sweep_param *param, const struct source *source)
{
    for (int32_t i = 1;
         i < source->n_items && source->n_items <= SIM_DESIGN_POINTS && !sim_diag_is_full(self->reader->diag);
         i++)
        for (int32_t k = 0; k < i; k++) {
            bool is_equal = isnan(source->item_numbers[i])
                                ? strcmp(source->items[i]->text, source->items[k]->text) == 0
                                : source->item_numbers[i] == source->item_numbers[k];
            if (is_equal) {
                sim_diag_warning(self->reader->diag, source->items[i]->place,
                    "sweep.%s: '%s' is the value '%s' over again: points are computed twice", param->path,
                    source->items[i]->text, source->items[k]->text);
                break;
            }
        }
}

static bool read_list(
    struct reading *self, const struct sim_node *node, struct sweep_param *param, struct source *out)
{
    bool ok = true;
    if (node->n == 0) {
        sim_diag_error(self->reader->diag, node->place, "sweep.%s: the list is empty", param->path);
        return false;
    }
    out->items = node->items;
    out->n_items = out->n_levels = node->n;
    out->item_numbers = read_alloc(self->reader, (int64_t)sizeof(*out->item_numbers) * node->n, node->place);
    for (int32_t i = 0; i < node->n && out->item_numbers; i++)
        ok = read_value(self, param, node->items[i], i == 0, &out->item_numbers[i]) && ok;
    ok = ok && out->item_numbers;
    if (ok)
        warn_of_equal_values(self, param, out);
    return ok;
}

static bool read_steps(
    struct reading *self, const struct sim_node *node, const struct sweep_param *param, struct source *out)
{
    const struct sim_node *steps = sim_node_get(node, "steps");
    char what[300];
    int64_t n = 0;
    snprintf(what, sizeof(what), "sweep.%.230s.steps", param->path);
    if (self->design == GRID && !steps)
        sim_diag_error(self->reader->diag, node->place,
            "%s is missing: a grid has so many values from 'from' to 'to', both of them included", what);
    else if (self->design != GRID && steps)
        sim_diag_error(self->reader->diag, steps->place,
            "%s: steps are a grid's; this design has so many points as 'points' says", what);
    else if (!steps || sim_read_integer(self->reader, steps, what, "1", 2, SIM_DESIGN_POINTS, &n)) {
        out->n_levels = (int32_t)n;
        return true;
    }
    return false;
}

static bool read_stretch(
    struct reading *self, const struct sim_node *node, struct sweep_param *param, struct source *out)
{
    struct sim_reader *reader = self->reader;
    const struct sim_node *from = sim_node_get(node, "from"), *to = sim_node_get(node, "to"),
                          *scale = sim_node_get(node, "scale");
    char what[300];
    int32_t word = 0;
    snprintf(what, sizeof(what), "sweep.%.230s", param->path);
    bool ok = sim_read_keys(reader, node, what, stretch_keys, SIM_COUNT(stretch_keys));
    if (!is_number(param->of)) {
        sim_diag_error(reader->diag, node->place,
            "%s is no number, so there is nothing between two of its values; expected a list of them", what);
        return false;
    }
    if (!from || !to) {
        sim_diag_error(reader->diag, node->place, "%s: '%s' is missing; expected {from: ..., to: ...}", what,
            from ? "to" : "from");
        return false;
    }
    ok = read_value(self, param, from, true, &out->from) && ok;
    ok = read_value(self, param, to, !ok, &out->to) && ok;
    if (ok && out->from >= out->to) {
        sim_diag_error(reader->diag, to->place, "%s: 'to' is not more than 'from', '%s'", what, from->text);
        ok = false;
    }
    snprintf(what, sizeof(what), "sweep.%.230s.scale", param->path);
    if (scale)
        ok = sim_read_switch(reader, scale, what, "linear|log", &word) && ok;
    out->is_log = word == 1;
    if (ok && out->is_log && out->from <= 0) {
        sim_diag_error(
            reader->diag, from->place, "%s: a log scale has no '%s'; expected more than 0", what, from->text);
        ok = false;
    }
    return read_steps(self, node, param, out) && ok;
}

static bool is_there_already(struct reading *self, const struct sweep_param *param)
{
    for (int32_t i = 0; i < self->sweep->n_params; i++)
        if (strcmp(self->sweep->params[i].path, param->path) == 0) {
            sim_diag_error(self->reader->diag, param->place, "sweep: '%s' stands there already", param->path);
            return true;
        }
    return false;
}

/* Room for n parameters. */
static bool make_params(struct reading *self, int32_t n)
{
    self->sweep->params = read_alloc(self->reader, (int64_t)sizeof(*self->sweep->params) * n, self->place);
    self->sources = read_alloc(self->reader, (int64_t)sizeof(*self->sources) * n, self->place);
    return self->sweep->params && self->sources;
}

static bool read_params(struct reading *self, const struct sim_node *map)
{
    struct sim_reader *reader = self->reader;
    bool ok = true;
    if (!map)
        sim_diag_error(reader->diag, self->place,
            "sweep: 'parameters' is missing; expected a map of paths, as in "
            "'{parameters.livestock.yak.births: "
            "[0.5 1/year, 0.6 1/year]}'");
    if (!map || !sim_read_kind(reader, map, "sweep.parameters", SIM_NODE_MAP) || !make_params(self, map->n))
        return false;
    if (map->n == 0) {
        sim_diag_error(reader->diag, map->place, "sweep.parameters is empty");
        return false;
    }
    for (int32_t i = 0; i < map->n; i++) {
        const struct sim_node *node = map->items[i];
        struct sweep_param *param = &self->sweep->params[self->sweep->n_params];
        struct source *source = &self->sources[self->sweep->n_params];
        if (!read_target(self->experiment, map->keys[i]->text, map->keys[i]->place, reader, param)) {
            ok = false;
            continue;
        }
        source->place = node->place;
        if (node->kind == SIM_NODE_SCALAR) {
            sim_diag_error(reader->diag, node->place,
                "sweep.%s is a single value; expected a list of values or {from: ..., to: ...}", param->path);
            ok = false;
        } else if (node->kind == SIM_NODE_LIST) {
            ok = read_list(self, node, param, source) && ok;
        } else {
            ok = read_stretch(self, node, param, source) && ok;
        }
        self->sweep->n_params++;
    }
    return ok;
}

/* Points. */

static bool make_points(struct reading *self, int32_t n_points)
{
    struct sweep *sweep = self->sweep;
    int64_t n = (int64_t)n_points * sweep->n_params;
    sweep->values = read_alloc(self->reader, (int64_t)sizeof(*sweep->values) * n, self->place);
    sweep->numbers = read_alloc(self->reader, (int64_t)sizeof(*sweep->numbers) * n, self->place);
    sweep->places = read_alloc(self->reader, (int64_t)sizeof(*sweep->places) * n_points, self->place);
    for (int32_t i = 0; sweep->places && i < n_points; i++)
        sweep->places[i] = self->place;
    return sweep->values && sweep->numbers && sweep->places;
}

static bool fill_grid(struct reading *self)
{
    struct sweep *sweep = self->sweep;
    struct sim_error error = {0};
    int64_t bytes = (int64_t)sizeof(int32_t) * sweep->n_params;
    int32_t *levels = read_alloc(self->reader, bytes, self->place),
            *at = read_alloc(self->reader, bytes, self->place);
    for (int32_t k = 0; levels && k < sweep->n_params; k++)
        levels[k] = self->sources[k].n_levels;
    int32_t n = levels && at ? sim_design_grid_points(levels, sweep->n_params, &error) : -1;
    if (n < 0)
        sim_diag_error(self->reader->diag, self->place, "sweep: %s", error.message);
    if (n < 0 || !make_points(self, n))
        return false;
    for (int32_t p = 0; p < n; p++) {
        sim_design_grid(levels, sweep->n_params, p, at);
        for (int32_t k = 0; k < sweep->n_params; k++) {
            struct source *source = &self->sources[k];
            int64_t i = (int64_t)p * sweep->n_params + k;
            double u = levels[k] > 1 ? (double)at[k] / (levels[k] - 1) : 0;
            sweep->numbers[i] = source->n_items ? source->item_numbers[at[k]] : 0;
            sweep->values[i] = source->n_items
                                   ? source->items[at[k]]
                                   : make_number(self, &sweep->params[k], source, u, &sweep->numbers[i]);
            if (!sweep->values[i])
                return false;
        }
    }
    sweep->n_points = n;
    return true;
}

static bool fill_box(struct reading *self)
{
    struct sweep *sweep = self->sweep;
    struct sim_error error = {0};
    int32_t n = self->n_points;
    if (!make_points(self, n))
        return false;
    int code = self->design == SOBOL
                   ? sim_design_sobol(n, sweep->n_params, sweep->numbers, &error)
                   : sim_design_latin_hypercube(n, sweep->n_params, (uint64_t)self->experiment->config.seed,
                         self->is_middle, sweep->numbers, &error);
    if (code < 0) {
        sim_diag_error(self->reader->diag, self->place, "sweep: %s", error.message);
        return false;
    }
    for (int64_t i = 0; i < (int64_t)n * sweep->n_params; i++) {
        int32_t k = (int32_t)(i % sweep->n_params);
        struct source *source = &self->sources[k];
        double u = sweep->numbers[i];
        int32_t item = (int32_t)(u * source->n_items);
        if (source->n_items)
            sweep->numbers[i] = source->item_numbers[item];
        sweep->values[i] = source->n_items
                               ? source->items[item]
                               : make_number(self, &sweep->params[k], source, u, &sweep->numbers[i]);
        if (!sweep->values[i])
            return false;
    }
    sweep->n_points = n;
    return true;
}

static bool read_points_number(struct reading *self, const struct sim_node *node)
{
    const struct sim_node *points = sim_node_get(node, "points"), *within = sim_node_get(node, "within");
    int64_t n = 0;
    int32_t word = 0;
    bool ok = true;
    if (within && self->design != LATIN_HYPERCUBE) {
        sim_diag_error(self->reader->diag, within->place,
            "sweep.within: says where a point of a latin_hypercube lies in its cell; this is none");
        ok = false;
    } else if (within)
        ok = sim_read_switch(self->reader, within, "sweep.within", "uniform|midpoint", &word);
    self->is_middle = word == 1;
    if (self->design == GRID) {
        if (points)
            sim_diag_error(self->reader->diag, points->place,
                "sweep.points: a grid has the points that its parameters make: the product of their lists "
                "and "
                "'steps'");
        return ok && !points;
    }
    if (!points)
        sim_diag_error(self->reader->diag, node->place, "sweep: 'points' is missing; expected how many");
    if (!points || !sim_read_integer(self->reader, points, "sweep.points", "1", 1, SIM_DESIGN_POINTS, &n))
        return false;
    self->n_points = (int32_t)n;
    return ok;
}

static bool read_box(struct reading *self, const struct sim_node *node)
{
    const struct sim_node *file = sim_node_get(node, "file");
    bool ok = read_points_number(self, node);
    if (file)
        sim_diag_error(
            self->reader->diag, file->place, "sweep.file: a file of points is for 'design: table'");
    ok = read_params(self, sim_node_get(node, "parameters")) && ok && !file;
    if (!ok || !(self->design == GRID ? fill_grid(self) : fill_box(self)))
        return false;
    for (int32_t k = 0; k < self->sweep->n_params; k++)
        if (self->sources[k].is_rounded)
            sim_diag_warning(self->reader->diag, self->sources[k].place,
                "sweep.%s is counted in whole numbers: its values are rounded, and points may be alike",
                self->sweep->params[k].path);
    return true;
}

/* Tables. */

/* Takes blanks off both ends of a field. */
static const char *trim(const char *field, int32_t *column)
{
    size_t before = strspn(field, " \t");
    *column += (int32_t)before;
    char *text = (char *)field + before;
    for (size_t n = strlen(text); n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'); n--)
        text[n - 1] = '\0';
    return text;
}

/* The fields of a line; -1 after reporting a quote that never closes. */
static int32_t split_line(struct reading *self, const char *path, char *line, int32_t number,
    const char **fields, int32_t *columns, int32_t most)
{
    int32_t n = read_fields(line, fields, columns, most);
    if (n < 0)
        sim_diag_error(self->reader->diag, (struct sim_place){path, number, 1, 0},
            "a quote is never closed in this line");
    return n;
}

static bool read_header(struct reading *self, const char *path, char *line)
{
    int32_t n = 1;
    for (const char *at = line; *at; at++)
        n += *at == ',';
    const char **fields = read_alloc(self->reader, (int64_t)sizeof(*fields) * n, self->place);
    int32_t *columns = read_alloc(self->reader, (int64_t)sizeof(*columns) * n, self->place);
    bool ok = fields && columns && make_params(self, n);
    n = ok ? split_line(self, path, line, 1, fields, columns, n) : 0;
    ok = ok && n > 0;
    for (int32_t i = 0; i < n; i++) {
        struct sweep_param *param = &self->sweep->params[self->sweep->n_params];
        fields[i] = trim(fields[i], &columns[i]);
        struct sim_place place = {path, 1, columns[i], (int32_t)strlen(fields[i])};
        bool is_good = read_target(self->experiment, fields[i], place, self->reader, param) &&
                       !is_there_already(self, param);
        self->sweep->n_params += is_good;
        ok = ok && is_good;
    }
    return ok;
}

static bool read_line(struct reading *self, const char *path, char *line, int32_t number, int32_t point)
{
    struct sweep *sweep = self->sweep;
    const char **fields = read_alloc(self->reader, (int64_t)sizeof(*fields) * sweep->n_params, self->place);
    int32_t *columns = read_alloc(self->reader, (int64_t)sizeof(*columns) * sweep->n_params, self->place);
    if (!fields || !columns)
        return false;
    int32_t n = split_line(self, path, line, number, fields, columns, sweep->n_params);
    bool ok = true;
    if (n >= 0 && n != sweep->n_params)
        sim_diag_error(self->reader->diag, (struct sim_place){path, number, 1, 0},
            "%s%d %s; expected %d, one for each path of the first line",
            n > sweep->n_params ? "more than " : "", n > sweep->n_params ? sweep->n_params : n,
            n == 1 || sweep->n_params == 1 ? "field" : "fields", sweep->n_params);
    sweep->places[point] = (struct sim_place){path, number, 1, 0};
    if (n != sweep->n_params)
        return false;
    for (int32_t k = 0; k < n; k++) {
        int64_t i = (int64_t)point * sweep->n_params + k;
        fields[k] = trim(fields[k], &columns[k]);
        struct sim_place place = {path, number, columns[k], (int32_t)strlen(fields[k])};
        sweep->values[i] = make_value(self, fields[k], place);
        ok = sweep->values[i] &&
             read_value(self, &sweep->params[k], sweep->values[i], point == 0, &sweep->numbers[i]) && ok;
    }
    return ok;
}

static bool read_lines_of(struct reading *self, const char *path, char *text)
{
    int32_t most = 0, point = 0, number = 0;
    bool ok = true;
    for (const char *at = text; *at; at++)
        most += *at == '\n';
    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        number++;
        if (number == 1) {
            line += strncmp(line, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
            if (!read_header(self, path, line) || !make_points(self, most + 1))
                return false;
        } else if (line[strspn(line, " \r")]) {
            if (point == SIM_DESIGN_POINTS) {
                sim_diag_error(self->reader->diag, (struct sim_place){path, number, 1, 0},
                    "more than %d points", SIM_DESIGN_POINTS);
                return false;
            }
            ok = read_line(self, path, line, number, point++) && ok;
        }
    }
    if (ok && point == 0)
        sim_diag_error(self->reader->diag, (struct sim_place){path, 1, 1, 0},
            "no points: the first line has the paths, each further one the values of a point");
    if (ok)
        self->sweep->n_points = point;
    return ok && point > 0;
}

static bool read_table(struct reading *self, const struct sim_node *node, const char *folder)
{
    static const char *const others[] = {"parameters", "points", "within"};
    struct sim_reader *reader = self->reader;
    const struct sim_node *file = sim_node_get(node, "file");
    const char *name;
    bool ok = true;
    for (int32_t i = 0; i < SIM_COUNT(others); i++)
        if (sim_node_get(node, others[i])) {
            sim_diag_error(reader->diag, sim_node_get(node, others[i])->place,
                "sweep.%s: the points of a table are those of its file", others[i]);
            ok = false;
        }
    if (!file)
        sim_diag_error(
            reader->diag, node->place, "sweep: 'file' is missing; expected the name of a CSV file of points");
    if (!file || !sim_read_text(reader, file, "sweep.file", &name))
        return false;
    const char *path =
        sim_node_path(self->experiment->path, name, folder, file->place, reader->arena, reader->diag);
    int64_t n = 0;
    char *text = path ? sim_input_read(path, file->place, &n, reader->diag) : NULL;
    if (!text)
        return false;
    self->experiment->files[self->experiment->n_files++] = path;
    sim_diag_add_file(reader->diag, path);
    char *copy = sim_arena_text(reader->arena, text, n);
    free(text);
    if (copy && strlen(copy) != (size_t)n) {
        sim_diag_error(
            reader->diag, (struct sim_place){path, 0, 0, 0}, "this is no text: it has a zero byte");
        return false;
    }
    return copy && read_lines_of(self, path, copy) && ok;
}

/* Points that are equal. */

static uint64_t hash_of(const struct sweep *sweep, int32_t point)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (int64_t i = (int64_t)point * sweep->n_params, end = i + sweep->n_params; i < end; i++) {
        double number = sweep->numbers[i] + 0.0; /* one zero */
        uint64_t bits = 0;
        if (!isnan(number))
            memcpy(&bits, &number, sizeof(bits));
        hash = (hash ^ bits) * 0x100000001b3;
        for (const char *at = isnan(number) ? sweep->values[i]->text : ""; *at; at++)
            hash = (hash ^ (uint8_t)*at) * 0x100000001b3;
    }
    return hash;
}

static bool are_equal(const struct sweep *sweep, int32_t a, int32_t b)
{
    for (int32_t k = 0; k < sweep->n_params; k++) {
        int64_t x = (int64_t)a * sweep->n_params + k, y = (int64_t)b * sweep->n_params + k;
        if (isnan(sweep->numbers[x]) ? strcmp(sweep->values[x]->text, sweep->values[y]->text) != 0
                                     : sweep->numbers[x] != sweep->numbers[y])
            return false;
    }
    return true;
}

/* A grid's equal points come of equal values and of rounding, which are told where they stand. */
static void warn_of_equal_points(struct reading *self)
{
    const struct sweep *sweep = self->sweep;
    int32_t n = sweep->n_points, n_equal = 0;
    uint64_t *hashes = self->design == GRID ? NULL : malloc(sizeof(*hashes) * (size_t)(n + 1));
    for (int32_t p = 0; hashes && p < n; p++) {
        int32_t first = 0;
        hashes[p] = hash_of(sweep, p);
        while (hashes[first] != hashes[p] || !are_equal(sweep, first, p))
            first++;
        n_equal += first < p;
        if (first < p && self->design == TABLE)
            sim_diag_warning(self->reader->diag, sweep->places[p],
                "sweep: point %d is point %d over again, and computed twice", p, first);
    }
    if (n_equal > 0 && self->design != TABLE)
        sim_diag_warning(self->reader->diag, self->place,
            "sweep: %d of the %d points are equal to an earlier one, and computed twice; expected fewer "
            "points, or a grid",
            n_equal, n);
    free(hashes);
}

/* What others say of the same parameters. */

static void warn_of_arms(struct reading *self, const struct sweep_param *param)
{
    const struct experiment *experiment = self->experiment;
    for (int32_t a = 0; a < experiment->n_arms; a++) {
        const struct arm_config *arm = &experiment->arms[a];
        for (int32_t k = 0; arm->chosen && arm->set && k < arm->set->n; k++)
            if (read_is_along(param->path, arm->set->keys[k]->text))
                sim_diag_warning(self->reader->diag, arm->set->keys[k]->place,
                    "arms.%s.set: this wins over the sweep of '%s', which has no effect in that arm",
                    arm->name, param->path);
    }
}

static void warn_of_sets(struct reading *self, const struct sweep_param *param)
{
    const struct county_overrides *overrides = self->experiment->overrides;
    for (int32_t i = 0; overrides && i < overrides->n_sets; i++) {
        const char *set = overrides->sets[i];
        const char *path = sim_arena_text(self->reader->arena, set, (int64_t)strcspn(set, "="));
        if (path && read_is_along(param->path, path))
            sim_diag_warning(self->reader->diag, read_set_place(path, self->reader),
                "this wins over the sweep of '%s', which has no effect", param->path);
    }
}

static void check_runs(struct reading *self, const struct sweep_param *param)
{
    const struct experiment *experiment = self->experiment;
    if (param->program < 0)
        return;
    bool is_run = false;
    for (int32_t a = 0; a < experiment->n_arms; a++) {
        bool runs = experiment->arms[a].active[param->program];
        if (runs && experiment->arms[a].chosen)
            return;
        is_run = is_run || runs;
    }
    if (is_run)
        sim_diag_warning(self->reader->diag, param->place,
            "sweep: '%s': none of the arms that are named runs the program '%s', so this has no effect",
            param->path, experiment->programs[param->program]);
    else
        sim_diag_error(self->reader->diag, param->place,
            "sweep: '%s': no arm runs the program '%s', so this has no effect", param->path,
            experiment->programs[param->program]);
}

int read_sweep(
    const struct sim_node *node, const char *folder, struct sim_reader *reader, struct experiment *out)
{
    int32_t before = reader->diag->n_reported, word = 0;
    struct reading self = {.reader = reader, .experiment = out, .sweep = &out->sweep};
    out->sweep = (struct sweep){0};
    if (!node)
        return 0;
    self.place = node->place;
    sim_read_keys(reader, node, "sweep", sweep_keys, SIM_COUNT(sweep_keys));
    if (node->kind != SIM_NODE_MAP)
        return SIM_ERROR_INPUT;
    const struct sim_node *design = sim_node_get(node, "design");
    if (!design)
        sim_diag_error(reader->diag, node->place,
            "sweep: 'design' is missing; expected grid, latin_hypercube, sobol or table");
    if (!design || !sim_read_switch(reader, design, "sweep.design", design_words, &word))
        return SIM_ERROR_INPUT;
    self.design = (enum design)word;
    bool ok = self.design == TABLE ? read_table(&self, node, folder) : read_box(&self, node);
    for (int32_t k = 0; k < out->sweep.n_params; k++) {
        check_runs(&self, &out->sweep.params[k]);
        warn_of_arms(&self, &out->sweep.params[k]);
        warn_of_sets(&self, &out->sweep.params[k]);
    }
    if (!ok || reader->diag->n_reported > before)
        out->sweep.n_points = 0;
    warn_of_equal_points(&self);
    return ok && reader->diag->n_reported == before ? 0 : SIM_ERROR_INPUT;
}

void read_sweep_text(const struct sweep *sweep, int32_t point, char *out, size_t size)
{
    size_t used = 0;
    if (size > 0)
        *out = '\0';
    for (int32_t k = 0; k < sweep->n_params && point < sweep->n_points && used + 1 < size; k++) {
        snprintf(out + used, size - used, "%s%s = %s", k ? ", " : "", sweep->params[k].path,
            sweep->values[(int64_t)point * sweep->n_params + k]->text);
        used += strlen(out + used);
    }
}
