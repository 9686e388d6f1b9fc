/* Occupation choice. Rung: closed form (shares within four standard errors of the logit), hand values without
 * tastes, and comparative statics on drawn households. */
#include "tests/support/village.h"

#include <stdlib.h>
#include <string.h>

#include "models/labour/choice.h"
#include "sim/rand/dist.h"

/* An empty village without tastes and inertia, in which a day of each activity brings, of 24 a month: home
 * 20 CNY, casual work 30, business 10, and a month beyond the county 1,000 CNY; nothing else counts. */
static void draw_village(struct village_fixture *fixture)
{
    village_fixture_open(fixture);
    struct labour_params *labour = &fixture->scenario->labour;
    labour->days = 24.0;
    labour->elder_work = 0.5;
    labour->farm_share = 1.0;
    labour->risk_aversion = labour->inertia = labour->taste_spread = 0.0;
    labour->home_premium = labour->casual_disutility = labour->business_disutility = 0.0;
    struct migration_params *migration = &fixture->scenario->migration;
    migration->away_cost = migration->disutility = migration->taste_home = migration->mother_cost = 0.0;
    migration->moving_cost = 1000.0;
    migration->stay = 10.0; /* 100 CNY a month */
    migration->network = 0.0;
    fixture->scenario->land.labour = 0.024; /* a hectare and year: 240 days, 20 a month */
    double *belief = fixture->village->belief_fen;
    belief[ACTIVITY_NONE] = 2000.0;
    belief[ACTIVITY_CASUAL] = 3000.0;
    belief[ACTIVITY_BUSINESS] = 1000.0;
    belief[ACTIVITY_MIGRANT] = 100000.0 / 24.0;
    belief[ACTIVITY_HOME] = 5000.0;
}

/* So many households of so many men of thirty, each with 10,000 CNY. */
static void draw_households(struct village_fixture *fixture, int32_t n, int32_t n_adults)
{
    for (int32_t i = 0; i < n; i++) {
        sim_row h = village_fixture_household(fixture, n_adults); /* may move the table */
        fixture->village->households.cash_fen[h] = 1000000;
    }
}

static void choose_in(struct village_fixture *fixture, int32_t calendar_month)
{
    village_fixture_begin(fixture);
    struct moment moment = village_fixture_moment(fixture, 2015, calendar_month);
    struct sim_context context = {0}; /* nobody leaves a post: nothing is sent */
    check_ok(choice_month(&context, fixture->village, &moment, &fixture->error), fixture->error);
    village_fixture_end_month(fixture);
}

static int32_t count(const struct village_fixture *fixture, enum activity activity)
{
    int32_t n = 0;
    for (sim_row p = 0; p < fixture->village->persons.head.n; p++)
        n += fixture->village->persons.activity[p] == activity;
    return n;
}

static void test_without_tastes_everybody_does_what_brings_most(void **state)
{
    (void)state;
    static const struct {
        double home, casual, business, away; /* CNY a month */
        enum activity best;
    } cases[] = {{480, 400, 300, 500, ACTIVITY_HOME}, {480, 500, 300, 590, ACTIVITY_CASUAL},
        {480, 400, 500, 590, ACTIVITY_BUSINESS}, {480, 400, 300, 590, ACTIVITY_MIGRANT}};
    for (int32_t i = 0; i < SIM_COUNT(cases); i++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        draw_households(&fixture, 3, 2);
        double *belief = fixture.village->belief_fen;
        belief[ACTIVITY_NONE] = cases[i].home / 0.24;
        belief[ACTIVITY_CASUAL] = cases[i].casual / 0.24;
        belief[ACTIVITY_BUSINESS] = cases[i].business / 0.24;
        belief[ACTIVITY_MIGRANT] = cases[i].away / 0.24;
        choose_in(&fixture, 3);
        assert_int_equal(count(&fixture, cases[i].best), 6);
        village_fixture_close(&fixture);
    }
}

