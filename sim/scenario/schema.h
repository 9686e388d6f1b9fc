/* Schemas: parameters declared once, as a list that makes the struct, reads the file, checks it, prints it
 * resolved and describes it.
 *
 *     #define LIVESTOCK_PARAMS(P)                                                                  \
 *         P(REAL, yak_calving_rate, "1/year", "0.5 1/year", 0, 2, "calves a year per adult yak cow", \
 *             "Wiener, CGSpace 10568/3522: one calf every two years")
 *     struct livestock_params { LIVESTOCK_PARAMS(SIM_PARAM_FIELD) };
 *
 *     #define SIM_PARAM_SELF struct livestock_params
 *     static const struct sim_param params[] = {LIVESTOCK_PARAMS(SIM_PARAM_ENTRY)};
 *     #undef SIM_PARAM_SELF
 *     const struct sim_schema livestock_schema = {"livestock", "animals ...", params, SIM_COUNT(params),
 *         sizeof(struct livestock_params), NULL, 0};
 *
 * P(kind, field, unit, default, min, max, sentence, source). The default is text in the file's own form; ""
 * makes the parameter required; SIM_PARAM_NO_TEXT is the default of a text that may be left out. For SWITCH,
 * `unit` lists the words, separated by '|', and the value is the word's index. */
#ifndef SIM_SCENARIO_SCHEMA_H
#define SIM_SCENARIO_SCHEMA_H

#include "sim/scenario/node.h"
#include "sim/scenario/unit.h"

#define SIM_PARAM_NO_TEXT "\"\""

enum sim_param_kind {
    SIM_PARAM_REAL,    /* double, in `unit` */
    SIM_PARAM_INTEGER, /* int64_t, in `unit`, rounded to the nearest ("7.5e6 CNY" as fen, "3580 mu" as m2);
                          with unit "1" the text must be an integer, and a count ("head", "household" ...)
                          whole */
    SIM_PARAM_MONTH,   /* int32_t month index of "2018-05"; min and max are not used */
    SIM_PARAM_SWITCH,  /* int32_t */
    SIM_PARAM_FLAG,    /* bool: true or false */
    SIM_PARAM_TEXT,    /* const char *, in the arena */
};
typedef double sim_param_REAL;
typedef int64_t sim_param_INTEGER;
typedef int32_t sim_param_MONTH;
typedef int32_t sim_param_SWITCH;
typedef bool sim_param_FLAG;
typedef const char *sim_param_TEXT;

struct sim_param {
    enum sim_param_kind kind;
    const char *name;
    const char *unit;
    const char *initial; /* default, as text */
    double min, max;     /* inclusive, in `unit` */
    const char *sentence;
    const char *source;
    size_t offset;
};

#define SIM_PARAM_FIELD(kind, field, unit, initial, min, max, sentence, source) sim_param_##kind field;
#define SIM_PARAM_ENTRY(kind, field, unit, initial, min, max, sentence, source)                              \
    {SIM_PARAM_##kind, #field, unit, initial, min, max, sentence, source, offsetof(SIM_PARAM_SELF, field)},

struct sim_schema {
    const char *name;
    const char *sentence;
    const struct sim_param *params;
    int32_t n_params;
    size_t size;               /* of the struct */
    const char *const *others; /* keys of the same map that somebody else reads */
    int32_t n_others;
};

/* Where a value came from: for the resolved print-out. */
struct sim_given {
    const char *text;   /* as read, or the default */
    const char *source; /* as given, or the schema's; "override" and its place for one that was set */
    bool is_default;
    struct sim_place place;
};

struct sim_reader {
    struct sim_units *units;
    struct sim_arena *arena; /* for texts */
    struct sim_diag *diag;
    bool
        sources_required; /* a value without a source is an error (counties and programs; design.md, law 5) */
    /* What an unknown key of a schema's map is meant to be, when its reader knows better than the nearest
     * word of the map: words for "did you mean ...?", written into the text. NULL: nobody knows better. */
    bool (*meant)(
        const struct sim_schema *schema, const char *key, struct sim_place place, char *text, size_t size);
};

/* Reads a map into *out. A value is a scalar, or a map {value, source, note}: `source: assumption ...` says
 * that it is assumed. A key `source` of the map itself, where no parameter and none of `others` is so called,
 * is the source of all its values that have none of their own. node NULL: all defaults. Reports every error
 * (unknown key, wrong kind, unit, range, missing, no source) and goes on; returns SIM_ERROR_INPUT when there
 * was one; a wrong value leaves its default (or zero) in *out. Texts and overridden values need no source. A
 * default that does not fit its own schema ends the program (sim/core/guard.h). `given` has n_params entries,
 * or is NULL; its texts belong to the tree, the schema and the arena. */
int sim_schema_read(const struct sim_schema *self, const struct sim_node *node, struct sim_place place,
    struct sim_reader *reader, void *out, struct sim_given *given);
/* The resolved values as YAML, one parameter a line, each with its source as a comment. */
void sim_schema_print(
    const struct sim_schema *self, const struct sim_given *given, FILE *out, int32_t indent);
/* For `describe`: name, unit, default, range, sentence, source of each parameter. */
void sim_schema_describe(const struct sim_schema *self, FILE *out);

/* Single scalars, for readers of lists: report to diag and return false when wrong. `what` names the value in
 * the message ("villages[3].households"); unlike parameters they need no source of their own, but may have
 * one ({value, source, note}). An absent node is the caller's business: node is not NULL. */
bool sim_read_real(struct sim_reader *reader, const struct sim_node *node, const char *what, const char *unit,
    double min, double max, double *out);
bool sim_read_integer(struct sim_reader *reader, const struct sim_node *node, const char *what,
    const char *unit, double min, double max, int64_t *out);
bool sim_read_month(struct sim_reader *reader, const struct sim_node *node, const char *what, int32_t *out);
bool sim_read_text(
    struct sim_reader *reader, const struct sim_node *node, const char *what, const char **out);
/* Every key of `node` must be one of `keys`; reports the others with the nearest word. */
bool sim_read_keys(struct sim_reader *reader, const struct sim_node *node, const char *what,
    const char *const *keys, int32_t n);

/* One of `words`, joined by '|'; its index. */
bool sim_read_switch(struct sim_reader *reader, const struct sim_node *node, const char *what,
    const char *words, int32_t *out);
bool sim_read_flag(struct sim_reader *reader, const struct sim_node *node, const char *what, bool *out);
/* That a node is a map or a list; reports what it is instead. NULL node: reports nothing and returns false.
 */
bool sim_read_kind(
    struct sim_reader *reader, const struct sim_node *node, const char *what, enum sim_node_kind kind);

#endif
