/* tissue_answers.h: what the runs of a tissue study answer. Internal to api.
 *
 * One run is one observation: the outcomes at its end. Mean over seeds with Student's 95 %
 * interval; the difference of a variant to the base is taken seed by seed, as both begin with
 * the same cells and the same chances (differ.h, means, paired). Depends on: outcome, differ,
 * csv. Threads: no shared state. */
#ifndef PF_API_TISSUE_ANSWERS_H
#define PF_API_TISSUE_ANSWERS_H
#include "base/buf.h"
#include "tissue/outcome.h"
#include "trial/differ.h"

#define PF_TISSUE_STUDY_FORMAT "perforin-tissue-study-1" /* of answers.json */

typedef struct pf_answer_run {
    const char *folder;
    size_t n;       /* rows of outcomes.csv */
    double *minute; /* [n] */
    double *value;  /* [n][n_outcome] */
} pf_answer_run;

typedef struct pf_answers {
    pf_arena arena;
    const pf_setup *setup; /* of the base */
    const char *version;
    size_t n_variant; /* the base, as 0, and those of the file */
    size_t n_seed;
    uint64_t first_seed;
    pf_answer_run *run; /* [n_variant][n_seed] */
} pf_answers;

/** "base", or the variant's name. */
const char *pf_answers_variant(const pf_answers *a, size_t variant);
/** Read outcomes.csv of every run. Errors: CORRUPT (other columns than the file asks for), IO,
 * NO_MEMORY */
PF_NODISCARD pf_err pf_answers_read(pf_ctx *ctx, pf_answers *a);
/** Mean over seeds of an outcome at the end, and its difference to the base. Errors: NO_MEMORY
 */
PF_NODISCARD pf_err pf_answers_of(pf_ctx *ctx, const pf_answers *a, size_t outcome,
    size_t variant, pf_gap *mean, pf_gap *diff);

void pf_answers_csv(const pf_answers *a, pf_buf *out);
PF_NODISCARD pf_err pf_answers_json(pf_ctx *ctx, const pf_answers *a, pf_buf *out);
/** A table for each outcome, and the figure, for a terminal. */
PF_NODISCARD pf_err pf_answers_text(pf_ctx *ctx, const pf_answers *a, pf_buf *out);

#endif
