/* The queue against a sorted array and a plain heap (slow twins), over loads that suit it and loads that do
 * not. */
#include "sim/time/queue.h"

#include <math.h>
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

/* ---- the slow twin: a plain heap ---- */

struct heap {
    struct sim_event *events;
    int64_t n;
};

static void heap_push(struct heap *self, const struct sim_event *event)
{
    int64_t hole = self->n++;
    for (; hole > 0 && sim_event_is_before(event, &self->events[(hole - 1) / 2]); hole = (hole - 1) / 2)
        self->events[hole] = self->events[(hole - 1) / 2];
    self->events[hole] = *event;
}

static struct sim_event heap_pop(struct heap *self)
{
    struct sim_event first = self->events[0], last = self->events[--self->n];
    int64_t hole = 0, child;
    while ((child = 2 * hole + 1) < self->n) {
        if (child + 1 < self->n && sim_event_is_before(&self->events[child + 1], &self->events[child]))
            child++;
        if (!sim_event_is_before(&self->events[child], &last))
            break;
        self->events[hole] = self->events[child];
        hole = child;
    }
    self->events[hole] = last;
    return first;
}

/* ---- loads ---- */

/* How long after `now` the i-th event comes. */
typedef sim_time load(sim_time now, uint64_t i);

static double uniform(uint64_t i)
{
    return (double)(sim_key_mix(i) >> 12) * 0x1p-52;
}

static sim_time even(sim_time now, uint64_t i)
{
    (void)now;
    return (sim_time)(1e6 * uniform(i));
}

static sim_time exponential(sim_time now, uint64_t i)
{
    (void)now;
    return (sim_time)(-1e6 * log(1.0 - uniform(i)));
}

static sim_time all_at_once(sim_time now, uint64_t i)
{
    (void)now;
    (void)i;
    return 0;
}

/* Three in four at the start of the next month of 2,592,000 seconds. */
static sim_time monthly(sim_time now, uint64_t i)
{
    return sim_key_mix(i) % 4 ? 2592000 - now % 2592000 : (sim_time)(1e7 * uniform(i));
}

/* Gaps of every size from a second to a thousand years. */
static sim_time skewed(sim_time now, uint64_t i)
{
    (void)now;
    return (sim_time)exp(24.0 * uniform(i));
}

/* Half within a second, half near to each other a hundred years off. */
static sim_time near_and_far(sim_time now, uint64_t i)
{
    return sim_key_mix(i) % 2 ? now % 2 : 3000000000 + (sim_time)(100.0 * uniform(i));
}

/* A thousand times denser after each two thousand events, and back. */
static sim_time changing(sim_time now, uint64_t i)
{
    (void)now;
    return (sim_time)((i / 2000 % 2 ? 1e9 : 1e3) * uniform(i));
}

static load *const loads[] = {even, exponential, all_at_once, monthly, skewed, near_and_far, changing};

/* Pushes and pops mixed, against the twin; the number of pending events swings between 0 and `most`. */
static void check_against_twin(load *delay, int64_t most, uint64_t n_steps)
{
    struct sim_queue queue;
    struct sim_error error = {0};
    struct heap twin = {.events = malloc((size_t)most * sizeof *twin.events)};
    struct sim_event out;
    sim_time now = 0;
    uint64_t fill = 60; /* percent of pushes */
    check_ok(sim_queue_init(&queue, 0, &error), error);
    for (uint64_t i = 0; i < n_steps; i++) {
        if (twin.n == most)
            fill = 35;
        else if (twin.n == 0)
            fill = 65;
        if (twin.n == 0 || (twin.n < most && sim_key_mix(i * 31 + 7) % 100 < fill)) {
            struct sim_event event = {.time = now + delay(now, i), .kind = (uint32_t)i};
            event.order = sim_event_order(i % 3, sim_key_mix(i) % 4, (uint32_t)i);
            heap_push(&twin, &event);
            check_ok(sim_queue_push(&queue, &event, &error), error);
        } else {
            sim_time first = twin.events[0].time;
            if (i % 8 == 0)
                assert_null(sim_queue_take_before(&queue, first));
            if (i % 8 == 1)
                assert_memory_equal(sim_queue_peek(&queue), &twin.events[0], sizeof out);
            const struct sim_event *lent = &out;
            if (i % 3 == 0)
                assert_true(sim_queue_pop(&queue, &out));
            else
                lent = sim_queue_take_before(&queue, first + 1);
            struct sim_event expected = heap_pop(&twin);
            assert_non_null(lent);
            assert_memory_equal(lent, &expected, sizeof out);
            now = lent->time;
        }
        assert_int_equal(queue.n, twin.n);
        if (i % (uint64_t)(1 + most / 16) == 0)
            assert_true(sim_queue_check(&queue));
    }
    sim_queue_free(&queue);
    sim_queue_free(&queue);
    free(twin.events);
}

