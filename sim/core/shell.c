#include "sim/core/shell.h"

#include <string.h>

/* '~' at the beginning would be a home directory. */
static bool is_plain(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-~";
    return *text && *text != '~' && text[strspn(text, plain)] == '\0';
}

void sim_shell_print(const char *text, FILE *out)
{
    if (is_plain(text)) {
        fputs(text, out);
        return;
    }
    fputc('\'', out);
    for (const char *at = text; *at; at++)
        if (*at == '\'')
            fputs("'\\''", out);
        else
            fputc(*at, out);
    fputc('\'', out);
}

const char *sim_shell_word(const char *text, char out[SIM_SHELL_WORD])
{
    size_t n = 0;
    if (is_plain(text))
        return text;
    out[n++] = '\'';
    for (const char *from = text; *from; from++) {
        if (n > SIM_SHELL_WORD - 8)
            return text;
        if (*from == '\'') {
            memcpy(out + n, "'\\''", 4);
            n += 4;
        } else {
            out[n++] = *from;
        }
    }
    out[n++] = '\'';
    out[n] = '\0';
    return out;
}
