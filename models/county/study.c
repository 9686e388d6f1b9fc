#include "models/county/study.h"

#include <stdlib.h>
#include <string.h>

#include "models/county/study_internal.h"
#include "models/county/synthesis.h"

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
    self->plain = read_alloc(reader, (int64_t)sizeof(*self->plain) * experiment->n_arms, place);
    self->arms = read_alloc(reader, (int64_t)sizeof(*self->arms) * experiment->n_arms, place);
    if (!self->plain || !self->arms)
        return SIM_ERROR_INPUT;
    read_scenario(experiment, -1, reader, &self->base, &self->given);
    for (int32_t i = 0; i < experiment->n_arms; i++) {
        if (!experiment->arms[i].chosen)
            continue;
        if (i == experiment->reference)
            self->reference = self->n_arms;
        self->arms[self->n_arms] = i;
        struct scenario *scenario = &self->plain[self->n_arms++];
        if (read_scenario(experiment, i, reader, scenario, NULL) == 0 && i == experiment->placebo)
            check_placebo(self, scenario, reader->diag);
    }
    self->scenarios = self->plain;
    self->n_points = 1;
    if (reader->diag->n_reported > before)
        return SIM_ERROR_INPUT;
    return experiment->sweep.n_points > 0 ? study_read_points(self, reader) : 0;
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
    if ((code = shape(self, path, diag, error)) < 0 || (code = study_add_sweep(self, error)) < 0)
        return code;
    if (study_read_stop(self, &reader) < 0)
        return sim_error_set(error, SIM_ERROR_INPUT, "%s: %d %s", path, diag->n_errors,
            diag->n_errors == 1 ? "error" : "errors");
    return study_keep(self, diag, error);
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

int32_t county_study_n_points(const struct county_study *self)
{
    return self->n_points;
}

void county_study_point_text(const struct county_study *self, int32_t point, char *out, size_t size)
{
    read_sweep_text(&self->experiment.sweep, point, out, size);
}

bool county_study_stop(const struct county_study *self, struct sim_batch_stop *out)
{
    if (self->has_stop)
        *out = self->stop;
    return self->has_stop;
}

const struct scenario *county_study_scenario(const struct county_study *self, int32_t point, int32_t arm)
{
    return &self->scenarios[(int64_t)point * self->n_arms + arm];
}

const struct founders *county_study_founders(const struct county_study *self)
{
    return &self->founders;
}
