#include "report/tissue_page_film.h"

#include "base/base64.h"
#include "base/zip.h"
#include "report/tissue_page.h"

#include <math.h>
#include <string.h>

enum { FRAME_WORDS = 300 }; /* bytes of a frame besides its data, about */
#define ALL_KEYS ((uint64_t)1 << 32)

typedef struct {
    pf_ctx *ctx;
    const pf_film *f;
    size_t n, *of; /* frames that are shown */
    uint64_t end;  /* keys from here on are not */
} choice;

static size_t evenly(size_t k, size_t of, size_t n)
{
    return of < 2 ? n - 1 : (k * (n - 1) + (of - 1) / 2) / (of - 1);
}

static double size_of(const pf_film_shot *s)
{
    return (double)pf_base64_size(s->packed_size) + (double)pf_base64_size(s->fields_size) +
           FRAME_WORDS;
}

static double choose_frames(choice *c, size_t n)
{
    double sum = 0;
    c->n = n;
    for (size_t k = 0; k < n; k++) {
        c->of[k] = evenly(k, n, c->f->n);
        sum += size_of(&c->f->shot[c->of[k]]);
    }
    return sum;
}

/* The key below which about `most` cells of all frames stand. */
static pf_err choose_cells(choice *c, double most)
{
    enum { BITS = 16 };
    double sum = 0;
    uint32_t *count = pf_calloc(c->ctx, (size_t)1 << BITS, sizeof *count);
    if (!count) return PF_ERR_NO_MEMORY;
    for (size_t k = 0; k < c->n; k++) {
        const pf_film_shot *s = &c->f->shot[c->of[k]];
        for (size_t i = 0; i < s->shown; i++) count[pf_film_key(s, i) >> (32 - BITS)]++;
    }
    size_t bin = 0;
    for (; bin < (size_t)1 << BITS && sum + count[bin] <= most; bin++) sum += count[bin];
    c->end = (uint64_t)bin << (32 - BITS);
    pf_free(count);
    return PF_OK;
}

/* The cells of a frame with keys below the end, in place; returns how many. Columns stay. */
static size_t thin(const choice *c, const pf_film_shot *s, unsigned char *cells)
{
    size_t width = pf_film_cell_size(c->f), n = 0;
    unsigned char *to = cells;
    for (size_t i = 0; i < s->shown; i++) n += pf_film_key(s, i) < c->end;
    for (size_t at = 0; at < width;) {
        size_t size = at < PF_FILM_PLACE ? 2 : 1; /* places are numbers of two bytes */
        const unsigned char *from = cells + at * s->shown;
        for (size_t i = 0; i < s->shown; i++) {
            if (pf_film_key(s, i) >= c->end) continue;
            for (size_t k = 0; k < size; k++) *to++ = from[i * size + k];
        }
        at += size;
    }
    return n;
}

/* The cells' stream of one frame, thinned or as it stands in the film. */
static pf_err cells_stream(const choice *c, size_t frame, size_t *shown, pf_buf *out)
{
    const pf_film_shot *s = &c->f->shot[frame];
    size_t width = pf_film_cell_size(c->f);
    pf_buf_empty(out);
    *shown = s->shown;
    if (c->end == ALL_KEYS) {
        pf_buf_put(out, s->packed, s->packed_size);
        return pf_buf_ok(out);
    }
    unsigned char *cells = pf_calloc(c->ctx, s->shown, width);
    if (!cells) return PF_ERR_NO_MEMORY;
    pf_err err = pf_film_cells(c->ctx, c->f, frame, cells);
    if (!err) {
        *shown = thin(c, s, cells);
        pf_zip_put(out, cells, *shown * width, 6);
        err = pf_buf_ok(out);
    }
    pf_free(cells);
    return err;
}

