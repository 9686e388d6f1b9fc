#include "sim/par/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdatomic.h>

#include "sim/core/guard.h"
#include "sim/par/mailbox.h"
#include "sim/par/team.h"
#include "sim/time/calendar.h"

enum {
    LINE = 64, /* a cache line: what two threads write must not share one */
    MOST_THREADS = 1024,
    PILE = 1 << 30, /* above every number of messages */
    FEW = 256,      /* processes that stay in the cache anyway */
    AHEAD = 8       /* messages ahead of which a receiver is fetched */
};

_Static_assert(sizeof(struct sim_event) == 48, "events are saved as bytes: no padding");

/* Two to a cache line: neighbours in number are best neighbours in partition, too. */
struct process {
    const struct sim_process_type *type;
    void *state;
    int32_t partition;
    uint32_t sequence; /* of its next event */
    uint32_t inbound;  /* in a delivery: messages for it, or PILE + number of its pile */
    uint16_t group;    /* its partition's */
    uint8_t stage;
    bool has_failed;
};

/* One stage's share of the work: written by the thread that runs it, read by others only between stages. */
struct sim_partition {
    _Alignas(LINE) struct sim_queue queue;
    struct sim_outbox *up; /* to higher stages, by receiving group: delivered when the stage is done */
    struct sim_outbox
        *level; /* to the same or a lower stage, by receiving group: delivered at the boundary */
    int64_t n_events;
    int32_t n_processes;
    int32_t stage;
    int32_t failed;              /* lowest process that failed, or -1 */
    struct sim_profile *profile; /* NULL when not asked for */
    struct sim_error error;      /* of that process */
};

/* Messages of one receiver, when they are several: the order in which they are delivered gives their
 * sequence. */
struct pile {
    int32_t to;
    int32_t n; /* so far */
    int64_t start;
};

/* Partitions that one thread delivers to: as many groups as threads, each a run of partitions. */
struct group {
    _Alignas(LINE) const struct sim_event **inbound; /* messages in piles; then scratch */
    struct pile *piles;
    int64_t capacity; /* of inbound; half of it in piles */
    struct sim_error error;
};

struct sim_world {
    struct sim_world_options options;
    struct sim_team *team;
    struct process *processes;
    int32_t n_processes;
    struct sim_partition *partitions;
    int32_t n_partitions;
    struct group *groups;
    struct sim_outbox *outboxes; /* of all partitions */
    int32_t n_groups;
    int32_t *members[SIM_STAGES]; /* partitions of a stage */
    int32_t n_members[SIM_STAGES];
    int32_t last_stage; /* that has a member */
    sim_time now;
    int32_t stage;           /* under way */
    sim_time window_end;     /* of the window under way */
    bool delivers_up;        /* in the delivery under way */
    bool is_running;         /* handlers may be at work */
    atomic_bool has_failure; /* a partition or a group has one */
    int64_t n_events;        /* before the last _load */
    struct sim_profile
        *profiles; /* one a partition, the last of what is done between; NULL when not asked for */
    struct sim_error failure;
};

static int32_t count_threads(const struct sim_world_options *options, int32_t n_partitions)
{
    if (options->scheduler == SIM_SCHEDULER_SERIAL)
        return 1;
    int32_t n = options->n_threads > 1 ? options->n_threads : 1;
    n = n < MOST_THREADS ? n : MOST_THREADS;
    return n < n_partitions ? n : n_partitions;
}

/* ---- making ---- */

