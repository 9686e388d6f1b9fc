#include "sim/time/queue.h"

#include <stdlib.h>
#include <string.h>

enum {
    ARITY = 4,
    FEW = 16,      /* so many live in the heap alone */
    CROWD = 64,    /* a heap of so many, while there is a ring, says that the buckets are too wide */
    BUCKETS = 4,   /* for one event of the capacity */
    WORD = 64,     /* buckets of a word of bits */
    NONE = -1,     /* the end of a list */
    FREE_MARK = -3 /* a free slot's link is FREE_MARK less the next free one: below every other */
};

/* ---- memory ---- */

static void *resized(void *array, int64_t n, size_t size, bool *is_full)
{
    void *moved = realloc(array, (size_t)n * size);
    *is_full |= !moved;
    return moved ? moved : array;
}

static int reserve(struct sim_queue *self, int64_t capacity, struct sim_error *error)
{
    int64_t n_buckets = BUCKETS * self->capacity;
    bool is_full = capacity > INT32_MAX / BUCKETS;
    if (!is_full) {
        self->events = resized(self->events, capacity, sizeof *self->events, &is_full);
        self->links = resized(self->links, capacity, sizeof *self->links, &is_full);
        self->near = resized(self->near, capacity, sizeof *self->near, &is_full);
        self->heads = resized(self->heads, BUCKETS * capacity, sizeof *self->heads, &is_full);
        self->bits = resized(self->bits, BUCKETS * capacity / WORD, sizeof *self->bits, &is_full);
    }
    if (is_full)
        return sim_error_set(
            error, SIM_ERROR_MEMORY, "event queue: no memory for %lld events", (long long)capacity);
    for (int64_t i = n_buckets; i < BUCKETS * capacity; i++)
        self->heads[i] = NONE;
    for (int64_t i = n_buckets / WORD; i < BUCKETS * capacity / WORD; i++)
        self->bits[i] = 0;
    self->capacity = capacity;
    return 0;
}

static void set_empty(struct sim_queue *self)
{
    self->n = self->n_near = 0;
    self->n_slots = 0;
    self->free = self->far = NONE;
    self->near_last = self->far_first = SIM_TIME_MAX;
    self->n_buckets = self->word = 0;
    self->deal_above = FEW;
    self->deal_after = self->n_pops;
}

int sim_queue_init(struct sim_queue *self, int64_t capacity, struct sim_error *error)
{
    int64_t power = FEW;
    *self = (struct sim_queue){0};
    while (power < capacity)
        power *= 2;
    int code = reserve(self, power, error);
    set_empty(self);
    return code;
}

void sim_queue_free(struct sim_queue *self)
{
    free(self->events);
    free(self->links);
    free(self->near);
    free(self->heads);
    free(self->bits);
    *self = (struct sim_queue){0};
}

/* ---- the heap ---- */

