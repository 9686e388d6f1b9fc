#include "sim/scenario/unit.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <udunits2.h>

#include "sim/scenario/diag.h"

#define MAX_TEXT 200 /* of a quantity */

/* What UDUNITS does not have. `definition` NULL: a dimension of its own. Names take no SI prefix, except
 * where `prefix` is true. */
static const struct unit_entry {
    const char *name;
    const char *plural;
    const char *definition;
    bool prefix;
} own_units[] = {
    {"CNY", NULL, NULL, false},
    {"yuan", NULL, "CNY", false},
    {"jiao", NULL, "0.1 CNY", false},
    {"fen", NULL, "0.01 CNY", false},
    {"mu", NULL, "0.06666666666666667 hectare", false},
    {"jin", NULL, "0.5 kg", false},
    {"Wh", NULL, "3600 J", true},
    {"Wp", NULL, "W", true},
    {"person", "persons", NULL, false},
    {"people", NULL, "person", false},
    {"household", "households", NULL, false},
    {"head", "heads", NULL, false},
    {"village", "villages", NULL, false},
    {"township", "townships", NULL, false},
    {"job", "jobs", NULL, false},
    {"adult", "adults", NULL, false},
    {"child", "children", NULL, false},
    {"worker", "workers", NULL, false},
    {"plant", "plants", NULL, false},
    {"egg", "eggs", NULL, false},
    {"module", "modules", NULL, false},
    {"seat", "seats", NULL, false},
    {"bed", "beds", NULL, false},
    {"parcel", "parcels", NULL, false},
    {"firm", "firms", NULL, false},
    {"cooperative", "cooperatives", NULL, false},
    {"shop", "shops", NULL, false},
    {"visit", "visits", NULL, false},
    {"piece", "pieces", NULL, false},
};

/* What people write for a unit that has another name here or is too risky to guess. */
static const struct {
    const char *word;
    const char *hint;
} hints[] = {
    {"rmb", "'CNY'"},
    {"yuans", "'CNY'"},
    {"usd", "'CNY': convert it, and say at which rate in the note"},
    {"wan", "a factor: 10000 is '1e4'"},
    {"million", "a factor: write '1e6'"},
    {"billion", "a factor: write '1e9'"},
    {"hh", "'household'"},
    {"cap", "'person'"},
    {"capita", "'person'"},
    {"animal", "'head'"},
    {"animals", "'head'"},
    {"yaks", "'head'"},
    {"sheep", "'head'"},
    {"mo", "'month'"},
    {"pct", "'percent'"},
};

/* Words offered as the nearest right one, beside own_units. */
static const char *const common_units[] = {"m2", "km2", "hectare", "ha", "kg", "tonne", "t", "g", "litre",
    "m3", "km", "m", "day", "week", "month", "year", "hour", "percent", "kWh", "MWh", "kW", "MW"};

/* A pair of units that was met before: one division or multiplication. */
struct conversion {
    char *from, *to;
    double multiply; /* 0: the units do not fit */
    double divide;   /* 0: not used */
};

struct sim_units {
    ut_system *system;
    struct conversion *conversions;
    int32_t n, capacity;
};

static int define(struct sim_units *self, const struct unit_entry *entry, struct sim_error *error)
{
    ut_unit *unit = entry->definition ? ut_parse(self->system, entry->definition, UT_UTF8)
                                      : ut_new_base_unit(self->system);
    bool ok = unit && ut_map_name_to_unit(entry->name, UT_ASCII, unit) == UT_SUCCESS;
    /* A base unit needs a name of its own, by which UDUNITS tells it from the others. */
    if (ok && !entry->definition)
        ok = ut_map_unit_to_name(unit, entry->name, UT_ASCII) == UT_SUCCESS;
    if (ok && entry->plural)
        ok = ut_map_name_to_unit(entry->plural, UT_ASCII, unit) == UT_SUCCESS;
    if (ok && entry->prefix)
        ok = ut_map_symbol_to_unit(entry->name, UT_ASCII, unit) == UT_SUCCESS;
    if (unit)
        ut_free(unit);
    return ok ? 0
              : sim_error_set(error, SIM_ERROR_MISSING, "UDUNITS-2 cannot define the unit '%s'", entry->name);
}

