/* Hand-made runs for the observer: tables, books and reports are filled by hand, month by month, and no
 * process lives. Three villages of two townships, November 2014 to December 2016: two whole years. */
#ifndef TESTS_SUPPORT_OBSERVED_H
#define TESTS_SUPPORT_OBSERVED_H

#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

#include "models/county/observe.h"
#include "models/county/observe_internal.h"
#include "sim/core/key.h"
#include "sim/time/calendar.h"

enum { VILLAGES = 3, TOWNSHIPS = 2, PROGRAMS = 2, YEARS = 2 };

/* A household as it stands in every December. */
struct drawn {
    int32_t village;
    int32_t persons;
    int64_t income, consumption; /* CNY in 2015; doubled in 2016 */
    int32_t hungry;              /* months */
};
static const struct drawn drawn[] = {
    {0, 4, 20000, 16000, 0},
    {0, 5, 10000, 9500, 3},
    {0, 2, 30000, 12000, 0},
    {1, 3, 6000, 7500, 5},
    {1, 6, 24000, 21000, 1},
    {2, 1, 9000, 3000, 2},
    {2, 4, -2000, 6000, 6},
    {2, 5, 25000, 20000, 0},
};

struct world {
    struct scenario scenario;
    struct township_config townships[TOWNSHIPS];
    struct village_config villages[VILLAGES];
    struct investment_config investments[PROGRAMS];
    struct effect_config effects[3];
    struct sim_arena arena;
    struct founders founders;
    struct county_run run;
    struct observer_options options;
    struct claim claims[4];
    struct sim_output output;
    struct observer *observer;
    void *row;
    struct sim_error error;
    double index[YEARS][TOWNSHIPS]; /* means of the twelve months, as village_moment told them */
};

static inline sim_key key_of(int32_t i)
{
    return sim_key_make(77, (uint64_t)i, 0);
}

static inline void make_scenario(struct world *self)
{
    struct scenario *scenario = &self->scenario;
    scenario->county.currency = "CNY";
    self->townships[0] = (struct township_config){.name = "near", .transport = 0.02, .weight = 1};
    self->townships[1] = (struct township_config){.name = "far", .transport = 0.3, .weight = 1};
    for (int32_t i = 0; i < VILLAGES; i++)
        self->villages[i] = (struct village_config){
            .name = (const char *const[]){"a", "b", "c"}[i], .key = (sim_key)i + 1, .township = i == 2};
    scenario->townships = self->townships;
    scenario->n_townships = TOWNSHIPS;
    scenario->villages = self->villages;
    scenario->n_villages = VILLAGES;
    scenario_place_villages(scenario);
    self->investments[0] = (struct investment_config){.name = "yak",
        .title = "a plant",
        .sponsor = "s",
        .approve = sim_month_from_date(2015, 2),
        .budget = 500000,
        .build_time = 3,
        .season_from = 4,
        .season_to = 9,
        .operate = 96,
        .last = 240,
        .active = true,
        .n_effects = 2,
        .first_scheme = 0};
    self->investments[1] = self->investments[0];
    self->investments[1].name = "cattle";
    self->investments[1].active = false;
    self->investments[1].n_effects = 1;
    self->investments[1].first_scheme = 2;
    scenario->investments = self->investments;
    scenario->n_investments = PROGRAMS;
    scenario->effects = self->effects;
    scenario->n_schemes = 3;
    scenario->markets.basket_grain = scenario->markets.basket_meat = 0.2;
    scenario->livestock.young_price = 0.25;
    scenario->livestock.juvenile_price = 0.5;
    scenario->livestock.young_units = 0.35;
    scenario->livestock.juvenile_units = 0.7;
    scenario->livestock.species[SPECIES_SHEEP].sheep_units = 1;
    scenario->livestock.species[SPECIES_YAK].sheep_units = 4;
    scenario->livestock.species[SPECIES_CATTLE].sheep_units = 5;
    scenario->labour.days = 20;
    scenario->demography.work_age = 16;
    scenario->demography.pension_age = 60;
    scenario->lines[0] = (struct poverty_line){"national", "a law", 285500};
    scenario->lines[1] = (struct poverty_line){"high", "a bank", 500000};
    scenario->n_lines = 2;
    scenario->first_month = sim_month_from_date(2014, 11);
    scenario->end_month = sim_month_from_date(2017, 1);
    scenario->base_year = 2015;
}

