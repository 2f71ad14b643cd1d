#include "base/file.h"
#include "base/zip.h"
#include "tissue/film.h"

#include <math.h>
#include <string.h>

#define FILM_MOST ((size_t)1 << 36)

/* ---- bytes ---- */

typedef struct {
    const unsigned char *at;
    size_t left;
} reader;

static uint64_t little(const unsigned char *at, size_t bytes)
{
    uint64_t x = 0;
    for (size_t k = 0; k < bytes; k++) x |= (uint64_t)at[k] << 8 * k;
    return x;
}

/* The next number; 0 at the end, where `left` becomes SIZE_MAX for good. */
static uint64_t take(reader *r, size_t bytes)
{
    if (r->left == SIZE_MAX || r->left < bytes) {
        r->left = SIZE_MAX;
        return 0;
    }
    uint64_t x = little(r->at, bytes);
    r->at += bytes;
    r->left -= bytes;
    return x;
}

static double take_double(reader *r)
{
    uint64_t bits = take(r, 8);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static const unsigned char *take_bytes(reader *r, size_t n)
{
    const unsigned char *at = r->at;
    if (r->left == SIZE_MAX || r->left < n) {
        r->left = SIZE_MAX;
        return NULL;
    }
    r->at += n;
    r->left -= n;
    return at;
}

/* ---- the head ---- */

static pf_err bad(pf_ctx *ctx, const char *path, const char *what)
{
    return pf_fail(ctx, PF_ERR_CORRUPT, "'%s' is no film of a tissue: %s", path, what);
}

static int finite_number(const pf_jvalue *v, double *out)
{
    *out = pf_jvalue_number(v);
    return isfinite(*out);
}

static int read_domain(pf_film *f)
{
    const pf_jvalue *domain = pf_jvalue_get(f->head, "domain");
    const pf_jvalue *a = pf_jvalue_get(domain, "low"), *b = pf_jvalue_get(domain, "high");
    if (!a || !b || a->n != 3 || b->n != 3) return 0;
    a = a->first;
    b = b->first;
    for (int d = 0; d < 3; d++, a = a->next, b = b->next)
        if (!finite_number(a, &f->low[d]) || !finite_number(b, &f->high[d]) ||
            !(f->high[d] > f->low[d]))
            return 0;
    return 1;
}

/* The list's length, if it is a list of at most `most`; else SIZE_MAX. */
static size_t length(const pf_jvalue *list, size_t most)
{
    return list && list->kind == PF_JVALUE_LIST && list->n <= most ? list->n : SIZE_MAX;
}

static int read_lists(pf_film *f)
{
    const pf_jvalue *types = pf_jvalue_get(f->head, "types");
    const pf_jvalue *substances = pf_jvalue_get(f->head, "substances");
    size_t k = 0;
    f->n_type = length(types, PF_CELL_TYPES_MAX);
    f->n_substance = length(substances, PF_SUBSTANCES_MAX);
    if (f->n_type == SIZE_MAX || f->n_substance == SIZE_MAX) return 0;
    for (const pf_jvalue *v = types->first; v; v = v->next, k++) {
        f->type[k] = pf_jvalue_text(pf_jvalue_get(v, "name"), "");
        const pf_jvalue *killer = pf_jvalue_get(v, "killer");
        f->killer[k] = killer && killer->kind == PF_JVALUE_BOOL && killer->number != 0;
    }
    k = 0;
    for (const pf_jvalue *v = substances->first; v; v = v->next, k++) {
        f->substance[k] = pf_jvalue_text(pf_jvalue_get(v, "name"), "");
        f->unit[k] = pf_jvalue_text(pf_jvalue_get(v, "unit"), "1");
    }
    return 1;
}

static int read_attributes(pf_film *f)
{
    const pf_jvalue *list = pf_jvalue_get(f->head, "attributes");
    size_t k = 0;
    f->n_attribute = length(list, PF_FILM_ATTRIBUTES_MAX);
    if (f->n_attribute == SIZE_MAX) return 0;
    for (const pf_jvalue *v = list->first; v; v = v->next, k++) {
        pf_film_attribute *a = &f->attribute[k];
        const pf_jvalue *is_log = pf_jvalue_get(v, "log");
        a->name = pf_jvalue_text(pf_jvalue_get(v, "name"), "");
        a->unit = pf_jvalue_text(pf_jvalue_get(v, "unit"), "1");
        a->log = is_log && is_log->kind == PF_JVALUE_BOOL && is_log->number != 0;
        if (!finite_number(pf_jvalue_get(v, "low"), &a->low) ||
            !finite_number(pf_jvalue_get(v, "high"), &a->high) || !(a->high > a->low) ||
            (a->log && !(a->low > 0)))
            return 0;
    }
    return 1;
}

static pf_err read_head(pf_ctx *ctx, const char *path, pf_film *f, reader *r)
{
    const unsigned char *magic = take_bytes(r, 8);
    size_t size = (size_t)take(r, 4);
    uint32_t crc = (uint32_t)take(r, 4);
    if (!magic || memcmp(magic, "PFFILM01", 8) != 0)
        return bad(ctx, path, "it begins otherwise");
    const unsigned char *text = take_bytes(r, size);
    if (!text) return bad(ctx, path, "it is cut off in its head");
    if (pf_crc32(0, text, size) != crc) return bad(ctx, path, "its head was changed");
    char *copy = pf_arena_strndup(ctx, &f->arena, (const char *)text, size);
    if (!copy) return PF_ERR_NO_MEMORY;
    pf_err err = pf_jvalue_parse(ctx, &f->arena, copy, size, &f->head);
    if (err) return pf_fail_in(ctx, "the head of '%s'", path);
    if (strcmp(pf_jvalue_text(pf_jvalue_get(f->head, "format"), ""), PF_FILM_FORMAT) != 0)
        return bad(ctx, path, "it is of another format");
    f->name = pf_jvalue_text(pf_jvalue_get(f->head, "name"), "");
    f->title = pf_jvalue_text(pf_jvalue_get(f->head, "title"), f->name);
    if (!read_domain(f) || !read_lists(f) || !read_attributes(f))
        return bad(ctx, path, "its head lacks what it needs");
    return PF_OK;
}

/* ---- frames ---- */

static int read_shot(const pf_film *f, reader r, pf_film_shot *s)
{
    s->minute = take_double(&r);
    s->step = take(&r, 8);
    s->cells = take(&r, 8);
    s->shown = (size_t)take(&r, 8);
    s->packed_size = (size_t)take(&r, 4);
    s->fields_size = (size_t)take(&r, 4);
    for (int d = 0; d < 3; d++) s->voxels[d] = (size_t)take(&r, 4);
    (void)take(&r, 4);
    for (size_t k = 0; k < f->n_type; k++) {
        s->alive[k] = take(&r, 8);
        s->dead[k] = take(&r, 8);
    }
    for (size_t k = 0; k < f->n_substance; k++) {
        s->low[k] = take_double(&r);
        s->high[k] = take_double(&r);
        if (!isfinite(s->low[k]) || !isfinite(s->high[k]) || s->high[k] < s->low[k]) return 0;
    }
    if (s->shown > UINT32_MAX || s->shown > s->cells) return 0;
    s->keys = take_bytes(&r, 4 * s->shown);
    s->packed = take_bytes(&r, s->packed_size);
    s->fields = take_bytes(&r, s->fields_size);
    for (int d = 0; d < 3; d++)
        if (s->voxels[d] < 1 || s->voxels[d] > PF_FILM_VOXELS) return 0;
    return s->keys && s->packed && s->fields && r.left == 0 && isfinite(s->minute) &&
           s->minute >= 0;
}

enum { FRAME_HEAD = 16 };

static pf_err read_frames(pf_ctx *ctx, const char *path, pf_film *f, reader *r)
{
    size_t capacity = 0;
    while (r->left >= FRAME_HEAD) {
        pf_film_shot s = {0};
        reader at = *r;
        const unsigned char *mark = take_bytes(&at, 4);
        uint32_t crc = (uint32_t)take(&at, 4);
        uint64_t size = take(&at, 8);
        if (memcmp(mark, "FRAM", 4) != 0)
            return pf_fail(ctx, PF_ERR_CORRUPT, "'%s': no frame begins at byte %zu", path,
                f->size - r->left);
        if (size > at.left) break; /* cut off */
        reader inside = {at.at, (size_t)size};
        if (pf_crc32(0, inside.at, inside.left) != crc || !read_shot(f, inside, &s) ||
            (f->n && s.step <= f->shot[f->n - 1].step))
            return pf_fail(ctx, PF_ERR_CORRUPT,
                "'%s': frame %zu, at byte %zu, is not what was written", path, f->n + 1,
                f->size - r->left);
        PF_TRY(pf_reserve(ctx, &f->shot, &capacity, f->n, sizeof *f->shot));
        f->shot[f->n++] = s;
        (void)take_bytes(&at, (size_t)size);
        *r = at;
    }
    f->left = r->left;
    return PF_OK;
}

static pf_err parse(pf_ctx *ctx, const char *path, char *bytes, size_t size, pf_film **out)
{
    *out = NULL;
    pf_film *f = pf_calloc(ctx, 1, sizeof *f);
    if (!f) {
        pf_free(bytes);
        return PF_ERR_NO_MEMORY;
    }
    pf_arena_init(&f->arena);
    f->bytes = bytes;
    f->size = size;
    reader r = {(const unsigned char *)bytes, size};
    pf_err err = read_head(ctx, path, f, &r);
    if (!err) err = read_frames(ctx, path, f, &r);
    if (err)
        pf_film_free(f);
    else
        *out = f;
    return err;
}

pf_err pf_film_read(pf_ctx *ctx, const char *path, pf_film **out)
{
    char *bytes;
    size_t size;
    *out = NULL;
    PF_TRY(pf_file_read(ctx, path, FILM_MOST, &bytes, &size));
    return parse(ctx, path, bytes, size, out);
}

pf_err pf_film_parse(
    pf_ctx *ctx, const char *path, const char *bytes, size_t size, pf_film **out)
{
    *out = NULL;
    char *copy = pf_calloc(ctx, size + 1, 1);
    if (!copy) return PF_ERR_NO_MEMORY;
    memcpy(copy, bytes, size);
    return parse(ctx, path, copy, size, out);
}

void pf_film_free(pf_film *f)
{
    if (!f) return;
    pf_free(f->shot);
    pf_free(f->bytes);
    pf_arena_clear(&f->arena);
    pf_free(f);
}

size_t pf_film_cell_size(const pf_film *f)
{
    return PF_FILM_CELL + f->n_attribute;
}

/* Types and states of cells are used as indices later. */
static int good_cells(const pf_film *f, const unsigned char *cells, size_t n)
{
    const unsigned char *type = cells + (PF_FILM_PLACE + 1) * n, *state = type + n;
    for (size_t i = 0; i < n; i++)
        if (type[i] >= f->n_type || state[i] >= PF_CELL_GONE) return 0;
    return 1;
}

pf_err pf_film_cells(pf_ctx *ctx, const pf_film *f, size_t frame, unsigned char *out)
{
    const pf_film_shot *s = &f->shot[frame];
    pf_err err = pf_unzip(ctx, s->packed, s->packed_size, out, s->shown * pf_film_cell_size(f));
    if (!err && !good_cells(f, out, s->shown))
        err = pf_fail(ctx, PF_ERR_CORRUPT, "a cell of no type or state");
    return err ? pf_fail_in(ctx, "cells of frame %zu of the film", frame + 1) : PF_OK;
}

pf_err pf_film_fields(pf_ctx *ctx, const pf_film *f, size_t frame, unsigned char *out)
{
    const pf_film_shot *s = &f->shot[frame];
    size_t size = s->voxels[0] * s->voxels[1] * s->voxels[2] * f->n_substance;
    pf_err err = pf_unzip(ctx, s->fields, s->fields_size, out, size);
    return err ? pf_fail_in(ctx, "fields of frame %zu of the film", frame + 1) : PF_OK;
}

uint32_t pf_film_key(const pf_film_shot *s, size_t i)
{
    return (uint32_t)little(s->keys + 4 * i, 4);
}

double pf_film_value(const pf_film_attribute *a, unsigned char byte)
{
    double part = byte / 255.0;
    return a->log ? a->low * pow(a->high / a->low, part) : a->low + part * (a->high - a->low);
}
