/* The observer's December against hand-made runs: dynasties, townships, spells, deprivations, activities,
 * herds, value added (definition). */
#include "models/county/observe.h"

#include "tests/support/observed.h"

/* A household that division makes in village b, of two persons of household 3, which keeps one. */
static void divide(struct world *self)
{
    struct village *village = &self->run.villages[1];
    struct household_table *households = &village->households;
    sim_row row = sim_table_add(households, &household_table_type, &self->arena, &self->error);
    assert_int_equal(row, 2);
    households->key[row] = key_of(1000);
    households->present[row] = 1;
    households->dynasty[row] = 0;
    households->poor_last[row] = households->poor_last[0];
    households->n_persons[0] = 1;
    households->n_persons[row] = 2;
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        sim_table_add(&village->herds, &herd_table_type, &self->arena, &self->error);
}

static void test_panel_counts_what_division_made_with_its_founder(void **state)
{
    struct world *self = *state;
    begin(self);
    for (int32_t month = self->scenario.first_month; month < self->scenario.end_month; month++) {
        live_month(self, month);
        if (month == sim_month_from_date(2016, 3))
            divide(self);
        if (sim_month_of_year(month) == 12)
            fill_december(self, sim_month_year(month));
        if (month == sim_month_from_date(2016, 12)) {
            struct household_table *households = &self->run.villages[1].households;
            households->income_crops_fen[2] = 300000;
            households->year_consumption_fen[2] = 90000;
            households->year_hunger[2] = 2;
            households->is_coop_member[2] = 1;
            households->schemes[2] = UINT64_C(1) << 40;
        }
        check_ok(observe(self, month), self->error);
    }
    int32_t after = YEARS * 3 + 1; /* household 3, 2016 */
    assert_true(value(self, "panel", "households", after - 1) == 1);
    assert_true(value(self, "panel", "households", after) == 2);
    assert_true(value(self, "panel", "persons", after) == 3);
    double index = self->observer->index[0];
    check_near(value(self, "panel", "income_real", after), (12000 + 3000) / (3 * index), 1e-6, 0);
    check_near(value(self, "panel", "consumption_real", after), (15000 + 900) / (3 * index), 1e-6, 0);
    check_near(value(self, "panel", "hunger_months", after), (5 + 2) / 2.0, 1e-6, 0);
    assert_true(value(self, "panel", "coop_member", after - 1) == 0);
    assert_true(value(self, "panel", "coop_member", after) == 1);
    assert_true(value(self, "panel", "memberships", after) == 1);
    /* The founder's goes: the dynasty stays. */
    assert_true(value(self, "panel", "households", YEARS * 4 + 1) == 1);
}

static void test_markets_of_towns_are_those_that_the_month_saw(void **state)
{
    struct world *self = *state;
    begin(self);
    struct town_table *towns = &self->run.board.towns;
    int32_t june = sim_month_from_date(2015, 6);
    for (int32_t month = self->scenario.first_month; month < self->scenario.end_month; month++) {
        live_month(self, month);
        if (month == june) { /* the county's round of June writes the board of July */
            towns->wage_factor[1] = 2.0;
            towns->found_share[1] = 0.6;
        }
        if (sim_month_of_year(month) == 12)
            fill_december(self, sim_month_year(month));
        check_ok(observe(self, month), self->error);
    }
    /* 21 of 33 persons live in the near township. */
    int32_t at = june - self->scenario.first_month;
    double wage = 10 * (GOOD_CASUAL + 1);
    check_near(value(self, "county", "wage_casual", at), wage * 1.06, 1e-14, 0);
    check_near(value(self, "county", "wage_casual", at + 1), wage * 1.07 * (21 + 24) / 33, 1e-14, 0);
    check_near(value(self, "county", "found_share", at + 1), (21 * 0.3 + 12 * 0.6) / 33, 1e-14, 0);
    double first = 0, second = 0;
    for (int32_t month = 1; month <= 6; month++) {
        first += wage * (1 + 0.01 * month);
        second += wage * (1 + 0.01 * (month + 6));
    }
    check_near(value(self, "village", "wage_casual", YEARS * 2), (first + 2 * second) / 12, 1e-13, 0);
    check_near(value(self, "village", "wage_casual", 0), (first + second) / 12, 1e-13, 0);
}

