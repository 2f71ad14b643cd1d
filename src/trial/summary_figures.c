#include "trial/summary_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- curves ---- */

static pf_err curves_json(pf_ctx *ctx, const pf_summary *s, pf_buf *out)
{
    static const int kind[PF_CURVE_COUNT] = {PF_ENDPOINT_PFS, PF_ENDPOINT_OS, PF_ENDPOINT_DOR};
    pf_json_open(out, "survival", '[');
    for (int c = 0; c < PF_CURVE_COUNT; c++)
        for (size_t a = 0; a < s->study->n_arm; a++) {
            pf_json_open(out, NULL, '{');
            pf_json_text(out, "endpoint", pf_measure_text(kind[c]));
            pf_json_text(out, "arm", s->study->arm[a].name);
            PF_TRY(pf_pooled_json(ctx, &s->arm[a].curve[c], out));
            pf_json_close(out, '}');
        }
    pf_json_close(out, ']');
    return PF_OK;
}

/* ---- waterfall ---- */

static int by_arm_and_change(const void *a, const void *b)
{
    const pf_bar *p = a, *q = b;
    if (p->arm != q->arm) return p->arm < q->arm ? -1 : 1;
    if (p->change != q->change) return p->change > q->change ? -1 : 1;
    return p->best - q->best;
}

static void bars_json(const pf_bar *bar, size_t n, pf_buf *out)
{
    size_t shown = n < PF_WATERFALL_BARS ? n : PF_WATERFALL_BARS;
    pf_json_integer(out, "patients", (long long)n);
    pf_json_open(out, "change", '[');
    for (size_t i = 0; i < shown; i++)
        pf_json_number(out, NULL, round(bar[i * n / shown].change * 100) / 100);
    pf_json_close(out, ']');
    pf_json_open(out, "best", '[');
    for (size_t i = 0; i < shown; i++)
        pf_json_text(out, NULL, pf_response_text(bar[i * n / shown].best));
    pf_json_close(out, ']');
    pf_json_open(out, "new_lesion", '[');
    for (size_t i = 0; i < shown; i++)
        pf_json_integer(out, NULL, bar[i * n / shown].new_lesion);
    pf_json_close(out, ']');
}

/* From the largest growth to the deepest response, as the figure is drawn. */
static void waterfall_json(const pf_summary *s, pf_buf *out)
{
    if (s->n_bar) qsort(s->bar, s->n_bar, sizeof *s->bar, by_arm_and_change);
    size_t at = 0;
    pf_json_open(out, "waterfall", '[');
    for (size_t a = 0; a < s->study->n_arm; a++) {
        size_t n = 0;
        while (at + n < s->n_bar && s->bar[at + n].arm == a) n++;
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "arm", s->study->arm[a].name);
        bars_json(n ? s->bar + at : NULL, n, out);
        pf_json_close(out, '}');
        at += n;
    }
    pf_json_close(out, ']');
}

/* ---- kinetics ---- */

static void band_json(
    const pf_summary *s, const pf_arm_tally *t, const char *key, double p, pf_buf *out)
{
    pf_json_open(out, key, '[');
    for (size_t i = 0; i < s->layout->n_sample; i++)
        pf_json_number(out, NULL, pf_quantile_sorted(t->kinetics[i].x, t->kinetics[i].n, p));
    pf_json_close(out, ']');
}

static void kinetics_json(const pf_summary *s, pf_buf *out)
{
    size_t n = s->layout->n_sample;
    pf_json_open(out, "kinetics", '{');
    pf_json_text(out, "unit", s->layout->kinetics_unit);
    pf_json_open(out, "day", '[');
    for (size_t i = 0; i < n && i < s->study->assess.n_kinetics; i++)
        pf_json_number(out, NULL, s->study->assess.kinetics[i]);
    pf_json_close(out, ']');
    pf_json_open(out, "arms", '[');
    for (size_t a = 0; a < s->study->n_arm; a++) {
        const pf_arm_tally *t = &s->arm[a];
        for (size_t i = 0; i < n; i++) pf_sort_numbers(t->kinetics[i].x, t->kinetics[i].n);
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "arm", s->study->arm[a].name);
        pf_json_open(out, "n", '[');
        for (size_t i = 0; i < n; i++) pf_json_integer(out, NULL, (long long)t->kinetics[i].n);
        pf_json_close(out, ']');
        band_json(s, t, "q05", 0.05, out);
        band_json(s, t, "q50", 0.5, out);
        band_json(s, t, "q95", 0.95, out);
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
    pf_json_close(out, '}');
}

