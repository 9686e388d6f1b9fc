/* School years. Rung: definition on drawn households, closed form of who goes on. */
#include "tests/support/village.h"

#include "models/households/schooling.h"

/* One household of so much lasting income, in multiples of subsistence, with a child born in January. */
static sim_row draw_child(struct village_fixture *fixture, int32_t age, double wealth)
{
    village_fixture_open(fixture);
    struct village *village = fixture->village;
    sim_row h = village_fixture_household(fixture, 1);
    sim_row child = village_fixture_person(fixture, h, age, true);
    village->persons.schooling[child] = 0;
    village->households.permanent_fen[h] =
        wealth * 100.0 * fixture->scenario->household.need * village->households.consumers[h];
    return child;
}

static void live_september(struct village_fixture *fixture, int32_t year)
{
    struct moment moment = village_fixture_moment(fixture, year, 9);
    schooling_month(fixture->village, &moment);
}

static void test_nine_years_from_six_for_everybody(void **state)
{
    (void)state;
    struct village_fixture fixture;
    sim_row child = draw_child(&fixture, 5, 0.0); /* six in 2016 */
    struct person_table *persons = &fixture.village->persons;
    for (int32_t year = 2015; year <= 2024; year++) {
        live_september(&fixture, year);
        assert_int_equal(persons->activity[child], year < 2016 ? ACTIVITY_NONE : ACTIVITY_SCHOOL);
        assert_int_equal(persons->schooling[child], year < 2016 ? 0 : year - 2016);
    }
    live_september(&fixture, 2025); /* fifteen, and poor */
    assert_int_equal(persons->schooling[child], 9);
    assert_int_equal(persons->activity[child], ACTIVITY_NONE);
    live_september(&fixture, 2026);
    assert_int_equal(persons->schooling[child], 9);
    assert_int_equal(persons->activity[child], ACTIVITY_NONE);
    village_fixture_close(&fixture);
}

static void test_rich_child_goes_on_to_twelve_and_then_works_at_home(void **state)
{
    (void)state;
    struct village_fixture fixture;
    sim_row child = draw_child(&fixture, 6, 1e9);
    struct person_table *persons = &fixture.village->persons;
    for (int32_t year = 2015; year <= 2026; year++) {
        live_september(&fixture, year);
        assert_int_equal(persons->activity[child], ACTIVITY_SCHOOL);
    }
    live_september(&fixture, 2027);
    assert_int_equal(persons->schooling[child], 12);
    assert_int_equal(persons->activity[child], ACTIVITY_HOME);
    check_near((double)fixture.village->households.home_workers[0], 2.0, 0.0, 0.0);
    village_fixture_close(&fixture);
}

static void test_share_that_goes_on_is_half_at_the_parameter_and_grows(void **state)
{
    (void)state;
    struct demography_params params = {.school_income = 3.0};
    check_near(schooling_goes_on(&params, 3.0), 0.5, 1e-12, 0.0);
    check_near(schooling_goes_on(&params, 0.0) + schooling_goes_on(&params, -5.0), 0.0, 0.0, 0.0);
    for (double wealth = 0.1; wealth < 50.0; wealth += 0.1)
        assert_true(schooling_goes_on(&params, wealth) > schooling_goes_on(&params, wealth - 0.1));
}

/* Of 900 children of households at the parameter half go on, and those who do at a lower income are among
 * them: the trait is lasting. */
static void test_who_goes_on_when_poor_goes_on_when_rich(void **state)
{
    (void)state;
    enum { CHILDREN = 900 };
    uint8_t goes[2][CHILDREN];
    int32_t n[2] = {0};
    for (int32_t i = 0; i < 2; i++) {
        struct village_fixture fixture;
        village_fixture_open(&fixture);
        struct village *village = fixture.village;
        for (int32_t c = 0; c < CHILDREN; c++) {
            sim_row h = village_fixture_household(&fixture, 0);
            sim_row child = village_fixture_person(&fixture, h, 15, false);
            village->persons.schooling[child] = 8;
            village->persons.activity[child] = ACTIVITY_SCHOOL;
            village->households.permanent_fen[h] = (i == 0 ? 1.5 : 3.0) * 100.0 *
                                                   fixture.scenario->household.need *
                                                   village->households.consumers[h];
        }
        live_september(&fixture, 2015);
        for (int32_t c = 0; c < CHILDREN; c++)
            n[i] += goes[i][c] = village->persons.activity[c] == ACTIVITY_SCHOOL;
        village_fixture_close(&fixture);
    }
    check_near(n[0] / (double)CHILDREN, 1.0 / 3.0, 0.0, 4.0 * sqrt(0.25 / CHILDREN));
    check_near(n[1] / (double)CHILDREN, 0.5, 0.0, 4.0 * sqrt(0.25 / CHILDREN));
    for (int32_t c = 0; c < CHILDREN; c++)
        assert_true(goes[0][c] <= goes[1][c]);
}

