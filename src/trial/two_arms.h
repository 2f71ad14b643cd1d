/* two_arms.h: an arm against another within one replicate, sorted once and compared many times:
 * everyone, the first patients, subgroups.
 *
 * Log-rank: the observed less the expected events of the arm, and the hypergeometric variance
 * (Mantel 1966), as survival.h. Hazard ratio: Cox's partial likelihood with one covariate of
 * two values, ties after Efron (1977), by Newton: what cox.h gives, without its general case.
 * Times that differ by rounding only are joined as there. Times are in days. Sorting is
 * O(n log n), a comparison O(n). Depends on: endpoints. Threads: belongs to one thread. */
#ifndef PF_TRIAL_TWO_ARMS_H
#define PF_TRIAL_TWO_ARMS_H
#include "trial/endpoints.h"

/* What happened at one event time, those at risk included. */
typedef struct pf_event_time {
    double events, of_arm;         /* at that time: of both; of the arm */
    double at_risk, at_risk_other; /* just before: of the arm; of the other */
} pf_event_time;

typedef struct pf_two_arms {
    size_t n;             /* patients of both who have a time */
    double *time;         /* [n] ascending */
    unsigned char *event; /* [n] */
    unsigned char *arm;   /* [n] 1: of the arm; 0: of the other */
    size_t *place;        /* [n] index into pf_arm_result.row of its arm */
    pf_event_time *table; /* [n] scratch */
} pf_two_arms;

/** Sort the patients of both arms by `curve` (PF_CURVE_PFS, PF_CURVE_OS). The caller clears
 * `*out`, also after a failure. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_two_arms_sort(pf_ctx *ctx, const pf_arm_result *arm,
    const pf_arm_result *other, int curve, pf_two_arms *out);
void pf_two_arms_clear(pf_two_arms *t);

typedef struct pf_versus {
    size_t n, events;    /* patients compared, and their events, of both arms */
    double difference;   /* observed less expected events of the arm */
    double variance;     /* of that; 0: the data cannot tell */
    double hazard_ratio; /* arm over other; NaN: not asked for, or no finite maximum */
    double log_variance; /* of its logarithm, by the observed information; NaN likewise */
} pf_versus;

/** Compare those patients for whom in[1][place] (the arm) and in[0][place] (the other) is not
 * 0; `in` NULL: everyone. The hazard ratio takes longer and is made when `with_hazard` is not
 * 0. */
void pf_two_arms_compare(
    pf_two_arms *t, const unsigned char *const in[2], int with_hazard, pf_versus *out);

#endif
