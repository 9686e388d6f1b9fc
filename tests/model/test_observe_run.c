/* The observer of a lived county: the tiny scenario, every arm, one replicate. What the row says must agree
 * with itself (definition): accounts close, villages and quintiles add up, quintiles are the same people in
 * all arms. */
#include "models/county/study.h"

#include <stdlib.h>
#include <string.h>

#include "models/county/accounts.h"
#include "models/households/household.h"
#include "models/markets/prices.h"
#include "tests/support/check.h"

enum { MOST_ARMS = 8 };

struct runs {
    struct county_study *study;
    const struct sim_output *output;
    int32_t n_arms;
    void *rows[MOST_ARMS];
};

static int live_all(void **state)
{
    struct runs *self = calloc(1, sizeof *self);
    struct sim_error error = {0};
    struct sim_diag diag;
    struct county_overrides overrides = {.seed = -1};
    assert_non_null(self);
    sim_diag_init(&diag);
    check_ok(county_study_load(
                 PAMIR_SOURCE_DIR "/scenarios/tiny/experiment.yaml", &overrides, &diag, &self->study, &error),
        error);
    sim_diag_free(&diag);
    struct sim_batch_model model;
    check_ok(county_study_batch(self->study, 1, &model, &error), error);
    self->output = model.output;
    self->n_arms = county_study_n_arms(self->study);
    assert_in_range(self->n_arms, 2, MOST_ARMS);
    for (int32_t arm = 0; arm < self->n_arms; arm++) {
        self->rows[arm] = calloc(1, (size_t)self->output->row_bytes);
        assert_non_null(self->rows[arm]);
        struct sim_batch_span span = {
            .arm = arm, .replicate = 1, .n_threads = 1, .until = SIM_TIME_MAX, .row = self->rows[arm]};
        check_ok(model.run_span(model.user, &span, &error), error);
    }
    *state = self;
    return 0;
}

static int forget_all(void **state)
{
    struct runs *self = *state;
    for (int32_t arm = 0; arm < self->n_arms; arm++)
        free(self->rows[arm]);
    county_study_free(self->study);
    free(self);
    return 0;
}

static const struct sim_variable *find(const struct runs *self, const char *group, const char *name)
{
    int32_t variable = sim_output_find(self->output, group, name);
    if (variable < 0)
        fail_msg("no variable %s/%s", group, name);
    return &self->output->variables[variable];
}

/* Values of a variable of doubles. */
static const double *reals(const struct runs *self, int32_t arm, const char *group, const char *name)
{
    const struct sim_variable *variable = find(self, group, name);
    assert_int_equal(variable->type, SIM_F64);
    return (const double *)(const void *)((const uint8_t *)self->rows[arm] + variable->offset);
}

static int32_t n_years(const struct runs *self)
{
    return (int32_t)find(self, "county", "population")->n_values;
}

static void test_accounts_close_to_the_coin_in_every_arm_and_year(void **state)
{
    const struct runs *self = *state;
    double moved = 0;
    for (int32_t arm = 0; arm < self->n_arms; arm++) {
        const double *flow = reals(self, arm, "ledger", "flow");
        const double *change = reals(self, arm, "ledger", "stock_change");
        for (int32_t year = 0; year < n_years(self); year++)
            for (int32_t account = 0; account < ACCOUNT_COUNT; account++) {
                int64_t fen = 0;
                for (int32_t other = 0; other < ACCOUNT_COUNT; other++) {
                    fen += llround(100 * flow[(year * ACCOUNT_COUNT + other) * ACCOUNT_COUNT + account]);
                    fen -= llround(100 * flow[(year * ACCOUNT_COUNT + account) * ACCOUNT_COUNT + other]);
                }
                assert_int_equal(fen, llround(100 * change[year * ACCOUNT_COUNT + account]));
                moved += fabs(change[year * ACCOUNT_COUNT + account]);
            }
    }
    assert_true(moved > 0);
}

