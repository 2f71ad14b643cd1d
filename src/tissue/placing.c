/* placing.c: cells that are there at the beginning, and those that come later. */
#include "tissue/tissue.h"

#include "base/random.h"

#include <math.h>

enum { STREAM_PLACE = 5 };

/* Spheres of this radius 0.95 diameters apart: hexagonal layers, each above the gaps of the one
 * below. */
static pf_err pack(pf_ctx *ctx, pf_tissue *t, const pf_placement *p)
{
    double r = cbrt(t->setup->type[p->type].volume * 0.75 / M_PI);
    double s = 0.95 * 2 * r, row = s * sqrt(3) / 2, layer = s * sqrt(6) / 3;
    long n = (long)(p->outer / layer) + 2;
    for (long z = -n; z <= n; z++)
        for (long y = -n; y <= n; y++)
            for (long x = -2 * n; x <= 2 * n; x++) {
                double at[3] = {(double)x * s + ((y + z) & 1 ? s / 2 : 0),
                    (double)y * row + (z & 1 ? row / 3 : 0), (double)z * layer};
                double far = at[0] * at[0] + at[1] * at[1] + at[2] * at[2];
                if (far >= p->outer * p->outer) continue;
                for (int d = 0; d < 3; d++) at[d] += p->centre[d];
                PF_TRY(pf_tissue_add(ctx, t, p->type, at));
            }
    return PF_OK;
}

/* A place by chance, for the k-th cell of a placement. */
static void chance(const pf_tissue *t, const pf_placement *p, uint64_t k, double at[3])
{
    double u[3];
    uint64_t which = (uint64_t)(p - t->setup->placement) + 1;
    pf_cell_draws(t->setup->seed, which << 40 | k, 0, STREAM_PLACE, u, 3);
    if (p->kind == PF_PLACE_BOX) {
        for (int d = 0; d < 3; d++) at[d] = p->low[d] + u[d] * (p->high[d] - p->low[d]);
        return;
    }
    double inner = p->kind == PF_PLACE_BALL ? 0 : p->inner;
    double a = pow(inner, 3), b = pow(p->outer, 3);
    double r = cbrt(a + u[0] * (b - a)), z = 2 * u[1] - 1, flat = sqrt(1 - z * z);
    at[0] = p->centre[0] + r * flat * cos(2 * M_PI * u[2]);
    at[1] = p->centre[1] + r * flat * sin(2 * M_PI * u[2]);
    at[2] = p->centre[2] + r * z;
}

static pf_err place(pf_ctx *ctx, pf_tissue *t, const pf_placement *p)
{
    if (p->kind == PF_PLACE_BALL && p->packed) return pack(ctx, t, p);
    size_t n = p->kind == PF_PLACE_LIST ? p->n_point : p->count;
    for (size_t k = 0; k < n; k++) {
        double at[3];
        if (p->kind == PF_PLACE_LIST)
            for (int d = 0; d < 3; d++) at[d] = p->point[k][d];
        else
            chance(t, p, k, at);
        PF_TRY(pf_tissue_add(ctx, t, p->type, at));
    }
    return PF_OK;
}

pf_err pf_tissue_place(pf_ctx *ctx, pf_tissue *t, double from, double to)
{
    for (size_t i = 0; i < t->setup->n_placement; i++) {
        const pf_placement *p = &t->setup->placement[i];
        if (p->at > from && p->at <= to) PF_TRY(place(ctx, t, p));
    }
    return PF_OK;
}
