#include "trial/proportion.h"

#include "trial/order.h"
#include "trial/special.h"

#include <math.h>

static const int64_t MOST = 1000000000000;

pf_err pf_proportion_interval(
    pf_ctx *ctx, int64_t x, int64_t n, double conf, pf_proportion *out)
{
    *out = (pf_proportion){x, n, conf, NAN, NAN, NAN, NAN, NAN};
    PF_TRY(pf_conf_check(ctx, &out->conf));
    if (n < 1 || n > MOST || x < 0 || x > n)
        return pf_fail(ctx, PF_ERR_RANGE,
            "%lld of %lld is no proportion: the first must lie between 0 and the second, which "
            "is 1 to 1e12",
            (long long)x, (long long)n);
    double dx = (double)x, dn = (double)n, tail = (1 - out->conf) / 2;
    double z = pf_conf_z(out->conf), z2 = z * z;
    out->value = dx / dn;
    out->lower = x == 0 ? 0 : pf_beta_quantile(tail, dx, dn - dx + 1, 0);
    out->upper = x == n ? 1 : pf_beta_quantile(tail, dx + 1, dn - dx, 1);
    double middle = (dx + z2 / 2) / (dn + z2);
    double half = z / (dn + z2) * sqrt(dx * (dn - dx) / dn + z2 / 4);
    out->wilson_lower = x == 0 ? 0 : middle - half;
    out->wilson_upper = x == n ? 1 : middle + half;
    return PF_OK;
}

/* x of k drawn are white; m white and n black there are; the support is low..high. */
typedef struct {
    double m, n, k, x, low, high;
} margins;

/* The odds of x + 1 against x when the odds ratio is 1. */
static double up(const margins *t, double x)
{
    return (t->m - x) / (x + 1) * ((t->k - x) / (t->n - t->k + x + 1));
}

static double mode(const margins *t, double odds)
{
    double unit = fmax(1, odds), o = odds / unit; /* keeps the squares in range */
    double a = o - 1 / unit, b = (t->m + t->k + 2) * o + (t->n - t->k) / unit;
    double c = o * (t->m + 1) * (t->k + 1);
    double at = floor(2 * c / (b + sqrt(fmax(0, b * b - 4 * a * c))));
    return fmin(fmax(at, t->low), t->high);
}

/* The sum of d(y), d(y + s), ... relative to d(y), s = 1 or -1, until the terms no longer
 * count. Terms must fall. `end` is the last y of the support in that direction. */
static double run(const margins *t, double y, double end, int s)
{
    double sum = 1, term = 1;
    for (; y != end && term > 1e-20 * sum; y += s) {
        term *= s > 0 ? up(t, y) : 1 / up(t, y - 1);
        sum += term;
    }
    return sum;
}

/* The outermost part of one side of the support whose tables are no more probable than `limit`:
 * the y nearest to the mode, by bisection, or NaN when there is none. */
static double boundary(const margins *t, double limit, double peak, int s)
{
    double outer = s > 0 ? t->high : t->low, inner = peak;
    if (pf_hypergeometric_log(outer, t->m, t->n, t->k) > limit) return NAN;
    if (pf_hypergeometric_log(inner, t->m, t->n, t->k) <= limit) return inner;
    while (fabs(outer - inner) > 1) {
        double mid = floor((outer + inner) / 2);
        if (pf_hypergeometric_log(mid, t->m, t->n, t->k) <= limit)
            outer = mid;
        else
            inner = mid;
    }
    return outer;
}

static double side(const margins *t, double y, int s)
{
    return exp(pf_hypergeometric_log(y, t->m, t->n, t->k)) *
           run(t, y, s > 0 ? t->high : t->low, s);
}

static double two_sided(const margins *t)
{
    double limit = pf_hypergeometric_log(t->x, t->m, t->n, t->k) + log1p(1e-7);
    double peak = mode(t, 1);
    double left = boundary(t, limit, peak, -1), right = boundary(t, limit, peak, 1);
    if (left == peak || right == peak) return 1;
    double p = (isnan(left) ? 0 : side(t, left, -1)) + (isnan(right) ? 0 : side(t, right, 1));
    return fmin(p, 1);
}

/* P(X <= x), from the smaller tail. */
static void one_sided(const margins *t, pf_fisher *out)
{
    if (t->x <= mode(t, 1)) {
        out->p_less = fmin(1, side(t, t->x, -1));
        out->p_greater = t->x > t->low ? 1 - side(t, t->x - 1, -1) : 1;
    } else {
        out->p_greater = fmin(1, side(t, t->x, 1));
        out->p_less = t->x < t->high ? 1 - side(t, t->x + 1, 1) : 1;
    }
}

