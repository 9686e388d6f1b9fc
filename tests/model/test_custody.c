/* A cooperative that keeps cattle against a payment: what is due, what comes first, how it ends. Rung: hand
 * values and definition, month by month in the tiny county: ten cows of 15,000 CNY from July 2016 on. */
#include "tests/support/county.h"

#include "sim/time/calendar.h"

struct custody {
    struct county_fixture county;
    struct county_run run;
    int32_t scheme;
    const struct scheme_state_table *table;
};

#define PLAN                                                                                                 \
    "programs.cattle.uncertainty=none", "programs.cattle.leak=0", "parameters.markets.shocks=none",          \
        "parameters.markets.season=0", "prices.other.2015=1", "prices.other.2020=1"
/* Dear cattle carry the payment. */
#define DEAR "prices.cattle.2015=18000 CNY/head", "prices.cattle.2020=18000 CNY/head"
#define COW_FEN ((int64_t)1800000)

static void open_custody(struct custody *self, const char *const *sets, int32_t n_sets)
{
    memset(self, 0, sizeof(*self));
    county_fixture_open(&self->county, TINY, "cattle", sets, n_sets);
    struct county_run_options options = {0};
    check_ok(county_run_init(
                 &self->run, &self->county.scenario, &self->county.founders, 1, options, &self->county.error),
        self->county.error);
    while (self->county.scenario.effects[self->scheme].kind != EFFECT_HERD)
        self->scheme++;
    self->table = &self->run.hub.schemes;
}

static void live_until(struct custody *self, int32_t year, int32_t month)
{
    check_ok(county_run_until(&self->run, sim_month_from_date(year, month), &self->county.error),
        self->county.error);
}

static void close_custody(struct custody *self)
{
    county_run_free(&self->run);
    county_fixture_close(&self->county);
}

static int64_t heads_of(const struct custody *self)
{
    int32_t s = self->scheme;
    return self->table->adults[s] + self->table->calves[s] + self->table->yearlings[s];
}

static void test_first_year_is_due_by_its_months_and_later_ones_in_full(void **state)
{
    (void)state;
    const char *const sets[] = {PLAN, DEAR, "programs.cattle.effects[0].herd.keeper_costs=2400 CNY/year"};
    struct custody custody;
    open_custody(&custody, sets, SIM_COUNT(sets));
    int32_t s = custody.scheme;
    live_until(&custody, 2016, 7);
    assert_int_equal(custody.table->placed[s], 10);
    live_until(&custody, 2017, 4);
    assert_int_equal(custody.table->year_due_fen[s], 900000); /* 8 percent of 150,000 CNY, 9 of 12 months */
    assert_int_equal(custody.table->year_paid_fen[s], 900000);
    live_until(&custody, 2018, 4);
    assert_int_equal(custody.table->year_due_fen[s], 1200000);
    assert_int_equal(custody.table->arrears_fen[s], 0);
    close_custody(&custody);
}

static void test_owner_who_bears_death_is_paid_on_those_alive_at_the_markets_value(void **state)
{
    (void)state;
    const char *const sets[] = {PLAN, DEAR, "programs.cattle.effects[0].herd.bears_death=owner",
        "programs.cattle.effects[0].herd.valuation=market",
        "programs.cattle.effects[0].herd.deaths=0.2 1/year"};
    struct custody custody;
    open_custody(&custody, sets, SIM_COUNT(sets));
    int32_t s = custody.scheme;
    live_until(&custody, 2018, 4);
    int64_t alive = custody.table->adults[s];
    assert_in_range(alive, 5, 9);
    check_near((double)custody.table->year_due_fen[s], 0.08 * (double)(alive * COW_FEN), 0.0, 1.0);
    close_custody(&custody);
}

