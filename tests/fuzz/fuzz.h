/* What the fuzz targets share: a folder of their own, files in it, and a verdict.
 *
 * A target is one LLVMFuzzerTestOneInput: whatever the bytes are, the reader under test must end with 0 or
 * with a negative code and a message. tests/fuzz/README.md says how they are run. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/core/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Ends the program as a finding. */
static inline void fuzz_fail(const char *what)
{
    fprintf(stderr, "fuzz: %s\n", what);
    abort();
}

/* A code is 0 or one of errors.def with a message. */
static inline void fuzz_check(int code, const struct sim_error *error)
{
    if (code > 0 || (code < 0 && (error->code >= 0 || error->message[0] == 0)))
        fuzz_fail("an error without a code or a message");
}

struct fuzz_folder {
    char path[256];
};

/* A fresh folder, in memory where there is such a place; _end removes it with what _write made of it. */
static inline void fuzz_begin(struct fuzz_folder *self)
{
    const char *place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(self->path, sizeof self->path, "%s/pamir-fuzz-XXXXXX", place);
    if (mkdtemp(self->path) == NULL)
        fuzz_fail("no folder can be made");
}

static inline void fuzz_path(const struct fuzz_folder *self, const char *name, char out[400])
{
    snprintf(out, 400, "%s/%s", self->path, name);
}

static inline void fuzz_write(const struct fuzz_folder *self, const char *name, const void *bytes, size_t n)
{
    char path[400];
    fuzz_path(self, name, path);
    FILE *file = fopen(path, "wb");
    if (file == NULL || (n > 0 && fwrite(bytes, n, 1, file) != 1) || fclose(file) != 0)
        fuzz_fail("a file cannot be written");
}

/* Copies a file of the project into the folder. */
static inline void fuzz_copy(const struct fuzz_folder *self, const char *from, const char *name)
{
    static uint8_t bytes[1 << 20];
    FILE *file = fopen(from, "rb");
    size_t n = file == NULL ? 0 : fread(bytes, 1, sizeof bytes, file);
    if (n == 0 || n == sizeof bytes)
        fuzz_fail(from);
    fclose(file);
    fuzz_write(self, name, bytes, n);
}

#endif
