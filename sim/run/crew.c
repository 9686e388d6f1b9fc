#include "sim/run/crew.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/core/clock.h"
#include "sim/core/guard.h"
#include "sim/core/log.h"
#include "sim/run/replay.h"
#include "sim/run/signals.h"

/* What has been lived up to the end of a trunk. */
struct past {
    struct sim_state state;
    int32_t n_users; /* nodes that are still to read it */
    double seconds;  /* an arm's share of all that was lived up to there */
    double unsaved;  /* seconds lived since the last checkpoint: what a kill would cost */
};

/* The rows of one point and replicate. */
struct sim_crew_family {
    struct sim_crew_family *next;
    struct sim_plan plan;
    int32_t point, replicate;
    struct past *pasts;   /* by node */
    int32_t *sources;     /* by node: whose past it goes on from, -1: the founding */
    bool *is_saved;       /* by arm: a checkpoint of it lies in the directory */
    int32_t n_left;       /* arms that have come to no end */
    int32_t n_roots_left; /* to be dealt */
    int32_t next_node;    /* to look for a root */
    bool is_whole;        /* no row is missing so far */
};

struct sim_crew_piece {
    struct sim_crew_family *family;
    int32_t node;
};

/* One span under way. */
struct life {
    struct sim_crew *crew;
    struct sim_crew_piece piece;
    const struct sim_plan_node *node;
    struct sim_keeper_watch watch;
    struct sim_state kept; /* read from a checkpoint */
    struct sim_state from; /* the cursor in a past that others read too: borrows its bytes */
    struct sim_state to;
    bool is_source_held;
    bool was_resumed;
    int code;
    double seconds, unsaved;
    struct sim_error error;
};

static struct sim_plan_parting parting_at(const struct sim_crew *self, int32_t point)
{
    return (struct sim_plan_parting){self->partings[point], self->options->n_arms};
}

/* Asks the model when arms part, once for each point. */
static int know_parting(struct sim_crew *self, int32_t point, struct sim_error *error)
{
    const struct sim_batch_model *model = self->model;
    int32_t n = self->options->n_arms;
    if (self->partings[point] != NULL || model->part_at == NULL || self->options->no_fork || n == 1)
        return 0;
    sim_time *times = malloc((size_t)n * (size_t)n * sizeof *times);
    if (times == NULL)
        return sim_error_set(error, SIM_ERROR_MEMORY, "when arms part: out of memory");
    for (int32_t a = 0; a < n; a++)
        for (int32_t b = 0; b <= a; b++)
            times[(int64_t)a * n + b] = times[(int64_t)b * n + a] =
                a == b ? SIM_TIME_MAX : model->part_at(model->user, point, a, b);
    self->partings[point] = times;
    return 0;
}

int sim_crew_begin(struct sim_crew *self, const struct sim_batch_model *model,
    const struct sim_batch_options *options, struct sim_parts *parts, struct sim_progress *progress,
    struct sim_batch_result *result, struct sim_error *error)
{
    *self = (struct sim_crew){.model = model,
        .options = options,
        .parts = parts,
        .progress = progress,
        .result = result,
        .n_threads = sim_batch_threads(options)};
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->change, NULL);
    sim_keeper_begin(&self->keeper, parts, model, options);
    self->partings = calloc((size_t)options->n_points, sizeof *self->partings);
    if (self->partings == NULL)
        return sim_error_set(error, SIM_ERROR_MEMORY, "when arms part: out of memory");
    return 0;
}

void sim_crew_end(struct sim_crew *self)
{
    if (self->model == NULL)
        return;
    for (int32_t i = 0; i < self->options->n_points && self->partings != NULL; i++)
        free(self->partings[i]);
    free(self->partings);
    free(self->ready);
    sim_keeper_end(&self->keeper);
    pthread_cond_destroy(&self->change);
    pthread_mutex_destroy(&self->lock);
    *self = (struct sim_crew){0};
}

