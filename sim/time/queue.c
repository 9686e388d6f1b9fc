#include "sim/time/queue.h"

#include <stdlib.h>

enum { ARITY = 4 };

int sim_queue_init(struct sim_queue *self, int64_t capacity, struct sim_error *error)
{
    *self = (struct sim_queue){0};
    if (capacity < ARITY)
        capacity = ARITY;
    self->events = malloc((size_t)capacity * sizeof *self->events);
    if (!self->events)
        return sim_error_set(
            error, SIM_ERROR_MEMORY, "event queue: no memory for %lld events", (long long)capacity);
    self->capacity = capacity;
    return 0;
}

void sim_queue_free(struct sim_queue *self)
{
    free(self->events);
    *self = (struct sim_queue){0};
}

static int grow(struct sim_queue *self, struct sim_error *error)
{
    int64_t capacity = self->capacity ? 2 * self->capacity : ARITY;
    struct sim_event *events = realloc(self->events, (size_t)capacity * sizeof *events);
    if (!events)
        return sim_error_set(
            error, SIM_ERROR_MEMORY, "event queue: no memory for %lld events", (long long)capacity);
    self->events = events;
    self->capacity = capacity;
    return 0;
}

int sim_queue_push(struct sim_queue *self, const struct sim_event *event, struct sim_error *error)
{
    const struct sim_event moving = *event; /* it may be borrowed from this very array */
    if (self->n == self->capacity) {
        int code = grow(self, error);
        if (code < 0)
            return code;
    }
    struct sim_event *heap = self->events;
    int64_t hole = self->n++;
    while (hole > 0) {
        int64_t parent = (hole - 1) / ARITY;
        if (!sim_event_is_before(&moving, &heap[parent]))
            break;
        heap[hole] = heap[parent];
        hole = parent;
    }
    heap[hole] = moving;
    return 0;
}

const struct sim_event *sim_queue_peek(struct sim_queue *self)
{
    return self->n > 0 ? &self->events[0] : NULL;
}

bool sim_queue_pop(struct sim_queue *self, struct sim_event *event)
{
    if (self->n == 0)
        return false;
    struct sim_event *heap = self->events;
    *event = heap[0];
    int64_t n = --self->n;
    const struct sim_event moving = heap[n];
    int64_t hole = 0;
    for (;;) {
        int64_t first = hole * ARITY + 1;
        if (first >= n)
            break;
        int64_t last = first + ARITY < n ? first + ARITY : n;
        int64_t least = first;
        for (int64_t child = first + 1; child < last; child++)
            if (sim_event_is_before(&heap[child], &heap[least]))
                least = child;
        if (!sim_event_is_before(&heap[least], &moving))
            break;
        heap[hole] = heap[least];
        hole = least;
    }
    heap[hole] = moving;
    return true;
}

bool sim_queue_pop_before(struct sim_queue *self, sim_time end, struct sim_event *event)
{
    return self->n > 0 && self->events[0].time < end && sim_queue_pop(self, event);
}

void sim_queue_clear(struct sim_queue *self)
{
    self->n = 0;
}

const struct sim_event *sim_queue_each(const struct sim_queue *self, int64_t *cursor)
{
    return *cursor < self->n ? &self->events[(*cursor)++] : NULL;
}

bool sim_queue_check(const struct sim_queue *self)
{
    if (self->n < 0 || self->n > self->capacity)
        return false;
    for (int64_t i = 1; i < self->n; i++)
        if (sim_event_is_before(&self->events[i], &self->events[(i - 1) / ARITY]))
            return false;
    return true;
}
