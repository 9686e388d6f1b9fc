#include "sim/scenario/node.h"

#include <stdlib.h>
#include <string.h>

#include "sim/scenario/input.h"

struct sim_node *sim_node_load(const char *path, struct sim_arena *arena, struct sim_diag *diag)
{
    return sim_node_load_named(path, (struct sim_place){path, 0, 0, 0}, arena, diag);
}

struct sim_node *sim_node_load_named(
    const char *path, struct sim_place place, struct sim_arena *arena, struct sim_diag *diag)
{
    int64_t n = 0;
    char *bytes = sim_input_read(path, place, &n, diag);
    if (!bytes)
        return NULL;
    struct sim_node *root = sim_node_parse(path, bytes, n, arena, diag);
    free(bytes);
    return root;
}

struct sim_node *sim_node_get(const struct sim_node *self, const char *key)
{
    if (!self || self->kind != SIM_NODE_MAP)
        return NULL;
    for (int32_t i = 0; i < self->n; i++)
        if (strcmp(self->keys[i]->text, key) == 0)
            return self->items[i];
    return NULL;
}

static struct sim_node *make_node(struct sim_arena *arena, enum sim_node_kind kind, struct sim_place place)
{
    struct sim_node *node = sim_arena_alloc(arena, (int64_t)sizeof(*node));
    if (node) {
        node->kind = kind;
        node->place = place;
        node->text = "";
    }
    return node;
}

/* Children are bounded by the depth limit of parsing, so recursion is too. */
struct sim_node *sim_node_copy(const struct sim_node *self, struct sim_arena *arena)
{
    struct sim_node *copy = make_node(arena, self->kind, self->place);
    if (!copy)
        return NULL;
    *copy = *self;
    copy->text =
        sim_arena_text(arena, self->text ? self->text : "", (int64_t)strlen(self->text ? self->text : ""));
    if (!copy->text)
        return NULL;
    if (self->n == 0)
        return copy;
    int64_t bytes = self->n * (int64_t)sizeof(struct sim_node *);
    copy->items = sim_arena_alloc(arena, bytes);
    copy->keys = self->keys ? sim_arena_alloc(arena, bytes) : NULL;
    if (!copy->items || (self->keys && !copy->keys))
        return NULL;
    for (int32_t i = 0; i < self->n; i++) {
        copy->items[i] = sim_node_copy(self->items[i], arena);
        if (!copy->items[i])
            return NULL;
        if (self->keys) {
            copy->keys[i] = sim_node_copy(self->keys[i], arena);
            if (!copy->keys[i])
                return NULL;
        }
    }
    return copy;
}

/* Overrides. */

#define MAX_PATH_STEPS 32

struct step {
    char *key;     /* of a map, or NULL */
    int32_t index; /* of a list */
};

static int out_of_memory(struct sim_diag *diag, struct sim_place place)
{
    sim_diag_error(diag, place, "out of memory");
    return SIM_ERROR_MEMORY;
}

/* Splits "a.b[2].c". -1 when it is malformed. */
static int32_t split_path(const char *path, struct step steps[MAX_PATH_STEPS], struct sim_arena *arena)
{
    int32_t n = 0;
    for (const char *at = path;; at++) {
        size_t length = strcspn(at, ".[]");
        if (length == 0 || n == MAX_PATH_STEPS)
            return -1;
        steps[n].key = sim_arena_text(arena, at, (int64_t)length);
        if (!steps[n].key)
            return -1;
        n++;
        at += length;
        while (*at == '[') {
            size_t digits = strspn(at + 1, "0123456789");
            if (digits == 0 || digits > 9 || at[1 + digits] != ']' || n == MAX_PATH_STEPS)
                return -1;
            steps[n] = (struct step){NULL, (int32_t)strtol(at + 1, NULL, 10)};
            n++;
            at += digits + 2;
        }
        if (!*at)
            return n;
        if (*at != '.')
            return -1;
    }
}

