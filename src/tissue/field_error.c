#include "tissue/field_error.h"

#include "tissue/ruled.h"

#include <math.h>

#define LITTLE 0.01 /* of the largest: what is less does not count as such */

enum { LARGE_STEPS = 10, SMALL_STEPS_MAX = 1000 };

/* Fields of a lesion whose cells stand still, after `steps` steps of h. */
static pf_err run(pf_ctx *ctx, pf_tissue *t, double h, size_t steps, pf_field **out)
{
    const pf_setup *s = t->setup;
    pf_uptakes rates = pf_tissue_uptakes(t);
    PF_TRY(pf_field_new(ctx, &s->mesh, s->substance, s->n_substance, 0, out));
    PF_TRY(pf_field_step_set(ctx, *out, h));
    PF_TRY(pf_exchanger_apply(ctx, t->exchanger, &t->cells, &rates, t->crew, *out));
    return pf_field_advance(ctx, *out, t->crew, steps);
}

/* The k-th voxel to look at, [0, count): where a cell is, or any. */
static size_t look_at(const pf_tissue *t, size_t k)
{
    const size_t *n = t->setup->mesh.n;
    if (t->cells.n) return pf_tissue_voxel(t, k);
    return k % n[0] + pf_field_stride(t->field) * (k / n[0]);
}

static void compare(const pf_tissue *t, pf_field *large, pf_field *small, pf_field_error *e)
{
    const size_t *n = t->setup->mesh.n;
    size_t count = t->cells.n ? t->cells.n : n[0] * n[1] * n[2];
    for (size_t s = 0; s < e->n; s++) {
        const double *a = pf_field_values(large, s), *b = pf_field_values(small, s);
        double most = 0, worst = 0;
        for (size_t k = 0; k < count; k++) most = fmax(most, b[look_at(t, k)]);
        for (size_t k = 0; k < count; k++) {
            size_t v = look_at(t, k);
            worst = fmax(worst, fabs(a[v] - b[v]) / fmax(b[v], LITTLE * most));
        }
        e->of[s] = most > 0 ? worst : -1;
        if (e->of[s] > e->of[e->worst]) e->worst = s;
    }
}

static pf_err probe(pf_ctx *ctx, pf_tissue *t, pf_field_error *e)
{
    pf_field *large = NULL, *small = NULL;
    double h = t->setup->field_step;
    size_t steps = (size_t)fmax(LARGE_STEPS, ceil(1 / h - 1e-9));
    e->minutes = (double)steps * h;
    size_t more = (size_t)fmin(ceil(e->minutes / PF_FIELD_STEP_SMALL - 1e-9), SMALL_STEPS_MAX);
    e->small = e->minutes / (double)more;
    pf_cells_sort(&t->cells, t->crew);
    pf_err err = run(ctx, t, h, steps, &large);
    if (!err) err = run(ctx, t, e->small, more, &small);
    if (!err) compare(t, large, small, e);
    pf_field_free(large);
    pf_field_free(small);
    return err;
}

pf_err pf_tissue_field_error(
    pf_ctx *ctx, const pf_setup *setup, int threads, pf_field_error *out)
{
    pf_tissue *t = NULL;
    *out = (pf_field_error){.step = setup->field_step, .n = setup->n_substance};
    if (!(setup->field_step > PF_FIELD_STEP_SMALL * (1 + 1e-9))) return PF_OK;
    PF_TRY(pf_tissue_new(ctx, setup, threads, &t));
    pf_err err = probe(ctx, t, out);
    pf_tissue_free(t);
    return err;
}

void pf_field_error_sentence(const pf_setup *setup, const pf_field_error *e, pf_buf *out)
{
    if (!(e->minutes > 0)) return;
    double most = fmax(e->of[e->worst], 0);
    pf_buf_printf(out,
        "with steps of %g min, %s near cells differs by up to %.2g %% from steps of %.3g min, "
        "after %g min",
        e->step, setup->substance[e->worst].name, 100 * most, e->small, e->minutes);
}
