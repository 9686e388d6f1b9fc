#include "sim/bench/bench.h"

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
