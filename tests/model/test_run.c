/* A run as a whole: laws 1 to 3 of the design, on the tiny county and on Tashkurgan. Rung: definition. */
#include "tests/support/county.h"

#include <stdio.h>
#include <stdlib.h>

#include "models/households/demography.h"
#include "sim/core/key.h"

static void digest_of(struct county_run *run, uint8_t out[SIM_DIGEST_BYTES])
{
    struct sim_error error = {0};
    check_ok(county_run_digest(run, out, &error), error);
}

static void check_state(const struct county_run *run, struct sim_error *error)
{
    for (int32_t v = 0; v < run->scenario->n_villages; v++)
        check_ok(village_check(&run->villages[v], error), *error);
    check_ok(hub_check(&run->hub, error), *error);
}

static void test_state_is_the_same_for_any_scheduler_threads_and_partition(void **state)
{
    (void)state;
    const struct county_run_options options[] = {
        {.scheduler = SIM_SCHEDULER_SERIAL, .n_threads = 1, .villages_per_partition = 0},
        {.scheduler = SIM_SCHEDULER_SERIAL, .n_threads = 1, .villages_per_partition = 2},
        {.scheduler = SIM_SCHEDULER_THREADS, .n_threads = 1, .villages_per_partition = 1},
        {.scheduler = SIM_SCHEDULER_THREADS, .n_threads = 2, .villages_per_partition = 1},
        {.scheduler = SIM_SCHEDULER_THREADS, .n_threads = 8, .villages_per_partition = 1},
        {.scheduler = SIM_SCHEDULER_THREADS, .n_threads = 2, .villages_per_partition = 2},
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
        check_state(&run, &county.error);
        county_run_free(&run);
    }
    county_fixture_close(&county);
}

/* Golden: release builds take clones for wide vectors, sanitized ones plain code at another level of
 * optimisation, and all must come to this. A change marked [numbers] puts another digest here. */
