/* A world: logical processes that share windows, run on one thread or several, with the same result.
 *
 * Time is cut by an increasing sequence of boundaries (months in models). Within a window processes do not
 * talk: each pops its own events with time < boundary. Processes have a *stage*: stage 0 (villages) runs
 * first, all its processes in parallel; what they send to stage 1 (the county) is delivered at once and stage
 * 1 runs the same window next; what anyone sends to its own or a lower stage arrives at the boundary or
 * later. So a request is answered at the boundary and nothing is ever rolled back.
 *
 * A *partition* is a set of processes of one stage with one queue and one outbox; it is the unit of parallel
 * work. Partitioning never shows in a result: events are ordered by (time, phase, process, sequence),
 * messages are delivered to a process in the order (time, sender, sender's sequence) and take its sequence
 * numbers in that order.
 *
 * A handler returns 0 or an error code; the first failure (lowest stage, then process) stops the world at the
 * end of the window's stage; its message begins with the month and who failed. Handlers allocate nothing. */
#ifndef SIM_PAR_WORLD_H
#define SIM_PAR_WORLD_H

#include "sim/core/error.h"
#include "sim/io/state.h"
#include "sim/par/profile.h"
#include "sim/time/event.h"
#include "sim/time/queue.h"

#define SIM_STAGES 2

struct sim_world;
struct sim_partition;

/* What a handler may use: passed down, never kept. */
struct sim_context {
    struct sim_world *world;
    struct sim_partition *partition;
    int32_t process;
    sim_time now;
    sim_time window_end;         /* the boundary of the present window */
    struct sim_profile *profile; /* for laps of the handler's own steps; NULL when nobody asked */
};

struct sim_process_type {
    const char *name;
    int (*on_event)(
        struct sim_context *context, void *state, const struct sim_event *event, struct sim_error *error);
    /* Who it is, and whom the event that failed concerned, for the message of a failure: "village Lower,
     * household 3f2a". NULL: its number and `name`. */
    void (*describe)(const void *state, char *out, size_t size);
};

/* Told of every event just before it happens. The thread that runs a partition calls it: several at a time
 * with SIM_SCHEDULER_THREADS; events of one process come in their order, of others in that of partitions. */
struct sim_trace {
    void *user;
    void (*on_event)(void *user, int32_t process, const struct sim_event *event);
};

struct sim_process_spec {
    const struct sim_process_type *type;
    void *state;       /* borrowed for the world's life */
    int32_t stage;     /* 0 or 1 */
    int32_t partition; /* dense; all processes of a partition have the same stage */
};

enum sim_scheduler { SIM_SCHEDULER_SERIAL, SIM_SCHEDULER_THREADS };

struct sim_world_options {
    sim_time start;
    /* The next boundary after t (strictly greater). Months: sim_world_next_month. */
    sim_time (*next_boundary)(void *user, sim_time t);
    /* Once a window, alone, before its first stage: sim_world_now is the window's start. What it schedules is
     * no part of the state at the boundary before, so that worlds whose futures differ share their past. An
     * error stops _run before the window, and _run may be called again. May be NULL. */
    int (*before_window)(void *user, struct sim_world *world, struct sim_error *error);
    /* Once a window, alone, when all its stages have run and all messages are delivered: checks, observation,
     * publishing of the board. sim_world_now is the boundary. An error stops _run; the window stands, and
     * _run may be called again. May be NULL. */
    int (*on_boundary)(void *user, struct sim_world *world, sim_time boundary, struct sim_error *error);
    void *user;
    enum sim_scheduler scheduler;
    int32_t n_threads;             /* for THREADS; below 1 is 1, and never more than partitions */
    bool profile;                  /* keep account of time */
    const struct sim_trace *trace; /* borrowed; NULL: nobody looks */
};

/* Copies the specs. Partitions must be numbered from 0 without gaps. */
struct sim_world *sim_world_new(const struct sim_process_spec *specs, int32_t n,
    struct sim_world_options options, struct sim_error *error);
void sim_world_free(struct sim_world *self);

/* Runs windows while their boundary is <= until. */
int sim_world_run(struct sim_world *self, sim_time until, struct sim_error *error);
sim_time sim_world_now(const struct sim_world *self);   /* the last boundary reached */
int64_t sim_world_events(const struct sim_world *self); /* executed so far */
/* Memory that the world holds: processes, queues, mailboxes. Not the processes' states. */
int64_t sim_world_bytes(const struct sim_world *self);
/* Adds to *sum where the time went so far; nothing when no profile was asked for. */
void sim_world_profile(const struct sim_world *self, struct sim_profile *sum);

/* Schedules an event of a process from outside, before the run or in on_boundary: time >= sim_world_now. */
int sim_world_schedule(struct sim_world *self, int32_t process, sim_time time, uint32_t phase,
    const struct sim_event *what, struct sim_error *error);

/* In a handler: an event of the same process; time >= now. Only kind, entity and data of `what` are read. */
int sim_process_schedule(struct sim_context *context, sim_time time, uint32_t phase,
    const struct sim_event *what, struct sim_error *error);
/* In a handler: a message to another process (or oneself): becomes an event there. time >= window_end, or, to
 * a higher stage, time >= now and < window_end is allowed as well. */
int sim_process_send(struct sim_context *context, int32_t to, sim_time time, uint32_t phase,
    const struct sim_event *what, struct sim_error *error);

/* Calls visit for every pending event (queues after delivery), in no particular order: to count what is in
 * transit. */
void sim_world_visit(
    const struct sim_world *self, void (*visit)(void *user, const struct sim_event *event), void *user);

sim_time sim_world_next_month(void *user, sim_time t);

/* Clock, sequences and queues, at a boundary; process states are the model's own business. Queues are written
 * in event order, so two worlds in the same state write the same bytes whatever their partitions. */
int sim_world_save(const struct sim_world *self, struct sim_state *state, struct sim_error *error);
/* SIM_ERROR_FORMAT when the state is not of a world with these processes; this world is then of no use. */
int sim_world_load(struct sim_world *self, struct sim_state *state, struct sim_error *error);

#endif
