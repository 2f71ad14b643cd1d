/* course.h: plays the records of one person on one case of the engine.
 *
 * At one time: ends of infusions, then doses that an earlier record announced (additional,
 * lagged), then the records in their order; what a record predicts is seen after what it does.
 * Looks of the caller at that time come last. A reset puts all states back to where the case
 * started and ends what is under way. A dose takes F, R and D from the model when it is given,
 * ALAG when its record comes; F scales the amount, so it shortens an infusion of given rate and
 * weakens one of given duration.
 *
 * Steady states: SS 1 starts from where the case started and finds the state that the dosing
 * interval leaves unchanged (fixpoint.h), with the clock in [TIME - II, TIME]; lagged doses are
 * lagged there too, and infusions longer than II overlap. SS 2 adds it to what was there. With
 * AMT 0 the infusion (RATE 0: nothing) goes on until nothing changes: over times that grow
 * fourfold, three times in a row, by no more than a hundredth of the tolerance; it ends at
 * TIME. That follows the equations themselves, so conserved totals stay and the state found
 * attracts.
 *
 * Depends on: records, solve. Threads: a course belongs to one thread, plans may be shared. */
#ifndef PF_PATIENT_COURSE_H
#define PF_PATIENT_COURSE_H
#include "patient/records.h"
#include "solve/engine.h"

/* Something that happened to a person: a record, or an additional dose of one. */
typedef struct pf_course_row {
    const pf_record_row *record;
    uint64_t nth; /**< 0: the record itself; k: its k-th additional dose */
    size_t after; /**< of `nth` > 0: the row (of the table's rows) it came before */
    double t;
    const double *out; /**< all observables of the program */
} pf_course_row;

/* The same for all cases. All is borrowed. */
typedef struct pf_course_plan {
    const pf_record_table *records; /**< NULL: none */
    const pf_program *program;
    const pf_model *model; /**< for names in messages */
    size_t ask0;           /**< observable that is the first of records->ask; the rest follow */
    int nocb;           /**< covariates of a record hold before it, since the record before */
    int steady;         /**< start from the steady state without doses */
    double t0, t1;      /**< span of the cases; infinite times are refused */
    double rtol;        /**< of the engine */
    const double *atol; /**< [n_state] of the engine */
    size_t n_look;
    const double *look; /**< [n_look] rising times; their tags are 0 .. n_look - 1 */
    void *payload;
    /** Every record, and with `expand` every additional dose; NULL: not wanted. */
    void (*row)(void *payload, pf_case *c, const pf_course_row *row);
    int expand;
} pf_course_plan;

typedef struct pf_course pf_course;

/** Refuse a plan whose model or records cannot be played: a steady state of a model with
 * events, delays, jumps or small populations that jump (`deterministic` 0), or, without doses,
 * of one that depends on time. Errors: CONFIG */
PF_NODISCARD pf_err pf_course_check(pf_ctx *ctx, const pf_course_plan *plan, int deterministic);
/** Errors: NO_MEMORY. The plan is borrowed. */
PF_NODISCARD pf_err pf_course_new(pf_ctx *ctx, const pf_course_plan *plan, pf_course **out);
void pf_course_free(pf_course *k); /**< NULL is allowed */

/** In `begin`, after parameters and initial values: set the span, plan the looks, the first
 * covariates and stops. `person` NULL: nothing is given. */
void pf_course_begin(pf_course *k, pf_case *c, const pf_record_person *person);
/** In `stopped`, for every stop. */
void pf_course_stopped(pf_course *k, pf_case *c, const pf_stop *stop);
/** In `look`: 1 when the look was the course's own. */
int pf_course_look(pf_course *k, pf_case *c, double t, uint32_t tag, const double *out);
/** In `end`: what the course could not do, NULL when it is not to blame. Borrowed until the
 * next begin. */
const char *pf_course_problem(const pf_course *k);
/** What it was about when the case failed: "" or "on the way to the steady state, ". */
const char *pf_course_stage(const pf_course *k);

#endif
