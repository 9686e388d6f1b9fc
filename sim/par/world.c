#include "sim/par/world.h"

#include <stdlib.h>
#include <string.h>

#include <omp.h>

#include "sim/core/guard.h"
#include "sim/par/mailbox.h"
#include "sim/time/calendar.h"

enum { LINE = 64 }; /* a cache line: what two threads write must not share one */

_Static_assert(sizeof(struct sim_event) == 48, "events are saved as bytes: no padding");

struct process {
    _Alignas(LINE) struct sim_process_spec spec;
    uint32_t sequence; /* of its next event */
    bool has_failed;
};

/* One stage's share of the work: written by the thread that runs it, read by others only between stages. */
struct sim_partition {
    _Alignas(LINE) struct sim_queue queue;
    struct sim_outbox up;    /* to higher stages: delivered when the stage is done */
    struct sim_outbox level; /* to the same or a lower stage: delivered at the boundary */
    int64_t n_events;
    int32_t stage;
    int32_t failed;              /* lowest process that failed, or -1 */
    struct sim_error error;      /* of that process */
    struct sim_profile *profile; /* NULL when not asked for */
    int64_t inbound_start;       /* its slice of world->inbound in the delivery under way */
    int64_t n_inbound;
};

struct sim_world {
    struct sim_world_options options;
    struct process *processes;
    int32_t n_processes;
    struct sim_partition *partitions;
    int32_t n_partitions;
    int32_t *members[SIM_STAGES]; /* partitions of a stage */
    int32_t n_members[SIM_STAGES];
    const struct sim_message *
        *inbound; /* sorted pointers into outboxes, by receiving partition; then scratch */
    int64_t inbound_capacity;
    sim_time now;
    int64_t n_events; /* before the last _load */
    bool is_running;  /* handlers may be at work */
    struct sim_profile
        *profiles; /* one a partition, the last of what is done between; NULL when not asked for */
    struct sim_error failure;
};

/* Parallel loops are begun only where there is more than one thread: the serial scheduler has none in its
 * way. */
static int n_threads(const struct sim_world *self)
{
    if (self->options.scheduler == SIM_SCHEDULER_SERIAL)
        return 1;
    return self->options.n_threads > 0 ? self->options.n_threads : omp_get_max_threads();
}

/* ---- making ---- */

static int check_specs(
    const struct sim_process_spec *specs, int32_t n, int32_t *n_partitions, struct sim_error *error)
{
    if (n < 1 || n > SIM_PROCESS_MAX)
        return sim_error_set(
            error, SIM_ERROR_RANGE, "world: %d processes, 1 to %d can be", n, SIM_PROCESS_MAX);
    *n_partitions = 0;
    for (int32_t i = 0; i < n; i++) {
        const struct sim_process_spec *spec = &specs[i];
        if (spec->stage < 0 || spec->stage >= SIM_STAGES || spec->partition < 0 || spec->partition >= n)
            return sim_error_set(error, SIM_ERROR_RANGE, "world: process %d (%s): stage %d, partition %d", i,
                spec->type->name, spec->stage, spec->partition);
        if (spec->partition >= *n_partitions)
            *n_partitions = spec->partition + 1;
    }
    return 0;
}

static void *zeroed(int64_t n, size_t size)
{
    size_t bytes = ((size_t)n * size + LINE) / LINE * LINE; /* never 0 */
    void *memory = aligned_alloc(LINE, bytes);
    if (memory)
        memset(memory, 0, bytes);
    return memory;
}