pf_err pf_summary_figures_json(pf_ctx *ctx, const pf_summary *s, pf_buf *out)
{
    PF_TRY(curves_json(ctx, s, out));
    waterfall_json(s, out);
    kinetics_json(s, out);
    return PF_OK;
}

/* ---- unknowns ---- */

enum { TARGETS = 3 };

typedef struct {
    size_t variable;
    double rho[TARGETS], strongest;
} influence;

static int by_influence(const void *a, const void *b)
{
    const influence *p = a, *q = b;
    if (p->strongest != q->strongest) return p->strongest > q->strongest ? -1 : 1;
    return p->variable < q->variable ? -1 : p->variable > q->variable;
}

/* The rank correlation of unknown `i` with the figures that it may widen. */
static pf_err influence_of(
    pf_ctx *ctx, const pf_summary *s, size_t i, double *scratch, influence *out)
{
    size_t n = s->n_replicate, n_unknown = s->study->unknowns.n_variable;
    size_t last = s->study->n_arm ? s->study->n_arm - 1 : 0;
    const pf_measure target[TARGETS] = {{PF_ENDPOINT_ORR, 0, last, 0},
        {PF_MEASURE_ORR_DIFFERENCE, 0, last, 0}, {PF_ENDPOINT_PFS, 0, last, 0}};
    *out = (influence){.variable = i};
    for (size_t k = 0; k < n; k++) scratch[k] = s->unknown[k * n_unknown + i];
    for (int t = 0; t < TARGETS; t++) {
        pf_summary_column(s, pf_summary_find(s, &target[t]), scratch + n);
        PF_TRY(pf_rank_correlation(ctx, scratch, scratch + n, n, &out->rho[t]));
        out->strongest = fmax(out->strongest, fabs(out->rho[t])); /* fmax passes over NaN */
    }
    return PF_OK;
}

static const char *kind_text(pf_distribution kind)
{
    static const char *const text[] = {"constant", "normal", "lognormal", "logitnormal",
        "uniform", "loguniform", "discrete", "formula"};
    return text[kind];
}

static void unknown_json(const pf_summary *s, const influence *f, pf_buf *out)
{
    const pf_variable *v = &s->study->unknowns.variable[f->variable];
    pf_json_open(out, NULL, '{');
    pf_json_text(out, "name", v->name);
    pf_json_text(out, "distribution", kind_text(v->kind));
    pf_json_number(out, "centre", v->centre);
    pf_json_number(out, "spread", v->spread);
    pf_json_number(out, "low", v->low);
    pf_json_number(out, "high", v->high);
    pf_json_text(out, "unit", v->unit);
    pf_json_text(out, "source", v->source);
    pf_json_bool(out, "unpublished", v->unknown);
    pf_json_number(out, "rank_correlation_ORR_last_arm", f->rho[0]);
    pf_json_number(out, "rank_correlation_ORR_difference", f->rho[1]);
    pf_json_number(out, "rank_correlation_PFS_last_arm", f->rho[2]);
    pf_json_close(out, '}');
}

pf_err pf_summary_unknowns_json(pf_ctx *ctx, const pf_summary *s, pf_buf *out)
{
    size_t n = s->study->unknowns.n_variable;
    influence *f = pf_calloc(ctx, n, sizeof *f);
    double *scratch = pf_calloc(ctx, 2 * s->n_replicate + 1, sizeof *scratch);
    pf_err err = f && scratch ? PF_OK : PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n && !err; i++) err = influence_of(ctx, s, i, scratch, &f[i]);
    if (!err && n) qsort(f, n, sizeof *f, by_influence);
    pf_json_open(out, "unknowns", '[');
    for (size_t i = 0; i < n && !err; i++) unknown_json(s, &f[i], out);
    pf_json_close(out, ']');
    pf_free(scratch);
    pf_free(f);
    return err;
}
