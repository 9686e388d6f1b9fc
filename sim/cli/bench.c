#include "sim/cli/bench.h"

#include <limits.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/cli/commands.h"
#include "sim/io/file.h"
#include "sim/run/progress.h"
#include "sim/run/signals.h"

#define SIZES "1e3,1e4,1e5,1e6"
#define REPLICATES 4

struct options {
    struct cli_bench bench;
    const char *sizes;
};

static const struct cli_option options[] = {
    {CLI_TEXT, "experiment", '\0', "FILE",
        "that model, output and experiment run (Tashkurgan, where it is found)",
        offsetof(struct options, bench.experiment), 0, 0},
    {CLI_TEXT, "arm", '\0', "A", "arm that model lives (the last of the file)",
        offsetof(struct options, bench.arm), 0, 0},
    {CLI_TEXT, "arms", '\0', "A,B", "of output and experiment, with the reference (all)",
        offsetof(struct options, bench.arms), 0, 0},
    {CLI_INTEGER, "replicates", '\0', "N", "of each arm in output and experiment (4)",
        offsetof(struct options, bench.replicates), 1, 100000},
    {CLI_LIST, "set", '\0', "PATH=VALUE",
        "another value of the experiment, as in 'to=2016-12'; may be repeated",
        offsetof(struct options, bench.sets), 0, 0},
    {CLI_INTEGER, "runs", '\0', "N", "runs of each, of which the median counts (5)",
        offsetof(struct options, bench.n_runs), 1, CLI_MEASURE_RUNS},
    {CLI_INTEGER, "threads", '\0', "T", "beside one thread (2, or 1 on a machine of one core)",
        offsetof(struct options, bench.n_threads), 1, 4096},
    {CLI_TEXT, "sizes", '\0', "N,N,...", "entities of hold and phold (" SIZES ")",
        offsetof(struct options, sizes), 0, 0},
    {CLI_INTEGER, "events", '\0', "N", "events or customers of a run of the engine (as suits the size)",
        offsetof(struct options, bench.n_events), 1, 1000000000},
    {CLI_FLAG, "profile", '\0', NULL, "one more run of model, to say where its time goes",
        offsetof(struct options, bench.profile), 0, 0},
    {CLI_TEXT, "json", '\0', "FILE", "write all of it as JSON, too; FILE is replaced",
        offsetof(struct options, bench.json), 0, 0},
};

static int run(int argc, char **argv);

const struct cli_command cli_bench = {
    "bench",
    "[PART ...]",
    "measures speed and memory: the engine, the model, the output, a whole experiment",
    "Measures parts of the simulator, each alone: medians of several runs with the least and the most, on "
    "one\n"
    "thread and on several. Without PART: all of them; those that need an experiment when one is given or "
    "found.\n\n"
    "  machine     memory bandwidth and random numbers: what the others are to be judged by\n"
    "  engine      the three that follow: simulations that other simulators are measured by\n"
    "  hold        N entities, each waits an exponential time (mean 1) again and again\n"
    "  phold       N logical processes that send each other events, a quarter of them far away\n"
    "  mm1         one queue with one server, arrivals at 0.9 of its rate\n"
    "  model       one run of an experiment's arm, without observer and output: household-months a second,\n"
    "              bytes a household\n"
    "  output      rows of an experiment's shape to a closed, verified file: MB a second\n"
    "  experiment  all arms and replicates, from the files to the closed result, and where the time went\n\n"
    "A timing depends on the machine, and on what else it does: compare what was measured on one machine in "
    "one\n"
    "hour. tests/bench/compare.py compares two files of JSON; tests/bench/README.md says what others "
    "reach.\n\n"
    "Ctrl-C ends after the measurement that runs: what is finished is told and written (\"stopped\": "
    "true).\n\n"
    "Exit status: 0 done, 1 failed, 2 bad input, 3 stopped.",
    "  pamir bench hold --sizes 1e3 --events 10000 --runs 3\n"
    "  pamir bench model --experiment scenarios/tiny/experiment.yaml --runs 3 --profile\n"
    "  pamir bench --json before.json\n",
    options,
    SIM_COUNT(options),
    0,
    CLI_OPERANDS_MAX,
    run,
};

