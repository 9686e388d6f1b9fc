/* Values of JSON, as the commands write it. */
#ifndef SIM_CLI_JSON_H
#define SIM_CLI_JSON_H

#include <stdio.h>

void cli_json_text(const char *text, FILE *out);
/* Nine digits; null for what is no number. */
void cli_json_number(double x, FILE *out);

#endif