static void put_fields(const pf_film *f, const pf_film_shot *s, pf_buf *b, pf_buf *text)
{
    pf_json_open(b, "fields", '{');
    pf_json_open(b, "voxels", '[');
    for (int d = 0; d < 3; d++) pf_json_integer(b, NULL, (long long)s->voxels[d]);
    pf_json_close(b, ']');
    pf_json_open(b, "range", '[');
    for (size_t k = 0; k < f->n_substance; k++) {
        pf_json_open(b, NULL, '[');
        pf_json_number(b, NULL, s->low[k]);
        pf_json_number(b, NULL, s->high[k]);
        pf_json_close(b, ']');
    }
    pf_json_close(b, ']');
    pf_buf_empty(text);
    pf_base64_put(text, s->fields, s->fields_size);
    pf_json_text(b, "data", text->bytes);
    pf_json_close(b, '}');
}

static pf_err put_frames(const choice *c, pf_buf *b)
{
    pf_buf cells, text;
    pf_err err = PF_OK;
    size_t shown;
    pf_buf_init(&cells, c->ctx);
    pf_buf_init(&text, c->ctx);
    for (size_t k = 0; k < c->n && !err; k++) {
        const pf_film_shot *s = &c->f->shot[c->of[k]];
        err = cells_stream(c, c->of[k], &shown, &cells);
        if (err) break;
        pf_buf_empty(&text);
        pf_base64_put(&text, cells.bytes, cells.size);
        pf_json_open(b, NULL, '{');
        pf_json_number(b, "minute", round(s->minute * 1e9) / 1e9);
        pf_json_integer(b, "cells", (long long)s->cells);
        pf_json_integer(b, "shown", (long long)shown);
        pf_json_text(b, "data", text.bytes);
        put_fields(c->f, s, b, &text);
        pf_json_close(b, '}');
        err = pf_buf_ok(&text);
    }
    pf_buf_clear(&cells);
    pf_buf_clear(&text);
    return err ? err : pf_buf_ok(b);
}

static pf_err packed_size(const choice *c, double *out)
{
    pf_buf b;
    size_t shown;
    pf_err err = PF_OK;
    pf_buf_init(&b, c->ctx);
    *out = 0;
    for (size_t k = 0; k < c->n && !err; k++) {
        err = cells_stream(c, c->of[k], &shown, &b);
        *out += (double)pf_base64_size(b.size);
    }
    pf_buf_clear(&b);
    return err;
}

/* Frames first, then cells: what thinning makes of them is known once it is packed. */
static pf_err choose(choice *c, double budget)
{
    enum { ROUNDS = 8 };
    size_t n = c->f->n;
    double sum = choose_frames(c, n), cells = 0, fields = 0, number = 0, now;
    while (sum > budget && n > PF_TISSUE_FRAMES_LEAST) {
        size_t fewer = (size_t)((double)n * budget / sum);
        n = fewer < n ? fewer : n - 1;
        n = n < PF_TISSUE_FRAMES_LEAST ? PF_TISSUE_FRAMES_LEAST : n;
        sum = choose_frames(c, n);
    }
    for (size_t k = 0; k < c->n; k++) {
        const pf_film_shot *s = &c->f->shot[c->of[k]];
        cells += (double)pf_base64_size(s->packed_size);
        number += (double)s->shown;
    }
    fields = sum - cells;
    double room = fmax(budget - fields, cells / 50), want = number * room / cells;
    for (int k = 0; k < ROUNDS && sum > budget; k++) {
        PF_TRY(choose_cells(c, want));
        PF_TRY(packed_size(c, &now));
        if (now <= room) break;
        want *= 0.98 * room / now;
    }
    return PF_OK;
}

pf_err pf_tissue_page_film(pf_ctx *ctx, const pf_film *f, size_t budget, pf_buf *out)
{
    choice c = {.ctx = ctx, .f = f, .end = ALL_KEYS};
    pf_json_open(out, "film", '[');
    c.of = pf_calloc(ctx, f->n, sizeof *c.of);
    pf_err err = c.of ? PF_OK : PF_ERR_NO_MEMORY;
    if (!err && f->n) err = choose(&c, (double)budget);
    if (!err && f->n) err = put_frames(&c, out);
    pf_free(c.of);
    pf_json_close(out, ']');
    return err ? err : pf_buf_ok(out);
}
