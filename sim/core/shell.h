/* Words of the shell: in commands that are printed to be copied, and in scripts. */
#ifndef SIM_CORE_SHELL_H
#define SIM_CORE_SHELL_H

#include <stdio.h>

#include "sim/core/types.h"

/* The text between single quotes: one word, whatever it holds. */
void sim_shell_quote(const char *text, FILE *out);
/* The text as it is where the shell takes it for one plain word, else quoted. */
void sim_shell_print(const char *text, FILE *out);

#define SIM_SHELL_WORD 8192 /* takes every path that is not made of quotes */
/* The same two as a text in `out`; the bare text when it does not fit (then not to be pasted). A plain word
 * is `text` itself. */
const char *sim_shell_quoted(const char *text, char out[SIM_SHELL_WORD]);
const char *sim_shell_word(const char *text, char out[SIM_SHELL_WORD]);

#endif
