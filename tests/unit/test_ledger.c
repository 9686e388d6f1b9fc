/* The books of two villages and a county: drawn by hand, closed to the coin. */
#include "sim/data/ledger.h"

#include <string.h>

#include "tests/support/check.h"

enum kind { MONEY, SHEEP, KINDS };
enum account { HOUSEHOLDS, COUNTY, WORLD, TRANSIT, ACCOUNTS };
enum flow { WAGES, TAX_SENT, TAX_RECEIVED, BIRTHS, SALES, FLOWS };

static const struct sim_ledger_kind kinds[KINDS] = {{"money", "fen"}, {"sheep", "head"}};
static const struct sim_ledger_account accounts[ACCOUNTS] = {
    {"households", SIM_ACCOUNT_HELD, "those who live here"}, {"county", SIM_ACCOUNT_HELD, "the government"},
    {"world", SIM_ACCOUNT_OUTSIDE, "everybody else, and nature"},
    {"transit", SIM_ACCOUNT_TRANSIT, "sent, not yet received"}};
static const struct sim_ledger_flow flows[FLOWS] = {{"wages", MONEY, WORLD, HOUSEHOLDS, ""},
    {"tax_sent", MONEY, HOUSEHOLDS, TRANSIT, ""}, {"tax_received", MONEY, TRANSIT, COUNTY, ""},
    {"births", SHEEP, WORLD, HOUSEHOLDS, ""}, {"sales", SHEEP, HOUSEHOLDS, WORLD, ""}};
static const struct sim_ledger_type type = {kinds, KINDS, accounts, ACCOUNTS, flows, FLOWS};

struct books {
    struct sim_arena arena;
    struct sim_ledger village, county;
    int64_t village_count[ACCOUNTS * KINDS], county_count[ACCOUNTS * KINDS];
};

#define AT(account, kind) ((account)*KINDS + (kind))

/* Households with 1000 fen and 10 sheep, a county with 50 fen. */
static void books_init(struct books *self)
{
    struct sim_error error = {0};
    memset(self, 0, sizeof *self);
    sim_arena_init(&self->arena);
    check_ok(sim_ledger_init(&self->village, &type, &self->arena, &error), error);
    check_ok(sim_ledger_init(&self->county, &type, &self->arena, &error), error);
    self->village_count[AT(HOUSEHOLDS, MONEY)] = 1000;
    self->village_count[AT(HOUSEHOLDS, SHEEP)] = 10;
    self->village_count[AT(WORLD, MONEY)] = 77; /* not read: nobody counts the world */
    self->county_count[AT(COUNTY, MONEY)] = 50;
    sim_ledger_open(&self->village, self->village_count);
    sim_ledger_open(&self->county, self->county_count);
}

static void test_a_balanced_month_closes_and_adds_to_the_year(void **unused)
{
    (void)unused;
    struct books b;
    struct sim_error error = {0};
    books_init(&b);
    for (int month = 1; month <= 3; month++) {
        sim_ledger_post(&b.village, WAGES, 300);
        sim_ledger_post(&b.village, BIRTHS, 4);
        sim_ledger_post(&b.village, SALES, 1);
        b.village_count[AT(HOUSEHOLDS, MONEY)] += 300;
        b.village_count[AT(HOUSEHOLDS, SHEEP)] += 3;
        check_ok(sim_ledger_close(&b.village, b.village_count, &error), error);
        assert_int_equal(b.village.month[WAGES], 0);
        assert_int_equal(b.village.year[WAGES], 300 * month);
    }
    const struct sim_ledger *all[2] = {&b.village, &b.county};
    assert_int_equal(sim_ledger_sum(all, 2, WORLD, MONEY), -900);
    assert_int_equal(sim_ledger_sum(all, 2, WORLD, SHEEP), -9);
    sim_ledger_begin_year(&b.village);
    assert_int_equal(b.village.year[WAGES], 0);
    assert_int_equal(sim_ledger_sum(all, 2, HOUSEHOLDS, MONEY), 1900);
    sim_arena_free(&b.arena);
}

static void test_one_coin_too_much_is_refused_with_every_number(void **unused)
{
    (void)unused;
    for (int gap = -1; gap <= 1; gap += 2) {
        struct books b;
        struct sim_error error = {0};
        books_init(&b);
        sim_ledger_post(&b.village, WAGES, 300);
        sim_ledger_post(&b.village, TAX_SENT, 20);
        b.village_count[AT(HOUSEHOLDS, MONEY)] = 1280 + gap;
        assert_int_equal(sim_ledger_close(&b.village, b.village_count, &error), SIM_ERROR_BOOKS);
        assert_string_equal(error.message, gap > 0 ? "the books do not close: households, money: opening "
                                                     "1000 + in 300 - out 20 = expected 1280, "
                                                     "counted 1281, gap 1 fen (largest flow: wages)"
                                                   : "the books do not close: households, money: opening "
                                                     "1000 + in 300 - out 20 = expected 1280, "
                                                     "counted 1279, gap -1 fen (largest flow: wages)");
        /* Nothing is closed: the same month, counted right, closes. */
        assert_int_equal(b.village.month[WAGES], 300);
        assert_int_equal(b.village.year[WAGES], 0);
        b.village_count[AT(HOUSEHOLDS, MONEY)] = 1280;
        struct sim_error none = {0};
        check_ok(sim_ledger_close(&b.village, b.village_count, &none), none);
        sim_arena_free(&b.arena);
    }
}

