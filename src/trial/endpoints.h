/* endpoints.h: from the patients of one replicate to its endpoints.
 *
 * A measure is one figure about one arm, or about an arm against another: a share, a median, a
 * survival at a time, a hazard ratio. Patients whose integration failed are left out; all
 * others count, those without a visit as not evaluable (no response). Times are days; medians
 * of PFS, OS and DoR are Kaplan-Meier's, INFINITY when not reached, NaN when nobody could have
 * one. A ratio of medians is INFINITY or 0 when one of them is not reached, NaN when neither
 * is. Depends on: result, survival, cox. Threads: a replicate belongs to one thread. */
#ifndef PF_TRIAL_ENDPOINTS_H
#define PF_TRIAL_ENDPOINTS_H
#include "product/lot_serve.h"
#include "trial/result.h"
#include "trial/survival.h"

#define PF_MONTH_DAYS 30.4375

/* Measures beyond those that a study can expect (pf_endpoint). */
enum {
    PF_MEASURE_TTR = PF_ENDPOINT_COUNT, /* median of the responders, days */
    PF_MEASURE_AUC28,                   /* median */
    PF_MEASURE_ORR_DIFFERENCE,          /* `arm` less `against` */
    PF_MEASURE_PFS_HAZARD,
    PF_MEASURE_OS_HAZARD, /* hazard ratio (Cox), `arm` over `against` */
    PF_MEASURE_PFS_LOGRANK,
    PF_MEASURE_OS_LOGRANK, /* p */
    PF_MEASURE_COUNT
};

typedef struct pf_measure {
    int kind;            /* pf_endpoint or PF_MEASURE_* */
    double at;           /* day, for kinds that need one; else 0 */
    size_t arm, against; /* against: for comparisons; else 0 */
} pf_measure;

const char *pf_measure_text(int kind);  /**< key in summary.json, e.g. "PFS_at" */
int pf_measure_is_share(int kind);      /**< ORR, DCR, CR, PFS_at, OS_at */
int pf_measure_is_time(int kind);       /**< days */
int pf_measure_is_kinetics(int kind);   /**< KINETICS, CMAX, TMAX, AUC28 */
int pf_measure_is_comparison(int kind); /**< needs `against` */
int pf_measure_same(const pf_measure *a, const pf_measure *b);

/* What can be right-censored. */
enum { PF_CURVE_PFS, PF_CURVE_OS, PF_CURVE_DOR, PF_CURVE_COUNT };

/* One arm of one replicate. */
typedef struct pf_arm_result {
    size_t n, failed;           /* counted; left out */
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
