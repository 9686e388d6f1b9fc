#include "sim/scenario/node.h"

#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#define MAX_DEPTH 64
#define MAX_NODES 200000
#define MAX_ANCHORS 1000
#define MAX_KEY 200    /* bytes of a key */
#define MAX_KEYS 10000 /* of one map: who looks them up looks through them all */

/* A map or list whose end has not come yet. */
struct frame {
    struct sim_node *node;
    struct sim_node *key; /* of a map: waits for its value */
    bool drop_value;      /* the key was wrong: its value is read and left out */
    struct sim_node **keys, **items;
    int32_t capacity;
    int32_t anchor; /* index into anchors, or -1 */
};

struct anchor {
    char *name;
    struct sim_node *node; /* NULL while it is being read: an alias to it would be a cycle */
};

struct builder {
    const char *file;
    struct sim_arena *arena;
    struct sim_diag *diag;
    struct frame frames[MAX_DEPTH];
    int32_t depth;
    int32_t n_nodes;
    struct anchor anchors[MAX_ANCHORS];
    int32_t n_anchors;
    struct sim_node *root;
    bool failed; /* beyond repair: stop */
};

static struct sim_place place_of(const struct builder *self, yaml_mark_t start, yaml_mark_t end)
{
    struct sim_place place = {self->file, (int32_t)start.line + 1, (int32_t)start.column + 1, 1};
    if (start.line == end.line && end.column > start.column)
        place.width = (int32_t)(end.column - start.column);
    return place;
}

static void fail(struct builder *self, struct sim_place place, const char *message)
{
    sim_diag_error(self->diag, place, "%s", message);
    self->failed = true;
}

/* `blame`: where to complain when there are too many. */
static struct sim_node *make_node(
    struct builder *self, enum sim_node_kind kind, struct sim_place place, struct sim_place blame)
{
    if (++self->n_nodes > MAX_NODES) {
        fail(self, blame, "more than 200,000 values, aliases written out; a scenario file has fewer");
        return NULL;
    }
    struct sim_node *node = sim_arena_alloc(self->arena, (int64_t)sizeof(*node));
    if (!node) {
        fail(self, place, "out of memory");
        return NULL;
    }
    node->kind = kind;
    node->place = place;
    node->text = "";
    return node;
}

/* A copy of an anchored tree; stops at the limits, which is what makes an alias bomb harmless. */
static struct sim_node *copy_alias(struct builder *self, const struct sim_node *from, struct sim_place place,
    struct sim_place blame, int32_t depth)
{
    if (depth > MAX_DEPTH) {
        fail(self, blame, "nested more than 64 deep, aliases written out");
        return NULL;
    }
    struct sim_node *node = make_node(self, from->kind, place, blame);
    if (!node)
        return NULL;
    node->text = from->text;
    node->quoted = from->quoted;
    node->n = from->n;
    node->keys = from->keys; /* never changed in place */
    if (from->n == 0)
        return node;
    node->items = sim_arena_alloc(self->arena, from->n * (int64_t)sizeof(*node->items));
    if (!node->items) {
        fail(self, blame, "out of memory");
        return NULL;
    }
    for (int32_t i = 0; i < from->n; i++) {
        node->items[i] = copy_alias(self, from->items[i], from->items[i]->place, blame, depth + 1);
        if (!node->items[i])
            return NULL;
    }
    return node;
}

static bool grow(struct frame *frame)
{
    if (frame->node->n < frame->capacity)
        return true;
    int32_t capacity = frame->capacity ? 2 * frame->capacity : 8;
    struct sim_node **items = realloc(frame->items, (size_t)capacity * sizeof(*items));
    if (items)
        frame->items = items;
    struct sim_node **keys = realloc(frame->keys, (size_t)capacity * sizeof(*keys));
    if (keys)
        frame->keys = keys;
    if (!items || !keys)
        return false;
    frame->capacity = capacity;
    return true;
}

