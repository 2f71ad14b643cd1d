/* cuminc.h: cumulative incidence of competing events.
 *
 * Aalen and Johansen (1978): the incidence of cause k rises at each time by S(t-) d_k/n, S the
 * Kaplan-Meier curve of all causes together, d_k events of cause k among n at risk just before.
 * The incidences and S add to 1. Times in the caller's unit; times that differ by rounding only
 * are one, as in survival.h. O(n log n). Depends on: base, order. Threads: no shared state. */
#ifndef PF_TRIAL_CUMINC_H
#define PF_TRIAL_CUMINC_H
#include "base/base.h"

typedef struct pf_cuminc {
    size_t n, causes, rows;
    double *time;      /**< [rows] each different time */
    double *incidence; /**< [rows][causes] at and after that time */
    double *survival;  /**< [rows] free of all causes */
} pf_cuminc;

/** `cause[n]`: 0 censored, 1 .. `causes` what happened. The caller clears `*out`, also after a
 * failure. Errors: RANGE (nobody, a negative time, a cause beyond `causes`), NONFINITE */
PF_NODISCARD pf_err pf_cuminc_fit(pf_ctx *ctx, size_t n, const double *time,
    const unsigned char *cause, size_t causes, pf_cuminc *out);
void pf_cuminc_clear(pf_cuminc *c);
/** The incidence of cause 1 .. causes at time t; NaN after the last time unless nobody was left
 * at risk of anything. */
double pf_cuminc_at(const pf_cuminc *c, size_t cause, double t);

/** The day of the largest smoothed hazard within [from, to]: Epanechnikov's kernel over the
 * increments of the Nelson-Aalen estimate (Ramlau-Hansen 1983), bandwidth an eighth of the
 * span, divided by the part of the kernel that lies within [0, the last time]; on 401 points,
 * the first of equals, as long as one patient in twenty is at risk. NaN without an event near.
 * Errors: as pf_km_fit; RANGE unless from < to. */
PF_NODISCARD pf_err pf_hazard_peak(pf_ctx *ctx, size_t n, const double *time,
    const unsigned char *event, double from, double to, double *day);

#endif
