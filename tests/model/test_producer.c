/* A village's producers' cooperative: what it sells for, who delivers, how the surplus is paid, what a
 * manager may take, how it ends. Rung: hand values and definition, in a village drawn by hand. */
#include "tests/support/village.h"

#include "models/cooperatives/producer.h"
#include "models/livestock/livestock.h"

#define YUAN INT64_C(100)
#define SHEEP_FEN 75000.0

/* Keepers of so many ewes each, where transport takes a fifth of the outside price and a sheep is 750 CNY
 * outside; everybody in a village without a cooperative tries to found one. */
struct room {
    struct village_fixture fixture;
    struct village *village;
    struct cooperative_params *params;
    struct producer *coop;
};

static void open_room(struct room *self, int32_t n, int32_t ewes)
{
    memset(self, 0, sizeof(*self));
    village_fixture_open(&self->fixture);
    self->village = self->fixture.village;
    self->params = &self->fixture.scenario->cooperatives;
    self->coop = &self->village->coop;
    self->fixture.scenario->townships[self->village->config->township].transport = 0.2;
    self->fixture.run.board.price[GOOD_SHEEP] = SHEEP_FEN;
    self->params->organiser = 1.0;
    self->params->trust_spread = 0.0;
    for (int32_t i = 0; i < n; i++) {
        sim_row h = village_fixture_household(&self->fixture, 1);
        self->village->households.cash_fen[h] = 5000 * YUAN;
        self->village->herds.female[h * SPECIES_COUNT + SPECIES_SHEEP] = ewes;
    }
    village_fixture_begin(&self->fixture);
}

static void close_room(struct room *self)
{
    village_fixture_close(&self->fixture);
}

/* The month's prices: at the farm gate `rise` over export parity. */
static struct moment moment_of(const struct room *self, int32_t year, int32_t month, double rise)
{
    struct moment moment = village_fixture_moment(&self->fixture, year, month);
    moment.sell[GOOD_SHEEP] = 0.8 * SHEEP_FEN * rise;
    return moment;
}

static int32_t count_members(const struct room *self)
{
    int32_t n = 0;
    int64_t shares = 0;
    for (sim_row h = 0; h < self->village->households.head.n; h++) {
        n += self->village->households.is_coop_member[h];
        shares += self->village->households.coop_share_fen[h];
    }
    assert_int_equal(n, self->coop->members);
    assert_int_equal(shares, self->coop->share_fen);
    return n;
}

static void meet(struct room *self, int32_t year)
{
    struct moment moment = moment_of(self, year, 1, 1.0);
    check_ok(producer_year(self->village, &moment, &self->fixture.error), self->fixture.error);
    count_members(self);
}

/* A household sells for `fen` alone, or together where it prefers that; herds stay as they are. */
static bool sell(struct room *self, sim_row h, const struct moment *moment, int64_t fen)
{
    bool together = producer_takes(self->village, h, moment, GOOD_SHEEP);
    if (together) {
        producer_deliver(self->village, h, moment, GOOD_SHEEP, fen);
    } else {
        self->village->households.cash_fen[h] += fen;
        sim_ledger_post(&self->village->ledger, FLOW_ANIMAL_SALE, fen);
    }
    return together;
}

static void live_month(struct room *self, int32_t year, int32_t month, int64_t fen)
{
    struct moment moment = moment_of(self, year, month, 1.0);
    for (sim_row h = 0; fen > 0 && h < self->village->households.head.n; h++)
        sell(self, h, &moment, fen);
    producer_month(self->village, &moment);
    count_members(self);
    village_fixture_end_month(&self->fixture);
}

/* A year: the meeting, and in October everybody sells for as much. */
static void live_year(struct room *self, int32_t year, int64_t fen)
{
    meet(self, year);
    for (int32_t month = 1; month <= 12; month++)
        live_month(self, year, month, month == 10 ? fen : 0);
}

