/* The month's work. Rung: hand values on drawn households, without luck. */
#include "tests/support/village.h"

#include "models/labour/work.h"

/* One household of two, 48 days a month between them; casual work for a fifth of spare days in winter, two
 * fifths in summer, at 100 CNY; own business at 20 CNY a day. */
static void draw_village(struct village_fixture *fixture)
{
    village_fixture_open(fixture);
    struct labour_params *labour = &fixture->scenario->labour;
    labour->days = 24.0;
    labour->casual_summer = 0.4;
    labour->casual_winter = 0.2;
    labour->luck_sd = 0.0;
    fixture->scenario->household.other_business = 20.0;
    fixture->scenario->livestock.species[SPECIES_SHEEP].labour = 0.1;
    fixture->scenario->land.labour = 0.01;
    fixture->scenario->land.sowing_month = 4;
    fixture->scenario->land.harvest_month = 8; /* five months */
    village_fixture_household(fixture, 2);
}

static void work(struct village_fixture *fixture, int32_t month, double wage_fen)
{
    village_fixture_begin(fixture);
    struct moment moment = village_fixture_moment(fixture, 2015, month);
    moment.sell[GOOD_CASUAL] = wage_fen;
    work_month(fixture->village, &moment, fixture->village->scratch_words);
    village_fixture_end_month(fixture);
}

static void assert_work(
    const struct village_fixture *fixture, double casual_days, double own_days, double wage_fen)
{
    const struct household_table *households = &fixture->village->households;
    check_near(households->year_wage_days[0], casual_days, 1e-12, 1e-12);
    check_near((double)households->income_wage_fen[0], casual_days * wage_fen, 0.0, 1.0);
    check_near((double)households->income_business_fen[0], own_days * 2000.0, 0.0, 1.0);
    assert_int_equal(
        households->cash_fen[0], households->income_wage_fen[0] + households->income_business_fen[0]);
    assert_true(households->days_lost[0] == 0.0);
    assert_true(households->days_used[0] == 0.0);
}

static void test_spare_days_are_split_between_casual_work_and_own_business(void **state)
{
    (void)state;
    const double share[] = {0.2, 0.4};
    for (int32_t i = 0; i < 2; i++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        work(&fixture, i == 0 ? 1 : 10, 10000.0);
        assert_work(&fixture, 48.0 * share[i], 48.0 * (1.0 - share[i]), 10000.0);
        village_fixture_close(&fixture);
    }
}

static void test_april_belongs_to_the_winter_of_casual_work_and_may_to_its_summer(void **state)
{
    (void)state;
    for (int32_t month = 1; month <= 12; month++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        work(&fixture, month, 10000.0);
        double share = month >= 11 || month <= 4 ? 0.2 : 0.4;
        assert_work(&fixture, 48.0 * share, 48.0 * (1.0 - share), 10000.0);
        village_fixture_close(&fixture);
    }
}

static void test_illness_animals_and_membership_take_their_days(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    int32_t scheme = 0;
    while (fixture.scenario->effects[scheme].kind != EFFECT_HERD)
        scheme++;
    fixture.scenario->effects[scheme].as.herd.mode = HERD_CUSTODY;
    fixture.scenario->effects[scheme].as.herd.member_days = 36.0;
    assert_true(participation_answer(fixture.village, 0, scheme, true, 0, 1, &fixture.error) >= 0);
    fixture.village->households.days_lost[0] = 5.0;
    fixture.village->herds.female[SPECIES_SHEEP] = 60;
    fixture.village->herds.young[SPECIES_SHEEP] = 20;
    work(&fixture, 10, 10000.0);
    double spare = 48.0 - 5.0 - 80 * 0.1 - 36.0 / 12.0;
    assert_work(&fixture, 0.4 * spare, 0.6 * spare, 10000.0);
    work(&fixture, 11, 10000.0); /* illness is over, membership is not */
    check_near(fixture.village->households.year_wage_days[0], 0.4 * spare + 0.2 * (spare + 5.0), 1e-12, 0.0);
    village_fixture_close(&fixture);
}

static void test_days_are_owed_to_a_custody_by_its_members_alone(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    int32_t scheme = 0;
    while (fixture.scenario->effects[scheme].kind != EFFECT_HERD)
        scheme++;
    fixture.scenario->effects[scheme].as.herd.member_days = 36.0;
    fixture.scenario->effects[scheme].as.herd.mode = HERD_CUSTODY; /* offered, and refused */
    assert_true(participation_answer(fixture.village, 0, scheme, false, 0, 0, &fixture.error) >= 0);
    work(&fixture, 10, 10000.0);
    assert_work(&fixture, 0.4 * 48.0, 0.6 * 48.0, 10000.0);
    fixture.village->participations.state[0] = PARTICIPATION_MEMBER;
    fixture.scenario->effects[scheme].as.herd.mode = HERD_GIFT; /* a gift binds nobody */
    work(&fixture, 10, 10000.0);
    check_near(fixture.village->households.year_wage_days[0], 2.0 * 0.4 * 48.0, 1e-12, 0.0);
    village_fixture_close(&fixture);
}

