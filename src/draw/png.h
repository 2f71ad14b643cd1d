/* png.h: pictures as PNG, and as one animated PNG (APNG, part of PNG's third edition, W3C
 * 2025), which browsers play and other programs show the first picture of.
 *
 * 8-bit RGB, rows filtered by whichever of PNG's filters leaves the smallest sum. An animated
 * picture holds of each frame only the box in which it differs from the one before. The same
 * pictures give the same bytes with one version of zlib. Depends on: canvas, zip. Threads: any.
 */
#ifndef PF_DRAW_PNG_H
#define PF_DRAW_PNG_H
#include "base/buf.h"
#include "draw/canvas.h"

/** One picture; failures stick to the buffer. `comment` NULL: none. */
void pf_png_put(pf_buf *b, const pf_canvas *c, const char *comment);

/* An animated picture is pf_apng_begin, frames in order, pf_apng_end. */
typedef struct pf_apng {
    size_t frames, plays; /* how many there will be; how often it plays, 0: for ever */
    unsigned numerator, denominator; /* seconds that a frame lasts, as a fraction below 65536 */
    uint32_t sequence;               /* 0 at first */
} pf_apng;

void pf_apng_begin(pf_buf *b, const pf_apng *a, const pf_canvas *first, const char *comment);
/* A frame packed by itself: what another thread may do beforehand. */
typedef struct pf_apng_part {
    size_t low[2], size[2]; /* its box */
    pf_buf packed;
} pf_apng_part;
/** Pack `c`, of which `before` (NULL: none) is the frame before. Clear `out->packed`. Errors:
 * NO_MEMORY */
PF_NODISCARD pf_err pf_apng_pack(
    pf_ctx *ctx, const pf_canvas *before, const pf_canvas *c, pf_apng_part *out);
void pf_apng_put(pf_buf *b, pf_apng *a, const pf_apng_part *part);
void pf_apng_end(pf_buf *b);

#endif
