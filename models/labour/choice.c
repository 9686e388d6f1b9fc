#include "models/labour/choice.h"

#include <math.h>

#include "models/households/demography.h"
#include "models/labour/jobs.h"
#include "models/labour/labour.h"
#include "models/labour/work.h"
#include "models/land/crops.h"
#include "models/livestock/livestock.h"
#include "sim/core/real.h"
#include "sim/rand/dist.h"

/* Beliefs. */

void choice_begin(struct village *village)
{
    for (int32_t k = 0; k < ACTIVITIES; k++)
        village->belief_fen[k] = village->belief_cv[k] = 0.0;
}

/* Moves a belief toward what was seen. The squared CV is the mean of the squared surprise, relative to what
 * was believed, and of `own2`, the squared CV of a person's own luck beside the village's mean. */
static void learn(struct village *village, enum activity k, double seen, double own2, double weight)
{
    double *mean = &village->belief_fen[k], *cv = &village->belief_cv[k];
    if (*mean <= 0.0) {
        *mean = seen;
        *cv = sqrt(own2);
        return;
    }
    double surprise = (seen - *mean) / *mean;
    *cv = sqrt(*cv * *cv + weight * (surprise * surprise + own2 - *cv * *cv));
    *mean += weight * (seen - *mean);
}

/* The year's farm product of a day that land and herds asked for, over the village; once in December, when
 * the year's sums are whole. */
static void learn_farm(struct village *village, const struct moment *moment)
{
    const struct household_table *households = &village->households;
    const struct labour_params *self = &village->scenario->labour;
    double days = 0.0, fen = 0.0;
    const double *crop_days = crops_year_days(village);
    for (sim_row h = 0; h < households->head.n; h++)
        if (households->present[h]) {
            days += crop_days[h] + 12.0 * livestock_days(village, h);
            fen += (double)(households->income_crops_fen[h] + households->income_herd_fen[h]);
        }
    if (days <= 0.0)
        return;
    double seen = fen > 0.0 ? fen / days / moment->index : 0.0;
    learn(village, ACTIVITY_HOME, seen, 0.0, self->farm_learning);
}

void choice_learn(struct village *village, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    const struct labour_params *self = &scenario->labour;
    struct work_returns returns;
    work_returns(village, moment, &returns);
    double luck2 = sim_real_exp(self->luck_sd * self->luck_sd) - 1.0;
    double idle = scenario->migration.out_of_work;
    double away = moment->sell[GOOD_MIGRANT] / moment->index / self->days * (1.0 - idle);
    learn(village, ACTIVITY_NONE, returns.spare, luck2, self->learning);
    learn(village, ACTIVITY_CASUAL, returns.casual, luck2, self->learning);
    learn(village, ACTIVITY_BUSINESS, returns.business, 0.0, self->learning);
    learn(village, ACTIVITY_MIGRANT, away, idle < 1.0 ? idle / (1.0 - idle) : 0.0, self->learning);
    if (village->belief_fen[ACTIVITY_HOME] <= 0.0)
        village->belief_fen[ACTIVITY_HOME] = self->farm_day * 100.0;
    if (moment->calendar_month == 12)
        learn_farm(village, moment);
}

/* Choice. */

#define AWAY_MOST 3.0 /* spreads at which the lasting taste for home is cut */

/* What being away costs a person more than the least that it costs anybody: lasting, normal, cut at so many
 * spreads; in spreads. */
double choice_away(double u)
{
    if (u <= 0.0 || u >= 1.0)
        return u <= 0.0 ? 0.0 : 2.0 * AWAY_MOST;
    double taste = sim_dist_normal(u, 0.0, 1.0);
    return AWAY_MOST + (taste < -AWAY_MOST ? -AWAY_MOST : taste > AWAY_MOST ? AWAY_MOST : taste);
}

/* What a village's adults compare this month, worked out once: a month of a whole adult's days, risk
 * deducted, at efficiency and ability 1, in CNY of the base year, over the level of real wages outside:
 * tastes are in that money too, so that a growth common to all incomes changes no choice, and gaps between
 * them do. All over the spread of tastes, so that these are standard Gumbel draws. */
