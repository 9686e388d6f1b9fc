#include "models/labour/jobs.h"

#include "models/households/demography.h"
#include "models/labour/work.h"
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

int jobs_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error)
{
    const struct scenario *scenario = village->scenario;
    const struct board *board = village->board;
    int32_t hiring[SCHEME_MAX], n_hiring = 0;
    for (int32_t scheme = 0; scheme < scenario->n_schemes; scheme++)
        if (board->vacancies[scheme] > 0 &&
            scenario->investments[scenario->effects[scheme].investment].targets[village->number])
            hiring[n_hiring++] = scheme;
    int32_t jobs = 0;
    for (sim_row h = 0; h < village->households.head.n; h++)
        jobs += village->households.n_jobs[h];
    if (n_hiring == 0 && jobs == 0)
        return 0;
    struct person_table *persons = &village->persons;
    for (sim_row person = 0; person < persons->head.n; person++) {
        if (!persons->alive[person])
            continue;
        uint64_t words[4];
        if (persons->job[person] != PERSON_NO_JOB) {
            sim_rand_block(
                village->luck, persons->key[person], SIM_BLOCK_OF_JOB_QUIT, (uint64_t)moment->month, words);
            if (sim_dist_bernoulli(
                    sim_rand_unit(words[SIM_WORD_OF_JOB_QUIT]), scenario->labour.quit / 12.0)) {
                int code = jobs_leave(context, village, person, error);
                if (code < 0)
                    return code;
                demography_recount(village, persons->household[person], moment->month);
            }
            continue;
        }
        int32_t age = demography_age(persons->born[person], moment->month);
        if (n_hiring == 0 || age < scenario->demography.work_age || age > scenario->labour.job_age)
            continue;
        sim_rand_block(
            village->luck, persons->key[person], SIM_BLOCK_OF_JOB_SEARCH, (uint64_t)moment->month, words);
        if (!sim_dist_bernoulli(sim_rand_unit(words[SIM_WORD_OF_JOB_SEARCH]), scenario->labour.search))
            continue;
        /* Applies to the best-paid post, when it pays enough more than spare days do. */
        int32_t best = hiring[0];
        for (int32_t i = 1; i < n_hiring; i++)
            if (board->wage_fen[hiring[i]] > board->wage_fen[best])
                best = hiring[i];
        double asked = scenario->labour.job_premium * scenario->labour.days *
                       work_day_worth(village, persons->household[person], moment);
        if (board->wage_fen[best] < asked)
            continue;
        int code = village_send(
            context, village, MESSAGE_APPLY, best, person, (int64_t)persons->key[person], 0, error);
        if (code < 0)
            return code;
    }
    return 0;
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
    demography_recount(village, village->persons.household[person], sim_month_from_time(context->now));
    return 0;
}

void jobs_on_laid_off(struct sim_context *context, struct village *village, int32_t employer, int64_t n)
{
    int32_t month = sim_month_from_time(context->now);
    (void)n;
    for (sim_row person = 0; person < village->persons.head.n; person++)
        if (village->persons.job[person] == employer) {
            village->persons.job[person] = PERSON_NO_JOB;
            village->persons.activity[person] = ACTIVITY_HOME;
            demography_recount(village, village->persons.household[person], month);
        }
}

int jobs_on_wages(struct sim_context *context, struct village *village, int32_t employer, int64_t fen,
    struct sim_error *error)
{
    struct household_table *households = &village->households;
    const struct person_table *persons = &village->persons;
    /* By household, so that the split needs no more room than households have: staff of one household stand
     * together, each household once, in the order of rows. */
    int64_t *staff = village->scratch_amount;
    sim_row n = 0;
    for (sim_row h = 0; h < households->head.n; h++) {
        if (households->n_jobs[h] == 0)
            continue;
        int64_t mine = 0;
        for (sim_row p = households->first_person[h]; p != SIM_ROW_NONE; p = persons->next[p])
            mine += persons->job[p] == employer;
        if (mine == 0)
            continue;
        staff[n] = mine;
        village->scratch_order[n] = h;
        village->scratch_key[n++] = households->key[h];
    }
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
