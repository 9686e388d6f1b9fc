#include <string.h>

#include "models/county/read.h"
#include "sim/time/calendar.h"

#define MOST_ARMS 256 /* each is a scenario of its own, of two megabytes */

#define SIM_PARAM_SELF struct experiment_config
static const struct sim_param params[] = {EXPERIMENT_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema experiment_schema = {"experiment", "a county, a horizon, and arms to compare", params,
    SIM_COUNT(params), sizeof(struct experiment_config), NULL, 0};

static const char *const file_keys[] = {"pamir", "county", "programs", "arms", "parameters", "prices",
    "lines", "claims", "sweep", "stop_when", "note"};
static const char *const root_keys[] = {"pamir", "county", "programs", "arms", "parameters", "prices",
    "lines", "claims", "sweep", "stop_when", "note", "townships"};
static const char *const county_keys[] = {"pamir", "county", "townships", "parameters", "prices", "note"};
static const char *const arm_keys[] = {"programs", "set", "note"};

/* Trees. */

static struct sim_node *make_map(struct sim_reader *reader, struct sim_place place, int32_t capacity)
{
    struct sim_node *map = read_alloc(reader, (int64_t)sizeof(*map), place);
    int64_t bytes = (int64_t)sizeof(*map->keys) * capacity;
    if (!map)
        return NULL;
    *map = (struct sim_node){.kind = SIM_NODE_MAP, .place = place, .text = ""};
    map->keys = read_alloc(reader, bytes, place);
    map->items = read_alloc(reader, bytes, place);
    return map->keys && map->items ? map : NULL;
}

/* Adds under the key, or replaces what stands there; the map has room. */
static bool put(struct sim_reader *reader, struct sim_node *map, const char *key, struct sim_place place,
    struct sim_node *item)
{
    for (int32_t i = 0; i < map->n; i++)
        if (strcmp(map->keys[i]->text, key) == 0) {
            map->items[i] = item;
            return true;
        }
    struct sim_node *name = read_alloc(reader, (int64_t)sizeof(*name), place);
    if (!name)
        return false;
    *name = (struct sim_node){.kind = SIM_NODE_SCALAR, .place = place, .text = key};
    map->keys[map->n] = name;
    map->items[map->n++] = item;
    return true;
}

/* Lays `over` upon `base`, both maps, into a new map: maps are joined key by key down to values (a scalar, a
 * list, or {value: ...}), which replace. What replaces needs no source of its own, as any override. */
static struct sim_node *overlay(
    struct sim_reader *reader, const struct sim_node *base, const struct sim_node *over)
{
    struct sim_node *joined = make_map(reader, base->place, base->n + over->n);
    if (!joined)
        return NULL;
    for (int32_t i = 0; i < base->n; i++)
        if (!put(reader, joined, base->keys[i]->text, base->keys[i]->place, base->items[i]))
            return NULL;
    for (int32_t i = 0; i < over->n; i++) {
        const char *key = over->keys[i]->text;
        struct sim_node *item = over->items[i], *below = sim_node_get(joined, key);
        bool deeper = below && below->kind == SIM_NODE_MAP && item->kind == SIM_NODE_MAP &&
                      !sim_node_get(item, "value") && !sim_node_get(below, "value");
        if (deeper)
            item = overlay(reader, below, item);
        else if (item->kind == SIM_NODE_SCALAR)
            item->overridden = true;
        if (!item || !put(reader, joined, key, over->keys[i]->place, item))
            return NULL;
    }
    return joined;
}

static void mark_scalars(struct sim_node *node)
{
    if (node->kind == SIM_NODE_SCALAR)
        node->overridden = true;
    else if (!sim_node_get(node, "value"))
        for (int32_t i = 0; i < node->n; i++)
            mark_scalars(node->items[i]);
}

/* A section of the county's file with that of the experiment upon it; NULL when neither has it. */
static struct sim_node *layered(struct sim_reader *reader, const struct sim_node *county,
    const struct sim_node *experiment, const char *key)
{
    struct sim_node *base = sim_node_get(county, key), *over = sim_node_get(experiment, key);
    if (over && !sim_read_kind(reader, over, key, SIM_NODE_MAP))
        over = NULL;
    if (!over)
        return base;
    if (!base || base->kind != SIM_NODE_MAP) {
        mark_scalars(over);
        return base ? base : over;
    }
    return overlay(reader, base, over);
}

/* Files. */

static void add_file(struct experiment *out, const char *path)
{
    for (int32_t i = 0; i < out->n_files; i++)
        if (strcmp(out->files[i], path) == 0)
            return;
    out->files[out->n_files++] = path;
}

static struct sim_node *read_named(struct experiment *out, struct sim_reader *reader, const char *root,
    const struct sim_node *name, const char *what, const char *kind)
{
    const char *relative;
    if (!sim_read_text(reader, name, what, &relative))
        return NULL;
    const char *path = sim_node_path(out->path, relative, root, name->place, reader->arena, reader->diag);
    if (!path)
        return NULL;
    add_file(out, path);
    return read_file(path, name->place, kind, reader);
}

static struct sim_node *read_program_files(
    struct experiment *out, struct sim_reader *reader, const char *root, const struct sim_node *list)
{
    struct sim_place place = list ? list->place : (struct sim_place){out->path, 0, 0, 0};
    struct sim_node *programs = make_map(reader, place, list ? list->n : 0);
    if (!programs || !list || !sim_read_kind(reader, list, "programs", SIM_NODE_MAP))
        return programs;
    out->programs = read_alloc(reader, (int64_t)sizeof(*out->programs) * list->n, place);
    if (!out->programs)
        return NULL;
    if (list->n > INVESTMENT_MAX)
        sim_diag_error(reader->diag, place, "programs: %d of them; an experiment has room for %d", list->n,
            INVESTMENT_MAX);
    for (int32_t i = 0; i < list->n && i < INVESTMENT_MAX; i++) {
        const char *name = list->keys[i]->text;
        char what[200];
        snprintf(what, sizeof(what), "programs.%s", name);
        struct sim_node *file = read_named(out, reader, root, list->items[i], what, "program");
        out->programs[out->n_programs++] = name;
        if (file && !put(reader, programs, name, list->keys[i]->place, file))
            return NULL;
    }
    return programs;
}

/* Arms. */

static void read_arm_programs(struct experiment *out, struct sim_reader *reader, const struct sim_node *list,
    const char *arm, struct arm_config *config)
{
    char what[200];
    snprintf(what, sizeof(what), "arms.%s.programs", arm);
    if (!list || !sim_read_kind(reader, list, what, SIM_NODE_LIST))
        return;
    for (int32_t i = 0; i < list->n; i++) {
        const char *name;
        if (!sim_read_text(reader, list->items[i], what, &name))
            continue;
        int32_t k = read_find(
            reader, name, list->items[i]->place, what, (const char *const *)out->programs, out->n_programs);
        if (k >= 0 && config->active[k])
            sim_diag_error(reader->diag, list->items[i]->place, "%s: '%s' is named twice", what, name);
        if (k >= 0)
            config->active[k] = true;
    }
}

/* What an arm may set: nothing that the founding population or the calendar hangs on. */
static void check_arm_set(struct sim_reader *reader, const struct sim_node *set, const char *arm)
{
    for (int32_t i = 0; set && i < set->n; i++) {
        const char *path = set->keys[i]->text;
        size_t first = strcspn(path, ".[");
        if ((first == 10 && strncmp(path, "parameters", 10) == 0) ||
            (first == 8 && strncmp(path, "programs", 8) == 0))
            continue;
        sim_diag_error(reader->diag, set->keys[i]->place,
            "arms.%s.set: '%s' is the same in all arms, since it would give them other households or another "
            "calendar; an arm sets parameters.* and programs.*",
            arm, path);
    }
}

/* A `set` on a program that the arm does not run would do nothing: a slip. */
static void check_arm_set_runs(
    struct experiment *out, struct sim_reader *reader, const struct arm_config *arm)
{
    for (int32_t i = 0; i < arm->set->n; i++) {
        const char *path = arm->set->keys[i]->text;
        if (strncmp(path, "programs.", 9) != 0)
            continue;
        size_t n = strcspn(path + 9, ".[");
        for (int32_t k = 0; k < out->n_programs; k++)
            if (!arm->active[k] && strlen(out->programs[k]) == n &&
                strncmp(path + 9, out->programs[k], n) == 0)
                sim_diag_error(reader->diag, arm->set->keys[i]->place,
                    "arms.%s.set: '%s': the arm does not run the program '%s', so this has no effect; "
                    "expected "
                    "'%s' among its programs",
                    arm->name, path, out->programs[k], out->programs[k]);
    }
}

static int read_arms(struct experiment *out, struct sim_reader *reader, const struct sim_node *list)
{
    struct sim_place place = {out->path, 0, 0, 0};
    if (!list) {
        sim_diag_error(
            reader->diag, place, "'arms' is missing; expected a map of arms, as in 'arms: {reference: {}}'");
        return SIM_ERROR_INPUT;
    }
    if (!sim_read_kind(reader, list, "arms", SIM_NODE_MAP))
        return SIM_ERROR_INPUT;
    if (list->n > MOST_ARMS) {
        sim_diag_error(reader->diag, list->keys[MOST_ARMS]->place,
            "arms: more than %d of them; expected fewer", MOST_ARMS);
        return SIM_ERROR_INPUT;
    }
    out->arms = read_alloc(reader, (int64_t)sizeof(*out->arms) * list->n, place);
    if (!out->arms)
        return SIM_ERROR_INPUT;
    for (int32_t i = 0; i < list->n; i++) {
        const struct sim_node *arm = list->items[i];
        struct arm_config *config = &out->arms[out->n_arms++];
        char what[200];
        snprintf(what, sizeof(what), "arms.%s", list->keys[i]->text);
        *config = (struct arm_config){
            .name = list->keys[i]->text, .note = "", .place = list->keys[i]->place, .chosen = true};
        if (arm->kind == SIM_NODE_SCALAR && !*arm->text && !arm->quoted)
            continue;
        if (!sim_read_keys(reader, arm, what, arm_keys, SIM_COUNT(arm_keys)) && arm->kind != SIM_NODE_MAP)
            continue;
        read_arm_programs(out, reader, sim_node_get(arm, "programs"), config->name, config);
        if (sim_node_get(arm, "note"))
            sim_read_text(reader, sim_node_get(arm, "note"), what, &config->note);
        const struct sim_node *set = sim_node_get(arm, "set");
        snprintf(what, sizeof(what), "arms.%s.set", config->name);
        if (set && sim_read_kind(reader, set, what, SIM_NODE_MAP)) {
            config->set = set;
            check_arm_set(reader, set, config->name);
            check_arm_set_runs(out, reader, config);
        }
    }
    return 0;
}

static int32_t find_arm(struct experiment *out, struct sim_reader *reader, const char *name,
    struct sim_place place, const char *what)
{
    const char **names = read_alloc(reader, (int64_t)sizeof(*names) * out->n_arms, place);
    for (int32_t i = 0; names && i < out->n_arms; i++)
        names[i] = out->arms[i].name;
    return names ? read_find(reader, name, place, what, (const char *const *)names, out->n_arms) : -1;
}

static struct sim_place place_of(const struct experiment *out, const char *key)
{
    const struct sim_node *node = sim_node_get(out->root, key);
    return node ? node->place : out->root->place;
}

/* --arms a,b: those and the reference. */
static void choose_arms(struct experiment *out, struct sim_reader *reader, const char *list)
{
    struct sim_place place = {"--arms", 0, 0, 0};
    for (int32_t i = 0; i < out->n_arms; i++)
        out->arms[i].chosen = i == out->reference;
    for (const char *at = list; *at;) {
        size_t n = strcspn(at, ",");
        char *name = sim_arena_text(reader->arena, at, (int64_t)n);
        int32_t arm = name ? find_arm(out, reader, name, place, "arms") : -1;
        if (arm >= 0)
            out->arms[arm].chosen = true;
        at += n;
        at += *at == ',';
    }
}

/* --set upon an arm's own `set`. */

/* Where a message on --set stands: it has no lines, so its path stands in for them. */
struct sim_place read_set_place(const char *path, struct sim_reader *reader)
{
    char text[300];
    snprintf(text, sizeof(text), "--set %.280s", path);
    const char *copy = sim_arena_text(reader->arena, text, (int64_t)strlen(text));
    return (struct sim_place){copy ? copy : "--set", 0, 0, 0};
}

static bool is_for_arms(const char *set)
{
    return strncmp(set, "parameters.", 11) == 0 || strncmp(set, "programs.", 9) == 0;
}

bool read_is_along(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), least = n < m ? n : m;
    const char *rest = n < m ? b + least : a + least;
    return strncmp(a, b, least) == 0 && (!*rest || *rest == '.' || *rest == '[');
}

