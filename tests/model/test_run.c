/* A run as a whole: laws 1 to 3 of the design, on the tiny county. Rung: definition. */
#include "tests/support/county.h"

#include "models/households/demography.h"
#include "sim/core/key.h"

static void digest_of(struct county_run *run, uint8_t out[SIM_DIGEST_BYTES])
{
    struct sim_error error = {0};
    check_ok(county_run_digest(run, out, &error), error);
}

static void test_state_is_the_same_for_any_scheduler_threads_and_partition(void **state)
{
    (void)state;
    const struct county_run_options options[] = {
        {SIM_SCHEDULER_SERIAL, 1, 0},
        {SIM_SCHEDULER_SERIAL, 1, 2},
        {SIM_SCHEDULER_OPENMP, 1, 1},
        {SIM_SCHEDULER_OPENMP, 2, 1},
        {SIM_SCHEDULER_OPENMP, 8, 1},
        {SIM_SCHEDULER_OPENMP, 2, 2},
    };
    struct county_fixture county;
    county_fixture_open(&county, TINY, "all", NULL, 0);
    uint8_t first[SIM_DIGEST_BYTES];
    for (int32_t i = 0; i < SIM_COUNT(options); i++) {
        struct county_run run;
        county_fixture_run(&county, &run, options[i], 0);
        uint8_t digest[SIM_DIGEST_BYTES];
        digest_of(&run, digest);
        if (i == 0)
            memcpy(first, digest, sizeof(first));
        assert_memory_equal(first, digest, SIM_DIGEST_BYTES);
        for (int32_t v = 0; v < county.scenario.n_villages; v++)
            check_ok(village_check(&run.villages[v], &county.error), county.error);
        county_run_free(&run);
    }
    county_fixture_close(&county);
}

static void test_tables_that_grow_in_parallel_give_the_same_state(void **state)
{
    (void)state;
    const char *const sets[] = {"programs.land.recipients=all", "programs.cattle.recipients=all",
        "programs.cattle.effects[0].herd.places=24 household", "programs.land.effects[0].land.plot=1 mu"};
    struct county_fixture county;
    county_fixture_open(&county, TINY, "all", sets, SIM_COUNT(sets));
    uint8_t digest[2][SIM_DIGEST_BYTES];
    for (int32_t i = 0; i < 2; i++) {
        struct county_run run;
        county_fixture_run(&county, &run, (struct county_run_options){0}, 1);
        sim_row capacity = run.villages[0].participations.head.capacity;
        county_run_free(&run);
        struct county_run_options options = {i == 0 ? SIM_SCHEDULER_SERIAL : SIM_SCHEDULER_OPENMP, 2, 1};
        county_fixture_run(&county, &run, options, 0);
        assert_true(run.villages[0].participations.head.capacity > capacity);
        assert_true(run.villages[1].participations.head.capacity > capacity);
        digest_of(&run, digest[i]);
        county_run_free(&run);
    }
    assert_memory_equal(digest[0], digest[1], SIM_DIGEST_BYTES);
    county_fixture_close(&county);
}

static void test_another_replicate_has_another_state(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "reference", NULL, 0);
    uint8_t digest[2][SIM_DIGEST_BYTES];
    for (uint64_t replicate = 1; replicate <= 2; replicate++) {
        struct county_run run = {0};
        struct county_run_options options = {0};
        check_ok(county_run_init(&run, &county.scenario, &county.founders, replicate, options, &county.error),
            county.error);
        check_ok(county_run_until(&run, county.scenario.first_month + 12, &county.error), county.error);
        digest_of(&run, digest[replicate - 1]);
        county_run_free(&run);
    }
    assert_memory_not_equal(digest[0], digest[1], SIM_DIGEST_BYTES);
    county_fixture_close(&county);
}