static int64_t n_outboxes(const struct sim_world *self)
{
    return 2 * (int64_t)self->n_partitions * self->n_groups;
}

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
        struct process *process = &self->processes[i];
        struct sim_partition *partition = &self->partitions[process->partition];
        if (partition->stage >= 0 && partition->stage != process->stage)
            return sim_error_set(error, SIM_ERROR_MODEL,
                "world: partition %d has processes of stages %d and %d", process->partition, partition->stage,
                process->stage);
        partition->stage = process->stage;
        partition->n_processes++;
        process->group = (uint16_t)((int64_t)process->partition * self->n_groups / self->n_partitions);
    }
    for (int32_t i = 0; i < self->n_partitions; i++) {
        struct sim_partition *partition = &self->partitions[i];
        if (partition->stage < 0)
            return sim_error_set(error, SIM_ERROR_MODEL, "world: partition %d has no process", i);
        self->members[partition->stage][self->n_members[partition->stage]++] = i;
        if (partition->stage > self->last_stage)
            self->last_stage = partition->stage;
        partition->failed = -1;
        partition->up = &self->outboxes[2 * (int64_t)i * self->n_groups];
        partition->level = partition->up + self->n_groups;
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
    self->groups = zeroed(self->n_groups, sizeof *self->groups);
    self->outboxes = zeroed(n_outboxes(self), sizeof *self->outboxes);
    bool has_memory = self->processes && self->partitions && self->groups && self->outboxes;
    for (int32_t i = 0; i < SIM_STAGES; i++) {
        self->members[i] = zeroed(self->n_partitions, sizeof *self->members[i]);
        has_memory = has_memory && self->members[i];
    }
    if (!has_memory)
        return sim_error_set(error, SIM_ERROR_MEMORY, "world: no memory for %d processes", self->n_processes);
    for (int32_t i = 0; i < self->n_processes; i++)
        self->processes[i] = (struct process){.type = specs[i].type,
            .state = specs[i].state,
            .partition = specs[i].partition,
            .stage = (uint8_t)specs[i].stage};
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
    int32_t n_partitions = 0;
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
    self->n_groups = count_threads(&options, n_partitions);
    self->now = options.start;
    self->team = sim_team_new(self->n_groups, error);
    if (!self->team || set_up(self, specs, error) < 0) {
        sim_world_free(self);
        return NULL;
    }
    return self;
}

static void free_group(struct group *self)
{
    free(self->inbound);
    free(self->piles);
}

void sim_world_free(struct sim_world *self)
{
    if (!self)
        return;
    sim_team_free(self->team);
    for (int32_t i = 0; self->partitions && i < self->n_partitions; i++)
        sim_queue_free(&self->partitions[i].queue);
    for (int64_t i = 0; self->outboxes && i < n_outboxes(self); i++)
        sim_outbox_free(&self->outboxes[i]);
    for (int32_t i = 0; self->groups && i < self->n_groups; i++)
        free_group(&self->groups[i]);
    for (int32_t i = 0; i < SIM_STAGES; i++)
        free(self->members[i]);
    free(self->partitions);
    free(self->processes);
    free(self->outboxes);
    free(self->groups);
    free(self->profiles);
    free(self);
}

/* ---- events ---- */

static int no_numbers_left(const struct sim_world *self, int32_t process, struct sim_error *error)
{
    return sim_error_set(error, SIM_ERROR_RANGE, "process %d (%s): out of event numbers", process,
        self->processes[process].type->name);
}

static int add_event(struct sim_world *self, struct sim_partition *partition, int32_t process, sim_time time,
    uint32_t phase, const struct sim_event *what, struct sim_error *error)
{
    struct process *target = &self->processes[process];
    if (target->sequence == UINT32_MAX)
        return no_numbers_left(self, process, error);
    uint64_t order = sim_event_order(phase, (uint32_t)process, target->sequence++);
    return sim_queue_add(&partition->queue, time, order, what, error);
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
    struct sim_partition *partition = &self->partitions[self->processes[process].partition];
    return add_event(self, partition, process, time, phase, what, error);
}

int sim_process_schedule(struct sim_context *context, sim_time time, uint32_t phase,
    const struct sim_event *what, struct sim_error *error)
{
    guard_target(context->world, context->process, phase);
    SIM_GUARD(time >= context->now, "process %d at %lld: event in the past, at %lld", context->process,
        (long long)context->now, (long long)time);
    return add_event(context->world, context->partition, context->process, time, phase, what, error);
}

