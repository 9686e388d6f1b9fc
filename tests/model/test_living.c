/* How a household lives through a month: dues, help, credit, sale in need, hunger. Rung: hand values on drawn
 * households; closed form for the register. */
#include "tests/support/village.h"

#include "models/households/living.h"
#include "models/livestock/livestock.h"

/* Two adults need 2 x 155 CNY a month; they expect to earn nothing, so they wish for no more than that. */
#define NEED ((int64_t)31000)

static void draw_village(struct village_fixture *fixture, int32_t n_households)
{
    village_fixture_open(fixture);
    fixture->scenario->household.need = 155.0;
    fixture->scenario->household.buffer = 3.0;
    fixture->scenario->household.buffer_adjustment = 0.06;
    fixture->scenario->household.sharing = 0;
    fixture->scenario->household.kin_share = 1.0;
    fixture->scenario->household.kin_surplus = 0.05;
    fixture->scenario->household.credit_limit = 0.25;
    fixture->scenario->household.distress_discount = 0.15;
    fixture->scenario->household.distress_crowding = 1.5;
    fixture->scenario->livestock.young_price = 0.3;
    for (int32_t i = 0; i < n_households; i++)
        village_fixture_household(fixture, 2);
}

static struct moment eat(struct village_fixture *fixture)
{
    village_fixture_begin(fixture);
    struct moment moment = village_fixture_moment(fixture, 2015, 2);
    moment.sell[GOOD_SHEEP] = 75000.0;
    moment.sell[GOOD_GRAIN] = 350.0;
    living_eat(fixture->village, &moment);
    village_fixture_end_month(fixture);
    return moment;
}

static void test_who_has_cash_needs_no_help(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture, 1);
    struct household_table *households = &fixture.village->households;
    households->cash_fen[0] = 50000;
    eat(&fixture);
    assert_int_equal(households->rung[0], COPING_NONE);
    assert_int_equal(households->year_consumption_fen[0], NEED);
    assert_int_equal(households->cash_fen[0], 50000 - NEED);
    village_fixture_close(&fixture);
}

static void test_cash_above_the_buffer_is_spent_bit_by_bit(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture, 1);
    struct household_table *households = &fixture.village->households;
    households->cash_fen[0] = 3 * NEED + 100000;
    eat(&fixture);
    assert_int_equal(households->year_consumption_fen[0], NEED + 6000);
    village_fixture_close(&fixture);
}

static void test_own_grain_is_eaten_before_food_is_bought(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture, 1);
    struct household_table *households = &fixture.village->households;
    fixture.scenario->household.grain_need = 14.0;
    households->grain_g[0] = 100000;
    households->cash_fen[0] = 50000;
    eat(&fixture);
    assert_int_equal(households->grain_g[0], 100000 - 28000);
    assert_int_equal(households->need_fen[0], NEED - 28 * 350);
    assert_int_equal(households->year_consumption_fen[0], NEED);
    assert_int_equal(households->cash_fen[0], 50000 - (NEED - 28 * 350));
    village_fixture_close(&fixture);
}

static void test_kin_give_in_proportion_to_what_they_can_spare(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture, 3);
    struct household_table *households = &fixture.village->households;
    fixture.scenario->household.sharing = 1;
    fixture.scenario->household.buffer_adjustment = 0.0;
    households->cash_fen[0] = 1000;               /* asks for 30,000 */
    households->cash_fen[1] = 3 * NEED + 1000000; /* could give 50,000 */
    households->cash_fen[2] = 3 * NEED + 200000;  /* could give 10,000 */
    eat(&fixture);
    assert_int_equal(households->rung[0], COPING_KIN);
    assert_int_equal(households->cash_fen[0], 0);
    assert_int_equal(households->income_transfer_fen[0], 30000);
    assert_int_equal(households->income_transfer_fen[1], -25000);
    assert_int_equal(households->income_transfer_fen[2], -5000);
    village_fixture_close(&fixture);
}