static inline void make_village(struct world *self, struct village *village, int32_t number)
{
    struct sim_error *error = &self->error;
    village->scenario = &self->scenario;
    village->config = &self->villages[number];
    village->board = &self->run.board;
    village->number = number;
    village->arena = &self->arena;
    check_ok(sim_table_init(&village->households, &household_table_type, &self->arena, 16, error), *error);
    check_ok(sim_table_init(&village->persons, &person_table_type, &self->arena, 64, error), *error);
    check_ok(sim_table_init(&village->herds, &herd_table_type, &self->arena, 64, error), *error);
    check_ok(sim_table_init(&village->schemes, &scheme_table_type, &self->arena, 4, error), *error);
    check_ok(sim_ledger_init(&village->ledger, &county_ledger_type, &self->arena, error), *error);
    for (int32_t i = 0; i < 3; i++)
        assert_int_equal(sim_table_add(&village->schemes, &scheme_table_type, &self->arena, error), i);
    for (int32_t i = 0; i < SIM_COUNT(drawn); i++) {
        if (drawn[i].village != number)
            continue;
        struct household_table *households = &village->households;
        sim_row row = sim_table_add(households, &household_table_type, &self->arena, error);
        assert_true(row >= 0);
        households->key[row] = key_of(i);
        households->present[row] = 1;
        households->n_persons[row] = drawn[i].persons;
        households->dynasty[row] = row;
        households->poor_last[row] = 2;
        for (int32_t species = 0; species < SPECIES_COUNT; species++)
            sim_table_add(&village->herds, &herd_table_type, &self->arena, error);
        for (int32_t k = 0; k < drawn[i].persons; k++) { /* ages in 2015: 10, 30, 50, 70, ... */
            sim_row person = sim_table_add(&village->persons, &person_table_type, &self->arena, error);
            village->persons.household[person] = row;
            village->persons.alive[person] = 1;
            village->persons.job[person] = PERSON_NO_JOB;
            skills_set(village, person, 6, 0.0f);
            village->persons.activity[person] = ACTIVITY_HOME;
            village->persons.born[person] = sim_month_from_date(2005 - 20 * k, 1);
        }
    }
}

static inline int set_up(void **state)
{
    struct world *self = calloc(1, sizeof *self);
    assert_non_null(self);
    sim_arena_init(&self->arena);
    make_scenario(self);
    self->run.scenario = &self->scenario;
    self->run.villages = sim_arena_alloc(&self->arena, VILLAGES * (int64_t)sizeof(struct village));
    self->founders.villages = sim_arena_alloc(&self->arena, VILLAGES * (int64_t)sizeof(struct village));
    self->founders.n_villages = VILLAGES;
    for (int32_t i = 0; i < VILLAGES; i++) {
        make_village(self, &self->run.villages[i], i);
        make_village(self, &self->founders.villages[i], i);
    }
    for (int32_t good = 0; good < GOODS; good++)
        self->run.board.base[good] = self->run.board.price[good] = good == GOOD_OTHER ? 1 : 1000 * (good + 1);
    struct hub *hub = &self->run.hub;
    struct sim_error *error = &self->error;
    struct town_table *towns = &self->run.board.towns;
    check_ok(sim_table_init(towns, &town_table_type, &self->arena, TOWNSHIPS, error), *error);
    check_ok(
        sim_table_init(&self->run.board.trade, &trade_table_type, &self->arena, TOWNSHIPS * TRADED, error),
        *error);
    for (int32_t t = 0; t < TOWNSHIPS; t++) {
        assert_int_equal(sim_table_add(towns, &town_table_type, &self->arena, error), t);
        towns->wage_factor[t] = towns->service_price[t] = 1.0;
        towns->found_share[t] = 0.3;
        for (int32_t good = 0; good < TRADED; good++)
            sim_table_add(&self->run.board.trade, &trade_table_type, &self->arena, error);
    }
    hub->scenario = &self->scenario;
    hub->board = &self->run.board;
    check_ok(sim_ledger_init(&hub->ledger, &county_ledger_type, &self->arena, error), *error);
    check_ok(sim_table_init(&hub->investments, &investment_table_type, &self->arena, 4, error), *error);
    check_ok(sim_table_init(&hub->schemes, &scheme_state_table_type, &self->arena, 4, error), *error);
    check_ok(sim_table_init(&hub->firms, &firm_table_type, &self->arena, 4, error), *error);
    for (int32_t i = 0; i < PROGRAMS; i++)
        sim_table_add(&hub->investments, &investment_table_type, &self->arena, error);
    for (int32_t i = 0; i < 3; i++)
        sim_table_add(&hub->schemes, &scheme_state_table_type, &self->arena, error);
    self->options.n_panel = 500;
    *state = self;
    return 0;
}

