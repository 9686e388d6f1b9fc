/* Tables of text: rows and columns with labels, broken into blocks of columns where the page is too narrow.
 */
#ifndef SIM_CLI_TEXTTABLE_H
#define SIM_CLI_TEXTTABLE_H

#include <stdio.h>

#include "sim/core/types.h"

#define CLI_CELL 48   /* bytes of a cell, its NUL included */
#define CLI_LABEL 128 /* of a row's or column's label */

struct cli_table {
    int32_t n_rows, n_columns;
    char (*rows)[CLI_LABEL];
    char (*columns)[CLI_LABEL];
    char (*cells)[CLI_CELL]; /* row-major; "" prints as nothing */
};

/* False when there is no memory; then _free alone is allowed. */
bool cli_table_init(struct cli_table *self, int32_t n_rows, int32_t n_columns);
void cli_table_free(struct cli_table *self);
/* Labels and cells are cut to their size, never within a character. */
void cli_table_row(struct cli_table *self, int32_t row, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void cli_table_column(struct cli_table *self, int32_t column, const char *label);
void cli_table_set(struct cli_table *self, int32_t row, int32_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A difference with the half width of its interval: "+76.1 ± 2.0"; "same" where both are exactly zero, which
 * deserves to be seen, and the mean alone where one replicate says nothing of how sure it is (half NaN). */
void cli_table_difference(
    struct cli_table *self, int32_t row, int32_t column, double mean, double half, int32_t decimals);
/* `corner` stands over the row labels. `width`: columns of the page. Rows without any cell are left out. */
void cli_table_print(const struct cli_table *self, const char *corner, int32_t width, FILE *out);

/* "1,234.5" with `decimals`, "+" before what is above zero when `sign`; "-" for NaN. */
void cli_table_number(double x, int32_t decimals, bool sign, char out[CLI_CELL]);

#endif
