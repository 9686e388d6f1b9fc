#include "sim/hpc/site.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/io/file.h"

#define ITEMS_MAX 1000

static const char *const others[] = {"pamir", "modules", "setup", "extra"};

#define SIM_PARAM_SELF struct sim_site
static const struct sim_param params[] = {SIM_SITE_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF

const struct sim_schema sim_site_schema = {"site", "what a cluster wants to be told with every job", params,
    SIM_COUNT(params), sizeof(struct sim_site), others, SIM_COUNT(others)};

/* What a text may be made of, so that in a script it is nothing but that text. */

static bool has_control(const char *text)
{
    for (const char *at = text; *at; at++)
        if (iscntrl((unsigned char)*at))
            return true;
    return false;
}

static bool is_name(const char *text)
{
    if (!isalnum((unsigned char)*text))
        return false;
    for (const char *at = text; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr("_.,:@+-", *at))
            return false;
    return true;
}

static const char *skip_digits(const char *at)
{
    while (isdigit((unsigned char)*at))
        at++;
    return at;
}

bool sim_site_is_time(const char *text)
{
    const char *at = text, *end;
    bool has_days = false;
    for (int32_t fields = 1; fields <= 3; fields++) {
        end = skip_digits(at);
        if (end == at || end - at > 6)
            return false;
        if (*end == '-' && !has_days && fields == 1) {
            has_days = true;
            at = end + 1;
            fields = 0;
            continue;
        }
        if (!*end)
            return true;
        if (*end != ':')
            return false;
        at = end + 1;
    }
    return false;
}

static bool is_memory(const char *text)
{
    const char *end = skip_digits(text);
    return end != text && end - text < 10 && (!*end || (strchr("KMGT", *end) && !end[1]));
}

static bool is_path(const char *text)
{
    return *text == '/' && !has_control(text);
}

static bool is_line(const char *text)
{
    return *text && !has_control(text);
}

static bool is_option(const char *text)
{
    return strncmp(text, "--", 2) == 0 && isalpha((unsigned char)text[2]) && !has_control(text);
}

static bool is_anything(const char *text)
{
    return *text != '\0';
}

static void check_texts(const struct sim_node *root, const struct sim_site *site, struct sim_diag *diag)
{
    const struct {
        const char *name, *text;
        bool (*fits)(const char *text);
        const char *expected;
    } texts[] = {
        {"partition", site->partition, is_name, "a name of letters, digits and _.,:@+-"},
        {"account", site->account, is_name, "a name of letters, digits and _.,:@+-"},
        {"qos", site->qos, is_name, "a name of letters, digits and _.,:@+-"},
        {"time", site->time, sim_site_is_time, "a time as Slurm writes it, as 90, 12:00:00 or 2-12"},
        {"memory", site->memory, is_memory, "a number and K, M, G or T, as 4G"},
        {"scratch", site->scratch, is_path, "a path that begins with '/'; it is taken letter by letter"},
        {"program", site->program, is_path, "a path that begins with '/'; it is taken letter by letter"},
    };
    for (int32_t i = 0; i < SIM_COUNT(texts); i++) {
        const struct sim_node *node = sim_node_get(root, texts[i].name);
        if (node && *texts[i].text && !texts[i].fits(texts[i].text))
            sim_diag_error(
                diag, node->place, "%s: '%.100s' is not %s", texts[i].name, texts[i].text, texts[i].expected);
    }
}

/* A list of texts, each of which has to fit. */
static int32_t read_list(struct sim_reader *reader, const struct sim_node *root, const char *key,
    bool (*fits)(const char *text), const char *expected, const char *const **out)
{
    const struct sim_node *list = sim_node_get(root, key);
    if (!sim_read_kind(reader, list, key, SIM_NODE_LIST))
        return 0;
    if (list->n > ITEMS_MAX) {
        sim_diag_error(
            reader->diag, list->place, "%s has %d items; expected at most %d", key, list->n, ITEMS_MAX);
        return 0;
    }
    const char **items = sim_arena_alloc(reader->arena, (int64_t)sizeof(*items) * list->n);
    if (!items) {
        sim_diag_error(reader->diag, list->place, "%s: out of memory", key);
        return 0;
    }
    for (int32_t i = 0; i < list->n; i++) {
        char what[64];
        snprintf(what, sizeof(what), "%s[%d]", key, i);
        items[i] = "";
        if (sim_read_text(reader, list->items[i], what, &items[i]) && !fits(items[i]))
            sim_diag_error(
                reader->diag, list->items[i]->place, "%s: '%.100s' is not %s", what, items[i], expected);
    }
    *out = items;
    return list->n;
}

static void check_kind(struct sim_reader *reader, const struct sim_node *root)
{
    const struct sim_node *says = sim_node_get(root, "pamir");
    const char *text = "";
    if (!says)
        sim_diag_error(
            reader->diag, root->place, "'pamir' is missing; a site file begins with 'pamir: site'");
    else if (sim_read_text(reader, says, "pamir", &text) && strcmp(text, "site") != 0)
        sim_diag_error(
            reader->diag, says->place, "this is a file of the kind '%.100s'; expected 'pamir: site'", text);
}

const char *sim_site_find(const char *given, struct sim_arena *arena)
{
    const char *named = getenv("PAMIR_SITE"), *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    char path[SIM_FILE_PATH];
    int n = 0;
    if (given || (named && *named))
        return given ? given : named;
    if (config && *config)
        n = snprintf(path, sizeof(path), "%s/pamir/site.yaml", config);
    else if (home && *home)
        n = snprintf(path, sizeof(path), "%s/.config/pamir/site.yaml", home);
    if (n <= 0 || n >= (int)sizeof(path) || !sim_file_exists(path))
        return NULL;
    return sim_arena_text(arena, path, n);
}

int sim_site_read(const char *path, struct sim_arena *arena, struct sim_diag *diag, struct sim_site *out,
    struct sim_error *error)
{
    struct sim_reader reader = {.arena = arena, .diag = diag};
    struct sim_place place = {path ? path : "default", 0, 0, 0};
    int32_t before = diag->n_errors;
    memset(out, 0, sizeof(*out));
    reader.units = sim_units_new(error);
    if (!reader.units)
        return error->code;
    const struct sim_node *root = path ? sim_node_load(path, arena, diag) : NULL;
    if (!path || (root && sim_read_kind(&reader, root, path, SIM_NODE_MAP))) {
        sim_schema_read(&sim_site_schema, root, place, &reader, out, NULL);
        if (root) {
            check_kind(&reader, root);
            check_texts(root, out, diag);
            out->n_modules =
                read_list(&reader, root, "modules", is_line, "the name of a module", &out->modules);
            out->n_setup = read_list(&reader, root, "setup", is_anything, "a line of shell", &out->setup);
            out->n_extra = read_list(&reader, root, "extra", is_option,
                "a long option of sbatch, as --constraint=avx2", &out->extra);
        }
    }
    sim_units_free(reader.units);
    return diag->n_errors > before
               ? sim_error_set(error, SIM_ERROR_INPUT, "%s: the site file is wrong", path ? path : "default")
               : 0;
}
