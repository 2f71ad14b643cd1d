/* stats_table.h: one statistic of a data file, written as JSON or as a plain table.
 *
 * The file is read by input/table.h. Rows in which a used column is missing are left out and
 * counted; text columns become groups in alphabetical order, columns of numbers in numerical
 * order. Depends on: survival, cox, proportion, input/table. Threads: no shared state. */
#ifndef PF_TRIAL_STATS_TABLE_H
#define PF_TRIAL_STATS_TABLE_H
#include "base/base.h"
#include "trial/survival.h"

typedef enum {
    PF_STATS_KM,
    PF_STATS_LOGRANK,
    PF_STATS_COX,
    PF_STATS_RMST,
    PF_STATS_BINOM,
    PF_STATS_FISHER
} pf_stats_method;

typedef struct pf_stats_request {
    pf_stats_method method;
    const char *path;           /**< CSV; NULL for binom and fisher with `counts` */
    const char *time;           /**< column of times, not negative, in any one unit */
    const char *event, *censor; /**< exactly one: column with 1 = event, or 1 = censored */
    const char *group;          /**< column of the arms; NULL: one group */
    const char *const *strata;  /**< columns; every combination is a stratum */
    size_t n_strata;
    const char *const *covariates; /**< cox: columns; "name=value" makes a categorical one with
                                      that reference */
    size_t n_covariates;
    const char *const
        *yes; /**< values of `event` that count as 1, all others 0; none: it must be 0 or 1 */
    size_t n_yes;
    int missing_is_no;     /**< a missing event counts as 0 instead of leaving the row out */
    const char *x, *n;     /**< binom: columns of counts, each row one proportion */
    const int64_t *counts; /**< binom: x, n; fisher: x1, n1, x2, n2 */
    size_t n_counts;
    const double *times; /**< km: survival at these times */
    size_t n_times;
    const double *quantiles; /**< km: fractions with the event; none: 0.5 */
    size_t n_quantiles;
    double tau;       /**< rmst: 0 is the largest tau that all groups reach */
    double conf;      /**< 0 means 0.95 */
    pf_limits limits; /**< km */
    int breslow;      /**< cox: ties after Breslow instead of Efron */
    int curve;        /**< km: all rows of the curves as well */
    int json;
} pf_stats_request;

/** Compute and write. Errors: CONFIG (the request, or the file; with its place), IO, RANGE,
 * NONFINITE, NO_MEMORY. */
PF_NODISCARD pf_err pf_stats_run(pf_ctx *ctx, const pf_stats_request *request, pf_buf *out);

#endif
