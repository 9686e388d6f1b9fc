#include "models/indicators/distribution.h"

#include <math.h>
#include <string.h>

enum { DIGIT_BITS = 11, DIGITS = 6, BUCKETS = 1 << DIGIT_BITS, SHORT_RUN = 32 };

/* Bits whose unsigned order is that of the numbers; the two zeros are made one. */
static uint64_t value_bits(const struct distribution_item *item)
{
    double value = item->value + 0.0;
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static uint64_t key_bits(const struct distribution_item *item)
{
    return item->key;
}

static void radix(struct distribution_item *items, struct distribution_item *scratch, int32_t n,
    uint64_t (*bits_of)(const struct distribution_item *item))
{
    struct distribution_item *from = items, *to = scratch;
    for (int32_t digit = 0; digit < DIGITS; digit++) {
        int32_t start[BUCKETS + 1] = {0};
        int32_t shift = digit * DIGIT_BITS;
        for (int32_t i = 0; i < n; i++)
            start[((bits_of(&from[i]) >> shift) & (BUCKETS - 1)) + 1]++;
        if (start[((bits_of(&from[0]) >> shift) & (BUCKETS - 1)) + 1] == n)
            continue; /* one bucket: nothing moves */
        for (int32_t i = 1; i < BUCKETS; i++)
            start[i] += start[i - 1];
        for (int32_t i = 0; i < n; i++)
            to[start[(bits_of(&from[i]) >> shift) & (BUCKETS - 1)]++] = from[i];
        struct distribution_item *swap = from;
        from = to;
        to = swap;
    }
    if (from != items)
        memcpy(items, from, (size_t)n * sizeof *items);
}

static void sort_by_key(struct distribution_item *items, struct distribution_item *scratch, int32_t n)
{
    if (n > SHORT_RUN) {
        radix(items, scratch, n, key_bits);
        return;
    }
    for (int32_t i = 1; i < n; i++) {
        struct distribution_item item = items[i];
        int32_t j = i;
        for (; j > 0 && items[j - 1].key > item.key; j--)
            items[j] = items[j - 1];
        items[j] = item;
    }
}

void distribution_sort(struct distribution_item *items, struct distribution_item *scratch, int32_t n)
{
    if (n < 2)
        return;
    radix(items, scratch, n, value_bits);
    for (int32_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && value_bits(&items[j]) == value_bits(&items[i]); j++)
            ;
        sort_by_key(items + i, scratch, j - i);
    }
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