static void test_saved_and_loaded_run_continues_as_if_undisturbed(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "all", NULL, 0);
    struct county_run_options options = {0};
    struct county_run whole, half;
    county_fixture_run(&county, &whole, options, 0);
    /* Every month of the middle years is tried as the place to stop at: messages are under way in some. */
    for (int32_t months = 20; months <= 44; months += 3) {
        county_fixture_run(&county, &half, options, months);
        struct sim_state bytes;
        sim_state_init(&bytes);
        check_ok(county_run_save(&half, &bytes, &county.error), county.error);
        county_run_free(&half);
        struct county_run again = {0};
        check_ok(county_run_init(&again, &county.scenario, &county.founders, 1, options, &county.error),
            county.error);
        check_ok(county_run_load(&again, &bytes, &county.error), county.error);
        check_ok(county_run_until(&again, county.scenario.end_month, &county.error), county.error);
        uint8_t expected[SIM_DIGEST_BYTES], got[SIM_DIGEST_BYTES];
        digest_of(&whole, expected);
        digest_of(&again, got);
        assert_memory_equal(expected, got, SIM_DIGEST_BYTES);
        sim_state_free(&bytes);
        county_run_free(&again);
    }
    county_run_free(&whole);
    county_fixture_close(&county);
}

static void test_books_that_do_not_close_stop_the_run(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "reference", NULL, 0);
    struct county_run run;
    county_fixture_run(&county, &run, (struct county_run_options){0}, 6);
    run.villages[1].households.cash_fen[3] += 1; /* one fen from nowhere */
    int code = county_run_until(&run, county.scenario.first_month + 7, &county.error);
    assert_int_equal(code, SIM_ERROR_BOOKS);
    assert_non_null(strstr(county.error.message, "MONEY"));
    assert_non_null(strstr(county.error.message, "HOUSEHOLDS"));
    county_run_free(&run);
    county_fixture_close(&county);
}

static void test_monthly_round_allocates_nothing(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "reference", NULL, 0);
    struct county_run run;
    county_fixture_run(&county, &run, (struct county_run_options){0}, 24);
    int64_t before = county_run_allocs(&run);
    check_ok(county_run_until(&run, county.scenario.first_month + 48, &county.error), county.error);
    assert_int_equal(county_run_allocs(&run), before);
    county_run_free(&run);
    county_fixture_close(&county);
}

/* What couples households of a village, switched off: help, crowding of distress sales, crowded pasture,
 * disease of herds, shops' custom, marriage, posts, all markets of the place, what neighbours show of farming
 * and of leaving; and no households but the founding ones. */
static const char *const uncoupled[] = {"parameters.household.sharing=none",
    "parameters.household.distress_crowding=0", "county.pasture=100000 km^2",
    "parameters.demography.marriage=none", "parameters.demography.division=none",
    "parameters.enterprises.firms=none", "parameters.labour_market.matching=none",
    "parameters.local.spending=none", "parameters.land.rental=none", "parameters.land.reallotment=none",
    "parameters.markets.local_balance=none", "parameters.migration.network=0",
    "parameters.labour.farm_learning=0 1/year"};

/* Compares the first n households of village v, column by column. */
static void assert_households_equal(
    const struct county_run *a, const struct county_run *b, int32_t v, sim_row n, sim_row except)
{
    const struct household_table *x = &a->villages[v].households;
    const struct household_table *y = &b->villages[v].households;
    for (int32_t c = 0; c < household_table_type.n_columns; c++) {
        const struct sim_column *column = &household_table_type.columns[c];
        /* Rows of persons shift when a person is added; persons are compared by key below. */
        if (strcmp(column->name, "first_person") == 0)
            continue;
        int32_t bytes = sim_type_bytes(column->type);
        const char *p = *(char *const *)((const char *)x + column->offset);
        const char *q = *(char *const *)((const char *)y + column->offset);
        for (sim_row h = 0; h < n; h++)
            if (h != except && memcmp(p + (int64_t)h * bytes, q + (int64_t)h * bytes, (size_t)bytes) != 0) {
                print_error("village %d, household %d: column %s differs\n", v, h, column->name);
                fail();
            }
    }
    for (sim_row h = 0; h < n; h++) {
        if (h == except)
            continue;
        sim_row i = x->first_person[h], j = y->first_person[h];
        for (; i != SIM_ROW_NONE && j != SIM_ROW_NONE;
             i = a->villages[v].persons.next[i], j = b->villages[v].persons.next[j]) {
            assert_int_equal(a->villages[v].persons.key[i], b->villages[v].persons.key[j]);
            assert_int_equal(a->villages[v].persons.alive[i], b->villages[v].persons.alive[j]);
        }
        assert_int_equal(i, j);
    }
}

