#include "sim/cli/texttable.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

bool cli_table_init(struct cli_table *self, int32_t n_rows, int32_t n_columns)
{
    size_t rows = (size_t)n_rows, columns = (size_t)n_columns;
    self->n_rows = n_rows;
    self->n_columns = n_columns;
    self->rows = calloc(rows + 1, sizeof(*self->rows));
    self->columns = calloc(columns + 1, sizeof(*self->columns));
    self->cells = calloc(rows * columns + 1, sizeof(*self->cells));
    return self->rows && self->columns && self->cells;
}

void cli_table_free(struct cli_table *self)
{
    free(self->rows);
    free(self->columns);
    free(self->cells);
    memset(self, 0, sizeof(*self));
}

/* Takes off the bytes of a character that was cut in two. */
static void mend_end(char *text)
{
    size_t n = strlen(text), start = n;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char first = (unsigned char)text[start - 1];
    size_t expected = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    if (n - start + 1 < expected)
        text[start - 1] = '\0';
}

void cli_table_row(struct cli_table *self, int32_t row, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(self->rows[row], CLI_LABEL, format, arguments);
    va_end(arguments);
    mend_end(self->rows[row]);
}

void cli_table_column(struct cli_table *self, int32_t column, const char *label)
{
    snprintf(self->columns[column], CLI_LABEL, "%s", label);
    mend_end(self->columns[column]);
}

void cli_table_set(struct cli_table *self, int32_t row, int32_t column, const char *format, ...)
{
    char *cell = self->cells[(int64_t)row * self->n_columns + column];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(cell, CLI_CELL, format, arguments);
    va_end(arguments);
    mend_end(cell);
}

void cli_table_difference(
    struct cli_table *self, int32_t row, int32_t column, double mean, double half, int32_t decimals)
{
    char middle[CLI_CELL], width[CLI_CELL];
    cli_table_number(mean, decimals, true, middle);
    cli_table_number(half, decimals, false, width);
    if (mean == 0 && !(half > 0))
        cli_table_set(self, row, column, "same");
    else if (isnan(half))
        cli_table_set(self, row, column, "%.20s", middle);
    else
        cli_table_set(self, row, column, "%.20s ± %.20s", middle, width);
}

/* Characters of UTF-8. */
static int32_t width_of(const char *text)
{
    int32_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static void pad(FILE *out, int32_t n)
{
    fprintf(out, "%*s", n > 0 ? n : 0, "");
}

static bool is_empty(const struct cli_table *self, int32_t row)
{
    for (int32_t column = 0; column < self->n_columns; column++)
        if (*self->cells[(int64_t)row * self->n_columns + column])
            return false;
    return true;
}

static int32_t column_width(const struct cli_table *self, int32_t column)
{
    int32_t width = width_of(self->columns[column]);
    for (int32_t row = 0; row < self->n_rows; row++) {
        int32_t n = width_of(self->cells[(int64_t)row * self->n_columns + column]);
        width = n > width ? n : width;
    }
    return width + 2;
}

static void print_block(
    const struct cli_table *self, const char *corner, int32_t label, int32_t first, int32_t end, FILE *out)
{
    fprintf(out, "%s", corner);
    pad(out, label - width_of(corner));
    for (int32_t column = first; column < end; column++) {
        pad(out, column_width(self, column) - width_of(self->columns[column]));
        fputs(self->columns[column], out);
    }
    fputc('\n', out);
    for (int32_t row = 0; row < self->n_rows; row++) {
        if (is_empty(self, row))
            continue;
        fputs(self->rows[row], out);
        pad(out, label - width_of(self->rows[row]));
        for (int32_t column = first; column < end; column++) {
            const char *cell = self->cells[(int64_t)row * self->n_columns + column];
            pad(out, column_width(self, column) - width_of(cell));
            fputs(cell, out);
        }
        fputc('\n', out);
    }
}

void cli_table_print(const struct cli_table *self, const char *corner, int32_t width, FILE *out)
{
    int32_t label = width_of(corner);
    for (int32_t row = 0; row < self->n_rows; row++)
        if (!is_empty(self, row) && width_of(self->rows[row]) > label)
            label = width_of(self->rows[row]);
    for (int32_t first = 0, end = 0; first < self->n_columns; first = end) {
        int32_t used = label;
        while (end < self->n_columns && (end == first || used + column_width(self, end) <= width))
            used += column_width(self, end++);
        if (first > 0)
            fputc('\n', out);
        print_block(self, corner, label, first, end, out);
    }
}

void cli_table_number(double x, int32_t decimals, bool sign, char out[CLI_CELL])
{
    char digits[CLI_CELL];
    if (isnan(x)) {
        snprintf(out, CLI_CELL, "-");
        return;
    }
    if (!(fabs(x) < 1e15)) {
        snprintf(out, CLI_CELL, sign ? "%+.3g" : "%.3g", x);
        return;
    }
    snprintf(digits, sizeof(digits), "%.*f", decimals, fabs(x));
    bool zero = strspn(digits, "0.") == strlen(digits);
    size_t whole = strcspn(digits, "."), at = 0;
    if (!zero && (x < 0 || sign))
        out[at++] = x < 0 ? '-' : '+';
    for (size_t i = 0; digits[i] && at < CLI_CELL - 1; i++) {
        out[at++] = digits[i];
        if (i + 1 < whole && (whole - 1 - i) % 3 == 0 && at < CLI_CELL - 1)
            out[at++] = ',';
    }
    out[at] = '\0';
}
