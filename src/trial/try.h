/* try.h: a study simulated in memory, without a run folder: for claims and tables of many
 * studies.
 *
 * The same patients as `perforin run` with the same seed, replicates and changes, so the same
 * figures. Depends on: simulate, summary, override. Threads: a pf_tried belongs to one thread;
 * pf_trial_try starts threads of its own and ends them. */
#ifndef PF_TRIAL_TRY_H
#define PF_TRIAL_TRY_H
#include "trial/simulate.h"
#include "trial/summary.h"

typedef struct pf_try {
    size_t n_override;
    const pf_override *override; /* [n_override] besides the study's own, after them */
    size_t replicates;           /* 0: the study's */
    int threads, lanes;          /* 0: one thread; the widest lanes */
} pf_try;

/* What a study gave; the summary borrows the rest. Ask it with pf_summary_judge (an expectation
 * of the study), pf_summary_find and pf_summary_column (a measure over replicates). */
typedef struct pf_tried {
    pf_study study;   /* as it was simulated; its memory is that of the study it came from */
    pf_override *own; /* the changes of both; NULL: the study's */
    pf_trial *trial;
    pf_summary *summary;
} pf_tried;

/** Simulate `study` and summarise it. `study` is borrowed and must outlive `*out`; the caller
 * clears `*out`, also after a failure. Errors: as pf_trial_new and pf_worker_simulate */
PF_NODISCARD pf_err pf_trial_try(
    pf_ctx *ctx, const pf_study *study, const pf_try *how, pf_tried *out);
void pf_tried_clear(pf_tried *t); /**< a zeroed one is fine */

#endif