struct outlook {
    const struct moment *moment;
    int32_t month;
    uint64_t taste_salt, fine_salt, away_salt; /* of tastes, of what they leave open, of the lasting one */
    bool is_past;                              /* before the horizon: going costs nothing in cash */
    bool is_season;                            /* everybody chooses, else those of whom an event asks it */
    bool has_tastes;
    double unit; /* of value, in CNY: the level, times the spread */
    double days, elder_work;
    double casual, business, away;
    double farm_day; /* a day that land or herd asks for */
    double spare_day;
    double moving;  /* a month's share of the moving cost */
    double inertia; /* 0 when nobody is held by what he does now */
    double home_premium, casual_toil, business_toil, least_away, away_spread, mother_cost;
    const double *taste, *lasting; /* bounds of both tastes, by bin */
    int64_t moving_fen;
    int32_t work_from, elder_from, small_to, go_to, away_end; /* ages, in months */
    const double *crop_days;                                  /* of a household's year */
};

static void look_out(const struct village *village, int32_t slot, bool is_first, struct outlook *self)
{
    const struct moment *moment = self->moment;
    const struct scenario *scenario = village->scenario;
    const struct labour_params *labour = &scenario->labour;
    const struct migration_params *migration = &scenario->migration;
    const struct household_table *households = &village->households;
    double adults = 0.0, away = 0.0;
    for (sim_row h = 0; h < households->head.n; h++) {
        away += (double)households->n_migrants[h];
        adults += households->home_workers[h] + households->casual_workers[h] +
                  households->business_workers[h] + (double)households->n_jobs[h] +
                  (double)households->n_migrants[h];
    }
    double outside = moment->sell[GOOD_MIGRANT] / moment->index;
    double level = outside > 0.0 ? outside / village->board->base[GOOD_MIGRANT] : 1.0;
    self->has_tastes = labour->taste_spread > 0.0;
    double spread = self->has_tastes ? labour->taste_spread : 1.0;
    self->unit = level * spread;
    double days = labour->days, fen = 1.0 / (100.0 * self->unit), cny = 1.0 / spread;
    self->casual = work_belief(village, ACTIVITY_CASUAL) * days * fen;
    self->business = work_belief(village, ACTIVITY_BUSINESS) * days * fen;
    self->away = work_belief(village, ACTIVITY_MIGRANT) * days * (1.0 - migration->away_cost) * fen;
    self->farm_day = work_belief(village, ACTIVITY_HOME) * labour->farm_share * fen;
    self->spare_day = work_belief(village, ACTIVITY_NONE) * fen;
    self->moving_fen = migration_moving_fen(migration, moment, adults > 0.0 ? away / adults : 0.0);
    self->moving = (double)self->moving_fen / moment->index / migration->stay * fen;
    self->inertia = is_first ? 0.0 : labour->inertia * cny;
    self->home_premium = labour->home_premium * cny;
    self->casual_toil = labour->casual ? labour->casual_disutility * cny : INFINITY;
    self->days = days;
    self->elder_work = labour->elder_work;
    self->business_toil = labour->business_disutility * cny;
    self->away_spread = migration->taste_home * cny;
    self->least_away = migration->disutility * cny - AWAY_MOST * self->away_spread;
    self->mother_cost = migration->mother_cost * cny;
    self->elder_from = 12 * (int32_t)scenario->demography.pension_age;
    self->small_to = 12 * (int32_t)migration->small_child;
    self->go_to = 12 * ((int32_t)migration->age + 1);
    self->away_end = migration->migration ? self->elder_from : 0;
    static const double no_taste[BOARD_TASTE_BINS + 1];
    self->taste = self->has_tastes ? village->board->taste : no_taste;
    self->lasting = village->board->away;
    uint64_t salts[4];
    sim_rand_block(village->luck, scenario->county_key, SIM_BLOCK_OF_CHOICE_TASTE, (uint64_t)slot, salts);
    self->taste_salt = salts[SIM_WORD_OF_CHOICE_TASTE];
    self->fine_salt = salts[SIM_WORD_OF_CHOICE_FINE];
    self->away_salt = sim_rand_word(village->luck, scenario->county_key, SIM_PURPOSE_HOME_TASTE, 0);
}

