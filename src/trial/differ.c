#include "trial/differ.h"

#include "trial/special.h"
#include "trial/spread.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double Z975 = 1.959963984540054, Z995 = 2.5758293035489004;

const char *pf_differ_text(pf_differ_how how)
{
    static const char *const text[] = {"means, paired", "means", "medians, paired", "medians"};
    return text[how];
}

/* ---- means ---- */

/* Student's t by the beta distribution: t^2 / (df + t^2) ~ B(1/2, df / 2). */
static double t_quantile(double df)
{
    double x = pf_beta_quantile(0.05, df / 2, 0.5, 0); /* df / (df + t^2) */
    return sqrt(df * (1 - x) / x);
}

static double t_two_sided(double t, double df)
{
    double lower, upper;
    pf_beta_tails(df / 2, 0.5, df / (df + t * t), &lower, &upper);
    return lower;
}

/* The differences are all the same: how often would relabelling take them as far apart? Pairs:
 * 2 of 2^n changes of sign. Two groups: 2 of the (na + nb choose na) ways to deal them out. */
static double relabelled(size_t pairs, size_t na, size_t nb)
{
    double ways = 1;
    for (size_t i = 0; i < pairs; i++) ways *= 2;
    for (size_t i = 1; i <= na && !pairs; i++) ways *= (double)(nb + i) / (double)i;
    return fmin(1, 2 / ways);
}

/* `size` of the values: spread below its rounding is none. */
static void judge_means(pf_gap *d, double size, double df, size_t pairs, size_t na, size_t nb)
{
    if (!(d->se > 1e-13 * size)) {
        d->se = 0;
        d->low = d->high = d->value;
        d->p = d->value == 0 ? 1 : relabelled(pairs, na, nb);
        return;
    }
    double t = t_quantile(df);
    d->low = d->value - t * d->se;
    d->high = d->value + t * d->se;
    d->p = t_two_sided(d->value / d->se, df);
}

static pf_gap nothing(pf_differ_how how)
{
    return (pf_gap){.how = how, .value = NAN, .se = NAN, .low = NAN, .high = NAN, .p = NAN};
}

void pf_differ_means(const double mean[2], const double sd[2], const double n[2], pf_gap *out)
{
    *out = nothing(PF_DIFFER_MEANS);
    out->n = (size_t)(n[0] + n[1]);
    out->value = mean[1] - mean[0];
    if (!(n[0] > 1) || !(n[1] > 1) || !isfinite(sd[0]) || !isfinite(sd[1])) return;
    double va = sd[0] * sd[0] / n[0], vb = sd[1] * sd[1] / n[1], v = va + vb;
    out->se = sqrt(v);
    double df = v * v / (va * va / (n[0] - 1) + vb * vb / (n[1] - 1));
    judge_means(out, fmax(fabs(mean[0]), fabs(mean[1])), df, 0, (size_t)n[0], (size_t)n[1]);
}

static void means_paired(pf_gap *d, const double *x, size_t n)
{
    double sum = 0, square = 0;
    for (size_t i = 0; i < n; i++) sum += x[i];
    d->n = n;
    if (!n) return;
    d->value = sum / (double)n;
    if (n < 2) return;
    for (size_t i = 0; i < n; i++) square += (x[i] - d->value) * (x[i] - d->value);
    d->se = sqrt(square / (double)(n - 1) / (double)n);
    judge_means(d, fabs(d->value), (double)(n - 1), n, 0, 0);
}

/* ---- medians ---- */

/* P(X <= k) of n fair coins. */
static double coins(size_t k, size_t n)
{
    double lower, upper;
    if (k >= n) return 1;
    pf_beta_tails((double)(k + 1), (double)(n - k), 0.5, &lower, &upper);
    return upper;
}

/* `x` ascending, without NaN. */
static void medians_paired(pf_gap *d, const double *x, size_t n)
{
    size_t below = 0, above = 0, k = 0;
    d->n = n;
    d->value = pf_quantile_sorted(x, n, 0.5);
    for (size_t i = 0; i < n; i++) {
        below += x[i] < 0;
        above += x[i] > 0;
    }
    if (n < 2) return;
    size_t least = below < above ? below : above;
    d->p = below + above ? fmin(1, 2 * coins(least, below + above)) : 1;
    while (coins(k, n) <= 0.025) k++; /* the largest k with P(X < k) <= 2.5 % */
    if (!k) return;
    d->low = x[k - 1];
    d->high = x[n - k];
}

