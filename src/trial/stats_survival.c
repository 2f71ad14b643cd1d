/* The km, logrank and rmst verbs of stats_table.h. */
#include "trial/stats_frame.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static size_t groups(const pf_frame *f)
{
    return f->group ? f->groups.levels : 1;
}

static const char *label(const pf_frame *f, size_t g)
{
    return f->group ? f->groups.level[g] : "all";
}

static void curves_free(pf_km *km, size_t n)
{
    for (size_t g = 0; km && g < n; g++) pf_km_clear(&km[g]);
    pf_free(km);
}

/* One curve a group. */
static pf_err curves(pf_ctx *ctx, const pf_stats_request *q, const pf_frame *f, pf_km **out)
{
    size_t n = groups(f);
    *out = pf_calloc(ctx, n, sizeof **out);
    if (!*out) return PF_ERR_NO_MEMORY;
    for (size_t g = 0; g < n; g++) {
        pf_km_options o = {q->conf, q->limits, f->group, (int)g};
        pf_err err = pf_km_fit(ctx, f->n, f->time, f->event, &o, &(*out)[g]);
        if (!err) continue;
        curves_free(*out, g + 1);
        *out = NULL;
        return err;
    }
    return PF_OK;
}

static const char *limits_name(pf_limits limits)
{
    return limits == PF_LIMITS_LOG ? "log" : limits == PF_LIMITS_PLAIN ? "plain" : "log-log";
}

static const double MEDIAN[] = {0.5};

static void km_json(const pf_stats_request *q, const pf_frame *f, const pf_km *km, pf_buf *out)
{
    const double *p = q->n_quantiles ? q->quantiles : MEDIAN;
    size_t n_p = q->n_quantiles ? q->n_quantiles : 1;
    pf_json_number(out, "conf", km->conf);
    pf_json_text(out, "limits", limits_name(q->limits));
    pf_json_open(out, "groups", '[');
    for (size_t g = 0; g < groups(f); g++) {
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "group", label(f, g));
        pf_json_integer(out, "n", (long long)km[g].n);
        pf_json_integer(out, "events", (long long)km[g].events);
        pf_json_open(out, "quantiles", '[');
        for (size_t i = 0; i < n_p; i++) {
            pf_estimate e = pf_km_quantile(&km[g], p[i]);
            pf_json_open(out, NULL, '{');
            pf_json_number(out, "fraction", p[i]);
            pf_json_estimate(out, "time", e);
            pf_json_close(out, '}');
        }
        pf_json_close(out, ']');
        pf_json_open(out, "times", '[');
        for (size_t i = 0; i < q->n_times; i++) {
            pf_json_open(out, NULL, '{');
            pf_json_number(out, "time", q->times[i]);
            pf_json_integer(out, "at_risk", (long long)pf_km_at_risk(&km[g], q->times[i]));
            pf_json_estimate(out, "survival", pf_km_at(&km[g], q->times[i]));
            pf_json_close(out, '}');
        }
        pf_json_close(out, ']');
        for (size_t c = 0; q->curve && c < 8; c++) {
            const char *name[] = {
                "time", "survival", "se", "lower", "upper", "at_risk", "died", "censored"};
            const pf_km *k = &km[g];
            const double *real[] = {k->time, k->survival, k->se, k->lower, k->upper};
            const size_t *count[] = {k->at_risk, k->died, k->censored};
            pf_json_open(out, name[c], '[');
            for (size_t i = 0; i < k->rows; i++)
                pf_json_number(out, NULL, c < 5 ? real[c][i] : (double)count[c - 5][i]);
            pf_json_close(out, ']');
        }
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
}

static void heads(pf_grid *g, const char *const *name, size_t n)
{
    for (size_t i = 0; i < n; i++) pf_grid_text(g, name[i]);
}

static void curve_text(const pf_km *k, const char *name, pf_buf *out)
{
    const char *head[] = {
        "time", "at risk", "events", "censored", "survival", "se", "lower", "upper"};
    pf_buf_printf(out, "\n%s\n", name);
    pf_grid g;
    pf_grid_init(&g, out, PF_COUNT(head));
    heads(&g, head, PF_COUNT(head));
    for (size_t i = 0; i < k->rows; i++) {
        pf_grid_number(&g, k->time[i], "-");
        pf_grid_count(&g, k->at_risk[i]);
        pf_grid_count(&g, k->died[i]);
        pf_grid_count(&g, k->censored[i]);
        pf_grid_number(&g, k->survival[i], "-");
        pf_grid_number(&g, k->se[i], "-");
        pf_grid_number(&g, k->lower[i], "-");
        pf_grid_number(&g, k->upper[i], "-");
    }
    pf_grid_end(&g);
}

