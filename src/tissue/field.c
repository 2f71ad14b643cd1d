#include "model/lanes.h"
#include "tissue/field_parts.h"

#include <math.h>
#include <string.h>

typedef struct {
    pf_substance what;
    double *x;
    pf_line line[3];
    const pf_exchange *exchange;
} sheet;

struct pf_field {
    pf_mesh mesh;
    size_t stride, n;
    sheet *sheet; /* [n] */
    double h;
    const uint32_t *voxel; /* with cells that exchange */
    size_t *start;         /* [nz + 1] those of plane z: start[z] .. start[z + 1] */
    double *scratch; /* [PF_CREW_MAX][PF_FIELD_ROWS * stride], for as many as worked so far */
    size_t n_scratch;
    const pf_field_kernels *kernels;
};

extern const pf_field_kernels pf_field_kernels_1;
#ifdef PF_X86
extern const pf_field_kernels pf_field_kernels_1f, pf_field_kernels_4, pf_field_kernels_8;
#endif

static const pf_field_kernels *kernels_of(int width)
{
#ifdef PF_X86
    if (width == 8) return &pf_field_kernels_8;
    if (width == 4) return &pf_field_kernels_4;
    if (pf_lanes_has_fma()) return &pf_field_kernels_1f;
#endif
    (void)width;
    return &pf_field_kernels_1;
}

static pf_err check(pf_ctx *ctx, const pf_mesh *m, const pf_substance *s, size_t n)
{
    double voxels = (double)m->n[0] * (double)m->n[1] * (double)m->n[2];
    if (!(m->h > 0) || !isfinite(m->h) || !(voxels >= 1) || voxels > 4e9)
        return pf_fail(ctx, PF_ERR_RANGE,
            "a mesh of %zu x %zu x %zu voxels of %g um; expected 1 to 4e9 of more than 0",
            m->n[0], m->n[1], m->n[2], m->h);
    if (!n || n > PF_SUBSTANCES_MAX)
        return pf_fail(
            ctx, PF_ERR_RANGE, "%zu substances; expected 1 to %d", n, PF_SUBSTANCES_MAX);
    for (size_t k = 0; k < n; k++) {
        int bad = !(s[k].diffusion >= 0) || !(s[k].decay >= 0) || !(s[k].initial >= 0) ||
                  !isfinite(s[k].diffusion + s[k].decay + s[k].initial);
        for (int f = 0; f < PF_FACES; f++)
            bad |= s[k].held[f] && (!(s[k].at[f] >= 0) || !isfinite(s[k].at[f]));
        if (bad)
            return pf_fail(ctx, PF_ERR_RANGE,
                "substance '%s': diffusion, decay and concentrations must be 0 or more",
                s[k].name);
    }
    return PF_OK;
}

static pf_err sheet_init(pf_ctx *ctx, const pf_field *f, const pf_substance *what, sheet *s)
{
    const size_t *n = f->mesh.n;
    s->what = *what;
    s->x = pf_calloc64(ctx, f->stride * n[1] * n[2], sizeof *s->x);
    if (!s->x) return PF_ERR_NO_MEMORY;
    for (int d = 0; d < 3; d++) {
        pf_line *l = &s->line[d];
        l->scale = pf_calloc(ctx, 3 * n[d], sizeof *l->scale);
        if (!l->scale) return PF_ERR_NO_MEMORY;
        l->carry = l->scale + n[d];
        l->back = l->carry + n[d];
        l->first = what->held[2 * d] ? 1 : 0;
        l->last = n[d] - (what->held[2 * d + 1] ? 1 : 0);
        if (l->last < l->first) l->last = l->first;
    }
    for (size_t z = 0; z < n[2]; z++)
        for (size_t y = 0; y < n[1]; y++) {
            double *row = s->x + (z * n[1] + y) * f->stride;
            size_t at[3] = {0, y, z};
            for (size_t i = 0; i < n[0]; i++) {
                at[0] = i;
                row[i] = what->initial;
                for (int face = 0; face < PF_FACES; face++)
                    if (what->held[face] && at[face / 2] == (face % 2 ? n[face / 2] - 1 : 0))
                        row[i] = what->at[face];
            }
        }
    return PF_OK;
}