static int set_stages(struct sim_world *self, struct sim_error *error)
{
    for (int32_t i = 0; i < self->n_partitions; i++)
        self->partitions[i].stage = -1;
    for (int32_t i = 0; i < self->n_processes; i++) {
        const struct sim_process_spec *spec = &self->processes[i].spec;
        struct sim_partition *partition = &self->partitions[spec->partition];
        if (partition->stage >= 0 && partition->stage != spec->stage)
            return sim_error_set(error, SIM_ERROR_MODEL,
                "world: partition %d has processes of stages %d and %d", spec->partition, partition->stage,
                spec->stage);
        partition->stage = spec->stage;
    }
    for (int32_t i = 0; i < self->n_partitions; i++) {
        struct sim_partition *partition = &self->partitions[i];
        if (partition->stage < 0)
            return sim_error_set(error, SIM_ERROR_MODEL, "world: partition %d has no process", i);
        self->members[partition->stage][self->n_members[partition->stage]++] = i;
        partition->failed = -1;
        int code = sim_queue_init(&partition->queue, 16, error);
        if (code < 0)
            return code;
    }
    return 0;
}

static int set_up(struct sim_world *self, const struct sim_process_spec *specs, struct sim_error *error)
{
    self->processes = zeroed(self->n_processes, sizeof *self->processes);
    self->partitions = zeroed(self->n_partitions, sizeof *self->partitions);
    bool has_memory = self->processes && self->partitions;
    for (int32_t i = 0; i < SIM_STAGES; i++) {
        self->members[i] = zeroed(self->n_partitions, sizeof *self->members[i]);
        has_memory = has_memory && self->members[i];
    }
    if (!has_memory)
        return sim_error_set(error, SIM_ERROR_MEMORY, "world: no memory for %d processes", self->n_processes);
    for (int32_t i = 0; i < self->n_processes; i++)
        self->processes[i].spec = specs[i];
    if (self->options.profile) {
        self->profiles = zeroed(self->n_partitions + 1, sizeof *self->profiles);
        if (!self->profiles)
            return sim_error_set(error, SIM_ERROR_MEMORY, "world: no memory for a profile");
        for (int32_t i = 0; i < self->n_partitions; i++)
            self->partitions[i].profile = &self->profiles[i];
    }
    return set_stages(self, error);
}

struct sim_world *sim_world_new(const struct sim_process_spec *specs, int32_t n,
    struct sim_world_options options, struct sim_error *error)
{
    int32_t n_partitions;
    if (check_specs(specs, n, &n_partitions, error) < 0)
        return NULL;
    struct sim_world *self = calloc(1, sizeof *self);
    if (!self) {
        sim_error_set(error, SIM_ERROR_MEMORY, "world: no memory");
        return NULL;
    }
    self->options = options;
    self->n_processes = n;
    self->n_partitions = n_partitions;
    self->now = options.start;
    if (set_up(self, specs, error) < 0) {
        sim_world_free(self);
        return NULL;
    }
    return self;
}

void sim_world_free(struct sim_world *self)
{
    if (!self)
        return;
    for (int32_t i = 0; self->partitions && i < self->n_partitions; i++) {
        sim_queue_free(&self->partitions[i].queue);
        sim_outbox_free(&self->partitions[i].up);
        sim_outbox_free(&self->partitions[i].level);
    }
    for (int32_t i = 0; i < SIM_STAGES; i++)
        free(self->members[i]);
    free(self->partitions);
    free(self->processes);
    free(self->inbound);
    free(self->profiles);
    free(self);
}

/* ---- events ---- */

static int add_event(struct sim_world *self, int32_t process, sim_time time, uint32_t phase,
    const struct sim_event *what, struct sim_error *error)
{
    struct process *target = &self->processes[process];
    if (target->sequence == UINT32_MAX)
        return sim_error_set(error, SIM_ERROR_RANGE, "process %d (%s): out of event numbers", process,
            target->spec.type->name);
    struct sim_event event = *what;
    event.time = time;
    event.order = sim_event_order(phase, (uint32_t)process, target->sequence++);
    return sim_queue_push(&self->partitions[target->spec.partition].queue, &event, error);
}

static void guard_target(const struct sim_world *self, int32_t process, uint32_t phase)
{
    SIM_GUARD(process >= 0 && process < self->n_processes, "process %d of %d", process, self->n_processes);
    SIM_GUARD(phase < 1u << SIM_EVENT_PHASE_BITS, "phase %u for process %d", phase, process);
}