static void test_pool_of_kin_is_split_to_the_coin(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture, 9);
    struct household_table *households = &fixture.village->households;
    fixture.scenario->household.sharing = 1;
    fixture.scenario->household.kin_share = 0.3;
    for (sim_row h = 0; h < 7; h++)
        households->cash_fen[h] = 13 * h * h + 7;
    households->cash_fen[7] = 3 * NEED + 333333;
    households->cash_fen[8] = 3 * NEED + 77777;
    eat(&fixture); /* closes the books */
    int64_t sum = 0, received = 0;
    for (sim_row h = 0; h < 9; h++) {
        sum += households->income_transfer_fen[h];
        received += h < 7 ? households->income_transfer_fen[h] : 0;
    }
    assert_int_equal(sum, 0);
    assert_int_equal(received, 16666 + 3888); /* a twentieth of what the two have above their buffers */
    village_fixture_close(&fixture);
}

static void test_who_has_little_more_than_the_buffer_is_not_asked(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture, 2);
    struct household_table *households = &fixture.village->households;
    fixture.scenario->household.sharing = 1;
    households->cash_fen[1] = 3 * NEED;
    eat(&fixture);
    assert_int_equal(households->income_transfer_fen[0], 0);
    assert_int_equal(households->rung[0], COPING_HUNGER);
    village_fixture_close(&fixture);
}

static void test_credit_covers_the_gap_within_a_share_of_the_herd(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture, 1);
    struct household_table *households = &fixture.village->households;
    fixture.village->herds.female[SPECIES_SHEEP] = 4; /* worth 300,000: credit up to 75,000 */
    eat(&fixture);
    assert_int_equal(households->rung[0], COPING_CREDIT);
    assert_int_equal(households->debt_fen[0], NEED);
    assert_int_equal(households->year_consumption_fen[0], NEED);
    assert_int_equal(fixture.village->herds.female[SPECIES_SHEEP], 4);
    village_fixture_close(&fixture);
}

static void test_beyond_the_limit_an_animal_goes_at_a_discount(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture, 1);
    struct household_table *households = &fixture.village->households;
    fixture.village->herds.female[SPECIES_SHEEP] = 4;
    households->debt_fen[0] = 60000; /* 15,000 left to borrow: 16,000 short */
    eat(&fixture);
    assert_int_equal(households->rung[0], COPING_DISTRESS);
    assert_int_equal(households->debt_fen[0], 75000);
    assert_int_equal(fixture.village->herds.female[SPECIES_SHEEP], 3);
    int64_t brought = 63750; /* 750 CNY less 15 percent */
    assert_int_equal(households->cash_fen[0], 15000 + brought - NEED);
    assert_int_equal(households->income_herd_fen[0], brought - 75000);
    assert_int_equal(households->year_distress[0], 1);
    assert_int_equal(households->year_hunger[0], 0);
    assert_int_equal(fixture.village->distress_last, 1);
    village_fixture_close(&fixture);
}

static void test_discount_grows_with_the_crowd_of_last_month_up_to_four_fifths(void **state)
{
    (void)state;
    for (int32_t crowd = 1; crowd <= 4; crowd += 3) {
        struct village_fixture fixture;
        draw_village(&fixture, 10);
        struct household_table *households = &fixture.village->households;
        fixture.scenario->household.credit_limit = 0.0;
        for (sim_row h = 1; h < 10; h++)
            households->cash_fen[h] = 50000;
        fixture.village->herds.female[SPECIES_SHEEP] = 9;
        fixture.village->distress_last = crowd;
        eat(&fixture);
        /* 1 of 10: .15 + 1.5 x .1 = .30, 52,500 each, one is enough; 4 of 10: .75, 18,750 each, two. */
        int32_t sold = crowd == 1 ? 1 : 2;
        assert_int_equal(fixture.village->herds.female[SPECIES_SHEEP], 9 - sold);
        assert_int_equal(households->cash_fen[0], (crowd == 1 ? 52500 : 2 * 18750) - NEED);
        village_fixture_close(&fixture);
    }
    struct village_fixture fixture;
    draw_village(&fixture, 1);
    fixture.scenario->household.credit_limit = 0.0;
    fixture.village->herds.female[SPECIES_SHEEP] = 9;
    fixture.village->distress_last = 1; /* all of the village: .15 + 1.5, cut at .80: 15,000 each */
    eat(&fixture);
    assert_int_equal(fixture.village->herds.female[SPECIES_SHEEP], 9 - 3);
    village_fixture_close(&fixture);
}