static int add_entry(struct sim_node *map, const char *key, struct sim_node *value, struct sim_place place,
    struct sim_arena *arena)
{
    int64_t bytes = (map->n + 1) * (int64_t)sizeof(struct sim_node *);
    struct sim_node **keys = sim_arena_alloc(arena, bytes), **items = sim_arena_alloc(arena, bytes);
    struct sim_node *name = make_node(arena, SIM_NODE_SCALAR, place);
    if (!keys || !items || !name)
        return SIM_ERROR_MEMORY;
    if (map->n) {
        memcpy(keys, map->keys, (size_t)map->n * sizeof(*keys));
        memcpy(items, map->items, (size_t)map->n * sizeof(*items));
    }
    name->text = key;
    name->overridden = true;
    keys[map->n] = name;
    items[map->n] = value;
    map->keys = keys;
    map->items = items;
    map->n++;
    return 0;
}

static void mark_overridden(struct sim_node *node)
{
    node->overridden = true;
    for (int32_t i = 0; i < node->n; i++)
        mark_overridden(node->items[i]);
}

/* The slot that one step leads to: an item that is there, or a new, empty map under a new key. NULL after
 * reporting. An absent value ("key:") on the way becomes a map. */
static struct sim_node **take_step(struct sim_node *node, const struct step *step, const char *path,
    struct sim_place place, struct sim_arena *arena, struct sim_diag *diag)
{
    if (!step->key) {
        if (node->kind != SIM_NODE_LIST) {
            sim_diag_error(diag, place, "'%s': [%d] stands where there is no list", path, step->index);
            return NULL;
        }
        if (step->index >= node->n) {
            sim_diag_error(diag, place, "'%s': [%d] is beyond the list, which has %d %s (the first is [0])",
                path, step->index, node->n, node->n == 1 ? "item" : "items");
            return NULL;
        }
        return &node->items[step->index];
    }
    if (node->kind == SIM_NODE_SCALAR && !*node->text && !node->quoted)
        node->kind = SIM_NODE_MAP;
    if (node->kind != SIM_NODE_MAP) {
        sim_diag_error(diag, place, "'%s': '%s' stands where there is %s", path, step->key,
            node->kind == SIM_NODE_LIST ? "a list; name an item as in [0]" : "a single value");
        return NULL;
    }
    for (int32_t i = 0; i < node->n; i++)
        if (strcmp(node->keys[i]->text, step->key) == 0)
            return &node->items[i];
    struct sim_node *map = make_node(arena, SIM_NODE_MAP, place);
    if (!map || add_entry(node, step->key, map, place, arena) < 0) {
        out_of_memory(diag, place);
        return NULL;
    }
    map->overridden = true;
    return &node->items[node->n - 1];
}

int sim_node_set_node(struct sim_node *self, const char *path, struct sim_node *value, struct sim_place place,
    struct sim_arena *arena, struct sim_diag *diag)
{
    struct step steps[MAX_PATH_STEPS];
    int32_t n = split_path(path, steps, arena);
    if (n < 1) {
        sim_diag_error(diag, place,
            "'%s' is not a path; expected one like 'households.size' or 'effects[0].rate'", path);
        return SIM_ERROR_INPUT;
    }
    mark_overridden(value);
    struct sim_node **slot = &self;
    for (int32_t i = 0; i < n; i++) {
        slot = take_step(*slot, &steps[i], path, place, arena, diag);
        if (!slot)
            return SIM_ERROR_INPUT;
    }
    *slot = value;
    return 0;
}

static void set_places(struct sim_node *node, struct sim_place place)
{
    node->place = place;
    for (int32_t i = 0; i < node->n; i++) {
        if (node->keys)
            node->keys[i]->place = place;
        set_places(node->items[i], place);
    }
}

int sim_node_set(struct sim_node *self, const char *path, const char *value, struct sim_place place,
    struct sim_arena *arena, struct sim_diag *diag)
{
    struct sim_node *node;
    /* A message names the value by its place; --set has no lines, so its whole path stands in for them. */
    if (place.file && strcmp(place.file, "--set") == 0) {
        char text[300];
        snprintf(text, sizeof(text), "--set %.280s", path);
        const char *copy = sim_arena_text(arena, text, (int64_t)strlen(text));
        place.file = copy ? copy : place.file;
    }
    if (value[strspn(value, " ")] == '\0') {
        node = make_node(arena, SIM_NODE_SCALAR, place);
        if (!node)
            return out_of_memory(diag, place);
    } else {
        struct sim_diag own;
        sim_diag_init(&own);
        node = sim_node_parse(path, value, (int64_t)strlen(value), arena, &own);
        bool wrong = own.n_errors > 0;
        if (wrong)
            sim_diag_error(diag, place, "'%s=%s': %s", path, value, sim_diag_message(&own, 0));
        sim_diag_free(&own);
        if (!node || wrong)
            return SIM_ERROR_INPUT;
        set_places(node, place);
    }
    return sim_node_set_node(self, path, node, place, arena, diag);
}

