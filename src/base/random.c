#include "base/random.h"

#include <math.h>

void pf_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4])
{
    uint32_t k0 = key[0], k1 = key[1];
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0;
        uint64_t p1 = (uint64_t)0xCD9E8D57u * c2;
        uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        uint32_t n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p1;
        c3 = (uint32_t)p0;
        c0 = n0;
        c2 = n2;
        k0 += 0x9E3779B9u; /* golden ratio */
        k1 += 0xBB67AE85u; /* sqrt(3) - 1 */
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

void pf_random_init(pf_random *r, uint64_t seed, pf_draw_purpose purpose, uint64_t replicate,
    uint64_t patient, uint32_t stream)
{
    /* The purpose is folded into the upper key word with an odd multiplier, which permutes it.
     */
    r->key[0] = (uint32_t)seed;
    r->key[1] = (uint32_t)(seed >> 32) ^ ((uint32_t)purpose * 0x85EBCA6Bu);
    r->counter[0] = 0;
    r->counter[1] = stream;
    r->counter[2] = (uint32_t)patient;
    r->counter[3] = (uint32_t)replicate;
    r->left = 0;
}

uint32_t pf_random_word(pf_random *r)
{
    if (!r->left) {
        pf_philox(r->key, r->counter, r->word);
        r->counter[0]++;
        r->left = 4;
    }
    return r->word[4 - r->left--];
}

double pf_random_uniform(pf_random *r)
{
    uint64_t high = pf_random_word(r), low = pf_random_word(r);
    uint64_t bits =
        (high << 32 | low) >> 12; /* 52 bits: adding a half is exact, so 1 is never reached */
    return ((double)bits + 0.5) * 0x1p-52;
}

double pf_random_normal(pf_random *r)
{
    return pf_normal_quantile(pf_random_uniform(r));
}

double pf_random_exponential(pf_random *r)
{
    return -log(pf_random_uniform(r));
}

double pf_random_gamma(pf_random *r, double shape)
{
    /* Marsaglia and Tsang, ACM TOMS 26:363, 2000; shapes below 1 by their boost. */
    double boost = shape < 1.0 ? pow(pf_random_uniform(r), 1.0 / shape) : 1.0;
    double d = (shape < 1.0 ? shape + 1.0 : shape) - 1.0 / 3.0;
    double c = 1.0 / sqrt(9.0 * d);
    for (;;) {
        double x = pf_random_normal(r);
        double v = 1.0 + c * x;
        if (v <= 0.0) continue;
        v = v * v * v;
        double u = pf_random_uniform(r);
        if (log(u) < 0.5 * x * x + d - d * v + d * log(v)) return d * v * boost;
    }
}

/* Count arrivals below `mean` of a unit-rate process; for small means. */
static double poisson_small(pf_random *r, double mean)
{
    double limit = exp(-mean), product = pf_random_uniform(r), n = 0.0;
    while (product > limit) {
        product *= pf_random_uniform(r);
        n += 1.0;
    }
    return n;
}

double pf_random_poisson(pf_random *r, double mean)
{
    double n = 0.0;
    if (!(mean > 0.0)) return 0.0;
    if (mean > 1e12) return floor(mean + sqrt(mean) * pf_random_normal(r) + 0.5);
    while (mean > 16.0) {
        /* Ahrens and Dieter 1974: the time of the m-th arrival is a gamma variable. */
        double m = floor(mean * 0.875);
        double x = pf_random_gamma(r, m);
        if (x > mean) return n + pf_random_binomial(r, m - 1.0, mean / x);
        n += m;
        mean -= x;
    }
    return n + poisson_small(r, mean);
}

static double binomial_small(pf_random *r, double n, double p)
{
    /* Gaps between successes are geometric: the cost grows with n p, not with n. */
    if (p <= 0.0) return 0.0;
    double hits = 0.0, seen = 0.0, denominator = log1p(-p);
    for (;;) {
        seen += floor(log(pf_random_uniform(r)) / denominator) + 1.0;
        if (seen > n) return hits;
        hits += 1.0;
    }
}

double pf_random_binomial(pf_random *r, double n, double p)
{
    if (!(n > 0.0) || !(p > 0.0)) return 0.0;
    if (p >= 1.0) return n;
    if (p > 0.5) return n - pf_random_binomial(r, n, 1.0 - p);
    if (n > 1e12) return floor(n * p + sqrt(n * p * (1.0 - p)) * pf_random_normal(r) + 0.5);
    double hits = 0.0;
    while (n * p > 16.0) {
        /* Split at the median order statistic, a beta variable (Devroye 1986, X.4.3). */
        double i = floor((n + 1.0) / 2.0);
        double a = pf_random_gamma(r, i), b = pf_random_gamma(r, n + 1.0 - i);
        double x = a / (a + b);
        if (x <= p) {
            hits += i;
            n -= i;
            p = (p - x) / (1.0 - x);
        } else {
            n = i - 1.0;
            p /= x;
        }
    }
    return hits + binomial_small(r, n, p);
}

double pf_random_negative_binomial(pf_random *r, double n, double p)
{
    if (!(n > 0.0) || p >= 1.0) return 0.0;
    return pf_random_poisson(r, pf_random_gamma(r, n) * (1.0 - p) / p);
}

uint32_t pf_random_below(pf_random *r, uint32_t n)
{
    uint32_t reject = (uint32_t)(-n) % n; /* words below this would favour small results */
    for (;;) {
        uint64_t product = (uint64_t)pf_random_word(r) * n;
        if ((uint32_t)product >= reject) return (uint32_t)(product >> 32);
    }
}

double pf_normal_cdf(double x)
{
    return 0.5 * erfc(-x * M_SQRT1_2);
}

static double ratio(const double *a, const double *b, double x)
{
    double n = a[7], d = b[6];
    for (int i = 6; i >= 0; i--) n = n * x + a[i];
    for (int i = 5; i >= 0; i--) d = d * x + b[i];
    return n / (d * x + 1.0);
}

double pf_normal_quantile(double p)
{
    /* Coefficients of AS 241 (Applied Statistics 37:477, 1988): centre, middle, tail. */
    static const double a[8] = {3.3871328727963666080e0, 1.3314166789178437745e2,
        1.9715909503065514427e3, 1.3731693765509461125e4, 4.5921953931549871457e4,
        6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3};
    static const double b[7] = {4.2313330701600911252e1, 6.8718700749205790830e2,
        5.3941960214247511077e3, 2.1213794301586595867e4, 3.9307895800092710610e4,
        2.8729085735721942674e4, 5.2264952788528545610e3};
    static const double c[8] = {1.42343711074968357734e0, 4.63033784615654529590e0,
        5.76949722146069140550e0, 3.64784832476320460504e0, 1.27045825245236838258e0,
        2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[7] = {2.05319162663775882187e0, 1.67638483018380384940e0,
        6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2,
        5.47593808499534494600e-4, 1.05075007164441684324e-9};
    static const double e[8] = {6.65790464350110377720e0, 5.46378491116411436990e0,
        1.78482653991729133580e0, 2.96560571828504891230e-1, 2.65321895265761230930e-2,
        1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[7] = {5.99832206555887937690e-1, 1.36929880922735805310e-1,
        1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
        1.42151175831644588870e-7, 2.04426310338993978564e-15};
    if (p <= 0.0) return p == 0.0 ? -INFINITY : NAN;
    if (p >= 1.0) return p == 1.0 ? INFINITY : NAN;
    double q = p - 0.5;
    if (fabs(q) <= 0.425) return q * ratio(a, b, 0.180625 - q * q);
    double s = sqrt(-log(q < 0.0 ? p : 1.0 - p));
    double x = s <= 5.0 ? ratio(c, d, s - 1.6) : ratio(e, f, s - 5.0);
    return q < 0.0 ? -x : x;
}
