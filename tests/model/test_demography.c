/* Births, deaths, ageing. Rung: closed form (tolerances are four standard errors), definition on drawn
 * households. */
#include "tests/support/village.h"

#include <stdlib.h>

static const struct demography_params defaults = {.dynamics = 1,
    .death_level = 0.00006,
    .death_slope = 0.088,
    .death_base = 0.0008,
    .infant_death = 0.012,
    .fertility = 2.1,
    .twins = 0.01,
    .marriage = 1,
    .bride_age = 18,
    .groom_age = 20,
    .marriage_rate = 0.30,
    .marriage_found = 0.8,
    .marriage_ramp = 4,
    .late_age = 40,
    .remarriage = 0.04,
    .age_gap = 2,
    .work_age = 16,
    .pension_age = 60};

static void test_death_follows_gompertz_and_makeham_after_infancy(void **state)
{
    (void)state;
    check_near(demography_death(&defaults, 0), 0.012, 0.0, 0.0);
    check_near(demography_death(&defaults, 1), 0.012, 0.0, 0.0);
    for (int32_t age = 2; age <= 110; age++)
        check_near(
            demography_death(&defaults, age), -expm1(-(0.0008 + 0.00006 * exp(0.088 * age))), 1e-12, 0.0);
}

static void test_life_expectancy_is_about_73_years(void **state)
{
    (void)state;
    double alive = 1.0, years = 0.0;
    for (int32_t age = 1; age <= 130; age++) {
        double dead = alive * demography_death(&defaults, age);
        years += alive - 0.5 * dead; /* deaths in the middle of a year */
        alive -= dead;
    }
    check_near(years, 73.0, 0.0, 0.5);
}

static void test_recount_counts_who_eats_and_who_can_work(void **state)
{
    (void)state;
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    struct household_table *households = &fixture.village->households;
    sim_row h = village_fixture_household(&fixture, 2);
    const int32_t ages[] = {14, 15, 16, 59, 60, 75, 76};
    for (int32_t i = 0; i < SIM_COUNT(ages); i++)
        village_fixture_person(&fixture, h, ages[i], true);
    sim_row employed = village_fixture_person(&fixture, h, 40, false);
    fixture.village->persons.job[employed] = 0;
    fixture.village->persons.activity[employed] = ACTIVITY_JOB;
    sim_row dead = village_fixture_person(&fixture, h, 40, false);
    village_remove_person(fixture.village, dead);
    demography_recount(fixture.village, h, fixture.scenario->first_month);
    double child = fixture.scenario->household.child_weight, elder = fixture.scenario->labour.elder_work;
    assert_int_equal(households->n_persons[h], 2 + 7 + 1);
    assert_int_equal(households->n_elders[h], 3);
    assert_int_equal(households->n_jobs[h], 1);
    check_near(households->consumers[h], 9.0 + child, 1e-12, 0.0); /* the one of 14 is a child */
    check_near(
        (double)households->home_workers[h], 4.0 + 2.0 * elder, 1e-6, 0.0); /* two of 30, 16, 59; 60 and 75 */
    village_fixture_close(&fixture);
}

