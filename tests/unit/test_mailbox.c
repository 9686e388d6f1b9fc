/* Mailboxes: delivery order against a plain sort (slow twin). */
#include "sim/par/mailbox.h"

#include <stdlib.h>

#include "sim/core/key.h"
#include "tests/support/check.h"

enum { SENDERS = 9, MOST = 3000 };

/* Time, sender, place in the outbox: addresses grow with the place. */
static int by_all(const void *left, const void *right)
{
    const struct sim_event *a = *(const struct sim_event *const *)left;
    const struct sim_event *b = *(const struct sim_event *const *)right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if ((uint32_t)a->order != (uint32_t)b->order)
        return (uint32_t)a->order < (uint32_t)b->order ? -1 : 1;
    return a < b ? -1 : a > b;
}

/* n messages of nine senders at one of n_times moments, those of an outbox together, its senders mixed. */
static void check_sort(int64_t n, uint64_t n_times)
{
    struct sim_outbox outbox = {0};
    struct sim_error error = {0};
    const struct sim_event *messages[MOST], *scratch[MOST], *twin[MOST];
    struct sim_event what = {.kind = 4, .data = {1, 2, 3}};
    for (int64_t i = 0; i < n; i++) {
        uint64_t luck = sim_key_make(n_times, (uint64_t)n, (uint64_t)i);
        what.entity = (uint32_t)i;
        check_ok(sim_outbox_push(&outbox, (uint32_t)(luck % SENDERS), 7, (sim_time)(luck / SENDERS % n_times),
                     2, &what, &error),
            error);
    }
    assert_int_equal(outbox.n, n);
    for (int64_t i = 0; i < n; i++) {
        messages[i] = twin[i] = &outbox.messages[i];
        assert_int_equal(sim_event_process(messages[i]), 7);
        assert_int_equal(messages[i]->entity, i);
        assert_int_equal(messages[i]->data[2], 3);
    }
    qsort(twin, (size_t)n, sizeof *twin, by_all);
    for (int again = 0; again < 2; again++) { /* of what is in order, too */
        sim_message_sort(messages, scratch, n);
        assert_memory_equal(messages, twin, (size_t)n * sizeof *twin);
    }
    sim_outbox_free(&outbox);
    assert_null(outbox.messages);
}

static void test_messages_are_sorted_by_time_and_sender_and_stay_in_place_else(void **unused)
{
    (void)unused;
    static const int64_t sizes[] = {0, 1, 2, 12, 13, 24, 25, 100, 1000, MOST};
    for (int i = 0; i < SIM_COUNT(sizes); i++)
        for (uint64_t n_times = 1; n_times <= 1000; n_times *= 10)
            check_sort(sizes[i], n_times);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages_are_sorted_by_time_and_sender_and_stay_in_place_else),
    };
    return cmocka_run_group_tests_name("mailbox", tests, NULL, NULL);
}