static void check_key(struct builder *self, struct frame *frame, const struct sim_node *key)
{
    frame->drop_value = true;
    if (key->kind != SIM_NODE_SCALAR)
        sim_diag_error(self->diag, key->place, "a %s cannot be a key; expected a word",
            key->kind == SIM_NODE_MAP ? "map" : "list");
    else if (!*key->text)
        sim_diag_error(self->diag, key->place, "an empty key; expected a word before the ':'");
    else if (!key->quoted && strcmp(key->text, "<<") == 0)
        sim_diag_error(self->diag, key->place, "merge keys ('<<') are not read; write the keys out here");
    else if (strlen(key->text) > MAX_KEY || strchr(key->text, '\n'))
        sim_diag_error(
            self->diag, key->place, "a key of more than %d bytes or one line; expected a word", MAX_KEY);
    else
        frame->drop_value = false;
}

/* Puts a finished node where it belongs: the root, an item, a key or a value. */
static void attach(struct builder *self, struct sim_node *node)
{
    if (self->depth == 0) {
        self->root = node;
        return;
    }
    struct frame *frame = &self->frames[self->depth - 1];
    if (frame->node->kind == SIM_NODE_MAP && !frame->key) {
        check_key(self, frame, node);
        frame->key = node;
        return;
    }
    if (!frame->drop_value) {
        if (frame->key && frame->node->n == MAX_KEYS) {
            fail(self, frame->key->place, "more than 10000 keys in one map; a scenario file has fewer");
            return;
        }
        if (!grow(frame)) {
            fail(self, node->place, "out of memory");
            return;
        }
        frame->keys[frame->node->n] = frame->key;
        frame->items[frame->node->n] = node;
        frame->node->n++;
    }
    frame->key = NULL;
    frame->drop_value = false;
}

static int32_t add_anchor(struct builder *self, const yaml_char_t *name, struct sim_place place)
{
    if (!name)
        return -1;
    if (self->n_anchors == MAX_ANCHORS) {
        fail(self, place, "more than 1000 anchors");
        return -1;
    }
    self->anchors[self->n_anchors] = (struct anchor){strdup((const char *)name), NULL};
    if (!self->anchors[self->n_anchors].name) {
        fail(self, place, "out of memory");
        return -1;
    }
    return self->n_anchors++;
}

static void on_alias(struct builder *self, const yaml_char_t *name, struct sim_place place)
{
    for (int32_t i = self->n_anchors - 1; i >= 0; i--) {
        if (strcmp(self->anchors[i].name, (const char *)name) != 0)
            continue;
        if (!self->anchors[i].node) {
            fail(self, place, "an alias within what it stands for: the tree would never end");
            return;
        }
        struct sim_node *copy = copy_alias(self, self->anchors[i].node, place, place, self->depth + 1);
        if (copy)
            attach(self, copy);
        return;
    }
    sim_diag_error(self->diag, place, "no anchor '&%s' stands before this alias", (const char *)name);
    self->failed = true;
}

static void refuse_tag(struct builder *self, const yaml_char_t *tag, struct sim_place place)
{
    if (tag)
        sim_diag_error(self->diag, place, "tags ('!!str' and the like) are not read here; leave it out");
}

static void on_scalar(struct builder *self, const yaml_event_t *event, struct sim_place place)
{
    struct sim_node *node = make_node(self, SIM_NODE_SCALAR, place, place);
    if (!node)
        return;
    int64_t length = (int64_t)event->data.scalar.length;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text = sim_arena_text(self->arena, (const char *)event->data.scalar.value, length);
    if (!node->text) {
        fail(self, place, "out of memory");
        return;
    }
    if ((int64_t)strlen(node->text) != length) {
        fail(self, place, "a NUL character within a text");
        return;
    }
    /* libyaml takes these for texts within brackets, where YAML 1.2 does not. */
    if (!node->quoted && length == 1 && strchr("-?:", node->text[0]))
        sim_diag_error(self->diag, place, "a '%s' alone is no text; put it in quotes", node->text);
    refuse_tag(self, event->data.scalar.tag, place);
    int32_t anchor = add_anchor(self, event->data.scalar.anchor, place);
    if (anchor >= 0)
        self->anchors[anchor].node = node;
    attach(self, node);
}

