#include "trial/claims.h"
#include "trial/contrast.h"
#include "trial/override.h"
#include "trial/parameters.h"
#include "trial/summary_parts.h"

#include <math.h>
#include <stdio.h>

/* ---- measures ---- */

/* Shares of replicates that agree on a direction, and the power. */
static void direction_json(const pf_measure *m, const double *value, size_t n, pf_buf *out)
{
    int p = PF_ENDPOINT_KIND[m->kind].form == PF_FORM_P;
    int hazard = !p && m->compare == PF_COMPARE_NONE;
    int difference = m->compare == PF_COMPARE_DIFFERENCE;
    double limit = p ? 0.05 : difference ? 0 : 1, better = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(value[i])) continue;
        all++;
        better += hazard || p ? value[i] < limit : value[i] > limit;
    }
    const char *key = p            ? "share_below_0.05"
                      : hazard     ? "share_below_1"
                      : difference ? "share_above_0"
                                   : "share_above_1";
    pf_json_number(out, key, all > 0 ? better / all : NAN);
}

static void variance_json(const pf_summary *s, size_t i, const pf_spread *spread, pf_buf *out)
{
    double inner = s->inner[i].n > 0 ? s->inner[i].sum / s->inner[i].n : NAN;
    double total = spread->sd * spread->sd;
    pf_json_number(out, "variance_total", total);
    pf_json_number(out, "variance_inner", inner);
    pf_json_number(out, "variance_outer", isnan(total - inner) ? NAN : fmax(0, total - inner));
}

void pf_summary_unit_text(const pf_measure *m, char *text, size_t size)
{
    const char *times = m->kind == PF_MEASURE_AUC28 ? " day" : "";
    snprintf(text, size, "%.100s%s", pf_measure_unit(m), times);
}

int pf_summary_has_label(const pf_measure *m)
{
    if (m->among || m->against_among) return 1;
    return m->kind >= PF_ENDPOINT_DCR_AT && m->kind < PF_ENDPOINT_COUNT &&
           !PF_ENDPOINT_KIND[m->kind].versus;
}

void pf_summary_name_json(const pf_summary *s, const pf_measure *m, pf_buf *out)
{
    char text[600];
    const pf_endpoint_kind *kind = &PF_ENDPOINT_KIND[m->kind];
    pf_measure_key(s->study, m, text, sizeof text);
    pf_json_text(out, "endpoint", text);
    if (kind->timed) pf_json_number(out, "at_day", m->at);
    if (pf_summary_has_label(m)) {
        pf_measure_label(s->study, m, text, sizeof text);
        pf_json_text(out, "label", text);
    }
    if (kind->interval && m->compare == PF_COMPARE_NONE) pf_json_text(out, "centre", "median");
    pf_summary_unit_text(m, text, sizeof text);
    pf_json_text(out, "unit", text);
}

/* What the patients of a lone replicate allow. */
static void own_json(const pf_summary *s, size_t i, const char *before, pf_buf *out)
{
    double own[2];
    char key[2][40];
    pf_summary_own(s, i, own);
    snprintf(key[0], sizeof key[0], "%slow", before);
    snprintf(key[1], sizeof key[1], "%shigh", before);
    pf_json_number(out, key[0], own[0]);
    pf_json_number(out, key[1], own[1]);
}

static pf_err measure_json(
    pf_ctx *ctx, const pf_summary *s, size_t i, double *value, pf_buf *out)
{
    const pf_measure *m = &s->measure[i];
    pf_spread spread;
    pf_summary_column(s, i, value);
    PF_TRY(pf_spread_fit(ctx, value, s->n_replicate, &spread));
    pf_json_open(out, NULL, '{');
    pf_summary_name_json(s, m, out);
    pf_json_number(out, "mean", spread.mean);
    pf_json_number(out, "sd", spread.sd);
    pf_json_number(out, "q025", spread.q025);
    pf_json_number(out, "median", spread.median);
    pf_json_number(out, "q975", spread.q975);
    pf_json_integer(out, "replicates_defined", (long long)spread.defined);
    pf_json_integer(out, "replicates_reached", (long long)spread.reached);
    if (s->n_replicate == 1) own_json(s, i, "", out);
    if (pf_measure_is_share(m)) variance_json(s, i, &spread, out);
    if (pf_measure_is_comparison(m)) direction_json(m, value, s->n_replicate, out);
    pf_json_close(out, '}');
    return PF_OK;
}

/* ---- arms ---- */

