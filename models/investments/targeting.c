#include "models/investments/targeting.h"

#include "models/county/village.h"
#include "sim/core/real.h"
#include "sim/rand/dist.h"

int32_t targeting_rank(
    const struct village *village, int32_t rule, double error, int32_t scheme, int32_t *order, double *score)
{
    const struct household_table *households = &village->households;
    int32_t n = 0;
    for (sim_row h = 0; h < households->head.n; h++) {
        if (!households->present[h])
            continue;
        uint64_t words[4];
        sim_rand_block(
            village->luck, participation_luck(village, h, scheme), SIM_BLOCK_OF_OFFER_TASTE, 0, words);
        if (rule == TARGETING_POOREST) {
            double seen = sim_dist_lognormal(sim_rand_unit(words[SIM_WORD_OF_OFFER_ERROR]), 1.0, error);
            score[h] = households->permanent_fen[h] / (double)households->n_persons[h] * seen;
        } else if (rule == TARGETING_LOTTERY) {
            score[h] = sim_rand_unit(words[SIM_WORD_OF_OFFER_LOT]);
        } else {
            score[h] = 0.0;
        }
        order[n++] = h;
    }
    /* Binary insertion would do for a village; a shell sort stays fast for thousands of households. Ties by
     * key. */
    for (int32_t gap = n / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11)
        for (int32_t i = gap; i < n; i++) {
            int32_t moved = order[i], j = i;
            for (; j >= gap; j -= gap) {
                int32_t other = order[j - gap];
                bool is_after =
                    score[other] > score[moved] ||
                    (score[other] == score[moved] && households->key[other] > households->key[moved]);
                if (!is_after)
                    break;
                order[j] = other;
            }
            order[j] = moved;
        }
    return n;
}