static void free_family(struct sim_crew_family *self)
{
    if (self == NULL)
        return;
    for (int32_t i = 0; i < self->plan.n_nodes && self->pasts != NULL; i++)
        sim_state_free(&self->pasts[i].state);
    free(self->pasts);
    free(self->sources);
    free(self->is_saved);
    sim_plan_free(&self->plan);
    free(self);
}

/* How many rows from todo[at] on are of one point and replicate. */
static int32_t group_length(const struct sim_crew *self, int64_t at)
{
    int32_t n_arms = self->options->n_arms, n = 1;
    while (at + n < self->n_todo && self->todo[at + n] / n_arms == self->todo[at] / n_arms)
        n++;
    return n;
}

/* The plan of the rows from todo[at] on that are of one point and replicate. */
static int make_plan(struct sim_crew *self, int64_t at, int32_t n, struct sim_plan *plan, bool *is_saved,
    struct sim_error *error)
{
    int32_t n_all = self->options->n_arms;
    struct sim_plan_row row = sim_plan_row(self->todo[at], self->options->n_points, n_all);
    int32_t *arms = malloc((size_t)n * sizeof *arms);
    sim_time *saved = malloc((size_t)n_all * sizeof *saved);
    int code = arms != NULL && saved != NULL
                   ? know_parting(self, row.point, error)
                   : sim_error_set(error, SIM_ERROR_MEMORY, "a plan of %d arms: out of memory", (int)n);
    if (code == 0) {
        struct sim_plan_parting parting = parting_at(self, row.point);
        for (int32_t i = 0; i < n; i++)
            arms[i] = (int32_t)(self->todo[at + i] % n_all);
        bool any = sim_keeper_survey(&self->keeper, row.point, row.replicate, parting, saved, is_saved);
        code = sim_plan_make(plan, arms, n, parting, any ? saved : NULL, error);
    }
    free(arms);
    free(saved);
    return code;
}

/* How many pieces can be begun without waiting for others. */
static int count_roots(struct sim_crew *self, int64_t *n_roots, struct sim_error *error)
{
    bool *is_saved = calloc((size_t)self->options->n_arms, sizeof *is_saved);
    int code = is_saved != NULL ? 0 : sim_error_set(error, SIM_ERROR_MEMORY, "a plan of arms: out of memory");
    *n_roots = 0;
    for (int64_t at = 0, n; at < self->n_todo && code == 0; at += n) {
        struct sim_plan plan = {0};
        n = group_length(self, at);
        code = make_plan(self, at, (int32_t)n, &plan, is_saved, error);
        *n_roots += plan.n_roots;
        sim_plan_free(&plan);
    }
    free(is_saved);
    return code;
}

static int begin_family(struct sim_crew *self, struct sim_error *error)
{
    int32_t n = group_length(self, self->at), n_all = self->options->n_arms;
    struct sim_plan_row row = sim_plan_row(self->todo[self->at], self->options->n_points, n_all);
    struct sim_crew_family *family = calloc(1, sizeof *family);
    bool good = family != NULL && (family->is_saved = calloc((size_t)n_all, sizeof(bool))) != NULL;
    if (good)
        good = make_plan(self, self->at, n, &family->plan, family->is_saved, error) == 0;
    if (good) {
        size_t n_nodes = (size_t)family->plan.n_nodes;
        family->pasts = calloc(n_nodes, sizeof *family->pasts);
        family->sources = calloc(n_nodes, sizeof *family->sources);
        good = family->pasts != NULL && family->sources != NULL;
    }
    if (!good) {
        free_family(family);
        return sim_error_set(
            error, SIM_ERROR_MEMORY, "the rows of replicate %d: out of memory", (int)row.replicate + 1);
    }
    for (int32_t i = 0; i < family->plan.n_nodes; i++)
        family->sources[i] = family->plan.nodes[i].parent;
    family->point = row.point;
    family->replicate = row.replicate;
    family->n_left = n;
    family->n_roots_left = family->plan.n_roots;
    family->is_whole = true;
    family->next = self->families;
    self->families = self->dealing = family;
    self->at += n;
    return 0;
}

