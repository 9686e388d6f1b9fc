/* Local spending as income of the place, and the price of local goods and services. Rung: definition to the
 * coin on one village and one round; closed form for prices; direction and band of the multiplier on runs of
 * the tiny county. */
#include "tests/support/village.h"

#include "models/households/living.h"
#include "models/markets/local.h"

/* ---- one village ---- */

static void test_local_share_of_spending_leaves_the_village_for_the_county(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    village_fixture_household(&village, 1);
    village.village->households.cash_fen[0] = 15501; /* 155 CNY of need and a coin, all of it spent */
    village_fixture_begin(&village);
    village.scenario->household.need = 155.01;
    village.scenario->local.local_share = 0.25;
    struct moment moment = village_fixture_moment(&village, 2015, 2);
    living_eat(village.village, &moment);
    assert_int_equal(village.village->households.cash_fen[0], 0);
    assert_int_equal(village.village->current.local_spent_fen, 3875);
    village_fixture_end_month(&village);
    village_fixture_close(&village);
}

static void test_none_spends_nothing_locally(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    village.scenario->local.spending = 0;
    assert_true(local_share_of_spending(&village.scenario->local) == 0.0);
    assert_int_equal(village.village->current.local_spent_fen, 0);
    village_fixture_close(&village);
}

static void test_sales_are_shared_by_days_of_own_business_and_supplies_are_bought(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    for (int32_t h = 0; h < 3; h++)
        village_fixture_household(&village, 1);
    struct household_table *households = &village.village->households;
    households->business_days[0] = 5.0f;
    households->business_days[2] = 15.0f;
    village_fixture_begin(&village);
    village.scenario->local.value_added = 0.4;
    check_ok(local_on_sales(village.village, 100000, &village.error), village.error);
    assert_int_equal(households->cash_fen[0], 10000); /* 25,000 of sales less 15,000 of supplies */
    assert_int_equal(households->cash_fen[1], 0);
    assert_int_equal(households->cash_fen[2], 30000);
    assert_int_equal(households->income_business_fen[2], 30000);
    assert_int_equal(households->year_cash_fen[2], 30000);
    assert_int_equal(village.village->current.local_earned_fen, 100000);
    assert_int_equal(village.village->ledger.month[FLOW_LOCAL_SUPPLIES], 60000);
    village_fixture_end_month(&village);
    village_fixture_close(&village);
}

static void test_coins_that_do_not_divide_are_nobody_s_income(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    for (int32_t h = 0; h < 3; h++) {
        village_fixture_household(&village, 1);
        village.village->households.business_days[h] = 7.0f;
    }
    village_fixture_begin(&village);
    village.scenario->local.value_added = 1.0;
    check_ok(local_on_sales(village.village, 302, &village.error), village.error);
    for (int32_t h = 0; h < 3; h++)
        assert_int_equal(village.village->households.cash_fen[h], 100);
    assert_int_equal(village.village->ledger.month[FLOW_LOCAL_EARNED], 300);
    assert_int_equal(village.village->ledger.month[FLOW_LOCAL_OUTSIDE], 2);
    village_fixture_end_month(&village);
    village_fixture_close(&village);
}

static void test_sales_that_find_no_seller_go_to_outsiders(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    village_fixture_household(&village, 1);
    village_fixture_begin(&village);
    check_ok(local_on_sales(village.village, 777, &village.error), village.error);
    assert_int_equal(village.village->households.cash_fen[0], 0);
    assert_int_equal(village.village->ledger.month[FLOW_LOCAL_OUTSIDE], 777);
    village_fixture_end_month(&village);
    village_fixture_close(&village);
}

/* ---- the county's round: without days of business nothing is sent, so that a round needs no world ---- */

/* What the first township's only village reports, and the round; the horizon's months count from 0. */
static void live(struct village_fixture *self, int32_t month, double spent_fen)
{
    struct hub *hub = &self->run.hub;
    struct sim_event spent = {.data = {(int64_t)spent_fen, 0, 0}};
    struct sim_context context = {.now = sim_month_to_time(self->scenario->first_month + month + 1) - 1};
    for (int32_t good = 0; good < GOODS; good++)
        hub->board->price[good] = hub->board->base[good];
    local_on_spent(hub, &spent);
    check_ok(local_month(&context, hub, &self->error), self->error);
}

