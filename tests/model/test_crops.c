/* Land: sowing, care, harvest, sale. Rung: hand values on drawn plots, without luck. */
#include "tests/support/village.h"

#include "models/land/crops.h"

static void draw_village(struct village_fixture *fixture)
{
    village_fixture_open(fixture);
    struct land_params *land = &fixture->scenario->land;
    land->irrigated_yield = 0.31;
    land->rainfed_yield = 0.12;
    land->forage_yield = 0.55;
    land->grain_inputs = 0.40;
    land->forage_inputs = 0.18;
    land->labour = 0.010;
    land->labour_elasticity = 0.5;
    land->input_elasticity = 0.3;
    land->input_floor = 0.1;
    land->rainfed_inputs = 0.4;
    land->rainfed_labour = 0.5;
    land->irrigated_hay = 0.60;
    land->rainfed_hay = 0.20;
    land->technique_growth = 0.0;
    land->change_cost = 0.0;
    land->crop_taste = 0.0;
    land->choice = 0; /* crops by kind, inputs as far as cash goes, unless a test chooses */
    land->sowing_month = 4;
    land->harvest_month = 9;
    fixture->scenario->shocks.weather = 0; /* no luck of a plot; the season is the moment's */
    village_fixture_household(fixture, 2);
    fixture->village->households.cash_fen[0] = 1000000;
}

static void sow(struct village_fixture *fixture)
{
    village_fixture_begin(fixture);
    struct moment moment = village_fixture_moment(fixture, 2015, 4);
    crops_sow(fixture->village, &moment);
    village_fixture_end_month(fixture);
}

static void harvest(struct village_fixture *fixture, double care, double season)
{
    fixture->village->households.crop_care[0] = care;
    struct moment moment = village_fixture_moment(fixture, 2015, 9);
    moment.season = season;
    moment.sell[GOOD_GRAIN] = 350.0;
    moment.sell[GOOD_HAY] = 140.0;
    crops_harvest(fixture->village, &moment);
    village_fixture_end_month(fixture);
}

/* Grain and hay, in grams, of one plot of 1,000 m2. */
static int64_t crop_of(int32_t kind, double cash_share, double care, double season)
{
    struct village_fixture fixture;
    draw_village(&fixture);
    village_fixture_parcel(&fixture, 0, kind, 1000);
    double inputs = kind == PARCEL_FORAGE ? 18000.0 : kind == PARCEL_RAINFED ? 16000.0 : 40000.0;
    fixture.village->households.cash_fen[0] = (int64_t)(cash_share * inputs);
    sow(&fixture);
    harvest(&fixture, care, season);
    int64_t grams = fixture.village->households.grain_g[0] + fixture.village->households.hay_g[0];
    village_fixture_close(&fixture);
    return grams;
}

static void test_harvest_is_the_formula_worked_by_hand(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    struct household_table *households = &fixture.village->households;
    sim_row plot = village_fixture_parcel(&fixture, 0, PARCEL_IRRIGATED, 1000);
    fixture.village->parcels.quality[plot] = 1.2;
    fixture.village->parcels.technique[plot] = 1.5;
    households->cash_fen[0] = 20000; /* of 400 CNY of inputs, half */
    sow(&fixture);
    assert_int_equal(households->cash_fen[0], 0);
    check_near(households->crop_inputs[0], 0.5, 1e-12, 0.0);
    harvest(&fixture, 0.81, 1.1);
    double kg = 1000 * 0.31 * 1.2 * 1.5 * sqrt(0.81) * pow(0.1 + 0.9 * 0.5, 0.3) * 1.1;
    check_near((double)households->grain_g[0], kg * 1000.0, 0.0, 1.0);
    check_near((double)households->income_crops_fen[0], kg * 350.0 - 20000.0, 0.0, 2.0);
    village_fixture_close(&fixture);
}

static void test_each_kind_of_land_yields_its_own(void **state)
{
    (void)state;
    check_near((double)crop_of(PARCEL_IRRIGATED, 1.0, 1.0, 0.9), 310e3 * 0.9, 0.0, 1.0);
    check_near((double)crop_of(PARCEL_FORAGE, 1.0, 1.0, 0.9), 550e3 * 0.9, 0.0, 1.0);
    check_near((double)crop_of(PARCEL_RAINFED, 1.0, 1.0, 0.9), 120e3 * 0.81, 0.0, 1.0); /* season twice */
}

