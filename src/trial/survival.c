#include "trial/survival.h"

#include "trial/order.h"
#include "trial/special.h"

#include <math.h>

static const double NEAR = 1.4901161193847656e-08; /* sqrt(eps), as quantile.survfit */

void pf_km_clear(pf_km *km)
{
    pf_free(km->time); /* one block for the real columns, one for the counts */
    pf_free(km->at_risk);
    *km = (pf_km){0};
}

static pf_err km_room(pf_ctx *ctx, pf_km *km, size_t rows)
{
    km->time = pf_calloc(ctx, rows, 6 * sizeof(double));
    km->at_risk = pf_calloc(ctx, rows, 3 * sizeof(size_t));
    if (!km->time || !km->at_risk) return PF_ERR_NO_MEMORY;
    km->survival = km->time + rows;
    km->se = km->survival + rows;
    km->lower = km->se + rows;
    km->upper = km->lower + rows;
    km->log_variance = km->upper + rows;
    km->died = km->at_risk + rows;
    km->censored = km->died + rows;
    return PF_OK;
}

/* The limits of S with Greenwood's sum v, as survfit_confint of R. */
static void limits(pf_limits scale, double z, double s, double v, double out[2])
{
    out[0] = out[1] = NAN;
    if (s <= 0) return;
    double half = z * sqrt(v);
    if (scale == PF_LIMITS_PLAIN) {
        out[0] = fmax(s - half * s, 0);
        out[1] = fmin(s + half * s, 1);
    } else if (scale == PF_LIMITS_LOG) {
        out[0] = exp(log(s) - half);
        out[1] = fmin(exp(log(s) + half), 1);
    } else if (s < 1) {
        double l = log(s), c = log(-l);
        out[0] = exp(-exp(c - half / l));
        out[1] = exp(-exp(c + half / l));
    }
}

/* Rows from the sorted times of the chosen patients. */
static void km_rows(
    pf_km *km, size_t n, const size_t *order, const double *time, const unsigned char *event)
{
    double s = 1, v = 0, z = pf_conf_z(km->conf);
    for (size_t i = 0; i < n;) {
        size_t row = km->rows++, dead = 0, j = i;
        for (; j < n && time[order[j]] == time[order[i]]; j++) dead += event[order[j]];
        double risk = (double)(n - i), d = (double)dead;
        s *= (risk - d) / risk;
        if (dead) v += d / (risk * (risk - d));
        double between[2];
        limits(km->limits, z, s, v, between);
        km->time[row] = time[order[i]];
        km->at_risk[row] = n - i;
        km->died[row] = dead;
        km->censored[row] = j - i - dead;
        km->events += dead;
        km->survival[row] = s;
        km->log_variance[row] = v;
        km->se[row] = s > 0 ? s * sqrt(v) : NAN;
        km->lower[row] = between[0];
        km->upper[row] = between[1];
        i = j;
    }
}

pf_err pf_km_fit(pf_ctx *ctx, size_t n, const double *time, const unsigned char *event,
    const pf_km_options *options, pf_km *out)
{
    *out = (pf_km){0};
    const pf_km_options standard = {0};
    if (!options) options = &standard;
    out->conf = options->conf;
    out->limits = options->limits;
    PF_TRY(pf_conf_check(ctx, &out->conf));
    PF_TRY(pf_survival_check(ctx, n, time, event));
    double *aligned = NULL;
    size_t *order = NULL, kept = 0;
    pf_err err = pf_times_align(ctx, n, time, &aligned);
    if (!err) err = pf_order(ctx, n, NULL, aligned, &order);
    for (size_t i = 0; !err && i < n; i++)
        if (!options->group || options->group[order[i]] == options->which)
            order[kept++] = order[i];
    if (!err && !kept)
        err = pf_fail(ctx, PF_ERR_RANGE, "group %d has no patients", options->which);
    size_t rows = 0;
    for (size_t i = 0; !err && i < kept; i++)
        rows += i == 0 || aligned[order[i]] != aligned[order[i - 1]];
    if (!err) err = km_room(ctx, out, rows);
    if (!err) {
        out->n = kept;
        km_rows(out, kept, order, aligned, event);
    }
    pf_free(order);
    pf_free(aligned);
    return err;
}

/* The curve as R's findq sees it: point 0 is (0, 0), point i is row i - 1 with height 1 -
 * curve. */
static double height(const double *curve, size_t i)
{
    return i ? 1 - curve[i - 1] : 0;
}

static double place(const pf_km *km, size_t i)
{
    return i ? km->time[i - 1] : 0;
}

static int same_height(const double *curve, size_t i, size_t j)
{
    double a = height(curve, i), b = height(curve, j);
    return a == b || (isnan(a) && isnan(b));
}

/* The point with the least height that is at least p - shift; the first of equals; -1 when none
 * is. */
