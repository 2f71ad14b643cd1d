#include "tissue/exchange.h"

#include "model/elementary.h"

#include <math.h>
#include <string.h>

struct pf_exchanger {
    pf_mesh mesh;
    size_t n, stride;
    uint32_t *start;         /* [voxels + 1], rows padded as in the field */
    uint32_t *voxel, *order; /* of cells, in their scratch */
    size_t list_capacity;
    uint32_t *where;   /* [list_capacity] voxels with cells */
    pf_exchange *list; /* [n][list_capacity] */
    double h;
    size_t occupied[PF_CREW_MAX + 1]; /* voxels with cells, of each member */
    size_t cells[PF_CREW_MAX + 1];
};

typedef struct {
    pf_exchanger *e;
    const pf_cells *c;
    const pf_uptakes *rate;
    pf_crew *crew;
} task;

pf_err pf_exchanger_new(
    pf_ctx *ctx, const pf_mesh *mesh, size_t n_substance, pf_exchanger **out)
{
    pf_exchanger *e = pf_calloc(ctx, 1, sizeof *e);
    *out = NULL;
    if (!e) return PF_ERR_NO_MEMORY;
    e->mesh = *mesh;
    e->n = n_substance;
    e->stride = (mesh->n[0] + 7) / 8 * 8;
    e->start = pf_calloc(ctx, e->stride * mesh->n[1] * mesh->n[2] + 1, sizeof *e->start);
    if (!e->start) {
        pf_exchanger_free(e);
        return PF_ERR_NO_MEMORY;
    }
    *out = e;
    return PF_OK;
}

void pf_exchanger_free(pf_exchanger *e)
{
    if (!e) return;
    pf_free(e->start);
    pf_free(e->where);
    pf_free(e->list);
    pf_free(e);
}

pf_bytes pf_exchanger_size(const pf_exchanger *e)
{
    return (pf_bytes){e->list_capacity * (sizeof *e->where + e->n * sizeof *e->list),
        e->stride * e->mesh.n[1] * e->mesh.n[2] * sizeof *e->start};
}

/* Voxels of the planes of this member, counted and filled by it alone. */
static void sort(task *t, size_t first, size_t last, int who)
{
    pf_exchanger *e = t->e;
    size_t n = t->c->n, mine = 0, occupied = 0;
    memset(e->start + first, 0, (last - first) * sizeof *e->start);
    for (size_t i = 0; i < n; i++) {
        size_t v = e->voxel[i];
        if (v < first || v >= last) continue;
        occupied += !e->start[v]++;
        mine++;
    }
    e->cells[who] = mine;
    e->occupied[who] = occupied;
    pf_crew_meet(t->crew);
    uint32_t at = 0;
    for (int w = 0; w < who; w++) at += (uint32_t)e->cells[w];
    for (size_t v = first; v < last; v++) {
        uint32_t count = e->start[v];
        e->start[v] = at;
        at += count;
    }
    for (size_t i = 0; i < n; i++) {
        size_t v = e->voxel[i];
        if (v >= first && v < last) e->order[e->start[v]++] = (uint32_t)i;
    }
}

/* What one cell does, where it differs from its type. */
static const pf_uptake *own(
    const task *t, size_t i, const pf_uptake *of_type, pf_uptake out[PF_SUBSTANCES_MAX])
{
    uint32_t slot = t->c->slot[i];
    const pf_uptake_own *o = t->rate->own + t->c->type[i] * t->e->n;
    for (size_t s = 0; s < t->e->n; s++) {
        out[s] = of_type[s];
        if (o[s].secretion) out[s].secretion = (double)o[s].secretion[slot];
        if (o[s].target) out[s].target = (double)o[s].target[slot];
        if (o[s].uptake) out[s].uptake = (double)o[s].uptake[slot];
    }
    return out;
}

