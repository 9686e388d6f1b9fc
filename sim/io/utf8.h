/* UTF-8: readers of our files (netCDF, Python) refuse texts that are not. */
#ifndef SIM_IO_UTF8_H
#define SIM_IO_UTF8_H

#include "sim/core/types.h"

/* Whether the NUL-terminated text is valid UTF-8 (RFC 3629: no overlong forms, no surrogates). */
bool sim_utf8_is_valid(const char *text);
/* Replaces each byte that breaks the text by '?', in place. */
void sim_utf8_mend(char *text);
/* The largest n <= limit at which the text can be cut without splitting a character. */
int32_t sim_utf8_cut(const char *text, int32_t limit);

#endif