static void test_hunger_keeps_a_child_at_home_for_a_year_and_the_law_calls_it_back(void **state)
{
    (void)state;
    struct village_fixture fixture;
    sim_row child = draw_child(&fixture, 8, 1.0);
    struct village *village = fixture.village;
    fixture.scenario->demography.drop_out = 1.0;
    village->persons.activity[child] = ACTIVITY_SCHOOL;
    village->persons.schooling[child] = 1;
    village->households.year_hunger[0] = 1;
    live_september(&fixture, 2015);
    assert_int_equal(village->persons.activity[child], ACTIVITY_NONE);
    assert_int_equal(village->persons.schooling[child], 2);
    village->households.year_hunger[0] = 0;
    live_september(&fixture, 2016);
    assert_int_equal(village->persons.activity[child], ACTIVITY_SCHOOL);
    assert_int_equal(village->persons.schooling[child], 2);
    village_fixture_close(&fixture);
}

static void test_adults_and_other_months_are_left_alone(void **state)
{
    (void)state;
    struct village_fixture fixture;
    sim_row child = draw_child(&fixture, 8, 1.0);
    struct moment moment = village_fixture_moment(&fixture, 2015, 8);
    schooling_month(fixture.village, &moment);
    assert_int_equal(fixture.village->persons.activity[child], ACTIVITY_NONE);
    live_september(&fixture, 2015);
    assert_int_equal(fixture.village->persons.activity[0], ACTIVITY_HOME);
    assert_int_equal(fixture.village->persons.schooling[0], 6);
    village_fixture_close(&fixture);
}

static void test_schooling_switched_off_sends_nobody_to_school(void **state)
{
    (void)state;
    for (int32_t i = 0; i < 2; i++) {
        struct village_fixture fixture;
        sim_row child = draw_child(&fixture, 8, 1.0);
        fixture.scenario->demography.schooling = i == 0;
        fixture.scenario->demography.dynamics = i != 0;
        live_september(&fixture, 2015);
        assert_int_equal(fixture.village->persons.activity[child], ACTIVITY_NONE);
        village_fixture_close(&fixture);
    }
}

/* Founders have what the rules would have given them: a pupil's years are those since six. */
static void test_founding_years_are_those_of_the_rules(void **state)
{
    (void)state;
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    const struct demography_params *params = &fixture.scenario->demography;
    int32_t month = sim_month_from_date(2015, 1);
    bool attends = false;
    assert_int_equal(schooling_founding(params, 0.5, month - 12 * 5, month, &attends), 0);
    assert_false(attends);
    /* Turned six in October: the school year of September began without it. */
    assert_int_equal(schooling_founding(params, 0.5, month - 12 * 6 - 3, month, &attends), 0);
    assert_false(attends);
    assert_int_equal(schooling_founding(params, 0.5, month - 12 * 6 - 4, month, &attends), 0);
    assert_true(attends);
    assert_int_equal(schooling_founding(params, 0.5, month - 12 * 10 - 4, month, &attends), 4);
    assert_true(attends);
    assert_int_equal(schooling_founding(params, 0.1, month - 12 * 16, month, &attends), 9);
    assert_false(attends);
    assert_int_equal(schooling_founding(params, 0.9, month - 12 * 17, month, &attends), 10);
    assert_true(attends);
    double sum[2] = {0};
    for (int32_t i = 0; i < 1000; i++)
        for (int32_t old = 0; old < 2; old++) {
            sum[old] +=
                schooling_founding(params, (i + 0.5) / 1000.0, month - 12 * (old ? 60 : 30), month, &attends);
            assert_false(attends);
        }
    check_near(sum[0] / 1000.0, 8.5, 0.0, 0.3);
    check_near(sum[1] / 1000.0, 5.5, 0.0, 0.3);
    village_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nine_years_from_six_for_everybody),
        cmocka_unit_test(test_rich_child_goes_on_to_twelve_and_then_works_at_home),
        cmocka_unit_test(test_share_that_goes_on_is_half_at_the_parameter_and_grows),
        cmocka_unit_test(test_who_goes_on_when_poor_goes_on_when_rich),
        cmocka_unit_test(test_hunger_keeps_a_child_at_home_for_a_year_and_the_law_calls_it_back),
        cmocka_unit_test(test_adults_and_other_months_are_left_alone),
        cmocka_unit_test(test_schooling_switched_off_sends_nobody_to_school),
        cmocka_unit_test(test_founding_years_are_those_of_the_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