static inline bool is_before(const struct sim_queue_key *a, const struct sim_queue_key *b)
{
    return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static inline void near_push(struct sim_queue *self, int32_t slot)
{
    struct sim_queue_key *heap = self->near;
    const struct sim_queue_key key = {self->events[slot].time, self->events[slot].order, slot};
    int64_t hole = self->n_near++;
    self->links[slot] = NONE;
    while (hole > 0) {
        int64_t parent = (hole - 1) / ARITY;
        if (!is_before(&key, &heap[parent]))
            break;
        heap[hole] = heap[parent];
        hole = parent;
    }
    heap[hole] = key;
}

static inline void near_pop(struct sim_queue *self)
{
    struct sim_queue_key *heap = self->near;
    int64_t n = --self->n_near, hole = 0;
    const struct sim_queue_key key = heap[n];
    for (;;) {
        int64_t first = hole * ARITY + 1;
        if (first >= n)
            break;
        int64_t last = first + ARITY < n ? first + ARITY : n;
        int64_t least = first;
        for (int64_t child = first + 1; child < last; child++)
            if (is_before(&heap[child], &heap[least]))
                least = child;
        if (!is_before(&heap[least], &key))
            break;
        heap[hole] = heap[least];
        hole = least;
    }
    heap[hole] = key;
}

/* ---- the ring ---- */

/* Of a time after near_last: never before the base. */
static inline uint64_t bucket_of(const struct sim_queue *self, sim_time time)
{
    return ((uint64_t)time - (uint64_t)self->base) >> self->shift;
}

static inline void put_far(struct sim_queue *self, int32_t slot)
{
    self->links[slot] = self->far;
    self->far = slot;
    if (self->events[slot].time < self->far_first)
        self->far_first = self->events[slot].time;
}

static inline void place(struct sim_queue *self, int32_t slot)
{
    uint64_t bucket = bucket_of(self, self->events[slot].time);
    if (bucket < (uint64_t)self->n_buckets) {
        self->links[slot] = self->heads[bucket];
        self->heads[bucket] = slot;
        self->bits[bucket / WORD] |= (uint64_t)1 << bucket % WORD;
    } else {
        put_far(self, slot);
    }
}

static inline int32_t take_list(int32_t *head)
{
    int32_t slot = *head;
    *head = NONE;
    return slot;
}

/* Width and number of buckets for the far events, all of them: half of them, at least, lie in the ring. So
 * dealing costs less than a constant times the pops until the next time, whatever the times are. */
static void choose_buckets(struct sim_queue *self)
{
    int64_t n_of_length[65] = {0}; /* events whose distance from the first has so many bits */
    for (int32_t slot = self->far; slot != NONE; slot = self->links[slot]) {
        uint64_t distance = (uint64_t)self->events[slot].time - (uint64_t)self->far_first;
        n_of_length[distance ? 64 - __builtin_clzll(distance) : 0]++;
    }
    int length = 0;
    int64_t n_within = n_of_length[0];
    while (2 * n_within < self->n)
        n_within += n_of_length[++length];
    /* One or two of these to a bucket... */
    int shift = length - (63 - __builtin_clzll((uint64_t)n_within));
    self->shift = shift > 0 ? shift : 0;
    self->base = self->far_first;
    self->far_first = SIM_TIME_MAX;
    self->n_buckets = WORD;
    while (self->n_buckets < BUCKETS * self->n / 2)
        self->n_buckets *= 2;
    self->word = 0;
}

/* Deals out the far events when heap and ring are empty. */
static void deal(struct sim_queue *self)
{
    bool is_few = self->n <= FEW;
    if (is_few) {
        self->n_buckets = 0;
        self->near_last = SIM_TIME_MAX;
    } else {
        choose_buckets(self);
    }
    self->deal_above = is_few ? FEW : 2 * self->n;
    self->deal_after = self->n_pops + self->n;
    int32_t next;
    for (int32_t slot = take_list(&self->far); slot != NONE; slot = next) {
        next = self->links[slot];
        if (is_few)
            near_push(self, slot);
        else
            place(self, slot);
    }
}

/* Pours the first bucket that holds anything into the empty heap; false when it would begin after `last`.
 * The queue is not empty. */
static inline bool pour(struct sim_queue *self, sim_time last)
{
    int64_t word;
    for (;;) {
        word = self->word;
        while (word < self->n_buckets / WORD && self->bits[word] == 0)
            word++;
        if (word < self->n_buckets / WORD)
            break;
        if (self->far_first > last)
            return false;
        deal(self);
        if (self->n_near > 0)
            return true;
    }
    uint64_t bits = self->bits[word];
    uint64_t bucket = (uint64_t)word * WORD + (uint64_t)__builtin_ctzll(bits);
    uint64_t begin = bucket << self->shift, end = begin + (((uint64_t)1 << self->shift) - 1);
    if ((sim_time)((uint64_t)self->base + begin) > last)
        return false;
    self->word = word;
    bits &= bits - 1;
    self->bits[word] = bits;
    if (bits)
        __builtin_prefetch(&self->events[self->heads[word * WORD + __builtin_ctzll(bits)]]);
    bool is_at_end = end >= (uint64_t)SIM_TIME_MAX - (uint64_t)self->base;
    self->near_last = is_at_end ? SIM_TIME_MAX : (sim_time)((uint64_t)self->base + end);
    int32_t next;
    for (int32_t slot = take_list(&self->heads[bucket]); slot != NONE; slot = next) {
        next = self->links[slot];
        near_push(self, slot);
    }
    return true;
}

/* Gathers all events and deals them anew. */
static void deal_again(struct sim_queue *self)
{
    for (int64_t i = 0; i < self->n_near; i++)
        put_far(self, self->near[i].slot);
    self->n_near = 0;
    for (int64_t word = self->word; word < self->n_buckets / WORD; word++) {
        for (; self->bits[word]; self->bits[word] &= self->bits[word] - 1) {
            int32_t next;
            int64_t bucket = word * WORD + __builtin_ctzll(self->bits[word]);
            for (int32_t slot = take_list(&self->heads[bucket]); slot != NONE; slot = next) {
                next = self->links[slot];
                put_far(self, slot);
            }
        }
    }
    deal(self);
    if (self->n_near == 0)
        pour(self, SIM_TIME_MAX);
}

/* The first event lies at the heap's root, or false: there is none up to `last`. */
static inline bool find_first(struct sim_queue *self, sim_time last)
{
    if (self->n_near == 0) {
        if (self->n == 0 || !pour(self, last))
            return false;
        if (self->n_near > CROWD && self->n_pops >= self->deal_after)
            deal_again(self);
    }
    return self->near[0].time <= last;
}

/* ---- the queue ---- */

int sim_queue_add(struct sim_queue *self, sim_time time, uint64_t order, const struct sim_event *what,
    struct sim_error *error)
{
    struct sim_event moving;
    if (self->n == self->capacity) {
        moving = *what; /* it may be borrowed from these very slots */
        what = &moving;
        int code = reserve(self, 2 * self->capacity, error);
        if (code < 0)
            return code;
    }
    int32_t slot = self->free;
    if (slot == NONE)
        slot = self->n_slots++;
    else
        self->free = FREE_MARK - self->links[slot];
    /* Read field by field, as they were written a moment ago: a processor that reads several stores by one
     * wide load waits until they have left its store buffer, 5 ns. */
    const volatile struct sim_event *from = what;
    struct sim_event *to = &self->events[slot];
    to->time = time;
    to->order = order;
    to->kind = from->kind;
    to->entity = from->entity;
    for (int i = 0; i < SIM_COUNT(to->data); i++)
        to->data[i] = from->data[i];
    self->n++;
    bool is_crowded = self->n > self->deal_above;
    if (time <= self->near_last) {
        near_push(self, slot);
        is_crowded |= self->n_near > CROWD && self->n_pops >= self->deal_after;
    } else {
        place(self, slot);
    }
    if (is_crowded)
        deal_again(self);
    return 0;
}

int sim_queue_push(struct sim_queue *self, const struct sim_event *event, struct sim_error *error)
{
    return sim_queue_add(self, event->time, event->order, event, error);
}

const struct sim_event *sim_queue_peek(struct sim_queue *self)
{
    return find_first(self, SIM_TIME_MAX) ? &self->events[self->near[0].slot] : NULL;
}

static inline bool pop_until(struct sim_queue *self, sim_time last, struct sim_event *event)
{
    if (!find_first(self, last))
        return false;
    int32_t slot = self->near[0].slot;
    *event = self->events[slot];
    self->links[slot] = FREE_MARK - self->free;
    self->free = slot;
    self->n--;
    self->n_pops++;
    near_pop(self);
    return true;
}

bool sim_queue_pop(struct sim_queue *self, struct sim_event *event)
{
    return pop_until(self, SIM_TIME_MAX, event);
}

bool sim_queue_pop_before(struct sim_queue *self, sim_time end, struct sim_event *event)
{
    return end > INT64_MIN && pop_until(self, end - 1, event);
}

void sim_queue_clear(struct sim_queue *self)
{
    for (int64_t word = self->word; word < self->n_buckets / WORD; word++)
        for (; self->bits[word]; self->bits[word] &= self->bits[word] - 1)
            self->heads[word * WORD + __builtin_ctzll(self->bits[word])] = NONE;
    set_empty(self);
}

const struct sim_event *sim_queue_each(const struct sim_queue *self, int64_t *cursor)
{
    while (*cursor < self->n_slots) {
        int64_t slot = (*cursor)++;
        if (self->links[slot] >= NONE)
            return &self->events[slot];
    }
    return NULL;
}

int64_t sim_queue_bytes(const struct sim_queue *self)
{
    int64_t each = (int64_t)(sizeof *self->events + sizeof *self->links + sizeof *self->near);
    return self->capacity * (each + BUCKETS * (int64_t)sizeof *self->heads + BUCKETS / 8);
}

/* ---- checking ---- */

static bool near_is_sound(const struct sim_queue *self)
{
    for (int64_t i = 0; i < self->n_near; i++) {
        const struct sim_queue_key *key = &self->near[i];
        const struct sim_event *event = &self->events[key->slot];
        if (key->time != event->time || key->order != event->order || key->time > self->near_last ||
            (i > 0 && is_before(key, &self->near[(i - 1) / ARITY])))
            return false;
    }
    return true;
}

/* Counts a list; NONE when an event of it belongs elsewhere. Far: any bucket from n_buckets. */
static int64_t list_length(const struct sim_queue *self, int32_t head, uint64_t bucket)
{
    int64_t n = 0;
    for (int32_t slot = head; slot != NONE; slot = self->links[slot], n++) {
        if (slot < 0 || slot >= self->n_slots || n > self->n)
            return NONE;
        sim_time time = self->events[slot].time;
        uint64_t own = bucket_of(self, time);
        bool is_far = own >= (uint64_t)self->n_buckets && bucket == (uint64_t)self->n_buckets;
        if (time <= self->near_last || (own != bucket && !is_far) || (is_far && time < self->far_first))
            return NONE;
    }
    return n;
}

bool sim_queue_check(const struct sim_queue *self)
{
    if (self->n < 0 || self->n > self->n_slots || self->n_slots > self->capacity || !near_is_sound(self))
        return false;
    int64_t n = self->n_near;
    for (int64_t bucket = 0; bucket <= self->n_buckets; bucket++) {
        bool is_far = bucket == self->n_buckets;
        int64_t length = list_length(self, is_far ? self->far : self->heads[bucket], (uint64_t)bucket);
        bool has_bit = !is_far && self->bits[bucket / WORD] >> bucket % WORD & 1;
        if (length == NONE || (!is_far && has_bit != (length > 0)) || (has_bit && bucket / WORD < self->word))
            return false;
        n += length;
    }
    for (int32_t slot = self->free; slot != NONE; slot = FREE_MARK - self->links[slot], n++)
        if (slot < 0 || n >= self->n_slots || self->links[slot] >= NONE)
            return false;
    return n == self->n_slots;
}
