/* A winter's course: who is offered a seat, who takes it, who leaves it, what it does to skill and to days of
 * work. Rung: definition on drawn households. */
#include "tests/support/village.h"

#include "models/labour/skills.h"
#include "models/labour/training.h"

enum { HOUSEHOLDS = 400 };

static void draw_village(struct village_fixture *fixture)
{
    village_fixture_open(fixture);
    fixture->scenario->skills.seats = 1.0;
    fixture->scenario->skills.completion = 1.0;
    fixture->scenario->skills.training_horizon = 600.0; /* worth it to all */
    for (int32_t i = 0; i < HOUSEHOLDS; i++)
        village_fixture_household(fixture, 1);
    fixture->village->belief_fen[ACTIVITY_CASUAL] = 3000.0;
    fixture->village->belief_fen[ACTIVITY_NONE] = 2000.0;
}

static int32_t in_training(const struct village_fixture *fixture)
{
    int32_t n = 0;
    for (sim_row p = 0; p < fixture->village->persons.head.n; p++)
        n += fixture->village->persons.activity[p] == ACTIVITY_TRAINING;
    return n;
}

static void live(struct village_fixture *fixture, int32_t calendar_month)
{
    struct moment moment = village_fixture_moment(fixture, 2015, calendar_month);
    training_month(fixture->village, &moment);
}

static void test_course_lasts_from_november_to_the_end_of_february(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    live(&fixture, 10);
    assert_int_equal(in_training(&fixture), 0);
    live(&fixture, 11);
    assert_int_equal(in_training(&fixture), HOUSEHOLDS);
    assert_int_equal(fixture.village->current.seats_taken, HOUSEHOLDS);
    assert_true(fixture.village->households.home_workers[0] == 0.0f); /* no day of work meanwhile */
    live(&fixture, 12);
    live(&fixture, 1);
    assert_int_equal(in_training(&fixture), HOUSEHOLDS);
    live(&fixture, 2);
    assert_int_equal(in_training(&fixture), 0);
    assert_int_equal(fixture.village->persons.activity[0], ACTIVITY_HOME);
    assert_true(fixture.village->households.home_workers[0] == 1.0f);
    village_fixture_close(&fixture);
}

/* Four standard errors of a binomial share. */
static void assert_share(int32_t n, double share)
{
    check_near((double)n / HOUSEHOLDS, share, 0.0, 4.0 * sqrt(share * (1.0 - share) / HOUSEHOLDS));
}

static void test_seats_are_offered_to_a_share_and_left_by_a_share(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->skills.seats = 0.5;
    fixture.scenario->skills.completion = 0.7;
    live(&fixture, 11);
    int32_t began = in_training(&fixture);
    assert_share(began, 0.5);
    assert_int_equal(fixture.village->current.seats_offered, began);
    live(&fixture, 12);
    double stayed = (double)in_training(&fixture) / (double)began;
    check_near(stayed, 0.7, 0.0, 4.0 * sqrt(0.7 * 0.3 / (double)began));
    village_fixture_close(&fixture);
}

static void test_who_gains_too_little_refuses(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->skills.training_horizon = 1.0;
    live(&fixture, 11);
    assert_int_equal(in_training(&fixture), 0);
    assert_int_equal(fixture.village->current.seats_offered, HOUSEHOLDS);
    assert_int_equal(fixture.village->current.seats_taken, 0);
    village_fixture_close(&fixture);
}

static void test_better_pay_for_skill_raises_take_up(void **state)
{
    (void)state;
    int32_t taken[2];
    for (int32_t i = 0; i < 2; i++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        fixture.scenario->skills.training_horizon = 48.0;
        fixture.village->belief_fen[ACTIVITY_CASUAL] = i ? 4000.0 : 2000.0;
        live(&fixture, 11);
        taken[i] = in_training(&fixture);
        village_fixture_close(&fixture);
    }
    assert_true(taken[1] > taken[0]);
}

static void test_completed_course_adds_its_share_of_the_gap_in_january(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->skills.training_gain = 0.15;
    fixture.scenario->skills.ceiling = 0.4;
    live(&fixture, 11);
    live(&fixture, 12);
    struct moment moment = village_fixture_moment(&fixture, 2016, 1);
    skills_year(fixture.village, &moment);
    check_near((double)fixture.village->persons.skill[0], 0.06, 1e-6, 0.0);
    village_fixture_close(&fixture);
}

static void test_old_employed_and_absent_are_not_asked(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    struct person_table *persons = &fixture.village->persons;
    persons->activity[0] = ACTIVITY_MIGRANT;
    persons->activity[1] = ACTIVITY_JOB;
    persons->activity[2] = ACTIVITY_SCHOOL;
    persons->born[3] -= 12 * 30;
    live(&fixture, 11);
    assert_int_equal(in_training(&fixture), HOUSEHOLDS - 4);
    village_fixture_close(&fixture);
}

static void test_switched_off_nobody_is_asked(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->skills.training = 0;
    live(&fixture, 11);
    assert_int_equal(fixture.village->current.seats_offered, 0);
    village_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_course_lasts_from_november_to_the_end_of_february),
        cmocka_unit_test(test_seats_are_offered_to_a_share_and_left_by_a_share),
        cmocka_unit_test(test_who_gains_too_little_refuses),
        cmocka_unit_test(test_better_pay_for_skill_raises_take_up),
        cmocka_unit_test(test_completed_course_adds_its_share_of_the_gap_in_january),
        cmocka_unit_test(test_old_employed_and_absent_are_not_asked),
        cmocka_unit_test(test_switched_off_nobody_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
