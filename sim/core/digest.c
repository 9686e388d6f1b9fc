#include "sim/core/digest.h"

#include <string.h>

#include <openssl/evp.h>

#include "sim/core/guard.h"

void sim_digest_init(struct sim_digest *self)
{
    self->context = EVP_MD_CTX_new();
    SIM_GUARD(self->context, "libcrypto has no memory for a digest");
    SIM_GUARD(EVP_DigestInit_ex(self->context, EVP_sha256(), NULL) == 1, "libcrypto cannot begin SHA-256");
}

void sim_digest_add(struct sim_digest *self, const void *bytes, int64_t n)
{
    SIM_GUARD(n >= 0, "%lld bytes", (long long)n);
    SIM_GUARD(EVP_DigestUpdate(self->context, bytes, (size_t)n) == 1, "libcrypto cannot go on with SHA-256");
}

void sim_digest_add_text(struct sim_digest *self, const char *text)
{
    uint64_t length = strlen(text);
    sim_digest_add(self, &length, sizeof length);
    sim_digest_add(self, text, (int64_t)length);
}

void sim_digest_end(struct sim_digest *self, uint8_t out[SIM_DIGEST_BYTES])
{
    unsigned length = 0;
    SIM_GUARD(EVP_DigestFinal_ex(self->context, out, &length) == 1 && length == SIM_DIGEST_BYTES,
        "libcrypto cannot end SHA-256");
    EVP_MD_CTX_free(self->context);
    self->context = NULL;
}

void sim_digest_bytes(const void *bytes, int64_t n, uint8_t out[SIM_DIGEST_BYTES])
{
    struct sim_digest digest;
    sim_digest_init(&digest);
    sim_digest_add(&digest, bytes, n);
    sim_digest_end(&digest, out);
}

void sim_digest_text(const uint8_t digest[SIM_DIGEST_BYTES], char out[SIM_DIGEST_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < SIM_DIGEST_BYTES; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[2 * SIM_DIGEST_BYTES] = '\0';
}
