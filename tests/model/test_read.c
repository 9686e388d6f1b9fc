/* Reading of scenarios: layers, resolution, refusals that no single file shows (those are in
 * tests/scenario/bad). Rung: definition. */
#include "tests/support/county.h"

#include <stdlib.h>
#include <unistd.h>

#include "sim/core/key.h"
#include "sim/time/calendar.h"

#define TASHKURGAN PAMIR_SOURCE_DIR "/scenarios/experiments/tashkurgan.yaml"

static int32_t find_program(const struct scenario *scenario, const char *name)
{
    for (int32_t i = 0; i < scenario->n_investments; i++)
        if (strcmp(scenario->investments[i].name, name) == 0)
            return i;
    fail_msg("no program '%s'", name);
    return -1;
}

static void test_units_arrive_as_coins_square_metres_and_month_indices(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "land", NULL, 0);
    const struct scenario *scenario = &county.scenario;
    const struct investment_config *land = &scenario->investments[find_program(scenario, "land")];
    assert_int_equal(land->budget, 8400000);
    assert_int_equal(land->approve, sim_month_from_date(2016, 3));
    assert_int_equal(scenario->effects[land->first_scheme].as.land.area, 26667); /* 40 mu of 666 2/3 m2 */
    assert_int_equal(scenario->first_month, sim_month_from_date(2015, 1));
    assert_int_equal(scenario->end_month, sim_month_from_date(2021, 1));
    check_near(scenario->lines[0].fen_per_year, 285500, 1e-12, 0);
    check_near(scenario->county.irrigated, 800, 1e-9, 0);
    check_near(scenario->townships[1].transport, 0.16, 1e-12, 0);
    county_fixture_close(&county);
}

static void test_every_arm_has_all_programs_in_one_order_and_its_own_awake(void **state)
{
    (void)state;
    static const char *const names[] = {"land", "yak", "cattle", "placebo"};
    static const struct {
        const char *arm;
        bool active[4];
    } arms[] = {
        {"reference", {false, false, false, false}},
        {"yak", {false, true, false, false}},
        {"all", {true, true, true, false}},
    };
    for (int32_t a = 0; a < SIM_COUNT(arms); a++) {
        struct county_fixture county;
        county_fixture_open(&county, TINY, arms[a].arm, NULL, 0);
        const struct scenario *scenario = &county.scenario;
        assert_int_equal(scenario->n_investments, county.experiment.n_programs);
        int32_t n_schemes = 0;
        for (int32_t i = 0; i < scenario->n_investments; i++) {
            assert_string_equal(scenario->investments[i].name, county.experiment.programs[i]);
            assert_int_equal(scenario->investments[i].first_scheme, n_schemes);
            assert_false(county.base.investments[i].active);
            n_schemes += scenario->investments[i].n_effects;
        }
        assert_int_equal(scenario->n_schemes, n_schemes);
        for (int32_t i = 0; i < SIM_COUNT(names); i++)
            assert_int_equal(
                scenario->investments[find_program(scenario, names[i])].active, arms[a].active[i]);
        county_fixture_close(&county);
    }
}

static void test_contract_finds_the_plant_of_the_program_it_names(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "all", NULL, 0);
    const struct scenario *scenario = &county.scenario;
    const struct investment_config *yak = &scenario->investments[find_program(scenario, "yak")];
    assert_int_equal(scenario->effects[yak->first_scheme].kind, EFFECT_PLANT);
    assert_int_equal(scenario->effects[yak->first_scheme + 1].kind, EFFECT_CONTRACT);
    assert_int_equal(scenario->effects[yak->first_scheme + 1].as.contract.plant_scheme, yak->first_scheme);
    assert_int_equal(scenario->effects[yak->first_scheme + 1].investment, find_program(scenario, "yak"));
    county_fixture_close(&county);
}

static void test_recipients_are_the_villages_of_the_townships_named(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TASHKURGAN, "all", NULL, 0);
    const struct scenario *scenario = &county.scenario;
    const struct investment_config *land = &scenario->investments[find_program(scenario, "land")];
    int32_t n = 0;
    for (int32_t v = 0; v < scenario->n_villages; v++) {
        bool is_there = strcmp(scenario->townships[scenario->villages[v].township].name, "Tatikuli") == 0;
        assert_int_equal(land->targets[v], is_there);
        n += is_there;
    }
    assert_int_equal(n, 5);
    assert_int_equal(scenario->n_villages, 53);
    assert_int_equal(scenario->n_townships, 13);
    county_fixture_close(&county);
}

static void test_later_layer_wins(void **state)
{
    (void)state;
    const char *const sets[] = {"programs.land.uncertainty=drawn",
        "parameters.livestock.yak.births=0.5 1/year", "prices.yak.2012=4100 CNY/head", "replicates=3"};
    struct county_fixture plain, set;
    county_fixture_open(&plain, TASHKURGAN, "as_happened", NULL, 0);
    county_fixture_open(&set, TASHKURGAN, "as_happened", sets, SIM_COUNT(sets));
    int32_t land = find_program(&plain.scenario, "land"), yak = find_program(&plain.scenario, "yak");
    /* An arm's `set` over the file, --set over the arm's. */
    assert_int_not_equal(
        plain.scenario.investments[land].uncertainty, plain.base.investments[land].uncertainty);
    assert_int_equal(set.scenario.investments[land].uncertainty, plain.base.investments[land].uncertainty);
    assert_int_equal(set.scenario.investments[yak].uncertainty, plain.scenario.investments[yak].uncertainty);
    /* --set over defaults and over the county. */
    check_near(plain.scenario.livestock.species[SPECIES_YAK].births, 0.55, 1e-12, 0);
    check_near(set.scenario.livestock.species[SPECIES_YAK].births, 0.5, 1e-12, 0);
    check_near(set.base.livestock.species[SPECIES_YAK].births, 0.5, 1e-12, 0);
    check_near(plain.scenario.markets.paths[GOOD_YAK].values[0], 4000, 1e-12, 0);
    check_near(set.scenario.markets.paths[GOOD_YAK].values[0], 4100, 1e-12, 0);
    assert_int_equal(set.experiment.config.replicates, 3);
    county_fixture_close(&plain);
    county_fixture_close(&set);
}

