/* cox.h: Cox's proportional hazards model.
 *
 * The hazard of patient i in stratum s is h_s(t) exp(x_i b). The partial likelihood (Cox 1975)
 * is maximised by Newton-Raphson with step halving on standardised covariates; tied event times
 * after Efron (1977) or Breslow (1974). Standard errors come from the observed information.
 * Times that differ by rounding only are joined as in survival.h. A coefficient without a
 * finite maximum (a group without events, say) is reported as infinite and has no standard
 * error; a covariate that the others determine is reported as aliased. Cost O(n p^2) for each
 * iteration. Depends on: base, order, special. Threads: no shared state. */
#ifndef PF_TRIAL_COX_H
#define PF_TRIAL_COX_H
#include "base/base.h"

typedef enum {
    PF_COX_CONVERGED,
    PF_COX_INFINITE,      /**< one or more coefficients run off to infinity; see `state` */
    PF_COX_NOT_CONVERGED, /**< the iterations ran out; coefficients are the last ones */
    PF_COX_NO_EVENTS      /**< nothing to learn from; everything is NaN */
} pf_cox_status;

typedef enum { PF_COEF_FINITE, PF_COEF_INFINITE, PF_COEF_ALIASED } pf_coef_state;

typedef struct pf_cox_data {
    size_t n, covariates;
    const double *time;
    const unsigned char *event;
    const double *x;   /**< n rows of `covariates` values */
    const int *strata; /**< NULL: one stratum */
} pf_cox_data;

typedef struct pf_cox_options {
    int breslow;
    double conf;              /**< 0 means 0.95 */
    unsigned most_iterations; /**< 0 means 60 */
} pf_cox_options;

typedef struct pf_cox_test {
    double chi_square, p; /**< NaN when it cannot be computed */
    size_t df;
} pf_cox_test;

typedef struct pf_cox {
    size_t n, events, strata, covariates;
    pf_cox_status status;
    unsigned iterations;
    double conf, loglik_null, loglik;
    /* `covariates` values each; NaN where missing, +-inf for an infinite coefficient */
    double *coef, *se, *z, *p, *hazard_ratio, *lower, *upper;
    double *variance;     /**< covariates x covariates */
    unsigned char *state; /**< pf_coef_state of each */
    pf_cox_test ratio_test, wald_test, score_test;
    double concordance; /**< Harrell's C of the linear predictor within strata; NaN when there
                           is none */
} pf_cox;

/** Fit. `options` may be NULL. The caller clears `*out`, also after a failure. A fit that did
 * not converge is no error: look at `status`. Errors: RANGE (as pf_km_fit, or no covariates),
 * NONFINITE. */
PF_NODISCARD pf_err pf_cox_fit(
    pf_ctx *ctx, const pf_cox_data *data, const pf_cox_options *options, pf_cox *out);
void pf_cox_clear(pf_cox *cox);
/** What a status means, in a sentence without an end. */
const char *pf_cox_status_text(pf_cox_status status);

/** Harrell's C: among pairs that can be ordered in time, the part in which the higher `score`
 * fails first; equal scores count half. Only pairs of one stratum. NaN when there are no pairs.
 */
PF_NODISCARD pf_err pf_concordance(
    pf_ctx *ctx, const pf_cox_data *data, const double *score, double *out);

#endif
