#include "sim/scenario/schema.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/time/calendar.h"

#define MAX_WORDS 32
#define MAX_WORD 64

static const char *const value_keys[] = {"value", "source", "note"};

static bool is_absent(const struct sim_node *node)
{
    return node->kind == SIM_NODE_SCALAR && !node->quoted &&
           (!*node->text || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0 ||
               strcmp(node->text, "Null") == 0 || strcmp(node->text, "NULL") == 0);
}

static const char *kind_name(const struct sim_node *node)
{
    return node->kind == SIM_NODE_MAP ? "a map" : node->kind == SIM_NODE_LIST ? "a list" : "a single value";
}

/* The scalar that holds the value: the node itself, or the `value` of {value, source, note}. NULL after
 * reporting. */
static const struct sim_node *value_of(
    struct sim_reader *reader, const struct sim_node *node, const char *what, const char *expected)
{
    const struct sim_node *value = node;
    if (node->kind == SIM_NODE_MAP) {
        value = sim_node_get(node, "value");
        bool keys_ok = sim_read_keys(reader, node, what, value_keys, SIM_COUNT(value_keys));
        if (!value && keys_ok)
            sim_diag_error(reader->diag, node->place,
                "%s: 'value' is missing; expected {value: ..., source: ...}", what);
        if (!value)
            return NULL;
    }
    if (value->kind != SIM_NODE_SCALAR) {
        sim_diag_error(reader->diag, value->place, "%s is %s; expected %s", what, kind_name(value), expected);
        return NULL;
    }
    if (is_absent(value)) {
        sim_diag_error(reader->diag, value->place, "%s has no value; expected %s", what, expected);
        return NULL;
    }
    return value;
}

/* The unit of a quantity, as its writer put it: what follows the number. */
static const char *unit_of(const char *text)
{
    const char *at = text + strspn(text, "0123456789+-.eE");
    return at + strspn(at, " ");
}

/* A bound in the writer's own unit; `factor` is how many of the parameter's unit one of the writer's is. */
static void bound_text(double bound, double factor, const char *unit, char out[100])
{
    if (strcmp(unit, "1") == 0 || !*unit)
        snprintf(out, 100, "%.12g", bound / factor);
    else
        snprintf(out, 100, "%.12g %s", bound / factor, unit);
}

static bool check_range(struct sim_reader *reader, const struct sim_node *node, const char *what,
    const char *unit, double min, double max, double value)
{
    if (value >= min && value <= max)
        return true;
    char told[64];
    const char *shown = unit_of(node->text);
    double factor = *shown ? sim_units_factor(reader->units, shown, unit) : 1;
    if (factor == 0) {
        factor = sim_units_told(unit, told);
        shown = told;
    }
    char low[100], high[100];
    bound_text(min, factor, shown, low);
    bound_text(max, factor, shown, high);
    if (isinf(max))
        sim_diag_error(reader->diag, node->place, "%s: '%s' is out of range; expected at least %s", what,
            node->text, low);
    else if (isinf(min))
        sim_diag_error(reader->diag, node->place, "%s: '%s' is out of range; expected at most %s", what,
            node->text, high);
    else
        sim_diag_error(reader->diag, node->place, "%s: '%s' is out of range; expected %s to %s", what,
            node->text, low, high);
    return false;
}

bool sim_read_real(struct sim_reader *reader, const struct sim_node *node, const char *what, const char *unit,
    double min, double max, double *out)
{
    char expected[150] = "a number";
    char told[64];
    sim_units_told(unit, told);
    if (strcmp(unit, "1") != 0)
        snprintf(expected, sizeof(expected), "a number and a unit like '%s'", told);
    node = value_of(reader, node, what, expected);
    if (!node)
        return false;
    if (node->quoted && strcmp(unit, "1") == 0 && !*unit_of(node->text)) {
        sim_diag_error(reader->diag, node->place, "%s: \"%s\" is a text; expected a number, without quotes",
            what, node->text);
        return false;
    }
    struct sim_error error = {0};
    double value;
    if (sim_units_read(reader->units, node->text, unit, &value, &error) < 0) {
        sim_diag_error(reader->diag, node->place, "%s: %s", what, error.message);
        return false;
    }
    if (!check_range(reader, node, what, unit, min, max, value))
        return false;
    *out = value;
    return true;
}