static void test_every_build_and_processor_comes_to_the_same_state(void **state)
{
    static const char golden[] = "3e0d59c068c385dc7315374503c1d63b5a9750ff699fc53c46aea6c8c2e176fa";
    (void)state;
    struct county_fixture county;
    struct county_run run;
    uint8_t digest[SIM_DIGEST_BYTES];
    char text[SIM_DIGEST_TEXT];
    county_fixture_open(&county, TINY, "all", NULL, 0);
    county_fixture_run(&county, &run, (struct county_run_options){0}, 0);
    digest_of(&run, digest);
    sim_digest_text(digest, text);
    assert_string_equal(text, golden);
    county_run_free(&run);
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
        struct county_run_options options = {
            .scheduler = i == 0 ? SIM_SCHEDULER_SERIAL : SIM_SCHEDULER_THREADS,
            .n_threads = 2,
            .villages_per_partition = 1};
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
    for (int32_t months = 20; months <= 44; months++) {
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

/* A county with all that the tiny one has too little of: towns with firms, a treasury, cooperatives,
 * migrants, and the three programs at work. */
#define TASHKURGAN PAMIR_SOURCE_DIR "/scenarios/experiments/tashkurgan.yaml"
static const char *const short_horizon[] = {"to=2018-12", "panel=0", "programs.land.approve=2016-03",
    "programs.yak.approve=2016-03", "programs.cattle.approve=2016-03"};

/* Says that what is compared is there. */
static void assert_has_every_family(const struct county_run *run)
{
    int64_t firms = 0, members = 0, migrants = 0, sent = 0, cooperatives = 0, posts = 0;
    for (sim_row firm = 0; firm < run->hub.firms.head.n; firm++)
        firms += run->hub.firms.running[firm];
    for (int32_t v = 0; v < run->scenario->n_villages; v++) {
        const struct village *village = &run->villages[v];
        cooperatives += village->coop.founded > 0;
        members += village->coop.members;
        migrants += village->report.migrants;
        sent += village->report.social_fen;
        posts += village->report.jobs;
    }
    assert_true(run->board.towns.head.n == run->scenario->n_townships && run->scenario->n_townships > 5);
    assert_true(firms > 20 && cooperatives > 0 && members > 0 && migrants > 0 && sent > 0 && posts > 100);
    assert_true(run->hub.treasury.year_transfer_fen > 0);
    bool any = false;
    for (int32_t scheme = 0; scheme < run->scenario->n_schemes; scheme++)
        any |= run->hub.schemes.running[scheme];
    assert_true(any);
}

static void test_county_of_many_towns_is_the_same_for_any_threads_and_partition(void **state)
{
    (void)state;
    const struct county_run_options options[] = {
        {.scheduler = SIM_SCHEDULER_SERIAL, .n_threads = 1, .villages_per_partition = 0},
        {.scheduler = SIM_SCHEDULER_THREADS, .n_threads = 2, .villages_per_partition = 1},
        {.scheduler = SIM_SCHEDULER_THREADS, .n_threads = 8, .villages_per_partition = 5},
    };
    struct county_fixture county;
    county_fixture_open(&county, TASHKURGAN, "all", short_horizon, SIM_COUNT(short_horizon));
    uint8_t first[SIM_DIGEST_BYTES];
    for (int32_t i = 0; i < SIM_COUNT(options); i++) {
        struct county_run run;
        county_fixture_run(&county, &run, options[i], 40);
        assert_has_every_family(&run);
        check_state(&run, &county.error);
        uint8_t digest[SIM_DIGEST_BYTES];
        digest_of(&run, digest);
        if (i == 0)
            memcpy(first, digest, sizeof(first));
        assert_memory_equal(first, digest, SIM_DIGEST_BYTES);
        county_run_free(&run);
    }
    county_fixture_close(&county);
}

static void test_county_of_many_towns_is_saved_and_loaded_whole(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TASHKURGAN, "all", short_horizon, SIM_COUNT(short_horizon));
    struct county_run_options options = {0};
    struct county_run whole;
    county_fixture_run(&county, &whole, options, 0);
    assert_has_every_family(&whole);
    uint8_t expected[SIM_DIGEST_BYTES], got[SIM_DIGEST_BYTES];
    digest_of(&whole, expected);
    county_run_free(&whole);
    /* The first month; a December, before the cooperatives' meetings; a summer with works under way. */
    const int32_t months[] = {1, 24, 43};
    for (int32_t i = 0; i < SIM_COUNT(months); i++) {
        struct county_run half, again = {0};
        county_fixture_run(&county, &half, options, months[i]);
        struct sim_state bytes;
        sim_state_init(&bytes);
        check_ok(county_run_save(&half, &bytes, &county.error), county.error);
        digest_of(&half, got);
        county_run_free(&half);
        check_ok(county_run_init(&again, &county.scenario, &county.founders, 1, options, &county.error),
            county.error);
        check_ok(county_run_load(&again, &bytes, &county.error), county.error);
        sim_state_free(&bytes);
        uint8_t loaded[SIM_DIGEST_BYTES];
        digest_of(&again, loaded);
        assert_memory_equal(got, loaded, SIM_DIGEST_BYTES);
        check_state(&again, &county.error);
        check_ok(county_run_until(&again, county.scenario.end_month, &county.error), county.error);
        digest_of(&again, got);
        assert_memory_equal(expected, got, SIM_DIGEST_BYTES);
        county_run_free(&again);
    }
    county_fixture_close(&county);
}

/* Prints a village's state, or the county's when v is negative, and says whether `text` is in it. */
static bool is_printed(const struct county_run *run, int32_t v, const char *text)
{
    char *printed = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&printed, &n);
    assert_non_null(out);
    if (v < 0)
        hub_print_state(&run->hub, out);
    else
        village_print_state(&run->villages[v], out);
    assert_int_equal(fclose(out), 0);
    bool found = strstr(printed, text) != NULL;
    free(printed);
    return found;
}

static void test_printed_state_ends_with_what_the_check_says(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TASHKURGAN, "all", short_horizon, SIM_COUNT(short_horizon));
    struct county_run run;
    county_fixture_run(&county, &run, (struct county_run_options){0}, 30);
    assert_true(is_printed(&run, -1, "check: good"));
    assert_true(is_printed(&run, 7, "check: good"));
    const char *const parts[] = {"treasury", "wage_factor", "productivity", "fund_fen", "yak"};
    for (int32_t i = 0; i < SIM_COUNT(parts); i++)
        assert_true(is_printed(&run, -1, parts[i]));
    run.villages[7].households.grain_g[2] = -1;
    assert_true(is_printed(&run, 7, "check: "));
    assert_true(is_printed(&run, 7, " (row 2): it has a negative stock"));
    run.villages[7].households.grain_g[2] = 0;
    assert_true(run.villages[7].land_is_counted);
    run.villages[7].parcels.area_m2[0] += 100; /* and nobody says so */
    assert_true(is_printed(&run, 7, "land has changed and its days are old"));
    run.villages[7].parcels.area_m2[0] -= 100;
    assert_true(run.villages[7].herds_are_counted);
    run.villages[7].herds.male[1]++;
    assert_true(is_printed(&run, 7, " (row 0): its herds have changed uncounted"));
    run.hub.firms.staff[3]++;
    assert_true(is_printed(&run, -1, "check: firm 3 has a staff of"));
    run.hub.treasury.cash_fen = -1;
    run.hub.firms.staff[3]--;
    assert_true(is_printed(&run, -1, "check: the treasury has a negative stock"));
    county_run_free(&run);
    county_fixture_close(&county);
}

