/* samples.h: what one patient contributes to a measure that is a median or a share of patients:
 * a number, 1 or 0 for shares, NaN for who has none.
 *
 * A fold is relative to the first sample, which the study reader knows to lie at or before the
 * first dose of the arm. A half-life or doubling time is the log slope of a least squares line
 * through the positive samples within the span; INFINITY when the line does not fall (rise).
 * Disease is controlled at a time when nothing progressed and nobody died up to it, and a visit
 * was seen then; the window of a visit counts as the same time. Depends on: endpoint_kind,
 * result. Threads: pure functions. */
#ifndef PF_TRIAL_SAMPLES_H
#define PF_TRIAL_SAMPLES_H
#include "trial/endpoint_kind.h"
#include "trial/result.h"

/** The value of a row of `patients`; NaN for kinds that are not of single patients. */
double pf_patient_value(
    const pf_study *s, const pf_layout *l, const pf_measure *m, const double *row);
/** Is the measure made of pf_patient_value? */
int pf_measure_is_of_patients(const pf_measure *m);

#endif