/* A row that the machine lets down stays missing. Under the lock. */
static void let_down(struct sim_crew *self, int32_t arm, int32_t replicate, const struct sim_error *why)
{
    sim_error_set(&self->missing, why->code, "arm '%.60s', replicate %d: %.350s", self->options->arms[arm],
        (int)replicate + 1, why->message[0] ? why->message : sim_error_sentence(why->code));
}

/* The next piece. False: none can be begun now. Under the lock. */
static bool deal(struct sim_crew *self, struct sim_crew_piece *out)
{
    if (self->n_ready > 0) {
        *out = self->ready[--self->n_ready];
        return true;
    }
    while (self->n_dealt < self->limit) {
        struct sim_error error = {0};
        if (self->dealing == NULL && self->at >= self->n_todo) {
            self->n_dealt = self->limit; /* roots of families that could not be begun */
            return false;
        }
        if (self->dealing == NULL && begin_family(self, &error) < 0) {
            let_down(self, (int32_t)(self->todo[self->at] % self->options->n_arms),
                sim_plan_row(self->todo[self->at], self->options->n_points, self->options->n_arms).replicate,
                &error);
            self->at += group_length(self, self->at);
            self->n_dealt++;
            continue;
        }
        struct sim_crew_family *family = self->dealing;
        while (family->plan.nodes[family->next_node].parent >= 0)
            family->next_node++;
        *out = (struct sim_crew_piece){family, family->next_node++};
        self->n_dealt++;
        if (--family->n_roots_left == 0)
            self->dealing = NULL;
        return true;
    }
    return false;
}

/* Whose state a node's checkpoints are called: of its arms the last, which is the last to be taken up. A
 * row's files give way to its newer ones, and so the common past is kept as long as somebody may need it. */
static int32_t saved_as(const struct sim_crew_family *family, int32_t node)
{
    return family->plan.arms[family->plan.nodes[node].first + family->plan.nodes[node].n_arms - 1];
}

/* Waits for a piece of work. False: nothing is left to do in this round. */
static bool take(struct sim_crew *self, struct sim_crew_piece *out, int32_t *n_inner)
{
    bool is_taken = false;
    pthread_mutex_lock(&self->lock);
    while (!__atomic_load_n(sim_signals_stop(), __ATOMIC_RELAXED)) {
        int64_t n_open = self->n_ready + (self->limit - self->n_dealt);
        if (n_open > 0 && self->n_busy < self->n_threads) {
            if ((is_taken = deal(self, out)))
                break;
            continue; /* a family that could not be begun is behind us */
        }
        if (n_open == 0 && self->n_trunks == 0)
            break;
        pthread_cond_wait(&self->change, &self->lock);
    }
    if (is_taken) {
        int64_t n_side = self->n_running + 1 + self->n_ready + (self->limit - self->n_dealt);
        int32_t free_threads = self->n_threads - self->n_busy;
        int64_t share = self->is_last ? self->n_threads / n_side : 1;
        *n_inner = share < 1 ? 1 : share > free_threads ? free_threads : (int32_t)share;
        self->n_busy += *n_inner;
        self->n_running++;
        self->n_trunks += out->family->plan.nodes[out->node].n_children > 0;
    }
    pthread_mutex_unlock(&self->lock);
    return is_taken;
}

/* One reader less of what a node goes on from. Under the lock. */
static void drop_source(struct sim_crew_family *family, int32_t node)
{
    if (family->sources[node] < 0)
        return;
    struct past *past = &family->pasts[family->sources[node]];
    if (--past->n_users == 0)
        sim_state_free(&past->state);
}

/* Once a leaf has read its state, nobody holds it for its sake. */
static void on_loaded(void *user)
{
    struct life *life = user;
    if (life->node->n_children > 0)
        return; /* a trunk that does not fit memory hands it on to its children */
    sim_state_free(&life->kept);
    pthread_mutex_lock(&life->crew->lock);
    drop_source(life->piece.family, life->piece.node);
    pthread_mutex_unlock(&life->crew->lock);
    life->is_source_held = false;
}