/* Slow twin: each person counted by age in years, whatever else the household holds. */
static void test_recount_is_what_counting_by_age_gives(void **state)
{
    (void)state;
    enum { HOUSEHOLDS = 60 };
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    struct village *village = fixture.village;
    struct household_table *households = &village->households;
    int32_t month = fixture.scenario->first_month + 7;
    const double elder_work = fixture.scenario->labour.elder_work;
    for (int32_t i = 0; i < HOUSEHOLDS; i++) {
        sim_row h = village_fixture_household(&fixture, 0);
        int32_t n = 0, elders = 0, children = 0, migrants = 0;
        double home = 0, casual = 0, hands = 0, business = 0;
        for (int32_t k = 0; k < i % 9; k++, n++) {
            sim_row p = village_fixture_person(&fixture, h, 0, false);
            uint64_t word = sim_rand_word(village->luck, village->persons.key[p], SIM_PURPOSE_TEST, 0);
            village->persons.born[p] = (int16_t)(month - (int32_t)(word % (12 * 95)));
            int32_t age = demography_age(village->persons.born[p], month);
            int32_t activity = (int32_t)(word >> 32) % ACTIVITIES;
            activity = activity == ACTIVITY_JOB ? ACTIVITY_HOME : activity;
            village->persons.activity[p] = (uint8_t)activity;
            skills_set(village, p, (int32_t)((word >> 40) % 13), 0.0f);
            double hand = age < 16 || age > 75 ? 0.0 : age >= 60 ? elder_work : 1.0;
            double efficiency = hand * skills_efficiency(&fixture.scenario->skills,
                                           village->persons.schooling[p], (double)village->persons.skill[p]);
            elders += age >= 60;
            children += age < 15;
            migrants += activity == ACTIVITY_MIGRANT;
            home += activity == ACTIVITY_HOME ? hand : 0.0;
            hands += activity == ACTIVITY_CASUAL ? hand : 0.0;
            casual += activity == ACTIVITY_CASUAL ? efficiency : 0.0;
            business += activity == ACTIVITY_BUSINESS ? efficiency : 0.0;
        }
        demography_recount(village, h, month);
        double consumers = (double)(n - migrants - children);
        consumers += fixture.scenario->household.child_weight * (double)children;
        assert_int_equal(households->n_persons[h], n);
        assert_int_equal(households->n_elders[h], elders);
        assert_int_equal(households->n_migrants[h], migrants);
        assert_int_equal(households->n_jobs[h], 0);
        check_near(households->consumers[h], consumers, 1e-12, 0.0);
        check_near((double)households->home_workers[h], home, 1e-6, 1e-6);
        check_near((double)households->casual_hands[h], hands, 1e-6, 1e-6);
        check_near((double)households->casual_workers[h], casual, 1e-6, 1e-5);
        check_near((double)households->business_workers[h], business, 1e-6, 1e-5);
    }
    village_fixture_close(&fixture);
}

/* One person of seventy, and a neighbour of another month of birth, in a January in which death is certain.
 */
static sim_row draw_last_member(struct village_fixture *fixture)
{
    village_fixture_open(fixture);
    fixture->scenario->demography.death_base = 1000.0;
    sim_row h = village_fixture_household(fixture, 0);
    village_fixture_person(fixture, h, 70, false);
    sim_row neighbour = village_fixture_household(fixture, 1);
    fixture->village->persons.birth_month[1] = 7;
    fixture->village->households.cash_fen[neighbour] = 777;
    fixture->village->households.grain_g[h] = 5000;
    fixture->village->households.hay_g[h] = 6000;
    fixture->village->herds.female[h * SPECIES_COUNT + SPECIES_SHEEP] = 3;
    village_fixture_parcel(fixture, h, PARCEL_IRRIGATED, 2000);
    return h;
}

static void live_january(struct village_fixture *fixture)
{
    struct moment moment = village_fixture_moment(fixture, 2015, 1);
    struct sim_context context = {0}; /* nobody has a job: nothing is sent */
    check_ok(demography_month(&context, fixture->village, &moment, &fixture->error), fixture->error);
}

