/* The summary as JSON, and two plans side by side. */
#include "product/lots.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void spread(pf_buf *out, const char *key, const char *unit, const double *x, size_t n)
{
    pf_json_open(out, key, '{');
    pf_json_text(out, "unit", unit);
    pf_json_integer(out, "lots", (long long)n);
    pf_json_number(out, "p5", pf_lots_quantile(x, n, 0.05));
    pf_json_number(out, "median", pf_lots_quantile(x, n, 0.5));
    pf_json_number(out, "p95", pf_lots_quantile(x, n, 0.95));
    pf_json_close(out, '}');
}

static void counts(const pf_lots *l, pf_buf *out)
{
    size_t now[PF_DISPOSITIONS] = {0}, last[PF_DISPOSITIONS] = {0};
    for (size_t i = 0; i < l->n; i++) {
        now[l->lot[i].disposition]++;
        last[l->lot[i].last]++;
    }
    pf_json_open(out, "disposition", '{');
    for (int d = 0; d < PF_DISPOSITIONS; d++)
        pf_json_integer(out, pf_disposition_text((pf_disposition)d), (long long)now[d]);
    pf_json_close(out, '}');
    pf_json_open(out, "after_all_results", '{');
    for (int d = 0; d < PF_DISPOSITIONS; d++)
        pf_json_integer(out, pf_disposition_text((pf_disposition)d), (long long)last[d]);
    pf_json_close(out, '}');
}

static void tests(const pf_lots *l, pf_buf *out)
{
    const pf_specification *s = &l->plan->specification;
    pf_json_open(out, "tests", '[');
    for (size_t i = 0; i < s->n; i++) {
        size_t missed = 0;
        for (size_t k = 0; k < l->n; k++)
            missed += l->lot[k].disposition != PF_LOT_FAILED && (l->lot[k].missed >> i & 1);
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "measures", pf_attribute_of(s->test[i].measures)->name);
        pf_json_text(out, "unit", pf_attribute_of(s->test[i].measures)->unit);
        pf_json_number(out, "at_least", s->test[i].least);
        pf_json_number(out, "at_most", s->test[i].most);
        pf_json_integer(out, "lots_outside", (long long)missed);
        pf_json_text(out, "source", s->test[i].source);
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
}

static void columns(const pf_lots *l, double *x, pf_buf *out)
{
    pf_json_open(out, "stages", '{');
    for (int s = 0; s < PF_STAGES; s++) {
        for (size_t i = 0; i < l->n; i++) x[i] = l->lot[i].stage[s];
        qsort(x, l->n, sizeof *x, ascending);
        spread(out, pf_stage_text((pf_lot_stage)s), "cell", x, l->n);
    }
    pf_json_close(out, '}');
    pf_json_open(out, "attributes", '{');
    for (int a = 0; a < PF_ATTRIBUTES; a++) {
        size_t n = pf_lots_column(l, (pf_attribute)a, x);
        spread(out, pf_attribute_of((pf_attribute)a)->name,
            pf_attribute_of((pf_attribute)a)->unit, x, n);
    }
    pf_json_close(out, '}');
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++)
        if (isfinite(l->lot[i].cost_dose)) x[n++] = l->lot[i].cost_dose;
    qsort(x, n, sizeof *x, ascending);
    spread(out, "cost_dose", l->plan->currency, x, n);
}

pf_err pf_lots_json(pf_ctx *ctx, const pf_lots *lots, pf_buf *out)
{
    const pf_lot_plan *p = lots->plan;
    double *x = pf_calloc(ctx, lots->n + 1, sizeof *x);
    if (!x) return PF_ERR_NO_MEMORY;
    pf_json_open(out, NULL, '{');
    pf_json_text(out, "lot", p->name);
    pf_json_text(out, "kind", "SIMULATED");
    pf_json_text(out, "file", p->path);
    pf_json_integer(out, "n", (long long)lots->n);
    pf_json_integer(out, "seed", (long long)lots->seed);
    pf_json_text(out, "specification", p->specification.n ? p->specification.name : NULL);
    pf_json_text(out, "version", p->specification.n ? p->specification.version : NULL);
    counts(lots, out);
    tests(lots, out);
    columns(lots, x, out);
    pf_json_open(out, "unknown", '[');
    for (size_t i = 0; i < p->variables.n_variable; i++)
        if (p->variables.variable[i].unknown)
            pf_json_text(out, NULL, p->variables.variable[i].name);
    pf_json_close(out, ']');
    pf_json_close(out, '}');
    pf_free(x);
    return pf_buf_ok(out);
}

/* ---- two plans ---- */

static double median(const pf_lots *l, pf_attribute a, double *x)
{
    return pf_lots_quantile(x, pf_lots_column(l, a, x), 0.5);
}

static void compare_one(const pf_lots *a, const pf_lots *b, double *x, int json, pf_buf *out)
{
    for (int i = 0; i < PF_ATTRIBUTES; i++) {
        const pf_attribute_info *info = pf_attribute_of((pf_attribute)i);
        double one = median(a, (pf_attribute)i, x), two = median(b, (pf_attribute)i, x);
        if (isnan(one) || isnan(two)) continue;
        double ratio = one != 0 ? two / one : NAN;
        if (json) {
            pf_json_open(out, info->name, '{');
            pf_json_number(out, "first", one);
            pf_json_number(out, "second", two);
            pf_json_number(out, "ratio", ratio);
            pf_json_close(out, '}');
        } else {
            pf_buf_printf(out, "  %-14s %12.4g %12.4g ", info->name, one, two);
            if (isfinite(ratio))
                pf_buf_printf(out, "%12.4g", ratio);
            else
                pf_buf_printf(out, "%12s", "-");
            pf_buf_printf(out, "  %s\n", strcmp(info->unit, "1") ? info->unit : "");
        }
    }
}

pf_err pf_lots_compare(pf_ctx *ctx, const pf_lots *a, const pf_lots *b, int json, pf_buf *out)
{
    double *x = pf_calloc(ctx, (a->n > b->n ? a->n : b->n) + 1, sizeof *x);
    if (!x) return PF_ERR_NO_MEMORY;
    if (json) {
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "kind", "SIMULATED");
        pf_json_text(out, "first", a->plan->name);
        pf_json_text(out, "second", b->plan->name);
        pf_json_open(out, "medians", '{');
    } else {
        pf_buf_printf(out,
            "medians of %zu and %zu lots; SIMULATED\n  first  %s\n  second %s\n\n", a->n, b->n,
            a->plan->name, b->plan->name);
        pf_buf_printf(
            out, "  %-14s %12s %12s %12s\n", "attribute", "first", "second", "second/first");
    }
    compare_one(a, b, x, json, out);
    if (json) {
        pf_json_close(out, '}');
        pf_json_close(out, '}');
    }
    pf_free(x);
    return pf_buf_ok(out);
}
