/* Carts, sheds and shops, and the form of returns to herds. Rung: hand values on drawn households; closed
 * form for wear and founding shares (tolerances are four standard errors); comparative statics for the trap.
 */
#include "tests/support/village.h"

#include "models/livestock/livestock.h"

enum { MANY = 400 };

static sim_row sheep_of(sim_row household)
{
    return household * SPECIES_COUNT + SPECIES_SHEEP;
}

static void draw(struct village_fixture *fixture, int32_t n)
{
    village_fixture_open(fixture);
    for (sim_row h = 0; h < n; h++)
        village_fixture_household(fixture, 1);
    fixture->village->pasture_m2 = (int64_t)1e12;
    fixture->scenario->livestock.veterinary = 0.0;
    fixture->scenario->disease.disease = 0;
}

static void live(struct village_fixture *fixture, int32_t year, int32_t month)
{
    struct moment moment = village_fixture_moment(fixture, year, month);
    durables_month(fixture->village, &moment);
}

static void give(struct village_fixture *fixture, sim_row h, enum durable durable)
{
    fixture->village->households.durables[h] |= (uint8_t)(1u << durable);
}

static void test_prices_move_with_the_index(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, 1);
    struct moment moment = village_fixture_moment(&fixture, 2015, 6);
    fixture.scenario->durables.shed_price = 8000.0;
    moment.index = 1.25;
    assert_int_equal(durables_price(fixture.village, DURABLE_SHED, &moment), 1000000);
    village_fixture_close(&fixture);
}

static void test_durables_wear_out_in_march_at_the_rate_of_their_lives(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, MANY);
    fixture.scenario->durables.cart_life = 5.0;
    fixture.scenario->durables.shed_life = 20.0;
    for (sim_row h = 0; h < MANY; h++) {
        give(&fixture, h, DURABLE_CART);
        give(&fixture, h, DURABLE_SHED);
    }
    village_fixture_begin(&fixture);
    live(&fixture, 2015, 2);
    live(&fixture, 2015, 4);
    assert_int_equal(fixture.village->ledger.month[FLOW_DURABLE_WORN], 0);
    live(&fixture, 2015, 3);
    int64_t carts = 0, sheds = 0;
    for (sim_row h = 0; h < MANY; h++) {
        carts += household_has(&fixture.village->households, h, DURABLE_CART);
        sheds += household_has(&fixture.village->households, h, DURABLE_SHED);
    }
    check_near((double)carts, 0.8 * MANY, 0.0, 4.0 * sqrt(MANY * 0.16));
    check_near((double)sheds, 0.95 * MANY, 0.0, 4.0 * sqrt(MANY * 0.0475));
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_wear_is_a_cost_in_income_that_nobody_pays(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, 2);
    struct durable_params *params = &fixture.scenario->durables;
    params->cart_price = 6000.0;
    params->cart_life = 10.0;
    params->shed_price = 9600.0;
    params->shed_life = 20.0;
    params->shop_price = 12000.0;
    params->shop_life = 25.0;
    for (int32_t durable = 0; durable < DURABLES; durable++)
        give(&fixture, 1, durable);
    struct household_table *households = &fixture.village->households;
    households->cash_fen[1] = 700;
    village_fixture_begin(&fixture);
    live(&fixture, 2015, 1);
    live(&fixture, 2015, 2);
    assert_int_equal(households->income_business_fen[1], -2 * (5000 + 4000));
    assert_int_equal(households->income_herd_fen[1], -2 * 4000);
    assert_int_equal(households->cash_fen[1], 700);
    assert_int_equal(households->year_cash_fen[1], 0);
    assert_int_equal(household_income(households, 0), 0);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_shop_is_bought_when_it_can_be_paid_and_beats_hurdle_and_wear(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, 3);
    struct durable_params *params = &fixture.scenario->durables;
    params->hurdle = 0.10;
    params->shop_price = 10000.0;
    params->shop_life = 10.0; /* asks for 2,000 a year */
    params->shop_business = 0.25;
    params->cart_business = 0.0;
    params->shop_custom = 0.0;
    fixture.scenario->household.buffer = 3.0;
    struct household_table *households = &fixture.village->households;
    for (sim_row h = 0; h < 3; h++) {
        households->need_fen[h] = 10000;
        households->cash_fen[h] = 1030000;
        households->income_business_fen[h] = 410000; /* half a year: 8,200 a year, 2,050 more with a shop */
    }
    households->cash_fen[1] -= 1;
    households->income_business_fen[2] = 390000;
    village_fixture_begin(&fixture);
    live(&fixture, 2015, 5);
    assert_int_equal(households->durables[0], 0);
    live(&fixture, 2015, 6);
    assert_int_equal(households->durables[0], 1 << DURABLE_SHOP);
    assert_int_equal(households->cash_fen[0], 30000);
    assert_int_equal(households->durables[1] | households->durables[2], 0);
    assert_int_equal(fixture.village->ledger.month[FLOW_DURABLE_PURCHASE], 1000000);
    assert_int_equal(fixture.village->ledger.month[FLOW_DURABLE_BOUGHT], 1);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_shops_are_opened_while_the_village_has_custom_for_them(void **state)
{
    (void)state;
    for (int32_t owners = 0; owners <= 4; owners += 4) {
        struct village_fixture fixture;
        draw(&fixture, 40);
        fixture.scenario->durables.shop_custom = 10.0;
        struct household_table *households = &fixture.village->households;
        for (sim_row h = 0; h < owners; h++)
            give(&fixture, h, DURABLE_SHOP);
        households->cash_fen[39] = households->income_business_fen[39] = 100000000;
        village_fixture_begin(&fixture);
        live(&fixture, 2015, 6);
        live(&fixture, 2015, 11); /* a cart may come first */
        assert_true(household_has(households, 39, DURABLE_SHOP) == (owners == 0));
        village_fixture_end_month(&fixture);
        village_fixture_close(&fixture);
    }
}

