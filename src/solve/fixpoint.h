/* fixpoint.h: the fixed point y = P(y) of a map that somebody else computes: the state that a
 * dosing interval leaves as it found it.
 *
 * Anderson's acceleration (D. G. Anderson, J. ACM 12:547, 1965): the next argument is the
 * combination of the last images that would leave the smallest residual P(y) - y if P were
 * affine. For an affine map of n modes that is exact after n + 1 images, however slow the
 * slowest mode; plain repetition would need 1 / (1 - lambda) of them. Norms are weighted root
 * mean squares, each state by atol + rtol times its size. An extrapolation that
 * makes a state negative which repetition keeps positive is not taken.
 *
 * A fixed point that repels (growth balanced by nothing) would be found too, so at the end the
 * point is pushed off by 1 % of the way it came and must be approached again.
 * Depends on: base. Threads: belongs to one thread. */
#ifndef PF_SOLVE_FIXPOINT_H
#define PF_SOLVE_FIXPOINT_H
#include "base/base.h"

typedef struct pf_fixpoint pf_fixpoint;

typedef enum {
    PF_FIXPOINT_GO_ON,    /**< compute the image of `next` */
    PF_FIXPOINT_DONE,     /**< `next` is the fixed point */
    PF_FIXPOINT_SLOW,     /**< not reached within the images allowed */
    PF_FIXPOINT_UNSTABLE, /**< it is one, but the map leads away from it */
} pf_fixpoint_status;

/** `n` states; atol[n] is copied. Found when the residual is within 0.1 and the remaining step
 * within 1 of the weights. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_fixpoint_new(
    pf_ctx *ctx, size_t n, double rtol, const double *atol, pf_fixpoint **out);
void pf_fixpoint_free(pf_fixpoint *f); /**< NULL is allowed */
/** Begin at y[n] (copied), with at most `most` images. */
void pf_fixpoint_start(pf_fixpoint *f, const double *y, unsigned most);
/** Given the image[n] of the last argument, the next one in next[n] (may be the same array). */
pf_fixpoint_status pf_fixpoint_next(pf_fixpoint *f, const double *image, double *next);
/** Images so far. */
unsigned pf_fixpoint_images(const pf_fixpoint *f);
/** The state that moves most from one image to the next, for the record of a failure. */
uint32_t pf_fixpoint_worst(const pf_fixpoint *f);

#endif
