/* trial_try.h: a study simulated in memory, without a run folder; a fixture of tests. */
#ifndef PF_TESTS_TRIAL_TRY_H
#define PF_TESTS_TRIAL_TRY_H
#include "ct.h"

#include <string.h>

#include "trial/simulate.h"
#include "trial/summary.h"

typedef struct tried {
    pf_study study;   /* as it was simulated; its memory is that of the study it came from */
    pf_override *own; /* the changes of both; NULL: the study's */
    pf_trial *trial;
    pf_summary *summary;
} tried;

/* The same patients as a run with the same seed, replicates and changes, so the same figures.
 * `more`[n_more]: changes after the study's own; lanes 0: the widest. */
static inline void try_out(pf_ctx *ctx, const pf_study *study, const pf_override *more,
    size_t n_more, int lanes, tried *out)
{
    memset(out, 0, sizeof *out);
    out->study = *study;
    pf_study *s = &out->study;
    s->keep = 0; /* nobody reads the details */
    size_t had = study->n_override, size = pf_study_size(study);
    out->own = pf_calloc(ctx, had + n_more + 1, sizeof *out->own);
    assert_non_null(out->own);
    for (size_t i = 0; i < had; i++) out->own[i] = study->override[i];
    for (size_t i = 0; i < n_more; i++) out->own[had + i] = more[i];
    s->override = out->own;
    s->n_override = had + n_more;
    assert_ok(ctx, pf_trial_new(ctx, s, &out->trial));
    assert_ok(ctx, pf_summary_new(ctx, s, pf_trial_layout(out->trial), &out->summary));
    double *x = pf_calloc(ctx, s->unknowns.n_variable + 1, sizeof *x);
    pf_worker *worker;
    pf_chunk chunk;
    assert_non_null(x);
    assert_ok(ctx, pf_worker_new(ctx, out->trial, lanes, &worker));
    pf_chunk_init(&chunk, pf_trial_layout(out->trial));
    for (size_t r = 0; r < s->replicates; r++) {
        assert_ok(ctx, pf_worker_simulate(ctx, worker, (uint64_t)r * size, size, NULL, &chunk));
        if (s->unknowns.n_variable) {
            assert_ok(ctx, pf_trial_unknowns(ctx, s, r, x));
            assert_ok(ctx, pf_summary_unknowns(ctx, out->summary, x));
        }
        assert_ok(ctx, pf_summary_add(ctx, out->summary, &chunk.table[PF_TABLE_PATIENTS]));
    }
    pf_chunk_clear(&chunk);
    pf_worker_free(worker);
    pf_free(x);
}

static inline void tried_clear(tried *t)
{
    pf_summary_free(t->summary);
    pf_trial_free(t->trial);
    pf_free(t->own);
    memset(t, 0, sizeof *t);
}

#endif
