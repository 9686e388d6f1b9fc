/* The founding population: totals, keys, lists, ages. Rung: definition; shares with a stated tolerance. */
#include "tests/support/county.h"

#include <stdlib.h>

#include "models/county/compose.h"
#include "models/county/fit.h"
#include "models/households/demography.h"
#include "sim/core/key.h"

#define TASHKURGAN PAMIR_SOURCE_DIR "/scenarios/experiments/tashkurgan.yaml"

static int by_key(const void *a, const void *b)
{
    sim_key x = *(const sim_key *)a, y = *(const sim_key *)b;
    return x < y ? -1 : x > y;
}

static void test_persons_and_households_are_the_countys_to_the_last(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TASHKURGAN, "reference", NULL, 0);
    int64_t persons = 0, households = 0;
    for (int32_t v = 0; v < county.founders.n_villages; v++) {
        const struct village *village = &county.founders.villages[v];
        assert_int_equal(village->households.head.n, county.scenario.villages[v].n_households);
        assert_int_equal(village->herds.head.n, SPECIES_COUNT * village->households.head.n);
        assert_int_equal(village->pasture_m2, county.scenario.villages[v].pasture_m2);
        persons += village->persons.head.n;
        households += village->households.head.n;
    }
    assert_int_equal(persons, 41188);
    assert_int_equal(households, 10145);
    county_fixture_close(&county);
}

static void test_every_household_is_whole(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TASHKURGAN, "reference", NULL, 0);
    for (int32_t v = 0; v < county.founders.n_villages; v++) {
        struct village *village = &county.founders.villages[v];
        int32_t listed = 0;
        for (sim_row h = 0; h < village->households.head.n; h++) {
            int32_t n = 0;
            for (sim_row p = village->households.first_person[h]; p >= 0; p = village->persons.next[p], n++) {
                assert_int_equal(village->persons.household[p], h);
                assert_true(village->persons.alive[p]);
                assert_true(village->persons.born[p] < county.scenario.first_month);
            }
            assert_true(n >= 1 && n <= 25);
            assert_int_equal(village->households.n_persons[h], n);
            assert_true(village->households.consumers[h] > 0);
            assert_true(village->households.permanent_fen[h] > 0);
            assert_true(village->households.cash_fen[h] >= 0);
            assert_true(village->households.grain_g[h] >= 0 && village->households.hay_g[h] >= 0);
            listed += n;
        }
        assert_int_equal(listed, village->persons.head.n);
        check_ok(village_check(village, &county.error), county.error);
    }
    county_fixture_close(&county);
}

/* Spouses are a man and a woman of one household, each other's; mothers live there and were 16 to 46. */
static void test_families_hang_together(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TASHKURGAN, "reference", NULL, 0);
    int32_t couples = 0, children = 0, motherless = 0, apart = 0;
    for (int32_t v = 0; v < county.founders.n_villages; v++) {
        const struct person_table *persons = &county.founders.villages[v].persons;
        for (sim_row p = 0; p < persons->head.n; p++) {
            sim_row spouse = persons->spouse[p], mother = persons->mother[p];
            int32_t age = demography_age(persons->born[p], county.scenario.first_month);
            if (spouse != SIM_ROW_NONE) {
                assert_int_equal(persons->spouse[spouse], p);
                assert_int_equal(persons->household[spouse], persons->household[p]);
                assert_int_equal(persons->female[spouse], !persons->female[p]);
                assert_true(age >= (persons->female[p] ? 18 : 20));
                couples += persons->female[p];
                apart += persons->female[p] && abs(persons->born[p] - persons->born[spouse] - 24) > 12 * 8;
            }
            children += age < 15;
            motherless += age < 15 && mother == SIM_ROW_NONE;
            if (mother == SIM_ROW_NONE)
                continue;
            assert_true(persons->female[mother] && mother != p && mother != spouse);
            assert_int_equal(persons->household[mother], persons->household[p]);
            int32_t gap = persons->born[p] - persons->born[mother];
            assert_true(gap >= 12 * 16 && gap < 12 * 47);
        }
    }
    /* Nine heads of ten are men with a wife; nearly every child has a mother; nobody's age is far off. */
    assert_true(couples > 0.85 * 10145 && couples < 1.2 * 10145);
    check_near(motherless / (double)children, 0.0, 0.0, 0.15);
    check_near(apart / (double)couples, 0.0, 0.0, 0.02);
    county_fixture_close(&county);
}

