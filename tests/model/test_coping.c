/* How a debt ends, and what the collective gives back. Rung: hand values on drawn households. */
#include "tests/support/village.h"

#include "models/households/coping.h"
#include "models/households/living.h"
#include "models/livestock/livestock.h"

static void draw_debtor(struct village_fixture *fixture, int64_t debt_fen, int32_t sheep)
{
    village_fixture_open(fixture);
    fixture->scenario->household.default_after = 2;
    fixture->scenario->household.credit_bar = 36;
    fixture->scenario->household.credit_limit = 0.25;
    fixture->scenario->household.repay_above = 1.5;
    fixture->scenario->household.repay_share = 0.5;
    sim_row h = village_fixture_household(fixture, 2);
    fixture->village->households.debt_fen[h] = debt_fen;
    fixture->village->herds.female[h * SPECIES_COUNT + SPECIES_SHEEP] = sheep;
}

/* Interest of one month at 1 percent. */
static void pay(struct village_fixture *fixture)
{
    struct moment moment = village_fixture_moment(fixture, 2015, 2);
    moment.sell[GOOD_SHEEP] = 75000.0;
    village_fixture_begin(fixture);
    coping_pay_interest(fixture->village, &moment, 0, 0.01);
    village_fixture_end_month(fixture);
}

static void test_one_missed_due_is_only_owed(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_debtor(&fixture, 100000, 5);
    pay(&fixture);
    assert_int_equal(fixture.village->households.debt_fen[0], 101000);
    assert_int_equal(fixture.village->households.missed_dues[0], 1);
    assert_int_equal(fixture.village->herds.female[0], 5);
    fixture.village->households.cash_fen[0] = 2000; /* pays the next: the count starts anew */
    pay(&fixture);
    assert_int_equal(fixture.village->households.missed_dues[0], 0);
    village_fixture_close(&fixture);
}

static void test_second_missed_due_calls_the_debt_and_takes_as_many_animals(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_debtor(&fixture, 100000, 5);
    pay(&fixture);
    pay(&fixture);
    struct household_table *households = &fixture.village->households;
    /* 102,010 fen asked for: two sheep at 75,000; what they bring beyond the debt stays with the household.
     */
    assert_int_equal(fixture.village->herds.female[0], 3);
    assert_int_equal(households->debt_fen[0], 0);
    assert_int_equal(households->cash_fen[0], 150000 - 102010);
    assert_int_equal(households->credit_closed[0], 36);
    assert_int_equal(fixture.village->current.defaults, 1);
    village_fixture_close(&fixture);
}

static void test_what_animals_do_not_cover_is_written_off(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_debtor(&fixture, 100000, 1);
    pay(&fixture);
    pay(&fixture);
    assert_int_equal(fixture.village->herds.female[0], 0);
    assert_int_equal(fixture.village->households.debt_fen[0], 0);
    assert_int_equal(fixture.village->households.cash_fen[0], 0);
    village_fixture_close(&fixture);
}

static void test_nobody_lends_to_who_has_defaulted_until_the_bar_is_over(void **state)
{
    (void)state;
    for (int32_t bar = 0; bar <= 1; bar++) {
        struct village_fixture fixture;
        draw_debtor(&fixture, 0, 40);
        struct household_table *households = &fixture.village->households;
        households->credit_closed[0] = (uint8_t)bar;
        households->need_fen[0] = 30000;
        village_fixture_begin(&fixture);
        struct moment moment = village_fixture_moment(&fixture, 2015, 2);
        coping_climb_down(fixture.village, &moment, 0);
        village_fixture_end_month(&fixture);
        assert_int_equal(households->debt_fen[0], bar ? 0 : 30000);
        assert_int_equal(households->rung[0], bar ? COPING_DISTRESS : COPING_CREDIT);
        /* The bar shrinks by a month at the month's dues. */
        living_dues(fixture.village, &moment);
        assert_int_equal(households->credit_closed[0], 0);
        village_fixture_close(&fixture);
    }
}

static void test_collective_shares_half_of_its_money_by_persons_to_the_coin(void **state)
{
    (void)state;
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    fixture.scenario->household.collective_payout = 0.5;
    village_fixture_household(&fixture, 1);
    village_fixture_household(&fixture, 2);
    fixture.village->collective_fen = 2000;
    fixture.village->report.persons = 3;
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2016, 1);
    living_new_year(fixture.village, &moment);
    village_fixture_end_month(&fixture);
    assert_int_equal(fixture.village->collective_fen, 1000);
    assert_int_equal(fixture.village->households.cash_fen[0] + fixture.village->households.cash_fen[1], 1000);
    assert_int_equal(fixture.village->households.income_property_fen[0], 333);
    assert_int_equal(fixture.village->households.income_property_fen[1], 667);
    village_fixture_close(&fixture);
}

static void test_assistance_is_no_lasting_income(void **state)
{
    (void)state;
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    fixture.scenario->household.learning = 1.0;
    for (int32_t i = 0; i < 2; i++) {
        sim_row h = village_fixture_household(&fixture, 1);
        fixture.village->households.income_transfer_fen[h] = 120000;
    }
    fixture.village->households.year_assistance_fen[1] = 120000;
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2016, 1);
    living_new_year(fixture.village, &moment);
    check_near((double)fixture.village->households.revision_fen[0], 10000.0 / 12.0, 1e-6, 0.0);
    check_near((double)fixture.village->households.revision_fen[1], 0.0, 1e-9, 0.0);
    village_fixture_close(&fixture);
}

/* Kin with little to spare, a lender who gives a quarter of a sheep, a sheep sold, and hunger: all counted.
 */
static void test_every_rung_that_is_used_is_counted(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_debtor(&fixture, 0, 0);
    struct village *village = fixture.village;
    struct household_params *params = &fixture.scenario->household;
    params->sharing = 1;
    params->kin_share = 0.5;
    params->kin_surplus = 1.0;
    params->need = 155.0;
    params->buffer = 3.0;
    params->distress_discount = 0.9;
    params->distress_cap = 0.9;
    village_fixture_household(&fixture, 2);           /* who needs none */
    village->households.cash_fen[1] = 3 * 31000 + 10; /* and can give ten fen */
    village->herds.female[SPECIES_SHEEP] = 1;         /* of household 0 */
    struct moment moment = village_fixture_moment(&fixture, 2015, 2);
    moment.sell[GOOD_SHEEP] = 10000.0;
    village_fixture_begin(&fixture);
    living_eat(village, &moment);
    const int64_t *coped = village->current.coped;
    assert_int_equal(coped[COPING_KIN], 1);
    assert_int_equal(coped[COPING_CREDIT], 1);
    assert_int_equal(coped[COPING_DISTRESS], 1);
    assert_int_equal(coped[COPING_HUNGER], 1);
    assert_int_equal(village->households.rung[0], COPING_HUNGER);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_rung_that_is_used_is_counted),
        cmocka_unit_test(test_one_missed_due_is_only_owed),
        cmocka_unit_test(test_second_missed_due_calls_the_debt_and_takes_as_many_animals),
        cmocka_unit_test(test_what_animals_do_not_cover_is_written_off),
        cmocka_unit_test(test_nobody_lends_to_who_has_defaulted_until_the_bar_is_over),
        cmocka_unit_test(test_collective_shares_half_of_its_money_by_persons_to_the_coin),
        cmocka_unit_test(test_assistance_is_no_lasting_income),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
