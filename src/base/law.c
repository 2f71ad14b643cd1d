#include "base/law.h"

#include <math.h>
#include <string.h>

/* Draws in vain, after which a range is taken to be out of the law's reach. */
enum { TRIES = 1000000 };

static const struct {
    const char *name;
    unsigned arity;
} LAW[PF_LAWS] = {
    [PF_LAW_NORMAL] = {"normal", 2},
    [PF_LAW_LOGNORMAL] = {"lognormal", 2},
    [PF_LAW_UNIFORM] = {"uniform", 2},
    [PF_LAW_EXPONENTIAL] = {"exponential", 1},
    [PF_LAW_GAMMA] = {"gamma", 2},
    [PF_LAW_CHISQUARE] = {"chisquare", 1},
    [PF_LAW_CAUCHY] = {"cauchy", 2},
    [PF_LAW_LAPLACE] = {"laplace", 2},
    [PF_LAW_RAYLEIGH] = {"rayleigh", 1},
    [PF_LAW_POISSON] = {"poisson", 1},
    [PF_LAW_BERNOULLI] = {"bernoulli", 1},
    [PF_LAW_BINOMIAL] = {"binomial", 2},
};

pf_law pf_law_find(const char *name)
{
    int i = 0;
    while (i < PF_LAWS && strcmp(LAW[i].name, name) != 0) i++;
    return (pf_law)i;
}

const char *pf_law_name(pf_law law)
{
    return LAW[law].name;
}

unsigned pf_law_arity(pf_law law)
{
    return LAW[law].arity;
}

/* A uniform number between the probabilities of the ends of the range. */
static double between(pf_random *r, double from, double to)
{
    if (!(to > from)) return NAN;
    return from + (to - from) * pf_random_uniform(r);
}

static double into(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x; /* NaN stays */
}

/* Standard normal in [low, high], in the tail where probabilities are small, not near 1. */
static double normal(pf_random *r, double low, double high)
{
    if (low > 0.0) return -normal(r, -high, -low);
    double x = pf_normal_quantile(between(r, pf_normal_cdf(low), pf_normal_cdf(high)));
    return into(x, low, high);
}

/* Mean 1, in [low, high]: with u from the probabilities of being longer. */
static double exponential(pf_random *r, double low, double high)
{
    low = low > 0.0 ? low : 0.0;
    if (!(high > low)) return NAN;
    double x = low - log1p(between(r, 0.0, -expm1(low - high)) * -1.0);
    return into(x, low, high);
}

/* Place 0, scale 1: the half below 0 and that above are exponential. */
static double laplace(pf_random *r, double low, double high)
{
    double below = low < 0.0 ? 0.5 * (exp(fmin(high, 0.0)) - exp(low)) : 0.0;
    double above = high > 0.0 ? 0.5 * (exp(-fmax(low, 0.0)) - exp(-high)) : 0.0;
    if (!(below + above > 0.0)) return NAN;
    if (pf_random_uniform(r) * (below + above) < below)
        return -exponential(r, -fmin(high, 0.0), -low);
    return exponential(r, fmax(low, 0.0), high);
}

static double cauchy(pf_random *r, double low, double high)
{
    double p = between(r, 0.5 + atan(low) / M_PI, 0.5 + atan(high) / M_PI);
    return into(tan(M_PI * (p - 0.5)), low, high);
}

static double inverted(pf_random *r, pf_law law, const double p[2], double low, double high)
{
    double a = p[0], b = p[1];
    switch (law) {
    case PF_LAW_NORMAL:
        if (b == 0.0) return a >= low && a <= high ? a : NAN;
        return b > 0.0 ? into(a + b * normal(r, (low - a) / b, (high - a) / b), low, high)
                       : NAN;
    case PF_LAW_LOGNORMAL: {
        const double all[2] = {a, b};
        low = low > 0.0 ? log(low) : -INFINITY;
        return exp(inverted(r, PF_LAW_NORMAL, all, low, high > 0.0 ? log(high) : NAN));
    }
    case PF_LAW_UNIFORM:
        return a == b && a >= low && a <= high ? a : between(r, fmax(a, low), fmin(b, high));
    case PF_LAW_EXPONENTIAL:
        return a > 0.0 ? into(exponential(r, a * low, a * high) / a, low, high) : NAN;
    case PF_LAW_CAUCHY:
        return b > 0.0 ? into(a + b * cauchy(r, (low - a) / b, (high - a) / b), low, high)
                       : NAN;
    case PF_LAW_LAPLACE:
        return b > 0.0 ? into(a + b * laplace(r, (low - a) / b, (high - a) / b), low, high)
                       : NAN;
    case PF_LAW_RAYLEIGH: {
        /* x^2 / (2 s^2) is exponential */
        double x = fmax(low, 0.0) / a, y = high / a;
        return a > 0.0 && y > 0.0
                   ? into(a * sqrt(2.0 * exponential(r, 0.5 * x * x, 0.5 * y * y)), low, high)
                   : NAN;
    }
    default:
        return NAN;
    }
}

/* One draw of the others, wherever it falls. */
static double whole_law(pf_random *r, pf_law law, double a, double b)
{
    switch (law) {
    case PF_LAW_GAMMA:
        return a > 0.0 && b > 0.0 ? b * pf_random_gamma(r, a) : NAN;
    case PF_LAW_CHISQUARE:
        return a > 0.0 ? 2.0 * pf_random_gamma(r, 0.5 * a) : NAN;
    case PF_LAW_POISSON:
        return a >= 0.0 ? pf_random_poisson(r, a) : NAN;
    case PF_LAW_BERNOULLI:
        return a >= 0.0 && a <= 1.0 ? pf_random_uniform(r) < a : NAN;
    case PF_LAW_BINOMIAL:
        return a >= 0.0 && a == floor(a) && b >= 0.0 && b <= 1.0 ? pf_random_binomial(r, a, b)
                                                                 : NAN;
    default:
        return NAN;
    }
}

double pf_law_draw(pf_random *r, pf_law law, const double p[2], double low, double high)
{
    double a = p[0], b = pf_law_arity(law) > 1 ? p[1] : 0.0;
    if (!isfinite(a) || !isfinite(b) || !(low <= high)) return NAN;
    if (law < PF_LAW_GAMMA || (law > PF_LAW_CHISQUARE && law < PF_LAW_POISSON))
        return inverted(r, law, p, low, high);
    for (int i = 0; i < TRIES; i++) {
        double x = whole_law(r, law, a, b);
        if (isnan(x) || (x >= low && x <= high)) return x;
    }
    return NAN;
}