/* The books are open on it, so that nothing but its size is wrong. */
static void test_a_stock_too_large_for_vectors_stops_the_run(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "reference", NULL, 0);
    struct county_run run;
    county_fixture_run(&county, &run, (struct county_run_options){0}, 6);
    struct village *village = &run.villages[1];
    village->households.hay_g[3] = INT64_C(3) << 51;
    int64_t counted[ACCOUNT_COUNT * KIND_COUNT];
    village_count(village, counted);
    sim_ledger_open(&village->ledger, counted);
    int code = county_run_until(&run, county.scenario.first_month + 7, &county.error);
    assert_int_equal(code, SIM_ERROR_MODEL);
    char expected[200];
    snprintf(expected, sizeof(expected),
        "2015-07, village %s, household %016llx (row 3): it has too large a stock of money or fodder",
        village->config->name, (unsigned long long)village->households.key[3]);
    assert_string_equal(county.error.message, expected);
    county_run_free(&run);
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
    assert_memory_equal(county.error.message, "2015-07, village ", strlen("2015-07, village "));
    assert_non_null(strstr(county.error.message, "MONEY"));
    assert_non_null(strstr(county.error.message, "HOUSEHOLDS"));
    county_run_free(&run);
    county_fixture_close(&county);
}

static int observe_badly(void *user, const struct county_run *run, int32_t month, struct sim_error *error)
{
    (void)user, (void)run, (void)month;
    return sim_error_set(error, SIM_ERROR_MODEL, "observer: it saw too much");
}

static void test_what_fails_between_months_carries_the_month_just_lived(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "reference", NULL, 0);
    struct county_run run;
    county_fixture_run(&county, &run, (struct county_run_options){0}, 6);
    run.observe = observe_badly;
    int code = county_run_until(&run, county.scenario.first_month + 7, &county.error);
    assert_int_equal(code, SIM_ERROR_MODEL);
    assert_string_equal(county.error.message, "2015-07, observer: it saw too much");
    county_run_free(&run);

    county.error = (struct sim_error){0};
    county_fixture_run(&county, &run, (struct county_run_options){0}, 6);
    run.hub.ledger.stock[ACCOUNT_TRANSIT * KIND_COUNT + KIND_MONEY] += 5; /* that no message carries */
    code = county_run_until(&run, county.scenario.first_month + 7, &county.error);
    assert_int_equal(code, SIM_ERROR_BOOKS);
    assert_memory_equal(county.error.message, "2015-07, county: ", strlen("2015-07, county: "));
    county_run_free(&run);
    county_fixture_close(&county);
}

static void test_a_failure_over_a_household_names_it(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "reference", NULL, 0);
    struct county_run run;
    county_fixture_run(&county, &run, (struct county_run_options){0}, 6);
    struct village *village = &run.villages[1];
    village->participations.head.n = village->participations.head.capacity = INT32_MAX;
    assert_int_equal(participation_answer(village, 4, 0, true, 0, 1, &county.error), SIM_ERROR_CAPACITY);
    char name[200], expected[200];
    village_process.describe(village, name, sizeof(name));
    snprintf(expected, sizeof(expected), "village %s, household %016llx (row 4)", village->config->name,
        (unsigned long long)village->households.key[4]);
    assert_string_equal(name, expected);
    county_run_free(&run);
    county_fixture_close(&county);
}

static void test_processes_and_events_have_names(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "reference", NULL, 0);
    char name[200], expected[200];
    for (int32_t v = 0; v <= county.scenario.n_villages; v++) {
        county_process_name(&county.scenario, v, name, sizeof(name));
        snprintf(expected, sizeof(expected), "village %s",
            v < county.scenario.n_villages ? county.scenario.villages[v].name : "");
        assert_string_equal(name, v < county.scenario.n_villages ? expected : "county");
    }
    assert_string_equal(county_event_name(MESSAGE_WAGES), "wages");
    assert_null(county_event_name(0));
    assert_null(county_event_name(MESSAGE_HERDS + 1));
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
 * and of leaving, subsidies by share of the village's land; and no households but the founding ones. */
