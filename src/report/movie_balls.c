#include "draw/colour.h"
#include "report/movie_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One frame, unpacked. */
typedef struct {
    const pf_film *f;
    const pf_film_shot *s;
    unsigned char *cells;
} still;

static pf_err open_still(pf_ctx *ctx, const pf_film *f, size_t frame, still *out)
{
    *out = (still){f, &f->shot[frame], NULL};
    out->cells = pf_calloc(ctx, out->s->shown, pf_film_cell_size(f));
    if (!out->cells) return PF_ERR_NO_MEMORY;
    return pf_film_cells(ctx, f, frame, out->cells);
}

static pf_colour colour_of(const pf_movie *m, const still *s, size_t i)
{
    static const pf_colour APOPTOTIC = {58, 40, 66}, NECROTIC = {92, 78, 52};
    size_t n = s->s->shown, kind = s->cells[7 * n + i];
    int state = s->cells[8 * n + i];
    pf_colour base = m->type[kind];
    if (m->attribute != SIZE_MAX) {
        unsigned char b = s->cells[(PF_FILM_CELL + m->attribute) * n + i];
        base = m->has[kind] ? pf_colour_map(((double)b - m->first) / (m->last - m->first))
                            : PF_MOVIE_GREY;
    }
    if (state == PF_CELL_ALIVE) return base;
    return pf_colour_mix(base, state == PF_CELL_APOPTOTIC ? APOPTOTIC : NECROTIC, 0.82);
}

static pf_ball ball_of(const pf_movie *m, const still *s, size_t i)
{
    pf_ball b;
    size_t n = s->s->shown;
    for (int d = 0; d < 3; d++) {
        const unsigned char *at = s->cells + 2 * ((size_t)d * n + i);
        double share = (double)(at[0] | at[1] << 8) / 65535;
        b.at[d] = s->f->low[d] + share * (s->f->high[d] - s->f->low[d]);
    }
    b.radius = fmax(s->cells[6 * n + i] / 8.0, 0.1);
    b.colour = colour_of(m, s, i);
    return b;
}

/* Cells of a frame by key. */
typedef struct {
    uint32_t key, i;
} place;

static int by_key(const void *a, const void *b)
{
    const place *p = a, *q = b;
    if (p->key != q->key) return p->key < q->key ? -1 : 1;
    return p->i < q->i ? -1 : p->i > q->i;
}

/* Cells of two frames in between. `place` has room for the second one's cells. */
static size_t between(const pf_movie *m, const still s[2], double part, place *p, pf_ball *out)
{
    size_t n = s[1].s->shown, count = 0;
    for (size_t i = 0; i < n; i++) p[i] = (place){pf_film_key(s[1].s, i), (uint32_t)i};
    qsort(p, n, sizeof *p, by_key);
    for (size_t i = 0; i < s[0].s->shown; i++) {
        const place want = {pf_film_key(s[0].s, i), 0};
        size_t low = 0, high = n;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (p[middle].key < want.key)
                low = middle + 1;
            else
                high = middle;
        }
        int there = low < n && p[low].key == want.key && p[low].i != UINT32_MAX;
        if (!there && part >= 0.5) continue;
        pf_ball a = ball_of(m, &s[0], i);
        if (there) {
            pf_ball b = ball_of(m, &s[1], p[low].i);
            for (int d = 0; d < 3; d++) a.at[d] += part * (b.at[d] - a.at[d]);
            a.radius += part * (b.radius - a.radius);
            a.colour = pf_colour_mix(a.colour, b.colour, part);
            p[low].i = UINT32_MAX; /* done */
        }
        out[count++] = a;
    }
    for (size_t k = 0; k < n && part >= 0.5; k++)
        if (p[k].i != UINT32_MAX) out[count++] = ball_of(m, &s[1], p[k].i);
    return count;
}

pf_err pf_movie_balls(
    pf_ctx *ctx, const pf_movie *m, const pf_movie_moment *t, pf_ball **out, size_t *n)
{
    still s[2] = {{NULL}};
    place *p = NULL;
    *out = NULL;
    *n = 0;
    int two = t->part > 0;
    pf_err err = open_still(ctx, m->f, t->frame, &s[0]);
    if (!err && two) err = open_still(ctx, m->f, t->frame + 1, &s[1]);
    size_t most = err ? 0 : s[0].s->shown + (two ? s[1].s->shown : 0);
    if (!err) *out = pf_calloc(ctx, most, sizeof **out);
    if (!err && two) p = pf_calloc(ctx, s[1].s->shown, sizeof *p);
    if (!err && (!*out || (two && !p))) err = PF_ERR_NO_MEMORY;
    if (!err && two) *n = between(m, s, t->part, p, *out);
    for (size_t i = 0; !err && !two && i < s[0].s->shown; i++)
        (*out)[(*n)++] = ball_of(m, &s[0], i);
    pf_free(s[0].cells);
    pf_free(s[1].cells);
    pf_free(p);
    return err;
}
