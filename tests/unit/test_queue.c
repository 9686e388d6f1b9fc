/* The heap against a sorted array (slow twin). */
#include "sim/time/queue.h"

#include <stdlib.h>
#include <string.h>

#include "sim/core/key.h"
#include "tests/support/check.h"

static int by_order(const void *a, const void *b)
{
    const struct sim_event *x = a, *y = b;
    return sim_event_is_before(x, y) ? -1 : sim_event_is_before(y, x);
}

static struct sim_event random_event(uint64_t i)
{
    uint64_t mixed = sim_key_mix(i);
    struct sim_event event = {.time = (sim_time)(mixed % 50), .kind = (uint32_t)i};
    event.order = sim_event_order((mixed >> 8) % 3, (mixed >> 16) % 4, (uint32_t)i);
    return event;
}

static void test_events_come_out_in_total_order(void **unused)
{
    (void)unused;
    enum { N = 5000 };
    struct sim_queue queue;
    struct sim_error error = {0};
    struct sim_event *events = malloc(N * sizeof *events), out;
    check_ok(sim_queue_init(&queue, 0, &error), error);
    for (int i = 0; i < N; i++) {
        events[i] = random_event((uint64_t)i);
        check_ok(sim_queue_push(&queue, &events[i], &error), error);
    }
    assert_true(sim_queue_check(&queue));
    qsort(events, N, sizeof *events, by_order);
    for (int i = 0; i < N; i++) {
        assert_memory_equal(sim_queue_peek(&queue), &events[i], sizeof out);
        assert_true(sim_queue_pop(&queue, &out));
        assert_memory_equal(&out, &events[i], sizeof out);
    }
    assert_null(sim_queue_peek(&queue));
    assert_false(sim_queue_pop(&queue, &out));
    free(events);
    sim_queue_free(&queue);
}

/* Pushes and pops mixed, against an array kept sorted by insertion. */
static void test_mixed_pushes_and_pops_agree_with_a_sorted_array(void **unused)
{
    (void)unused;
    struct sim_queue queue;
    struct sim_error error = {0};
    struct sim_event sorted[400], out;
    int n = 0;
    check_ok(sim_queue_init(&queue, 3, &error), error);
    for (uint64_t i = 0; i < 20000; i++) {
        if (n == 0 || (n < 400 && sim_key_mix(i * 31 + 7) % 100 < 52)) {
            struct sim_event event = random_event(i);
            int hole = n++;
            for (; hole > 0 && sim_event_is_before(&event, &sorted[hole - 1]); hole--)
                sorted[hole] = sorted[hole - 1];
            sorted[hole] = event;
            check_ok(sim_queue_push(&queue, &event, &error), error);
        } else {
            assert_true(sim_queue_pop(&queue, &out));
            assert_memory_equal(&out, &sorted[0], sizeof out);
            memmove(sorted, sorted + 1, (size_t)--n * sizeof *sorted);
        }
        assert_int_equal(queue.n, n);
        assert_true(sim_queue_check(&queue));
    }
    sim_queue_free(&queue);
    sim_queue_free(&queue);
}

static void test_an_event_of_the_queue_itself_can_be_pushed(void **unused)
{
    (void)unused;
    struct sim_queue queue;
    struct sim_error error = {0};
    check_ok(sim_queue_init(&queue, 4, &error), error);
    for (uint64_t i = 0; i < 4; i++) {
        struct sim_event event = random_event(i);
        check_ok(sim_queue_push(&queue, &event, &error), error);
    }
    struct sim_event first = *sim_queue_peek(&queue);
    check_ok(sim_queue_push(&queue, sim_queue_peek(&queue), &error), error); /* it grows meanwhile */
    assert_int_equal(queue.n, 5);
    struct sim_event a, b;
    sim_queue_pop(&queue, &a);
    sim_queue_pop(&queue, &b);
    assert_memory_equal(&a, &first, sizeof a);
    assert_memory_equal(&b, &first, sizeof b);
    sim_queue_free(&queue);
}

static void test_check_sees_a_broken_heap(void **unused)
{
    (void)unused;
    struct sim_queue queue;
    struct sim_error error = {0};
    check_ok(sim_queue_init(&queue, 8, &error), error);
    for (uint64_t i = 0; i < 8; i++) {
        struct sim_event event = random_event(i);
        check_ok(sim_queue_push(&queue, &event, &error), error);
    }
    queue.events[7].time = -1;
    assert_false(sim_queue_check(&queue));
    sim_queue_free(&queue);
}

static void test_order_packs_phase_process_sequence(void **unused)
{
    (void)unused;
    struct sim_event event = {.order = sim_event_order(255, SIM_PROCESS_MAX, UINT32_MAX)};
    assert_true(event.order == UINT64_MAX);
    event.order = sim_event_order(3, 77, 9);
    assert_int_equal(sim_event_process(&event), 77);
    assert_true(sim_event_order(1, 0, 0) > sim_event_order(0, SIM_PROCESS_MAX, UINT32_MAX));
    assert_true(sim_event_order(0, 1, 0) > sim_event_order(0, 0, UINT32_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_come_out_in_total_order),
        cmocka_unit_test(test_mixed_pushes_and_pops_agree_with_a_sorted_array),
        cmocka_unit_test(test_an_event_of_the_queue_itself_can_be_pushed),
        cmocka_unit_test(test_check_sees_a_broken_heap),
        cmocka_unit_test(test_order_packs_phase_process_sequence),
    };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
