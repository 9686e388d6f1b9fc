/* The observer against hand-made runs: tables, books and reports are filled by hand, month by month, and what
 * the row says is worked out here again (definition). */
#include "models/county/observe.h"

#include "tests/support/observed.h"

static void test_only_whole_years_are_years(void **state)
{
    struct world *self = *state;
    begin(self);
    for (int32_t i = 0; i < self->output.n_dimensions; i++) {
        const struct sim_dimension *dimension = &self->output.dimensions[i];
        if (strcmp(dimension->name, "year") == 0) {
            assert_int_equal(dimension->length, 2);
            assert_int_equal(dimension->integers[0], 2015);
        }
        if (strcmp(dimension->name, "month") == 0) {
            assert_int_equal(dimension->length, 26);
            assert_string_equal(dimension->unit, "days since 2014-11-01");
            assert_true(dimension->values[2] == 61);
        }
    }
    sim_output_free(&self->output);
    self->scenario.end_month = sim_month_from_date(2015, 12);
    assert_int_equal(
        observer_shape(&self->output, &self->scenario, &self->founders, &self->options, &self->error),
        SIM_ERROR_INPUT);
    assert_non_null(strstr(self->error.message, "no whole calendar year"));
}

static void test_year_is_summed_over_persons(void **state)
{
    struct world *self = *state;
    struct herd_table *herds = &self->run.villages[2].herds;
    herds->young[SPECIES_SHEEP] = herds->juvenile[SPECIES_SHEEP] = 10;
    herds->female[SPECIES_SHEEP] = 80;
    herds->female[SPECIES_YAK] = 22;
    herds->male[SPECIES_CATTLE] = 3;
    begin(self);
    live(self);
    /* 30 persons, 122,000 CNY of income, 95,000 of consumption, 17 hungry months of 8 households */
    check_near(value(self, "county", "population", 0), 30, 0, 0);
    check_near(value(self, "county", "households", 1), 8, 0, 0);
    check_near(value(self, "county", "income_per_capita", 0), 122000.0 / 30, 1e-14, 0);
    check_near(value(self, "county", "income_per_capita", 1), 244000.0 / 30, 1e-14, 0);
    check_near(value(self, "county", "income_nbs_per_capita", 0), 61000.0 / 30, 1e-14, 0);
    check_near(value(self, "county", "consumption_per_capita", 0), 95000.0 / 30, 1e-14, 0);
    check_near(value(self, "county", "income_by_source", YEARS * INCOME_CROPS), 30500.0 / 30, 1e-14, 0);
    check_near(value(self, "county", "income_by_source", YEARS * INCOME_WAGE + 1), 183000.0 / 30, 1e-14, 0);
    check_near(value(self, "county", "hunger_months", 0), 17.0 / 8, 1e-15, 0);
    check_near(value(self, "county", "births", 0), 36, 0, 0);
    check_near(value(self, "county", "marriages", 0), 12 * 6, 0, 0);
    check_near(value(self, "county", "deaths", 1), 36, 0, 0);
    check_near(value(self, "county", "new_distress_sales", 1), 72, 0, 0);
    check_near(value(self, "village", "population", YEARS * 1), 9, 0, 0);
    check_near(value(self, "village", "livestock_units", YEARS * 2 + 1),
        0.35 * 10 + 0.7 * 10 + 80 + 4 * 22 + 5 * 3, 1e-14, 0);
}

static void test_real_is_nominal_over_the_township_s_mean_index(void **state)
{
    struct world *self = *state;
    begin(self);
    live(self);
    assert_true(self->index[1][0] > 1.9 * self->index[0][0]);
    for (int32_t year = 0; year < YEARS; year++) {
        double factor = year + 1, real = 0, index[VILLAGES];
        for (int32_t v = 0; v < VILLAGES; v++)
            index[v] = self->index[year][v == 2];
        for (int32_t i = 0; i < SIM_COUNT(drawn); i++)
            real += factor * (double)drawn[i].income / index[drawn[i].village];
        check_near(value(self, "county", "income_real_per_capita", year), real / 30, 1e-13, 0);
        check_near(value(self, "village", "income_real_per_capita", YEARS * 2 + year),
            factor * 32000 / 10 / index[2], 1e-13, 0);
        check_near(
            value(self, "county", "price_index", year), (20 * index[0] + 10 * index[2]) / 30, 1e-13, 0);
        /* headcount of both lines, by consumption and by income */
        for (int32_t line = 0; line < 2; line++) {
            double poor = 0, poor_by_income = 0, z = line == 0 ? 2855 : 5000;
            for (int32_t i = 0; i < SIM_COUNT(drawn); i++) {
                double head = (double)drawn[i].persons * index[drawn[i].village];
                poor += factor * (double)drawn[i].consumption / head < z ? drawn[i].persons : 0;
                poor_by_income += factor * (double)drawn[i].income / head < z ? drawn[i].persons : 0;
            }
            check_near(value(self, "county", "poverty_headcount", YEARS * line + year), poor / 30, 1e-14, 0);
            check_near(value(self, "county", "poverty_headcount_income", YEARS * line + year),
                poor_by_income / 30, 1e-14, 0);
        }
    }
}