static double price_of(const struct village_fixture *self)
{
    return self->run.board.towns.service_price[0];
}

/* A year at 1,000 CNY a month, then so many months at `factor` times it. */
static void live_at(struct village_fixture *self, double factor, int32_t months)
{
    self->scenario->enterprises.firms = 0;
    self->scenario->local.seller_growth = 0.0;
    for (int32_t month = 0; month < 12; month++)
        live(self, month, 100000.0);
    for (int32_t month = 12; month < 12 + months; month++)
        live(self, month, factor * 100000.0);
}

static void test_price_stays_at_one_while_capacity_is_free(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    village.scenario->local.free_capacity = 0.2;
    live_at(&village, 1.19, 24);
    check_near(price_of(&village), 1.0, 1e-12, 0.0);
    check_near(village.run.board.towns.normal_local_fen[0], 100000.0, 1e-9, 0.0);
    village_fixture_close(&village);
}

static void test_price_beyond_free_capacity_is_a_power_of_the_load(void **state)
{
    (void)state;
    const double responses[] = {0.0, 0.5, 1.0}, expected[] = {1.0, 1.25, 1.5625};
    for (int32_t i = 0; i < 3; i++) {
        struct village_fixture village;
        village_fixture_open(&village);
        village.scenario->local.free_capacity = 0.28;
        village.scenario->local.price_response = responses[i];
        live_at(&village, 2.0, 200); /* load 2 over 1.28 */
        check_near(price_of(&village), expected[i], 1e-9, 0.0);
        village_fixture_close(&village);
    }
}

static void test_price_moves_part_of_the_way_each_month(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    village.scenario->local.free_capacity = 0.0;
    village.scenario->local.price_response = 1.0;
    village.scenario->local.price_speed = 0.25;
    live_at(&village, 1.4, 1);
    check_near(price_of(&village), 1.1, 1e-12, 0.0);
    village_fixture_close(&village);
}

static void test_price_is_bounded_and_falls_when_demand_does(void **state)
{
    (void)state;
    const double factors[] = {100.0, 0.0}, expected[] = {1.6, 1.0 / 1.6};
    for (int32_t i = 0; i < 2; i++) {
        struct village_fixture village;
        village_fixture_open(&village);
        village.scenario->local.price_limit = 1.6;
        live_at(&village, factors[i], 200);
        check_near(price_of(&village), expected[i], 1e-9, 0.0);
        village_fixture_close(&village);
    }
}

static void test_more_sellers_serve_more_at_the_same_price(void **state)
{
    (void)state;
    double price[2];
    for (int32_t staff = 0; staff < 2; staff++) {
        struct village_fixture village;
        village_fixture_open(&village);
        struct firm_table *firms = &village.run.hub.firms;
        firms->head.n = 0;
        sim_row firm = sim_table_add(firms, &firm_table_type, village.run.hub.arena, &village.error);
        assert_true(firm >= 0);
        firms->next[firm] = SIM_ROW_NONE;
        village.run.hub.board->towns.first_firm[0] = firm;
        firms->running[firm] = 1;
        firms->sector[firm] = SECTOR_SHOP;
        firms->staff[firm] = 4;
        live_at(&village, 1.0, 1);
        firms->staff[firm] = staff ? 8 : 4;
        for (int32_t month = 13; month < 100; month++)
            live(&village, month, 200000.0);
        price[staff] = price_of(&village);
        village_fixture_close(&village);
    }
    assert_true(price[0] > 1.1);
    check_near(price[1], 1.0, 1e-6, 0.0);
}

static void test_switched_off_prices_stay_at_one(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    village.scenario->local.service_prices = 0;
    live_at(&village, 50.0, 24);
    assert_true(price_of(&village) == 1.0);
    village_fixture_close(&village);
}

static void test_spending_that_nobody_has_time_to_serve_goes_to_outsiders(void **state)
{
    (void)state;
    struct village_fixture village;
    village_fixture_open(&village);
    village.scenario->enterprises.firms = 0;
    live(&village, 0, 5000.0);
    assert_int_equal(village.run.hub.ledger.month[FLOW_LOCAL_OUTSIDE], 5000);
    assert_int_equal(village.run.board.towns.local_fen[0], 0);
    village_fixture_close(&village);
}

/* What households sold in the month after a round at this service price, in a county without shops in which
 * nobody can sell all that is asked for. */
