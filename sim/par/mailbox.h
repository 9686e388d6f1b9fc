/* Mailboxes: what processes send each other, from the handler that sends to the boundary that delivers.
 *
 * Internal to sim/par. An outbox belongs to one partition and is written by the thread that runs it; it keeps
 * its array from window to window, so that a world at its working size allocates no more. Delivery order is a
 * total order on (receiver, time, sender, place in the sender's outbox); a process writes to one outbox only,
 * so the last is the sender's own sequence and no partitioning shows. */
#ifndef SIM_PAR_MAILBOX_H
#define SIM_PAR_MAILBOX_H

#include "sim/core/error.h"
#include "sim/time/event.h"

struct sim_message {
    int32_t to;
    int32_t from;
    int64_t place;          /* in the outbox */
    struct sim_event event; /* order holds the phase; process and sequence are given on delivery */
};

struct sim_outbox {
    struct sim_message *messages;
    int64_t n;
    int64_t capacity;
};

/* Copies the message and sets its place. An outbox of zeros is empty. */
int sim_outbox_push(struct sim_outbox *self, const struct sim_message *message, struct sim_error *error);
void sim_outbox_free(struct sim_outbox *self);

static inline bool sim_message_is_before(const struct sim_message *a, const struct sim_message *b)
{
    if (a->to != b->to)
        return a->to < b->to;
    if (a->event.time != b->event.time)
        return a->event.time < b->event.time;
    return a->from != b->from ? a->from < b->from : a->place < b->place;
}

/* Sorts n pointers into delivery order, by merging; scratch holds n pointers. */
void sim_message_sort(const struct sim_message **messages, const struct sim_message **scratch, int64_t n);

#endif
