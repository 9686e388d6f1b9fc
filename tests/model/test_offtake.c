/* What goes to market, what is bought, what a household aims at. Rung: hand values on drawn herds. */
#include "tests/support/herds.h"

static void test_offtake_keeps_a_breeding_female(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, HERDS, 0);
    fixture.scenario->livestock.species[SPECIES_SHEEP].cull = 1.0;
    struct herd_table *herds = &fixture.village->herds;
    for (sim_row h = 0; h < HERDS; h++) {
        sim_row row = herd_of(h, SPECIES_SHEEP);
        herds->female[row] = 1 + h % 7;
        herds->male[row] = h % 3;
        herds->juvenile[row] = h % 5;
        herds->target[row] = 1; /* far above its cap */
    }
    village_fixture_begin(&fixture);
    for (int32_t month = 9; month <= 11; month++) {
        trade(&fixture, village_fixture_moment(&fixture, 2015, month));
        village_fixture_end_month(&fixture);
    }
    for (sim_row h = 0; h < HERDS; h++) {
        assert_int_equal(herds->female[herd_of(h, SPECIES_SHEEP)], 1);
        assert_int_equal(herds->juvenile[herd_of(h, SPECIES_SHEEP)], 0);
    }
    village_fixture_close(&fixture);
}

static void test_surplus_males_go_over_the_autumn_and_breeders_stay(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, 1, 24);
    fixture.scenario->livestock.species[SPECIES_SHEEP].cull = 0.0;
    fixture.scenario->livestock.surplus_sale = 0.9;
    struct herd_table *herds = &fixture.village->herds;
    herds->male[0] = 12; /* two are needed for twenty-four */
    herds->target[0] = 1000;
    village_fixture_begin(&fixture);
    const int32_t left[] = {9, 6, 2}; /* 10 x .9/3, 7 x .9/2, 4 x .9, rounded */
    for (int32_t i = 0; i < 3; i++) {
        trade(&fixture, village_fixture_moment(&fixture, 2015, 9 + i));
        assert_int_equal(herds->male[0], left[i]);
    }
    assert_int_equal(herds->female[0], 24);
    trade(&fixture, village_fixture_moment(&fixture, 2015, 12)); /* no market in winter */
    assert_int_equal(herds->male[0], 2);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_culling_sells_its_share_of_females_unless_the_herd_is_small(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, HERDS, FEMALES);
    fixture.scenario->livestock.species[SPECIES_SHEEP].cull = 0.15;
    for (sim_row h = 0; h < HERDS / 2; h++)
        fixture.village->herds.target[herd_of(h, SPECIES_SHEEP)] = 2 * FEMALES; /* half of its aim */
    village_fixture_begin(&fixture);
    trade(&fixture, village_fixture_moment(&fixture, 2015, 9));
    int64_t small = 0, full = 0;
    for (sim_row h = 0; h < HERDS; h++)
        *(h < HERDS / 2 ? &small : &full) += FEMALES - fixture.village->herds.female[herd_of(h, 0)];
    assert_int_equal(small, 0);
    assert_int_equal(full, HERDS / 2 * 5); /* a third of 15 percent */
    village_fixture_close(&fixture);
}

static void test_restocking_buys_juveniles_up_to_the_target_with_spare_cash(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, 2, 4);
    fixture.scenario->livestock.restocking = 0.25;
    fixture.scenario->livestock.juvenile_price = 0.5;
    fixture.scenario->household.buffer = 3.0;
    struct household_table *households = &fixture.village->households;
    for (sim_row h = 0; h < 2; h++) {
        fixture.village->herds.target[herd_of(h, SPECIES_SHEEP)] = 10;
        households->need_fen[h] = 10000;
    }
    households->cash_fen[0] = 60000 + 4 * 130000; /* 130,000 may be spent: three of 40,000 */
    households->cash_fen[1] = 60000 + 100 * 40000;
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 6);
    moment.buy[GOOD_SHEEP] = 80000.0;
    moment.sell[GOOD_SHEEP] = 70000.0;
    trade(&fixture, moment);
    assert_int_equal(fixture.village->herds.juvenile[herd_of(0, SPECIES_SHEEP)], 3);
    assert_int_equal(fixture.village->herds.juvenile[herd_of(1, SPECIES_SHEEP)], 6);
    assert_int_equal(households->cash_fen[0], 60000 + 4 * 130000 - 3 * 40000);
    assert_int_equal(households->income_herd_fen[0], -3 * 5000); /* the trader's margin */
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_sale_in_need_goes_males_first_and_sheep_before_cattle_before_yaks(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, 1, 2);
    struct herd_table *herds = &fixture.village->herds;
    herds->male[SPECIES_SHEEP] = herds->male[SPECIES_YAK] = herds->male[SPECIES_CATTLE] = 1;
    herds->female[SPECIES_YAK] = 1;
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 2);
    moment.sell[GOOD_SHEEP] = 1000.0;
    moment.sell[GOOD_YAK] = 5000.0;
    moment.sell[GOOD_CATTLE] = 9000.0;
    assert_int_equal(livestock_sell_in_need(fixture.village, &moment, 0, 1, 0.0), 1000);
    assert_int_equal(herds->male[SPECIES_SHEEP], 0);
    assert_int_equal(livestock_sell_in_need(fixture.village, &moment, 0, 9001, 0.0), 14000);
    assert_int_equal(herds->male[SPECIES_CATTLE] + herds->male[SPECIES_YAK], 0);
    assert_int_equal(livestock_sell_in_need(fixture.village, &moment, 0, 1001, 0.0), 2000);
    assert_int_equal(herds->female[SPECIES_SHEEP], 0);
    assert_int_equal(livestock_sell_in_need(fixture.village, &moment, 0, 100000, 0.5), 2500);
    assert_int_equal(livestock_sell_in_need(fixture.village, &moment, 0, 100000, 0.5), 0);
    assert_int_equal(fixture.village->households.income_herd_fen[0], -2500); /* only the discount */
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

