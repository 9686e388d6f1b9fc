#include "models/county/compose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/households/demography.h"
#include "sim/core/arena.h"
#include "sim/core/key.h"
#include "sim/core/real.h"
#include "sim/rand/dist.h"

/* Assumptions. Cohorts have been of one size since fertility fell and grew by 2 percent a year before: with
 * the default death rates the dependency ratio is near 0.55 (rural Xinjiang 0.50 to 0.60, low confidence) and
 * 12 percent are 60 or older. */
static const double cohort_growth = 0.020;
enum { COHORT_AGE = 25 };
static const double female_share = 0.49;
static const double single_heads = 0.10; /* heads without a spouse */

enum { /* ages in years */
    ADULT = 20,
    HEAD_FROM = 27, /* most heads are between these ages */
    HEAD_TO = 67,
    SPOUSE_LEAST = 1, /* a head's wife is younger by so much at least, and at most */
    SPOUSE_MOST = 12,
    HUSBAND_YOUNGER = 1, /* in other couples a husband may be younger by so much, older by so much */
    HUSBAND_OLDER = 4,
    BIRTH_FROM = 16, /* of a mother at the birth of a child */
    BIRTH_TO = 46,
    GENERATION_FROM = 18,
    GENERATION_TO = 42,
    ELDER = 55,
    SIBLING = 12,
};
enum { CANDIDATES = 4 };

/* Keys of a village's draws: occurrences of SIM_PURPOSE_SYNTHESIS beside those of synthesis.c, which uses
 * households' keys. */
enum {
    DRAW_START_MALE = 1,
    DRAW_START_FEMALE,
    DRAW_SEXES,
    DRAW_SINGLE = 1 << 20,
    DRAW_CHOICE = 2 << 20,
    DRAW_MARRIED = 3 << 20
};

void compose_pyramid(struct pyramid *out, const struct demography_params *params)
{
    double sum = 0, share[PYRAMID_AGES];
    for (int32_t age = 0; age < PYRAMID_AGES; age++) {
        double middle = age + 0.5, slope = params->death_slope;
        double growth = slope > 0 ? (sim_real_exp(slope * middle) - 1.0) / slope : middle;
        double before = middle > COHORT_AGE ? middle - COHORT_AGE : 0.0;
        share[age] = (1.0 - params->infant_death) *
                     sim_real_exp(-params->death_base * middle - params->death_level * growth -
                                  cohort_growth * before);
        sum += share[age];
    }
    out->below[0] = 0;
    for (int32_t age = 0; age < PYRAMID_AGES; age++)
        out->below[age + 1] = out->below[age] + share[age] / sum;
    for (int32_t age = 0; age < PYRAMID_AGES; age++)
        out->married[age] = demography_married(params, age + 1); /* this year's weddings are over */
    out->below[PYRAMID_AGES] = 1.0;
}

int32_t compose_age(const struct pyramid *self, double u)
{
    int32_t low = 0, high = PYRAMID_AGES - 1;
    while (low < high) {
        int32_t middle = (low + high + 1) / 2;
        if (self->below[middle] <= u)
            low = middle;
        else
            high = middle - 1;
    }
    double width = self->below[low + 1] - self->below[low];
    double part = width > 0 ? (u - self->below[low]) / width : 0.0;
    int32_t month = (int32_t)floor(12.0 * part);
    return 12 * low + (month > 11 ? 11 : month);
}

struct village_people {
    struct sim_luck luck;
    sim_key key;
    struct composed *people;
    int32_t n_people;
    int32_t n_households;
    int32_t *heads; /* person of each household's head; households stand from the oldest head down */
    int32_t *sizes;
    int32_t *order;
    int32_t *next; /* scratch, as long as people */
};

static double draw(const struct village_people *self, int32_t occurrence)
{
    return sim_rand_uniform(self->luck, self->key, SIM_PURPOSE_SYNTHESIS, (uint64_t)occurrence);
}