static const char *const uncoupled[] = {"parameters.household.sharing=none",
    "parameters.household.distress_crowding=0", "county.pasture=100000 km^2",
    "parameters.demography.marriage=none", "parameters.demography.division=none",
    "parameters.enterprises.firms=none", "parameters.labour_market.matching=none",
    "parameters.local.spending=none", "parameters.land.rental=none", "parameters.land.reallotment=none",
    "parameters.markets.local_balance=none", "parameters.migration.network=0",
    "parameters.labour.farm_learning=0 1/year", "parameters.fiscal.subsidy_land=0"};

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

static void test_packed_founders_give_the_same_run_and_weigh_less(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "all", NULL, 0);
    uint8_t digest[2][SIM_DIGEST_BYTES];
    int64_t bytes = county.founders.arena.bytes_used;
    for (int32_t i = 0; i < 2; i++) {
        struct county_run run;
        county_fixture_run(&county, &run, (struct county_run_options){0}, 24);
        check_ok(county_run_digest(&run, digest[i], &county.error), county.error);
        county_run_free(&run);
        if (i == 0)
            check_ok(founders_pack(&county.founders, &county.error), county.error);
    }
    assert_memory_equal(digest[0], digest[1], SIM_DIGEST_BYTES);
    assert_true(2 * county.founders.arena.bytes_used < bytes);
    county_fixture_close(&county);
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

/* How often a state was handed over, and how often it was told that there is none. */
struct states {
    int32_t n_kept, n_lost;
    char why[sizeof((struct sim_error *)0)->message];
};

static enum sim_pulse_wish always_save(void *user, sim_time boundary)
{
    (void)user, (void)boundary;
    return SIM_PULSE_SAVE;
}

static void count_kept(void *user, sim_time boundary, const struct sim_state *state)
{
    struct states *self = user;
    (void)boundary, (void)state;
    self->n_kept++;
}

static void count_lost(void *user, sim_time boundary, const struct sim_error *why)
{
    struct states *self = user;
    (void)boundary;
    self->n_lost++;
    snprintf(self->why, sizeof self->why, "%s", why->message);
}

static int fail_to_save(const void *user, struct sim_state *state, struct sim_error *error)
{
    (void)user, (void)state;
    return sim_error_set(error, SIM_ERROR_MEMORY, "no memory for the observer");
}

static void test_state_that_cannot_be_made_is_told_and_the_run_goes_on(void **state)
{
    (void)state;
    for (int32_t is_failing = 0; is_failing < 2; is_failing++) {
        struct county_fixture county;
        struct county_run run;
        struct states states = {0};
        struct sim_pulse pulse = {&states, always_save, count_kept, count_lost};
        county_fixture_open(&county, TINY, "all", NULL, 0);
        check_ok(county_run_init(&run, &county.scenario, &county.founders, 1,
                     (struct county_run_options){.n_threads = 1}, &county.error),
            county.error);
        run.pulse = &pulse;
        run.save_observer = is_failing ? fail_to_save : NULL;
        check_ok(county_run_until(&run, county.scenario.first_month + 2, &county.error), county.error);
        assert_int_equal(states.n_kept, is_failing ? 0 : 2);
        assert_int_equal(states.n_lost, is_failing ? 2 : 0);
        assert_string_equal(states.why, is_failing ? "no memory for the observer" : "");
        county_run_free(&run);
        county_fixture_close(&county);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_state_is_the_same_for_any_scheduler_threads_and_partition),
        cmocka_unit_test(test_every_build_and_processor_comes_to_the_same_state),
        cmocka_unit_test(test_tables_that_grow_in_parallel_give_the_same_state),
        cmocka_unit_test(test_another_replicate_has_another_state),
        cmocka_unit_test(test_saved_and_loaded_run_continues_as_if_undisturbed),
        cmocka_unit_test(test_county_of_many_towns_is_the_same_for_any_threads_and_partition),
        cmocka_unit_test(test_county_of_many_towns_is_saved_and_loaded_whole),
        cmocka_unit_test(test_printed_state_ends_with_what_the_check_says),
        cmocka_unit_test(test_a_stock_too_large_for_vectors_stops_the_run),
        cmocka_unit_test(test_books_that_do_not_close_stop_the_run),
        cmocka_unit_test(test_what_fails_between_months_carries_the_month_just_lived),
        cmocka_unit_test(test_a_failure_over_a_household_names_it),
        cmocka_unit_test(test_processes_and_events_have_names),
        cmocka_unit_test(test_monthly_round_allocates_nothing),
        cmocka_unit_test(test_packed_founders_give_the_same_run_and_weigh_less),
        cmocka_unit_test(test_one_more_household_leaves_the_luck_of_the_others),
        cmocka_unit_test(test_one_more_birth_leaves_the_luck_of_the_others),
        cmocka_unit_test(test_state_that_cannot_be_made_is_told_and_the_run_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
