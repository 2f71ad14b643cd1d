#include "base/sha256.h"

#include <string.h>

/* The first 32 bits of the fractions of the cube roots of the first 64 primes. */
static const uint32_t K[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b,
    0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6,
    0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
    0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585,
    0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa,
    0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static void expand(const unsigned char *block, uint32_t w[64])
{
    for (unsigned i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (unsigned i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + w[i - 7] +
               (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
    }
}

/* One round; the names of the eight words turn instead of their values. */
#define ROUND(a, b, c, d, e, f, g, h, i)                                                       \
    do {                                                                                       \
        uint32_t one = (h) + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +                        \
                       ((g) ^ ((e) & ((f) ^ (g)))) + K[i] + w[i];                              \
        (d) += one;                                                                            \
        (h) = one + (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) +                                 \
              (((a) & (b)) | ((c) & ((a) | (b))));                                             \
    } while (0)

static void mix(uint32_t s[8], const unsigned char *block)
{
    uint32_t w[64], a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6];
    uint32_t h = s[7];
    expand(block, w);
    for (unsigned i = 0; i < 64; i += 8) {
        ROUND(a, b, c, d, e, f, g, h, i);
        ROUND(h, a, b, c, d, e, f, g, i + 1);
        ROUND(g, h, a, b, c, d, e, f, i + 2);
        ROUND(f, g, h, a, b, c, d, e, i + 3);
        ROUND(e, f, g, h, a, b, c, d, i + 4);
        ROUND(d, e, f, g, h, a, b, c, i + 5);
        ROUND(c, d, e, f, g, h, a, b, i + 6);
        ROUND(b, c, d, e, f, g, h, a, i + 7);
    }
    const uint32_t add[8] = {a, b, c, d, e, f, g, h};
    for (unsigned i = 0; i < 8; i++) s[i] += add[i];
}

void pf_sha256_init(pf_sha256 *s)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(s->h, start, sizeof start);
    s->size = 0;
}

void pf_sha256_put(pf_sha256 *s, const void *bytes, size_t n)
{
    const unsigned char *from = bytes;
    size_t used = s->size % 64;
    s->size += n;
    if (used && used + n >= 64) {
        memcpy(s->block + used, from, 64 - used);
        mix(s->h, s->block);
        from += 64 - used;
        n -= 64 - used;
        used = 0;
    }
    for (; !used && n >= 64; from += 64, n -= 64) mix(s->h, from);
    if (n) memcpy(s->block + used, from, n);
}

void pf_sha256_end(pf_sha256 *s, unsigned char digest[PF_SHA256_BYTES])
{
    unsigned char tail[72] = {0x80};
    uint64_t bits = s->size * 8;
    size_t n = (s->size % 64 < 56 ? 56 : 120) - s->size % 64;
    for (unsigned i = 0; i < 8; i++) tail[n + i] = (unsigned char)(bits >> (56 - 8 * i));
    pf_sha256_put(s, tail, n + 8);
    for (unsigned i = 0; i < PF_SHA256_BYTES; i++)
        digest[i] = (unsigned char)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}