/* Of a household in a month. Of more, those with the largest keys choose later, or go like others. */
enum { CHOOSERS = 32, MOTHERS = 8 /* of small children */ };

/* A household while its members choose. */
struct home_now {
    double asked;                             /* days a month that land and herd ask for, over the year */
    double hands;                             /* adult equivalents at home */
    int32_t staying;                          /* adults who are not beyond the county */
    bool needs_one;                           /* land, animals, children or the old: somebody stays */
    bool can_pay;                             /* what going costs */
    double casual, business, away, spare_day; /* the outlook's, for this household */
    int32_t n_mothers;
    sim_row mothers[MOTHERS];
};

/* What a person may choose among; worth -INFINITY what it may not. A taste's highest bits, its bin, are a
 * byte of one word for all; they bound what an option is worth with it. */
struct options {
    const double *taste; /* at the bins' bounds */
    uint64_t bins;
    double value[ACTIVITIES]; /* without taste */
};

static inline double at_least(const struct options *self, enum activity k)
{
    return self->value[k] + self->taste[self->bins >> 8 * (int32_t)k & 255];
}

static inline double at_most(const struct options *self, enum activity k)
{
    return self->value[k] + self->taste[(self->bins >> 8 * (int32_t)k & 255) + 1];
}

/* Whether the option is worth more than all others whatever the tastes are in their bins. */
static inline bool is_best(const struct options *self, enum activity k)
{
    double low = at_least(self, k);
    int32_t n = at_most(self, ACTIVITY_HOME) >= low; /* itself one of them, but for a post, which only its */
    n += at_most(self, ACTIVITY_CASUAL) >= low;      /* holder weighs */
    n += at_most(self, ACTIVITY_BUSINESS) >= low;
    n += at_most(self, ACTIVITY_MIGRANT) >= low;
    return n == (k != ACTIVITY_JOB);
}

/* Few come to these two: out of the way of the many, whose numbers stay in registers. */
static __attribute__((noinline)) double lasting_taste(const struct outlook *self, uint64_t word)
{
    return self->away_spread > 0.0 ? self->away_spread * choice_away(sim_rand_unit(word)) : 0.0;
}

/* The option worth most: tastes are worked out of those that can be it. Ties go to the first. */
static __attribute__((noinline)) enum activity best_of(
    const struct options *self, const struct outlook *outlook, sim_key key)
{
    enum activity best = ACTIVITY_HOME;
    double low = -INFINITY, most = -INFINITY;
    for (enum activity k = ACTIVITY_HOME; k <= ACTIVITY_MIGRANT; k++)
        if (at_least(self, k) > low)
            low = at_least(self, k);
    int32_t n = 0;
    for (enum activity k = ACTIVITY_HOME; k <= ACTIVITY_MIGRANT; k++)
        if (at_most(self, k) >= low) {
            best = n == 0 ? k : best;
            n++;
        }
    if (n == 1)
        return best;
    for (enum activity k = best; k <= ACTIVITY_MIGRANT; k++) {
        if (!(at_most(self, k) >= low))
            continue;
        double value = self->value[k];
        if (outlook->has_tastes) {
            uint64_t fine = sim_key_mix(sim_rand_salted(outlook->fine_salt, key) + (uint64_t)k);
            uint64_t word = self->bins >> 8 * (int32_t)k << 56 | fine >> 8;
            value -= sim_real_log(-sim_real_log(sim_rand_unit(word)));
        }
        if (value > most) {
            most = value;
            best = k;
        }
    }
    return best;
}