static void test_shares_are_those_of_a_logit(void **state)
{
    (void)state;
    enum { N = 4000 };
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->labour.taste_spread = 200.0;
    fixture.scenario->labour.inertia = 150.0;
    draw_households(&fixture, N, 1);
    choose_in(&fixture, 6);
    const enum activity option[] = {ACTIVITY_HOME, ACTIVITY_CASUAL, ACTIVITY_BUSINESS, ACTIVITY_MIGRANT};
    const double value[] = {480.0 + 150.0, 720.0, 240.0, 1000.0 - 100.0};
    double sum = 0.0;
    for (int32_t i = 0; i < 4; i++)
        sum += exp(value[i] / 200.0);
    for (int32_t i = 0; i < 4; i++) {
        double share = exp(value[i] / 200.0) / sum;
        check_near((double)count(&fixture, option[i]) / N, share, 0.0, 4.0 * sqrt(share * (1.0 - share) / N));
    }
    village_fixture_close(&fixture);
}

/* Slow twin: every taste drawn in full, the byte of its bin above what the second word leaves open. */
static enum activity choose_in_full(const struct village_fixture *fixture, sim_key key, int32_t month,
    const enum activity *option, const double *value, double spread)
{
    uint64_t salts[4];
    sim_rand_block(fixture->village->luck, fixture->scenario->county_key, SIM_BLOCK_OF_CHOICE_TASTE,
        (uint64_t)month, salts);
    uint64_t bins = sim_rand_salted(salts[SIM_WORD_OF_CHOICE_TASTE], key);
    enum activity best = ACTIVITY_NONE;
    double most = -INFINITY;
    for (int32_t i = 0; i < 4; i++) {
        uint64_t fine =
            sim_key_mix(sim_rand_salted(salts[SIM_WORD_OF_CHOICE_FINE], key) + (uint64_t)option[i]);
        double u = sim_rand_unit((bins >> 8 * (int32_t)option[i] & 255) << 56 | fine >> 8);
        double worth = value[i] - spread * log(-log(u));
        best = worth > most ? option[i] : best;
        most = worth > most ? worth : most;
    }
    return best;
}

static void test_bounds_change_no_choice(void **state)
{
    (void)state;
    enum { N = 3000 };
    const enum activity option[] = {ACTIVITY_HOME, ACTIVITY_CASUAL, ACTIVITY_BUSINESS, ACTIVITY_MIGRANT};
    const double inertia[] = {0.0, 150.0, 1500.0};
    for (int32_t i = 0; i < SIM_COUNT(inertia); i++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        fixture.scenario->labour.taste_spread = 200.0;
        fixture.scenario->labour.inertia = inertia[i];
        fixture.scenario->migration.taste_home = 60.0;
        draw_households(&fixture, N, 1);
        const struct person_table *persons = &fixture.village->persons;
        const uint64_t salt =
            sim_rand_word(fixture.village->luck, fixture.scenario->county_key, SIM_PURPOSE_HOME_TASTE, 0);
        static uint8_t before[N];
        for (int32_t month = 6; month <= 12; month += 3) {
            memcpy(before, persons->activity, N);
            choose_in(&fixture, month);
            for (sim_row p = 0; p < N; p++) {
                double taste = sim_dist_normal(sim_rand_unit(sim_rand_salted(salt, persons->key[p])), 0, 60);
                taste = fmax(-180.0, fmin(180.0, taste));
                double value[] = {480.0, 720.0, 240.0, 1000.0 - taste};
                value[3] -= before[p] == ACTIVITY_MIGRANT ? 0.0 : 100.0;
                for (int32_t k = 0; k < 4; k++)
                    value[k] += before[p] == option[k] ? inertia[i] : 0.0;
                assert_int_equal(
                    persons->activity[p], choose_in_full(&fixture, persons->key[p],
                                              sim_month_from_date(2015, month), option, value, 200.0));
            }
        }
        village_fixture_close(&fixture);
    }
}

