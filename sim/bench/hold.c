#include "sim/bench/hold.h"

#include <math.h>
#include <stdlib.h>

#include "sim/rand/dist.h"

/* The entity's next delay. A block's first word is used at once, the event carries the others; kind counts.
 */
static sim_time next_delay(struct sim_luck luck, struct sim_event *event)
{
    uint32_t place = event->kind & 3;
    uint64_t words[4];
    if (place == 0) {
        sim_rand_block(luck, (sim_key)event->entity + 1, SIM_BLOCK_OF_HOLD, event->kind >> 2, words);
        for (int i = 0; i < 3; i++)
            event->data[i] = (int64_t)words[i + 1];
    } else {
        words[0] = (uint64_t)event->data[place - 1];
    }
    event->kind++;
    return (sim_time)(sim_dist_exponential(sim_rand_unit(words[0]), SIM_BENCH_TICKS) + 0.5);
}

static int on_hold(
    struct sim_context *context, void *state, const struct sim_event *event, struct sim_error *error)
{
    const struct sim_luck *luck = state;
    struct sim_event next = *event;
    sim_time delay = next_delay(*luck, &next);
    return sim_process_schedule(context, context->now + delay, 0, &next, error);
}

static const struct sim_process_type hold_type = {.name = "hold", .on_event = on_hold};

enum { PER_PROCESS = 256 };
static const sim_time WINDOW = (sim_time)16 * SIM_BENCH_TICKS;

static int begin(
    struct sim_world *world, const struct sim_bench_load *load, int32_t per_process, struct sim_error *error)
{
    for (int64_t i = 0; i < load->n_entities; i++) {
        struct sim_event event = {.entity = (uint32_t)i};
        sim_time delay = next_delay(load->luck, &event);
        int code = sim_world_schedule(world, (int32_t)(i / per_process), delay, 0, &event, error);
        if (code < 0)
            return code;
    }
    return 0;
}

static int run(struct sim_world *world, const struct sim_bench_load *load, struct sim_bench_result *result,
    struct sim_error *error)
{
    int64_t n_windows = sim_bench_time_windows(world, load, WINDOW, WINDOW, result, error);
    if (n_windows < 0)
        return (int)n_windows;
    double expected = (double)n_windows * ((double)load->n_entities * (double)WINDOW / SIM_BENCH_TICKS);
    result->value = (double)result->n_events / expected;
    result->expected = 1.0;
    result->standard_error = 1.0 / sqrt(expected);
    return 0;
}

int sim_bench_hold(
    const struct sim_bench_load *load, struct sim_bench_result *result, struct sim_error *error)
{
    int32_t per_process = load->per_partition > 0 ? load->per_partition : PER_PROCESS;
    int32_t n = (int32_t)((load->n_entities + per_process - 1) / per_process);
    struct sim_luck luck = load->luck;
    *result = (struct sim_bench_result){0};
    struct sim_process_spec *specs = calloc((size_t)n, sizeof *specs);
    if (!specs)
        return sim_error_set(error, SIM_ERROR_MEMORY, "hold: no memory for %d processes", n);
    for (int32_t i = 0; i < n; i++)
        specs[i] = (struct sim_process_spec){&hold_type, &luck, 0, i};
    struct sim_world *world = sim_bench_world_new(specs, n, &WINDOW, load->n_threads, error);
    free(specs);
    int code = world ? begin(world, load, per_process, error) : error->code;
    if (code >= 0)
        code = run(world, load, result, error);
    if (code >= 0)
        code = sim_bench_finish(world, NULL, 0, load->n_entities, result, error);
    sim_world_free(world);
    return code;
}