static bool is_mother_of_small(const struct home_now *home, sim_row person)
{
    for (int32_t i = 0; i < home->n_mothers; i++)
        if (home->mothers[i] == person)
            return true;
    return false;
}

/* What the holder of a post earns by it, in the outlook's money; 0 when nothing is known of it. */
static double job_worth(const struct village *village, sim_row person, const struct outlook *outlook)
{
    const struct moment *moment = outlook->moment;
    int32_t job = village->persons.job[person];
    double fen = job < SCHEME_MAX ? village->board->wage_fen[job] : moment->job_wage_fen;
    return fen / 100.0 / moment->index / outlook->unit;
}

static bool may_go(const struct home_now *home, const struct outlook *outlook, int32_t age, bool is_away)
{
    return age < outlook->away_end && (is_away || (home->can_pay && age < outlook->go_to)) &&
           (!home->needs_one || home->staying > !is_away);
}

static enum activity choose(
    const struct village *village, sim_row person, const struct home_now *home, const struct outlook *outlook)
{
    const struct person_table *persons = &village->persons;
    sim_key key = persons->key[person];
    enum activity now = (enum activity)persons->activity[person];
    int32_t age = outlook->month - persons->born[person]; /* in months */
    double hands = age >= outlook->elder_from ? outlook->elder_work : 1.0;
    double efficiency = (double)persons->efficiency[person];
    double earning = hands * efficiency;
    double others = home->hands - (now == ACTIVITY_HOME ? hands : 0.0);

    struct options options = {.taste = outlook->taste, .bins = sim_rand_salted(outlook->taste_salt, key)};
    double *value = options.value;
    value[ACTIVITY_HOME] = work_home_return(home->asked, others * outlook->days, hands * outlook->days,
                               outlook->farm_day, home->spare_day) +
                           outlook->home_premium;
    value[ACTIVITY_CASUAL] = home->casual * earning - outlook->casual_toil;
    value[ACTIVITY_BUSINESS] = home->business * earning - outlook->business_toil;
    value[ACTIVITY_JOB] = value[ACTIVITY_MIGRANT] = -INFINITY;
    if (now == ACTIVITY_JOB) {
        value[now] = job_worth(village, person, outlook);
        if (value[now] <= 0.0)
            return now;
    }
    bool is_away = now == ACTIVITY_MIGRANT;
    double away = -INFINITY; /* for whom it costs least */
    uint64_t lasting = 0;
    if (may_go(home, outlook, age, is_away)) {
        away = home->away * efficiency - outlook->least_away - (is_away ? 0.0 : outlook->moving) -
               (is_mother_of_small(home, person) ? outlook->mother_cost : 0.0);
        lasting = sim_rand_salted(outlook->away_salt, key);
        /* What it is thought to cost: the most of its bin for who is away, the least for who is not. */
        value[ACTIVITY_MIGRANT] = away - outlook->away_spread * outlook->lasting[(lasting >> 56) + is_away];
    }
    value[now] += outlook->inertia; /* most stay where they are, and bounds tell so */
    if (is_best(&options, now))
        return now;
    if (away > -INFINITY)
        value[ACTIVITY_MIGRANT] = away - lasting_taste(outlook, lasting) + (is_away ? outlook->inertia : 0.0);
    return best_of(&options, outlook, key);
}

static bool can_pay(
    const struct household_table *households, sim_row household, const struct outlook *outlook)
{
    return households->cash_fen[household] - households->need_fen[household] >= outlook->moving_fen;
}