static void test_inertia_holds_up_to_its_size(void **state)
{
    (void)state;
    const double inertia[] = {239.0, 241.0}; /* casual work brings 240 more than home */
    for (int32_t i = 0; i < 2; i++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        fixture.scenario->migration.migration = 0;
        fixture.scenario->labour.inertia = inertia[i];
        draw_households(&fixture, 1, 1);
        choose_in(&fixture, 3);
        assert_int_equal(count(&fixture, ACTIVITY_CASUAL), i == 0);
        village_fixture_close(&fixture);
    }
}

static void test_risk_and_toil_take_from_a_return(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->migration.migration = 0;
    fixture.scenario->labour.risk_aversion = 0.5;
    fixture.village->belief_cv[ACTIVITY_CASUAL] = 0.8; /* 720 (1 - 0.4) = 432 < 480 */
    draw_households(&fixture, 1, 1);
    choose_in(&fixture, 3);
    assert_int_equal(count(&fixture, ACTIVITY_HOME), 1);
    fixture.village->belief_cv[ACTIVITY_CASUAL] = 0.4; /* 576 */
    choose_in(&fixture, 6);
    assert_int_equal(count(&fixture, ACTIVITY_CASUAL), 1);
    fixture.scenario->labour.casual_disutility = 100.0;
    choose_in(&fixture, 9);
    assert_int_equal(count(&fixture, ACTIVITY_HOME), 1);
    village_fixture_close(&fixture);
}

static void test_more_go_when_the_outside_wage_is_higher(void **state)
{
    (void)state;
    int32_t gone[4];
    for (int32_t i = 0; i < 4; i++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        fixture.scenario->labour.taste_spread = 300.0;
        fixture.scenario->migration.taste_home = 300.0;
        fixture.village->belief_fen[ACTIVITY_MIGRANT] *= 0.5 * (1 + i);
        draw_households(&fixture, 60, 2);
        choose_in(&fixture, 3);
        gone[i] = count(&fixture, ACTIVITY_MIGRANT);
        village_fixture_close(&fixture);
    }
    for (int32_t i = 1; i < 4; i++)
        assert_true(gone[i] > gone[i - 1]);
}

/* Land asks for every day of three: a higher casual wage draws hands away from it, and never toward it. */
static void test_higher_casual_wage_does_not_raise_own_farm_labour(void **state)
{
    (void)state;
    int32_t home[3];
    for (int32_t i = 0; i < 3; i++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        fixture.scenario->labour.taste_spread = 300.0;
        fixture.village->belief_fen[ACTIVITY_CASUAL] *= 1.0 + 0.5 * i;
        draw_households(&fixture, 60, 3);
        for (sim_row h = 0; h < 60; h++)
            village_fixture_parcel(&fixture, h, PARCEL_IRRIGATED, 36000); /* 72 days a month */
        choose_in(&fixture, 3);
        home[i] = count(&fixture, ACTIVITY_HOME);
        village_fixture_close(&fixture);
    }
    assert_true(home[0] > home[1] && home[1] > home[2]);
}

static void test_land_keeps_as_many_at_home_as_it_asks_for(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->migration.migration = 0;
    draw_households(&fixture, 2, 3);
    village_fixture_parcel(&fixture, 0, PARCEL_IRRIGATED, 10000); /* 20 days a month: one of the three */
    choose_in(&fixture, 3);
    assert_int_equal((int)fixture.village->households.home_workers[0], 1);
    assert_int_equal((int)fixture.village->households.home_workers[1], 0);
    assert_int_equal(count(&fixture, ACTIVITY_CASUAL), 5);
    village_fixture_close(&fixture);
}