static void test_less_labour_and_no_inputs_lower_the_yield(void **state)
{
    (void)state;
    for (int32_t kind = 0; kind < PARCEL_KINDS; kind++) {
        double full = (double)crop_of(kind, 1.0, 1.0, 1.0);
        check_near((double)crop_of(kind, 1.0, 0.25, 1.0), full * 0.5, 1e-5, 0.0);
        check_near((double)crop_of(kind, 0.0, 1.0, 1.0), full * pow(0.1, 0.3), 1e-5, 0.0);
        assert_int_equal(crop_of(kind, 1.0, 0.0, 1.0), 0); /* nobody cared for it at all */
    }
}

static void test_more_rain_does_not_lower_yields(void **state)
{
    (void)state;
    for (int32_t kind = 0; kind < PARCEL_KINDS; kind++) {
        int64_t before = 0;
        for (double season = 0.2; season < 2.0; season += 0.2) {
            int64_t now = crop_of(kind, 1.0, 1.0, season);
            assert_true(now > before);
            before = now;
        }
    }
}

static void test_plot_taken_after_sowing_reaps_nothing_in_its_first_season(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    struct household_table *households = &fixture.village->households;
    village_fixture_parcel(&fixture, 0, PARCEL_IRRIGATED, 1000);
    sim_row late = village_fixture_parcel(&fixture, SIM_ROW_NONE, PARCEL_IRRIGATED, 5000);
    sow(&fixture);
    fixture.village->parcels.household[late] = 0;
    village_fixture_begin(&fixture);
    harvest(&fixture, 1.0, 1.0);
    check_near((double)households->grain_g[0], 310e3, 0.0, 1.0);
    sow(&fixture); /* the year after it is sown with the rest */
    harvest(&fixture, 1.0, 1.0);
    check_near((double)households->grain_g[0], 310e3 * (1.0 + 6.0), 0.0, 2.0);
    village_fixture_close(&fixture);
}

static void test_nothing_is_sown_or_reaped_in_other_months(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    village_fixture_parcel(&fixture, 0, PARCEL_IRRIGATED, 1000);
    village_fixture_begin(&fixture);
    for (int32_t month = 1; month <= 12; month++) {
        struct moment moment = village_fixture_moment(&fixture, 2015, month);
        if (month != 4)
            crops_sow(fixture.village, &moment);
        crops_harvest(fixture.village, &moment); /* of what was never sown */
        village_fixture_end_month(&fixture);
    }
    assert_int_equal(fixture.village->households.cash_fen[0], 1000000);
    assert_int_equal(fixture.village->households.grain_g[0], 0);
    village_fixture_close(&fixture);
}

static void test_labour_of_the_season_adds_up_to_the_land(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    village_fixture_parcel(&fixture, 0, PARCEL_IRRIGATED, 1000);
    village_fixture_parcel(&fixture, 0, PARCEL_FORAGE, 400);
    village_fixture_parcel(&fixture, 0, PARCEL_RAINFED, 200); /* half the labour */
    village_fixture_parcel(&fixture, SIM_ROW_NONE, PARCEL_FORAGE, 9000);
    sim_row fallow = village_fixture_parcel(&fixture, 0, PARCEL_IRRIGATED, 9000);
    fixture.village->parcels.crop[fallow] = CROP_FALLOW;
    int32_t growing = 0;
    for (int32_t month = 1; month <= 12; month++)
        growing += crops_is_growing(&fixture.scenario->land, month);
    check_near(crops_year_days(fixture.village)[0], 15.0, 1e-12, 0.0);
    assert_int_equal(growing, 6); /* April to September */
    assert_int_equal(crops_season(&fixture.scenario->land), 6);
    fixture.scenario->land.sowing_month = 10; /* winter wheat */
    fixture.scenario->land.harvest_month = 6;
    assert_int_equal(crops_season(&fixture.scenario->land), 9);
    assert_true(crops_is_growing(&fixture.scenario->land, 1));
    assert_false(crops_is_growing(&fixture.scenario->land, 8));
    village_fixture_close(&fixture);
}

static void test_a_years_grain_is_kept_and_the_rest_is_sold_a_month_after_harvest(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->household.grain_need = 14.0;
    struct household_table *households = &fixture.village->households;
    households->grain_g[0] = 400000;
    households->hay_g[0] = 70000; /* no animals: all of it is for sale */
    village_fixture_begin(&fixture);
    for (int32_t month = 9; month <= 10; month++) {
        struct moment moment = village_fixture_moment(&fixture, 2015, month);
        moment.sell[GOOD_GRAIN] = 300.0;
        moment.sell[GOOD_HAY] = 100.0;
        crops_sell(fixture.village, &moment);
        village_fixture_end_month(&fixture);
        assert_int_equal(households->grain_g[0], month == 9 ? 400000 : 14000 * 2 * 12);
        assert_int_equal(households->cash_fen[0], 1000000 + (month == 9 ? 0 : 64 * 300 + 70 * 100));
    }
    assert_int_equal(households->hay_g[0], 0);
    assert_int_equal(households->income_crops_fen[0], 0); /* the harvest was the income */
    village_fixture_close(&fixture);
}

