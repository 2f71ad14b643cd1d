/* stats.h: one statistic of a data file. Part of perforin.h. */
#ifndef PERFORIN_STATS_H
#define PERFORIN_STATS_H
#include "perforin/common.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pf_stats_options {
    size_t size;                /**< set by INIT */
    const char *method;         /**< "km", "logrank", "cox", "rmst", "binom", "fisher" */
    const char *path;           /**< CSV; NULL for binom and fisher with `counts` */
    const char *time;           /**< column of times, not negative, in any one unit */
    const char *event, *censor; /**< exactly one: column with 1 = event, or 1 = censored */
    const char *group;          /**< column of the arms; NULL: one group */
    const char *const *strata;  /**< columns; every combination is a stratum */
    size_t n_strata;
    const char *const
        *covariates; /**< cox: columns; "name=value" is categorical with that reference */
    size_t n_covariates;
    const char *const *yes; /**< values of `event` that count as 1; none: it must be 0 or 1 */
    size_t n_yes;
    int missing_is_no;     /**< a missing event counts as 0 instead of leaving the row out */
    const char *x, *n;     /**< binom: columns of counts, each row one proportion */
    const int64_t *counts; /**< binom: x, n; fisher: x1, n1, x2, n2 */
    size_t n_counts;
    const double *times; /**< km: survival at these times */
    size_t n_times;
    const double *quantiles; /**< km: fractions with the event; none: 0.5 */
    size_t n_quantiles;
    double tau;         /**< rmst: 0 is the largest that all groups reach */
    double conf;        /**< 0 means 0.95 */
    const char *limits; /**< km: "log-log" (NULL), "log", "plain" */
    int breslow;        /**< cox: ties after Breslow instead of Efron */
    int curve;          /**< km: all rows of the curves as well */
    int json;
} pf_stats_options;
#define PF_STATS_OPTIONS_INIT                                                                  \
    {                                                                                          \
        .size = sizeof(pf_stats_options)                                                       \
    }

/** Compute; `*text` is a plain table or JSON. */
PF_API pf_status pf_stats(const pf_stats_options *options, char **text, pf_error *error);

#ifdef __cplusplus
}
#endif
#endif