static void test_who_has_nothing_left_goes_hungry_and_is_counted(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture, 1);
    struct household_table *households = &fixture.village->households;
    households->cash_fen[0] = 10000;
    eat(&fixture);
    assert_int_equal(households->rung[0], COPING_HUNGER);
    assert_int_equal(households->year_consumption_fen[0], 10000);
    assert_int_equal(households->cash_fen[0], 0);
    assert_int_equal(households->year_hunger[0], 1);
    assert_int_equal(fixture.village->current.hungry, 1);
    village_fixture_close(&fixture);
}

static void test_hunger_after_a_sale_is_both(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture, 1);
    struct household_table *households = &fixture.village->households;
    fixture.scenario->household.credit_limit = 0.0;
    fixture.village->herds.young[SPECIES_SHEEP] = 1; /* 750 x .85 x .3 */
    eat(&fixture);
    assert_int_equal(households->rung[0], COPING_HUNGER);
    assert_int_equal(households->year_distress[0], 1);
    assert_int_equal(households->year_hunger[0], 1);
    assert_int_equal(households->year_consumption_fen[0], 19125);
    village_fixture_close(&fixture);
}

static void test_debt_is_repaid_out_of_half_of_what_exceeds_one_and_a_half_buffers(void **state)
{
    (void)state;
    const int64_t debts[] = {100000, 2000000};
    for (int32_t i = 0; i < 2; i++) {
        struct village_fixture fixture;
        draw_village(&fixture, 1);
        struct household_table *households = &fixture.village->households;
        fixture.scenario->household.buffer_adjustment = 0.0;
        households->cash_fen[0] = 500000;
        households->debt_fen[0] = debts[i];
        eat(&fixture);
        int64_t most = (500000 - NEED - (3 * NEED * 3) / 2) / 2;
        int64_t paid = debts[i] < most ? debts[i] : most;
        assert_int_equal(households->debt_fen[0], debts[i] - paid);
        assert_int_equal(households->cash_fen[0], 500000 - NEED - paid);
        village_fixture_close(&fixture);
    }
}

/* No public money but what the test asks for. */
static void stop_transfers(struct village_fixture *fixture)
{
    struct fiscal_params *fiscal = &fixture->scenario->fiscal;
    fiscal->subsidy = fiscal->pension = 0.0;
    fiscal->assistance = 1;
    fiscal->assistance_line = 2400.0;
    fiscal->assistance_growth = 0.1;
}

static void test_interest_that_is_not_paid_is_owed(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture, 2);
    stop_transfers(&fixture);
    struct household_table *households = &fixture.village->households;
    fixture.scenario->household.interest = 0.06;
    households->debt_fen[0] = households->debt_fen[1] = 1200000; /* 6,000 are due */
    households->cash_fen[0] = 2000;
    households->cash_fen[1] = 20000;
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 2);
    living_dues(fixture.village, &moment);
    village_fixture_end_month(&fixture);
    assert_int_equal(households->cash_fen[0], 0);
    assert_int_equal(households->debt_fen[0], 1200000 + 4000);
    assert_int_equal(households->cash_fen[1], 14000);
    assert_int_equal(households->debt_fen[1], 1200000);
    for (sim_row h = 0; h < 2; h++)
        assert_int_equal(households->income_property_fen[h], -6000);
    village_fixture_close(&fixture);
}

