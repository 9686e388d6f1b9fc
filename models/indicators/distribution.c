#include "models/indicators/distribution.h"

#include <math.h>
#include <string.h>

/* Two digits order the sign, the exponent and 12 bits of the mantissa: among ten thousand households hardly
 * two agree in all of these. */
enum { DIGIT_BITS = 12, BUCKETS = 1 << DIGIT_BITS, LEADING = 64 - 2 * DIGIT_BITS, SHORT_RUN = 32 };

/* Bits whose unsigned order is that of the numbers; the two zeros are made one. */
static uint64_t value_bits(double value)
{
    uint64_t bits;
    value += 0.0;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

/* Stable, on the bits from `low` up, the lowest digit first. */
static void radix(struct distribution_slot *slots, struct distribution_slot *scratch, int32_t n, int32_t low)
{
    struct distribution_slot *from = slots, *to = scratch;
    for (int32_t shift = low; shift < 64; shift += DIGIT_BITS) {
        int32_t start[BUCKETS + 1] = {0};
        for (int32_t i = 0; i < n; i++)
            start[((from[i].bits >> shift) & (BUCKETS - 1)) + 1]++;
        if (start[((from[0].bits >> shift) & (BUCKETS - 1)) + 1] == n)
            continue; /* one bucket: nothing moves */
        for (int32_t i = 1; i < BUCKETS; i++)
            start[i] += start[i - 1];
        for (int32_t i = 0; i < n; i++)
            to[start[(from[i].bits >> shift) & (BUCKETS - 1)]++] = from[i];
        struct distribution_slot *swap = from;
        from = to;
        to = swap;
    }
    if (from != slots)
        memcpy(slots, from, (size_t)n * sizeof *slots);
}

static bool is_before(
    const struct distribution_item *items, struct distribution_slot a, struct distribution_slot b)
{
    return a.bits != b.bits ? a.bits < b.bits : items[a.index].key < items[b.index].key;
}

static void insert_each(const struct distribution_item *items, struct distribution_slot *slots, int32_t n)
{
    for (int32_t i = 1; i < n; i++) {
        struct distribution_slot slot = slots[i];
        int32_t j = i;
        for (; j > 0 && is_before(items, slot, slots[j - 1]); j--)
            slots[j] = slots[j - 1];
        slots[j] = slot;
    }
}

/* Where the bits from `low` up are in order: orders each run in which they are equal. */
static void sort_runs(const struct distribution_item *items, struct distribution_slot *slots,
    struct distribution_slot *scratch, int32_t n, int32_t low)
{
    for (int32_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && slots[j].bits >> low == slots[i].bits >> low; j++)
            ;
        if (j - i <= SHORT_RUN) {
            insert_each(items, slots + i, j - i);
        } else if (low > 0) {
            radix(slots + i, scratch, j - i, 0);
            sort_runs(items, slots + i, scratch, j - i, 0);
        } else {
            for (int32_t k = i; k < j; k++)
                slots[k].bits = items[slots[k].index].key;
            radix(slots + i, scratch, j - i, 0);
        }
    }
}

/* Puts items[slots[i].index] at i, one cycle after another. */
static void permute(struct distribution_item *items, struct distribution_slot *slots, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        if (slots[i].index == i)
            continue;
        struct distribution_item first = items[i];
        int64_t at = i;
        for (int64_t next = slots[at].index; next != i; next = slots[at].index) {
            items[at] = items[next];
            slots[at].index = at;
            at = next;
        }
        items[at] = first;
        slots[at].index = at;
    }
}

void distribution_sort(struct distribution_item *items, struct distribution_slot *scratch, int32_t n)
{
    if (n < 2)
        return;
    struct distribution_slot *slots = scratch, *spare = scratch + n;
    for (int32_t i = 0; i < n; i++)
        slots[i] = (struct distribution_slot){value_bits(items[i].value), i};
    radix(slots, spare, n, LEADING);
    sort_runs(items, slots, spare, n, LEADING);
    permute(items, slots, n);
}

static double total_weight(const struct distribution_item *items, int32_t n)
{
    double total = 0;
    for (int32_t i = 0; i < n; i++)
        total += items[i].weight;
    return total;
}

double distribution_quantile(const struct distribution_item *sorted, int32_t n, double p)
{
    if (n == 0)
        return (double)NAN;
    double wanted = p * total_weight(sorted, n), reached = 0;
    for (int32_t i = 0; i < n; i++) {
        reached += sorted[i].weight;
        if (reached >= wanted)
            return sorted[i].value;
    }
    return sorted[n - 1].value;
}

void distribution_groups(const struct distribution_item *sorted, int32_t n, int32_t n_groups, int8_t *group)
{
    double total = total_weight(sorted, n), before = 0;
    for (int32_t i = 0; i < n; i++) {
        double middle = (before + 0.5 * sorted[i].weight) / total;
        int32_t number = (int32_t)(middle * n_groups) + 1;
        group[i] = (int8_t)(number > n_groups ? n_groups : number);
        before += sorted[i].weight;
    }
}
