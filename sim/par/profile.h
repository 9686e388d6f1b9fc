/* Where the time of a world goes: by kind of event, and by the steps into which a model divides a long one.
 *
 * A clock of laps: each lap goes to a place and begins the next. A world that is asked for a profile
 * (sim_world_options.profile) keeps one for each partition, written by the thread that runs it, and hands it
 * to handlers in their context (NULL when not asked for); sim_world_profile adds them up. A lap costs about
 * 25 ns; times are wall time of the thread that ran the lap. No result depends on it. */
#ifndef SIM_PAR_PROFILE_H
#define SIM_PAR_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/core/clock.h"

enum sim_profile_place {
    SIM_PLACE_QUEUE,     /* taking events out of queues */
    SIM_PLACE_DELIVERY,  /* of messages; waiting for the other threads included */
    SIM_PLACE_BOUNDARY,  /* the world's on_boundary */
    SIM_PLACE_EVENT = 8, /* + kind of the event; kinds too large share the last */
    SIM_PLACE_STEP = 64, /* + the model's own number of a step */
    SIM_PROFILE_PLACES = 128
};

struct sim_profile {
    int64_t last_ns;
    int64_t ns[SIM_PROFILE_PLACES];
    int64_t calls[SIM_PROFILE_PLACES];
};

/* The clock starts here: what was before belongs to nobody. */
static inline void sim_profile_begin(struct sim_profile *self)
{
    if (self)
        self->last_ns = sim_clock_ns();
}

static inline void sim_profile_lap(struct sim_profile *self, int32_t place)
{
    if (!self)
        return;
    int64_t now = sim_clock_ns();
    self->ns[place] += now - self->last_ns;
    self->calls[place]++;
    self->last_ns = now;
}

static inline int32_t sim_place_of_event(uint32_t kind)
{
    const uint32_t most = SIM_PLACE_STEP - SIM_PLACE_EVENT - 1;
    return SIM_PLACE_EVENT + (int32_t)(kind < most ? kind : most);
}

static inline void sim_profile_add(struct sim_profile *self, const struct sim_profile *other)
{
    for (int32_t place = 0; place < SIM_PROFILE_PLACES; place++) {
        self->ns[place] += other->ns[place];
        self->calls[place] += other->calls[place];
    }
}

#endif
