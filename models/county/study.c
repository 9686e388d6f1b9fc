#include "models/county/study.h"

#include <stdlib.h>
#include <string.h>

#include "models/county/fit.h"
#include "models/county/observe.h"
#include "models/county/read.h"
#include "models/county/synthesis.h"
#include "sim/core/clock.h"
#include "sim/time/calendar.h"

struct county_study {
    struct sim_arena arena; /* trees, texts, configurations */
    struct sim_units *units;
    struct experiment experiment;
    struct scenario base; /* no program, no arm's `set`: what the founders are made from */
    struct scenario_given given;
    struct scenario *scenarios; /* [n_arms], of the arms to be run */
    int32_t *arms;              /* their rows in experiment.arms */
    int32_t n_arms;
    int32_t reference;
    struct founders founders;
    struct sim_output output;
    struct observer_options options;
    int64_t n_households;
    struct sim_batch_slot *slots; /* of the batch */
};

/* Loading. */

/* More than this is no disturbance too small to matter. */
#define PLACEBO_FEN 1000000

static struct sim_place place_of(const struct county_study *self, const char *key)
{
    const struct sim_node *node = sim_node_get(self->experiment.root, key);
    return node ? node->place : (struct sim_place){self->experiment.path, 0, 0, 0};
}

static void check_placebo(const struct county_study *self, const struct scenario *arm, struct sim_diag *diag)
{
    int64_t fen = 0;
    for (int32_t i = 0; i < arm->n_investments; i++)
        fen += arm->investments[i].active ? arm->investments[i].budget : 0;
    if (fen > PLACEBO_FEN)
        sim_diag_warning(diag, place_of(self, "placebo"),
            "experiment.placebo: the programs of '%s' cost %.10g CNY; a placebo shows what luck alone does, "
            "so it "
            "should be next to nothing, at most %d CNY",
            arm->arm, (double)fen / 100, PLACEBO_FEN / 100);
}

static int read_arms_scenarios(struct county_study *self, struct sim_reader *reader)
{
    const struct experiment *experiment = &self->experiment;
    int32_t before = reader->diag->n_reported;
    struct sim_place place = {experiment->path, 0, 0, 0};
    self->scenarios = read_alloc(reader, (int64_t)sizeof(*self->scenarios) * experiment->n_arms, place);
    self->arms = read_alloc(reader, (int64_t)sizeof(*self->arms) * experiment->n_arms, place);
    if (!self->scenarios || !self->arms)
        return SIM_ERROR_INPUT;
    read_scenario(experiment, -1, reader, &self->base, &self->given);
    for (int32_t i = 0; i < experiment->n_arms; i++) {
        if (!experiment->arms[i].chosen)
            continue;
        if (i == experiment->reference)
            self->reference = self->n_arms;
        self->arms[self->n_arms] = i;
        struct scenario *scenario = &self->scenarios[self->n_arms++];
        if (read_scenario(experiment, i, reader, scenario, NULL) == 0 && i == experiment->placebo)
            check_placebo(self, scenario, reader->diag);
    }
    return reader->diag->n_reported > before ? SIM_ERROR_INPUT : 0;
}

/* A refusal by code that knows no places stands at the file as a whole. */
static int report(struct sim_diag *diag, const char *path, struct sim_error *error)
{
    if (error->code == SIM_ERROR_INPUT)
        sim_diag_error(diag, (struct sim_place){path, 0, 0, 0}, "%s", error->message);
    return error->code;
}

/* Claims whose variable the result does not have, each at its place. A shape is tried with each claim alone,
 * since it stops at the first that it refuses. */
static void report_claims(struct county_study *self, struct sim_diag *diag)
{
    for (int32_t i = 0; i < self->experiment.n_claims; i++) {
        struct sim_output output;
        struct sim_error error = {0};
        struct observer_options options = {0, &self->experiment.claims[i], 1};
        sim_output_init(&output);
        if (observer_shape(&output, &self->base, &self->founders, &options, &error) == SIM_ERROR_INPUT)
            sim_diag_error(diag, self->experiment.claim_places[i], "%s", error.message);
        sim_output_free(&output);
    }
}

