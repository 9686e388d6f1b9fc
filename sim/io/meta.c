#include "sim/io/meta.h"

#include <string.h>

#include "sim/io/utf8.h"

void sim_meta_init(struct sim_meta *self)
{
    *self = (struct sim_meta){0};
    sim_arena_init(&self->arena);
}

void sim_meta_free(struct sim_meta *self)
{
    sim_arena_free(&self->arena);
    *self = (struct sim_meta){0};
}

/* A name that HDF5, netCDF and the manifest of the parts all take as it is. */
static bool name_is_good(const char *name)
{
    for (const char *c = name; *c; c++) {
        bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_';
        bool other = (*c >= '0' && *c <= '9') || *c == '.' || *c == '-';
        if (!letter && !(other && c > name))
            return false;
    }
    return name[0] != 0 && strlen(name) < 200;
}

int sim_meta_set(struct sim_meta *self, enum sim_meta_class class, const char *name, const char *text,
    const char *sentence, struct sim_error *error)
{
    static const char *const taken[] = {"arm", "replicate", "point", "digest"};
    if (!name_is_good(name))
        return sim_error_set(error, SIM_ERROR_INPUT,
            "'%.60s' cannot name an entry of /meta: letters, digits, '_', '.' and '-', a letter first", name);
    for (int32_t i = 0; i < SIM_COUNT(taken); i++)
        if (strcmp(name, taken[i]) == 0 || strncmp(name, "row_", 4) == 0)
            return sim_error_set(
                error, SIM_ERROR_INPUT, "/meta/%.60s: the name belongs to the file itself", name);
    if (!sim_utf8_is_valid(text) || !sim_utf8_is_valid(sentence))
        return sim_error_set(error, SIM_ERROR_INPUT, "/meta/%.60s: the text is not valid UTF-8", name);
    struct sim_meta_entry *entry = NULL;
    for (int32_t i = 0; i < self->n; i++)
        if (strcmp(self->entries[i].name, name) == 0)
            entry = &self->entries[i];
    if (entry == NULL && self->n == self->capacity) {
        int32_t capacity = self->capacity == 0 ? 16 : 2 * self->capacity;
        struct sim_meta_entry *entries = sim_arena_alloc(&self->arena, capacity * (int64_t)sizeof *entries);
        if (entries == NULL)
            return sim_error_set(error, SIM_ERROR_MEMORY, "/meta/%.60s: out of memory", name);
        if (self->n > 0)
            memcpy(entries, self->entries, (size_t)self->n * sizeof *entries);
        self->entries = entries;
        self->capacity = capacity;
    }
    struct sim_meta_entry copy = {
        .class = class,
        .name = sim_arena_text(&self->arena, name, (int64_t)strlen(name)),
        .text = sim_arena_text(&self->arena, text, (int64_t)strlen(text)),
        .sentence = sim_arena_text(&self->arena, sentence, (int64_t)strlen(sentence)),
    };
    if (copy.name == NULL || copy.text == NULL || copy.sentence == NULL)
        return sim_error_set(error, SIM_ERROR_MEMORY, "/meta/%.60s: out of memory", name);
    if (entry == NULL)
        entry = &self->entries[self->n++];
    *entry = copy;
    return 0;
}

const char *sim_meta_get(const struct sim_meta *self, const char *name)
{
    for (int32_t i = 0; i < self->n; i++)
        if (strcmp(self->entries[i].name, name) == 0)
            return self->entries[i].text;
    return NULL;
}
