#include "sim/data/split.h"

#include <string.h>

#include "sim/core/guard.h"
#include "sim/core/key.h"

/* Below these bounds a double carries total, sum and quotient, and is off by less than one. */
#define EASY (INT64_C(1) << 50)
/* So many who may get a coin are sorted; among more, those who come first are selected. More claimants than
 * these are first told apart by how much of their coin they have, in so many classes. */
enum { FEW = 24, CLASSES = 64 };

/* What the selection below compares: remainders of total * weight / sum. They are recomputed from the
 * quotient in share[]: both products may wrap at 2^64, their difference is below 2^63 and therefore exact. */
struct claims {
    uint64_t total;
    uint64_t sum;
    const int64_t *weight;
    const sim_key *key;
    const int64_t *share;
};

static uint64_t remainder_of(const struct claims *self, sim_row i)
{
    return self->total * (uint64_t)self->weight[i] - (uint64_t)self->share[i] * self->sum;
}

/* Among equal remainders. */
static bool key_comes_first(const struct claims *self, sim_row a, sim_row b)
{
    return self->key[a] != self->key[b] ? self->key[a] < self->key[b] : a < b;
}

/* Moves those who come first to the front, n_first of them (Hoare 1961, Find). The order is strict, so who
 * they are hangs neither on the pivots nor on how the rows stood. Pivots stand where a hash says: no order of
 * claimants that knows nothing of it makes this slow. */
static void select_first(const struct claims *self, sim_row *row, int64_t n, int64_t n_first)
{
    int64_t low = 0, high = n - 1;
    while (low < high) {
        uint64_t at = sim_key_mix((uint64_t)low ^ (uint64_t)high << 32) % (uint64_t)(high - low + 1);
        sim_row pivot = row[low + (int64_t)at];
        uint64_t at_pivot = remainder_of(self, pivot);
        int64_t i = low, j = high;
        while (i <= j) {
            for (;; i++) { /* the first that may not stay before the pivot */
                uint64_t mine = remainder_of(self, row[i]);
                if (mine < at_pivot || (mine == at_pivot && !key_comes_first(self, row[i], pivot)))
                    break;
            }
            for (;; j--) {
                uint64_t mine = remainder_of(self, row[j]);
                if (mine > at_pivot || (mine == at_pivot && !key_comes_first(self, pivot, row[j])))
                    break;
            }
            if (i > j)
                break;
            sim_row moved = row[i];
            row[i++] = row[j];
            row[j--] = moved;
        }
        if (n_first <= j)
            high = j;
        else if (n_first > i)
            low = i;
        else
            return; /* the front ends between the two parts, or beside the one row between them */
    }
}

/* The same for few: those who come first, in a sorted list no longer than n_first. */
static void sort_first(const struct claims *self, sim_row *row, int64_t n, int64_t n_first)
{
    uint64_t remainder[FEW];
    int64_t n_listed = 0;
    for (int64_t i = 0; i < n; i++) {
        sim_row moved = row[i];
        uint64_t mine = remainder_of(self, moved);
        int64_t at = n_listed;
        while (at > 0 && (mine > remainder[at - 1] ||
                             (mine == remainder[at - 1] && key_comes_first(self, moved, row[at - 1]))))
            at--;
        if (at == n_first)
            continue;
        n_listed += n_listed < n_first;
        for (int64_t k = n_listed - 1; k > at; k--) {
            row[k] = row[k - 1];
            remainder[k] = remainder[k - 1];
        }
        row[at] = moved;
        remainder[at] = mine;
    }
}

static int64_t quotient(uint64_t a, uint64_t b, uint64_t divisor)
{
    uint64_t product;
    if (!__builtin_mul_overflow(a, b, &product))
        return (int64_t)(product / divisor);
    return (int64_t)((sim_uint128)a * b / divisor);
}

/* Claimants by class, the higher the closer to their next coin: a larger remainder is never of a lower one.
 */
struct classes {
    double scale; /* classes a unit of the remainder */
    sim_row n[CLASSES];
};

/* Where a claimant of that remainder stands among those who wait for a coin: with few, in a list `row` of
 * those who have a remainder; with many (classes given), as the class in its place of `row`. */
static inline void enter(
    struct classes *classes, sim_row i, int64_t remainder, sim_row *row, sim_row *n_listed)
{
    if (!classes) {
        row[*n_listed] = i;
        *n_listed += remainder != 0;
        return;
    }
    sim_row class = (sim_row)((double)remainder * classes->scale);
    row[i] = class < CLASSES ? class : CLASSES - 1;
    classes->n[row[i]]++;
}

/* Shares rounded down, and who waits for a coin; returns what is left to share out. The rounded product lies
 * within one of the quotient, and the remainder says on which side. */
