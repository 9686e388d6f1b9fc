/* An arm at a point of a sweep. Of the arm's tree the nodes on the way to what the point changes are copied,
 * the others are shared; a section that is still the arm's own node was not changed, so its values are those
 * that were read before. */
#include <stdlib.h>
#include <string.h>

#include "models/county/read.h"

static struct sim_node *copy_node(const struct sim_node *node, struct sim_reader *reader)
{
    struct sim_node *copy = read_alloc(reader, (int64_t)sizeof(*copy), node->place);
    if (!copy)
        return NULL;
    *copy = *node;
    if (node->n == 0)
        return copy;
    copy->items = read_alloc(reader, (int64_t)sizeof(*copy->items) * node->n, node->place);
    if (!copy->items)
        return NULL;
    memcpy(copy->items, node->items, (size_t)node->n * sizeof(*copy->items));
    return copy;
}

/* The place in `node` that the next word or number of the path leads to; NULL when it is not there yet. */
static struct sim_node **step(struct sim_node *node, const char **at)
{
    if (**at == '[') {
        char *end;
        long i = strtol(*at + 1, &end, 10);
        *at = *end == ']' ? end + 1 : end;
        return node->kind == SIM_NODE_LIST && i >= 0 && i < node->n ? &node->items[i] : NULL;
    }
    *at += **at == '.';
    size_t length = strcspn(*at, ".[");
    const char *word = *at;
    *at += length;
    for (int32_t i = 0; node->kind == SIM_NODE_MAP && i < node->n; i++)
        if (strlen(node->keys[i]->text) == length && memcmp(node->keys[i]->text, word, length) == 0)
            return &node->items[i];
    return NULL;
}

/* Makes the nodes along a path the caller's own, those that are so already (not in `shared`) as well: a node
 * more or less is nothing beside the run. */
static bool own_path(struct sim_node *root, const char *path, struct sim_reader *reader)
{
    struct sim_node *node = root;
    for (const char *at = path; *at;) {
        struct sim_node **slot = step(node, &at);
        if (!slot)
            return true;
        *slot = copy_node(*slot, reader);
        if (!*slot)
            return false;
        node = *slot;
    }
    return true;
}

/* Whether the arm's own `set` or --set stands over a parameter. */
static bool is_overruled(const struct experiment *experiment, int32_t arm, const char *path)
{
    const struct sim_node *set = experiment->arms[arm].set;
    const struct county_overrides *overrides = experiment->overrides;
    for (int32_t k = 0; set && k < set->n; k++)
        if (read_is_along(path, set->keys[k]->text))
            return true;
    for (int32_t i = 0; overrides && i < overrides->n_sets; i++) {
        char of[300];
        snprintf(of, sizeof(of), "%.*s", (int)strcspn(overrides->sets[i], "="), overrides->sets[i]);
        if (read_is_along(path, of))
            return true;
    }
    return false;
}

static struct sim_node *point_tree(const struct experiment *experiment, int32_t point, int32_t arm,
    const struct sim_node *root, struct sim_reader *reader)
{
    const struct sweep *sweep = &experiment->sweep;
    struct sim_node *tree = copy_node(root, reader);
    for (int32_t k = 0; tree && k < sweep->n_params; k++) {
        const char *path = sweep->params[k].path;
        struct sim_node *value = sweep->values[(int64_t)point * sweep->n_params + k];
        if (is_overruled(experiment, arm, path))
            continue;
        if (!own_path(tree, path, reader) ||
            sim_node_set_node(tree, path, value, value->place, reader->arena, reader->diag) < 0)
            return NULL;
    }
    return tree;
}

int read_point(const struct experiment *experiment, int32_t point, int32_t arm, const struct sim_node *root,
    const struct scenario *scenario, struct sim_reader *reader, struct scenario *out)
{
    int32_t before = reader->diag->n_reported;
    const struct sim_node *tree = point_tree(experiment, point, arm, root, reader);
    if (!tree)
        return SIM_ERROR_INPUT;
    *out = *scenario;
    read_changes(tree, root, experiment->county_place, reader, out);
    if (sim_node_get(tree, "programs") != sim_node_get(root, "programs"))
        read_changed_programs(experiment, tree, root, arm, reader, out);
    return reader->diag->n_reported > before ? SIM_ERROR_INPUT : 0;
}
