#include "sim/run/progress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAR_CELLS 24

enum sim_progress_form sim_progress_choose(FILE *out, bool quiet)
{
    const char *terminal = getenv("TERM");
    if (quiet)
        return SIM_PROGRESS_NONE;
    bool can_go_back = isatty(fileno(out)) && (terminal == NULL || strcmp(terminal, "dumb") != 0);
    return can_go_back ? SIM_PROGRESS_BAR : SIM_PROGRESS_LOG;
}

void sim_progress_time_text(double seconds, char out[32])
{
    int64_t s = seconds > 0 && seconds < 1e12 ? (int64_t)(seconds + 0.5) : 0;
    if (s < 60)
        snprintf(out, 32, "%" PRId64 " s", s);
    else if (s < 3600)
        snprintf(out, 32, "%" PRId64 " min %" PRId64 " s", s / 60, s % 60);
    else if (s < 86400)
        snprintf(out, 32, "%" PRId64 " h %" PRId64 " min", s / 3600, s / 60 % 60);
    else
        snprintf(out, 32, "%" PRId64 " d %" PRId64 " h", s / 86400, s / 3600 % 24);
}

/* "1.25 million", as many digits as one reads at a glance. */
static void rate_text(double rate, char out[48])
{
    if (rate >= 1e6)
        snprintf(out, 48, "%.3g million household-months/s", rate / 1e6);
    else if (rate >= 1e3)
        snprintf(out, 48, "%.0f thousand household-months/s", rate / 1e3);
    else
        snprintf(out, 48, "%.0f household-months/s", rate);
}

static void show(struct sim_progress *self, double now, bool is_last)
{
    double elapsed = now - self->started_at;
    int64_t n_new = self->n_done - self->n_before, n_left = self->n_total - self->n_done;
    char rate[48] = "", left[48] = "", time[32];
    if (n_new > 0 && elapsed > 0 && self->household_months_per_row > 0) {
        char text[48];
        rate_text((double)n_new * (double)self->household_months_per_row / elapsed, text);
        snprintf(rate, sizeof rate, ", %.45s", text);
    }
    if (is_last && n_left == 0) {
        sim_progress_time_text(elapsed, time);
        snprintf(left, sizeof left, ", done in %s", time);
    } else if (n_new > 0 && elapsed > 0) {
        sim_progress_time_text(elapsed / (double)n_new * (double)n_left, time);
        snprintf(left, sizeof left, ", %s left", time);
    }
    double share = self->n_total > 0 ? (double)self->n_done / (double)self->n_total : 1.0;
    if (self->form == SIM_PROGRESS_BAR) {
        char bar[BAR_CELLS + 1];
        int full = (int)(share * BAR_CELLS);
        for (int i = 0; i < BAR_CELLS; i++)
            bar[i] = i < full ? '#' : '.';
        bar[BAR_CELLS] = 0;
        /* Back to the line's start, and clear what is longer than the new text. */
        fprintf(self->out, "\r[%s] %" PRId64 "/%" PRId64 " rows%s%s\033[K%s", bar, self->n_done,
            self->n_total, rate, left, is_last ? "\n" : "");
    } else {
        fprintf(self->out, "pamir: %" PRId64 "/%" PRId64 " rows (%.0f percent)%s%s\n", self->n_done,
            self->n_total, 100 * share, rate, left);
    }
    fflush(self->out);
    self->shown_at = now;
    self->shown_tenth = (int64_t)(10 * share);
}

void sim_progress_begin(struct sim_progress *self, FILE *out, enum sim_progress_form form, int64_t n_total,
    int64_t n_before, int64_t household_months_per_row, double now)
{
    *self = (struct sim_progress){.out = out,
        .form = form,
        .n_total = n_total,
        .n_before = n_before,
        .n_done = n_before,
        .household_months_per_row = household_months_per_row,
        .started_at = now,
        .shown_at = now,
        .shown_tenth = n_total > 0 ? 10 * n_before / n_total : 0};
    if (form == SIM_PROGRESS_BAR || (form == SIM_PROGRESS_LOG && n_before > 0))
        show(self, now, false);
}

void sim_progress_step(struct sim_progress *self, double now)
{
    self->n_done++;
    if (self->form == SIM_PROGRESS_NONE || self->n_done >= self->n_total) /* the last is for _end */
        return;
    double since = now - self->shown_at;
    int64_t tenth = self->n_total > 0 ? 10 * self->n_done / self->n_total : 10;
    bool is_due = self->form == SIM_PROGRESS_BAR ? since >= 0.1
                                                 : since >= 10 || (tenth > self->shown_tenth && since >= 1);
    if (is_due)
        show(self, now, false);
}

void sim_progress_end(struct sim_progress *self, double now)
{
    if (self->form != SIM_PROGRESS_NONE)
        show(self, now, true);
}