static void test_pupils_are_children_and_years_of_school_fit_ages(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TASHKURGAN, "reference", NULL, 0);
    int32_t pupils = 0, compulsory = 0, youths = 0, youths_in_school = 0;
    for (int32_t v = 0; v < county.founders.n_villages; v++) {
        const struct person_table *persons = &county.founders.villages[v].persons;
        for (sim_row p = 0; p < persons->head.n; p++) {
            int32_t age = demography_age(persons->born[p], county.scenario.first_month);
            bool is_pupil = persons->activity[p] == ACTIVITY_SCHOOL;
            assert_true(!is_pupil || (age >= 6 && age < 19));
            assert_true(persons->schooling[p] <= 12);
            assert_true(age >= 20 || persons->schooling[p] <= (age > 6 ? age - 6 : 0));
            pupils += is_pupil && age >= 7 && age < 15;
            compulsory += age >= 7 && age < 15;
            youths += age == 16 || age == 17;
            youths_in_school += is_pupil && (age == 16 || age == 17);
            /* Whose birthday is in the first month turns of age in it. */
            int32_t before = demography_age(persons->born[p], county.scenario.first_month - 1);
            bool works = before >= 16 && before < 76;
            assert_true(is_pupil || persons->activity[p] == (works ? ACTIVITY_HOME : ACTIVITY_NONE));
        }
    }
    assert_int_equal(pupils, compulsory);
    check_near(youths_in_school / (double)youths, 0.5, 0.0, 4.0 * sqrt(0.25 / youths));
    county_fixture_close(&county);
}

static void test_no_two_entities_share_a_key(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TASHKURGAN, "reference", NULL, 0);
    int32_t n = 0;
    sim_key *keys = malloc(60000 * sizeof(*keys));
    for (int32_t v = 0; v < county.founders.n_villages; v++) {
        const struct village *village = &county.founders.villages[v];
        keys[n++] = village->config->key;
        for (sim_row h = 0; h < village->households.head.n; h++)
            keys[n++] = village->households.key[h];
        for (sim_row p = 0; p < village->persons.head.n; p++)
            keys[n++] = village->persons.key[p];
    }
    qsort(keys, (size_t)n, sizeof(*keys), by_key);
    for (int32_t i = 1; i < n; i++)
        assert_true(keys[i - 1] != keys[i]);
    free(keys);
    county_fixture_close(&county);
}

/* Means that synthesis scales to are met within what whole animals and persons allow. */
static void test_targets_of_the_county_are_met(void **state)
{
    (void)state;
    struct county_fixture county;
    struct fit_row rows[FIT_ROWS];
    county_fixture_open(&county, TASHKURGAN, "reference", NULL, 0);
    int32_t n = fit_count(&county.founders, &county.base, rows, &county.error);
    assert_true(n > 15);
    for (int32_t i = 0; i < n; i++) {
        /* Keepers are drawn one by one: three standard errors of 10,145 draws. */
        double tolerance = strstr(rows[i].name, "_keepers") ? 0.04 : 0.01;
        if (!(fabs(fit_gap(&rows[i])) <= tolerance))
            fail_msg("%s: %g, gap %g", rows[i].name, rows[i].found, fit_gap(&rows[i]));
    }
    county_fixture_close(&county);
}

