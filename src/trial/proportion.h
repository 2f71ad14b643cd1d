/* proportion.h: a proportion and its interval, and Fisher's exact test of two of them.
 *
 * Clopper-Pearson limits are beta quantiles (Clopper and Pearson 1934); Wilson's (1927) are
 * given beside them. Fisher's two-sided p value sums every table with the same margins that is
 * no more probable than the observed one, with R's relative tolerance of 1e-7. The odds ratio
 * is the conditional maximum likelihood estimate and its interval inverts the two one-sided
 * tests (noncentral hypergeometric), as fisher.test of R, but solved to full precision. Counts
 * up to 1e12; the cost grows with their square root. Depends on: base, special. Threads: no
 * shared state. */
#ifndef PF_TRIAL_PROPORTION_H
#define PF_TRIAL_PROPORTION_H
#include "base/base.h"

typedef struct pf_proportion {
    int64_t x, n;
    double conf, value;
    double lower, upper;               /**< Clopper-Pearson */
    double wilson_lower, wilson_upper; /**< Wilson, without continuity correction */
} pf_proportion;

/** x of n. conf = 0 means 0.95. Errors: RANGE unless 0 <= x <= n, 1 <= n <= 1e12, 0 < conf < 1.
 */
PF_NODISCARD pf_err pf_proportion_interval(
    pf_ctx *ctx, int64_t x, int64_t n, double conf, pf_proportion *out);

typedef struct pf_fisher {
    double p, p_less, p_greater; /**< two-sided; odds ratio below 1; above 1 */
    double odds_ratio, lower,
        upper; /**< 0 and infinity where the data set no limit; NaN without information */
    double conf;
} pf_fisher;

/** The table {a, b, c, d}: a of one group with and b without the event, c and d of the other.
 * conf = 0 means 0.95. Errors: RANGE on a negative count, an empty table, a sum above 1e12,
 * conf. */
PF_NODISCARD pf_err pf_fisher_test(
    pf_ctx *ctx, const int64_t table[4], double conf, pf_fisher *out);

/** The two-sided p value alone, which is quicker. Errors: as pf_fisher_test */
PF_NODISCARD pf_err pf_fisher_p(pf_ctx *ctx, const int64_t table[4], double *p);

#endif
