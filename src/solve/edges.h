/* edges.h: jumps of the right-hand side that only time decides, such as in
 * piecewise(1, time < 5, 0), are landed on. Internal to solve.
 *
 * Error control alone finds such a place by refused steps, and steps over a short pulse. The
 * comparisons, floors and kinks of `rhs` whose operands depend on time and parameters only are
 * cut out of it into a code of their own, which is run at several times of each step before it
 * is tried. When one of them changes, the step ends at the first double after the change, and
 * its stages see the last one before. Depends on: lanes_state. */
#ifndef PF_SOLVE_EDGES_H
#define PF_SOLVE_EDGES_H
#include "solve/lanes_state.h"

/** Look for such places; e->edges stays NULL when there are none. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_edges_new(pf_ctx *ctx, pf_engine *e);
void pf_edges_free(pf_engine *e);
/** Shorten the chosen steps to their first edge, which becomes the case's `edge` (else NAN). */
void pf_edges_limit(pf_engine *e);

#endif
