#include "sim/io/logs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void sim_logs_init(struct sim_logs *self)
{
    *self = (struct sim_logs){0};
    for (int i = 0; i < SIM_LOGS_OPEN; i++)
        self->open[i] = -1;
}

void sim_logs_close(struct sim_logs *self)
{
    for (int32_t i = 0; i < self->n; i++)
        if (self->entries[i].fd >= 0)
            close(self->entries[i].fd);
    sim_logs_init(self);
}

int32_t sim_logs_add(
    struct sim_logs *self, struct sim_arena *arena, const char *path, struct sim_error *error)
{
    if (self->n == self->capacity) {
        int32_t capacity = self->capacity == 0 ? 8 : 2 * self->capacity;
        struct sim_logs_entry *entries = sim_arena_alloc(arena, capacity * (int64_t)sizeof *entries);
        if (entries == NULL)
            return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", path);
        if (self->n > 0)
            memcpy(entries, self->entries, (size_t)self->n * sizeof *entries);
        self->entries = entries;
        self->capacity = capacity;
    }
    char *copy = sim_arena_text(arena, path, (int64_t)strlen(path));
    if (copy == NULL)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", path);
    self->entries[self->n] = (struct sim_logs_entry){.path = copy, .fd = -1};
    return self->n++;
}

int sim_logs_open(struct sim_logs *self, int32_t log, struct sim_error *error)
{
    struct sim_logs_entry *entry = &self->entries[log];
    if (entry->fd >= 0)
        return entry->fd;
    int32_t *place = &self->open[self->turn];
    if (*place >= 0) {
        close(self->entries[*place].fd);
        self->entries[*place].fd = -1;
        *place = -1;
    }
    entry->fd = open(entry->path, O_RDONLY | O_CLOEXEC);
    if (entry->fd < 0)
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be read: %s", entry->path, strerror(errno));
    *place = log;
    self->turn = (self->turn + 1) % SIM_LOGS_OPEN;
    return entry->fd;
}

static bool is_log_name(const char *name)
{
    size_t n = strlen(name);
    return n > 9 && strncmp(name, "rows-", 5) == 0 && strcmp(name + n - 4, ".log") == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int sim_logs_list(
    const char *directory, struct sim_arena *arena, char ***names, int32_t *n_names, struct sim_error *error)
{
    int code = 0;
    int32_t n = 0, capacity = 0;
    char **list = NULL;
    DIR *entries = opendir(directory);
    if (entries == NULL)
        return sim_error_set(error, errno == ENOENT ? SIM_ERROR_MISSING : SIM_ERROR_IO,
            "%.300s: cannot be read: %s", directory, strerror(errno));
    for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        if (!is_log_name(entry->d_name))
            continue;
        if (n == capacity) {
            capacity = capacity == 0 ? 16 : 2 * capacity;
            char **bigger = sim_arena_alloc(arena, capacity * (int64_t)sizeof *bigger);
            if (bigger != NULL && n > 0)
                memcpy(bigger, list, (size_t)n * sizeof *bigger);
            list = bigger;
        }
        if (list == NULL ||
            (list[n++] = sim_arena_text(arena, entry->d_name, (int64_t)strlen(entry->d_name))) == NULL) {
            code = sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", directory);
            break;
        }
    }
    closedir(entries);
    if (code == 0 && n > 1)
        qsort(list, (size_t)n, sizeof *list, by_name);
    *names = list;
    *n_names = n;
    return code;
}
