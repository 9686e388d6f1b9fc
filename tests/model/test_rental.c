/* Rental of land: who lets, who rents, what is conserved. Rung: definition, on drawn villages. */
#include "tests/support/village.h"

#include "models/land/crops.h"
#include "models/land/rental.h"

#define CASH ((int64_t)10000000)
enum { BUSY, FREE, OTHER };

/* Three households: two adults with 60,000 m2 of land (600 days, of 288 they have), and twice two with none.
 */
static void draw_village(struct village_fixture *fixture)
{
    village_fixture_open(fixture);
    struct land_params *land = &fixture->scenario->land;
    land->labour = 0.010;
    land->rent_share = 0.3;
    land->own_use = 0.05;
    land->sowing_month = 4;
    land->harvest_month = 9;
    land->choice = 0;
    fixture->scenario->labour.days = 24.0;
    fixture->scenario->labour.casual = 0;
    fixture->scenario->household.other_business = 5.0; /* a day elsewhere is worth little */
    for (int32_t h = BUSY; h <= OTHER; h++) {
        village_fixture_household(fixture, 2);
        fixture->village->households.cash_fen[h] = CASH;
    }
    for (int32_t i = 0; i < 3; i++)
        village_fixture_parcel(fixture, BUSY, i % PARCEL_KINDS, 20000);
}

static struct moment march(const struct village_fixture *fixture, int32_t year)
{
    struct moment moment = village_fixture_moment(fixture, year, 3);
    moment.sell[GOOD_GRAIN] = moment.buy[GOOD_GRAIN] = 350.0;
    moment.sell[GOOD_HAY] = moment.buy[GOOD_HAY] = 140.0;
    return moment;
}

static void live_march(struct village_fixture *fixture, int32_t year)
{
    village_fixture_begin(fixture);
    struct moment moment = march(fixture, year);
    rental_month(fixture->village, &moment);
    village_fixture_end_month(fixture);
}

static int64_t used_by(const struct village_fixture *fixture, sim_row household)
{
    const struct parcel_table *parcels = &fixture->village->parcels;
    int64_t area = 0;
    for (sim_row p = 0; p < parcels->head.n; p++)
        area += parcels->household[p] == household ? parcels->area_m2[p] : 0;
    return area;
}

static int64_t money(const struct village_fixture *fixture)
{
    const struct household_table *households = &fixture->village->households;
    return households->cash_fen[BUSY] + households->cash_fen[FREE] + households->cash_fen[OTHER];
}

static void test_rental_moves_land_to_who_has_labour_and_conserves_area_and_money(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    live_march(&fixture, 2015);
    assert_int_equal(used_by(&fixture, BUSY) + used_by(&fixture, FREE) + used_by(&fixture, OTHER), 60000);
    assert_true(used_by(&fixture, BUSY) < 60000);
    assert_int_equal(money(&fixture), 3 * CASH);
    const struct household_table *households = &fixture.village->households;
    int64_t rent = households->income_property_fen[BUSY];
    assert_true(rent > 0);
    assert_int_equal(households->cash_fen[BUSY], CASH + rent);
    assert_int_equal(households->income_crops_fen[FREE] + households->income_crops_fen[OTHER], -rent);
    village_fixture_close(&fixture);
}

static void test_rent_is_its_share_of_the_expected_margin(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.village->parcels.household[PARCEL_RAINFED] = fixture.village->parcels.owner[PARCEL_RAINFED] =
        FREE;
    fixture.village->parcels.area_m2[PARCEL_RAINFED] = 100;
    fixture.village->parcels.quality[PARCEL_FORAGE] = 1.25f;
    live_march(&fixture, 2015); /* forage goes, and irrigated land, the best, is kept */
    struct moment moment = march(&fixture, 2015);
    double margin = crops_margin(fixture.scenario, &moment, PARCEL_FORAGE, 1.0) * 1.25 * 20000.0;
    check_near((double)fixture.village->households.income_property_fen[BUSY], 0.3 * margin, 0.0, 1.0);
    assert_int_equal(used_by(&fixture, BUSY), 20000);
    village_fixture_close(&fixture);
}

