/* What homes have (statistical: fixed seed, bounds of six standard errors; definition). */
#include "models/households/home.h"

#include "tests/support/village.h"

enum { HOMES = 4000 };

static int32_t having(const struct village_fixture *f, enum service service)
{
    int32_t n = 0;
    for (sim_row h = 0; h < f->village->households.head.n; h++)
        n += f->village->households.services[h] >> service & 1;
    return n;
}

static void live_january(struct village_fixture *f, int32_t year)
{
    struct moment moment = village_fixture_moment(f, year, 1);
    home_year(f->village, &moment);
}

static void open_homes(struct village_fixture *f)
{
    village_fixture_open(f);
    for (int32_t i = 0; i < HOMES; i++)
        village_fixture_household(f, 1);
    f->scenario->home.house = 0.6;
    f->scenario->home.water = 0.3;
    f->scenario->home.power = 1.0;
    f->scenario->home.extension = 0.25;
}

static void test_the_first_january_draws_the_founding_shares(void **state)
{
    (void)state;
    struct village_fixture f;
    open_homes(&f);
    live_january(&f, sim_month_year(f.scenario->first_month));
    check_near((double)having(&f, SERVICE_HOUSE) / HOMES, 0.6, 0, 6 * sqrt(0.24 / HOMES));
    check_near((double)having(&f, SERVICE_WATER) / HOMES, 0.3, 0, 6 * sqrt(0.21 / HOMES));
    assert_int_equal(having(&f, SERVICE_POWER), HOMES);
    village_fixture_close(&f);
}

static void test_a_year_reaches_its_share_of_those_without_and_takes_from_nobody(void **state)
{
    (void)state;
    struct village_fixture f;
    open_homes(&f);
    int32_t first = sim_month_year(f.scenario->first_month);
    live_january(&f, first);
    uint8_t before[HOMES];
    memcpy(before, f.village->households.services, HOMES);
    double without = HOMES - having(&f, SERVICE_WATER);
    live_january(&f, first + 1);
    for (int32_t h = 0; h < HOMES; h++)
        assert_int_equal(before[h] & ~f.village->households.services[h], 0);
    double left = HOMES - having(&f, SERVICE_WATER);
    check_near(left / without, 0.75, 0, 6 * sqrt(0.1875 / without));
    /* Another year has luck of its own. */
    live_january(&f, first + 2);
    check_near((HOMES - having(&f, SERVICE_WATER)) / left, 0.75, 0, 6 * sqrt(0.1875 / left));
    village_fixture_close(&f);
}

static void test_luck_hangs_on_the_key_and_not_on_the_row(void **state)
{
    (void)state;
    struct village_fixture f;
    open_homes(&f);
    int32_t first = sim_month_year(f.scenario->first_month);
    struct household_table *households = &f.village->households;
    live_january(&f, first);
    live_january(&f, first + 1);
    uint8_t there = households->services[7];
    sim_key key = households->key[7];
    households->key[7] = households->key[11];
    households->key[11] = key;
    live_january(&f, first);
    live_january(&f, first + 1);
    assert_int_equal(households->services[11], there);
    village_fixture_close(&f);
}

static void test_founding_homes_are_the_same_in_every_replicate(void **state)
{
    (void)state;
    uint8_t founded[2][HOMES], later[2][HOMES];
    for (int32_t i = 0; i < 2; i++) {
        struct village_fixture f;
        open_homes(&f);
        f.village->luck.replicate = (uint64_t)(1 + i);
        int32_t first = sim_month_year(f.scenario->first_month);
        live_january(&f, first);
        memcpy(founded[i], f.village->households.services, HOMES);
        live_january(&f, first + 1);
        memcpy(later[i], f.village->households.services, HOMES);
        village_fixture_close(&f);
    }
    assert_memory_equal(founded[0], founded[1], HOMES);
    assert_memory_not_equal(later[0], later[1], HOMES);
}

static void test_none_leaves_homes_out(void **state)
{
    (void)state;
    struct village_fixture f;
    open_homes(&f);
    f.scenario->home.homes = 0;
    live_january(&f, sim_month_year(f.scenario->first_month));
    for (int32_t service = 0; service < SERVICES; service++)
        assert_int_equal(having(&f, (enum service)service), 0);
    village_fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_january_draws_the_founding_shares),
        cmocka_unit_test(test_a_year_reaches_its_share_of_those_without_and_takes_from_nobody),
        cmocka_unit_test(test_luck_hangs_on_the_key_and_not_on_the_row),
        cmocka_unit_test(test_founding_homes_are_the_same_in_every_replicate),
        cmocka_unit_test(test_none_leaves_homes_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