static int64_t easy_shares(const struct claims *self, sim_row n, int64_t *share, struct classes *classes,
    sim_row *row, sim_row *n_listed)
{
    double ratio = (double)(int64_t)self->total / (double)(int64_t)self->sum;
    int64_t total = (int64_t)self->total, sum = (int64_t)self->sum, left = total;
    for (sim_row i = 0; i < n; i++) {
        int64_t mine = (int64_t)(ratio * (double)self->weight[i]);
        int64_t remainder =
            (int64_t)((uint64_t)total * (uint64_t)self->weight[i] - (uint64_t)mine * (uint64_t)sum);
        int64_t above = remainder >= sum, below = remainder < 0;
        share[i] = mine + above - below;
        left -= share[i];
        enter(classes, i, remainder + (sum & -below) - (sum & -above), row, n_listed);
    }
    return left;
}

static int64_t hard_shares(const struct claims *self, sim_row n, int64_t *share, struct classes *classes,
    sim_row *row, sim_row *n_listed)
{
    int64_t left = (int64_t)self->total;
    for (sim_row i = 0; i < n; i++) {
        share[i] = quotient(self->total, (uint64_t)self->weight[i], self->sum);
        left -= share[i];
        enter(classes, i, (int64_t)remainder_of(self, i), row, n_listed);
    }
    return left;
}

/* Whole classes get their coins, and those of the class in which the coins end are listed in place of the
 * classes; returns how many coins these get. */
static int64_t share_to_classes(
    const struct classes *classes, int64_t left, sim_row n, int64_t *share, sim_row *row, sim_row *n_listed)
{
    sim_row last = CLASSES - 1, m = 0;
    for (; classes->n[last] < left; last--)
        left -= classes->n[last];
    for (sim_row i = 0; i < n; i++) {
        sim_row class = row[i];
        share[i] += class > last;
        row[m] = i;
        m += class == last;
    }
    *n_listed = m;
    return left;
}

/* The coins that remain of shares rounded down, one each to those with the largest remainders. */
static void share_out(const struct claims *self, sim_row n, int64_t *share, sim_row *row)
{
    bool is_easy = self->total < EASY && self->sum < EASY;
    struct classes many, *classes = n > FEW ? &many : NULL;
    if (classes)
        many = (struct classes){.scale = CLASSES / (double)self->sum};
    sim_row n_listed = 0;
    int64_t left = is_easy ? easy_shares(self, n, share, classes, row, &n_listed)
                           : hard_shares(self, n, share, classes, row, &n_listed);
    if (left > 0 && classes)
        left = share_to_classes(classes, left, n, share, row, &n_listed);
    if (left > 0 && n_listed <= FEW)
        sort_first(self, row, n_listed, left);
    else if (left > 0)
        select_first(self, row, n_listed, left);
    for (int64_t i = 0; i < left; i++)
        share[row[i]]++;
}

static int64_t sum_of(const int64_t *weight, sim_row n)
{
    int64_t sum = 0;
    uint64_t bits = 0;
    for (sim_row i = 0; i < n; i++) {
        sum = (int64_t)((uint64_t)sum + (uint64_t)weight[i]);
        bits |= (uint64_t)weight[i];
    }
    if (bits < UINT64_C(1) << 32) /* so many cannot add up to 2^63 */
        return sum;
    sum = 0;
    for (sim_row i = 0; i < n; i++)
        SIM_GUARD(weight[i] >= 0 && !__builtin_add_overflow(sum, weight[i], &sum),
            "weight %lld of claimant %d", (long long)weight[i], i);
    return sum;
}

bool sim_split(
    int64_t total, const int64_t *weight, const sim_key *key, sim_row n, int64_t *share, sim_row *scratch)
{
    SIM_GUARD(total >= 0, "a split of %lld", (long long)total);
    int64_t sum = sum_of(weight, n);
    if (sum == 0) {
        for (sim_row i = 0; i < n; i++)
            share[i] = 0;
        return false;
    }
    if (total == sum) { /* all get what they claim */
        memcpy(share, weight, (size_t)n * sizeof *share);
        return true;
    }
    struct claims claims = {(uint64_t)total, (uint64_t)sum, weight, key, share};
    share_out(&claims, n, share, scratch);
    return true;
}

int64_t sim_scale(int64_t value, int64_t numerator, int64_t denominator)
{
    SIM_GUARD(denominator > 0, "denominator %lld", (long long)denominator);
    sim_int128 product = (sim_int128)value * numerator;
    sim_int128 size = product < 0 ? -product : product;
    sim_int128 result = (size + denominator / 2) / denominator;
    /* For an odd denominator d, (size + (d - 1) / 2) / d rounds to nearest: there is no half. */
    if (product < 0)
        result = -result;
    SIM_GUARD(result <= INT64_MAX && result >= INT64_MIN, "%lld * %lld / %lld", (long long)value,
        (long long)numerator, (long long)denominator);
    return (int64_t)result;
}