int sim_world_schedule(struct sim_world *self, int32_t process, sim_time time, uint32_t phase,
    const struct sim_event *what, struct sim_error *error)
{
    guard_target(self, process, phase);
    SIM_GUARD(!self->is_running, "an event from outside for process %d while handlers run", process);
    SIM_GUARD(time >= self->now, "process %d: event at %lld, the world is at %lld", process, (long long)time,
        (long long)self->now);
    return add_event(self, process, time, phase, what, error);
}

int sim_process_schedule(struct sim_context *context, sim_time time, uint32_t phase,
    const struct sim_event *what, struct sim_error *error)
{
    guard_target(context->world, context->process, phase);
    SIM_GUARD(time >= context->now, "process %d at %lld: event in the past, at %lld", context->process,
        (long long)context->now, (long long)time);
    return add_event(context->world, context->process, time, phase, what, error);
}

int sim_process_send(struct sim_context *context, int32_t to, sim_time time, uint32_t phase,
    const struct sim_event *what, struct sim_error *error)
{
    const struct sim_world *world = context->world;
    guard_target(world, to, phase);
    bool is_up = world->processes[to].spec.stage > context->partition->stage;
    sim_time earliest = is_up ? context->now : context->window_end;
    SIM_GUARD(time >= earliest, "process %d at %lld: message to process %d for %lld, before %lld",
        context->process, (long long)context->now, to, (long long)time, (long long)earliest);
    struct sim_message message = {.to = to, .from = context->process, .event = *what};
    message.event.time = time;
    message.event.order = sim_event_order(phase, 0, 0);
    return sim_outbox_push(is_up ? &context->partition->up : &context->partition->level, &message, error);
}

/* ---- a window ---- */

/* A process that fails is left out from there on while its neighbours go on: else which of two failures is
 * met first would depend on who shares a partition. */
static void run_partition(struct sim_world *self, struct sim_partition *partition, sim_time window_end)
{
    struct sim_context context = {
        .world = self, .partition = partition, .window_end = window_end, .profile = partition->profile};
    sim_profile_begin(partition->profile);
    struct sim_event event;
    while (sim_queue_pop_before(&partition->queue, window_end, &event)) {
        int32_t number = (int32_t)sim_event_process(&event);
        struct process *process = &self->processes[number];
        if (process->has_failed)
            continue;
        context.process = number;
        context.now = event.time;
        partition->n_events++;
        sim_profile_lap(partition->profile, SIM_PLACE_QUEUE);
        struct sim_error error = {0};
        int code = process->spec.type->on_event(&context, process->spec.state, &event, &error);
        sim_profile_lap(partition->profile, sim_place_of_event(event.kind));
        if (code >= 0)
            continue;
        process->has_failed = true;
        if (partition->failed < 0 || number < partition->failed) {
            sim_error_set(&error, code, "process %d (%s): %s", number, process->spec.type->name,
                sim_error_sentence(code));
            partition->failed = number;
            partition->error = error;
        }
    }
}

static int first_failure(const struct sim_world *self, int32_t stage, struct sim_error *error)
{
    const struct sim_partition *lowest = NULL;
    for (int32_t i = 0; i < self->n_members[stage]; i++) {
        const struct sim_partition *partition = &self->partitions[self->members[stage][i]];
        if (partition->failed >= 0 && (!lowest || partition->failed < lowest->failed))
            lowest = partition;
    }
    if (!lowest)
        return 0;
    return sim_error_set(error, lowest->error.code, "%s", lowest->error.message);
}

