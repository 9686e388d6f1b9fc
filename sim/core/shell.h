/* Commands that are printed to be copied: a path as one word of the shell. */
#ifndef SIM_CORE_SHELL_H
#define SIM_CORE_SHELL_H

#include <stdio.h>

#include "sim/core/types.h"

/* The text as it is where the shell takes it for one plain word, else between single quotes. */
void sim_shell_print(const char *text, FILE *out);
#define SIM_SHELL_WORD 8192 /* takes every path that is not made of quotes */
/* The same as a text: `text` itself where it is plain (or too long), else in `out`. */
const char *sim_shell_word(const char *text, char out[SIM_SHELL_WORD]);

#endif