static sim_row add_person(
    struct county_fixture *county, struct village *village, sim_row household, sim_key key)
{
    sim_row person = sim_table_add(&village->persons, &person_table_type, village->arena, &county->error);
    assert_true(person >= 0);
    village->persons.key[person] = key;
    village->persons.household[person] = household;
    village->persons.next[person] = village->households.first_person[household];
    village->persons.born[person] = county->scenario.first_month - 12 * 30;
    village->persons.birth_month[person] = 1;
    village->persons.alive[person] = 1;
    village->persons.female[person] = 1;
    village->persons.spouse[person] = village->persons.mother[person] = SIM_ROW_NONE;
    village->persons.job[person] = PERSON_NO_JOB;
    village->households.first_person[household] = person;
    demography_recount(village, household, county->scenario.first_month);
    return person;
}

static void test_one_more_household_leaves_the_luck_of_the_others(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "reference", uncoupled, SIM_COUNT(uncoupled));
    struct county_run before, after;
    county_fixture_run(&county, &before, (struct county_run_options){0}, 0);
    struct village *village = &county.founders.villages[0];
    sim_row n = village->households.head.n;
    sim_row added = sim_table_add(&village->households, &household_table_type, village->arena, &county.error);
    assert_int_equal(added, n);
    village->households.key[added] = sim_key_text("one more household");
    village->households.present[added] = 1;
    village->households.ability[added] = 1.0;
    village->households.cash_fen[added] = 100000;
    village->households.permanent_fen[added] = 100000.0;
    village->households.first_person[added] = SIM_ROW_NONE;
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        assert_true(sim_table_add(&village->herds, &herd_table_type, village->arena, &county.error) >= 0);
    add_person(&county, village, added, sim_key_text("its only member"));
    county_fixture_run(&county, &after, (struct county_run_options){0}, 0);
    assert_int_equal(after.villages[0].households.head.n, n + 1);
    for (int32_t v = 0; v < county.scenario.n_villages; v++)
        assert_households_equal(&before, &after, v, before.villages[v].households.head.n, SIM_ROW_NONE);
    county_run_free(&before);
    county_run_free(&after);
    county_fixture_close(&county);
}

static void test_one_more_birth_leaves_the_luck_of_the_others(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "reference", uncoupled, SIM_COUNT(uncoupled));
    struct county_run before, after;
    county_fixture_run(&county, &before, (struct county_run_options){0}, 0);
    struct village *village = &county.founders.villages[1];
    sim_row mother = village->households.first_person[4];
    sim_row child = add_person(&county, village, 4, sim_key_make(village->persons.key[mother], 1, 0));
    village->persons.born[child] = county.scenario.first_month;
    demography_recount(village, 4, county.scenario.first_month);
    county_fixture_run(&county, &after, (struct county_run_options){0}, 0);
    for (int32_t v = 0; v < county.scenario.n_villages; v++)
        assert_households_equal(
            &before, &after, v, before.villages[v].households.head.n, v == 1 ? 4 : SIM_ROW_NONE);
    county_run_free(&before);
    county_run_free(&after);
    county_fixture_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_state_is_the_same_for_any_scheduler_threads_and_partition),
        cmocka_unit_test(test_tables_that_grow_in_parallel_give_the_same_state),
        cmocka_unit_test(test_another_replicate_has_another_state),
        cmocka_unit_test(test_saved_and_loaded_run_continues_as_if_undisturbed),
        cmocka_unit_test(test_books_that_do_not_close_stop_the_run),
        cmocka_unit_test(test_monthly_round_allocates_nothing),
        cmocka_unit_test(test_one_more_household_leaves_the_luck_of_the_others),
        cmocka_unit_test(test_one_more_birth_leaves_the_luck_of_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
