#include "sim/io/state.h"

#include <stdlib.h>
#include <string.h>

enum { MARK_BYTES = 32 }; /* fixed width: a wrong order shows as another name, not as a length */

void sim_state_init(struct sim_state *self)
{
    *self = (struct sim_state){0};
}

void sim_state_free(struct sim_state *self)
{
    free(self->bytes);
    *self = (struct sim_state){0};
}

static int reserve(struct sim_state *self, int64_t n, struct sim_error *error)
{
    int64_t capacity = self->capacity ? self->capacity : 4096;
    while (capacity - self->n < n)
        capacity *= 2;
    if (capacity == self->capacity)
        return 0;
    uint8_t *bytes = realloc(self->bytes, (size_t)capacity);
    if (!bytes)
        return sim_error_set(error, SIM_ERROR_MEMORY, "state: no memory for %lld bytes", (long long)capacity);
    self->bytes = bytes;
    self->capacity = capacity;
    return 0;
}

int sim_state_put(struct sim_state *self, const void *bytes, int64_t n, struct sim_error *error)
{
    int code = reserve(self, n, error);
    if (code < 0)
        return code;
    if (n > 0)
        memcpy(self->bytes + self->n, bytes, (size_t)n);
    self->n += n;
    return 0;
}

int sim_state_get(struct sim_state *self, void *bytes, int64_t n, struct sim_error *error)
{
    if (n < 0 || self->n - self->at < n)
        return sim_error_set(error, SIM_ERROR_FORMAT, "state: %lld bytes wanted at byte %lld, %lld are left",
            (long long)n, (long long)self->at, (long long)(self->n - self->at));
    if (n > 0)
        memcpy(bytes, self->bytes + self->at, (size_t)n);
    self->at += n;
    return 0;
}

int sim_state_put_mark(struct sim_state *self, const char *mark, struct sim_error *error)
{
    char name[MARK_BYTES] = {0};
    memcpy(name, mark, strnlen(mark, MARK_BYTES - 1));
    return sim_state_put(self, name, MARK_BYTES, error);
}

int sim_state_get_mark(struct sim_state *self, const char *mark, struct sim_error *error)
{
    char name[MARK_BYTES];
    int64_t at = self->at;
    int code = sim_state_get(self, name, MARK_BYTES, error);
    if (code < 0)
        return code;
    name[MARK_BYTES - 1] = '\0';
    if (strncmp(name, mark, MARK_BYTES - 1) == 0)
        return 0;
    for (char *c = name; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    self->at = at;
    return sim_error_set(
        error, SIM_ERROR_FORMAT, "state: '%s' expected at byte %lld, found '%s'", mark, (long long)at, name);
}
