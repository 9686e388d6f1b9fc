/* Event queue: the pending events of one partition, in the total order of sim/time/event.h.
 *
 * A 4-ary heap. Push and pop cost O(log n); peek O(1). Owns its array; grows by doubling when full, so a
 * queue that has reached its working size allocates no more. */
#ifndef SIM_TIME_QUEUE_H
#define SIM_TIME_QUEUE_H

#include "sim/core/error.h"
#include "sim/time/event.h"

struct sim_queue {
    struct sim_event *events;
    int64_t n;
    int64_t capacity;
};

int sim_queue_init(struct sim_queue *self, int64_t capacity, struct sim_error *error);
void sim_queue_free(struct sim_queue *self);
/* Copies the event. SIM_ERROR_MEMORY when it cannot grow. */
int sim_queue_push(struct sim_queue *self, const struct sim_event *event, struct sim_error *error);
/* The first event (borrowed until the next push or pop), or NULL when empty. */
const struct sim_event *sim_queue_peek(struct sim_queue *self);
/* Removes the first event into *event; false when empty. */
bool sim_queue_pop(struct sim_queue *self, struct sim_event *event);
/* The same when its time is < end; false when there is none. */
bool sim_queue_pop_before(struct sim_queue *self, sim_time end, struct sim_event *event);
/* Removes all events and keeps the memory. */
void sim_queue_clear(struct sim_queue *self);
/* Every pending event, in no particular order: begin with *cursor = 0; NULL after the last. Borrowed until
 * the next push or pop. */
const struct sim_event *sim_queue_each(const struct sim_queue *self, int64_t *cursor);
/* Heap order holds. */
bool sim_queue_check(const struct sim_queue *self);

#endif
