/* engine.h: integrates many cases (patients) through one program, several at once in lanes.
 *
 * A case has parameters, initial states, stops (doses and other changes at known times), looks
 * (times at which somebody sees its observables) and watches (thresholds of a rising state:
 * cumulative hazards). Each lane carries one case with its own time, step and error; a lane
 * that finishes takes the next case at once; no lane touches another, so a case's numbers do
 * not depend on its neighbours.
 *
 * Order at one time: stops in the order they were added, then events of the model, those that
 * the stops trigger included (events.h), then looks. Stops and delayed events are landed on
 * exactly, and so are times at which the right-hand side jumps (edges.h); triggers, looks and
 * crossings are found on the dense output inside an accepted step, in time order; the step is
 * cut at a trigger that rises, and where a callback changes something. Delays read the history
 * of their case (history.h). Populations below their threshold become exact linear birth-death
 * processes (small.h). Depends on: model. Threads: an engine belongs to one thread;
 * the program may be shared. */
#ifndef PF_SOLVE_ENGINE_H
#define PF_SOLVE_ENGINE_H
#include "model/native.h"
#include "model/program.h"

typedef struct pf_engine pf_engine;
typedef struct pf_case pf_case; /* valid from begin to end of the case, in its callbacks only */

/* Reactions of a program that was compiled as stochastic (jump.h). A step is then one firing,
 * max_steps are firings of one case (0: 10^10), tolerances mean nothing. */
typedef enum {
    PF_JUMPS_NONE,  /**< integrate */
    PF_JUMPS_EXACT, /**< one at a time */
    PF_JUMPS_LEAP,  /**< many at a time where propensities change little */
} pf_jumping;

typedef struct pf_engine_options {
    int lanes;          /**< 1, 4, 8; 0: the widest there is */
    double rtol;        /**< relative tolerance, > 0 */
    const double *atol; /**< [n_state] absolute tolerances, > 0; copied */
    double max_step;    /**< 0: no limit */
    uint64_t max_steps; /**< accepted and rejected steps of one case; 0: 1,000,000 */
    size_t n_input;
    const uint32_t *input; /**< [n_input] states that can be infused into; copied */
    size_t n_watch;
    const uint32_t *watch;   /**< [n_watch] states that only rise; copied */
    int deterministic;       /**< 1: nothing is random: populations never leave the ODE */
    const pf_native *native; /**< used when it has code of the program for these lanes; borrowed
                                  for the engine's life; NULL: the interpreter. Same bits. */
    uint64_t max_events;     /**< executed at one time of one case; 0: 10,000 */
    pf_jumping jumps;        /**< how reactions happen; the program must be compiled for it */
    double leap;             /**< largest relative change of a propensity in a leap; 0: 0.03 */
} pf_engine_options;

typedef enum {
    PF_STOP_ADD,   /**< state `target` += value */
    PF_STOP_SET,   /**< state `target` = value */
    PF_STOP_PARAM, /**< parameter `target` = value */
    PF_STOP_RATE,  /**< infusion rate of input number `target` += value */
} pf_stop_kind;

typedef struct pf_stop {
    double t;
    pf_stop_kind kind;
    uint32_t target;
    double value;
    uint32_t tag; /**< the caller's own; pf_case_cancel removes by tag */
} pf_stop;

typedef enum {
    PF_CASE_DONE,
    PF_CASE_STEP_TOO_SMALL,
    PF_CASE_TOO_MANY_STEPS,
    PF_CASE_TOO_MANY_EVENTS, /**< they trigger each other without end at one time */
    PF_CASE_NOT_FINITE,      /**< a rate, an event or a delay is no usable number */
    PF_CASE_BAD_RATE,        /**< a propensity is negative or no number */
    PF_CASE_BELOW_ZERO,      /**< a reaction took more than there was */
} pf_case_status;
/** "step became too small", ... */
const char *pf_case_status_text(int status);

