#include "trial/summary_parts.h"

#include <math.h>
#include <stdlib.h>

/* ---- curves ---- */

static pf_err curves_json(pf_ctx *ctx, const pf_summary *s, pf_buf *out)
{
    static const int kind[PF_CURVE_COUNT] = {PF_ENDPOINT_PFS, PF_ENDPOINT_OS, PF_ENDPOINT_DOR};
    char key[40];
    const int without[PF_CURVE_COUNT] = {s->layout->no_lesions, s->layout->no_death,
        s->layout->no_lesions || s->study->assess.criteria == PF_CRITERIA_RECURRENCE};
    pf_json_open(out, "survival", '[');
    for (int c = 0; c < PF_CURVE_COUNT; c++)
        for (size_t a = 0; a < s->study->n_arm && !without[c]; a++) {
            pf_json_open(out, NULL, '{');
            pf_measure_key(s->study, &(pf_measure){.kind = kind[c]}, key, sizeof key);
            pf_json_text(out, "endpoint", key);
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
    for (size_t a = 0; a < s->study->n_arm && s->n_bar; a++) {
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
    return pf_summary_harms_json(ctx, s, out);
}
