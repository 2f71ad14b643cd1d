/* pooled.h: one survival curve over the patients of all replicates, in bounded memory.
 *
 * Times are counted in bins of horizon / PF_POOLED_BINS days; S at the end of a bin is the
 * Kaplan-Meier product over the bins, with events before censorings inside one. So S is exact
 * wherever a bin does not hold an event after a censoring. The band is over the curves of
 * single replicates: what a trial of this size would show. Days. Depends on: survival. Threads:
 * belongs to one thread. */
#ifndef PF_TRIAL_POOLED_H
#define PF_TRIAL_POOLED_H
#include "trial/survival.h"

enum {
    PF_POOLED_BINS = 600,
    PF_BAND_POINTS = 61,       /* the horizon in 60 steps */
    PF_BAND_REPLICATES = 1000, /* replicates that the band is made of, at most */
    PF_TICKS_MAX = 9
};

typedef struct pf_pooled {
    double horizon;
    uint64_t n;
    uint64_t event[PF_POOLED_BINS + 1], censored[PF_POOLED_BINS + 1];
    size_t replicates; /* added */
    size_t n_band, band_capacity;
    double *band; /* [n_band][PF_BAND_POINTS] S of single replicates, carried on after the last
                     time */
} pf_pooled;

void pf_pooled_init(pf_pooled *p, double horizon);
void pf_pooled_clear(pf_pooled *p);
/** Add the patients of one replicate and their own curve (NULL when there are none). */
PF_NODISCARD pf_err pf_pooled_add(pf_ctx *ctx, pf_pooled *p, const double *time,
    const unsigned char *event, size_t n, const pf_km *km);
/** {"day": [], "survival": [], "band": {"day", "low", "high"}, "ticks": [{"day", "at_risk",
 * "events", "censored"}]}: the counts are means over replicates, so that they read like one
 * trial's. */
PF_NODISCARD pf_err pf_pooled_json(pf_ctx *ctx, const pf_pooled *p, pf_buf *out);
/** Evenly spaced days from 0, whole months, at most PF_TICKS_MAX; returns how many. */
size_t pf_pooled_ticks(double horizon, double day[PF_TICKS_MAX]);

#endif
