/* mechanics_lanes.c: forces between cells, compiled once for each width (model/width.h).
 *
 * Cells of one cube have the same candidates: they are copied together once. For each cell
 * those within reach are listed, a vector of candidates at a time, and the forces of the listed
 * are summed in eight partial sums. The list's order is that of the grid and the sums' that of
 * the list, so the bits do not depend on the width. */
#include "model/width.h"
#include "tissue/mechanics_parts.h"

#include <math.h>
#include <string.h>

void PF_LANE_NAME(pf_forces)(const pf_mechanics *m, pf_cells *c, size_t first, size_t last);

enum { SUMS = 8, BLOCK = 512, LIST = 256 };

/* Nearer than this, the direction between two cells means nothing and no force acts. */
#define TOUCHING 1e-9

/* Candidates, side by side. */
typedef struct {
    size_t n;
    double x[BLOCK + 8], y[BLOCK + 8], z[BLOCK + 8];
    double radius[BLOCK + 8], reach[BLOCK + 8]; /* reach: um */
    double type[BLOCK + 8];
} block;

/* Listed neighbours of one cell: what the force needs. */
typedef struct {
    double x[LIST + 8], y[LIST + 8], z[LIST + 8]; /* from the cell */
    double radius[LIST + 8], reach[LIST + 8], type[LIST + 8];
} list;

/* One cell. */
typedef struct {
    double x, y, z, radius, reach;
    const double *adhesion, *repulsion; /* by type of the other */
    double sum[3][SUMS];
} centre;

/* Forces of list entries [k, k + 8). */
static inline void add_eight(centre *o, const list *h, size_t k)
{
    double stick[SUMS], push[SUMS];
    for (size_t l = 0; l < SUMS; l++) {
        size_t type = (size_t)h->type[k + l];
        stick[l] = o->adhesion[type];
        push[l] = o->repulsion[type];
    }
    for (size_t l = 0; l < SUMS; l++) {
        double x = h->x[k + l], y = h->y[k + l], z = h->z[k + l];
        double d = sqrt(x * x + y * y + z * z);
        double r = h->radius[k + l] + o->radius, a = h->reach[k + l] + o->reach;
        /* one division for d / r, d / a and 1 / d */
        double inverse = 1 / (r * a * d);
        double p = 1 - d * d * a * inverse, q = 1 - d * d * r * inverse;
        double force = (q > 0 ? q * q * stick[l] : 0) - (p > 0 ? p * p * push[l] : 0);
        double each = d > TOUCHING ? force * (r * a * inverse) : 0;
        o->sum[0][l] += each * x;
        o->sum[1][l] += each * y;
        o->sum[2][l] += each * z;
    }
}

/* The list is full: all whole vectors are added, what is left moves to the front. Answers how
 * many are left. */
static size_t add_whole(centre *o, list *h, size_t n)
{
    size_t k = 0;
    for (; k + SUMS <= n; k += SUMS) add_eight(o, h, k);
    double *part[] = {h->x, h->y, h->z, h->radius, h->reach, h->type};
    for (size_t i = 0; i < 6; i++) memmove(part[i], part[i] + k, (n - k) * sizeof(double));
    return n - k;
}

/* The rest of the list; lanes behind it lie at the cell itself and give nothing. */
static inline void add_rest(centre *o, list *h, size_t n)
{
    for (size_t l = n; l % SUMS; l++) {
        h->x[l] = h->y[l] = h->z[l] = h->type[l] = 0;
        h->radius[l] = h->reach[l] = 1;
    }
    for (size_t k = 0; k < n; k += SUMS) add_eight(o, h, k);
}

#if PF_W == 8
static inline void keep(double *to, __mmask8 in, __m512d v)
{
    _mm512_storeu_pd(to, _mm512_maskz_compress_pd(in, v));
}

/* Candidates of the block that are in reach go behind the n of the list; how many it is then.
 */
