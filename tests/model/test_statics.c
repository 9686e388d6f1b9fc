/* Comparative statics and symmetry of a whole county, by the world's own events: what must hold whatever the
 * parameters are. Those of one family stand beside it (test_crops, test_choice, test_livestock). Rung:
 * definition. ctest: slow */
#include "tests/support/village.h"

/* Everything of chance off; animals neither bear nor die, since the sex of the young is drawn. */
static const char *const certain[] = {"parameters.demography.dynamics=none",
    "parameters.demography.marriage=none", "parameters.demography.division=none",
    "parameters.demography.schooling=none", "parameters.shocks.weather=none",
    "parameters.shocks.illness=none", "parameters.shocks.accidents=none", "parameters.markets.shocks=none",
    "parameters.disease.disease=none", "parameters.enterprises.firms=none",
    "parameters.cooperatives.producers=none", "parameters.durables.durables=none",
    "parameters.home.homes=none", "parameters.shocks.plot_luck=0", "parameters.labour.luck_sd=0",
    "parameters.labour.taste_spread=0 CNY/month", "parameters.migration.taste_home=0 CNY/month",
    "parameters.migration.out_of_work=0", "parameters.livestock.sheep.births=0 1/year",
    "parameters.livestock.sheep.cull=0 1/year", "parameters.livestock.target_adjustment=0 1/year",
    "parameters.livestock.sheep.deaths=0 1/year", "parameters.livestock.sheep.young_deaths=0 1/year",
    "parameters.fiscal.assistance=none", "parameters.land.crop_taste=0", "parameters.skills.training=none"};

/* A family of two with a field, a meadow and sheep. */
static void draw_twin(struct village_fixture *fixture)
{
    struct village *village = fixture->village;
    sim_row h = village_fixture_household(fixture, 0);
    village_fixture_person(fixture, h, 30, false);
    village_fixture_person(fixture, h, 28, true);
    village_fixture_parcel(fixture, h, PARCEL_IRRIGATED, 4000);
    village_fixture_parcel(fixture, h, PARCEL_FORAGE, 2000);
    sim_row row = h * SPECIES_COUNT + SPECIES_SHEEP;
    village->herds.female[row] = 10;
    village->herds.target[row] = 16;
    village->households.cash_fen[h] = 500000;
    village->households.grain_g[h] = 400000;
    village->households.hay_g[h] = 1500000;
    village->households.permanent_fen[h] = 80000.0;
}

static double value_at(const void *table, const struct sim_column *column, sim_row row)
{
    const char *bytes = *(char *const *)((const char *)table + column->offset);
    const void *at = bytes + row * sim_type_bytes(column->type);
    switch (column->type) {
    case SIM_F64:
        return *(const double *)at;
    case SIM_F32:
        return (double)*(const float *)at;
    case SIM_I64:
        return (double)*(const int64_t *)at;
    case SIM_I32:
        return (double)*(const int32_t *)at;
    case SIM_I16:
        return (double)*(const int16_t *)at;
    case SIM_I8:
        return (double)*(const int8_t *)at;
    case SIM_U8:
        return (double)*(const uint8_t *)at;
    default:
        return 0.0; /* keys and sets of bits */
    }
}