/* `x` ascending. NaN when the ends of the interval do not exist or are not reached. */
static double median_se(const double *x, size_t n)
{
    double k = round(((double)n + 1) / 2 - Z995 * sqrt((double)n / 4));
    if (k < 1) return NAN;
    double width = x[n - (size_t)k] - x[(size_t)k - 1];
    return isfinite(width) ? width / (2 * Z995) : NAN;
}

static void medians(pf_gap *d, const double *a, size_t na, const double *b, size_t nb)
{
    d->n = na + nb;
    d->value = pf_quantile_sorted(b, nb, 0.5) - pf_quantile_sorted(a, na, 0.5);
    if (!isfinite(d->value)) return;
    double sa = median_se(a, na), sb = median_se(b, nb);
    d->se = sqrt(sa * sa + sb * sb);
    if (isnan(d->se)) return;
    d->low = d->value - Z975 * d->se;
    d->high = d->value + Z975 * d->se;
    d->p = d->se > 0       ? pf_normal_two_sided(d->value / d->se)
           : d->value == 0 ? 1
                           : relabelled(0, na, nb);
}

/* ---- both ---- */

/* Differences by replicate into `x`; how many exist. Both not reached: no difference. */
static size_t pairs(int means, const double *a, const double *b, size_t n, double *x)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(a[i]) || isnan(b[i])) continue;
        if (means && !(isfinite(a[i]) && isfinite(b[i]))) continue;
        x[m++] = a[i] == b[i] ? 0 : b[i] - a[i];
    }
    return m;
}

static size_t moments(const double *x, size_t n, double *mean, double *sd)
{
    double sum = 0, square = 0;
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(x[i])) sum += x[i], m++;
    *mean = m ? sum / (double)m : NAN;
    for (size_t i = 0; i < n; i++)
        if (isfinite(x[i])) square += (x[i] - *mean) * (x[i] - *mean);
    *sd = m > 1 ? sqrt(square / (double)(m - 1)) : NAN;
    return m;
}

pf_err pf_differ(pf_ctx *ctx, pf_differ_how how, const double *a, size_t na, const double *b,
    size_t nb, pf_gap *out)
{
    double mean[2], sd[2], n[2];
    *out = nothing(how);
    if (how == PF_DIFFER_MEANS) {
        n[0] = (double)moments(a, na, &mean[0], &sd[0]);
        n[1] = (double)moments(b, nb, &mean[1], &sd[1]);
        pf_differ_means(mean, sd, n, out);
        return PF_OK;
    }
    double *x = pf_calloc(ctx, na + nb, sizeof *x);
    if (!x) return PF_ERR_NO_MEMORY;
    if (how == PF_DIFFER_MEDIANS) {
        memcpy(x, a, na * sizeof *x);
        memcpy(x + na, b, nb * sizeof *x);
        size_t ma = pf_sort_numbers(x, na), mb = pf_sort_numbers(x + na, nb);
        medians(out, x, ma, x + na, mb);
    } else {
        int means = how == PF_DIFFER_MEANS_PAIRED;
        size_t m = pairs(means, a, b, na < nb ? na : nb, x);
        if (means)
            means_paired(out, x, m);
        else
            medians_paired(out, x, pf_sort_numbers(x, m));
    }
    pf_free(x);
    return PF_OK;
}

static int by_p(const void *a, const void *b)
{
    double x = **(double *const *)a, y = **(double *const *)b;
    return (x > y) - (x < y);
}

pf_err pf_holm(pf_ctx *ctx, double *p, size_t n)
{
    size_t m = 0;
    double least = 0, **order = pf_calloc(ctx, n, sizeof *order);
    if (!order) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        if (!isnan(p[i])) order[m++] = &p[i];
    qsort(order, m, sizeof *order, by_p);
    for (size_t i = 0; i < m; i++) {
        least = fmax(least, fmin(1, (double)(m - i) * *order[i]));
        *order[i] = least;
    }
    pf_free(order);
    return PF_OK;
}
