/* How fast a county lives, and what it weighs: one run of an experiment's arm, serial and on two threads,
 * medians of several. Usage: bench_model EXPERIMENT.yaml ARM [RUNS]. No timing decides whether a test passes.
 */
#include "tests/support/county.h"

#include <stdlib.h>
#include <time.h>

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: bench_model EXPERIMENT.yaml ARM [RUNS]\n");
        return 2;
    }
    int32_t n_runs = argc > 3 ? atoi(argv[3]) : 5;
    if (n_runs < 1 || n_runs > 100) {
        fprintf(stderr, "bench_model: RUNS is 1 to 100\n");
        return 2;
    }
    static struct county_fixture county;
    county_fixture_open(&county, argv[1], argv[2], NULL, 0);
    const struct scenario *scenario = &county.scenario;
    int64_t households = 0;
    for (int32_t v = 0; v < scenario->n_villages; v++)
        households += scenario->villages[v].n_households;
    double work = (double)households * (double)(scenario->end_month - scenario->first_month);
    printf("%s, arm %s: %d villages, %lld households, %d months, %d runs\n", argv[1], argv[2],
        scenario->n_villages, (long long)households, scenario->end_month - scenario->first_month, n_runs);
    for (int32_t threads = 1; threads <= 2; threads++) {
        double taken[100];
        int64_t used = 0;
        for (int32_t i = 0; i < n_runs; i++) {
            struct county_run run;
            struct county_run_options options = {
                .scheduler = threads == 1 ? SIM_SCHEDULER_SERIAL : SIM_SCHEDULER_OPENMP,
                .n_threads = threads};
            double start = seconds();
            county_fixture_run(&county, &run, options, 0);
            taken[i] = seconds() - start;
            used = county_run_bytes(&run);
            county_run_free(&run);
        }
        qsort(taken, (size_t)n_runs, sizeof(double), by_value);
        printf(
            "%d thread%s: median %.3f s (%.3f to %.3f), %.2f million household-months a second; %lld bytes a "
            "household\n",
            threads, threads == 1 ? "" : "s", taken[n_runs / 2], taken[0], taken[n_runs - 1],
            work / taken[n_runs / 2] * 1e-6, (long long)(used / households));
    }
    county_fixture_close(&county);
    return 0;
}
