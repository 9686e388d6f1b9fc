/* The month's work. Rung: hand values on drawn households, without luck. */
#include "tests/support/village.h"

#include "models/labour/work.h"

/* One household of two at home, 48 days a month between them; casual work for two fifths of the days offered,
 * at 100 CNY; own business at 20 CNY a day. All spare days are offered, and what is left of them is worth a
 * day of business. */
static void draw_village(struct village_fixture *fixture)
{
    village_fixture_open(fixture);
    struct labour_params *labour = &fixture->scenario->labour;
    labour->days = 24.0;
    labour->luck_sd = 0.0;
    labour->spare_offered = labour->spare_petty = 1.0;
    labour->casual_petty = 0.5;
    labour->care = 0.0;
    fixture->scenario->local.spending = 0;
    fixture->scenario->household.other_business = 20.0;
    fixture->scenario->livestock.species[SPECIES_SHEEP].labour = 0.1;
    fixture->scenario->land.labour = 0.01;
    fixture->scenario->land.sowing_month = 4;
    fixture->scenario->land.harvest_month = 8; /* five months */
    village_fixture_household(fixture, 2);
}

static void work_where(struct village_fixture *fixture, int32_t month, double wage_fen, double found_share)
{
    village_fixture_begin(fixture);
    struct moment moment = village_fixture_moment(fixture, 2015, month);
    moment.sell[GOOD_CASUAL] = wage_fen;
    moment.found_share = found_share;
    work_month(fixture->village, &moment, fixture->village->scratch_words);
    village_fixture_end_month(fixture);
}

static void work(struct village_fixture *fixture, int32_t month, double wage_fen)
{
    work_where(fixture, month, wage_fen, 0.4);
}

static void assert_work(
    const struct village_fixture *fixture, double casual_days, double own_days, double wage_fen)
{
    const struct household_table *households = &fixture->village->households;
    check_near((double)households->year_wage_days[0], casual_days, 1e-6, 1e-12);
    check_near((double)households->income_wage_fen[0], casual_days * wage_fen, 0.0, 1.0);
    check_near((double)households->income_business_fen[0], own_days * 2000.0, 0.0, 1.0);
    assert_int_equal(
        households->cash_fen[0], households->income_wage_fen[0] + households->income_business_fen[0]);
    assert_true(households->days_lost[0] == 0.0f);
    assert_true(households->days_used[0] == 0.0f);
}

/* What the first person of the household does. */
static void set_activity(struct village_fixture *fixture, sim_row person, enum activity activity)
{
    fixture->village->persons.activity[person] = (uint8_t)activity;
    demography_recount(
        fixture->village, fixture->village->persons.household[person], fixture->scenario->first_month);
}

static void test_spare_days_are_split_between_casual_work_and_petty_business(void **state)
{
    (void)state;
    const double share[] = {0.0, 0.2, 0.4, 1.0};
    for (int32_t i = 0; i < SIM_COUNT(share); i++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        work_where(&fixture, 10, 10000.0, share[i]);
        assert_work(&fixture, 48.0 * share[i], 48.0 * (1.0 - share[i]), 10000.0);
        check_near(fixture.village->current.days_offered, 48.0, 1e-12, 0.0);
        check_near(fixture.village->current.days_business, 48.0 * (1.0 - share[i]), 1e-12, 0.0);
        village_fixture_close(&fixture);
    }
}

static void test_who_works_at_home_offers_part_of_the_spare_days(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->labour.spare_offered = 0.5;
    fixture.scenario->labour.spare_petty = 0.8;
    work(&fixture, 10, 10000.0);
    check_near(fixture.village->current.days_offered, 24.0, 1e-12, 0.0);
    assert_work(&fixture, 0.4 * 24.0, 0.8 * (48.0 - 0.4 * 24.0), 10000.0);
    village_fixture_close(&fixture);
}