static void km_text(const pf_stats_request *q, const pf_frame *f, const pf_km *km, pf_buf *out)
{
    const double *p = q->n_quantiles ? q->quantiles : MEDIAN;
    size_t n_p = q->n_quantiles ? q->n_quantiles : 1;
    const char *head[] = {"group", "n", "events", "fraction", "time", "lower", "upper"};
    pf_buf_printf(out, "Kaplan-Meier, %g %% limits (%s); NR = not reached\n\n", 100 * km->conf,
        limits_name(q->limits));
    pf_grid g;
    pf_grid_init(&g, out, PF_COUNT(head));
    heads(&g, head, PF_COUNT(head));
    for (size_t i = 0; i < groups(f) * n_p; i++) {
        const pf_km *k = &km[i / n_p];
        pf_estimate e = pf_km_quantile(k, p[i % n_p]);
        pf_grid_text(&g, label(f, i / n_p));
        pf_grid_count(&g, k->n);
        pf_grid_count(&g, k->events);
        pf_grid_number(&g, p[i % n_p], "-");
        pf_grid_number(&g, e.value, "NR");
        pf_grid_number(&g, e.lower, "NR");
        pf_grid_number(&g, e.upper, "NR");
    }
    pf_grid_end(&g);
    if (q->n_times) {
        const char *at[] = {"group", "time", "at risk", "survival", "se", "lower", "upper"};
        pf_buf_text(out, "\n");
        pf_grid_init(&g, out, PF_COUNT(at));
        heads(&g, at, PF_COUNT(at));
        for (size_t i = 0; i < groups(f) * q->n_times; i++) {
            const pf_km *k = &km[i / q->n_times];
            double t = q->times[i % q->n_times];
            pf_estimate e = pf_km_at(k, t);
            pf_grid_text(&g, label(f, i / q->n_times));
            pf_grid_number(&g, t, "-");
            pf_grid_count(&g, pf_km_at_risk(k, t));
            pf_grid_number(&g, e.value, "-");
            pf_grid_number(&g, e.se, "-");
            pf_grid_number(&g, e.lower, "-");
            pf_grid_number(&g, e.upper, "-");
        }
        pf_grid_end(&g);
    }
    for (size_t i = 0; q->curve && i < groups(f); i++) curve_text(&km[i], label(f, i), out);
}

pf_err pf_stats_km(pf_ctx *ctx, const pf_stats_request *q, const pf_frame *f, pf_buf *out)
{
    pf_km *km;
    PF_TRY(curves(ctx, q, f, &km));
    if (q->json)
        km_json(q, f, km, out);
    else
        km_text(q, f, km, out);
    curves_free(km, groups(f));
    return PF_OK;
}

pf_err pf_stats_logrank(pf_ctx *ctx, const pf_stats_request *q, const pf_frame *f, pf_buf *out)
{
    pf_logrank r;
    const char *head[] = {"group", "n", "observed", "expected"};
    pf_err err = pf_logrank_test(ctx, f->n, f->time, f->event, f->group, f->strata, &r);
    pf_grid grid;
    if (!err && q->json) {
        pf_json_number(out, "chi_square", r.chi_square);
        pf_json_integer(out, "df", (long long)r.df);
        pf_json_number(out, "p", r.p);
        pf_json_integer(out, "strata", (long long)r.strata);
        pf_json_open(out, "groups", '[');
    } else if (!err) {
        pf_buf_printf(out,
            r.strata > 1 ? "Log-rank test in %zu strata\n\n" : "Log-rank test\n\n", r.strata);
        pf_grid_init(&grid, out, PF_COUNT(head));
        heads(&grid, head, PF_COUNT(head));
    }
    for (size_t g = 0; !err && g < r.groups; g++) {
        if (q->json) {
            pf_json_open(out, NULL, '{');
            pf_json_text(out, "group", label(f, g));
            pf_json_integer(out, "n", (long long)r.n[g]);
            pf_json_number(out, "observed", r.observed[g]);
            pf_json_number(out, "expected", r.expected[g]);
            pf_json_close(out, '}');
        } else {
            pf_grid_text(&grid, label(f, g));
            pf_grid_count(&grid, r.n[g]);
            pf_grid_number(&grid, r.observed[g], "-");
            pf_grid_number(&grid, r.expected[g], "-");
        }
    }
    if (!err && q->json) {
        pf_json_close(out, ']');
    } else if (!err) {
        pf_grid_end(&grid);
        if (isnan(r.p))
            pf_buf_text(
                out, "\nThe data cannot tell: no event while two groups were at risk.\n");
        else
            pf_buf_printf(out, "\nchi-square %.4g, df %zu, p %.4g\n", r.chi_square, r.df, r.p);
    }
    pf_logrank_clear(&r);
    return err;
}

