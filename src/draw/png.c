#include "draw/png.h"

#include "base/zip.h"

#include <stdlib.h>
#include <string.h>

static void big(unsigned char *at, uint32_t x)
{
    for (int k = 0; k < 4; k++) at[k] = (unsigned char)(x >> (24 - 8 * k));
}

static void chunk(pf_buf *b, const char *name, const void *bytes, size_t n)
{
    unsigned char word[4];
    big(word, (uint32_t)n);
    pf_buf_put(b, word, 4);
    pf_buf_put(b, name, 4);
    pf_buf_put(b, bytes, n);
    big(word, pf_crc32(pf_crc32(0, name, 4), bytes, n));
    pf_buf_put(b, word, 4);
}

static void head(pf_buf *b, const pf_canvas *c)
{
    unsigned char size[13] = {[8] = 8, [9] = 2};
    big(size, (uint32_t)c->width);
    big(size + 4, (uint32_t)c->height);
    pf_buf_put(b, "\x89PNG\r\n\x1a\n", 8);
    chunk(b, "IHDR", size, sizeof size);
}

static void comment_chunk(pf_buf *b, const char *comment)
{
    static const char key[] = "Comment";
    char text[400] = {0};
    if (!comment) return;
    memcpy(text, key, sizeof key);
    strncpy(text + sizeof key, comment, sizeof text - sizeof key - 1);
    chunk(b, "tEXt", text, sizeof key + strlen(text + sizeof key));
}

/* ---- rows ---- */

static int paeth(int a, int b, int c)
{
    int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/* One row by one filter; `up` NULL: the first. Returns the sum of what is left, as signed. */
static size_t filter(
    int kind, const uint8_t *row, const uint8_t *up, size_t n, unsigned char *out)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        int a = i >= 3 ? row[i - 3] : 0, b = up ? up[i] : 0, c = up && i >= 3 ? up[i - 3] : 0;
        int guess = kind == 0   ? 0
                    : kind == 1 ? a
                    : kind == 2 ? b
                    : kind == 3 ? (a + b) / 2
                                : paeth(a, b, c);
        out[i] = (unsigned char)(row[i] - guess);
        sum += out[i] < 128 ? out[i] : 256u - out[i];
    }
    return sum;
}

/* A box of the picture as filtered rows. */
static pf_err rows(
    pf_ctx *ctx, const pf_canvas *c, const size_t low[2], const size_t size[2], pf_buf *out)
{
    static const int KINDS[] = {0, 1, 2, 4};
    size_t n = 3 * size[0];
    unsigned char *trial = pf_calloc(ctx, 2 * (n + 1), 1);
    if (!trial) return PF_ERR_NO_MEMORY;
    unsigned char *best = trial + n + 1;
    for (size_t y = 0; y < size[1]; y++) {
        const uint8_t *row = c->rgb + 3 * ((low[1] + y) * c->width + low[0]);
        size_t least = SIZE_MAX;
        for (size_t k = 0; k < PF_COUNT(KINDS); k++) {
            size_t sum = filter(KINDS[k], row, y ? row - 3 * c->width : NULL, n, trial + 1);
            if (sum >= least) continue;
            least = sum;
            trial[0] = (unsigned char)KINDS[k];
            memcpy(best, trial, n + 1);
        }
        pf_buf_put(out, best, n + 1);
    }
    pf_free(trial);
    return pf_buf_ok(out);
}

static pf_err pack(
    pf_ctx *ctx, const pf_canvas *c, const size_t low[2], const size_t size[2], pf_buf *out)
{
    pf_buf raw;
    enum { LEVEL = 6 };
    pf_buf_init(&raw, ctx);
    pf_err err = rows(ctx, c, low, size, &raw);
    if (!err) pf_zip_put(out, raw.bytes, raw.size, LEVEL);
    pf_buf_clear(&raw);
    return err ? err : pf_buf_ok(out);
}

void pf_png_put(pf_buf *b, const pf_canvas *c, const char *comment)
{
    pf_buf packed;
    const size_t low[2] = {0, 0}, size[2] = {c->width, c->height};
    pf_buf_init(&packed, b->ctx);
    pf_err err = pack(b->ctx, c, low, size, &packed);
    if (err) {
        b->failed = err;
    } else {
        head(b, c);
        comment_chunk(b, comment);
        chunk(b, "IDAT", packed.bytes, packed.size);
        chunk(b, "IEND", "", 0);
    }
    pf_buf_clear(&packed);
}

/* ---- animated ---- */

void pf_apng_begin(pf_buf *b, const pf_apng *a, const pf_canvas *first, const char *comment)
{
    unsigned char control[8];
    head(b, first);
    big(control, (uint32_t)a->frames);
    big(control + 4, (uint32_t)a->plays);
    chunk(b, "acTL", control, sizeof control);
    comment_chunk(b, comment);
}

/* The least box that holds all pixels that differ; one pixel where none does. */
static void box(const pf_canvas *a, const pf_canvas *c, size_t low[2], size_t size[2])
{
    size_t x0 = c->width, x1 = 0, y0 = c->height, y1 = 0, n = 3 * c->width;
    for (size_t y = 0; y < c->height; y++) {
        const uint8_t *p = a->rgb + y * n, *q = c->rgb + y * n;
        if (!memcmp(p, q, n)) continue;
        size_t i = 0, k = n;
        while (p[i] == q[i]) i++;
        while (p[k - 1] == q[k - 1]) k--;
        x0 = i / 3 < x0 ? i / 3 : x0;
        x1 = (k + 2) / 3 > x1 ? (k + 2) / 3 : x1;
        y0 = y < y0 ? y : y0;
        y1 = y + 1;
    }
    low[0] = x1 ? x0 : 0;
    low[1] = x1 ? y0 : 0;
    size[0] = x1 ? x1 - x0 : 1;
    size[1] = x1 ? y1 - y0 : 1;
}

pf_err pf_apng_pack(pf_ctx *ctx, const pf_canvas *before, const pf_canvas *c, pf_apng_part *out)
{
    *out = (pf_apng_part){.size = {c->width, c->height}};
    pf_buf_init(&out->packed, ctx);
    if (before) box(before, c, out->low, out->size);
    return pack(ctx, c, out->low, out->size, &out->packed);
}

void pf_apng_put(pf_buf *b, pf_apng *a, const pf_apng_part *part)
{
    unsigned char control[26] = {0};
    const uint32_t number[] = {a->sequence, (uint32_t)part->size[0], (uint32_t)part->size[1],
        (uint32_t)part->low[0], (uint32_t)part->low[1]};
    int is_first = !a->sequence;
    for (size_t k = 0; k < PF_COUNT(number); k++) big(control + 4 * k, number[k]);
    control[20] = (unsigned char)(a->numerator >> 8);
    control[21] = (unsigned char)a->numerator;
    control[22] = (unsigned char)(a->denominator >> 8);
    control[23] = (unsigned char)a->denominator;
    a->sequence++;
    chunk(b, "fcTL", control, sizeof control);
    if (is_first) {
        chunk(b, "IDAT", part->packed.bytes, part->packed.size);
        return;
    }
    pf_buf data;
    unsigned char word[4];
    pf_buf_init(&data, b->ctx);
    big(word, a->sequence++);
    pf_buf_put(&data, word, 4);
    pf_buf_put(&data, part->packed.bytes, part->packed.size);
    if (pf_buf_ok(&data))
        b->failed = data.failed;
    else
        chunk(b, "fdAT", data.bytes, data.size);
    pf_buf_clear(&data);
}

void pf_apng_end(pf_buf *b)
{
    chunk(b, "IEND", "", 0);
}