/* Persons and amounts of the parts [place][year] are those of the county. */
static void check_parts(
    const struct runs *self, int32_t arm, const char *group, const char *name, int32_t year)
{
    const double *persons = reals(self, arm, group, "population"), *amount = reals(self, arm, group, name);
    double n = 0, sum = 0, county = reals(self, arm, "county", "population")[year];
    for (int64_t i = year; i < find(self, group, name)->n_values; i += n_years(self))
        if (persons[i] > 0) {
            n += persons[i];
            sum += persons[i] * amount[i];
        }
    check_near(n, county, 0, 0);
    check_near(sum / n, reals(self, arm, "county", name)[year], 1e-12, 1e-15);
}

static void test_villages_and_quintiles_add_up_to_the_county(void **state)
{
    const struct runs *self = *state;
    for (int32_t arm = 0; arm < self->n_arms; arm++) {
        for (int32_t year = 0; year < n_years(self); year++) {
            check_parts(self, arm, "village", "income_real_per_capita", year);
            check_parts(self, arm, "village", "consumption_real_per_capita", year);
            check_parts(self, arm, "village", "poverty_headcount", year);
        }
        /* In the base year everybody has a quintile. */
        check_parts(self, arm, "quintile", "poverty_headcount", 0);
        check_parts(self, arm, "quintile", "income_real_per_capita", 0);
        check_parts(self, arm, "quintile", "consumption_real_per_capita", 0);
    }
}

static void test_sources_add_up_to_income(void **state)
{
    const struct runs *self = *state;
    for (int32_t arm = 0; arm < self->n_arms; arm++)
        for (int32_t year = 0; year < n_years(self); year++) {
            double sum = 0;
            for (int32_t source = 0; source < INCOME_SOURCES; source++)
                sum += reals(self, arm, "county", "income_by_source")[source * n_years(self) + year];
            check_near(sum, reals(self, arm, "county", "income_per_capita")[year], 1e-12, 0);
        }
}

/* Shares along the first dimension of [label][year], of which each month has one or several. */
static void check_uses(const struct runs *self, int32_t arm, const char *name)
{
    const double *share = reals(self, arm, "county", name);
    int64_t n_values = find(self, "county", name)->n_values;
    for (int32_t year = 0; year < n_years(self); year++) {
        double sum = 0;
        for (int64_t at = year; at < n_values; at += n_years(self)) {
            assert_true(share[at] >= 0 && share[at] <= 1);
            sum += share[at];
        }
        assert_true(sum > 0.99 && sum < 2);
    }
}

static void test_indicators_keep_their_bounds(void **state)
{
    const struct runs *self = *state;
    for (int32_t arm = 0; arm < self->n_arms; arm++) {
        check_uses(self, arm, "coping_share");
        const double *lorenz = reals(self, arm, "county", "lorenz_consumption");
        int64_t n_points = find(self, "county", "lorenz_consumption")->n_values / n_years(self);
        for (int32_t year = 0; year < n_years(self); year++) {
            double always = reals(self, arm, "county", "poverty_always_share")[year];
            double at_times = reals(self, arm, "county", "poverty_sometimes_share")[year];
            double never = reals(self, arm, "county", "poverty_never_share")[year];
            check_near(always + at_times + never, 1, 1e-12, 0);
            assert_true(reals(self, arm, "county", "poverty_chronic")[year] >= 0);
            assert_true(reals(self, arm, "county", "poverty_transient")[year] >= -1e-6);
            double mpi = reals(self, arm, "county", "mpi")[year];
            double headcount = reals(self, arm, "county", "mpi_headcount")[year];
            assert_true(mpi <= headcount && 3 * mpi >= headcount * (1 - 1e-12) && headcount <= 1);
            assert_true(reals(self, arm, "county", "theil_consumption")[year] > 0);
            assert_true(reals(self, arm, "county", "palma_consumption")[year] > 0.25);
            for (int64_t k = 1; k < n_points; k++) /* convex, and below the diagonal */
                assert_true(lorenz[k * n_years(self) + year] >= lorenz[(k - 1) * n_years(self) + year] &&
                            lorenz[(k - 1) * n_years(self) + year] <= (double)k / (double)n_points);
            check_near(lorenz[(n_points - 1) * n_years(self) + year], 1, 0, 0);
        }
        check_near(reals(self, arm, "county", "quintile_stay_share")[0], 1, 0, 0);
    }
}