static void test_leases_end_after_a_season(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    live_march(&fixture, 2015);
    assert_true(used_by(&fixture, BUSY) < 60000);
    for (int32_t i = 0; i < 8; i++) /* now it has the hands itself */
        village_fixture_person(&fixture, BUSY, 30, false);
    live_march(&fixture, 2016);
    assert_int_equal(used_by(&fixture, BUSY), 60000);
    village_fixture_close(&fixture);
}

static void test_nothing_is_let_for_want_of_cash_hands_or_gain(void **state)
{
    (void)state;
    enum { NO_CASH, NO_HANDS, NO_GAIN, A_SCHEME, OFF, CASES };
    for (int32_t i = 0; i < CASES; i++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        struct household_table *households = &fixture.village->households;
        for (sim_row h = FREE; h <= OTHER; h++) {
            if (i == NO_CASH)
                households->cash_fen[h] = 100;
            if (i == NO_HANDS)
                households->home_workers[h] = 0.0f;
        }
        if (i == NO_GAIN)
            fixture.scenario->household.other_business = 500.0;
        if (i == A_SCHEME)
            for (sim_row p = 0; p < 3; p++)
                fixture.village->parcels.scheme[p] = 0;
        fixture.scenario->land.rental = i != OFF;
        live_march(&fixture, 2015);
        assert_int_equal(used_by(&fixture, BUSY), 60000);
        village_fixture_close(&fixture);
    }
}

static void test_owner_with_better_uses_for_its_days_lets_its_land(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    for (sim_row p = 0; p < 3; p++)
        fixture.village->parcels.area_m2[p] = 3000; /* 90 days of 288 */
    live_march(&fixture, 2015);
    assert_int_equal(used_by(&fixture, BUSY), 9000);
    fixture.village->households.ability[BUSY] = 50.0;
    live_march(&fixture, 2016);
    assert_true(used_by(&fixture, BUSY) < 9000);
    village_fixture_close(&fixture);
}

static void test_tenant_who_ends_returns_the_land_and_owner_who_ends_loses_it(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    struct village *village = fixture.village;
    struct parcel_table *parcels = &village->parcels;
    live_march(&fixture, 2015);
    sim_row let = SIM_ROW_NONE;
    for (sim_row p = 0; p < 3; p++)
        let = parcels->household[p] != BUSY ? p : let;
    assert_true(let != SIM_ROW_NONE);
    sim_row tenant = parcels->household[let];
    parcels->sown[let] = 1;
    rental_release(village, tenant);
    assert_int_equal(parcels->household[let], BUSY);
    assert_int_equal(parcels->sown[let], 0);
    assert_int_equal(used_by(&fixture, tenant), 0);

    parcels->household[let] = tenant; /* let again, and now the owner goes */
    village_fixture_begin(&fixture);
    rental_release(village, BUSY);
    assert_int_equal(parcels->household[let], tenant);
    assert_int_equal(parcels->owner[let], SIM_ROW_NONE);
    village_fixture_end_month(&fixture);
    fixture.scenario->land.reallotment = 0;
    live_march(&fixture, 2016); /* the lease ends: the books see the plot go to the collective */
    assert_int_equal(parcels->household[let], SIM_ROW_NONE);
    assert_int_equal(village->idle_m2, parcels->area_m2[let]);
    village_fixture_close(&fixture);
}

static void test_idle_land_goes_to_a_household_without_any(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    struct village *village = fixture.village;
    fixture.scenario->land.rental = 0;
    sim_row idle = village_fixture_parcel(&fixture, SIM_ROW_NONE, PARCEL_IRRIGATED, 4000);
    sim_row plot = village_fixture_parcel(&fixture, SIM_ROW_NONE, PARCEL_FORAGE, 4000);
    village->parcels.scheme[plot] = 0; /* of an investment: not the village's to give */
    village->idle_m2 = 8000;
    live_march(&fixture, 2015);
    sim_row taker = village->parcels.household[idle];
    assert_true(taker == FREE || taker == OTHER);
    assert_int_equal(village->parcels.owner[idle], taker);
    assert_int_equal(village->parcels.household[plot], SIM_ROW_NONE);
    assert_int_equal(village->idle_m2, 4000);
    village_fixture_close(&fixture);
}