/* The arms whose own `set` says what --set says too: an arm that is there for that value alone would be the
 * reference over again. */
static void warn_of_sets(const struct experiment *out, struct sim_reader *reader)
{
    for (int32_t i = 0; out->overrides && i < out->overrides->n_sets; i++) {
        const char *set = out->overrides->sets[i];
        const char *path = sim_arena_text(reader->arena, set, (int64_t)strcspn(set, "="));
        char names[300] = "";
        int32_t n = 0;
        if (!path || !is_for_arms(set))
            continue;
        for (int32_t a = 0; a < out->n_arms; a++) {
            const struct arm_config *arm = &out->arms[a];
            bool is_set = false;
            for (int32_t k = 0; arm->chosen && arm->set && k < arm->set->n; k++)
                is_set = is_set || read_is_along(path, arm->set->keys[k]->text);
            size_t used = strlen(names);
            if (is_set)
                snprintf(names + used, sizeof(names) - used, "%s'%s'", n++ ? ", " : "", arm->name);
        }
        if (n > 0)
            sim_diag_warning(reader->diag, read_set_place(path, reader),
                "this wins over what the %s %s set%s for %s, which may leave no difference from the "
                "reference",
                n == 1 ? "arm" : "arms", names, n == 1 ? "s" : "", n == 1 ? "itself" : "themselves");
    }
}