static int32_t years(const struct village_people *self, int32_t person)
{
    return self->people[person].age_months / 12;
}

/* Men first, each sex from the youngest up. */
static void draw_people(struct village_people *self, const struct pyramid *pyramid)
{
    int32_t n_female = (int32_t)floor(female_share * self->n_people + draw(self, DRAW_SEXES));
    int32_t n_male = self->n_people - n_female;
    double male = draw(self, DRAW_START_MALE), female = draw(self, DRAW_START_FEMALE);
    for (int32_t i = 0; i < self->n_people; i++) {
        bool is_female = i >= n_male;
        double u = is_female ? (i - n_male + female) / n_female : (i + male) / n_male;
        self->people[i] = (struct composed){-1, compose_age(pyramid, u), is_female, -1, -1};
    }
}

/* How ill a person suits as a head: 0 for men of the usual ages, then other men, women, the young. */
static int32_t unfit(const struct composed *person)
{
    int32_t age = person->age_months / 12;
    int32_t away = age < HEAD_FROM ? HEAD_FROM - age : age > HEAD_TO ? age - HEAD_TO : 0;
    return away + (person->female ? 15 : 0) + (age < ADULT ? 100 : 0);
}

static int by_fitness(const void *a, const void *b, const struct composed *people)
{
    int32_t i = *(const int32_t *)a, k = *(const int32_t *)b;
    int32_t gap = unfit(&people[i]) - unfit(&people[k]);
    if (gap == 0)
        gap = people[k].age_months - people[i].age_months; /* the older first */
    return gap ? gap : i - k;
}

static int by_age(const void *a, const void *b, const struct composed *people)
{
    int32_t i = *(const int32_t *)a, k = *(const int32_t *)b;
    int32_t gap = people[k].age_months - people[i].age_months;
    return gap ? gap : i - k;
}

/* Merge sort: qsort takes no context, and the order of equals must be ours. */
static void sort(int32_t *items, int32_t *scratch, int32_t n, const struct composed *people,
    int (*compare)(const void *, const void *, const struct composed *))
{
    if (n < 2)
        return;
    int32_t half = n / 2, i = 0, k = half, at = 0;
    sort(items, scratch, half, people, compare);
    sort(items + half, scratch, n - half, people, compare);
    while (i < half && k < n)
        scratch[at++] = compare(&items[k], &items[i], people) < 0 ? items[k++] : items[i++];
    while (i < half)
        scratch[at++] = items[i++];
    while (k < n)
        scratch[at++] = items[k++];
    memcpy(items, scratch, (size_t)n * sizeof(*items));
}

static void choose_heads(struct village_people *self, int32_t *scratch)
{
    for (int32_t i = 0; i < self->n_people; i++)
        self->order[i] = i;
    sort(self->order, scratch, self->n_people, self->people, by_fitness);
    memcpy(self->heads, self->order, (size_t)self->n_households * sizeof(*self->heads));
    sort(self->heads, scratch, self->n_households, self->people, by_age);
    for (int32_t h = 0; h < self->n_households; h++) {
        self->people[self->heads[h]].household = h;
        self->sizes[h] = 1;
    }
}

/* Wives, from the oldest head down: the oldest woman of fitting age who has no household yet. */
static void marry(struct village_people *self, int32_t *scratch)
{
    int32_t n = 0, from = 0;
    for (int32_t i = 0; i < self->n_people; i++)
        if (self->people[i].female && self->people[i].household < 0 && years(self, i) >= ADULT)
            self->order[n++] = i;
    sort(self->order, scratch, n, self->people, by_age);
    for (int32_t h = 0; h < self->n_households; h++) {
        const struct composed *head = &self->people[self->heads[h]];
        int32_t age = head->age_months / 12;
        if (head->female || sim_dist_bernoulli(draw(self, DRAW_SINGLE + h), single_heads))
            continue;
        while (from < n && years(self, self->order[from]) > age - SPOUSE_LEAST)
            from++;
        if (from == n)
            break;
        if (years(self, self->order[from]) < age - SPOUSE_MOST)
            continue;
        self->people[self->order[from]].household = h;
        self->people[self->order[from]].spouse = self->heads[h];
        self->people[self->heads[h]].spouse = self->order[from++];
        self->sizes[h]++;
    }
}

