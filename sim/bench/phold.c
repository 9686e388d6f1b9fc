#include "sim/bench/phold.h"

#include <math.h>
#include <stdlib.h>

#include "sim/rand/dist.h"

enum { GROUPS = 64, LEAST_COUNTED = 16 * GROUPS };
static const sim_time LOOKAHEAD = SIM_BENCH_TICKS / 10;
static const double MEAN_EXTRA = 0.9 * SIM_BENCH_TICKS; /* exponential, on top of the lookahead */
static const double WARM_UP = 5.0;                      /* means: the start is forgotten to one part in e^5 */
static const double VARIANCE = 0.81;                    /* of a delay of mean 1 */

struct phold {
    struct sim_luck luck;
    int32_t n;
};

/* Where the job goes next and after how long. A jump takes two words, so a block serves two: the event
 * carries the second pair; kind counts. The top two bits of a word say whether the job leaves, the others
 * where to. */
static sim_time next_jump(const struct phold *self, struct sim_event *job, int32_t *to)
{
    uint64_t words[4];
    if ((job->kind & 1) == 0) {
        sim_rand_block(self->luck, (sim_key)job->entity + 1, SIM_BLOCK_OF_JUMP, job->kind >> 1, words);
        job->data[0] = (int64_t)words[2];
        job->data[1] = (int64_t)words[3];
    } else {
        words[0] = (uint64_t)job->data[0];
        words[1] = (uint64_t)job->data[1];
    }
    job->kind++;
    if (words[0] >> 62 == 0)
        *to = (int32_t)sim_dist_below(words[0] << 2, self->n);
    return LOOKAHEAD + (sim_time)(sim_dist_exponential(sim_rand_unit(words[1]), MEAN_EXTRA) + 0.5);
}

static int on_jump(
    struct sim_context *context, void *state, const struct sim_event *event, struct sim_error *error)
{
    struct sim_event next = *event;
    int32_t to = context->process;
    sim_time time = context->now + next_jump(state, &next, &to);
    if (to == context->process)
        return sim_process_schedule(context, time, 0, &next, error);
    return sim_process_send(context, to, time, 0, &next, error);
}

static const struct sim_process_type place_type = {.name = "place", .on_event = on_jump};

static int begin(struct sim_world *world, const struct phold *self, struct sim_error *error)
{
    for (int32_t i = 0; i < self->n; i++) {
        struct sim_event job = {.entity = (uint32_t)i};
        int32_t to = i;
        sim_time delay = next_jump(self, &job, &to);
        int code = sim_world_schedule(world, to, delay, 0, &job, error);
        if (code < 0)
            return code;
    }
    return 0;
}

static int run(struct sim_world *world, const struct sim_bench_load *load, struct sim_bench_result *result,
    struct sim_error *error)
{
    sim_time warm = (sim_time)(WARM_UP * SIM_BENCH_TICKS);
    int64_t n_windows = sim_bench_time_windows(world, load, warm, LOOKAHEAD, result, error);
    if (n_windows < 0)
        return (int)n_windows;
    double n = (double)load->n_entities, t = (double)(warm + n_windows * LOOKAHEAD) / SIM_BENCH_TICKS;
    result->value = (double)sim_world_events(world) / (n * t);
    result->expected = 1.0 + (VARIANCE - 1.0) / 2.0 / t;
    result->standard_error = sqrt(VARIANCE / (n * t));
    return 0;
}

/* Jobs at the end, by the place where each is and by how far, round the ring of places, it is from where it
 * began: those who are not there any more. */
struct census {
    int64_t n, n_away;
    int64_t at[GROUPS], away[GROUPS];
};

static void count_job(void *user, const struct sim_event *event)
{
    struct census *self = user;
    int64_t at = sim_event_process(event), far = (at + self->n - event->entity) % self->n;
    self->at[at * GROUPS / self->n]++;
    self->n_away += far > 0;
    if (far > 0)
        self->away[(far - 1) * GROUPS / (self->n - 1)]++;
}

/* Both are even, whatever the destinations before, when the last ones were drawn from all places alike. */
static int check_places(const struct sim_world *world, const struct phold *self, struct sim_error *error)
{
    struct census census = {.n = self->n};
    if (self->n < LEAST_COUNTED)
        return 0;
    sim_world_visit(world, count_job, &census);
    int code = sim_bench_check_spread(census.at, GROUPS, census.n, error);
    return code < 0 ? code : sim_bench_check_spread(census.away, GROUPS, census.n_away, error);
}

int sim_bench_phold(
    const struct sim_bench_load *load, struct sim_bench_result *result, struct sim_error *error)
{
    struct phold phold = {load->luck, (int32_t)load->n_entities};
    int32_t per_partition = load->per_partition;
    if (per_partition <= 0)
        per_partition = phold.n < 16 * 4096 ? (phold.n + 15) / 16 : 4096;
    *result = (struct sim_bench_result){0};
    struct sim_process_spec *specs = calloc((size_t)phold.n, sizeof *specs);
    if (!specs)
        return sim_error_set(error, SIM_ERROR_MEMORY, "PHOLD: no memory for %d processes", phold.n);
    for (int32_t i = 0; i < phold.n; i++)
        specs[i] = (struct sim_process_spec){&place_type, &phold, 0, i / per_partition};
    struct sim_world *world = sim_bench_world_new(specs, phold.n, &LOOKAHEAD, load->n_threads, error);
    free(specs);
    int code = world ? begin(world, &phold, error) : error->code;
    if (code >= 0)
        code = run(world, load, result, error);
    if (code >= 0)
        code = check_places(world, &phold, error);
    if (code >= 0)
        code = sim_bench_finish(world, NULL, 0, phold.n, result, error);
    sim_world_free(world);
    return code;
}
