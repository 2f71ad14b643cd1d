#include "trial/special.h"

#include "base/base.h"

#include <float.h>
#include <math.h>

static const double TWO_PI = 6.283185307179586476925;
static const double LOG_TWO_PI = 1.837877066409345483561;
static const double TINY = 1e-300;
enum { MANY = 2000000 }; /* terms; about the square root of the largest parameter is needed */

double pf_stirling_remainder(double z)
{
    if (z < 16) {
        int sign;
        return lgamma_r(z + 1, &sign) - (z + 0.5) * log(z) + z - 0.5 * LOG_TWO_PI;
    }
    /* B_2k / (2k (2k-1) z^(2k-1)), DLMF 5.11.1 */
    const double c[] = {
        1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156};
    double w = 1 / (z * z), sum = 0;
    for (int i = (int)PF_COUNT(c) - 1; i >= 0; i--) sum = sum * w + c[i];
    return sum / z;
}

double pf_deviance(double x, double m)
{
    if (x == 0) return m;
    double v = (x - m) / (x + m);
    if (fabs(v) > 0.1) return x * log(x / m) + m - x;
    /* x log(x/m) = 2 x atanh(v); the terms of first order cancel against m - x */
    double sum = 0, power = v * v * v;
    for (int j = 3;; j += 2) {
        double next = sum + power / j;
        if (next == sum) break;
        sum = next;
        power *= v * v;
    }
    return (x - m) * v + 2 * x * sum;
}

/* x successes and y failures */
static double binomial_log(double x, double y, double p, double q)
{
    double n = x + y;
    if (p <= 0) return x == 0 ? 0 : -INFINITY;
    if (q <= 0) return y == 0 ? 0 : -INFINITY;
    if (x == 0) return n == 0 ? 0 : n * (q < 0.5 ? log(q) : log1p(-p));
    if (y == 0) return n * (p < 0.5 ? log(p) : log1p(-q));
    double c = pf_stirling_remainder(n) - pf_stirling_remainder(x) - pf_stirling_remainder(y);
    c -= pf_deviance(x, n * p) + pf_deviance(y, n * q);
    return c - 0.5 * log(TWO_PI * x * (y / n));
}

double pf_binomial_log(double x, double n, double p, double q)
{
    return binomial_log(x, n - x, p, q);
}

double pf_hypergeometric_log(double x, double m, double n, double k)
{
    if (k == 0 || k == m + n) return 0;
    double p = k / (m + n), q = (m + n - k) / (m + n);
    return pf_binomial_log(x, m, p, q) + pf_binomial_log(k - x, n, p, q) -
           pf_binomial_log(k, m + n, p, q);
}

/* x^a (1-x)^b / B(a, b) */
static double beta_front(double a, double b, double x, double y)
{
    return a * (b / (a + b)) * exp(binomial_log(a, b, x, y));
}

static double keep_off_zero(double v)
{
    return fabs(v) < TINY ? TINY : v;
}

/* The continued fraction of I_x(a, b) without its front; quick for x < (a+1)/(a+b+2). */
static double beta_fraction(double a, double b, double x)
{
    double c = 1, d = 1 / keep_off_zero(1 - (a + b) * x / (a + 1)), h = d;
    for (int m = 1; m < MANY; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / keep_off_zero(1 + even * d);
        c = keep_off_zero(1 + even / c);
        h *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / keep_off_zero(1 + odd * d);
        c = keep_off_zero(1 + odd / c);
        h *= d * c;
        if (fabs(d * c - 1) < DBL_EPSILON) break;
    }
    return h;
}

static void beta_tails(double a, double b, double x, double y, double tails[2])
{
    double front = beta_front(a, b, x, y);
    int direct = x < (a + 1) / (a + b + 2);
    double tail =
        direct ? front * beta_fraction(a, b, x) / a : front * beta_fraction(b, a, y) / b;
    if (tail > 1) tail = 1;
    tails[0] = direct ? tail : 1 - tail;
    tails[1] = direct ? 1 - tail : tail;
}