static void counts_json(const pf_arm_tally *t, pf_buf *out)
{
    double counted = (double)(t->patients - t->failed);
    pf_json_integer(out, "patients", (long long)t->patients);
    pf_json_integer(out, "failed", (long long)t->failed);
    pf_json_integer(out, "treated", (long long)t->treated);
    pf_json_number(out, "doses_mean", counted > 0 ? t->doses / counted : NAN);
    pf_json_open(out, "responses", '{');
    for (int k = PF_RESPONSE_CR; k <= PF_RESPONSE_NE; k++)
        pf_json_integer(out, pf_response_text(k), (long long)t->response[k]);
    pf_json_close(out, '}');
    pf_json_open(out, "progression", '{');
    for (int k = PF_PD_NONE; k <= PF_PD_DEATH; k++)
        pf_json_integer(out, pf_progression_text(k), (long long)t->progression[k]);
    pf_json_close(out, '}');
    uint64_t lots = 0;
    for (int k = 0; k < PF_SERVED_WAYS; k++) lots += t->lot[k];
    if (!lots) return;
    pf_json_open(out, "lots", '{');
    for (int k = 0; k < PF_SERVED_WAYS; k++)
        pf_json_integer(out, pf_served_text((pf_served_how)k), (long long)t->lot[k]);
    pf_json_close(out, '}');
}

static void covariates_json(const pf_summary *s, const pf_arm_tally *t, pf_buf *out)
{
    const char *const *name = s->layout->column[PF_TABLE_PATIENTS];
    pf_json_open(out, "covariates", '[');
    for (size_t i = 0; i < s->layout->n_covariate; i++) {
        const pf_moments *m = &t->covariate[i];
        double mean = m->n > 0 ? m->sum / m->n : NAN;
        double square = m->n > 1 ? (m->square - m->n * mean * mean) / (m->n - 1) : NAN;
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "name", name ? name[PF_P_FIXED + i] : "");
        pf_json_number(out, "mean", mean);
        pf_json_number(out, "sd", isnan(square) ? NAN : sqrt(fmax(0, square)));
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
}

static pf_err arms_json(pf_ctx *ctx, const pf_summary *s, double *value, pf_buf *out)
{
    pf_json_open(out, "arms", '[');
    for (size_t a = 0; a < s->study->n_arm; a++) {
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "name", s->study->arm[a].name);
        pf_json_integer(out, "size", (long long)s->study->arm[a].size);
        counts_json(&s->arm[a], out);
        covariates_json(s, &s->arm[a], out);
        pf_json_open(out, "endpoints", '[');
        for (size_t i = 0; i < s->n_measure; i++) {
            const pf_measure *m = &s->measure[i];
            if (m->arm != a || pf_measure_is_comparison(m)) continue;
            PF_TRY(measure_json(ctx, s, i, value, out));
        }
        pf_json_close(out, ']');
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
    return PF_OK;
}

