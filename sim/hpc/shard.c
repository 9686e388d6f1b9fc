#include "sim/hpc/shard.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sim_shard_part(int64_t n_rows, int32_t n_arms, int64_t k, int64_t n, int64_t *first, int64_t *end)
{
    int64_t unit = n_rows / n_arms >= n ? n_arms : 1, n_units = n_rows / unit;
    /* The first n_units % n parts have one unit more. */
    int64_t each = n_units / n, more = n_units % n;
    *first = unit * ((k - 1) * each + (k - 1 < more ? k - 1 : more));
    *end = *first + unit * (each + (k - 1 < more ? 1 : 0));
}

/* Two counts with a sign between them; false for anything else. */
static bool read_pair(const char *text, char sign, int64_t *a, int64_t *b)
{
    char *rest;
    if (!isdigit((unsigned char)*text))
        return false;
    errno = 0;
    *a = strtoll(text, &rest, 10);
    if (errno || *rest != sign || !isdigit((unsigned char)rest[1]))
        return false;
    *b = strtoll(rest + 1, &rest, 10);
    return !errno && !*rest;
}

int sim_shard_read(
    const char *text, int64_t n_rows, int32_t n_arms, int64_t *first, int64_t *end, struct sim_error *error)
{
    int64_t k, n;
    if (read_pair(text, ':', first, end)) {
        if (*first >= *end)
            return sim_error_set(
                error, SIM_ERROR_INPUT, "'%.60s': no rows; expected I:J, the rows from I to before J", text);
        if (*end > n_rows)
            return sim_error_set(error, SIM_ERROR_INPUT,
                "'%.60s': the batch has %" PRId64 " rows, 0:%" PRId64 " is all of it", text, n_rows, n_rows);
        return 0;
    }
    if (!read_pair(text, '/', &k, &n))
        return sim_error_set(error, SIM_ERROR_INPUT,
            "'%.60s' is no slice; expected I:J (the rows from I to before J, from 0) or K/N (the K-th of N "
            "equal parts, from 1)",
            text);
    if (k < 1 || k > n)
        return sim_error_set(error, SIM_ERROR_INPUT, "'%.60s': expected a part K/N with 1 <= K <= N", text);
    if (n > n_rows) { /* as many parts as rows; those beyond are empty */
        *first = k <= n_rows ? k - 1 : n_rows;
        *end = k <= n_rows ? k : n_rows;
        return 0;
    }
    sim_shard_part(n_rows, n_arms, k, n, first, end);
    return 0;
}

int sim_shard_path(
    const char *directory, int64_t first, int64_t end, char out[SIM_FILE_PATH], struct sim_error *error)
{
    int n = snprintf(out, SIM_FILE_PATH, "%s/slice-%" PRId64 "-%" PRId64 ".parts", directory, first, end);
    if (n >= SIM_FILE_PATH)
        return sim_error_set(error, SIM_ERROR_INPUT, "%.200s...: the path is too long", directory);
    return 0;
}

static bool read_name(const char *name, struct sim_shard *out)
{
    char again[SIM_FILE_PATH];
    struct sim_error error = {0};
    if (sscanf(name, "slice-%" SCNd64 "-%" SCNd64 ".parts", &out->first, &out->end) != 2)
        return false;
    /* Only what is called exactly as we call it. */
    return out->first >= 0 && out->first < out->end &&
           sim_shard_path("", out->first, out->end, again, &error) == 0 && strcmp(again + 1, name) == 0;
}

static int by_rows(const void *a, const void *b)
{
    const struct sim_shard *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

int sim_shard_list(const char *directory, struct sim_arena *arena, struct sim_shard **out, int32_t *n,
    struct sim_error *error)
{
    struct sim_shard *found = NULL, one;
    int32_t capacity = 0;
    *out = NULL;
    *n = 0;
    DIR *folder = opendir(directory);
    if (!folder)
        return sim_error_set(error, SIM_ERROR_MISSING, "%.300s: %s", directory, strerror(errno));
    int code = 0;
    for (struct dirent *entry; code == 0 && (entry = readdir(folder)) != NULL;) {
        if (!read_name(entry->d_name, &one))
            continue;
        code = sim_shard_path(directory, one.first, one.end, one.path, error);
        if (*n == capacity && code == 0) {
            capacity = capacity ? 2 * capacity : 64;
            struct sim_shard *more = realloc(found, sizeof(*found) * (size_t)capacity);
            if (!more)
                code = sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", directory);
            else
                found = more;
        }
        if (code == 0)
            found[(*n)++] = one;
    }
    closedir(folder);
    if (code == 0 && *n > 0) {
        qsort(found, (size_t)*n, sizeof(*found), by_rows);
        *out = sim_arena_alloc(arena, (int64_t)sizeof(*found) * *n);
        if (*out)
            memcpy(*out, found, sizeof(*found) * (size_t)*n);
        else
            code = sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", directory);
    }
    free(found);
    return code;
}