/* Ends what the person did and begins what it chose; what that means for the others at home. */
static int change(struct sim_context *context, struct village *village, sim_row household, sim_row person,
    enum activity to, const struct outlook *outlook, struct home_now *home, struct sim_error *error)
{
    struct person_table *persons = &village->persons;
    enum activity from = (enum activity)persons->activity[person];
    if (from == ACTIVITY_JOB) {
        int code = jobs_leave(context, village, person, error);
        if (code < 0)
            return code;
    }
    if (to == ACTIVITY_MIGRANT && !outlook->is_past) {
        village->households.cash_fen[household] -= outlook->moving_fen;
        sim_ledger_post(&village->ledger, FLOW_MOVING_COST, outlook->moving_fen);
        home->can_pay = can_pay(&village->households, household, outlook);
    }
    int32_t age = outlook->month - persons->born[person];
    double hands = age >= outlook->elder_from ? outlook->elder_work : 1.0;
    home->hands += (to == ACTIVITY_HOME ? hands : 0.0) - (from == ACTIVITY_HOME ? hands : 0.0);
    home->staying += (from == ACTIVITY_MIGRANT) - (to == ACTIVITY_MIGRANT);
    persons->activity[person] = (uint8_t)to;
    return 0;
}

/* Birthdays turn after the choice of their month: a person may choose from the month after on. */
static inline bool came_of_age(const struct village *village, sim_row person, const struct outlook *outlook)
{
    return outlook->month - village->persons.born[person] == outlook->work_from + 1;
}

/* One more of n rows; when there are `most`, in the place of the one with the largest key, if its own is
 * smaller. */
static void keep(const sim_key *key, sim_row *rows, int32_t *n, int32_t most, sim_row row)
{
    if (*n < most) {
        rows[(*n)++] = row;
        return;
    }
    int32_t largest = 0;
    for (int32_t i = 1; i < most; i++)
        largest = key[rows[i]] > key[rows[largest]] ? i : largest;
    if (key[row] < key[rows[largest]])
        rows[largest] = row;
}

/* Those who choose this month, and what the household is for them. */
static int32_t gather(const struct village *village, sim_row household, const struct outlook *outlook,
    struct home_now *home, sim_row choosers[CHOOSERS])
{
    enum {
        CHOOSING = 1 << ACTIVITY_HOME | 1 << ACTIVITY_CASUAL | 1 << ACTIVITY_BUSINESS | 1 << ACTIVITY_JOB |
                   1 << ACTIVITY_MIGRANT
    };
    const struct household_table *households = &village->households;
    const struct person_table *persons = &village->persons;
    int32_t n = 0;
    bool all = outlook->is_season || households->rung[household] == COPING_HUNGER;
    bool has_dependents = false;
    home->n_mothers = home->staying = 0;
    for (sim_row p = households->first_person[household]; p != SIM_ROW_NONE; p = persons->next[p]) {
        int32_t age = outlook->month - persons->born[p];
        if (age < outlook->work_from) {
            has_dependents = true;
            sim_row mother = persons->mother[p];
            if (age < outlook->small_to && mother != SIM_ROW_NONE && !is_mother_of_small(home, mother))
                keep(persons->key, home->mothers, &home->n_mothers, MOTHERS, mother);
            continue;
        }
        int32_t now = persons->activity[p];
        bool is_here = now != ACTIVITY_MIGRANT;
        if (is_here && age >= 12 * CHOICE_WORK_END) {
            has_dependents = true;
            continue;
        }
        home->staying += is_here;
        if (!(CHOOSING >> now & 1) || !(all || came_of_age(village, p, outlook)))
            continue;
        keep(persons->key, choosers, &n, CHOOSERS, p);
    }
    if (n == 0)
        return 0;
    double ability = households->ability[household];
    home->hands = (double)households->home_workers[household];
    home->asked = livestock_days(village, household) + outlook->crop_days[household] / 12.0;
    home->needs_one = has_dependents || home->asked > 0.0;
    home->can_pay = can_pay(households, household, outlook);
    home->casual = outlook->casual * ability;
    home->business = outlook->business * ability *
                     durables_business_factor(&village->scenario->durables, households, household);
    home->away = outlook->away * migration_pay(&village->scenario->migration, ability);
    home->spare_day = outlook->spare_day * ability;
    return n;
}

static void sort_by_key(const sim_key *key, sim_row *rows, int32_t n)
{
    for (int32_t i = 1; i < n; i++) {
        sim_row row = rows[i];
        int32_t at = i;
        for (; at > 0 && key[rows[at - 1]] > key[row]; at--)
            rows[at] = rows[at - 1];
        rows[at] = row;
    }
}

