/* Teams of threads: every item once, and a round that ends when all is done (definition). */
#include "sim/par/team.h"

#include <stdatomic.h>

#include "tests/support/check.h"

enum { MOST = 1000, ROUNDS = 3000 };

struct field {
    int64_t plain[MOST]; /* each written by whoever has the item */
    atomic_int n_calls;
};

static void till(void *user, int32_t item)
{
    struct field *self = user;
    self->plain[item] += item + 1;
    atomic_fetch_add(&self->n_calls, 1);
}

static void test_every_item_is_done_once_a_round_whatever_the_threads(void **unused)
{
    (void)unused;
    static const int32_t sizes[] = {1, 2, 3, 8};
    for (int i = 0; i < SIM_COUNT(sizes); i++) {
        struct field field = {.n_calls = 0};
        struct sim_error error = {0};
        struct sim_team *team = sim_team_new(sizes[i], &error);
        assert_non_null(team);
        assert_int_equal(sim_team_size(team), sizes[i]);
        int64_t n_calls = 0, rounds_of_all = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int32_t n = round % 50 == 0 ? MOST : round % 7; /* none, one, fewer than threads, many */
            sim_team_run(team, till, &field, n);
            n_calls += n;
            rounds_of_all += n == MOST;
            assert_int_equal(atomic_load(&field.n_calls), n_calls); /* nobody is still at work */
        }
        assert_int_equal(field.plain[MOST - 1], rounds_of_all * MOST);
        assert_int_equal(field.plain[500], rounds_of_all * 501);
        sim_team_free(team);
    }
    sim_team_free(NULL);
}

struct relay {
    int64_t length;
    int64_t seen[4];
};

static void pass_on(void *user, int32_t item)
{
    struct relay *self = user;
    self->seen[item] = self->length;
}

static void test_what_the_caller_writes_between_rounds_is_seen_and_items_too(void **unused)
{
    (void)unused;
    struct relay relay = {.length = 1};
    struct sim_error error = {0};
    struct sim_team *team = sim_team_new(3, &error);
    for (int round = 0; round < 40; round++) {
        sim_team_run(team, pass_on, &relay, 4);
        for (int i = 0; i < 4; i++)
            assert_int_equal(relay.seen[i], relay.length);
        relay.length = relay.seen[0] + relay.seen[3];
    }
    assert_int_equal(relay.length, INT64_C(1) << 40);
    sim_team_free(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_item_is_done_once_a_round_whatever_the_threads),
        cmocka_unit_test(test_what_the_caller_writes_between_rounds_is_seen_and_items_too),
    };
    return cmocka_run_group_tests_name("team", tests, NULL, NULL);
}