struct sim_units *sim_units_new(struct sim_error *error)
{
    struct sim_units *self = calloc(1, sizeof(*self));
    if (!self) {
        sim_error_set(error, SIM_ERROR_MEMORY, "no memory for the unit system");
        return NULL;
    }
    ut_set_error_message_handler(ut_ignore);
    self->system = ut_read_xml(NULL);
    if (!self->system) {
        sim_error_set(error, SIM_ERROR_MISSING,
            "the unit definitions of UDUNITS-2 cannot be read (package libudunits2-data, or "
            "UDUNITS2_XML_PATH)");
        goto fail;
    }
    for (int32_t i = 0; i < SIM_COUNT(own_units); i++)
        if (define(self, &own_units[i], error) < 0)
            goto fail;
    return self;
fail:
    sim_units_free(self);
    return NULL;
}

void sim_units_free(struct sim_units *self)
{
    if (!self)
        return;
    for (int32_t i = 0; i < self->n; i++) {
        free(self->conversions[i].from);
        free(self->conversions[i].to);
    }
    free(self->conversions);
    if (self->system)
        ut_free_system(self->system);
    free(self);
}

static bool is_name_character(char c)
{
    return isalpha((unsigned char)c) || c == '_' || c == '%' || (unsigned char)c >= 0x80;
}

static bool is_own(const char *name, size_t length)
{
    for (int32_t i = 0; i < SIM_COUNT(own_units); i++) {
        const struct unit_entry *entry = &own_units[i];
        if (!entry->prefix && ((strlen(entry->name) == length && strncmp(entry->name, name, length) == 0) ||
                                  (entry->plural && strlen(entry->plural) == length &&
                                      strncmp(entry->plural, name, length) == 0)))
            return true;
    }
    return false;
}

/* UDUNITS reads "khousehold" as a thousand of them and "hhead" as a hundred: a slip of the finger, not a
 * unit. */
static bool is_prefixed_own(struct sim_units *self, const char *name, size_t length)
{
    char word[MAX_TEXT + 1];
    memcpy(word, name, length);
    word[length] = '\0';
    if (is_own(word, length))
        return false;
    for (size_t i = 1; i + 1 < length; i++) {
        if (!is_own(word + i, length - i))
            continue;
        ut_unit *whole = ut_get_unit_by_name(self->system, word);
        if (!whole)
            whole = ut_get_unit_by_symbol(self->system, word);
        if (whole) {
            ut_free(whole);
            return false;
        }
        return true;
    }
    return false;
}

/* The grammar that is let through to UDUNITS: products and quotients of names with whole exponents, brackets,
 * and "1" as a numerator. Puts the first name that nobody knows into `unknown`. */
static bool unit_is_plain(struct sim_units *self, const char *text, char unknown[MAX_TEXT + 1])
{
    unknown[0] = '\0';
    if (!*text || strlen(text) > MAX_TEXT)
        return false;
    for (const char *at = text; *at;) {
        if (is_name_character(*at)) {
            const char *start = at;
            while (is_name_character(*at))
                at++;
            size_t length = (size_t)(at - start);
            char word[MAX_TEXT + 1];
            memcpy(word, start, length);
            word[length] = '\0';
            ut_unit *unit =
                is_prefixed_own(self, start, length) ? NULL : ut_parse(self->system, word, UT_UTF8);
            if (!unit) {
                memcpy(unknown, word, length + 1);
                return false;
            }
            ut_free(unit);
            if (*at == '^' &&
                (isdigit((unsigned char)at[1]) || (at[1] == '-' && isdigit((unsigned char)at[2]))))
                at++;
            if (*at == '-' && isdigit((unsigned char)at[1]))
                at++;
            if (isdigit((unsigned char)*at))
                at++;
            if (isdigit((unsigned char)*at))
                return false;
        } else if (*at == '1' && (at == text || at[-1] == '(') && (at[1] == '/' || at[1] == '\0')) {
            at++;
        } else if (*at == '/' || *at == '*' || *at == '.' || *at == ' ' || *at == '(' || *at == ')') {
            if (strchr("/*.", *at) && (at == text || strchr("/*.", at[-1]) || !at[1]))
                return false;
            at++;
        } else {
            return false;
        }
    }
    return true;
}

