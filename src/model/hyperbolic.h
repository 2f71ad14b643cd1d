/* hyperbolic.h: expm1, tanh, sinh, cosh, one lane at a time and free of branches, like
 * elementary.h. */
#ifndef PF_MODEL_HYPERBOLIC_H
#define PF_MODEL_HYPERBOLIC_H
#include "model/elementary.h"

PF_INLINE double pf_real_expm1(double x)
{
    /* Near 0 the series itself; elsewhere exp(x) - 1 loses less than a bit. */
    double p = 1.0 / 355687428096000.0;
    p = PF_FMA(p, x, 1.0 / 20922789888000.0);
    p = PF_FMA(p, x, 1.0 / 1307674368000.0);
    p = PF_FMA(p, x, 1.0 / 87178291200.0);
    p = PF_FMA(p, x, 1.0 / 6227020800.0);
    p = PF_FMA(p, x, 1.0 / 479001600.0);
    p = PF_FMA(p, x, 1.0 / 39916800.0);
    p = PF_FMA(p, x, 1.0 / 3628800.0);
    p = PF_FMA(p, x, 1.0 / 362880.0);
    p = PF_FMA(p, x, 1.0 / 40320.0);
    p = PF_FMA(p, x, 1.0 / 5040.0);
    p = PF_FMA(p, x, 1.0 / 720.0);
    p = PF_FMA(p, x, 1.0 / 120.0);
    p = PF_FMA(p, x, 1.0 / 24.0);
    p = PF_FMA(p, x, 1.0 / 6.0);
    p = PF_FMA(p, x, 0.5);
    double near = PF_FMA(p * x, x, x);
    double far = pf_real_exp(x) - 1.0;
    near = x == 0.0 ? x : near; /* the sign of zero */
    return __builtin_fabs(x) < 0.6 ? near : far;
}

PF_INLINE double pf_real_tanh(double x)
{
    double a = x < 0.0 ? -x : x;
    double e = pf_real_expm1(2.0 * (a < 20.0 ? a : 20.0));
    double t = e / (e + 2.0);
    t = a != a ? a : t;
    return __builtin_copysign(t, x);
}

/* exp(a) / 2 for a >= 1: exp(a - ln 2), which does not overflow before its result does. */
PF_INLINE double pf_real_half_exp(double a)
{
    double high = a - PF_LN2_HIGH;
    return pf_real_exp_pair(high, ((a - high) - PF_LN2_HIGH) - PF_LN2_LOW);
}

PF_INLINE double pf_real_sinh(double x)
{
    double a = x < 0.0 ? -x : x;
    double e = pf_real_expm1(a < 22.0 ? a : 22.0);
    double small = 0.5 * (e + e / (e + 1.0));
    double y = a < 22.0 ? small : pf_real_half_exp(a);
    return __builtin_copysign(y, x);
}

PF_INLINE double pf_real_cosh(double x)
{
    double a = x < 0.0 ? -x : x;
    double e = pf_real_exp(a < 22.0 ? a : 22.0);
    double small = 0.5 * (e + 1.0 / e);
    return a < 22.0 ? small : pf_real_half_exp(a);
}

#endif
