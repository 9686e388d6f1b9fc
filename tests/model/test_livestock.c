/* Herds. Rung: hand values on drawn herds; closed form for deaths and births (tolerances are four standard
 * errors); definition for income as change of inventory. */
#include "tests/support/herds.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

static void test_summer_pasture_feeds_for_nothing_and_heals(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, 1, FEMALES);
    fixture.scenario->livestock.species[SPECIES_SHEEP].deaths = 0.0;
    fixture.scenario->livestock.weight_gain = 0.25;
    fixture.village->households.condition[0] = 0.6;
    fixture.village->households.cash_fen[0] = 1000000;
    fixture.village->households.hay_g[0] = 1000000;
    village_fixture_begin(&fixture);
    live(&fixture, village_fixture_moment(&fixture, 2015, 7));
    check_near(fixture.village->households.condition[0], 0.7, 1e-6, 0.0); /* a quarter of what was lost */
    assert_int_equal(fixture.village->households.cash_fen[0], 1000000);
    assert_int_equal(fixture.village->households.hay_g[0], 1000000);
    assert_int_equal(fixture.village->households.income_herd_fen[0], 0);
    check_near(fixture.village->grazing_load, FEMALES, 1e-12, 0.0);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_winter_need_is_met_by_own_hay_then_by_bought_hay(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, 1, FEMALES);
    struct livestock_params *params = &fixture.scenario->livestock;
    params->species[SPECIES_SHEEP].deaths = 0.0;
    params->feed_need = 48.0;
    params->winter_grazing = 0.5;
    struct household_table *households = &fixture.village->households;
    households->hay_g[0] = 1000000; /* of the 2,400 kg that grazing does not give */
    households->cash_fen[0] = 300000;
    households->need_fen[0] = 160000; /* is not spent on hay */
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 2);
    moment.sell[GOOD_HAY] = 100.0;
    moment.buy[GOOD_HAY] = 200.0; /* 140,000 fen buy 700 of the 1,400 kg that are short */
    live(&fixture, moment);
    assert_int_equal(households->hay_g[0], 0);
    assert_int_equal(households->cash_fen[0], 160000);
    assert_int_equal(households->income_herd_fen[0], -1000 * 100 - 140000);
    double fed = 1.0 - 700.0 / 4800.0;
    check_near(fixture.village->households.condition[0], 1.0 - params->weight_loss * (1.0 - fed), 1e-6, 0.0);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_crowded_pasture_feeds_its_share(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, 1, FEMALES);
    struct livestock_params *params = &fixture.scenario->livestock;
    fixture.village->pasture_m2 = 1000000;
    params->pasture_units = 75.0;
    params->species[SPECIES_SHEEP].deaths = 0.0;
    fixture.village->grazing_load = 100.0; /* last month's: 75 of 100 units find grass, 60 in a dry year */
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 7);
    moment.season = 0.8;
    live(&fixture, moment);
    check_near(fixture.village->households.condition[0], 1.0 - params->weight_loss * 0.4, 1e-6, 0.0);
    village_fixture_close(&fixture);
}

/* Deaths of a month in July: `fed` on pasture without end, or with none and no money. */
static int64_t deaths_of_a_month(bool is_fed)
{
    struct village_fixture fixture;
    draw_herds(&fixture, HERDS, FEMALES);
    struct livestock_params *params = &fixture.scenario->livestock;
    params->weight_loss = 1.0; /* one month without feed: condition 0 */
    params->starvation = 5.0;
    params->species[SPECIES_SHEEP].deaths = 0.12;
    if (!is_fed) {
        fixture.village->pasture_m2 = 0;
        fixture.village->grazing_load = 1.0;
    }
    village_fixture_begin(&fixture);
    live(&fixture, village_fixture_moment(&fixture, 2015, 7));
    check_near(fixture.village->households.condition[0], is_fed ? 1.0 : 0.0, 0.0, 0.0);
    int64_t dead = posted(&fixture, HERD_DIED);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
    return dead;
}