static void test_cooperative_is_founded_where_enough_households_gain(void **state)
{
    (void)state;
    struct room room;
    open_room(&room, 8, 600);
    meet(&room, 2016);
    assert_int_equal(room.coop->founded, sim_month_from_date(2016, 1));
    assert_int_equal(room.coop->members, 8);
    assert_int_equal(room.coop->cash_fen, 8 * 500 * YUAN);
    assert_int_equal(room.village->households.cash_fen[0], 4500 * YUAN);
    village_fixture_end_month(&room.fixture);
    close_room(&room);

    open_room(&room, 4, 3000); /* fewer than the least */
    meet(&room, 2016);
    assert_int_equal(room.coop->founded, 0);
    close_room(&room);
    open_room(&room, 8, 10); /* too little to sell for the fixed costs */
    meet(&room, 2016);
    assert_int_equal(room.coop->founded, 0);
    close_room(&room);
    open_room(&room, 8, 600); /* nothing to save */
    room.fixture.scenario->townships[room.village->config->township].transport = 0.0;
    struct moment near = moment_of(&room, 2016, 1, 1.25); /* the outside price */
    check_ok(producer_year(room.village, &near, &room.fixture.error), room.fixture.error);
    assert_int_equal(room.coop->founded, 0);
    close_room(&room);
    open_room(&room, 8, 600); /* nobody begins */
    room.params->organiser = 0.0;
    meet(&room, 2016);
    assert_int_equal(room.coop->founded, 0);
    close_room(&room);
}

static void test_sale_saves_a_share_of_the_transport(void **state)
{
    (void)state;
    struct room room;
    open_room(&room, 8, 600);
    meet(&room, 2016);
    room.coop->skill = 1.0;
    struct moment october = moment_of(&room, 2016, 10, 1.0);
    int64_t cash = room.village->households.cash_fen[0];
    int64_t advance = producer_deliver(room.village, 0, &october, GOOD_SHEEP, 80000 * YUAN);
    /* 100,000 CNY outside; alone 20,000 go in transport, together 10,000. */
    assert_in_range(room.coop->year_sales_fen, 90000 * YUAN - 1, 90000 * YUAN);
    assert_in_range(room.coop->year_costs_fen, 1800 * YUAN - 1, 1800 * YUAN);
    assert_in_range(advance, 68000 * YUAN - 1, 68000 * YUAN);
    assert_int_equal(room.village->households.cash_fen[0], cash + advance);
    /* Where the township's price is already better than what is left of the outside price, it sells there. */
    room.coop->year_sales_fen = 0;
    struct moment dear = moment_of(&room, 2016, 10, 1.2);
    producer_deliver(room.village, 1, &dear, GOOD_SHEEP, 80000 * YUAN);
    assert_int_equal(room.coop->year_sales_fen, 80000 * YUAN);
    village_fixture_end_month(&room.fixture);
    close_room(&room);
}

/* All is paid out and nothing taken, so that what a member gets a head is the price of selling together. */
static void test_cart_and_cooperative_save_no_freight_twice(void **state)
{
    (void)state;
    enum { HEADS = 100 };
    for (int32_t thorough = 0; thorough < 2; thorough++) {
        struct room room;
        open_room(&room, 8, 600);
        room.params->skim = room.params->reserve = room.params->costs = room.params->fixed_costs = 0.0;
        room.fixture.scenario->durables.cart_transport = 0.6;
        meet(&room, 2016);
        struct household_table *households = &room.village->households;
        room.coop->skill = thorough ? 2.0 : 1.0; /* 2: saves all that freight there is */
        households->durables[0] = 1u << DURABLE_CART;
        sim_ledger_post(&room.village->ledger, FLOW_DURABLE_BOUGHT, 1);
        struct moment october = moment_of(&room, 2016, 10, 1.0);
        double carted = durables_sale_factor(room.village, 0, &october, GOOD_SHEEP);
        check_near(carted, 0.92 / 0.8, 1e-12, 0.0);
        double got[8];
        for (sim_row h = 0; h < 8; h++) {
            double alone = HEADS * 0.8 * SHEEP_FEN * (h == 0 ? carted : 1.0);
            got[h] = (double)producer_deliver(room.village, h, &october, GOOD_SHEEP, (int64_t)(alone + 0.5));
            check_near(got[h], 0.85 * alone, 0.0, 2.0);
            got[h] -= (double)households->cash_fen[h];
        }
        meet(&room, 2017);
        for (sim_row h = 0; h < 8; h++) {
            got[h] += (double)households->cash_fen[h];
            assert_true(got[h] <= HEADS * SHEEP_FEN + 2.0);
        }
        /* Half of what freight is left, or all of it, is saved. */
        check_near(got[0], HEADS * SHEEP_FEN * (thorough ? 1.0 : 0.96), 0.0, 20.0);
        check_near(got[1], HEADS * SHEEP_FEN * (thorough ? 1.0 : 0.90), 0.0, 20.0);
        village_fixture_end_month(&room.fixture);
        close_room(&room);
    }
}