static void test_every_load_agrees_with_a_plain_heap(void **unused)
{
    (void)unused;
    for (int i = 0; i < SIM_COUNT(loads); i++) {
        check_against_twin(loads[i], 8, 20000);
        check_against_twin(loads[i], 60, 40000);
        check_against_twin(loads[i], 5000, 100000);
        check_against_twin(loads[i], 100000, 400000); /* minutes, if any load took the square of it */
    }
}

/* As far as the clock goes, less one: the caller adds it. */
static sim_time anywhere(sim_time now, uint64_t i)
{
    uint64_t mixed = sim_key_mix(i), left = (uint64_t)SIM_TIME_MAX - 1 - (uint64_t)now;
    return i % 5 == 0 ? (sim_time)left : (sim_time)((mixed >> mixed % 64) % (left / 4 + 1));
}

static void test_times_up_to_both_ends_of_the_clock_keep_their_order(void **unused)
{
    (void)unused;
    enum { N = 600 };
    struct sim_queue queue;
    struct sim_error error = {0};
    struct heap twin = {.events = malloc(N * sizeof *twin.events)};
    struct sim_event out;
    check_against_twin(anywhere, 300, 3000);
    check_ok(sim_queue_init(&queue, 0, &error), error);
    for (int round = 0; round < 3; round++) {
        for (uint64_t i = 0; i < N; i++) {
            uint64_t mixed = sim_key_mix(i + 1000 * (uint64_t)round);
            struct sim_event event = {.order = mixed};
            event.time = i % 4 == 0 ? INT64_MIN : i % 4 == 1 ? SIM_TIME_MAX : (sim_time)sim_key_mix(mixed);
            heap_push(&twin, &event);
            check_ok(sim_queue_push(&queue, &event, &error), error);
            assert_true(sim_queue_check(&queue));
        }
        assert_null(sim_queue_take_before(&queue, INT64_MIN));
        while (sim_queue_pop(&queue, &out)) {
            struct sim_event expected = heap_pop(&twin);
            assert_memory_equal(&out, &expected, sizeof out);
        }
        assert_int_equal(twin.n, 0);
    }
    free(twin.events);
    sim_queue_free(&queue);
}

static void test_each_meets_every_pending_event_once_and_clear_leaves_none(void **unused)
{
    (void)unused;
    struct sim_queue queue;
    struct sim_error error = {0};
    struct sim_event out;
    check_ok(sim_queue_init(&queue, 0, &error), error);
    for (int round = 0; round < 3; round++) {
        uint64_t sum = 0, left = 0;
        for (uint64_t i = 1; i <= 1000; i++) {
            struct sim_event event = random_event(i);
            sum += i;
            check_ok(sim_queue_push(&queue, &event, &error), error);
            if (i % 3 == 0 && sim_queue_pop(&queue, &out))
                sum -= out.kind;
        }
        const struct sim_event *event;
        int64_t cursor = 0, n = 0;
        for (; (event = sim_queue_each(&queue, &cursor)); n++)
            left += event->kind;
        assert_int_equal(n, queue.n);
        assert_int_equal(left, sum);
        sim_queue_clear(&queue);
        cursor = 0;
        assert_null(sim_queue_each(&queue, &cursor));
        assert_false(sim_queue_pop(&queue, &out));
        assert_true(sim_queue_check(&queue));
    }
    sim_queue_free(&queue);
}

static void test_a_queue_at_its_working_size_takes_no_memory(void **unused)
{
    (void)unused;
    for (int i = 0; i < SIM_COUNT(loads); i++) {
        struct sim_queue queue;
        struct sim_error error = {0};
        struct sim_event event = {0};
        check_ok(sim_queue_init(&queue, 1000, &error), error);
        for (uint64_t j = 0; j < 1000; j++) {
            event.time = loads[i](0, j);
            event.order = j;
            check_ok(sim_queue_push(&queue, &event, &error), error);
        }
        int64_t capacity = queue.capacity;
        for (uint64_t j = 1000; j < 50000; j++) {
            assert_true(sim_queue_pop(&queue, &event));
            event.time += loads[i](event.time, j);
            event.order = j;
            check_ok(sim_queue_push(&queue, &event, &error), error);
        }
        assert_int_equal(queue.capacity, capacity);
        assert_int_equal(queue.n_slots, 1000);
        sim_queue_free(&queue);
    }
}

/* Whenever it is full it pushes its own first event, so that it grows with that in hand, often between takes.
 */
