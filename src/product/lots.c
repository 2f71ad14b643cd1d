#include "product/lots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

pf_err pf_lots_make(pf_ctx *ctx, const pf_lot_plan *plan, uint64_t seed, size_t n, pf_lots *out)
{
    *out = (pf_lots){.plan = plan, .seed = seed, .n = n};
    if (n < 1 || n > PF_LOTS_MAX)
        return pf_fail(ctx, PF_ERR_RANGE, "%zu lots; expected 1 to %d", n, PF_LOTS_MAX);
    out->lot = pf_calloc(ctx, n, sizeof *out->lot);
    double *x = pf_calloc(ctx, plan->variables.n_variable + 1, sizeof *x);
    pf_err err = out->lot && x ? PF_OK : PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n && !err; i++) {
        if (pf_ctx_cancelled(ctx)) err = pf_fail(ctx, PF_ERR_CANCELLED, "stopped");
        const pf_lot_identity who = {.seed = seed, .number = i};
        if (!err) err = pf_lot_make(ctx, plan, &who, NULL, x, &out->lot[i]);
        if (err && err != PF_ERR_CANCELLED) pf_fail_in(ctx, "lot %zu", i + 1);
    }
    pf_free(x);
    if (err) pf_lots_clear(out);
    return err;
}

void pf_lots_clear(pf_lots *lots)
{
    pf_free(lots->lot);
    *lots = (pf_lots){0};
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double pf_lots_quantile(const double *sorted, size_t n, double p)
{
    if (!n) return NAN;
    double at = p * (double)(n - 1);
    size_t i = (size_t)at;
    if (i + 1 >= n) return sorted[n - 1];
    return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

size_t pf_lots_column(const pf_lots *lots, pf_attribute a, double *x)
{
    size_t n = 0;
    for (size_t i = 0; i < lots->n; i++)
        if (lots->lot[i].disposition != PF_LOT_FAILED && isfinite(lots->lot[i].x[a]))
            x[n++] = lots->lot[i].x[a];
    qsort(x, n, sizeof *x, ascending);
    return n;
}

/* ---- words ---- */

const char *pf_donor_text(pf_donor d)
{
    static const char *const TEXT[] = {"autologous", "allogeneic", "cord blood", "placenta",
        "induced stem cells", "cell line"};
    return TEXT[d];
}

const char *pf_counts_text(pf_dose_counts c)
{
    static const char *const TEXT[] = {
        "all cells", "living cells", "living cells with the CAR"};
    return TEXT[c];
}

void pf_lot_value_text(const pf_lot_test *t, double x, pf_buf *out)
{
    if (isnan(x)) {
        pf_buf_text(out, "not measured");
    } else if (t->measures == PF_ATTRIBUTE_STERILE) {
        pf_buf_text(out, x >= 1 ? "no growth" : "growth");
    } else {
        pf_buf_printf(out, "%.3g", x / t->scale);
        if (strcmp(t->unit, "1") != 0) pf_buf_printf(out, " %s", t->unit);
    }
}

void pf_lot_limit_text(const pf_lot_test *t, int below, pf_buf *out)
{
    if (t->measures == PF_ATTRIBUTE_STERILE) {
        pf_buf_text(out, "sterile: growth");
        return;
    }
    pf_buf_printf(out, "%s %s ", pf_attribute_of(t->measures)->name, below ? "below" : "above");
    pf_lot_value_text(t, below ? t->least : t->most, out);
}
