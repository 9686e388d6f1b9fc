/* Disease of herds. Rung: hand values on drawn villages; closed form for spread, deaths and vaccination
 * (tolerances are four standard errors); comparative statics for vaccination. */
#include "tests/support/village.h"

#include "models/livestock/livestock.h"

enum { HERDS = 400, SHEEP = 20, IMPORT_NEVER = 0 };

static sim_row herd_of(sim_row household, int32_t species)
{
    return household * SPECIES_COUNT + species;
}

/* So many households with twenty sheep each; the disease comes from nowhere unless a test says so. */
static void draw(struct village_fixture *fixture, int32_t n)
{
    village_fixture_open(fixture);
    for (sim_row h = 0; h < n; h++) {
        village_fixture_household(fixture, 1);
        fixture->village->herds.female[herd_of(h, SPECIES_SHEEP)] = SHEEP;
        fixture->village->herds.target[herd_of(h, SPECIES_SHEEP)] = SHEEP;
    }
    fixture->village->pasture_m2 = (int64_t)1e12;
    struct disease_params *params = &fixture->scenario->disease;
    params->introduction = IMPORT_NEVER;
    params->vaccine_month = 0;
    village_fixture_begin(fixture);
}

static void make_sick(struct village_fixture *fixture, sim_row h)
{
    fixture->village->households.disease[h] = DISEASE_SICK;
    fixture->village->households.disease_months[h] = (uint8_t)fixture->scenario->disease.sick_months;
}

static int64_t count(const struct village_fixture *fixture, enum disease_state state)
{
    int64_t n = 0;
    for (sim_row h = 0; h < fixture->village->households.head.n; h++)
        n += fixture->village->households.disease[h] == state;
    return n;
}

static void pass(struct village_fixture *fixture, int32_t year, int32_t month)
{
    struct moment moment = village_fixture_moment(fixture, year, month);
    fixture->village->current.sick_herds = 0;
    disease_month(fixture->village, &moment);
}

static void test_sick_herd_recovers_in_its_time_and_is_immune_for_a_while(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, 1);
    fixture.scenario->disease.sick_months = 2;
    fixture.scenario->disease.immune_months = 3;
    make_sick(&fixture, 0);
    const enum disease_state after[] = {DISEASE_SICK, DISEASE_IMMUNE, DISEASE_IMMUNE, DISEASE_IMMUNE,
        DISEASE_SUSCEPTIBLE, DISEASE_SUSCEPTIBLE};
    for (int32_t i = 0; i < SIM_COUNT(after); i++) {
        pass(&fixture, 2015, 1 + i);
        assert_int_equal(fixture.village->households.disease[0], after[i]);
        assert_int_equal(fixture.village->current.sick_herds, after[i] == DISEASE_SICK);
    }
    village_fixture_close(&fixture);
}

static void test_spread_is_the_share_of_sick_units_on_the_commons(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, HERDS);
    fixture.scenario->disease.contact = 1.5;
    fixture.scenario->disease.sick_months = 5;
    for (sim_row h = 0; h < HERDS / 10; h++) {
        make_sick(&fixture, h);
        fixture.village->herds.female[herd_of(h, SPECIES_SHEEP)] = 2 * SHEEP; /* large herds meet more */
    }
    pass(&fixture, 2015, 5);
    double share = 2.0 / 11.0, n = 0.9 * HERDS, p = 1.0 - exp(-1.5 * share);
    check_near(
        (double)count(&fixture, DISEASE_SICK), 0.1 * HERDS + n * p, 0.0, 4.0 * sqrt(n * p * (1.0 - p)));
    assert_int_equal(fixture.village->current.sick_herds, count(&fixture, DISEASE_SICK));
    village_fixture_close(&fixture);
}

static void test_disease_from_beyond_begins_with_one_herd_that_has_animals(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, 20);
    fixture.scenario->disease.introduction = 1.0;
    for (sim_row h = 0; h < 20; h++)
        if (h != 7 && h != 13)
            fixture.village->herds.female[herd_of(h, SPECIES_SHEEP)] = 0;
    fixture.village->households.disease[13] = DISEASE_IMMUNE;
    fixture.village->households.disease_months[13] = 20;
    pass(&fixture, 2015, 5);
    assert_int_equal(count(&fixture, DISEASE_SICK), 1);
    assert_int_equal(fixture.village->households.disease[7], DISEASE_SICK);
    village_fixture_close(&fixture);
}

