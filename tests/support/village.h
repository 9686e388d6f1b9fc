/* A village drawn by hand: the first village of the tiny county with nothing in it but the households that a
 * test asks for, whole-year prices without season and shocks, and books opened on what is there. Parameters
 * are the tiny county's reference, and a test may change its own copy of the scenario. */
#ifndef TESTS_SUPPORT_VILLAGE_H
#define TESTS_SUPPORT_VILLAGE_H

#include "tests/support/county.h"

#include "models/households/demography.h"
#include "sim/core/key.h"
#include "sim/time/calendar.h"

struct village_fixture {
    struct county_fixture county;
    struct county_run run;
    struct scenario *scenario;
    struct village *village;
    struct sim_error error;
};

static inline void village_fixture_open_with(
    struct village_fixture *self, const char *const *sets, int32_t n_sets)
{
    memset(self, 0, sizeof(*self));
    county_fixture_open(&self->county, TINY, "reference", sets, n_sets);
    struct county_run_options options = {0};
    check_ok(
        county_run_init(&self->run, &self->county.scenario, &self->county.founders, 1, options, &self->error),
        self->error);
    self->scenario = &self->county.scenario;
    self->village = &self->run.villages[0];
    self->village->households.head.n = self->village->persons.head.n = 0;
    self->village->herds.head.n = self->village->parcels.head.n = 0;
    self->village->free_person = SIM_ROW_NONE;
    self->village->grazing_load = 0.0;
}

static inline void village_fixture_open(struct village_fixture *self)
{
    village_fixture_open_with(self, NULL, 0);
}

static inline void village_fixture_close(struct village_fixture *self)
{
    county_run_free(&self->run);
    county_fixture_close(&self->county);
}

/* A person of so many years at the horizon's first month, who is born in January. */
static inline sim_row village_fixture_person(
    struct village_fixture *self, sim_row household, int32_t age, bool is_female)
{
    struct village *village = self->village;
    sim_key key = sim_key_make(sim_key_text("person"), (uint64_t)village->persons.head.n, 0);
    sim_row person = village_add_person(village, household, key, &self->error);
    assert_true(person >= 0);
    village->persons.born[person] = self->scenario->first_month - 12 * age;
    village->persons.birth_month[person] = 1;
    village->persons.female[person] = is_female;
    skills_set(village, person, 6, 0.0f); /* of efficiency 1 */
    village->persons.activity[person] =
        age >= self->scenario->demography.work_age ? ACTIVITY_HOME : ACTIVITY_NONE;
    demography_recount(village, household, self->scenario->first_month);
    return person;
}

/* A household of so many men of thirty, of mean ability, with nothing. */
static inline sim_row village_fixture_household(struct village_fixture *self, int32_t n_adults)
{
    struct village *village = self->village;
    sim_key key = sim_key_make(sim_key_text("household"), (uint64_t)village->households.head.n, 0);
    sim_row h = village_add_household(village, key, &self->error);
    assert_true(h >= 0);
    check_ok(village_fit_scratch(village, &self->error), self->error);
    for (int32_t i = 0; i < n_adults; i++)
        village_fixture_person(self, h, 30, false);
    return h;
}

static inline sim_row village_fixture_parcel(
    struct village_fixture *self, sim_row household, int32_t kind, int64_t area_m2)
{
    struct village *village = self->village;
    sim_row p = sim_table_add(&village->parcels, &parcel_table_type, village->arena, &self->error);
    assert_true(p >= 0);
    village->land_is_counted = false;
    village->parcels.household[p] = household;
    village->parcels.kind[p] = (int8_t)kind;
    village->parcels.scheme[p] = PARCEL_NO_SCHEME;
    village->parcels.owner[p] = household;
    village->parcels.crop[p] = kind == PARCEL_FORAGE ? CROP_HAY : CROP_GRAIN;
    village->parcels.area_m2[p] = (int32_t)area_m2;
    village->parcels.quality[p] = village->parcels.technique[p] = 1.0;
    return p;
}

/* Opens the books on what has been drawn. */
static inline void village_fixture_begin(struct village_fixture *self)
{
    int64_t counted[ACCOUNT_COUNT * KIND_COUNT];
    check_ok(village_fit_scratch(self->village, &self->error), self->error);
    self->village->land_is_counted = false; /* tests draw parcels by hand */
    village_count(self->village, counted);
    sim_ledger_open(&self->village->ledger, counted);
}

/* The month's books close to the coin, and every invariant holds. */
static inline void village_fixture_end_month(struct village_fixture *self)
{
    int64_t counted[ACCOUNT_COUNT * KIND_COUNT];
    village_count(self->village, counted);
    check_ok(sim_ledger_close(&self->village->ledger, counted, &self->error), self->error);
    check_ok(village_check(self->village, &self->error), self->error);
}

/* A month of the base year, or of years after it, in good weather, at base prices without transport. */
static inline struct moment village_fixture_moment(
    const struct village_fixture *self, int32_t year, int32_t calendar_month)
{
    self->village->herds_are_counted = false; /* tests draw herds by hand, from month to month */
    struct moment moment = {.month = sim_month_from_date(year, calendar_month),
        .year = year,
        .calendar_month = calendar_month,
        .is_winter = calendar_month >= 11 || calendar_month <= 4,
        .season = 1.0,
        .index = 1.0,
        .found_share = 0.3,
        .job_wage_fen = 250000.0};
    for (int32_t good = 0; good < GOODS; good++)
        moment.sell[good] = moment.buy[good] = self->run.board.base[good];
    return moment;
}

#endif
