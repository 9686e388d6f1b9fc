/* Worlds: the serial scheduler defines the meaning (definition); every other way to run must give the same
 * bytes. */
#include "sim/par/world.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "sim/core/digest.h"
#include "sim/core/key.h"
#include "sim/rand/dist.h"
#include "sim/rand/rand.h"
#include "sim/time/calendar.h"
#include "tests/support/bite.h"
#include "tests/support/check.h"

/* ---- a PHOLD-like model: two stages, schedules, messages, ties in time ---- */

enum { VILLAGES = 24, TOWNSHIPS = 3, PROCESSES = VILLAGES + TOWNSHIPS, WINDOW = 100 };
enum kind { BALL = 1, REQUEST, REPLY };

struct place {
    struct sim_luck luck;
    uint64_t hash;  /* of every event handled, in order */
    int64_t n;      /* events handled */
    int64_t n_here; /* balls handled */
};

static uint64_t folded(uint64_t hash, const struct sim_event *event)
{
    hash = sim_key_make(hash, (uint64_t)event->time, event->order);
    hash = sim_key_make(hash, event->kind, event->entity);
    return sim_key_make(hash, (uint64_t)event->data[0], (uint64_t)(event->data[1] ^ event->data[2]));
}

/* A ball jumps on: within the village, to another village (at least a window later), or it asks the township,
 * which answers at the boundary. Times are coarse, so that ties are common. */
static int on_village(
    struct sim_context *context, void *state, const struct sim_event *event, struct sim_error *error)
{
    struct place *self = state;
    self->hash = folded(self->hash, event);
    self->n++;
    self->n_here += event->kind == BALL;

    uint64_t words[4];
    sim_rand_block(self->luck, event->entity, SIM_BLOCK_OF_PHOLD_REMOTE, (uint64_t)event->data[0], words);
    double where = sim_rand_unit(words[SIM_WORD_OF_PHOLD_REMOTE]);
    struct sim_event next = {
        .kind = BALL, .entity = event->entity, .data = {event->data[0] + 1, context->process}};
    sim_time delay = 5 * sim_dist_below(words[SIM_WORD_OF_PHOLD_DELAY], 20);
    int32_t target = (int32_t)sim_dist_below(words[SIM_WORD_OF_PHOLD_TARGET], VILLAGES);
    if (where < 0.5)
        return sim_process_schedule(context, context->now + 5 + delay, 0, &next, error);
    if (where < 0.8)
        return sim_process_send(
            context, target, context->now + WINDOW + delay, (uint32_t)(target % 2), &next, error);
    next.kind = REQUEST;
    return sim_process_send(context, VILLAGES + target % TOWNSHIPS, context->window_end - 1, 3, &next, error);
}

static int on_township(
    struct sim_context *context, void *state, const struct sim_event *event, struct sim_error *error)
{
    struct place *self = state;
    self->hash = folded(self->hash, event);
    self->n++;
    struct sim_event reply = {.kind = REPLY, .entity = event->entity, .data = {event->data[0], self->n}};
    return sim_process_send(
        context, (int32_t)event->data[1], context->window_end + self->n % 3, 1, &reply, error);
}

static const struct sim_process_type village = {.name = "village", .on_event = on_village};
static const struct sim_process_type township = {.name = "township", .on_event = on_township};

static sim_time next_window(void *user, sim_time t)
{
    (void)user;
    return (t / WINDOW + 1) * WINDOW;
}

struct phold {
    struct place places[PROCESSES];
    struct sim_world *world;
};