static int run_stage(struct sim_world *self, int32_t stage, sim_time window_end, struct sim_error *error)
{
    const int32_t *members = self->members[stage];
    int32_t n = self->n_members[stage];
    int threads = n_threads(self);
    self->is_running = true;
    if (threads == 1 || n == 1) {
        for (int32_t i = 0; i < n; i++)
            run_partition(self, &self->partitions[members[i]], window_end);
    } else {
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
        for (int32_t i = 0; i < n; i++)
            run_partition(self, &self->partitions[members[i]], window_end);
    }
    self->is_running = false;
    return first_failure(self, stage, error);
}

/* ---- delivery ---- */

static int reserve_inbound(struct sim_world *self, int64_t n, struct sim_error *error)
{
    if (n <= self->inbound_capacity)
        return 0;
    int64_t capacity = self->inbound_capacity ? self->inbound_capacity : 256;
    while (capacity < n)
        capacity *= 2;
    const struct sim_message **inbound = realloc(self->inbound, 2 * (size_t)capacity * sizeof *inbound);
    if (!inbound)
        return sim_error_set(error, SIM_ERROR_MEMORY, "world: no memory for %lld messages", (long long)n);
    self->inbound = inbound;
    self->inbound_capacity = capacity;
    return 0;
}

static struct sim_outbox *outbox_of(struct sim_partition *partition, bool up)
{
    return up ? &partition->up : &partition->level;
}

/* Groups the messages by receiving partition: count, then place. Work is that of messages and partitions
 * added, not of partitions squared. Returns how many there are. */
static int64_t group_messages(struct sim_world *self, bool up, struct sim_error *error)
{
    int64_t n = 0;
    for (int32_t i = 0; i < self->n_partitions; i++) {
        self->partitions[i].n_inbound = 0;
        n += outbox_of(&self->partitions[i], up)->n;
    }
    if (n == 0)
        return 0;
    int code = reserve_inbound(self, n, error);
    if (code < 0)
        return code;
    for (int32_t i = 0; i < self->n_partitions; i++) {
        const struct sim_outbox *outbox = outbox_of(&self->partitions[i], up);
        for (int64_t j = 0; j < outbox->n; j++)
            self->partitions[self->processes[outbox->messages[j].to].spec.partition].n_inbound++;
    }
    int64_t start = 0;
    for (int32_t i = 0; i < self->n_partitions; i++) {
        self->partitions[i].inbound_start = start;
        start += self->partitions[i].n_inbound;
        self->partitions[i].n_inbound = 0;
    }
    for (int32_t i = 0; i < self->n_partitions; i++) {
        const struct sim_outbox *outbox = outbox_of(&self->partitions[i], up);
        for (int64_t j = 0; j < outbox->n; j++) {
            const struct sim_message *message = &outbox->messages[j];
            struct sim_partition *receiver = &self->partitions[self->processes[message->to].spec.partition];
            self->inbound[receiver->inbound_start + receiver->n_inbound++] = message;
        }
    }
    return n;
}

static void receive(struct sim_world *self, struct sim_partition *partition)
{
    const struct sim_message **inbound = self->inbound + partition->inbound_start;
    const struct sim_message **scratch = inbound + self->inbound_capacity;
    sim_message_sort(inbound, scratch, partition->n_inbound);
    for (int64_t i = 0; i < partition->n_inbound; i++) {
        const struct sim_message *message = inbound[i];
        uint32_t phase =
            (uint32_t)(message->event.order >> (SIM_EVENT_PROCESS_BITS + SIM_EVENT_SEQUENCE_BITS));
        struct sim_error error = {0};
        if (add_event(self, message->to, message->event.time, phase, &message->event, &error) < 0 &&
            (partition->failed < 0 || message->to < partition->failed)) {
            partition->failed = message->to;
            partition->error = error;
        }
    }
}

