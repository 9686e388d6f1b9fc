/* Event queue: the pending events of one partition, in the total order of sim/time/event.h.
 *
 * Three zones by time. *Near*: a small heap of what comes next. *Ring*: buckets of equal width, each an
 * unsorted list; the first that holds anything is poured into the heap when the heap is empty. *Far*: a list
 * of what lies beyond the ring; when the ring is used up, width and number of buckets are chosen anew from
 * the pending events and the far ones are dealt out. Up to 16 events live in the heap alone. So push and pop
 * cost the same from 100 to 100,000 pending events (25 to 45 ns a pair), and whatever the times are (all
 * equal, heaps of very different gaps) O(log n) at worst. The layout never shows in the order. (Brown 1988,
 * calendar queue; Tang, Goh and Thng 2005, ladder queue.)
 *
 * About 90 bytes an event when full. Grows by doubling; a queue that has reached its working size allocates
 * no more. */
#ifndef SIM_TIME_QUEUE_H
#define SIM_TIME_QUEUE_H

#include "sim/core/error.h"
#include "sim/time/event.h"

/* An event in the heap: what orders it, and its slot. */
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
    int32_t n_slots; /* used ever: those above were never touched */
    int32_t free;    /* list of free slots */

    struct sim_queue_key *near; /* a heap: events with time <= near_last */
    int64_t n_near;
    sim_time near_last;

    int32_t *heads; /* lists of the ring's buckets: of `capacity * SIM_QUEUE_BUCKETS`, n_buckets in use */
    uint64_t *bits; /* which buckets hold anything */
    sim_time base;  /* where bucket 0 begins */
    int32_t shift;  /* a bucket is 2^shift wide */
    int64_t n_buckets;
    int64_t word; /* of bits: none below has a bit */

    int32_t far; /* list of the events beyond the ring */
    sim_time far_first;

    int64_t n_pops;
    int64_t deal_above; /* pending events that make the ring too small */
    int64_t deal_after; /* pops after which a crowded heap may have the ring dealt anew */
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
/* The same when its time is < end; false when there is none. */
bool sim_queue_pop_before(struct sim_queue *self, sim_time end, struct sim_event *event);
/* Removes all events and keeps the memory. */
void sim_queue_clear(struct sim_queue *self);
/* Every pending event, in no particular order: begin with *cursor = 0; NULL after the last. Borrowed until
 * the next push or pop. */
const struct sim_event *sim_queue_each(const struct sim_queue *self, int64_t *cursor);
int64_t sim_queue_bytes(const struct sim_queue *self); /* taken from the heap of the program */
/* Every event lies where its time says, the heap is in order, nothing is lost. O(n). */
bool sim_queue_check(const struct sim_queue *self);

#endif
