#include "sim/cli/commands.h"
#include "sim/cli/load.h"
#include "sim/cli/tree.h"

/* What is left of a row in the file, as seen with the Tashkurgan experiment: for a guess, called one. */
#define COMPRESSED_SHARE 0.75
/* Household-months a second and core, and bytes of memory: those of the program, and of a household in each
 * row at work; as seen with the Tashkurgan experiment on one machine. For guesses, called so. */
#define SPEED 2.5e6
#define PROGRAM_BYTES 25e6
#define HOUSEHOLD_BYTES 1400.0
#define SCENARIO_BYTES 15e3 /* of an arm at a point */
#define ROW_BYTES 250.0     /* what is known of each row of the batch */
#define FILE_BYTES 64e6     /* at most, while the file is written */
#define POINTS_SHOWN 4

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
    "checks an experiment: every error with its place; predicted size, time and memory; no run",
    "Reads an experiment with its county and programs and reports every error at once, with file, line, "
    "column, what\n"
    "was expected and the nearest right word. When all is well it prints what a run would do: arms, points "
    "of a "
    "sweep,\n"
    "replicates and when enough of them are known, the past that arms share and that is lived once, and how "
    "large "
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

static int64_t n_rows(const struct county_study *study)
{
    return (int64_t)county_study_n_arms(study) * county_study_n_points(study) *
           county_study_n_replicates(study);
}

static void print_size(const struct county_study *study)
{
    const struct sim_output *output = county_study_output(study);
    int64_t rows = n_rows(study);
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

static void duration_text(double seconds, char out[32])
{
    if (seconds < 1)
        snprintf(out, 32, "less than a second");
    else if (seconds < 120)
        snprintf(out, 32, "about %.0f s", seconds);
    else if (seconds < 7200)
        snprintf(out, 32, "about %.0f min", seconds / 60);
    else
        snprintf(out, 32, "about %.1f h", seconds / 3600);
}

/* On as many threads as `run` would use here. */
static void print_cost(const struct county_study *study)
{
    const struct sim_batch_options as_usual = {0};
    int32_t n_threads = sim_batch_threads(&as_usual);
    int64_t rows = n_rows(study);
    int64_t at_work = rows < n_threads ? rows : n_threads;
    double months = (double)county_study_household_months(study) * (double)rows;
    double row_bytes = HOUSEHOLD_BYTES * (double)county_study_n_households(study) +
                       (double)county_study_output(study)->row_bytes;
    char time[32], memory[32];
    duration_text(months / SPEED / n_threads, time);
    double file = (double)county_study_output(study)->row_bytes * (double)rows;
    double kept = SCENARIO_BYTES * county_study_n_points(study) * county_study_n_arms(study) +
                  ROW_BYTES * (double)rows + (file < FILE_BYTES ? file : FILE_BYTES);
    cli_load_size_text(PROGRAM_BYTES + kept + row_bytes * (double)at_work, memory);
    printf("time        %s on %d %s (a guess: %.1f million household-months a second and core)\n", time,
        n_threads, n_threads == 1 ? "thread" : "threads", SPEED / 1e6);
    printf("memory      about %s (a guess)\n", memory);
}

/* What stop_when will do. */
static void print_stop(const struct county_study *study, const struct sim_batch_stop *stop)
{
    const struct sim_variable *variable = &county_study_output(study)->variables[stop->variable];
    printf(
        "stop_when   %s.%s of '%s' less '%s': looked at after %d replicates and every %d more; no more are\n"
        "            begun when its 95 percent interval is +- %.10g %s or narrower (--all-replicates: "
        "all the same)\n",
        variable->group, variable->name, county_study_arm(study, stop->arm),
        county_study_arm(study, stop->reference), stop->least, stop->step, stop->half_width, variable->unit);
}

static void print_points(const struct county_study *study)
{
    int32_t n = county_study_n_points(study), shown = n < POINTS_SHOWN ? n : POINTS_SHOWN;
    char text[400];
    printf("points      %d of the sweep, each with all arms and replicates\n", n);
    for (int32_t point = 0; point < shown; point++) {
        county_study_point_text(study, point, text, sizeof text);
        printf("            %d: %s\n", point, text);
    }
    if (shown < n)
        printf("            and %d more\n", n - shown);
}

/* Where arms part. */
static void print_tree(struct county_study *study)
{
    struct sim_batch_model model;
    struct sim_error error = {0};
    if (county_study_batch(study, 1, &model, &error) == 0)
        cli_tree_print(study, &model, stdout);
}

static void print_plan(const char *path, struct county_study *study)
{
    int32_t n_arms = county_study_n_arms(study);
    printf("%s: all is well\n", path);
    printf("experiment  %s\n", county_study_name(study));
    printf("arms        ");
    for (int32_t i = 0; i < n_arms; i++)
        printf("%s%s%s", i ? ", " : "", county_study_arm(study, i),
            i == county_study_reference(study) ? " (reference)" : "");
    struct sim_batch_stop stop;
    bool stops = county_study_stop(study, &stop);
    printf("\nreplicates  %s%d of each arm\n", stops ? "at most " : "", county_study_n_replicates(study));
    if (stops)
        print_stop(study, &stop);
    if (county_study_n_points(study) > 1)
        print_points(study);
    print_tree(study);
    print_size(study);
    print_cost(study);
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