static void test_crops_take_their_days_in_the_season_and_are_cared_for(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    village_fixture_parcel(&fixture, 0, PARCEL_IRRIGATED, 10000); /* 100 days, 20 a month */
    work(&fixture, 6, 10000.0);
    assert_work(&fixture, 0.4 * 28.0, 0.6 * 28.0, 10000.0);
    check_near(fixture.village->households.crop_care[0], 0.2, 1e-12, 0.0); /* a month of five */
    work(&fixture, 10, 10000.0);
    check_near(fixture.village->households.crop_care[0], 0.2, 1e-12, 0.0);
    village_fixture_close(&fixture);
}

static void test_land_beyond_the_hands_gets_part_of_its_care_and_leaves_no_spare_day(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    village_fixture_parcel(&fixture, 0, PARCEL_IRRIGATED, 48000); /* 96 days a month */
    for (int32_t month = 4; month <= 8; month++)
        work(&fixture, month, 10000.0);
    check_near(fixture.village->households.crop_care[0], 0.5, 1e-12, 0.0);
    assert_work(&fixture, 0.0, 0.0, 10000.0);
    village_fixture_close(&fixture);
}

static void test_higher_casual_wage_raises_wages_in_proportion(void **state)
{
    (void)state;
    int64_t wages[2];
    for (int32_t i = 0; i < 2; i++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        work(&fixture, 10, 10000.0 * (1 + i));
        wages[i] = fixture.village->households.income_wage_fen[0];
        village_fixture_close(&fixture);
    }
    assert_true(wages[0] > 0);
    check_near((double)wages[1], 2.0 * (double)wages[0], 0.0, 2.0);
}

static void test_the_able_earn_more_a_day(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.village->households.ability[0] = 1.5;
    work(&fixture, 10, 10000.0);
    check_near((double)fixture.village->households.income_wage_fen[0], 1.5 * 0.4 * 48.0 * 10000.0, 0.0, 1.0);
    village_fixture_close(&fixture);
}

static void test_without_workers_there_are_no_wages(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    village_fixture_household(&fixture, 0);
    village_fixture_person(&fixture, 1, 80, true);
    village_fixture_person(&fixture, 1, 9, true);
    fixture.village->households.days_lost[0] = 100.0; /* ill all month */
    work(&fixture, 10, 10000.0);
    for (sim_row h = 0; h < 2; h++) {
        assert_int_equal(fixture.village->households.cash_fen[h], 0);
        assert_true(fixture.village->households.year_wage_days[h] == 0.0);
    }
    village_fixture_close(&fixture);
}

static void test_casual_work_switched_off_leaves_own_business(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->labour.casual = 0;
    work(&fixture, 10, 10000.0);
    assert_work(&fixture, 0.0, 48.0, 10000.0);
    struct moment moment = village_fixture_moment(&fixture, 2015, 10);
    check_near(work_day_worth(fixture.village, 0, &moment), 2000.0, 1e-12, 0.0);
    village_fixture_close(&fixture);
}

static void test_a_day_is_worth_what_it_brings_over_the_year(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.village->households.ability[0] = 2.0;
    struct moment moment = village_fixture_moment(&fixture, 2015, 10);
    moment.sell[GOOD_CASUAL] = 10000.0;
    moment.index = 1.5;
    check_near(work_day_worth(fixture.village, 0, &moment), 2.0 * (0.3 * 10000.0 + 0.7 * 3000.0), 1e-12, 0.0);
    village_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spare_days_are_split_between_casual_work_and_own_business),
        cmocka_unit_test(test_april_belongs_to_the_winter_of_casual_work_and_may_to_its_summer),
        cmocka_unit_test(test_illness_animals_and_membership_take_their_days),
        cmocka_unit_test(test_days_are_owed_to_a_custody_by_its_members_alone),
        cmocka_unit_test(test_crops_take_their_days_in_the_season_and_are_cared_for),
        cmocka_unit_test(test_land_beyond_the_hands_gets_part_of_its_care_and_leaves_no_spare_day),
        cmocka_unit_test(test_higher_casual_wage_raises_wages_in_proportion),
        cmocka_unit_test(test_the_able_earn_more_a_day),
        cmocka_unit_test(test_without_workers_there_are_no_wages),
        cmocka_unit_test(test_casual_work_switched_off_leaves_own_business),
        cmocka_unit_test(test_a_day_is_worth_what_it_brings_over_the_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