static void test_assistance_fills_the_gap_to_a_line_that_grows(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture, 3);
    stop_transfers(&fixture);
    struct household_table *households = &fixture.village->households;
    households->registered[0] = households->registered[1] = 1;
    households->permanent_fen[0] = 10000.0;
    households->permanent_fen[1] = 90000.0; /* above the line, and on the register by error */
    households->permanent_fen[2] = 10000.0; /* below, and left out */
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2016, 2);
    living_dues(fixture.village, &moment);
    village_fixture_end_month(&fixture);
    int64_t line = 44000; /* two persons, 200 CNY a month each, and a tenth more after a year */
    assert_int_equal(households->cash_fen[0], line - 10000);
    assert_int_equal(households->cash_fen[1], line / 5);
    assert_int_equal(households->cash_fen[2], 0);
    assert_int_equal(fixture.village->current.assistance_fen, line - 10000 + line / 5);
    village_fixture_close(&fixture);
}

/* Closed form: of the entitled 30 percent are left out, of the others 3 percent are taken in, within four
 * standard errors; and it is the same households every year. */
static void test_register_excludes_and_includes_by_its_rates_and_for_good(void **state)
{
    (void)state;
    enum { HOUSEHOLDS = 2000 };
    struct village_fixture fixture;
    draw_village(&fixture, HOUSEHOLDS);
    stop_transfers(&fixture);
    struct household_table *households = &fixture.village->households;
    fixture.scenario->fiscal.exclusion = 0.3;
    fixture.scenario->fiscal.inclusion = 0.03;
    fixture.scenario->household.learning = 0.0;
    uint8_t before[HOUSEHOLDS];
    for (int32_t entitled = 1; entitled >= 0; entitled--) {
        int32_t n[2] = {0};
        for (int32_t year = 0; year < 2; year++) {
            for (sim_row h = 0; h < HOUSEHOLDS; h++)
                households->permanent_fen[h] = entitled ? 1000.0 : 1e7;
            struct moment moment = village_fixture_moment(&fixture, 2015 + year, 1);
            living_new_year(fixture.village, &moment);
            for (sim_row h = 0; h < HOUSEHOLDS; h++) {
                n[year] += households->registered[h];
                assert_true(year == 0 || before[h] == households->registered[h]);
                before[h] = households->registered[h];
            }
        }
        double p = entitled ? 0.7 : 0.03;
        check_near((double)n[0] / HOUSEHOLDS, p, 0.0, 4.0 * sqrt(p * (1.0 - p) / HOUSEHOLDS));
    }
    village_fixture_close(&fixture);
}

/* Two persons in all: half of the subsidy by head, half by land, of which the second holds three quarters. */
static void test_subsidies_go_by_head_and_by_land(void **state)
{
    (void)state;
    struct village_fixture fixture;
    village_fixture_open(&fixture);
    fixture.scenario->fiscal.subsidy = 1200.0;
    fixture.scenario->fiscal.subsidy_land = 0.5;
    fixture.scenario->fiscal.assistance = 0;
    fixture.scenario->fiscal.subsidy_month = 0;
    for (sim_row h = 0; h < 2; h++) {
        village_fixture_household(&fixture, 1);
        village_fixture_parcel(&fixture, h, PARCEL_IRRIGATED, h == 0 ? 1000 : 3000);
    }
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 1);
    living_new_year(fixture.village, &moment);
    living_dues(fixture.village, &moment);
    village_fixture_end_month(&fixture);
    assert_int_equal(fixture.village->households.income_transfer_fen[0], 7500);
    assert_int_equal(fixture.village->households.income_transfer_fen[1], 12500);
    assert_int_equal(fixture.village->current.social_fen, 20000);
    village_fixture_close(&fixture);
}