static ut_unit *parse_unit(struct sim_units *self, const char *text)
{
    char unknown[MAX_TEXT + 1];
    return unit_is_plain(self, text, unknown) ? ut_parse(self->system, text, UT_UTF8) : NULL;
}

static bool near_whole(double x)
{
    return x >= 1 && x < 1e15 && fabs(x - round(x)) <= 4e-15 * x;
}

/* A converter of UDUNITS may also add an offset, take a logarithm or invert: only factors pass. */
static double factor_between(ut_unit *from, ut_unit *to)
{
    if (!ut_are_convertible(from, to))
        return 0;
    cv_converter *converter = ut_get_converter(from, to);
    if (!converter)
        return 0;
    double zero = cv_convert_double(converter, 0.0), one = cv_convert_double(converter, 1.0);
    double two = cv_convert_double(converter, 2.0);
    cv_free(converter);
    bool linear = zero == 0 && isfinite(one) && one != 0 && fabs(two - 2 * one) <= 1e-12 * fabs(two);
    return linear ? one : 0;
}

static const struct conversion *find_conversion(struct sim_units *self, const char *from, const char *to)
{
    for (int32_t i = 0; i < self->n; i++)
        if (strcmp(self->conversions[i].from, from) == 0 && strcmp(self->conversions[i].to, to) == 0)
            return &self->conversions[i];
    if (self->n == self->capacity) {
        int32_t capacity = self->capacity ? 2 * self->capacity : 64;
        struct conversion *grown = realloc(self->conversions, (size_t)capacity * sizeof(*grown));
        if (!grown)
            return NULL;
        self->conversions = grown;
        self->capacity = capacity;
    }
    struct conversion made = {strdup(from), strdup(to), 0, 0};
    if (!made.from || !made.to) {
        free(made.from);
        free(made.to);
        return NULL;
    }
    ut_unit *left = parse_unit(self, from), *right = parse_unit(self, to);
    if (left && right) {
        made.multiply = factor_between(left, right);
        if (near_whole(made.multiply))
            made.multiply = round(made.multiply);
        else if (made.multiply > 0 && near_whole(1 / made.multiply))
            made.divide = round(1 / made.multiply);
    }
    if (left)
        ut_free(left);
    if (right)
        ut_free(right);
    self->conversions[self->n] = made;
    return &self->conversions[self->n++];
}

static const char *hint_for(const char *word)
{
    for (int32_t i = 0; i < SIM_COUNT(hints); i++) {
        const char *a = hints[i].word, *b = word;
        while (*a && tolower((unsigned char)*b) == *a)
            a++, b++;
        if (!*a && !*b)
            return hints[i].hint;
    }
    return NULL;
}

static int unknown_unit(const char *word, const char *unit, struct sim_error *error)
{
    const char *words[2 * SIM_COUNT(own_units) + SIM_COUNT(common_units)];
    int32_t n = 0;
    for (int32_t i = 0; i < SIM_COUNT(own_units); i++) {
        words[n++] = own_units[i].name;
        if (own_units[i].plural)
            words[n++] = own_units[i].plural;
    }
    for (int32_t i = 0; i < SIM_COUNT(common_units); i++)
        words[n++] = common_units[i];
    const char *hint = hint_for(word), *nearest = sim_diag_nearest(word, words, n);
    if (hint)
        return sim_error_set(error, SIM_ERROR_INPUT,
            "'%s' is not a unit here; use %s; expected a unit like '%s'", word, hint, unit);
    if (nearest)
        return sim_error_set(error, SIM_ERROR_INPUT,
            "'%s' is not a unit; did you mean '%s'? Expected a unit like '%s'", word, nearest, unit);
    return sim_error_set(error, SIM_ERROR_INPUT, "'%s' is not a unit; expected a unit like '%s'", word, unit);
}

