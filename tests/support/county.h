/* A county for tests: an experiment file's arm, resolved, with its founders, and runs of it. */
#ifndef TESTS_SUPPORT_COUNTY_H
#define TESTS_SUPPORT_COUNTY_H

#include "tests/support/check.h"

#include <string.h>

#include "models/county/read.h"
#include "models/county/run.h"
#include "models/county/synthesis.h"
#include "sim/scenario/unit.h"

#define TINY PAMIR_SOURCE_DIR "/scenarios/tiny/experiment.yaml"

struct county_fixture {
    struct sim_arena arena;
    struct sim_units *units;
    struct sim_diag diag;
    struct experiment experiment;
    struct county_overrides overrides;
    struct scenario base; /* of the founders */
    struct scenario scenario;
    struct founders founders;
    struct sim_error error;
};

/* Opens an arm of an experiment with --set overrides; any error fails the test with its message. */
static inline void county_fixture_open(
    struct county_fixture *self, const char *path, const char *arm, const char *const *sets, int32_t n_sets)
{
    memset(self, 0, sizeof(*self));
    sim_arena_init(&self->arena);
    sim_diag_init(&self->diag);
    self->units = sim_units_new(&self->error);
    assert_non_null(self->units);
    self->overrides = (struct county_overrides){.sets = sets, .n_sets = n_sets, .seed = -1};
    struct sim_reader reader = {.units = self->units, .arena = &self->arena, .diag = &self->diag};
    int code = read_experiment(path, &self->overrides, &reader, &self->experiment);
    int32_t at = -1;
    for (int32_t i = 0; i < self->experiment.n_arms; i++)
        if (strcmp(self->experiment.arms[i].name, arm) == 0)
            at = i;
    if (code == 0)
        code = read_scenario(&self->experiment, -1, &reader, &self->base, NULL);
    if (code == 0 && at >= 0)
        code = read_scenario(&self->experiment, at, &reader, &self->scenario, NULL);
    if (code < 0)
        sim_diag_print(&self->diag, stderr);
    assert_int_equal(code, 0);
    assert_true(at >= 0);
    check_ok(synthesis_make(&self->founders, &self->base, &self->error), self->error);
}

static inline void county_fixture_close(struct county_fixture *self)
{
    synthesis_free(&self->founders);
    sim_units_free(self->units);
    sim_diag_free(&self->diag);
    sim_arena_free(&self->arena);
}

/* Runs replicate 1 to the end of the horizon (or of `months` months, when that is positive). */
static inline void county_fixture_run(
    struct county_fixture *self, struct county_run *run, struct county_run_options options, int32_t months)
{
    memset(run, 0, sizeof(*run));
    check_ok(county_run_init(run, &self->scenario, &self->founders, 1, options, &self->error), self->error);
    int32_t end = months > 0 ? self->scenario.first_month + months : self->scenario.end_month;
    check_ok(county_run_until(run, end, &self->error), self->error);
}

#endif