/* Whether the seed determines this failure, so that living the row again would end the same way. */
static bool is_determined(int code)
{
    return code == SIM_ERROR_BOOKS || code == SIM_ERROR_RANGE || code == SIM_ERROR_CAPACITY ||
           code == SIM_ERROR_MODEL;
}

static int live_span(struct life *life, int32_t slot, int32_t n_inner, struct sim_state *from, void *row)
{
    struct sim_crew *self = life->crew;
    bool is_trunk = life->node->n_children > 0;
    memset(row, 0, (size_t)self->model->output->row_bytes);
    life->error = (struct sim_error){0};
    struct sim_batch_span span = {.slot = slot,
        .point = life->piece.family->point,
        .arm = life->piece.family->plan.arms[life->node->first],
        .replicate = life->piece.family->replicate,
        .n_threads = n_inner,
        .from = from,
        .until = life->node->until,
        .to = is_trunk ? &life->to : NULL,
        .row = row,
        .pulse = &life->watch.pulse};
    int code = self->model->run_span(self->model->user, &span, &life->error);
    SIM_GUARD(code <= 0, "run_span gave %d", code);
    if (code < 0)
        sim_state_free(&life->to);
    return code;
}

/* Lives a node from the latest state there is: a checkpoint, where its parent ended, the founding. */
static void live(struct life *life, int32_t slot, int32_t n_inner, void *row)
{
    struct sim_crew *self = life->crew;
    struct sim_crew_family *family = life->piece.family;
    const struct sim_plan_node *node = life->node;
    int32_t source = family->sources[life->piece.node], at = 0;
    struct sim_keeper_wanted wanted = {.point = family->point,
        .replicate = family->replicate,
        .arms = &family->plan.arms[node->first],
        .n_arms = node->n_arms,
        .parting = parting_at(self, family->point),
        .above = source >= 0 ? family->plan.nodes[source].until : INT64_MIN,
        .until = node->until};
    sim_time boundary;
    while (sim_keeper_load(&self->keeper, &wanted, &at, &life->kept, &boundary)) {
        life->was_resumed = true;
        life->watch.saved_at = sim_clock_seconds();
        if (boundary == node->until) { /* all of this trunk had been lived */
            life->to = life->kept;
            sim_state_init(&life->kept);
            life->code = 0;
            return;
        }
        life->code = live_span(life, slot, n_inner, &life->kept, row);
        sim_state_free(&life->kept);
        if (life->code != SIM_ERROR_FORMAT || life->watch.loaded == NULL)
            return;
        life->was_resumed = false;
        sim_log(self->options->quiet ? SIM_LOG_ERROR : SIM_LOG_WARNING, SIM_LOG_WARNING,
            "a checkpoint is left aside, what is before it is used: %s", life->error.message);
    }
    if (source >= 0) {
        life->from = family->pasts[source].state; /* others may read it now: a place of one's own */
        life->from.at = 0;
        /* A past and what follows are one life: between two saves of it no more goes by than of others. */
        life->watch.saved_at = sim_clock_seconds() - family->pasts[source].unsaved;
    }
    life->code = live_span(life, slot, n_inner, source >= 0 ? &life->from : NULL, row);
}

/* Keeps what a row came to. Under the lock. */
static void keep_row(struct sim_crew *self, const struct sim_crew_family *family, int32_t arm, double seconds,
    const void *payload, const struct sim_error *why)
{
    char message[SIM_REPLAY_TEXT] = "";
    struct sim_parts_row row = {.point = family->point,
        .arm = arm,
        .replicate = family->replicate,
        .status = payload != NULL ? 0 : why->code,
        .wall_seconds = seconds,
        .message = message};
    if (self->fatal.code != 0)
        return;
    if (payload == NULL)
        sim_replay_message(self->options, &row, why, message);
    if (sim_parts_append(self->parts, &row, payload, &self->fatal) < 0) {
        sim_signals_raise(); /* rows still running could not be kept either */
        return;
    }
    if (payload == NULL)
        sim_log(self->options->quiet ? SIM_LOG_ERROR : SIM_LOG_WARNING, SIM_LOG_WARNING,
            "arm '%s', replicate %d failed and is recorded as failed: %s", self->options->arms[arm],
            (int)family->replicate + 1, message);
    sim_progress_step(self->progress, sim_clock_seconds());
}

