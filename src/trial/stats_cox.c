/* The cox verb of stats_table.h. */
#include "trial/cox.h"
#include "trial/stats_frame.h"

#include <math.h>
#include <stdio.h>

static const char *const STATE[] = {"finite", "infinite", "aliased"};

static void test_json(pf_buf *out, const char *key, pf_cox_test t)
{
    pf_json_open(out, key, '{');
    pf_json_number(out, "chi_square", t.chi_square);
    pf_json_integer(out, "df", (long long)t.df);
    pf_json_number(out, "p", t.p);
    pf_json_close(out, '}');
}

static void write_json(
    const pf_stats_request *q, const pf_frame *f, const pf_cox *c, pf_buf *out)
{
    pf_json_text(out, "ties", q->breslow ? "breslow" : "efron");
    pf_json_integer(out, "n", (long long)c->n);
    pf_json_integer(out, "events", (long long)c->events);
    pf_json_integer(out, "strata", (long long)c->strata);
    pf_json_bool(out, "converged", c->status == PF_COX_CONVERGED);
    pf_json_text(out, "status", pf_cox_status_text(c->status));
    pf_json_integer(out, "iterations", (long long)c->iterations);
    pf_json_number(out, "conf", c->conf);
    pf_json_number(out, "loglik_null", c->loglik_null);
    pf_json_number(out, "loglik", c->loglik);
    test_json(out, "likelihood_ratio_test", c->ratio_test);
    test_json(out, "wald_test", c->wald_test);
    test_json(out, "score_test", c->score_test);
    pf_json_number(out, "concordance", c->concordance);
    pf_json_open(out, "coefficients", '[');
    for (size_t j = 0; j < f->terms; j++) {
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "covariate", f->term[j].column);
        pf_json_text(out, "level", f->term[j].level);
        pf_json_text(out, "reference", f->term[j].reference);
        pf_json_text(out, "state", STATE[c->state[j]]);
        pf_json_number(out, "coef", c->coef[j]);
        pf_json_number(out, "se", c->se[j]);
        pf_json_number(out, "z", c->z[j]);
        pf_json_number(out, "p", c->p[j]);
        pf_json_number(out, "hazard_ratio", c->hazard_ratio[j]);
        pf_json_number(out, "lower", c->lower[j]);
        pf_json_number(out, "upper", c->upper[j]);
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
}

static void test_text(pf_buf *out, const char *name, pf_cox_test t)
{
    if (isnan(t.p)) return;
    pf_buf_printf(out, "%s chi-square %.4g, df %zu, p %.4g\n", name, t.chi_square, t.df, t.p);
}

static void write_text(
    const pf_stats_request *q, const pf_frame *f, const pf_cox *c, pf_buf *out)
{
    const char *head[] = {
        "covariate", "coef", "se", "z", "p", "hazard ratio", "lower", "upper"};
    pf_buf_printf(out,
        "Cox model, %s ties: %zu patients, %zu events, %zu strat%s, %g %% limits\n\n",
        q->breslow ? "Breslow" : "Efron", c->n, c->events, c->strata,
        c->strata == 1 ? "um" : "a", 100 * c->conf);
    pf_grid g;
    pf_grid_init(&g, out, PF_COUNT(head));
    for (size_t i = 0; i < PF_COUNT(head); i++) pf_grid_text(&g, head[i]);
    for (size_t j = 0; j < f->terms; j++) {
        const pf_term *t = &f->term[j];
        char name[200];
        snprintf(name, sizeof name, t->level ? "%.60s: %.60s vs %.60s" : "%.60s", t->column,
            t->level ? t->level : "", t->reference ? t->reference : "");
        pf_grid_text(&g, name);
        const double value[] = {c->coef[j], c->se[j], c->z[j], c->p[j], c->hazard_ratio[j],
            c->lower[j], c->upper[j]};
        for (size_t i = 0; i < PF_COUNT(value); i++) pf_grid_number(&g, value[i], "-");
    }
    pf_grid_end(&g);
    pf_buf_text(out, "\n");
    if (c->status != PF_COX_CONVERGED)
        pf_buf_printf(out, "Do not use as it is: %s.\n", pf_cox_status_text(c->status));
    for (size_t j = 0; j < f->terms; j++)
        if (c->state[j] == PF_COEF_ALIASED)
            pf_buf_printf(out,
                "No coefficient for %s%s%s: the covariates before it, or the strata, say the "
                "same.\n",
                f->term[j].column, f->term[j].level ? ": " : "",
                f->term[j].level ? f->term[j].level : "");
    test_text(out, "likelihood ratio", c->ratio_test);
    test_text(out, "Wald            ", c->wald_test);
    test_text(out, "score           ", c->score_test);
    if (!isnan(c->concordance)) pf_buf_printf(out, "concordance %.4g\n", c->concordance);
}

pf_err pf_stats_cox(pf_ctx *ctx, const pf_stats_request *q, const pf_frame *f, pf_buf *out)
{
    pf_cox_data data = {f->n, f->terms, f->time, f->event, f->x, f->strata};
    pf_cox_options options = {.breslow = q->breslow, .conf = q->conf};
    pf_cox cox;
    pf_err err = pf_cox_fit(ctx, &data, &options, &cox);
    if (!err && q->json) write_json(q, f, &cox, out);
    if (!err && !q->json) write_text(q, f, &cox, out);
    pf_cox_clear(&cox);
    return err;
}