static void test_animals_without_feed_lose_condition_and_die_six_times_as_often(void **state)
{
    (void)state;
    double n = HERDS * FEMALES;
    check_near((double)deaths_of_a_month(true), n * 0.01, 0.0, 4.0 * sqrt(n * 0.01 * 0.99));
    check_near((double)deaths_of_a_month(false), n * 0.06, 0.0, 4.0 * sqrt(n * 0.06 * 0.94));
}

/* Deaths of a month in five classes of two herds against the product of five binomials: chi-square over all
 * outcomes, those expected fewer than five times taken together; wrong once in a million. */
static void test_deaths_of_a_household_are_independent_binomials(void **state)
{
    (void)state;
    enum { CLASSES = 5, YEARS = 100, CELLS = 3 * 2 * 5 * 3 * 3 };
    static const int32_t had[CLASSES] = {2, 1, 4, 2, 2}; /* sheep by class; yak females */
    static const double p[CLASSES] = {0.08, 0.04, 0.04, 0.04, 0.06};
    struct village_fixture fixture;
    draw_herds(&fixture, HERDS, 0);
    struct species_params *species = fixture.scenario->livestock.species;
    species[SPECIES_SHEEP].young_deaths = 12.0 * p[0];
    species[SPECIES_SHEEP].deaths = 12.0 * p[1];
    species[SPECIES_YAK].deaths = 12.0 * p[4];
    struct herd_table *herds = &fixture.village->herds;
    int32_t *const columns_of[CLASSES] = {
        herds->young, herds->juvenile, herds->female, herds->male, herds->female + SPECIES_YAK};
    static int32_t seen[CELLS];
    for (int32_t year = 0; year < YEARS; year++) {
        for (sim_row h = 0; h < HERDS; h++)
            for (int32_t c = 0; c < CLASSES; c++)
                columns_of[c][h * SPECIES_COUNT] = had[c];
        live(&fixture, village_fixture_moment(&fixture, 2015 + year, 7));
        for (sim_row h = 0; h < HERDS; h++) {
            int32_t cell = 0;
            for (int32_t c = 0; c < CLASSES; c++)
                cell = cell * (had[c] + 1) + had[c] - columns_of[c][h * SPECIES_COUNT];
            seen[cell]++;
        }
    }
    double chi2 = 0.0, rare = 0.0, rare_seen = 0.0;
    int32_t cells = 0;
    for (int32_t cell = 0; cell < CELLS; cell++) {
        double expected = HERDS * YEARS;
        for (int32_t c = CLASSES - 1, rest = cell; c >= 0; rest /= had[c] + 1, c--)
            expected *= gsl_ran_binomial_pdf((unsigned)(rest % (had[c] + 1)), p[c], (unsigned)had[c]);
        if (expected < 5.0) {
            rare += expected;
            rare_seen += seen[cell];
            continue;
        }
        chi2 += (seen[cell] - expected) * (seen[cell] - expected) / expected;
        cells++;
    }
    chi2 += (rare_seen - rare) * (rare_seen - rare) / rare;
    assert_true(cells > 20);
    assert_true(chi2 < gsl_cdf_chisq_Qinv(1e-6, cells));
    village_fixture_close(&fixture);
}

/* A July with growth, births and deaths in every herd, of so many more sheep and juvenile cattle. */
static void draw_july(struct village_fixture *fixture, int32_t more)
{
    draw_herds(fixture, HERDS, 0);
    struct herd_table *herds = &fixture->village->herds;
    for (int32_t s = 0; s < SPECIES_COUNT; s++) {
        struct species_params *species = &fixture->scenario->livestock.species[s];
        species->birth_month = 7;
        species->births = 0.6;
        species->deaths = species->young_deaths = 1.2; /* a tenth a month */
    }
    for (sim_row row = 0; row < HERDS * SPECIES_COUNT; row++) {
        int32_t s = row % SPECIES_COUNT, sheep = s == SPECIES_SHEEP ? more : 0;
        herds->young[row] = 3 + row % 4 + sheep;
        herds->juvenile[row] = 5 + row % 3 + sheep + (s == SPECIES_CATTLE ? more : 0);
        herds->female[row] = 10 + row % 7 + sheep;
        herds->male[row] = 2 + row % 2 + sheep;
    }
}

