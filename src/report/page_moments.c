/* Mean and standard deviation of what a variable is drawn from (patient/population.c: F^-1 of
 * the cut distribution).
 *
 * Normal cut to [a, b] (standardised): Johnson, Kotz, Balakrishnan, Continuous Univariate
 * Distributions 1, 1994, 13.10.1. Lognormal with log-scale m, s cut to [low, high]:
 * E X^k = exp(k m + k^2 s^2 / 2) (P(b - k s) - P(a - k s)) / (P(b) - P(a)). */
#include "report/page_parts.h"

#include <math.h>

/* P(a < Z < b), each tail from its own end so that nothing cancels. */
static double between(double a, double b)
{
    if (a > 0) return between(-b, -a);
    return pf_normal_cdf(b) - pf_normal_cdf(a);
}

static double density(double x)
{
    return isinf(x) ? 0 : exp(-0.5 * x * x) / sqrt(2 * 3.14159265358979323846);
}

/* The closed forms lose their digits where next to nothing is left of the distribution. */
static int is_sound(double mean, double var, double low, double high, double held)
{
    return held > 1e-6 && isfinite(mean) && var > 0 && mean >= low && mean <= high;
}

static void normal(const pf_variable *v, double *mean, double *var)
{
    double a = (v->low - v->centre) / v->spread, b = (v->high - v->centre) / v->spread;
    double held = between(a, b), fa = density(a), fb = density(b);
    double shift = (fa - fb) / held;
    double bend = ((isinf(a) ? 0 : a * fa) - (isinf(b) ? 0 : b * fb)) / held;
    double m = v->centre + v->spread * shift;
    double s2 = v->spread * v->spread * (1 + bend - shift * shift);
    if (!is_sound(m, s2, v->low, v->high, held)) return;
    *mean = m;
    *var = s2;
}

static void lognormal(const pf_variable *v, double *mean, double *var)
{
    double m = log(v->centre), s = v->spread;
    double a = v->low > 0 ? (log(v->low) - m) / s : -INFINITY, b = (log(v->high) - m) / s;
    double held = between(a, b);
    double m1 = exp(m + s * s / 2) * between(a - s, b - s) / held;
    double m2 = exp(2 * m + 2 * s * s) * between(a - 2 * s, b - 2 * s) / held;
    double s2 = m2 - m1 * m1;
    if (!is_sound(m1, s2, v->low, v->high, held) || s2 < 1e-10 * m2) return;
    *mean = m1;
    *var = s2;
}

static void discrete(const pf_variable *v, double *mean, double *var)
{
    double total = 0, sum = 0, square = 0;
    for (size_t i = 0; i < v->n_values; i++) {
        total += v->weight[i];
        sum += v->weight[i] * v->value[i];
    }
    for (size_t i = 0; i < v->n_values; i++) {
        double d = v->value[i] - sum / total;
        square += v->weight[i] * d * d;
    }
    *mean = sum / total;
    *var = square / total;
}

static void loguniform(const pf_variable *v, double *mean, double *var)
{
    double a = v->low, b = v->high, l = log(b / a);
    *mean = l > 0 ? (b - a) / l : a;
    *var = l > 0 ? fmax(0, (b - a) * (b + a) / (2 * l) - *mean * *mean) : 0;
}

void pf_page_moments(const pf_variable *v, double *mean, double *sd)
{
    double var = NAN;
    *mean = NAN;
    int fixed = v->kind == PF_DIST_CONSTANT;
    if (v->kind == PF_DIST_NORMAL || v->kind == PF_DIST_LOGNORMAL ||
        v->kind == PF_DIST_LOGITNORMAL)
        fixed = v->spread <= 0;
    if (fixed) {
        *mean = v->centre;
        var = 0;
    } else if (v->kind == PF_DIST_NORMAL) {
        normal(v, mean, &var);
    } else if (v->kind == PF_DIST_LOGNORMAL) {
        lognormal(v, mean, &var);
    } else if (v->kind == PF_DIST_UNIFORM) {
        *mean = (v->low + v->high) / 2;
        var = (v->high - v->low) * (v->high - v->low) / 12;
    } else if (v->kind == PF_DIST_LOGUNIFORM) {
        loguniform(v, mean, &var);
    } else if (v->kind == PF_DIST_DISCRETE && v->n_values) {
        discrete(v, mean, &var);
    }
    *sd = sqrt(var);
}