static void on_start(struct builder *self, enum sim_node_kind kind, const yaml_char_t *anchor,
    const yaml_char_t *tag, struct sim_place place)
{
    if (self->depth == MAX_DEPTH) {
        fail(self, place, "nested more than 64 deep");
        return;
    }
    struct sim_node *node = make_node(self, kind, place, place);
    if (!node)
        return;
    refuse_tag(self, tag, place);
    self->frames[self->depth] = (struct frame){.node = node, .anchor = add_anchor(self, anchor, place)};
    self->depth++;
}

struct key_entry {
    const struct sim_node *key;
    int32_t index;
};

static int by_key(const void *left, const void *right)
{
    const struct key_entry *a = left, *b = right;
    int order = strcmp(a->key->text, b->key->text);
    return order ? order : a->index < b->index ? -1 : a->index > b->index;
}

/* Reports keys that were given before and takes them out; the first stays. */
static void drop_duplicates(struct builder *self, struct frame *frame)
{
    int32_t n = frame->node->n;
    struct key_entry *entries = malloc((size_t)n * sizeof(*entries));
    if (!entries) {
        fail(self, frame->node->place, "out of memory");
        return;
    }
    for (int32_t i = 0; i < n; i++)
        entries[i] = (struct key_entry){frame->keys[i], i};
    qsort(entries, (size_t)n, sizeof(*entries), by_key);
    for (int32_t i = 1, first = 0; i < n; i++) {
        if (strcmp(entries[i].key->text, entries[first].key->text) != 0) {
            first = i;
            continue;
        }
        sim_diag_error(self->diag, entries[i].key->place, "key '%s' given twice (first on line %d)",
            entries[i].key->text, entries[first].key->place.line);
        frame->items[entries[i].index] = NULL;
    }
    free(entries);
    int32_t kept = 0;
    for (int32_t i = 0; i < n; i++)
        if (frame->items[i]) {
            frame->keys[kept] = frame->keys[i];
            frame->items[kept++] = frame->items[i];
        }
    frame->node->n = kept;
}

static void on_end(struct builder *self)
{
    struct frame *frame = &self->frames[self->depth - 1];
    struct sim_node *node = frame->node;
    if (node->kind == SIM_NODE_MAP && node->n > 1)
        drop_duplicates(self, frame);
    int64_t bytes = node->n * (int64_t)sizeof(*node->items);
    if (node->n > 0) {
        node->items = sim_arena_alloc(self->arena, bytes);
        node->keys = node->kind == SIM_NODE_MAP ? sim_arena_alloc(self->arena, bytes) : NULL;
        if (!node->items || (node->kind == SIM_NODE_MAP && !node->keys)) {
            fail(self, node->place, "out of memory");
            return;
        }
        memcpy(node->items, frame->items, (size_t)bytes);
        if (node->keys)
            memcpy(node->keys, frame->keys, (size_t)bytes);
    }
    if (frame->anchor >= 0)
        self->anchors[frame->anchor].node = node;
    free(frame->items);
    free(frame->keys);
    frame->items = frame->keys = NULL;
    self->depth--;
    attach(self, node);
}