/* How processes are shared out: n partitions of villages, townships in one or in three. */
static void phold_init(struct phold *self, int32_t village_partitions, bool scattered,
    enum sim_scheduler scheduler, int32_t n_threads)
{
    struct sim_process_spec specs[PROCESSES];
    struct sim_error error = {0};
    memset(self, 0, sizeof *self);
    for (int32_t i = 0; i < PROCESSES; i++) {
        self->places[i].luck = (struct sim_luck){17, 0};
        specs[i] = (struct sim_process_spec){.state = &self->places[i]};
        if (i < VILLAGES) {
            specs[i].type = &village;
            specs[i].partition = scattered ? (i * 7) % village_partitions : i * village_partitions / VILLAGES;
        } else {
            specs[i].type = &township;
            specs[i].stage = 1;
            specs[i].partition = village_partitions + (scattered ? i - VILLAGES : 0);
        }
    }
    struct sim_world_options options = {
        .start = 0, .next_boundary = next_window, .scheduler = scheduler, .n_threads = n_threads};
    self->world = sim_world_new(specs, PROCESSES, options, &error);
    check_ok(error.code, error);
    assert_non_null(self->world);
}

static void phold_throw_balls(struct phold *self)
{
    struct sim_error error = {0};
    for (uint32_t ball = 0; ball < 200; ball++) {
        struct sim_event event = {.kind = BALL, .entity = ball};
        check_ok(
            sim_world_schedule(self->world, (int32_t)(ball % VILLAGES), ball % 50, 0, &event, &error), error);
    }
}

static void phold_run(struct phold *self, sim_time until)
{
    struct sim_error error = {0};
    check_ok(sim_world_run(self->world, until, &error), error);
}

struct mark {
    char text[SIM_DIGEST_TEXT];
};

/* State of every process, and the world's own bytes. */
static struct mark phold_mark(const struct phold *self)
{
    struct sim_digest digest;
    struct sim_state state;
    struct sim_error error = {0};
    uint8_t bytes[SIM_DIGEST_BYTES];
    struct mark mark;
    sim_digest_init(&digest);
    for (int32_t i = 0; i < PROCESSES; i++) {
        sim_digest_add(&digest, &self->places[i].hash, sizeof self->places[i].hash);
        sim_digest_add(&digest, &self->places[i].n, sizeof self->places[i].n);
    }
    sim_state_init(&state);
    check_ok(sim_world_save(self->world, &state, &error), error);
    sim_digest_add(&digest, state.bytes, state.n);
    sim_state_free(&state);
    sim_digest_end(&digest, bytes);
    sim_digest_text(bytes, mark.text);
    return mark;
}

static struct mark phold_result(
    int32_t village_partitions, bool scattered, enum sim_scheduler scheduler, int32_t n_threads)
{
    struct phold phold;
    phold_init(&phold, village_partitions, scattered, scheduler, n_threads);
    phold_throw_balls(&phold);
    phold_run(&phold, 60 * WINDOW);
    struct mark mark = phold_mark(&phold);
    sim_world_free(phold.world);
    return mark;
}

static void test_threads_agree_with_serial_byte_for_byte(void **unused)
{
    (void)unused;
    struct mark serial = phold_result(VILLAGES, true, SIM_SCHEDULER_SERIAL, 1);
    /* Golden: it changes with [numbers] only. */
    assert_string_equal(serial.text, "d2172a9ee8da5e021a3d21fd396c0bfffa9baa5d98328416fb5c8d48399ad9fe");
    static const int32_t threads[] = {0, 1, 2, 3, 8};
    for (int i = 0; i < SIM_COUNT(threads); i++) {
        struct mark parallel = phold_result(VILLAGES, true, SIM_SCHEDULER_THREADS, threads[i]);
        assert_string_equal(parallel.text, serial.text);
    }
}

static void test_partitioning_never_shows(void **unused)
{
    (void)unused;
    struct mark one = phold_result(1, false, SIM_SCHEDULER_SERIAL, 1);
    static const int32_t partitions[] = {1, 2, 5, 23, 24};
    for (int i = 0; i < SIM_COUNT(partitions); i++)
        for (int scattered = 0; scattered < 2; scattered++) {
            /* i * 7 % 24 and i * 7 % 23 leave no partition empty. */
            struct mark mark = phold_result(partitions[i], scattered, SIM_SCHEDULER_THREADS, 2);
            assert_string_equal(mark.text, one.text);
        }
}