static void test_employment_is_in_full_time_equivalents(void **state)
{
    struct world *self = *state;
    begin(self);
    live(self);
    /* Of working age (30, 50) in 2015: two in each household of 4, 5, 3, 6, 4, 5 persons, one in that of two,
     * none in that of one: 13. A year has 12 x 20 working days; the eight households worked 2 and 7 x 0.5
     * years. */
    check_near(value(self, "county", "employment_rate", 0), (2 + 7 * 0.5) / 13, 1e-14, 0);
}

static void test_month_is_summed_over_villages(void **state)
{
    struct world *self = *state;
    begin(self);
    live(self);
    int32_t month = sim_month_from_date(2016, 6), at = month - self->scenario.first_month;
    check_near(value(self, "county", "hunger_share", at), 3.0 / 12, 1e-15, 0);
    check_near(value(self, "county", "n_yak", at), 63, 0, 0);
    check_near(value(self, "county", "n_jobs", at), 6, 0, 0);
    check_near(value(self, "county", "dividends_paid", at), 2.7, 1e-15, 0);
    check_near(value(self, "county", "dividends_paid", at + 1), 0, 0, 0);
    check_near(value(self, "county", "assistance_paid", at), 0.21, 1e-15, 0);
    check_near(value(self, "county", "consumption_monthly", at), (3.0 * month + 3) / 33, 1e-14, 0);
    check_near(value(self, "county", "wage_casual", at), 10 * (GOOD_CASUAL + 1) * 2 * 1.06, 1e-14, 0);
    check_near(value(self, "county", "n_migrants", at), 9, 0, 0);
    check_near(value(self, "county", "n_sick_herds", at), 3, 0, 0);
    check_near(value(self, "county", "local_spent", at), 30, 0, 0);
    check_near(value(self, "county", "found_share", at), 0.3, 1e-15, 0);
    check_near(value(self, "county", "price", 26 * GOOD_OTHER + at), 2.12, 1e-14, 0);
}

static void test_quintiles_are_fixed_in_the_base_year(void **state)
{
    struct world *self = *state;
    int8_t first[16];
    begin(self);
    for (int32_t month = self->scenario.first_month; month < self->scenario.end_month; month++) {
        live_month(self, month);
        if (sim_month_of_year(month) == 12)
            fill_december(self, sim_month_year(month));
        struct village *village = &self->run.villages[2];
        if (month == self->scenario.end_month - 1) { /* the poorest household grows rich */
            memcpy(first, village->households.quintile, 3);
            village->households.year_consumption_fen[1] = 900000000;
        }
        check_ok(observe(self, month), self->error);
    }
    double persons = 0;
    for (int32_t q = 0; q < 5; q++) {
        persons += value(self, "quintile", "population", YEARS * q);
        assert_true(value(self, "quintile", "population", YEARS * q) ==
                    value(self, "quintile", "population", YEARS * q + 1));
        if (q > 0)
            assert_true(value(self, "quintile", "consumption_real_per_capita", YEARS * q) >
                        value(self, "quintile", "consumption_real_per_capita", YEARS * (q - 1)));
    }
    assert_true(persons == 30);
    /* Household 6, 1,500 CNY a head in the far township, is the poorest, then and ever after. */
    assert_int_equal(first[1], 1);
    assert_memory_equal(self->run.villages[2].households.quintile, first, 3);
    assert_true(value(self, "quintile", "consumption_real_per_capita", 1) > 100000);
    for (int32_t i = 0; i < SIM_COUNT(drawn); i++)
        assert_in_range(value(self, "panel", "base_quintile", i), 1, 5);
}