static void test_margin_is_what_a_good_season_leaves(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 4);
    moment.sell[GOOD_HAY] = 140.0;
    moment.index = 1.1;
    fixture.scenario->land.choice = 0;
    fixture.scenario->land.forage_yield = 0.55;
    fixture.scenario->land.forage_inputs = 0.18;
    check_near(crops_margin(fixture.scenario, &moment, PARCEL_FORAGE, 1.2), 0.55 * 1.2 * 140.0 - 18.0 * 1.1,
        1e-12, 0.0);
    fixture.scenario->land.technique_growth = 0.02; /* four years after the base year */
    moment.year = fixture.scenario->base_year + 4;
    check_near(crops_margin(fixture.scenario, &moment, PARCEL_FORAGE, 1.2),
        0.55 * pow(1.02, 4) * 1.2 * 140.0 - 18.0 * 1.1, 1e-12, 0.0);
    village_fixture_close(&fixture);
}

/* What a household of `persons` adults sows on a parcel of 5,000 m2; casual work off, so that a day is worth
 * what own business brings. */
struct sowing {
    int32_t kind;
    int32_t persons;
    double sell_grain, buy_grain, hay, business;
    double change_cost;
};

static int32_t crop_chosen(struct sowing sowing)
{
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->land.choice = 1;
    fixture.scenario->land.change_cost = sowing.change_cost;
    fixture.scenario->labour.casual = 0;
    fixture.scenario->household.other_business = sowing.business;
    for (int32_t i = 2; i < sowing.persons; i++)
        village_fixture_person(&fixture, 0, 30, false);
    sim_row plot = village_fixture_parcel(&fixture, 0, sowing.kind, 5000);
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 4);
    moment.sell[GOOD_GRAIN] = sowing.sell_grain;
    moment.buy[GOOD_GRAIN] = sowing.buy_grain;
    moment.sell[GOOD_HAY] = moment.buy[GOOD_HAY] = sowing.hay;
    crops_sow(fixture.village, &moment);
    village_fixture_end_month(&fixture);
    int32_t crop = fixture.village->parcels.crop[plot];
    assert_int_equal(fixture.village->parcels.sown[plot], crop != CROP_FALLOW);
    village_fixture_close(&fixture);
    return crop;
}

static const struct sowing usual = {PARCEL_IRRIGATED, 2, 350.0, 350.0, 100.0, 10.0, 0.0};

static void test_hay_replaces_grain_when_its_price_doubles(void **state)
{
    (void)state;
    struct sowing dear = usual;
    dear.hay = 2.0 * usual.hay;
    assert_int_equal(crop_chosen(usual), CROP_GRAIN);
    assert_int_equal(crop_chosen(dear), CROP_HAY);
    dear.kind = PARCEL_FORAGE;
    dear.hay = 1.0; /* forage land grows nothing else */
    assert_int_equal(crop_chosen(dear), CROP_HAY);
}

static void test_change_of_crop_must_pay_its_cost(void **state)
{
    (void)state;
    struct sowing dear = usual;
    dear.hay = 2.0 * usual.hay;
    dear.change_cost = 1.0; /* 100 fen a m2, more than hay is ahead */
    assert_int_equal(crop_chosen(dear), CROP_GRAIN);
}

static void test_land_whose_days_are_worth_more_elsewhere_lies_fallow(void **state)
{
    (void)state;
    struct sowing busy = usual;
    busy.business = 200.0; /* 200 fen for the days of a m2 */
    assert_int_equal(crop_chosen(busy), CROP_FALLOW);
}

static void test_land_of_a_household_with_nobody_at_home_lies_fallow(void **state)
{
    (void)state;
    for (int32_t kind = 0; kind < PARCEL_KINDS; kind++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        fixture.scenario->land.choice = 1;
        sim_row plot = village_fixture_parcel(&fixture, 0, kind, 1000);
        fixture.village->households.home_workers[0] = 0.0f;
        sow(&fixture);
        assert_int_equal(fixture.village->parcels.crop[plot], CROP_FALLOW);
        assert_int_equal(fixture.village->households.cash_fen[0], 1000000); /* and takes no inputs */
        village_fixture_close(&fixture);
    }
}

static void test_household_short_of_grain_grows_it_where_others_sell_hay(void **state)
{
    (void)state;
    struct sowing wedge = usual;
    wedge.buy_grain = 700.0;
    wedge.hay = 220.0;
    wedge.persons = 2; /* eat 336 kg of some 1,350 */
    assert_int_equal(crop_chosen(wedge), CROP_HAY);
    wedge.persons = 9; /* eat 1,512 kg */
    assert_int_equal(crop_chosen(wedge), CROP_GRAIN);
}