static void test_persons_enter_poverty_and_leave_it(void **state)
{
    struct world *self = *state;
    begin(self);
    for (int32_t month = self->scenario.first_month; month < self->scenario.end_month; month++) {
        live_month(self, month);
        int32_t year = sim_month_year(month);
        if (sim_month_of_year(month) == 12)
            fill_december(self, year);
        if (month == self->scenario.end_month - 1) {
            self->run.villages[0].households.year_consumption_fen[0] = 100;      /* 4 persons fall ... */
            self->run.villages[2].households.year_consumption_fen[1] = 90000000; /* ... and 4 rise */
        }
        check_ok(observe(self, month), self->error);
    }
    /* 2015: who is below 2,855 of the base year's prices? Prices a little above 1, far dearer than near. */
    double line = 2855, index = self->observer->index[0] / 2, far = self->observer->index[1] / 2;
    double poor = 0, gap2 = 0;
    for (int32_t i = 0; i < SIM_COUNT(drawn); i++) {
        double amount =
            (double)drawn[i].consumption / drawn[i].persons / (drawn[i].village == 2 ? far : index);
        poor += amount < line ? drawn[i].persons : 0;
        gap2 += amount < line ? drawn[i].persons * pow((line - amount) / line, 2) : 0;
    }
    assert_true(isnan(value(self, "county", "poverty_entry_rate", 0)));
    assert_true(isnan(value(self, "county", "poverty_exit_rate", 0)));
    check_near(value(self, "county", "poverty_always_share", 0), poor / 30, 1e-14, 0);
    check_near(value(self, "county", "poverty_chronic", 0), gap2 / 30, 1e-5, 0);
    check_near(value(self, "county", "poverty_transient", 0), 0, 0, 1e-8);
    check_near(value(self, "county", "poverty_entry_rate", 1), 4 / (30 - poor), 1e-14, 0);
    check_near(value(self, "county", "poverty_exit_rate", 1), 4 / poor, 1e-14, 0);
    check_near(value(self, "county", "poverty_always_share", 1), (poor - 4) / 30, 1e-14, 0);
    check_near(value(self, "county", "poverty_sometimes_share", 1), 8.0 / 30, 1e-14, 0);
    check_near(value(self, "county", "poverty_never_share", 1), (30 - poor - 4) / 30, 1e-14, 0);
    assert_true(value(self, "county", "poverty_transient", 1) > 0.01);
    /* Who rose went from the first quintile to the last. */
    check_near(value(self, "county", "quintile_stay_share", 0), 1, 0, 0);
    check_near(value(self, "county", "quintile_move", 0), 0, 0, 0);
    assert_true(value(self, "county", "quintile_stay_share", 1) < 1);
    assert_true(value(self, "county", "quintile_move", 1) >= (4 * 4.0 + 4) / 30);
}

