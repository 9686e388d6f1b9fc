#include "models/shocks/accident.h"

#include "sim/rand/dist.h"

static int64_t lose(int64_t *stock, double share)
{
    int64_t lost = (int64_t)((double)*stock * share);
    *stock -= lost;
    return lost;
}

/* What is destroyed is wealth and no income (catastrophic losses, System of National Accounts 2008, 12.46):
 * grain and hay were income when they were harvested. */
static void befall(struct village *village, sim_row household, const struct moment *moment)
{
    const struct shock_params *self = &village->scenario->shocks;
    struct household_table *households = &village->households;
    uint64_t words[4];
    sim_rand_block(village->luck, households->key[household], SIM_BLOCK_OF_ACCIDENT_SHARE,
        (uint64_t)moment->month, words);
    double u = sim_rand_unit(words[SIM_WORD_OF_ACCIDENT_SHARE]);
    double share = 2.0 * self->accident_share * u;
    sim_ledger_post(&village->ledger, FLOW_GRAIN_LOST, lose(&households->grain_g[household], share));
    sim_ledger_post(&village->ledger, FLOW_HAY_LOST, lose(&households->hay_g[household], share));
    sim_ledger_post(&village->ledger, FLOW_ACCIDENT_LOSS,
        lose(&households->cash_fen[household], share * self->accident_cash));
    int64_t owned = __builtin_popcount(households->durables[household]);
    if (owned > 0) {
        int64_t which = sim_dist_below(words[SIM_WORD_OF_ACCIDENT_DURABLE], owned);
        for (int32_t bit = 0; bit < DURABLES; bit++) {
            if ((households->durables[household] >> bit & 1) == 0 || which-- > 0)
                continue;
            households->durables[household] &= (uint8_t) ~(1U << bit);
            sim_ledger_post(&village->ledger, FLOW_DURABLE_WORN, 1);
            break;
        }
    }
    if (u > 0.5) /* the worse half ruins the house, too */
        households->services[household] &= (uint8_t) ~(1U << SERVICE_HOUSE);
}

/* One draw a village says how many; only then are the households' tickets looked at. */
void accident_month(struct village *village, const struct moment *moment)
{
    const struct shock_params *self = &village->scenario->shocks;
    const struct household_table *households = &village->households;
    if (!self->accidents)
        return;
    int32_t present = 0;
#pragma omp simd reduction(+ : present)
    for (sim_row h = 0; h < households->head.n; h++)
        present += households->present[h];
    double u =
        sim_rand_uniform(village->luck, village->config->key, SIM_PURPOSE_ACCIDENT, (uint64_t)moment->month);
    int64_t n = sim_dist_binomial(u, present, self->accident_rate / 12.0);
    if (n == 0)
        return;
    sim_key *tickets = village->scratch_key;
    sim_row *waiting = village->scratch_row;
    int32_t n_waiting = 0;
    uint64_t salt = sim_rand_word(
        village->luck, village->scenario->county_key, SIM_PURPOSE_ACCIDENT_TICKET, (uint64_t)moment->month);
    for (sim_row h = 0; h < households->head.n; h++) {
        if (!households->present[h])
            continue;
        tickets[h] = sim_rand_salted(salt, households->key[h]);
        waiting[n_waiting++] = h;
    }
    for (int64_t i = 0; i < n && n_waiting > 0; i++) { /* the lowest ticket; ties by key */
        int32_t first = 0;
        for (int32_t j = 1; j < n_waiting; j++) {
            sim_row a = waiting[j], b = waiting[first];
            if (tickets[a] < tickets[b] ||
                (tickets[a] == tickets[b] && households->key[a] < households->key[b]))
                first = j;
        }
        befall(village, waiting[first], moment);
        waiting[first] = waiting[--n_waiting];
    }
}