/* The largest tau at which every curve is known. */
static double widest_tau(const pf_km *km, size_t n)
{
    double tau = INFINITY, latest = 0;
    for (size_t g = 0; g < n; g++) {
        double last = km[g].time[km[g].rows - 1];
        latest = fmax(latest, last);
        if (km[g].survival[km[g].rows - 1] > 0) tau = fmin(tau, last);
    }
    return fmin(tau, latest);
}

static void contrast_write(
    int json, const char *name, const pf_estimate *e, double p, pf_buf *out)
{
    if (json) {
        pf_json_estimate(out, name, *e);
        return;
    }
    pf_buf_printf(
        out, "%s %.4g (%.4g to %.4g), p %.4g\n", name, e->value, e->lower, e->upper, p);
}

static void rmst_write(const pf_stats_request *q, const pf_frame *f, const pf_km *km,
    double tau, const pf_estimate *mean, pf_buf *out)
{
    size_t n = groups(f);
    if (q->json) {
        pf_json_number(out, "tau", tau);
        pf_json_number(out, "conf", km->conf);
        pf_json_open(out, "groups", '[');
        for (size_t g = 0; g < n; g++) {
            pf_json_open(out, NULL, '{');
            pf_json_text(out, "group", label(f, g));
            pf_json_integer(out, "n", (long long)km[g].n);
            pf_json_integer(out, "events", (long long)km[g].events);
            pf_json_estimate(out, "mean", mean[g]);
            pf_json_close(out, '}');
        }
        pf_json_close(out, ']');
        pf_json_open(out, "contrasts", '[');
    } else {
        const char *head[] = {"group", "n", "events", "mean", "se", "lower", "upper"};
        pf_buf_printf(out, "Restricted mean survival time up to %.6g, %g %% limits\n\n", tau,
            100 * km->conf);
        pf_grid g;
        pf_grid_init(&g, out, PF_COUNT(head));
        heads(&g, head, PF_COUNT(head));
        for (size_t i = 0; i < n; i++) {
            pf_grid_text(&g, label(f, i));
            pf_grid_count(&g, km[i].n);
            pf_grid_count(&g, km[i].events);
            pf_grid_number(&g, mean[i].value, "-");
            pf_grid_number(&g, mean[i].se, "-");
            pf_grid_number(&g, mean[i].lower, "-");
            pf_grid_number(&g, mean[i].upper, "-");
        }
        pf_grid_end(&g);
    }
    for (size_t g = 1; g < n; g++) {
        pf_rmst_contrast c;
        pf_rmst_compare(&mean[g], &mean[0], km->conf, &c);
        if (q->json) {
            pf_json_open(out, NULL, '{');
            pf_json_text(out, "group", label(f, g));
            pf_json_text(out, "against", label(f, 0));
        } else {
            pf_buf_printf(out, "\n%s against %s\n", label(f, g), label(f, 0));
        }
        contrast_write(q->json, "difference", &c.difference, c.p_difference, out);
        if (q->json) pf_json_number(out, "p_difference", c.p_difference);
        contrast_write(q->json, "ratio", &c.ratio, c.p_ratio, out);
        if (!q->json) continue;
        pf_json_number(out, "p_ratio", c.p_ratio);
        pf_json_close(out, '}');
    }
    if (q->json) pf_json_close(out, ']');
}

pf_err pf_stats_rmst(pf_ctx *ctx, const pf_stats_request *q, const pf_frame *f, pf_buf *out)
{
    pf_km *km;
    size_t n = groups(f);
    PF_TRY(curves(ctx, q, f, &km));
    double tau = q->tau > 0 ? q->tau : widest_tau(km, n);
    pf_estimate *mean = pf_calloc(ctx, n, sizeof *mean);
    pf_err err = mean ? PF_OK : PF_ERR_NO_MEMORY;
    for (size_t g = 0; !err && g < n; g++) {
        err = pf_rmst(ctx, &km[g], tau, &mean[g]);
        if (err && f->group) err = pf_fail_in(ctx, "group %s", label(f, g));
    }
    if (!err) rmst_write(q, f, km, tau, mean, out);
    pf_free(mean);
    curves_free(km, n);
    return err;
}
