/* sha256.h: SHA-256 (FIPS 180-4), for names and checks of content. Depends on: nothing. */
#ifndef PF_BASE_SHA256_H
#define PF_BASE_SHA256_H
#include <stddef.h>
#include <stdint.h>

enum { PF_SHA256_BYTES = 32 };

typedef struct pf_sha256 {
    uint32_t h[8];
    uint64_t size; /* bytes so far */
    unsigned char block[64];
} pf_sha256;

void pf_sha256_init(pf_sha256 *s);
void pf_sha256_put(pf_sha256 *s, const void *bytes, size_t n);
/** The digest; `s` wants pf_sha256_init before it is used again. */
void pf_sha256_end(pf_sha256 *s, unsigned char digest[PF_SHA256_BYTES]);

#endif