/* Mean heads of sheep over twenty years of households on their own hay and cash, under a cap. */
static double mean_herd(double cap)
{
    struct village_fixture fixture;
    draw_herds(&fixture, HERDS, 12);
    fixture.scenario->livestock.cap = cap;
    fixture.scenario->livestock.winter_grazing = 0.9;
    fixture.scenario->livestock.target_adjustment = 0.0;
    fixture.scenario->disease.disease = 0;
    struct herd_table *herds = &fixture.village->herds;
    for (sim_row h = 0; h < HERDS; h++) {
        herds->target[herd_of(h, SPECIES_SHEEP)] = 20;
        fixture.village->households.hay_g[h] = (int64_t)1e11;
    }
    village_fixture_begin(&fixture);
    double sum = 0.0;
    for (int32_t month = 0; month < 240; month++) {
        struct moment moment = village_fixture_moment(&fixture, 2015 + month / 12, 1 + month % 12);
        live(&fixture, moment);
        trade(&fixture, moment);
        village_fixture_end_month(&fixture);
        for (sim_row h = 0; h < HERDS; h++)
            sum += herd_heads(herds, herd_of(h, SPECIES_SHEEP)) / (240.0 * HERDS);
    }
    village_fixture_close(&fixture);
    return sum;
}

static void test_a_larger_cap_does_not_lower_the_mean_herd(void **state)
{
    (void)state;
    double low = mean_herd(0.8), middle = mean_herd(1.25), high = mean_herd(2.0);
    assert_true(low < middle);
    assert_true(middle < high);
}

/* The target of a hundred sheep after ten Decembers with a herd income a year. */
static int32_t target_after(int64_t income_fen, double workers, double capacity_share)
{
    struct village_fixture fixture;
    draw_herds(&fixture, 1, 1000);
    fixture.village->herds.target[0] = FEMALES;
    fixture.scenario->livestock.target_adjustment = 0.1;
    fixture.scenario->livestock.labour_share = 0.5;
    fixture.scenario->livestock.species[SPECIES_SHEEP].labour = 0.1;
    fixture.scenario->labour.days = 24.0;
    fixture.village->households.home_workers[0] = (float)workers;
    fixture.village->households.income_herd_fen[0] = income_fen;
    fixture.village->grazing_load = 1000.0;
    fixture.scenario->livestock.pasture_units = 1000.0 * capacity_share / 1e6;
    village_fixture_begin(&fixture);
    for (int32_t year = 2015; year < 2025; year++)
        trade(&fixture, village_fixture_moment(&fixture, year, 12));
    int32_t target = fixture.village->herds.target[0];
    village_fixture_close(&fixture);
    return target;
}

static void test_target_follows_return_labour_and_grass(void **state)
{
    (void)state;
    const int64_t poor = -1, rich = (int64_t)1e10;
    /* A tenth less each year, rounded by keyed draws: 35. */
    check_near((double)target_after(poor, 2.0, 2.0), 34.9, 0.0, 4.0);
    int32_t most = target_after(rich, 4.0, 2.0);
    assert_true(most > 250); /* a tenth more each year: 259 */
    int32_t crowded = target_after(rich, 4.0, 1.0);
    assert_int_equal(crowded, FEMALES);          /* the commons feed no more */
    int32_t busy = target_after(rich, 0.5, 2.0); /* six days a month: sixty sheep */
    assert_true(busy < FEMALES && busy >= 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offtake_keeps_a_breeding_female),
        cmocka_unit_test(test_surplus_males_go_over_the_autumn_and_breeders_stay),
        cmocka_unit_test(test_culling_sells_its_share_of_females_unless_the_herd_is_small),
        cmocka_unit_test(test_restocking_buys_juveniles_up_to_the_target_with_spare_cash),
        cmocka_unit_test(test_sale_in_need_goes_males_first_and_sheep_before_cattle_before_yaks),
        cmocka_unit_test(test_a_larger_cap_does_not_lower_the_mean_herd),
        cmocka_unit_test(test_target_follows_return_labour_and_grass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