static void test_equal_draws_make_equal_choices(void **state)
{
    (void)state;
    uint8_t activity[2][120];
    for (int32_t i = 0; i < 2; i++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        fixture.scenario->labour.taste_spread = 300.0;
        draw_households(&fixture, 60, 2);
        choose_in(&fixture, 3);
        memcpy(activity[i], fixture.village->persons.activity, sizeof activity[i]);
        village_fixture_close(&fixture);
    }
    assert_memory_equal(activity[0], activity[1], sizeof activity[0]);
    assert_true(memchr(activity[0], ACTIVITY_CASUAL, 120) && memchr(activity[0], ACTIVITY_MIGRANT, 120));
}

/* Two households alike but for their keys, over two years without tastes. */
static void test_twins_without_tastes_stay_equal(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->labour.inertia = 100.0;
    draw_households(&fixture, 2, 3);
    village_fixture_parcel(&fixture, 0, PARCEL_IRRIGATED, 15000);
    village_fixture_parcel(&fixture, 1, PARCEL_IRRIGATED, 15000);
    const struct household_table *households = &fixture.village->households;
    for (int32_t month = 3; month <= 12; month += 3) {
        fixture.village->belief_fen[ACTIVITY_CASUAL] += 500.0;
        choose_in(&fixture, month);
        assert_true(households->home_workers[0] == households->home_workers[1]);
        assert_true(households->casual_workers[0] == households->casual_workers[1]);
        assert_int_equal(households->n_migrants[0], households->n_migrants[1]);
        assert_int_equal(households->cash_fen[0], households->cash_fen[1]);
    }
    village_fixture_close(&fixture);
}

static void test_going_is_paid_in_cash_and_the_poor_cannot(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    draw_households(&fixture, 3, 1);
    struct household_table *households = &fixture.village->households;
    households->cash_fen[0] = 99999; /* a fen short */
    households->cash_fen[1] = 100000;
    households->cash_fen[2] = 120000; /* enough, were it not for this month's food */
    households->need_fen[2] = 20001;
    choose_in(&fixture, 3);
    const uint8_t *activity = fixture.village->persons.activity;
    assert_int_equal(activity[0], ACTIVITY_CASUAL);
    assert_int_equal(activity[1], ACTIVITY_MIGRANT);
    assert_int_equal(activity[2], ACTIVITY_CASUAL);
    assert_int_equal(households->cash_fen[0], 99999);
    assert_int_equal(households->cash_fen[1], 0);
    choose_in(&fixture, 6); /* who is away stays away without paying again */
    assert_int_equal(activity[1], ACTIVITY_MIGRANT);
    village_fixture_close(&fixture);
}

static void test_somebody_stays_with_children(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    draw_households(&fixture, 2, 2);
    village_fixture_person(&fixture, 0, 10, true);
    choose_in(&fixture, 3);
    assert_int_equal(fixture.village->households.n_migrants[0], 1);
    assert_int_equal(fixture.village->households.n_migrants[1], 2);
    village_fixture_close(&fixture);
}

static void test_mothers_of_small_children_and_the_old_do_not_go(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->migration.mother_cost = 500.0;
    fixture.scenario->migration.small_child = 6;
    fixture.scenario->migration.age = 45;
    draw_households(&fixture, 2, 1);
    const int32_t child_age[] = {5, 7};
    for (sim_row h = 0; h < 2; h++) {
        sim_row mother = village_fixture_person(&fixture, h, 28, true);
        sim_row child = village_fixture_person(&fixture, h, child_age[h], true);
        fixture.village->persons.mother[child] = mother;
        village_fixture_person(&fixture, h, 46, true); /* stays with the child in any case */
    }
    choose_in(&fixture, 3);
    assert_int_equal(fixture.village->households.n_migrants[0], 1);
    assert_int_equal(fixture.village->households.n_migrants[1], 2);
    village_fixture_close(&fixture);
}