/* A whole number as such, exact to the last digit of 64 bits. */
static bool read_whole(struct sim_reader *reader, const struct sim_node *node, const char *what, int64_t *out)
{
    const char *digits = node->text + (node->text[0] == '-' || node->text[0] == '+');
    size_t n = strspn(digits, "0123456789");
    if (node->quoted) {
        sim_diag_error(reader->diag, node->place, "%s: \"%s\" is a text; expected an integer, without quotes",
            what, node->text);
        return false;
    }
    if (n > 1 && !digits[n] && digits[0] == '0') {
        sim_diag_error(reader->diag, node->place,
            "%s: '%s': a number with leading zeros can be read in two ways; drop them", what, node->text);
        return false;
    }
    if (n == 0 || digits[n]) {
        sim_diag_error(reader->diag, node->place, "%s: '%s' is not an integer%s", what, node->text,
            strchr(node->text, '_') || strchr(node->text, ',') ? "; write the digits together" : "");
        return false;
    }
    errno = 0;
    long long value = strtoll(node->text, NULL, 10);
    if (errno == ERANGE) {
        sim_diag_error(
            reader->diag, node->place, "%s: '%s' is out of range for an integer", what, node->text);
        return false;
    }
    *out = (int64_t)value;
    return true;
}

/* Whether a unit counts things that cannot be halved: a head, or heads a year. */
static bool counts_things(const char *unit)
{
    static const char *const things[] = {"head", "household", "job", "person", "village", "plant"};
    size_t n = strcspn(unit, "/");
    for (int32_t i = 0; i < SIM_COUNT(things); i++)
        if (strlen(things[i]) == n && strncmp(things[i], unit, n) == 0)
            return true;
    return false;
}

bool sim_read_integer(struct sim_reader *reader, const struct sim_node *node, const char *what,
    const char *unit, double min, double max, int64_t *out)
{
    if (strcmp(unit, "1") == 0) {
        node = value_of(reader, node, what, "an integer");
        int64_t whole;
        if (!node || !read_whole(reader, node, what, &whole) ||
            !check_range(reader, node, what, unit, min, max, (double)whole))
            return false;
        *out = whole;
        return true;
    }
    double value;
    double low = fmax(min, -9.0e18), high = fmin(max, 9.0e18);
    if (!sim_read_real(reader, node, what, unit, low, high, &value))
        return false;
    *out = (int64_t)llround(value);
    if (counts_things(unit) && fabs(value - (double)*out) > 1e-9 * fabs(value)) {
        const struct sim_node *written = node->kind == SIM_NODE_MAP ? sim_node_get(node, "value") : node;
        sim_diag_error(reader->diag, written->place,
            "%s: '%s' is not a whole number; there is no part of a %.*s", what, written->text,
            (int)strcspn(unit, "/"), unit);
        return false;
    }
    return true;
}

bool sim_read_month(struct sim_reader *reader, const struct sim_node *node, const char *what, int32_t *out)
{
    node = value_of(reader, node, what, "a month like 2018-05");
    if (!node)
        return false;
    struct sim_date date;
    if (strlen(node->text) != 7 || !sim_date_read(node->text, &date)) {
        sim_diag_error(reader->diag, node->place, "%s: '%s' is not a month; expected one like 2018-05", what,
            node->text);
        return false;
    }
    *out = sim_month_from_date(date.year, date.month);
    return true;
}

bool sim_read_text(struct sim_reader *reader, const struct sim_node *node, const char *what, const char **out)
{
    node = value_of(reader, node, what, "a text");
    if (!node)
        return false;
    const char *copy = sim_arena_text(reader->arena, node->text, (int64_t)strlen(node->text));
    if (!copy) {
        sim_diag_error(reader->diag, node->place, "%s: out of memory", what);
        return false;
    }
    *out = copy;
    return true;
}

/* How people write true and false; but for these two themselves. */
static const char *const yes[] = {"yes", "Yes", "YES", "on", "On", "ON", "y", "True", "TRUE", "1"};
static const char *const no[] = {"no", "No", "NO", "off", "Off", "OFF", "n", "False", "FALSE", "0"};