/* The experiment as a whole. */

/* An arm is made in the file, where it can be looked up; --set changes what one that is there does. Without
 * this a slip in its name would make another one. */
static bool check_arm_path(
    const struct sim_node *root, const char *path, struct sim_place place, struct sim_reader *reader)
{
    const struct sim_node *arms = sim_node_get(root, "arms");
    const char *names[64];
    int32_t n = 0;
    if (strncmp(path, "arms", 4) != 0 || (path[4] && path[4] != '.') || !arms || arms->kind != SIM_NODE_MAP)
        return true;
    if (!path[4]) {
        sim_diag_error(reader->diag, place,
            "'arms' is the file's; expected a part of one of its arms, as in 'arms.%s.programs'",
            arms->n ? arms->keys[0]->text : "reference");
        return false;
    }
    size_t length = strcspn(path + 5, ".[");
    const char *name = sim_arena_text(reader->arena, path + 5, (int64_t)length);
    for (int32_t i = 0; name && i < arms->n; i++) {
        if (strcmp(arms->keys[i]->text, name) == 0)
            return true;
        if (n < SIM_COUNT(names))
            names[n++] = arms->keys[i]->text;
    }
    const char *nearest = name ? sim_diag_nearest(name, names, n) : NULL;
    sim_diag_error(reader->diag, place,
        "the experiment has no arm '%s'%s%s%s; --set changes arms, it makes none: write a new one into the "
        "file",
        name ? name : "", nearest ? " (did you mean '" : "", nearest ? nearest : "", nearest ? "'?)" : "");
    return false;
}

