/* spread.h: a figure over replicates: mean, spread, quantiles, ranks.
 *
 * A value may be NaN (undefined in that replicate: left out), INFINITY (a median that was not
 * reached: larger than all others) or -INFINITY (a difference to one: smaller than all others).
 * Quantiles are of type 7 (Hyndman and Fan 1996, R's default). Depends on: base. Threads: pure
 * functions. */
#ifndef PF_TRIAL_SPREAD_H
#define PF_TRIAL_SPREAD_H
#include "base/base.h"

typedef struct pf_spread {
    size_t n;                  /* values given */
    size_t defined;            /* not NaN */
    size_t reached;            /* finite */
    double mean, sd;           /* of the finite ones; sd NaN below two */
    double q025, median, q975; /* of the defined ones; may be INFINITY. q025 and q975 are NaN
                                  below two: one value has no spread */
} pf_spread;

/** The quantile `p` of `n` ascending values without NaN; NaN when n = 0. */
double pf_quantile_sorted(const double *x, size_t n, double p);
/** Sort in place, NaN last; returns how many are not NaN. */
size_t pf_sort_numbers(double *x, size_t n);
PF_NODISCARD pf_err pf_spread_fit(pf_ctx *ctx, const double *x, size_t n, pf_spread *out);
/** Where `value` falls among the defined ones of `x`: percent below it, ties half; NaN without
 * any. */
double pf_percentile_of(const double *x, size_t n, double value);
/** Spearman's rank correlation over the pairs without NaN; NaN below three pairs or when one
 * side does not vary. */
PF_NODISCARD pf_err pf_rank_correlation(
    pf_ctx *ctx, const double *a, const double *b, size_t n, double *out);

#endif
