/* Schooling, skill, efficiency. Rung: closed form, definition on drawn households. */
#include "tests/support/village.h"

#include "models/labour/skills.h"

static const struct skill_params defaults = {.skills = 1,
    .schooling_return = 0.05,
    .ceiling = 0.4,
    .job_gain = 0.2,
    .migrant_gain = 0.1,
    .training_gain = 0.5,
    .fade = 0.25};

static void test_efficiency_is_mincers_and_one_at_primary_school(void **state)
{
    (void)state;
    assert_true(skills_efficiency(&defaults, 6, 0.0) == 1.0);
    for (int32_t years = 0; years <= 16; years++)
        check_near(skills_efficiency(&defaults, years, 0.3), exp(0.05 * (years - 6) + 0.3), 1e-8, 0.0);
    for (double skill = -3.0; skill < 3.0; skill += 0.01)
        check_near(skills_efficiency(&defaults, 6, skill), exp(skill), 1e-6, 0.0);
    struct skill_params none = defaults;
    none.skills = 0;
    assert_true(skills_efficiency(&none, 16, 2.0) == 1.0);
}

/* A man of thirty of this activity and skill, after so many Januaries. */
static double skill_after(enum activity activity, double skill, int32_t years)
{
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    fixture.scenario->skills = defaults;
    sim_row h = village_fixture_household(&fixture, 1);
    fixture.village->persons.activity[0] = (uint8_t)activity;
    skills_set(fixture.village, 0, 6, (float)skill);
    for (int32_t year = 0; year < years; year++) {
        struct moment moment = village_fixture_moment(&fixture, 2015 + year, 1);
        skills_year(fixture.village, &moment);
    }
    double after = (double)fixture.village->persons.skill[0];
    double workers = (double)fixture.village->households.casual_workers[h];
    check_near(workers, activity == ACTIVITY_CASUAL ? exp(after) : 0.0, 1e-5, 0.0); /* counted anew */
    village_fixture_close(&fixture);
    return after;
}

static void test_work_and_training_close_the_gap_to_the_ceiling(void **state)
{
    (void)state;
    check_near(skill_after(ACTIVITY_JOB, 0.0, 1), 0.2 * 0.4, 1e-6, 0.0);
    check_near(skill_after(ACTIVITY_MIGRANT, 0.0, 1), 0.1 * 0.4, 1e-6, 0.0);
    check_near(skill_after(ACTIVITY_TRAINING, 0.0, 1), 0.5 * 0.4, 1e-6, 0.0);
    check_near(skill_after(ACTIVITY_JOB, 0.0, 7), 0.4 * (1.0 - pow(0.8, 7.0)), 1e-5, 0.0);
    assert_true(skill_after(ACTIVITY_JOB, 0.0, 60) <= 0.4 + 1e-6);
}

static void test_skill_fades_by_disuse(void **state)
{
    (void)state;
    const enum activity idle[] = {ACTIVITY_HOME, ACTIVITY_CASUAL, ACTIVITY_BUSINESS, ACTIVITY_NONE};
    for (int32_t i = 0; i < SIM_COUNT(idle); i++)
        check_near(skill_after(idle[i], 0.4, 3), 0.4 * 0.75 * 0.75 * 0.75, 1e-5, 0.0);
}

static void test_efficiency_that_schooling_has_left_behind_is_noticed(void **state)
{
    (void)state;
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    fixture.scenario->skills = defaults;
    village_fixture_household(&fixture, 1);
    skills_set(fixture.village, 0, 9, 0.1f);
    assert_true(fixture.village->persons.efficiency[0] == (float)skills_efficiency(&defaults, 9, 0.1f));
    assert_int_equal(village_check(fixture.village, &fixture.error), 0);
    fixture.village->persons.schooling[0]++;
    assert_true(village_check(fixture.village, &fixture.error) < 0);
    village_fixture_close(&fixture);
}

static void test_founders_have_the_efficiency_of_their_arm(void **state)
{
    (void)state;
    static struct county_fixture county; /* founders are made before an arm sets anything */
    county_fixture_open(&county, PAMIR_SOURCE_DIR "/scenarios/tiny/experiment.yaml", "reference", NULL, 0);
    county.scenario.skills.schooling_return = 0.3;
    struct county_run run;
    check_ok(county_run_init(
                 &run, &county.scenario, &county.founders, 1, (struct county_run_options){0}, &county.error),
        county.error);
    for (int32_t v = 0; v < county.scenario.n_villages; v++)
        check_ok(village_check(&run.villages[v], &county.error), county.error);
    county_run_free(&run);
    county_fixture_close(&county);
}

static void test_switched_off_skill_stands_still(void **state)
{
    (void)state;
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    fixture.scenario->skills.skills = 0;
    village_fixture_household(&fixture, 1);
    fixture.village->persons.activity[0] = ACTIVITY_JOB;
    struct moment moment = village_fixture_moment(&fixture, 2016, 1);
    skills_year(fixture.village, &moment);
    assert_true(fixture.village->persons.skill[0] == 0.0f);
    village_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_efficiency_is_mincers_and_one_at_primary_school),
        cmocka_unit_test(test_work_and_training_close_the_gap_to_the_ceiling),
        cmocka_unit_test(test_skill_fades_by_disuse),
        cmocka_unit_test(test_efficiency_that_schooling_has_left_behind_is_noticed),
        cmocka_unit_test(test_founders_have_the_efficiency_of_their_arm),
        cmocka_unit_test(test_switched_off_skill_stands_still),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
