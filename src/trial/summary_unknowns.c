#include "trial/summary_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- dose ranges ---- */

static const pf_regimen_item *item_of(const pf_summary *s, const pf_dose_range *r)
{
    return &s->study->arm[r->arm].item[r->item];
}

/* Arms that share a dose share its draw (pf_regimen_resolve): it is one unknown. */
static int is_known(const pf_summary *s, const pf_dose_range *r)
{
    const pf_regimen_item *it = item_of(s, r);
    for (size_t i = 0; i < s->n_range; i++) {
        const pf_regimen_item *other = item_of(s, &s->range[i]);
        if (s->range[i].item == r->item && other->dose[0] == it->dose[0] &&
            other->dose_high == it->dose_high && pf_text_equal(other->drug, it->drug) &&
            other->product == it->product)
            return 1;
    }
    return 0;
}

pf_err pf_summary_find_ranges(pf_ctx *ctx, pf_summary *s)
{
    for (size_t a = 0; a < s->study->n_arm; a++)
        for (size_t i = 0; i < s->study->arm[a].n_item; i++) {
            const pf_dose_range r = {a, i};
            const pf_regimen_item *it = item_of(s, &r);
            if (it->n_dose != 1 || !(it->dose_high > it->dose[0]) || is_known(s, &r)) continue;
            PF_TRY(pf_reserve(ctx, &s->range, &s->range_capacity, s->n_range, sizeof r));
            s->range[s->n_range++] = r;
        }
    s->n_unknown = s->study->unknowns.n_variable + s->n_range;
    return PF_OK;
}

/* ---- rows ---- */

pf_err pf_summary_unknown_row(pf_ctx *ctx, pf_summary *s, double **out)
{
    size_t n = s->n_unknown;
    while (s->n_unknown_rows <= s->n_replicate) {
        PF_TRY(pf_reserve(ctx, &s->unknown, &s->unknown_capacity, s->n_unknown_rows,
            (n + 1) * sizeof *s->unknown));
        for (size_t i = 0; i < n; i++) s->unknown[s->n_unknown_rows * n + i] = NAN;
        s->n_unknown_rows++;
    }
    *out = s->unknown + s->n_replicate * n;
    return PF_OK;
}

pf_err pf_summary_unknowns(pf_ctx *ctx, pf_summary *s, const double *x)
{
    double *row;
    PF_TRY(pf_summary_unknown_row(ctx, s, &row));
    for (size_t i = 0; i < s->study->unknowns.n_variable; i++) row[i] = x[i];
    return PF_OK;
}

pf_err pf_summary_add_doses(pf_ctx *ctx, pf_summary *s, uint64_t replicate)
{
    double *row;
    PF_TRY(pf_summary_unknown_row(ctx, s, &row));
    for (size_t i = 0; i < s->n_range; i++) {
        const pf_arm *arm = &s->study->arm[s->range[i].arm];
        double *dose = pf_calloc(ctx, arm->n_item, sizeof *dose);
        if (!dose) return PF_ERR_NO_MEMORY;
        pf_regimen_resolve(arm->item, arm->n_item, s->study->seed, replicate, dose);
        row[s->study->unknowns.n_variable + i] = dose[s->range[i].item];
        pf_free(dose);
    }
    return PF_OK;
}

/* ---- influence ---- */

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
    size_t n = s->n_replicate, n_unknown = s->n_unknown;
    size_t last = s->study->n_arm ? s->study->n_arm - 1 : 0;
    const pf_measure target[TARGETS] = {{.kind = PF_ENDPOINT_ORR, .arm = last},
        {.kind = PF_ENDPOINT_ORR, .arm = last, .compare = PF_COMPARE_DIFFERENCE},
        {.kind = PF_ENDPOINT_PFS, .arm = last}};
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

static void prior_json(const pf_summary *s, size_t i, pf_buf *out)
{
    const pf_variable *v = &s->study->unknowns.variable[i];
    pf_json_text(out, "name", v->name);
    pf_json_text(out, "distribution", kind_text(v->kind));
    pf_json_number(out, "centre", v->centre);
    pf_json_number(out, "spread", v->spread);
    pf_json_number(out, "low", v->low);
    pf_json_number(out, "high", v->high);
    pf_json_text(out, "unit", v->unit);
    pf_json_text(out, "source", v->source);
    pf_json_bool(out, "unpublished", v->unknown);
}

static void dose_json(const pf_summary *s, const pf_dose_range *r, pf_buf *out)
{
    static const char *const per[] = {"", "/kg", "/m2"};
    char text[200];
    const pf_regimen_item *it = item_of(s, r);
    const pf_product *product = it->drug ? NULL : &s->study->product[it->product];
    snprintf(text, sizeof text, "dose of %.150s",
        it->drug        ? it->drug
        : product->name ? product->name
                        : "the product");
    pf_json_text(out, "name", text);
    pf_json_text(out, "distribution", kind_text(PF_DIST_LOGUNIFORM));
    pf_json_null(out, "centre");
    pf_json_null(out, "spread");
    pf_json_number(out, "low", it->dose[0]);
    pf_json_number(out, "high", it->dose_high);
    snprintf(text, sizeof text, "cell%s", per[it->per]);
    pf_json_text(out, "unit", it->drug ? NULL : text); /* a drug's unit is the model's */
    pf_json_text(out, "source", "the study gives a range");
    pf_json_bool(out, "unpublished", 1);
}

static void unknown_json(const pf_summary *s, const influence *f, pf_buf *out)
{
    size_t n = s->study->unknowns.n_variable;
    pf_json_open(out, NULL, '{');
    if (f->variable < n)
        prior_json(s, f->variable, out);
    else
        dose_json(s, &s->range[f->variable - n], out);
    pf_json_number(out, "rank_correlation_ORR_last_arm", f->rho[0]);
    pf_json_number(out, "rank_correlation_ORR_difference", f->rho[1]);
    pf_json_number(out, "rank_correlation_PFS_last_arm", f->rho[2]);
    pf_json_close(out, '}');
}

pf_err pf_summary_unknowns_json(pf_ctx *ctx, const pf_summary *s, pf_buf *out)
{
    size_t n = s->n_unknown;
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