/* In the order in which they run. */
static const struct part {
    const char *name;
    int (*run)(struct cli_bench *self, struct sim_error *error);
    bool is_engine, needs_study;
} parts[] = {
    {"machine", cli_bench_machine, false, false},
    {"hold", cli_bench_hold, true, false},
    {"phold", cli_bench_phold, true, false},
    {"mm1", cli_bench_mm1, true, false},
    {"model", cli_bench_model, false, true},
    {"output", cli_bench_output, false, true},
    {"experiment", cli_bench_experiment, false, true},
};

int cli_bench_begin(const struct cli_bench *self, const char *what, double size, struct sim_error *error)
{
    if (__atomic_load_n(sim_signals_stop(), __ATOMIC_RELAXED))
        return sim_error_set(error, SIM_ERROR_STOPPED, "stopped");
    if (sim_progress_choose(stderr, false) == SIM_PROGRESS_BAR)
        fprintf(stderr, "\r\033[K[run %d of %d] %s, %.0f", self->run + 1, (int)self->n_runs, what, size);
    return 0;
}

/* In a log a line a run; on a terminal the line is cleared. */
static void say_run(const struct cli_bench *self, const char *part)
{
    if (sim_progress_choose(stderr, false) == SIM_PROGRESS_BAR)
        fputs("\r\033[K", stderr);
    else if (self->run < self->n_runs)
        fprintf(stderr, "pamir bench: %s, run %d of %d\n", part, self->run + 1, (int)self->n_runs);
}

/* What is asked for. */

