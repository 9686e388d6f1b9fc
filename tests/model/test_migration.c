/* Money from members beyond the county, what going costs, and leaving for good. Rung: hand values and
 * definition on drawn households. */
#include "tests/support/village.h"

#include "models/labour/migration.h"

/* One household of three men, one of them away; nobody is ever without work. */
static void draw_village(struct village_fixture *fixture)
{
    village_fixture_open(fixture);
    fixture->scenario->migration.remitted = 0.4;
    fixture->scenario->migration.out_of_work = 0.0;
    village_fixture_household(fixture, 3);
    fixture->village->persons.activity[0] = ACTIVITY_MIGRANT;
    demography_recount(fixture->village, 0, fixture->scenario->first_month);
}

/* Money sent in a month of an outside wage of 3,000 CNY; the books close on it. */
static int64_t send(struct village_fixture *fixture)
{
    struct household_table *households = &fixture->village->households;
    int64_t before = households->cash_fen[0];
    village_fixture_begin(fixture);
    struct moment moment = village_fixture_moment(fixture, 2015, 5);
    moment.sell[GOOD_MIGRANT] = 300000.0;
    migration_month(fixture->village, &moment);
    village_fixture_end_month(fixture);
    int64_t sent = households->cash_fen[0] - before;
    assert_int_equal(households->income_remittance_fen[0], sent);
    assert_int_equal(households->year_cash_fen[0], sent);
    assert_int_equal(fixture->village->current.remittances_fen, sent);
    return sent;
}

static void test_migrant_sends_a_share_of_the_outside_wage(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    assert_int_equal(send(&fixture), 120000);
    village_fixture_close(&fixture);
}

static void test_schooled_migrant_sends_more(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->skills.schooling_return = 0.05;
    skills_set(fixture.village, 0, 9, 0.0f);
    check_near((double)send(&fixture), 120000.0 * exp(0.15), 0.0, 1.0);
    village_fixture_close(&fixture);
}

static void test_migrant_without_work_sends_nothing(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->migration.out_of_work = 1.0;
    assert_int_equal(send(&fixture), 0);
    village_fixture_close(&fixture);
}

static void test_switched_off_nothing_is_sent(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->migration.migration = 0;
    assert_int_equal(send(&fixture), 0);
    village_fixture_close(&fixture);
}

static void test_neighbours_who_are_away_make_going_cheaper(void **state)
{
    (void)state;
    const struct migration_params params = {.moving_cost = 1000.0, .network = 2.0};
    const struct moment moment = {.index = 1.1};
    assert_int_equal(migration_moving_fen(&params, &moment, 0.0), 110000);
    assert_int_equal(migration_moving_fen(&params, &moment, 0.25), 55000);
    assert_int_equal(migration_moving_fen(&params, &moment, 0.8), 0); /* never below nothing */
}

/* A household of two with debt, cash, land and so many hunger months: does it leave? */
static bool leaves(int32_t hungry_months, int32_t sheep, double hazard)
{
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    struct village *village = fixture.village;
    fixture.scenario->migration.leave_after = 4;
    fixture.scenario->migration.leave_hazard = hazard;
    village_fixture_household(&fixture, 2);
    village_fixture_household(&fixture, 2); /* a neighbour without need */
    village_fixture_parcel(&fixture, 0, PARCEL_IRRIGATED, 5000);
    village->households.hungry_months[0] = (uint8_t)hungry_months;
    village->households.cash_fen[0] = 700;
    village->households.debt_fen[0] = 500;
    village->herds.female[SPECIES_SHEEP] = sheep;
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 5);
    struct sim_context context = {0}; /* nobody has a job: nothing is sent */
    check_ok(migration_leave(&context, village, &moment, &fixture.error), fixture.error);
    village_fixture_end_month(&fixture);
    bool is_gone = village->households.present[0] == 0;
    assert_int_equal(village->current.left_persons, is_gone ? 2 : 0);
    assert_int_equal(village->households.n_persons[0], is_gone ? 0 : 2);
    assert_int_equal(village->idle_m2, is_gone ? 5000 : 0);
    assert_int_equal(village->households.n_persons[1], 2);
    village_fixture_close(&fixture);
    return is_gone;
}

static void test_household_without_a_way_to_live_leaves_with_its_members(void **state)
{
    (void)state;
    assert_true(leaves(4, 0, 1.0));
    assert_false(leaves(3, 0, 1.0)); /* not yet */
    assert_false(leaves(4, 1, 1.0)); /* an animal is left to sell */
    assert_false(leaves(4, 0, 0.0));
}

static void test_ability_pays_less_beyond_the_county_than_at_home(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    int64_t mean = send(&fixture);
    village_fixture_close(&fixture);
    draw_village(&fixture);
    fixture.scenario->migration.ability_return = 0.5;
    fixture.village->households.ability[0] = 4.0;
    check_near((double)send(&fixture), 2.0 * (double)mean, 1e-5, 0.0);
    village_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_migrant_sends_a_share_of_the_outside_wage),
        cmocka_unit_test(test_schooled_migrant_sends_more),
        cmocka_unit_test(test_migrant_without_work_sends_nothing),
        cmocka_unit_test(test_switched_off_nothing_is_sent),
        cmocka_unit_test(test_neighbours_who_are_away_make_going_cheaper),
        cmocka_unit_test(test_ability_pays_less_beyond_the_county_than_at_home),
        cmocka_unit_test(test_household_without_a_way_to_live_leaves_with_its_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