/* Who brings animals by cart gains less by a cooperative, and leaves it for the market sooner. */
static void test_cart_makes_members_sell_alone_sooner(void **state)
{
    (void)state;
    struct room room;
    open_room(&room, 40, 600);
    room.fixture.scenario->durables.cart_transport = 0.6;
    meet(&room, 2016);
    struct moment october = moment_of(&room, 2016, 10, 1.0);
    int32_t with[2] = {0, 0};
    room.params->advance = 1.0;
    room.coop->trust = 1.0;
    room.params->loyalty = 0.0;
    room.params->costs = 0.05; /* a cart's owner would pay 0.96 x 0.95 for 0.92 */
    for (int32_t has_cart = 0; has_cart < 2; has_cart++)
        for (sim_row h = 0; h < 40; h++) {
            room.village->households.durables[h] = (uint8_t)(has_cart << DURABLE_CART);
            with[has_cart] += producer_takes(room.village, h, &october, GOOD_SHEEP);
        }
    assert_int_equal(with[0], 40);
    assert_int_equal(with[1], 0);
    close_room(&room);
}

static int32_t count_deliveries(struct room *self, double rise)
{
    struct moment october = moment_of(self, 2016, 10, rise);
    int32_t n = 0;
    for (sim_row h = 0; h < self->village->households.head.n; h++)
        n += producer_takes(self->village, h, &october, GOOD_SHEEP);
    return n;
}

static void test_members_sell_alone_when_the_market_rises_over_the_advance(void **state)
{
    (void)state;
    struct room room;
    open_room(&room, 40, 600);
    meet(&room, 2016);
    assert_int_equal(room.coop->members, 40);
    for (int32_t month = 1; month <= 9; month++)
        live_month(&room, 2016, month, 0); /* the advance is set in August */
    assert_int_equal(count_deliveries(&room, 1.0), 40);
    int32_t some = count_deliveries(&room, 1.08);
    assert_in_range(some, 5, 35);
    assert_int_equal(room.coop->year_side_sold, 40 - some);
    assert_int_equal(count_deliveries(&room, 1.3), 0);
    room.params->loyalty *= 4.0;
    assert_true(count_deliveries(&room, 1.08) > some);
    close_room(&room);
}

static void test_patronage_is_split_by_deliveries_to_the_coin(void **state)
{
    (void)state;
    struct room room;
    open_room(&room, 7, 600);
    room.params->reserve = 0.0;
    room.params->skim = 0.0;
    meet(&room, 2016);
    struct household_table *households = &room.village->households;
    struct moment october = moment_of(&room, 2016, 10, 1.0);
    int64_t total = 0, before[7];
    for (sim_row h = 0; h < 7; h++) {
        int64_t fen = (h < 2 ? 10000 : 3000 + 1111 * h) * YUAN + h / 2;
        producer_deliver(room.village, h, &october, GOOD_SHEEP, fen);
        total += fen;
    }
    for (sim_row h = 0; h < 7; h++)
        before[h] = households->cash_fen[h];
    int64_t surplus = room.coop->year_sales_fen - room.coop->year_costs_fen - room.coop->year_advance_fen;
    meet(&room, 2017);
    assert_int_equal(room.coop->year_refund_fen, surplus);
    int64_t paid = 0;
    for (sim_row h = 0; h < 7; h++) {
        int64_t refund = households->cash_fen[h] - before[h];
        int64_t delivered = (h < 2 ? 10000 : 3000 + 1111 * h) * YUAN + h / 2;
        check_near((double)refund, (double)surplus * (double)delivered / (double)total, 0.0, 1.0);
        assert_int_equal(households->income_herd_fen[h], refund);
        assert_int_equal(households->coop_patronage_fen[h], 0);
        paid += refund;
    }
    assert_int_equal(paid, surplus);
    assert_int_equal(room.coop->cash_fen, room.coop->share_fen);
    /* Twins who delivered the same get the same, but for a coin that cannot be split. */
    assert_in_range(households->cash_fen[0] - households->cash_fen[1] + 1, 0, 2);
    village_fixture_end_month(&room.fixture);
    close_room(&room);
}

