/* Weddings of a village. Rung: definition on drawn households, closed form of the share that seeks. */
#include "tests/support/village.h"

#include "models/households/marriage.h"

/* Everybody of age seeks, whatever the age. */
static void open_village(struct village_fixture *fixture)
{
    village_fixture_open(fixture);
    fixture->scenario->demography.marriage_rate = 1.0;
    fixture->scenario->demography.marriage_ramp = 0;
    fixture->scenario->demography.remarriage = 1.0;
}

static sim_row draw_single(struct village_fixture *fixture, int32_t age, bool is_female)
{
    return village_fixture_person(fixture, village_fixture_household(fixture, 0), age, is_female);
}

static void live_november(struct village_fixture *fixture)
{
    struct moment moment = village_fixture_moment(fixture, 2015, 11);
    struct sim_context context = {0}; /* nobody has a job or is in a scheme: nothing is sent */
    check_ok(marriage_month(&context, fixture->village, &moment, &fixture->error), fixture->error);
}

static void test_bride_moves_to_the_groom_and_her_parents_stay(void **state)
{
    (void)state;
    struct village_fixture fixture;
    open_village(&fixture);
    struct village *village = fixture.village;
    sim_row groom = draw_single(&fixture, 25, false);
    sim_row parents = village_fixture_household(&fixture, 1);
    sim_row bride = village_fixture_person(&fixture, parents, 23, true);
    village->persons.born[1] = fixture.scenario->first_month - 12 * 90; /* beyond all tolerance */
    village->persons.job[bride] = 0;
    demography_recount(village, parents, fixture.scenario->first_month);
    village_fixture_begin(&fixture);
    live_november(&fixture);
    assert_int_equal(village->persons.spouse[bride], groom);
    assert_int_equal(village->persons.spouse[groom], bride);
    assert_int_equal(village->persons.household[bride], 0);
    assert_int_equal(village->households.n_persons[0], 2);
    assert_int_equal(village->households.n_jobs[0], 1);
    assert_int_equal(village->households.n_persons[parents], 1);
    assert_int_equal(village->current.marriages, 1);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_lone_mother_brings_her_children_and_all_she_has(void **state)
{
    (void)state;
    struct village_fixture fixture;
    open_village(&fixture);
    struct village *village = fixture.village;
    sim_row groom = draw_single(&fixture, 32, false);
    sim_row bride = draw_single(&fixture, 30, true);
    sim_row child = village_fixture_person(&fixture, 1, 5, true);
    village->persons.mother[child] = bride;
    village->households.cash_fen[1] = 1001;
    village->households.debt_fen[1] = 400;
    village->households.grain_g[1] = 777;
    village->herds.female[SPECIES_COUNT + SPECIES_YAK] = 3;
    sim_row parcel = village_fixture_parcel(&fixture, 1, PARCEL_IRRIGATED, 2001);
    village_fixture_begin(&fixture);
    live_november(&fixture);
    assert_int_equal(village->persons.household[child], 0);
    assert_int_equal(village->households.present[1], 0);
    assert_int_equal(village->households.n_persons[0], 3);
    assert_int_equal(village->households.cash_fen[0], 1001);
    assert_int_equal(village->households.debt_fen[0], 400);
    assert_int_equal(village->households.grain_g[0], 777);
    assert_int_equal(village->herds.female[SPECIES_YAK], 3);
    assert_int_equal(village->parcels.owner[parcel], 0);
    assert_int_equal(village->collective_fen, 0);
    assert_int_equal(village->persons.spouse[groom], bride);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_share_and_let_land_of_a_house_left_empty_go_with_the_bride(void **state)
{
    (void)state;
    struct village_fixture fixture;
    open_village(&fixture);
    struct village *village = fixture.village;
    draw_single(&fixture, 32, false);
    draw_single(&fixture, 30, true);
    sim_row tenant = village_fixture_household(&fixture, 1);
    village->persons.born[village->households.first_person[tenant]] = fixture.scenario->first_month - 12 * 90;
    sim_row let = village_fixture_parcel(&fixture, 1, PARCEL_IRRIGATED, 2001);
    village->parcels.household[let] = tenant;
    struct producer *coop = &village->coop;
    coop->founded = fixture.scenario->first_month;
    coop->members = 2;
    coop->cash_fen = coop->share_fen = 2 * 50000;
    coop->manager = SIM_ROW_NONE;
    village->households.is_coop_member[1] = village->households.is_coop_member[tenant] = 1;
    village->households.coop_share_fen[1] = village->households.coop_share_fen[tenant] = 50000;
    village_fixture_begin(&fixture);
    live_november(&fixture);
    assert_int_equal(village->current.marriages, 1);
    assert_int_equal(village->households.present[1], 0);
    assert_int_equal(village->households.cash_fen[0], 50000);
    assert_int_equal(village->collective_fen, 0);
    assert_int_equal(coop->members, 1);
    assert_int_equal(coop->share_fen, 50000);
    assert_int_equal(village->parcels.owner[let], 0);
    assert_int_equal(village->parcels.household[let], tenant);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_kin_the_young_the_far_in_age_and_the_absent_do_not_marry(void **state)
{
    (void)state;
    struct village_fixture fixture;
    open_village(&fixture);
    struct village *village = fixture.village;
    sim_row man = draw_single(&fixture, 25, false), woman = draw_single(&fixture, 24, true);
    assert_true(marriage_suits(village, woman, man));
    assert_false(marriage_suits(village, man, woman));
    village->households.dynasty[1] = 0; /* a household that divided from his */
    assert_false(marriage_suits(village, woman, man));
    village->households.dynasty[1] = 1;
    village->persons.born[woman] += 12 * 9;
    assert_false(marriage_suits(village, woman, man)); /* ten years younger: eight off the usual gap */
    village->persons.born[woman] -= 12 * 9;
    village_fixture_begin(&fixture);
    village->persons.activity[man] = ACTIVITY_MIGRANT;
    live_november(&fixture);
    assert_int_equal(village->current.marriages, 0);
    village->persons.activity[man] = ACTIVITY_HOME;
    village->persons.born[man] = fixture.scenario->first_month - 12 * 19; /* not yet twenty */
    live_november(&fixture);
    assert_int_equal(village->current.marriages, 0);
    village->persons.born[man] -= 24;
    village->persons.activity[man] = ACTIVITY_MIGRANT;
    fixture.scenario->demography.home_coming = 1.0; /* migrants are there for the weddings */
    live_november(&fixture);
    assert_int_equal(village->current.marriages, 1);
    village_fixture_close(&fixture);
}

static void test_women_choose_by_age_and_nobody_marries_twice(void **state)
{
    (void)state;
    struct village_fixture fixture;
    open_village(&fixture);
    struct village *village = fixture.village;
    enum { COUPLES = 12 };
    /* Years apart by four, so that each woman has one man two years older and no other as near. */
    for (int32_t i = 0; i < COUPLES; i++)
        draw_single(&fixture, 22 + 4 * i, false);
    for (int32_t i = 0; i < COUPLES; i++)
        draw_single(&fixture, 20 + 4 * i, true);
    village_fixture_begin(&fixture);
    live_november(&fixture);
    assert_int_equal(village->current.marriages, COUPLES);
    for (int32_t i = 0; i < COUPLES; i++)
        assert_int_equal(village->persons.spouse[COUPLES + i], i);
    live_november(&fixture);
    assert_int_equal(village->current.marriages, COUPLES);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

/* Who marries whom follows from keys: the same village drawn in another order has the same couples. */
static sim_key couples_of(bool is_reversed)
{
    struct village_fixture fixture;
    open_village(&fixture);
    struct village *village = fixture.village;
    fixture.scenario->demography.marriage_rate = 0.5;
    fixture.scenario->demography.remarriage = 0.5;
    enum { MEN = 40 };
    for (int32_t i = 0; i < 2 * MEN; i++) {
        int32_t name = is_reversed ? 2 * MEN - 1 - i : i;
        sim_row p = draw_single(&fixture, 22 + name % 10, name % 2 == 0);
        village->persons.key[p] = sim_key_make(sim_key_text("person"), 7, (uint64_t)name);
    }
    village_fixture_begin(&fixture);
    live_november(&fixture);
    sim_key sum = 0;
    for (sim_row p = 0; p < village->persons.head.n; p++)
        if (village->persons.spouse[p] != SIM_ROW_NONE)
            sum += sim_key_make(village->persons.key[p], village->persons.key[village->persons.spouse[p]], 0);
    assert_true(village->current.marriages > 10 && village->current.marriages < MEN);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
    return sum;
}

static void test_couples_do_not_depend_on_the_order_of_rows(void **state)
{
    (void)state;
    assert_true(couples_of(false) == couples_of(true));
}

static void test_marriage_switched_off_weds_nobody(void **state)
{
    (void)state;
    for (int32_t i = 0; i < 2; i++) {
        struct village_fixture fixture;
        open_village(&fixture);
        if (i == 0)
            fixture.scenario->demography.marriage = 0;
        else
            fixture.scenario->demography.dynamics = 0;
        draw_single(&fixture, 25, false);
        draw_single(&fixture, 24, true);
        village_fixture_begin(&fixture);
        live_november(&fixture);
        assert_int_equal(fixture.village->current.marriages, 0);
        village_fixture_close(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bride_moves_to_the_groom_and_her_parents_stay),
        cmocka_unit_test(test_lone_mother_brings_her_children_and_all_she_has),
        cmocka_unit_test(test_share_and_let_land_of_a_house_left_empty_go_with_the_bride),
        cmocka_unit_test(test_kin_the_young_the_far_in_age_and_the_absent_do_not_marry),
        cmocka_unit_test(test_women_choose_by_age_and_nobody_marries_twice),
        cmocka_unit_test(test_couples_do_not_depend_on_the_order_of_rows),
        cmocka_unit_test(test_marriage_switched_off_weds_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