/* Each has a place, in whatever order children are listed and however many they are. */
static void test_a_mother_of_many_is_one_mother(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->migration.mother_cost = 500.0;
    fixture.scenario->migration.small_child = 6;
    fixture.scenario->migration.age = 45;
    draw_households(&fixture, 1, 1);
    for (int32_t i = 0; i < 2; i++) { /* the second's children are listed first */
        sim_row mother = village_fixture_person(&fixture, 0, 28, true);
        for (int32_t n = i == 0 ? 1 : 10; n > 0; n--)
            fixture.village->persons.mother[village_fixture_person(&fixture, 0, 3, true)] = mother;
    }
    village_fixture_person(&fixture, 0, 46, true); /* stays with the children in any case */
    choose_in(&fixture, 3);
    assert_int_equal(fixture.village->households.n_migrants[0], 1);
    village_fixture_close(&fixture);
}

static void test_migrants_come_back_at_pension_age(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    draw_households(&fixture, 1, 0);
    sim_row old = village_fixture_person(&fixture, 0, 60, false);
    sim_row younger = village_fixture_person(&fixture, 0, 58, false);
    fixture.village->persons.activity[old] = fixture.village->persons.activity[younger] = ACTIVITY_MIGRANT;
    demography_recount(fixture.village, 0, fixture.scenario->first_month);
    choose_in(&fixture, 3);
    assert_int_not_equal(fixture.village->persons.activity[old], ACTIVITY_MIGRANT);
    assert_int_equal(fixture.village->persons.activity[younger], ACTIVITY_MIGRANT);
    village_fixture_close(&fixture);
}

static void test_a_post_is_kept_while_it_pays(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    draw_households(&fixture, 1, 1);
    fixture.village->persons.activity[0] = ACTIVITY_JOB;
    fixture.village->persons.job[0] = SCHEME_MAX; /* of a firm: 2,500 CNY in the fixture's month */
    demography_recount(fixture.village, 0, fixture.scenario->first_month);
    choose_in(&fixture, 3);
    assert_int_equal(fixture.village->persons.activity[0], ACTIVITY_JOB);
    village_fixture_close(&fixture);
}

static void test_between_seasons_only_who_comes_of_age_or_hungers_chooses(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->migration.migration = 0;
    draw_households(&fixture, 2, 2);
    sim_row young = village_fixture_person(&fixture, 0, 16, true);
    fixture.village->persons.born[young] = sim_month_from_date(2015, 4) - 16 * 12; /* turned 16 last month */
    fixture.village->households.rung[1] = COPING_HUNGER;
    choose_in(&fixture, 5);
    assert_int_equal(fixture.village->persons.activity[young], ACTIVITY_CASUAL);
    check_near((double)fixture.village->households.home_workers[0], 2.0, 0.0, 0.0);
    check_near((double)fixture.village->households.casual_workers[1], 2.0, 1e-6, 0.0);
    village_fixture_close(&fixture);
}

/* Two of each household come of age at once, and rows of scratch are as many as households. */
static void test_a_household_is_called_once(void **state)
{
    (void)state;
    enum { HOUSEHOLDS = 5 };
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->migration.migration = 0;
    draw_households(&fixture, HOUSEHOLDS, 1);
    struct village *village = fixture.village;
    for (int32_t i = 0; i < 2 * HOUSEHOLDS; i++) {
        sim_row young = village_fixture_person(&fixture, i % HOUSEHOLDS, 16, true);
        village->persons.born[young] = sim_month_from_date(2015, 4) - 16 * 12;
    }
    sim_row rows[HOUSEHOLDS + 1] = {[HOUSEHOLDS] = 77}, *own = village->scratch_row;
    village->scratch_row = rows;
    choose_in(&fixture, 5);
    assert_int_equal(rows[HOUSEHOLDS], 77);
    assert_int_equal(count(&fixture, ACTIVITY_CASUAL), 2 * HOUSEHOLDS);
    village->scratch_row = own;
    village_fixture_close(&fixture);
}

