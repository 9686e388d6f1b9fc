#include "models/households/marriage.h"

#include "models/cooperatives/producer.h"
#include "models/households/demography.h"
#include "models/households/division.h"
#include "sim/core/key.h"
#include "sim/rand/dist.h"

/* Who seeks, by ticket: as many as the village's scratch has room for, which is households; of more, those
 * with the first tickets. */
struct seekers {
    sim_key *ticket;
    sim_row *person;
    int32_t n;
    int32_t capacity;
};

static void add_seeker(
    struct seekers *self, const struct person_table *persons, sim_key ticket, sim_row person)
{
    int32_t at = self->n < self->capacity ? self->n++ : self->n;
    for (; at > 0; at--) {
        sim_row other = self->person[at - 1];
        if (self->ticket[at - 1] < ticket ||
            (self->ticket[at - 1] == ticket && persons->key[other] < persons->key[person]))
            break;
        if (at < self->capacity) {
            self->ticket[at] = self->ticket[at - 1];
            self->person[at] = other;
        }
    }
    if (at < self->capacity) {
        self->ticket[at] = ticket;
        self->person[at] = person;
    }
}

static void find_seekers(
    const struct village *village, const struct moment *moment, struct seekers *women, struct seekers *men)
{
    const struct person_table *persons = &village->persons;
    const struct demography_params *self = &village->scenario->demography;
    int64_t lowest = self->bride_age < self->groom_age ? self->bride_age : self->groom_age;
    int32_t born = moment->month - 12 * (int32_t)lowest;
    uint64_t salts[4];
    sim_rand_block(village->luck, village->scenario->county_key, SIM_BLOCK_OF_MARRIAGE_SEEK,
        (uint64_t)moment->month, salts);
    for (sim_row p = 0; p < persons->head.n; p++) {
        if (!persons->alive[p] || persons->born[p] > born || persons->spouse[p] != SIM_ROW_NONE ||
            persons->activity[p] == ACTIVITY_SCHOOL)
            continue;
        double chance =
            demography_seeking(self, persons->female[p], demography_age(persons->born[p], moment->month));
        chance *= persons->activity[p] == ACTIVITY_MIGRANT ? self->home_coming : 1.0;
        double u = sim_rand_unit(sim_rand_salted(salts[SIM_WORD_OF_MARRIAGE_SEEK], persons->key[p]));
        if (sim_dist_bernoulli(u, chance))
            add_seeker(persons->female[p] ? women : men, persons,
                sim_rand_salted(salts[SIM_WORD_OF_MARRIAGE_TICKET], persons->key[p]), p);
    }
}

/* Months by which the groom's lead in age misses the preferred one. */
static int32_t misfit(const struct village *village, sim_row woman, sim_row man)
{
    int32_t gap = village->persons.born[woman] - village->persons.born[man];
    int32_t off = gap - 12 * (int32_t)village->scenario->demography.age_gap;
    return off < 0 ? -off : off;
}

bool marriage_suits(const struct village *village, sim_row woman, sim_row man)
{
    const struct person_table *persons = &village->persons;
    sim_row a = persons->household[woman], b = persons->household[man];
    bool is_kin = a == b || village->households.dynasty[a] == village->households.dynasty[b] ||
                  (persons->mother[woman] != SIM_ROW_NONE && persons->mother[woman] == persons->mother[man]);
    return persons->female[woman] && !persons->female[man] && persons->spouse[woman] == SIM_ROW_NONE &&
           persons->spouse[man] == SIM_ROW_NONE && !is_kin &&
           misfit(village, woman, man) <= 12 * village->scenario->demography.gap_tolerance;
}

/* The bride moves, and her young children with her. What a house that she leaves empty holds goes with her;
 * it is closed when all are wed, for that may use the scratch in which the seekers stand. */
static int wed(struct village *village, sim_row bride, sim_row groom, const struct moment *moment,
    struct sim_error *error)
{
    struct person_table *persons = &village->persons;
    sim_row from = persons->household[bride], to = persons->household[groom];
    demography_move(village, bride, to);
    persons->spouse[bride] = groom;
    persons->spouse[groom] = bride;
    for (sim_row next, p = village->households.first_person[from]; p != SIM_ROW_NONE; p = next) {
        next = persons->next[p];
        bool is_young =
            demography_age(persons->born[p], moment->month) < village->scenario->demography.work_age;
        if (persons->mother[p] == bride && is_young)
            demography_move(village, p, to);
    }
    demography_recount(village, from, moment->month);
    demography_recount(village, to, moment->month);
    village->current.marriages++;
    if (village->households.n_persons[from] > 0)
        return 0;
    producer_release(village, from); /* now, so that its share goes with her and not to the collective */
    return division_hand_over(village, from, to, 1, 1, error);
}

int marriage_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error)
{
    const struct demography_params *self = &village->scenario->demography;
    if (!self->dynamics || !self->marriage || moment->calendar_month != self->wedding_month)
        return 0;
    int32_t room = village->scratch_capacity;
    struct seekers women = {village->scratch_key, village->scratch_row, 0, room};
    struct seekers men = {(sim_key *)village->scratch_amount, village->scratch_order, 0, room};
    find_seekers(village, moment, &women, &men);
    const struct person_table *persons = &village->persons;
    for (int32_t w = 0; w < women.n; w++) {
        int32_t best = -1, least = 0;
        for (int32_t m = 0; m < men.n; m++) {
            if (!marriage_suits(village, women.person[w], men.person[m]))
                continue;
            int32_t off = misfit(village, women.person[w], men.person[m]);
            if (best < 0 || off < least ||
                (off == least && persons->key[men.person[m]] < persons->key[men.person[best]])) {
                best = m;
                least = off;
            }
        }
        int code = best < 0 ? 0 : wed(village, women.person[w], men.person[best], moment, error);
        if (code < 0)
            return code;
    }
    for (sim_row h = 0; women.n > 0 && h < village->households.head.n; h++) {
        if (!village->households.present[h] || village->households.n_persons[h] > 0)
            continue;
        int code = demography_close_household(context, village, h, moment, false, error);
        if (code < 0)
            return code;
    }
    return village_fit_scratch(village, error);
}