static void test_another_seed_shows(void **unused)
{
    (void)unused;
    struct phold a, b;
    phold_init(&a, 4, false, SIM_SCHEDULER_SERIAL, 1);
    phold_init(&b, 4, false, SIM_SCHEDULER_SERIAL, 1);
    b.places[5].luck.replicate = 1;
    phold_throw_balls(&a);
    phold_throw_balls(&b);
    phold_run(&a, 20 * WINDOW);
    phold_run(&b, 20 * WINDOW);
    assert_string_not_equal(phold_mark(&a).text, phold_mark(&b).text);
    sim_world_free(a.world);
    sim_world_free(b.world);
}

static void count_event(void *user, const struct sim_event *event)
{
    (void)event;
    ++*(int64_t *)user;
}

static void test_no_ball_is_lost_or_doubled(void **unused)
{
    (void)unused;
    struct phold phold;
    phold_init(&phold, 6, true, SIM_SCHEDULER_THREADS, 2);
    phold_throw_balls(&phold);
    int64_t handled = 0, pending;
    for (int window = 1; window <= 40; window++) {
        phold_run(&phold, window * WINDOW);
        pending = 0;
        sim_world_visit(phold.world, count_event, &pending);
        assert_int_equal(pending, 200);
        assert_int_equal(sim_world_now(phold.world), window * WINDOW);
    }
    for (int32_t i = 0; i < PROCESSES; i++)
        handled += phold.places[i].n;
    assert_int_equal(sim_world_events(phold.world), handled);
    assert_true(handled > 10000);
    sim_world_free(phold.world);
}

static void test_save_and_load_in_the_middle_continue_identically(void **unused)
{
    (void)unused;
    struct mark undisturbed = phold_result(VILLAGES, true, SIM_SCHEDULER_SERIAL, 1);
    struct phold first, second;
    struct sim_state state;
    struct sim_error error = {0};
    phold_init(&first, 5, true, SIM_SCHEDULER_THREADS, 2);
    phold_throw_balls(&first);
    phold_run(&first, 23 * WINDOW);
    sim_state_init(&state);
    check_ok(sim_world_save(first.world, &state, &error), error);

    /* Into a world of other partitions that has already gone another way. */
    phold_init(&second, 3, false, SIM_SCHEDULER_SERIAL, 1);
    phold_throw_balls(&second);
    phold_run(&second, 7 * WINDOW);
    check_ok(sim_world_load(second.world, &state, &error), error);
    assert_int_equal(state.at, state.n);
    memcpy(second.places, first.places, sizeof first.places);
    sim_world_free(first.world);
    phold_run(&second, 60 * WINDOW);
    assert_string_equal(phold_mark(&second).text, undisturbed.text);
    sim_world_free(second.world);
    sim_state_free(&state);
}

static void test_a_torn_save_is_refused_and_the_world_stays_shut(void **unused)
{
    (void)unused;
    struct phold phold;
    struct sim_state state;
    struct sim_error error = {0};
    phold_init(&phold, 3, false, SIM_SCHEDULER_SERIAL, 1);
    phold_throw_balls(&phold);
    sim_state_init(&state);
    check_ok(sim_world_save(phold.world, &state, &error), error);
    state.n -= 7;
    assert_int_equal(sim_world_load(phold.world, &state, &error), SIM_ERROR_FORMAT);
    struct sim_error again = {0};
    assert_int_equal(sim_world_run(phold.world, 5 * WINDOW, &again), SIM_ERROR_FORMAT);
    sim_world_free(phold.world);
    sim_state_free(&state);
}

static void test_a_world_at_its_working_size_allocates_no_more(void **unused)
{
    (void)unused;
    struct phold phold;
    phold_init(&phold, 1, false, SIM_SCHEDULER_SERIAL, 1);
    phold_throw_balls(&phold);
    phold_run(&phold, 100 * WINDOW);
    /* Queues and mailboxes only ever grow, so one allocation would show in the bytes in use. */
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    phold_run(&phold, 300 * WINDOW);
    assert_int_equal(mallinfo2().uordblks + mallinfo2().hblkhd, before);
    sim_world_free(phold.world);
}

/* ---- small scripted worlds ---- */

struct diary {
    char text[2000];
    int n;
};