static int64_t sold_at(double service_price)
{
    static const char *const sets[] = {"parameters.enterprises.firms=none",
        "parameters.local.service_prices=none", "parameters.local.day_sales=1 CNY/day"};
    struct county_fixture county;
    struct county_run run = {0};
    county_fixture_open(&county, TINY, "reference", sets, SIM_COUNT(sets));
    check_ok(county_run_init(
                 &run, &county.scenario, &county.founders, 1, (struct county_run_options){0}, &county.error),
        county.error);
    int32_t month = county.scenario.first_month + 4;
    check_ok(county_run_until(&run, month, &county.error), county.error);
    for (sim_row t = 0; t < run.board.towns.head.n; t++)
        run.board.towns.service_price[t] = service_price;
    int64_t sold = 0;
    for (int32_t after = 1; after <= 2; after++) {
        check_ok(county_run_until(&run, month + after, &county.error), county.error);
        sold = -sold;
        for (int32_t v = 0; v < county.scenario.n_villages; v++)
            sold += run.villages[v].ledger.year[FLOW_LOCAL_EARNED];
    }
    county_run_free(&run);
    county_fixture_close(&county);
    return sold;
}

/* A day serves so much in quantity: at a higher price the same days take more money. */
static void test_what_a_day_can_sell_rises_with_the_service_price(void **state)
{
    (void)state;
    int64_t at_one = sold_at(1.0), at_more = sold_at(1.5);
    assert_true(at_one > 0);
    assert_true(at_one > 0);
    check_near((double)at_more / (double)at_one, 1.5, 0.01, 0.0);
}

/* ---- the whole model: money given to some is spent, earned and spent again by others ---- */

/* Means of several replicates: what a gift sets off in one tiny county hangs on luck, too. */
enum { GIVEN_TO = 6, MONTHS_BEFORE = 12, MONTHS_AFTER = 48, REPLICATES = 12 };
#define GIFT_FEN 1000000 /* 10,000 CNY each */

struct outcome {
    double local_net_fen; /* sales of own businesses less supplies */
    double others_fen;    /* income of households that got nothing */
    double others_real;   /* their consumption at base-year prices */
    double service_price; /* summed over townships and months */
};

static bool got_a_gift(const struct village *village, sim_row h)
{
    return village->number == 0 && village->households.dynasty[h] < GIVEN_TO;
}

static void count_month(struct outcome *self, const struct county_run *run, int32_t month)
{
    for (int32_t v = 0; v < run->scenario->n_villages; v++) {
        const struct village *village = &run->villages[v];
        const struct household_table *households = &village->households;
        struct moment moment;
        village_moment(village, month, &moment);
        self->service_price += run->board.towns.service_price[village->config->township];
        bool is_year_end = sim_month_of_year(month) == 12;
        for (sim_row h = 0; h < households->head.n; h++) {
            if (!households->present[h] || got_a_gift(village, h))
                continue;
            if (is_year_end) {
                self->others_real += (double)households->year_consumption_fen[h] / moment.index;
                self->others_fen += (double)household_income(households, h);
            }
        }
        if (is_year_end)
            self->local_net_fen +=
                (double)(village->ledger.year[FLOW_LOCAL_EARNED] - village->ledger.year[FLOW_LOCAL_SUPPLIES]);
    }
}

static void live_with(struct county_fixture *county, uint64_t replicate, bool gives, struct outcome *outcome)
{
    struct county_run run = {0};
    struct sim_error *error = &county->error;
    int32_t first = county->scenario.first_month + MONTHS_BEFORE;
    check_ok(county_run_init(&run, &county->scenario, &county->founders, replicate,
                 (struct county_run_options){0}, error),
        *error);
    check_ok(county_run_until(&run, first, error), *error);
    struct village *village = &run.villages[0];
    for (sim_row h = 0; gives && h < GIVEN_TO; h++) {
        household_receive(&village->households, h, INCOME_REMITTANCE, GIFT_FEN);
        sim_ledger_post(&village->ledger, FLOW_REMITTANCE, GIFT_FEN);
    }
    for (int32_t month = first; month < first + MONTHS_AFTER; month++) {
        check_ok(county_run_until(&run, month + 1, error), *error);
        count_month(outcome, &run, month);
    }
    county_run_free(&run);
}