static bool is_among(const char *text, const char *const *words, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

bool sim_read_flag(struct sim_reader *reader, const struct sim_node *node, const char *what, bool *out)
{
    node = value_of(reader, node, what, "true or false");
    if (!node)
        return false;
    bool is_true = strcmp(node->text, "true") == 0;
    if (!node->quoted && (is_true || strcmp(node->text, "false") == 0)) {
        *out = is_true;
        return true;
    }
    const char *meant = is_true ? "true" : strcmp(node->text, "false") == 0 ? "false" : NULL;
    if (is_among(node->text, yes, SIM_COUNT(yes)))
        meant = "true";
    if (is_among(node->text, no, SIM_COUNT(no)))
        meant = "false";
    if (meant)
        sim_diag_error(reader->diag, node->place, "%s: '%s' is not true or false; write %s%s", what,
            node->text, meant, node->quoted ? ", without quotes" : "");
    else
        sim_diag_error(reader->diag, node->place, "%s: '%s' is not true or false", what, node->text);
    return false;
}

/* A switch whose first word is `none` is off by it; one of two words is on by the other. */
static const char *nearest_of_switch(const char *text, const char *const *words, int32_t n)
{
    if (strcmp(words[0], "none") == 0) {
        if (strcmp(text, "false") == 0 || is_among(text, no, SIM_COUNT(no)))
            return words[0];
        if (n == 2 && (strcmp(text, "true") == 0 || is_among(text, yes, SIM_COUNT(yes))))
            return words[1];
    }
    return sim_diag_nearest(text, words, n);
}

bool sim_read_switch(
    struct sim_reader *reader, const struct sim_node *node, const char *what, const char *words, int32_t *out)
{
    char copies[MAX_WORDS][MAX_WORD], listed[600] = "";
    const char *pointers[MAX_WORDS];
    int32_t n = 0;
    for (const char *at = words; n < MAX_WORDS; n++) {
        size_t length = strcspn(at, "|"), used = strlen(listed);
        snprintf(copies[n], MAX_WORD, "%.*s", (int)length, at);
        snprintf(listed + used, sizeof(listed) - used, "%s%s",
            n == 0       ? ""
            : at[length] ? ", "
                         : " or ",
            copies[n]);
        pointers[n] = copies[n];
        at += length;
        if (!*at++) {
            n++;
            break;
        }
    }
    node = value_of(reader, node, what, listed);
    if (!node)
        return false;
    for (int32_t i = 0; i < n; i++)
        if (strcmp(node->text, pointers[i]) == 0) {
            *out = i;
            return true;
        }
    const char *nearest = nearest_of_switch(node->text, pointers, n);
    sim_diag_error(reader->diag, node->place, "%s: '%s' is not one of: %s%s%s%s", what, node->text, listed,
        nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    return false;
}

bool sim_read_keys(struct sim_reader *reader, const struct sim_node *node, const char *what,
    const char *const *keys, int32_t n)
{
    bool ok = true;
    if (!sim_read_kind(reader, node, what, SIM_NODE_MAP))
        return false;
    for (int32_t i = 0; i < node->n; i++) {
        const char *key = node->keys[i]->text;
        bool known = false;
        for (int32_t k = 0; k < n && !known; k++)
            known = strcmp(key, keys[k]) == 0;
        if (known)
            continue;
        ok = false;
        const char *nearest = sim_diag_is_full(reader->diag) ? NULL : sim_diag_nearest(key, keys, n);
        char listed[400] = "";
        for (int32_t k = 0; !nearest && k < n && k < 12; k++) {
            size_t used = strlen(listed);
            snprintf(
                listed + used, sizeof(listed) - used, "%s%s", k == 0 ? "; expected one of: " : ", ", keys[k]);
        }
        if (nearest)
            sim_diag_error(reader->diag, node->keys[i]->place, "%s: unknown key '%s'; did you mean '%s'?",
                what, key, nearest);
        else
            sim_diag_error(reader->diag, node->keys[i]->place, "%s: unknown key '%s'%s%s", what, key, listed,
                n > 12 ? ", ..." : "");
    }
    return ok;
}

bool sim_read_kind(
    struct sim_reader *reader, const struct sim_node *node, const char *what, enum sim_node_kind kind)
{
    if (!node || node->kind == kind)
        return node != NULL;
    struct sim_node expected = {.kind = kind};
    sim_diag_error(reader->diag, node->place, "%s is %s; expected %s", what,
        is_absent(node) ? "empty" : kind_name(node), kind_name(&expected));
    return false;
}