/* What libyaml says, and what a writer of YAML most often meant. */
static const struct {
    const char *problem;
    const char *hint;
} hints[] = {
    {"mapping values are not allowed",
        "a ': ' within a text needs quotes around the text; or the indentation is wrong"},
    {"could not find expected ':'", "a key needs a ':' and a space after it; or the indentation is wrong"},
    {"did not find expected key", "the indentation is wrong, or a value goes on after its end"},
    {"did not find expected '-' indicator", "the indentation is wrong"},
    {"cannot start any token", "a text that begins with this character needs quotes"},
    {"found unexpected end of stream", "a quote or bracket is not closed"},
    {"did not find expected ',' or", "a bracket is not closed, or a comma is missing"},
    {"did not find expected alphabetic", "a text that begins with '*' or '&' needs quotes"},
    {"unknown escape character", "within double quotes a backslash is written twice"},
};

/* Whether white space at the start of a line (from 1) holds a tab. */
static bool indented_by_tab(const char *bytes, int64_t n, int32_t line)
{
    int64_t at = 0;
    for (int32_t i = 1; i < line && at < n; at++)
        if (bytes[at] == '\n' || (bytes[at] == '\r' && (at + 1 == n || bytes[at + 1] != '\n')))
            i++;
    for (; at < n && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '-'); at++)
        if (bytes[at] == '\t')
            return true;
    return false;
}

static void report_syntax(struct builder *self, const yaml_parser_t *parser, const char *bytes, int64_t n)
{
    if (parser->error == YAML_MEMORY_ERROR) {
        sim_diag_error(self->diag, (struct sim_place){self->file, 0, 0, 0}, "out of memory");
        return;
    }
    const char *problem = parser->problem ? parser->problem : "cannot be parsed", *hint = NULL;
    struct sim_place place = place_of(self, parser->problem_mark, parser->problem_mark);
    if (indented_by_tab(bytes, n, place.line))
        hint = "the line is indented with a tab; YAML wants spaces";
    for (int32_t i = 0; !hint && i < SIM_COUNT(hints); i++)
        if (strstr(problem, hints[i].problem))
            hint = hints[i].hint;
    char context[200] = "";
    if (parser->context)
        snprintf(context, sizeof(context), " (%s that began on line %d)", parser->context,
            (int)parser->context_mark.line + 1);
    sim_diag_error(self->diag, place, "YAML: %s%s%s%s", problem, context, hint ? "; " : "", hint ? hint : "");
}

/* Bytes of the UTF-8 character at `text`, 0 when it is none (broken, overlong, a surrogate, beyond U+10FFFF).
 */
static int32_t utf8_length(const unsigned char *text, int64_t n)
{
    unsigned char a = text[0];
    if (a < 0x80)
        return 1;
    int32_t length = a >= 0xC2 && a <= 0xDF ? 2 : (a & 0xF0) == 0xE0 ? 3 : a >= 0xF0 && a <= 0xF4 ? 4 : 0;
    if (length == 0 || length > n)
        return 0;
    for (int32_t i = 1; i < length; i++)
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    if ((a == 0xE0 && text[1] < 0xA0) || (a == 0xED && text[1] > 0x9F) || (a == 0xF0 && text[1] < 0x90) ||
        (a == 0xF4 && text[1] > 0x8F))
        return 0;
    return length;
}

/* What is wrong with a character for a text file, or NULL. */
static const char *wrong_character(const unsigned char *text, int32_t length)
{
    if (length == 0)
        return "is not UTF-8; save the file as UTF-8";
    if (text[0] == 0)
        return "is NUL: this is not a text file";
    if (length == 1 && (text[0] == 0x7F || (text[0] < 0x20 && !strchr("\t\n\r", text[0]))))
        return "is a control character; take it out";
    if (length == 2 && text[0] == 0xC2 && text[1] < 0xA0)
        return "begins a control character; take it out";
    if (length == 3 && text[0] == 0xE2 && text[1] == 0x80 && (text[2] == 0xA8 || text[2] == 0xA9))
        return "begins an invisible line break (U+2028 or U+2029); use an ordinary one";
    if (length == 3 && text[0] == 0xEF && text[1] == 0xBF && text[2] >= 0xBE)
        return "begins what is not a character (U+FFFE or U+FFFF)";
    return NULL;
}

