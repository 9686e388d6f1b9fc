/* Couples that found households of their own. Rung: definition on drawn households. */
#include "tests/support/village.h"

#include "models/households/division.h"

/* Old parents, their married sons (the first a year older than the second) with a child each, in rows: father
 * 0, mother 1, and for each son himself, his wife, their child. */
static sim_row draw_family(struct village_fixture *fixture, int32_t n_sons)
{
    village_fixture_open(fixture);
    struct village *village = fixture->village;
    struct person_table *persons = &village->persons;
    fixture->scenario->demography.division_rate = 1.0;
    fixture->scenario->demography.division_last = 1.0;
    sim_row h = village_fixture_household(fixture, 0);
    sim_row father = village_fixture_person(fixture, h, 62, false);
    sim_row mother = village_fixture_person(fixture, h, 60, true);
    persons->spouse[father] = mother;
    persons->spouse[mother] = father;
    for (int32_t i = 0; i < n_sons; i++) {
        sim_row son = village_fixture_person(fixture, h, 34 - i, false);
        sim_row wife = village_fixture_person(fixture, h, 32 - i, true);
        sim_row child = village_fixture_person(fixture, h, 4, true);
        persons->spouse[son] = wife;
        persons->spouse[wife] = son;
        persons->mother[son] = mother;
        persons->mother[child] = wife;
    }
    return h;
}

static void live_december(struct village_fixture *fixture)
{
    struct moment moment = village_fixture_moment(fixture, 2015, 12);
    struct sim_context context = {0};
    check_ok(division_month(&context, fixture->village, &moment, &fixture->error), fixture->error);
}

