#include "sim/cli/commands.h"
#include "sim/cli/result.h"
#include "sim/core/error.h"
#include "sim/io/h5.h"

struct options {
    bool digest;
};

static const struct cli_option options[] = {
    {CLI_FLAG, "digest", '\0', NULL, "print the digest alone: equal whenever the results are equal",
        offsetof(struct options, digest), 0, 0},
};

static int run(int argc, char **argv);

const struct cli_command cli_verify = {
    "verify",
    "OUT.h5",
    "checks a result: complete, undamaged, and what its digest says",
    "Reads the whole file, rebuilds every row and compares it with the digests that the file holds. The "
    "digest covers\n"
    "the results with their labels and units; not wall time, host or messages: two files with the same "
    "digest hold the\n"
    "same results. A file that lost its seal (its own SHA-256, in the last 48 bytes) was cut short or "
    "rewritten by another\n"
    "program: it fails, even where every value still agrees.\n\n"
    "Exit status: 0 all agrees, 1 damaged, not complete or without its seal, 2 no such file.",
    "  pamir verify tiny.h5\n"
    "  test \"$(pamir verify a.h5 --digest)\" = \"$(pamir verify b.h5 --digest)\" && echo same\n",
    options,
    SIM_COUNT(options),
    1,
    1,
    run,
};

static int run(int argc, char **argv)
{
    struct options given = {false};
    struct cli_operands operands;
    int status = cli_args_parse(&cli_verify, argc, argv, &given, &operands);
    if (status != CLI_PROCEED)
        return status;
    struct sim_h5_report report;
    struct sim_error error = {0};
    int code = sim_h5_verify(operands.items[0], &report, &error);
    if (code < 0)
        return cli_result_refuse(&cli_verify, operands.items[0], code, &error);
    if (given.digest) {
        printf("%s\n", report.digest);
    } else {
        printf("%s: every row agrees with its digest\n", operands.items[0]);
        if (report.n_points > 1)
            printf("points      %d\n", report.n_points);
        printf("arms        %d\nreplicates  %d\n", report.n_arms, report.n_replicates);
        printf("rows        %lld, %lld of them failed, %lld missing\n", (long long)report.n_rows,
            (long long)report.n_failed, (long long)report.n_missing);
        printf("variables   %d, and %d constants\n", report.n_variables, report.n_constants);
        printf("digest      %s\n", report.digest);
    }
    if (report.n_missing > 0)
        return cli_args_fail(&cli_verify, CLI_FAILED,
            "%lld rows are missing; pamir run ... --resume computes them", (long long)report.n_missing);
    if (!report.is_sealed)
        return cli_args_fail(&cli_verify, CLI_FAILED,
            "%s: no seal at its end: the file was cut short, or another program has written to it since "
            "pamir "
            "run; its values still agree with their digests",
            operands.items[0]);
    return CLI_DONE;
}
