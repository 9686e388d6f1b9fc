#include "sim/cli/commands.h"
#include "sim/cli/load.h"

/* What deflate leaves of a row, as seen in files of the Tashkurgan experiment: for a guess, called one. */
#define COMPRESSED_SHARE 0.55

struct options {
    struct cli_load load;
    bool resolved, fit;
};

static const struct cli_option options[] = {
    CLI_LOAD_OPTIONS(struct options, load),
    {CLI_FLAG, "resolved", '\0', NULL, "print the resolved experiment, each value with its source",
        offsetof(struct options, resolved), 0, 0},
    {CLI_FLAG, "fit", '\0', NULL, "print the founding population against its targets",
        offsetof(struct options, fit), 0, 0},
};

static int run(int argc, char **argv);

const struct cli_command cli_check = {
    "check",
    "EXPERIMENT.yaml",
    "checks an experiment: every error with its place; predicted size; no run",
    "Reads an experiment with its county and programs and reports every error at once, with file, line, "
    "column, what\n"
    "was expected and the nearest right word. When all is well it prints what a run would do and how large "
    "its result\n"
    "would be. Nothing is written.\n\n"
    "Exit status: 0 all is well, 2 bad input.",
    "  pamir check scenarios/tiny/experiment.yaml\n"
    "  pamir check scenarios/experiments/tashkurgan.yaml --fit\n"
    "  pamir check scenarios/tiny/experiment.yaml --set 'replicates=100' --resolved\n",
    options,
    SIM_COUNT(options),
    1,
    1,
    run,
};

static void print_size(const struct county_study *study)
{
    const struct sim_output *output = county_study_output(study);
    int64_t rows = (int64_t)county_study_n_arms(study) * county_study_n_replicates(study);
    double bytes = (double)output->row_bytes * (double)rows;
    char row[32], raw[32], packed[32], months[32], count[32];
    cli_load_size_text((double)output->row_bytes, row);
    cli_load_size_text(bytes, raw);
    cli_load_size_text(bytes * COMPRESSED_SHARE, packed);
    cli_load_count_text(rows, count);
    cli_load_count_text(county_study_household_months(study) * rows, months);
    printf("rows        %s of %s each: %s as they are, about %s compressed (a guess)\n", count, row, raw,
        packed);
    printf("work        about %s household-months\n", months);
}

static void print_plan(const char *path, const struct county_study *study)
{
    int32_t n_arms = county_study_n_arms(study);
    printf("%s: all is well\n", path);
    printf("experiment  %s\n", county_study_name(study));
    printf("arms        ");
    for (int32_t i = 0; i < n_arms; i++)
        printf("%s%s%s", i ? ", " : "", county_study_arm(study, i),
            i == county_study_reference(study) ? " (reference)" : "");
    printf("\nreplicates  %d of each arm\n", county_study_n_replicates(study));
    print_size(study);
}

static int run(int argc, char **argv)
{
    struct options given = {.load = CLI_LOAD_INITIAL};
    struct cli_operands operands;
    int status = cli_args_parse(&cli_check, argc, argv, &given, &operands);
    if (status != CLI_PROCEED)
        return status;
    struct county_study *study;
    status = cli_load(&cli_check, operands.items[0], &given.load, &study);
    if (status != CLI_PROCEED)
        return status;
    /* --resolved alone prints YAML alone, so that it can be kept as a file. */
    if (!given.resolved)
        print_plan(operands.items[0], study);
    if (given.resolved)
        county_study_print_resolved(study, stdout);
    if (given.fit) {
        putchar('\n');
        county_study_print_fit(study, stdout);
    }
    county_study_free(study);
    return CLI_DONE;
}