static void test_deprivations_are_read_off_persons_homes_and_herds(void **state)
{
    struct world *self = *state;
    self->scenario.home.homes = 1;
    self->scenario.home.least_herd = 4;
    for (int32_t v = 0; v < VILLAGES; v++) {
        struct village *village = &self->run.villages[v];
        for (sim_row h = 0; h < village->households.head.n; h++) {
            village->households.services[h] = 1 << SERVICE_HOUSE | 1 << SERVICE_WATER | 1 << SERVICE_POWER;
            village->herds.female[h * SPECIES_COUNT + SPECIES_YAK] = 1;
        }
        for (sim_row p = 0; p < village->persons.head.n; p++) /* the children of ten are in school */
            if (sim_month_from_date(2015, 12) - village->persons.born[p] < 12 * 16)
                village->persons.activity[p] = ACTIVITY_SCHOOL;
    }
    /* Household 1 of village a, five persons: a child out of school and nobody with six years. */
    struct village *village = &self->run.villages[0];
    for (sim_row p = 0; p < village->persons.head.n; p++)
        if (village->persons.household[p] == 1) {
            skills_set(village, p, 5, 0.0f);
            village->persons.activity[p] = ACTIVITY_NONE;
        }
    self->scenario.demography.dynamics = self->scenario.demography.schooling = 1;
    self->scenario.durables.durables = 1;
    /* Household 0, four persons: no house, no yak; with a cart it would have assets. */
    village->households.services[0] &= (uint8_t) ~(1 << SERVICE_HOUSE);
    village->herds.female[SPECIES_YAK] = 0;
    village->households.durables[2] = 1 << DURABLE_CART;
    village->herds.female[2 * SPECIES_COUNT + SPECIES_YAK] = 0;
    begin(self);
    live(self);
    double hungry = 5 + 3 + 6 + 1 + 4; /* households 1, 3, 4, 5, 6: a third each, so poor all */
    check_near(value(self, "county", "mpi_headcount", 0), hungry / 30, 1e-15, 0);
    /* Household 5 is a child alone: it has no adult who went to school. */
    check_near(value(self, "county", "mpi", 0), (hungry / 3 + 5 / 3.0 + 1 / 6.0) / 30, 1e-15, 0);
    check_near(value(self, "county", "deprived_share", YEARS * DEPRIVED_SCHOOLING), 6.0 / 30, 1e-15, 0);
    check_near(value(self, "county", "deprived_share", YEARS * DEPRIVED_ATTENDANCE), 5.0 / 30, 1e-15, 0);
    check_near(value(self, "county", "deprived_share", YEARS * DEPRIVED_HOUSE), 4.0 / 30, 1e-15, 0);
    check_near(value(self, "county", "deprived_share", YEARS * DEPRIVED_ASSETS), 4.0 / 30, 1e-15, 0);
    check_near(value(self, "county", "deprived_and_poor_share", YEARS * DEPRIVED_HOUSE), 0, 0, 0);
    check_near(value(self, "county", "deprived_share", YEARS * DEPRIVED_WATER), 0, 0, 0);
}

static void test_a_family_that_is_switched_off_deprives_nobody(void **state)
{
    struct world *self = *state;
    struct village *village = &self->run.villages[0];
    for (sim_row p = 0; p < village->persons.head.n; p++)
        if (village->persons.household[p] == 1) {
            skills_set(village, p, 5, 0.0f);
            village->persons.activity[p] = ACTIVITY_NONE;
        }
    village->herds.female[SPECIES_YAK] = 0;
    self->scenario.demography.dynamics = 1;
    self->scenario.demography.schooling = 0;
    self->scenario.durables.durables = 0;
    begin(self);
    live(self);
    check_near(value(self, "county", "deprived_share", YEARS * DEPRIVED_ATTENDANCE), 0, 0, 0);
    check_near(value(self, "county", "deprived_share", YEARS * DEPRIVED_ASSETS), 0, 0, 0);
}

