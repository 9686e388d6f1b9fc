/* The points of a sweep: every arm at every one of them, and what the result says of them. */
#include <stdlib.h>
#include <string.h>

#include "models/county/study_internal.h"

#define POINTS_SHOWN 5
#define POINT_TEXT 400

/* Passes on what is wrong with an arm at a point or, when nothing is, what is doubtful, unless the arm is so
 * without the sweep. What is the same in several arms is said once. */
static void report_point(
    struct county_study *self, int32_t point, const struct sim_diag *said, struct sim_diag *diag)
{
    struct sim_place place = self->experiment.sweep.places[point];
    char text[POINT_TEXT];
    read_sweep_text(&self->experiment.sweep, point, text, sizeof(text));
    for (int32_t i = 0; i < said->n; i++) {
        const char *message = sim_diag_message(said, i);
        bool is_known = false;
        for (int32_t k = 0; k < diag->n && !is_known; k++)
            is_known = strcmp(sim_diag_message(diag, k), message) == 0;
        if (!is_known && sim_diag_is_error(said, i))
            sim_diag_error(diag, place, "sweep: point %d (%s): %s", point, text, message);
        else if (!is_known && said->n_errors == 0)
            sim_diag_warning(diag, place, "sweep: point %d (%s): %s", point, text, message);
    }
}

/* Reads all arms at one point, and says what there is to say while `is_shown`. Returns whether there was
 * something; -1 for an error. */
static int32_t read_all_arms(struct county_study *self, int32_t point, const struct sim_node *const *trees,
    const struct sim_reader *reader, bool is_shown)
{
    bool is_bad = false, any = false;
    for (int32_t a = 0; a < self->n_arms; a++) {
        struct sim_diag own;
        struct sim_reader inner = *reader;
        sim_diag_init(&own);
        inner.diag = &own;
        read_point(&self->experiment, point, self->arms[a], trees[a], &self->plain[a], &inner,
            &self->scenarios[(int64_t)point * self->n_arms + a]);
        is_bad = is_bad || own.n_errors > 0;
        any = any || own.n > 0;
        if (own.n > 0 && is_shown)
            report_point(self, point, &own, reader->diag);
        sim_diag_free(&own);
    }
    return is_bad ? -1 : any;
}

int study_read_points(struct county_study *self, struct sim_reader *reader)
{
    const struct sweep *sweep = &self->experiment.sweep;
    struct sim_place place = sweep->places[0];
    int32_t n_said = 0, n_bad = 0;
    struct scenario *scenarios =
        read_alloc(reader, (int64_t)sizeof(*scenarios) * sweep->n_points * self->n_arms, place);
    const struct sim_node **trees = read_alloc(reader, (int64_t)sizeof(*trees) * self->n_arms, place);
    if (!scenarios || !trees)
        return SIM_ERROR_INPUT;
    self->scenarios = scenarios;
    self->n_points = sweep->n_points;
    for (int32_t a = 0; a < self->n_arms; a++)
        if (!(trees[a] = read_arm_tree(&self->experiment, self->arms[a], reader)))
            return SIM_ERROR_INPUT;
    for (int32_t p = 0; p < sweep->n_points; p++) {
        int32_t said = read_all_arms(self, p, trees, reader, n_said < POINTS_SHOWN);
        n_said += said != 0;
        n_bad += said < 0;
    }
    if (n_said > POINTS_SHOWN)
        sim_diag_warning(reader->diag, place, "sweep: %d more points are like that, %d of all %d refused",
            n_said - POINTS_SHOWN, n_bad, sweep->n_points);
    return n_bad > 0 ? SIM_ERROR_INPUT : 0;
}

/* What the result says. */

static int add_axes(struct county_study *self, int32_t dims[2], struct sim_error *error)
{
    const struct sweep *sweep = &self->experiment.sweep;
    int64_t *points = sim_arena_alloc(&self->arena, (int64_t)sizeof(*points) * sweep->n_points);
    const char **paths = sim_arena_alloc(&self->arena, (int64_t)sizeof(*paths) * sweep->n_params);
    if (!points || !paths)
        return sim_error_set(error, SIM_ERROR_MEMORY, "a sweep of %d points: out of memory", sweep->n_points);
    for (int32_t p = 0; p < sweep->n_points; p++)
        points[p] = p;
    for (int32_t k = 0; k < sweep->n_params; k++)
        paths[k] = sweep->params[k].path;
    dims[0] = sim_output_add_dimension(&self->output,
        &(struct sim_dimension){.name = "sweep_point",
            .length = sweep->n_points,
            .integers = points,
            .unit = "1",
            .sentence = "point of the sweep, as `point` elsewhere"},
        error);
    dims[1] = sim_output_add_dimension(&self->output,
        &(struct sim_dimension){.name = "parameter",
            .length = sweep->n_params,
            .labels = paths,
            .unit = "1",
            .sentence = "path of what is swept"},
        error);
    return dims[0] < 0 ? dims[0] : dims[1] < 0 ? dims[1] : 0;
}

int study_add_sweep(struct county_study *self, struct sim_error *error)
{
    const struct sweep *sweep = &self->experiment.sweep;
    int64_t n = (int64_t)sweep->n_points * sweep->n_params;
    int32_t dims[2] = {-1, -1};
    if (sweep->n_points == 0)
        return 0;
    int code = add_axes(self, dims, error);
    const char **texts = sim_arena_alloc(&self->arena, (int64_t)sizeof(*texts) * n);
    const char **units = sim_arena_alloc(&self->arena, (int64_t)sizeof(*units) * sweep->n_params);
    if (code == 0 && (!texts || !units))
        code = sim_error_set(error, SIM_ERROR_MEMORY, "a sweep of %d points: out of memory", sweep->n_points);
    if (code < 0)
        return code;
    for (int64_t i = 0; i < n; i++)
        texts[i] = sweep->values[i]->text;
    for (int32_t k = 0; k < sweep->n_params; k++)
        units[k] = sweep->params[k].unit;
    const struct sim_constant constants[] = {
        {"sweep", "value", "1",
            "value of the parameter at the point, in the unit that `unit` gives for it; missing "
            "for switches, months and texts",
            {dims[0], dims[1]}, 2, NULL, sweep->numbers},
        {"sweep", "text", "1", "the same as it was written, or would be", {dims[0], dims[1]}, 2, texts, NULL},
        {"sweep", "unit", "1", "unit of the parameter's values", {dims[1]}, 1, units, NULL},
    };
    for (int32_t i = 0; i < SIM_COUNT(constants) && code == 0; i++) {
        int32_t index = sim_output_add_constant(&self->output, &constants[i], error);
        code = index < 0 ? index : 0;
    }
    return code;
}
