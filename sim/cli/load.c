#include "sim/cli/load.h"

#include <stdlib.h>
#include <string.h>

#include "sim/io/provenance.h"

/* One thing said twice, by --set and by an option of its own: which was meant is not for us to guess. */
static int check_conflict(const struct cli_command *command, const char *set, const struct cli_load *options)
{
    const struct {
        const char *name;
        bool given;
    } own[] = {{"seed", options->seed >= 0}, {"replicates", options->replicates > 0}};
    size_t length = strcspn(set, "=");
    for (int32_t i = 0; i < SIM_COUNT(own); i++)
        if (own[i].given && strlen(own[i].name) == length && strncmp(own[i].name, set, length) == 0)
            return cli_args_fail(
                command, CLI_BAD_INPUT, "--set '%s' and --%s say the same thing; give one", set, own[i].name);
    return CLI_PROCEED;
}

int cli_load(const struct cli_command *command, const char *path, const struct cli_load *options,
    struct county_study **out)
{
    for (int32_t i = 0; i < options->sets.n; i++) {
        const char *equals = strchr(options->sets.items[i], '=');
        if (!equals || equals == options->sets.items[i])
            return cli_args_fail(command, CLI_BAD_INPUT,
                "--set '%s': expected PATH=VALUE, as in 'replicates=4'", options->sets.items[i]);
        int status = check_conflict(command, options->sets.items[i], options);
        if (status != CLI_PROCEED)
            return status;
    }
    struct county_overrides overrides = {.sets = options->sets.items,
        .n_sets = options->sets.n,
        .arms = options->arms,
        .replicates = (int32_t)options->replicates,
        .seed = options->seed};
    struct sim_diag diag;
    struct sim_error error = {0};
    sim_diag_init(&diag);
    *out = NULL;
    int code = county_study_load(path, &overrides, &diag, out, &error);
    sim_diag_print(&diag, stderr);
    bool wrong = diag.n_errors > 0;
    sim_diag_free(&diag);
    if (code == 0 && !wrong)
        return CLI_PROCEED;
    county_study_free(*out);
    *out = NULL;
    if (wrong)
        return CLI_BAD_INPUT;
    return cli_args_fail(command, code == SIM_ERROR_INPUT ? CLI_BAD_INPUT : CLI_FAILED, "%s: %s", path,
        error.message[0] ? error.message : sim_error_sentence(code));
}

int cli_load_run(struct county_study *study, struct sim_batch_options *batch,
    const struct sim_batch_model *in_place, int argc, char **argv, struct sim_batch_result *result,
    struct sim_error *error)
{
    struct sim_meta meta;
    struct sim_batch_model model;
    sim_meta_init(&meta);
    batch->n_points = county_study_n_points(study);
    batch->n_arms = county_study_n_arms(study);
    batch->n_replicates = county_study_n_replicates(study);
    const char **arms = calloc((size_t)batch->n_arms, sizeof(*arms));
    int code = arms ? 0 : sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
    for (int32_t i = 0; arms && i < batch->n_arms; i++)
        arms[i] = county_study_arm(study, i);
    batch->arms = arms;
    batch->meta = &meta;
    int32_t n_threads = sim_batch_threads(batch);
    int64_t n_rows = (int64_t)batch->n_arms * batch->n_points * batch->n_replicates;
    if (code == 0)
        code = sim_provenance_add(&meta, argc, argv, error);
    if (code == 0)
        code = county_study_meta(study, &meta, error);
    if (code == 0)
        code = county_study_batch(study, n_rows < n_threads ? (int32_t)n_rows : n_threads, &model, error);
    if (code == 0)
        code = sim_batch_run(in_place ? in_place : &model, batch, result, error);
    batch->arms = NULL;
    batch->meta = NULL;
    sim_meta_free(&meta);
    free(arms);
    return code;
}

void cli_load_size_text(double bytes, char out[32])
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    int32_t unit = 0;
    while (bytes >= 1000 && unit < SIM_COUNT(units) - 1) {
        bytes /= 1000;
        unit++;
    }
    snprintf(out, 32, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}

void cli_load_count_text(int64_t n, char out[32])
{
    char digits[24];
    snprintf(digits, sizeof(digits), "%lld", (long long)n);
    size_t length = strlen(digits), at = 0;
    for (size_t i = 0; i < length; i++) {
        out[at++] = digits[i];
        size_t left = length - 1 - i;
        if (left > 0 && left % 3 == 0 && digits[i] != '-')
            out[at++] = ',';
    }
    out[at] = '\0';
}