/* Couples among those who are no heads, mostly sons with wives and old parents: from the oldest woman down,
 * the oldest man of fitting age. Who is married without a man of that age here counts as single. */
static void marry_others(struct village_people *self, const struct pyramid *pyramid, int32_t *scratch)
{
    int32_t n_women = 0, n_men = 0, from = 0;
    int32_t *men = self->order, *women = self->next;
    for (int32_t i = 0; i < self->n_people; i++) {
        const struct composed *person = &self->people[i];
        if (person->household >= 0 || years(self, i) < ADULT - person->female)
            continue;
        if (!person->female)
            men[n_men++] = i;
        else if (sim_dist_bernoulli(draw(self, DRAW_MARRIED + i), pyramid->married[years(self, i)]))
            women[n_women++] = i;
    }
    sort(men, scratch, n_men, self->people, by_age);
    sort(women, scratch, n_women, self->people, by_age);
    for (int32_t w = 0; w < n_women; w++) {
        int32_t age = years(self, women[w]);
        while (from < n_men && years(self, men[from]) > age + HUSBAND_OLDER)
            from++;
        if (from == n_men)
            break;
        if (years(self, men[from]) < age - HUSBAND_YOUNGER)
            continue;
        self->people[women[w]].spouse = men[from];
        self->people[men[from++]].spouse = women[w];
    }
}

/* Households whose head is from `low` to `high` years old: first and one past the last. All when there is
 * none. */
static void heads_between(
    const struct village_people *self, int32_t low, int32_t high, int32_t *first, int32_t *end)
{
    int32_t n = self->n_households, a = 0, b = 0;
    while (a < n && years(self, self->heads[a]) > high)
        a++;
    for (b = a; b < n && years(self, self->heads[b]) >= low;)
        b++;
    *first = a < b ? a : 0;
    *end = a < b ? b : n;
}

/* Everybody else joins a household where the age fits, wives with their husbands: parents, children, siblings
 * of its head. Of a few such households the smallest, but for luck, so that sizes differ without extremes. */
static void join_rest(struct village_people *self, int32_t *scratch)
{
    int32_t n = 0, first = 0, end = self->n_households, last_age = -1;
    for (int32_t i = 0; i < self->n_people; i++)
        if (self->people[i].household < 0 && (!self->people[i].female || self->people[i].spouse < 0))
            self->order[n++] = i;
    sort(self->order, scratch, n, self->people, by_age);
    for (int32_t i = 0; i < n; i++) {
        int32_t person = self->order[i], age = years(self, person);
        if (age != last_age && age >= ELDER)
            heads_between(self, age - GENERATION_TO, age - GENERATION_FROM, &first, &end);
        else if (age != last_age && age < 40)
            heads_between(self, age + GENERATION_FROM, age + GENERATION_TO, &first, &end);
        else if (age != last_age)
            heads_between(self, age - SIBLING, age + SIBLING, &first, &end);
        last_age = age;
        int32_t best = first;
        double lowest = 1e9;
        uint64_t words[4];
        sim_rand_block(self->luck, self->key, SIM_BLOCK_OF_SYNTHESIS, (uint64_t)(DRAW_CHOICE + i), words);
        for (int32_t c = 0; c < CANDIDATES; c++) {
            int32_t h = first + (int32_t)sim_dist_below(words[c], end - first);
            /* The lower half of the word is luck of its own. */
            double load = self->sizes[h] + 4.0 * sim_rand_unit(words[c] << 32);
            if (load < lowest) {
                lowest = load;
                best = h;
            }
        }
        self->people[person].household = best;
        self->sizes[best]++;
        if (self->people[person].spouse >= 0) { /* his wife comes with him */
            self->people[self->people[person].spouse].household = best;
            self->sizes[best]++;
        }
    }
}