/* Pushes the children of a trunk, so that the first is taken first. Those of a trunk that was given up go on
 * from where it began. Under the lock. False: there is no memory for the list. */
static bool push_children(struct sim_crew *self, struct sim_crew_piece piece, bool is_given_up)
{
    struct sim_crew_family *family = piece.family;
    const struct sim_plan_node *nodes = family->plan.nodes;
    int32_t n = nodes[piece.node].n_children, source = is_given_up ? family->sources[piece.node] : piece.node;
    if (self->n_ready + n > self->ready_capacity) {
        int32_t capacity = 2 * (self->n_ready + n);
        struct sim_crew_piece *bigger = realloc(self->ready, (size_t)capacity * sizeof *bigger);
        if (bigger == NULL)
            return false;
        self->ready = bigger;
        self->ready_capacity = capacity;
    }
    for (int32_t i = family->plan.n_nodes - 1; i > piece.node; i--)
        if (nodes[i].parent == piece.node) {
            family->sources[i] = source;
            self->ready[self->n_ready++] = (struct sim_crew_piece){family, i};
        }
    if (source >= 0)
        family->pasts[source].n_users += n;
    return true;
}

/* The children of a trunk can begin, or share its failure. Under the lock. */
static void end_trunk(struct life *life)
{
    struct sim_crew *self = life->crew;
    struct sim_crew_family *family = life->piece.family;
    const struct sim_plan_node *node = life->node;
    int32_t source = family->sources[life->piece.node], n_spared = node->n_arms - 1;
    struct past *past = &family->pasts[life->piece.node];
    double before = source >= 0 ? family->pasts[source].seconds : 0;
    past->seconds = before + life->seconds / node->n_arms;
    bool is_given_up = life->code == SIM_ERROR_MEMORY;
    if (is_given_up && !self->is_fork_given_up)
        sim_log(self->options->quiet ? SIM_LOG_ERROR : SIM_LOG_WARNING, SIM_LOG_WARNING,
            "the state of a run does not fit memory: arms that share their past are lived one by one");
    self->is_fork_given_up |= is_given_up;
    if (life->code == 0 || is_determined(life->code)) {
        self->result->n_forked += n_spared;
        self->result->fork_seconds += n_spared * life->seconds;
    }
    if (life->code == 0 || is_given_up) {
        past->state = life->to;
        past->unsaved = life->unsaved;
        sim_state_init(&life->to);
        if (push_children(self, life->piece, is_given_up))
            return;
        sim_state_free(&past->state);
        life->code = sim_error_set(&life->error, SIM_ERROR_MEMORY, "the list of work: out of memory");
    }
    for (int32_t i = 0; i < node->n_arms; i++) {
        int32_t arm = family->plan.arms[node->first + i];
        if (is_determined(life->code))
            keep_row(self, family, arm, past->seconds, NULL, &life->error);
        else if (life->code != SIM_ERROR_STOPPED)
            let_down(self, arm, family->replicate, &life->error);
    }
    family->is_whole &= is_determined(life->code) && self->fatal.code == 0;
    family->n_left -= node->n_arms;
}

static void end_leaf(struct life *life, const void *row)
{
    struct sim_crew *self = life->crew;
    struct sim_crew_family *family = life->piece.family;
    int32_t source = family->sources[life->piece.node];
    int32_t arm = family->plan.arms[life->node->first];
    double seconds = life->seconds + (source >= 0 ? family->pasts[source].seconds : 0);
    if (life->code == 0 || is_determined(life->code))
        keep_row(self, family, arm, seconds, life->code == 0 ? row : NULL, &life->error);
    else if (life->code != SIM_ERROR_STOPPED)
        let_down(self, arm, family->replicate, &life->error);
    family->is_whole &= (life->code == 0 || is_determined(life->code)) && self->fatal.code == 0;
    family->n_left--;
}

