#include "trial/spread.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    if (isnan(x) || isnan(y)) return isnan(x) - isnan(y);
    return x < y ? -1 : x > y;
}

size_t pf_sort_numbers(double *x, size_t n)
{
    if (n) qsort(x, n, sizeof *x, ascending);
    while (n && isnan(x[n - 1])) n--;
    return n;
}

double pf_quantile_sorted(const double *x, size_t n, double p)
{
    if (!n) return NAN;
    double at = p * (double)(n - 1);
    size_t i = (size_t)at;
    double part = at - (double)i;
    if (part <= 0 || i + 1 >= n) return x[i];
    if (isinf(x[i]))
        return part < 0.5 ? x[i] : x[i + 1]; /* -infinity is left when it is near */
    if (isinf(x[i + 1])) return x[i + 1];    /* infinity less infinity would be no number */
    return x[i] + part * (x[i + 1] - x[i]);
}

pf_err pf_spread_fit(pf_ctx *ctx, const double *x, size_t n, pf_spread *out)
{
    *out = (pf_spread){.n = n, .mean = NAN, .sd = NAN};
    double *sorted = pf_calloc(ctx, n, sizeof *sorted), sum = 0, square = 0;
    if (!sorted) return PF_ERR_NO_MEMORY;
    if (n) memcpy(sorted, x, n * sizeof *x);
    out->defined = pf_sort_numbers(sorted, n);
    const double *finite = sorted; /* between those at -infinity and those at infinity */
    while (finite < sorted + out->defined && isinf(*finite) && *finite < 0) finite++;
    while (finite + out->reached < sorted + out->defined && isfinite(finite[out->reached]))
        out->reached++;
    for (size_t i = 0; i < out->reached; i++) sum += finite[i];
    if (out->reached) out->mean = sum / (double)out->reached;
    for (size_t i = 0; i < out->reached; i++)
        square += (finite[i] - out->mean) * (finite[i] - out->mean);
    if (out->reached > 1) out->sd = sqrt(square / (double)(out->reached - 1));
    int spread = out->defined > 1;
    out->q025 = spread ? pf_quantile_sorted(sorted, out->defined, 0.025) : NAN;
    out->median = pf_quantile_sorted(sorted, out->defined, 0.5);
    out->q975 = spread ? pf_quantile_sorted(sorted, out->defined, 0.975) : NAN;
    pf_free(sorted);
    return PF_OK;
}

double pf_percentile_of(const double *x, size_t n, double value)
{
    double below = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i])) continue;
        all++;
        below += x[i] < value ? 1 : x[i] == value ? 0.5 : 0;
    }
    return all > 0 ? 100 * below / all : NAN;
}

/* ---- rank correlation ---- */

typedef struct {
    double value;
    size_t index;
} ranked;

static int by_value(const void *a, const void *b)
{
    return ascending(&((const ranked *)a)->value, &((const ranked *)b)->value);
}

/* Mid-ranks of the `n` values in `r`, by their index. */
static void rank(ranked *r, size_t n, double *out)
{
    qsort(r, n, sizeof *r, by_value);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && r[end].value == r[i].value;) end++;
        for (size_t k = i; k < end; k++) out[r[k].index] = (double)(i + end - 1) / 2;
    }
}

static double correlation(const double *a, const double *b, size_t n)
{
    double middle = (double)(n - 1) / 2, ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < n; i++) {
        ab += (a[i] - middle) * (b[i] - middle);
        aa += (a[i] - middle) * (a[i] - middle);
        bb += (b[i] - middle) * (b[i] - middle);
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : NAN;
}

pf_err pf_rank_correlation(pf_ctx *ctx, const double *a, const double *b, size_t n, double *out)
{
    ranked *r = pf_calloc(ctx, 2 * n, sizeof *r);
    double *at = pf_calloc(ctx, 2 * n, sizeof *at);
    pf_err err = r && at ? PF_OK : PF_ERR_NO_MEMORY;
    size_t m = 0;
    *out = NAN;
    for (size_t i = 0; i < n && !err; i++) {
        if (isnan(a[i]) || isnan(b[i])) continue;
        r[m] = (ranked){a[i], m};
        r[n + m] = (ranked){b[i], m};
        m++;
    }
    if (!err && m >= 3) {
        rank(r, m, at);
        rank(r + n, m, at + n);
        *out = correlation(at, at + n, m);
    }
    pf_free(at);
    pf_free(r);
    return err;
}