static void test_luck_of_a_herd_hangs_on_nothing_but_its_own_class(void **state)
{
    (void)state;
    struct village_fixture few, many;
    for (int32_t month = 6; month <= 7; month++) {
        draw_july(&few, 0);
        draw_july(&many, 1);
        village_fixture_begin(&few);
        village_fixture_begin(&many);
        live(&few, village_fixture_moment(&few, 2015, month));
        live(&many, village_fixture_moment(&many, 2015, month));
        const struct herd_table *a = &few.village->herds, *b = &many.village->herds;
        for (sim_row h = 0; h < HERDS; h++) {
            sim_row yak = herd_of(h, SPECIES_YAK), cattle = herd_of(h, SPECIES_CATTLE);
            assert_int_equal(a->young[yak], b->young[yak]);
            assert_int_equal(a->juvenile[yak], b->juvenile[yak]);
            assert_int_equal(a->female[yak], b->female[yak]);
            assert_int_equal(a->male[yak], b->male[yak]);
            assert_int_equal(a->young[cattle], b->young[cattle]); /* died, or born in July */
            int32_t grown = b->female[cattle] + b->male[cattle] - a->female[cattle] - a->male[cattle];
            int32_t stayed = b->juvenile[cattle] - a->juvenile[cattle];
            assert_true(grown >= 0 && stayed >= 0 && grown + stayed <= 1 && (grown == 0 || month == 7));
            /* One more of each class of sheep: it dies, or nobody else does. */
            sim_row sheep = herd_of(h, SPECIES_SHEEP);
            for (int32_t c = 0; month == 6 && c < HERD_CLASSES; c++) {
                const int32_t *const columns_of[2][HERD_CLASSES] = {
                    {a->young, a->juvenile, a->female, a->male}, {b->young, b->juvenile, b->female, b->male}};
                int32_t left = columns_of[1][c][sheep] - columns_of[0][c][sheep];
                assert_true(left == 0 || left == 1);
            }
        }
        assert_true(posted(&many, HERD_DIED) > posted(&few, HERD_DIED));
        village_fixture_close(&many);
        village_fixture_close(&few);
    }
}

/* A January of many herds of all sizes, lean and fat, some in sheds; whether every herd's draw is looked at,
 * as under S-shaped returns (here with no herd too small), or only those that the bound leaves. */
static void draw_january(struct village_fixture *fixture, int32_t returns)
{
    draw_herds(fixture, 4 * HERDS, 0);
    fixture->scenario->durables.returns = returns;
    fixture->scenario->durables.least_herd = 0.0;
    for (int32_t s = 0; s < SPECIES_COUNT; s++)
        fixture->scenario->livestock.species[s].deaths *= 5.0;
    struct village *village = fixture->village;
    for (sim_row h = 0; h < 4 * HERDS; h++) {
        village->households.durables[h] = h % 3 == 0 ? 1U << DURABLE_SHED : 0;
        for (int32_t s = 0; s < SPECIES_COUNT; s++) {
            sim_row row = herd_of(h, s);
            uint64_t word = sim_key_mix((uint64_t)row);
            village->herds.young[row] = (int32_t)(word % 7);
            village->herds.juvenile[row] = (int32_t)(word / 7 % 5);
            village->herds.female[row] = (int32_t)(word / 35 % (h % 2 ? 40 : 4));
            village->herds.male[row] = (int32_t)(word / 1400 % 6);
            village->households.condition[h] = (float)(word / 10000 % 101) / 100.0f;
        }
    }
    live(fixture, village_fixture_moment(fixture, 2015, 1));
}