static void test_which_idle_land_is_given_does_not_hang_on_the_order_of_rows(void **state)
{
    (void)state;
    int32_t kind[2], crop[2];
    for (int32_t i = 0; i < 2; i++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        struct parcel_table *parcels = &fixture.village->parcels;
        fixture.scenario->land.rental = 0;
        /* Alike in area, quality and technique: two households take one each, and one is left. */
        static const int32_t kinds[] = {PARCEL_IRRIGATED, PARCEL_FORAGE, PARCEL_IRRIGATED};
        static const uint8_t crops[] = {CROP_FALLOW, CROP_HAY, CROP_GRAIN};
        sim_row rows[3];
        for (int32_t k = 0; k < 3; k++) {
            int32_t which = i == 0 ? k : 2 - k;
            rows[k] = village_fixture_parcel(&fixture, SIM_ROW_NONE, kinds[which], 4000);
            parcels->crop[rows[k]] = crops[which];
        }
        fixture.village->idle_m2 = 12000;
        live_march(&fixture, 2015);
        int32_t left = 0;
        for (int32_t k = 0; k < 3; k++)
            if (parcels->household[rows[k]] == SIM_ROW_NONE) {
                left++;
                kind[i] = parcels->kind[rows[k]];
                crop[i] = parcels->crop[rows[k]];
            }
        assert_int_equal(left, 1);
        village_fixture_close(&fixture);
    }
    assert_int_equal(kind[0], kind[1]);
    assert_int_equal(crop[0], crop[1]);
}

static int64_t area_of(const struct village *village, bool rented)
{
    const struct parcel_table *parcels = &village->parcels;
    int64_t area = 0;
    for (sim_row p = 0; p < parcels->head.n; p++)
        if (parcels->scheme[p] == PARCEL_NO_SCHEME && (!rented || parcels->household[p] != parcels->owner[p]))
            area += parcels->area_m2[p];
    return area;
}

static int count_leases(void *user, const struct county_run *run, int32_t month, struct sim_error *error)
{
    (void)month, (void)error;
    int64_t *rented = user;
    for (int32_t v = 0; v < run->scenario->n_villages; v++) {
        const struct village *village = &run->villages[v];
        const struct parcel_table *parcels = &village->parcels;
        *rented += area_of(village, true);
        for (sim_row p = 0; p < parcels->head.n; p++) {
            sim_row user_of = parcels->household[p], owner = parcels->owner[p];
            assert_true(user_of == SIM_ROW_NONE || village->households.present[user_of]);
            if (parcels->scheme[p] == PARCEL_NO_SCHEME)
                assert_true(owner == SIM_ROW_NONE || (user_of >= 0 && village->households.present[owner]));
        }
    }
    return 0;
}

static void test_whole_run_keeps_every_parcel_with_living_users_and_owners(void **state)
{
    (void)state;
    struct county_fixture county;
    struct county_run run = {0};
    int64_t before = 0, after = 0, rented = 0;
    county_fixture_open(&county, TINY, "reference", NULL, 0);
    check_ok(county_run_init(
                 &run, &county.scenario, &county.founders, 1, (struct county_run_options){0}, &county.error),
        county.error);
    run.observe = count_leases;
    run.observer = &rented;
    for (int32_t v = 0; v < county.scenario.n_villages; v++)
        before += area_of(&run.villages[v], false);
    check_ok(county_run_until(&run, county.scenario.end_month, &county.error), county.error);
    for (int32_t v = 0; v < county.scenario.n_villages; v++)
        after += area_of(&run.villages[v], false);
    assert_true(rented > 0);
    assert_int_equal(before, after);
    county_run_free(&run);
    county_fixture_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rental_moves_land_to_who_has_labour_and_conserves_area_and_money),
        cmocka_unit_test(test_rent_is_its_share_of_the_expected_margin),
        cmocka_unit_test(test_leases_end_after_a_season),
        cmocka_unit_test(test_nothing_is_let_for_want_of_cash_hands_or_gain),
        cmocka_unit_test(test_owner_with_better_uses_for_its_days_lets_its_land),
        cmocka_unit_test(test_tenant_who_ends_returns_the_land_and_owner_who_ends_loses_it),
        cmocka_unit_test(test_idle_land_goes_to_a_household_without_any),
        cmocka_unit_test(test_which_idle_land_is_given_does_not_hang_on_the_order_of_rows),
        cmocka_unit_test(test_whole_run_keeps_every_parcel_with_living_users_and_owners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