static inline int tear_down(void **state)
{
    struct world *self = *state;
    observer_free(self->observer);
    free(self->row);
    sim_output_free(&self->output);
    sim_arena_free(&self->arena);
    free(self);
    return 0;
}

static inline void begin(struct world *self)
{
    sim_output_init(&self->output);
    check_ok(observer_shape(&self->output, &self->scenario, &self->founders, &self->options, &self->error),
        self->error);
    self->row = calloc(1, (size_t)self->output.row_bytes);
    assert_non_null(self->row);
    self->observer = observer_new(
        &self->output, &self->scenario, &self->founders, &self->options, self->row, &self->error);
    if (!self->observer)
        fail_msg("%s", self->error.message);
}

/* What the month's rounds would have left: reports, sums of the year, books. */
static inline void live_month(struct world *self, int32_t month)
{
    int32_t calendar_month = sim_month_of_year(month), year = sim_month_year(month);
    for (int32_t good = 0; good < GOODS; good++)
        self->run.board.price[good] =
            self->run.board.base[good] * (year == 2016 ? 2 : 1) * (1 + 0.01 * calendar_month);
    for (int32_t v = 0; v < VILLAGES; v++) {
        struct village *village = &self->run.villages[v];
        if (calendar_month == 1)
            sim_ledger_begin_year(&village->ledger);
        sim_ledger_post(&village->ledger, FLOW_WAGE_CASUAL, 1001 * month + v);
        sim_ledger_post(&village->ledger, FLOW_CONSUMPTION, 700 + calendar_month);
        sim_ledger_post(&village->ledger, FLOW_SHEEP_BORN, 12);
        if (calendar_month == 6)
            sim_ledger_post(&village->ledger, FLOW_DIVIDEND_PAID, 90);
        int64_t counted[ACCOUNT_COUNT * KIND_COUNT] = {0};
        for (int32_t i = 0; i < ACCOUNT_COUNT * KIND_COUNT; i++)
            counted[i] = village->ledger.stock[i];
        counted[ACCOUNT_HOUSEHOLDS * KIND_COUNT + KIND_MONEY] +=
            1001 * month + v - 700 - calendar_month + (calendar_month == 6 ? 90 : 0);
        counted[ACCOUNT_HOUSEHOLDS * KIND_COUNT + KIND_SHEEP] += 12;
        check_ok(sim_ledger_close(&village->ledger, counted, &self->error), self->error);
        village->report = (struct village_month){.consumption_fen = 100 * (month + v),
            .dividends_fen = 90 * (calendar_month == 6),
            .assistance_fen = 7,
            .persons = 10 + v,
            .households = 4,
            .hungry = v,
            .jobs = 2 * v,
            .heads = {100, 20 + v, 3},
            .births = 1,
            .deaths = v,
            .marriages = 1 + v,
            .migrants = 3,
            .sick_herds = v,
            .local_spent_fen = 1000,
            .coped = {2 + v, 1, 0, 0, 1},
            .coop_members = 2,
            .distress = 2};
        for (sim_row row = 0; row < village->households.head.n; row++)
            village->households.year_hunger[row] = 0;
    }
    struct sim_ledger *ledger = &self->run.hub.ledger;
    if (calendar_month == 1)
        sim_ledger_begin_year(ledger);
    sim_ledger_post(ledger, FLOW_TRANCHE, 5000);
    sim_ledger_post(ledger, FLOW_CAPITAL_COOPERATIVE, 4000);
    sim_ledger_post(ledger, FLOW_DIVIDEND_SENT, calendar_month == 5 ? 3 * 90 : 0);
    int64_t counted[ACCOUNT_COUNT * KIND_COUNT];
    for (int32_t i = 0; i < ACCOUNT_COUNT * KIND_COUNT; i++)
        counted[i] = ledger->stock[i];
    counted[ACCOUNT_PROJECTS * KIND_COUNT + KIND_MONEY] += 1000;
    counted[ACCOUNT_COOPERATIVES * KIND_COUNT + KIND_MONEY] += 4000 - (calendar_month == 5 ? 3 * 90 : 0);
    check_ok(sim_ledger_close(ledger, counted, &self->error), self->error);
    self->run.hub.investments.paid_fen[0] += 5000;
}