static int choose(const struct cli_operands *given, bool chosen[SIM_COUNT(parts)])
{
    for (int32_t i = 0; i < given->n; i++) {
        const char *words[SIM_COUNT(parts) + 1];
        bool is_engine = strcmp(given->items[i], "engine") == 0, found = is_engine;
        for (int32_t k = 0; k < SIM_COUNT(parts); k++) {
            bool same = strcmp(given->items[i], parts[k].name) == 0;
            chosen[k] |= same || (is_engine && parts[k].is_engine);
            found |= same;
            words[k] = parts[k].name;
        }
        words[SIM_COUNT(parts)] = "engine";
        if (found)
            continue;
        const char *nearest = sim_diag_nearest(given->items[i], words, SIM_COUNT(words));
        return cli_args_fail(&cli_bench, CLI_BAD_INPUT,
            "there is no part '%s'%s%s%s; pamir bench --help lists them", given->items[i],
            nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    }
    return CLI_PROCEED;
}

/* "1e3,1e4": whole numbers, each once. */
static int read_sizes(struct cli_bench *self, const char *text)
{
    for (const char *at = text; self->n_sizes < CLI_BENCH_SIZES; at++) {
        char *end;
        double size = strtod(at, &end);
        if (end == at || (*end && *end != ',') || !(size >= 1 && size <= 1e8) || size != floor(size))
            return cli_args_fail(&cli_bench, CLI_BAD_INPUT,
                "--sizes: '%s': expected whole numbers from 1 to 1e8 with commas between, as in 1e3,1e4",
                text);
        bool is_new = true;
        for (int32_t i = 0; i < self->n_sizes; i++)
            is_new &= self->sizes[i] != (int64_t)size;
        if (is_new) /* twice the same would be more runs of one */
            self->sizes[self->n_sizes++] = (int64_t)size;
        at = end;
        if (!*at)
            return CLI_PROCEED;
    }
    return cli_args_fail(&cli_bench, CLI_BAD_INPUT, "--sizes: more than %d", CLI_BENCH_SIZES);
}

/* Where an experiment lies: the installed one beside the binary, or that of the source tree. */
static const char *find_experiment(char out[PATH_MAX])
{
    static const char *const places[] = {"/../share/pamir/scenarios", "/../../scenarios"};
    static const char name[] = "/experiments/tashkurgan.yaml";
    char folder[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", folder, sizeof(folder) - 1);
    snprintf(out, PATH_MAX, "scenarios%s", name);
    if (sim_file_exists(out))
        return out;
    folder[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(folder, '/');
    for (int32_t i = 0; slash && i < SIM_COUNT(places); i++) {
        *slash = '\0';
        if (snprintf(out, PATH_MAX, "%s%s%s", folder, places[i], name) < PATH_MAX && sim_file_exists(out))
            return out;
    }
    return NULL;
}

/* The arm that model lives is one of the study's. */
static int check_arm(struct cli_bench *self)
{
    const char *words[256];
    char list[1024] = "";
    int32_t n = county_study_n_arms(self->study);
    n = n < SIM_COUNT(words) ? n : SIM_COUNT(words);
    for (int32_t i = 0; i < n; i++) {
        size_t at = strlen(list);
        words[i] = county_study_arm(self->study, i);
        snprintf(list + at, sizeof(list) - at, "%s%s", i ? ", " : "", words[i]);
        if (self->arm && strcmp(words[i], self->arm) == 0)
            return CLI_PROCEED;
    }
    if (self->arm) {
        const char *nearest = sim_diag_nearest(self->arm, words, n);
        return cli_args_fail(&cli_bench, CLI_BAD_INPUT, "--arm: there is no '%s'%s%s%s; there are: %s",
            self->arm, nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'" : "", list);
    }
    self->arm = words[n - 1];
    return CLI_PROCEED;
}

/* An option that no chosen part looks at is a slip of the hand. */
static int check_options(const struct options *given, const bool chosen[SIM_COUNT(parts)])
{
    const struct cli_bench *bench = &given->bench;
    const struct {
        const char *name, *parts;
        bool is_given;
    } uses[] = {{"--sizes", "hold and phold", given->sizes != NULL},
        {"--events", "hold, phold and mm1", bench->n_events > 0},
        {"--arm", "model and output", bench->arm != NULL}, {"--profile", "model", bench->profile},
        {"--arms", "output and experiment", bench->arms != NULL},
        {"--replicates", "output and experiment", bench->replicates > 0},
        {"--experiment", "model, output and experiment", bench->experiment != NULL},
        {"--set", "model, output and experiment", bench->sets.n > 0}};
    for (int32_t i = 0; i < SIM_COUNT(uses); i++) {
        bool is_used = false;
        for (int32_t k = 0; k < SIM_COUNT(parts); k++)
            is_used |= chosen[k] && strstr(uses[i].parts, parts[k].name) != NULL;
        if (uses[i].is_given && !is_used)
            return cli_args_fail(&cli_bench, CLI_BAD_INPUT, "%s is for %s, and nothing of that is measured",
                uses[i].name, uses[i].parts);
    }
    return CLI_PROCEED;
}

/* As many replicates as suit a benchmark, unless the user says how many. */
static int64_t replicates_of(const struct cli_bench *self)
{
    for (int32_t i = 0; i < self->sets.n; i++)
        if (strncmp(self->sets.items[i], "replicates=", strlen("replicates=")) == 0)
            return self->replicates;
    return self->replicates > 0 ? self->replicates : REPLICATES;
}

/* Loads the study when a chosen part needs it; without a choice, when there is one. */
static int load_study(
    struct cli_bench *self, bool is_choice, bool chosen[SIM_COUNT(parts)], char place[PATH_MAX])
{
    const char *needs = NULL;
    for (int32_t k = 0; k < SIM_COUNT(parts); k++)
        if (chosen[k] && parts[k].needs_study)
            needs = parts[k].name;
    if (!needs)
        return CLI_PROCEED;
    if (!self->experiment)
        self->experiment = find_experiment(place);
    if (!self->experiment && is_choice)
        return cli_args_fail(&cli_bench, CLI_BAD_INPUT,
            "%s needs an experiment, and none was found; name one: --experiment FILE.yaml", needs);
    for (int32_t k = 0; !self->experiment && k < SIM_COUNT(parts); k++)
        chosen[k] &= !parts[k].needs_study;
    if (!self->experiment)
        return CLI_PROCEED;
    for (int32_t i = 0; i < self->sets.n; i++) {
        size_t at = strlen(self->set);
        snprintf(self->set + at, sizeof(self->set) - at, "%s%s", i ? " " : "", self->sets.items[i]);
    }
    self->replicates = replicates_of(self);
    struct cli_load load = {
        .seed = -1, .arms = self->arms, .replicates = self->replicates, .sets = self->sets};
    int status = cli_load(&cli_bench, self->experiment, &load, &self->study);
    if (status != CLI_PROCEED)
        return status;
    return check_arm(self);
}

/* The work. */

static void print_head(const struct cli_bench *self, bool is_model_chosen)
{
    int cores = omp_get_num_procs();
    cli_measure_machine_print(stdout);
    printf("%-9s %s%lld (%d %s%s)\n", "threads", self->n_threads > 1 ? "1 and " : "",
        (long long)self->n_threads, cores, cores == 1 ? "core" : "cores",
        self->n_threads > cores ? ", which the threads share" : "");
    if (self->study)
        printf("%-9s %s: %lld households, %lld household-months a run", "study", self->experiment,
            (long long)county_study_n_households(self->study),
            (long long)county_study_household_months(self->study));
    if (self->study && is_model_chosen)
        printf("; model lives arm '%s'", self->arm);
    if (self->study)
        putchar('\n');
    fflush(stdout);
}

static int measure(struct cli_bench *self, const bool chosen[SIM_COUNT(parts)])
{
    bool is_model_chosen = false;
    for (int32_t k = 0; k < SIM_COUNT(parts); k++)
        is_model_chosen |= chosen[k] && parts[k].run == cli_bench_model;
    print_head(self, is_model_chosen);
    for (int32_t k = 0; k < SIM_COUNT(parts); k++) {
        struct sim_error error = {0};
        int code = 0;
        if (!chosen[k])
            continue;
        for (self->run = 0; code == 0 && self->run < self->n_runs; self->run++) {
            say_run(self, parts[k].name);
            code = parts[k].run(self, &error);
        }
        self->run = (int32_t)self->n_runs;
        say_run(self, parts[k].name);
        putchar('\n');
        cli_measures_print(&self->measures, parts[k].name, stdout);
        if (parts[k].run == cli_bench_model && self->profile)
            cli_measures_print(&self->measures, "profile", stdout);
        fflush(stdout);
        self->measures.is_stopped = code == SIM_ERROR_STOPPED;
        if (code == SIM_ERROR_STOPPED)
            return cli_args_fail(&cli_bench, CLI_STOPPED, "%s: stopped", parts[k].name);
        self->measures.failed = code < 0 ? parts[k].name : NULL;
        if (code < 0)
            return cli_args_fail(&cli_bench, CLI_FAILED, "%s: %s", parts[k].name,
                error.message[0] ? error.message : sim_error_sentence(code));
    }
    return CLI_DONE;
}

static int run(int argc, char **argv)
{
    struct options given = {.bench = {.n_runs = 5}};
    struct cli_bench *bench = &given.bench;
    struct cli_operands operands;
    char place[PATH_MAX];
    bool chosen[SIM_COUNT(parts)] = {false};
    sim_signals_begin("what is measured so far is kept");
    bench->n_threads = omp_get_num_procs() > 1 ? 2 : 1;
    int status = cli_args_parse(&cli_bench, argc, argv, &given, &operands);
    if (status == CLI_PROCEED)
        status = read_sizes(bench, given.sizes ? given.sizes : SIZES);
    if (status == CLI_PROCEED)
        status = choose(&operands, chosen);
    for (int32_t k = 0; operands.n == 0 && k < SIM_COUNT(parts); k++)
        chosen[k] = true;
    if (status == CLI_PROCEED)
        status = check_options(&given, chosen);
    if (status == CLI_PROCEED)
        status = load_study(bench, operands.n > 0, chosen, place);
    struct sim_error error = {0};
    if (status == CLI_PROCEED && bench->json && sim_file_check_target(bench->json, 0, &error) < 0)
        status = cli_args_fail(&cli_bench, CLI_BAD_INPUT, "%s", error.message);
    if (status == CLI_PROCEED) {
        status = measure(bench, chosen);
        /* What a part lost, or a signal, does not lose what others found. */
        if (bench->json && bench->measures.n > 0 &&
            cli_measures_write(&bench->measures, bench->json, argc, argv, &error) < 0)
            status = cli_args_fail(&cli_bench, CLI_FAILED, "%s", error.message);
    }
    sim_signals_end();
    cli_measures_free(&bench->measures);
    county_study_free(bench->study);
    free(bench->row);
    return status;
}