/* What the cells [from, to) of the order do to the substances of their voxel together. */
static void add(const task *t, uint32_t from, uint32_t to, double a[], double b[])
{
    const pf_exchanger *e = t->e;
    const pf_cells *c = t->c;
    double space = e->mesh.h * e->mesh.h * e->mesh.h;
    for (size_t s = 0; s < e->n; s++) a[s] = b[s] = 0;
    for (uint32_t i = from; i < to; i++) {
        size_t who_is = e->order[i];
        double r = c->radius[who_is], share = 4.0 / 3 * M_PI * r * r * r / space;
        int dead = t->rate->dead && t->rate->dead[c->slot[who_is]];
        const pf_uptake *u = (dead ? t->rate->of_dead : t->rate->of) + c->type[who_is] * e->n;
        pf_uptake mine[PF_SUBSTANCES_MAX];
        if (t->rate->own) u = own(t, who_is, u, mine);
        for (size_t s = 0; s < e->n; s++) {
            a[s] += u[s].secretion * u[s].target * share;
            b[s] += (u[s].secretion + u[s].uptake) * share;
        }
    }
}

/* What the exact flow of d rho / dt = a - b rho makes of a voxel in h min: field.h. Beyond 40
 * nothing is left of what was there, and a / b stands. */
static pf_exchange flow(double h, double a, double b)
{
    double z = h * b, grown = pf_real_exp(fmin(z, 40));
    /* (e^z - 1) / z; its series where the difference would lose digits */
    double mean = z < 0.02 ? 1 + z / 2 * (1 + z / 3 * (1 + z / 4 * (1 + z / 5 * (1 + z / 6))))
                           : (grown - 1) / z;
    return (pf_exchange){h * a * mean, 1 / grown};
}

/* Voxels with cells, in order; each substance's list has the same ones. */
static void list(task *t, size_t first, size_t last, int who)
{
    pf_exchanger *e = t->e;
    double a[PF_SUBSTANCES_MAX], b[PF_SUBSTANCES_MAX];
    size_t k = 0;
    uint32_t i = 0;
    for (int w = 0; w < who; w++) {
        k += e->occupied[w];
        i += (uint32_t)e->cells[w];
    }
    for (size_t v = first; v < last; v++) {
        uint32_t end = e->start[v]; /* filled: where the next one begins */
        if (end == i) continue;
        add(t, i, end, a, b);
        for (size_t s = 0; s < e->n; s++)
            e->list[s * e->list_capacity + k] = flow(e->h / 2, a[s], b[s]);
        e->where[k++] = (uint32_t)v;
        i = end;
    }
}

static void locate(void *payload, int who, int of)
{
    task *t = payload;
    pf_exchanger *e = t->e;
    const pf_cells *c = t->c;
    size_t first, last, plane = e->stride * e->mesh.n[1];
    pf_share(c->n, who, of, &first, &last);
    for (size_t i = first; i < last; i++)
        e->voxel[i] = pf_mesh_voxel(
            &e->mesh, e->stride, (double[]){c->at[0][i], c->at[1][i], c->at[2][i]});
    pf_crew_meet(t->crew);
    pf_share(e->mesh.n[2], who, of, &first, &last);
    sort(t, first * plane, last * plane, who);
}

static void gather(void *payload, int who, int of)
{
    task *t = payload;
    size_t first, last, plane = t->e->stride * t->e->mesh.n[1];
    pf_share(t->e->mesh.n[2], who, of, &first, &last);
    list(t, first * plane, last * plane, who);
}

static pf_err widen(pf_ctx *ctx, pf_exchanger *e, size_t voxels)
{
    if (voxels <= e->list_capacity) return PF_OK;
    size_t n = voxels + voxels / 16;
    pf_free(e->where);
    pf_free(e->list);
    e->list_capacity = 0;
    e->where = pf_calloc(ctx, n, sizeof *e->where);
    e->list = pf_calloc(ctx, n * e->n, sizeof *e->list);
    if (!e->where || !e->list) return PF_ERR_NO_MEMORY;
    e->list_capacity = n;
    return PF_OK;
}

pf_err pf_exchanger_apply(pf_ctx *ctx, pf_exchanger *e, const pf_cells *c,
    const pf_uptakes *rate, pf_crew *crew, pf_field *f)
{
    task t = {.e = e, .c = c, .rate = rate, .crew = crew};
    size_t occupied = 0;
    e->voxel = (uint32_t *)(void *)c->now[1];
    e->order = (uint32_t *)(void *)c->now[2];
    pf_crew_run(crew, locate, &t);
    for (int w = 0; w < pf_crew_size(crew); w++) occupied += e->occupied[w];
    PF_TRY(widen(ctx, e, occupied));
    e->h = pf_field_step(f);
    pf_crew_run(crew, gather, &t);
    pf_field_exchange(f, e->where, occupied, e->list, e->list_capacity);
    return PF_OK;
}