/* Sorts persons by household, the head first, then by age. `place` tells where a person went. */
static void arrange(struct village_people *self, struct composed *copy, int32_t *place)
{
    int32_t at = 0, *next = self->next;
    for (int32_t h = 0; h < self->n_households; h++) {
        next[h] = at;
        at += self->sizes[h];
    }
    memcpy(copy, self->people, (size_t)self->n_people * sizeof(*copy));
    for (int32_t h = 0; h < self->n_households; h++) {
        place[self->heads[h]] = next[h];
        self->people[next[h]++] = copy[self->heads[h]];
        copy[self->heads[h]].household = -1;
    }
    for (int32_t i = 0; i < self->n_people; i++)
        self->order[i] = i;
    sort(self->order, self->heads, self->n_people, copy, by_age);
    for (int32_t i = 0; i < self->n_people; i++) {
        const struct composed *person = &copy[self->order[i]];
        if (person->household < 0)
            continue;
        place[self->order[i]] = next[person->household];
        self->people[next[person->household]++] = *person;
    }
    for (int32_t i = 0; i < self->n_people; i++)
        if (self->people[i].spouse >= 0)
            self->people[i].spouse = place[self->people[i].spouse];
}

/* Mothers, within households, which stand together. Married women came from elsewhere and have theirs there.
 */
static void find_mothers(struct village_people *self)
{
    struct composed *people = self->people;
    for (int32_t first = 0, end = 0; first < self->n_people; first = end) {
        while (end < self->n_people && people[end].household == people[first].household)
            end++;
        for (int32_t i = first; i < end; i++) {
            if (people[i].female && people[i].spouse >= 0)
                continue;
            int32_t best = -1;
            for (int32_t m = first; m < end; m++) {
                int32_t gap = people[m].age_months - people[i].age_months;
                if (!people[m].female || gap < 12 * BIRTH_FROM || gap >= 12 * (BIRTH_TO + 1))
                    continue;
                bool is_wife = people[m].spouse >= 0;
                bool was_wife = best >= 0 && people[best].spouse >= 0;
                if (best < 0 || (is_wife && !was_wife) ||
                    (is_wife == was_wife && people[m].age_months < people[best].age_months))
                    best = m;
            }
            people[i].mother = best;
        }
    }
}

int compose_village(const struct pyramid *pyramid, struct sim_luck luck, sim_key village, int32_t n_people,
    int32_t n_households, struct composed *out, struct sim_error *error)
{
    struct village_people self = {
        .luck = luck, .key = village, .people = out, .n_people = n_people, .n_households = n_households};
    struct sim_arena arena;
    sim_arena_init(&arena);
    int64_t bytes = (int64_t)sizeof(int32_t) * (n_people + 1);
    int32_t *scratch = sim_arena_alloc(&arena, bytes), *place = sim_arena_alloc(&arena, bytes);
    struct composed *copy = sim_arena_alloc(&arena, (int64_t)sizeof(*copy) * n_people);
    self.heads = sim_arena_alloc(&arena, bytes);
    self.sizes = sim_arena_alloc(&arena, bytes);
    self.order = sim_arena_alloc(&arena, bytes);
    self.next = sim_arena_alloc(&arena, bytes);
    bool ok = scratch && place && copy && self.heads && self.sizes && self.order && self.next;
    if (ok) {
        draw_people(&self, pyramid);
        choose_heads(&self, scratch);
        marry(&self, scratch);
        marry_others(&self, pyramid, scratch);
        join_rest(&self, scratch);
        arrange(&self, copy, place);
        find_mothers(&self);
    }
    sim_arena_free(&arena);
    return ok ? 0 : sim_error_set(error, SIM_ERROR_MEMORY, "founding population: out of memory");
}