/* Members choose one after another in the order of their keys, each knowing what the others do. As long as
 * nobody changes, the order shows in nothing: it is made for the first who would. */
static int choose_at_home(struct sim_context *context, struct village *village, sim_row household,
    const struct outlook *outlook, struct sim_error *error)
{
    struct home_now home;
    sim_row choosers[CHOOSERS];
    int32_t n = gather(village, household, outlook, &home, choosers);
    bool is_in_order = false, is_changed = false;
    for (int32_t i = 0; i < n;) {
        enum activity to = choose(village, choosers[i], &home, outlook);
        if (to == (enum activity)village->persons.activity[choosers[i]]) {
            i++;
        } else if (!is_in_order) {
            sort_by_key(village->persons.key, choosers, n);
            is_in_order = true;
            i = 0;
        } else {
            int code = change(context, village, household, choosers[i++], to, outlook, &home, error);
            if (code < 0)
                return code;
            is_changed = true;
        }
    }
    if (is_changed)
        demography_recount(village, household, outlook->month);
    return 0;
}

/* Rows of the households of which somebody chooses, into scratch_row; returns how many. Out of season those
 * are few, so columns are looked at by so many rows at once. */
static sim_row call(struct village *village, const struct outlook *outlook)
{
    enum { STRIDE = 16 };
    const struct household_table *households = &village->households;
    const struct person_table *persons = &village->persons;
    sim_row *called = village->scratch_row, n = 0;
    for (sim_row h = 0; h < households->head.n; h++) {
        called[n] = h;
        n += households->present[h] && (outlook->is_season || households->rung[h] == COPING_HUNGER);
    }
    int16_t born = (int16_t)(outlook->month - outlook->work_from - 1);
    sim_row last = outlook->is_season ? 0 : persons->head.n, hungry = n;
    for (sim_row from = 0; from < last; from += STRIDE) {
        sim_row to = from + STRIDE <= last ? from + STRIDE : last;
        const int16_t *here = persons->born + from;
        int16_t any = to < from + STRIDE; /* as wide as a month of birth, for the sake of vectors */
        if (!any) {
#pragma omp simd reduction(| : any)
            for (int32_t i = 0; i < STRIDE; i++)
                any = (int16_t)(any | (here[i] == (int16_t)born ? -1 : 0));
        }
        for (sim_row p = from; any && p < to; p++) {
            sim_row h = persons->household[p];
            if (persons->born[p] != born || !persons->alive[p] || households->rung[h] == COPING_HUNGER)
                continue;
            bool is_called = false;
            for (sim_row i = hungry; i < n; i++)
                is_called = is_called || called[i] == h;
            if (!is_called)
                called[n++] = h;
        }
    }
    return n;
}

int choice_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error)
{
    const struct scenario *scenario = village->scenario;
    const struct labour_params *self = &scenario->labour;
    if (!self->choice)
        return 0;
    bool is_first = moment->month == scenario->first_month;
    int32_t every = (int32_t)self->season_every;
    int32_t since = moment->calendar_month - (int32_t)self->season_first + 12;
    struct outlook outlook = {.moment = moment,
        .month = moment->month,
        .is_past = is_first,
        .is_season = is_first || since % every == 0,
        .work_from = 12 * (int32_t)scenario->demography.work_age};
    sim_row n = call(village, &outlook);
    if (n == 0)
        return 0;
    outlook.crop_days = crops_year_days(village);
    for (int32_t past = is_first ? CHOICE_PAST : 0; past >= 0; past--) {
        look_out(village, moment->month - past * every, is_first && past == CHOICE_PAST, &outlook);
        for (sim_row i = 0; i < n; i++) {
            int code = choose_at_home(context, village, village->scratch_row[i], &outlook, error);
            if (code < 0)
                return code;
        }
    }
    return 0;
}
