/* The arguments of a command: one table of options that parsing, help and messages all walk.
 *
 * Accepts --name VALUE, --name=VALUE, -n VALUE, -nVALUE, options before and after operands, "--" before
 * operands that begin with '-', and --help and -h in every command. Of an option given twice the last counts,
 * except for lists. A wrong call gets one line that says what was expected, on standard error, and status 2.
 */
#ifndef SIM_CLI_ARGS_H
#define SIM_CLI_ARGS_H

#include <stdio.h>

#include "sim/core/types.h"

enum cli_status { CLI_DONE = 0, CLI_FAILED = 1, CLI_BAD_INPUT = 2, CLI_STOPPED = 3 };

enum cli_option_kind {
    CLI_FLAG,    /* bool */
    CLI_TEXT,    /* const char *, not empty */
    CLI_INTEGER, /* int64_t, within min and max */
    CLI_LIST,    /* struct cli_list: may be given many times */
};

#define CLI_LIST_MAX 256

struct cli_list {
    const char *items[CLI_LIST_MAX];
    int32_t n;
};

struct cli_option {
    enum cli_option_kind kind;
    const char *name;     /* without the dashes */
    char letter;          /* '\0': none */
    const char *argument; /* what help calls the value; NULL for flags */
    const char *sentence;
    size_t offset; /* of the field in the command's own struct */
    int64_t min, max;
};

struct cli_command {
    const char *name;
    const char *operands; /* for help: "EXPERIMENT.yaml"; "[TOPIC]" when it may be left out */
    const char *sentence; /* one line, for the list of commands */
    const char *text;     /* paragraphs of help */
    const char *examples; /* lines */
    const struct cli_option *options;
    int32_t n_options;
    int32_t min_operands, max_operands;
    int (*run)(int argc, char **argv); /* of the whole call: argv[1] is the command; returns a cli_status */
};

#define CLI_OPERANDS_MAX 8

struct cli_operands {
    const char *items[CLI_OPERANDS_MAX];
    int32_t n;
};

#define CLI_PROCEED (-1)

/* Fills the fields of `options` (set to their defaults by the caller) and the operands, which point into
 * argv. CLI_PROCEED, or the status to end with: help was printed, or the call was wrong. */
int cli_args_parse(
    const struct cli_command *command, int argc, char **argv, void *options, struct cli_operands *operands);
/* The help of a command. */
void cli_args_help(const struct cli_command *command, FILE *out);
/* "pamir NAME: message" on standard error; returns `status`. */
int cli_args_fail(const struct cli_command *command, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
