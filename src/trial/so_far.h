/* so_far.h: what the patients that are there say, in whatever order they came: a trial that is
 * still being simulated.
 *
 * All replicates are pooled, so a share is that of all patients so far, and a median is
 * Kaplan-Meier's over all of them (survival.h); with every patient of one replicate these are
 * the figures of its summary, and the counts are those of any summary. Patients whose
 * integration failed are counted and left out of all else. Times are days. Kept of a patient:
 * two times with their events. Depends on: result, survival, proportion. Threads: belongs to
 * one thread. */
#ifndef PF_TRIAL_SO_FAR_H
#define PF_TRIAL_SO_FAR_H
#include "trial/result.h"
#include "trial/survival.h"

typedef enum { PF_SO_FAR_PFS, PF_SO_FAR_OS, PF_SO_FAR_CURVES } pf_so_far_curve;

typedef struct pf_so_far_arm {
    uint64_t patients, failed, treated; /* patients: failed ones included */
    uint64_t response[6];               /* by pf_response; [0] none */
    uint64_t grade[PF_GRADES_MAX][7];   /* by worst grade; [6]: nobody looked */
    uint64_t events[PF_SO_FAR_CURVES];  /* progression or death; death */
    struct pf_so_far_times {
        size_t n, capacity, event_capacity;
        double *time;
        unsigned char *event;
        int stale;          /* patients came since `median` was worked out */
        pf_estimate median; /* `value` INFINITY: not reached, NaN: nobody yet */
    } curve[PF_SO_FAR_CURVES];
} pf_so_far_arm;

typedef struct pf_so_far {
    const pf_study *study;
    const pf_layout *layout;
    int has_response, has_curve[PF_SO_FAR_CURVES]; /* does the study measure it? */
    pf_so_far_arm *arm;                            /* [study->n_arm] */
} pf_so_far;

/** Nobody yet. `study` and `layout` are borrowed. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_so_far_new(
    pf_ctx *ctx, const pf_study *study, const pf_layout *layout, pf_so_far **out);
void pf_so_far_free(pf_so_far *s); /**< NULL is allowed */
/** Add rows of `patients`. Errors: CORRUPT (an arm that the study lacks), NO_MEMORY; nothing of
 * the rows is then added. */
PF_NODISCARD pf_err pf_so_far_add(pf_ctx *ctx, pf_so_far *s, const pf_rows *patients);
/** Work out the medians that are stale; O(n log n) in the patients of their arm. Errors:
 * NO_MEMORY */
PF_NODISCARD pf_err pf_so_far_medians(pf_ctx *ctx, pf_so_far *s);
/** Share of responders [0] with its exact 95 % interval [1], [2]; NaN without anybody, or
 * where the study has no response. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_so_far_response(
    pf_ctx *ctx, const pf_so_far *s, size_t arm, double out[3]);

#endif
