#include "sim/scenario/schema.h"

#include <math.h>
#include <string.h>

#include "sim/core/guard.h"

#define MAX_WHAT 200

/* Reads one value of any kind into its field. */
static bool read_param(struct sim_reader *reader, const struct sim_param *param, const struct sim_node *node,
    const char *what, void *field)
{
    switch (param->kind) {
    case SIM_PARAM_REAL:
        return sim_read_real(reader, node, what, param->unit, param->min, param->max, field);
    case SIM_PARAM_INTEGER:
        return sim_read_integer(reader, node, what, param->unit, param->min, param->max, field);
    case SIM_PARAM_MONTH:
        return sim_read_month(reader, node, what, field);
    case SIM_PARAM_SWITCH:
        return sim_read_switch(reader, node, what, param->unit, field);
    case SIM_PARAM_FLAG:
        return sim_read_flag(reader, node, what, field);
    case SIM_PARAM_TEXT:
        return sim_read_text(reader, node, what, field);
    }
    return false;
}

/* Defaults are ours, so a wrong one is our mistake. */
static void read_default(
    struct sim_reader *reader, const struct sim_schema *self, const struct sim_param *param, void *field)
{
    if (param->kind == SIM_PARAM_TEXT)
        *(const char **)field = "";
    if (!*param->initial || strcmp(param->initial, SIM_PARAM_NO_TEXT) == 0)
        return;
    struct sim_node node = {.kind = SIM_NODE_SCALAR, .text = param->initial};
    node.place.file = "default";
    int32_t before = reader->diag->n_reported;
    bool ok = read_param(reader, param, &node, param->name, field);
    SIM_GUARD(ok && reader->diag->n_reported == before, "the default '%s' of %s.%s does not fit its schema",
        param->initial, self->name, param->name);
}

static const struct sim_param *find_param(const struct sim_schema *self, const char *name)
{
    for (int32_t i = 0; i < self->n_params; i++)
        if (strcmp(self->params[i].name, name) == 0)
            return &self->params[i];
    return NULL;
}

static bool is_other(const struct sim_schema *self, const char *name)
{
    for (int32_t i = 0; i < self->n_others; i++)
        if (strcmp(self->others[i], name) == 0)
            return true;
    return false;
}

/* The source that a map gives for all its values; "" when it gives none. */
static const char *common_source(
    const struct sim_schema *self, const struct sim_node *node, struct sim_reader *reader)
{
    const struct sim_node *source = sim_node_get(node, "source");
    const char *text = "";
    if (!source || find_param(self, "source") || is_other(self, "source"))
        return text;
    char what[MAX_WHAT];
    snprintf(what, sizeof(what), "%s.source", self->name);
    sim_read_text(reader, source, what, &text);
    return text;
}

static void check_keys(const struct sim_schema *self, const struct sim_node *node, struct sim_reader *reader)
{
    for (int32_t i = 0; i < node->n; i++) {
        const char *key = node->keys[i]->text;
        if (find_param(self, key) || is_other(self, key) || strcmp(key, "source") == 0)
            continue;
        if (sim_diag_is_full(reader->diag)) {
            sim_diag_error(reader->diag, node->keys[i]->place, "%s: unknown key '%s'", self->name, key);
            continue;
        }
        char meant[300];
        if (reader->meant && reader->meant(self, key, node->keys[i]->place, meant, sizeof(meant))) {
            sim_diag_error(reader->diag, node->keys[i]->place, "%s: unknown key '%s'; did you mean %s?",
                self->name, key, meant);
            continue;
        }
        const char *words[500];
        int32_t n = 0;
        for (int32_t k = 0; k < self->n_params && n < SIM_COUNT(words); k++)
            words[n++] = self->params[k].name;
        for (int32_t k = 0; k < self->n_others && n < SIM_COUNT(words); k++)
            words[n++] = self->others[k];
        const char *nearest = sim_diag_nearest(key, words, n);
        if (nearest)
            sim_diag_error(reader->diag, node->keys[i]->place, "%s: unknown key '%s'; did you mean '%s'?",
                self->name, key, nearest);
        else
            sim_diag_error(reader->diag, node->keys[i]->place,
                "%s: unknown key '%s'; `pamir describe %s` lists the right ones", self->name, key,
                self->name);
    }
}

