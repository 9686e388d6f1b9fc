#include "sim/par/team.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "sim/core/clock.h"

enum { LINE = 64, SPIN_NS = 10000 };

/* A thread's own items of the round, taken from the last to the first. What is left may be taken by anybody:
 * whoever finds it positive when he takes one has an item, and the round cannot end before he has done it, so
 * `first` and the team's work stand still for him. Whoever comes late finds nothing, or an item of the next
 * round. */
struct share {
    _Alignas(LINE) atomic_int n_left;
    int32_t first;
};

struct sim_team {
    struct share *shares;
    int32_t n_threads;
    int32_t n_begun; /* threads that exist beside the caller */
    pthread_t *threads;
    void (*work)(void *user, int32_t item);
    void *user;
    _Alignas(LINE) atomic_int n_undone; /* items of the round */
    _Alignas(LINE) atomic_int round;    /* wraps */
    atomic_bool is_over;
    atomic_int n_asleep;
    pthread_mutex_t lock;
    pthread_cond_t change; /* of round or n_undone */
};

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

/* Returns when *number is no longer `value`: spins, then sleeps. Sleepers are counted before they look a last
 * time and announce() looks for sleepers after the change (both in the one order of sequential consistency),
 * so nobody sleeps through it. */
static void wait_while(struct sim_team *self, atomic_int *number, int value)
{
    const int64_t start = sim_clock_ns();
    do {
        if (atomic_load_explicit(number, memory_order_acquire) != value)
            return;
        relax();
    } while (sim_clock_ns() - start < SPIN_NS);
    pthread_mutex_lock(&self->lock);
    atomic_fetch_add(&self->n_asleep, 1);
    while (atomic_load(number) == value)
        pthread_cond_wait(&self->change, &self->lock);
    atomic_fetch_sub(&self->n_asleep, 1);
    pthread_mutex_unlock(&self->lock);
}

static void announce(struct sim_team *self)
{
    if (atomic_load(&self->n_asleep) == 0)
        return;
    pthread_mutex_lock(&self->lock);
    pthread_cond_broadcast(&self->change);
    pthread_mutex_unlock(&self->lock);
}

static void do_share(struct sim_team *self, struct share *share)
{
    while (atomic_load_explicit(&share->n_left, memory_order_relaxed) > 0) {
        int left = atomic_fetch_sub(&share->n_left, 1);
        if (left <= 0)
            return;
        self->work(self->user, share->first + left - 1);
        if (atomic_fetch_sub(&self->n_undone, 1) == 1)
            announce(self);
    }
}

/* The thread's own share first. */
static void take_part(struct sim_team *self, int32_t thread)
{
    for (int32_t i = 0; i < self->n_threads; i++)
        do_share(self, &self->shares[(thread + i) % self->n_threads]);
}

struct start {
    struct sim_team *team;
    int32_t thread;
};

static void *serve(void *argument)
{
    struct start start = *(struct start *)argument;
    struct sim_team *self = start.team;
    free(argument);
    int seen = 0;
    for (;;) {
        wait_while(self, &self->round, seen);
        seen = atomic_load(&self->round);
        if (atomic_load(&self->is_over))
            return NULL;
        take_part(self, start.thread);
    }
}

struct sim_team *sim_team_new(int32_t n_threads, struct sim_error *error)
{
    if (n_threads < 1)
        n_threads = 1;
    struct sim_team *self = aligned_alloc(LINE, sizeof *self);
    if (!self) {
        sim_error_set(error, SIM_ERROR_MEMORY, "team: no memory");
        return NULL;
    }
    *self = (struct sim_team){.n_threads = n_threads};
    self->shares = aligned_alloc(LINE, (size_t)n_threads * sizeof *self->shares);
    self->threads = calloc((size_t)n_threads, sizeof *self->threads);
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->change, NULL);
    if (!self->shares || !self->threads) {
        sim_error_set(error, SIM_ERROR_MEMORY, "team: no memory for %d threads", n_threads);
        sim_team_free(self);
        return NULL;
    }
    for (int32_t i = 0; i < n_threads; i++)
        self->shares[i] = (struct share){0};
    return self;
}

static void begin_threads(struct sim_team *self)
{
    while (self->n_begun < self->n_threads - 1) {
        struct start *start = malloc(sizeof *start);
        if (!start)
            return;
        *start = (struct start){self, self->n_begun + 1};
        if (pthread_create(&self->threads[self->n_begun], NULL, serve, start) != 0) {
            free(start);
            return;
        }
        self->n_begun++;
    }
}

void sim_team_free(struct sim_team *self)
{
    if (!self)
        return;
    atomic_store(&self->is_over, true);
    atomic_fetch_add(&self->round, 1);
    announce(self);
    for (int32_t i = 0; i < self->n_begun; i++)
        pthread_join(self->threads[i], NULL);
    pthread_cond_destroy(&self->change);
    pthread_mutex_destroy(&self->lock);
    free(self->threads);
    free(self->shares);
    free(self);
}

int32_t sim_team_size(const struct sim_team *self)
{
    return self->n_threads;
}

void sim_team_run(struct sim_team *self, void (*work)(void *user, int32_t item), void *user, int32_t n)
{
    if (self->n_threads == 1 || n <= 1) {
        for (int32_t i = 0; i < n; i++)
            work(user, i);
        return;
    }
    if (self->n_begun == 0)
        begin_threads(self);
    self->work = work;
    self->user = user;
    atomic_store_explicit(&self->n_undone, n, memory_order_relaxed);
    for (int32_t i = 0; i < self->n_threads; i++) {
        int32_t first = (int32_t)((int64_t)n * i / self->n_threads);
        int32_t end = (int32_t)((int64_t)n * (i + 1) / self->n_threads);
        self->shares[i].first = first;
        atomic_store_explicit(&self->shares[i].n_left, end - first, memory_order_release);
    }
    atomic_fetch_add(&self->round, 1);
    announce(self);
    take_part(self, 0);
    for (int undone; (undone = atomic_load(&self->n_undone)) > 0;)
        wait_while(self, &self->n_undone, undone);
}
