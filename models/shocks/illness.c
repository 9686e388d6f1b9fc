#include "models/shocks/illness.h"

#include <string.h>

#include "sim/core/lanes.h"
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
static uint64_t chance_of(double rate)
{
    return (uint64_t)(rate / 12.0 * 0x1p32);
}

/* A month's chances and salt, and what is drawn of a block of households. */
enum { BLOCK = 256 };
struct draw {
    uint64_t chance, with_water;
    uint64_t salt;
    uint8_t is_ill[BLOCK];
};

/* The high half of a household's word says whether anybody falls ill, the low half is left in `words` for
 * others. Of who is gone nobody is at home. */
SIM_CLONES static void draw_block(struct draw *restrict self, const struct household_table *households,
    sim_row first, int32_t n, uint64_t *restrict words)
{
    const sim_key *restrict key = households->key + first;
    const int16_t *restrict n_persons = households->n_persons + first;
    const int16_t *restrict n_migrants = households->n_migrants + first;
    const uint8_t *restrict services = households->services + first;
    const uint64_t salt = self->salt, chance = self->chance, with_water = self->with_water;
    for (int32_t i = 0; i < n; i++) {
        uint64_t word = sim_rand_salted(salt, key[i]);
        words[i] = word << 32;
        uint64_t at_home = (uint64_t)(n_persons[i] - n_migrants[i]);
        uint64_t each = services[i] >> SERVICE_WATER & 1 ? with_water : chance;
        self->is_ill[i] = (~word >> 32) < each * at_home;
    }
}

/* Days of labour and the cost of a household's illness. */
static int suffer(struct sim_context *context, struct village *village, sim_row household,
    const struct moment *moment, const uint64_t salts[4], struct sim_error *error)
{
    const struct shock_params *self = &village->scenario->shocks;
    struct household_table *households = &village->households;
    sim_key key = households->key[household];
    double u = sim_rand_unit(sim_rand_salted(salts[SIM_WORD_OF_ILLNESS_DAYS], key));
    double days = sim_dist_exponential(u, self->illness_days);
    int code = fall_ill(context, village, household, days, moment, error);
    if (code < 0)
        return code;
    u = sim_rand_unit(sim_rand_salted(salts[SIM_WORD_OF_ILLNESS_COST], key));
    double cost = sim_dist_lognormal(u, self->illness_cost, self->illness_cost_sd) * 100.0 * moment->index;
    int64_t *cash = &households->cash_fen[household];
    int64_t paid = (int64_t)cost < *cash ? (int64_t)cost : *cash;
    *cash -= paid;
    sim_ledger_post(&village->ledger, FLOW_ILLNESS_COST, paid);
    return 0;
}

int illness_month(struct sim_context *context, struct village *village, const struct moment *moment,
    uint64_t *words, struct sim_error *error)
{
    const struct scenario *scenario = village->scenario;
    const struct shock_params *self = &scenario->shocks;
    const struct household_table *households = &village->households;
    double rate = self->illness ? self->illness_rate : 0.0;
    uint64_t salts[4];
    sim_rand_block(village->luck, scenario->county_key, SIM_BLOCK_OF_ILLNESS, (uint64_t)moment->month, salts);
    struct draw draw;
    draw.chance = chance_of(rate * self->illness_water);
    draw.with_water = chance_of(rate);
    draw.salt = salts[SIM_WORD_OF_ILLNESS];
    for (sim_row first = 0; first < households->head.n; first += BLOCK) {
        int32_t left = households->head.n - first, n = left < BLOCK ? left : BLOCK;
        draw_block(&draw, households, first, n, words + first);
        const uint8_t *end = draw.is_ill + n, *ill = memchr(draw.is_ill, 1, (size_t)n);
        for (; ill; ill = memchr(ill + 1, 1, (size_t)(end - ill - 1))) {
            sim_row household = first + (sim_row)(ill - draw.is_ill);
            int code = suffer(context, village, household, moment, salts, error);
            if (code < 0)
                return code;
        }
    }
    return 0;
}
