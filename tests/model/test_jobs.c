/* Posts, seen from the village. Rung: definition, hand values. */
#include "tests/support/village.h"

#include "models/labour/jobs.h"

enum { EMPLOYER = SCHEME_MAX + 3, OTHER = SCHEME_MAX + 4, HOUSEHOLDS = 8 };

/* Eight households of two men; the first of each works for the employer, the others for nobody. */
static void draw_staff(struct village_fixture *fixture)
{
    village_fixture_open(fixture);
    for (int32_t h = 0; h < HOUSEHOLDS; h++) {
        sim_row household = village_fixture_household(fixture, 2);
        sim_row person = fixture->village->households.first_person[household];
        fixture->village->persons.job[person] = EMPLOYER;
        fixture->village->persons.activity[person] = ACTIVITY_JOB;
        demography_recount(fixture->village, household, fixture->scenario->first_month);
    }
    village_fixture_begin(fixture);
}

static struct sim_context at_start(const struct village_fixture *fixture)
{
    return (struct sim_context){.now = sim_month_to_time(fixture->scenario->first_month)};
}

static int32_t count_staff(const struct village_fixture *fixture, int32_t employer)
{
    int32_t n = 0;
    for (sim_row p = 0; p < fixture->village->persons.head.n; p++)
        n += fixture->village->persons.job[p] == employer;
    return n;
}

static void test_as_many_are_laid_off_as_the_employer_says(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_staff(&fixture);
    struct sim_context context = at_start(&fixture);
    jobs_on_laid_off(&context, fixture.village, OTHER, 0);
    assert_int_equal(count_staff(&fixture, EMPLOYER), HOUSEHOLDS);
    jobs_on_laid_off(&context, fixture.village, EMPLOYER, 3);
    assert_int_equal(count_staff(&fixture, EMPLOYER), HOUSEHOLDS - 3);
    for (sim_row p = 0; p < fixture.village->persons.head.n; p++)
        assert_int_equal(fixture.village->persons.job[p] != PERSON_NO_JOB,
            fixture.village->persons.activity[p] == ACTIVITY_JOB);
    village_fixture_end_month(&fixture);                        /* households count their jobs */
    jobs_on_laid_off(&context, fixture.village, EMPLOYER, 100); /* more than there are */
    assert_int_equal(count_staff(&fixture, EMPLOYER), 0);
    village_fixture_close(&fixture);
}

