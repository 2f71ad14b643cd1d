/* law.h: draws from named distributions, whole or cut to a range: those of SBML's package
 * distrib (Smith et al., J Integr Bioinform 17:20200018, 2020) and of Antimony.
 *
 *     normal(mean, deviation)    lognormal(mean, deviation of the logarithm)
 *     uniform(from, to)          exponential(rate)
 *     gamma(shape, scale)        chisquare(degrees of freedom)
 *     cauchy(place, scale)       laplace(place, scale)
 *     rayleigh(scale)            poisson(mean)
 *     bernoulli(probability)     binomial(number, probability)
 *
 * Cut laws with a closed quantile are inverted; gamma, chisquare, poisson and binomial are
 * drawn until they fall into the range, which includes its ends. Depends on: random. */
#ifndef PF_BASE_LAW_H
#define PF_BASE_LAW_H
#include "base/random.h"

typedef enum {
    PF_LAW_NORMAL,
    PF_LAW_LOGNORMAL,
    PF_LAW_UNIFORM,
    PF_LAW_EXPONENTIAL,
    PF_LAW_GAMMA,
    PF_LAW_CHISQUARE,
    PF_LAW_CAUCHY,
    PF_LAW_LAPLACE,
    PF_LAW_RAYLEIGH,
    PF_LAW_POISSON,
    PF_LAW_BERNOULLI,
    PF_LAW_BINOMIAL,
    PF_LAWS
} pf_law;

/** The law of that name; PF_LAWS: none. */
pf_law pf_law_find(const char *name);
const char *pf_law_name(pf_law law);
/** Its parameters, 1 or 2. */
unsigned pf_law_arity(pf_law law);
/** One draw with parameters p[0], p[1] from [low, high]; -INFINITY, INFINITY: all of it. NaN
 * when a parameter is none of the law, or hardly anything of it lies in the range. */
double pf_law_draw(pf_random *r, pf_law law, const double p[2], double low, double high);

#endif
