#include "sim/run/keeper.h"

#include <inttypes.h>
#include <stdio.h>

#include "sim/core/clock.h"
#include "sim/core/log.h"
#include "sim/run/signals.h"

static enum sim_log_level threshold(const struct sim_keeper *self)
{
    return self->quiet ? SIM_LOG_ERROR : SIM_LOG_WARNING;
}

void sim_keeper_begin(struct sim_keeper *self, const struct sim_parts *parts,
    const struct sim_batch_model *model, const struct sim_batch_options *options)
{
    struct sim_error error = {0};
    *self = (struct sim_keeper){.directory = parts->directory,
        .identity = sim_parts_identity(parts),
        .seconds = options->checkpoint_seconds,
        .quiet = options->quiet,
        .time_text = model->time_text};
    sim_arena_init(&self->arena);
    if (sim_checkpoint_list(self->directory, &self->arena, &self->list, &self->n_list, &error) < 0) {
        sim_log(threshold(self), SIM_LOG_WARNING, "checkpoints are not used: %s", error.message);
        self->n_list = 0;
    }
}

void sim_keeper_end(struct sim_keeper *self)
{
    sim_arena_free(&self->arena);
    self->list = NULL;
    self->n_list = 0;
}

static bool serves(const struct sim_checkpoint *saved, int32_t arm, struct sim_plan_parting parting)
{
    if (saved->arm == arm)
        return true;
    return parting.times != NULL &&
           parting.times[(int64_t)saved->arm * parting.n_all + arm] >= saved->boundary;
}

static bool is_of(const struct sim_checkpoint *saved, int32_t point, int32_t replicate, int32_t n_all)
{
    return saved->point == point && saved->replicate == replicate && saved->arm < n_all;
}

bool sim_keeper_survey(const struct sim_keeper *self, int32_t point, int32_t replicate,
    struct sim_plan_parting parting, sim_time *saved, bool *is_there)
{
    bool any = false;
    for (int32_t arm = 0; arm < parting.n_all; arm++) {
        saved[arm] = INT64_MIN;
        is_there[arm] = false;
    }
    for (int32_t i = 0; i < self->n_list; i++) {
        const struct sim_checkpoint *state = &self->list[i];
        if (!is_of(state, point, replicate, parting.n_all))
            continue;
        is_there[state->arm] = any = true;
        for (int32_t arm = 0; arm < parting.n_all; arm++)
            if (state->boundary > saved[arm] && serves(state, arm, parting))
                saved[arm] = state->boundary;
    }
    return any;
}

static bool fits(const struct sim_checkpoint *saved, const struct sim_keeper_wanted *wanted)
{
    if (!is_of(saved, wanted->point, wanted->replicate, wanted->parting.n_all) ||
        saved->boundary <= wanted->above || saved->boundary > wanted->until)
        return false;
    for (int32_t i = 0; i < wanted->n_arms; i++)
        if (!serves(saved, wanted->arms[i], wanted->parting))
            return false;
    return true;
}

bool sim_keeper_load(struct sim_keeper *self, const struct sim_keeper_wanted *wanted, int32_t *at,
    struct sim_state *out, sim_time *boundary)
{
    sim_state_init(out);
    while (*at < self->n_list) {
        const struct sim_checkpoint *saved = &self->list[(*at)++];
        struct sim_error error = {0};
        if (!fits(saved, wanted))
            continue;
        int code = sim_checkpoint_read(self->directory, self->identity, saved, out, &error);
        if (code == 0) {
            *boundary = saved->boundary;
            return true;
        }
        if (code != SIM_ERROR_MISSING) /* another attempt may have finished the row */
            sim_log(threshold(self), SIM_LOG_WARNING,
                "a checkpoint is left aside, what is before it is used: %s", error.message);
    }
    return false;
}

static enum sim_pulse_wish ask(void *user, sim_time boundary)
{
    struct sim_keeper_watch *self = user;
    double every = self->keeper->seconds;
    (void)boundary;
    if (self->loaded != NULL)
        self->loaded(self->user);
    self->loaded = NULL;
    if (__atomic_load_n(sim_signals_stop(), __ATOMIC_ACQUIRE)) /* without a signal: the disk is full, say */
        return every >= 0 && sim_signals_which() != 0 ? SIM_PULSE_SAVE_AND_STOP : SIM_PULSE_STOP;
    if (every < 0)
        return SIM_PULSE_GO;
    int n_saves = __atomic_load_n(sim_signals_saves(), __ATOMIC_RELAXED);
    bool is_told = n_saves != self->n_saves_seen;
    self->n_saves_seen = n_saves;
    bool is_due = every > 0 && sim_clock_seconds() - self->saved_at >= every;
    return is_told || is_due ? SIM_PULSE_SAVE : SIM_PULSE_GO;
}

/* Says it of the first row alone. */
static void warn(const struct sim_keeper_watch *self, sim_time boundary, const struct sim_error *why)
{
    struct sim_keeper *keeper = self->keeper;
    char when[32];
    if (__atomic_exchange_n(&keeper->has_failed, 1, __ATOMIC_RELAXED) != 0)
        return;
    snprintf(when, sizeof when, "%" PRId64, boundary);
    if (keeper->time_text != NULL)
        keeper->time_text(boundary, when);
    sim_log(threshold(keeper), SIM_LOG_WARNING,
        "rows under way cannot be saved (the first: replicate %d, at %s); they go on, finished ones are "
        "kept: %s",
        (int)self->what.replicate + 1, when, why->message);
}

static void lost(void *user, sim_time boundary, const struct sim_error *why)
{
    struct sim_keeper_watch *self = user;
    self->saved_at = sim_clock_seconds(); /* not tried again at every boundary */
    warn(self, boundary, why);
}

static void keep(void *user, sim_time boundary, const struct sim_state *state)
{
    struct sim_keeper_watch *self = user;
    struct sim_keeper *keeper = self->keeper;
    struct sim_error error = {0};
    double start = sim_clock_seconds();
    self->what.boundary = boundary;
    int code = sim_checkpoint_write(keeper->directory, keeper->identity, &self->what, state, &error);
    self->saved_at = sim_clock_seconds();
    self->seconds += self->saved_at - start;
    self->n_written += code == 0;
    if (code < 0)
        warn(self, boundary, &error);
}

void sim_keeper_watch(
    struct sim_keeper *self, struct sim_keeper_watch *out, int32_t point, int32_t arm, int32_t replicate)
{
    *out = (struct sim_keeper_watch){.pulse = {.user = out, .ask = ask, .keep = keep, .lost = lost},
        .keeper = self,
        .what = {.point = point, .arm = arm, .replicate = replicate},
        .saved_at = sim_clock_seconds(),
        .n_saves_seen = __atomic_load_n(sim_signals_saves(), __ATOMIC_RELAXED)};
}