static void test_subsidies_grow_at_another_rate_after_their_last_year_of_growth(void **state)
{
    (void)state;
    const int32_t years[] = {2015, 2017, 2018, 2020};
    const double expected[] = {
        10000.0, 10000.0 * 1.21, 10000.0 * 1.21 * 1.05, 10000.0 * 1.21 * 1.05 * 1.05 * 1.05};
    for (int32_t i = 0; i < SIM_COUNT(years); i++) {
        struct village_fixture fixture;
        village_fixture_open(&fixture);
        fixture.scenario->fiscal.subsidy = 1200.0;
        fixture.scenario->fiscal.subsidy_land = 0.0;
        fixture.scenario->fiscal.subsidy_month = 0;
        fixture.scenario->fiscal.subsidy_growth = 0.1;
        fixture.scenario->fiscal.subsidy_growth_after = 0.05;
        fixture.scenario->fiscal.subsidy_year = 2017;
        village_fixture_household(&fixture, 1);
        village_fixture_begin(&fixture);
        struct moment moment = village_fixture_moment(&fixture, years[i], 1);
        living_dues(fixture.village, &moment);
        check_near((double)fixture.village->households.income_transfer_fen[0], expected[i], 0.0, 1.0);
        village_fixture_close(&fixture);
    }
}

/* Bit by bit over the year, so that no January makes everybody spend more at once. */
static void test_last_years_income_enters_what_a_household_expects(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture, 1);
    struct household_table *households = &fixture.village->households;
    fixture.scenario->household.learning = 0.4;
    households->permanent_fen[0] = 10000.0;
    households->income_wage_fen[0] = 300000;
    households->income_crops_fen[0] = -60000; /* 20,000 a month in all */
    struct moment moment = village_fixture_moment(&fixture, 2016, 1);
    living_new_year(fixture.village, &moment);
    assert_int_equal(household_income(households, 0), 0);
    for (int32_t month = 1; month <= 12; month++) {
        check_near(households->permanent_fen[0], 10000.0 + 4000.0 / 12.0 * (month - 1), 1e-6, 0.0);
        households->cash_fen[0] = 1000000;
        moment = village_fixture_moment(&fixture, 2016, month);
        living_eat(fixture.village, &moment);
    }
    check_near(households->permanent_fen[0], 14000.0, 1e-6, 0.0);
    village_fixture_close(&fixture);
}

/* Slow twin of the passes over columns: one household after another by the README's equations, where neither
 * kin nor credit help and nobody has an animal to sell. */
