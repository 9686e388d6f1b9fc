/* Accidents: how many, whom, what is lost. Rung: closed form over drawn households; tolerances are four
 * standard errors. */
#include "tests/support/village.h"

#include "models/shocks/accident.h"

enum { HOUSEHOLDS = 500, MONTHS = 240 };
#define STORE ((int64_t)1000000)

struct toll {
    double accidents;
    double grain_g;
    double cash_fen;
    double durables;
    double houses;
};

static void draw_village(struct village_fixture *fixture)
{
    village_fixture_open(fixture);
    struct shock_params *params = &fixture->scenario->shocks;
    params->accidents = 1;
    params->accident_rate = 0.02;
    params->accident_share = 0.4;
    params->accident_cash = 0.3;
}

static void furnish(struct household_table *households, sim_row h)
{
    households->grain_g[h] = households->hay_g[h] = households->cash_fen[h] = STORE;
    households->durables[h] = 1U << DURABLE_CART | 1U << DURABLE_SHOP;
    households->services[h] = 1U << SERVICE_HOUSE | 1U << SERVICE_WATER;
}

static struct toll live(struct village_fixture *fixture)
{
    struct household_table *households = &fixture->village->households;
    struct toll toll = {0};
    for (int32_t i = 0; i < MONTHS; i++) {
        for (sim_row h = 0; h < households->head.n; h++)
            furnish(households, h);
        village_fixture_begin(fixture);
        struct moment moment = village_fixture_moment(fixture, 2015 + i / 12, i % 12 + 1);
        accident_month(fixture->village, &moment);
        village_fixture_end_month(fixture);
        for (sim_row h = 0; h < households->head.n; h++) {
            bool is_hit = households->durables[h] != (1U << DURABLE_CART | 1U << DURABLE_SHOP);
            toll.accidents += is_hit;
            toll.grain_g += (double)(STORE - households->grain_g[h]);
            toll.cash_fen += (double)(STORE - households->cash_fen[h]);
            toll.durables += 2 - __builtin_popcount(households->durables[h]);
            toll.houses += (households->services[h] >> SERVICE_HOUSE & 1) == 0;
            assert_int_equal(households->grain_g[h], households->hay_g[h]);
            assert_true(households->services[h] >> SERVICE_WATER & 1); /* nothing else is touched */
            assert_int_equal(household_income(households, h), 0);      /* wealth, and no income */
        }
    }
    return toll;
}

static void test_accidents_come_at_their_rate_and_books_close(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    for (int32_t i = 0; i < HOUSEHOLDS; i++)
        village_fixture_household(&fixture, 1);
    struct toll toll = live(&fixture);
    double n = (double)HOUSEHOLDS * MONTHS * 0.02 / 12.0;
    check_near(toll.accidents, n, 0.0, 4.0 * sqrt(n));
    check_near(toll.durables, toll.accidents, 0.0, 0.0); /* one each */
    double error = 4.0 / sqrt(3.0 * toll.accidents);     /* of the mean of a uniform, relative to it */
    check_near(toll.grain_g / toll.accidents, 0.4 * (double)STORE, error, 1.0);
    check_near(toll.cash_fen, 0.3 * toll.grain_g, 0.0, toll.accidents);
    check_near(toll.houses / toll.accidents, 0.5, 0.0, 4.0 * 0.5 / sqrt(toll.accidents));
    village_fixture_close(&fixture);
}

static void test_no_accident_happens_when_they_are_switched_off(void **state)
{
    (void)state;
    struct village_fixture fixture;
    draw_village(&fixture);
    fixture.scenario->shocks.accidents = 0;
    for (int32_t i = 0; i < HOUSEHOLDS; i++)
        village_fixture_household(&fixture, 1);
    assert_true(live(&fixture).accidents == 0.0);
    village_fixture_close(&fixture);
}

/* Whom an accident befalls hangs on its own ticket: one household more takes an accident to itself, or none.
 */
static void test_one_more_household_hardly_moves_the_accidents_of_others(void **state)
{
    (void)state;
    uint8_t hit[2][MONTHS][HOUSEHOLDS];
    for (int32_t arm = 0; arm < 2; arm++) {
        struct village_fixture fixture;
        draw_village(&fixture);
        struct household_table *households = &fixture.village->households;
        for (int32_t i = 0; i < HOUSEHOLDS + arm; i++)
            village_fixture_household(&fixture, 1);
        for (int32_t i = 0; i < MONTHS; i++) {
            for (sim_row h = 0; h < households->head.n; h++)
                furnish(households, h);
            village_fixture_begin(&fixture);
            struct moment moment = village_fixture_moment(&fixture, 2015 + i / 12, i % 12 + 1);
            accident_month(fixture.village, &moment);
            for (sim_row h = 0; h < HOUSEHOLDS; h++)
                hit[arm][i][h] = households->grain_g[h] < STORE;
        }
        village_fixture_close(&fixture);
    }
    int32_t apart = 0;
    for (int32_t i = 0; i < MONTHS; i++)
        for (int32_t h = 0; h < HOUSEHOLDS; h++)
            apart += hit[0][i][h] != hit[1][i][h];
    assert_true(apart <= 4); /* of some 200 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accidents_come_at_their_rate_and_books_close),
        cmocka_unit_test(test_no_accident_happens_when_they_are_switched_off),
        cmocka_unit_test(test_one_more_household_hardly_moves_the_accidents_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