static void test_sick_townships_infect_their_villages_by_trade(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, HERDS);
    fixture.scenario->disease.trade_contact = 0.8;
    pass(&fixture, 2015, 5);
    assert_int_equal(count(&fixture, DISEASE_SICK), 0);
    int32_t town = fixture.village->config->township;
    fixture.run.board.towns.herds[town] = 1000;
    fixture.run.board.towns.sick_herds[town] = 500;
    pass(&fixture, 2015, 6);
    double p = 1.0 - exp(-0.4);
    check_near((double)count(&fixture, DISEASE_SICK), HERDS * p, 0.0, 4.0 * sqrt(HERDS * p * (1.0 - p)));
    village_fixture_close(&fixture);
}

static void test_vaccine_reaches_its_share_and_never_the_unwilling(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, HERDS);
    struct disease_params *params = &fixture.scenario->disease;
    params->vaccine_month = 9;
    params->vaccine_willing = 0.6;
    params->vaccine_reach = 0.7;
    params->vaccine_take = 1.0;
    params->vaccine_months = 5;
    params->vaccine_cost = 2.0;
    int32_t ever[HERDS] = {0};
    for (sim_row h = 0; h < HERDS; h++)
        fixture.village->households.cash_fen[h] = 10000;
    village_fixture_begin(&fixture);
    pass(&fixture, 2015, 8);
    assert_int_equal(count(&fixture, DISEASE_IMMUNE), 0);
    for (int32_t year = 2015; year < 2025; year++) {
        pass(&fixture, year, 9);
        for (sim_row h = 0; h < HERDS; h++)
            ever[h] += fixture.village->households.disease[h] == DISEASE_IMMUNE;
        if (year == 2015) {
            double p = 0.42;
            check_near(
                (double)count(&fixture, DISEASE_IMMUNE), HERDS * p, 0.0, 4.0 * sqrt(HERDS * p * (1.0 - p)));
            int64_t paid = fixture.village->ledger.month[FLOW_HERD_COSTS];
            assert_int_equal(paid, count(&fixture, DISEASE_IMMUNE) * SHEEP * 200);
        }
        for (int32_t i = 0; i < 5; i++)
            pass(&fixture, year + 1, 1 + i);
        assert_int_equal(count(&fixture, DISEASE_IMMUNE), 0);
    }
    int32_t never = 0;
    for (sim_row h = 0; h < HERDS; h++)
        never += ever[h] == 0;
    check_near((double)never, 0.4 * HERDS, 0.0, 4.0 * sqrt(HERDS * 0.24)); /* 0.3^10 is nothing */
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

/* Herds that were ever sick in three years of a village to which one is brought. */
static int64_t outbreak(double reach)
{
    struct village_fixture fixture;
    draw(&fixture, HERDS);
    struct disease_params *params = &fixture.scenario->disease;
    params->vaccine_month = 9;
    params->vaccine_willing = 1.0;
    params->vaccine_reach = reach;
    params->vaccine_months = 13;
    for (sim_row h = 0; h < 4; h++)
        make_sick(&fixture, h);
    pass(&fixture, 2014, 9);
    int64_t months = 0;
    for (int32_t month = 0; month < 36; month++) {
        pass(&fixture, 2015 + month / 12, 1 + month % 12);
        months += fixture.village->current.sick_herds;
    }
    village_fixture_close(&fixture);
    return months;
}

static void test_more_vaccination_means_less_disease(void **state)
{
    (void)state;
    int64_t none = outbreak(0.0), some = outbreak(0.5), all = outbreak(1.0);
    assert_true(none > HERDS); /* most herds, two months each */
    assert_true(some < none);
    assert_true(all < some);
}

