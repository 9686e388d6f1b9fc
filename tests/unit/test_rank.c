/* Ranking by ticket and key. Rung: slow twin (qsort), closed form. */
#include "tests/support/check.h"

#include <stdlib.h>

#include "sim/data/rank.h"

enum { ROWS = 1000 };

struct claims {
    uint64_t ticket[ROWS];
    sim_key key[ROWS];
};
static struct claims claims;

static int by_ticket_and_key(const void *a, const void *b)
{
    sim_row i = *(const sim_row *)a, j = *(const sim_row *)b;
    if (claims.ticket[i] != claims.ticket[j])
        return claims.ticket[i] < claims.ticket[j] ? -1 : 1;
    return claims.key[i] < claims.key[j] ? -1 : claims.key[i] > claims.key[j];
}

static void test_rows_stand_as_a_library_sort_puts_them_whatever_their_number(void **state)
{
    (void)state;
    for (int32_t n = 0; n <= ROWS; n = n < 20 ? n + 1 : n * 7 / 4) {
        sim_row rows[ROWS], twin[ROWS];
        for (int32_t i = 0; i < n; i++) {
            claims.key[i] = sim_key_make(7, (uint64_t)i, 0);
            claims.ticket[i] = claims.key[i] % 16; /* many ties */
            rows[i] = twin[i] = n - 1 - i;
        }
        sim_rank(rows, n, claims.ticket, claims.key);
        qsort(twin, (size_t)n, sizeof(twin[0]), by_ticket_and_key);
        for (int32_t i = 0; i < n; i++)
            assert_int_equal(rows[i], twin[i]);
    }
}

static void test_tickets_of_numbers_stand_as_the_numbers(void **state)
{
    (void)state;
    const double values[] = {-1e300, -2.5, -1.0, -1e-300, 0.0, 1e-300, 1.0, 2.5, 1e300};
    for (int32_t i = 1; i < SIM_COUNT(values); i++)
        assert_true(sim_rank_ticket(values[i - 1]) < sim_rank_ticket(values[i]));
    assert_true(sim_rank_ticket(-0.0) == sim_rank_ticket(0.0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_stand_as_a_library_sort_puts_them_whatever_their_number),
        cmocka_unit_test(test_tickets_of_numbers_stand_as_the_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
