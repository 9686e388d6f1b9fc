#include "sim/time/queue.h"

#include <stdlib.h>
#include <string.h>

enum {
    ARITY = 4,
    FEW = 16,      /* so many are all near */
    SORTED = 32,   /* so many near ones are kept sorted; more are a heap */
    CROWD = 64,    /* so many near ones, while there is a ring, say that the buckets are too wide */
    WIDTH = 2,     /* to a bucket 2^WIDTH to 2^(WIDTH + 1) events */
    BUCKETS = 2,   /* for one event of the capacity */
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

/* The slots in which an event was lent live until the next take. */
static bool move_events(struct sim_queue *self, int64_t capacity)
{
    struct sim_event *events = malloc((size_t)capacity * sizeof *events);
    if (!events)
        return false;
    if (self->n_slots > 0)
        memcpy(events, self->events, (size_t)self->n_slots * sizeof *events);
    if (self->taken == NONE || self->retired)
        free(self->events);
    else
        self->retired = self->events;
    self->events = events;
    return true;
}

static int reserve(struct sim_queue *self, int64_t capacity, struct sim_error *error)
{
    const int64_t step = WORD / BUCKETS;
    capacity = (capacity + step - 1) / step * step;
    int64_t n_buckets = BUCKETS * self->capacity;
    bool is_full = capacity > INT32_MAX / BUCKETS;
    if (!is_full) {
        self->links = resized(self->links, capacity, sizeof *self->links, &is_full);
        self->near = resized(self->near, capacity, sizeof *self->near, &is_full);
        self->heads = resized(self->heads, BUCKETS * capacity, sizeof *self->heads, &is_full);
        self->bits = resized(self->bits, BUCKETS * capacity / WORD, sizeof *self->bits, &is_full);
    }
    if (is_full || !move_events(self, capacity))
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
    self->n = self->n_near = self->near_head = 0;
    self->near_is_heap = false;
    self->n_slots = 0;
    self->free = self->far = self->taken = self->fetch = NONE;
    self->near_last = self->far_first = SIM_TIME_MAX;
    self->n_buckets = self->word = 0;
    self->deal_above = FEW;
    self->deal_after = self->n_pops;
}

int sim_queue_init(struct sim_queue *self, int64_t capacity, struct sim_error *error)
{
    *self = (struct sim_queue){.taken = NONE};
    int code = reserve(self, capacity + 1, error); /* one more: the event that is lent */
    set_empty(self);
    return code;
}

void sim_queue_free(struct sim_queue *self)
{
    free(self->events);
    free(self->retired);
    free(self->links);
    free(self->near);
    free(self->heads);
    free(self->bits);
    *self = (struct sim_queue){0};
}

/* ---- what is near ---- */

static inline bool is_before(const struct sim_queue_key *a, const struct sim_queue_key *b)
{
    return a->time != b->time ? a->time < b->time : a->order < b->order;
}

/* The same without a branch. */
static inline sim_int128 wide(const struct sim_queue_key *key)
{
    return (sim_int128)((sim_uint128)(uint64_t)key->time << 64 | key->order);
}

static inline bool comes_before(const struct sim_queue_key *a, const struct sim_queue_key *b)
{
    return wide(a) < wide(b);
}

static inline struct sim_queue_key key_of(const struct sim_queue *self, int32_t slot)
{
    return (struct sim_queue_key){self->events[slot].time, self->events[slot].order, slot};
}

static void heap_push(struct sim_queue *self, struct sim_queue_key key)
{
    struct sim_queue_key *heap = self->near;
    int64_t hole = self->n_near++;
    while (hole > 0) {
        int64_t parent = (hole - 1) / ARITY;
        if (!is_before(&key, &heap[parent]))
            break;
        heap[hole] = heap[parent];
        hole = parent;
    }
    heap[hole] = key;
}

static void heap_pop(struct sim_queue *self)
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

/* Sorted keys from the front of the array are a heap as they stand. */
static void move_to_front(struct sim_queue *self)
{
    memmove(self->near, self->near + self->near_head, (size_t)self->n_near * sizeof *self->near);
    self->near_head = 0;
}

static inline void near_add(struct sim_queue *self, struct sim_queue_key key)
{
    if (!self->near_is_heap && self->n_near == SORTED) {
        move_to_front(self);
        self->near_is_heap = true;
    }
    if (self->near_is_heap) {
        heap_push(self, key);
        return;
    }
    if (self->near_head + self->n_near == self->capacity)
        move_to_front(self);
    struct sim_queue_key *first = self->near + self->near_head, *hole = first + self->n_near++;
    for (; hole > first && is_before(&key, hole - 1); hole--)
        *hole = *(hole - 1);
    *hole = key;
}

static inline void near_remove_first(struct sim_queue *self)
{
    if (self->near_is_heap) {
        heap_pop(self);
        return;
    }
    self->near_head++;
    self->n_near--;
}

/* Makes a list what is near, when nothing is. Ranks are counted without branches: which of two events comes
 * first is chance, and a branch on it is guessed wrong half of the time. */
static inline void near_fill(struct sim_queue *self, int32_t list)
{
    struct sim_queue_key keys[SORTED];
    int32_t rank[SORTED];
    int n = 0;
    for (; list != NONE && n < SORTED; list = self->links[list]) {
        const struct sim_queue_key key = key_of(self, list);
        int before = 0;
        for (int i = 0; i < n; i++) {
            bool is_later = comes_before(&keys[i], &key);
            before += is_later;
            rank[i] += !is_later;
        }
        keys[n] = key;
        rank[n++] = before;
    }
    self->near_head = 0;
    self->near_is_heap = list != NONE;
    self->n_near = n;
    for (int i = 0; i < n; i++)
        self->near[rank[i]] = keys[i];
    for (; list != NONE; list = self->links[list])
        heap_push(self, key_of(self, list));
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
    int shift = WIDTH + length - (63 - __builtin_clzll((uint64_t)n_within));
    self->shift = shift > 0 ? shift : 0;
    self->base = self->far_first;
    self->n_buckets = WORD;
    while (self->n_buckets < BUCKETS * self->n / 2)
        self->n_buckets *= 2;
    self->word = 0;
}

/* Deals out the far events when all are far. */
static void deal(struct sim_queue *self)
{
    bool is_few = self->n <= FEW;
    self->near_head = 0;
    self->near_is_heap = false;
    self->fetch = NONE;
    if (is_few) {
        self->n_buckets = 0;
        self->near_last = SIM_TIME_MAX;
    } else {
        choose_buckets(self);
    }
    self->far_first = SIM_TIME_MAX;
    self->deal_above = is_few ? FEW : 2 * self->n;
    self->deal_after = self->n_pops + 4 * self->n;
    int32_t next;
    for (int32_t slot = take_list(&self->far); slot != NONE; slot = next) {
        next = self->links[slot];
        if (is_few)
            near_add(self, key_of(self, slot));
        else
            place(self, slot);
    }
}

/* The events of the next bucket come from memory while this one's are executed. */
static inline void fetch(struct sim_queue *self, int32_t slot)
{
    self->fetch = slot;
    if (slot == NONE)
        return;
    __builtin_prefetch(&self->events[slot]);
    __builtin_prefetch(&self->links[slot]);
}

/* Pours out the first bucket that holds anything when nothing is near; false when it begins after `last`.
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
    fetch(self, bits ? self->heads[word * WORD + __builtin_ctzll(bits)] : NONE);
    bool is_at_end = end >= (uint64_t)SIM_TIME_MAX - (uint64_t)self->base;
    self->near_last = is_at_end ? SIM_TIME_MAX : (sim_time)((uint64_t)self->base + end);
    near_fill(self, take_list(&self->heads[bucket]));
    return true;
}

/* Gathers all events and deals them anew. */
static void deal_again(struct sim_queue *self)
{
    for (int64_t i = 0; i < self->n_near; i++)
        put_far(self, self->near[self->near_head + i].slot);
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

/* Puts the first event first among the near ones; false when there is none up to `last`. */
static inline bool find_first(struct sim_queue *self, sim_time last)
{
    if (self->n_near == 0) {
        if (self->n == 0 || !pour(self, last))
            return false;
        if (self->n_near > CROWD && self->n_pops >= self->deal_after)
            deal_again(self);
    }
    return self->near[self->near_head].time <= last;
}

/* ---- the queue ---- */

int sim_queue_add(struct sim_queue *self, sim_time time, uint64_t order, const struct sim_event *what,
    struct sim_error *error)
{
    struct sim_event copy;
    int32_t slot = self->free;
    if (slot != NONE) {
        self->free = FREE_MARK - self->links[slot];
    } else {
        if (self->n_slots == self->capacity) {
            copy = *what; /* it may lie in a slot, and these move */
            what = &copy;
            int code = reserve(self, self->capacity + self->capacity / 4, error);
            if (code < 0)
                return code;
        }
        slot = self->n_slots++;
    }
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
    bool is_crowded = ++self->n > self->deal_above;
    if (time <= self->near_last) {
        self->links[slot] = NONE;
        near_add(self, (struct sim_queue_key){time, order, slot});
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
    return find_first(self, SIM_TIME_MAX) ? &self->events[self->near[self->near_head].slot] : NULL;
}

static inline void take_back(struct sim_queue *self)
{
    if (self->taken != NONE) {
        self->links[self->taken] = FREE_MARK - self->free;
        self->free = self->taken;
        self->taken = NONE;
    }
    if (self->retired) {
        free(self->retired);
        self->retired = NULL;
    }
}

static inline const struct sim_event *take_until(struct sim_queue *self, sim_time last)
{
    take_back(self);
    if (!find_first(self, last))
        return NULL;
    int32_t slot = self->near[self->near_head].slot;
    near_remove_first(self);
    if (self->fetch != NONE)
        fetch(self, self->links[self->fetch]);
    self->links[slot] = FREE_MARK;
    self->taken = slot;
    self->n--;
    self->n_pops++;
    return &self->events[slot];
}

const struct sim_event *sim_queue_take_before(struct sim_queue *self, sim_time end)
{
    return end > INT64_MIN ? take_until(self, end - 1) : NULL;
}

bool sim_queue_pop(struct sim_queue *self, struct sim_event *event)
{
    const struct sim_event *first = take_until(self, SIM_TIME_MAX);
    if (first)
        *event = *first;
    take_back(self);
    return first;
}

void sim_queue_clear(struct sim_queue *self)
{
    for (int64_t word = self->word; word < self->n_buckets / WORD; word++)
        for (; self->bits[word]; self->bits[word] &= self->bits[word] - 1)
            self->heads[word * WORD + __builtin_ctzll(self->bits[word])] = NONE;
    take_back(self);
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
    return self->capacity * (each + BUCKETS * (int64_t)sizeof *self->heads) + self->capacity * BUCKETS / 8;
}

/* ---- checking ---- */

static bool near_is_sound(const struct sim_queue *self)
{
    const struct sim_queue_key *keys = self->near + self->near_head;
    if (self->near_head + self->n_near > self->capacity ||
        (self->near_is_heap ? self->near_head > 0 : self->n_near > SORTED))
        return false;
    for (int64_t i = 0; i < self->n_near; i++) {
        const struct sim_event *event = &self->events[keys[i].slot];
        int64_t earlier = self->near_is_heap ? (i - 1) / ARITY : i - 1;
        if (keys[i].time != event->time || keys[i].order != event->order || event->time > self->near_last ||
            (i > 0 && is_before(&keys[i], &keys[earlier])))
            return false;
    }
    return true;
}

/* Counts a list; NONE when an event of it belongs elsewhere. Far: any bucket from n_buckets, and far_first is
 * the first's time. */
static int64_t list_length(const struct sim_queue *self, int32_t head, uint64_t bucket)
{
    int64_t n = 0;
    sim_time first = SIM_TIME_MAX;
    for (int32_t slot = head; slot != NONE; slot = self->links[slot], n++) {
        if (slot < 0 || slot >= self->n_slots || n > self->n)
            return NONE;
        sim_time time = self->events[slot].time;
        uint64_t own = bucket_of(self, time);
        bool is_far = own >= (uint64_t)self->n_buckets && bucket == (uint64_t)self->n_buckets;
        if (time <= self->near_last || (own != bucket && !is_far))
            return NONE;
        first = time < first ? time : first;
    }
    return bucket < (uint64_t)self->n_buckets || first == self->far_first ? n : NONE;
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
    return n + (self->taken != NONE) == self->n_slots;
}
