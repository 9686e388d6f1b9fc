/* A village's state as a whole: packed, saved, loaded, printed, checked. */
#include <math.h>

#include "models/county/village.h"
#include "models/labour/skills.h"
#include "models/land/crops.h"
#include "models/livestock/livestock.h"

/* Every table of a village, and every plain number of its state, once: for save, load and print. */
#define VILLAGE_TABLES(X)                                                                                    \
    X(households, household_table_type)                                                                      \
    X(persons, person_table_type)                                                                            \
    X(herds, herd_table_type)                                                                                \
    X(parcels, parcel_table_type)                                                                            \
    X(participations, participation_table_type)                                                              \
    X(schemes, scheme_table_type)
#define VILLAGE_NUMBERS(X)                                                                                   \
    X(collective_fen)                                                                                        \
    X(idle_m2)                                                                                               \
    X(pasture_m2)                                                                                            \
    X(distress_last)                                                                                         \
    X(grazing_load) X(belief_fen) X(belief_cv) X(coop) X(free_person) X(current) X(report)

int village_pack(struct village *self, struct sim_arena *arena, const void *noughts, struct sim_error *error)
{
    int code = 0;
#define PACK_TABLE(name, type)                                                                               \
    if (code == 0)                                                                                           \
        code = sim_table_pack(&self->name, &type, arena, noughts, error);
    VILLAGE_TABLES(PACK_TABLE)
    self->arena = arena;
    self->ledger = (struct sim_ledger){0};
    self->scratch_amount = self->scratch_share = NULL;
    self->scratch_key = self->scratch_words = NULL;
    self->scratch_row = self->scratch_order = NULL;
    self->scratch_score = NULL;
    self->staff = NULL;
    self->crop_days = self->herd_days = NULL;
    self->herd_units = NULL;
    self->scratch = NULL;
    self->scratch_capacity = self->sums_capacity = self->staff_capacity = 0;
    return code;
}

int village_save(const struct village *self, struct sim_state *state, struct sim_error *error)
{
    int code = sim_state_put_mark(state, "village", error);
#define SAVE_TABLE(name, type)                                                                               \
    if (code == 0)                                                                                           \
        code = sim_table_save(&self->name, &type, state, error);
#define SAVE_NUMBER(name)                                                                                    \
    if (code == 0)                                                                                           \
        code = sim_state_put(state, &self->name, sizeof(self->name), error);
    VILLAGE_TABLES(SAVE_TABLE)
    VILLAGE_NUMBERS(SAVE_NUMBER)
    return code < 0 ? code : sim_ledger_save(&self->ledger, state, error);
}

/* Whether n rows of others lie in [least, end). */
static bool are_rows(const int32_t *rows, sim_row n, sim_row least, sim_row end)
{
    bool are = true;
    for (sim_row i = 0; i < n; i++)
        are &= rows[i] >= least && rows[i] < end;
    return are;
}

/* Whether the tables have the rows that each other name. */
static bool is_whole(const struct village *self)
{
    const struct person_table *persons = &self->persons;
    const struct participation_table *of = &self->participations;
    sim_row households = self->households.head.n, n = persons->head.n, schemes = self->schemes.head.n;
    return self->herds.head.n == (int64_t)households * SPECIES_COUNT &&
           schemes == self->scenario->n_schemes && self->free_person >= SIM_ROW_NONE &&
           self->free_person < n && self->coop.manager >= SIM_ROW_NONE && self->coop.manager < households &&
           are_rows(self->households.first_person, households, SIM_ROW_NONE, n) &&
           are_rows(self->households.dynasty, households, 0, households) &&
           are_rows(persons->household, n, 0, households) && are_rows(persons->next, n, SIM_ROW_NONE, n) &&
           are_rows(persons->spouse, n, SIM_ROW_NONE, n) && are_rows(persons->mother, n, SIM_ROW_NONE, n) &&
           are_rows(self->parcels.household, self->parcels.head.n, SIM_ROW_NONE, households) &&
           are_rows(self->parcels.owner, self->parcels.head.n, SIM_ROW_NONE, households) &&
           are_rows(of->household, of->head.n, 0, households) && are_rows(of->scheme, of->head.n, 0, schemes);
}

int village_load(struct village *self, struct sim_state *state, struct sim_error *error)
{
    int code = sim_state_get_mark(state, "village", error);
#define LOAD_TABLE(name, type)                                                                               \
    if (code == 0)                                                                                           \
        code = sim_table_load(&self->name, &type, self->arena, state, error);
#define LOAD_NUMBER(name)                                                                                    \
    if (code == 0)                                                                                           \
        code = sim_state_get(state, &self->name, sizeof(self->name), error);
    VILLAGE_TABLES(LOAD_TABLE)
    VILLAGE_NUMBERS(LOAD_NUMBER)
    self->n_staff = -1;
    self->land_is_counted = self->herds_are_counted = false;
    if (code == 0)
        code = sim_ledger_load(&self->ledger, state, error);
    if (code == 0 && !is_whole(self))
        return sim_error_set(error, SIM_ERROR_FORMAT,
            "village %s: a saved table names rows that another has not", self->config->name);
    return code < 0 ? code : village_fit_scratch(self, error);
}

