/* The experiment as text: as given, as resolved, and what goes into /meta. */
#include <stdlib.h>
#include <string.h>

#include "models/county/fit.h"
#include "models/county/study_internal.h"
#include "sim/time/calendar.h"

/* The files as given, one after another, each with its name and length: what county_study_load_kept reads.
 * Names begin at the folder that all of them lie in, so that the same study run from another folder is the
 * same. */
static void print_given(const struct county_study *self, FILE *out)
{
    for (int32_t i = 0; i < self->experiment.n_files; i++) {
        const struct study_file *file = &self->files[i];
        fprintf(out, "# file: %s, %lld bytes\n", file->name, (long long)file->n);
        fwrite(file->text, 1, (size_t)file->n, out);
        fputc('\n', out);
    }
}

/* What differs from the files: seed, arms and --set, as they came to stand in the tree. The number of
 * replicates is no part of it: more may be asked for. */
static void print_choices(const struct county_study *self, FILE *out)
{
    const struct experiment_config *config = &self->experiment.config;
    fprintf(out, "seed: %lld\narms:", (long long)config->seed);
    for (int32_t i = 0; i < self->n_arms; i++)
        fprintf(out, " %s", self->scenarios[i].arm);
    fputc('\n', out);
    sim_node_print(sim_node_get(self->experiment.root, "parameters"), out, 0);
    sim_node_print(sim_node_get(self->experiment.root, "programs"), out, 0);
    sim_node_print(sim_node_get(self->experiment.root, "county"), out, 0);
}

static void print_list(const struct sim_node *node, const char *key, FILE *out)
{
    if (!node || node->n == 0)
        return;
    fprintf(out, "%s:\n", key);
    sim_node_print(node, out, 2);
}

static void print_program(const struct county_study *self, int32_t number, FILE *out)
{
    const struct investment_config *investment = &self->base.investments[number];
    fprintf(out, "  %s:\n", investment->name);
    sim_schema_print(&investment_schema, self->given.investments[number], out, 4);
    int32_t n = 0;
    fputs("    recipients: [", out);
    for (int32_t v = 0; v < self->base.n_villages; v++)
        if (investment->targets[v])
            fprintf(out, "%s%s", n++ ? ", " : "", self->base.villages[v].name);
    fputs("]\n    effects:\n", out);
    for (int32_t k = 0; k < investment->n_effects; k++) {
        const struct effect_type *type = effect_types[self->base.effects[investment->first_scheme + k].kind];
        fprintf(out, "      - %s:\n", type->name);
        sim_schema_print(type->schema, self->given.effects[investment->first_scheme + k], out, 10);
    }
}

void county_study_print_resolved(const struct county_study *self, FILE *out)
{
    const struct experiment *experiment = &self->experiment;
    fputs("pamir: resolved\n", out);
    sim_schema_print(&experiment_schema, self->given.experiment, out, 0);
    fputs("arms:\n", out);
    for (int32_t i = 0; i < self->n_arms; i++) {
        const struct arm_config *arm = &experiment->arms[self->arms[i]];
        int32_t n = 0;
        fprintf(out, "  %s:\n    programs: [", arm->name);
        for (int32_t k = 0; k < experiment->n_programs; k++)
            if (arm->active[k])
                fprintf(out, "%s%s", n++ ? ", " : "", experiment->programs[k]);
        fputs("]\n", out);
        if (arm->set && arm->set->n) {
            fputs("    set:\n", out);
            sim_node_print(arm->set, out, 6);
        }
    }
    print_list(sim_node_get(experiment->root, "sweep"), "sweep", out);
    print_list(sim_node_get(experiment->root, "stop_when"), "stop_when", out);
    print_list(sim_node_get(experiment->root, "lines"), "lines", out);
    print_list(sim_node_get(experiment->root, "claims"), "claims", out);
    fputs("county:\n", out);
    sim_schema_print(&county_schema, self->given.county, out, 2);
    print_list(sim_node_get(experiment->root, "townships"), "townships", out);
    print_list(sim_node_get(experiment->root, "prices"), "prices", out);
    fputs("parameters:\n", out);
    for (int32_t i = 0; i < scenario_n_sections; i++) {
        const struct sim_schema *schema = scenario_sections[i].schema;
        fprintf(out, "  %s:\n", schema->name);
        sim_schema_print(schema, self->given.sections[i], out, 4);
        for (int32_t s = 0; schema == &livestock_schema && s < SPECIES_COUNT; s++) {
            fprintf(out, "    %s:\n", species_names[s]);
            sim_schema_print(&species_schemas[s], self->given.species[s], out, 6);
        }
    }
    if (self->base.n_investments)
        fputs("programs:\n", out);
    for (int32_t i = 0; i < self->base.n_investments; i++)
        print_program(self, i, out);
}

void county_study_print_fit(const struct county_study *self, FILE *out)
{
    struct fit_row rows[FIT_ROWS];
    struct sim_error error = {0};
    int32_t n = fit_count(&self->founders, &self->base, rows, &error);
    if (n < 0)
        fprintf(out, "%s\n", error.message);
    else
        fit_print(rows, n, out);
}

/* A value set by an arm tells its place in a file: by the file's name as the texts give it, not as it was
 * called on this machine. Shortens in place. */