static void test_losses_and_the_reserve_come_before_patronage(void **state)
{
    (void)state;
    struct room room;
    open_room(&room, 8, 600);
    room.params->skim = 0.0;
    room.params->share = 1000.0;
    meet(&room, 2016);
    for (int32_t month = 1; month <= 12; month++)
        live_month(&room, 2016, month, 0); /* all sell alone: the fixed costs eat the shares */
    int64_t loss = room.coop->share_fen - room.coop->cash_fen;
    assert_in_range(loss, 4998 * YUAN, 5000 * YUAN);
    meet(&room, 2017);
    assert_int_equal(room.coop->year_refund_fen, 0);
    for (int32_t month = 1; month <= 12; month++)
        live_month(&room, 2017, month, month == 10 ? 20000 * YUAN : 0);
    int64_t surplus = room.coop->year_sales_fen - room.coop->year_costs_fen - room.coop->year_advance_fen;
    meet(&room, 2018);
    assert_in_range(surplus - loss - room.coop->year_refund_fen, 1, surplus); /* something is kept */
    check_near((double)room.coop->year_refund_fen, 0.9 * (double)(surplus - loss), 0.0, 2.0);
    /* A full reserve takes no more. */
    for (int32_t year = 2018; year <= 2022; year++) {
        if (year > 2018)
            meet(&room, year);
        for (int32_t month = 1; month <= 12; month++)
            live_month(&room, year, month, month == 10 ? 20000 * YUAN : 0);
    }
    surplus = room.coop->year_sales_fen - room.coop->year_costs_fen - room.coop->year_advance_fen;
    meet(&room, 2023);
    assert_int_equal(room.coop->cash_fen - room.coop->share_fen, 5000 * YUAN);
    assert_int_equal(room.coop->year_refund_fen, surplus);
    close_room(&room);
}

static void test_manager_who_takes_too_much_loses_the_members(void **state)
{
    (void)state;
    int32_t members[2];
    int64_t taken[2];
    for (int32_t i = 0; i < 2; i++) {
        struct room room;
        open_room(&room, 20, 600);
        room.params->oversight = 0.0; /* nobody votes */
        room.params->skim = 0.12;
        room.params->distrust = 100;
        meet(&room, 2016);
        assert_int_equal(room.coop->members, 20);
        sim_row manager = room.coop->manager;
        taken[i] = 0;
        for (int32_t year = 2016; year <= 2020; year++) {
            if (year > 2016)
                meet(&room, year);
            room.coop->skill = 1.0;
            room.coop->honesty = i == 0 ? 1.0 : 0.0;
            for (int32_t month = 1; month <= 12; month++)
                live_month(&room, year, month, month == 10 ? 20000 * YUAN : 0);
            taken[i] += room.coop->year_skimmed_fen;
            if (year == 2016)
                assert_int_equal(room.village->households.income_property_fen[manager], taken[i]);
        }
        members[i] = room.coop->members;
        close_room(&room);
    }
    assert_int_equal(members[0], 20);
    assert_int_equal(taken[0], 0);
    assert_true(taken[1] > 0);
    assert_true(members[1] <= 10); /* the most loyal may stay */
}

