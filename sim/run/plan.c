#include "sim/run/plan.h"

#include <stdlib.h>
#include <string.h>

#include "sim/core/guard.h"

struct sim_plan_row sim_plan_row(int64_t work, int32_t n_points, int32_t n_arms)
{
    int64_t group = work / n_arms;
    return (struct sim_plan_row){.point = (int32_t)(group % n_points),
        .arm = (int32_t)(work % n_arms),
        .replicate = (int32_t)(group / n_points)};
}

int64_t sim_plan_work(struct sim_plan_row row, int32_t n_points, int32_t n_arms)
{
    return ((int64_t)row.replicate * n_points + row.point) * n_arms + row.arm;
}

/* A forest being made. Nodes own stretches of plan->arms; a trunk's stretch is that of its children. */
struct maker {
    struct sim_plan *plan;
    struct sim_plan_parting parting;
    const sim_time *saved;
    int32_t *spare; /* as long as plan->arms */
};

static sim_time parting_of(const struct maker *self, int32_t a, int32_t b)
{
    return a == b ? SIM_TIME_MAX : self->parting.times[(int64_t)a * self->parting.n_all + b];
}

/* Where the first of these arms parts from the others. */
static sim_time first_parting(const struct maker *self, int32_t first, int32_t n)
{
    const int32_t *arms = &self->plan->arms[first];
    sim_time earliest = SIM_TIME_MAX;
    if (self->parting.times == NULL)
        return INT64_MIN;
    for (int32_t j = 1; j < n; j++) {
        sim_time at = parting_of(self, arms[0], arms[j]);
        earliest = at < earliest ? at : earliest;
    }
    for (int32_t i = 1; i < n; i++)
        for (int32_t j = i + 1; j < n; j++)
            SIM_GUARD(parting_of(self, arms[i], arms[j]) >= earliest,
                "arms %d and %d part before either parts from arm %d", (int)arms[i], (int)arms[j],
                (int)arms[0]);
    return earliest;
}

static void add(struct maker *self, int32_t parent, int32_t first, int32_t n, sim_time until)
{
    struct sim_plan *plan = self->plan;
    plan->nodes[plan->n_nodes++] =
        (struct sim_plan_node){.parent = parent, .first = first, .n_arms = n, .until = until};
    if (parent >= 0)
        plan->nodes[parent].n_children++;
    else
        plan->n_roots++;
}

/* Moves the arms that belong with arms[first] to the front, each part in its order, and says how many: those
 * that have not parted at `at`. */
static int32_t gather_class(struct maker *self, int32_t first, int32_t n, sim_time at)
{
    int32_t *arms = &self->plan->arms[first], head = arms[0], n_in = 0, n_out = 0;
    for (int32_t i = 0; i < n; i++) {
        bool is_in = arms[i] == head || (self->parting.times != NULL && at != SIM_TIME_MAX &&
                                            parting_of(self, head, arms[i]) > at);
        if (is_in)
            arms[n_in++] = arms[i];
        else
            self->spare[n_out++] = arms[i];
    }
    memcpy(&arms[n_in], self->spare, (size_t)n_out * sizeof *arms);
    return n_in;
}

/* As gather_class: those first that need the trunk which ends at `at`. */
static int32_t gather_needing(struct maker *self, int32_t first, int32_t n, sim_time at)
{
    int32_t *arms = &self->plan->arms[first], n_in = 0, n_out = 0;
    for (int32_t i = 0; i < n; i++)
        if (self->saved == NULL || self->saved[arms[i]] <= at)
            arms[n_in++] = arms[i];
        else
            self->spare[n_out++] = arms[i];
    memcpy(&arms[n_in], self->spare, (size_t)n_out * sizeof *arms);
    return n_in;
}

/* The tree of arms that all need what comes before. */
static void grow(struct maker *self, int32_t parent, int32_t first, int32_t n)
{
    if (n == 1) {
        add(self, parent, first, 1, SIM_TIME_MAX);
        return;
    }
    sim_time at = first_parting(self, first, n);
    /* Arms that never part have no branching to live to: they share what was before, and no more. */
    if (at != INT64_MIN && at != SIM_TIME_MAX) {
        add(self, parent, first, n, at);
        parent = self->plan->n_nodes - 1;
    }
    for (int32_t i = first, n_class; i < first + n; i += n_class) {
        n_class = gather_class(self, i, first + n - i, at);
        grow(self, parent, i, n_class);
    }
}

/* Roots of arms some of which may have checkpoints from behind the first branching. */
static void plant(struct maker *self, int32_t first, int32_t n)
{
    if (n == 0)
        return;
    sim_time at = n > 1 ? first_parting(self, first, n) : INT64_MIN;
    int32_t n_needing = n == 1 ? 1 : at == INT64_MIN ? 0 : gather_needing(self, first, n, at);
    if (n_needing == n) {
        grow(self, -1, first, n);
        return;
    }
    plant(self, first, n_needing);
    for (int32_t i = first + n_needing, n_class; i < first + n; i += n_class) {
        n_class = gather_class(self, i, first + n - i, at);
        plant(self, i, n_class);
    }
}

int sim_plan_make(struct sim_plan *self, const int32_t *arms, int32_t n, struct sim_plan_parting parting,
    const sim_time *saved, struct sim_error *error)
{
    *self = (struct sim_plan){.n_arms = n};
    struct maker maker = {self, parting, saved, malloc((size_t)n * sizeof *maker.spare)};
    self->arms = malloc((size_t)n * sizeof *self->arms);
    self->nodes = malloc(2 * (size_t)n * sizeof *self->nodes);
    bool good = maker.spare != NULL && self->arms != NULL && self->nodes != NULL;
    if (good) {
        memcpy(self->arms, arms, (size_t)n * sizeof *arms);
        plant(&maker, 0, n);
    }
    free(maker.spare);
    return good ? 0 : sim_error_set(error, SIM_ERROR_MEMORY, "a plan of %d arms: out of memory", (int)n);
}

void sim_plan_free(struct sim_plan *self)
{
    free(self->nodes);
    free(self->arms);
    *self = (struct sim_plan){0};
}