/* Rows whose checkpoints are to go must be on the disk before. Under the lock. */
static void secure(struct sim_crew *self, struct sim_crew_family *family)
{
    bool any = false;
    for (int32_t arm = 0; arm < self->options->n_arms; arm++)
        any |= family->is_saved[arm];
    if (!any || !family->is_whole || sim_parts_sync(self->parts, &self->fatal) == 0)
        return;
    family->is_whole = false;
    sim_signals_raise();
}

/* Enters what a piece came to. Returns its family when that was the last of it, now the caller's. */
static struct sim_crew_family *finish(struct life *life, int32_t slot, int32_t n_inner, const void *row)
{
    struct sim_crew *self = life->crew;
    struct sim_crew_family *family = life->piece.family, *ended = NULL;
    double ended_at = sim_clock_seconds();
    life->error.code = life->code; /* also of a model that gave no message */
    pthread_mutex_lock(&self->lock);
    if (life->node->n_children > 0)
        end_trunk(life);
    else
        end_leaf(life, row);
    if (life->is_source_held)
        drop_source(family, life->piece.node);
    if (life->watch.n_written > 0)
        family->is_saved[life->watch.what.arm] = true;
    self->result->n_checkpoints += life->watch.n_written;
    self->result->checkpoint_seconds += life->watch.seconds;
    self->result->n_resumed += life->was_resumed;
    if (self->model->slots != NULL) {
        struct sim_batch_slot *times = &self->model->slots[slot];
        self->found += n_inner * times->found;
        self->observe += n_inner * times->observe;
        *times = (struct sim_batch_slot){0, 0};
    }
    self->lived += n_inner * life->seconds;
    self->kept += n_inner * (sim_clock_seconds() - ended_at);
    self->n_busy -= n_inner;
    self->n_running--;
    self->n_trunks -= life->node->n_children > 0;
    if (family->n_left == 0) {
        struct sim_crew_family **link = &self->families;
        while (*link != family)
            link = &(*link)->next;
        *link = family->next;
        secure(self, family);
        ended = family;
    }
    pthread_cond_broadcast(&self->change);
    pthread_mutex_unlock(&self->lock);
    return ended;
}

/* Checkpoints of rows that are kept have done their work. */
static void remove_checkpoints(const struct sim_crew *self, const struct sim_crew_family *family)
{
    for (int32_t arm = 0; arm < self->options->n_arms && family->is_whole; arm++)
        if (family->is_saved[arm])
            sim_checkpoint_remove(self->parts->directory, family->point, arm, family->replicate);
}

static void work(struct sim_crew *self, int32_t slot, void *row)
{
    struct sim_crew_piece piece;
    int32_t n_inner;
    while (take(self, &piece, &n_inner)) {
        double start = sim_clock_seconds();
        struct life life = {.crew = self,
            .piece = piece,
            .node = &piece.family->plan.nodes[piece.node],
            .is_source_held = true};
        sim_keeper_watch(&self->keeper, &life.watch, piece.family->point, saved_as(piece.family, piece.node),
            piece.family->replicate);
        life.watch.loaded = on_loaded;
        life.watch.user = &life;
        live(&life, slot, n_inner, row);
        if (life.code == 0 && life.node->n_children == 0)
            sim_output_settle(self->model->output, row);
        life.seconds = sim_clock_seconds() - start;
        life.unsaved = start + life.seconds - life.watch.saved_at;
        struct sim_crew_family *ended = finish(&life, slot, n_inner, row);
        if (ended != NULL)
            remove_checkpoints(self, ended);
        free_family(ended);
    }
}