static int shape(struct county_study *self, const char *path, struct sim_diag *diag, struct sim_error *error)
{
    int code = observer_shape(&self->output, &self->base, &self->founders, &self->options, error);
    if (code == SIM_ERROR_INPUT)
        report_claims(self, diag);
    return code < 0 && diag->n_errors == 0 ? report(diag, path, error) : code;
}

static int load(struct county_study *self, const char *path, const struct county_overrides *overrides,
    struct sim_diag *diag, struct sim_error *error)
{
    struct sim_reader reader = {.arena = &self->arena, .diag = diag, .meant = read_meant};
    self->units = sim_units_new(error);
    if (!self->units)
        return error->code;
    reader.units = self->units;
    const char *copy = sim_arena_text(&self->arena, path, (int64_t)strlen(path));
    if (!copy)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
    int code = read_experiment(copy, overrides, &reader, &self->experiment);
    /* Arms are resolved even after errors, so that all errors come at once, unless there is nothing to
     * resolve. */
    bool has_county = sim_node_get(self->experiment.root, "townships") != NULL;
    if (has_county && read_arms_scenarios(self, &reader) < 0)
        code = SIM_ERROR_INPUT;
    if (code < 0 || diag->n_errors > 0)
        return sim_error_set(error, SIM_ERROR_INPUT, "%s: %d %s", path, diag->n_errors,
            diag->n_errors == 1 ? "error" : "errors");
    if (synthesis_make(&self->founders, &self->base, error) < 0 || founders_pack(&self->founders, error) < 0)
        return report(diag, path, error);
    self->options = (struct observer_options){
        (int32_t)self->experiment.config.panel, self->experiment.claims, self->experiment.n_claims};
    for (int32_t v = 0; v < self->base.n_villages; v++)
        self->n_households += self->base.villages[v].n_households;
    if (self->options.n_panel > self->n_households && sim_node_get(self->experiment.root, "panel"))
        sim_diag_warning(diag, place_of(self, "panel"),
            "experiment.panel: %d households are more than the county's %lld; all of those are followed",
            self->options.n_panel, (long long)self->n_households);
    return shape(self, path, diag, error);
}

int county_study_load(const char *path, const struct county_overrides *overrides, struct sim_diag *diag,
    struct county_study **out, struct sim_error *error)
{
    struct county_study *self = calloc(1, sizeof(*self));
    *out = NULL;
    if (!self)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
    sim_arena_init(&self->arena);
    sim_output_init(&self->output);
    int code = load(self, path, overrides, diag, error);
    self->experiment.overrides = NULL; /* the caller's, for the time of loading */
    if (code < 0) {
        county_study_free(self);
        return code;
    }
    *out = self;
    return 0;
}

void county_study_free(struct county_study *self)
{
    if (!self)
        return;
    free(self->slots);
    synthesis_free(&self->founders);
    sim_output_free(&self->output);
    sim_units_free(self->units);
    sim_arena_free(&self->arena);
    free(self);
}

/* What it is. */

const char *county_study_name(const struct county_study *self)
{
    return self->experiment.config.name;
}

int32_t county_study_n_arms(const struct county_study *self)
{
    return self->n_arms;
}

const char *county_study_arm(const struct county_study *self, int32_t arm)
{
    return self->scenarios[arm].arm;
}

int32_t county_study_reference(const struct county_study *self)
{
    return self->reference;
}

int32_t county_study_n_replicates(const struct county_study *self)
{
    return (int32_t)self->experiment.config.replicates;
}

int64_t county_study_n_households(const struct county_study *self)
{
    return self->n_households;
}

int64_t county_study_household_months(const struct county_study *self)
{
    return self->n_households * (self->base.end_month - self->base.first_month);
}

const struct sim_output *county_study_output(const struct county_study *self)
{
    return &self->output;
}

const struct scenario *county_study_scenario(const struct county_study *self, int32_t arm)
{
    return &self->scenarios[arm];
}

const struct founders *county_study_founders(const struct county_study *self)
{
    return &self->founders;
}

/* Runs. */

/* The observer, and the seconds that it takes. */
struct watch {
    struct observer *observer;
    double seconds;
};

static int watch_month(void *user, const struct county_run *run, int32_t month, struct sim_error *error)
{
    struct watch *self = user;
    double start = sim_clock_seconds();
    int code = observer_month(self->observer, run, month, error);
    self->seconds += sim_clock_seconds() - start;
    return code;
}

