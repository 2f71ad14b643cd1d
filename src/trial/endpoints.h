/* endpoints.h: from the patients of one replicate to its endpoints.
 *
 * A measure is one figure about one arm, or about an arm against another: a share, a median, a
 * survival at a time, a hazard ratio. Patients whose integration failed are left out; all
 * others count, those without a visit as not evaluable (no response). Times are days; medians
 * of PFS, OS and DoR are Kaplan-Meier's, INFINITY when not reached, NaN when nobody could have
 * one. A ratio of medians is INFINITY or 0 when one of them is not reached, NaN when neither
 * is. A difference is that of the two values. A subgroup is fitted anew when it is asked for.
 * New lesions are seen until progression, so time to them is censored there. Depends on:
 * result, samples, survival, cuminc, cox. Threads: a replicate belongs to one thread. */
#ifndef PF_TRIAL_ENDPOINTS_H
#define PF_TRIAL_ENDPOINTS_H
#include "product/lot_serve.h"
#include "trial/endpoint_kind.h"
#include "trial/result.h"
#include "trial/survival.h"

/* What can be right-censored. */
enum { PF_CURVE_PFS, PF_CURVE_OS, PF_CURVE_DOR, PF_CURVE_COUNT };

/* One arm of one replicate. */
typedef struct pf_arm_result {
    size_t n, failed;           /* counted; left out */
    const double **row;         /* [n] the rows of those counted */
    size_t treated;             /* of the counted: one dose or more */
    double doses;               /* of the counted, added up */
    size_t response[6];         /* by pf_response */
    size_t progression[5];      /* by pf_progression; [0] none */
    size_t lot[PF_SERVED_WAYS]; /* of the counted, where the product has lots */
    size_t n_time[PF_CURVE_COUNT];
    double *time[PF_CURVE_COUNT];
    unsigned char *event[PF_CURVE_COUNT];
    pf_km km[PF_CURVE_COUNT]; /* fitted where n_time > 0 */
} pf_arm_result;

typedef struct pf_replicate {
    const pf_study *study;
    const pf_layout *layout;
    const pf_rows *rows; /* borrowed */
    size_t n_arm;
    pf_arm_result *arm;
    double *scratch; /* [rows] */
} pf_replicate;

/** Sort the rows of one replicate by arm and fit its curves. The caller clears `*out`, also
 * after a failure. Errors: NO_MEMORY, BUG (an arm that the study lacks) */
PF_NODISCARD pf_err pf_replicate_fit(pf_ctx *ctx, const pf_study *study,
    const pf_layout *layout, const pf_rows *patients, pf_replicate *out);
void pf_replicate_clear(pf_replicate *r);
/** The value of a measure, and for shares the variance that the number of patients alone
 * explains: p (1 - p) / n, Greenwood's for shares at a time; NaN for others. */
PF_NODISCARD pf_err pf_replicate_measure(
    pf_ctx *ctx, const pf_replicate *r, const pf_measure *m, double *value, double *variance);
/** The 95 % interval that the patients of this one replicate allow: exact binomial for shares,
 * Kaplan-Meier's (log-log) for medians and shares at a time. An upper limit that is not reached
 * is INFINITY; both are NaN for other measures, and where there is none. */
PF_NODISCARD pf_err pf_replicate_limits(
    pf_ctx *ctx, const pf_replicate *r, const pf_measure *m, double out[2]);

#endif
