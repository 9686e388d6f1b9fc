#include "models/investments/targeting.h"

#include "models/county/village.h"
#include "sim/data/rank.h"
#include "sim/rand/dist.h"

int32_t targeting_rank(const struct village *village, int32_t rule, double error, int32_t scheme,
    sim_row *order, uint64_t *ticket)
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
            ticket[h] =
                sim_rank_ticket(households->permanent_fen[h] / (double)households->n_persons[h] * seen);
        } else if (rule == TARGETING_LOTTERY) {
            ticket[h] = sim_rank_ticket(sim_rand_unit(words[SIM_WORD_OF_OFFER_LOT]));
        } else {
            ticket[h] = 0; /* by key alone */
        }
        order[n++] = h;
    }
    sim_rank(order, n, ticket, households->key);
    return n;
}
