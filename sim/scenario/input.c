#include "sim/scenario/input.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_NAMES 4096 /* of a folder, looked through for the nearest */

/* The folder of a path as a text to open; "." for a bare name. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static void report_missing(const char *path, struct sim_place place, struct sim_diag *diag)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *folder = folder_of(path);
    DIR *directory = folder ? opendir(folder) : NULL;
    if (!directory) {
        sim_diag_error(
            diag, place, "no such file: '%s' (there is no folder '%s')", path, folder ? folder : "");
        free(folder);
        return;
    }
    char **names = calloc(MAX_NAMES, sizeof(*names));
    int32_t n = 0;
    for (struct dirent *entry; names && n < MAX_NAMES && (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.') {
            names[n] = strdup(entry->d_name);
            n += names[n] != NULL;
        }
    closedir(directory);
    const char *nearest = names ? sim_diag_nearest(name, (const char *const *)names, n) : NULL;
    if (nearest)
        sim_diag_error(diag, place, "no such file: '%s'; did you mean '%.*s%s'?", path, (int)(name - path),
            path, nearest);
    else
        sim_diag_error(diag, place, "no such file: '%s'", path);
    for (int32_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
    free(folder);
}

static void report_large(const char *path, int64_t bytes, struct sim_place place, struct sim_diag *diag)
{
    if (bytes > 0)
        sim_diag_error(diag, place, "'%s' has %.1f MB; a scenario file has at most %.1f MB", path,
            (double)bytes / 1e6, (double)SIM_INPUT_MAX / 1e6);
    else
        sim_diag_error(diag, place, "'%s' has more than the %.1f MB of a scenario file", path,
            (double)SIM_INPUT_MAX / 1e6);
}

char *sim_input_read(const char *path, struct sim_place place, int64_t *n, struct sim_diag *diag)
{
    struct stat status;
    sim_diag_add_file(diag, path);
    if (stat(path, &status) != 0) {
        if (errno == ENOENT)
            report_missing(path, place, diag);
        else
            sim_diag_error(diag, place, "'%s' cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    if (S_ISDIR(status.st_mode)) {
        sim_diag_error(diag, place, "'%s' is a folder; expected a YAML file", path);
        return NULL;
    }
    if (!S_ISREG(status.st_mode)) {
        sim_diag_error(diag, place, "'%s' is a %s; expected a YAML file", path,
            S_ISFIFO(status.st_mode)   ? "pipe"
            : S_ISSOCK(status.st_mode) ? "socket"
                                       : "device");
        return NULL;
    }
    if ((int64_t)status.st_size > SIM_INPUT_MAX) {
        report_large(path, (int64_t)status.st_size, place, diag);
        return NULL;
    }
    FILE *file = fopen(path, "rb");
    if (!file) {
        sim_diag_error(diag, place, "'%s' cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    int64_t capacity = (int64_t)status.st_size + 1, length = 0;
    char *bytes = malloc((size_t)capacity);
    while (bytes) {
        size_t got = fread(bytes + length, 1, (size_t)(capacity - length), file);
        length += (int64_t)got;
        if (got == 0 || length > SIM_INPUT_MAX)
            break;
        if (length == capacity) {
            char *grown = realloc(bytes, (size_t)(2 * capacity));
            if (!grown)
                free(bytes);
            bytes = grown;
            capacity *= 2;
        }
    }
    int failed = ferror(file) ? errno : 0;
    fclose(file);
    if (bytes && !failed && length <= SIM_INPUT_MAX) {
        *n = length;
        return bytes;
    }
    if (!bytes)
        sim_diag_error(diag, place, "no memory to read '%s'", path);
    else if (failed)
        sim_diag_error(diag, place, "'%s' cannot be read: %s", path, strerror(failed));
    else
        report_large(path, 0, place, diag);
    free(bytes);
    return NULL;
}