static void test_bound_on_deaths_hides_none(void **state)
{
    (void)state;
    struct village_fixture fast, slow;
    draw_january(&fast, RETURNS_CONCAVE);
    draw_january(&slow, RETURNS_S_SHAPED);
    for (sim_row row = 0; row < fast.village->herds.head.n; row++) {
        assert_int_equal(fast.village->herds.young[row], slow.village->herds.young[row]);
        assert_int_equal(fast.village->herds.juvenile[row], slow.village->herds.juvenile[row]);
        assert_int_equal(fast.village->herds.female[row], slow.village->herds.female[row]);
        assert_int_equal(fast.village->herds.male[row], slow.village->herds.male[row]);
    }
    assert_true(posted(&fast, HERD_DIED) > HERDS);
    village_fixture_close(&slow);
    village_fixture_close(&fast);
}

static void test_young_are_born_in_the_month_of_birth_and_in_no_other(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, HERDS, FEMALES);
    struct species_params *sheep = &fixture.scenario->livestock.species[SPECIES_SHEEP];
    sheep->deaths = sheep->young_deaths = 0.0;
    sheep->births = 0.7;
    sheep->birth_month = 4;
    fixture.scenario->livestock.winter_grazing = 1.0;
    village_fixture_begin(&fixture);
    double n = HERDS * FEMALES;
    for (int32_t month = 1; month <= 12; month++) {
        live(&fixture, village_fixture_moment(&fixture, 2015, month));
        int64_t born = posted(&fixture, HERD_BORN);
        if (month == 4)
            check_near((double)born, 0.7 * n, 0.0, 4.0 * sqrt(n * 0.7 * 0.3));
        else
            assert_int_equal(born, 0);
        village_fixture_end_month(&fixture);
    }
    village_fixture_close(&fixture);
}

static void test_lean_females_bear_less(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, HERDS, FEMALES);
    struct species_params *sheep = &fixture.scenario->livestock.species[SPECIES_SHEEP];
    sheep->births = 1.0;
    sheep->birth_month = 4;
    sheep->deaths = 0.0;
    fixture.scenario->livestock.winter_grazing = 1.0;
    fixture.scenario->livestock.weight_gain = 0.0;
    for (sim_row h = 0; h < HERDS; h++)
        fixture.village->households.condition[h] = 0.5;
    village_fixture_begin(&fixture);
    live(&fixture, village_fixture_moment(&fixture, 2015, 4));
    double n = HERDS * FEMALES, rate = 0.4 + 0.6 * 0.5;
    check_near((double)posted(&fixture, HERD_BORN), rate * n, 0.0, 4.0 * sqrt(n * rate * (1.0 - rate)));
    village_fixture_close(&fixture);
}

static void test_young_become_juveniles_and_juveniles_adults_of_both_sexes(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, HERDS, 0);
    struct species_params *sheep = &fixture.scenario->livestock.species[SPECIES_SHEEP];
    sheep->deaths = sheep->young_deaths = 0.0;
    sheep->maturity = 2.0;
    sheep->birth_month = 4;
    fixture.scenario->livestock.winter_grazing = 1.0;
    struct herd_table *herds = &fixture.village->herds;
    for (sim_row h = 0; h < HERDS; h++) {
        herds->young[herd_of(h, SPECIES_SHEEP)] = 30;
        herds->juvenile[herd_of(h, SPECIES_SHEEP)] = 100;
    }
    village_fixture_begin(&fixture);
    live(&fixture, village_fixture_moment(&fixture, 2015, 4));
    int64_t juvenile = 0, female = 0, male = 0, young = 0;
    for (sim_row h = 0; h < HERDS; h++) {
        young += herds->young[herd_of(h, SPECIES_SHEEP)];
        juvenile += herds->juvenile[herd_of(h, SPECIES_SHEEP)];
        female += herds->female[herd_of(h, SPECIES_SHEEP)];
        male += herds->male[herd_of(h, SPECIES_SHEEP)];
    }
    double n = HERDS * 100;
    assert_int_equal(young, 0);
    check_near((double)(female + male), n / 2.0, 0.0, 4.0 * sqrt(n / 4.0));
    check_near((double)female, n / 4.0, 0.0, 4.0 * sqrt(n * 3.0 / 16.0));
    assert_int_equal(juvenile + female + male, HERDS * 130);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

