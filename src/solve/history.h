/* history.h: the past of a case, for models with delays. Internal to solve.
 *
 * Each accepted step keeps every past value as a polynomial of degree 5 through six points of
 * the dense output, which is of degree 4. Before the start a value is that of the start; where
 * it reads time, it is computed with the time of then. At jumps a step reads what is on its own
 * side.
 *
 * A step that is longer than a delay reads itself: it is repeated with the dense output of the
 * try before until nothing changes, or refused. A step a little longer is shortened to the
 * delay. After the start and after every jump, the times at which a constant delay brings it
 * back (once, twice, ... while the order of the method sees it) are landed on.
 * Depends on: lanes_state. */
#ifndef PF_SOLVE_HISTORY_H
#define PF_SOLVE_HISTORY_H
#include "solve/lanes_state.h"

/** Memory and tables; nothing for a program without delays. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_history_new(pf_ctx *ctx, pf_engine *e);
void pf_history_free(pf_engine *e);
/** A lane takes a new case. */
void pf_history_reset(pf_engine *e, int lane);
/** The states of the lanes that start (mask) are known: their past begins. */
void pf_history_open(pf_engine *e, const unsigned char mask[8]);
/** A new step is tried from here. */
void pf_history_try(pf_engine *e);
/** Fill the past values for time, states and parameters in the slots. */
void pf_history_recall(pf_engine *e);
/** The longest step from here that reads only the known past; INFINITY when the step should
 * rather be repeated. `h`: the step that is wanted. */
double pf_history_limit(const pf_engine *e, int lane, double h);
/** After the stages: repeat them for steps that read themselves; `error` of those that do not
 * settle becomes large. */
void pf_history_settle(pf_engine *e);
/** Keep the accepted steps, from each lane's time to `until` (NAN: none). */
void pf_history_record(pf_engine *e, const double until[8]);
/** The lane has moved to its time, maybe less far than recorded. */
void pf_history_committed(pf_engine *e, int lane);
/** Something jumped at the lane's time. */
void pf_history_jump(pf_engine *e, int lane);

#endif