/* Delivers one kind of outbox of every partition and empties it. */
static int deliver(struct sim_world *self, bool up, struct sim_error *error)
{
    int64_t n = group_messages(self, up, error);
    if (n <= 0)
        return (int)n;
    int threads = n_threads(self);
    if (threads == 1 || n < 64) {
        for (int32_t i = 0; i < self->n_partitions; i++)
            receive(self, &self->partitions[i]);
    } else {
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
        for (int32_t i = 0; i < self->n_partitions; i++)
            receive(self, &self->partitions[i]);
    }
    int code = 0;
    for (int32_t i = 0; i < self->n_partitions; i++)
        outbox_of(&self->partitions[i], up)->n = 0;
    for (int32_t stage = 0; stage < SIM_STAGES && code >= 0; stage++)
        code = first_failure(self, stage, error);
    return code;
}

static int run_window(struct sim_world *self, sim_time boundary, struct sim_error *error)
{
    struct sim_profile *profile = self->profiles ? &self->profiles[self->n_partitions] : NULL;
    for (int32_t stage = 0; stage < SIM_STAGES; stage++) {
        int code = run_stage(self, stage, boundary, error);
        sim_profile_begin(profile);
        if (code >= 0)
            code = deliver(self, true, error);
        sim_profile_lap(profile, SIM_PLACE_DELIVERY);
        if (code < 0)
            return code;
    }
    int code = deliver(self, false, error);
    sim_profile_lap(profile, SIM_PLACE_DELIVERY);
    if (code < 0)
        return code;
    self->now = boundary;
    return 0;
}

int sim_world_run(struct sim_world *self, sim_time until, struct sim_error *error)
{
    if (self->failure.code)
        return sim_error_set(error, self->failure.code, "%s", self->failure.message);
    for (;;) {
        sim_time boundary = self->options.next_boundary(self->options.user, self->now);
        SIM_GUARD(boundary > self->now, "the boundary after %lld is %lld", (long long)self->now,
            (long long)boundary);
        if (boundary > until)
            return 0;
        int code = run_window(self, boundary, error);
        if (code < 0) {
            self->failure = *error; /* a window half done: this world does not go on */
            return code;
        }
        struct sim_profile *profile = self->profiles ? &self->profiles[self->n_partitions] : NULL;
        sim_profile_begin(profile);
        if (self->options.on_boundary)
            code = self->options.on_boundary(self->options.user, self, boundary, error);
        sim_profile_lap(profile, SIM_PLACE_BOUNDARY);
        if (code < 0)
            return code;
    }
}

/* ---- looking ---- */

sim_time sim_world_now(const struct sim_world *self)
{
    return self->now;
}

int64_t sim_world_events(const struct sim_world *self)
{
    int64_t n = self->n_events;
    for (int32_t i = 0; i < self->n_partitions; i++)
        n += self->partitions[i].n_events;
    return n;
}

void sim_world_profile(const struct sim_world *self, struct sim_profile *sum)
{
    for (int32_t i = 0; self->profiles && i <= self->n_partitions; i++)
        sim_profile_add(sum, &self->profiles[i]);
}

int64_t sim_world_bytes(const struct sim_world *self)
{
    int64_t n =
        (int64_t)sizeof *self + self->n_processes * (int64_t)sizeof *self->processes +
        self->n_partitions * (int64_t)(sizeof *self->partitions + SIM_STAGES * sizeof **self->members) +
        2 * self->inbound_capacity * (int64_t)sizeof *self->inbound;
    for (int32_t i = 0; i < self->n_partitions; i++) {
        const struct sim_partition *partition = &self->partitions[i];
        n += partition->queue.capacity * (int64_t)sizeof(struct sim_event);
        n += (partition->up.capacity + partition->level.capacity) * (int64_t)sizeof(struct sim_message);
    }
    return n;
}

void sim_world_visit(
    const struct sim_world *self, void (*visit)(void *user, const struct sim_event *event), void *user)
{
    for (int32_t i = 0; i < self->n_partitions; i++) {
        const struct sim_event *event;
        int64_t cursor = 0;
        while ((event = sim_queue_each(&self->partitions[i].queue, &cursor)))
            visit(user, event);
    }
}

sim_time sim_world_next_month(void *user, sim_time t)
{
    (void)user;
    return sim_month_to_time(sim_month_from_time(t) + 1);
}