static void test_shed_is_bought_for_a_large_herd_and_not_for_a_small_one(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, 3);
    for (sim_row h = 0; h < 3; h++)
        fixture.village->households.cash_fen[h] = 100000000;
    fixture.village->herds.female[sheep_of(1)] = 3;
    fixture.village->herds.female[sheep_of(2)] = 3000;
    village_fixture_begin(&fixture);
    live(&fixture, 2015, 11);
    assert_false(household_has(&fixture.village->households, 0, DURABLE_SHED));
    assert_false(household_has(&fixture.village->households, 1, DURABLE_SHED));
    assert_true(household_has(&fixture.village->households, 2, DURABLE_SHED));
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_shed_cuts_loss_of_condition_hay_and_storm_deaths(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, 2 * MANY);
    struct livestock_params *params = &fixture.scenario->livestock;
    struct durable_params *durables = &fixture.scenario->durables;
    params->species[SPECIES_SHEEP].deaths = 0.0;
    params->snow_grazing = 0.0;
    params->weight_loss = 0.5;
    durables->shed_losses = 0.4;
    durables->shed_feed = 0.8;
    fixture.scenario->shocks.storm_deaths = 0.3;
    fixture.scenario->shocks.storm_spread = 0.0;
    struct household_table *households = &fixture.village->households;
    struct herd_table *herds = &fixture.village->herds;
    for (sim_row h = 0; h < 2 * MANY; h++) {
        herds->female[sheep_of(h)] = 50;
        if (h >= MANY)
            give(&fixture, h, DURABLE_SHED);
    }
    households->hay_g[0] = households->hay_g[MANY] = (int64_t)1e9;
    village_fixture_begin(&fixture);
    int32_t month = weather_storm_month(fixture.village->luck, fixture.village->config->key, 2015);
    struct moment moment = village_fixture_moment(&fixture, month == 12 ? 2015 : 2016, month);
    moment.is_bad_winter = true;
    livestock_month(fixture.village, &moment);
    double need_g = 50.0 * params->feed_need * 1000.0;
    check_near(1e9 - (double)households->hay_g[0], need_g, 0.0, 1.0);
    check_near(1e9 - (double)households->hay_g[MANY], 0.8 * need_g, 0.0, 1.0);
    check_near(fixture.village->households.condition[1], 0.5, 1e-6, 0.0);
    check_near(fixture.village->households.condition[MANY + 1], 1.0 - 0.5 * 0.4 * 0.8, 1e-6, 0.0);
    int64_t left[2] = {0, 0};
    for (sim_row h = 0; h < 2 * MANY; h++)
        left[h >= MANY] += herds->female[sheep_of(h)];
    double n = MANY * 50;
    check_near((double)left[0], 0.7 * n, 0.0, 4.0 * sqrt(n * 0.21));
    check_near((double)left[1], 0.88 * n, 0.0, 4.0 * sqrt(n * 0.12 * 0.88));
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_cart_saves_a_share_of_transport_and_no_more_than_the_outside_price(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, 2);
    fixture.scenario->durables.cart_transport = 0.5;
    give(&fixture, 1, DURABLE_CART);
    struct herd_table *herds = &fixture.village->herds;
    for (sim_row h = 0; h < 2; h++) {
        herds->female[sheep_of(h)] = 12;
        herds->male[sheep_of(h)] = 11;
        herds->target[sheep_of(h)] = 1000;
    }
    fixture.scenario->livestock.species[SPECIES_SHEEP].cull = 0.0;
    fixture.scenario->livestock.surplus_sale = 1.0;
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 11);
    fixture.run.board.price[GOOD_SHEEP] = 100000.0;
    moment.sell[GOOD_SHEEP] = 80000.0;
    struct sim_context context = {0};
    check_ok(livestock_trade(&context, fixture.village, &moment, &fixture.error), fixture.error);
    assert_int_equal(fixture.village->households.cash_fen[0], 10 * 80000);
    assert_int_equal(fixture.village->households.cash_fen[1], 10 * 90000);
    assert_int_equal(fixture.village->households.income_herd_fen[1], 10 * 10000);
    moment.sell[GOOD_SHEEP] = 110000.0; /* the place pays more than the outside */
    check_near(durables_sale_factor(fixture.village, 1, &moment, GOOD_SHEEP), 1.0, 0.0, 0.0);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_cart_and_shop_lift_own_business(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, 2);
    fixture.scenario->durables.cart_business = 0.1;
    fixture.scenario->durables.shop_business = 0.3;
    give(&fixture, 1, DURABLE_CART);
    give(&fixture, 1, DURABLE_SHOP);
    const struct household_table *households = &fixture.village->households;
    check_near(durables_business_factor(&fixture.scenario->durables, households, 0), 1.0, 0.0, 0.0);
    check_near(durables_business_factor(&fixture.scenario->durables, households, 1), 1.4, 1e-12, 0.0);
    village_fixture_close(&fixture);
}

