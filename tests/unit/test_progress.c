/* Rung: definition, with a clock that the test moves. */
#include "sim/run/progress.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/run/signals.h"
#include "tests/support/check.h"

/* What n rows of `seconds` each print. */
static char *run(enum sim_progress_form form, int64_t n_before, int64_t n, double seconds)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct sim_progress progress;
    sim_progress_begin(&progress, out, form, n_before + n, n_before, 120000, 100.0);
    for (int64_t i = 0; i < n; i++)
        sim_progress_step(&progress, 100.0 + (double)(i + 1) * seconds);
    sim_progress_end(&progress, 100.0 + (double)n * seconds);
    fclose(out);
    return text;
}

static int count(const char *text, char c)
{
    int n = 0;
    for (; *text; text++)
        n += *text == c;
    return n;
}

static void test_quiet_prints_nothing(void **state)
{
    (void)state;
    char *text = run(SIM_PROGRESS_NONE, 0, 100, 1);
    assert_string_equal(text, "");
    free(text);
    assert_int_equal(sim_progress_choose(stderr, true), SIM_PROGRESS_NONE);
}

static void test_log_gets_a_line_each_tenth_and_every_ten_seconds(void **state)
{
    (void)state;
    char *text = run(SIM_PROGRESS_LOG, 0, 1000, 0.02); /* 20 s: a tenth every 2 s */
    assert_int_equal(count(text, '\n'), 10);
    assert_int_equal(count(text, '\r'), 0);
    free(text);
    text = run(SIM_PROGRESS_LOG, 0, 1000, 1); /* 1000 s */
    assert_in_range(count(text, '\n'), 95, 111);
    free(text);
    text = run(SIM_PROGRESS_LOG, 0, 1000, 0.0001); /* over before one looks */
    assert_int_equal(count(text, '\n'), 1);
    free(text);
}

static void test_last_line_says_all_rate_and_time(void **state)
{
    (void)state;
    char *text = run(SIM_PROGRESS_LOG, 4, 8, 1);
    assert_non_null(strstr(text, "12/12 rows (100 percent), 120 thousand household-months/s, done in 8 s\n"));
    assert_non_null(strstr(text, "4/12 rows")); /* what a resume finds */
    free(text);
}

static void test_time_left_counts_only_rows_of_this_session(void **state)
{
    struct sim_progress progress;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    (void)state;
    sim_progress_begin(&progress, out, SIM_PROGRESS_LOG, 100, 50, 0, 0.0);
    sim_progress_step(&progress, 20.0); /* 20 s a row, 49 rows to go */
    fclose(out);
    assert_non_null(strstr(text, "51/100 rows (51 percent), 16 min 20 s left"));
    free(text);
}

static void test_bar_stays_on_one_line_until_its_end(void **state)
{
    (void)state;
    char *text = run(SIM_PROGRESS_BAR, 0, 10, 1);
    assert_int_equal(count(text, '\n'), 1);
    assert_int_equal(text[strlen(text) - 1], '\n');
    assert_non_null(strstr(text, "[############............] 5/10 rows"));
    assert_non_null(strstr(text, "[########################] 10/10 rows"));
    assert_non_null(strstr(text, "5 s left"));
    free(text);
    text = run(SIM_PROGRESS_BAR, 0, 10000, 0.001); /* 10 s: at most ten pictures a second */
    assert_in_range(count(text, '\r'), 50, 102);
    free(text);
}

static void test_log_is_chosen_where_there_is_no_terminal(void **state)
{
    FILE *out = tmpfile();
    (void)state;
    assert_non_null(out);
    assert_int_equal(sim_progress_choose(out, false), SIM_PROGRESS_LOG);
    fclose(out);
}

static void test_times_are_words(void **state)
{
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {{0, "0 s"}, {-5, "0 s"}, {59.4, "59 s"}, {60, "1 min 0 s"}, {200, "3 min 20 s"},
        {7500, "2 h 5 min"}, {360000, "4 d 4 h"}, {1e300, "0 s"}};
    char text[32];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sim_progress_time_text(cases[i].seconds, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void test_empty_batch_divides_by_nothing(void **state)
{
    (void)state;
    char *text = run(SIM_PROGRESS_LOG, 0, 0, 1);
    assert_non_null(strstr(text, "0/0 rows (100 percent)"));
    free(text);
}

static void test_first_signal_sets_the_flag_and_the_second_kills(void **state)
{
    int status;
    (void)state;
    sim_signals_begin("rows are kept");
    assert_int_equal(*sim_signals_stop(), 0);
    raise(SIGTERM);
    assert_int_not_equal(*sim_signals_stop(), 0);
    assert_int_equal(sim_signals_which(), SIGTERM);
    sim_signals_end();
    sim_signals_begin("rows are kept"); /* a new batch starts afresh */
    assert_int_equal(*sim_signals_stop(), 0);
    assert_int_equal(sim_signals_which(), 0);
    sim_signals_end();
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        sim_signals_begin("rows are kept");
        raise(SIGINT);
        raise(SIGINT);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
}

static void test_user_signal_is_counted_and_stops_nothing(void **state)
{
    (void)state;
    sim_signals_begin("rows are kept");
    assert_int_equal(*sim_signals_saves(), 0);
    raise(SIGUSR1);
    raise(SIGUSR1);
    assert_int_equal(*sim_signals_saves(), 2);
    assert_int_equal(*sim_signals_stop(), 0);
    assert_int_equal(sim_signals_which(), 0);
    sim_signals_end();
}

static void test_ignored_signal_stays_ignored(void **state)
{
    static const int ignored[] = {SIGHUP, SIGUSR1}; /* as nohup does */
    (void)state;
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) {
        signal(ignored[i], SIG_IGN);
        sim_signals_begin("rows are kept");
        raise(ignored[i]);
        assert_int_equal(*sim_signals_stop(), 0);
        assert_int_equal(*sim_signals_saves(), 0);
        sim_signals_end();
        signal(ignored[i], SIG_DFL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quiet_prints_nothing),
        cmocka_unit_test(test_log_gets_a_line_each_tenth_and_every_ten_seconds),
        cmocka_unit_test(test_last_line_says_all_rate_and_time),
        cmocka_unit_test(test_time_left_counts_only_rows_of_this_session),
        cmocka_unit_test(test_bar_stays_on_one_line_until_its_end),
        cmocka_unit_test(test_log_is_chosen_where_there_is_no_terminal),
        cmocka_unit_test(test_times_are_words),
        cmocka_unit_test(test_empty_batch_divides_by_nothing),
        cmocka_unit_test(test_first_signal_sets_the_flag_and_the_second_kills),
        cmocka_unit_test(test_user_signal_is_counted_and_stops_nothing),
        cmocka_unit_test(test_ignored_signal_stays_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
