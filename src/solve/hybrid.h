/* hybrid.h: reactions of few in a model of many: part of the states jump, the rest follow their
 * equations. Internal to solve.
 *
 * A state is discrete while its count is below its threshold, and again below it only after it
 * has been above twice as much; with an infinite threshold it always is. Its count is made
 * whole without bias when it becomes discrete. Every channel that changes a discrete state
 * leaves the equations (keep = 0) and fires:
 *
 * - one at a time, while few firings are expected in a step. The hazard state H integrates the
 *   sum of their propensities, as the states move; the next firing is where H reaches an
 *   exponential draw, found on the dense output, and the channel is drawn by the propensities
 *   there. This is exact, up to the tolerance of the integration.
 * - many at a time (leap.h), where a leap has more than 10 firings: in a step short enough that
 *   counts change little, a Poisson number of each channel with the mean of the propensities at
 *   both ends; critical channels one at a time.
 *
 * What is extinct has no propensities, so it limits no step and stays extinct. A jump moves all
 * that it changes at once: between discrete states nothing is lost or made. Infusions into a
 * discrete state arrive in whole cells, without bias. Depends on: leap. */
#ifndef PF_SOLVE_HYBRID_H
#define PF_SOLVE_HYBRID_H
#include "solve/lanes_state.h"

/** Memory for the jumps of all lanes; nothing for a program without. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_hybrid_new(pf_ctx *ctx, pf_engine *e);
/** A lane takes a case, whose identity is known. */
void pf_hybrid_begin(pf_engine *e, int lane);
/** `init` has run, which puts all channels of all lanes into the equations: undo that. */
void pf_hybrid_started(pf_engine *e);
/** Which states of a lane are discrete, after its state changed from outside or by a step. */
void pf_hybrid_sort(pf_engine *e, int lane);
/** At the start of a step, evaluated: propensities, whether to leap. Ends cases whose
 * propensities are no rates. */
void pf_hybrid_plan(pf_engine *e);
/** The longest step that the plan allows. */
double pf_hybrid_limit(const pf_engine *e, int lane);
/** Lower `until` to the next firing in the accepted steps. */
void pf_hybrid_within(pf_engine *e, double until[8]);
/** The state at the next firing into y1, where it ends the step. */
void pf_hybrid_cut(pf_engine *e, const double until[8]);
/** Fire, the accepted steps having been taken: y holds the states at `until`. Ends cases whose
 * counts fell below 0. */
void pf_hybrid_fire(pf_engine *e, const double until[8]);

#endif