static const char *override_source(struct sim_reader *reader, struct sim_place place)
{
    char text[300];
    if (place.line > 0)
        snprintf(text, sizeof(text), "override at %s:%d", place.file, place.line);
    else if (place.file && strncmp(place.file, "--set ", 6) == 0)
        snprintf(text, sizeof(text), "override by --set");
    else
        snprintf(text, sizeof(text), "override by %s", place.file ? place.file : "the caller");
    const char *copy = sim_arena_text(reader->arena, text, (int64_t)strlen(text));
    return copy ? copy : "override";
}

/* Finds the source of a value that was read; reports when one is required and none is there. */
static const char *source_of(struct sim_reader *reader, const struct sim_param *param,
    const struct sim_node *node, const char *what, const char *common)
{
    const struct sim_node *value = node->kind == SIM_NODE_MAP ? sim_node_get(node, "value") : node;
    const struct sim_node *source = node->kind == SIM_NODE_MAP ? sim_node_get(node, "source") : NULL;
    const char *text = common;
    if (value && value->overridden)
        return override_source(reader, value->place);
    if (source) {
        char of[MAX_WHAT + 10];
        snprintf(of, sizeof(of), "%s.source", what);
        if (!sim_read_text(reader, source, of, &text))
            return "";
        if (!text[strspn(text, " ")])
            sim_diag_error(reader->diag, source->place,
                "%s: the source is empty; say where the value is from, or 'assumption'", what);
        return text;
    }
    if (!*text && reader->sources_required && param->kind != SIM_PARAM_TEXT)
        sim_diag_error(reader->diag, node->place,
            "%s: value has no source; write {value: %s, source: ...} (an assumption says so: source: "
            "assumption)",
            what, value && value->kind == SIM_NODE_SCALAR ? value->text : "...");
    return text;
}

static void report_missing(const struct sim_schema *self, const struct sim_param *param,
    struct sim_place place, struct sim_reader *reader)
{
    char expected[300];
    switch (param->kind) {
    case SIM_PARAM_REAL:
    case SIM_PARAM_INTEGER:
        if (strcmp(param->unit, "1") == 0)
            snprintf(
                expected, sizeof(expected), "%s", param->kind == SIM_PARAM_REAL ? "a number" : "an integer");
        else {
            char told[64];
            double factor = sim_units_told(param->unit, told);
            snprintf(expected, sizeof(expected), "a quantity like '%.6g %s'",
                (isfinite(param->min) && param->min > 0 ? param->min : fmin(param->max, factor)) / factor,
                told);
        }
        break;
    case SIM_PARAM_MONTH:
        snprintf(expected, sizeof(expected), "a month like 2018-05");
        break;
    case SIM_PARAM_SWITCH:
        snprintf(expected, sizeof(expected), "one of %s", param->unit);
        break;
    case SIM_PARAM_FLAG:
        snprintf(expected, sizeof(expected), "true or false");
        break;
    default:
        snprintf(expected, sizeof(expected), "a text");
        break;
    }
    sim_diag_error(reader->diag, place, "%s: '%s' is missing (%s); expected %s", self->name, param->name,
        param->sentence, expected);
}

