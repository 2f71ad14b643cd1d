#include "trial/try.h"

#include <pthread.h>
#include <string.h>

/* One thread: a worker, and the replicates it has made. */
typedef struct lane {
    pf_ctx ctx;
    const pf_tried *t;
    pf_worker *worker;
    pthread_t thread;
    int started;
    size_t first, step; /* replicates first, first + step, ... */
    pf_chunk *chunk;    /* [replicates] shared; each is written by one thread */
    pf_err err;
} lane;

static void *work(void *argument)
{
    lane *l = argument;
    size_t size = pf_study_size(&l->t->study);
    for (size_t r = l->first; r < l->t->study.replicates && !l->err; r += l->step) {
        pf_chunk_init(&l->chunk[r], pf_trial_layout(l->t->trial));
        l->err = pf_worker_simulate(
            &l->ctx, l->worker, (uint64_t)r * size, size, NULL, &l->chunk[r]);
    }
    return NULL;
}

static pf_err view(pf_ctx *ctx, const pf_study *study, const pf_try *how, pf_tried *out)
{
    out->study = *study;
    pf_study *s = &out->study;
    if (how->replicates) s->replicates = how->replicates;
    s->keep = 0; /* nobody reads the details */
    if (!how->n_override) return PF_OK;
    size_t n = study->n_override + how->n_override;
    pf_override *list = pf_calloc(ctx, n, sizeof *list);
    if (!list) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        list[i] =
            i < study->n_override ? study->override[i] : how->override[i - study->n_override];
    s->override = out->own = list;
    s->n_override = n;
    return PF_OK;
}

static pf_err simulate(pf_ctx *ctx, const pf_tried *t, const pf_try *how, pf_chunk *chunk)
{
    size_t n = how->threads > 1 ? (size_t)how->threads : 1;
    if (n > t->study.replicates) n = t->study.replicates;
    lane *l = pf_calloc(ctx, n, sizeof *l);
    if (!l) return PF_ERR_NO_MEMORY;
    pf_err err = PF_OK;
    for (size_t i = 0; i < n && !err; i++) {
        l[i] = (lane){.ctx = *ctx, .t = t, .first = i, .step = n, .chunk = chunk};
        pf_ctx_reset(&l[i].ctx);
        err = pf_worker_new(ctx, t->trial, how->lanes, &l[i].worker);
    }
    for (size_t i = 1; i < n && !err; i++)
        l[i].started = !pthread_create(&l[i].thread, NULL, work, &l[i]);
    /* This thread does its own share, and that of a thread that could not be started. */
    for (size_t i = 0; i < n && !err; i++)
        if (!l[i].started) work(&l[i]);
    for (size_t i = 0; i < n; i++)
        if (l[i].started) pthread_join(l[i].thread, NULL);
    for (size_t i = 0; i < n && !err; i++)
        if (l[i].err) err = pf_fail(ctx, l[i].err, "%s", l[i].ctx.message);
    for (size_t i = 0; i < n; i++) pf_worker_free(l[i].worker);
    pf_free(l);
    return err;
}

static pf_err summarise(pf_ctx *ctx, pf_tried *t, const pf_chunk *chunk)
{
    size_t n = t->study.unknowns.n_variable;
    double *x = pf_calloc(ctx, n + 1, sizeof *x);
    if (!x) return PF_ERR_NO_MEMORY;
    pf_err err = pf_summary_new(ctx, &t->study, pf_trial_layout(t->trial), &t->summary);
    for (size_t r = 0; r < t->study.replicates && !err; r++) {
        if (n) err = pf_trial_unknowns(ctx, &t->study, r, x);
        if (n && !err) err = pf_summary_unknowns(ctx, t->summary, x);
        if (!err) err = pf_summary_add(ctx, t->summary, &chunk[r].table[PF_TABLE_PATIENTS]);
    }
    pf_free(x);
    return err;
}

pf_err pf_trial_try(pf_ctx *ctx, const pf_study *study, const pf_try *how, pf_tried *out)
{
    memset(out, 0, sizeof *out);
    PF_TRY(view(ctx, study, how, out));
    PF_TRY(pf_trial_new(ctx, &out->study, &out->trial));
    pf_chunk *chunk = pf_calloc(ctx, out->study.replicates, sizeof *chunk);
    if (!chunk) return PF_ERR_NO_MEMORY;
    pf_err err = simulate(ctx, out, how, chunk);
    if (!err) err = summarise(ctx, out, chunk);
    for (size_t r = 0; r < out->study.replicates; r++) pf_chunk_clear(&chunk[r]);
    pf_free(chunk);
    return err;
}

void pf_tried_clear(pf_tried *t)
{
    pf_summary_free(t->summary);
    pf_trial_free(t->trial);
    pf_free(t->own);
    memset(t, 0, sizeof *t);
}