static inline size_t pick(centre *o, const block *b, list *h, size_t n)
{
    __m512d px = _mm512_set1_pd(o->x), py = _mm512_set1_pd(o->y), pz = _mm512_set1_pd(o->z);
    __m512d reach = _mm512_set1_pd(o->reach);
    for (size_t j = 0; j < b->n; j += 8) {
        __mmask8 real = (__mmask8)(b->n - j < 8 ? (1u << (b->n - j)) - 1 : 0xffu);
        __m512d x = _mm512_sub_pd(_mm512_loadu_pd(b->x + j), px);
        __m512d y = _mm512_sub_pd(_mm512_loadu_pd(b->y + j), py);
        __m512d z = _mm512_sub_pd(_mm512_loadu_pd(b->z + j), pz);
        __m512d other = _mm512_loadu_pd(b->reach + j), far = _mm512_add_pd(other, reach);
        __m512d d = _mm512_fmadd_pd(z, z, _mm512_fmadd_pd(y, y, _mm512_mul_pd(x, x)));
        __mmask8 in = _mm512_mask_cmp_pd_mask(real, d, _mm512_mul_pd(far, far), _CMP_LT_OQ);
        if (!in) continue;
        keep(h->x + n, in, x);
        keep(h->y + n, in, y);
        keep(h->z + n, in, z);
        keep(h->radius + n, in, _mm512_loadu_pd(b->radius + j));
        keep(h->reach + n, in, other);
        keep(h->type + n, in, _mm512_loadu_pd(b->type + j));
        n += (size_t)__builtin_popcount(in);
        if (n > LIST - 8) n = add_whole(o, h, n);
    }
    return n;
}
#else
static inline size_t pick(centre *o, const block *b, list *h, size_t n)
{
    for (size_t j = 0; j < b->n; j++) {
        double x = b->x[j] - o->x, y = b->y[j] - o->y, z = b->z[j] - o->z;
        double far = b->reach[j] + o->reach;
        h->x[n] = x;
        h->y[n] = y;
        h->z[n] = z;
        h->radius[n] = b->radius[j];
        h->reach[n] = b->reach[j];
        h->type[n] = b->type[j];
        n += __builtin_fma(z, z, __builtin_fma(y, y, x * x)) < far * far;
        if (n > LIST - 8) n = add_whole(o, h, n);
    }
    return n;
}
#endif

/* Whole vectors, a few elements too many: arrays of cells and blocks end with room for that. */
static inline void copy_some(double *to, const double *from, size_t n)
{
    for (size_t i = 0; i < n; i += 8) memcpy(to + i, from + i, 8 * sizeof *to);
}

/* Cells [from, to) behind those of the block. */
static inline void copy(
    const pf_mechanics *m, const pf_cells *c, size_t from, size_t to, block *b)
{
    size_t n = to - from, at = b->n;
    copy_some(b->x + at, c->at[0] + from, n);
    copy_some(b->y + at, c->at[1] + from, n);
    copy_some(b->z + at, c->at[2] + from, n);
    copy_some(b->radius + at, c->radius + from, n);
    for (size_t j = 0; j < n; j++) {
        size_t type = c->type[from + j];
        b->reach[at + j] = b->radius[at + j] * m->reach[type];
        b->type[at + j] = (double)type;
    }
    b->n = at + n;
}

/* Candidates that do not fit into one block, one block after the other. */
static size_t pick_crowd(
    const pf_mechanics *m, const pf_cells *c, const pf_runs *r, centre *o, list *h)
{
    block b;
    size_t n = 0;
    for (size_t k = 0; k < r->n; k++)
        for (size_t from = r->from[k]; from < r->to[k]; from += BLOCK) {
            b.n = 0;
            copy(m, c, from, from + BLOCK < r->to[k] ? from + BLOCK : r->to[k], &b);
            n = pick(o, &b, h, n);
        }
    return n;
}

void PF_LANE_NAME(pf_forces)(const pf_mechanics *m, pf_cells *c, size_t first, size_t last)
{
    block b;
    list h;
    b.n = 0;
    pf_runs r = {.n = 0};
    uint32_t cube = UINT32_MAX;
    for (size_t i = first; i < last; i++) {
        if (c->cube[i] != cube) {
            cube = c->cube[i];
            r = pf_cells_around(c, cube);
            b.n = 0;
            for (size_t k = 0; k < r.n && r.cells <= BLOCK; k++)
                copy(m, c, r.from[k], r.to[k], &b);
        }
        size_t type = c->type[i];
        centre o = {.x = c->at[0][i],
            .y = c->at[1][i],
            .z = c->at[2][i],
            .radius = c->radius[i],
            .reach = c->radius[i] * m->reach[type],
            .adhesion = m->adhesion + type * m->n_type,
            .repulsion = m->repulsion + type * m->n_type};
        size_t n = r.cells <= BLOCK ? pick(&o, &b, &h, 0) : pick_crowd(m, c, &r, &o, &h);
        add_rest(&o, &h, n);
        for (int d = 0; d < 3; d++) {
            const double *s = o.sum[d];
            c->now[d][i] = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
        }
    }
}