struct actor {
    struct diary *diary;
    int (*act)(struct sim_context *context, const struct sim_event *event, struct sim_error *error);
};

static int on_actor(
    struct sim_context *context, void *state, const struct sim_event *event, struct sim_error *error)
{
    struct actor *self = state;
    struct diary *diary = self->diary;
    diary->n += snprintf(diary->text + diary->n, sizeof diary->text - (size_t)diary->n, "%d@%d:%u ",
        context->process, (int)context->now, event->kind);
    return self->act ? self->act(context, event, error) : 0;
}

static const struct sim_process_type actor_type = {.name = "actor", .on_event = on_actor};

struct stage_play {
    struct diary diary;
    struct actor actors[4]; /* 0, 1, 2 in stage 0; 3 in stage 1 */
    struct sim_world *world;
};

static int write_boundary(void *user, struct sim_world *world, sim_time boundary, struct sim_error *error)
{
    struct stage_play *self = user;
    (void)error;
    assert_int_equal(sim_world_now(world), boundary);
    self->diary.n +=
        snprintf(self->diary.text + self->diary.n, sizeof self->diary.text - (size_t)self->diary.n, "| ");
    return 0;
}

static void play_init(struct stage_play *self, bool together)
{
    struct sim_process_spec specs[4];
    struct sim_error error = {0};
    memset(self, 0, sizeof *self);
    for (int32_t i = 0; i < 4; i++) {
        self->actors[i].diary = &self->diary;
        specs[i] = (struct sim_process_spec){&actor_type, &self->actors[i], i == 3, together ? i == 3 : i};
    }
    struct sim_world_options options = {
        .next_boundary = next_window, .on_boundary = write_boundary, .user = self};
    self->world = sim_world_new(specs, 4, options, &error);
    check_ok(error.code, error);
}

static int play_run(struct stage_play *self, sim_time until, struct sim_error *error)
{
    return sim_world_run(self->world, until, error);
}

static void play_schedule(
    struct stage_play *self, int32_t process, sim_time time, uint32_t phase, uint32_t kind)
{
    struct sim_error error = {0};
    struct sim_event event = {.kind = kind};
    check_ok(sim_world_schedule(self->world, process, time, phase, &event, &error), error);
}

static void test_events_run_by_time_then_phase_then_process_then_sequence(void **unused)
{
    (void)unused;
    struct stage_play play;
    play_init(&play, true);
    struct sim_error error = {0};
    play_schedule(&play, 2, 10, 1, 1);
    play_schedule(&play, 0, 10, 2, 2);
    play_schedule(&play, 1, 10, 1, 3);
    play_schedule(&play, 1, 10, 1, 4);
    play_schedule(&play, 0, 5, 9, 5);
    play_schedule(&play, 0, 100, 0, 6); /* the next window's */
    check_ok(play_run(&play, 200, &error), error);
    assert_string_equal(play.diary.text, "0@5:5 1@10:3 1@10:4 2@10:1 0@10:2 | 0@100:6 | ");
    sim_world_free(play.world);
}

/* Each of 0, 1, 2 sends three messages to 0: the later ones for earlier times, and one tie with everybody. */
static int send_three(struct sim_context *context, const struct sim_event *event, struct sim_error *error)
{
    if (event->kind != 1)
        return 0;
    for (uint32_t i = 0; i < 3; i++) {
        struct sim_event message = {.kind = 10 * ((uint32_t)context->process + 1) + i};
        int code = sim_process_send(context, 0, i == 2 ? 120 : 150, 0, &message, error);
        if (code < 0)
            return code;
    }
    return 0;
}

struct sequences {
    uint32_t kind[16]; /* by the receiver's sequence number */
};

static void note_sequence(void *user, const struct sim_event *event)
{
    struct sequences *self = user;
    assert_true((uint32_t)event->order < SIM_COUNT(self->kind));
    self->kind[(uint32_t)event->order] = event->kind;
}

