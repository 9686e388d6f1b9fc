#include "sim/run/design.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_qrng.h>

int32_t sim_design_grid_points(const int32_t *levels, int32_t n_axes, struct sim_error *error)
{
    int64_t n = 1;
    for (int32_t i = 0; i < n_axes; i++) {
        if (levels[i] < 1)
            return sim_error_set(error, SIM_ERROR_RANGE, "an axis of a grid without a level");
        n *= levels[i];
        if (n > SIM_DESIGN_POINTS)
            return sim_error_set(
                error, SIM_ERROR_RANGE, "the grid has more than %d points", SIM_DESIGN_POINTS);
    }
    return (int32_t)n;
}

void sim_design_grid(const int32_t *levels, int32_t n_axes, int32_t point, int32_t *out)
{
    for (int32_t i = n_axes - 1; i >= 0; i--) {
        out[i] = point % levels[i];
        point /= levels[i];
    }
}

static int check_size(int32_t n_points, int32_t n_axes, int32_t most_axes, struct sim_error *error)
{
    if (n_points < 1 || n_points > SIM_DESIGN_POINTS)
        return sim_error_set(
            error, SIM_ERROR_RANGE, "%d points; expected 1 to %d", n_points, SIM_DESIGN_POINTS);
    if (n_axes < 1 || n_axes > most_axes)
        return sim_error_set(error, SIM_ERROR_RANGE, "%d parameters; expected 1 to %d", n_axes, most_axes);
    return 0;
}

double sim_design_place(int32_t cell, double within, int32_t n_points)
{
    double place = (cell + within) / n_points;
    return place < 1 ? place : nextafter(1, 0); /* the end of the last cell may round to 1 */
}

struct ticket {
    uint64_t word;
    int32_t point;
};

static int by_word(const void *a, const void *b)
{
    const struct ticket *x = a, *y = b;
    if (x->word != y->word)
        return x->word < y->word ? -1 : 1;
    return (x->point > y->point) - (x->point < y->point);
}

int sim_design_latin_hypercube(
    int32_t n_points, int32_t n_axes, uint64_t seed, bool middle, double *out, struct sim_error *error)
{
    int code = check_size(n_points, n_axes, SIM_DESIGN_POINTS, error);
    if (code < 0)
        return code;
    struct ticket *tickets = malloc(sizeof(*tickets) * (size_t)n_points);
    if (!tickets)
        return sim_error_set(error, SIM_ERROR_MEMORY, "a design of %d points: out of memory", n_points);
    struct sim_luck luck = {.seed = seed};
    for (int32_t axis = 0; axis < n_axes; axis++) {
        sim_key key = sim_key_make(0, (uint64_t)axis, 0);
        for (int32_t i = 0; i < n_points; i++)
            tickets[i] = (struct ticket){sim_rand_word(luck, key, SIM_PURPOSE_DESIGN_CELL, (uint64_t)i), i};
        qsort(tickets, (size_t)n_points, sizeof(*tickets), by_word);
        for (int32_t cell = 0; cell < n_points; cell++) {
            int32_t i = tickets[cell].point;
            double within = middle ? 0.5 : sim_rand_uniform(luck, key, SIM_PURPOSE_DESIGN_PLACE, (uint64_t)i);
            out[(int64_t)i * n_axes + axis] = sim_design_place(cell, within, n_points);
        }
    }
    free(tickets);
    return 0;
}

int sim_design_sobol(int32_t n_points, int32_t n_axes, double *out, struct sim_error *error)
{
    int code = check_size(n_points, n_axes, SIM_DESIGN_SOBOL_AXES, error);
    if (code < 0)
        return code;
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    gsl_qrng *generator = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)n_axes);
    if (!generator)
        code = sim_error_set(error, SIM_ERROR_MEMORY, "a design of %d points: out of memory", n_points);
    for (int32_t i = 0; i < n_points && code == 0; i++)
        if (gsl_qrng_get(generator, out + (int64_t)i * n_axes) != GSL_SUCCESS)
            code = sim_error_set(error, SIM_ERROR_MODEL, "GSL has no Sobol' point %d", i);
    if (generator)
        gsl_qrng_free(generator);
    gsl_set_error_handler(handler);
    return code;
}