int sim_schema_read(const struct sim_schema *self, const struct sim_node *node, struct sim_place place,
    struct sim_reader *reader, void *out, struct sim_given *given)
{
    int32_t before = reader->diag->n_reported;
    memset(out, 0, self->size);
    if (node && !sim_read_kind(reader, node, self->name, SIM_NODE_MAP))
        node = NULL;
    const char *common = "";
    if (node) {
        check_keys(self, node, reader);
        common = common_source(self, node, reader);
    }
    for (int32_t i = 0; i < self->n_params; i++) {
        const struct sim_param *param = &self->params[i];
        void *field = (char *)out + param->offset;
        const struct sim_node *item = sim_node_get(node, param->name);
        bool no_text = strcmp(param->initial, SIM_PARAM_NO_TEXT) == 0;
        struct sim_given from = {no_text ? "" : param->initial, param->source, true, place};
        read_default(reader, self, param, field);
        if (item) {
            char what[MAX_WHAT];
            snprintf(what, sizeof(what), "%s.%s", self->name, param->name);
            const struct sim_node *value = item->kind == SIM_NODE_MAP ? sim_node_get(item, "value") : item;
            if (read_param(reader, param, item, what, field))
                from = (struct sim_given){
                    value->text, source_of(reader, param, item, what, common), false, value->place};
        } else if (!*param->initial) {
            report_missing(self, param, node ? node->place : place, reader);
        }
        if (given)
            given[i] = from;
    }
    return reader->diag->n_reported > before ? SIM_ERROR_INPUT : 0;
}

static void print_comment(const char *text, FILE *out)
{
    fputs("  # ", out);
    for (; *text; text++)
        fputc((unsigned char)*text < 0x20 ? ' ' : *text, out);
}

void sim_schema_print(const struct sim_schema *self, const struct sim_given *given, FILE *out, int32_t indent)
{
    for (int32_t i = 0; i < self->n_params; i++) {
        fprintf(out, "%*s%s:", indent, "", self->params[i].name);
        if (*given[i].text) {
            fputc(' ', out);
            sim_node_print_text(given[i].text, out);
        } else if (self->params[i].kind == SIM_PARAM_TEXT) {
            fputs(" \"\"", out);
        }
        char text[600];
        bool has_source = given[i].source && *given[i].source;
        snprintf(text, sizeof(text), "%s%s%s", given[i].is_default ? "default" : "",
            given[i].is_default && has_source ? "; " : "", has_source ? given[i].source : "");
        if (*text)
            print_comment(text, out);
        fputc('\n', out);
    }
}

static void describe_range(const struct sim_param *param, FILE *out)
{
    char told[64];
    double factor = sim_units_told(param->unit, told);
    const char *unit = strcmp(told, "1") == 0 ? "" : told, *space = *unit ? " " : "";
    double min = param->min / factor, max = param->max / factor;
    if (isinf(min) && isinf(max))
        return;
    if (isinf(max))
        fprintf(out, "; at least %.12g%s%s", min, space, unit);
    else if (isinf(min))
        fprintf(out, "; at most %.12g%s%s", max, space, unit);
    else
        fprintf(out, "; %.12g to %.12g%s%s", min, max, space, unit);
}

static void describe_words(const char *words, FILE *out)
{
    fputc(' ', out);
    for (const char *at = words; *at; at++)
        if (*at == '|')
            fputs(", ", out);
        else
            fputc(*at, out);
}

void sim_schema_describe(const struct sim_schema *self, FILE *out)
{
    static const char *const kinds[] = {"number", "integer", "month", "one of", "true or false", "text"};
    fprintf(out, "%s: %s\n", self->name, self->sentence);
    for (int32_t i = 0; i < self->n_params; i++) {
        const struct sim_param *param = &self->params[i];
        bool number = param->kind == SIM_PARAM_REAL || param->kind == SIM_PARAM_INTEGER;
        bool quantity = param->kind == SIM_PARAM_INTEGER && strcmp(param->unit, "1") != 0;
        fprintf(out, "\n  %s\n      %s", param->name, quantity ? kinds[SIM_PARAM_REAL] : kinds[param->kind]);
        char told[64];
        sim_units_told(param->unit, told);
        if (number && strcmp(told, "1") != 0)
            fprintf(out, " in %s", told);
        if (param->kind == SIM_PARAM_SWITCH)
            describe_words(param->unit, out);
        if (strcmp(param->initial, SIM_PARAM_NO_TEXT) == 0)
            fputs("; may be left out", out);
        else if (*param->initial)
            fprintf(out, "; default %s", param->initial);
        else
            fputs("; required", out);
        if (number)
            describe_range(param, out);
        fprintf(out, "\n      %s\n", param->sentence);
        if (param->source && *param->source)
            fprintf(out, "      source: %s\n", param->source);
    }
}
