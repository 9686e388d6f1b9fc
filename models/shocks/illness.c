#include "models/shocks/illness.h"

#include "sim/rand/dist.h"

int illness_month(struct sim_context *context, struct village *village, const struct moment *moment,
    uint64_t *words, struct sim_error *error)
{
    const struct scenario *scenario = village->scenario;
    const struct shock_params *self = &scenario->shocks;
    struct household_table *households = &village->households;
    double rate = self->illness ? self->illness_rate / 12.0 : 0.0;
    for (sim_row h = 0; h < households->head.n; h++) {
        if (!households->present[h])
            continue;
        uint64_t *mine = words + 4 * (int64_t)h;
        sim_rand_block(
            village->luck, households->key[h], SIM_BLOCK_OF_ILLNESS, (uint64_t)moment->month, mine);
        if (!sim_dist_bernoulli(sim_rand_unit(mine[SIM_WORD_OF_ILLNESS]), rate * households->n_persons[h]))
            continue;
        double days = sim_dist_exponential(sim_rand_unit(mine[SIM_WORD_OF_ILLNESS_DAYS]), self->illness_days);
        double month = scenario->labour.days;
        households->days_lost[h] += days < month ? days : month;
        if (days > month) { /* the rest falls into the next month */
            double rest = days - month < month ? days - month : month;
            struct sim_event event = {
                .kind = EVENT_ILLNESS_END, .entity = (uint32_t)h, .data = {(int64_t)rest}};
            int code = sim_process_schedule(context, context->window_end, PHASE_DATED, &event, error);
            if (code < 0)
                return code;
        }
        double u = sim_rand_unit(mine[SIM_WORD_OF_ILLNESS_COST]);
        double cost =
            sim_dist_lognormal(u, self->illness_cost, self->illness_cost_sd) * 100.0 * moment->index;
        int64_t paid = (int64_t)cost < households->cash_fen[h] ? (int64_t)cost : households->cash_fen[h];
        households->cash_fen[h] -= paid;
        sim_ledger_post(&village->ledger, FLOW_ILLNESS_COST, paid);
    }
    return 0;
}