static void test_before_the_base_year_nobody_has_a_quintile(void **state)
{
    struct world *self = *state;
    self->scenario.base_year = 2016;
    begin(self);
    live(self);
    for (int32_t q = 0; q < 5; q++) {
        assert_true(value(self, "quintile", "population", YEARS * q) == 0);
        assert_true(isnan(value(self, "quintile", "income_real_per_capita", YEARS * q)));
        assert_true(value(self, "quintile", "population", YEARS * q + 1) > 0);
    }
}

static void test_panel_follows_a_household_that_moves_and_one_that_goes(void **state)
{
    struct world *self = *state;
    begin(self);
    int32_t december = sim_month_from_date(2015, 12);
    for (int32_t month = self->scenario.first_month; month <= december; month++) {
        live_month(self, month);
        if (month == december)
            fill_december(self, 2015);
        check_ok(observe(self, month), self->error);
    }
    /* Village a: household 0 goes, and the rows of 1 and 2 change places. */
    struct household_table *households = &self->run.villages[0].households;
    households->present[0] = 0;
    households->key[1] = key_of(2);
    households->key[2] = key_of(1);
    for (int32_t month = december + 1; month < self->scenario.end_month; month++) {
        live_month(self, month);
        if (sim_month_of_year(month) == 12) {
            fill_december(self, 2016);
            households->n_persons[1] = drawn[2].persons;
            households->n_persons[2] = drawn[1].persons;
            households->schemes[2] = 5;
        }
        check_ok(observe(self, month), self->error);
    }
    assert_true(value(self, "panel", "present", 0) == 1 && value(self, "panel", "present", 1) == 0);
    assert_true(value(self, "panel", "persons", 1) == 0);
    assert_true(isnan(value(self, "panel", "income_real", 1)) && isnan(value(self, "panel", "poor", 1)));
    assert_true(!isnan(value(self, "panel", "income_real", 0)));
    /* Household 1 now has what stood in row 2. */
    struct moment moment;
    village_moment(&self->run.villages[0], self->scenario.end_month - 1, &moment);
    double factor =
        value(self, "panel", "consumption_real", YEARS * 3 + 1) * drawn[3].persons / drawn[3].consumption;
    check_near(value(self, "panel", "consumption_real", YEARS * 1 + 1),
        factor * drawn[2].consumption / drawn[1].persons, 1e-6, 0);
    assert_true(value(self, "panel", "memberships", YEARS * 1 + 1) == 2);
    assert_true(value(self, "panel", "memberships", YEARS * 2 + 1) == 0);
    assert_true(value(self, "county", "households", 1) == 7);
}

static void test_panel_is_the_smallest_tickets_whatever_the_order_of_villages(void **state)
{
    struct world *self = *state;
    struct observe_member few[SIM_COUNT(drawn)], all[SIM_COUNT(drawn)];
    assert_int_equal(observe_choose_panel(&self->founders, 3, few), 3);
    assert_int_equal(observe_choose_panel(&self->founders, 500, all), SIM_COUNT(drawn));
    assert_int_equal(observe_choose_panel(&self->founders, 0, all), 0);
    observe_choose_panel(&self->founders, 500, all);
    for (int32_t i = 0; i < SIM_COUNT(drawn); i++) {
        int32_t smaller = 0;
        bool is_in = false;
        for (int32_t j = 0; j < SIM_COUNT(drawn); j++)
            smaller += all[j].ticket < all[i].ticket;
        for (int32_t j = 0; j < 3; j++)
            is_in = is_in || few[j].key == all[i].key;
        assert_int_equal(is_in, smaller < 3);
    }
    self->options.n_panel = 0;
    begin(self);
    assert_int_equal(sim_output_find(&self->output, "panel", "income_real"), -1);
    live(self);
}

static void test_matrix_of_every_account_closes_to_the_coin(void **state)
{
    struct world *self = *state;
    begin(self);
    live(self);
    double moved = 0;
    for (int32_t year = 0; year < YEARS; year++)
        for (int32_t account = 0; account < ACCOUNT_COUNT; account++) {
            int64_t fen = 0;
            for (int32_t other = 0; other < ACCOUNT_COUNT; other++) {
                int64_t base = (int64_t)year * ACCOUNT_COUNT;
                fen += llround(100 * value(self, "ledger", "flow", (base + other) * ACCOUNT_COUNT + account));
                fen -= llround(100 * value(self, "ledger", "flow", (base + account) * ACCOUNT_COUNT + other));
            }
            double change = value(self, "ledger", "stock_change", year * ACCOUNT_COUNT + account);
            assert_int_equal(fen, llround(100 * change));
            moved += fabs(change);
        }
    assert_true(moved > 0);
    int64_t at = (ACCOUNT_COUNT + ACCOUNT_SPONSORS) * ACCOUNT_COUNT + ACCOUNT_PROJECTS;
    check_near(value(self, "ledger", "flow", at), 600, 0, 0);
    check_near(value(self, "ledger", "stock_change", ACCOUNT_TRANSIT), 0, 0, 0);
}