/* ---- saving ---- */

static int save_events(const struct sim_world *self, struct sim_state *state, struct sim_error *error)
{
    struct sim_queue all;
    int64_t n = 0;
    for (int32_t i = 0; i < self->n_partitions; i++)
        n += self->partitions[i].queue.n;
    int code = sim_queue_init(&all, n, error);
    for (int32_t i = 0; i < self->n_partitions; i++) {
        const struct sim_event *pending;
        int64_t cursor = 0;
        while (code >= 0 && (pending = sim_queue_each(&self->partitions[i].queue, &cursor)))
            code = sim_queue_push(&all, pending, error);
    }
    if (code >= 0)
        code = sim_state_put(state, &n, sizeof n, error);
    struct sim_event event;
    while (code >= 0 && sim_queue_pop(&all, &event))
        code = sim_state_put(state, &event, sizeof event, error);
    sim_queue_free(&all);
    return code;
}

int sim_world_save(const struct sim_world *self, struct sim_state *state, struct sim_error *error)
{
    int64_t head[3] = {self->now, sim_world_events(self), self->n_processes};
    SIM_GUARD(
        !self->is_running && !self->failure.code, "a world is saved at a boundary, and not after a failure");
    int code = sim_state_put_mark(state, "world", error);
    if (code >= 0)
        code = sim_state_put(state, head, sizeof head, error);
    for (int32_t i = 0; i < self->n_processes && code >= 0; i++)
        code = sim_state_put(state, &self->processes[i].sequence, sizeof self->processes[i].sequence, error);
    return code < 0 ? code : save_events(self, state, error);
}

static void forget(struct sim_world *self)
{
    for (int32_t i = 0; i < self->n_partitions; i++) {
        struct sim_partition *partition = &self->partitions[i];
        sim_queue_clear(&partition->queue);
        partition->up.n = partition->level.n = 0;
        partition->n_events = 0;
        partition->failed = -1;
        partition->error = (struct sim_error){0};
    }
    for (int32_t i = 0; i < self->n_processes; i++)
        self->processes[i].has_failed = false;
    self->failure = (struct sim_error){0};
}

static int load_events(struct sim_world *self, struct sim_state *state, struct sim_error *error)
{
    int64_t n;
    int code = sim_state_get(state, &n, sizeof n, error);
    for (int64_t i = 0; i < n && code >= 0; i++) {
        struct sim_event event;
        code = sim_state_get(state, &event, sizeof event, error);
        if (code < 0)
            break;
        uint32_t process = sim_event_process(&event);
        if (process >= (uint32_t)self->n_processes || event.time < self->now)
            return sim_error_set(error, SIM_ERROR_FORMAT, "world: saved event of process %u at %lld", process,
                (long long)event.time);
        code =
            sim_queue_push(&self->partitions[self->processes[process].spec.partition].queue, &event, error);
    }
    return code;
}

int sim_world_load(struct sim_world *self, struct sim_state *state, struct sim_error *error)
{
    int64_t head[3];
    SIM_GUARD(!self->is_running, "a world is loaded while handlers run");
    int code = sim_state_get_mark(state, "world", error);
    if (code >= 0)
        code = sim_state_get(state, head, sizeof head, error);
    if (code < 0)
        return code;
    if (head[2] != self->n_processes)
        return sim_error_set(error, SIM_ERROR_FORMAT, "world: saved with %lld processes, this one has %d",
            (long long)head[2], self->n_processes);
    forget(self);
    self->now = head[0];
    self->n_events = head[1];
    for (int32_t i = 0; i < self->n_processes && code >= 0; i++)
        code = sim_state_get(state, &self->processes[i].sequence, sizeof self->processes[i].sequence, error);
    if (code >= 0)
        code = load_events(self, state, error);
    if (code < 0)
        self->failure = *error;
    return code < 0 ? code : 0;
}