void village_print_state(const struct village *self, FILE *out)
{
    fprintf(out, "village %s: collective %lld fen, idle plots %lld m2, pasture %lld m2\n", self->config->name,
        (long long)self->collective_fen, (long long)self->idle_m2, (long long)self->pasture_m2);
#define PRINT_TABLE(name, type) sim_table_print(&self->name, &type, out);
    VILLAGE_TABLES(PRINT_TABLE)
    struct sim_error error = {0};
    fprintf(out, "check: %s\n", village_check(self, &error) == 0 ? "good" : error.message);
}

int village_find_fault(const struct village *self, sim_row *household, struct sim_error *error)
{
    const struct household_table *households = &self->households;
    for (sim_row h = 0; h < households->head.n; h++) {
        *household = h;
        int64_t bits =
            households->cash_fen[h] | households->debt_fen[h] | households->grain_g[h] | households->hay_g[h];
        if (!village_is_stock(bits))
            return sim_error_set(error, SIM_ERROR_MODEL, "it has %s stock of money or fodder",
                bits < 0 ? "a negative" : "too large a");
        for (int32_t species = 0; species < SPECIES_COUNT; species++) {
            sim_row row = h * SPECIES_COUNT + species;
            if (self->herds.young[row] < 0 || self->herds.juvenile[row] < 0 || self->herds.female[row] < 0 ||
                self->herds.male[row] < 0)
                return sim_error_set(
                    error, SIM_ERROR_MODEL, "it has a negative herd of %s", species_names[species]);
        }
        struct herd_sums sums = livestock_sums(self, h);
        if (self->herds_are_counted &&
            (fabs(self->herd_days[h] - sums.days) > 0.0 || fabsf(self->herd_units[h] - sums.units) > 0.0f))
            return sim_error_set(error, SIM_ERROR_MODEL, "its herds have changed uncounted");
        int32_t alive = 0, jobs = 0;
        for (sim_row p = households->first_person[h]; p != SIM_ROW_NONE; p = self->persons.next[p]) {
            if (self->persons.household[p] != h)
                return sim_error_set(error, SIM_ERROR_MODEL, "it lists a person of another");
            if (self->persons.efficiency[p] != (float)skills_efficiency(&self->scenario->skills,
                                                   self->persons.schooling[p],
                                                   (double)self->persons.skill[p]))
                return sim_error_set(error, SIM_ERROR_MODEL, "its person %d has an efficiency of old", p);
            alive += self->persons.alive[p];
            sim_row spouse = self->persons.spouse[p];
            if (spouse != SIM_ROW_NONE &&
                (self->persons.spouse[spouse] != p || self->persons.household[spouse] != h))
                return sim_error_set(error, SIM_ERROR_MODEL, "it has a couple apart");
            jobs += self->persons.alive[p] && self->persons.job[p] != PERSON_NO_JOB;
        }
        if (alive != households->n_persons[h] || jobs != households->n_jobs[h] ||
            (alive > 0) != (households->present[h] != 0))
            return sim_error_set(error, SIM_ERROR_MODEL, "it counts its persons wrongly");
    }
    *household = SIM_ROW_NONE;
    double kept = 0.0, counted = 0.0; /* weighed by row, so that a household's for another's shows */
    for (sim_row h = 0; self->land_is_counted && h < households->head.n; h++)
        kept += self->crop_days[h] * (double)(h + 1);
    for (sim_row p = 0; self->land_is_counted && p < self->parcels.head.n; p++)
        if (self->parcels.household[p] != SIM_ROW_NONE && self->parcels.crop[p] != CROP_FALLOW)
            counted += crops_days(&self->scenario->land, self->parcels.kind[p]) *
                       (double)self->parcels.area_m2[p] * (double)(self->parcels.household[p] + 1);
    if (fabs(kept - counted) > 1e-9 * counted)
        return sim_error_set(error, SIM_ERROR_MODEL, "land has changed and its days are old");
    return 0;
}

int village_check(const struct village *self, struct sim_error *error)
{
    struct sim_error fault = {0};
    sim_row household = SIM_ROW_NONE;
    char name[120];
    if (village_find_fault(self, &household, &fault) == 0)
        return 0;
    village_name(self, household, name, sizeof name);
    return sim_error_set(error, fault.code, "%s: %s", name, fault.message);
}