pf_err pf_field_new(pf_ctx *ctx, const pf_mesh *mesh, const pf_substance *substance,
    size_t n_substance, int lanes, pf_field **out)
{
    *out = NULL;
    PF_TRY(check(ctx, mesh, substance, n_substance));
    pf_field *f = pf_calloc(ctx, 1, sizeof *f);
    if (!f) return PF_ERR_NO_MEMORY;
    f->mesh = *mesh;
    f->stride = (mesh->n[0] + 7) / 8 * 8;
    f->kernels = kernels_of(lanes ? lanes : pf_lanes_widest());
    f->sheet = pf_calloc(ctx, n_substance, sizeof *f->sheet);
    f->start = pf_calloc(ctx, mesh->n[2] + 1, sizeof *f->start);
    pf_err err = f->sheet && f->start ? PF_OK : PF_ERR_NO_MEMORY;
    for (; !err && f->n < n_substance; f->n++)
        err = sheet_init(ctx, f, &substance[f->n], &f->sheet[f->n]);
    if (err)
        pf_field_free(f);
    else
        *out = f;
    return err;
}

void pf_field_free(pf_field *f)
{
    if (!f) return;
    for (size_t k = 0; f->sheet && k < f->n; k++) {
        sheet *s = &f->sheet[k];
        for (int d = 0; d < 3; d++) pf_free(s->line[d].scale);
        pf_free(s->x);
    }
    pf_free(f->sheet);
    pf_free(f->start);
    pf_free(f->scratch);
    pf_free(f);
}

/* Factors of a line of n voxels: r = h D / edge^2, an end that is held keeps its value. */
static void factorise(pf_line *l, size_t n, double r, double decay, const int held[2])
{
    double before = 0; /* the factor of the element before */
    for (size_t i = 0; i < n; i++) {
        int still = (i == 0 && held[0]) || (i == n - 1 && held[1]);
        int neighbours = (i > 0) + (i + 1 < n);
        double off = still ? 0 : r;
        double diagonal = still ? 1 : 1 + decay + r * neighbours;
        double pivot = 1 / (diagonal - (i ? off : 0) * before);
        l->scale[i] = pivot;
        l->carry[i] = (i ? off : 0) * pivot;
        l->back[i] = i + 1 < n ? off * pivot : 0;
        before = l->back[i];
    }
}

pf_err pf_field_step_set(pf_ctx *ctx, pf_field *f, double h)
{
    if (!(h > 0) || !isfinite(h))
        return pf_fail(ctx, PF_ERR_RANGE, "a step of %g min; expected more than 0", h);
    if (h < f->h || h > f->h) pf_field_exchange(f, NULL, 0, NULL, 0);
    f->h = h;
    for (size_t k = 0; k < f->n; k++) {
        sheet *s = &f->sheet[k];
        double r = h * s->what.diffusion / (f->mesh.h * f->mesh.h);
        for (int d = 0; d < 3; d++)
            factorise(
                &s->line[d], f->mesh.n[d], r, h * s->what.decay / 3, &s->what.held[2 * d]);
    }
    return PF_OK;
}

double pf_field_step(const pf_field *f)
{
    return f->h;
}

/* The first of the voxels that is not below this one. */
static size_t first_from(const uint32_t *voxel, size_t n, size_t least)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (voxel[middle] < least)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void pf_field_exchange(
    pf_field *f, const uint32_t *voxel, size_t n, const pf_exchange *list, size_t n_list)
{
    size_t plane = f->stride * f->mesh.n[1];
    f->voxel = voxel;
    for (size_t k = 0; k < f->n; k++) f->sheet[k].exchange = n ? list + k * n_list : NULL;
    for (size_t z = 0; z <= f->mesh.n[2]; z++) f->start[z] = first_from(voxel, n, z * plane);
}