static ptrdiff_t reach(const pf_km *km, const double *curve, double p, double shift)
{
    ptrdiff_t best = -1;
    for (size_t i = 0; i <= km->rows; i++) {
        double y = height(curve, i);
        if (!(y + shift >= p)) continue;
        if (best < 0 || y < height(curve, (size_t)best)) best = (ptrdiff_t)i;
    }
    return best;
}

/* The last point whose height no earlier point has. Nearly always found at once. */
static size_t last_step(const pf_km *km, const double *curve)
{
    for (size_t i = km->rows; i > 0; i--) {
        size_t j = i;
        while (j > 0 && !same_height(curve, i, j - 1)) j--;
        if (j == 0) return i;
    }
    return 0;
}

static double quantile(const pf_km *km, const double *curve, double p)
{
    if (p == 0) return 0;
    if (!(p >= NEAR)) return NAN;
    ptrdiff_t early = reach(km, curve, p, NEAR), late = reach(km, curve, p, -NEAR);
    double end = height(curve, last_step(km, curve));
    if (early >= 0 && fabs(p - end) < NEAR) /* flat at this height until the end of the data */
        return (place(km, (size_t)early) + km->time[km->rows - 1]) / 2;
    if (early < 0 || late < 0) return NAN;
    return (place(km, (size_t)early) + place(km, (size_t)late)) / 2;
}

pf_estimate pf_km_quantile(const pf_km *km, double p)
{
    if (!km->rows || !(p >= 0 && p <= 1)) return (pf_estimate){NAN, NAN, NAN, NAN};
    return (pf_estimate){quantile(km, km->survival, p), NAN, quantile(km, km->lower, p),
        quantile(km, km->upper, p)};
}

/* How many rows have a time below t, or at t as well. */
static size_t rows_until(const pf_km *km, double t, int including)
{
    size_t low = 0, high = km->rows;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (km->time[mid] < t || (including && km->time[mid] == t))
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

pf_estimate pf_km_at(const pf_km *km, double t)
{
    if (!km->rows || !(t >= 0)) return (pf_estimate){NAN, NAN, NAN, NAN};
    size_t last = km->rows - 1, row = rows_until(km, t, 1);
    if (t > km->time[last] && km->survival[last] > 0) return (pf_estimate){NAN, NAN, NAN, NAN};
    if (row == 0) return (pf_estimate){1, 0, 1, 1};
    row--;
    return (pf_estimate){km->survival[row], km->se[row], km->lower[row], km->upper[row]};
}

size_t pf_km_at_risk(const pf_km *km, double t)
{
    size_t row = rows_until(km, t, 0);
    return row < km->rows ? km->at_risk[row] : 0;
}

pf_err pf_rmst(pf_ctx *ctx, const pf_km *km, double tau, pf_estimate *out)
{
    *out = (pf_estimate){NAN, NAN, NAN, NAN};
    if (!km->rows) return pf_fail(ctx, PF_ERR_RANGE, "there is no curve to take a mean of");
    if (!isfinite(tau) || tau <= 0)
        return pf_fail(ctx, PF_ERR_RANGE, "tau is %g; it must be above 0", tau);
    size_t last = km->rows - 1, keep = rows_until(km, tau, 1);
    if (tau > km->time[last] && km->survival[last] > 0)
        return pf_fail(ctx, PF_ERR_RANGE,
            "tau %g is behind the last time %g, where %.3g of the patients are still without "
            "an event",
            tau, km->time[last], km->survival[last]);
    /* From tau backwards: area between t and tau, and its share of the variance. */
    double area = 0, variance = 0, right = tau;
    for (size_t i = keep; i-- > 0; right = km->time[i]) {
        area += (right - km->time[i]) * km->survival[i];
        double n = (double)km->at_risk[i], d = (double)km->died[i];
        if (d > 0 && n > d) variance += area * area * d / (n * (n - d));
    }
    area += keep ? km->time[0] : tau;
    double half = pf_conf_z(km->conf) * sqrt(variance);
    *out = (pf_estimate){area, sqrt(variance), area - half, area + half};
    return PF_OK;
}

void pf_rmst_compare(
    const pf_estimate *a, const pf_estimate *b, double conf, pf_rmst_contrast *out)
{
    double z = pf_conf_z(conf), va = a->se * a->se, vb = b->se * b->se;
    double d = a->value - b->value, se = sqrt(va + vb);
    out->difference = (pf_estimate){d, se, d - z * se, d + z * se};
    out->p_difference = pf_normal_two_sided(d / se);
    double r = log(a->value / b->value);
    double rse = sqrt(va / (a->value * a->value) + vb / (b->value * b->value));
    out->ratio = (pf_estimate){exp(r), rse, exp(r - z * rse), exp(r + z * rse)};
    out->p_ratio = pf_normal_two_sided(r / rse);
}
