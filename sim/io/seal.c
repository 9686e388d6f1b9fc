#include "sim/io/seal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/core/digest.h"

#define CHUNK_BYTES ((int64_t)1 << 20)

static const char magic[9] = "PAMIRSHA";

struct seal {
    char magic[8];
    int64_t n; /* bytes before the seal */
    uint8_t digest[SIM_DIGEST_BYTES];
};
_Static_assert(sizeof(struct seal) == SIM_SEAL_BYTES, "a seal has no gaps");

/* The digest of the next n bytes; false at the end or on an error. */
static bool digest_stream(FILE *file, int64_t n, uint8_t *chunk, uint8_t out[SIM_DIGEST_BYTES])
{
    struct sim_digest digest;
    sim_digest_init(&digest);
    bool good = true;
    while (n > 0 && good) {
        size_t wanted = (size_t)(n < CHUNK_BYTES ? n : CHUNK_BYTES);
        good = fread(chunk, 1, wanted, file) == wanted;
        if (good)
            sim_digest_add(&digest, chunk, (int64_t)wanted);
        n -= (int64_t)wanted;
    }
    sim_digest_end(&digest, out);
    return good;
}

static int64_t file_bytes(FILE *file)
{
    struct stat status;
    return fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode) ? (int64_t)status.st_size : -1;
}

int sim_seal_add(const char *path, struct sim_error *error)
{
    struct seal seal = {.n = 0};
    int code = 0;
    uint8_t *chunk = malloc((size_t)CHUNK_BYTES);
    FILE *file = fopen(path, "r+e");
    if (chunk == NULL) {
        code = sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", path);
        goto out;
    }
    memcpy(seal.magic, magic, sizeof seal.magic);
    if (file == NULL || (seal.n = file_bytes(file)) < 0 || !digest_stream(file, seal.n, chunk, seal.digest) ||
        fseek(file, 0, SEEK_END) != 0 || fwrite(&seal, sizeof seal, 1, file) != 1 || fflush(file) != 0)
        code = sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be sealed: %s", path, strerror(errno));
out:
    if (file != NULL)
        fclose(file);
    free(chunk);
    return code;
}

int sim_seal_check(const char *path, bool *is_sealed, struct sim_error *error)
{
    struct seal seal;
    uint8_t digest[SIM_DIGEST_BYTES];
    int code = 0;
    *is_sealed = false;
    struct stat status;
    if (stat(path, &status) != 0)
        return sim_error_set(error, errno == ENOENT ? SIM_ERROR_MISSING : SIM_ERROR_IO,
            "%.300s: cannot be read: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode)) /* to open a pipe could take for ever */
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: is not a regular file", path);
    uint8_t *chunk = malloc((size_t)CHUNK_BYTES);
    FILE *file = fopen(path, "re");
    if (chunk == NULL) {
        code = sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", path);
        goto out;
    }
    int64_t n = file == NULL ? -1 : file_bytes(file);
    if (n < 0) {
        code = sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be read: %s", path,
            file == NULL ? strerror(errno) : "it is not a regular file");
        goto out;
    }
    if (n < SIM_SEAL_BYTES || fseeko(file, (off_t)(n - SIM_SEAL_BYTES), SEEK_SET) != 0 ||
        fread(&seal, sizeof seal, 1, file) != 1 || memcmp(seal.magic, magic, sizeof seal.magic) != 0)
        goto out;
    *is_sealed = true;
    rewind(file);
    if (seal.n != n - SIM_SEAL_BYTES || !digest_stream(file, seal.n, chunk, digest) ||
        memcmp(digest, seal.digest, sizeof digest) != 0)
        code = sim_error_set(error, SIM_ERROR_FORMAT,
            "%.250s: is damaged, or was changed since it was written: its SHA-256 differs from the seal at "
            "its "
            "end",
            path);
out:
    if (file != NULL)
        fclose(file);
    free(chunk);
    return code;
}
