/* The commands written in C: one file each, found by its name. */
#ifndef SIM_CLI_COMMANDS_H
#define SIM_CLI_COMMANDS_H

#include "sim/cli/args.h"

extern const struct cli_command cli_run, cli_check, cli_describe, cli_summary, cli_verify, cli_bench;
extern const struct cli_command cli_expand, cli_rerun, cli_status;
extern const struct cli_command cli_submit, cli_slice, cli_merge;

#endif
