#include "sim/core/shell.h"

#include <string.h>

/* '~' at the beginning would be a home directory. */
static bool is_plain(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-~";
    return *text && *text != '~' && text[strspn(text, plain)] == '\0';
}

void sim_shell_quote(const char *text, FILE *out)
{
    fputc('\'', out);
    for (const char *at = text; *at; at++)
        if (*at == '\'')
            fputs("'\\''", out);
        else
            fputc(*at, out);
    fputc('\'', out);
}

void sim_shell_print(const char *text, FILE *out)
{
    if (is_plain(text))
        fputs(text, out);
    else
        sim_shell_quote(text, out);
}

const char *sim_shell_quoted(const char *text, char out[SIM_SHELL_WORD])
{
    size_t n = strlen(text) + 3; /* quotes, and the NUL */
    for (const char *at = text; *at; at++)
        n += *at == '\'' ? 3 : 0;
    FILE *stream = n <= SIM_SHELL_WORD ? fmemopen(out, n, "w") : NULL;
    if (!stream)
        return text;
    sim_shell_quote(text, stream);
    fclose(stream); /* puts the NUL behind */
    return out;
}

const char *sim_shell_word(const char *text, char out[SIM_SHELL_WORD])
{
    return is_plain(text) ? text : sim_shell_quoted(text, out);
}
