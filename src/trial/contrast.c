#include "trial/contrast.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

int pf_contrast_nth(const pf_study *s, size_t nth, pf_contrast *out)
{
    int paired = s->allocation.method == PF_ALLOCATE_PAIRED;
    for (size_t a = 0; a < s->n_arm; a++) {
        size_t against = pf_arm_reference(s, a);
        if (against == a || !(paired || s->arm[a].n_without) || nth-- > 0) continue;
        *out = (pf_contrast){a, against, paired};
        return 1;
    }
    return 0;
}

int pf_contrast_shows(const pf_summary *s, const pf_contrast *c, size_t i)
{
    static const int shown[] = {PF_ENDPOINT_ORR, PF_ENDPOINT_CR, PF_ENDPOINT_PFS,
        PF_ENDPOINT_OS, PF_ENDPOINT_PFS_AT, PF_ENDPOINT_OS_AT, PF_ENDPOINT_CMAX,
        PF_MEASURE_AUC28};
    pf_measure m = s->measure[i];
    int is = m.kind >= PF_ENDPOINT_DCR_AT && m.kind < PF_ENDPOINT_COUNT;
    for (size_t k = 0; k < PF_COUNT(shown); k++) is |= m.kind == shown[k];
    if (!is || m.arm != c->arm || pf_measure_is_comparison(&m)) return 0;
    m.arm = c->against;
    return pf_summary_find(s, &m) < s->n_measure;
}

static double centre(const pf_spread *v)
{
    return v->reached < v->defined ? v->median : v->mean;
}

static int is_time(const pf_measure *m)
{
    pf_form form = pf_measure_form(m);
    return form == PF_FORM_TIME || form == PF_FORM_DAYS;
}

/* Infinite differences stand at the ends. */
static void compare(const double *a, const double *b, size_t n, double *x, pf_difference *out)
{
    int time = is_time(&out->measure);
    int level = PF_ENDPOINT_KIND[out->measure.kind].form == PF_FORM_LEVEL;
    for (size_t r = 0; r < n; r++) {
        double least = time ? PF_SAME_DAYS : level ? PF_SAME_LEVEL * fabs(b[r]) : 0;
        x[r] = a[r] - b[r];
        if (isnan(x[r])) continue;
        out->all++;
        out->higher += x[r] > least;
        out->lower += x[r] < -least;
    }
}

pf_err pf_contrast_fit(
    pf_ctx *ctx, const pf_summary *s, const pf_contrast *c, size_t i, pf_difference *out)
{
    size_t n = s->n_replicate;
    pf_spread of;
    *out = (pf_difference){.measure = s->measure[i]};
    double *x = pf_calloc(ctx, 3 * n + 1, sizeof *x), *a = x + n, *b = x + 2 * n;
    if (!x) return PF_ERR_NO_MEMORY;
    pf_measure other = s->measure[i];
    other.arm = c->against;
    pf_summary_column(s, i, a);
    pf_summary_column(s, pf_summary_find(s, &other), b);
    pf_err err = pf_spread_fit(ctx, a, n, &of);
    out->value = centre(&of);
    if (!err) err = pf_spread_fit(ctx, b, n, &of);
    out->other = centre(&of);
    compare(a, b, n, x, out);
    if (!err) err = pf_spread_fit(ctx, x, n, &out->spread);
    pf_free(x);
    return err;
}

const char *pf_contrast_direction(const pf_difference *d, double *share)
{
    double none = d->all - d->higher - d->lower, most = fmax(none, fmax(d->higher, d->lower));
    *share = d->all > 0 ? most / d->all : NAN;
    if (most == none) return "no different";
    return most == d->higher ? "higher" : "lower";
}

const char *pf_contrast_reached(const pf_difference *d)
{
    if (isinf(d->value)) return isinf(d->other) ? "neither" : "against";
    return isinf(d->other) ? "arm" : "both";
}

/* ---- summary.json ---- */