/* Where the number ends: [-+]? digits [. digits] [e [-+]? digits], of YAML 1.2's core schema less its "5."
 * and
 * ".5" and without leading zeros, which other readers take for octal. NULL after setting the error. */
static const char *number_end(const char *text, const char *unit, struct sim_error *error)
{
    const char *at = text + (*text == '-' || *text == '+'), *digits = at;
    while (isdigit((unsigned char)*at))
        at++;
    if (at == digits) {
        bool point = *at == '.' && isdigit((unsigned char)at[1]);
        if (strncmp(at, ".inf", 4) == 0 || strncmp(at, ".nan", 4) == 0 || strcasecmp(at, "inf") == 0 ||
            strcasecmp(at, "nan") == 0)
            sim_error_set(error, SIM_ERROR_INPUT, "'%s' is not a finite number", text);
        else if (strcmp(unit, "1") == 0)
            sim_error_set(error, SIM_ERROR_INPUT, "'%s' is not a number%s", text,
                point ? "; write a 0 before the point" : "");
        else
            sim_error_set(error, SIM_ERROR_INPUT,
                "'%s' is not a quantity%s; expected a number and a unit like '%s'", text,
                point ? " (write a 0 before the point)" : "", unit);
        return NULL;
    }
    if (*digits == '0' && at - digits > 1) {
        sim_error_set(error, SIM_ERROR_INPUT,
            "'%s': a number with leading zeros can be read in two ways; drop them", text);
        return NULL;
    }
    if (*at == '.') {
        at++;
        if (!isdigit((unsigned char)*at)) {
            sim_error_set(error, SIM_ERROR_INPUT, "'%s': digits are missing after the point", text);
            return NULL;
        }
        while (isdigit((unsigned char)*at))
            at++;
    }
    if (*at == 'e' || *at == 'E') {
        const char *exponent = at + 1 + (at[1] == '-' || at[1] == '+');
        if (isdigit((unsigned char)*exponent)) {
            at = exponent;
            while (isdigit((unsigned char)*at))
                at++;
        }
    }
    if ((*at == '_' || *at == ',') && isdigit((unsigned char)at[1])) {
        sim_error_set(error, SIM_ERROR_INPUT,
            "'%s': no '%c' within numbers; write the digits together, or as 7.5e6", text, *at);
        return NULL;
    }
    if (*at && *at != ' ' && *at != '%') {
        if ((*at == 'x' || *at == 'o') && at == digits + 1 && *digits == '0')
            sim_error_set(error, SIM_ERROR_INPUT, "'%s': only decimal numbers are read", text);
        else if (strcmp(unit, "1") == 0)
            sim_error_set(error, SIM_ERROR_INPUT, "'%s' is not a number", text);
        else
            sim_error_set(error, SIM_ERROR_INPUT,
                "'%s' is not a quantity: a space belongs between the number and its unit, as in '%.*s %s'",
                text, (int)(at - text), text, unit);
        return NULL;
    }
    return at;
}

double sim_units_told(const char *unit, char out[64])
{
    bool coins = strncmp(unit, "fen", 3) == 0 && !is_name_character(unit[3]);
    snprintf(out, 64, "%s%s", coins ? "CNY" : "", coins ? unit + 3 : unit);
    return coins ? 100 : 1;
}

/* Land is told in mu here: who forgets the unit means mu, and square metres, in which we count, would make a
 * field 667 times too small. The unit that a writer means where `unit` is an area of land, else NULL. */
static const char *area_told(const char *unit)
{
    static const char *const areas[][2] = {
        {"m2", "mu"}, {"m^2", "mu"}, {"m2/person", "mu/person"}, {"m^2/person", "mu/person"}};
    for (int32_t i = 0; i < SIM_COUNT(areas); i++)
        if (strcmp(unit, areas[i][0]) == 0)
            return areas[i][1];
    return NULL;
}

