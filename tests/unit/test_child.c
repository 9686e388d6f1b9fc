/* Rung: definition. Whatever a child does, its parent lives and is told. */
#include "sim/io/child.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/core/clock.h"
#include "tests/support/check.h"

static const struct sim_child_limits limits = {0.3, (int64_t)256 << 20};

struct question {
    int32_t answer;
};

static int answer(void *user, struct sim_error *error)
{
    struct question *self = user;
    (void)error;
    self->answer = 42;
    return 0;
}

static int refuse(void *user, struct sim_error *error)
{
    (void)user;
    return sim_error_set(error, SIM_ERROR_MISMATCH, "of another kind");
}

static int crash(void *user, struct sim_error *error)
{
    (void)user;
    (void)error;
    signal(SIGSEGV, SIG_DFL); /* a sanitizer's own handler would tell of it at length */
    raise(SIGSEGV);
    return 0;
}

static int leave(void *user, struct sim_error *error)
{
    (void)user;
    (void)error;
    _exit(0);
}

static int loop(void *user, struct sim_error *error)
{
    (void)error;
    for (volatile int64_t *at = user; *at >= 0; ++*at)
        ;
    return 0;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { IS_SANITIZED = 1 };
#else
enum { IS_SANITIZED = 0 };
#endif

/* A little more than the limit, which the machine itself would give: nothing of it is touched. */
static int wish(void *user, struct sim_error *error)
{
    (void)user;
    size_t n = (size_t)limits.bytes + ((size_t)64 << 20);
    void *volatile much = malloc(n);
    bool is_given = much != NULL;
    free(much);
    return is_given ? 0 : sim_error_set(error, SIM_ERROR_MEMORY, "too much");
}

/* A half of the limit is given. */
static int wish_less(void *user, struct sim_error *error)
{
    (void)user;
    void *volatile some = malloc((size_t)limits.bytes / 2);
    bool is_given = some != NULL;
    free(some);
    return is_given ? 0 : sim_error_set(error, SIM_ERROR_MEMORY, "too much");
}

static int ask(
    int (*work)(void *user, struct sim_error *error), struct question *out, struct sim_error *error)
{
    int64_t count[1] = {0};
    *error = (struct sim_error){0};
    return sim_child_run("x.h5", work, out != NULL ? (void *)out : (void *)count, out,
        out != NULL ? (int64_t)sizeof *out : 0, limits, error);
}

static void test_answer_and_error_of_the_child_come_back(void **state)
{
    struct question question = {0};
    struct sim_error error;
    (void)state;
    check_ok(ask(answer, &question, &error), error);
    assert_int_equal(question.answer, 42);
    assert_int_equal(ask(refuse, &question, &error), SIM_ERROR_MISMATCH);
    assert_string_equal(error.message, "of another kind");
}

static void test_crash_of_the_child_is_an_error_that_names_the_file(void **state)
{
    struct sim_error error;
    (void)state;
    assert_int_equal(ask(crash, NULL, &error), SIM_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "x.h5: is damaged, or was changed since it was written"));
    assert_non_null(strstr(error.message, "crashes (Segmentation fault)"));
    assert_int_equal(ask(leave, NULL, &error), SIM_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "it ended by itself"));
}

static void test_endless_loop_of_the_child_is_ended(void **state)
{
    struct sim_error error;
    double start = sim_clock_seconds();
    (void)state;
    assert_int_equal(ask(loop, NULL, &error), SIM_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "does not come to an end"));
    assert_true(sim_clock_seconds() - start < 30); /* on a machine that does much else */
}

static void test_memory_of_the_child_is_bounded(void **state)
{
    struct sim_error error;
    (void)state;
    if (IS_SANITIZED)
        skip(); /* sanitizers map terabytes: the child has no limit there */
    assert_int_equal(ask(wish, NULL, &error), SIM_ERROR_MEMORY);
    check_ok(ask(wish_less, NULL, &error), error);
    check_ok(wish(NULL, &error), error); /* here, without a limit, it is had */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer_and_error_of_the_child_come_back),
        cmocka_unit_test(test_crash_of_the_child_is_an_error_that_names_the_file),
        cmocka_unit_test(test_endless_loop_of_the_child_is_ended),
        cmocka_unit_test(test_memory_of_the_child_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
