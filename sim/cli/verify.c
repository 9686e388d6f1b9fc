#include "sim/cli/commands.h"

#include <math.h>

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
    "same results. The books of /ledger are added up. A file that lost its seal (its own SHA-256, in the "
    "last 48 bytes) was cut short or "
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

/* Whether the books of a result close: for each account and year of a row, receipts less payments less the
 * change of its stock are nothing, to half a coin. *n counts the sums. A result without /ledger has none. */
static int check_ledger(const char *path, int64_t *n, struct sim_error *error)
{
    struct sim_h5_file file;
    struct sim_h5_array flow = {0}, stock = {0};
    *n = 0;
    int code = sim_h5_open(&file, path, error);
    if (code < 0)
        return code;
    if (!sim_h5_has(&file, "ledger", "flow"))
        goto out;
    if ((code = sim_h5_read(&file, "ledger", "flow", &flow, error)) < 0 ||
        (code = sim_h5_read(&file, "ledger", "stock_change", &stock, error)) < 0)
        goto out;
    int64_t accounts = flow.lengths[flow.n_dims - 1];
    if (flow.n_dims < 2 || flow.lengths[flow.n_dims - 2] != accounts || stock.n * accounts != flow.n) {
        code = sim_error_set(error, SIM_ERROR_FORMAT, "%s: /ledger is no square matrix", path);
        goto out;
    }
    for (int64_t at = 0; at < stock.n && code == 0; at++) {
        int64_t block = at / accounts, account = at % accounts;
        const double *matrix = flow.numbers + block * accounts * accounts;
        double gap = -stock.numbers[at];
        for (int64_t other = 0; other < accounts; other++)
            gap += matrix[other * accounts + account] - matrix[account * accounts + other];
        if (isnan(gap)) /* a row that is missing or failed */
            continue;
        if (fabs(gap) > 0.005)
            code = sim_error_set(error, SIM_ERROR_BOOKS,
                "%s: the books do not close: account %lld of year and row %lld is off by %.2f", path,
                (long long)account, (long long)block, gap);
        ++*n;
    }
out:
    sim_h5_array_free(&flow);
    sim_h5_array_free(&stock);
    sim_h5_close(&file);
    return code;
}

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
    int64_t n_sums;
    if ((code = check_ledger(operands.items[0], &n_sums, &error)) < 0)
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
        if (n_sums > 0)
            printf("books       %lld sums of accounts and years close to the coin\n", (long long)n_sums);
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
