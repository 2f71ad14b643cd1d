/* simulate.h: patients of a study, simulated: population, regimen, integration, assessment.
 *
 * Patient number i of the whole run is replicate i / size, patient i % size. Any range of
 * numbers gives the same rows as when it is part of a larger range, on any thread, with any
 * number of lanes. Depends on: study, result, solve, model. Threads: a pf_trial is read-only
 * once made; each thread has its own pf_worker. */
#ifndef PF_TRIAL_SIMULATE_H
#define PF_TRIAL_SIMULATE_H
#include "model/native.h"
#include "trial/result.h"

#include <stdatomic.h>

typedef struct pf_trial pf_trial;
typedef struct pf_worker pf_worker;

/** Compile the model for the study and lay out the tables. `study` is borrowed and must outlive
 * the trial. Errors: MODEL, CONFIG (a name the model lacks, with the nearest), NO_MEMORY */
PF_NODISCARD pf_err pf_trial_new(pf_ctx *ctx, const pf_study *study, pf_trial **out);
void pf_trial_free(pf_trial *t); /**< NULL is allowed */
const pf_layout *pf_trial_layout(const pf_trial *t);
/** The unknown parameters of a replicate, x[study->unknowns.n_variable]. */
PF_NODISCARD pf_err pf_trial_unknowns(
    pf_ctx *ctx, const pf_study *study, uint64_t replicate, double *x);

/** Programs of the trial: arms that differ in what they use of the model have their own. */
size_t pf_trial_program_count(const pf_trial *t);
const pf_program *pf_trial_program(const pf_trial *t, size_t i);
/** Let workers that are made from now on use this native code for program i. Borrowed: it must
 * outlive them. */
void pf_trial_set_native(pf_trial *t, size_t i, const pf_native *native);

/** `lanes` 1, 4, 8, or 0 for the widest this machine has. */
PF_NODISCARD pf_err pf_worker_new(pf_ctx *ctx, const pf_trial *t, int lanes, pf_worker **out);
void pf_worker_free(pf_worker *w); /**< NULL is allowed */
/* Patients finished so far, told while a chunk is still under way; shared by threads. */
typedef struct pf_tally {
    atomic_uint_fast64_t done, failed;
} pf_tally;

/** Simulate patients first .. first + count - 1 into `out` (emptied first), sorted; `tally` may
 * be NULL. A patient whose integration fails has a row in failures and a marked row in
 * patients; the others go on. Errors: CANCELLED, NO_MEMORY, RANGE */
PF_NODISCARD pf_err pf_worker_simulate(
    pf_ctx *ctx, pf_worker *w, uint64_t first, uint64_t count, pf_tally *tally, pf_chunk *out);

#endif