static void test_richer_founders_own_more_and_the_same_in_every_replicate(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, MANY);
    fixture.scenario->durables.cart_owned = 0.4;
    const struct county_config *county = &fixture.scenario->county;
    double mean = county->income * county->household_size * 100.0 / 12.0;
    struct household_table *households = &fixture.village->households;
    for (sim_row h = 0; h < MANY; h++)
        households->permanent_fen[h] = h < MANY / 2 ? 0.5 * mean : 1.5 * mean;
    durables_found(fixture.village);
    int64_t carts[2] = {0, 0}, sheds = 0;
    uint8_t owned[MANY];
    for (sim_row h = 0; h < MANY; h++) {
        carts[h >= MANY / 2] += household_has(households, h, DURABLE_CART);
        sheds += household_has(households, h, DURABLE_SHED); /* nobody has animals */
        owned[h] = households->durables[h];
        households->durables[h] = 0;
    }
    double n = MANY / 2;
    check_near((double)carts[0], 0.2 * n, 0.0, 4.0 * sqrt(n * 0.16));
    check_near((double)carts[1], 0.6 * n, 0.0, 4.0 * sqrt(n * 0.24));
    assert_int_equal(sheds, 0);
    fixture.village->luck.replicate += 1;
    durables_found(fixture.village);
    assert_memory_equal(owned, households->durables, MANY);
    village_fixture_close(&fixture);
}

static void test_durables_switched_off_are_neither_owned_nor_bought_nor_worn(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, MANY);
    fixture.scenario->durables.durables = 0;
    struct household_table *households = &fixture.village->households;
    for (sim_row h = 0; h < MANY; h++) {
        households->permanent_fen[h] = 50000.0;
        households->cash_fen[h] = households->income_business_fen[h] = 100000000;
    }
    durables_found(fixture.village);
    village_fixture_begin(&fixture);
    for (int32_t month = 1; month <= 12; month++)
        live(&fixture, 2015, month);
    for (sim_row h = 0; h < MANY; h++)
        assert_int_equal(households->durables[h], 0);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_herds_ask_for_fixed_days_only_under_s_shaped_returns(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, 2);
    fixture.scenario->livestock.species[SPECIES_SHEEP].labour = 0.12;
    fixture.scenario->durables.herd_days = 6.0;
    fixture.village->herds.female[sheep_of(0)] = 10;
    assert_int_equal(fixture.scenario->durables.returns, RETURNS_CONCAVE); /* the default */
    check_near(livestock_days(fixture.village, 0), 1.2, 1e-12, 0.0);
    fixture.scenario->durables.returns = RETURNS_S_SHAPED;
    check_near(livestock_days(fixture.village, 0), 7.2, 1e-12, 0.0);
    check_near(livestock_days(fixture.village, 1), 0.0, 0.0, 0.0); /* no herd, no work */
    village_fixture_close(&fixture);
}

/* Mean herds (sheep units) at the end of some years of households that begin below or above a least herd of
 * twenty, and live on a quarter of their herd a year. Prices are fixed, pasture is without end, nobody buys;
 * at a hundred heads herds are full. */
struct ends {
    double below;
    double above;
};

