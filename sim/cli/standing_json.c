#include <math.h>

#include "sim/cli/json.h"
#include "sim/cli/standing.h"
#include "sim/time/calendar.h"

static void put_member(const char *name, const char *text, FILE *out)
{
    fprintf(out, "\"%s\": ", name);
    cli_json_text(text, out);
}

static void put_number(const char *name, double x, FILE *out)
{
    fprintf(out, "\"%s\": ", name);
    cli_json_number(x, out);
}

static void put_counts(const struct cli_standing_count *count, FILE *out)
{
    fprintf(out, "\"done\": %lld, \"failed\": %lld, \"missing\": %lld", (long long)count->n_done,
        (long long)count->n_failed, (long long)count->n_missing);
}

/* null where there is none */
static void put_optional(const char *name, const char *text, FILE *out)
{
    if (text)
        put_member(name, text, out);
    else
        fprintf(out, "\"%s\": null", name);
}

static void put_row(const struct cli_standing *self, int32_t point, int32_t arm, int32_t replicate, FILE *out)
{
    put_member("arm", arm >= 0 && arm < self->kept.n_arms ? self->kept.arms[arm] : "", out);
    fprintf(out, ", \"point\": %d, \"replicate\": %d", point, replicate + 1);
}

static void put_work(const struct cli_standing *self, FILE *out)
{
    const struct sim_survey *survey = &self->survey;
    fputs("  \"processes\": [", out);
    for (int32_t i = 0; i < survey->n_processes; i++) {
        const struct sim_survey_process *process = &survey->processes[i];
        fputs(i ? ",\n    {" : "\n    {", out);
        put_member("host", process->host, out);
        fprintf(out, ", \"pid\": %ld, \"threads\": %d, \"since\": %lld, \"rows\": %lld, \"certain\": %s}",
            process->pid, process->n_threads, (long long)process->since, (long long)process->n_rows,
            process->is_certain ? "true" : "false");
    }
    fputs("],\n  \"checkpoints\": [", out);
    for (int32_t i = 0; i < survey->n_checkpoints; i++) {
        const struct sim_checkpoint *what = &survey->checkpoints[i].what;
        char lived[11];
        sim_date_print(sim_date_from_time(what->boundary), lived);
        lived[7] = '\0'; /* a month */
        fputs(i ? ",\n    {" : "\n    {", out);
        put_row(self, what->point, what->arm, what->replicate, out);
        fputs(", ", out);
        put_member("lived_to", lived, out);
        fputs(", ", out);
        put_number("age_seconds", survey->checkpoints[i].age_seconds, out);
        fputc('}', out);
    }
    fputs("],\n", out);
}

void cli_standing_json(const struct cli_standing *self, FILE *out)
{
    static const char *const kinds[] = {"result", "parts", "folder"};
    const struct cli_kept *kept = &self->kept;
    const struct cli_standing_count count = {self->n_done, self->n_failed, self->n_missing};
    fputs("{\n  ", out);
    put_member("path", kept->kind == CLI_KEPT_RESULT ? kept->path : kept->directory, out);
    fputs(",\n  ", out);
    put_member("kind", kinds[kept->kind], out);
    fprintf(out, ",\n  \"complete\": %s,\n  ", self->n_missing == 0 ? "true" : "false");
    put_member("version", kept->version, out);
    fprintf(out, ",\n  \"may_stop\": %s,\n  ", self->may_stop ? "true" : "false");
    put_optional("stopped", self->stopped, out);
    fputs(",\n  ", out);
    put_optional("merged", self->merged, out);
    fprintf(out, ",\n  \"points\": %d,\n  \"replicates\": %d,\n  \"rows\": {\"all\": %lld, ", kept->n_points,
        kept->n_replicates, (long long)self->n_rows);
    put_counts(&count, out);
    fputs("},\n  \"arms\": [", out);
    for (int32_t a = 0; a < kept->n_arms; a++) {
        fputs(a ? ",\n    {" : "\n    {", out);
        put_member("arm", kept->arms[a], out);
        fputs(", ", out);
        put_counts(&self->arms[a], out);
        fputc('}', out);
    }
    fputs("],\n  \"by_point\": [", out);
    for (int32_t p = 0; p < kept->n_points; p++) {
        fprintf(out, "%s\n    {\"point\": %d, ", p ? "," : "", p);
        put_counts(&self->points[p], out);
        fputc('}', out);
    }
    fputs("],\n  ", out);
    put_number("rows_per_second", self->has_survey ? self->survey.rows_per_second : (double)NAN, out);
    fputs(",\n  ", out);
    put_number("seconds_left", self->has_survey ? self->survey.seconds_left : 0, out);
    fputs(",\n", out);
    put_work(self, out);
    fputs("  \"slices\": [", out);
    for (int32_t i = 0; i < self->n_slices; i++) {
        const struct cli_standing_slice *slice = &self->slices[i];
        bool is_complete = slice->n_done == slice->end - slice->first;
        fprintf(out,
            "%s\n    {\"first\": %lld, \"end\": %lld, \"done\": %lld, \"failed\": %lld, \"state\": \"%s\"}",
            i ? "," : "", (long long)slice->first, (long long)slice->end, (long long)slice->n_done,
            (long long)slice->n_failed,
            is_complete         ? "complete"
            : slice->is_at_work ? "at work"
            : slice->is_begun   ? "resting"
                                : "not begun");
    }
    fputs("],\n  \"failures\": [", out);
    for (int64_t i = 0; i < self->n_failed; i++) {
        const struct cli_standing_failure *failure = &self->failures[i];
        fputs(i ? ",\n    {" : "\n    {", out);
        put_row(self, failure->point, failure->arm, failure->replicate, out);
        fputs(", ", out);
        put_member("message", failure->message, out);
        fputs(", ", out);
        put_member("rerun", failure->rerun, out);
        fputc('}', out);
    }
    fputs("],\n  ", out);
    put_member("next", self->next, out);
    fputs("\n}\n", out);
}