static void test_sick_animals_die_lose_condition_and_give_no_milk(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, HERDS);
    struct disease_params *params = &fixture.scenario->disease;
    params->young_deaths = 0.2;
    params->deaths = 0.05;
    params->weight_loss = 0.1;
    params->milk = 0.0;
    struct species_params *sheep = &fixture.scenario->livestock.species[SPECIES_SHEEP];
    sheep->deaths = sheep->young_deaths = 0.0;
    sheep->birth_month = 4;
    sheep->milk = 2.0;
    struct herd_table *herds = &fixture.village->herds;
    for (sim_row h = 0; h < HERDS; h++) {
        herds->young[herd_of(h, SPECIES_SHEEP)] = SHEEP;
        if (h % 2 == 0)
            make_sick(&fixture, h);
    }
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 6);
    livestock_month(fixture.village, &moment);
    int64_t young = 0, female = 0;
    for (sim_row h = 0; h < HERDS; h++) {
        sim_row row = herd_of(h, SPECIES_SHEEP);
        bool is_sick = h % 2 == 0;
        young += herds->young[row];
        female += herds->female[row];
        check_near(fixture.village->households.condition[h], is_sick ? 0.9 : 1.0, 1e-6, 0.0);
        assert_true(is_sick || herds->young[row] + herds->female[row] == 2 * SHEEP);
        assert_true((fixture.village->households.own_food_fen[h] > 0) == !is_sick);
    }
    double n = 0.5 * HERDS * SHEEP;
    check_near((double)young, n + 0.8 * n, 0.0, 4.0 * sqrt(n * 0.16));
    check_near((double)female, n + 0.95 * n, 0.0, 4.0 * sqrt(n * 0.0475));
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_quarantine_shuts_sales_and_purchases_of_sick_herds_alone(void **state)
{
    (void)state;
    for (int32_t quarantine = 0; quarantine < 2; quarantine++) {
        struct village_fixture fixture;
        draw(&fixture, 2);
        fixture.scenario->disease.quarantine = quarantine;
        fixture.scenario->livestock.species[SPECIES_SHEEP].cull = 0.0;
        for (sim_row h = 0; h < 2; h++)
            fixture.village->herds.male[herd_of(h, SPECIES_SHEEP)] = 10;
        make_sick(&fixture, 0);
        village_fixture_begin(&fixture);
        struct moment moment = village_fixture_moment(&fixture, 2015, 11);
        struct sim_context context = {0};
        check_ok(livestock_trade(&context, fixture.village, &moment, &fixture.error), fixture.error);
        assert_int_equal(fixture.village->herds.male[herd_of(0, SPECIES_SHEEP)], quarantine ? 10 : 3);
        assert_int_equal(fixture.village->herds.male[herd_of(1, SPECIES_SHEEP)], 3);
        assert_true(
            (livestock_sell_in_need(fixture.village, &moment, 0, 100, 0.1) == 0) == (quarantine == 1));
        assert_true(livestock_sell_in_need(fixture.village, &moment, 1, 100, 0.1) > 0);
        village_fixture_end_month(&fixture);
        village_fixture_close(&fixture);
    }
}

static void test_county_publishes_the_month_and_starts_anew(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, 1);
    struct hub *hub = &fixture.run.hub;
    const struct town_table *towns = &fixture.run.board.towns;
    int32_t town = fixture.village->config->township;
    struct sim_event message = {.kind = MESSAGE_HERDS, .data = {40, 3, fixture.village->number}};
    disease_on_herds(hub, &message);
    disease_on_herds(hub, &message);
    assert_int_equal(towns->sick_herds[town], 0); /* nobody knows before the month is over */
    disease_county_month(hub);
    assert_int_equal(towns->herds[town], 80);
    assert_int_equal(towns->sick_herds[town], 6);
    disease_county_month(hub);
    assert_int_equal(towns->herds[town] + towns->sick_herds[town], 0);
    village_fixture_close(&fixture);
}

static void test_disease_switched_off_leaves_everybody_well(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw(&fixture, 50);
    fixture.scenario->disease.disease = 0;
    fixture.scenario->disease.introduction = 1.0;
    fixture.scenario->disease.vaccine_month = 9;
    for (int32_t month = 1; month <= 12; month++)
        pass(&fixture, 2015, month);
    assert_int_equal(count(&fixture, DISEASE_SUSCEPTIBLE), 50);
    assert_int_equal(fixture.village->ledger.month[FLOW_HERD_COSTS], 0);
    village_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sick_herd_recovers_in_its_time_and_is_immune_for_a_while),
        cmocka_unit_test(test_spread_is_the_share_of_sick_units_on_the_commons),
        cmocka_unit_test(test_disease_from_beyond_begins_with_one_herd_that_has_animals),
        cmocka_unit_test(test_sick_townships_infect_their_villages_by_trade),
        cmocka_unit_test(test_vaccine_reaches_its_share_and_never_the_unwilling),
        cmocka_unit_test(test_more_vaccination_means_less_disease),
        cmocka_unit_test(test_sick_animals_die_lose_condition_and_give_no_milk),
        cmocka_unit_test(test_quarantine_shuts_sales_and_purchases_of_sick_herds_alone),
        cmocka_unit_test(test_county_publishes_the_month_and_starts_anew),
        cmocka_unit_test(test_disease_switched_off_leaves_everybody_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
