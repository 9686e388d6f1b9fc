#include "sim/hpc/job.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/core/shell.h"
#include "sim/hpc/shard.h"
#include "sim/io/file.h"

/* plan.txt as a schema. */
#define PLAN_PARAMS(P)                                                                                       \
    P(TEXT, name, "1", "", 0, 0, "experiment", "")                                                           \
    P(INTEGER, rows, "1", "", 1, 1e15, "rows of the batch", "")                                              \
    P(INTEGER, arms, "1", "", 1, 1e9, "arms of the batch", "")                                               \
    P(INTEGER, shards, "1", "", 1, 1e9, "tasks of the array", "")                                            \
    P(INTEGER, at_once, "1", "0", 0, 1e9, "tasks at a time", "")                                             \
    P(INTEGER, cpus, "1", "1", 1, 4096, "processors of a task", "")                                          \
    P(TEXT, program, "1", "", 0, 0, "pamir on the nodes", "")                                                \
    P(TEXT, result, "1", "", 0, 0, "file that the merge writes", "")

struct plan {
    PLAN_PARAMS(SIM_PARAM_FIELD)
};

#define SIM_PARAM_SELF struct plan
static const struct sim_param plan_params[] = {PLAN_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF

static const char *const plan_others[] = {"pamir"};
static const struct sim_schema plan_schema = {"plan", "how a batch is cut into jobs", plan_params,
    SIM_COUNT(plan_params), sizeof(struct plan), plan_others, SIM_COUNT(plan_others)};

static void print_assignment(const char *name, const char *text, FILE *out)
{
    fprintf(out, "%s=", name);
    sim_shell_quote(text, out);
    fputc('\n', out);
}

static void print_sbatch(const char *option, const char *value, FILE *out)
{
    if (value && *value)
        fprintf(out, "#SBATCH --%s=%s\n", option, value);
}

/* What a job may be called: the experiment's name, and for every other letter a '-'. */
static void print_job_name(const struct sim_job *self, const char *suffix, FILE *out)
{
    fputs("#SBATCH --job-name=pamir-", out);
    for (const char *at = self->name; *at && at - self->name < 60; at++)
        fputc(isalnum((unsigned char)*at) || *at == '_' || *at == '.' ? *at : '-', out);
    fprintf(out, "%s\n", suffix);
}

static void print_site_options(const struct sim_site *site, FILE *out)
{
    print_sbatch("partition", site->partition, out);
    print_sbatch("account", site->account, out);
    print_sbatch("qos", site->qos, out);
    print_sbatch("mem", site->memory, out);
    for (int32_t i = 0; i < site->n_extra; i++)
        fprintf(out, "#SBATCH %s\n", site->extra[i]);
}

/* Modules, scratch, and the site's own lines. */
static void print_setup(const struct sim_site *site, FILE *out)
{
    if (site->n_modules > 0)
        fputs("type module > /dev/null 2>&1 || . /etc/profile\n", out);
    for (int32_t i = 0; i < site->n_modules; i++) {
        fputs("module load ", out);
        sim_shell_quote(site->modules[i], out);
        fputs(" || exit 1\n", out);
    }
    if (*site->scratch) {
        print_assignment("TMPDIR", site->scratch, out);
        fputs("export TMPDIR\nmkdir -p \"$TMPDIR\" || exit 1\n", out);
    }
    for (int32_t i = 0; i < site->n_setup; i++)
        fprintf(out, "%s\n", site->setup[i]);
}

static const char array_head[] =
    "\n"
    "# When the time limit is near (USR1) or the job has to go (TERM), pamir saves what it is at and ends\n"
    "# with status 3. It hears of it from this script alone, once, by HUP: Slurm sends TERM to every "
    "process\n"
    "# of a job, and pamir takes a second signal for impatience.\n"
    "child= told= sent= again=\n"
    "save() {\n"
    "    again=yes\n"
    "    if [ -n \"$child\" ] && [ -z \"$sent\" ]; then\n"
    "        sent=yes\n"
    "        kill -HUP \"$child\" 2> /dev/null\n"
    "    fi\n"
    "}\n"
    "trap '[ -n \"$told\" ] || told=time; save' USR1\n"
    "trap 'told=stop; save' TERM\n"
    "\n";

static const char array_tail[] =
    "\n"
    "# The slice: the first $n_more have $more rows, the others $less.\n"
    "k=$((SLURM_ARRAY_TASK_ID - 1))\n"
    "first=$((k * less + (k < n_more ? k : n_more) * (more - less)))\n"
    "parts=$batch/slice-$first-$((first + (k < n_more ? more : less))).parts\n"
    "note=$batch/logs/${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID.requeues\n"
    "\n"
    "echo \"task $SLURM_ARRAY_TASK_ID of $shards, attempt $((${SLURM_RESTART_COUNT:-0} + 1)), on "
    "$(hostname), "
    "$(date '+%Y-%m-%d %H:%M:%S')\"\n"
    "(\n"
    "    trap '' TERM\n"
    "    exec \"$program\" slice \"$SLURM_ARRAY_TASK_ID/$shards\" -o \"$batch\" --checkpoint \"$checkpoint\" "
    "\\\n"
    "        --threads \"${SLURM_CPUS_PER_TASK:-1}\"\n"
    ") &\n"
    "child=$!\n"
    "[ -z \"$told\" ] || save\n"
    "status=0\n"
    "while :; do # a signal ends a wait early\n"
    "    again=\n"
    "    wait \"$child\"\n"
    "    status=$?\n"
    "    [ -n \"$again\" ] || break\n"
    "done\n"
    "\n"
    "# How often in a row the task was queued again here and brought neither a row nor a later state.\n"
    "count() {\n"
    "    local now before=\n"
    "    now=$(\"$program\" status \"$parts\" --json - 2> /dev/null | grep '^  \"rows\":'\n"
    "        ls \"$parts\" 2> /dev/null | sed -nE "
    "'s/^(state-[0-9]+-[0-9]+-[0-9]+--?[0-9]+)-.*/\\1/p' | sort -u)\n"
    "    idle=0\n"
    "    [ ! -e \"$note\" ] || { read -r idle; before=$(cat); } < \"$note\"\n"
    "    if [ -e \"$note\" ] && [ \"$now\" = \"$before\" ]; then idle=$((idle + 1)); else idle=0; fi\n"
    "    printf '%s\\n' \"$idle\" \"$now\" > \"$note\"\n"
    "}\n"
    "\n"
    "# 129: told before it had begun. A task that was told to stop is Slurm's: no second requeue.\n"
    "if [ \"$told\" = time ] && { [ $status -eq 3 ] || [ $status -eq 129 ]; }; then\n"
    "    count\n"
    "    if [ \"$idle\" -lt \"$requeues\" ] && [ \"$told\" = time ]; then\n"
    "        echo \"the time limit is near: queued again\"\n"
    "        exec scontrol requeue \"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\"\n"
    "    fi\n"
    "    [ \"$told\" = stop ] ||\n"
    "        echo \"the time limit is near, and this task was queued again $requeues times for nothing; it "
    "ends here\"\n"
    "fi\n"
    "[ $status -ne 0 ] || rm -f \"$note\"\n"
    "exit $status\n";

void sim_job_print_array(const struct sim_job *self, const struct sim_site *site, FILE *out)
{
    fputs("#!/bin/bash\n"
          "# Written by pamir submit: each task computes one slice of the batch. A task that is sent once "
          "more\n"
          "# goes on where it was; pamir submit --resume -o DIR sends those that are not complete.\n",
        out);
    print_job_name(self, "", out);
    fprintf(out, "#SBATCH --array=1-%" PRId64, self->n_shards);
    if (self->at_once > 0)
        fprintf(out, "%%%" PRId64, self->at_once);
    fprintf(out, "\n#SBATCH --cpus-per-task=%" PRId64 "\n", site->cpus);
    fprintf(out, "#SBATCH --requeue\n#SBATCH --open-mode=append\n#SBATCH --signal=B:USR1@%" PRId64 "\n",
        site->notice);
    fputs("#SBATCH --output=logs/%A_%a.log\n", out);
    print_sbatch("time", site->time, out);
    print_site_options(site, out);
    fputc('\n', out);
    print_assignment("program", self->program, out);
    print_assignment("batch", self->directory, out);
    fprintf(out, "shards=%" PRId64 "\ncheckpoint=%" PRId64 "\nrequeues=%" PRId64 "\n", self->n_shards,
        site->checkpoint, site->requeues);
    int64_t more[2], less[2];
    sim_shard_part(self->n_rows, (int32_t)self->n_arms, 1, self->n_shards, &more[0], &more[1]);
    sim_shard_part(self->n_rows, (int32_t)self->n_arms, self->n_shards, self->n_shards, &less[0], &less[1]);
    int64_t most = more[1] - more[0], least = less[1] - less[0];
    fprintf(out, "more=%" PRId64 " less=%" PRId64 " n_more=%" PRId64 "\n", most, least,
        most > least ? (self->n_rows - self->n_shards * least) / (most - least) : 0);
    fputs(array_head, out);
    print_setup(site, out);
    fputs(array_tail, out);
}

void sim_job_print_merge(const struct sim_job *self, const struct sim_site *site, FILE *out)
{
    fputs("#!/bin/bash\n"
          "# Written by pamir submit: joins the slices into one file, or says what is missing.\n",
        out);
    print_job_name(self, "-merge", out);
    fputs("#SBATCH --cpus-per-task=1\n#SBATCH --open-mode=append\n#SBATCH --output=logs/%j-merge.log\n", out);
    print_site_options(site, out);
    fputc('\n', out);
    print_assignment("program", self->program, out);
    print_assignment("batch", self->directory, out);
    print_assignment("result", self->result, out);
    print_setup(site, out);
    fprintf(out, "exec \"$program\" merge \"$batch\" -o \"$result\"%s\n",
        self->all_replicates ? " --all-replicates" : "");
}

static void print_line(const char *key, const char *text, FILE *out)
{
    fprintf(out, "%s: ", key);
    sim_node_print_text(text, out);
    fputc('\n', out);
}

void sim_job_print_plan(const struct sim_job *self, const struct sim_site *site, FILE *out)
{
    int64_t least = 0, most = 0;
    for (int64_t k = 1; k <= self->n_shards; k++) {
        int64_t first, end;
        sim_shard_part(self->n_rows, (int32_t)self->n_arms, k, self->n_shards, &first, &end);
        least = k == 1 || end - first < least ? end - first : least;
        most = end - first > most ? end - first : most;
    }
    fputs("pamir: plan\n", out);
    print_line("name", self->name, out);
    fprintf(out, "rows: %" PRId64 "\narms: %" PRId64 "\n", self->n_rows, self->n_arms);
    if (least == most)
        fprintf(out, "shards: %" PRId64 " # of %" PRId64 " rows each\n", self->n_shards, most);
    else
        fprintf(
            out, "shards: %" PRId64 " # of %" PRId64 " to %" PRId64 " rows\n", self->n_shards, least, most);
    fprintf(out, "at_once: %" PRId64 "%s\ncpus: %" PRId64 " # of each task\n", self->at_once,
        self->at_once ? "" : " # as many as Slurm gives", site->cpus);
    print_line("program", self->program, out);
    print_line("result", self->result, out);
}

/* Files. */

int sim_job_path(const char *directory, const char *name, char out[SIM_FILE_PATH], struct sim_error *error)
{
    if (snprintf(out, SIM_FILE_PATH, "%s/%s", directory, name) >= SIM_FILE_PATH)
        return sim_error_set(error, SIM_ERROR_INPUT, "%.200s...: the path is too long", directory);
    return 0;
}

static const struct {
    const char *name;
    void (*print)(const struct sim_job *self, const struct sim_site *site, FILE *out);
} files[] = {
    {"plan.txt", sim_job_print_plan}, {"array.sh", sim_job_print_array}, {"merge.sh", sim_job_print_merge}};

static int write_file(
    const struct sim_job *self, const struct sim_site *site, int32_t file, struct sim_error *error)
{
    char path[SIM_FILE_PATH], *text = NULL;
    size_t n = 0;
    int code = sim_job_path(self->directory, files[file].name, path, error);
    if (code < 0)
        return code;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", path);
    files[file].print(self, site, out);
    code = fclose(out) == 0 ? sim_file_write(path, text, (int64_t)n, error)
                            : sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", path);
    free(text);
    return code;
}

void sim_job_remove(const struct sim_job *self)
{
    char path[SIM_FILE_PATH];
    struct sim_error error = {0};
    for (int32_t i = 0; i < SIM_COUNT(files); i++)
        if (sim_job_path(self->directory, files[i].name, path, &error) == 0)
            unlink(path);
    if (sim_job_path(self->directory, "jobs.txt", path, &error) == 0)
        unlink(path);
    if (sim_job_path(self->directory, "logs", path, &error) == 0)
        rmdir(path);
}

int sim_job_write(const struct sim_job *self, const struct sim_site *site, struct sim_error *error)
{
    char logs[SIM_FILE_PATH];
    int code = sim_job_path(self->directory, "logs", logs, error);
    if (code == 0 && mkdir(logs, 0777) < 0 && errno != EEXIST)
        code = sim_error_set(error, SIM_ERROR_IO, "%.300s: %s", logs, strerror(errno));
    for (int32_t i = 0; i < SIM_COUNT(files) && code == 0; i++)
        code = write_file(self, site, i, error);
    if (code < 0)
        sim_job_remove(self);
    return code;
}

int sim_job_read(const char *directory, struct sim_arena *arena, struct sim_diag *diag, struct sim_job *out,
    struct sim_error *error)
{
    char path[SIM_FILE_PATH];
    struct plan plan;
    int code = sim_job_path(directory, "plan.txt", path, error);
    if (code < 0)
        return code;
    if (!sim_file_exists(path))
        return sim_error_set(error, SIM_ERROR_MISSING,
            "%.300s: there is no plan.txt; it is no folder of pamir submit", directory);
    struct sim_reader reader = {.arena = arena, .diag = diag};
    int32_t before = diag->n_errors;
    const char *name = sim_arena_text(arena, path, (int64_t)strlen(path));
    reader.units = name ? sim_units_new(error) : NULL;
    if (!reader.units)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", path);
    const struct sim_node *root = sim_node_load(name, arena, diag);
    if (root && sim_read_kind(&reader, root, name, SIM_NODE_MAP))
        sim_schema_read(&plan_schema, root, root->place, &reader, &plan, NULL);
    sim_units_free(reader.units);
    if (root && diag->n_errors == before && plan.shards > plan.rows)
        sim_diag_error(
            diag, root->place, "shards: %" PRId64 " are more than the batch has rows", plan.shards);
    if (!root || diag->n_errors > before)
        return sim_error_set(error, SIM_ERROR_INPUT, "%.300s: the plan is wrong", path);
    *out = (struct sim_job){.directory = directory,
        .program = plan.program,
        .result = plan.result,
        .name = plan.name,
        .n_rows = plan.rows,
        .n_arms = plan.arms,
        .n_shards = plan.shards,
        .at_once = plan.at_once};
    return 0;
}

int sim_job_open_list(const char *directory, FILE **out, struct sim_error *error)
{
    char path[SIM_FILE_PATH];
    int code = sim_job_path(directory, "jobs.txt", path, error);
    if (code < 0)
        return code;
    *out = fopen(path, "a");
    return *out ? 0 : sim_error_set(error, SIM_ERROR_IO, "%.300s: %s", path, strerror(errno));
}

int sim_job_remember(FILE *list, const char *what, int64_t id, struct sim_error *error)
{
    bool good = fprintf(list, "%" PRId64 " %s\n", id, what) > 0;
    good = fclose(list) == 0 && good;
    if (!good)
        return sim_error_set(error, SIM_ERROR_STOPPED,
            "job %" PRId64 " (%s) is submitted, but jobs.txt does not take it (%s): let it end, or scancel "
            "it, before --resume, which does not know of it",
            id, what, strerror(errno));
    return 0;
}

int sim_job_remembered(
    const char *directory, struct sim_arena *arena, int64_t **ids, int32_t *n, struct sim_error *error)
{
    char path[SIM_FILE_PATH], *text;
    int64_t n_bytes;
    *ids = NULL;
    *n = 0;
    int code = sim_job_path(directory, "jobs.txt", path, error);
    if (code < 0 || !sim_file_exists(path))
        return code;
    code = sim_file_read(path, arena, &text, &n_bytes, error);
    if (code < 0)
        return code;
    int32_t n_lines = 1;
    for (int64_t i = 0; i < n_bytes; i++)
        n_lines += text[i] == '\n';
    *ids = sim_arena_alloc(arena, (int64_t)sizeof(**ids) * n_lines);
    if (!*ids)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", path);
    for (char *at = text; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
        if (isdigit((unsigned char)*at))
            (*ids)[(*n)++] = strtoll(at, NULL, 10);
    return 0;
}