typedef struct pf_case_end {
    pf_case_status status;
    double t;         /**< where it ended */
    uint32_t state;   /**< the state with the largest error, when it failed; PF_ABSENT: none */
    uint32_t event;   /**< the event that failed; PF_ABSENT: none */
    uint64_t steps;   /**< accepted and rejected; firings */
    uint32_t channel; /**< of BAD_RATE and BELOW_ZERO: the reaction */
    double value;     /**< of BAD_RATE: its propensity */
} pf_case_end;

/* Where cases come from and who is told. All but `begin` may be NULL. */
typedef struct pf_source {
    void *payload;
    /** Set up the next case with the pf_case_ functions; return 0 when there are no more. */
    int (*begin)(void *payload, pf_case *c);
    /** A look at time t: observables out[n_out]. */
    void (*look)(void *payload, pf_case *c, double t, uint32_t tag, const double *out);
    /** Watch number `watch` reached its threshold at time t. It does not fire again unless set
     * again. */
    void (*cross)(void *payload, pf_case *c, size_t watch, double t);
    /** A stop was applied. */
    void (*stopped)(void *payload, pf_case *c, const pf_stop *stop);
    /** Event number `event` of the model was executed at time t. */
    void (*event)(void *payload, pf_case *c, size_t event, double t);
    /** The case is over; its pf_case is used again. */
    void (*end)(void *payload, pf_case *c, const pf_case_end *how);
} pf_source;

/** Errors: RANGE (options), NO_MEMORY. The program is borrowed. */
PF_NODISCARD pf_err pf_engine_new(
    pf_ctx *ctx, const pf_program *program, const pf_engine_options *options, pf_engine **out);
void pf_engine_free(pf_engine *e); /**< NULL is allowed */
/** Run until the source is empty. Failed cases are told through `end`; the others go on.
 * Errors: CANCELLED (checked between steps), NO_MEMORY */
PF_NODISCARD pf_err pf_engine_run(pf_ctx *ctx, pf_engine *e, const pf_source *source);

/* In `begin`: */
/** From t0 to t1 >= t0. Default 0 to 0. */
void pf_case_span(pf_case *c, double t0, double t1);
void pf_case_initial(
    pf_case *c, uint32_t state, double value); /**< instead of the model's own */
/** Identity of its random numbers. */
void pf_case_identity(pf_case *c, uint64_t seed, uint64_t replicate, uint64_t patient);

/* In any callback but `end`: */
void pf_case_set_user(pf_case *c, void *user);
void *pf_case_user(const pf_case *c);
double pf_case_time(const pf_case *c);
void pf_case_set(pf_case *c, uint32_t parameter, double value); /**< takes effect at once */
double pf_case_get(const pf_case *c, uint32_t parameter);
/** Stops and looks must not lie before the case's time. */
void pf_case_stop(pf_case *c, pf_stop stop);
void pf_case_cancel(pf_case *c, uint32_t tag); /**< all pending stops of that tag */
void pf_case_look(pf_case *c, double t, uint32_t tag);
/** A look here and now, served before any other that is due, once the stops of this time are
 * done. */
void pf_case_look_first(pf_case *c, uint32_t tag);
/** Steps so far, accepted and rejected. */
uint64_t pf_case_steps(const pf_case *c);
void pf_case_watch(pf_case *c, size_t watch, double threshold); /**< INFINITY: never */
void pf_case_finish(pf_case *c); /**< end it here, as PF_CASE_DONE */

/* In `stopped` only: */
double pf_case_state(const pf_case *c, uint32_t state);
void pf_case_set_state(pf_case *c, uint32_t state, double value);
/** Set the clock back to t, before the case's time, keeping the state: periodic dosing is
 * repeated until it is steady. Stops from t on may then be added. Events that wait are
 * forgotten, triggers are taken as they are then (the turning back itself triggers nothing),
 * and the past that delays read begins anew: before t it is as at t. */
void pf_case_rewind(pf_case *c, double t);

#endif