static void test_a_stock_without_flow_may_not_change(void **unused)
{
    (void)unused;
    struct books b;
    struct sim_error error = {0};
    books_init(&b);
    b.village_count[AT(HOUSEHOLDS, SHEEP)] = 11;
    assert_int_equal(sim_ledger_close(&b.village, b.village_count, &error), SIM_ERROR_BOOKS);
    assert_non_null(
        strstr(error.message, "households, sheep: opening 10 + in 0 - out 0 = expected 10, counted 11"));
    assert_non_null(strstr(error.message, "largest flow: none"));
    sim_arena_free(&b.arena);
}

static void test_a_flow_below_zero_is_refused(void **unused)
{
    (void)unused;
    struct books b;
    struct sim_error error = {0};
    books_init(&b);
    sim_ledger_post(&b.village, WAGES, -5);
    b.village_count[AT(HOUSEHOLDS, MONEY)] = 995;
    assert_int_equal(sim_ledger_close(&b.village, b.village_count, &error), SIM_ERROR_BOOKS);
    assert_non_null(strstr(error.message, "flow wages is -5 fen"));
    sim_arena_free(&b.arena);
}

static void test_transit_holds_what_is_sent_and_not_received(void **unused)
{
    (void)unused;
    struct books b;
    struct sim_error error = {0};
    books_init(&b);
    const struct sim_ledger *all[2] = {&b.village, &b.county};
    sim_ledger_post(&b.village, TAX_SENT, 60);
    b.village_count[AT(HOUSEHOLDS, MONEY)] -= 60;
    check_ok(sim_ledger_close(&b.village, b.village_count, &error), error);
    check_ok(sim_ledger_close(&b.county, b.county_count, &error), error);
    assert_int_equal(sim_ledger_sum(all, 2, TRANSIT, MONEY), 60);
    sim_ledger_post(&b.county, TAX_RECEIVED, 45);
    b.county_count[AT(COUNTY, MONEY)] += 45;
    check_ok(sim_ledger_close(&b.village, b.village_count, &error), error);
    check_ok(sim_ledger_close(&b.county, b.county_count, &error), error);
    assert_int_equal(sim_ledger_sum(all, 2, TRANSIT, MONEY), 15);
    /* Everything there is, the world included, adds up to what there was. */
    int64_t total = 0;
    for (int account = 0; account < ACCOUNTS; account++)
        total += sim_ledger_sum(all, 2, account, MONEY);
    assert_int_equal(total, 1050);
    sim_arena_free(&b.arena);
}

static void test_books_are_saved_in_the_middle_of_a_month(void **unused)
{
    (void)unused;
    struct books a, b;
    struct sim_state state;
    struct sim_error error = {0};
    books_init(&a);
    books_init(&b);
    sim_ledger_post(&a.village, WAGES, 300);
    a.village_count[AT(HOUSEHOLDS, MONEY)] = 1300;
    check_ok(sim_ledger_close(&a.village, a.village_count, &error), error);
    sim_ledger_post(&a.village, WAGES, 7);
    sim_state_init(&state);
    check_ok(sim_ledger_save(&a.village, &state, &error), error);
    check_ok(sim_ledger_load(&b.village, &state, &error), error);
    assert_int_equal(state.at, state.n);
    a.village_count[AT(HOUSEHOLDS, MONEY)] = 1307;
    check_ok(sim_ledger_close(&b.village, a.village_count, &error), error);
    assert_int_equal(b.village.year[WAGES], 307);

    struct sim_ledger_type fewer = type;
    struct sim_ledger other;
    fewer.n_flows = FLOWS - 1;
    check_ok(sim_ledger_init(&other, &fewer, &a.arena, &error), error);
    state.at = 0;
    assert_int_equal(sim_ledger_load(&other, &state, &error), SIM_ERROR_FORMAT);
    struct sim_error torn = {0};
    state.at = 0;
    state.n -= 8;
    assert_int_equal(sim_ledger_load(&b.village, &state, &torn), SIM_ERROR_FORMAT);
    sim_state_free(&state);
    sim_arena_free(&a.arena);
    sim_arena_free(&b.arena);
}

static void test_a_flow_needs_two_ends(void **unused)
{
    (void)unused;
    static const struct sim_ledger_flow bad[] = {{"loop", MONEY, WORLD, WORLD, ""},
        {"kind", KINDS, WORLD, COUNTY, ""}, {"from", MONEY, -1, COUNTY, ""},
        {"to", MONEY, WORLD, ACCOUNTS, ""}};
    for (int i = 0; i < SIM_COUNT(bad); i++) {
        struct sim_arena arena;
        struct sim_ledger ledger;
        struct sim_error error = {0};
        struct sim_ledger_type wrong = type;
        wrong.flows = &bad[i];
        wrong.n_flows = 1;
        sim_arena_init(&arena);
        assert_int_equal(sim_ledger_init(&ledger, &wrong, &arena, &error), SIM_ERROR_MODEL);
        assert_non_null(strstr(error.message, bad[i].name));
        sim_arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_balanced_month_closes_and_adds_to_the_year),
        cmocka_unit_test(test_one_coin_too_much_is_refused_with_every_number),
        cmocka_unit_test(test_a_stock_without_flow_may_not_change),
        cmocka_unit_test(test_a_flow_below_zero_is_refused),
        cmocka_unit_test(test_transit_holds_what_is_sent_and_not_received),
        cmocka_unit_test(test_books_are_saved_in_the_middle_of_a_month),
        cmocka_unit_test(test_a_flow_needs_two_ends),
    };
    return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