static void test_storm_kills_in_its_month_and_in_no_other(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, HERDS, FEMALES);
    fixture.scenario->shocks.storm_deaths = 0.3;
    fixture.scenario->shocks.storm_spread = 0.0;
    fixture.scenario->livestock.snow_grazing = 1.0;
    fixture.scenario->livestock.species[SPECIES_SHEEP].deaths = 0.0;
    village_fixture_begin(&fixture);
    int32_t storms = 0;
    for (int32_t i = 0; i < 6; i++) { /* the winter of 2015: November to April */
        int32_t year = 2015 + (i > 1), month = i > 1 ? i - 1 : i + 11;
        struct moment moment = village_fixture_moment(&fixture, year, month);
        moment.is_bad_winter = true;
        live(&fixture, moment);
        int64_t dead = posted(&fixture, HERD_DIED);
        if (dead > 0) {
            double n = HERDS * FEMALES;
            check_near((double)dead, 0.3 * n, 0.0, 4.0 * sqrt(n * 0.3 * 0.7));
            storms++;
            assert_true(month == 12 || month <= 3);
        }
        village_fixture_end_month(&fixture);
    }
    assert_int_equal(storms, 1);
    village_fixture_close(&fixture);
}

static void test_veterinary_costs_lower_the_return_of_a_herd(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, 1, 10);
    struct livestock_params *params = &fixture.scenario->livestock;
    const struct species_params *sheep = &params->species[SPECIES_SHEEP];
    struct moment moment = village_fixture_moment(&fixture, 2015, 6);
    moment.index = 1.25;
    double without = livestock_return(fixture.village, &moment, SPECIES_SHEEP, false);
    params->veterinary = 8.0;
    double with = livestock_return(fixture.village, &moment, SPECIES_SHEEP, false);
    /* Of a ewe and those that follow her: 8 CNY a sheep unit at this month's prices, of what they cost. */
    double units = sheep->sheep_units *
                   (1.0 + sheep->births * (params->young_units + params->juvenile_units * sheep->maturity));
    double followers = sheep->births * (params->young_price + params->juvenile_price * sheep->maturity);
    double cost = units * 800.0 * 1.25 / ((1.0 + followers) * moment.buy[GOOD_SHEEP]);
    assert_true(cost > 0.0);
    check_near(without - with, cost, 0.0, 1e-12);
    village_fixture_close(&fixture);
}

/* Two years of births, deaths, sales and purchases against a count of heads each month; and the check bites.
 */
static void test_sums_of_herds_follow_every_change(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, HERDS, 10);
    struct village *village = fixture.village;
    for (sim_row h = 0; h < HERDS; h++) {
        village->households.cash_fen[h] = h % 3 == 0 ? (int64_t)1e8 : 0;
        village->herds.female[herd_of(h, SPECIES_YAK)] = h % 4;
        village->herds.target[herd_of(h, SPECIES_CATTLE)] = h % 2;
    }
    village_fixture_begin(&fixture);
    for (int32_t month = 0; month < 24; month++) {
        struct moment moment = village_fixture_moment(&fixture, 2015 + month / 12, month % 12 + 1);
        village->herds_are_counted = month > 0; /* as it was left */
        live(&fixture, moment);
        trade(&fixture, moment);
        livestock_sell_in_need(village, &moment, month, 1000, 0.1);
        assert_true(village->herds_are_counted);
        village_fixture_end_month(&fixture);
    }
    village->herds.female[0]++;
    assert_int_equal(village_check(village, &fixture.error), SIM_ERROR_MODEL);
    village_fixture_close(&fixture);
}

