/* lever.h: by how much must a parameter be multiplied for a figure to be what somebody claims?
 *
 * The figure is a function of the logarithm of the factor. The ends of growing intervals, x 10,
 * x 1/10, x 1000, x 1/1000 (as far as the factor may go), are tried until the figure passes
 * the claim; then that interval is halved. A side on which the first step leads away from the
 * claim is not followed further. At most PF_LEVER_EVALUATIONS calls, whatever the
 * figure does. A figure that passes the claim and comes back between two tried factors is not
 * found: the answer is about what was tried. Depends on: base. Threads: pure functions. */
#ifndef PF_TRIAL_LEVER_H
#define PF_TRIAL_LEVER_H
#include "base/base.h"

enum { PF_LEVER_EVALUATIONS = 8 };
#define PF_LEVER_MOST 1000.0

/** The figure with a factor; NaN: it has no value there. INFINITY is larger than any. */
typedef pf_err (*pf_lever_fn)(pf_ctx *ctx, void *payload, double factor, double *figure);

typedef struct pf_lever_found {
    int reached;        /* a factor was found */
    double factor;      /* the nearest to 1 that was tried with which the claim holds; NaN */
    double short_of;    /* the farthest towards it with which it does not; NaN */
    double least, most; /* figure at the lowest and the highest factor tried, 1 included */
    double least_at, most_at; /* those factors */
    int evaluations;
} pf_lever_found;

typedef struct pf_lever_ask {
    pf_lever_fn fn;
    void *payload;
    double now, claim;      /* the figure at factor 1; what it should be */
    double lowest, highest; /* bounds of the factor: lowest <= 1 <= highest */
} pf_lever_ask;

/** Errors: what the function returns */
PF_NODISCARD pf_err pf_lever_search(pf_ctx *ctx, const pf_lever_ask *ask, pf_lever_found *out);

#endif
