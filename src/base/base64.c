#include "base/base64.h"

static const char DIGIT[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { PART = 3 * 256 }; /* bytes that become one piece of text */

static void quantum(const unsigned char *p, size_t n, char *out)
{
    unsigned bits =
        (unsigned)p[0] << 16 | (n > 1 ? (unsigned)p[1] << 8 : 0) | (n > 2 ? (unsigned)p[2] : 0);
    out[0] = DIGIT[bits >> 18];
    out[1] = DIGIT[bits >> 12 & 63];
    out[2] = (char)(n > 1 ? DIGIT[bits >> 6 & 63] : '=');
    out[3] = (char)(n > 2 ? DIGIT[bits & 63] : '=');
}

void pf_base64_put(pf_buf *b, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    char text[PART / 3 * 4];
    while (n) {
        size_t part = n < PART ? n : PART, used = 0;
        for (size_t i = 0; i < part; i += 3, used += 4)
            quantum(p + i, part - i < 3 ? part - i : 3, text + used);
        pf_buf_put(b, text, used);
        p += part;
        n -= part;
    }
}

size_t pf_base64_size(size_t n)
{
    return (n + 2) / 3 * 4;
}
