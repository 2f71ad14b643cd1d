/* order.h: what every survival statistic does first: check the columns, join times that are the
 * same but for rounding, and sort by stratum and time with ties in the order of the data, so
 * that sums always run the same way. Depends on: base. */
#ifndef PF_TRIAL_ORDER_H
#define PF_TRIAL_ORDER_H
#include "base/base.h"

/** Errors: RANGE, NONFINITE; the sentence names the row, counted from 1. */
PF_NODISCARD pf_err pf_survival_check(
    pf_ctx *ctx, size_t n, const double *time, const unsigned char *event);
/** conf = 0 becomes 0.95. Errors: RANGE unless 0 < conf < 1. */
PF_NODISCARD pf_err pf_conf_check(pf_ctx *ctx, double *conf);
/** The z of a two-sided interval. */
double pf_conf_z(double conf);
/** A copy of `time` in which times that count as equal are equal; free with pf_free. */
PF_NODISCARD pf_err pf_times_align(pf_ctx *ctx, size_t n, const double *time, double **out);
/** Indices by (label, time, index); `label` may be NULL. Free with pf_free. */
PF_NODISCARD pf_err pf_order(
    pf_ctx *ctx, size_t n, const int *label, const double *time, size_t **out);
/** Replace labels by 0, 1, ... in ascending order; `*labels` holds the `*count` originals.
 * `label` NULL: one class. Free both with pf_free. */
PF_NODISCARD pf_err pf_classes(
    pf_ctx *ctx, size_t n, const int *label, int **classes, int **labels, size_t *count);

/** Factor the symmetric positive m x m matrix in place (lower triangle: A = L L'). Returns 0
 * when a pivot falls to `tolerance` times its diagonal or below. */
int pf_cholesky(size_t m, double *a, double tolerance);
/** Solve A x = b in place with the factor. */
void pf_cholesky_solve(size_t m, const double *l, double *b);

#endif
