#include "models/labour/jobs.h"

#include <string.h>

#include "models/households/demography.h"
#include "models/labour/work.h"
#include "models/land/crops.h"
#include "models/livestock/livestock.h"
#include "sim/core/key.h"
#include "sim/data/split.h"
#include "sim/rand/dist.h"
#include "sim/time/calendar.h"

int jobs_leave(struct sim_context *context, struct village *village, sim_row person, struct sim_error *error)
{
    int32_t scheme = village->persons.job[person];
    if (scheme == PERSON_NO_JOB)
        return 0;
    village->persons.job[person] = PERSON_NO_JOB;
    village->persons.activity[person] = ACTIVITY_HOME;
    return village_send(context, village, MESSAGE_QUIT, scheme, 1, 0, 0, error);
}

/* An employer with open posts, and the chance that word of one reaches a person who lives here. */
struct opening {
    int32_t employer; /* scheme or pool */
    double wage_fen;
    double chance;
};

/* Word of an open post reaches so many households of those that live where it is offered. */
static double chance_of_word(const struct scenario *scenario, int32_t vacancies, int64_t households)
{
    double reached = scenario->labour_market.reach * (double)vacancies;
    double share = reached < (double)households ? reached / (double)households : 1.0;
    return scenario->labour.search * share;
}

/* Employers that hire here this month, the best-paid first (ties: the lower number). */
static int32_t list_openings(const struct village *village, struct opening *openings)
{
    const struct scenario *scenario = village->scenario;
    const struct board *board = village->board;
    int32_t n = 0, township = village->config->township;
    for (int32_t scheme = 0; scheme <= scenario->n_schemes; scheme++) {
        const uint8_t *targets = scheme < scenario->n_schemes
                                     ? scenario->investments[scenario->effects[scheme].investment].targets
                                     : NULL; /* the last: the pool of the township's firms */
        int32_t vacancies = targets ? board->vacancies[scheme] : board->towns.vacancies[township];
        if (vacancies <= 0 || (targets && !targets[village->number]))
            continue;
        int64_t households = 0;
        int32_t first = 0;
        if (!targets) /* villages of a township stand side by side */
            for (first = village->number; first > 0 && scenario->villages[first - 1].township == township;)
                first--;
        for (int32_t v = first; v < scenario->n_villages; v++) {
            if (!targets && scenario->villages[v].township != township)
                break;
            if (!targets || targets[v])
                households += scenario->villages[v].n_households;
        }
        struct opening opening = {targets ? scheme : employer_pool(township),
            targets ? board->wage_fen[scheme] : board->towns.job_wage_fen[township],
            chance_of_word(scenario, vacancies, households)};
        int32_t at = n++;
        for (; at > 0 && openings[at - 1].wage_fen < opening.wage_fen; at--)
            openings[at] = openings[at - 1];
        openings[at] = opening;
    }
    return n;
}

double jobs_worth_of_now(
    const struct village *village, sim_row person, const struct moment *moment, double crop_days)
{
    const struct scenario *scenario = village->scenario;
    const struct labour_params *self = &scenario->labour;
    const struct person_table *persons = &village->persons;
    const struct household_table *households = &village->households;
    sim_row household = persons->household[person];
    enum activity activity = (enum activity)persons->activity[person];
    bool is_elder = demography_age(persons->born[person], moment->month) >= scenario->demography.pension_age;
    double hands = is_elder ? self->elder_work : 1.0, ability = households->ability[household];
    double fen;
    if (activity == ACTIVITY_CASUAL || activity == ACTIVITY_BUSINESS) {
        fen = work_belief(village, activity) * hands * self->days * ability *
              (double)persons->efficiency[person];
        if (activity == ACTIVITY_BUSINESS)
            fen *= durables_business_factor(&scenario->durables, households, household);
    } else {
        double others = (double)households->home_workers[household];
        others -= activity == ACTIVITY_HOME ? hands : 0.0;
        fen = work_home_return(livestock_days(village, household) + crop_days / 12.0, others * self->days,
            hands * self->days, work_belief(village, ACTIVITY_HOME) * self->farm_share,
            work_belief(village, ACTIVITY_NONE) * ability);
    }
    return fen * moment->index;
}

/* Rows of who has a post, in order, and of some who had one: made when first asked for, kept by who hires and
 * in jobs_month. So nobody looks at all persons for the few who work for an employer. */