/* Printing. */

/* Whether a text in plain style reads back as that text, on one line, in a block. */
static bool is_plain(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || length > 500 || text[0] == ' ' || text[length - 1] == ' ' || text[length - 1] == ':')
        return false;
    if (strchr("-?:", text[0]) && (length == 1 || text[1] == ' '))
        return false;
    if (strchr(",[]{}#&*!|>'\"%@`", text[0]) || strncmp(text, "---", 3) == 0 ||
        strncmp(text, "...", 3) == 0 || strcmp(text, "<<") == 0)
        return false;
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return false;
        if ((text[i] == ':' && text[i + 1] == ' ') || (text[i] == ' ' && text[i + 1] == '#'))
            return false;
    }
    return true;
}

static void print_quoted(const char *text, FILE *out)
{
    fputc('"', out);
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at == '"' || *at == '\\')
            fprintf(out, "\\%c", *at);
        else if (*at == '\n')
            fputs("\\n", out);
        else if (*at == '\t')
            fputs("\\t", out);
        else if (*at < 0x20 || *at == 0x7F)
            fprintf(out, "\\x%02x", *at);
        else if (*at == 0xC2 && at[1] >= 0x80 && at[1] < 0xA0)
            fprintf(out, "\\x%02x", *++at);
        else if (*at == 0xE2 && at[1] == 0x80 && (at[2] == 0xA8 || at[2] == 0xA9)) {
            fputs(at[2] == 0xA8 ? "\\L" : "\\P", out);
            at += 2;
        } else
            fputc(*at, out);
    }
    fputc('"', out);
}

void sim_node_print_text(const char *text, FILE *out)
{
    if (is_plain(text))
        fputs(text, out);
    else
        print_quoted(text, out);
}

static void print_scalar(const struct sim_node *self, FILE *out, int32_t indent)
{
    if (self->quoted) {
        print_quoted(self->text, out);
        return;
    }
    /* A plain scalar was plain where it stood, so it can be plain here; n line feeds in it are n + 1 breaks.
     */
    for (const char *at = self->text; *at; at++) {
        fputc(*at, out);
        if (*at == '\n' && at[1] != '\n')
            fprintf(out, "\n%*s", indent + 2, "");
    }
}

static void print_inner(const struct sim_node *self, FILE *out, int32_t indent, bool started)
{
    for (int32_t i = 0; i < self->n; i++) {
        const struct sim_node *item = self->items[i];
        if (i > 0 || !started)
            fprintf(out, "%*s", indent, "");
        if (self->kind == SIM_NODE_MAP) {
            print_scalar(self->keys[i], out, indent);
            fputc(':', out);
        } else {
            fputc('-', out);
        }
        if (item->kind == SIM_NODE_SCALAR) {
            if (*item->text || item->quoted)
                fputc(' ', out);
            print_scalar(item, out, indent);
            fputc('\n', out);
        } else if (item->n == 0) {
            fputs(item->kind == SIM_NODE_MAP ? " {}\n" : " []\n", out);
        } else if (self->kind == SIM_NODE_LIST) {
            fputc(' ', out);
            print_inner(item, out, indent + 2, true);
        } else {
            fputc('\n', out);
            print_inner(item, out, indent + 2, false);
        }
    }
}

void sim_node_print(const struct sim_node *self, FILE *out, int32_t indent)
{
    if (self->kind == SIM_NODE_SCALAR)
        print_scalar(self, out, indent);
    else if (self->n == 0)
        fprintf(out, "%*s%s\n", indent, "", self->kind == SIM_NODE_MAP ? "{}" : "[]");
    else
        print_inner(self, out, indent, false);
}
