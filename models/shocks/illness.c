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

/* Chance a month of a person at a rate a year, in 2^-32. */
static int64_t chance_of(double rate)
{
    return (int64_t)(rate / 12.0 * 0x1p32);
}

int illness_month(struct sim_context *context, struct village *village, const struct moment *moment,
    uint64_t *words, struct sim_error *error)
{
    const struct scenario *scenario = village->scenario;
    const struct shock_params *self = &scenario->shocks;
    struct household_table *households = &village->households;
    double rate = self->illness ? self->illness_rate : 0.0;
    const int64_t chance[] = {chance_of(rate * self->illness_water), chance_of(rate)};
    uint64_t salts[4];
    sim_rand_block(village->luck, scenario->county_key, SIM_BLOCK_OF_ILLNESS, (uint64_t)moment->month, salts);
    uint64_t salt = salts[SIM_WORD_OF_ILLNESS];
    const sim_key *key = households->key;
    sim_row *ill = village->scratch_row;
    int32_t n_ill = 0;
    for (sim_row h = 0, n = households->head.n; h < n; h++) { /* of who is gone nobody is at home */
        uint64_t word = sim_rand_salted(salt, key[h]);
        words[h] = word << 32;
        int64_t at_home = households->n_persons[h] - households->n_migrants[h];
        ill[n_ill] = h;
        n_ill += (int64_t)(~word >> 32) < chance[households->services[h] >> SERVICE_WATER & 1] * at_home;
    }
    for (int32_t i = 0; i < n_ill; i++) {
        sim_row h = ill[i];
        double u = sim_rand_unit(sim_rand_salted(salts[SIM_WORD_OF_ILLNESS_DAYS], key[h]));
        int code = fall_ill(context, village, h, sim_dist_exponential(u, self->illness_days), moment, error);
        if (code < 0)
            return code;
        u = sim_rand_unit(sim_rand_salted(salts[SIM_WORD_OF_ILLNESS_COST], key[h]));
        double cost =
            sim_dist_lognormal(u, self->illness_cost, self->illness_cost_sd) * 100.0 * moment->index;
        int64_t paid = (int64_t)cost < households->cash_fen[h] ? (int64_t)cost : households->cash_fen[h];
        households->cash_fen[h] -= paid;
        sim_ledger_post(&village->ledger, FLOW_ILLNESS_COST, paid);
    }
    return 0;
}