typedef struct {
    pf_field *f;
    pf_crew *crew;
    size_t steps;
} task;

static pf_sheet view(const pf_field *f, size_t k, int who)
{
    const sheet *s = &f->sheet[k];
    return (pf_sheet){.x = s->x,
        .nx = f->mesh.n[0],
        .ny = f->mesh.n[1],
        .nz = f->mesh.n[2],
        .stride = f->stride,
        .line = s->line,
        .voxel = f->voxel,
        .exchange = s->exchange,
        .held = s->what.held,
        .at = s->what.at,
        .scratch = f->scratch + (size_t)who * PF_FIELD_ROWS * f->stride};
}

/* `halves` of a step of exchange, and x and y where they are asked for, of one's planes. */
static void planes(task *t, int who, int of, int halves, int is_last)
{
    pf_field *f = t->f;
    size_t first, last, nz = f->mesh.n[2];
    pf_share(f->n * nz, who, of, &first, &last);
    for (size_t i = first; i < last; i++) {
        pf_sheet s = view(f, i / nz, who);
        const size_t *start = &f->start[i % nz];
        for (int k = 0; k < halves; k++) f->kernels->exchange(&s, i % nz, start[0], start[1]);
        if (!is_last) f->kernels->plane(&s, i % nz);
    }
}

/* The half that ends a step and the one that begins the next are done together. */
static void work(void *payload, int who, int of)
{
    task *t = payload;
    pf_field *f = t->f;
    size_t ny = f->mesh.n[1];
    for (size_t step = 0; step < t->steps; step++) {
        size_t first, last;
        planes(t, who, of, step ? 2 : 1, 0);
        pf_crew_meet(t->crew);
        pf_share(f->n * ny, who, of, &first, &last);
        for (size_t i = first; i < last; i++) {
            pf_sheet s = view(f, i / ny, who);
            if (i % ny >= s.line[1].first && i % ny < s.line[1].last)
                f->kernels->column(&s, i % ny);
        }
        pf_crew_meet(t->crew);
    }
    planes(t, who, of, t->steps > 0, 1);
    pf_crew_meet(t->crew);
}

pf_err pf_field_advance(pf_ctx *ctx, pf_field *f, pf_crew *crew, size_t steps)
{
    size_t members = (size_t)pf_crew_size(crew);
    if (members > f->n_scratch) {
        pf_free(f->scratch);
        f->n_scratch = 0;
        f->scratch = pf_calloc64(ctx, members, PF_FIELD_ROWS * f->stride * sizeof *f->scratch);
        if (!f->scratch) return PF_ERR_NO_MEMORY;
        f->n_scratch = members;
    }
    pf_crew_run(crew, work, &(task){.f = f, .crew = crew, .steps = steps});
    return PF_OK;
}

void pf_field_hold(pf_field *f, size_t s, double x, int all)
{
    pf_substance *what = &f->sheet[s].what;
    for (int face = 0; face < PF_FACES; face++)
        if (what->held[face]) what->at[face] = x;
    size_t n = all ? f->stride * f->mesh.n[1] * f->mesh.n[2] : 0;
    for (size_t i = 0; i < n; i++) f->sheet[s].x[i] = x;
}

pf_bytes pf_field_size(const pf_field *f)
{
    const size_t *n = f->mesh.n;
    pf_bytes b = {.domain = f->n_scratch * PF_FIELD_ROWS * f->stride * sizeof *f->scratch};
    b.domain += f->n * f->stride * n[1] * n[2] * sizeof *f->sheet->x;
    return b;
}

size_t pf_field_stride(const pf_field *f)
{
    return f->stride;
}

double *pf_field_values(pf_field *f, size_t s)
{
    return f->sheet[s].x;
}
