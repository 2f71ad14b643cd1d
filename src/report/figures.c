#include "report/figures.h"

/* A list of numbers; an absent one has length 0. */
static pf_err series(pf_ctx *ctx, pf_arena *a, const pf_jvalue *list, pf_series *out)
{
    size_t i = 0;
    *out = (pf_series){0};
    if (!list || list->kind != PF_JVALUE_LIST) return PF_OK;
    out->x = pf_arena_alloc(ctx, a, list->n + 1, sizeof(double));
    if (!out->x) return PF_ERR_NO_MEMORY;
    out->n = list->n;
    for (const pf_jvalue *v = list->first; v; v = v->next) out->x[i++] = pf_jvalue_number(v);
    return PF_OK;
}

/* One member of each object in a list. */
static pf_err column(
    pf_ctx *ctx, pf_arena *a, const pf_jvalue *list, const char *key, pf_series *out)
{
    size_t n = list ? list->n : 0, i = 0;
    *out = (pf_series){.n = n};
    out->x = pf_arena_alloc(ctx, a, n + 1, sizeof(double));
    if (!out->x) return PF_ERR_NO_MEMORY;
    for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next)
        out->x[i++] = pf_jvalue_number(pf_jvalue_get(v, key));
    return PF_OK;
}

static pf_err read_plot(pf_ctx *ctx, pf_arena *a, const pf_jvalue *v, pf_plot *p)
{
    const pf_jvalue *band = pf_jvalue_get(v, "band"), *ticks = pf_jvalue_get(v, "ticks");
    PF_TRY(series(ctx, a, pf_jvalue_get(v, "day"), &p->day));
    PF_TRY(series(ctx, a, pf_jvalue_get(v, "survival"), &p->survival));
    PF_TRY(series(ctx, a, pf_jvalue_get(band, "day"), &p->band_day));
    PF_TRY(series(ctx, a, pf_jvalue_get(band, "low"), &p->low));
    PF_TRY(series(ctx, a, pf_jvalue_get(band, "high"), &p->high));
    PF_TRY(column(ctx, a, ticks, "day", &p->tick));
    PF_TRY(column(ctx, a, ticks, "at_risk", &p->at_risk));
    PF_TRY(column(ctx, a, ticks, "censored", &p->censored));
    return column(ctx, a, ticks, "events", &p->events);
}

static size_t find_arm(const pf_figures *f, const pf_jvalue *v)
{
    const char *name = pf_jvalue_text(pf_jvalue_get(v, "arm"), "");
    size_t i = 0;
    while (i < f->n_arm && !pf_text_equal(f->arm[i], name)) i++;
    return i;
}

static pf_err read_survival(pf_ctx *ctx, pf_arena *a, const pf_jvalue *list, pf_figures *f)
{
    static const char *const name[PF_PLOT_COUNT] = {"PFS", "OS"};
    for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next) {
        size_t arm = find_arm(f, v);
        const char *endpoint = pf_jvalue_text(pf_jvalue_get(v, "endpoint"), "");
        if (pf_text_equal(endpoint, "RFS")) f->recurrence = 1;
        for (int c = 0; c < PF_PLOT_COUNT && arm < f->n_arm; c++)
            if (pf_text_equal(endpoint, name[c]) ||
                (c == PF_PLOT_PFS && pf_text_equal(endpoint, "RFS")))
                PF_TRY(read_plot(ctx, a, v, &f->survival[arm][c]));
    }
    return PF_OK;
}

static pf_err read_waterfall(pf_ctx *ctx, pf_arena *a, const pf_jvalue *list, pf_figures *f)
{
    for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next) {
        size_t arm = find_arm(f, v), i = 0;
        if (arm >= f->n_arm) continue;
        pf_waterfall *w = &f->waterfall[arm];
        double n = pf_jvalue_number(pf_jvalue_get(v, "patients"));
        w->patients = n > 0 ? (size_t)n : 0;
        PF_TRY(series(ctx, a, pf_jvalue_get(v, "change"), &w->change));
        PF_TRY(series(ctx, a, pf_jvalue_get(v, "new_lesion"), &w->new_lesion));
        w->best = pf_arena_alloc(ctx, a, w->change.n + 1, sizeof *w->best);
        if (!w->best) return PF_ERR_NO_MEMORY;
        const pf_jvalue *best = pf_jvalue_get(v, "best");
        for (best = best ? best->first : NULL; best && i < w->change.n; best = best->next)
            w->best[i++] = pf_jvalue_text(best, "");
        while (i < w->change.n) w->best[i++] = "";
    }
    return PF_OK;
}

static pf_err read_kinetics(pf_ctx *ctx, pf_arena *a, const pf_jvalue *v, pf_figures *f)
{
    static const char *const name[3] = {"q05", "q50", "q95"};
    const pf_jvalue *arms = pf_jvalue_get(v, "arms");
    f->kinetics_unit = pf_jvalue_text(pf_jvalue_get(v, "unit"), "");
    PF_TRY(series(ctx, a, pf_jvalue_get(v, "day"), &f->kinetics_day));
    for (const pf_jvalue *k = arms ? arms->first : NULL; k; k = k->next) {
        size_t arm = find_arm(f, k);
        for (int q = 0; q < 3 && arm < f->n_arm; q++) {
            PF_TRY(series(ctx, a, pf_jvalue_get(k, name[q]), &f->kinetics[arm][q]));
            if (f->kinetics[arm][q].n != f->kinetics_day.n) f->kinetics[arm][q].n = 0;
        }
    }
    return PF_OK;
}

pf_err pf_figures_read(pf_ctx *ctx, pf_arena *a, const pf_jvalue *summary, pf_figures *f)
{
    const pf_jvalue *arms = pf_jvalue_get(summary, "arms");
    size_t n = arms ? arms->n : 0, i = 0;
    *f = (pf_figures){.n_arm = n};
    if (!n) return pf_fail(ctx, PF_ERR_CORRUPT, "the summary has no arms");
    double replicates = pf_jvalue_number(pf_jvalue_get(summary, "replicates"));
    f->replicates = replicates > 0 ? (size_t)replicates : 0;
    f->horizon = pf_jvalue_number(pf_jvalue_get(summary, "horizon_day"));
    if (!(f->horizon > 0)) f->horizon = 1;
    f->arm = pf_arena_alloc(ctx, a, n, sizeof *f->arm);
    f->survival = pf_arena_alloc(ctx, a, n, sizeof *f->survival);
    f->waterfall = pf_arena_alloc(ctx, a, n, sizeof *f->waterfall);
    f->kinetics = pf_arena_alloc(ctx, a, n, sizeof *f->kinetics);
    if (!f->arm || !f->survival || !f->waterfall || !f->kinetics) return PF_ERR_NO_MEMORY;
    for (const pf_jvalue *v = arms->first; v; v = v->next)
        f->arm[i++] = pf_jvalue_text(pf_jvalue_get(v, "name"), "");
    PF_TRY(read_survival(ctx, a, pf_jvalue_get(summary, "survival"), f));
    PF_TRY(read_waterfall(ctx, a, pf_jvalue_get(summary, "waterfall"), f));
    return read_kinetics(ctx, a, pf_jvalue_get(summary, "kinetics"), f);
}
