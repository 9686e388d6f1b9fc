#include "models/county/study.h"
#include "sim/cli/commands.h"

static int run(int argc, char **argv);

const struct cli_command cli_describe = {
    "describe",
    "[TOPIC]",
    "every parameter, effect and indicator: unit, default, range, source",
    "Without a topic: the list of topics. With one: what can be written in an experiment, a county or a "
    "program, or what\n"
    "a result holds, each with its unit, default, range and source.",
    "  pamir describe\n"
    "  pamir describe livestock\n",
    NULL,
    0,
    0,
    1,
    run,
};

static int run(int argc, char **argv)
{
    struct cli_operands operands;
    int status = cli_args_parse(&cli_describe, argc, argv, NULL, &operands);
    if (status != CLI_PROCEED)
        return status;
    struct sim_error error = {0};
    int code = county_describe(operands.n ? operands.items[0] : NULL, stdout, &error);
    if (code == 0)
        return CLI_DONE;
    return cli_args_fail(&cli_describe, code == SIM_ERROR_INPUT ? CLI_BAD_INPUT : CLI_FAILED, "%s",
        error.message[0] ? error.message : sim_error_sentence(code));
}