/* Checked before libyaml sees the bytes, since its reader gives no line. */
static bool check_characters(struct builder *self, const char *bytes, int64_t n)
{
    const unsigned char *text = (const unsigned char *)bytes;
    struct sim_place place = {self->file, 1, 1, 1};
    if (n >= 4 && memcmp(bytes, "\x89HDF", 4) == 0) {
        place.line = 0;
        fail(self, place, "this is an HDF5 file, a result; expected a YAML file");
        return false;
    }
    if (n >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        place.line = 0;
        fail(self, place, "the file is UTF-16; save it as UTF-8");
        return false;
    }
    for (int64_t i = 0; i < n;) {
        int32_t length = utf8_length(text + i, n - i);
        const char *wrong = wrong_character(text + i, length);
        if (wrong) {
            sim_diag_error(self->diag, place, "the byte 0x%02X %s", text[i], wrong);
            self->failed = true;
            return false;
        }
        if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == n || text[i + 1] != '\n'))) {
            place.line++;
            place.column = 1;
        } else {
            place.column++;
        }
        i += length;
    }
    return true;
}

static void on_event(struct builder *self, const yaml_event_t *event, int32_t *n_documents)
{
    struct sim_place place = place_of(self, event->start_mark, event->end_mark);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++*n_documents > 1)
            fail(self, place, "a second document begins here; a scenario file holds one");
        break;
    case YAML_ALIAS_EVENT:
        on_alias(self, event->data.alias.anchor, place);
        break;
    case YAML_SCALAR_EVENT:
        on_scalar(self, event, place);
        break;
    case YAML_SEQUENCE_START_EVENT:
        on_start(
            self, SIM_NODE_LIST, event->data.sequence_start.anchor, event->data.sequence_start.tag, place);
        break;
    case YAML_MAPPING_START_EVENT:
        on_start(self, SIM_NODE_MAP, event->data.mapping_start.anchor, event->data.mapping_start.tag, place);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        on_end(self);
        break;
    default:
        break;
    }
}

static void read_events(struct builder *self, const char *bytes, int64_t n)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        fail(self, (struct sim_place){self->file, 0, 0, 0}, "out of memory");
        return;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, (size_t)n);
    int32_t n_documents = 0;
    for (bool done = false; !done && !self->failed;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            report_syntax(self, &parser, bytes, n);
            self->failed = true;
            break;
        }
        on_event(self, &event, &n_documents);
        done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

struct sim_node *sim_node_parse(
    const char *name, const char *bytes, int64_t n, struct sim_arena *arena, struct sim_diag *diag)
{
    struct builder *self = calloc(1, sizeof(*self));
    struct sim_place whole = {name, 0, 0, 0};
    sim_diag_add_file(diag, name);
    if (!self) {
        sim_diag_error(diag, whole, "out of memory");
        return NULL;
    }
    self->arena = arena;
    self->diag = diag;
    self->file = sim_arena_text(arena, name, (int64_t)strlen(name));
    if (!self->file) {
        free(self);
        sim_diag_error(diag, whole, "out of memory");
        return NULL;
    }
    if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3; /* a byte order mark would count as a column */
        n -= 3;
    }
    if (check_characters(self, bytes, n))
        read_events(self, bytes, n);
    struct sim_node *root = self->failed ? NULL : self->root;
    if (!self->failed && (!root || (root->kind == SIM_NODE_SCALAR && !*root->text && !root->quoted))) {
        sim_diag_error(diag, whole, "nothing in it; expected YAML");
        root = NULL;
    }
    for (int32_t i = 0; i < MAX_DEPTH; i++) {
        free(self->frames[i].items);
        free(self->frames[i].keys);
    }
    for (int32_t i = 0; i < self->n_anchors; i++)
        free(self->anchors[i].name);
    free(self);
    return root;
}