static void test_books_that_do_not_close_over_the_year_are_refused(void **state)
{
    struct world *self = *state;
    begin(self);
    for (int32_t month = self->scenario.first_month;; month++) {
        live_month(self, month);
        if (month == sim_month_from_date(2015, 7)) /* one fen from nowhere */
            self->run.villages[1].ledger.stock[ACCOUNT_HOUSEHOLDS * KIND_COUNT + KIND_MONEY]++;
        if (month == sim_month_from_date(2015, 12)) {
            assert_int_equal(observe(self, month), SIM_ERROR_BOOKS);
            assert_non_null(strstr(self->error.message, "HOUSEHOLDS"));
            return;
        }
        check_ok(observe(self, month), self->error);
    }
}

static void test_investment_sums_its_schemes_and_leaves_out_what_never_was(void **state)
{
    struct world *self = *state;
    struct hub *hub = &self->run.hub;
    begin(self);
    hub->investments.status[0] = INVESTMENT_OPERATING;
    hub->investments.overrun[0] = 0.3;
    hub->investments.leaked_fen[0] = 1234;
    hub->investments.date_approved[0] = sim_month_to_time(sim_month_from_date(2015, 2));
    hub->investments.date_completed[0] = sim_month_to_time(sim_month_from_date(2016, 5));
    for (int32_t k = 0; k < 3; k++) {
        hub->schemes.jobs_peak[k] = 10 * (k + 1);
        hub->schemes.year_due_fen[k] = 100 * (k + 1);
        hub->schemes.year_output_g[k] = 1500;
        for (int32_t v = 0; v < VILLAGES; v++) {
            self->run.villages[v].schemes.offered[k] = 5 + v;
            self->run.villages[v].schemes.members[k] = 2;
            self->run.villages[v].schemes.to_households_fen[k] = 50;
            self->run.villages[v].schemes.output_g[k] = 500;
        }
    }
    live(self);
    check_near(value(self, "investment", "money_promised", 0), 5000, 0, 0);
    check_near(value(self, "investment", "money_promised", 1), 0, 0, 0);
    check_near(value(self, "investment", "money_paid", 0), 26 * 50, 0, 0);
    check_near(value(self, "investment", "money_paid_by_year", 0), 600, 0, 0);
    check_near(value(self, "investment", "money_leaked", 0), 12.34, 1e-15, 0);
    check_near(value(self, "investment", "money_to_households", 0), 3, 0, 0);
    check_near(value(self, "investment", "jobs", 0), 30, 0, 0);
    check_near(value(self, "investment", "jobs", 1), 30, 0, 0);
    check_near(value(self, "investment", "offered", 0), 36, 0, 0);
    check_near(value(self, "investment", "members", YEARS + 1), 6, 0, 0);
    check_near(value(self, "investment", "dividends_due", 0), 3, 0, 0);
    check_near(value(self, "investment", "output_quantity", 1), 6, 0, 0);
    check_near(value(self, "investment", "cost_overrun", 0), 0.3, 0, 0);
    assert_true(isnan(value(self, "investment", "cost_overrun", 1)));
    assert_true(value(self, "investment", "status", 0) == 2 && value(self, "investment", "status", 1) == 0);
    /* Promised: three working months from April 2015, so July; it took until May 2016. */
    check_near(value(self, "investment", "delay", 0), 10, 0, 0);
    check_near(value(self, "investment", "date_promised", MILESTONE_COMPLETED), 30 + 31 + 181, 0, 0);
    check_near(value(self, "investment", "date_realised", MILESTONE_COMPLETED), 61 + 365 + 121, 0, 0);
    assert_true(isnan(value(self, "investment", "date_realised", MILESTONE_ENDED)));
    assert_true(isnan(value(self, "investment", "date_promised", MILESTONES + MILESTONE_COMPLETED)));
}