static void shorten_places(const struct county_study *self, char *text)
{
    static const char mark[] = "override at ";
    char *to = text;
    for (const char *at = text; *at;) {
        size_t n = strncmp(at, mark, sizeof(mark) - 1) == 0 ? sizeof(mark) - 1 : 1;
        memmove(to, at, n);
        to += n;
        at += n;
        for (int32_t i = 0; n > 1 && i < self->experiment.n_files; i++) {
            const char *path = self->experiment.files[i], *name = self->files[i].name;
            size_t length = strlen(path);
            if (strncmp(at, path, length) != 0 || at[length] != ':' || strlen(name) > length)
                continue;
            memcpy(to, name, strlen(name));
            to += strlen(name);
            at += length;
            break;
        }
    }
    *to = '\0';
}

static int put_printed(const struct county_study *self, struct sim_meta *meta, enum sim_meta_class class,
    const char *name, void (*print)(const struct county_study *, FILE *), const char *sentence,
    struct sim_error *error)
{
    char *text = NULL;
    size_t n = 0;
    FILE *stream = open_memstream(&text, &n);
    if (!stream)
        return sim_error_set(error, SIM_ERROR_MEMORY, "/meta/%s: out of memory", name);
    print(self, stream);
    bool ok = fclose(stream) == 0;
    if (ok)
        shorten_places(self, text);
    int code = ok ? sim_meta_set(meta, class, name, text, sentence, error)
                  : sim_error_set(error, SIM_ERROR_MEMORY, "/meta/%s: out of memory", name);
    free(text);
    return code;
}

/* The first year in which a program of any arm begins. */
static int32_t first_program_year(const struct county_study *self)
{
    int32_t first = 0;
    for (int32_t a = 0; a < self->n_points * self->n_arms; a++)
        for (int32_t i = 0; i < self->scenarios[a].n_investments; i++) {
            const struct investment_config *investment = &self->scenarios[a].investments[i];
            int32_t year = sim_month_year(investment->approve);
            if (investment->active && (first == 0 || year < first))
                first = year;
        }
    return first;
}

int county_study_meta(const struct county_study *self, struct sim_meta *meta, struct sim_error *error)
{
    const struct experiment_config *config = &self->experiment.config;
    char seed[32], replicates[32], base[32], first[32] = "", from[32], to[32];
    snprintf(seed, sizeof(seed), "%lld", (long long)config->seed);
    snprintf(replicates, sizeof(replicates), "%lld", (long long)config->replicates);
    snprintf(base, sizeof(base), "%lld", (long long)config->base_year);
    snprintf(from, sizeof(from), "%d-%02d", sim_month_year(config->from), sim_month_of_year(config->from));
    snprintf(to, sizeof(to), "%d-%02d", sim_month_year(config->to), sim_month_of_year(config->to));
    if (first_program_year(self))
        snprintf(first, sizeof(first), "%d", first_program_year(self));
    const struct {
        enum sim_meta_class class;
        const char *name, *text, *sentence;
    } texts[] = {
        {SIM_META_INPUT, "name", config->name, "short name of the experiment"},
        {SIM_META_INPUT, "title", config->title, "what the experiment is"},
        {SIM_META_INPUT, "question", config->question, "what it is to answer"},
        {SIM_META_INPUT, "county", self->base.county.title, "county"},
        {SIM_META_INPUT, "currency", self->base.county.currency, "currency of every amount"},
        {SIM_META_INPUT, "seed", seed, "seed of all luck"},
        {SIM_META_ABOUT, "replicates", replicates, "replicates asked for; with a stop_when at most"},
        {SIM_META_INPUT, "overrides", self->overrides, "--set, --seed and --arms, a line each"},
        {SIM_META_INPUT, "reference", self->scenarios[self->reference].arm,
            "arm that the others are compared with"},
        {SIM_META_INPUT, "placebo", config->placebo, "arm that shows how much of a difference is luck"},
        {SIM_META_INPUT, "base_year", base, "year of the prices of real values, and of the quintiles"},
        {SIM_META_INPUT, "from", from, "first month"},
        {SIM_META_INPUT, "to", to, "last month"},
        {SIM_META_INPUT, "first_program_year", first, "year in which the first program begins"},
    };
    for (int32_t i = 0; i < SIM_COUNT(texts); i++) {
        int code = sim_meta_set(meta, texts[i].class, texts[i].name, texts[i].text, texts[i].sentence, error);
        if (code < 0)
            return code;
    }
    int code = put_printed(self, meta, SIM_META_INPUT, "experiment_given", print_given,
        "the experiment, the county and the programs as they were given", error);
    if (code == 0)
        code = put_printed(self, meta, SIM_META_INPUT, "experiment_choices", print_choices,
            "seed, arms, and the values that overrides left standing", error);
    if (code == 0)
        code = put_printed(self, meta, SIM_META_ABOUT, "experiment_resolved", county_study_print_resolved,
            "every value of the experiment, with its source", error);
    if (code == 0)
        code = put_printed(self, meta, SIM_META_ABOUT, "founders_fit", county_study_print_fit,
            "the founding population against its targets", error);
    return code;
}