static void test_messages_arrive_by_time_then_sender_then_senders_sequence(void **unused)
{
    (void)unused;
    for (int together = 0; together < 2; together++) {
        struct stage_play play;
        struct sim_error error = {0};
        play_init(&play, together);
        for (int i = 0; i < 3; i++)
            play.actors[i].act = send_three;
        /* 2 sends before 1 and 1 before 0: what counts is the number of the sender, not who was first. */
        play_schedule(&play, 2, 10, 0, 1);
        play_schedule(&play, 1, 20, 0, 1);
        play_schedule(&play, 0, 30, 0, 1);
        check_ok(play_run(&play, 100, &error), error);
        /* They take the receiver's numbers in that order; 0 was its own first event. */
        static const uint32_t expected[10] = {0, 12, 22, 32, 10, 11, 20, 21, 30, 31};
        struct sequences sequences = {{0}};
        sim_world_visit(play.world, note_sequence, &sequences);
        assert_memory_equal(sequences.kind, expected, sizeof expected);
        check_ok(play_run(&play, 200, &error), error);
        const char *second = strstr(play.diary.text, "| ");
        assert_string_equal(second,
            "| 0@120:12 0@120:22 0@120:32 0@150:10 0@150:11 0@150:20 0@150:21 0@150:30 "
            "0@150:31 | ");
        sim_world_free(play.world);
    }
}

static int ask_county(struct sim_context *context, const struct sim_event *event, struct sim_error *error)
{
    struct sim_event request = {.kind = 7, .data = {context->process}};
    return event->kind == 1 ? sim_process_send(context, 3, context->now, 0, &request, error) : 0;
}

static int answer(struct sim_context *context, const struct sim_event *event, struct sim_error *error)
{
    struct sim_event reply = {.kind = 8};
    return sim_process_send(context, (int32_t)event->data[0], context->window_end, 0, &reply, error);
}

static void test_a_request_is_cleared_in_its_window_and_answered_at_the_boundary(void **unused)
{
    (void)unused;
    struct stage_play play;
    struct sim_error error = {0};
    play_init(&play, false);
    play.actors[0].act = play.actors[1].act = ask_county;
    play.actors[3].act = answer;
    play_schedule(&play, 1, 10, 0, 1);
    play_schedule(&play, 0, 99, 0, 1);
    check_ok(play_run(&play, 200, &error), error);
    assert_string_equal(play.diary.text, "0@99:1 1@10:1 3@10:7 3@99:7 | 0@100:8 1@100:8 | ");
    sim_world_free(play.world);
}

static int fail_politely(struct sim_context *context, const struct sim_event *event, struct sim_error *error)
{
    (void)event;
    return sim_error_set(error, SIM_ERROR_BOOKS, "village %d at %d", context->process, (int)context->now);
}

static void test_the_lowest_failing_process_is_named_whoever_failed_first(void **unused)
{
    (void)unused;
    for (int together = 0; together < 2; together++) {
        struct stage_play play;
        struct sim_error error = {0};
        play_init(&play, together);
        play.actors[1].act = play.actors[2].act = play.actors[3].act = fail_politely;
        play_schedule(&play, 0, 95, 0, 1);
        play_schedule(&play, 2, 10, 0, 1);
        play_schedule(&play, 1, 80, 0, 1);
        play_schedule(&play, 1, 90, 0, 1); /* a process that failed does nothing more */
        play_schedule(&play, 3, 1, 0, 1);  /* the next stage does not begin */
        assert_int_equal(play_run(&play, 200, &error), SIM_ERROR_BOOKS);
        assert_string_equal(error.message, "1970-01, process 1 (actor): village 1 at 80");
        assert_null(strstr(play.diary.text, "1@90"));
        assert_null(strstr(play.diary.text, "3@1"));
        assert_null(strstr(play.diary.text, "|"));
        assert_non_null(strstr(play.diary.text, "0@95"));
        struct sim_error again = {0};
        assert_int_equal(play_run(&play, 200, &again), SIM_ERROR_BOOKS);
        assert_string_equal(again.message, "1970-01, process 1 (actor): village 1 at 80");
        sim_world_free(play.world);
    }
}

static int fail_silently(struct sim_context *context, const struct sim_event *event, struct sim_error *error)
{
    (void)context;
    (void)event;
    (void)error;
    return SIM_ERROR_CAPACITY;
}

