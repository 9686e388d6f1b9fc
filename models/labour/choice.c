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

static double crop_days_of_year(const struct village *village, sim_row parcel)
{
    const struct parcel_table *parcels = &village->parcels;
    return parcels->crop[parcel] == CROP_FALLOW
               ? 0.0
               : crops_days(&village->scenario->land, parcels->kind[parcel]) *
                     (double)parcels->area_m2[parcel];
}

/* The year's farm product of a day that land and herds asked for, over the village; once in December, when
 * the year's sums are whole. */
static void learn_farm(struct village *village, const struct moment *moment)
{
    const struct household_table *households = &village->households;
    const struct labour_params *self = &village->scenario->labour;
    double days = 0.0, fen = 0.0;
    for (sim_row p = 0; p < village->parcels.head.n; p++)
        if (village->parcels.household[p] != SIM_ROW_NONE)
            days += crop_days_of_year(village, p);
    for (sim_row h = 0; h < households->head.n; h++)
        if (households->present[h]) {
            days += 12.0 * livestock_days(village, h);
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

/* Bins of a taste's uniform draw: bounds that spare most logarithms. */
enum { BIN_BITS = BOARD_TASTE_BITS, BINS = BOARD_TASTE_BINS };

/* What a village's adults compare this month, worked out once: a month of a whole adult's days, risk
 * deducted, at efficiency and ability 1, in CNY of the base year, over the level of real wages outside:
 * tastes are in that money too, so that a growth common to all incomes changes no choice, and gaps between
 * them do. */
struct outlook {
    const struct moment *moment;
    int32_t slot;                          /* month of the taste draws */
    uint64_t salt[4], job_salt, away_salt; /* of the tastes, and of the lasting one for being away */
    bool is_first;                         /* nobody is held by what he does now */
    bool is_past;                          /* before the horizon: going costs nothing in cash */
    bool is_season;                        /* everybody chooses, else those of whom an event asks it */
    double level;                          /* real outside wage, base year 1 */
    double casual, business, away;
    double farm_day; /* a day that land or herd asks for */
    double spare_day;
    double moving; /* a month's share of the moving cost */
    int64_t moving_fen;
    double spread;             /* scale of tastes */
    double taste_at[BINS + 1]; /* the taste at the bins' bounds */
    const double *crop_days;   /* of a household's year */
};

static double after_risk(const struct village *village, const struct outlook *outlook, enum activity k)
{
    return work_belief(village, k) / 100.0 / outlook->level;
}

void choice_crop_days(const struct village *village, double *days)
{
    const struct parcel_table *parcels = &village->parcels;
    double each[PARCEL_KINDS]; /* of a square metre */
    for (int32_t kind = 0; kind < PARCEL_KINDS; kind++)
        each[kind] = crops_days(&village->scenario->land, kind);
    for (sim_row h = 0; h < village->households.head.n; h++)
        days[h] = 0.0;
    for (sim_row p = 0; p < parcels->head.n; p++)
        if (parcels->household[p] != SIM_ROW_NONE && parcels->crop[p] != CROP_FALLOW)
            days[parcels->household[p]] += each[parcels->kind[p]] * (double)parcels->area_m2[p];
}

static void look_out(struct village *village, const struct moment *moment, struct outlook *self)
{
    const struct labour_params *labour = &village->scenario->labour;
    const struct migration_params *migration = &village->scenario->migration;
    const struct household_table *households = &village->households;
    double adults = 0.0, away = 0.0;
    double *days = village->scratch_score;
    for (sim_row h = 0; h < households->head.n; h++) {
        away += (double)households->n_migrants[h];
        adults += households->home_workers[h] + households->casual_workers[h] +
                  households->business_workers[h] + (double)households->n_jobs[h] +
                  (double)households->n_migrants[h];
    }
    choice_crop_days(village, days);
    self->crop_days = days;
    self->moment = moment;
    double outside = moment->sell[GOOD_MIGRANT] / moment->index;
    self->level = outside > 0.0 ? outside / village->board->base[GOOD_MIGRANT] : 1.0;
    self->casual = after_risk(village, self, ACTIVITY_CASUAL) * labour->days;
    self->business = after_risk(village, self, ACTIVITY_BUSINESS) * labour->days;
    self->away = after_risk(village, self, ACTIVITY_MIGRANT) * labour->days * (1.0 - migration->away_cost);
    self->farm_day = after_risk(village, self, ACTIVITY_HOME) * labour->farm_share;
    self->spare_day = after_risk(village, self, ACTIVITY_NONE);
    self->moving_fen = migration_moving_fen(migration, moment, adults > 0.0 ? away / adults : 0.0);
    self->moving = (double)self->moving_fen / 100.0 / moment->index / self->level / migration->stay;
    self->spread = labour->taste_spread;
    sim_key county = village->scenario->county_key;
    sim_rand_block(village->luck, county, SIM_BLOCK_OF_CHOICE_HOME, (uint64_t)self->slot, self->salt);
    self->job_salt = sim_rand_word(village->luck, county, SIM_PURPOSE_CHOICE_JOB, (uint64_t)self->slot);
    self->away_salt = sim_rand_word(village->luck, county, SIM_PURPOSE_HOME_TASTE, 0);
    for (int32_t i = 0; i <= BINS && self->is_season; i++)
        self->taste_at[i] = self->spread > 0.0 ? self->spread * village->board->taste[i] : 0.0;
}

/* A household while its members choose. */
struct home_now {
    double asked;    /* days a month that land and herd ask for, over the year */
    double hands;    /* adult equivalents at home */
    int32_t staying; /* adults who are not beyond the county */
    bool needs_one;  /* land, animals, children or the old: somebody stays */
    int32_t n_mothers;
    sim_row mothers[8]; /* of small children; those of a ninth and later go like others */
};

/* Lasting cost of being away; who would go if it were three spreads below its mean has it drawn. */
#define TASTE_MOST 3.0

static double cost_of_being_away(const struct migration_params *self, uint64_t word)
{
    if (self->taste_home <= 0.0)
        return self->disutility;
    double u = sim_rand_unit(word);
    double most = TASTE_MOST * self->taste_home, taste = sim_dist_normal(u, 0.0, self->taste_home);
    return self->disutility + (taste < -most ? -most : taste > most ? most : taste);
}

/* What a person may choose among, with the word of each taste and bounds of what each is worth with it. */
struct options {
    int32_t n;
    enum activity activity[ACTIVITIES];
    double value[ACTIVITIES]; /* without taste */
    uint64_t word[ACTIVITIES];
    double high[ACTIVITIES]; /* the option is worth less than this */
    double low;              /* one of them is worth at least this */
};

/* Upper bound of the taste that a word stands for: that of its bin, which is its highest bits. Outside the
 * season so few choose that there is no table. */
static inline double taste_below(const struct outlook *outlook, uint64_t word)
{
    return outlook->is_season ? outlook->taste_at[(word >> (64 - BIN_BITS)) + 1] : INFINITY;
}

static inline void add_option(
    struct options *self, const struct outlook *outlook, enum activity activity, double value, uint64_t word)
{
    int32_t i = self->n++;
    self->activity[i] = activity;
    self->value[i] = value;
    self->word[i] = word;
    self->high[i] = value + taste_below(outlook, word);
    double low = outlook->is_season ? value + outlook->taste_at[word >> (64 - BIN_BITS)] : -INFINITY;
    self->low = low > self->low ? low : self->low;
}

/* The option worth most. The table of tastes leaves one that can be it in most cases; only where it leaves
 * more are tastes worked out. */
static enum activity best_of(const struct options *self, const struct outlook *outlook)
{
    int32_t n = 0, last = 0;
    for (int32_t i = 0; i < self->n; i++)
        if (self->high[i] >= self->low) {
            n++;
            last = i;
        }
    if (n == 1)
        return self->activity[last];
    enum activity best = self->activity[0];
    double most = -INFINITY;
    for (int32_t i = 0; i < self->n; i++) {
        if (self->high[i] < self->low)
            continue;
        double value = self->value[i];
        if (outlook->spread > 0.0)
            value -= outlook->spread * sim_real_log(-sim_real_log(sim_rand_unit(self->word[i])));
        if (value > most) {
            most = value;
            best = self->activity[i];
        }
    }
    return best;
}

static double value_of_home(const struct village *village, sim_row household, const struct outlook *outlook,
    double asked, double others, double hands)
{
    const struct labour_params *self = &village->scenario->labour;
    return work_home_return(asked, others * self->days, hands * self->days, outlook->farm_day,
               outlook->spare_day * village->households.ability[household]) +
           self->home_premium;
}

static bool is_mother_of_small(const struct home_now *home, sim_row person)
{
    for (int32_t i = 0; i < home->n_mothers; i++)
        if (home->mothers[i] == person)
            return true;
    return false;
}

static bool may_go(const struct village *village, sim_row household, sim_row person, int32_t age,
    const struct home_now *home, const struct outlook *outlook)
{
    const struct scenario *scenario = village->scenario;
    bool is_away = village->persons.activity[person] == ACTIVITY_MIGRANT;
    if (!scenario->migration.migration || age >= scenario->demography.pension_age ||
        (home->needs_one && home->staying - !is_away <= 0))
        return false;
    int64_t cash = village->households.cash_fen[household] - village->households.need_fen[household];
    return is_away || (age <= scenario->migration.age && cash >= outlook->moving_fen);
}

/* What the holder of a post earns by it, in the outlook's money; 0 when nothing is known of it. */
static double job_worth(const struct village *village, sim_row person, const struct outlook *outlook)
{
    const struct moment *moment = outlook->moment;
    int32_t job = village->persons.job[person];
    double fen = job < SCHEME_MAX ? village->board->wage_fen[job] : moment->job_wage_fen;
    return fen / 100.0 / moment->index / outlook->level;
}

static enum activity choose(const struct village *village, sim_row household, sim_row person,
    const struct home_now *home, const struct outlook *outlook)
{
    const struct scenario *scenario = village->scenario;
    const struct person_table *persons = &village->persons;
    const struct moment *moment = outlook->moment;
    sim_key key = persons->key[person];
    enum activity now = (enum activity)persons->activity[person];
    int32_t age = demography_age(persons->born[person], moment->month);
    double hands = age >= scenario->demography.pension_age ? scenario->labour.elder_work : 1.0;
    double efficiency =
        skills_efficiency(&scenario->skills, persons->schooling[person], (double)persons->skill[person]);
    double earning = hands * efficiency * village->households.ability[household];
    double inertia = outlook->is_first ? 0.0 : scenario->labour.inertia;

    struct options options;
    options.n = 0;
    options.low = -INFINITY;
    if (now == ACTIVITY_JOB) {
        double wage = job_worth(village, person, outlook);
        if (wage <= 0.0)
            return now;
        add_option(&options, outlook, now, wage + inertia, sim_rand_salted(outlook->job_salt, key));
    }
    double others = home->hands - (now == ACTIVITY_HOME ? hands : 0.0);
    add_option(&options, outlook, ACTIVITY_HOME,
        value_of_home(village, household, outlook, home->asked, others, hands) +
            (now == ACTIVITY_HOME ? inertia : 0.0),
        sim_rand_salted(outlook->salt[SIM_WORD_OF_CHOICE_HOME], key));
    if (scenario->labour.casual)
        add_option(&options, outlook, ACTIVITY_CASUAL,
            outlook->casual * earning - scenario->labour.casual_disutility +
                (now == ACTIVITY_CASUAL ? inertia : 0.0),
            sim_rand_salted(outlook->salt[SIM_WORD_OF_CHOICE_CASUAL], key));
    add_option(&options, outlook, ACTIVITY_BUSINESS,
        outlook->business * earning *
                durables_business_factor(&scenario->durables, &village->households, household) -
            scenario->labour.business_disutility + (now == ACTIVITY_BUSINESS ? inertia : 0.0),
        sim_rand_salted(outlook->salt[SIM_WORD_OF_CHOICE_BUSINESS], key));
    if (may_go(village, household, person, age, home, outlook)) {
        const struct migration_params *migration = &scenario->migration;
        double pay = migration_pay(migration, village->households.ability[household]);
        double value =
            outlook->away * efficiency * pay + (now == ACTIVITY_MIGRANT ? inertia : -outlook->moving);
        if (is_mother_of_small(home, person))
            value -= migration->mother_cost;
        uint64_t word = sim_rand_salted(outlook->salt[SIM_WORD_OF_CHOICE_MIGRANT], key);
        double most =
            value - migration->disutility + TASTE_MOST * migration->taste_home + taste_below(outlook, word);
        if (most >= options.low)
            add_option(&options, outlook, ACTIVITY_MIGRANT,
                value - cost_of_being_away(migration, sim_rand_salted(outlook->away_salt, key)), word);
    }
    return best_of(&options, outlook);
}

/* Ends what the person did and begins what it chose; what that means for the others at home. */
static int change(struct sim_context *context, struct village *village, sim_row household, sim_row person,
    enum activity to, const struct outlook *outlook, struct home_now *home, struct sim_error *error)
{
    const struct scenario *scenario = village->scenario;
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
    }
    int32_t age = demography_age(persons->born[person], outlook->moment->month);
    double hands = age >= scenario->demography.pension_age ? scenario->labour.elder_work : 1.0;
    home->hands += (to == ACTIVITY_HOME ? hands : 0.0) - (from == ACTIVITY_HOME ? hands : 0.0);
    home->staying += (from == ACTIVITY_MIGRANT) - (to == ACTIVITY_MIGRANT);
    persons->activity[person] = (uint8_t)to;
    return 0;
}

/* Birthdays turn after the choice of their month: this is the first one in which the person may choose. */
static bool came_of_age(const struct village *village, sim_row person, int32_t month)
{
    return month - village->persons.born[person] == 12 * (int32_t)village->scenario->demography.work_age + 1;
}

enum { CHOOSERS = 32 }; /* of a household in a month: beyond, those with the largest keys wait */

/* Those who choose this month, in the order of their keys, and what the household is for them. */
static int32_t gather(const struct village *village, sim_row household, const struct outlook *outlook,
    struct home_now *home, sim_row choosers[CHOOSERS])
{
    const struct scenario *scenario = village->scenario;
    const struct household_table *households = &village->households;
    const struct person_table *persons = &village->persons;
    int32_t month = outlook->moment->month, n = 0;
    bool all = outlook->is_season || households->rung[household] == COPING_HUNGER;
    bool has_dependents = false;
    *home = (struct home_now){.hands = (double)households->home_workers[household],
        .asked = livestock_days(village, household) + outlook->crop_days[household] / 12.0};
    for (sim_row p = households->first_person[household]; p != SIM_ROW_NONE; p = persons->next[p]) {
        int32_t age = demography_age(persons->born[p], month);
        if (age < scenario->demography.work_age) {
            has_dependents = true;
            sim_row mother = persons->mother[p];
            if (age < scenario->migration.small_child && mother != SIM_ROW_NONE &&
                home->n_mothers < SIM_COUNT(home->mothers))
                home->mothers[home->n_mothers++] = mother;
            continue;
        }
        enum activity now = (enum activity)persons->activity[p];
        home->staying += now != ACTIVITY_MIGRANT && age < CHOICE_WORK_END;
        if (age >= CHOICE_WORK_END && now != ACTIVITY_MIGRANT) {
            has_dependents = true;
            continue;
        }
        bool chooses = now == ACTIVITY_HOME || now == ACTIVITY_CASUAL || now == ACTIVITY_BUSINESS ||
                       now == ACTIVITY_JOB || now == ACTIVITY_MIGRANT;
        if (!chooses || !(all || came_of_age(village, p, month)))
            continue;
        int32_t at = n < CHOOSERS ? n++ : CHOOSERS;
        for (; at > 0 && persons->key[choosers[at - 1]] > persons->key[p]; at--)
            if (at < CHOOSERS)
                choosers[at] = choosers[at - 1];
        if (at < CHOOSERS)
            choosers[at] = p;
    }
    home->needs_one = has_dependents || home->asked > 0.0;
    return n;
}

static int choose_all(struct sim_context *context, struct village *village, const struct outlook *outlook,
    struct sim_error *error)
{
    const struct household_table *households = &village->households;
    const int64_t *is_called = village->scratch_amount;
    for (sim_row h = 0; h < households->head.n; h++) {
        if (!households->present[h] || !is_called[h])
            continue;
        struct home_now home;
        sim_row choosers[CHOOSERS];
        int32_t n = gather(village, h, outlook, &home, choosers);
        bool is_changed = false;
        for (int32_t i = 0; i < n; i++) {
            enum activity to = choose(village, h, choosers[i], &home, outlook);
            if (to == (enum activity)village->persons.activity[choosers[i]])
                continue;
            int code = change(context, village, h, choosers[i], to, outlook, &home, error);
            if (code < 0)
                return code;
            is_changed = true;
        }
        if (is_changed)
            demography_recount(village, h, outlook->moment->month);
    }
    return 0;
}

/* Marks in scratch_amount the households of which somebody chooses; returns how many there are. */
static int32_t call(struct village *village, int32_t month, bool is_season)
{
    const struct household_table *households = &village->households;
    const struct person_table *persons = &village->persons;
    int64_t *is_called = village->scratch_amount;
    int32_t n = 0;
    for (sim_row h = 0; h < households->head.n; h++) {
        is_called[h] = is_season || (households->present[h] && households->rung[h] == COPING_HUNGER);
        n += is_called[h] != 0;
    }
    if (is_season)
        return n;
    for (sim_row p = 0; p < persons->head.n; p++)
        if (came_of_age(village, p, month) && persons->alive[p]) {
            is_called[persons->household[p]] = 1;
            n++;
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
    int32_t since = moment->calendar_month - (int32_t)self->season_first + 12;
    bool is_season = is_first || since % (int32_t)self->season_every == 0;
    if (call(village, moment->month, is_season) == 0)
        return 0;
    struct outlook outlook = {.is_season = is_season};
    for (int32_t past = is_first ? CHOICE_PAST : 0; past >= 0; past--) {
        outlook.slot = moment->month - past * (int32_t)self->season_every;
        outlook.is_first = is_first && past == CHOICE_PAST;
        outlook.is_past = is_first;
        look_out(village, moment, &outlook);
        int code = choose_all(context, village, &outlook, error);
        if (code < 0)
            return code;
    }
    return 0;
}
