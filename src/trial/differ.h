/* differ.h: one figure in two runs: how far apart, and how far chance alone takes it.
 *
 * A figure has a value in every replicate: NaN where it does not exist, INFINITY for a median
 * that is not reached. Replicates of one run are independent. Replicate k of two runs with the
 * same seed draws the same random numbers, so such runs are compared in pairs; that is right
 * whatever the two share. What is judged is Monte Carlo error, not what is unknown: it shrinks
 * with more replicates.
 *
 *   means, paired   mean and standard error of b[k] - a[k]; t with n - 1 degrees of freedom
 *   means           Welch (1947, Biometrika 34:28): sqrt(sa^2 / na + sb^2 / nb)
 *   medians, paired median of b[k] - a[k]; sign test and its interval between order statistics
 *                   (Conover 1999, Practical Nonparametric Statistics, 3.4)
 *   medians         difference of the medians; standard errors from order statistics (McKean
 * and Schrader 1984, Commun Stat Simul Comput 13:751), normal
 *
 * Where a standard error of 0 meets a difference (the same in every replicate), p is that of a
 * permutation that no other one beats. Depends on: spread, special. Threads: pure functions. */
#ifndef PF_TRIAL_DIFFER_H
#define PF_TRIAL_DIFFER_H
#include "base/base.h"

typedef enum {
    PF_DIFFER_MEANS_PAIRED,
    PF_DIFFER_MEANS,
    PF_DIFFER_MEDIANS_PAIRED,
    PF_DIFFER_MEDIANS
} pf_differ_how;

typedef struct pf_gap {
    pf_differ_how how;
    size_t n;         /* pairs, or values of both */
    double value;     /* b less a; may be infinite; NaN: one of them does not exist */
    double se;        /* NaN where the method has none */
    double low, high; /* 95 %; NaN: too few replicates to say */
    double p;         /* two-sided; NaN: too few replicates to say */
} pf_gap;

/** Compare the values of two runs. Pairs: the first min(na, nb) replicates, those in which both
 * exist (and for means are finite). Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_differ(pf_ctx *ctx, pf_differ_how how, const double *a, size_t na,
    const double *b, size_t nb, pf_gap *out);
/** Welch's comparison of two means of which only mean, standard deviation and number are known.
 */
void pf_differ_means(const double mean[2], const double sd[2], const double n[2], pf_gap *out);
/** Holm's (1979, Scand J Stat 6:65) adjustment of `n` p values, in place; NaN stays and does
 * not count. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_holm(pf_ctx *ctx, double *p, size_t n);
const char *pf_differ_text(pf_differ_how how); /**< "means, paired", ...; never NULL */

#endif