static void test_milk_is_drunk_once_and_the_rest_is_sold(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, 1, 0);
    struct livestock_params *params = &fixture.scenario->livestock;
    fixture.village->herds.female[SPECIES_YAK] = 1;
    fixture.village->herds.female[SPECIES_CATTLE] = 1;
    for (int32_t species = SPECIES_YAK; species <= SPECIES_CATTLE; species++) {
        params->species[species].births = 0.5;
        params->species[species].birth_month = 5;
        params->species[species].deaths = 0.0;
    }
    params->species[SPECIES_YAK].milk = 12.0; /* 6 kg of a yak and 10 kg of a cow; one person drinks 8 kg */
    params->species[SPECIES_CATTLE].milk = 20.0;
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 6);
    moment.sell[GOOD_MILK] = 400.0;
    live(&fixture, moment);
    struct household_table *households = &fixture.village->households;
    assert_int_equal(households->own_food_fen[0], 8 * 400);
    assert_int_equal(households->cash_fen[0], 8 * 400);
    assert_int_equal(households->income_herd_fen[0], 16 * 400);
    village_fixture_end_month(&fixture);
    village_fixture_close(&fixture);
}

/* What a herd's year brings is what can be counted: money in hand, milk drunk, animals and hay at one price.
 */
static void test_income_of_a_year_is_the_change_of_what_is_there(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, 1, 40);
    struct household_table *households = &fixture.village->households;
    struct herd_table *herds = &fixture.village->herds;
    for (int32_t species = 0; species < SPECIES_COUNT; species++) {
        herds->female[species] = 20;
        herds->male[species] = 5;
        herds->juvenile[species] = 6;
        herds->target[species] = 60;
    }
    fixture.scenario->livestock.veterinary = 6.0;
    households->cash_fen[0] = 100000000;
    households->hay_g[0] = 10000000;
    village_fixture_begin(&fixture);
    struct moment moment = village_fixture_moment(&fixture, 2015, 1);
    const struct livestock_params *params = &fixture.scenario->livestock;
    int64_t before = households->cash_fen[0];
    double hay_before = (double)households->hay_g[0];
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        before += livestock_value(params, herds, species, moment.sell[GOOD_SHEEP + species]);
    for (int32_t month = 1; month <= 12; month++) {
        moment = village_fixture_moment(&fixture, 2015, month);
        live(&fixture, moment);
        trade(&fixture, moment);
        village_fixture_end_month(&fixture);
    }
    int64_t after = households->cash_fen[0] + households->own_food_fen[0];
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        after += livestock_value(params, herds, species, moment.sell[GOOD_SHEEP + species]);
    double hay = (hay_before - (double)households->hay_g[0]) / 1000.0 * moment.sell[GOOD_HAY];
    assert_true(hay > 0.0);
    assert_int_not_equal(after, before);
    /* Hay is valued month by month in whole fen. */
    check_near((double)households->income_herd_fen[0], (double)(after - before) - hay, 0.0, 12.0);
    village_fixture_close(&fixture);
}

/* A bad winter without hay or money, then good years: heads after the autumn's sales, against those before.
 */