static void test_pupils_trainees_and_children_do_not_choose(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    draw_households(&fixture, 1, 3);
    uint8_t *activity = fixture.village->persons.activity;
    activity[0] = ACTIVITY_SCHOOL;
    activity[1] = ACTIVITY_TRAINING;
    sim_row child = village_fixture_person(&fixture, 0, 15, false);
    choose_in(&fixture, 3);
    assert_int_equal(activity[0], ACTIVITY_SCHOOL);
    assert_int_equal(activity[1], ACTIVITY_TRAINING);
    assert_int_equal(activity[2], ACTIVITY_MIGRANT);
    assert_int_equal(activity[child], ACTIVITY_NONE);
    village_fixture_close(&fixture);
}

static void test_switched_off_everybody_stays_at_home(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->labour.choice = 0;
    draw_households(&fixture, 3, 2);
    choose_in(&fixture, 3);
    assert_int_equal(count(&fixture, ACTIVITY_HOME), 6);
    village_fixture_close(&fixture);
}

/* The run begins as if it had gone on before: nobody pays, and the next season changes little. */
static void test_first_month_is_no_transition(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->labour.taste_spread = 200.0;
    fixture.scenario->labour.inertia = 400.0;
    draw_households(&fixture, 500, 1);
    choose_in(&fixture, 1);
    int32_t home = count(&fixture, ACTIVITY_HOME), away = count(&fixture, ACTIVITY_MIGRANT);
    assert_true(home < 250 && away > 0);
    for (sim_row h = 0; h < 500; h++)
        assert_int_equal(fixture.village->households.cash_fen[h], 1000000);
    choose_in(&fixture, 3);
    assert_true(abs(count(&fixture, ACTIVITY_HOME) - home) < 50);
    assert_true(abs(count(&fixture, ACTIVITY_MIGRANT) - away) < 75);
    village_fixture_close(&fixture);
}

/* Wages here and outside twice as high: who went, goes, and nobody else. */
static void test_a_growth_common_to_all_incomes_changes_no_choice(void **state)
{
    (void)state;
    uint8_t activity[2][120];
    for (int32_t i = 0; i < 2; i++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        fixture.scenario->labour.taste_spread = 300.0;
        fixture.scenario->labour.inertia = 200.0;
        fixture.scenario->migration.taste_home = 300.0;
        fixture.scenario->migration.moving_cost = 0.0;
        draw_households(&fixture, 60, 2);
        for (int32_t k = 0; k < ACTIVITIES; k++)
            fixture.village->belief_fen[k] *= (double)(1 + i);
        village_fixture_begin(&fixture);
        struct moment moment = village_fixture_moment(&fixture, 2015, 3);
        moment.sell[GOOD_MIGRANT] *= (double)(1 + i);
        struct sim_context context = {0};
        check_ok(choice_month(&context, fixture.village, &moment, &fixture.error), fixture.error);
        memcpy(activity[i], fixture.village->persons.activity, sizeof activity[i]);
        village_fixture_close(&fixture);
    }
    assert_memory_equal(activity[0], activity[1], sizeof activity[0]);
}

