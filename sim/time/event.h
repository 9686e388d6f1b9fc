/* An event: what happens to one entity of one process at one time.
 *
 * The order of events is (time, phase, process, sequence): a total order that no thread count and no
 * partition can alter. Phase, process and sequence are packed into `order`, most significant first. `kind`,
 * `entity` and `data` mean what the process type says they mean. Flat, without pointers: it can be written
 * and read back as bytes. */
#ifndef SIM_TIME_EVENT_H
#define SIM_TIME_EVENT_H

#include "sim/core/types.h"

#define SIM_EVENT_PHASE_BITS 8
#define SIM_EVENT_PROCESS_BITS 24
#define SIM_EVENT_SEQUENCE_BITS 32
#define SIM_PROCESS_MAX ((1 << SIM_EVENT_PROCESS_BITS) - 1)

struct sim_event {
    sim_time time;
    uint64_t order;
    uint32_t kind;
    uint32_t entity;
    int64_t data[3];
};

static inline uint64_t sim_event_order(uint32_t phase, uint32_t process, uint32_t sequence)
{
    return (uint64_t)phase << (SIM_EVENT_PROCESS_BITS + SIM_EVENT_SEQUENCE_BITS) |
           (uint64_t)process << SIM_EVENT_SEQUENCE_BITS | sequence;
}

static inline uint32_t sim_order_process(uint64_t order)
{
    return (uint32_t)(order >> SIM_EVENT_SEQUENCE_BITS) & SIM_PROCESS_MAX;
}

static inline uint32_t sim_event_process(const struct sim_event *self)
{
    return sim_order_process(self->order);
}

static inline bool sim_event_is_before(const struct sim_event *a, const struct sim_event *b)
{
    return a->time != b->time ? a->time < b->time : a->order < b->order;
}

#endif
