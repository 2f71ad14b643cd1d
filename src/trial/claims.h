/* claims.h: what would have to be true for a published figure without a source to hold.
 *
 * For each `claim:` of a study: where the figure falls among the replicates, and for each lever
 * (a parameter of the model, or the same parameter of all instances of a submodel) by how much
 * it alone, multiplied for every patient, would have to move (lever.h), held against its range
 * in the table of evidence. The trial of a step is small: PF_CLAIM_PATIENTS patients of the
 * claim's arms (the same people, unknowns and random numbers in each step), counted together
 * as one replicate. Levers are those of the claim's `levers:`, else the study's unknowns and a
 * fixed list; those that the arm's program does not read, or that are 0, are left out, and the
 * first PF_CLAIM_LEVERS remain. A claim within the central half of the replicates needs none.
 * Depends on: summary, lever, evidence, usage. Threads: pf_claims_answer starts threads of its
 * own and ends them; answers are read-only. The same bits with any lanes and threads. */
#ifndef PF_TRIAL_CLAIMS_H
#define PF_TRIAL_CLAIMS_H
#include "trial/evidence.h"
#include "trial/expect.h"
#include "trial/lever.h"
#include "trial/simulate.h"
#include "trial/summary.h"

enum { PF_CLAIM_PATIENTS = 60, PF_CLAIM_LEVERS = 8 };

typedef enum {
    PF_LEVER_INSIDE,   /* the value needed lies in its evidence */
    PF_LEVER_ABOVE,    /* beyond the upper end */
    PF_LEVER_BELOW,    /* beyond the lower end */
    PF_LEVER_NO_RANGE, /* reached; the table has no range for it */
    PF_LEVER_CANNOT,   /* not with any factor tried */
    PF_LEVER_NOTHING   /* the figure did not change at all */
} pf_lever_verdict;
const char *pf_lever_verdict_text(pf_lever_verdict v); /* "inside", "above", ... */

typedef struct pf_lever_answer {
    const char *name, *unit;
    double typical;   /* median of the arm's patients */
    double low, high; /* evidence; NaN */
    double value;     /* needed: typical times factor; NaN */
    double beyond;    /* value over the end it passes, or that end over value; 1 inside */
    pf_lever_verdict verdict;
    pf_lever_found found;
} pf_lever_answer;

typedef enum {
    PF_CLAIM_CENTRAL,  /* within the central half of the replicates */
    PF_CLAIM_ANSWERED, /* levers hold the answer */
    PF_CLAIM_NO_VALUE, /* the small trial gives the figure no value, or there is no number */
    PF_CLAIM_DIRECTION /* only a direction is claimed, so no lever has a figure to reach */
} pf_claim_state;

typedef struct pf_claim_answer {
    const pf_expect *claim;
    pf_claim_state state;
    pf_verdict verdict; /* of the whole run */
    double now;         /* figure of the small trial as it is; NaN when none was run */
    size_t n_lever;
    pf_lever_answer *lever;
    const pf_lever_answer *nearest; /* least beyond its evidence; NULL when none reaches it */
} pf_claim_answer;

typedef struct pf_claims {
    pf_arena arena;
    size_t n;
    pf_claim_answer *answer;
    const char *kinetics_unit;
} pf_claims;

/** Answer all claims of `study`. `summary` holds its replicates; `threads` and `lanes` as in
 * pf_try. pf_claims_clear in any case. Errors: CANCELLED, NO_MEMORY, as pf_trial_new */
PF_NODISCARD pf_err pf_claims_answer(pf_ctx *ctx, const pf_study *study, pf_summary *summary,
    const pf_evidence *evidence, int threads, int lanes, pf_claims *out);
void pf_claims_clear(pf_claims *c);
/** "claims": [...] as a member of an open JSON object. */
void pf_claims_json(const pf_claims *c, pf_buf *out);
/** For a terminal, below 100 columns. */
void pf_claims_text(const pf_claims *c, pf_buf *out);

/* ---- claims_levers.c, for claims.c ---- */

enum { PF_LEVER_PARAMETERS = 16, PF_LEVER_CANDIDATES = 40 };

/* A lever before it is pulled. */
typedef struct pf_lever {
    const char *name;
    size_t n;
    uint32_t parameter[PF_LEVER_PARAMETERS]; /* of the model */
} pf_lever;

/** Levers of a claim that the model has, in order of preference: `out`[PF_LEVER_CANDIDATES]. */
size_t pf_claim_candidates(
    const pf_study *study, const pf_expect *claim, const pf_trial *t, pf_lever *out);

#endif
