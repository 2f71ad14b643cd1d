/* summary.h: from rows to endpoints: each replicate, then over replicates, then against
 * publications.
 *
 * Replicates arrive one after the other, so memory holds one replicate and a few numbers of
 * each earlier one. Depends on: result, survival, proportion. Threads: belongs to one thread.
 */
#ifndef PF_TRIAL_SUMMARY_H
#define PF_TRIAL_SUMMARY_H
#include "trial/result.h"

typedef struct pf_summary pf_summary;
struct pf_claims;          /* claims.h */
struct pf_used_parameters; /* parameters.h */

PF_NODISCARD pf_err pf_summary_new(
    pf_ctx *ctx, const pf_study *study, const pf_layout *layout, pf_summary **out);
void pf_summary_free(pf_summary *s); /**< NULL is allowed */
/** The values `x[study->unknowns.n_variable]` drawn for the replicate that is added next;
 * optional. With them the summary says which unknowns make the results wide. */
PF_NODISCARD pf_err pf_summary_unknowns(pf_ctx *ctx, pf_summary *s, const double *x);
/** Add the patients of the next replicate: `patients` holds them all, and nobody else. */
PF_NODISCARD pf_err pf_summary_add(pf_ctx *ctx, pf_summary *s, const pf_rows *patients);
/** What else goes into summary.json, and the answers to claims into the table; both borrowed,
 * NULL: nothing. */
void pf_summary_attach(
    pf_summary *s, const struct pf_claims *claims, const struct pf_used_parameters *parameters);
/** Write summary.json: arms with their endpoints (mean over replicates, 2.5, 50 and 97.5 %
 * quantiles, outer and inner variance), comparisons, expectations with the verdict, counts,
 * failures, curves, waterfall, kinetics, unknowns. Keys: docs/reference/run-folder.md. */
PF_NODISCARD pf_err pf_summary_json(pf_ctx *ctx, pf_summary *s, pf_buf *out);
/** replicates.csv: its header, and the rows of one replicate, a measure each, in the order of
 * summary.json. A value that does not exist is empty, one that is not reached `inf`. */
void pf_summary_replicates_header(pf_buf *out);
void pf_summary_replicate_rows(const pf_summary *s, size_t replicate, pf_buf *out);
/** The aligned table that ends a run on a terminal; 100 columns hold two arms. */
PF_NODISCARD pf_err pf_summary_text(pf_ctx *ctx, pf_summary *s, pf_buf *out);

#endif