static struct ends live_on_herds(enum returns returns, bool have_sheds, int32_t years)
{
    struct village_fixture fixture;
    draw(&fixture, MANY);
    struct livestock_params *params = &fixture.scenario->livestock;
    struct durable_params *durables = &fixture.scenario->durables;
    durables->returns = (int32_t)returns;
    durables->least_herd = 20.0;
    durables->small_yield = 0.5;
    durables->small_deaths = 3.0;
    params->winter_grazing = 1.0;
    params->surplus_sale = 0.0;
    params->target_adjustment = 0.0;
    params->cap = 1.0;
    params->species[SPECIES_SHEEP].cull = 0.0;
    struct herd_table *herds = &fixture.village->herds;
    for (sim_row h = 0; h < MANY; h++) {
        sim_row row = sheep_of(h);
        bool is_above = h >= MANY / 2;
        herds->female[row] = is_above ? 18 : 12; /* 25 and 17 units */
        herds->male[row] = is_above ? 7 : 5;
        herds->target[row] = 100;
        if (have_sheds)
            give(&fixture, h, DURABLE_SHED);
    }
    village_fixture_begin(&fixture);
    struct sim_context context = {0};
    for (int32_t month = 0; month < 12 * years; month++) {
        struct moment moment = village_fixture_moment(&fixture, 2015 + month / 12, 1 + month % 12);
        livestock_month(fixture.village, &moment);
        check_ok(livestock_trade(&context, fixture.village, &moment, &fixture.error), fixture.error);
        for (sim_row h = 0; moment.calendar_month == 12 && h < MANY; h++) {
            int64_t worth = livestock_value(params, herds, sheep_of(h), moment.sell[GOOD_SHEEP]);
            (void)livestock_sell_in_need(fixture.village, &moment, h, worth / 4, 0.0);
        }
        village_fixture_end_month(&fixture);
    }
    struct ends ends = {0.0, 0.0};
    for (sim_row h = 0; h < MANY; h++)
        *(h < MANY / 2 ? &ends.below : &ends.above) +=
            livestock_household_units(fixture.village, h) / (MANY / 2);
    village_fixture_close(&fixture);
    return ends;
}

/* Balboni et al. 2022 (QJE): below the threshold assets fall, above they grow. With as many households on
 * either side luck moves the means by less than a sheep. */
static void test_s_shaped_returns_part_households_at_the_least_herd(void **state)
{
    (void)state;
    struct ends ends = live_on_herds(RETURNS_S_SHAPED, false, 4);
    print_message("s-shaped: 17 -> %.1f, 25 -> %.1f sheep units\n", ends.below, ends.above);
    assert_true(ends.below < 17.0 * 0.86);
    assert_true(ends.above > 25.0 * 1.1);
}

static void test_concave_returns_bring_them_together(void **state)
{
    (void)state;
    struct ends ends = live_on_herds(RETURNS_CONCAVE, false, 10);
    print_message("concave: 17 -> %.1f, 25 -> %.1f sheep units\n", ends.below, ends.above);
    assert_true(ends.below > 17.0);
    assert_true(ends.above > 25.0);
    assert_true(ends.above / ends.below < 25.0 / 17.0 * 0.9);
}

static void test_shed_lifts_a_small_herd_out_of_the_trap(void **state)
{
    (void)state;
    struct ends ends = live_on_herds(RETURNS_S_SHAPED, true, 4);
    assert_true(ends.below > 17.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prices_move_with_the_index),
        cmocka_unit_test(test_durables_wear_out_in_march_at_the_rate_of_their_lives),
        cmocka_unit_test(test_wear_is_a_cost_in_income_that_nobody_pays),
        cmocka_unit_test(test_shop_is_bought_when_it_can_be_paid_and_beats_hurdle_and_wear),
        cmocka_unit_test(test_shops_are_opened_while_the_village_has_custom_for_them),
        cmocka_unit_test(test_shed_is_bought_for_a_large_herd_and_not_for_a_small_one),
        cmocka_unit_test(test_shed_cuts_loss_of_condition_hay_and_storm_deaths),
        cmocka_unit_test(test_cart_saves_a_share_of_transport_and_no_more_than_the_outside_price),
        cmocka_unit_test(test_cart_and_shop_lift_own_business),
        cmocka_unit_test(test_richer_founders_own_more_and_the_same_in_every_replicate),
        cmocka_unit_test(test_durables_switched_off_are_neither_owned_nor_bought_nor_worn),
        cmocka_unit_test(test_herds_ask_for_fixed_days_only_under_s_shaped_returns),
        cmocka_unit_test(test_s_shaped_returns_part_households_at_the_least_herd),
        cmocka_unit_test(test_concave_returns_bring_them_together),
        cmocka_unit_test(test_shed_lifts_a_small_herd_out_of_the_trap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