static int apply_sets(
    struct sim_node *root, const struct county_overrides *overrides, struct sim_reader *reader)
{
    static const struct sim_place place = {"--set", 0, 0, 0};
    int32_t before = reader->diag->n_reported;
    for (int32_t i = 0; overrides && i < overrides->n_sets; i++) {
        const char *set = overrides->sets[i], *equals = strchr(set, '=');
        if (!equals || equals == set) {
            sim_diag_error(reader->diag, place,
                "'%s' is not an override; expected path=value, as in parameters.livestock.feed_need='50 "
                "kg/month'",
                set);
            continue;
        }
        const char *path = sim_arena_text(reader->arena, set, equals - set);
        if (path && check_arm_path(root, path, read_set_place(path, reader), reader))
            sim_node_set(root, path, equals + 1, place, reader->arena, reader->diag);
    }
    char number[32];
    if (overrides && overrides->seed >= 0) {
        snprintf(number, sizeof(number), "%lld", (long long)overrides->seed);
        sim_node_set(
            root, "seed", number, (struct sim_place){"--seed", 0, 0, 0}, reader->arena, reader->diag);
    }
    if (overrides && overrides->replicates > 0) {
        const struct sim_node *there = sim_node_get(root, "replicates");
        snprintf(number, sizeof(number), "%d", overrides->replicates);
        if (there && there->kind == SIM_NODE_SCALAR && strcmp(there->text, number) == 0)
            return reader->diag->n_reported > before ? SIM_ERROR_INPUT : 0; /* said there already */
        sim_node_set(root, "replicates", number, (struct sim_place){"--replicates", 0, 0, 0}, reader->arena,
            reader->diag);
    }
    return reader->diag->n_reported > before ? SIM_ERROR_INPUT : 0;
}

