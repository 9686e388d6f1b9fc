/* The rows of a study: runs under an observer, whole or from one boundary to another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/county/fork.h"
#include "models/county/study_internal.h"
#include "sim/core/clock.h"
#include "sim/time/calendar.h"

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

static int save_watch(const void *user, struct sim_state *state, struct sim_error *error)
{
    const struct watch *self = user;
    return observer_save(self->observer, state, error);
}

/* Several spans may go on from one state at a time: each reads it by a place of its own. */
static int go_on_from(struct county_run *run, struct observer *observer, const struct sim_state *from,
    sim_time until, struct sim_error *error)
{
    struct sim_state state = *from;
    state.at = 0;
    int code = county_run_load(run, &state, error);
    if (code == 0)
        code = observer_load(observer, &state, error);
    if (code == 0 && state.at != state.n)
        return sim_error_set(
            error, SIM_ERROR_FORMAT, "state: %lld bytes behind its end", (long long)(state.n - state.at));
    if (code == 0 && sim_world_now(run->world) > until)
        return sim_error_set(error, SIM_ERROR_FORMAT, "state: of a later month than is asked for");
    return code;
}

static int begin(struct county_run *run, struct watch *watch, const struct county_study *self,
    const struct sim_batch_span *span, struct sim_error *error)
{
    const struct scenario *scenario = county_study_scenario(self, span->point, span->arm);
    const struct founders *founders = county_study_founders(self);
    struct county_run_options options = {
        .scheduler = span->n_threads > 1 ? SIM_SCHEDULER_THREADS : SIM_SCHEDULER_SERIAL,
        .n_threads = span->n_threads,
        .is_empty = span->from != NULL};
    watch->observer = observer_new(&self->output, scenario, founders, &self->options, span->row, error);
    if (!watch->observer)
        return error->code;
    int code = county_run_init(run, scenario, founders, (uint64_t)span->replicate, options, error);
    if (code == 0 && span->from)
        code = go_on_from(run, watch->observer, span->from, span->until, error);
    run->observe = watch_month;
    run->save_observer = save_watch;
    run->observer = watch;
    run->pulse = span->pulse;
    return code;
}

static int finish(
    struct county_run *run, struct watch *watch, const struct sim_batch_span *span, struct sim_error *error)
{
    if (span->until == SIM_TIME_MAX)
        return observer_end(watch->observer, run, error);
    int code = county_run_save(run, span->to, error);
    return code < 0 ? code : observer_save(watch->observer, span->to, error);
}

static int run_span(void *user, const struct sim_batch_span *span, struct sim_error *error)
{
    struct county_study *self = user;
    struct county_run run = {0};
    struct watch watch = {0};
    double start = sim_clock_seconds();
    int code = begin(&run, &watch, self, span, error);
    self->slots[span->slot].found += sim_clock_seconds() - start;
    if (code == 0) {
        int32_t end = run.scenario->end_month;
        bool is_whole = span->until == SIM_TIME_MAX;
        code = county_run_until(&run, is_whole ? end : sim_month_from_time(span->until), error);
    }
    start = sim_clock_seconds();
    if (code == 0)
        code = finish(&run, &watch, span, error);
    county_run_free(&run);
    observer_free(watch.observer);
    self->slots[span->slot].found += sim_clock_seconds() - start;
    self->slots[span->slot].observe += watch.seconds;
    return code;
}

static sim_time part_at(void *user, int32_t point, int32_t a, int32_t b)
{
    const struct county_study *self = user;
    return fork_at(county_study_scenario(self, point, a), county_study_scenario(self, point, b));
}

static void time_text(sim_time boundary, char out[32])
{
    char date[11];
    sim_date_print(sim_date_from_time(boundary), date);
    snprintf(out, 32, "%.7s", date);
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
        .run_span = run_span,
        .part_at = part_at,
        .time_text = time_text,
        .household_months_per_row = county_study_household_months(self),
        .slots = self->slots};
    return 0;
}