static pf_err comparisons_json(pf_ctx *ctx, const pf_summary *s, double *value, pf_buf *out)
{
    int open = 0;
    const pf_measure *last = NULL;
    pf_json_open(out, "comparisons", '[');
    for (size_t i = 0; i < s->n_measure; i++) {
        const pf_measure *m = &s->measure[i];
        if (!pf_measure_is_comparison(m)) continue;
        if (open && (m->arm != last->arm || m->against != last->against)) {
            pf_json_close(out, ']');
            pf_json_close(out, '}');
            open = 0;
        }
        if (!open) {
            pf_json_open(out, NULL, '{');
            pf_json_text(out, "arm", s->study->arm[m->arm].name);
            pf_json_text(out, "against", s->study->arm[m->against].name);
            pf_json_open(out, "measures", '[');
        }
        open = 1;
        last = m;
        PF_TRY(measure_json(ctx, s, i, value, out));
    }
    if (open) {
        pf_json_close(out, ']');
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
    return PF_OK;
}

/* ---- expectations ---- */

static void expectation_json(
    const pf_summary *s, const pf_expect *e, const pf_verdict *v, pf_buf *out)
{
    const pf_measure *m = &s->measure[s->expect_measure[e - s->study->expect]];
    pf_json_open(out, NULL, '{');
    pf_summary_name_json(s, m, out);
    pf_json_text(out, "written", e->text);
    if (e->case_id) pf_json_text(out, "case", e->case_id);
    if (e->direction) pf_json_text(out, "direction", e->direction > 0 ? "up" : "down");
    pf_json_text(out, "arm", s->study->arm[e->arm].name);
    if (pf_measure_is_comparison(m))
        pf_json_text(out, "against", s->study->arm[e->against].name);
    pf_json_number(out, "published", e->value);
    if (e->n)
        pf_json_integer(out, "published_n", (long long)e->n);
    else
        pf_json_null(out, "published_n");
    pf_json_number(out, "published_low", v->low);
    pf_json_number(out, "published_high", v->high);
    pf_json_text(out, "interval", isnan(v->low) ? "unknown" : v->exact ? "exact" : "published");
    pf_json_text(out, "source", e->source);
    pf_json_number(out, "simulated_mean", v->spread.mean);
    pf_json_number(out, "simulated_q025", v->spread.q025);
    pf_json_number(out, "simulated_median", v->spread.median);
    pf_json_number(out, "simulated_q975", v->spread.q975);
    if (s->n_replicate == 1) own_json(s, (size_t)(m - s->measure), "simulated_", out);
    pf_json_integer(out, "replicates_defined", (long long)v->spread.defined);
    pf_json_number(out, "percentile", v->percentile);
    if (e->direction) pf_json_number(out, "share_agreeing", v->agree);
    if (v->spread.defined > 1)
        pf_json_bool(out, "in_central_95", v->in_centre);
    else
        pf_json_null(out, "in_central_95");
    pf_json_bool(out, "in_published_interval", v->in_interval);
    pf_json_text(out, "verdict", pf_verdict_text(v->kind));
    pf_json_bool(out, "provisional", v->provisional);
    pf_json_text(out, "sentence", v->sentence);
    pf_json_close(out, '}');
}

/* Each role on its own: what was fitted says nothing about what was predicted. */
static pf_err role_json(pf_ctx *ctx, const pf_summary *s, pf_expect_role role, pf_buf *out)
{
    long long count[3] = {0};
    pf_verdict v;
    pf_json_open(out, pf_role_text(role), '{');
    pf_json_open(out, "figures", '[');
    for (size_t i = 0; i < s->study->n_expect; i++) {
        const pf_expect *e = &s->study->expect[i];
        if (e->role != role) continue;
        PF_TRY(pf_summary_judge(ctx, s, i, &v));
        expectation_json(s, e, &v, out);
        count[v.kind]++;
    }
    pf_json_close(out, ']');
    pf_json_integer(out, "pass", count[PF_VERDICT_PASS]);
    pf_json_integer(out, "miss", count[PF_VERDICT_MISS]);
    pf_json_integer(out, "cannot_say", count[PF_VERDICT_CANNOT_SAY]);
    pf_json_close(out, '}');
    return PF_OK;
}

/* ---- the whole ---- */

static void head_json(const pf_summary *s, pf_buf *out)
{
    char note[160];
    uint64_t patients, failed = pf_summary_failed(s, &patients);
    pf_json_text(out, "format", "perforin-summary-1");
    pf_json_bool(out, "simulated", 1);
    pf_json_text(out, "study", s->study->name);
    pf_json_text(out, "title", s->study->title);
    pf_json_integer(out, "replicates", (long long)s->n_replicate);
    if (s->study->n_override) pf_json_open(out, "changed_parameters", '[');
    for (size_t i = 0; i < s->study->n_override; i++) {
        pf_buf text;
        pf_buf_init(&text, NULL);
        pf_override_text(&s->study->override[i], &text);
        pf_json_text(out, NULL, text.bytes ? text.bytes : "");
        pf_buf_clear(&text);
    }
    if (s->study->n_override) pf_json_close(out, ']');
    pf_json_integer(out, "replicates_planned", (long long)s->study->replicates);
    pf_json_integer(out, "patients_per_replicate", (long long)pf_study_size(s->study));
    pf_json_number(out, "horizon_day", s->study->horizon);
    pf_json_integer(out, "patients", (long long)patients);
    pf_json_integer(out, "failed", (long long)failed);
    snprintf(note, sizeof note,
        "%llu of %llu patients failed to integrate and are left out of every figure",
        (unsigned long long)failed, (unsigned long long)patients);
    pf_json_text(out, "failed_note", failed ? note : "no patient failed");
    pf_json_text(out, "variance_note",
        "variance_inner is what chance among so few patients explains (mean of p (1 - p) / n); "
        "variance_outer is the rest, what is unknown about the biology and the product, never "
        "below 0");
    pf_json_bool(out, "provisional", s->n_replicate < PF_EXPECT_REPLICATES);
}

pf_err pf_summary_json(pf_ctx *ctx, pf_summary *s, pf_buf *out)
{
    double *value = pf_calloc(ctx, s->n_replicate, sizeof *value);
    if (!value) return PF_ERR_NO_MEMORY;
    pf_json_open(out, NULL, '{');
    head_json(s, out);
    pf_err err = arms_json(ctx, s, value, out);
    if (!err) err = comparisons_json(ctx, s, value, out);
    if (!err) err = pf_contrast_json(ctx, s, out);
    pf_json_open(out, "expectations", '{');
    for (int role = PF_EXPECT_FIT; role <= PF_EXPECT_CLAIM && !err; role++)
        err = role_json(ctx, s, (pf_expect_role)role, out);
    pf_json_close(out, '}');
    if (!err) err = pf_summary_versus_json(ctx, s, value, out);
    if (!err) err = pf_summary_figures_json(ctx, s, out);
    if (!err) err = pf_summary_unknowns_json(ctx, s, out);
    if (s->claims) pf_claims_json(s->claims, out);
    if (s->parameters) pf_used_parameters_json(s->parameters, out);
    pf_json_close(out, '}');
    pf_free(value);
    return err ? err : pf_buf_ok(out);
}
