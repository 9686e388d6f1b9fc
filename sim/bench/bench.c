#include "sim/bench/bench.h"

#include <math.h>

#include "sim/core/clock.h"

static sim_time next_window(void *user, sim_time t)
{
    const sim_time *window = user;
    return t + *window;
}

struct sim_world *sim_bench_world_new(const struct sim_process_spec *specs, int32_t n, const sim_time *window,
    int32_t n_threads, struct sim_error *error)
{
    struct sim_world_options options = {.next_boundary = next_window,
        .user = (void *)window,
        .scheduler = n_threads > 1 ? SIM_SCHEDULER_THREADS : SIM_SCHEDULER_SERIAL,
        .n_threads = n_threads};
    return sim_world_new(specs, n, options, error);
}

int64_t sim_bench_time_windows(struct sim_world *world, const struct sim_bench_load *load, sim_time warm,
    sim_time window, struct sim_bench_result *result, struct sim_error *error)
{
    int code = sim_world_run(world, warm, error);
    if (code < 0)
        return code;
    double per_window = (double)load->n_entities * (double)window / SIM_BENCH_TICKS;
    int64_t n_windows = (int64_t)ceil((double)load->n_events / per_window);
    int64_t before = sim_world_events(world);
    double start = sim_clock_seconds();
    code = sim_world_run(world, warm + n_windows * window, error);
    result->seconds = sim_clock_seconds() - start;
    result->n_events = sim_world_events(world) - before;
    return code < 0 ? code : n_windows;
}

int sim_bench_check_spread(const int64_t *counts, int32_t n_groups, int64_t n, struct sim_error *error)
{
    const double rare = 20.7, freedom = (double)n_groups - 1.0; /* e^-20.7: 1e-9 */
    double chi_square = 0.0, mean = (double)n / (double)n_groups, reach = 2.0 * sqrt(freedom * rare);
    for (int32_t i = 0; i < n_groups; i++) {
        double gap = (double)counts[i] - mean;
        chi_square += gap * gap / mean;
    }
    if (chi_square >= freedom - reach && chi_square <= freedom + reach + 2.0 * rare)
        return 0;
    return sim_error_set(error, SIM_ERROR_MODEL,
        "%lld things in %d groups: chi-square %.6g, where chance gives %.6g", (long long)n, n_groups,
        chi_square, freedom);
}

int sim_bench_finish(const struct sim_world *world, const void *states, int64_t n_state_bytes,
    int64_t n_entities, struct sim_bench_result *result, struct sim_error *error)
{
    struct sim_state saved;
    struct sim_digest digest;
    sim_state_init(&saved);
    int code = sim_world_save(world, &saved, error);
    sim_digest_init(&digest);
    sim_digest_add(&digest, saved.bytes, saved.n);
    sim_digest_add(&digest, states, n_state_bytes);
    sim_digest_end(&digest, result->digest);
    sim_state_free(&saved);
    result->bytes_per_entity = (double)(sim_world_bytes(world) + n_state_bytes) / (double)n_entities;
    return code;
}