static void test_inputs_are_bought_until_the_last_yuan_just_comes_back(void **state)
{
    (void)state;
    double best = -1.0, best_share = 0.0, worth = 310e3 * 0.35, cost = 40e3;
    for (int32_t i = 0; i <= 10000; i++) { /* by search; slow twin of the formula */
        double x = 1e-4 * i, gain = worth * pow(0.1 + 0.9 * x, 0.3) - cost * x;
        if (gain > best) {
            best = gain;
            best_share = x;
        }
    }
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->land.choice = 1;
    fixture.scenario->labour.casual = 0;
    fixture.scenario->household.other_business = 0.0;
    village_fixture_parcel(&fixture, 0, PARCEL_IRRIGATED, 1000);
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 4);
    moment.sell[GOOD_GRAIN] = moment.buy[GOOD_GRAIN] = 350.0;
    moment.sell[GOOD_HAY] = moment.buy[GOOD_HAY] = 1.0;
    crops_sow(fixture.village, &moment);
    assert_true(best_share > 0.2 && best_share < 0.9);
    check_near(fixture.village->households.crop_inputs[0], best_share, 0.0, 2e-4);
    check_near((double)(1000000 - fixture.village->households.cash_fen[0]), best_share * 40e3, 0.0, 5.0);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_equal_twins_sow_and_reap_alike_without_luck_and_taste(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->land.choice = 1;
    struct household_table *households = &fixture.village->households;
    village_fixture_household(&fixture, 2);
    households->cash_fen[1] = households->cash_fen[0];
    for (int32_t kind = PARCEL_KINDS - 1; kind >= 0; kind--) { /* in another order of rows */
        village_fixture_parcel(&fixture, 0, kind, 700);
        village_fixture_parcel(&fixture, 1, PARCEL_KINDS - 1 - kind, 700);
    }
    sow(&fixture);
    households->crop_care[1] = 0.7f;
    harvest(&fixture, 0.7f, 1.1);
    assert_true(households->grain_g[0] + households->hay_g[0] > 0);
    assert_int_equal(households->grain_g[0], households->grain_g[1]);
    assert_int_equal(households->hay_g[0], households->hay_g[1]);
    assert_int_equal(households->cash_fen[0], households->cash_fen[1]);
    village_fixture_close(&fixture);
}

static void test_hay_is_kept_for_the_winter_of_the_animals(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    struct livestock_params *livestock = &fixture.scenario->livestock;
    livestock->winter_grazing = 0.6;
    livestock->snow_grazing = 0.2;
    livestock->feed_need = 50.0;
    livestock->species[SPECIES_SHEEP].sheep_units = 1.0;
    fixture.scenario->land.hay_months = 6.0;
    fixture.scenario->land.hay_caution = 0.25; /* half of the need is grazed */
    fixture.village->herds.female[SPECIES_SHEEP] = 10;
    fixture.village->households.hay_g[0] = 2000000;
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 10);
    crops_sell(fixture.village, &moment);
    check_near((double)fixture.village->households.hay_g[0], 10 * 50e3 * 6 * 0.5, 0.0, 1.0);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_harvest_is_the_formula_worked_by_hand),
        cmocka_unit_test(test_each_kind_of_land_yields_its_own),
        cmocka_unit_test(test_less_labour_and_no_inputs_lower_the_yield),
        cmocka_unit_test(test_more_rain_does_not_lower_yields),
        cmocka_unit_test(test_plot_taken_after_sowing_reaps_nothing_in_its_first_season),
        cmocka_unit_test(test_nothing_is_sown_or_reaped_in_other_months),
        cmocka_unit_test(test_labour_of_the_season_adds_up_to_the_land),
        cmocka_unit_test(test_a_years_grain_is_kept_and_the_rest_is_sold_a_month_after_harvest),
        cmocka_unit_test(test_margin_is_what_a_good_season_leaves),
        cmocka_unit_test(test_hay_replaces_grain_when_its_price_doubles),
        cmocka_unit_test(test_change_of_crop_must_pay_its_cost),
        cmocka_unit_test(test_land_whose_days_are_worth_more_elsewhere_lies_fallow),
        cmocka_unit_test(test_land_of_a_household_with_nobody_at_home_lies_fallow),
        cmocka_unit_test(test_household_short_of_grain_grows_it_where_others_sell_hay),
        cmocka_unit_test(test_inputs_are_bought_until_the_last_yuan_just_comes_back),
        cmocka_unit_test(test_equal_twins_sow_and_reap_alike_without_luck_and_taste),
        cmocka_unit_test(test_hay_is_kept_for_the_winter_of_the_animals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