static void difference_json(const pf_summary *s, const pf_difference *d, pf_buf *out)
{
    double share;
    const char *direction = pf_contrast_direction(d, &share);
    pf_json_open(out, NULL, '{');
    pf_summary_name_json(s, &d->measure, out);
    pf_json_number(out, "arm_value", d->value);
    pf_json_number(out, "against_value", d->other);
    pf_json_number(out, "mean", d->spread.mean);
    pf_json_number(out, "q025", d->spread.q025);
    pf_json_number(out, "median", d->spread.median);
    pf_json_number(out, "q975", d->spread.q975);
    pf_json_integer(out, "replicates_defined", (long long)d->spread.defined);
    pf_json_integer(out, "replicates_reached", (long long)d->spread.reached);
    if (is_time(&d->measure)) pf_json_text(out, "reached_by", pf_contrast_reached(d));
    pf_json_text(out, "direction", d->all > 0 ? direction : "undefined");
    pf_json_number(out, "share_same_direction", share);
    pf_json_close(out, '}');
}

pf_err pf_contrast_json(pf_ctx *ctx, const pf_summary *s, pf_buf *out)
{
    pf_contrast c;
    if (!pf_contrast_nth(s->study, 0, &c)) return PF_OK;
    pf_json_open(out, "contrasts", '[');
    for (size_t nth = 0; pf_contrast_nth(s->study, nth, &c); nth++) {
        const pf_arm *arm = &s->study->arm[c.arm];
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "arm", arm->name);
        pf_json_text(out, "against", s->study->arm[c.against].name);
        pf_json_bool(out, "same_people", c.same_people);
        pf_json_open(out, "without", '[');
        for (size_t i = 0; i < arm->n_without; i++) pf_json_text(out, NULL, arm->without[i]);
        pf_json_close(out, ']');
        pf_json_open(out, "differences", '[');
        for (size_t i = 0; i < s->n_measure; i++) {
            pf_difference d;
            if (!pf_contrast_shows(s, &c, i)) continue;
            PF_TRY(pf_contrast_fit(ctx, s, &c, i, &d));
            difference_json(s, &d, out);
        }
        pf_json_close(out, ']');
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
    return PF_OK;
}

/* ---- text ---- */

/* Points of a percentage, or months, with their sign. */
static void print_difference(char *text, size_t size, int share, double x, int bare)
{
    double y = share ? 100 * x : x / PF_MONTH_DAYS;
    if (isnan(x))
        snprintf(text, size, "none");
    else if (isinf(x))
        snprintf(text, size, x > 0 ? "beyond reach" : "no longer reached");
    else
        snprintf(text, size, "%+.*f%s", fabs(y) < 0.1 ? 2 : 1, fabs(y) < 0.005 ? 0.0 : y,
            bare    ? ""
            : share ? " points"
                    : " months");
}

static void line(const pf_study *s, const pf_difference *d, pf_buf *out)
{
    char middle[64], low[64], high[64], name[64];
    double same, x = centre(&d->spread);
    int share = pf_measure_is_share(&d->measure);
    const char *direction = pf_contrast_direction(d, &same);
    print_difference(middle, sizeof middle, share, x, 0);
    print_difference(low, sizeof low, share, d->spread.q025, 1);
    print_difference(high, sizeof high, share, d->spread.q975, 1);
    pf_measure_key(s, &d->measure, name, sizeof name);
    pf_buf_printf(out, "  %-8s", name);
    if (isinf(d->value) && isinf(d->other)) {
        pf_buf_text(out, " the median is not reached in either arm\n");
        return;
    }
    if (!d->spread.defined) {
        pf_buf_text(out, " in no replicate\n");
        return;
    }
    pf_buf_printf(out, " %s", middle);
    if (d->spread.defined > 1)
        pf_buf_printf(
            out, " [%s, %s], %s in %.0f %% of replicates", low, high, direction, 100 * same);
    pf_buf_text(out, "\n");
}

pf_err pf_contrast_text(pf_ctx *ctx, const pf_summary *s, pf_buf *out)
{
    pf_contrast c;
    for (size_t nth = 0; pf_contrast_nth(s->study, nth, &c); nth++) {
        pf_buf_printf(out, "%s less %s%s:\n", s->study->arm[c.arm].name,
            s->study->arm[c.against].name, c.same_people ? ", the same people" : "");
        for (size_t i = 0; i < s->n_measure; i++) {
            pf_difference d;
            int kind = s->measure[i].kind;
            if (kind != PF_ENDPOINT_ORR && kind != PF_ENDPOINT_PFS && kind != PF_ENDPOINT_OS)
                continue;
            if (!pf_contrast_shows(s, &c, i)) continue;
            PF_TRY(pf_contrast_fit(ctx, s, &c, i, &d));
            line(s->study, &d, out);
        }
    }
    return PF_OK;
}
