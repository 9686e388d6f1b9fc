/* Guards and the log: both write to standard error, one ends the program. */
#include "sim/core/guard.h"

#include "sim/core/log.h"
#include "tests/support/bite.h"
#include "tests/support/check.h"

static void break_promise(void *user)
{
    SIM_GUARD(1 + 1 == 3, "household %d", *(int *)user);
}

static void keep_promise_and_log(void *user)
{
    SIM_GUARD(1 + 1 == 2, "household %d", *(int *)user);
    sim_log(SIM_LOG_WARNING, SIM_LOG_INFO, "not this");
    sim_log(SIM_LOG_WARNING, SIM_LOG_WARNING, "but %s", "this");
    raise(SIGTERM);
}

static void test_a_broken_promise_ends_the_program_with_its_place(void **unused)
{
    (void)unused;
    int household = 12;
    bite_expect(
        break_promise, &household, SIGABRT, "test_guard.c:10: broken promise: 1 + 1 == 3: household 12\n");
}

static void test_a_kept_promise_costs_nothing_and_the_log_keeps_its_threshold(void **unused)
{
    (void)unused;
    int household = 12;
    bite_expect(keep_promise_and_log, &household, SIGTERM, "pamir: warning: but this\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_broken_promise_ends_the_program_with_its_place),
        cmocka_unit_test(test_a_kept_promise_costs_nothing_and_the_log_keeps_its_threshold),
    };
    return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