static void test_costs_are_those_of_the_heads_and_come_before_the_payment(void **state)
{
    (void)state;
    const char *const sets[] = {PLAN, DEAR, "programs.cattle.effects[0].herd.deaths=0 1/year",
        "programs.cattle.effects[0].herd.births=0 1/year",
        "programs.cattle.effects[0].herd.keeper_costs=4800 CNY/year"};
    struct custody custody;
    open_custody(&custody, sets, SIM_COUNT(sets));
    int32_t s = custody.scheme;
    live_until(&custody, 2016, 7);
    int64_t cash = custody.table->cash_fen[s];
    for (int32_t month = 7; month <= 12; month++) { /* 400 CNY a cow and month */
        live_until(&custody, 2016 + month / 12, month % 12 + 1);
        cash -= 10 * 40000;
        assert_int_equal(custody.table->cash_fen[s], cash);
    }
    close_custody(&custody);
}

/* Nothing comes in, so cows must be sold one by one: the herd shrinks until it is wound up. */
static void test_keeper_short_of_money_sells_cows_and_is_wound_up_when_too_many_are_gone(void **state)
{
    (void)state;
    const double dispersals[] = {0.25, 0.75};
    for (int32_t i = 0; i < 2; i++) {
        const char *const sets[] = {PLAN, DEAR, "programs.cattle.effects[0].herd.deaths=0 1/year",
            "programs.cattle.effects[0].herd.births=0 1/year",
            "programs.cattle.effects[0].herd.keeper_costs=12000 CNY/year",
            i == 0 ? "programs.cattle.effects[0].herd.dispersal=0.25"
                   : "programs.cattle.effects[0].herd.dispersal=0.75"};
        struct custody custody;
        open_custody(&custody, sets, SIM_COUNT(sets));
        int32_t s = custody.scheme, investment = custody.county.scenario.effects[s].investment;
        int64_t before = 10, months_of_sale = 0;
        int32_t month = sim_month_from_date(2016, 7);
        for (; month < custody.county.scenario.end_month && !custody.table->failed[s]; month++) {
            live_until(&custody, sim_month_year(month + 1), sim_month_of_year(month + 1));
            if (custody.table->failed[s])
                break;
            assert_int_equal(custody.run.hub.investments.status[investment], INVESTMENT_OPERATING);
            assert_true((double)custody.table->adults[s] >= (1.0 - dispersals[i]) * 10.0);
            assert_true(custody.table->adults[s] <= before);
            months_of_sale += custody.table->adults[s] < before;
            before = custody.table->adults[s];
        }
        assert_int_equal(custody.table->failed[s], 1);
        assert_int_equal(custody.run.hub.investments.status[investment], INVESTMENT_FAILED);
        assert_int_equal(before, i == 0 ? 8 : 3); /* the fewest that may be left of ten */
        assert_true(months_of_sale >= 2);
        assert_int_equal(heads_of(&custody), 0);
        close_custody(&custody);
    }
}

/* Costs force the sale of a cow, which is one too many gone: all ten are sold in that month. */
static void test_animals_bring_no_more_than_the_villages_farm_gate_price(void **state)
{
    (void)state;
    const double transports[] = {0.0, 0.25};
    for (int32_t i = 0; i < 2; i++) {
        const char *const sets[] = {PLAN, DEAR, "parameters.markets.local_balance=none",
            "programs.cattle.effects[0].herd.deaths=0 1/year",
            "programs.cattle.effects[0].herd.births=0 1/year",
            "programs.cattle.effects[0].herd.keeper_costs=12000 CNY/year",
            "programs.cattle.effects[0].herd.dispersal=0.05"};
        struct custody custody;
        open_custody(&custody, sets, SIM_COUNT(sets));
        int32_t s = custody.scheme;
        custody.county.scenario.townships[0].transport = transports[i]; /* that of the recipients */
        int32_t month = sim_month_from_date(2016, 7);
        for (; month < custody.county.scenario.end_month && !custody.table->failed[s]; month++)
            live_until(&custody, sim_month_year(month + 1), sim_month_of_year(month + 1));
        assert_int_equal(custody.table->failed[s], 1);
        assert_int_equal(custody.run.hub.ledger.year[FLOW_COOPERATIVE_SALE], 0); /* no calf was born */
        assert_int_equal(custody.run.hub.ledger.year[FLOW_COW_SALE],
            (int64_t)(10.0 * (double)COW_FEN * (1.0 - transports[i])));
        close_custody(&custody);
    }
}