static void test_people_are_counted_by_what_they_do(void **state)
{
    struct world *self = *state;
    self->run.villages[1].persons.activity[1] = ACTIVITY_MIGRANT;  /* thirty in 2015 */
    self->run.villages[1].persons.activity[0] = ACTIVITY_SCHOOL;   /* ten: not of working age */
    self->run.villages[1].persons.activity[4] = ACTIVITY_BUSINESS; /* thirty, of the other household */
    begin(self);
    live(self);
    check_near(value(self, "county", "activity_persons", YEARS * ACTIVITY_MIGRANT), 1, 0, 0);
    check_near(value(self, "county", "activity_persons", YEARS * ACTIVITY_BUSINESS), 1, 0, 0);
    check_near(value(self, "county", "activity_persons", YEARS * ACTIVITY_SCHOOL), 0, 0, 0);
    check_near(value(self, "county", "activity_persons", YEARS * ACTIVITY_HOME), 11, 0, 0);
    /* coped, of the twelve household-months of a month: 2 + 3 + 4 on no rung, three each with kin and hungry;
     * some used two. */
    check_near(value(self, "county", "coping_share", YEARS * COPING_NONE), 9.0 / 12, 1e-15, 0);
    check_near(value(self, "county", "coping_share", YEARS * COPING_KIN), 3.0 / 12, 1e-15, 0);
    check_near(value(self, "county", "coping_share", YEARS * COPING_HUNGER), 3.0 / 12, 1e-15, 0);
    check_near(value(self, "county", "coping_share", YEARS * COPING_CREDIT), 0, 0, 0);
}

static void test_offtake_is_over_the_heads_of_the_year_s_start(void **state)
{
    struct world *self = *state;
    begin(self);
    for (int32_t month = self->scenario.first_month; month < self->scenario.end_month; month++) {
        live_month(self, month);
        if (sim_month_of_year(month) == 12)
            fill_december(self, sim_month_year(month));
        if (month ==
            sim_month_from_date(2015, 12)) { /* as if booked in the year: 12 lambs a month and village */
            struct sim_ledger *ledger = &self->run.villages[0].ledger;
            ledger->year[FLOW_SHEEP_SOLD] += 20;
            ledger->year[FLOW_SHEEP_DELIVERED] += 10;
            ledger->year[FLOW_SHEEP_DIED] += 6;
            ledger->stock[ACCOUNT_HOUSEHOLDS * KIND_COUNT + KIND_SHEEP] -= 36;
        }
        check_ok(observe(self, month), self->error);
    }
    /* November and December 2014 left 2 x 12 x 3 sheep. */
    check_near(value(self, "county", "offtake_rate", YEARS * SPECIES_SHEEP), 30.0 / 72, 1e-15, 0);
    check_near(value(self, "county", "herd_death_rate", YEARS * SPECIES_SHEEP), 6.0 / 72, 1e-15, 0);
    check_near(value(self, "county", "offtake_rate", YEARS * SPECIES_SHEEP + 1), 0, 0, 0);
    assert_true(isnan(value(self, "county", "offtake_rate", YEARS * SPECIES_YAK)));
}

/* A plant's year: 3,200 CNY came in; 400 of costs, 500 of animals from outside and 600 of animals under
 * contract, which are in herders' income already, went out. A cow in custody was sold: wealth, no product. */
static void book_a_plant_under_contract(struct sim_ledger *ledger)
{
    ledger->year[FLOW_PRODUCT_SALE] += 300000;
    ledger->year[FLOW_PLANT_RESALE] += 20000;
    ledger->year[FLOW_PLANT_COSTS] += 40000;
    ledger->year[FLOW_PLANT_SPOT] += 50000;
    ledger->year[FLOW_OFF_TAKE_SENT] += 60000;
    ledger->year[FLOW_COW_SALE] += 700000;
    ledger->stock[ACCOUNT_ENTERPRISES * KIND_COUNT + KIND_MONEY] += 170000;
    ledger->stock[ACCOUNT_TRANSIT * KIND_COUNT + KIND_MONEY] += 60000;
    ledger->stock[ACCOUNT_COOPERATIVES * KIND_COUNT + KIND_MONEY] += 700000;
    ledger->stock[ACCOUNT_WORLD * KIND_COUNT + KIND_MONEY] -= 930000;
}