static void test_claims_stand_beside_the_value_they_name(void **state)
{
    struct world *self = *state;
    self->claims[0] =
        (struct claim){.id = "one", .variable = "county.income_per_capita", .year = 2015, .scale = 0.001};
    self->claims[1] =
        (struct claim){.id = "two", .variable = "investment.yak.money_paid_by_year", .scale = 1};
    self->claims[2] =
        (struct claim){.id = "three", .variable = "county.income_per_capita", .year = 2023, .scale = 1};
    self->claims[3] =
        (struct claim){.id = "four", .variable = "county.high.poverty_headcount", .year = 2016, .scale = 100};
    self->options.claims = self->claims;
    self->options.n_claims = 4;
    begin(self);
    live(self);
    check_near(value(self, "claim", "simulated", 0), 122.0 / 30, 1e-14, 0);
    check_near(value(self, "claim", "simulated", 1), 600, 0, 0); /* no year: the last */
    assert_true(isnan(value(self, "claim", "simulated", 2)));
    check_near(value(self, "claim", "simulated", 3),
        100 * value(self, "county", "poverty_headcount", YEARS * 1 + 1), 1e-15, 0);
}

static void check_claim_refused(struct world *self, const char *variable, const char *words)
{
    struct claim claim = {.id = "X", .variable = variable, .scale = 1};
    struct observe_claim found;
    self->error = (struct sim_error){0};
    assert_int_equal(observe_claim_find(&self->output, &claim, &found, &self->error), SIM_ERROR_INPUT);
    if (!strstr(self->error.message, words))
        fail_msg("'%s' lacks '%s'", self->error.message, words);
}

static void test_claim_on_nothing_is_refused_with_the_reason(void **state)
{
    struct world *self = *state;
    begin(self);
    check_claim_refused(self, "income", "expected 'group.variable'");
    check_claim_refused(self, "county.", "expected 'group.variable'");
    check_claim_refused(self, "county.incom", "no such variable");
    check_claim_refused(self, "investment.jobs", "a label is missing");
    check_claim_refused(self, "investment.hens.jobs", "no such label");
    check_claim_refused(self, "investment.yak.far.jobs", "more labels");
    check_claim_refused(self, "county.hunger_share", "without labels");
}

static void test_observing_allocates_nothing(void **state)
{
    struct world *self = *state;
    begin(self);
    int64_t n_allocs = self->observer->arena.n_allocs;
    live(self);
    assert_int_equal(self->observer->arena.n_allocs, n_allocs);
}

static void test_every_real_value_is_filled_or_missing_for_a_reason(void **state)
{
    struct world *self = *state;
    begin(self);
    live(self);
    /* No yak or cow to sell, nobody observed before, and rates that need somebody to count. */
    static const char *const may_miss[] = {
        "offtake_rate", "herd_death_rate", "poverty_entry_rate", "poverty_exit_rate", "mpi_intensity"};
    for (int32_t i = 0; i < self->output.n_variables; i++) {
        const struct sim_variable *variable = &self->output.variables[i];
        bool is_left_out = strcmp(variable->group, "investment") == 0;
        for (int32_t k = 0; k < SIM_COUNT(may_miss); k++)
            is_left_out = is_left_out || strcmp(variable->name, may_miss[k]) == 0;
        if (is_left_out)
            continue;
        for (int64_t at = 0; at < variable->n_values; at++)
            if (isnan(value(self, variable->group, variable->name, at)))
                fail_msg("%s/%s[%d] was not filled", variable->group, variable->name, (int)at);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_only_whole_years_are_years),
        CASE(test_year_is_summed_over_persons),
        CASE(test_real_is_nominal_over_the_township_s_mean_index),
        CASE(test_employment_is_in_full_time_equivalents),
        CASE(test_month_is_summed_over_villages),
        CASE(test_quintiles_are_fixed_in_the_base_year),
        CASE(test_before_the_base_year_nobody_has_a_quintile),
        CASE(test_panel_follows_a_household_that_moves_and_one_that_goes),
        CASE(test_panel_is_the_smallest_tickets_whatever_the_order_of_villages),
        CASE(test_matrix_of_every_account_closes_to_the_coin),
        CASE(test_books_that_do_not_close_over_the_year_are_refused),
        CASE(test_investment_sums_its_schemes_and_leaves_out_what_never_was),
        CASE(test_claims_stand_beside_the_value_they_name),
        CASE(test_claim_on_nothing_is_refused_with_the_reason),
        CASE(test_observing_allocates_nothing),
        CASE(test_every_real_value_is_filled_or_missing_for_a_reason),
    };
#undef CASE
    return cmocka_run_group_tests(tests, NULL, NULL);
}