static void test_an_event_of_the_queue_itself_can_be_pushed_while_it_grows(void **unused)
{
    (void)unused;
    struct sim_queue queue;
    struct sim_error error = {0};
    struct sim_event out, first = random_event(0);
    int64_t n_grown = 0;
    first.time = -1;
    check_ok(sim_queue_init(&queue, 4, &error), error);
    check_ok(sim_queue_push(&queue, &first, &error), error);
    for (uint64_t i = 1; i <= 200; i++) {
        bool is_full = queue.n_slots == queue.capacity;
        struct sim_event event = random_event(i);
        check_ok(sim_queue_push(&queue, is_full ? sim_queue_peek(&queue) : &event, &error), error);
        n_grown += is_full;
    }
    assert_true(n_grown >= 3);
    assert_true(sim_queue_check(&queue));
    for (int64_t i = 0; i <= n_grown; i++) {
        assert_true(sim_queue_pop(&queue, &out));
        assert_memory_equal(&out, &first, sizeof first);
    }
    assert_true(sim_queue_pop(&queue, &out));
    assert_true(out.time >= 0);
    sim_queue_free(&queue);
}

static void test_a_lent_event_stays_while_the_queue_grows(void **unused)
{
    (void)unused;
    struct sim_queue queue;
    struct sim_error error = {0};
    struct sim_event out, first = random_event(0);
    check_ok(sim_queue_init(&queue, 4, &error), error);
    check_ok(sim_queue_push(&queue, &first, &error), error);
    const struct sim_event *lent = sim_queue_take_before(&queue, SIM_TIME_MAX);
    assert_int_equal(queue.n, 0);
    for (uint64_t i = 1; i < 1000; i++) {
        check_ok(sim_queue_add(&queue, lent->time + (sim_time)i, i, lent, &error), error);
        assert_memory_equal(lent, &first, sizeof first);
    }
    assert_true(sim_queue_check(&queue));
    for (int64_t i = 1; sim_queue_pop(&queue, &out); i++) {
        assert_int_equal(out.time, first.time + i);
        assert_int_equal(out.kind, first.kind);
        assert_int_equal(queue.n, 999 - i);
    }
    sim_queue_free(&queue);
}

static void test_a_ring_begins_at_the_events_it_is_made_for_after_a_time_of_few(void **unused)
{
    (void)unused;
    struct sim_queue queue;
    struct sim_error error = {0};
    struct sim_event event = {0};
    uint64_t i = 0;
    check_ok(sim_queue_init(&queue, 200, &error), error);
    for (int round = 0; round < 3; round++) {
        sim_time now = event.time;
        for (; queue.n < 200; event.order = i++) {
            event.time = now + exponential(now, i);
            check_ok(sim_queue_push(&queue, &event, &error), error);
            assert_true(sim_queue_check(&queue));
            assert_true(queue.n_buckets == 0 || queue.base >= now);
        }
        assert_true(queue.n_buckets > 0);
        while (queue.n > 5)
            assert_true(sim_queue_pop(&queue, &event));
        for (int j = 0; j < 400; j++, event.order = i++) {
            assert_true(sim_queue_pop(&queue, &event));
            event.time += exponential(event.time, i);
            check_ok(sim_queue_push(&queue, &event, &error), error);
        }
        assert_int_equal(queue.n_buckets, 0); /* all are near */
        event.time = sim_queue_peek(&queue)->time;
    }
    sim_queue_free(&queue);
}

static void test_check_sees_an_event_out_of_its_place(void **unused)
{
    (void)unused;
    struct sim_queue queue;
    struct sim_error error = {0};
    for (int64_t n = 8; n <= 800; n *= 10) {
        check_ok(sim_queue_init(&queue, 8, &error), error);
        for (uint64_t i = 0; i < (uint64_t)n; i++) {
            struct sim_event event = random_event(i);
            check_ok(sim_queue_push(&queue, &event, &error), error);
        }
        assert_true(sim_queue_check(&queue));
        sim_time time = queue.events[n - 1].time;
        queue.events[n - 1].time = -1;
        assert_false(sim_queue_check(&queue));
        queue.events[n - 1].time = time;
        queue.free = 0;
        assert_false(sim_queue_check(&queue));
        sim_queue_free(&queue);
    }
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
        cmocka_unit_test(test_every_load_agrees_with_a_plain_heap),
        cmocka_unit_test(test_times_up_to_both_ends_of_the_clock_keep_their_order),
        cmocka_unit_test(test_each_meets_every_pending_event_once_and_clear_leaves_none),
        cmocka_unit_test(test_a_queue_at_its_working_size_takes_no_memory),
        cmocka_unit_test(test_an_event_of_the_queue_itself_can_be_pushed_while_it_grows),
        cmocka_unit_test(test_a_lent_event_stays_while_the_queue_grows),
        cmocka_unit_test(test_a_ring_begins_at_the_events_it_is_made_for_after_a_time_of_few),
        cmocka_unit_test(test_check_sees_an_event_out_of_its_place),
        cmocka_unit_test(test_order_packs_phase_process_sequence),
    };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