static void test_value_added_is_sales_less_purchases(void **state)
{
    struct world *self = *state;
    struct hub *hub = &self->run.hub;
    begin(self);
    for (int32_t sector = 0; sector < SECTORS; sector++) {
        sim_row firm = sim_table_add(&hub->firms, &firm_table_type, &self->arena, &self->error);
        assert_int_equal(firm, sector);
        hub->firms.sector[firm] = (uint8_t)sector;
        hub->firms.running[firm] = sector != SECTOR_SHOP;
        hub->firms.staff[firm] = 3 + sector;
        hub->firms.year_revenue_fen[firm] = 100000 * (sector + 1);
        hub->firms.year_costs_fen[firm] = 40000;
    }
    hub->treasury = (struct treasury){.year_tax_fen = 300,
        .year_other_revenue_fen = 500,
        .year_transfer_fen = 90000,
        .year_social_fen = 4000,
        .year_public_wages_fen = 7000,
        .year_services_fen = 2000};
    for (int32_t month = self->scenario.first_month; month < self->scenario.end_month; month++) {
        live_month(self, month);
        if (sim_month_of_year(month) == 12)
            fill_december(self, sim_month_year(month));
        if (month == sim_month_from_date(2015, 12)) {
            int64_t *year = self->run.villages[0].ledger.year;
            year[FLOW_RENT_PAID] += 50000; /* a cost of the tenant, but no purchase */
            year[FLOW_RENT_RECEIVED] += 50000;
            year[FLOW_COOPERATIVE_SALE] += 90000;
            year[FLOW_COOPERATIVE_COSTS] += 10000;
            year[FLOW_ADVANCE] += 60000;   /* these two are in the households' income */
            year[FLOW_PATRONAGE] += 15000; /* ... so that 5,000 fen are kept */
            self->run.villages[0].ledger.stock[ACCOUNT_HOUSEHOLDS * KIND_COUNT + KIND_MONEY] += 75000;
            self->run.villages[0].ledger.stock[ACCOUNT_COOPERATIVES * KIND_COUNT + KIND_MONEY] += 5000;
            self->run.villages[0].ledger.stock[ACCOUNT_WORLD * KIND_COUNT + KIND_MONEY] -= 80000;
            book_a_plant_under_contract(&self->run.villages[0].ledger);
        }
        check_ok(observe(self, month), self->error);
    }
    double casual = 0;
    for (int32_t month = sim_month_from_date(2015, 1); month <= sim_month_from_date(2015, 12); month++)
        casual += 3 * 1001 * month + 3;
    check_near(value(self, "county", "value_added", YEARS * GDP_PRIMARY), 30500 + 500 + 50, 0, 0);
    check_near(value(self, "county", "value_added", YEARS * GDP_SECONDARY), 600 + 2600 + 1700, 0, 0);
    check_near(value(self, "county", "value_added", YEARS * GDP_TERTIARY), 1600 + 70, 0, 0);
    check_near(value(self, "county", "value_added", YEARS * GDP_CASUAL), casual / 100, 1e-15, 0);
    check_near(value(self, "county", "firms", YEARS * SECTOR_WORKSHOP), 1, 0, 0);
    check_near(value(self, "county", "firms", YEARS * SECTOR_SHOP), 0, 0, 0);
    check_near(value(self, "county", "firm_jobs", YEARS * SECTOR_BUILDER), 5, 0, 0);
    check_near(value(self, "county", "public_revenue", 0), 8, 0, 0);
    check_near(value(self, "county", "public_transfers", 0), 900, 0, 0);
    check_near(value(self, "county", "public_wages", 0), 70, 0, 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_panel_counts_what_division_made_with_its_founder),
        CASE(test_markets_of_towns_are_those_that_the_month_saw),
        CASE(test_persons_enter_poverty_and_leave_it),
        CASE(test_deprivations_are_read_off_persons_homes_and_herds),
        CASE(test_a_family_that_is_switched_off_deprives_nobody),
        CASE(test_people_are_counted_by_what_they_do),
        CASE(test_offtake_is_over_the_heads_of_the_year_s_start),
        CASE(test_value_added_is_sales_less_purchases),
    };
#undef CASE
    return cmocka_run_group_tests(tests, NULL, NULL);
}