static void test_casual_worker_offers_every_day_and_finds_half_pay_in_the_rest(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->labour.spare_offered = 0.0;
    set_activity(&fixture, 0, ACTIVITY_CASUAL);
    fixture.village->herds.female[SPECIES_SHEEP] = 100; /* 10 days, which are not the casual worker's */
    work(&fixture, 10, 10000.0);
    check_near(fixture.village->current.days_offered, 24.0, 1e-12, 0.0);
    assert_work(&fixture, 0.4 * 24.0, 0.5 * 0.6 * 24.0 + 14.0, 10000.0);
    village_fixture_close(&fixture);
}

static void test_skill_raises_pay_and_not_days_of_work(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->labour.spare_offered = 0.0;
    fixture.scenario->labour.elder_work = 0.5;
    fixture.scenario->skills.schooling_return = 0.1;
    skills_set(fixture.village, 0, 11, 0.0f);
    set_activity(&fixture, 0, ACTIVITY_CASUAL);
    sim_row elder = village_fixture_person(&fixture, 0, 70, false);
    set_activity(&fixture, elder, ACTIVITY_CASUAL);
    work(&fixture, 10, 10000.0);
    const struct household_table *households = &fixture.village->households;
    double e = 1.6487212707001282; /* exp(5 x 0.1) */
    check_near((double)households->year_wage_days[0], 0.4 * 24.0 * 1.5, 1e-6, 0.0);
    check_near(fixture.village->current.days_offered, 24.0 * 1.5, 1e-9, 0.0);
    check_near((double)households->income_wage_fen[0], 0.4 * 24.0 * (e + 0.5) * 10000.0, 1e-5, 0.0);
    check_near((double)households->income_business_fen[0], (24.0 + 0.5 * 0.6 * 24.0 * (e + 0.5)) * 2000.0,
        1e-5, 0.0);
    village_fixture_close(&fixture);
}

static void test_business_takes_all_days_of_who_chose_it(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    set_activity(&fixture, 0, ACTIVITY_BUSINESS);
    set_activity(&fixture, 1, ACTIVITY_BUSINESS);
    fixture.village->herds.female[SPECIES_SHEEP] = 100;
    fixture.village->households.ability[0] = 1.5;
    work(&fixture, 10, 10000.0);
    assert_work(&fixture, 0.0, 1.5 * 48.0, 10000.0);
    check_near((double)fixture.village->households.business_days[0], 1.5 * 48.0, 1e-6, 0.0);
    check_near(fixture.village->current.days_offered, 0.0, 0.0, 0.0);
    village_fixture_close(&fixture);
}

static void test_crops_suffer_when_nobody_stays_at_home(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    village_fixture_parcel(&fixture, 0, PARCEL_IRRIGATED, 10000);
    set_activity(&fixture, 0, ACTIVITY_CASUAL);
    set_activity(&fixture, 1, ACTIVITY_BUSINESS);
    work(&fixture, 6, 10000.0);
    check_near((double)fixture.village->households.crop_care[0], 0.0, 0.0, 0.0);
    village_fixture_close(&fixture);
}