/* Splits the time of a round, `seconds` by the clock, among what the threads did: the parts add up to it. */
static void split_time(struct sim_crew *self, double seconds)
{
    struct sim_batch_times *times = &self->result->times;
    double part = 1.0 / self->n_threads;
    times->found += part * self->found;
    times->observe += part * self->observe;
    times->model += part * (self->lived - self->found - self->observe);
    times->keep += part * self->kept;
    times->idle += seconds - part * (self->lived + self->kept);
    self->found = self->observe = self->lived = self->kept = 0;
}

static void run_round(struct sim_crew *self, int32_t n_slots, void **rows)
{
    double start = sim_clock_seconds();
#pragma omp parallel num_threads(n_slots)
    work(self, omp_get_thread_num(), rows[omp_get_thread_num()]);
    split_time(self, sim_clock_seconds() - start);
}

/* A stop finds pieces that have not begun: the pasts they were to go on from are saved like rows under way,
 * each once, as states of arms that have no files yet. */
static void save_pasts(struct sim_crew *self)
{
    for (int32_t i = 0; i < self->n_ready; i++) {
        const struct sim_crew_family *family = self->ready[i].family;
        int32_t source = family->sources[self->ready[i].node];
        struct sim_keeper_watch watch;
        if (source < 0 || family->pasts[source].state.n == 0)
            continue;
        sim_keeper_watch(
            &self->keeper, &watch, family->point, saved_as(family, self->ready[i].node), family->replicate);
        watch.pulse.keep(&watch, family->plan.nodes[source].until, &family->pasts[source].state);
        sim_state_free(&family->pasts[source].state);
        self->result->n_checkpoints += watch.n_written;
        self->result->checkpoint_seconds += watch.seconds;
    }
}

/* Puts away what a stop left. */
static void clear(struct sim_crew *self)
{
    if (sim_signals_which() != 0 && self->options->checkpoint_seconds >= 0)
        save_pasts(self);
    while (self->families != NULL) {
        struct sim_crew_family *family = self->families;
        self->families = family->next;
        free_family(family);
    }
    self->dealing = NULL;
    self->n_ready = 0;
}

static void free_rows(void **rows, int32_t n)
{
    for (int32_t i = 0; rows != NULL && i < n; i++)
        free(rows[i]);
    free(rows);
}

/* As many rows as fit memory, at most n. */
static void **make_rows(const struct sim_crew *self, int32_t *n, struct sim_error *error)
{
    size_t row_bytes = ((size_t)self->model->output->row_bytes + 127) / 64 * 64;
    void **rows = calloc((size_t)*n, sizeof *rows);
    int32_t n_made = 0;
    while (rows != NULL && n_made < *n && (rows[n_made] = aligned_alloc(64, row_bytes)) != NULL)
        n_made++;
    if (n_made == 0) {
        free(rows);
        sim_error_set(error, SIM_ERROR_MEMORY, "a row of %zu bytes does not fit memory", row_bytes);
        return NULL;
    }
    if (n_made < *n)
        sim_log(self->options->quiet ? SIM_LOG_ERROR : SIM_LOG_WARNING, SIM_LOG_WARNING,
            "memory for %d rows at a time only", (int)n_made);
    *n = n_made;
    return rows;
}

int sim_crew_run(struct sim_crew *self, const int64_t *todo, int64_t n_todo, struct sim_error *error)
{
    int64_t n_roots;
    if (n_todo == 0)
        return 0;
    self->todo = todo;
    self->n_todo = n_todo;
    self->at = self->n_dealt = 0;
    int code = count_roots(self, &n_roots, error);
    if (code < 0)
        return code;
    int32_t n_slots = n_todo < self->n_threads ? (int32_t)n_todo : self->n_threads;
    void **rows = make_rows(self, &n_slots, error);
    if (rows == NULL)
        return error->code;
    self->limit = n_roots - n_roots % self->n_threads;
    self->is_last = false;
    if (self->limit > 0)
        run_round(self, n_slots, rows);
    self->limit = n_roots;
    self->is_last = true;
    if (n_roots % self->n_threads != 0)
        run_round(self, n_slots, rows);
    clear(self);
    free_rows(rows, n_slots);
    return 0;
}