static void test_elder_son_leaves_with_wife_child_and_share(void **state)
{
    (void)state;
    struct village_fixture fixture;
    sim_row h = draw_family(&fixture, 2);
    struct village *village = fixture.village;
    struct household_table *households = &village->households;
    households->cash_fen[h] = 70001;
    households->debt_fen[h] = 7000;
    households->grain_g[h] = 7007;
    households->hay_g[h] = 70;
    households->income_wage_fen[h] = 1400;
    households->income_herd_fen[h] = -701;
    households->permanent_fen[h] = 7000.0;
    households->services[h] = 5;
    households->durables[h] = 3;
    households->is_coop_member[h] = 1;
    households->ability[h] = 2.0;
    sim_row yaks = h * SPECIES_COUNT + SPECIES_YAK;
    for (int32_t i = 0; i < 4; i++)
        (int32_t *[]){village->herds.young, village->herds.juvenile, village->herds.female,
            village->herds.male}[i][yaks] = 2; /* eight heads, single animals together */
    village->herds.target[yaks] = 8;
    village->households.condition[h] = 0.5f;
    village_fixture_parcel(&fixture, h, PARCEL_FORAGE, 7001);
    sim_row rented = village_fixture_parcel(&fixture, h, PARCEL_IRRIGATED, 5000);
    village->parcels.owner[rented] = SIM_ROW_NONE;
    sim_row plot = village_fixture_parcel(&fixture, h, PARCEL_FORAGE, 3000);
    village->parcels.scheme[plot] = 0;
    village_fixture_begin(&fixture);
    live_december(&fixture);
    assert_int_equal(households->head.n, 2);
    /* Three of seven adults, children counted half: 2.5 of 7. */
    assert_int_equal(households->cash_fen[1], 70001 * 250 / 700);
    assert_int_equal(households->cash_fen[0] + households->cash_fen[1], 70001);
    assert_int_equal(households->debt_fen[1], 2500);
    assert_int_equal(households->grain_g[1], 2502);
    assert_int_equal(households->hay_g[1], 25);
    assert_int_equal(households->income_wage_fen[1], 500);
    assert_int_equal(households->income_herd_fen[0] + households->income_herd_fen[1], -701);
    check_near(households->permanent_fen[1], 2500.0, 1e-12, 0.0);
    check_near(households->permanent_fen[0], 4500.0, 1e-12, 0.0);
    assert_int_equal(herd_heads(&village->herds, SPECIES_COUNT + SPECIES_YAK), 2);
    assert_int_equal(herd_heads(&village->herds, yaks), 6);
    assert_int_equal(village->herds.target[SPECIES_COUNT + SPECIES_YAK], 2);
    check_near((double)village->households.condition[1], 0.5, 0.0, 0.0);
    assert_int_equal(village->parcels.head.n, 4);
    assert_int_equal(village->parcels.area_m2[3], 2500);
    assert_int_equal(village->parcels.area_m2[0], 4501);
    assert_int_equal(village->parcels.owner[3], 1);
    assert_int_equal(village->parcels.household[rented], h);
    assert_int_equal(village->parcels.household[plot], h);
    assert_int_equal(households->services[1], 5);
    assert_int_equal(households->durables[1], 0);
    assert_int_equal(households->is_coop_member[1], 0);
    assert_int_equal(households->dynasty[1], h);
    assert_true(households->ability[1] > 1.0 && households->ability[1] < 4.0);
    assert_true(households->ability[1] != 2.0);
    const int32_t where[] = {0, 0, 1, 1, 1, 0, 0, 0};
    for (sim_row p = 0; p < SIM_COUNT(where); p++)
        assert_int_equal(village->persons.household[p], where[p]);
    assert_int_equal(households->n_persons[0], 5);
    assert_int_equal(households->n_persons[1], 3);
    assert_true(households->key[1] ==
                sim_key_make(village->persons.key[2], (uint64_t)sim_month_from_date(2015, 12), 0));
    assert_int_equal(village->current.divisions, 1);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_one_couple_leaves_a_year_until_one_is_left(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_family(&fixture, 3);
    village_fixture_begin(&fixture);
    for (int32_t year = 1; year <= 5; year++) {
        live_december(&fixture);
        assert_int_equal(fixture.village->current.divisions, year < 3 ? year : 3);
        village_fixture_end_month(&fixture);
    }
    assert_int_equal(fixture.village->households.n_persons[0], 2); /* the old couple */
    village_fixture_close(&fixture);
}

static void test_grandchildren_with_spouses_follow_their_parents(void **state)
{
    (void)state;
    struct village_fixture fixture;
    sim_row h = draw_family(&fixture, 1);
    struct person_table *persons = &fixture.village->persons;
    sim_row grandson = village_fixture_person(&fixture, h, 17, false);
    sim_row wife = village_fixture_person(&fixture, h, 18, true);
    sim_row baby = village_fixture_person(&fixture, h, 0, false);
    persons->mother[grandson] = 3;
    persons->spouse[grandson] = wife;
    persons->spouse[wife] = grandson;
    persons->mother[baby] = wife;
    village_fixture_begin(&fixture);
    live_december(&fixture);
    assert_int_equal(fixture.village->households.n_persons[h], 2);
    assert_int_equal(fixture.village->households.n_persons[1], 6);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_chance_grows_with_years_and_a_younger_brothers_wedding_and_falls_for_the_last(void **state)
{
    (void)state;
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    const struct demography_params *params = &fixture.scenario->demography;
    double last = -1.0;
    for (int32_t age = 18; age < 40; age++) {
        double chance = division_chance(params, age, false, false);
        assert_true(chance >= last && chance <= params->division_rate);
        check_near(division_chance(params, age, true, false), chance + params->division_brother, 1e-12, 0.0);
        check_near(division_chance(params, age, false, true), chance * params->division_last, 1e-12, 0.0);
        last = chance;
    }
    check_near(division_chance(params, 22, false, false), 0.0, 0.0, 0.0);
    check_near(last, params->division_rate, 1e-12, 0.0);
    village_fixture_close(&fixture);
}

static void test_last_son_stays_when_the_last_never_leaves(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_family(&fixture, 1);
    fixture.scenario->demography.division_last = 0.0;
    village_fixture_begin(&fixture);
    live_december(&fixture);
    assert_int_equal(fixture.village->current.divisions, 0);
    village_fixture_person(&fixture, 0, 20, false); /* an unmarried brother would stay */
    live_december(&fixture);
    assert_int_equal(fixture.village->current.divisions, 1);
    village_fixture_close(&fixture);
}

static void test_everything_moves_when_the_share_is_the_whole(void **state)
{
    (void)state;
    struct village_fixture fixture;
    sim_row h = draw_family(&fixture, 1), to = village_fixture_household(&fixture, 1);
    fixture.village->households.cash_fen[h] = 5;
    fixture.village->households.cash_fen[to] = 6;
    fixture.village->herds.male[h * SPECIES_COUNT] = 1;
    sim_row parcel = village_fixture_parcel(&fixture, h, PARCEL_FORAGE, 10);
    village_fixture_begin(&fixture);
    check_ok(division_hand_over(fixture.village, h, to, 1, 1, &fixture.error), fixture.error);
    assert_int_equal(fixture.village->households.cash_fen[to], 11);
    assert_int_equal(fixture.village->herds.male[to * SPECIES_COUNT], 1);
    assert_int_equal(fixture.village->parcels.household[parcel], to);
    assert_int_equal(fixture.village->parcels.head.n, 1);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_division_switched_off_keeps_families_together(void **state)
{
    (void)state;
    for (int32_t i = 0; i < 3; i++) {
        struct village_fixture fixture;
        draw_family(&fixture, 3);
        fixture.scenario->demography.division = i > 0;
        fixture.scenario->demography.dynamics = i != 1;
        fixture.scenario->demography.division_month = i == 2 ? 1 : 12;
        village_fixture_begin(&fixture);
        live_december(&fixture);
        assert_int_equal(fixture.village->households.head.n, 1);
        village_fixture_close(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elder_son_leaves_with_wife_child_and_share),
        cmocka_unit_test(test_one_couple_leaves_a_year_until_one_is_left),
        cmocka_unit_test(test_grandchildren_with_spouses_follow_their_parents),
        cmocka_unit_test(test_chance_grows_with_years_and_a_younger_brothers_wedding_and_falls_for_the_last),
        cmocka_unit_test(test_last_son_stays_when_the_last_never_leaves),
        cmocka_unit_test(test_everything_moves_when_the_share_is_the_whole),
        cmocka_unit_test(test_division_switched_off_keeps_families_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