/* A number without a unit, or with one of something else (`wrong`). */
static int refuse_unit(const char *text, const char *wrong, const char *told, struct sim_error *error)
{
    const char *area = area_told(told);
    int n = (int)strcspn(text, " %");
    if (!wrong && area)
        return sim_error_set(error, SIM_ERROR_INPUT,
            "'%s' has no unit; is it '%s %s' or '%s %s'? A mu is 667 square metres", text, text, area, text,
            told);
    if (!wrong)
        return sim_error_set(error, SIM_ERROR_INPUT,
            "'%s' has no unit; expected a unit like '%s', as in '%s %s'", text, told, text, told);
    if (area)
        return sim_error_set(error, SIM_ERROR_INPUT,
            "'%s' is not a '%s'; is it '%.*s %s' or '%.*s %s'? A mu is 667 square metres", wrong, told, n,
            text, area, n, text, told);
    return sim_error_set(error, SIM_ERROR_INPUT, "'%s' is not a '%s'; expected a quantity like '%.*s %s'",
        wrong, told, n, text, told);
}

int sim_units_read(
    struct sim_units *self, const char *text, const char *unit, double *value, struct sim_error *error)
{
    char told[64];
    sim_units_told(unit, told);
    if (strlen(text) > MAX_TEXT)
        return sim_error_set(error, SIM_ERROR_INPUT, "'%.40s...' is too long for a quantity", text);
    const char *rest = number_end(text, told, error);
    if (!rest)
        return error->code;
    double number = strtod(text, NULL);
    if (!isfinite(number))
        return sim_error_set(
            error, SIM_ERROR_INPUT, "'%.*s' is out of range for a number", (int)(rest - text), text);
    bool bare = strcmp(unit, "1") == 0;
    while (*rest == ' ')
        rest++;
    if (!*rest && !bare)
        return refuse_unit(text, NULL, told, error);
    if (!*rest) {
        *value = number;
        return 0;
    }
    char unknown[MAX_TEXT + 1] = "";
    bool plain = strcmp(rest, "1") != 0 && unit_is_plain(self, rest, unknown);
    if (!plain && *unknown)
        return unknown_unit(unknown, told, error);
    if (!plain && bare)
        return sim_error_set(error, SIM_ERROR_INPUT, "'%s' is not a plain number", text);
    if (!plain)
        return sim_error_set(error, SIM_ERROR_INPUT,
            "'%s' is not a unit: expected names joined by '/', '*' or a space, like '%s'", rest, told);
    const struct conversion *conversion = find_conversion(self, rest, unit);
    if (!conversion)
        return sim_error_set(error, SIM_ERROR_MEMORY, "no memory for a unit");
    if (conversion->multiply == 0) {
        if (bare)
            return sim_error_set(error, SIM_ERROR_INPUT,
                "'%s' is not a plain number; expected one without a unit, as in '%.*s'", rest,
                (int)strcspn(text, " %"), text);
        return refuse_unit(text, rest, told, error);
    }
    double converted = conversion->divide > 0 ? number / conversion->divide : number * conversion->multiply;
    if (!isfinite(converted))
        return sim_error_set(error, SIM_ERROR_INPUT, "'%s' is out of range for a number", text);
    *value = converted;
    return 0;
}

double sim_units_factor(struct sim_units *self, const char *from, const char *unit)
{
    if (strcmp(from, unit) == 0)
        return 1;
    const struct conversion *conversion = find_conversion(self, from, unit);
    if (!conversion || conversion->multiply == 0)
        return 0;
    return conversion->divide > 0 ? 1 / conversion->divide : conversion->multiply;
}

bool sim_units_is_known(struct sim_units *self, const char *unit)
{
    if (strcmp(unit, "1") == 0)
        return true;
    ut_unit *parsed = parse_unit(self, unit);
    if (parsed)
        ut_free(parsed);
    return parsed != NULL;
}