/* Coins that cannot be halved go to one of the two, by key: a few fen a month at most. */
static void test_two_equal_households_stay_equal_without_luck(void **state)
{
    (void)state;
    struct village_fixture fixture;
    village_fixture_open_with(&fixture, certain, SIM_COUNT(certain));
    draw_twin(&fixture);
    draw_twin(&fixture);
    village_fixture_begin(&fixture);
    const int32_t years = 5;
    check_ok(county_run_until(&fixture.run, fixture.scenario->first_month + 12 * years, &fixture.error),
        fixture.error);
    const struct household_table *households = &fixture.village->households;
    int32_t n_compared = 0;
    for (int32_t i = 0; i < household_table_type.n_columns; i++) {
        const struct sim_column *column = &household_table_type.columns[i];
        if (strcmp(column->name, "dynasty") == 0 || strcmp(column->name, "first_person") == 0)
            continue;
        double a = value_at(households, column, 0), b = value_at(households, column, 1);
        double coins =
            strcmp(column->unit, "fen") == 0 || strcmp(column->unit, "fen/month") == 0 ? 12.0 * years : 0.0;
        if (!(a - b <= coins && b - a <= coins))
            fail_msg("%s: %.17g and %.17g", column->name, a, b);
        n_compared++;
    }
    assert_true(n_compared > 40);
    for (sim_row row = 0; row < SPECIES_COUNT; row++) {
        assert_int_equal(herd_heads(&fixture.village->herds, row),
            herd_heads(&fixture.village->herds, SPECIES_COUNT + row));
        assert_int_equal(
            fixture.village->herds.female[row], fixture.village->herds.female[SPECIES_COUNT + row]);
    }
    /* They lived: a test of nothing would pass, too. */
    assert_true(households->year_consumption_fen[0] > 0);
    assert_true(households->income_crops_fen[0] != 0 && households->income_herd_fen[0] != 0);
    village_fixture_close(&fixture);
}

struct totals {
    double income, consumption, heads, persons;
};

#define TASHKURGAN PAMIR_SOURCE_DIR "/scenarios/experiments/tashkurgan.yaml"

static struct totals totals_of(const char *const *sets, int32_t n_sets)
{
    struct county_fixture county;
    struct county_run run;
    struct totals sum = {0};
    county_fixture_open(&county, TASHKURGAN, "all", sets, n_sets);
    county_fixture_run(&county, &run, (struct county_run_options){0}, 0);
    for (int32_t v = 0; v < county.scenario.n_villages; v++) {
        const struct village *village = &run.villages[v];
        for (sim_row h = 0; h < village->households.head.n; h++) {
            sum.income += (double)household_income(&village->households, h);
            sum.consumption += (double)village->households.year_consumption_fen[h];
            sum.persons += village->households.n_persons[h];
        }
        for (sim_row row = 0; row < village->herds.head.n; row++)
            sum.heads += herd_heads(&village->herds, row);
    }
    county_run_free(&run);
    county_fixture_close(&county);
    return sum;
}

/* Households, land, plants, budgets and markets twice as many: totals twice as large, within what other
 * founders of ten thousand households differ by (incomes of a coefficient of variation near 1: 1.5 percent at
 * the standard error of the difference, so three of them). */
static void test_twice_the_county_has_twice_the_totals(void **state)
{
    (void)state;
    static const char *const one_set[] = {"to=2021-12"};
    static const char *const sets[] = {"to=2021-12", "county.persons=82376 person",
        "county.pasture=12000 km^2", "programs.land.budget=15e6 CNY",
        "programs.land.effects[0].land.area=7160 mu", "programs.yak.budget=18e6 CNY",
        "programs.yak.effects[0].plant.capacity=400 t/year",
        "programs.yak.effects[0].plant.demand=120 t/year", "programs.yak.effects[0].plant.jobs=140 job",
        "programs.yak.effects[0].plant.fixed_costs=60000 CNY/month",
        "programs.yak.effects[1].contract.places=800 household",
        "programs.yak.effects[1].contract.quota=3000 head/year", "programs.cattle.budget=36e6 CNY",
        "programs.cattle.effects[0].herd.animals=1000 head",
        "programs.cattle.effects[0].herd.places=500 household"};
    struct totals one = totals_of(one_set, SIM_COUNT(one_set)), two = totals_of(sets, SIM_COUNT(sets));
    check_near(two.persons, 2.0 * one.persons, 0.02, 0.0);
    check_near(two.consumption, 2.0 * one.consumption, 0.045, 0.0);
    check_near(two.income, 2.0 * one.income, 0.045, 0.0);
    check_near(two.heads, 2.0 * one.heads, 0.045, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_equal_households_stay_equal_without_luck),
        cmocka_unit_test(test_twice_the_county_has_twice_the_totals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
