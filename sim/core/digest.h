/* SHA-256 (FIPS 180-4) by OpenSSL's libcrypto: of results, inputs and state. */
#ifndef SIM_CORE_DIGEST_H
#define SIM_CORE_DIGEST_H

#include "sim/core/types.h"

#define SIM_DIGEST_BYTES 32
#define SIM_DIGEST_TEXT (2 * SIM_DIGEST_BYTES + 1)

struct sim_digest {
    void *context; /* EVP_MD_CTX */
};

/* A digest in the making. _init aborts through a guard when libcrypto has no memory. */
void sim_digest_init(struct sim_digest *self);
void sim_digest_add(struct sim_digest *self, const void *bytes, int64_t n);
/* Adds a text with its length, so that ("ab","c") differs from ("a","bc"). */
void sim_digest_add_text(struct sim_digest *self, const char *text);
/* Writes the 32 bytes and frees the context. */
void sim_digest_end(struct sim_digest *self, uint8_t out[SIM_DIGEST_BYTES]);
/* All in one. */
void sim_digest_bytes(const void *bytes, int64_t n, uint8_t out[SIM_DIGEST_BYTES]);
/* Lower-case hexadecimal. */
void sim_digest_text(const uint8_t digest[SIM_DIGEST_BYTES], char out[SIM_DIGEST_TEXT]);

#endif
