/* placing.c: cells that are there at the beginning, and those that come later. */
#include "tissue/placing.h"

#include "base/random.h"
#include "tissue/tissue.h"

#include <math.h>

enum { STREAM_PLACE = 5 };

/* Centres of neighbours in a packed ball, by diameters: touching cells press a little. */
#define PACKED 0.95

static double spacing(const pf_setup *s, const pf_placement *p)
{
    return PACKED * 2 * cbrt(s->type[p->type].volume * 0.75 / M_PI);
}

/* Spheres of this radius 0.95 diameters apart: hexagonal layers, each above the gaps of the one
 * below. */
static pf_err pack(
    pf_ctx *ctx, const pf_setup *setup, const pf_placement *p, pf_point_fn fn, void *payload)
{
    double s = spacing(setup, p), row = s * sqrt(3) / 2, layer = s * sqrt(6) / 3;
    long n = (long)(p->outer / layer) + 2;
    for (long z = -n; z <= n; z++)
        for (long y = -n; y <= n; y++)
            for (long x = -2 * n; x <= 2 * n; x++) {
                double at[3] = {(double)x * s + ((y + z) & 1 ? s / 2 : 0),
                    (double)y * row + (z & 1 ? row / 3 : 0), (double)z * layer};
                double far = at[0] * at[0] + at[1] * at[1] + at[2] * at[2];
                if (far >= p->outer * p->outer) continue;
                for (int d = 0; d < 3; d++) at[d] += p->centre[d];
                PF_TRY(fn(ctx, payload, at));
            }
    return PF_OK;
}

/* A place by chance, for the k-th cell of a placement. */
static void chance(const pf_setup *setup, const pf_placement *p, uint64_t k, double at[3])
{
    double u[3];
    uint64_t which = (uint64_t)(p - setup->placement) + 1;
    pf_cell_draws(setup->seed, which << 40 | k, 0, STREAM_PLACE, u, 3);
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

pf_err pf_placement_each(
    pf_ctx *ctx, const pf_setup *setup, size_t which, pf_point_fn fn, void *payload)
{
    const pf_placement *p = &setup->placement[which];
    if (p->kind == PF_PLACE_BALL && p->packed) return pack(ctx, setup, p, fn, payload);
    size_t n = p->kind == PF_PLACE_LIST ? p->n_point : p->count;
    for (size_t k = 0; k < n; k++) {
        double at[3];
        if (p->kind == PF_PLACE_LIST)
            for (int d = 0; d < 3; d++) at[d] = p->point[k][d];
        else
            chance(setup, p, k, at);
        PF_TRY(fn(ctx, payload, at));
    }
    return PF_OK;
}

double pf_placement_count(const pf_setup *setup, const pf_placement *p)
{
    if (p->kind == PF_PLACE_LIST) return (double)p->n_point;
    if (p->kind != PF_PLACE_BALL || !p->packed) return (double)p->count;
    return 4 * M_PI / 3 * pow(p->outer / spacing(setup, p), 3) * sqrt(2);
}

typedef struct {
    pf_tissue *t;
    size_t type;
} arrival;

static pf_err add(pf_ctx *ctx, void *payload, const double at[3])
{
    const arrival *a = payload;
    return pf_tissue_add(ctx, a->t, a->type, at);
}

pf_err pf_tissue_place(pf_ctx *ctx, pf_tissue *t, double from, double to)
{
    for (size_t i = 0; i < t->setup->n_placement; i++) {
        const pf_placement *p = &t->setup->placement[i];
        arrival a = {t, p->type};
        if (p->at > from && p->at <= to) PF_TRY(pf_placement_each(ctx, t->setup, i, add, &a));
    }
    return PF_OK;
}