int sim_process_send(struct sim_context *context, int32_t to, sim_time time, uint32_t phase,
    const struct sim_event *what, struct sim_error *error)
{
    const struct sim_world *world = context->world;
    guard_target(world, to, phase);
    const struct process *target = &world->processes[to];
    struct sim_partition *partition = context->partition;
    bool is_up = target->stage > partition->stage;
    sim_time earliest = is_up ? context->now : context->window_end;
    SIM_GUARD(time >= earliest, "process %d at %lld: message to process %d for %lld, before %lld",
        context->process, (long long)context->now, to, (long long)time, (long long)earliest);
    struct sim_outbox *outbox = is_up ? &partition->up[target->group] : &partition->level[target->group];
    return sim_outbox_push(outbox, (uint32_t)context->process, (uint32_t)to, time, phase, what, error);
}

/* ---- a window ---- */

static void note_failure(
    struct sim_world *self, struct sim_partition *partition, int32_t process, const struct sim_error *error)
{
    if (partition->failed >= 0 && partition->failed < process)
        return;
    partition->failed = process;
    partition->error = *error;
    atomic_store_explicit(&self->has_failure, true, memory_order_relaxed);
}

/* What failed becomes "2019-03, who: what". */
static void name_failure(const struct sim_world *self, int32_t number, sim_time now, struct sim_error *error)
{
    const struct process *process = &self->processes[number];
    struct sim_error named = {0};
    char who[200] = "", date[11];
    if (process->type->describe)
        process->type->describe(process->state, who, sizeof who);
    else
        snprintf(who, sizeof who, "process %d (%s)", number, process->type->name);
    sim_date_print(sim_date_from_time(now), date);
    sim_error_set(&named, error->code, "%.7s, %s: %s", date, who,
        error->message[0] ? error->message : sim_error_sentence(error->code));
    *error = named;
}

/* A process that fails is left out from there on while its neighbours go on: else which of two failures is
 * met first would depend on who shares a partition. */
static void run_partition(void *user, int32_t member)
{
    struct sim_world *self = user;
    struct sim_partition *partition = &self->partitions[self->members[self->stage][member]];
    struct sim_profile *profile = partition->profile;
    const struct sim_trace *trace = self->options.trace;
    struct sim_context context = {
        .world = self, .partition = partition, .window_end = self->window_end, .profile = profile};
    struct sim_error error = {0};
    const struct sim_event *event;
    const bool fetches = partition->n_processes > FEW;
    int64_t n_events = 0;
    sim_profile_begin(profile);
    while ((event = sim_queue_take_before(&partition->queue, context.window_end))) {
        int32_t number = (int32_t)sim_event_process(event);
        struct process *process = &self->processes[number];
        if (fetches)
            __builtin_prefetch(&self->processes[sim_order_process(sim_queue_guess(&partition->queue))], 1);
        if (process->has_failed)
            continue;
        context.process = number;
        context.now = event->time;
        n_events++;
        sim_profile_lap(profile, SIM_PLACE_QUEUE);
        if (trace)
            trace->on_event(trace->user, number, event);
        int code = process->type->on_event(&context, process->state, event, &error);
        sim_profile_lap(profile, sim_place_of_event(event->kind));
        if (code >= 0)
            continue;
        process->has_failed = true;
        if (error.code == 0)
            error = (struct sim_error){.code = code};
        name_failure(self, number, context.now, &error);
        note_failure(self, partition, number, &error);
        error.code = 0;
    }
    partition->n_events += n_events;
}

/* The error of the lowest process that failed. */
static int first_failure(const struct sim_world *self, struct sim_error *error)
{
    const struct sim_partition *lowest = NULL;
    if (!atomic_load_explicit(&self->has_failure, memory_order_relaxed))
        return 0;
    for (int32_t i = 0; i < self->n_groups; i++)
        if (self->groups[i].error.code)
            return sim_error_set(error, self->groups[i].error.code, "%s", self->groups[i].error.message);
    for (int32_t i = 0; i < self->n_partitions; i++) {
        const struct sim_partition *partition = &self->partitions[i];
        if (partition->failed >= 0 && (!lowest || partition->failed < lowest->failed))
            lowest = partition;
    }
    return sim_error_set(error, lowest->error.code, "%s", lowest->error.message);
}

static int run_stage(struct sim_world *self, int32_t stage, struct sim_error *error)
{
    self->stage = stage;
    self->is_running = true;
    sim_team_run(self->team, run_partition, self, self->n_members[stage]);
    self->is_running = false;
    return first_failure(self, error);
}

