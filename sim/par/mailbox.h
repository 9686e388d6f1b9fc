/* Mailboxes: what processes send each other, from the handler that sends to the boundary that delivers.
 *
 * Internal to sim/par. A message is an event whose order says (phase, receiver, sender); its process and
 * sequence are given on delivery. An outbox belongs to one partition and is written by the thread that runs
 * it; it keeps its array from window to window, so that a world at its working size allocates no more.
 * Messages are delivered to a process in the order (time, sender, place in the outbox); a process writes to
 * one outbox only, so the last is the sender's own sequence and no partitioning shows. */
#ifndef SIM_PAR_MAILBOX_H
#define SIM_PAR_MAILBOX_H

#include "sim/core/error.h"
#include "sim/time/event.h"

struct sim_outbox {
    struct sim_event *messages;
    int64_t n;
    int64_t capacity;
};

/* A longer array, when it is full. */
int sim_outbox_grow(struct sim_outbox *self, struct sim_error *error);
void sim_outbox_free(struct sim_outbox *self);

/* Copies kind, entity and data of `what`. An outbox of zeros is empty. */
static inline int sim_outbox_push(struct sim_outbox *self, uint32_t from, uint32_t to, sim_time time,
    uint32_t phase, const struct sim_event *what, struct sim_error *error)
{
    if (self->n == self->capacity && sim_outbox_grow(self, error) < 0)
        return error->code;
    struct sim_event *message = &self->messages[self->n++];
    *message = *what;
    message->time = time;
    message->order = sim_event_order(phase, to, from);
    return 0;
}

/* Sorts n pointers to messages of one receiver by (time, sender) and leaves the order of those that agree in
 * both: give them outbox by outbox. By merging; scratch holds n pointers. What is in order already costs one
 * look. */
void sim_message_sort(const struct sim_event **messages, const struct sim_event **scratch, int64_t n);

#endif