static void test_a_code_without_message_gets_process_and_sentence(void **unused)
{
    (void)unused;
    struct stage_play play;
    struct sim_error error = {0};
    play_init(&play, true);
    play.actors[2].act = fail_silently;
    play_schedule(&play, 2, 10, 0, 1);
    assert_int_equal(play_run(&play, 100, &error), SIM_ERROR_CAPACITY);
    assert_string_equal(error.message, "1970-01, process 2 (actor): a table is full");
    sim_world_free(play.world);
}

static void name_patient(const void *state, char *out, size_t size)
{
    const struct actor *self = state;
    snprintf(out, size, "ward, patient %d", self->act != NULL);
}

static void test_a_process_that_can_say_who_it_is_stands_in_its_failure(void **unused)
{
    (void)unused;
    struct diary diary = {.n = 0};
    struct actor actor = {&diary, fail_silently};
    struct sim_process_type type = actor_type;
    type.describe = name_patient;
    struct sim_process_spec spec = {&type, &actor, 0, 0};
    struct sim_world_options options = {
        .start = sim_month_to_time(590), .next_boundary = sim_world_next_month};
    struct sim_error error = {0};
    struct sim_world *world = sim_world_new(&spec, 1, options, &error);
    struct sim_event event = {.kind = 5};
    check_ok(sim_world_schedule(world, 0, sim_month_to_time(591) - 1, 0, &event, &error), error);
    assert_int_equal(sim_world_run(world, sim_month_to_time(592), &error), SIM_ERROR_CAPACITY);
    assert_string_equal(error.message, "2019-03, ward, patient 1: a table is full");
    sim_world_free(world);
}

struct witness {
    int64_t n;
    int32_t last;
    sim_time at;
};

static void note_event(void *user, int32_t process, const struct sim_event *event)
{
    struct witness *self = user;
    self->n++;
    self->last = process;
    self->at = event->time;
}

static void test_a_trace_sees_every_event_before_it_happens(void **unused)
{
    (void)unused;
    struct diary diary = {.n = 0};
    struct actor actors[2] = {{&diary, NULL}, {&diary, fail_silently}};
    struct sim_process_spec specs[2] = {{&actor_type, &actors[0], 0, 0}, {&actor_type, &actors[1], 0, 0}};
    struct witness witness = {0};
    struct sim_trace trace = {&witness, note_event};
    struct sim_world_options options = {.next_boundary = next_window, .trace = &trace};
    struct sim_error error = {0};
    struct sim_world *world = sim_world_new(specs, 2, options, &error);
    struct sim_event event = {.kind = 5};
    for (sim_time t = 0; t < 3; t++)
        check_ok(sim_world_schedule(world, 0, t, 0, &event, &error), error);
    check_ok(sim_world_schedule(world, 1, 7, 0, &event, &error), error);
    assert_int_equal(sim_world_run(world, 200, &error), SIM_ERROR_CAPACITY);
    assert_int_equal(witness.n, sim_world_events(world));
    assert_int_equal(witness.n, 4);
    assert_int_equal(witness.last, 1); /* the one that failed */
    assert_int_equal(witness.at, 7);
    sim_world_free(world);
}

struct stop {
    int n_left;
    bool schedules;
};

static int stop_or_feed(void *user, struct sim_world *world, sim_time boundary, struct sim_error *error)
{
    struct stop *self = user;
    struct sim_event event = {.kind = 5};
    if (self->schedules)
        return sim_world_schedule(world, 0, boundary, 0, &event, error);
    return self->n_left-- > 0 ? 0 : sim_error_set(error, SIM_ERROR_STOPPED, "stopped at %d", (int)boundary);
}