/* Nothing but county and seed makes the founders: no program, no arm's parameter, no replicate. */
static void test_arms_and_programs_do_not_touch_the_founders(void **state)
{
    (void)state;
    const char *const sets[] = {"programs.land.budget=1e6 CNY", "programs.yak.approve=2019-01"};
    struct county_fixture plain, set;
    county_fixture_open(&plain, TINY, "reference", NULL, 0);
    county_fixture_open(&set, TINY, "all", sets, SIM_COUNT(sets));
    for (int32_t v = 0; v < plain.founders.n_villages; v++) {
        const struct village *a = &plain.founders.villages[v], *b = &set.founders.villages[v];
        assert_true(sim_table_equal(&a->households, &b->households, &household_table_type));
        assert_true(sim_table_equal(&a->persons, &b->persons, &person_table_type));
        assert_true(sim_table_equal(&a->herds, &b->herds, &herd_table_type));
        assert_true(sim_table_equal(&a->parcels, &b->parcels, &parcel_table_type));
    }
    county_fixture_close(&plain);
    county_fixture_close(&set);
}

static void test_another_seed_makes_other_people(void **state)
{
    (void)state;
    const char *const sets[] = {"seed=2"};
    struct county_fixture a, b;
    county_fixture_open(&a, TINY, "reference", NULL, 0);
    county_fixture_open(&b, TINY, "reference", sets, 1);
    assert_false(sim_table_equal(
        &a.founders.villages[0].households, &b.founders.villages[0].households, &household_table_type));
    county_fixture_close(&a);
    county_fixture_close(&b);
}

/* More savings change cash and nothing else: traits have keys of their own. */
static void test_one_target_moves_one_column(void **state)
{
    (void)state;
    const char *const sets[] = {"county.savings=8 month"};
    struct county_fixture a, b;
    county_fixture_open(&a, TINY, "reference", NULL, 0);
    county_fixture_open(&b, TINY, "reference", sets, 1);
    for (int32_t v = 0; v < a.founders.n_villages; v++) {
        struct village *x = &a.founders.villages[v], *y = &b.founders.villages[v];
        assert_true(sim_table_equal(&x->herds, &y->herds, &herd_table_type));
        assert_true(sim_table_equal(&x->parcels, &y->parcels, &parcel_table_type));
        for (sim_row h = 0; h < x->households.head.n; h++) {
            check_near((double)y->households.cash_fen[h], 2.0 * (double)x->households.cash_fen[h], 0, 2);
            y->households.cash_fen[h] = x->households.cash_fen[h];
        }
        assert_true(sim_table_equal(&x->households, &y->households, &household_table_type));
    }
    county_fixture_close(&a);
    county_fixture_close(&b);
}

static double mean_heads_of(const char *set, int32_t species)
{
    struct county_fixture county;
    double heads = 0, n = 0;
    county_fixture_open(&county, TASHKURGAN, "reference", &set, 1);
    for (int32_t v = 0; v < county.founders.n_villages; v++) {
        const struct village *village = &county.founders.villages[v];
        n += village->households.head.n;
        for (sim_row h = 0; h < village->households.head.n; h++)
            heads += herd_heads(&village->herds, h * SPECIES_COUNT + species);
    }
    county_fixture_close(&county);
    return heads / n;
}

/* Keepers keep one animal at least; not where there are fewer animals than keepers. */
static void test_few_animals_stay_few(void **state)
{
    (void)state;
    check_near(mean_heads_of("county.cattle=0 head", SPECIES_CATTLE), 0, 0, 0);
    check_near(mean_heads_of("county.cattle=0.1 head", SPECIES_CATTLE), 0.1, 0.05, 0);
    check_near(mean_heads_of("county.cattle=0.4 head", SPECIES_CATTLE), 0.4, 0.02, 0);
}