static void test_less_freight_saved_lowers_refund_and_trust(void **state)
{
    (void)state;
    int64_t refund[2];
    double trust[2];
    for (int32_t i = 0; i < 2; i++) {
        struct room room;
        open_room(&room, 12, 600);
        room.params->skim = 0.0;
        room.params->oversight = 0.0;
        room.params->reserve = 0.0;
        meet(&room, 2016);
        room.coop->skill = i == 0 ? 1.5 : 0.5;
        for (int32_t month = 1; month <= 12; month++)
            live_month(&room, 2016, month, month == 10 ? 20000 * YUAN : 0);
        meet(&room, 2017);
        refund[i] = room.coop->year_refund_fen;
        trust[i] = room.coop->trust;
        close_room(&room);
    }
    /* Three quarters against one quarter of the transport of 300,000 CNY outside, less variable costs. */
    check_near((double)(refund[0] - refund[1]), 0.5 * 0.2 * 0.98 * 300000.0 * 100.0, 0.0, 100.0);
    assert_true(trust[0] > trust[1]);
}

static void test_members_vote_out_a_manager_under_whom_the_surplus_is_missing(void **state)
{
    (void)state;
    struct room room;
    open_room(&room, 12, 600);
    room.params->skim = 0.5;
    room.params->learning = 0.0; /* patient members, and nothing to pay */
    room.params->fixed_costs = 0.0;
    room.params->oversight = 0.5;
    meet(&room, 2016);
    int32_t changes = 0;
    for (int32_t year = 2016; year <= 2023 && room.coop->founded > 0; year++) {
        sim_row manager = room.coop->manager;
        if (year > 2016)
            meet(&room, year);
        if (room.coop->founded > 0 && room.coop->manager != manager) {
            changes++;
            check_near(room.coop->trust, room.params->trust, 0.0, 1e-12);
        }
        room.coop->honesty = 0.0;
        for (int32_t month = 1; month <= 12; month++)
            live_month(&room, year, month, month == 10 ? 20000 * YUAN : 0);
    }
    assert_true(changes >= 1);
    close_room(&room);
}

static void test_cooperative_out_of_money_is_dissolved_and_shares_are_lost(void **state)
{
    (void)state;
    struct room room;
    open_room(&room, 8, 600);
    meet(&room, 2016);
    int64_t shares = room.coop->share_fen;
    room.params->fixed_costs = 12000.0; /* a thousand a month: four months */
    for (int32_t month = 1; month <= 9; month++) {
        assert_int_equal(room.coop->founded, sim_month_from_date(2016, 1));
        live_month(&room, 2016, month, 0);
    }
    assert_int_equal(room.coop->cash_fen, 0);
    live_month(&room, 2016, 10, 0); /* the sixth month without */
    assert_int_equal(room.coop->founded, 0);
    assert_int_equal(room.coop->failed, sim_month_from_date(2016, 10));
    assert_int_equal(room.coop->members, 0);
    assert_int_equal(room.coop->cum_lost_fen, shares);
    for (sim_row h = 0; h < 8; h++) {
        assert_int_equal(room.village->households.cash_fen[h], 4500 * YUAN);
        assert_int_equal(room.village->households.income_property_fen[h], 0);
    }
    room.params->fixed_costs = 5000.0;
    for (int32_t year = 2017; year <= 2021; year++) { /* nobody tries again for five years */
        meet(&room, year);
        assert_int_equal(room.coop->founded, 0);
    }
    meet(&room, 2022);
    assert_int_equal(room.coop->founded, sim_month_from_date(2022, 1));
    close_room(&room);
}

static void test_too_few_members_wind_up_and_share_all_there_is(void **state)
{
    (void)state;
    struct room room;
    open_room(&room, 6, 600);
    room.params->fixed_costs = 0.0;
    meet(&room, 2016);
    assert_int_equal(room.coop->members, 6);
    for (int32_t month = 1; month <= 12; month++)
        live_month(&room, 2016, month, 0);
    for (sim_row h = 0; h < 2; h++) /* herds are gone, so that membership is worth nothing */
        room.village->herds.female[h * SPECIES_COUNT + SPECIES_SHEEP] = 0;
    struct moment april = moment_of(&room, 2017, 4, 1.0);
    int64_t counted[ACCOUNT_COUNT * KIND_COUNT];
    village_count(room.village, counted);
    sim_ledger_open(&room.village->ledger, counted);
    meet(&room, april.year);
    assert_int_equal(room.coop->founded, 0);
    assert_int_equal(room.coop->cash_fen, 0);
    assert_int_equal(room.coop->cum_lost_fen, 0);
    for (sim_row h = 0; h < 6; h++)
        assert_int_equal(room.village->households.cash_fen[h], 5000 * YUAN);
    village_fixture_end_month(&room.fixture);
    close_room(&room);
}