static void test_price_paths_are_in_the_order_of_years(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TASHKURGAN, "reference", NULL, 0);
    for (int32_t g = 0; g < GOODS; g++) {
        const struct price_path *path = &county.scenario.markets.paths[g];
        assert_true(path->n > 0);
        for (int32_t i = 1; i < path->n; i++)
            assert_true(path->years[i - 1] < path->years[i]);
    }
    county_fixture_close(&county);
}

static void test_households_and_pasture_are_shared_out_to_the_last(void **state)
{
    (void)state;
    const char *const sets[] = {"townships[0].weight=3"};
    struct county_fixture county;
    county_fixture_open(&county, TASHKURGAN, "reference", sets, 1);
    const struct scenario *scenario = &county.scenario;
    int64_t households = 0, pasture = 0;
    for (int32_t v = 0; v < scenario->n_villages; v++) {
        households += scenario->villages[v].n_households;
        pasture += scenario->villages[v].pasture_m2;
    }
    assert_int_equal(households, 10145); /* 41,188 / 4.06 */
    assert_int_equal(pasture, 6000000000);
    /* Tatikuli's weight of 3: three times the others', within a household. */
    check_near(scenario->villages[0].n_households, 3.0 * scenario->villages[10].n_households, 0, 3);
    county_fixture_close(&county);
}

static void test_keys_differ_and_do_not_hang_on_what_is_overridden(void **state)
{
    (void)state;
    const char *const sets[] = {"county.savings=6 month", "programs.land.budget=9e4 CNY"};
    struct county_fixture plain, set;
    county_fixture_open(&plain, TINY, "all", NULL, 0);
    county_fixture_open(&set, TINY, "all", sets, SIM_COUNT(sets));
    for (int32_t i = 0; i < plain.scenario.n_investments; i++) {
        assert_true(plain.scenario.investments[i].key == set.scenario.investments[i].key);
        for (int32_t k = 0; k < i; k++)
            assert_true(plain.scenario.investments[i].key != plain.scenario.investments[k].key);
    }
    for (int32_t v = 0; v < plain.scenario.n_villages; v++)
        assert_true(plain.scenario.villages[v].key == set.scenario.villages[v].key);
    assert_true(plain.scenario.villages[0].key != plain.scenario.villages[1].key);
    assert_true(plain.scenario.townships[0].key != plain.scenario.villages[0].key);
    county_fixture_close(&plain);
    county_fixture_close(&set);
}

static void test_claims_carry_the_published_value_and_its_place(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TASHKURGAN, "reference", NULL, 0);
    const struct claim *claim = NULL;
    for (int32_t i = 0; i < county.experiment.n_claims; i++)
        if (strcmp(county.experiment.claims[i].id, "A23") == 0)
            claim = &county.experiment.claims[i];
    assert_non_null(claim);
    check_near(claim->published, 200, 0, 0);
    assert_string_equal(claim->unit, "t/year");
    assert_string_equal(claim->system, "yak_chain");
    assert_string_equal(claim->quantity, "processed yak products");
    assert_string_equal(claim->role, "outcome");
    assert_int_equal(claim->year, 2024);
    county_fixture_close(&county);
}

static void expect_root(const char *path, const char *expected)
{
    struct sim_arena arena;
    sim_arena_init(&arena);
    assert_string_equal(read_root(path, &arena), expected);
    sim_arena_free(&arena);
}

/* The folder `scenarios` bounds what files may name, however the file's own path is written. */
static void test_root_is_the_folder_scenarios_seen_from_anywhere(void **state)
{
    (void)state;
    char here[4096];
    assert_non_null(getcwd(here, sizeof(here)));
    expect_root(PAMIR_SOURCE_DIR "/scenarios/tiny/experiment.yaml", PAMIR_SOURCE_DIR "/scenarios");
    assert_int_equal(chdir(PAMIR_SOURCE_DIR), 0);
    expect_root("scenarios/tiny/experiment.yaml", "scenarios");
    expect_root("./scenarios/experiments/tashkurgan.yaml", "./scenarios");
    expect_root("README.md", ".");
    expect_root("tests/scenario/test_bad.py", "tests/scenario");
    assert_int_equal(chdir("scenarios/tiny"), 0);
    expect_root("experiment.yaml", "..");
    expect_root("../tiny/experiment.yaml", "..");
    assert_int_equal(chdir(here), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_units_arrive_as_coins_square_metres_and_month_indices),
        cmocka_unit_test(test_every_arm_has_all_programs_in_one_order_and_its_own_awake),
        cmocka_unit_test(test_contract_finds_the_plant_of_the_program_it_names),
        cmocka_unit_test(test_recipients_are_the_villages_of_the_townships_named),
        cmocka_unit_test(test_later_layer_wins),
        cmocka_unit_test(test_price_paths_are_in_the_order_of_years),
        cmocka_unit_test(test_households_and_pasture_are_shared_out_to_the_last),
        cmocka_unit_test(test_keys_differ_and_do_not_hang_on_what_is_overridden),
        cmocka_unit_test(test_claims_carry_the_published_value_and_its_place),
        cmocka_unit_test(test_root_is_the_folder_scenarios_seen_from_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