static void test_village_eats_as_each_of_its_households_would_alone(void **state)
{
    (void)state;
    enum { HOUSEHOLDS = 200 };
    struct village_fixture fixture;
    draw_village(&fixture, HOUSEHOLDS);
    const struct household_params *params = &fixture.scenario->household;
    struct village *village = fixture.village;
    struct household_table *households = &village->households;
    struct moment moment = village_fixture_moment(&fixture, 2015, 2);
    moment.index = 1.07;
    int64_t cash[HOUSEHOLDS], bought = 0, hungry = 0;
    for (sim_row h = 0; h < HOUSEHOLDS; h++) {
        uint64_t word = sim_rand_word(village->luck, households->key[h], SIM_PURPOSE_TEST, 0);
        cash[h] = households->cash_fen[h] = (int64_t)(word % 200000);
        households->debt_fen[h] = (word >> 20) % 3 == 0 ? (int64_t)(word >> 30 & 0xffff) : 0;
        households->grain_g[h] = (int64_t)(word >> 32 & 0xffff);
        households->own_food_fen[h] = (int64_t)(word >> 48 & 0x3fff);
        households->permanent_fen[h] = (double)(word >> 24 & 0xffff);
        households->hungry_months[h] = UINT8_MAX - (uint8_t)(word & 1);
    }
    int64_t grain[HOUSEHOLDS], own[HOUSEHOLDS], debt[HOUSEHOLDS];
    memcpy(grain, households->grain_g, sizeof grain);
    memcpy(own, households->own_food_fen, sizeof own);
    memcpy(debt, households->debt_fen, sizeof debt);
    village_fixture_begin(&fixture);
    living_eat(village, &moment);
    for (sim_row h = 0; h < HOUSEHOLDS; h++) {
        int64_t asked = (int64_t)(params->grain_need * 1000.0 * 2.0);
        int64_t taken = asked < grain[h] ? asked : grain[h];
        bought += asked - taken;
        own[h] += (int64_t)((double)taken * (moment.sell[GOOD_GRAIN] / 1000.0));
        double need = params->need * 100.0 * moment.index * 2.0, permanent = households->permanent_fen[h];
        double desired = need + params->buffer_adjustment * ((double)cash[h] - params->buffer * need);
        desired += permanent > need ? params->spending_rate * (permanent - need) : 0.0;
        desired = desired > need ? desired : need;
        double short_of = need - (double)own[h], wishes = desired - (double)own[h];
        int64_t needed = short_of > 0.0 ? (int64_t)short_of : 0, wish = wishes > 0.0 ? (int64_t)wishes : 0;
        int64_t spent = wish < cash[h] ? wish : cash[h], left = cash[h] - spent;
        double kept = params->repay_above * params->buffer * (double)needed;
        int64_t over = (int64_t)(((double)left - kept) * params->repay_share);
        int64_t repaid = over > debt[h] ? debt[h] : over > 0 ? over : 0;
        assert_int_equal(households->grain_g[h], grain[h] - taken);
        assert_int_equal(households->need_fen[h], needed);
        assert_int_equal(households->rung[h], cash[h] < needed ? COPING_HUNGER : COPING_NONE);
        assert_int_equal(households->hungry_months[h], cash[h] < needed ? UINT8_MAX : 0);
        assert_int_equal(households->year_hunger[h], cash[h] < needed);
        assert_int_equal(households->year_consumption_fen[h], spent + own[h]);
        assert_int_equal(households->own_food_fen[h], 0);
        assert_int_equal(households->cash_fen[h], left - repaid);
        assert_int_equal(households->debt_fen[h], debt[h] - repaid);
        hungry += cash[h] < needed;
    }
    assert_true(hungry > HOUSEHOLDS / 20 && hungry < HOUSEHOLDS / 2);
    assert_int_equal(village->current.hungry, hungry);
    assert_int_equal(village->current.bought[GOOD_GRAIN], bought);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_has_cash_needs_no_help),
        cmocka_unit_test(test_cash_above_the_buffer_is_spent_bit_by_bit),
        cmocka_unit_test(test_own_grain_is_eaten_before_food_is_bought),
        cmocka_unit_test(test_kin_give_in_proportion_to_what_they_can_spare),
        cmocka_unit_test(test_pool_of_kin_is_split_to_the_coin),
        cmocka_unit_test(test_who_has_little_more_than_the_buffer_is_not_asked),
        cmocka_unit_test(test_credit_covers_the_gap_within_a_share_of_the_herd),
        cmocka_unit_test(test_beyond_the_limit_an_animal_goes_at_a_discount),
        cmocka_unit_test(test_discount_grows_with_the_crowd_of_last_month_up_to_four_fifths),
        cmocka_unit_test(test_who_has_nothing_left_goes_hungry_and_is_counted),
        cmocka_unit_test(test_hunger_after_a_sale_is_both),
        cmocka_unit_test(test_debt_is_repaid_out_of_half_of_what_exceeds_one_and_a_half_buffers),
        cmocka_unit_test(test_interest_that_is_not_paid_is_owed),
        cmocka_unit_test(test_assistance_fills_the_gap_to_a_line_that_grows),
        cmocka_unit_test(test_register_excludes_and_includes_by_its_rates_and_for_good),
        cmocka_unit_test(test_subsidies_go_by_head_and_by_land),
        cmocka_unit_test(test_subsidies_grow_at_another_rate_after_their_last_year_of_growth),
        cmocka_unit_test(test_village_eats_as_each_of_its_households_would_alone),
        cmocka_unit_test(test_last_years_income_enters_what_a_household_expects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
