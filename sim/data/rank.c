#include "sim/data/rank.h"

#include <string.h>

void sim_rank(sim_row *rows, int32_t n, const uint64_t *ticket, const sim_key *key)
{
    for (int32_t gap = n / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11) /* a shell sort */
        for (int32_t i = gap; i < n; i++) {
            sim_row moved = rows[i];
            int32_t at = i;
            for (; at >= gap; at -= gap) {
                sim_row other = rows[at - gap];
                if (ticket[other] < ticket[moved] ||
                    (ticket[other] == ticket[moved] && key[other] <= key[moved]))
                    break;
                rows[at] = other;
            }
            rows[at] = moved;
        }
}

uint64_t sim_rank_ticket(double value)
{
    uint64_t bits;
    value += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &value, sizeof(bits));
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}
