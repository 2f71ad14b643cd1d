/* survival.h: Kaplan-Meier, log-rank and restricted mean survival time.
 *
 * Kaplan-Meier: S(t) = prod (1 - d/n) over event times up to t; Greenwood's variance of log S
 * is sum d / (n (n - d)). Limits on the log-log, log or plain scale. Quantiles with their
 * interval follow quantile.survfit of R's survival (3.5): where the curve is flat at the wanted
 * height the quantile is the middle of the flat piece. Log-rank: Mantel-Haenszel, strata
 * summed. RMST: the area under S up to tau with the variance sum A(t)^2 d / (n (n - d)), A the
 * area from t to tau (Uno et al. 2014, as R's survRM2). Times are in the caller's unit, all of
 * one curve in the same. `event` is 1 for an event, 0 for censored. Two times closer than
 * sqrt(eps), absolutely or relative to the mean time, are one (as aeqSurv of R). A value that
 * does not exist (median not reached, limits of S = 1) is NaN. All costs are O(n log n).
 * Depends on: base, special. Threads: no shared state. */
#ifndef PF_TRIAL_SURVIVAL_H
#define PF_TRIAL_SURVIVAL_H
#include "base/base.h"

typedef enum { PF_LIMITS_LOG_LOG, PF_LIMITS_LOG, PF_LIMITS_PLAIN } pf_limits;

typedef struct pf_km_options {
    double conf; /**< 0 means 0.95 */
    pf_limits limits;
    const int *group; /**< NULL: everyone */
    int which;        /**< with `group`: only the patients of this group */
} pf_km_options;

/** A curve: one row for each different time, censored or not. */
typedef struct pf_km {
    size_t n, events, rows;
    double conf;
    pf_limits limits;
    double *time, *survival, *se, *lower, *upper; /**< se is that of S (Greenwood) */
    double *log_variance;                         /**< Greenwood's sum, that of log S */
    size_t *at_risk, *died, *censored;            /**< at_risk: just before `time` */
} pf_km;

typedef struct pf_estimate {
    double value, se, lower, upper;
} pf_estimate;

/** Fit a curve. `options` may be NULL. The caller clears `*out`, also after a failure.
 * Errors: RANGE (nobody, a negative time, an event that is not 0 or 1, conf), NONFINITE. */
PF_NODISCARD pf_err pf_km_fit(pf_ctx *ctx, size_t n, const double *time,
    const unsigned char *event, const pf_km_options *options, pf_km *out);
void pf_km_clear(pf_km *km);
/** The time by which a fraction p has had the event, 0 <= p <= 1; p = 0.5 is the median. `se`
 * is NaN. */
pf_estimate pf_km_quantile(const pf_km *km, double p);
/** S(t) with se and limits; NaN after the last time unless the curve has reached 0. */
pf_estimate pf_km_at(const pf_km *km, double t);
/** How many are at risk just before t. */
size_t pf_km_at_risk(const pf_km *km, double t);

typedef struct pf_logrank {
    size_t groups, strata;
    int *group;                  /**< the label of each group, ascending */
    size_t *n;                   /**< patients of each group */
    double *observed, *expected; /**< groups; summed over strata */
    double *variance;            /**< groups x groups, of observed - expected */
    double chi_square, p;        /**< NaN when the data cannot tell (no events, no variance) */
    size_t df;
} pf_logrank;

/** Compare the curves of all groups. `strata` may be NULL. The caller clears `*out`, also after
 * a failure. Errors: RANGE (as pf_km_fit, or one group only, or more than 1000), NONFINITE. */
PF_NODISCARD pf_err pf_logrank_test(pf_ctx *ctx, size_t n, const double *time,
    const unsigned char *event, const int *group, const int *strata, pf_logrank *out);
void pf_logrank_clear(pf_logrank *r);

/** The mean survival time up to tau. Errors: RANGE when tau is not above 0, or lies behind the
 * last time of a curve that has not reached 0. */
PF_NODISCARD pf_err pf_rmst(pf_ctx *ctx, const pf_km *km, double tau, pf_estimate *out);

typedef struct pf_rmst_contrast {
    pf_estimate difference, ratio; /**< first minus second, first over second; the se of the
                                      ratio is that of its log */
    double p_difference, p_ratio;
} pf_rmst_contrast;

/** Two restricted means against each other. */
void pf_rmst_compare(
    const pf_estimate *a, const pf_estimate *b, double conf, pf_rmst_contrast *out);

#endif
