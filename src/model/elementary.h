/* elementary.h: exp, log, pow and their kin, one lane at a time and free of branches.
 *
 * A loop over lanes vectorises, and a lane's bits depend on its argument alone: only IEEE
 * operations, explicit fma, bit moves. exp, log, cbrt are within 1 ulp, the others within 2
 * (tests/unit/elementary_mpfr.c). Special values as in C99. Method: exp by n ln2 + r and a
 * Taylor polynomial; log by x = 2^k m and the series of 2 atanh((m-1)/(m+1)); pow by exp(y log
 * x) in pairs of doubles. Coefficients are the series' own. */
#ifndef PF_MODEL_ELEMENTARY_H
#define PF_MODEL_ELEMENTARY_H
#include <math.h>
#include <stdint.h>
#include <string.h>

#define PF_FMA(a, b, c) __builtin_fma((a), (b), (c))
#define PF_INLINE static inline __attribute__((always_inline))

PF_INLINE uint64_t pf_bits(double x)
{
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

PF_INLINE double pf_from_bits(uint64_t u)
{
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

static const double PF_LN2_HIGH = 0x1.62e42fefa39efp-1, PF_LN2_LOW = 0x1.abc9e3b39803fp-56;

/* 2^n for a whole number n in [-1022, 1023], given as a double. */
PF_INLINE double pf_two_to(double n)
{
    /* Adding 1.5 * 2^52 leaves n in the low mantissa bits. */
    uint64_t low = pf_bits(n + 0x1.8p52);
    return pf_from_bits((low + 1023) << 52);
}

/* exp(high + low), |low| tiny. */
PF_INLINE double pf_real_exp_pair(double high, double low)
{
    double x = high < -746.0 ? -746.0 : high; /* NaN passes through both */
    x = x > 710.0 ? 710.0 : x;
    low = x == high ? low : 0.0; /* beyond the range the remainder means nothing */
    double n = (x * 0x1.71547652b82fep0 + 0x1.8p52) - 0x1.8p52;
    double r = PF_FMA(-n, PF_LN2_HIGH, x);
    r = PF_FMA(-n, PF_LN2_LOW, r) + low;
    double p = 1.0 / 6227020800.0;
    p = PF_FMA(p, r, 1.0 / 479001600.0);
    p = PF_FMA(p, r, 1.0 / 39916800.0);
    p = PF_FMA(p, r, 1.0 / 3628800.0);
    p = PF_FMA(p, r, 1.0 / 362880.0);
    p = PF_FMA(p, r, 1.0 / 40320.0);
    p = PF_FMA(p, r, 1.0 / 5040.0);
    p = PF_FMA(p, r, 1.0 / 720.0);
    p = PF_FMA(p, r, 1.0 / 120.0);
    p = PF_FMA(p, r, 1.0 / 24.0);
    p = PF_FMA(p, r, 1.0 / 6.0);
    p = PF_FMA(p, r, 0.5);
    p = PF_FMA(p * r, r, r) + 1.0;
    /* In two halves, so that results near the ends of the range scale without a detour. */
    double half = (n * 0.5 + 0x1.8p52) - 0x1.8p52;
    return p * pf_two_to(half) * pf_two_to(n - half);
}

PF_INLINE double pf_real_exp(double x)
{
    return pf_real_exp_pair(x, 0.0);
}

/* log(x) for x > 0 and finite, as high + low. */
PF_INLINE void pf_real_log_pair(double x, double *high, double *low)
{
    double tiny = x < 0x1p-1022 ? 1.0 : 0.0;
    double scaled = x < 0x1p-1022 ? x * 0x1p54 : x;
    uint64_t u = pf_bits(scaled);
    /* k so that m = x / 2^k lies in [sqrt(1/2), sqrt(2)). */
    uint64_t shifted = u + (0x3ff0000000000000ull - 0x3fe6a09e667f3bcdull);
    double k = pf_from_bits(0x4330000000000000ull | (shifted >> 52)) - 0x1p52 - 1023.0;
    double m = pf_from_bits((shifted & 0x000fffffffffffffull) + 0x3fe6a09e667f3bcdull);
    k = k - 54.0 * tiny;
    double f = m - 1.0, d = m + 1.0;
    double d_low = m - (d - 1.0); /* what m + 1 lost */
    double s = f / d;
    double s_low = PF_FMA(-s, d_low, PF_FMA(-s, d, f)) / d;
    double z = s * s, z_low = PF_FMA(s, s, -z) + 2.0 * s * s_low;
    double q = 2.0 / 27.0;
    q = PF_FMA(q, z, 2.0 / 25.0);
    q = PF_FMA(q, z, 2.0 / 23.0);
    q = PF_FMA(q, z, 2.0 / 21.0);
    q = PF_FMA(q, z, 2.0 / 19.0);
    q = PF_FMA(q, z, 2.0 / 17.0);
    q = PF_FMA(q, z, 2.0 / 15.0);
    q = PF_FMA(q, z, 2.0 / 13.0);
    q = PF_FMA(q, z, 2.0 / 11.0);
    q = PF_FMA(q, z, 2.0 / 9.0);
    q = PF_FMA(q, z, 2.0 / 7.0);
    q = PF_FMA(q, z, 2.0 / 5.0) * z;
    /* (2/3 + q) s^3 as a pair: pow multiplies its error by up to 745 / |log x|. */
    const double c = 2.0 / 3.0, c_low = 0x1.5555555555555p-55;
    double p = c + q, p_low = (q - (p - c)) + c_low;
    double cube = s * z, cube_low = PF_FMA(s, z, -cube) + (s * z_low + s_low * z);
    double tail = cube * p, tail_low = PF_FMA(cube, p, -tail) + (cube * p_low + cube_low * p);
    /* k ln2 + 2 s + tail, largest first; each sum's rounding error is kept. */
    double a = k * PF_LN2_HIGH;
    double a_low = PF_FMA(k, PF_LN2_HIGH, -a) + k * PF_LN2_LOW;
    double b = 2.0 * s;
    double sum = a + b;
    double lost = k == 0.0 ? 0.0 : b - (sum - a);
    double whole = sum + tail;
    double rest = (tail - (whole - sum)) + lost + (a_low + (2.0 * s_low + tail_low));
    double h = whole + rest;
    *high = h;
    *low = rest - (h - whole);
}

/* A logarithm y of x with its special values put right. */
PF_INLINE double pf_real_log_ends(double x, double y)
{
    y = x == 0.0 ? -INFINITY : y;
    y = x == INFINITY ? INFINITY : y;
    return x >= 0.0 ? y : NAN;
}

/* log(x) = k ln2 + f - (f^2/2 - s (f^2/2 + R)), s = f/(2 + f), R = sum 2/(2i+1) s^(2i), i >= 1:
 * one division, and what is subtracted from f is small beside it. */
PF_INLINE double pf_real_log(double x)
{
    /* ln 2 in two parts, the first short enough for k times it to be exact */
    const double ln2_short = 0x1.62e42feep-1, ln2_rest = 0x1.a39ef35793c76p-33;
    double tiny = x < 0x1p-1022 ? 1.0 : 0.0;
    double scaled = x < 0x1p-1022 ? x * 0x1p54 : x;
    uint64_t shifted = pf_bits(scaled) + (0x3ff0000000000000ull - 0x3fe6a09e667f3bcdull);
    double k = pf_from_bits(0x4330000000000000ull | (shifted >> 52)) - 0x1p52 - 1023.0;
    double f = pf_from_bits((shifted & 0x000fffffffffffffull) + 0x3fe6a09e667f3bcdull) - 1.0;
    k = k - 54.0 * tiny;
    double s = f / (2.0 + f), z = s * s;
    double r = 2.0 / 21.0;
    r = PF_FMA(r, z, 2.0 / 19.0);
    r = PF_FMA(r, z, 2.0 / 17.0);
    r = PF_FMA(r, z, 2.0 / 15.0);
    r = PF_FMA(r, z, 2.0 / 13.0);
    r = PF_FMA(r, z, 2.0 / 11.0);
    r = PF_FMA(r, z, 2.0 / 9.0);
    r = PF_FMA(r, z, 2.0 / 7.0);
    r = PF_FMA(r, z, 2.0 / 5.0);
    r = PF_FMA(r, z, 2.0 / 3.0);
    double half = 0.5 * f * f;
    double rest = PF_FMA(s, PF_FMA(r, z, half), k * ln2_rest);
    return pf_real_log_ends(x, PF_FMA(k, ln2_short, -((half - rest) - f)));
}

PF_INLINE double pf_real_log1p(double x)
{
    double u = 1.0 + x;
    double lost = x - (u - 1.0);
    double y = pf_real_log(u) + lost / u;
    y = u == INFINITY ? INFINITY : y;
    y = x == 0.0 ? x : y; /* the sign of zero */
    return x == -1.0 ? -INFINITY : y;
}

PF_INLINE double pf_real_log10(double x)
{
    double high, low;
    pf_real_log_pair(x, &high, &low);
    const double c = 0x1.bcb7b1526e50ep-2, c_low = 0x1.95355baaafad3p-57; /* 1 / ln 10 */
    double y = high * c;
    y = y + (PF_FMA(high, c, -y) + (high * c_low + low * c));
    return pf_real_log_ends(x, y);
}

/* r nearer to a^(-1/3), by a step of order three. */
PF_INLINE double pf_inverse_cbrt_step(double a, double r)
{
    double e = PF_FMA(-a * r, r * r, 1.0);
    return PF_FMA(r * e, PF_FMA(e, 2.0 / 9.0, 1.0 / 3.0), r);
}

/* By r = a^(-1/3), which needs no division: from 5 bits, each step of order three triples them.
 */
PF_INLINE double pf_real_cbrt(double x)
{
    double a = x < 0.0 ? -x : x;
    double tiny = a < 0x1p-900 ? 1.0 : 0.0, huge = a > 0x1p900 ? 1.0 : 0.0;
    double up = tiny == 1.0 ? 0x1p300 : 1.0, down = huge == 1.0 ? 0x1p-300 : up;
    double scaled = a * down;
    /* Minus a third of the exponent, as bits. */
    uint64_t third = ((pf_bits(scaled) >> 32) * 0x55555556ull) >> 32;
    double r = pf_from_bits((0x553ef0ffull - third) << 32);
    r = pf_inverse_cbrt_step(scaled, r); /* written out: a loop would keep lanes from vectors */
    r = pf_inverse_cbrt_step(scaled, r);
    double y = scaled * r * r;
    double square = y * y;
    double residual = PF_FMA(-square, y, scaled) - PF_FMA(y, y, -square) * y;
    y = PF_FMA(residual, r * r * (1.0 / 3.0), y);
    double back = tiny == 1.0 ? 0x1p-100 : 1.0, on = huge == 1.0 ? 0x1p100 : back;
    y = y * on;
    y = a == 0.0 || a == INFINITY ? a : y;
    return x < 0.0 ? -y : y;
}

/* x^y for x > 0 finite, by pairs of doubles. */
PF_INLINE double pf_real_pow_positive(double x, double y)
{
    double high, low;
    pf_real_log_pair(x, &high, &low);
    double product = y * high;
    double rest = PF_FMA(y, high, -product) + y * low;
    rest = product - product == 0.0 ? rest : 0.0; /* an infinite product has no remainder */
    return pf_real_exp_pair(product, rest);
}

PF_INLINE double pf_real_pow(double x, double y)
{
    double a = __builtin_fabs(x);
    double whole = floor(y) == y ? 1.0 : 0.0;
    double half = y * 0.5;
    double odd = floor(half) != half ? whole : 0.0;
    double p = pf_real_pow_positive(a, y);
    p = a == 1.0 ? 1.0 : p; /* also for an infinite y */
    double at_zero = y < 0.0 ? INFINITY : 0.0;
    p = a == 0.0 ? at_zero : p;
    double at_infinity = y < 0.0 ? 0.0 : INFINITY;
    p = a == INFINITY ? at_infinity : p;
    /* A negative base: the sign of odd powers, no other than whole powers. */
    double root = a == INFINITY || a == 0.0 ? p : NAN;
    double negative = odd == 1.0 ? -p : p;
    negative = whole == 1.0 ? negative : root;
    p = __builtin_copysign(1.0, x) < 0.0 ? negative : p;
    p = x == x ? p : x;
    p = y == y ? p : y;
    p = x == 1.0 ? 1.0 : p;
    return y == 0.0 ? 1.0 : p;
}

#endif