static void test_herds_grow_with_ability(void **state)
{
    (void)state;
    const char *const sets[] = {"county.asset_ability=0.9", "county.sheep_keepers=1"};
    struct county_fixture county;
    county_fixture_open(&county, TASHKURGAN, "reference", sets, SIM_COUNT(sets));
    double heads[2] = {0}, persons[2] = {0};
    for (int32_t v = 0; v < county.founders.n_villages; v++) {
        const struct village *village = &county.founders.villages[v];
        for (sim_row h = 0; h < village->households.head.n; h++) {
            int32_t half = village->households.ability[h] > 1.0;
            heads[half] += herd_heads(&village->herds, h * SPECIES_COUNT + SPECIES_SHEEP);
            persons[half] += village->households.n_persons[h];
        }
    }
    assert_true(heads[1] / persons[1] > 1.5 * heads[0] / persons[0]);
    county_fixture_close(&county);
}

static void test_ages_follow_the_pyramid(void **state)
{
    (void)state;
    struct county_fixture county;
    struct pyramid pyramid;
    county_fixture_open(&county, TINY, "reference", NULL, 0);
    compose_pyramid(&pyramid, &county.scenario.demography);
    check_near(pyramid.below[0], 0, 0, 0);
    check_near(pyramid.below[PYRAMID_AGES], 1, 0, 0);
    for (int32_t age = 0; age < PYRAMID_AGES; age++) {
        assert_true(pyramid.below[age + 1] > pyramid.below[age]);
        /* The quantile of a share is the age it came from. */
        double middle = 0.5 * (pyramid.below[age] + pyramid.below[age + 1]);
        assert_int_equal(compose_age(&pyramid, middle) / 12, age);
    }
    county_fixture_close(&county);
}

static void test_small_village_has_heads_couples_and_children(void **state)
{
    (void)state;
    struct county_fixture county;
    struct pyramid pyramid;
    struct composed people[400];
    county_fixture_open(&county, TINY, "reference", NULL, 0);
    compose_pyramid(&pyramid, &county.scenario.demography);
    for (int32_t n_households = 1; n_households <= 100; n_households += 11) {
        int32_t n = 4 * n_households;
        check_ok(
            compose_village(&pyramid, (struct sim_luck){1, 0}, 99, n, n_households, people, &county.error),
            county.error);
        int32_t last = -1;
        for (int32_t i = 0; i < n; i++) {
            if (people[i].household != last) {
                assert_int_equal(people[i].household, last + 1); /* in order, none empty */
                assert_true(people[i].age_months >= 20 * 12);    /* a head is adult */
                last = people[i].household;
            }
        }
        assert_int_equal(last, n_households - 1);
    }
    county_fixture_close(&county);
}

static void test_fewer_persons_than_households_are_refused(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "reference", NULL, 0);
    struct scenario scenario = county.base;
    struct founders founders = {0};
    struct sim_error error = {0};
    scenario.county.persons = 20;
    assert_int_equal(synthesis_make(&founders, &scenario, &error), SIM_ERROR_INPUT);
    assert_non_null(strstr(error.message, "fewer"));
    synthesis_free(&founders);
    county_fixture_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_persons_and_households_are_the_countys_to_the_last),
        cmocka_unit_test(test_every_household_is_whole),
        cmocka_unit_test(test_families_hang_together),
        cmocka_unit_test(test_pupils_are_children_and_years_of_school_fit_ages),
        cmocka_unit_test(test_no_two_entities_share_a_key),
        cmocka_unit_test(test_targets_of_the_county_are_met),
        cmocka_unit_test(test_arms_and_programs_do_not_touch_the_founders),
        cmocka_unit_test(test_another_seed_makes_other_people),
        cmocka_unit_test(test_one_target_moves_one_column),
        cmocka_unit_test(test_few_animals_stay_few),
        cmocka_unit_test(test_herds_grow_with_ability),
        cmocka_unit_test(test_ages_follow_the_pyramid),
        cmocka_unit_test(test_small_village_has_heads_couples_and_children),
        cmocka_unit_test(test_fewer_persons_than_households_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
