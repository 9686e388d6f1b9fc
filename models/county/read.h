/* Reading: an experiment file, the county and the programs it names, and their overrides, as one tree, and
 * from that tree a scenario for each arm.
 *
 * The tree's top keys are those of the experiment, with `county`, `townships`, `prices` and `parameters` from
 * the county's file and `programs` holding each program's file. Layers, later ones over earlier ones:
 * defaults of the schemas, county, `parameters` of the experiment, `set` of an arm, --set. They edit the tree
 * before it is checked, so one checker serves all, and every error carries the place where its value was
 * written. */
#ifndef MODELS_COUNTY_READ_H
#define MODELS_COUNTY_READ_H

#include "models/county/observe.h"
#include "models/county/read_sweep.h"
#include "models/county/scenario.h"
#include "models/county/study.h"

#define EXPERIMENT_PARAMS(P)                                                                                 \
    P(TEXT, name, "", "", 0, 0, "short name", "")                                                            \
    P(TEXT, title, "", "", 0, 0, "what it is", "")                                                           \
    P(TEXT, question, "", SIM_PARAM_NO_TEXT, 0, 0, "what it is to answer", "")                               \
    P(MONTH, from, "", "", 0, 0, "first month, a January", "")                                               \
    P(MONTH, to, "", "", 0, 0, "last month, a December", "")                                                 \
    P(INTEGER, base_year, "1", "", 1600, 9998, "program-free year in which quintiles are formed", "")        \
    P(INTEGER, seed, "1", "1", 0, 9e15, "seed of all luck", "")                                              \
    P(INTEGER, replicates, "1", "32", 1, 100000, "runs of each arm, each with luck of its own", "")          \
    P(INTEGER, panel, "1", "500", 0, 1000000, "founding households followed one by one", "")                 \
    P(TEXT, reference, "", "", 0, 0, "arm that the others are compared with", "")                            \
    P(TEXT, placebo, "", SIM_PARAM_NO_TEXT, 0, 0, "arm that shows how much of a difference is luck", "")

