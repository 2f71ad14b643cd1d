/* events.h: events of the model, with the semantics of SBML L3V2 (section 4.11). Internal to
 * solve.
 *
 * A trigger that rises from 0 to 1 makes its event pending: its delay is evaluated, and with
 * `from_trigger` its values. What is due at one time is executed one after the other: highest
 * priority first, as the priorities are then, ties by lot (random.h, the case's identity; in
 * the order of triggering when the engine is deterministic), events without a priority last.
 * After each one all triggers are compared again: others may become due, and those that are not
 * persistent are forgotten when their trigger fell.
 *
 * Inside an accepted step roots and triggers are looked at in several points of the dense
 * output, more where a root is not smooth, and where a parabola through three of them comes
 * near zero; a change is narrowed down to neighbouring doubles of time, and the step ends at
 * the later one, where the trigger is true. All lanes are searched together, each at its own
 * times. Depends on: lanes_state. */
#ifndef PF_SOLVE_EVENTS_H
#define PF_SOLVE_EVENTS_H
#include "solve/lanes_state.h"

/** Memory for the events of all lanes; nothing for a program without. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_events_new(pf_ctx *ctx, pf_engine *e);
void pf_events_free(pf_engine *e);
/** A lane takes a new case; before the source sets it up. */
void pf_events_reset(pf_engine *e, int lane);
/** The triggers at the start, before its stops, of lanes that are `opening`. */
void pf_events_open(pf_engine *e);
/** Take the triggers of the lanes in `mask` as they are: nothing rises. */
void pf_events_forget(pf_engine *e, const unsigned char mask[8]);
/** Compare the triggers of all lanes that have no stops due with their states. Lanes with
 * something due become `at_point`. */
void pf_events_notice(pf_engine *e);
/** Execute what is due at the points of all lanes whose stops were applied. Returns how many
 * cases ended, because they failed. */
int pf_events_execute(pf_engine *e);
/** Find the first trigger that rises in the accepted steps; `until[lane]` (NAN: no step) is
 * lowered to it, y1 is not touched. Needs and makes the dense output. */
void pf_events_within(pf_engine *e, double until[8]);
/** After looks inside the step: the state at `until` into y1 where an event cut the step. */
void pf_events_cut(pf_engine *e, const double until[8]);
/** Triggers that fell up to `until`, the lane's new time. */
void pf_events_committed(pf_engine *e, int lane);

/* events.c to crossing.c */
typedef struct pf_search pf_search;
PF_NODISCARD pf_err pf_search_new(pf_ctx *ctx, pf_engine *e);
/** Forget all pending instances of an event. */
void pf_agenda_drop(pf_agenda *a, uint32_t event);

#endif
