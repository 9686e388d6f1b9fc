#include "sim/cli/args.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/diag.h"

#define OPTIONS_MAX 32
#define HELP_COLUMN 26

int cli_args_fail(const struct cli_command *command, int status, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "pamir %s: ", command->name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return status;
}

static int wrong_call(const struct cli_command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static int wrong_call(const struct cli_command *command, const char *format, ...)
{
    char message[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    return cli_args_fail(command, CLI_BAD_INPUT, "%s\nusage: pamir %s %s%s; more with pamir %s --help",
        message, command->name, command->operands, command->n_options ? " [options]" : "", command->name);
}

void cli_args_help(const struct cli_command *command, FILE *out)
{
    fprintf(out, "usage: pamir %s%s%s%s\n\n%s\n", command->name, *command->operands ? " " : "",
        command->operands, command->n_options ? " [options]" : "", command->text);
    fputs("\noptions:\n", out);
    for (int32_t i = 0; i < command->n_options; i++) {
        const struct cli_option *option = &command->options[i];
        char left[80];
        snprintf(left, sizeof(left), "%s%.1s%s--%s%s%s", option->letter ? "-" : "  ",
            option->letter ? &option->letter : "", option->letter ? ", " : "  ", option->name,
            option->argument ? " " : "", option->argument ? option->argument : "");
        fprintf(out, "  %-*s %s\n", HELP_COLUMN, left, option->sentence);
    }
    fprintf(out, "  %-*s %s\n", HELP_COLUMN, "-h, --help", "this text");
    if (*command->examples)
        fprintf(out, "\nexamples:\n%s", command->examples);
}

static const struct cli_option *find_by_name(
    const struct cli_command *command, const char *name, size_t length)
{
    for (int32_t i = 0; i < command->n_options; i++)
        if (strlen(command->options[i].name) == length &&
            strncmp(command->options[i].name, name, length) == 0)
            return &command->options[i];
    return NULL;
}

static const struct cli_option *find_by_letter(const struct cli_command *command, char letter)
{
    for (int32_t i = 0; i < command->n_options; i++)
        if (command->options[i].letter == letter)
            return &command->options[i];
    return NULL;
}

static int unknown_option(const struct cli_command *command, const char *given)
{
    const char *words[OPTIONS_MAX + 1];
    char name[80];
    int32_t n = 0;
    for (int32_t i = 0; i < command->n_options && n < OPTIONS_MAX; i++)
        words[n++] = command->options[i].name;
    words[n++] = "help";
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(given, "="), given);
    const char *nearest = sim_diag_nearest(name + strspn(name, "-"), words, n);
    if (nearest)
        return wrong_call(command, "unknown option '%s'; did you mean '--%s'?", name, nearest);
    return wrong_call(command, "unknown option '%s'", name);
}

static int set_option(
    const struct cli_command *command, const struct cli_option *option, const char *value, void *options)
{
    void *field = (char *)options + option->offset;
    switch (option->kind) {
    case CLI_FLAG:
        *(bool *)field = true;
        return CLI_PROCEED;
    case CLI_TEXT:
        if (!*value)
            return wrong_call(command, "--%s is empty; expected %s", option->name, option->argument);
        *(const char **)field = value;
        return CLI_PROCEED;
    case CLI_INTEGER: {
        size_t sign = value[0] == '-', digits = strspn(value + sign, "0123456789");
        errno = 0;
        long long number = strtoll(value, NULL, 10);
        if (digits > 0 && strspn(value + sign, "0123456789e") == strlen(value + sign)) { /* 1e4 */
            char *end;
            double real = strtod(value, &end);
            if (value[sign + digits] && !*end && fabs(real) < 0x1p53) {
                number = (long long)real;
                digits = strlen(value + sign);
            }
        }
        if (digits == 0 || value[sign + digits])
            return wrong_call(command, "--%s: '%s' is not an integer", option->name, value);
        if (errno == ERANGE || number < option->min || number > option->max)
            return wrong_call(command, "--%s: '%s' is out of range; expected %lld to %lld", option->name,
                value, (long long)option->min, (long long)option->max);
        *(int64_t *)field = number;
        return CLI_PROCEED;
    }
    case CLI_LIST: {
        struct cli_list *list = field;
        if (!*value)
            return wrong_call(command, "--%s is empty; expected %s", option->name, option->argument);
        if (list->n == CLI_LIST_MAX)
            return wrong_call(command, "--%s is given more than %d times", option->name, CLI_LIST_MAX);
        list->items[list->n++] = value;
        return CLI_PROCEED;
    }
    }
    return CLI_PROCEED;
}

/* One argument that begins with '-'. `*at` moves on when the value is the next argument. */
static int take_option(const struct cli_command *command, int argc, char **argv, int *at, void *options)
{
    const char *given = argv[*at], *value = NULL;
    const struct cli_option *option;
    if (given[1] == '-') {
        size_t length = strcspn(given + 2, "=");
        option = find_by_name(command, given + 2, length);
        value = given[2 + length] == '=' ? given + 3 + length : NULL;
    } else {
        option = find_by_letter(command, given[1]);
        value = given[2] ? given + 2 : NULL;
    }
    if (!option)
        return unknown_option(command, given);
    if (option->kind == CLI_FLAG && value)
        return wrong_call(command, "--%s takes no value", option->name);
    if (option->kind != CLI_FLAG && !value) {
        if (*at + 1 >= argc)
            return wrong_call(command, "--%s needs %s", option->name, option->argument);
        value = argv[++*at];
    }
    return set_option(command, option, value, options);
}

int cli_args_parse(
    const struct cli_command *command, int argc, char **argv, void *options, struct cli_operands *operands)
{
    bool options_ended = false;
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--") == 0) {
            break;
        } else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            cli_args_help(command, stdout);
            return CLI_DONE;
        }
    operands->n = 0;
    for (int i = 2; i < argc; i++) {
        if (!options_ended && strcmp(argv[i], "--") == 0) {
            options_ended = true;
        } else if (!options_ended && argv[i][0] == '-' && argv[i][1]) {
            int status = take_option(command, argc, argv, &i, options);
            if (status != CLI_PROCEED)
                return status;
        } else if (operands->n == command->max_operands) {
            return command->max_operands == 0
                       ? wrong_call(command, "'%s' is one argument too many", argv[i])
                       : wrong_call(command, "'%s' is one argument too many after '%s'", argv[i],
                             operands->items[operands->n - 1]);
        } else {
            operands->items[operands->n++] = argv[i];
        }
    }
    if (operands->n < command->min_operands)
        return wrong_call(command, "%s is missing", command->operands);
    return CLI_PROCEED;
}