static void test_a_boundary_that_stops_leaves_a_world_that_goes_on(void **unused)
{
    (void)unused;
    struct diary diary = {.n = 0};
    struct actor actor = {&diary, NULL};
    struct sim_process_spec spec = {&actor_type, &actor, 0, 0};
    struct stop stop = {.n_left = 2};
    struct sim_world_options options = {
        .next_boundary = next_window, .on_boundary = stop_or_feed, .user = &stop};
    struct sim_error error = {0};
    struct sim_world *world = sim_world_new(&spec, 1, options, &error);
    assert_int_equal(sim_world_run(world, 1000, &error), SIM_ERROR_STOPPED);
    assert_string_equal(error.message, "stopped at 300");
    assert_int_equal(sim_world_now(world), 300);
    /* An event made at a boundary is handled in the window that begins there. */
    stop.schedules = true;
    struct sim_error none = {0};
    check_ok(sim_world_run(world, 600, &none), none);
    assert_string_equal(diary.text, "0@400:5 0@500:5 ");
    sim_world_free(world);
}

static void test_windows_of_months_end_on_the_calendar(void **unused)
{
    (void)unused;
    struct sim_date start = {2015, 12, 1}, after = {2016, 3, 1};
    sim_time t = sim_date_to_time(start);
    for (int i = 0; i < 3; i++)
        t = sim_world_next_month(NULL, t);
    assert_int_equal(t, sim_date_to_time(after));
    assert_int_equal(sim_world_next_month(NULL, t - 1), t);
}

static void test_bad_specs_are_refused_with_their_number(void **unused)
{
    (void)unused;
    struct sim_process_spec specs[2] = {{&actor_type, NULL, 0, 0}, {&actor_type, NULL, 1, 0}};
    struct sim_world_options options = {.next_boundary = next_window};
    struct sim_error error = {0};
    assert_null(sim_world_new(specs, 2, options, &error)); /* one partition, two stages */
    assert_int_equal(error.code, SIM_ERROR_MODEL);
    assert_non_null(strstr(error.message, "partition 0"));
    specs[1] = (struct sim_process_spec){&actor_type, NULL, 2, 1};
    struct sim_error stage = {0};
    assert_null(sim_world_new(specs, 2, options, &stage));
    assert_int_equal(stage.code, SIM_ERROR_RANGE);
    specs[0].partition = 1;
    specs[1] = (struct sim_process_spec){&actor_type, NULL, 0, 1};
    struct sim_error gap = {0};
    assert_null(sim_world_new(specs, 2, options, &gap)); /* nobody in partition 0 */
    assert_int_equal(gap.code, SIM_ERROR_MODEL);
    struct sim_error none = {0};
    assert_null(sim_world_new(specs, 0, options, &none));
    assert_int_equal(none.code, SIM_ERROR_RANGE);
    sim_world_free(NULL);
}

/* ---- guards bite ---- */

static int into_the_past(struct sim_context *context, const struct sim_event *event, struct sim_error *error)
{
    return sim_process_schedule(context, context->now - 1, 0, event, error);
}

static int inside_the_window(
    struct sim_context *context, const struct sim_event *event, struct sim_error *error)
{
    return sim_process_send(context, 1, context->window_end - 1, 0, event, error);
}

static int up_into_the_past(
    struct sim_context *context, const struct sim_event *event, struct sim_error *error)
{
    return sim_process_send(context, 3, context->now - 1, 0, event, error);
}

static int to_nobody(struct sim_context *context, const struct sim_event *event, struct sim_error *error)
{
    return sim_process_send(context, 4, context->window_end, 0, event, error);
}

static int phase_too_high(struct sim_context *context, const struct sim_event *event, struct sim_error *error)
{
    return sim_process_schedule(context, context->now, 256, event, error);
}

static int from_outside(struct sim_context *context, const struct sim_event *event, struct sim_error *error)
{
    return sim_world_schedule(context->world, 1, context->window_end, 0, event, error);
}

static void run_bad_handler(void *user)
{
    struct stage_play play;
    struct sim_error error = {0};
    play_init(&play, true);
    play.actors[0].act = *(int (**)(struct sim_context *, const struct sim_event *, struct sim_error *))user;
    play_schedule(&play, 0, 10, 0, 1);
    play_run(&play, 100, &error);
}