static void test_children_take_days_from_home_alone(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->labour.care = 3.0;
    village_fixture_person(&fixture, 0, 4, true);
    village_fixture_person(&fixture, 0, 9, false);
    set_activity(&fixture, 0, ACTIVITY_BUSINESS);
    work(&fixture, 10, 10000.0);
    assert_work(&fixture, 0.4 * (24.0 - 6.0), 24.0 + 0.6 * (24.0 - 6.0), 10000.0);
    village_fixture_close(&fixture);
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
    check_near(
        (double)fixture.village->households.year_wage_days[0], 0.4 * spare + 0.4 * (spare + 5.0), 1e-6, 0.0);
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
    check_near((double)fixture.village->households.year_wage_days[0], 2.0 * 0.4 * 48.0, 1e-6, 0.0);
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
    check_near((double)fixture.village->households.crop_care[0], 0.2, 1e-6, 0.0); /* a month of five */
    work(&fixture, 10, 10000.0);
    check_near((double)fixture.village->households.crop_care[0], 0.2, 1e-6, 0.0);
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
    check_near((double)fixture.village->households.crop_care[0], 0.5, 1e-6, 0.0);
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

/* Half of a rise of real outside wages by a fifth, when business follows by a half. */
static void test_own_business_follows_real_wages_outside(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->household.business_follows = 0.5;
    struct moment moment = village_fixture_moment(&fixture, 2015, 10);
    struct work_returns before, after;
    fixture.scenario->local.spending = 0;
    work_returns(fixture.village, &moment, &before);
    moment.sell[GOOD_MIGRANT] *= 1.2;
    work_returns(fixture.village, &moment, &after);
    check_near(after.business, 1.1 * before.business, 1e-9, 0.0);
    village_fixture_close(&fixture);
}

static void test_a_spare_day_is_worth_what_the_village_believes(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->household.business_follows = 0.0; /* of prices alone */
    struct village *village = fixture.village;
    village->households.ability[0] = 2.0;
    struct moment moment = village_fixture_moment(&fixture, 2015, 10);
    moment.sell[GOOD_CASUAL] = 10000.0;
    moment.found_share = 0.3;
    moment.index = 1.25;
    fixture.scenario->labour.spare_offered = 0.5;
    fixture.scenario->labour.spare_petty = 0.8;
    /* No belief yet: this month's return. */
    check_near(
        work_day_worth(village, 0, &moment), 2.0 * (0.15 * 10000.0 + 0.85 * 0.8 * 2000.0 * 1.25), 1e-12, 0.0);
    village->belief_fen[ACTIVITY_NONE] = 3000.0; /* of the base year */
    check_near(work_day_worth(village, 0, &moment), 2.0 * 3000.0 * 1.25, 1e-12, 0.0);
    village_fixture_close(&fixture);
}

static void test_local_sales_raise_the_return_of_a_day_of_business(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 10);
    struct work_returns returns;
    fixture.village->current.local_earned_fen = 500000;
    fixture.village->report.days_business = 100.0;
    fixture.scenario->local.value_added = 0.5;
    work_returns(fixture.village, &moment, &returns);
    check_near(returns.business, 2000.0, 1e-12, 0.0); /* switched off */
    fixture.scenario->local.spending = 1;
    work_returns(fixture.village, &moment, &returns);
    check_near(returns.business, 2000.0 + 0.5 * 5000.0, 1e-12, 0.0);
    village_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spare_days_are_split_between_casual_work_and_petty_business),
        cmocka_unit_test(test_who_works_at_home_offers_part_of_the_spare_days),
        cmocka_unit_test(test_casual_worker_offers_every_day_and_finds_half_pay_in_the_rest),
        cmocka_unit_test(test_skill_raises_pay_and_not_days_of_work),
        cmocka_unit_test(test_business_takes_all_days_of_who_chose_it),
        cmocka_unit_test(test_crops_suffer_when_nobody_stays_at_home),
        cmocka_unit_test(test_children_take_days_from_home_alone),
        cmocka_unit_test(test_illness_animals_and_membership_take_their_days),
        cmocka_unit_test(test_days_are_owed_to_a_custody_by_its_members_alone),
        cmocka_unit_test(test_crops_take_their_days_in_the_season_and_are_cared_for),
        cmocka_unit_test(test_land_beyond_the_hands_gets_part_of_its_care_and_leaves_no_spare_day),
        cmocka_unit_test(test_higher_casual_wage_raises_wages_in_proportion),
        cmocka_unit_test(test_the_able_earn_more_a_day),
        cmocka_unit_test(test_without_workers_there_are_no_wages),
        cmocka_unit_test(test_casual_work_switched_off_leaves_own_business),
        cmocka_unit_test(test_own_business_follows_real_wages_outside),
        cmocka_unit_test(test_a_spare_day_is_worth_what_the_village_believes),
        cmocka_unit_test(test_local_sales_raise_the_return_of_a_day_of_business),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