static int run_row(void *user, int32_t slot, int32_t point, int32_t arm, int32_t replicate, int32_t n_threads,
    const volatile int *stop, void *row, struct sim_error *error)
{
    struct county_study *self = user;
    const struct scenario *scenario = &self->scenarios[arm];
    struct county_run run = {0};
    struct county_run_options options = {
        .scheduler = n_threads > 1 ? SIM_SCHEDULER_THREADS : SIM_SCHEDULER_SERIAL, .n_threads = n_threads};
    (void)point;
    double start = sim_clock_seconds();
    struct watch watch = {
        observer_new(&self->output, scenario, &self->founders, &self->options, row, error), 0};
    if (!watch.observer)
        return error->code;
    int code = county_run_init(&run, scenario, &self->founders, (uint64_t)replicate, options, error);
    self->slots[slot].found += sim_clock_seconds() - start;
    if (code == 0) {
        run.observe = watch_month;
        run.observer = &watch;
        run.stop = stop;
        code = county_run_until(&run, scenario->end_month, error);
    }
    start = sim_clock_seconds();
    if (code == 0)
        code = observer_end(watch.observer, &run, error);
    county_run_free(&run);
    observer_free(watch.observer);
    self->slots[slot].found += sim_clock_seconds() - start;
    self->slots[slot].observe += watch.seconds;
    return code;
}

int county_study_batch(
    struct county_study *self, int32_t n_slots, struct sim_batch_model *out, struct sim_error *error)
{
    if (n_slots < 1)
        return sim_error_set(error, SIM_ERROR_RANGE, "a batch with %d rows at a time", n_slots);
    free(self->slots);
    self->slots = aligned_alloc(_Alignof(struct sim_batch_slot), (size_t)n_slots * sizeof *self->slots);
    if (!self->slots)
        return sim_error_set(
            error, SIM_ERROR_MEMORY, "a batch with %d rows at a time: out of memory", n_slots);
    memset(self->slots, 0, (size_t)n_slots * sizeof *self->slots);
    *out = (struct sim_batch_model){.user = self,
        .output = &self->output,
        .run_row = run_row,
        .household_months_per_row = county_study_household_months(self),
        .slots = self->slots};
    return 0;
}

/* Texts. */

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The files as given, one after another, each under its name; not its folder, so that the same study run from
 * another folder is the same. */
static void print_given(const struct county_study *self, FILE *out)
{
    const struct experiment *experiment = &self->experiment;
    for (int32_t i = 0; i < experiment->n_files; i++) {
        FILE *file = fopen(experiment->files[i], "rb");
        char bytes[4096];
        size_t n;
        fprintf(out, "# file: %s\n", file_name(experiment->files[i]));
        while (file && (n = fread(bytes, 1, sizeof(bytes), file)) > 0)
            fwrite(bytes, 1, n, out);
        if (file)
            fclose(file);
        fputc('\n', out);
    }
}

/* What differs from the files: seed, replicates, arms and --set, as they came to stand in the tree. */
static void print_choices(const struct county_study *self, FILE *out)
{
    const struct experiment_config *config = &self->experiment.config;
    fprintf(
        out, "seed: %lld\nreplicates: %lld\narms:", (long long)config->seed, (long long)config->replicates);
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
    int code = ok ? sim_meta_set(meta, class, name, text, sentence, error)
                  : sim_error_set(error, SIM_ERROR_MEMORY, "/meta/%s: out of memory", name);
    free(text);
    return code;
}

/* The first year in which a program of any arm begins. */
static int32_t first_program_year(const struct county_study *self)
{
    int32_t first = 0;
    for (int32_t a = 0; a < self->n_arms; a++)
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
    char seed[32], base[32], first[32] = "", from[32], to[32];
    snprintf(seed, sizeof(seed), "%lld", (long long)config->seed);
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
            "seed, replicates, arms, and the values that overrides left standing", error);
    if (code == 0)
        code = put_printed(self, meta, SIM_META_ABOUT, "experiment_resolved", county_study_print_resolved,
            "every value of the experiment, with its source", error);
    if (code == 0)
        code = put_printed(self, meta, SIM_META_ABOUT, "founders_fit", county_study_print_fit,
            "the founding population against its targets", error);
    return code;
}
