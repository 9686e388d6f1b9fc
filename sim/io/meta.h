/* /meta: the texts that go with a result: the experiment as given and as resolved, version, seed, machine. */
#ifndef SIM_IO_META_H
#define SIM_IO_META_H

#include "sim/core/arena.h"
#include "sim/core/error.h"

enum sim_meta_class {
    SIM_META_INPUT, /* part of what identifies the batch: a resume with another one is refused */
    SIM_META_ABOUT, /* wall time, host, command line: never part of a digest */
};

struct sim_meta_entry {
    enum sim_meta_class class;
    const char *name;
    const char *text;
    const char *sentence;
};

struct sim_meta {
    struct sim_arena arena;
    struct sim_meta_entry *entries;
    int32_t n, capacity;
};

void sim_meta_init(struct sim_meta *self);
void sim_meta_free(struct sim_meta *self);
/* Copies; replaces an entry of the same name. */
int sim_meta_set(struct sim_meta *self, enum sim_meta_class class, const char *name, const char *text,
    const char *sentence, struct sim_error *error);
const char *sim_meta_get(const struct sim_meta *self, const char *name); /* NULL when there is none */

#endif