void pf_beta_tails(double a, double b, double x, double *lower, double *upper)
{
    double tails[2] = {NAN, NAN};
    if (a > 0 && b > 0 && x > 0 && x < 1) {
        beta_tails(a, b, x, 1 - x, tails);
    } else if (a > 0 && b > 0 && (x == 0 || x == 1)) {
        tails[0] = x;
        tails[1] = 1 - x;
    }
    *lower = tails[0];
    *upper = tails[1];
}

double pf_beta_quantile(double p, double a, double b, int upper)
{
    if (!(a > 0 && b > 0 && p >= 0 && p <= 1)) return NAN;
    if (p == 0) return upper ? 1 : 0;
    if (p == 1) return upper ? 0 : 1;
    if (p > 0.5) { /* follow the smaller tail; 1 - p is exact here */
        p = 1 - p;
        upper = !upper;
    }
    /* Newton in u = log(x / (1-x)) on the logarithm of the tail, kept inside a bracket. */
    double low = -740, high = 740, u = log(a / b);
    double sign = upper ? -1 : 1, goal = log(p);
    for (int i = 0; i < 300; i++) {
        double x = 1 / (1 + exp(-u)), y = 1 / (1 + exp(u)), tails[2];
        beta_tails(a, b, x, y, tails);
        double tail = tails[upper ? 1 : 0];
        double miss = tail > 0 ? log(tail) - goal : -INFINITY;
        if ((miss < 0) == (sign > 0))
            low = u;
        else
            high = u;
        double step = -sign * miss * tail / beta_front(a, b, x, y), next = u + step;
        if (fabs(step) <=
            1e-11 * (1 + fabs(u))) { /* Newton squares the error: this is the end */
            u = next;
            break;
        }
        u = next > low && next < high ? next : 0.5 * (low + high);
    }
    return 1 / (1 + exp(-u));
}

/* x^a e^-x / Gamma(a + 1) */
static double gamma_front(double a, double x)
{
    return exp(-pf_stirling_remainder(a) - pf_deviance(a, x) - 0.5 * log(TWO_PI * a));
}

static double gamma_series(double a, double x)
{
    double term = 1, sum = 1;
    for (int i = 1; i < MANY; i++) {
        term *= x / (a + i);
        sum += term;
        if (term < sum * 0.25 * DBL_EPSILON) break;
    }
    return sum;
}

/* e^x x^-a Gamma(a, x) times x^0: DLMF 8.9.2 by modified Lentz */
static double gamma_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1 / TINY, d = 1 / keep_off_zero(b), h = d;
    for (int i = 1; i < MANY; i++) {
        double an = -i * (i - a);
        b += 2;
        d = 1 / keep_off_zero(an * d + b);
        c = keep_off_zero(b + an / c);
        h *= d * c;
        if (fabs(d * c - 1) < DBL_EPSILON) break;
    }
    return h;
}

void pf_gamma_tails(double a, double x, double *lower, double *upper)
{
    *lower = *upper = NAN;
    if (!(a > 0 && x >= 0)) return;
    if (x == 0 || isinf(x)) {
        *lower = x == 0 ? 0 : 1;
        *upper = 1 - *lower;
    } else if (x < a + 1) {
        *lower = fmin(1, gamma_front(a, x) * gamma_series(a, x));
        *upper = 1 - *lower;
    } else {
        *upper = fmin(1, gamma_front(a, x) * a * gamma_fraction(a, x));
        *lower = 1 - *upper;
    }
}

double pf_chi_square_tail(double x, double df)
{
    if (!(df > 0) || isnan(x)) return NAN;
    if (x <= 0) return 1;
    if (df == 1) return erfc(sqrt(0.5 * x));
    if (df == 2) return exp(-0.5 * x);
    double lower, upper;
    pf_gamma_tails(0.5 * df, 0.5 * x, &lower, &upper);
    return upper;
}

double pf_normal_two_sided(double z)
{
    return erfc(fabs(z) * M_SQRT1_2);
}
