/* The rows of a study: runs under an observer. */
#include <stdlib.h>
#include <string.h>

#include "models/county/study_internal.h"
#include "sim/core/clock.h"

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

static int run_span(void *user, const struct sim_batch_span *span, struct sim_error *error)
{
    struct county_study *self = user;
    const struct scenario *scenario = county_study_scenario(self, span->point, span->arm);
    struct county_run run = {0};
    struct county_run_options options = {
        .scheduler = span->n_threads > 1 ? SIM_SCHEDULER_THREADS : SIM_SCHEDULER_SERIAL,
        .n_threads = span->n_threads};
    double start = sim_clock_seconds();
    struct watch watch = {
        observer_new(&self->output, scenario, &self->founders, &self->options, span->row, error), 0};
    if (!watch.observer)
        return error->code;
    int code = county_run_init(&run, scenario, &self->founders, (uint64_t)span->replicate, options, error);
    self->slots[span->slot].found += sim_clock_seconds() - start;
    if (code == 0) {
        run.observe = watch_month;
        run.observer = &watch;
        run.pulse = span->pulse;
        code = county_run_until(&run, scenario->end_month, error);
    }
    start = sim_clock_seconds();
    if (code == 0)
        code = observer_end(watch.observer, &run, error);
    county_run_free(&run);
    observer_free(watch.observer);
    self->slots[span->slot].found += sim_clock_seconds() - start;
    self->slots[span->slot].observe += watch.seconds;
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
        .run_span = run_span,
        .household_months_per_row = county_study_household_months(self),
        .slots = self->slots};
    return 0;
}