static struct outcome run_with(const char *const *sets, int32_t n_sets, bool gives)
{
    struct outcome sum = {0};
    struct county_fixture county;
    county_fixture_open(&county, TINY, "reference", sets, n_sets);
    for (uint64_t replicate = 1; replicate <= REPLICATES; replicate++)
        live_with(&county, replicate, gives, &sum);
    county_fixture_close(&county);
    return (struct outcome){sum.local_net_fen / REPLICATES, sum.others_fen / REPLICATES,
        sum.others_real / REPLICATES, sum.service_price / REPLICATES};
}

static const char *const free_sets[] = {"parameters.enterprises.firms=none",
    "parameters.local.local_share=0.5", "parameters.local.value_added=0.6",
    "parameters.local.free_capacity=10", "parameters.local.day_sales=5000 CNY/day"};
static const char *const bound_sets[] = {"parameters.enterprises.firms=none",
    "parameters.local.local_share=0.5", "parameters.local.value_added=0.6",
    "parameters.local.free_capacity=0", "parameters.local.price_response=1",
    "parameters.local.price_speed=1 1/month", "parameters.local.price_limit=10",
    "parameters.local.day_sales=5000 CNY/day"};

static void test_gift_raises_the_income_of_others_by_about_the_multiplier(void **state)
{
    (void)state;
    struct outcome without = run_with(free_sets, SIM_COUNT(free_sets), false);
    struct outcome with = run_with(free_sets, SIM_COUNT(free_sets), true);
    double gain = (with.local_net_fen - without.local_net_fen) / (double)(GIVEN_TO * (int64_t)GIFT_FEN);
    /* 1 / (1 - m s v) - 1 with s v = 0.3: 0.43 when all of it is spent in the end (m = 1), 0.18 when half is.
     * What a gift puts into animals brings income of its own, which is spent as well: the band is wider. */
    print_message("local income for a yuan given: %.3f; others' %.3f\n", gain,
        (with.others_fen - without.others_fen) / (double)(GIVEN_TO * (int64_t)GIFT_FEN));
    assert_true(gain > 0.15);
    assert_true(gain < 0.6);
    assert_true(with.others_fen > without.others_fen);
}

static void test_others_gain_less_in_real_terms_where_capacity_binds(void **state)
{
    (void)state;
    struct outcome free_without = run_with(free_sets, SIM_COUNT(free_sets), false);
    struct outcome free_with = run_with(free_sets, SIM_COUNT(free_sets), true);
    struct outcome bound_without = run_with(bound_sets, SIM_COUNT(bound_sets), false);
    struct outcome bound_with = run_with(bound_sets, SIM_COUNT(bound_sets), true);
    print_message("others' real consumption: free %.0f, bound %.0f fen; service price %.4f against %.4f\n",
        free_with.others_real - free_without.others_real, bound_with.others_real - bound_without.others_real,
        bound_with.service_price / (2 * MONTHS_AFTER), bound_without.service_price / (2 * MONTHS_AFTER));
    assert_true(bound_with.service_price > bound_without.service_price);
    assert_true(free_with.others_real - free_without.others_real >
                bound_with.others_real - bound_without.others_real);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_local_share_of_spending_leaves_the_village_for_the_county),
        cmocka_unit_test(test_none_spends_nothing_locally),
        cmocka_unit_test(test_sales_are_shared_by_days_of_own_business_and_supplies_are_bought),
        cmocka_unit_test(test_coins_that_do_not_divide_are_nobody_s_income),
        cmocka_unit_test(test_sales_that_find_no_seller_go_to_outsiders),
        cmocka_unit_test(test_price_stays_at_one_while_capacity_is_free),
        cmocka_unit_test(test_price_beyond_free_capacity_is_a_power_of_the_load),
        cmocka_unit_test(test_price_moves_part_of_the_way_each_month),
        cmocka_unit_test(test_price_is_bounded_and_falls_when_demand_does),
        cmocka_unit_test(test_more_sellers_serve_more_at_the_same_price),
        cmocka_unit_test(test_switched_off_prices_stay_at_one),
        cmocka_unit_test(test_spending_that_nobody_has_time_to_serve_goes_to_outsiders),
        cmocka_unit_test(test_what_a_day_can_sell_rises_with_the_service_price),
        cmocka_unit_test(test_gift_raises_the_income_of_others_by_about_the_multiplier),
        cmocka_unit_test(test_others_gain_less_in_real_terms_where_capacity_binds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
