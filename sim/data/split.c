#include "sim/data/split.h"

#include "sim/core/guard.h"

/* What the heap below compares: remainders of total * weight / sum. They are recomputed from the quotient in
 * share[]: both products may wrap at 2^64, their difference is below 2^63 and therefore exact. */
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

static bool comes_first(const struct claims *self, sim_row a, sim_row b)
{
    uint64_t ra = remainder_of(self, a), rb = remainder_of(self, b);
    if (ra != rb)
        return ra > rb;
    return self->key[a] != self->key[b] ? self->key[a] < self->key[b] : a < b;
}

static void sift_down(const struct claims *self, sim_row *heap, sim_row n, sim_row hole)
{
    sim_row moving = heap[hole];
    for (;;) {
        int64_t child = 2 * (int64_t)hole + 1;
        if (child >= n)
            break;
        if (child + 1 < n && comes_first(self, heap[child + 1], heap[child]))
            child++;
        if (!comes_first(self, heap[child], moving))
            break;
        heap[hole] = heap[child];
        hole = (sim_row)child;
    }
    heap[hole] = moving;
}

static int64_t quotient(uint64_t a, uint64_t b, uint64_t divisor)
{
    uint64_t product;
    if (!__builtin_mul_overflow(a, b, &product))
        return (int64_t)(product / divisor);
    return (int64_t)((sim_uint128)a * b / divisor);
}

bool sim_split(
    int64_t total, const int64_t *weight, const sim_key *key, sim_row n, int64_t *share, sim_row *scratch)
{
    SIM_GUARD(total >= 0, "a split of %lld", (long long)total);
    int64_t sum = 0;
    for (sim_row i = 0; i < n; i++) {
        SIM_GUARD(weight[i] >= 0 && !__builtin_add_overflow(sum, weight[i], &sum),
            "weight %lld of claimant %d", (long long)weight[i], i);
        share[i] = 0;
    }
    if (sum == 0)
        return false;

    struct claims claims = {(uint64_t)total, (uint64_t)sum, weight, key, share};
    int64_t left = total;
    sim_row n_heap = 0;
    for (sim_row i = 0; i < n; i++) {
        if (weight[i] == 0)
            continue;
        share[i] = quotient((uint64_t)total, (uint64_t)weight[i], (uint64_t)sum);
        left -= share[i];
        if (remainder_of(&claims, i) > 0)
            scratch[n_heap++] = i;
    }
    /* A heap, not a sort: what is left is often far less than n. */
    if (left > 0)
        for (sim_row i = n_heap / 2; i-- > 0;)
            sift_down(&claims, scratch, n_heap, i);
    for (; left > 0; left--) {
        sim_row winner = scratch[0];
        scratch[0] = scratch[--n_heap];
        if (n_heap > 0)
            sift_down(&claims, scratch, n_heap, 0);
        share[winner]++; /* it has left the heap: its remainder is not read again */
    }
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