/* ---- delivery ---- */

static struct sim_outbox *outbox_to(const struct sim_world *self, int32_t partition, int32_t group)
{
    const struct sim_partition *sender = &self->partitions[partition];
    return self->delivers_up ? &sender->up[group] : &sender->level[group];
}

static void deliver_message(struct sim_world *self, const struct sim_event *message)
{
    int32_t to = (int32_t)sim_event_process(message);
    uint32_t phase = (uint32_t)(message->order >> (SIM_EVENT_PROCESS_BITS + SIM_EVENT_SEQUENCE_BITS));
    struct sim_partition *partition = &self->partitions[self->processes[to].partition];
    struct sim_error error;
    error.code = 0;
    if (add_event(self, partition, to, message->time, phase, message, &error) >= 0)
        return;
    name_failure(self, to, self->now, &error);
    note_failure(self, partition, to, &error);
}

static int reserve_inbound(struct group *self, int64_t n, struct sim_error *error)
{
    if (n <= self->capacity)
        return 0;
    int64_t capacity = self->capacity ? self->capacity : 64;
    while (capacity < n)
        capacity *= 2;
    const struct sim_event **inbound = realloc(self->inbound, 2 * (size_t)capacity * sizeof *inbound);
    if (inbound)
        self->inbound = inbound;
    struct pile *piles = realloc(self->piles, (size_t)capacity / 2 * sizeof *piles);
    if (piles)
        self->piles = piles;
    if (!inbound || !piles || capacity > PILE)
        return sim_error_set(error, SIM_ERROR_MEMORY, "world: no memory for %lld messages", (long long)n);
    self->capacity = capacity;
    return 0;
}

/* Counts the messages of each receiver. Returns how many will lie in piles. */
static int64_t count_inbound(struct sim_world *self, int32_t group)
{
    int64_t n_piled = 0;
    for (int32_t i = 0; i < self->n_partitions; i++) {
        const struct sim_outbox *outbox = outbox_to(self, i, group);
        for (int64_t j = 0; j < outbox->n; j++) {
            if (j + AHEAD < outbox->n)
                __builtin_prefetch(&self->processes[sim_event_process(&outbox->messages[j + AHEAD])], 1);
            uint32_t n = ++self->processes[sim_event_process(&outbox->messages[j])].inbound;
            n_piled += n > 2 ? 1 : n == 2 ? 2 : 0;
        }
    }
    return n_piled;
}

/* Delivers to who gets one message at once and puts the others' on piles. Returns the number of piles. */
static int64_t deliver_single_messages(struct sim_world *self, int32_t number)
{
    struct group *group = &self->groups[number];
    int64_t n_piles = 0, start = 0;
    for (int32_t i = 0; i < self->n_partitions; i++) {
        struct sim_outbox *outbox = outbox_to(self, i, number);
        for (int64_t j = 0; j < outbox->n; j++) {
            const struct sim_event *message = &outbox->messages[j];
            int32_t to = (int32_t)sim_event_process(message);
            struct process *receiver = &self->processes[to];
            if (receiver->inbound == 1) {
                receiver->inbound = 0;
                deliver_message(self, message);
                continue;
            }
            if (receiver->inbound < PILE) {
                group->piles[n_piles] = (struct pile){.to = to, .start = start};
                start += receiver->inbound;
                receiver->inbound = PILE + (uint32_t)n_piles++;
            }
            struct pile *pile = &group->piles[receiver->inbound - PILE];
            group->inbound[pile->start + pile->n++] = message;
        }
    }
    return n_piles;
}

/* Delivers to a group's processes and empties the outboxes. */
static void deliver_to_group(void *user, int32_t number)
{
    struct sim_world *self = user;
    struct group *group = &self->groups[number];
    if (reserve_inbound(group, count_inbound(self, number), &group->error) < 0) {
        atomic_store_explicit(&self->has_failure, true, memory_order_relaxed);
        return;
    }
    int64_t n_piles = deliver_single_messages(self, number);
    for (int64_t i = 0; i < n_piles; i++) {
        const struct pile *pile = &group->piles[i];
        const struct sim_event **messages = &group->inbound[pile->start];
        self->processes[pile->to].inbound = 0;
        sim_message_sort(messages, messages + group->capacity, pile->n);
        for (int32_t j = 0; j < pile->n; j++)
            deliver_message(self, messages[j]);
    }
    for (int32_t i = 0; i < self->n_partitions; i++)
        outbox_to(self, i, number)->n = 0;
}