struct experiment_config {
    EXPERIMENT_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema experiment_schema;

struct arm_config {
    const char *name;
    const char *note;
    const struct sim_node *set; /* a map of paths and values, or NULL */
    struct sim_place place;
    bool active[INVESTMENT_MAX]; /* by program */
    bool chosen;                 /* to be run */
};

/* When a paired difference is known well enough. */
struct stop_config {
    const char *variable;                              /* "county.income_real"; NULL: there is no stop_when */
    const struct sim_node *variable_node, *half_width; /* what the result's shape is to tell */
    struct sim_place place;
    int32_t arm;         /* of arms */
    int32_t from, to;    /* years */
    bool has_years;      /* one of them was given */
    int32_t least, step; /* replicates before the first look; between looks */
};

/* Everything lies in the arena of the reader. */
struct experiment {
    const char *path;
    struct experiment_config config;
    const struct sim_node *root; /* the tree of all files, --set applied */
    const struct county_overrides *overrides;
    struct sim_place county_place; /* of the county's file as a whole */
    const char **files;            /* experiment, county, programs, claims, points: as read */
    int32_t n_files;
    const char **programs; /* names, in the experiment's order */
    int32_t n_programs;
    struct arm_config *arms;
    int32_t n_arms;
    int32_t reference; /* of arms */
    int32_t placebo;   /* -1: none */
    struct poverty_line lines[LINES_MAX];
    int32_t n_lines;
    struct claim *claims;
    struct sim_place *claim_places;
    int32_t n_claims;
    const char *folder; /* that all files lie in (read_root) */
    struct sweep sweep;
    struct stop_config stop;
};

/* Where each value of a scenario came from, for the resolved print-out. */
struct scenario_given {
    struct sim_given *experiment;
    struct sim_given *county;
    struct sim_given **sections; /* [scenario_n_sections] */
    struct sim_given *species[SPECIES_COUNT];
    struct sim_given **investments; /* [n_investments] */
    struct sim_given **effects;     /* [n_schemes] */
};

/* Reads and checks all that does not depend on an arm. SIM_ERROR_INPUT after reporting. `sources_required` of
 * the reader is set as each file asks. */
int read_experiment(const char *path, const struct county_overrides *overrides, struct sim_reader *reader,
    struct experiment *out);
/* Resolves an arm; arm -1: no program active and no `set` applied: what founders are made from. `given` may
 * be NULL. */
int read_scenario(const struct experiment *experiment, int32_t arm, struct sim_reader *reader,
    struct scenario *out, struct scenario_given *given);
/* The folder out of which no path may climb: the nearest folder above the file that is called `scenarios`,
 * else the file's own; written like `path` itself. NULL when there is no memory. */
const char *read_root(const char *path, struct sim_arena *arena);

/* The tree of an arm: its `set` upon the files, and --set upon that; arm -1: without any `set`. NULL after
 * reporting. */
const struct sim_node *read_arm_tree(
    const struct experiment *experiment, int32_t arm, struct sim_reader *reader);
/* Where a message on --set stands: it has no lines, so its path stands in for them. */
struct sim_place read_set_place(const char *path, struct sim_reader *reader);

/* Parts of read_scenario: county, townships, parameters, prices (read_county.c); programs and their effects
 * (read_program.c). */
int read_county(const struct sim_node *root, struct sim_place place, struct sim_reader *reader,
    struct scenario *out, struct scenario_given *given);
/* Of an arm that was read from `old`, and now has another tree: the sections that are other nodes in it. */
void read_changes(const struct sim_node *root, const struct sim_node *old, struct sim_place place,
    struct sim_reader *reader, struct scenario *out);
int read_programs(const struct experiment *experiment, const struct sim_node *root, int32_t arm,
    bool knows_county, struct sim_reader *reader, struct scenario *out, struct scenario_given *given);
/* Of an arm that was read from `old`, and now has another tree: the programs that are other nodes in it; the
 * texts and targets of the others are shared. */
int read_changed_programs(const struct experiment *experiment, const struct sim_node *root,
    const struct sim_node *old, int32_t arm, struct sim_reader *reader, struct scenario *out);
/* Lines and claims of an experiment (read_claims.c). */
int read_lines(const struct sim_node *list, struct sim_reader *reader, struct experiment *out);
int read_claims(
    const struct sim_node *list, const char *root, struct sim_reader *reader, struct experiment *out);

/* `stop_when` of an experiment, but for what only the result's shape can tell (read_stop.c). */
int read_stop(const struct sim_node *node, struct sim_reader *reader, struct experiment *out);
/* The parameter that a path of a sweep names (read_target.c); false after reporting. */
bool read_target(const struct experiment *experiment, const char *path, struct sim_place place,
    struct sim_reader *reader, struct sweep_param *out);

/* For a reader's `meant`: an unknown key that is right elsewhere, a section out of its place or a parameter
 * of another section, by its whole path. */
bool read_meant(
    const struct sim_schema *schema, const char *key, struct sim_place place, char *text, size_t size);
/* Refuses parameters that are in range each, but impossible together (read_check.c). */
void read_check(const struct sim_node *root, struct sim_place place, struct sim_reader *reader,
    const struct scenario *scenario);

/* Memory of the reader's arena; reports at `place` when there is none. */
void *read_alloc(struct sim_reader *reader, int64_t bytes, struct sim_place place);
/* A schema that leaves further keys of its map to somebody else. */
struct sim_schema read_with_others(const struct sim_schema *schema, const char *const *others, int32_t n);
/* Reads a file of a kind ("county"): its key `pamir` must say so. NULL after reporting. */
struct sim_node *read_file(
    const char *path, struct sim_place place, const char *kind, struct sim_reader *reader);
/* Splits a line of a CSV file in place at commas outside double quotes; returns how many fields, most + 1
 * when there are more, -1 when a quote never closes. columns: where each begins, from 1; may be NULL. */
int32_t read_fields(char *line, const char **fields, int32_t *columns, int32_t most);
/* The row of a name in a list of texts, or -1 after reporting it with the nearest one. */
int32_t read_find(struct sim_reader *reader, const char *word, struct sim_place place, const char *what,
    const char *const *words, int32_t n);

#endif