static void test_leaving_is_free(void **state)
{
    (void)state;
    struct room room;
    open_room(&room, 9, 600);
    room.params->fixed_costs = 0.0;
    meet(&room, 2016);
    assert_int_equal(room.coop->members, 9);
    producer_release(room.village, 0); /* a household that ends */
    assert_int_equal(room.village->households.cash_fen[0], 5000 * YUAN);
    assert_int_equal(count_members(&room), 8);
    room.village->households.present[0] = 0;
    room.village->herds.female[SPECIES_COUNT + SPECIES_SHEEP] = 0; /* the second has nothing to sell */
    meet(&room, 2017);
    assert_int_equal(room.village->households.is_coop_member[1], 0);
    assert_int_equal(room.village->households.cash_fen[1], 5000 * YUAN);
    assert_int_equal(room.village->households.year_cash_fen[1], 0); /* one's own money back is no income */
    assert_int_equal(room.coop->year_left, 1);
    assert_int_equal(count_members(&room), 7);
    /* Who was the manager and is gone is replaced. */
    sim_row manager = room.coop->manager;
    producer_release(room.village, manager);
    room.village->households.present[manager] = 0;
    assert_int_equal(room.coop->manager, SIM_ROW_NONE);
    meet(&room, 2018);
    assert_true(room.coop->manager >= 0 && room.coop->manager != manager);
    close_room(&room);
}

static void test_the_last_member_takes_what_is_left(void **state)
{
    (void)state;
    struct room room;
    open_room(&room, 6, 600);
    room.params->fixed_costs = 0.0;
    meet(&room, 2016);
    struct moment october = moment_of(&room, 2016, 10, 1.0);
    producer_deliver(room.village, 3, &october, GOOD_SHEEP, 10000 * YUAN);
    for (sim_row h = 0; h < 6; h++)
        producer_release(room.village, h);
    assert_int_equal(room.coop->cash_fen, 0);
    assert_int_equal(count_members(&room), 0);
    assert_true(room.village->households.income_property_fen[5] > 0);
    village_fixture_end_month(&room.fixture);
    close_room(&room);
}

static void test_switched_off_there_is_none(void **state)
{
    (void)state;
    struct room room;
    open_room(&room, 12, 600);
    room.params->producers = 0;
    for (int32_t year = 2016; year <= 2018; year++)
        live_year(&room, year, 20000 * YUAN);
    const struct producer none = {0};
    assert_memory_equal(room.coop, &none, sizeof(none));
    for (sim_row h = 0; h < 12; h++)
        assert_int_equal(room.village->households.cash_fen[h], (5000 + 3 * 20000) * YUAN);
    close_room(&room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cooperative_is_founded_where_enough_households_gain),
        cmocka_unit_test(test_sale_saves_a_share_of_the_transport),
        cmocka_unit_test(test_cart_and_cooperative_save_no_freight_twice),
        cmocka_unit_test(test_cart_makes_members_sell_alone_sooner),
        cmocka_unit_test(test_members_sell_alone_when_the_market_rises_over_the_advance),
        cmocka_unit_test(test_patronage_is_split_by_deliveries_to_the_coin),
        cmocka_unit_test(test_losses_and_the_reserve_come_before_patronage),
        cmocka_unit_test(test_manager_who_takes_too_much_loses_the_members),
        cmocka_unit_test(test_less_freight_saved_lowers_refund_and_trust),
        cmocka_unit_test(test_members_vote_out_a_manager_under_whom_the_surplus_is_missing),
        cmocka_unit_test(test_cooperative_out_of_money_is_dissolved_and_shares_are_lost),
        cmocka_unit_test(test_too_few_members_wind_up_and_share_all_there_is),
        cmocka_unit_test(test_leaving_is_free),
        cmocka_unit_test(test_the_last_member_takes_what_is_left),
        cmocka_unit_test(test_switched_off_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