/* Delivers one kind of outbox of every partition and empties it. */
static int deliver(struct sim_world *self, bool up, struct sim_error *error)
{
    int64_t n = 0;
    self->delivers_up = up;
    for (int32_t i = 0; i < self->n_partitions; i++)
        for (int32_t group = 0; group < self->n_groups; group++)
            n += outbox_to(self, i, group)->n;
    if (n == 0)
        return 0;
    sim_team_run(self->team, deliver_to_group, self, self->n_groups);
    return first_failure(self, error);
}

static int run_window(struct sim_world *self, sim_time boundary, struct sim_error *error)
{
    struct sim_profile *profile = self->profiles ? &self->profiles[self->n_partitions] : NULL;
    self->window_end = boundary;
    for (int32_t stage = 0; stage < SIM_STAGES; stage++) {
        if (self->n_members[stage] == 0)
            continue;
        int code = run_stage(self, stage, error);
        sim_profile_begin(profile);
        if (code >= 0)
            code = deliver(self, stage < self->last_stage, error);
        sim_profile_lap(profile, SIM_PLACE_DELIVERY);
        if (code < 0)
            return code;
    }
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
        int code =
            self->options.before_window ? self->options.before_window(self->options.user, self, error) : 0;
        if (code < 0)
            return code;
        code = run_window(self, boundary, error);
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
        n_outboxes(self) * (int64_t)sizeof *self->outboxes + self->n_groups * (int64_t)sizeof *self->groups;
    for (int32_t i = 0; i < self->n_partitions; i++)
        n += sim_queue_bytes(&self->partitions[i].queue);
    for (int64_t i = 0; i < n_outboxes(self); i++)
        n += self->outboxes[i].capacity * (int64_t)sizeof *self->outboxes[i].messages;
    for (int32_t i = 0; i < self->n_groups; i++)
        n += self->groups[i].capacity *
             (int64_t)(2 * sizeof *self->groups[i].inbound + sizeof *self->groups[i].piles / 2);
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
        partition->n_events = 0;
        partition->failed = -1;
        partition->error = (struct sim_error){0};
    }
    for (int64_t i = 0; i < n_outboxes(self); i++)
        self->outboxes[i].n = 0;
    for (int32_t i = 0; i < self->n_groups; i++)
        self->groups[i].error = (struct sim_error){0};
    for (int32_t i = 0; i < self->n_processes; i++) {
        self->processes[i].has_failed = false;
        self->processes[i].inbound = 0;
    }
    atomic_store(&self->has_failure, false);
    self->failure = (struct sim_error){0};
}

static int load_events(struct sim_world *self, struct sim_state *state, struct sim_error *error)
{
    int64_t n;
    int code = sim_state_get(state, &n, sizeof n, error);
    if (code >= 0 && (n < 0 || n > (state->n - state->at) / (int64_t)sizeof(struct sim_event)))
        return sim_error_set(
            error, SIM_ERROR_FORMAT, "world: %lld saved events, more than there are bytes", (long long)n);
    for (int64_t i = 0; code >= 0 && i < n; i++) {
        struct sim_event event;
        code = sim_state_get(state, &event, sizeof event, error);
        if (code < 0)
            break;
        uint32_t process = sim_event_process(&event);
        if (process >= (uint32_t)self->n_processes || event.time < self->now ||
            (uint32_t)event.order >= self->processes[process].sequence)
            return sim_error_set(error, SIM_ERROR_FORMAT,
                "world: saved event %u of process %u at %lld, which it never had", (uint32_t)event.order,
                process, (long long)event.time);
        code = sim_queue_push(&self->partitions[self->processes[process].partition].queue, &event, error);
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
    if (head[1] < 0)
        return sim_error_set(error, SIM_ERROR_FORMAT, "world: saved after %lld events", (long long)head[1]);
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
