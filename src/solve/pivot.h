/* pivot.h: the way out for a lane whose unpivoted factors grew too much: LU with partial
 * pivoting.
 *
 * Dense and one lane at a time: slow, right, and rare. Depends on: batch. */
#ifndef PF_SOLVE_PIVOT_H
#define PF_SOLVE_PIVOT_H
#include "solve/batch.h"

/** Room for all lanes of a batch; frees with pf_pivot_free. Sets nothing in `b`. */
PF_NODISCARD pf_err pf_pivot_new(pf_ctx *ctx, const pf_batch *b, void **out);
void pf_pivot_free(void *pivot); /**< NULL is allowed */
/** Factor (1/(gamma h) - J) of every lane whose `trouble` is set. */
void pf_pivot_factor(pf_batch *b);
/** Replace those lanes' solutions: right sides in b->sum, answers into the solve slots. */
void pf_pivot_repair(pf_batch *b);

#endif