static void test_none_said_means_everybody_is_laid_off(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_staff(&fixture);
    struct sim_context context = at_start(&fixture);
    jobs_on_laid_off(&context, fixture.village, EMPLOYER, 0);
    assert_int_equal(count_staff(&fixture, EMPLOYER), 0);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_who_is_laid_off_depends_on_the_person_and_not_on_the_row(void **state)
{
    (void)state;
    sim_key gone[2] = {0, 0};
    for (int32_t turn = 0; turn < 2; turn++) {
        struct village_fixture fixture;
        draw_staff(&fixture);
        struct person_table *persons = &fixture.village->persons;
        if (turn == 1) /* the same persons in the opposite order of rows */
            for (sim_row h = 0; h < HOUSEHOLDS / 2; h++) {
                sim_row a = fixture.village->households.first_person[h];
                sim_row b = fixture.village->households.first_person[HOUSEHOLDS - 1 - h];
                sim_key key = persons->key[a];
                persons->key[a] = persons->key[b];
                persons->key[b] = key;
            }
        struct sim_context context = at_start(&fixture);
        jobs_on_laid_off(&context, fixture.village, EMPLOYER, 1);
        for (sim_row h = 0; h < HOUSEHOLDS; h++) {
            sim_row person = fixture.village->households.first_person[h];
            if (persons->job[person] == PERSON_NO_JOB)
                gone[turn] = persons->key[person];
        }
        village_fixture_close(&fixture);
    }
    assert_true(gone[0] != 0);
    assert_true(gone[0] == gone[1]);
}

static void test_wages_go_to_the_employers_staff_by_head(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_staff(&fixture);
    struct village *village = fixture.village;
    sim_row second = village->persons.next[village->households.first_person[2]];
    village->persons.job[second] = EMPLOYER; /* two of this household */
    village->persons.job[village->households.first_person[5]] = OTHER;
    demography_recount(village, 2, fixture.scenario->first_month);
    struct sim_context context = at_start(&fixture);
    check_ok(jobs_on_wages(&context, village, EMPLOYER, 8 * 170000 + 3, &fixture.error), fixture.error);
    int64_t sum = 0;
    for (sim_row h = 0; h < HOUSEHOLDS; h++) {
        int64_t heads = h == 2 ? 2 : h != 5;
        check_near((double)village->households.cash_fen[h], 170000.0 * (double)heads, 0.0, 1.0);
        check_near((double)village->households.year_wage_days[h],
            (double)heads * fixture.scenario->labour.days, 1e-6, 0.0);
        sum += village->households.income_wage_fen[h];
    }
    assert_int_equal(sum, 8 * 170000 + 3);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

/* A run of the tiny county whose firms pay so much, with one post a household and nobody who leaves it. */
static int64_t jobs_at(const char *wage, const char *premium)
{
    const char *const sets[] = {wage, premium, "parameters.enterprises.public_posts=0.3 job/person",
        "parameters.labour.choice=none", "parameters.labour.search=0.5 1/month"};
    struct county_fixture county;
    struct county_run run;
    county_fixture_open(&county, TINY, "reference", sets, SIM_COUNT(sets));
    check_ok(county_run_init(
                 &run, &county.scenario, &county.founders, 1, (struct county_run_options){0}, &county.error),
        county.error);
    struct firm_table *firms = &run.hub.firms;
    for (int32_t v = 0; v < county.scenario.n_villages; v++) /* all posts are open */
        for (sim_row p = 0; p < run.villages[v].persons.head.n; p++)
            if (run.villages[v].persons.job[p] != PERSON_NO_JOB) {
                run.villages[v].persons.job[p] = PERSON_NO_JOB;
                run.villages[v].persons.activity[p] = ACTIVITY_HOME;
                demography_recount(
                    &run.villages[v], run.villages[v].persons.household[p], county.scenario.first_month);
            }
    for (sim_row firm = 0; firm < firms->head.n; firm++)
        firms->staff[firm] = 0;
    for (sim_row row = 0; row < run.hub.staff.head.n; row++)
        run.hub.staff.staff[row] = 0;
    check_ok(county_run_until(&run, county.scenario.first_month + 12, &county.error), county.error);
    int64_t jobs = 0;
    for (int32_t v = 0; v < county.scenario.n_villages; v++)
        jobs += run.villages[v].report.jobs;
    county_run_free(&run);
    county_fixture_close(&county);
    return jobs;
}

static void test_posts_fill_at_a_good_wage_and_stay_open_at_a_bad_one(void **state)
{
    (void)state;
    const char *const as_good = "parameters.labour.job_premium=1";
    int64_t good = jobs_at("parameters.enterprises.job_wage=4000 CNY/month", as_good);
    assert_true(good > 20);
    assert_int_equal(jobs_at("parameters.enterprises.job_wage=1 CNY/month", as_good), 0);
    assert_true(
        jobs_at("parameters.enterprises.job_wage=1500 CNY/month", "parameters.labour.job_premium=10") < good);
}

/* Beliefs without risk: a farm day 80 CNY, half of it lost with the day, a spare day 20, casual work 30, own
 * business 25. The household of two has 24 days each; 120 sheep ask for 12 days a month, land for 24. */
static void test_a_post_is_set_against_what_the_person_does_now(void **state)
{
    (void)state;
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    struct scenario *scenario = fixture.scenario;
    struct village *village = fixture.village;
    scenario->labour.days = 24.0;
    scenario->labour.farm_share = 0.5;
    scenario->livestock.species[SPECIES_SHEEP].labour = 0.1;
    scenario->skills.schooling_return = 0.1;
    sim_row h = village_fixture_household(&fixture, 2), person = village->households.first_person[h];
    village->herds.female[h * SPECIES_COUNT + SPECIES_SHEEP] = 120;
    skills_set(village, person, 11, 0.0f);
    village->households.ability[h] = 1.5;
    for (int32_t k = 0; k < ACTIVITIES; k++)
        village->belief_cv[k] = 0.0;
    village->belief_fen[ACTIVITY_HOME] = 8000.0;
    village->belief_fen[ACTIVITY_NONE] = 2000.0;
    village->belief_fen[ACTIVITY_CASUAL] = 3000.0;
    village->belief_fen[ACTIVITY_BUSINESS] = 2500.0;
    struct moment moment = village_fixture_moment(&fixture, 2015, 5);
    moment.index = 1.1;
    double e = 1.6487212707001282; /* exp(5 x 0.1) */
    /* The other one does it all; then 12 of the 36 days are missing; then both ask for all that there is. */
    const double crops[] = {0.0, 24.0 * 12.0, 100.0 * 12.0}, farm[] = {0.0, 12.0, 24.0};
    for (int32_t i = 0; i < 3; i++)
        check_near(jobs_worth_of_now(village, person, &moment, crops[i]),
            1.1 * (farm[i] * 4000.0 + (24.0 - farm[i]) * 1.5 * 2000.0), 1e-6, 0.0);
    village->persons.activity[person] = ACTIVITY_CASUAL;
    demography_recount(village, h, scenario->first_month);
    check_near(jobs_worth_of_now(village, person, &moment, 0.0), 1.1 * 24.0 * 1.5 * e * 3000.0, 1e-6, 0.0);
    village->persons.activity[person] = ACTIVITY_BUSINESS;
    demography_recount(village, h, scenario->first_month);
    check_near(jobs_worth_of_now(village, person, &moment, 0.0), 1.1 * 24.0 * 1.5 * e * 2500.0, 1e-6, 0.0);
    village_fixture_close(&fixture);
}

static void test_a_row_that_serves_another_person_by_now_is_not_hired(void **state)
{
    (void)state;
    const char *const sets[] = {"parameters.enterprises.firms=none"};
    struct county_fixture county;
    struct county_run run;
    county_fixture_open(&county, TINY, "yak", sets, 1);
    county_fixture_run(&county, &run, (struct county_run_options){0}, 3);
    const struct person_table *persons = &run.villages[0].persons;
    sim_row person = 0;
    while (!persons->alive[person])
        person++;
    for (int32_t wrong = 1; wrong >= 0; wrong--) {
        struct sim_event hired = {.kind = MESSAGE_HIRED,
            .entity = 0,
            .data = {person, (int64_t)(persons->key[person] + (uint64_t)wrong), 0}};
        check_ok(
            sim_world_schedule(run.world, 0, sim_world_now(run.world), PHASE_MESSAGE, &hired, &county.error),
            county.error);
        int32_t month = sim_month_from_time(sim_world_now(run.world));
        check_ok(county_run_until(&run, month + 1, &county.error), county.error);
        assert_int_equal(persons->job[person], wrong ? PERSON_NO_JOB : 0);
    }
    county_run_free(&run);
    county_fixture_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_many_are_laid_off_as_the_employer_says),
        cmocka_unit_test(test_none_said_means_everybody_is_laid_off),
        cmocka_unit_test(test_who_is_laid_off_depends_on_the_person_and_not_on_the_row),
        cmocka_unit_test(test_wages_go_to_the_employers_staff_by_head),
        cmocka_unit_test(test_posts_fill_at_a_good_wage_and_stay_open_at_a_bad_one),
        cmocka_unit_test(test_a_post_is_set_against_what_the_person_does_now),
        cmocka_unit_test(test_a_row_that_serves_another_person_by_now_is_not_hired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
