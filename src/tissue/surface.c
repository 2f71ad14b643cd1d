#include "tissue/surface.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ACROSS_MAX = 4, CELLS_EACH = 16 };
#define SURFACE 0.975

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double pf_quantile_of(double *x, size_t n, double p)
{
    if (!n) return NAN;
    qsort(x, n, sizeof *x, by_size);
    double at = p * (double)(n - 1);
    size_t low = (size_t)at, high = low + 1 < n ? low + 1 : low;
    return x[low] + (at - (double)low) * (x[high] - x[low]);
}

static double from_centre(const pf_surface *s, const double at[3], double to[3])
{
    double square = 0;
    for (int d = 0; d < 3; d++) {
        to[d] = at[d] - s->centre[d];
        square += to[d] * to[d];
    }
    return sqrt(square);
}

/* The patch of a direction. */
static int patch(const pf_surface *s, const double to[3])
{
    int axis = 0, square[2], k = 0;
    if (!s->across) return 0;
    for (int d = 1; d < 3; d++)
        if (fabs(to[d]) > fabs(to[axis])) axis = d;
    if (to[axis] == 0) return 0;
    for (int d = 0; d < 3; d++) {
        if (d == axis) continue;
        double x = (to[d] / fabs(to[axis]) + 1) / 2 * s->across;
        square[k++] = x < s->across ? (int)x : s->across - 1;
    }
    int face = 2 * axis + (to[axis] > 0);
    return (face * s->across + square[0]) * s->across + square[1];
}

static void place(const double *const at[3], size_t i, double out[3])
{
    for (int d = 0; d < 3; d++) out[d] = at[d][i];
}

static void find_centre(const pf_tissue *t, const uint8_t *of, pf_surface *s)
{
    const pf_cells *c = &t->cells;
    for (size_t i = 0; i < c->n; i++) {
        if (!of[c->type[i]]) continue;
        s->cells++;
        for (int d = 0; d < 3; d++) s->centre[d] += c->at[d][i];
    }
    for (int d = 0; d < 3 && s->cells; d++) s->centre[d] /= (double)s->cells;
}

typedef struct {
    int patch;
    double out;
} reach;

static int by_patch(const void *a, const void *b)
{
    const reach *x = a, *y = b;
    return x->patch != y->patch ? x->patch - y->patch : by_size(&x->out, &y->out);
}

/* `r` sorted by patch. */
static void find_ends(pf_surface *s, const reach *r, double *one)
{
    for (size_t i = 0, n; i < s->cells; i += n) {
        for (n = 0; i + n < s->cells && r[i + n].patch == r[i].patch; n++)
            one[n] = r[i + n].out;
        s->at[r[i].patch] = pf_quantile_of(one, n, SURFACE);
    }
}

pf_err pf_surface_find(pf_ctx *ctx, const pf_tissue *t, const uint8_t *of, pf_surface *out)
{
    const pf_cells *c = &t->cells;
    double at[3], to[3];
    memset(out, 0, sizeof *out);
    find_centre(t, of, out);
    if (!out->cells) return PF_OK;
    for (int k = 1; k <= ACROSS_MAX; k *= 2)
        if (out->cells >= (size_t)(6 * k * k * CELLS_EACH)) out->across = k;
    reach *r = pf_calloc(ctx, out->cells, sizeof *r);
    double *one = pf_calloc(ctx, out->cells, sizeof *one);
    size_t n = 0;
    for (size_t i = 0; r && one && i < c->n; i++) {
        if (!of[c->type[i]]) continue;
        place((const double *const[3]){c->at[0], c->at[1], c->at[2]}, i, at);
        double distance = from_centre(out, at, to);
        r[n++] = (reach){patch(out, to), distance + c->radius[i]};
    }
    if (n) {
        qsort(r, n, sizeof *r, by_patch);
        find_ends(out, r, one);
    }
    pf_free(r);
    pf_free(one);
    return n ? PF_OK : PF_ERR_NO_MEMORY;
}

double pf_surface_depth(const pf_surface *s, const double at[3])
{
    double to[3];
    if (!s->cells) return NAN;
    double distance = from_centre(s, at, to);
    return s->at[patch(s, to)] - distance;
}
