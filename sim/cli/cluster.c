#include "sim/cli/cluster.h"

#include <dirent.h>
#include <string.h>

#include "sim/hpc/job.h"
#include "sim/io/h5.h"
#include "sim/io/provenance.h"

int cli_cluster_open(
    struct cli_cluster *self, struct county_study *study, int argc, char **argv, struct sim_error *error)
{
    memset(self, 0, sizeof(*self));
    sim_arena_init(&self->arena);
    sim_meta_init(&self->meta);
    self->study = study;
    int32_t n_arms = county_study_n_arms(study);
    const char **arms = sim_arena_alloc(&self->arena, (int64_t)sizeof(*arms) * n_arms);
    if (!arms)
        return sim_error_set(error, SIM_ERROR_MEMORY, "out of memory");
    for (int32_t i = 0; i < n_arms; i++)
        arms[i] = county_study_arm(study, i);
    self->shape = (struct sim_parts_shape){.output = county_study_output(study),
        .meta = &self->meta,
        .version = sim_provenance_version(),
        .n_points = county_study_n_points(study),
        .n_arms = n_arms,
        .n_replicates = county_study_n_replicates(study),
        .arms = arms};
    self->n_rows = (int64_t)self->shape.n_points * n_arms * self->shape.n_replicates;
    int code = sim_provenance_add(&self->meta, argc, argv, error);
    return code < 0 ? code : county_study_meta(study, &self->meta, error);
}

void cli_cluster_close(struct cli_cluster *self)
{
    county_study_free(self->study);
    self->study = NULL;
    sim_meta_free(&self->meta);
    sim_arena_free(&self->arena);
}

/* A manifest that lies somewhere against ours. */
static int compare(
    struct cli_cluster *self, const struct sim_manifest *old, const char *where, struct sim_error *error)
{
    struct sim_manifest now = {0};
    uint8_t identity[SIM_DIGEST_BYTES];
    char *text;
    int64_t n;
    int code = sim_manifest_make(&self->shape, &self->arena, &text, &n, identity, error);
    if (code == 0)
        code = sim_manifest_parse(text, n, where, &now, error);
    if (code == 0)
        code = sim_manifest_compare(old, &now, where, error);
    sim_manifest_free(&now);
    if (code == 0 && old->n_replicates != self->shape.n_replicates)
        code = sim_error_set(error, SIM_ERROR_MISMATCH,
            "%.300s belongs to another batch: it has %d replicates there and %d now", where,
            old->n_replicates, self->shape.n_replicates);
    return code;
}

int cli_cluster_open_kept(
    struct cli_cluster *self, const char *manifest, int argc, char **argv, struct sim_error *error)
{
    struct sim_manifest kept = {0};
    struct county_study *study = NULL;
    struct sim_diag diag;
    memset(self, 0, sizeof(*self));
    sim_diag_init(&diag);
    int code = sim_manifest_read(manifest, &kept, error);
    if (code == 0)
        code = county_study_load_kept(&kept.meta, kept.n_replicates, &diag, &study, error);
    if (code < 0)
        sim_diag_print(&diag, stderr);
    sim_diag_free(&diag);
    if (code == 0)
        code = cli_cluster_open(self, study, argc, argv, error);
    if (code == 0)
        code = compare(self, &kept, manifest, error);
    sim_manifest_free(&kept);
    return code;
}

int cli_cluster_manifest(const char *directory, char out[SIM_FILE_PATH], struct sim_error *error)
{
    struct sim_arena arena;
    struct sim_shard *slices;
    int32_t n;
    int code = sim_job_path(directory, "manifest.txt", out, error);
    if (code < 0 || sim_file_exists(out))
        return code;
    sim_arena_init(&arena);
    code = sim_shard_list(directory, &arena, &slices, &n, error);
    if (code == 0 && n == 0)
        code = sim_error_set(error, SIM_ERROR_MISSING,
            "%.300s holds no manifest.txt: it is no folder of pamir slice, submit or run", directory);
    if (code == 0)
        code = sim_job_path(slices[0].path, "manifest.txt", out, error);
    sim_arena_free(&arena);
    return code;
}

int cli_cluster_claim(struct cli_cluster *self, const char *directory, struct sim_error *error)
{
    char path[SIM_FILE_PATH], *text;
    uint8_t identity[SIM_DIGEST_BYTES];
    struct sim_manifest old = {0};
    int64_t n;
    int code = sim_job_path(directory, "manifest.txt", path, error);
    if (code == 0 && !sim_file_exists(path)) {
        struct sim_error late = {0};
        code = sim_manifest_make(&self->shape, &self->arena, &text, &n, identity, error);
        if (code == 0)
            code = sim_file_write_new(path, text, n, &late);
        if (code != SIM_ERROR_EXISTS) /* another process may have been quicker */
            return late.code ? sim_error_set(error, late.code, "%s", late.message) : code;
        code = 0;
    }
    if (code == 0)
        code = sim_manifest_read(path, &old, error);
    if (code == 0)
        code = compare(self, &old, directory, error);
    sim_manifest_free(&old);
    return code;
}

bool cli_cluster_has_rows(const char *directory)
{
    DIR *folder = opendir(directory);
    bool has = false;
    for (struct dirent *entry; folder && !has && (entry = readdir(folder)) != NULL;)
        has = strncmp(entry->d_name, "rows-", 5) == 0;
    if (folder)
        closedir(folder);
    return has;
}

int cli_cluster_list(struct cli_cluster *self, const char *directory, struct sim_shard **out, int32_t *n,
    struct sim_error *error)
{
    int code = sim_shard_list(directory, &self->arena, out, n, error);
    if (code < 0 || !cli_cluster_has_rows(directory))
        return code;
    struct sim_shard *more = sim_arena_alloc(&self->arena, (int64_t)sizeof(*more) * (*n + 1));
    if (!more)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", directory);
    if (*n > 0)
        memcpy(more, *out, sizeof(*more) * (size_t)*n);
    more[*n].end = self->n_rows;
    snprintf(more[*n].path, SIM_FILE_PATH, "%s", directory);
    (*n)++;
    *out = more;
    return 0;
}

int cli_cluster_join(struct cli_cluster *self, const char *const *folders, int32_t n_folders,
    struct sim_parts *parts, bool *is_open, struct sim_error *error)
{
    *is_open = false;
    for (int32_t i = 0; i < n_folders; i++) {
        struct sim_shard *slices;
        int32_t n;
        int code = cli_cluster_list(self, folders[i], &slices, &n, error);
        for (int32_t k = 0; k < n && code == 0; k++) {
            if (*is_open)
                code = sim_parts_join(parts, slices[k].path, error);
            else
                code = sim_parts_open(parts, slices[k].path, &self->shape, SIM_PARTS_READ, error);
            *is_open = true;
        }
        if (code < 0)
            return code;
    }
    return 0;
}

bool cli_cluster_has(const struct cli_cluster *self, const struct sim_parts *parts, int64_t row)
{
    int64_t arm = row % self->shape.n_arms, set = row / self->shape.n_arms;
    return parts && sim_parts_find(parts, (int32_t)(set % self->shape.n_points), (int32_t)arm,
                        (int32_t)(set / self->shape.n_points)) != NULL;
}