static void test_monthly_consumption_adds_up_to_the_year_s(void **state)
{
    const struct runs *self = *state;
    /* Persons come and go within the year, so the two differ a little, and only a little. */
    for (int32_t year = 0; year < n_years(self); year++) {
        double sum = 0;
        for (int32_t month = 0; month < 12; month++)
            sum += reals(self, 0, "county", "consumption_monthly")[12 * year + month];
        check_near(sum, reals(self, 0, "county", "consumption_per_capita")[year], 0.05, 0);
    }
}

static void test_quintiles_are_the_same_people_in_all_arms(void **state)
{
    const struct runs *self = *state;
    const struct sim_variable *variable = find(self, "panel", "base_quintile");
    assert_int_equal(variable->type, SIM_I8);
    for (int32_t arm = 1; arm < self->n_arms; arm++)
        assert_memory_equal((const uint8_t *)self->rows[arm] + variable->offset,
            (const uint8_t *)self->rows[0] + variable->offset, (size_t)variable->n_values);
}

/* Rates between years miss the first, and rates of nobody are not defined. */
static bool may_be_missing(const char *name)
{
    static const char *const names[] = {
        "poverty_entry_rate", "poverty_exit_rate", "mpi_intensity", "offtake_rate", "herd_death_rate"};
    bool is_one = false;
    for (int32_t i = 0; i < SIM_COUNT(names); i++)
        is_one = is_one || strcmp(name, names[i]) == 0;
    return is_one;
}

static void test_nothing_of_the_county_is_missing_or_infinite(void **state)
{
    const struct runs *self = *state;
    for (int32_t arm = 0; arm < self->n_arms; arm++)
        for (int32_t i = 0; i < self->output->n_variables; i++) {
            const struct sim_variable *variable = &self->output->variables[i];
            if (strcmp(variable->group, "county") != 0 && strcmp(variable->group, "village") != 0 &&
                strcmp(variable->group, "ledger") != 0)
                continue;
            if (may_be_missing(variable->name))
                continue;
            const double *values = reals(self, arm, variable->group, variable->name);
            for (int64_t at = 0; at < variable->n_values; at++)
                if (!isfinite(values[at]))
                    fail_msg("%s/%s[%d] is %g", variable->group, variable->name, (int)at, values[at]);
        }
}

static void test_prices_are_those_of_the_month_lived(void **state)
{
    const struct runs *self = *state;
    /* The county's path of casual wages begins in July 2015, at midyear: flat until then. */
    const double *wage = reals(self, 0, "county", "price");
    int64_t n_months = find(self, "county", "wage_casual")->n_values;
    wage += GOOD_CASUAL * n_months;
    assert_true(wage[6] == wage[0] && wage[7] > wage[6]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accounts_close_to_the_coin_in_every_arm_and_year),
        cmocka_unit_test(test_villages_and_quintiles_add_up_to_the_county),
        cmocka_unit_test(test_sources_add_up_to_income),
        cmocka_unit_test(test_indicators_keep_their_bounds),
        cmocka_unit_test(test_monthly_consumption_adds_up_to_the_year_s),
        cmocka_unit_test(test_quintiles_are_the_same_people_in_all_arms),
        cmocka_unit_test(test_prices_are_those_of_the_month_lived),
        cmocka_unit_test(test_nothing_of_the_county_is_missing_or_infinite),
    };
    return cmocka_run_group_tests(tests, live_all, forget_all);
}