static void test_beliefs_approach_what_is_seen_at_their_rate(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->household.business_follows = 0.0; /* of prices alone */
    struct village *village = fixture.village;
    fixture.scenario->local.spending = 0;
    fixture.scenario->labour.learning = 0.25;
    fixture.scenario->labour.luck_sd = 0.0;
    fixture.scenario->migration.out_of_work = 0.2;
    fixture.scenario->household.other_business = 30.0;
    struct moment moment = village_fixture_moment(&fixture, 2015, 5);
    moment.index = 1.5;
    moment.sell[GOOD_MIGRANT] = 360000.0;
    choice_begin(village);
    choice_learn(village, &moment); /* the first month's returns are the first belief */
    check_near(village->belief_fen[ACTIVITY_BUSINESS], 3000.0, 1e-12, 0.0);
    check_near(village->belief_fen[ACTIVITY_MIGRANT], 0.8 * 240000.0 / 24.0, 1e-12, 0.0);
    check_near(village->belief_cv[ACTIVITY_MIGRANT], 0.5, 1e-12, 0.0); /* sqrt(p / (1 - p)) */
    check_near(village->belief_cv[ACTIVITY_BUSINESS], 0.0, 0.0, 0.0);
    fixture.scenario->household.other_business = 40.0;
    for (int32_t i = 1; i <= 5; i++) {
        choice_learn(village, &moment);
        check_near(village->belief_fen[ACTIVITY_BUSINESS], 4000.0 - 1000.0 * pow(0.75, i), 1e-12, 0.0);
        assert_true(village->belief_cv[ACTIVITY_BUSINESS] > 0.0); /* what surprises is risky */
    }
    village_fixture_close(&fixture);
}

static void test_a_farm_day_is_worth_the_years_product_over_the_days_asked(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    struct village *village = fixture.village;
    fixture.scenario->labour.farm_learning = 0.5;
    draw_households(&fixture, 1, 1);
    village_fixture_parcel(&fixture, 0, PARCEL_IRRIGATED, 5000); /* 120 days */
    fixture.scenario->livestock.species[SPECIES_SHEEP].labour = 0.1;
    village->herds.female[SPECIES_SHEEP] = 50; /* 60 days */
    village->households.income_crops_fen[0] = 1000000;
    village->households.income_herd_fen[0] = 800000;
    struct moment moment = village_fixture_moment(&fixture, 2015, 11);
    choice_learn(village, &moment);
    check_near(village->belief_fen[ACTIVITY_HOME], 5000.0, 0.0, 0.0); /* not before the year is whole */
    moment = village_fixture_moment(&fixture, 2015, 12);
    choice_learn(village, &moment);
    check_near(village->belief_fen[ACTIVITY_HOME], 0.5 * 5000.0 + 0.5 * 10000.0, 1e-12, 0.0);
    village_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_tastes_everybody_does_what_brings_most),
        cmocka_unit_test(test_shares_are_those_of_a_logit),
        cmocka_unit_test(test_bounds_change_no_choice),
        cmocka_unit_test(test_inertia_holds_up_to_its_size),
        cmocka_unit_test(test_risk_and_toil_take_from_a_return),
        cmocka_unit_test(test_more_go_when_the_outside_wage_is_higher),
        cmocka_unit_test(test_higher_casual_wage_does_not_raise_own_farm_labour),
        cmocka_unit_test(test_land_keeps_as_many_at_home_as_it_asks_for),
        cmocka_unit_test(test_equal_draws_make_equal_choices),
        cmocka_unit_test(test_twins_without_tastes_stay_equal),
        cmocka_unit_test(test_going_is_paid_in_cash_and_the_poor_cannot),
        cmocka_unit_test(test_somebody_stays_with_children),
        cmocka_unit_test(test_mothers_of_small_children_and_the_old_do_not_go),
        cmocka_unit_test(test_a_mother_of_many_is_one_mother),
        cmocka_unit_test(test_migrants_come_back_at_pension_age),
        cmocka_unit_test(test_a_post_is_kept_while_it_pays),
        cmocka_unit_test(test_between_seasons_only_who_comes_of_age_or_hungers_chooses),
        cmocka_unit_test(test_a_household_is_called_once),
        cmocka_unit_test(test_pupils_trainees_and_children_do_not_choose),
        cmocka_unit_test(test_switched_off_everybody_stays_at_home),
        cmocka_unit_test(test_first_month_is_no_transition),
        cmocka_unit_test(test_a_growth_common_to_all_incomes_changes_no_choice),
        cmocka_unit_test(test_beliefs_approach_what_is_seen_at_their_rate),
        cmocka_unit_test(test_a_farm_day_is_worth_the_years_product_over_the_days_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
