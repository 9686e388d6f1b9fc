/* Event queue: the pending events of one partition, in the total order of sim/time/event.h.
 *
 * Three zones by time. *Near*: what comes next, sorted; a heap when it is more than 32. *Ring*: buckets of
 * equal width, each an unsorted list of a handful; the first that holds anything becomes what is near,
 * sorted, when nothing is near. *Far*: a list of what lies beyond the ring; when the ring is used up, width
 * and number of buckets are chosen anew from the pending events and the far ones are dealt out. Up to 16
 * events are all near. The next bucket's events are fetched from memory ahead of need. A push and a pop cost
 * the same from 10 to 10,000 pending events, 20 to 25 ns together, and twice that where events must come from
 * memory; whatever the times are (all equal, gaps of every size) O(log n) at worst. The layout never shows in
 * the order. (Brown 1988, calendar queue; Tang, Goh and Thng 2005, ladder queue.)
 *
 * 85 bytes an event when full, 24 of them untouched but in a crowd. Grows by a quarter; a queue that has
 * reached its working size allocates no more. */
#ifndef SIM_TIME_QUEUE_H
#define SIM_TIME_QUEUE_H

#include "sim/core/error.h"
#include "sim/time/event.h"

/* A near event: what orders it, and its slot. */
struct sim_queue_key {
    sim_time time;
    uint64_t order;
    int32_t slot;
};

struct sim_queue {
    struct sim_event *events; /* slots, in use or free */
    int32_t *links;           /* of a slot: the next in its list; a free one is marked */
    int64_t n;                /* pending */
    int64_t capacity;
    int32_t n_slots;           /* used ever: those above were never touched */
    int32_t free;              /* list of free slots */
    int32_t taken;             /* the slot that is lent */
    struct sim_event *retired; /* the slots before they grew, while one may be lent */

    struct sim_queue_key *near; /* events with time <= near_last: sorted from near_head, or a heap */
    int64_t near_head;
    int64_t n_near;
    sim_time near_last;
    bool near_is_heap;

    int32_t *heads; /* lists of the ring's buckets: n_buckets in use */
    uint64_t *bits; /* which buckets hold anything */
    sim_time base;  /* where bucket 0 begins */
    int32_t shift;  /* a bucket is 2^shift wide */
    int64_t n_buckets;
    int64_t word;  /* of bits: none below has a bit */
    int32_t fetch; /* in the list of the bucket that comes next: one step for each take, ahead of need */

    int32_t far; /* list of the events beyond the ring */
    sim_time far_first;

    int64_t n_pops;
    int64_t deal_above; /* pending events that make the ring too small */
    int64_t deal_after; /* pops after which a crowd may have the ring dealt anew */
};

int sim_queue_init(struct sim_queue *self, int64_t capacity, struct sim_error *error);
void sim_queue_free(struct sim_queue *self);
/* Copies the event. SIM_ERROR_MEMORY when it cannot grow. */
int sim_queue_push(struct sim_queue *self, const struct sim_event *event, struct sim_error *error);
/* The same for an event of this time and order; of `what`, kind, entity and data are read. */
int sim_queue_add(struct sim_queue *self, sim_time time, uint64_t order, const struct sim_event *what,
    struct sim_error *error);
/* The first event (borrowed until the next push or pop), or NULL when empty. */
const struct sim_event *sim_queue_peek(struct sim_queue *self);
/* Removes the first event into *event; false when empty. */
bool sim_queue_pop(struct sim_queue *self, struct sim_event *event);
/* Removes the first event if its time is < end, and lends it until the next take, pop or clear: pushes leave
 * it alone. NULL when there is none. */
const struct sim_event *sim_queue_take_before(struct sim_queue *self, sim_time end);
/* A guess at the order of the event after the next, for fetching what its handler needs; 0: nothing is known.
 */
static inline uint64_t sim_queue_guess(const struct sim_queue *self)
{
    return self->n_near > 1 ? self->near[self->near_head + 1].order : 0;
}
/* Removes all events and keeps the memory. */
void sim_queue_clear(struct sim_queue *self);
/* Every pending event, in no particular order: begin with *cursor = 0; NULL after the last. Borrowed until
 * the next push or pop. */
const struct sim_event *sim_queue_each(const struct sim_queue *self, int64_t *cursor);
int64_t sim_queue_bytes(const struct sim_queue *self); /* of memory, used or not */
/* Every event lies where its time says, the near ones are in order, nothing is lost. O(n). */
bool sim_queue_check(const struct sim_queue *self);

#endif