static void test_household_that_dies_out_leaves_its_money_and_land_to_the_village(void **state)
{
    (void)state;
    struct village_fixture fixture;
    sim_row h = draw_last_member(&fixture);
    struct village *village = fixture.village;
    village->households.cash_fen[h] = 100000;
    village->households.debt_fen[h] = 40000;
    village_fixture_begin(&fixture);
    live_january(&fixture);
    assert_int_equal(village->households.present[h], 0);
    assert_int_equal(village->households.present[1], 1);
    int64_t sheep = (int64_t)fixture.run.board.base[GOOD_SHEEP];
    assert_int_equal(village->collective_fen, 100000 - 40000 + 3 * sheep);
    assert_int_equal(village->households.cash_fen[h], 0);
    assert_int_equal(village->households.debt_fen[h], 0);
    assert_int_equal(village->households.grain_g[h] + village->households.hay_g[h], 0);
    assert_int_equal(herd_heads(&village->herds, h * SPECIES_COUNT), 0);
    assert_int_equal(village->parcels.household[0], SIM_ROW_NONE);
    assert_int_equal(village->idle_m2, 2000);
    assert_int_equal(village->households.cash_fen[1], 777);
    assert_int_equal(village->current.deaths, 1);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

/* Slow twin of the look at eight rows at once: death is certain on each birthday, and the rows left at the
 * end are fewer than eight. */
static void test_everybodys_birthday_comes_in_its_month_and_in_no_other(void **state)
{
    (void)state;
    enum { PERSONS = 8 * 5 + 3 };
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    struct village *village = fixture.village;
    fixture.scenario->demography.death_base = 1000.0;
    sim_row h = village_fixture_household(&fixture, 0);
    for (int32_t i = 0; i < PERSONS; i++) {
        sim_row p = village_fixture_person(&fixture, h, 30, false);
        village->persons.birth_month[p] = (uint8_t)(i * i % 11 + 2); /* nobody's is January */
    }
    village_fixture_begin(&fixture);
    struct sim_context context = {0};
    for (int32_t month = 1; month <= 11; month++) {
        struct moment moment = village_fixture_moment(&fixture, 2015, month);
        check_ok(demography_month(&context, village, &moment, &fixture.error), fixture.error);
        for (sim_row p = 0; p < PERSONS; p++)
            assert_int_equal(village->persons.alive[p], village->persons.birth_month[p] > month);
    }
    village_fixture_close(&fixture);
}

static void test_debt_beyond_the_estate_dies_with_the_household(void **state)
{
    (void)state;
    struct village_fixture fixture;
    sim_row h = draw_last_member(&fixture);
    fixture.village->households.debt_fen[h] = 100000000;
    village_fixture_begin(&fixture);
    live_january(&fixture);
    assert_int_equal(fixture.village->collective_fen, 0);
    assert_int_equal(fixture.village->households.debt_fen[h], 0);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_plot_of_a_scheme_goes_back_when_its_user_dies(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_last_member(&fixture);
    struct village *village = fixture.village;
    village->parcels.scheme[0] = 0;
    village->parcels.sown[0] = 1;
    village->schemes.plot_m2[0] = 2000;
    village_fixture_begin(&fixture);
    live_january(&fixture);
    assert_int_equal(village->schemes.plot_m2[0], 0);
    assert_int_equal(village->schemes.idle_m2[0], 2000);
    assert_int_equal(village->parcels.sown[0], 0);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

/* Where nobody marries, births come to all women. 1,500 of them live from 14 to 51 without deaths; their
 * children are taken out of the table each year. */
static void bear(double tfr)
{
    enum { WOMEN = 1500, GROUPS = 7 };
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    struct village *village = fixture.village;
    fixture.scenario->demography.death_base = fixture.scenario->demography.death_level = 0.0;
    fixture.scenario->demography.fertility = tfr;
    fixture.scenario->demography.marriage = 0;
    for (int32_t i = 0; i < WOMEN; i++)
        village_fixture_person(&fixture, village_fixture_household(&fixture, 0), 14, true);
    village_fixture_begin(&fixture);
    struct sim_context context = {0};
    int64_t born = 0, girls = 0, by_age[52] = {0};
    for (int32_t age = 14; age <= 51; age++) {
        struct moment moment = village_fixture_moment(&fixture, 2015 + age - 14, 1);
        check_ok(demography_month(&context, village, &moment, &fixture.error), fixture.error);
        by_age[age] = village->persons.head.n - WOMEN;
        born += by_age[age];
        for (sim_row child = WOMEN; child < village->persons.head.n; child++)
            girls += village->persons.female[child];
        village->persons.head.n = WOMEN;
        for (sim_row h = 0; h < WOMEN; h++) {
            village->households.first_person[h] = h;
            assert_int_equal(village->persons.next[h], SIM_ROW_NONE);
        }
    }
    assert_int_equal(by_age[14] + by_age[50] + by_age[51], 0);
    /* Births of a woman are sums of independent draws: their variance is below their mean, but for twins. */
    check_near((double)born / WOMEN, tfr, 0.0, 4.0 * sqrt(1.02 * tfr / WOMEN));
    check_near((double)girls / (double)born, 0.48, 0.0, 4.0 * sqrt(0.25 / (double)born));
    const double shares[GROUPS] = {0.01, 0.34, 0.34, 0.19, 0.08, 0.03, 0.01};
    for (int32_t age = 15; age < 50; age++) { /* 35 comparisons */
        double p = tfr * shares[(age - 15) / 5] / 5.0;
        check_near((double)by_age[age] / WOMEN, p, 0.0, 4.5 * sqrt(p / WOMEN));
    }
    assert_true(tfr < 5.0 || by_age[49] > 0);
    village_fixture_close(&fixture);
}

static void test_women_have_as_many_children_as_the_fertility_rate_says(void **state)
{
    (void)state;
    bear(2.1);
    bear(10.0);
}

/* Closed form: the chances of married women, weighted by who is married, add up to the parameter. */
static void test_fewer_wives_bear_more_so_that_fertility_stays(void **state)
{
    (void)state;
    for (int32_t rate = 20; rate <= 100; rate += 20) {
        struct demography_params params = defaults;
        double chance[FERTILE_YEARS], all[FERTILE_YEARS], wives = 0, women = 0;
        params.marriage_rate = 0.01 * rate;
        demography_birth_chances(&params, chance);
        params.marriage = 0;
        demography_birth_chances(&params, all);
        for (int32_t i = 0; i < FERTILE_YEARS; i++) {
            wives += 1.01 * chance[i] * demography_ever_married(&params, FERTILE_FROM + i);
            women += 1.01 * all[i];
            assert_true(chance[i] >= all[i]);
        }
        check_near(wives, 2.1, 1e-12, 0.0);
        check_near(women, 2.1, 1e-12, 0.0);
    }
}

static void test_women_marry_at_23_to_24_in_the_mean_and_nearly_all(void **state)
{
    (void)state;
    double single = 0;
    for (int32_t age = 0; age < 50; age++) /* Hajnal: years lived single by those who marry before 50 */
        single += 1.0 - 0.5 * (demography_ever_married(&defaults, age) +
                                  demography_ever_married(&defaults, age + 1));
    double never = 1.0 - demography_ever_married(&defaults, 50);
    check_near((single - 50.0 * never) / (1.0 - never), 23.5, 0.0, 0.5);
    assert_true(never < 0.02);
    assert_true(demography_married(&defaults, 18) <= 0.0 && demography_married(&defaults, 40) > 0.9);
    assert_true(demography_married(&defaults, 80) < 0.6);
}

static void test_only_wives_bear_and_their_children_know_them(void **state)
{
    (void)state;
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    struct village *village = fixture.village;
    struct person_table *persons = &village->persons;
    fixture.scenario->demography.fertility = 10.0;
    for (int32_t i = 0; i < 50; i++) {
        sim_row h = village_fixture_household(&fixture, 1);
        sim_row woman = village_fixture_person(&fixture, h, 24, true);
        if (i % 2 == 0) {
            persons->spouse[woman] = woman - 1;
            persons->spouse[woman - 1] = woman;
        }
    }
    village_fixture_begin(&fixture);
    live_january(&fixture);
    assert_true(village->current.births > 10);
    for (sim_row p = 100; p < persons->head.n; p++) {
        sim_row mother = persons->mother[p];
        assert_true(persons->spouse[mother] != SIM_ROW_NONE);
        assert_int_equal(persons->household[p], persons->household[mother]);
    }
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

/* A key is the mother's, the month, the slot; the row may be one that a dead person left, and the newborn's
 * year does not turn before a year is over. */
static void test_newborn_in_a_freed_row_has_a_key_of_its_own(void **state)
{
    (void)state;
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    struct village *village = fixture.village;
    struct person_table *persons = &village->persons;
    fixture.scenario->demography.fertility = 1000.0; /* every birthday */
    fixture.scenario->demography.twins = 1.0;
    sim_row h = village_fixture_household(&fixture, 1);
    sim_row mother = village_fixture_person(&fixture, h, 24, true);
    persons->spouse[0] = mother;
    persons->spouse[mother] = 0;
    sim_row dead = village_fixture_person(&fixture, h, 50, false);
    sim_key old = persons->key[dead];
    village_remove_person(village, dead);
    demography_recount(village, h, fixture.scenario->first_month);
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 1);
    live_january(&fixture);
    assert_int_equal(village->current.births, 2);
    assert_int_equal(persons->head.n, 4);
    assert_true(persons->alive[dead] && persons->key[dead] != old);
    assert_true(persons->key[dead] == sim_key_make(persons->key[mother], (uint64_t)moment.month, 0));
    assert_true(persons->key[3] == sim_key_make(persons->key[mother], (uint64_t)moment.month, 1));
    assert_int_equal(village->households.n_persons[h], 4);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

struct name {
    sim_key key;
    int32_t born; /* of a person; 0 of a household */
    uint8_t female;
};

static int by_name(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    return x->key < y->key ? -1 : x->key > y->key;
}

/* Those born in the run, and the households founded in it, as key and fate. */
static int32_t list_new(
    struct county_fixture *county, struct county_run *run, struct name *names, int32_t room)
{
    int32_t n = 0;
    for (int32_t v = 0; v < county->scenario.n_villages; v++) {
        const struct village *village = &run->villages[v];
        for (sim_row p = 0; p < village->persons.head.n; p++)
            if (village->persons.alive[p] && village->persons.born[p] >= county->scenario.first_month &&
                n < room)
                names[n++] = (struct name){
                    village->persons.key[p], village->persons.born[p], village->persons.female[p]};
        for (sim_row h = county->scenario.villages[v].n_households; h < village->households.head.n; h++)
            if (n < room)
                names[n++] = (struct name){village->households.key[h], 0, 0};
    }
    qsort(names, (size_t)n, sizeof(*names), by_name);
    return n;
}

/* Whoever is born in both of two arms, to the same mother in the same month, is the same person in both. */
static void test_arms_share_the_keys_of_those_born_in_both(void **state)
{
    (void)state;
    enum { ROOM = 2000 };
    static struct name names[2][2000];
    static const char *const arms[2] = {"reference", "all"};
    static const char *const many[] = {"parameters.demography.fertility=8"};
    int32_t n[2], common = 0, i = 0, k = 0;
    for (int32_t a = 0; a < 2; a++) {
        struct county_fixture county;
        struct county_run run;
        county_fixture_open(&county, TINY, arms[a], many, SIM_COUNT(many));
        county_fixture_run(&county, &run, (struct county_run_options){0}, 0);
        n[a] = list_new(&county, &run, names[a], ROOM);
        county_run_free(&run);
        county_fixture_close(&county);
    }
    while (i < n[0] && k < n[1]) {
        const struct name *x = &names[0][i], *y = &names[1][k];
        if (x->key == y->key) {
            assert_int_equal(x->born, y->born);
            assert_int_equal(x->female, y->female);
            common++;
        }
        i += x->key <= y->key;
        k += y->key <= x->key;
    }
    assert_true(n[0] > 10 && n[0] < ROOM);
    if (!(common > 0.5 * n[0]))
        fail_msg("only %d of %d and %d are in both arms", common, n[0], n[1]);
}

static void test_births_and_deaths_close_the_books_month_by_month(void **state)
{
    (void)state;
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    fixture.scenario->demography.fertility = 10.0;
    fixture.scenario->demography.death_base = 0.1;
    for (int32_t i = 0; i < 40; i++) {
        sim_row h = village_fixture_household(&fixture, 2);
        village_fixture_person(&fixture, h, 22, true);
        village_fixture_person(&fixture, h, 27, true);
    }
    fixture.scenario->demography.marriage = 0;
    village_fixture_begin(&fixture);
    struct sim_context context = {0};
    int64_t births = 0, deaths = 0;
    for (int32_t month = 0; month < 60; month++) {
        struct moment moment = village_fixture_moment(&fixture, 2015 + month / 12, month % 12 + 1);
        check_ok(demography_month(&context, fixture.village, &moment, &fixture.error), fixture.error);
        village_fixture_end_month(&fixture);
    }
    births = fixture.village->current.births;
    deaths = fixture.village->current.deaths;
    int64_t alive = 0;
    for (sim_row p = 0; p < fixture.village->persons.head.n; p++)
        alive += fixture.village->persons.alive[p];
    assert_true(births > 20);
    assert_true(deaths > 20);
    assert_int_equal(alive, 160 + births - deaths);
    village_fixture_close(&fixture);
}

static void test_demography_switched_off_changes_nobody(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_last_member(&fixture);
    fixture.scenario->demography.dynamics = 0;
    village_fixture_begin(&fixture);
    live_january(&fixture);
    assert_int_equal(fixture.village->households.present[0], 1);
    assert_int_equal(fixture.village->persons.head.n, 2);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_death_follows_gompertz_and_makeham_after_infancy),
        cmocka_unit_test(test_life_expectancy_is_about_73_years),
        cmocka_unit_test(test_recount_counts_who_eats_and_who_can_work),
        cmocka_unit_test(test_recount_is_what_counting_by_age_gives),
        cmocka_unit_test(test_everybodys_birthday_comes_in_its_month_and_in_no_other),
        cmocka_unit_test(test_household_that_dies_out_leaves_its_money_and_land_to_the_village),
        cmocka_unit_test(test_debt_beyond_the_estate_dies_with_the_household),
        cmocka_unit_test(test_plot_of_a_scheme_goes_back_when_its_user_dies),
        cmocka_unit_test(test_women_have_as_many_children_as_the_fertility_rate_says),
        cmocka_unit_test(test_fewer_wives_bear_more_so_that_fertility_stays),
        cmocka_unit_test(test_women_marry_at_23_to_24_in_the_mean_and_nearly_all),
        cmocka_unit_test(test_only_wives_bear_and_their_children_know_them),
        cmocka_unit_test(test_newborn_in_a_freed_row_has_a_key_of_its_own),
        cmocka_unit_test(test_arms_share_the_keys_of_those_born_in_both),
        cmocka_unit_test(test_births_and_deaths_close_the_books_month_by_month),
        cmocka_unit_test(test_demography_switched_off_changes_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