static void check_horizon(struct experiment *out, struct sim_reader *reader)
{
    const struct experiment_config *config = &out->config;
    /* A month that could not be read is 0, and was reported. */
    if (config->from == 0 || config->to == 0)
        return;
    if (sim_month_of_year(config->from) != 1)
        sim_diag_error(reader->diag, place_of(out, "from"),
            "experiment.from: results are by calendar year; expected a January, as in %d-01",
            sim_month_year(config->from));
    if (sim_month_of_year(config->to) != 12)
        sim_diag_error(reader->diag, place_of(out, "to"),
            "experiment.to: results are by calendar year; expected a December, as in %d-12",
            sim_month_year(config->to));
    if (config->to < config->from)
        sim_diag_error(reader->diag, place_of(out, "to"), "experiment.to: lies before 'from'");
    else if (config->to - config->from >= 1200)
        sim_diag_error(reader->diag, place_of(out, "to"), "experiment.to: expected at most 100 years");
    else if (config->to > PERSON_LAST_BIRTH)
        sim_diag_error(reader->diag, place_of(out, "to"),
            "experiment.to: lies after %d-12, the last whole year of which months of birth can be kept",
            sim_month_year(PERSON_LAST_BIRTH) - 1);
    else if (config->base_year < sim_month_year(config->from) ||
             config->base_year > sim_month_year(config->to))
        sim_diag_error(reader->diag, place_of(out, "base_year"),
            "experiment.base_year: %lld is not a year of the horizon, %d to %d", (long long)config->base_year,
            sim_month_year(config->from), sim_month_year(config->to));
}

/* The tree of all files. */
static struct sim_node *join_files(
    struct experiment *out, struct sim_reader *reader, const char *root, const struct sim_node *file)
{
    struct sim_node *tree = make_map(reader, file->place, file->n + 8);
    const struct sim_node *name = sim_node_get(file, "county");
    struct sim_node *county = NULL;
    if (!tree)
        return NULL;
    for (int32_t i = 0; i < file->n; i++)
        if (!put(reader, tree, file->keys[i]->text, file->keys[i]->place, file->items[i]))
            return NULL;
    if (name)
        county = read_named(out, reader, root, name, "county", "county");
    else
        sim_diag_error(reader->diag, file->place,
            "'county' is missing; expected the path of a county file, as in 'county: "
            "../counties/tashkurgan.yaml'");
    struct sim_node *programs = read_program_files(out, reader, root, sim_node_get(file, "programs"));
    if (!programs || !put(reader, tree, "programs", programs->place, programs) || !county)
        return NULL;
    sim_read_keys(reader, county, "county file", county_keys, SIM_COUNT(county_keys));
    out->county_place = county->place;
    static const char *const own[] = {"county", "townships"};
    for (int32_t i = 0; i < SIM_COUNT(own); i++) {
        struct sim_node *item = sim_node_get(county, own[i]);
        if (!item) {
            sim_diag_error(reader->diag, county->place, "'%s' is missing", own[i]);
            if (i > 0)
                continue; /* a list: nothing of it is read, so nothing more is said of it */
            item = make_map(reader, county->place, 0);
        }
        if (!item || !put(reader, tree, own[i], item->place, item))
            return NULL;
    }
    static const char *const shared[] = {"parameters", "prices"};
    for (int32_t i = 0; i < SIM_COUNT(shared); i++) {
        struct sim_node *item = layered(reader, county, file, shared[i]);
        if (!item)
            item = make_map(reader, county->place, 0);
        if (!item || !put(reader, tree, shared[i], item->place, item))
            return NULL;
    }
    return tree;
}