static void test_title_comes_before_arrears(void **state)
{
    (void)state;
    const char *const sets[] = {PLAN, "programs.cattle.effects[0].herd.keeper_costs=9000 CNY/year",
        "prices.cattle.2015=9000 CNY/head", "prices.cattle.2020=9000 CNY/head"};
    struct custody custody;
    open_custody(&custody, sets, SIM_COUNT(sets));
    int32_t s = custody.scheme;
    int32_t month = sim_month_from_date(2016, 7);
    for (; month < custody.county.scenario.end_month && !custody.table->failed[s]; month++)
        live_until(&custody, sim_month_year(month + 1), sim_month_of_year(month + 1));
    assert_int_equal(custody.table->failed[s], 1);
    assert_true(custody.table->arrears_fen[s] > 0);
    assert_int_equal(custody.table->cash_fen[s], 0);
    /* What the cows brought is less than the 150,000 CNY of those placed: all of it is the title's. */
    int64_t title = custody.run.hub.ledger.year[FLOW_TITLE_SENT];
    assert_true(title > 0 && title < 15000000);
    assert_int_equal(custody.run.hub.ledger.year[FLOW_DIVIDEND_SENT], custody.table->year_paid_fen[s]);
    int64_t received = 0, members = 0;
    live_until(&custody, sim_month_year(month + 1), sim_month_of_year(month + 1));
    for (int32_t v = 0; v < custody.county.scenario.n_villages; v++) {
        received += custody.run.villages[v].ledger.year[FLOW_TITLE_RECEIVED];
        members += custody.run.villages[v].schemes.members[s];
    }
    assert_int_equal(received, title);
    assert_int_equal(members, 0);
    close_custody(&custody);
}

static void test_animals_are_born_in_april_and_die_of_every_age(void **state)
{
    (void)state;
    const char *const sets[] = {PLAN, DEAR, "programs.cattle.effects[0].herd.births=1 1/year",
        "programs.cattle.effects[0].herd.deaths=0.3 1/year",
        "programs.cattle.effects[0].herd.animals=200 head",
        "programs.cattle.effects[0].herd.keeper_costs=0 CNY/year",
        "programs.cattle.effects[0].herd.dispersal=1"};
    struct custody custody;
    open_custody(&custody, sets, SIM_COUNT(sets));
    int32_t s = custody.scheme;
    int64_t yearlings_died = 0, before = 0;
    for (int32_t month = sim_month_from_date(2016, 7); month < sim_month_from_date(2020, 1); month++) {
        live_until(&custody, sim_month_year(month + 1), sim_month_of_year(month + 1));
        assert_int_equal(custody.table->failed[s], 0);
        int32_t calendar_month = sim_month_of_year(month);
        if (calendar_month == 4)
            assert_int_equal(custody.table->calves[s], custody.table->adults[s]);
        if (calendar_month == 10)
            assert_int_equal(custody.table->yearlings[s], 0); /* sold, or in the place of what had died */
        if (calendar_month >= 5 && calendar_month <= 9 && custody.table->yearlings[s] > 0)
            yearlings_died += before - custody.table->yearlings[s];
        before = custody.table->yearlings[s];
    }
    assert_true(yearlings_died > 0);
    close_custody(&custody);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_year_is_due_by_its_months_and_later_ones_in_full),
        cmocka_unit_test(test_owner_who_bears_death_is_paid_on_those_alive_at_the_markets_value),
        cmocka_unit_test(test_costs_are_those_of_the_heads_and_come_before_the_payment),
        cmocka_unit_test(test_keeper_short_of_money_sells_cows_and_is_wound_up_when_too_many_are_gone),
        cmocka_unit_test(test_animals_bring_no_more_than_the_villages_farm_gate_price),
        cmocka_unit_test(test_title_comes_before_arrears),
        cmocka_unit_test(test_animals_are_born_in_april_and_die_of_every_age),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
