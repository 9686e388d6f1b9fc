/* A parts directory of the batch without a county, filled row by row. */
#ifndef TESTS_SUPPORT_FAKE_PARTS_H
#define TESTS_SUPPORT_FAKE_PARTS_H

#include <sys/wait.h>

#include "sim/io/parts.h"
#include "tests/support/fake_batch.h"

struct parts_bench {
    char directory[256], parts_path[300];
    struct sim_output output;
    struct sim_meta meta;
    struct sim_parts_shape shape;
    struct sim_parts parts;
    void *row;
    struct sim_error error;
};

static inline void parts_set_up(struct parts_bench *self)
{
    *self = (struct parts_bench){0};
    fake_directory(self->directory);
    snprintf(self->parts_path, sizeof self->parts_path, "%s/out.h5.parts", self->directory);
    fake_output(&self->output);
    fake_meta(&self->meta, "seed: 1\n");
    self->shape = (struct sim_parts_shape){&self->output, &self->meta, "0.1.0+abc", 1, 3, 4, fake_arms};
    self->row = calloc(1, (size_t)self->output.row_bytes);
}

static inline void parts_tear_down(struct parts_bench *self)
{
    sim_parts_close(&self->parts);
    sim_output_free(&self->output);
    sim_meta_free(&self->meta);
    free(self->row);
    fake_remove(self->directory);
}

static inline int parts_open(struct parts_bench *self, enum sim_parts_mode mode)
{
    self->error = (struct sim_error){0};
    return sim_parts_open(&self->parts, self->parts_path, &self->shape, mode, &self->error);
}

/* Appends row (arm, replicate), computed from the seed, or failed with the status. */
static inline int parts_append(
    struct parts_bench *self, int32_t arm, int32_t replicate, int32_t status, uint64_t seed)
{
    struct sim_parts_row row = {.arm = arm,
        .replicate = replicate,
        .status = status,
        .wall_seconds = 0.25,
        .message = status == 0 ? "" : "the cow owes 300 fen"};
    fake_row(&self->output, seed, 0, arm, replicate, self->row);
    sim_output_settle(&self->output, self->row);
    return sim_parts_append(&self->parts, &row, status == 0 ? self->row : NULL, &self->error);
}

/* Three rows and a failed one, closed. Gives the path of the log. */
static inline void parts_fill(struct parts_bench *self, char log[400])
{
    check_ok(parts_open(self, SIM_PARTS_CREATE), self->error);
    check_ok(parts_append(self, 0, 0, 0, 1), self->error);
    check_ok(parts_append(self, 1, 0, 0, 1), self->error);
    check_ok(parts_append(self, 2, 3, SIM_ERROR_BOOKS, 1), self->error);
    check_ok(parts_append(self, 1, 1, 0, 1), self->error);
    char host[64];
    sim_file_host(host, sizeof host);
    snprintf(log, 400, "%s/rows-%s-%ld-1.log", self->parts_path, host, (long)getpid());
    sim_parts_close(&self->parts);
}

static inline void read_whole(const char *path, uint8_t **bytes, long *n)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *n = ftell(file);
    rewind(file);
    *bytes = malloc((size_t)*n + 1);
    assert_int_equal(fread(*bytes, 1, (size_t)*n, file), *n);
    fclose(file);
}

static inline void write_whole(const char *path, const uint8_t *bytes, long n)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, (size_t)n, file), n);
    fclose(file);
}

/* The exit status of what a child does in a process of its own. */
static inline int parts_child(int (*work)(struct parts_bench *bench), struct parts_bench *bench)
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(work(bench));
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#endif