static void test_handlers_that_break_causality_are_caught(void **unused)
{
    (void)unused;
    static const struct {
        int (*act)(struct sim_context *, const struct sim_event *, struct sim_error *);
        const char *words;
    } cases[] = {
        {into_the_past, "process 0 at 10: event in the past, at 9"},
        {inside_the_window, "process 0 at 10: message to process 1 for 99, before 100"},
        {up_into_the_past, "process 0 at 10: message to process 3 for 9, before 10"},
        {to_nobody, "process 4 of 4"},
        {phase_too_high, "phase 256"},
        {from_outside, "while handlers run"},
    };
    for (int i = 0; i < SIM_COUNT(cases); i++)
        bite_expect(run_bad_handler, (void *)&cases[i].act, SIGABRT, cases[i].words);
}

static sim_time standing_still(void *user, sim_time t)
{
    (void)user;
    return t;
}

static void run_standing_still(void *user)
{
    (void)user;
    struct actor actor = {0};
    struct sim_process_spec spec = {&actor_type, &actor, 0, 0};
    struct sim_world_options options = {.next_boundary = standing_still};
    struct sim_error error = {0};
    sim_world_run(sim_world_new(&spec, 1, options, &error), 100, &error);
}

static void schedule_before_now(void *user)
{
    (void)user;
    struct stage_play play;
    struct sim_error error = {0};
    play_init(&play, true);
    play_run(&play, 100, &error);
    struct sim_event event = {0};
    sim_world_schedule(play.world, 0, 99, 0, &event, &error);
}

static void save_after_failure(void *user)
{
    (void)user;
    struct stage_play play;
    struct sim_error error = {0}, save = {0};
    struct sim_state state;
    play_init(&play, true);
    play.actors[0].act = fail_politely;
    play_schedule(&play, 0, 10, 0, 1);
    play_run(&play, 100, &error);
    sim_state_init(&state);
    sim_world_save(play.world, &state, &save);
}

static void test_a_world_that_failed_is_not_saved(void **unused)
{
    (void)unused;
    bite_expect(save_after_failure, NULL, SIGABRT, "not after a failure");
}

static void test_a_boundary_must_lie_ahead_and_events_not_behind(void **unused)
{
    (void)unused;
    bite_expect(run_standing_still, NULL, SIGABRT, "the boundary after 0 is 0");
    bite_expect(schedule_before_now, NULL, SIGABRT, "the world is at 100");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_agree_with_serial_byte_for_byte),
        cmocka_unit_test(test_partitioning_never_shows),
        cmocka_unit_test(test_another_seed_shows),
        cmocka_unit_test(test_no_ball_is_lost_or_doubled),
        cmocka_unit_test(test_save_and_load_in_the_middle_continue_identically),
        cmocka_unit_test(test_a_torn_save_is_refused_and_the_world_stays_shut),
        cmocka_unit_test(test_a_world_at_its_working_size_allocates_no_more),
        cmocka_unit_test(test_events_run_by_time_then_phase_then_process_then_sequence),
        cmocka_unit_test(test_messages_arrive_by_time_then_sender_then_senders_sequence),
        cmocka_unit_test(test_a_request_is_cleared_in_its_window_and_answered_at_the_boundary),
        cmocka_unit_test(test_the_lowest_failing_process_is_named_whoever_failed_first),
        cmocka_unit_test(test_a_code_without_message_gets_process_and_sentence),
        cmocka_unit_test(test_a_process_that_can_say_who_it_is_stands_in_its_failure),
        cmocka_unit_test(test_a_trace_sees_every_event_before_it_happens),
        cmocka_unit_test(test_a_boundary_that_stops_leaves_a_world_that_goes_on),
        cmocka_unit_test(test_windows_of_months_end_on_the_calendar),
        cmocka_unit_test(test_bad_specs_are_refused_with_their_number),
        cmocka_unit_test(test_handlers_that_break_causality_are_caught),
        cmocka_unit_test(test_a_world_that_failed_is_not_saved),
        cmocka_unit_test(test_a_boundary_must_lie_ahead_and_events_not_behind),
    };
    return cmocka_run_group_tests_name("world", tests, NULL, NULL);
}