int read_experiment(const char *path, const struct county_overrides *overrides, struct sim_reader *reader,
    struct experiment *out)
{
    struct sim_place place = {path, 0, 0, 0};
    int32_t before = reader->diag->n_reported;
    *out = (struct experiment){.path = path, .overrides = overrides, .reference = -1, .placebo = -1};
    reader->sources_required = false;
    struct sim_node *file = read_file(path, place, "experiment", reader);
    const char *root = read_root(path, reader->arena);
    if (!file || !root)
        return SIM_ERROR_INPUT;
    const struct sim_node *programs = sim_node_get(file, "programs");
    out->files = read_alloc(
        reader, (int64_t)sizeof(*out->files) * (programs && programs->n > 0 ? programs->n + 4 : 4), place);
    if (!out->files)
        return SIM_ERROR_INPUT;
    out->folder = root;
    add_file(out, path);
    struct sim_schema schema = read_with_others(&experiment_schema, file_keys, SIM_COUNT(file_keys));
    struct sim_node *tree = join_files(out, reader, root, file);
    /* Without the county nothing can be resolved; what the experiment itself says is checked nevertheless. */
    out->root = tree ? tree : file;
    if (tree) {
        apply_sets(tree, overrides, reader);
        schema = read_with_others(&experiment_schema, root_keys, SIM_COUNT(root_keys));
    }
    sim_schema_read(&schema, out->root, place, reader, &out->config, NULL);
    check_horizon(out, reader);
    read_arms(out, reader, sim_node_get(out->root, "arms"));
    if (*out->config.reference && out->n_arms > 0)
        out->reference =
            find_arm(out, reader, out->config.reference, place_of(out, "reference"), "experiment.reference");
    if (*out->config.placebo && out->n_arms > 0)
        out->placebo =
            find_arm(out, reader, out->config.placebo, place_of(out, "placebo"), "experiment.placebo");
    if (out->placebo >= 0 && out->placebo == out->reference)
        sim_diag_error(reader->diag, place_of(out, "placebo"),
            "experiment.placebo: '%s' is the reference; expected an arm that differs from it by next to "
            "nothing",
            out->config.placebo);
    if (overrides && overrides->arms)
        choose_arms(out, reader, overrides->arms);
    warn_of_sets(out, reader);
    read_lines(sim_node_get(out->root, "lines"), reader, out);
    read_claims(sim_node_get(out->root, "claims"), root, reader, out);
    read_sweep(sim_node_get(out->root, "sweep"), root, reader, out);
    if (out->sweep.n_points > 0 && !sim_node_get(out->root, "panel"))
        out->config.panel = 0;
    read_stop(sim_node_get(out->root, "stop_when"), reader, out);
    return reader->diag->n_reported > before ? SIM_ERROR_INPUT : 0;
}

const struct sim_node *read_arm_tree(
    const struct experiment *experiment, int32_t number, struct sim_reader *reader)
{
    if (number < 0 || !experiment->arms[number].set)
        return experiment->root;
    const struct arm_config *arm = &experiment->arms[number];
    struct sim_node *root = sim_node_copy(experiment->root, reader->arena);
    if (!root) {
        sim_diag_error(reader->diag, arm->place, "out of memory");
        return NULL;
    }
    for (int32_t i = 0; i < arm->set->n; i++) {
        struct sim_node *value = sim_node_copy(arm->set->items[i], reader->arena);
        if (value)
            sim_node_set_node(
                root, arm->set->keys[i]->text, value, arm->set->keys[i]->place, reader->arena, reader->diag);
    }
    const struct county_overrides *overrides = experiment->overrides;
    for (int32_t i = 0; overrides && i < overrides->n_sets; i++)
        if (is_for_arms(overrides->sets[i])) {
            struct county_overrides one = {.sets = &overrides->sets[i], .n_sets = 1, .seed = -1};
            apply_sets(root, &one, reader);
        }
    return root;
}

int read_scenario(const struct experiment *experiment, int32_t arm, struct sim_reader *reader,
    struct scenario *out, struct scenario_given *given)
{
    int32_t before = reader->diag->n_reported;
    const struct experiment_config *config = &experiment->config;
    *out = (struct scenario){.arm = arm >= 0 ? experiment->arms[arm].name : "founding population",
        .first_month = config->from,
        .end_month = config->to + 1,
        .base_year = (int32_t)config->base_year,
        .seed = (uint64_t)config->seed,
        .n_lines = experiment->n_lines};
    memcpy(out->lines, experiment->lines, sizeof(out->lines));
    const struct sim_node *root = read_arm_tree(experiment, arm, reader);
    if (!root)
        return SIM_ERROR_INPUT;
    if (given) {
        struct sim_schema schema = read_with_others(&experiment_schema, root_keys, SIM_COUNT(root_keys));
        struct experiment_config again;
        reader->sources_required = false;
        given->experiment =
            read_alloc(reader, (int64_t)sizeof(*given->experiment) * experiment_schema.n_params, root->place);
        if (given->experiment)
            sim_schema_read(&schema, root, root->place, reader, &again, given->experiment);
    }
    bool knows_county = read_county(root, experiment->county_place, reader, out, given) == 0;
    read_programs(experiment, root, arm, knows_county, reader, out, given);
    return reader->diag->n_reported > before ? SIM_ERROR_INPUT : 0;
}
