#include "models/shocks/illness.h"

#include "sim/rand/dist.h"
#include "sim/time/calendar.h"

/* A long illness goes on into the months after: each takes what is left, at most a month's days of one
 * worker. */
static int fall_ill(struct sim_context *context, struct village *village, sim_row household, double days,
    const struct moment *moment, struct sim_error *error)
{
    double month = village->scenario->labour.days;
    double now = days < month ? days : month;
    village->households.days_lost[household] += (float)now;
    days -= now;
    for (int32_t later = 1; days >= 0.5; later++) {
        now = days < month ? days : month;
        days -= now;
        struct sim_event event = {
            .kind = EVENT_ILLNESS_END, .entity = (uint32_t)household, .data = {(int64_t)(now + 0.5)}};
        sim_time when = sim_month_to_time(moment->month + later);
        int code = sim_process_schedule(context, when, PHASE_DATED, &event, error);
        if (code < 0)
            return code;
    }
    return 0;
}

int illness_month(struct sim_context *context, struct village *village, const struct moment *moment,
    uint64_t *words, struct sim_error *error)
{
    const struct scenario *scenario = village->scenario;
    const struct shock_params *self = &scenario->shocks;
    struct household_table *households = &village->households;
    double rate = self->illness ? self->illness_rate / 12.0 : 0.0;
    uint64_t salts[4], ill[4];
    sim_rand_block(village->luck, scenario->county_key, SIM_BLOCK_OF_ILLNESS, (uint64_t)moment->month, salts);
    for (sim_row h = 0; h < households->head.n; h++) {
        if (!households->present[h])
            continue;
        sim_key key = households->key[h];
        words[h] = sim_rand_salted(salts[SIM_WORD_OF_CASUAL_LUCK], key);
        double u = sim_rand_unit(sim_rand_salted(salts[SIM_WORD_OF_ILLNESS], key));
        double each = households->services[h] >> SERVICE_WATER & 1 ? rate : rate * self->illness_water;
        int32_t at_home = households->n_persons[h] - households->n_migrants[h];
        if (!sim_dist_bernoulli(u, each * at_home))
            continue;
        sim_rand_block(village->luck, key, SIM_BLOCK_OF_ILLNESS, (uint64_t)moment->month, ill);
        double days = sim_dist_exponential(sim_rand_unit(ill[SIM_WORD_OF_ILLNESS_DAYS]), self->illness_days);
        int code = fall_ill(context, village, h, days, moment, error);
        if (code < 0)
            return code;
        double cost = sim_dist_lognormal(sim_rand_unit(ill[SIM_WORD_OF_ILLNESS_COST]), self->illness_cost,
                          self->illness_cost_sd) *
                      100.0 * moment->index;
        int64_t paid = (int64_t)cost < households->cash_fen[h] ? (int64_t)cost : households->cash_fen[h];
        households->cash_fen[h] -= paid;
        sim_ledger_post(&village->ledger, FLOW_ILLNESS_COST, paid);
    }
    return 0;
}