static sim_row staff_of(struct village *village, const sim_row **rows)
{
    if (village->n_staff < 0) {
        const int16_t *job = village->persons.job;
        sim_row n = 0;
        for (sim_row person = 0; person < village->persons.head.n; person++) {
            village->staff[n] = person;
            n += job[person] != PERSON_NO_JOB;
        }
        village->n_staff = n;
    }
    *rows = village->staff;
    return village->n_staff;
}

static void staff_add(struct village *village, sim_row person)
{
    sim_row at = village->n_staff;
    while (at > 0 && village->staff[at - 1] > person)
        at--;
    if (at < 0 || (at > 0 && village->staff[at - 1] == person))
        return; /* not listed yet, or of those who had a post */
    memmove(village->staff + at + 1, village->staff + at, (size_t)(village->n_staff - at) * sizeof(sim_row));
    village->staff[at] = person;
    village->n_staff++;
}

/* Who has heard of a post applies to the best-paid of which it has heard, when that pays enough more than
 * what it does now. */
static int apply(struct sim_context *context, struct village *village, const struct moment *moment,
    const struct opening *opening, sim_row person, double crop_days, struct sim_error *error)
{
    double now = jobs_worth_of_now(village, person, moment, crop_days);
    if (opening->wage_fen < village->scenario->labour.job_premium * now)
        return 0;
    return village_send(context, village, MESSAGE_APPLY, opening->employer, person,
        (int64_t)village->persons.key[person], village->persons.schooling[person], error);
}

/* Those who work without a post hear of one, or not, by a word a person: a word below the best chance's bound
 * needs no other look. */
static int search(struct sim_context *context, struct village *village, const struct moment *moment,
    const struct opening *openings, int32_t n, uint64_t salt, struct sim_error *error)
{
    enum { SEEKING = 1 << ACTIVITY_HOME | 1 << ACTIVITY_CASUAL | 1 << ACTIVITY_BUSINESS };
    const struct scenario *scenario = village->scenario;
    const struct person_table *persons = &village->persons;
    int32_t youngest = (int32_t)scenario->demography.work_age;
    int32_t oldest = (int32_t)scenario->labour.job_age;
    const double *crop_days = crops_year_days(village);
    double most = 0.0;
    for (int32_t i = 0; i < n; i++)
        most = openings[i].chance > most ? openings[i].chance : most;
    double bound = (1.0 - most) * 0x1p52;
    if (bound >= 0x1p52)
        return 0;
    uint64_t least = (uint64_t)bound << 12; /* a lower word is a uniform number below 1 - most */
    sim_row last = persons->head.n;
    for (sim_row person = 0; person < last; person++) {
        if (!(SEEKING >> persons->activity[person] & 1))
            continue;
        uint64_t word = sim_rand_salted(salt, persons->key[person]);
        if (word < least)
            continue;
        double u = sim_rand_unit(word);
        int32_t best = 0, age = demography_age(persons->born[person], moment->month);
        while (best < n && !sim_dist_bernoulli(u, openings[best].chance))
            best++;
        if (best == n || age < youngest || age > oldest)
            continue;
        int code = apply(
            context, village, moment, &openings[best], person, crop_days[persons->household[person]], error);
        if (code < 0)
            return code;
    }
    return 0;
}

int jobs_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error)
{
    const struct scenario *scenario = village->scenario;
    const struct person_table *persons = &village->persons;
    struct opening openings[SCHEME_MAX + 1];
    int32_t n = list_openings(village, openings);
    const sim_row *staff;
    sim_row n_staff = staff_of(village, &staff), kept = 0;
    if (n == 0 && n_staff == 0)
        return 0;
    uint64_t salts[4];
    sim_rand_block(
        village->luck, scenario->county_key, SIM_BLOCK_OF_JOB_SEARCH, (uint64_t)moment->month, salts);
    int code = search(context, village, moment, openings, n, salts[SIM_WORD_OF_JOB_SEARCH], error);
    double quit = scenario->labour.quit / 12.0;
    for (sim_row i = 0; code == 0 && i < n_staff; i++) {
        sim_row person = staff[i];
        double u = sim_rand_unit(sim_rand_salted(salts[SIM_WORD_OF_JOB_QUIT], persons->key[person]));
        if (persons->job[person] != PERSON_NO_JOB && sim_dist_bernoulli(u, quit)) {
            code = jobs_leave(context, village, person, error);
            demography_recount(village, persons->household[person], moment->month);
        }
        village->staff[kept] = person;
        kept += persons->job[person] != PERSON_NO_JOB;
    }
    village->n_staff = kept;
    return code;
}

