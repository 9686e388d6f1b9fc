/* Scenario files as trees: what libyaml's events say, in nodes that keep their place.
 *
 * Strict YAML 1.2: duplicate keys, merge keys, tags, non-scalar keys, cycles, depth over 64, more than
 * 10,000 keys in one map or 200,000 nodes, a second document and invalid UTF-8 are errors; anchors and
 * aliases are resolved by copying within that limit. Depth and nodes are counted while the events come
 * (libyaml's own loader would first build the tree). Nothing is typed here: a scalar is its text and whether
 * it was quoted. Overrides (`--set a.b[2].c=value`, an arm's `set:`) edit the tree before it is checked, so
 * that one checker serves all. Nodes belong to the arena given. */
#ifndef SIM_SCENARIO_NODE_H
#define SIM_SCENARIO_NODE_H

#include "sim/core/error.h"
#include "sim/scenario/diag.h"

enum sim_node_kind { SIM_NODE_SCALAR, SIM_NODE_MAP, SIM_NODE_LIST };

struct sim_node {
    enum sim_node_kind kind;
    struct sim_place place;
    const char *text; /* of a scalar; an absent value ("key:") is "" and not quoted */
    bool quoted;
    bool overridden; /* set by _set: where its value came from is its place, so it needs no source of its own
                      */
    int32_t n;       /* entries of a map, items of a list */
    struct sim_node **keys;  /* of a map: scalars */
    struct sim_node **items; /* values of a map, items of a list */
};

/* Reads a file (at most 4 MB). NULL after reporting to diag when it cannot be read or is not YAML. An error
 * that leaves a tree to look at (a key given twice, a merge key, a tag) is reported, and the tree is returned
 * without what was wrong, so that the checker can find the rest: diag->n_errors says whether all is well. */
struct sim_node *sim_node_load(const char *path, struct sim_arena *arena, struct sim_diag *diag);
/* The same for a file named in another one: when it cannot be opened, the message stands at `place`, where
 * its name was read. */
struct sim_node *sim_node_load_named(
    const char *path, struct sim_place place, struct sim_arena *arena, struct sim_diag *diag);
/* The same from memory; `name` stands for the file in messages. For tests and fuzzing. */
struct sim_node *sim_node_parse(
    const char *name, const char *bytes, int64_t n, struct sim_arena *arena, struct sim_diag *diag);
/* The value of a key; NULL when absent or self is not a map (self may be NULL). */
struct sim_node *sim_node_get(const struct sim_node *self, const char *key);
/* A deep copy. */
struct sim_node *sim_node_copy(const struct sim_node *self, struct sim_arena *arena);
/* Sets the value at a path like "programs.cattle.effects[0].rate" to a value given as YAML text; creates the
 * last key and the maps on the way where they are missing (a wrong key is found by the checker), never list
 * items. Reports to diag and returns SIM_ERROR_INPUT when the path is malformed or leads through a scalar or
 * beyond a list. */
int sim_node_set(struct sim_node *self, const char *path, const char *value, struct sim_place place,
    struct sim_arena *arena, struct sim_diag *diag);
/* Like _set, with a value that is a tree already (an arm's `set:` entry). */
int sim_node_set_node(struct sim_node *self, const char *path, struct sim_node *value, struct sim_place place,
    struct sim_arena *arena, struct sim_diag *diag);
/* Writes the tree as YAML that reads back equal (a map or a list; a scalar without its line's end). */
void sim_node_print(const struct sim_node *self, FILE *out, int32_t indent);
/* Writes a text as a YAML scalar on one line: as it is where that reads back as the same plain scalar, else
 * in double quotes. */
void sim_node_print_text(const char *text, FILE *out);
/* `relative` against the folder of the file `base`; a path that climbs out of `root` (a folder), or that
 * links on the disk lead out of it, is an error reported at `place`. NULL then. */
const char *sim_node_path(const char *base, const char *relative, const char *root, struct sim_place place,
    struct sim_arena *arena, struct sim_diag *diag);

#endif
