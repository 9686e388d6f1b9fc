#include "sim/cli/tree.h"

#include <stdlib.h>
#include <string.h>

#include "models/county/scenario.h"
#include "sim/time/calendar.h"

/* A walk through the tree of one point. */
struct walk {
    const struct county_study *study;
    const struct sim_batch_model *model;
    int32_t point;
    int32_t first_month, end_month;
    int64_t months; /* lived, the common ones once */
    FILE *out;      /* NULL: only counted */
};

/* The month at whose beginning two arms part, within the horizon. */
static int32_t part_month(const struct walk *self, int32_t a, int32_t b)
{
    sim_time part = self->model->part_at(self->model->user, self->point, a, b);
    if (part <= sim_month_to_time(self->first_month))
        return self->first_month;
    return part >= sim_month_to_time(self->end_month) ? self->end_month : sim_month_from_time(part);
}

static void print_line(const struct walk *self, const int32_t *arms, int32_t n, int32_t month, int32_t depth)
{
    fprintf(self->out, "            %*s", 2 * depth, "");
    for (int32_t i = 0; i < n; i++)
        fprintf(self->out, "%s%s", i ? ", " : "", county_study_arm(self->study, arms[i]));
    if (month == self->end_month)
        fputs(": the same to the end\n", self->out);
    else
        fprintf(self->out, " until %d-%02d\n", sim_month_year(month), sim_month_of_year(month));
}

/* Arms that are one until `from`: lives them on, and splits them where the first of them parts. arms is
 * reordered. */
static void walk(struct walk *self, int32_t *arms, int32_t n, int32_t from, int32_t depth)
{
    int32_t month = self->end_month;
    for (int32_t i = 1; i < n; i++) { /* transitive: the first arm tells the earliest parting */
        int32_t part = part_month(self, arms[0], arms[i]);
        month = part < month ? part : month;
    }
    self->months += month - from;
    bool is_common = n > 1 && month > self->first_month;
    if (is_common && self->out)
        print_line(self, arms, n, month, depth);
    if (month == self->end_month)
        return;
    for (int32_t done = 0; done < n;) {
        int32_t end = done + 1;
        for (int32_t i = done + 1; i < n; i++)
            if (part_month(self, arms[done], arms[i]) > month) {
                int32_t arm = arms[i];
                memmove(arms + end + 1, arms + end, (size_t)(i - end) * sizeof *arms);
                arms[end++] = arm;
            }
        walk(self, arms + done, end - done, month, depth + is_common);
        done = end;
    }
}

void cli_tree_print(const struct county_study *study, const struct sim_batch_model *model, FILE *out)
{
    const struct scenario *scenario = county_study_scenario(study, 0, 0);
    int32_t n_arms = county_study_n_arms(study), n_points = county_study_n_points(study);
    int32_t *arms = malloc((size_t)n_arms * sizeof *arms);
    int64_t lived = 0;
    if (!arms || !model->part_at) {
        free(arms);
        return;
    }
    for (int32_t told = 0; told < 2; told++) /* counted first, since nothing is said of what spares nothing */
        for (int32_t point = 0; point < (told ? 1 : n_points); point++) {
            struct walk self = {.study = study,
                .model = model,
                .point = point,
                .first_month = scenario->first_month,
                .end_month = scenario->end_month,
                .out = told ? out : NULL};
            for (int32_t i = 0; i < n_arms; i++)
                arms[i] = i;
            int64_t all = (int64_t)(self.end_month - self.first_month) * n_arms * n_points;
            if (told && lived < all)
                fprintf(out, "shared past lived once: spares %.0f of 100 months%s\n",
                    100.0 * (double)(all - lived) / (double)all, n_points > 1 ? "; of the first point:" : "");
            if (!told || lived < all)
                walk(&self, arms, n_arms, self.first_month, 0);
            lived += told ? 0 : self.months;
        }
    free(arms);
}