static void test_herds_take_years_to_mend_after_a_bad_winter(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, HERDS, 0);
    fixture.scenario->livestock.snow_grazing = 0.2;
    fixture.scenario->livestock.winter_grazing = 1.0;
    fixture.scenario->livestock.target_adjustment = 0.0;
    fixture.scenario->disease.disease = 0;
    fixture.scenario->shocks.storm_deaths = 0.1;
    struct herd_table *herds = &fixture.village->herds;
    for (sim_row h = 0; h < HERDS; h++) {
        sim_row row = herd_of(h, SPECIES_YAK);
        herds->target[herd_of(h, SPECIES_SHEEP)] = 0;
        herds->female[row] = 16;
        herds->male[row] = 2;
        herds->juvenile[row] = 12;
        herds->young[row] = 8;
        herds->target[row] = 38;
    }
    village_fixture_begin(&fixture);
    double heads[7] = {0};
    for (int32_t month = -3; month < 72; month++) { /* from October 2014 */
        int32_t year = 2015 + (month < 0 ? -1 : month / 12), of_year = 1 + (month + 12) % 12;
        struct moment moment = village_fixture_moment(&fixture, year, of_year);
        moment.is_bad_winter = moment.is_winter && month < 4;
        live(&fixture, moment);
        trade(&fixture, moment);
        for (sim_row h = 0; of_year == 11 && h < HERDS; h++) /* after the autumn's sales */
            heads[(month + 2) / 12] += herd_heads(herds, herd_of(h, SPECIES_YAK));
        village_fixture_end_month(&fixture);
    }
    print_message("yaks before a bad winter and in the Novembers after it: %.0f; %.0f %.0f %.0f %.0f %.0f\n",
        heads[0], heads[1], heads[2], heads[3], heads[4], heads[5]);
    assert_true(heads[1] < 0.9 * heads[0]);
    assert_true(heads[2] < heads[0]);
    assert_true(heads[5] > heads[1] * 1.1);
    village_fixture_close(&fixture);
}

static void test_herds_switched_off_stay_as_they_are(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_herds(&fixture, 3, FEMALES);
    fixture.scenario->livestock.dynamics = 0;
    fixture.village->pasture_m2 = 0;
    fixture.village->grazing_load = 1e6;
    village_fixture_begin(&fixture);
    for (int32_t month = 1; month <= 12; month++) {
        live(&fixture, village_fixture_moment(&fixture, 2015, month));
        trade(&fixture, village_fixture_moment(&fixture, 2015, month));
        village_fixture_end_month(&fixture);
    }
    for (sim_row h = 0; h < 3; h++) {
        assert_int_equal(herd_heads(&fixture.village->herds, herd_of(h, SPECIES_SHEEP)), FEMALES);
        assert_true(fixture.village->households.condition[h] == 1.0);
        assert_int_equal(fixture.village->households.income_herd_fen[h], 0);
    }
    village_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summer_pasture_feeds_for_nothing_and_heals),
        cmocka_unit_test(test_winter_need_is_met_by_own_hay_then_by_bought_hay),
        cmocka_unit_test(test_crowded_pasture_feeds_its_share),
        cmocka_unit_test(test_animals_without_feed_lose_condition_and_die_six_times_as_often),
        cmocka_unit_test(test_deaths_of_a_household_are_independent_binomials),
        cmocka_unit_test(test_luck_of_a_herd_hangs_on_nothing_but_its_own_class),
        cmocka_unit_test(test_bound_on_deaths_hides_none),
        cmocka_unit_test(test_young_are_born_in_the_month_of_birth_and_in_no_other),
        cmocka_unit_test(test_lean_females_bear_less),
        cmocka_unit_test(test_young_become_juveniles_and_juveniles_adults_of_both_sexes),
        cmocka_unit_test(test_storm_kills_in_its_month_and_in_no_other),
        cmocka_unit_test(test_veterinary_costs_lower_the_return_of_a_herd),
        cmocka_unit_test(test_sums_of_herds_follow_every_change),
        cmocka_unit_test(test_milk_is_drunk_once_and_the_rest_is_sold),
        cmocka_unit_test(test_income_of_a_year_is_the_change_of_what_is_there),
        cmocka_unit_test(test_herds_take_years_to_mend_after_a_bad_winter),
        cmocka_unit_test(test_herds_switched_off_stay_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
