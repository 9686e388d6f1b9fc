#include "models/county/read.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Help for all readers. */

void *read_alloc(struct sim_reader *reader, int64_t bytes, struct sim_place place)
{
    void *memory = sim_arena_alloc(reader->arena, bytes > 0 ? bytes : 1);
    if (!memory)
        sim_diag_error(reader->diag, place, "out of memory");
    return memory;
}

struct sim_schema read_with_others(const struct sim_schema *schema, const char *const *others, int32_t n)
{
    struct sim_schema wider = *schema;
    wider.others = others;
    wider.n_others = n;
    return wider;
}

int32_t read_find(struct sim_reader *reader, const char *word, struct sim_place place, const char *what,
    const char *const *words, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    const char *nearest = sim_diag_nearest(word, words, n);
    char listed[300] = "";
    for (int32_t i = 0; !nearest && i < n && i < 10; i++) {
        size_t used = strlen(listed);
        snprintf(listed + used, sizeof(listed) - used, "%s%s", i == 0 ? "; there are: " : ", ", words[i]);
    }
    sim_diag_error(reader->diag, place, "%s: there is no '%s'%s%s%s%s", what, word,
        nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "", listed);
    return -1;
}

/* Appends a path to what may be meant; the whole of --set stands in for what it says below a section. */
static void add_meant(char *text, size_t size, const char *path, const char *below)
{
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s'%s%s'", used ? " or " : "", path, below);
}

/* "parameters." or "parameters.livestock.", by section. */
static void section_path(const struct sim_schema *schema, bool is_species, char path[100])
{
    snprintf(path, 100, "parameters.%s%s", is_species ? "livestock." : "", schema->name);
}

static bool has_param(const struct sim_schema *schema, const char *key)
{
    for (int32_t i = 0; i < schema->n_params; i++)
        if (strcmp(schema->params[i].name, key) == 0)
            return true;
    return false;
}

/* Section i, the species after the others; NULL when there are no more. */
static const struct sim_schema *section_at(int32_t i, bool *is_species)
{
    *is_species = i >= scenario_n_sections;
    if (!*is_species)
        return scenario_sections[i].schema;
    return i - scenario_n_sections < SPECIES_COUNT ? &species_schemas[i - scenario_n_sections] : NULL;
}

bool read_meant(
    const struct sim_schema *schema, const char *key, struct sim_place place, char *text, size_t size)
{
    const struct sim_schema *section;
    bool is_species, is_ours = false, is_root = schema->params == experiment_schema.params;
    char path[100];
    *text = 0;
    if (is_root) {
        /* --set migration.away_cost: the path's rest belongs to what is meant. */
        const char *below = "", *set = "--set ";
        size_t n = strlen(key);
        if (place.file && strncmp(place.file, set, strlen(set)) == 0 &&
            strncmp(place.file + strlen(set), key, n) == 0)
            below = place.file + strlen(set) + n;
        for (int32_t i = 0; (section = section_at(i, &is_species)); i++)
            if (strcmp(section->name, key) == 0) {
                section_path(section, is_species, path);
                add_meant(text, size, path, below);
            }
        return *text;
    }
    for (int32_t i = 0; (section = section_at(i, &is_species)); i++)
        is_ours = is_ours || section->params == schema->params; /* schemas are widened, as copies */
    for (int32_t i = 0; is_ours && (section = section_at(i, &is_species)); i++)
        if (has_param(section, key)) {
            char below[100];
            section_path(section, is_species, path);
            snprintf(below, sizeof(below), ".%s", key);
            add_meant(text, size, path, below);
        }
    return *text;
}

struct sim_node *read_file(
    const char *path, struct sim_place place, const char *kind, struct sim_reader *reader)
{
    struct sim_node *root = sim_node_load_named(path, place, reader->arena, reader->diag);
    if (!root || !sim_read_kind(reader, root, path, SIM_NODE_MAP))
        return NULL;
    const struct sim_node *says = sim_node_get(root, "pamir");
    const char *text = "";
    if (!says) {
        sim_diag_error(
            reader->diag, root->place, "'pamir' is missing; a %s file begins with 'pamir: %s'", kind, kind);
        return NULL;
    }
    if (!sim_read_text(reader, says, "pamir", &text))
        return NULL;
    if (strcmp(text, kind) != 0) {
        sim_diag_error(
            reader->diag, says->place, "this is a file of the kind '%s'; expected 'pamir: %s'", text, kind);
        return NULL;
    }
    return root;
}

int32_t read_fields(char *line, const char **fields, int32_t *columns, int32_t most)
{
    int32_t n = 0;
    char *to = line;
    bool quoted = false;
    if (columns)
        columns[n] = 1;
    fields[n++] = to;
    for (const char *at = line; *at; at++) {
        if (*at == '"' && quoted && at[1] == '"')
            *to++ = *at++;
        else if (*at == '"')
            quoted = !quoted;
        else if (*at == ',' && !quoted) {
            int32_t column = (int32_t)(at - line) + 2;
            *to++ = 0;
            if (n == most)
                return n + 1;
            if (columns)
                columns[n] = column;
            fields[n++] = to;
        } else if (*at != '\r')
            *to++ = *at;
    }
    *to = 0;
    return quoted ? -1 : n;
}

/* Bytes of a path up to and with the slash before its last name. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Counts, on the real path, how many folders above the file's own `scenarios` lies; 0 when there is none. The
 * same number of ".." then leads there from the path as the user wrote it. */
static int32_t levels_to_scenarios(const char *path)
{
    char folder[PATH_MAX], real[PATH_MAX];
    size_t n = folder_length(path);
    if (n >= sizeof(folder))
        return 0;
    snprintf(folder, sizeof(folder), "%.*s", (int)n, path);
    if (!realpath(n ? folder : ".", real))
        return 0;
    for (int32_t level = 0; *real; level++) {
        char *slash = strrchr(real, '/');
        if (!slash)
            return 0;
        if (strcmp(slash + 1, "scenarios") == 0)
            return level;
        *slash = 0;
    }
    return 0;
}

const char *read_root(const char *path, struct sim_arena *arena)
{
    char root[PATH_MAX];
    int32_t levels = levels_to_scenarios(path);
    size_t used = folder_length(path);
    if (used >= sizeof(root) - 3)
        used = 0;
    snprintf(root, sizeof(root), "%.*s", (int)used, path);
    /* Steps up take named folders away where there are any, so that the root stays a prefix of the path. */
    for (; levels > 0; levels--) {
        size_t n = used > 0 ? used - 1 : 0;
        while (n > 0 && root[n - 1] != '/')
            n--;
        const char *last = root + n;
        bool named = used > 0 && strcmp(last, "./") != 0 && strcmp(last, "../") != 0;
        if (named) {
            used = n;
            root[used] = 0;
        } else if (used + 4 < sizeof(root)) {
            memcpy(root + used, "../", 4);
            used += 3;
        }
    }
    if (used == 0)
        return sim_arena_text(arena, ".", 1);
    if (used > 1 && root[used - 1] == '/')
        used--;
    return sim_arena_text(arena, root, (int64_t)used);
}
