/* placing.c: cells that are there at the beginning, and those that come later. */
#include "tissue/placing.h"

#include "model/elementary.h"
#include "tissue/direction.h"
#include "tissue/tissue.h"

#include <math.h>

/* Centres of neighbours in a packed ball, by diameters: touching cells press a little. */
#define PACKED 0.95

static double spacing(const pf_setup *s, const pf_placement *p)
{
    return PACKED * 2 * pf_real_cbrt(s->type[p->type].volume * 0.75 / M_PI);
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

/* One time at which cells of a placement come. */
typedef struct {
    const pf_setup *setup;
    const pf_placement *p;
    uint64_t which, number;
} occasion;

static occasion time_of(const pf_setup *setup, size_t which, uint64_t number)
{
    return (occasion){setup, &setup->placement[which], (uint64_t)(which + 1) << 40, number};
}

static double cube(double x)
{
    return x * x * x;
}

/* Evenly in a ball or shell. */
static void in_shell(
    const double centre[3], double inner, double outer, const double u[3], double at[3])
{
    double a = cube(inner), r = pf_real_cbrt(a + u[0] * (cube(outer) - a));
    pf_direction(u + 1, at);
    for (int d = 0; d < 3; d++) at[d] = centre[d] + r * at[d];
}

/* Behind the border as far inside as it is outside: clipped, many would meet in a corner. */
static double back(double x, double low, double high)
{
    double in = x < low ? 2 * low - x : x > high ? 2 * high - x : x;
    return fmin(fmax(in, low), high);
}

/* Near one of the vessels; the domain ends where it ends. */
static void at_vessel(const occasion *o, const double u[4], double at[3])
{
    const pf_placement *p = o->p;
    const pf_mesh *m = &o->setup->mesh;
    size_t n = p->n_point ? p->n_point : p->n_vessel;
    size_t v = (size_t)(u[3] * (double)n);
    double centre[3];
    pf_cell_draws(o->setup->seed, o->which | v, 0, PF_STREAM_VESSEL, centre, 3);
    for (int d = 0; d < 3; d++)
        centre[d] =
            p->n_point ? p->point[v][d] : p->low[d] + centre[d] * (p->high[d] - p->low[d]);
    in_shell(centre, 0, p->outer, u, at);
    for (int d = 0; d < 3; d++)
        at[d] = back(at[d], m->origin[d], m->origin[d] + m->h * (double)m->n[d]);
}

/* On any of the faces by their areas, a cell's radius inside. */
static void at_border(const occasion *o, const double u[3], double at[3])
{
    const pf_mesh *m = &o->setup->mesh;
    double r = pf_real_cbrt(o->setup->type[o->p->type].volume * 0.75 / M_PI), side[3];
    double area[PF_FACES], all = 0, pick;
    int face = 0;
    for (int d = 0; d < 3; d++) side[d] = m->h * (double)m->n[d];
    for (int f = 0; f < PF_FACES; f++) {
        area[f] = o->p->faces >> f & 1 ? side[(f / 2 + 1) % 3] * side[(f / 2 + 2) % 3] : 0;
        all += area[f];
        if (area[f] > 0) face = f; /* the last one, should rounding leave none */
    }
    pick = u[2] * all;
    for (int f = 0; f < PF_FACES; f++) {
        if (pick < area[f]) {
            face = f;
            break;
        }
        pick -= area[f];
    }
    for (int d = 0, k = 0; d < 3; d++) {
        double edge = fmin(r, side[d] / 2);
        double share = d == face / 2 ? face & 1 : u[k++];
        at[d] = m->origin[d] + edge + share * (side[d] - 2 * edge);
    }
}

/* A place by chance, for the k-th cell of an occasion. */
static void chance(const occasion *o, uint64_t k, double at[3])
{
    const pf_placement *p = o->p;
    double u[4];
    pf_cell_draws(o->setup->seed, o->which | k, o->number, PF_STREAM_PLACE, u, 4);
    if (p->kind == PF_PLACE_BOX)
        for (int d = 0; d < 3; d++) at[d] = p->low[d] + u[d] * (p->high[d] - p->low[d]);
    else if (p->kind == PF_PLACE_VESSELS)
        at_vessel(o, u, at);
    else if (p->kind == PF_PLACE_BORDER)
        at_border(o, u, at);
    else
        in_shell(p->centre, p->kind == PF_PLACE_BALL ? 0 : p->inner, p->outer, u, at);
}

/* `n` cells by chance, or all of a list or a packed ball. */
static pf_err each(pf_ctx *ctx, const occasion *o, size_t n, pf_point_fn fn, void *payload)
{
    const pf_placement *p = o->p;
    if (p->kind == PF_PLACE_BALL && p->packed) return pack(ctx, o->setup, p, fn, payload);
    if (p->kind == PF_PLACE_LIST) n = p->n_point;
    for (size_t k = 0; k < n; k++) {
        double at[3];
        if (p->kind == PF_PLACE_LIST)
            for (int d = 0; d < 3; d++) at[d] = p->point[k][d];
        else
            chance(o, k, at);
        PF_TRY(fn(ctx, payload, at));
    }
    return PF_OK;
}

pf_err pf_placement_each(
    pf_ctx *ctx, const pf_setup *setup, size_t which, pf_point_fn fn, void *payload)
{
    const occasion o = time_of(setup, which, 0);
    return o.p->rate > 0 ? PF_OK : each(ctx, &o, o.p->count, fn, payload);
}

/* ---- when ---- */

/* How often they have come until that minute. */
static uint64_t times(const pf_placement *p, double minute)
{
    if (minute + 1e-9 < p->at) return 0;
    if (!(p->every > 0)) return 1;
    return 1 + (uint64_t)(fmax(0, fmin(minute, p->until) - p->at) / p->every + 1e-9);
}

/* Minutes of the rate until then. */
static double open_for(const pf_placement *p, double minute)
{
    return fmax(0, fmin(minute, p->until) - p->at);
}

double pf_placement_count(const pf_setup *setup, const pf_placement *p)
{
    if (p->rate > 0) return 0;
    if (p->kind == PF_PLACE_LIST) return (double)p->n_point;
    if (p->kind != PF_PLACE_BALL || !p->packed) return (double)p->count;
    return 4 * M_PI / 3 * cube(p->outer / spacing(setup, p)) * sqrt(2);
}

double pf_placement_total(const pf_setup *setup, const pf_placement *p, double minute)
{
    if (p->rate > 0) return p->rate * open_for(p, minute);
    return pf_placement_count(setup, p) * (double)times(p, minute);
}

/* How many come of this mean, in parts small enough to count up their chances. */
static size_t poisson(const occasion *o, double mean)
{
    size_t n = 0;
    for (uint64_t part = 0; mean > 0; part++) {
        double m = fmin(mean, 16), u, p = pf_real_exp(-m), sum = p;
        pf_cell_draws(o->setup->seed, o->which | part, o->number, PF_STREAM_COUNT, &u, 1);
        for (int k = 1; u >= sum && k < 200; k++, n++) sum += p *= m / k;
        mean -= m;
    }
    return n;
}

typedef struct {
    pf_tissue *t;
    const pf_placement *p;
} arrival;

#define NUDGE 1e-3 /* um */

/* Who comes later to a point of the file may find somebody there, even himself of the time
 * before, and two cells in one place push nowhere: a step aside. */
static void nudge(const pf_tissue *t, const pf_placement *p, double at[3])
{
    double u[2], way[3];
    int point = p->kind == PF_PLACE_LIST || p->packed ||
                (p->kind == PF_PLACE_VESSELS && !(p->outer > 0));
    if (!t->step || !point) return;
    pf_cell_draws(t->setup->seed, t->next_id, 0, PF_STREAM_NUDGE, u, 2);
    pf_direction(u, way);
    for (int d = 0; d < 3; d++)
        at[d] = back(at[d] + NUDGE * way[d], t->law.low[d], t->law.high[d]);
}

static pf_err add(pf_ctx *ctx, void *payload, const double point[3])
{
    const arrival *a = payload;
    double at[3] = {point[0], point[1], point[2]};
    nudge(a->t, a->p, at);
    PF_TRY(pf_tissue_add(ctx, a->t, a->p->type, at));
    const pf_cells *c = &a->t->cells;
    if (a->p->has_motile)
        pf_cell_moves(
            &a->t->row[c->slot[c->n - 1]], a->p->motile, a->t->setup->seed, c->id[c->n - 1]);
    return PF_OK;
}

/* About how many come at minutes (from, to], apart from rates. */
static size_t expected(const pf_setup *s, double from, double to)
{
    double n = 0;
    for (size_t i = 0; i < s->n_placement; i++) {
        const pf_placement *p = &s->placement[i];
        if (!(p->rate > 0))
            n += pf_placement_count(s, p) * (double)(times(p, to) - times(p, from));
    }
    return n < 4e9 ? (size_t)n : (size_t)4e9;
}

pf_err pf_tissue_place(pf_ctx *ctx, pf_tissue *t, double from, double to)
{
    size_t come = expected(t->setup, from, to);
    if (come) PF_TRY(pf_tissue_room(ctx, t, come));
    for (size_t i = 0; i < t->setup->n_placement; i++) {
        const pf_placement *p = &t->setup->placement[i];
        arrival a = {t, p};
        if (p->rate > 0) {
            const occasion o = time_of(t->setup, i, t->step);
            size_t n = poisson(&o, p->rate * (open_for(p, to) - open_for(p, from)));
            PF_TRY(each(ctx, &o, n, add, &a));
            continue;
        }
        for (uint64_t k = times(p, from); k < times(p, to); k++) {
            const occasion o = time_of(t->setup, i, k);
            PF_TRY(each(ctx, &o, p->count, add, &a));
        }
    }
    return PF_OK;
}
