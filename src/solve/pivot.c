#include "solve/pivot.h"

#include <math.h>

typedef struct pivot {
    double *matrix; /* [width][n * n] row-major factors */
    size_t *order;  /* [width][n] row exchanges */
    double *x;      /* [n] */
} pivot;

pf_err pf_pivot_new(pf_ctx *ctx, const pf_batch *b, void **out)
{
    size_t n = b->program->n_state, width = (size_t)b->width;
    pivot *p = pf_calloc(ctx, 1, sizeof *p);
    *out = p;
    if (!p) return PF_ERR_NO_MEMORY;
    p->matrix = pf_calloc(ctx, width * n * n, sizeof(double));
    p->order = pf_calloc(ctx, width * n, sizeof *p->order);
    p->x = pf_calloc(ctx, n, sizeof(double));
    return p->matrix && p->order && p->x ? PF_OK : PF_ERR_NO_MEMORY;
}

void pf_pivot_free(void *pivot_)
{
    pivot *p = pivot_;
    if (!p) return;
    pf_free(p->matrix);
    pf_free(p->order);
    pf_free(p->x);
    pf_free(p);
}

static void exchange(double *m, size_t n, size_t i, size_t j)
{
    for (size_t c = 0; i != j && c < n; c++) {
        double x = m[i * n + c];
        m[i * n + c] = m[j * n + c];
        m[j * n + c] = x;
    }
}

/* A pivot of zero leaves infinities behind, which the step control sees as a failed step. */
static void factor(double *m, size_t *order, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        size_t best = k;
        for (size_t i = k + 1; i < n; i++)
            if (fabs(m[i * n + k]) > fabs(m[best * n + k])) best = i;
        order[k] = best;
        exchange(m, n, k, best);
        for (size_t i = k + 1; i < n; i++) {
            double l = m[i * n + k] /= m[k * n + k];
            if (l == 0.0) continue;
            for (size_t c = k + 1; c < n; c++) m[i * n + c] -= l * m[k * n + c];
        }
    }
}

void pf_pivot_factor(pf_batch *b)
{
    const pf_program *p = b->program;
    pivot *v = b->pivot;
    size_t n = p->n_state, w = (size_t)b->width;
    for (size_t lane = 0; lane < w; lane++) {
        if (b->trouble[lane] == 0.0) continue;
        double *m = v->matrix + lane * n * n;
        for (size_t i = 0; i < n * n; i++) m[i] = 0.0;
        for (uint32_t i = 0; i < p->n_jac; i++)
            m[p->jac_row[i] * n + p->jac_col[i]] = -b->slot[(p->jac0 + i) * w + lane];
        for (size_t i = 0; i < n; i++) m[i * n + i] += 1.0 / (b->h[lane] * PF_GAMMA);
        factor(m, v->order + lane * n, n);
    }
}

void pf_pivot_repair(pf_batch *b)
{
    const pf_program *p = b->program;
    pivot *v = b->pivot;
    size_t n = p->n_state, w = (size_t)b->width;
    for (size_t lane = 0; lane < w; lane++) {
        if (b->trouble[lane] == 0.0) continue;
        const double *m = v->matrix + lane * n * n;
        const size_t *order = v->order + lane * n;
        double *x = v->x;
        for (size_t s = 0; s < n; s++) x[s] = b->sum[s * w + lane];
        for (size_t k = 0; k < n; k++) {
            double swap = x[k];
            x[k] = x[order[k]];
            x[order[k]] = swap;
        }
        for (size_t i = 1; i < n; i++)
            for (size_t c = 0; c < i; c++) x[i] -= m[i * n + c] * x[c];
        for (size_t i = n; i-- > 0;) {
            for (size_t c = i + 1; c < n; c++) x[i] -= m[i * n + c] * x[c];
            x[i] /= m[i * n + i];
        }
        for (size_t s = 0; s < n; s++) b->slot[(p->b0 + s) * w + lane] = x[s];
    }
}
