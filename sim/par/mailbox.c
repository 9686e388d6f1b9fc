#include "sim/par/mailbox.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64, SHORT_RUN = 12 };

int sim_outbox_grow(struct sim_outbox *self, struct sim_error *error)
{
    int64_t capacity = self->capacity ? 2 * self->capacity : FIRST_CAPACITY;
    struct sim_event *messages = realloc(self->messages, (size_t)capacity * sizeof *messages);
    if (!messages)
        return sim_error_set(
            error, SIM_ERROR_MEMORY, "outbox: no memory for %lld messages", (long long)capacity);
    self->messages = messages;
    self->capacity = capacity;
    return 0;
}

void sim_outbox_free(struct sim_outbox *self)
{
    free(self->messages);
    *self = (struct sim_outbox){0};
}

static bool is_before(const struct sim_event *a, const struct sim_event *b)
{
    return a->time != b->time ? a->time < b->time : (uint32_t)a->order < (uint32_t)b->order;
}

static bool is_in_order(const struct sim_event **messages, int64_t n)
{
    for (int64_t i = 1; i < n; i++)
        if (is_before(messages[i], messages[i - 1]))
            return false;
    return true;
}

static void insert_short_runs(const struct sim_event **messages, int64_t n)
{
    for (int64_t start = 0; start < n; start += SHORT_RUN) {
        int64_t end = start + SHORT_RUN < n ? start + SHORT_RUN : n;
        for (int64_t i = start + 1; i < end; i++) {
            const struct sim_event *moving = messages[i];
            int64_t hole = i;
            for (; hole > start && is_before(moving, messages[hole - 1]); hole--)
                messages[hole] = messages[hole - 1];
            messages[hole] = moving;
        }
    }
}

static void merge(
    const struct sim_event **from, const struct sim_event **to, int64_t left, int64_t middle, int64_t right)
{
    int64_t a = left, b = middle;
    for (int64_t i = left; i < right; i++) {
        bool take_b = a == middle || (b < right && is_before(from[b], from[a]));
        to[i] = take_b ? from[b++] : from[a++];
    }
}

void sim_message_sort(const struct sim_event **messages, const struct sim_event **scratch, int64_t n)
{
    const struct sim_event **from = messages, **to = scratch;
    if (is_in_order(messages, n))
        return;
    insert_short_runs(messages, n);
    for (int64_t width = SHORT_RUN; width < n; width *= 2) {
        for (int64_t left = 0; left < n; left += 2 * width) {
            int64_t middle = left + width < n ? left + width : n;
            int64_t right = middle + width < n ? middle + width : n;
            merge(from, to, left, middle, right);
        }
        const struct sim_event **swap = from;
        from = to;
        to = swap;
    }
    if (from != messages && n > 0)
        memcpy(messages, from, (size_t)n * sizeof *messages);
}