int jobs_on_hired(struct sim_context *context, struct village *village, int32_t employer, sim_row person,
    sim_key key, struct sim_error *error)
{
    const struct person_table *persons = &village->persons;
    if (!persons->alive[person] || persons->key[person] != key || persons->job[person] != PERSON_NO_JOB)
        return village_send(
            context, village, MESSAGE_QUIT, employer, 1, 0, 0, error); /* the post stays open */
    village->persons.job[person] = (int16_t)employer;
    village->persons.activity[person] = ACTIVITY_JOB;
    staff_add(village, person);
    demography_recount(village, village->persons.household[person], sim_month_from_time(context->now));
    return 0;
}

static void lose_job(struct village *village, sim_row person, int32_t month)
{
    village->persons.job[person] = PERSON_NO_JOB;
    village->persons.activity[person] = ACTIVITY_HOME;
    demography_recount(village, village->persons.household[person], month);
}

/* The one of an employer's staff whose turn it is to go: the lowest keyed ticket, ties by key. */
static sim_row next_to_go(struct village *village, int32_t employer, int32_t month)
{
    const struct person_table *persons = &village->persons;
    const sim_row *staff;
    sim_row first = SIM_ROW_NONE, n = staff_of(village, &staff);
    uint64_t lowest = 0;
    for (sim_row i = 0; i < n; i++) {
        sim_row person = staff[i];
        if (persons->job[person] != employer)
            continue;
        uint64_t ticket =
            sim_rand_word(village->luck, persons->key[person], SIM_PURPOSE_LAY_OFF_TICKET, (uint64_t)month);
        if (first == SIM_ROW_NONE || ticket < lowest ||
            (ticket == lowest && persons->key[person] < persons->key[first])) {
            first = person;
            lowest = ticket;
        }
    }
    return first;
}

void jobs_on_laid_off(struct sim_context *context, struct village *village, int32_t employer, int64_t n)
{
    int32_t month = sim_month_from_time(context->now);
    const sim_row *staff;
    sim_row n_staff = n == 0 ? staff_of(village, &staff) : 0;
    for (sim_row i = 0; i < n_staff; i++)
        if (village->persons.job[staff[i]] == employer)
            lose_job(village, staff[i], month);
    for (int64_t i = 0; i < n; i++) {
        sim_row person = next_to_go(village, employer, month);
        if (person == SIM_ROW_NONE)
            return; /* some have left meanwhile */
        lose_job(village, person, month);
    }
}

/* Staff of an employer by household: rows into scratch_order, members into scratch_amount, keys into
 * scratch_key; returns how many households. So the split needs no more room than households have. */
static sim_row list_staff(struct village *village, int32_t employer)
{
    const struct person_table *persons = &village->persons;
    uint64_t *place =
        village->scratch_words; /* of a household in the list, true when the list says so, too */
    const sim_row *staff;
    sim_row n = 0, last = staff_of(village, &staff);
    for (sim_row i = 0; i < last; i++) {
        if (persons->job[staff[i]] != employer)
            continue;
        sim_row household = persons->household[staff[i]];
        uint64_t at = place[household];
        if (at < (uint64_t)n && village->scratch_order[at] == household) {
            village->scratch_amount[at]++;
            continue;
        }
        place[household] = (uint64_t)n;
        village->scratch_order[n] = household;
        village->scratch_amount[n] = 1;
        village->scratch_key[n++] = village->households.key[household];
    }
    return n;
}

int jobs_on_wages(struct sim_context *context, struct village *village, int32_t employer, int64_t fen,
    struct sim_error *error)
{
    struct household_table *households = &village->households;
    const int64_t *staff = village->scratch_amount;
    sim_row n = list_staff(village, employer);
    if (n == 0) /* all have left meanwhile: the money stays in transit, on its way back */
        return village_send(context, village, MESSAGE_WAGES_BACK, employer, fen, 0, 0, error);
    sim_split(fen, staff, village->scratch_key, n, village->scratch_share, village->scratch_row);
    for (sim_row i = 0; i < n; i++) {
        sim_row household = village->scratch_order[i];
        household_receive(households, household, INCOME_WAGE, village->scratch_share[i]);
        households->year_wage_days[household] += (float)((double)staff[i] * village->scenario->labour.days);
    }
    sim_ledger_post(&village->ledger, FLOW_WAGE_JOB, fen);
    if (employer < SCHEME_MAX)
        village->schemes.to_households_fen[employer] += fen;
    return 0;
}