/* Sums over the noncentral distribution, terms relative to its mode. */
typedef struct {
    double all, mean; /* total weight; mean of y - x */
    double part, part_mean;
    double square;
} moments;

enum { BOTH = 0, UPPER = 1, LOWER = -1 };

static void add(moments *s, double weight, double offset, int which)
{
    s->all += weight;
    s->mean += weight * offset;
    s->square += weight * offset * offset;
    if (which * offset < 0) return;
    s->part += weight;
    s->part_mean += weight * offset;
}

/* which: the part is y >= x (UPPER) or y <= x (LOWER). */
static moments noncentral(const margins *t, double log_odds, int which)
{
    double odds = exp(log_odds), peak = mode(t, odds), weight = 1;
    moments s = {0};
    for (double y = peak;; y++) {
        add(&s, weight, y - t->x, which);
        if (y >= t->high || weight < 1e-22 * s.all) break;
        weight *= up(t, y) * odds;
    }
    weight = 1;
    for (double y = peak; y > t->low && weight > 1e-22 * s.all;) {
        weight /= up(t, --y) * odds;
        add(&s, weight, y - t->x, which);
    }
    s.mean /= s.all;
    s.square = s.square / s.all - s.mean * s.mean;
    if (s.part > 0) s.part_mean /= s.part;
    s.part /= s.all;
    return s;
}

/* The log odds ratio with mean x (BOTH), or at which the tail on side `which` is `tail`: Newton
 * inside a bracket. The log of a tail is concave in the log odds ratio. */
static double solve(const margins *t, int which, double tail)
{
    double low = -690, high = 690;
    double v = log((t->x + 0.5) / (t->k - t->x + 0.5)) -
               log((t->m - t->x + 0.5) / (t->n - t->k + t->x + 0.5));
    for (int i = 0; i < 400; i++) {
        moments s = noncentral(t, v, which);
        double miss = which == BOTH ? s.mean : log(s.part / tail);
        double slope = which == BOTH ? s.square : s.part_mean - s.mean;
        if (which == LOWER ? miss > 0 : miss < 0)
            low = v;
        else
            high = v;
        double step = -miss / slope, next = v + step;
        if (fabs(step) <=
            1e-10 * (1 + fabs(v))) { /* Newton squares the error: this is the end */
            v = next;
            break;
        }
        v = next > low && next < high ? next : 0.5 * (low + high);
    }
    return exp(v);
}

/* The counts as R has them: the first column holds the white balls, the first row is drawn. */
static pf_err read_table(pf_ctx *ctx, const int64_t table[4], margins *t)
{
    int64_t sum = 0;
    for (int i = 0; i < 4; i++) {
        if (table[i] < 0 || table[i] > MOST)
            return pf_fail(
                ctx, PF_ERR_RANGE, "count %lld is not between 0 and 1e12", (long long)table[i]);
        sum += table[i];
    }
    if (sum < 1 || sum > MOST)
        return pf_fail(ctx, PF_ERR_RANGE, "the four counts sum to %lld; 1 to 1e12 is needed",
            (long long)sum);
    double a = (double)table[0], b = (double)table[1], c = (double)table[2],
           d = (double)table[3];
    *t = (margins){.m = a + c, .n = b + d, .k = a + b, .x = a};
    t->low = fmax(0, t->k - t->n);
    t->high = fmin(t->k, t->m);
    return PF_OK;
}

pf_err pf_fisher_p(pf_ctx *ctx, const int64_t table[4], double *p)
{
    margins t;
    PF_TRY(read_table(ctx, table, &t));
    /* One table only: the margins say everything. */
    *p = t.low == t.high ? 1 : two_sided(&t);
    return PF_OK;
}

pf_err pf_fisher_test(pf_ctx *ctx, const int64_t table[4], double conf, pf_fisher *out)
{
    margins t;
    *out = (pf_fisher){NAN, NAN, NAN, NAN, NAN, NAN, conf};
    PF_TRY(pf_conf_check(ctx, &out->conf));
    PF_TRY(read_table(ctx, table, &t));
    if (t.low == t.high) {
        out->p = out->p_less = out->p_greater = 1;
        return PF_OK;
    }
    double tail = (1 - out->conf) / 2;
    out->p = two_sided(&t);
    one_sided(&t, out);
    out->odds_ratio = t.x == t.low ? 0 : t.x == t.high ? INFINITY : solve(&t, BOTH, 0);
    out->lower = t.x == t.low ? 0 : solve(&t, UPPER, tail);
    out->upper = t.x == t.high ? INFINITY : solve(&t, LOWER, tail);
    return PF_OK;
}