static inline void fill_december(struct world *self, int32_t year)
{
    sim_row rows[VILLAGES] = {0};
    for (int32_t i = 0; i < SIM_COUNT(drawn); i++) {
        struct household_table *households = &self->run.villages[drawn[i].village].households;
        sim_row row = rows[drawn[i].village]++;
        int64_t fen = year == 2016 ? 200 : 100;
        households->income_crops_fen[row] = drawn[i].income * fen / 4;
        households->income_wage_fen[row] = drawn[i].income * fen - drawn[i].income * fen / 4;
        households->year_cash_fen[row] = drawn[i].income * fen / 2;
        households->year_consumption_fen[row] = drawn[i].consumption * fen;
        households->year_hunger[row] = drawn[i].hungry;
        households->year_wage_days[row] = i == 0 ? 480.0 : 120.0; /* two persons' year; half a one's */
    }
}

static inline int observe(struct world *self, int32_t month)
{
    return observer_month(self->observer, &self->run, month, &self->error);
}

static inline void live(struct world *self)
{
    for (int32_t month = self->scenario.first_month; month < self->scenario.end_month; month++) {
        int32_t year = sim_month_year(month);
        live_month(self, month);
        if (sim_month_of_year(month) == 12)
            fill_december(self, year);
        check_ok(observe(self, month), self->error);
        for (int32_t t = 0; t < TOWNSHIPS && year >= 2015; t++) {
            struct moment moment;
            village_moment(&self->run.villages[t == 0 ? 0 : 2], month, &moment);
            self->index[year - 2015][t] += moment.index / 12;
        }
    }
    check_ok(observer_end(self->observer, &self->run, &self->error), self->error);
}

/* values[at] of a variable of doubles. */
static inline double value(struct world *self, const char *group, const char *name, int64_t at)
{
    int32_t variable = sim_output_find(&self->output, group, name);
    if (variable < 0)
        fail_msg("no variable %s/%s", group, name);
    assert_in_range(at, 0, self->output.variables[variable].n_values - 1);
    const void *values = sim_output_at(&self->output, variable, self->row);
    switch (self->output.variables[variable].type) {
    case SIM_F32:
        return (double)((const float *)values)[at];
    case SIM_I16:
        return ((const int16_t *)values)[at];
    case SIM_I8:
        return ((const int8_t *)values)[at];
    default:
        assert_int_equal(self->output.variables[variable].type, SIM_F64);
        return ((const double *)values)[at];
    }
}

#endif
