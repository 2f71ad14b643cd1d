#include "trial/claims.h"

#include "trial/bind.h"
#include "trial/summary_parts.h"
#include "trial/usage.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

/* Few patients of an arm in one replicate of a small trial, so that many draws of the unknowns
 * are in it. */
enum { ARMS = 2, EACH = 3 };

/* ---- a small trial whose levers can be moved without compiling again ---- */

typedef struct bench {
    pf_study study; /* a view: one or two arms, one claim, its own overrides */
    pf_arm arm[ARMS];
    pf_expect claim;
    const pf_lever *lever;
    size_t n_lever, first_own; /* overrides of the study itself come first */
    pf_override *override;
    pf_trial *trial;
    pf_worker *worker;
    pf_chunk chunk;
    const pf_lever *pulled;
} bench;

static int needs_against(const pf_expect *e)
{
    pf_measure m = pf_measure_of(e);
    return pf_measure_is_comparison(&m) && e->arm != e->against;
}

/* The arms of the claim, smaller; the same people whatever the levers do. */
static void make_view(bench *b, const pf_study *study, const pf_expect *claim)
{
    const size_t from[ARMS] = {claim->arm, claim->against};
    pf_study *s = &b->study;
    *s = *study;
    b->claim = *claim;
    b->claim.arm = 0;
    b->claim.against = needs_against(claim) ? 1 : 0;
    s->n_arm = needs_against(claim) ? 2 : 1;
    for (size_t i = 0; i < s->n_arm; i++) {
        b->arm[i] = study->arm[from[i]];
        if (b->arm[i].size > EACH) b->arm[i].size = EACH;
        b->arm[i].like = 0; /* what it is like may not be here */
    }
    s->arm = b->arm;
    s->replicates = (PF_CLAIM_PATIENTS + b->arm[0].size - 1) / b->arm[0].size;
    s->keep = 0;
    s->n_expect = 1;
    s->expect = &b->claim;
    s->allocation.n_strata = 0;
    if (s->allocation.method != PF_ALLOCATE_PAIRED) s->allocation.method = PF_ALLOCATE_FIXED;
}

/* One override for each parameter of each lever. While the model is compiled their factors are
 * no numbers, so that the parameters stay parameters. */
static pf_err free_levers(pf_ctx *ctx, bench *b, const pf_study *study, const pf_trial *names)
{
    size_t n = study->n_override;
    for (size_t i = 0; i < b->n_lever; i++) n += b->lever[i].n;
    b->override = pf_calloc(ctx, n + 1, sizeof *b->override);
    if (!b->override) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < study->n_override; i++) b->override[i] = study->override[i];
    b->first_own = n = study->n_override;
    for (size_t i = 0; i < b->n_lever; i++)
        for (size_t k = 0; k < b->lever[i].n; k++)
            b->override[n++] = (pf_override){.is_factor = 1,
                .value = NAN,
                .name =
                    pf_model_symbol(names->model, PF_SYMBOL_PARAMETER, b->lever[i].parameter[k])
                        ->name};
    b->study.override = b->override;
    b->study.n_override = n;
    return PF_OK;
}

static void pull(bench *b, const pf_lever *lever, double factor)
{
    size_t n = b->first_own;
    for (size_t i = 0; i < b->n_lever; i++)
        for (size_t k = 0; k < b->lever[i].n; k++)
            b->override[n++].value = &b->lever[i] == lever ? factor : 1;
}

static void bench_clear(bench *b)
{
    if (b->trial) pf_chunk_clear(&b->chunk);
    pf_worker_free(b->worker);
    pf_trial_free(b->trial);
    pf_free(b->override);
    memset(b, 0, sizeof *b);
}

/* The claim's figure, all patients taken as one replicate. */
static pf_err measure(pf_ctx *ctx, bench *b, double *figure)
{
    pf_summary *s = NULL;
    pf_rows *rows = &b->chunk.table[PF_TABLE_PATIENTS];
    uint64_t patients = (uint64_t)b->study.replicates * pf_study_size(&b->study);
    PF_TRY(pf_worker_simulate(ctx, b->worker, 0, patients, NULL, &b->chunk));
    for (size_t i = 0; i < rows->n; i++) rows->x[i * rows->n_column + PF_P_REPLICATE] = 0;
    pf_err err = pf_summary_new(ctx, &b->study, pf_trial_layout(b->trial), &s);
    if (!err) err = pf_summary_add(ctx, s, rows);
    if (!err) pf_summary_column(s, s->expect_measure[0], figure);
    pf_summary_free(s);
    return err;
}

static pf_err step(pf_ctx *ctx, void *payload, double factor, double *figure)
{
    bench *b = payload;
    pull(b, b->pulled, factor);
    return measure(ctx, b, figure);
}

/* ---- levers of one claim ---- */

typedef struct job {
    pf_ctx *ctx;
    const pf_study *study;
    const pf_evidence *evidence;
    pf_arena *arena;
    int threads, lanes;
    const pf_trial *names;
    pf_claim_answer *answer;
    pf_lever lever[PF_LEVER_CANDIDATES];
    size_t n_lever;
    size_t chosen[PF_CLAIM_LEVERS]; /* [answer->n_lever] */
} job;

static pf_err bench_new(pf_ctx *ctx, bench *b, const job *j, const pf_expect *claim)
{
    memset(b, 0, sizeof *b);
    b->lever = j->lever;
    b->n_lever = j->n_lever;
    make_view(b, j->study, claim);
    PF_TRY(free_levers(ctx, b, j->study, j->names));
    PF_TRY(pf_trial_new(ctx, &b->study, &b->trial));
    pull(b, NULL, 1);
    pf_chunk_init(&b->chunk, pf_trial_layout(b->trial));
    return pf_worker_new(ctx, b->trial, j->lanes, &b->worker);
}

static int is_read(const bench *b, const pf_lever *l)
{
    for (size_t a = 0; a < b->study.n_arm; a++)
        for (size_t k = 0; k < l->n; k++)
            if (pf_program_reads(b->trial->program[b->trial->program_of[a]], l->parameter[k]))
                return 1;
    return 0;
}

/* The first instance that the arm has something of. */
static pf_err typical_of(job *j, const bench *b, const pf_lever *l, double *out)
{
    double x[PF_LEVER_PARAMETERS];
    PF_TRY(pf_trial_typical(j->ctx, b->trial, 0, l->parameter, l->n, x));
    *out = x[0];
    for (size_t k = 0; k < l->n; k++)
        if (isfinite(x[k]) && x[k] != 0.0) {
            *out = x[k];
            break;
        }
    return PF_OK;
}

static void hold_against(job *j, const pf_lever *l, pf_lever_answer *a)
{
    const pf_symbol *y = pf_model_symbol(j->names->model, PF_SYMBOL_PARAMETER, l->parameter[0]);
    const pf_evidence_row *row = pf_evidence_of(j->evidence, y->name);
    a->unit = row ? row->unit : y->unit ? y->unit : "";
    a->low = row ? row->low : NAN;
    a->high = row ? row->high : NAN;
}

/* Levers that act in these arms, the first PF_CLAIM_LEVERS of them, with what is known. */
static pf_err keep_levers(job *j, const bench *b)
{
    pf_claim_answer *a = j->answer;
    a->lever = pf_arena_alloc(j->ctx, j->arena, PF_CLAIM_LEVERS, sizeof *a->lever);
    if (!a->lever) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < j->n_lever && a->n_lever < PF_CLAIM_LEVERS; i++) {
        double typical;
        if (!is_read(b, &j->lever[i])) continue;
        PF_TRY(typical_of(j, b, &j->lever[i], &typical));
        if (!isfinite(typical) || typical == 0.0) continue;
        j->chosen[a->n_lever] = i;
        pf_lever_answer *l = &a->lever[a->n_lever++];
        *l = (pf_lever_answer){.name = j->lever[i].name, .typical = typical};
        hold_against(j, &j->lever[i], l);
    }
    return PF_OK;
}

static void judge(pf_lever_answer *l, double now)
{
    const pf_lever_found *f = &l->found;
    double x = l->value = f->reached ? l->typical * f->factor : NAN;
    l->beyond = 1;
    if (!f->reached)
        l->verdict = f->least == now && f->most == now ? PF_LEVER_NOTHING : PF_LEVER_CANNOT;
    else if (isnan(l->low) || isnan(l->high))
        l->verdict = PF_LEVER_NO_RANGE;
    else if (x > l->high)
        l->verdict = PF_LEVER_ABOVE;
    else
        l->verdict = x < l->low ? PF_LEVER_BELOW : PF_LEVER_INSIDE;
    if (l->verdict == PF_LEVER_ABOVE) l->beyond = x / l->high;
    if (l->verdict == PF_LEVER_BELOW) l->beyond = l->low / x;
}

/* A share ends at 1. */
static double highest(const pf_lever_answer *l)
{
    int share = !strcmp(l->unit, "1") && l->high == 1.0 && l->typical > 0.0;
    return share ? fmax(1, 1 / l->typical) : PF_LEVER_MOST;
}

/* Every `step`-th lever. */
typedef struct hand {
    pf_ctx ctx;
    job *j;
    bench *bench; /* NULL: makes its own */
    size_t first, step;
    pthread_t thread;
    int started;
    pf_err err;
} hand;

static pf_err pull_some(hand *h, bench *b)
{
    const job *j = h->j;
    pf_claim_answer *a = j->answer;
    for (size_t i = h->first; i < a->n_lever; i += h->step) {
        pf_lever_answer *l = &a->lever[i];
        b->pulled = &j->lever[j->chosen[i]];
        const pf_lever_ask ask = {
            step, b, a->now, a->claim->value, 1 / PF_LEVER_MOST, highest(l)};
        PF_TRY(pf_lever_search(&h->ctx, &ask, &l->found));
        judge(l, a->now);
    }
    return PF_OK;
}

static void *work(void *argument)
{
    hand *h = argument;
    const job *j = h->j;
    bench own = {0};
    if (!h->bench) h->err = bench_new(&h->ctx, &own, j, j->answer->claim);
    if (!h->err) h->err = pull_some(h, h->bench ? h->bench : &own);
    bench_clear(&own);
    return NULL;
}

static pf_err pull_all(job *j, bench *b)
{
    size_t n = j->threads > 1 ? (size_t)j->threads : 1;
    if (n > j->answer->n_lever) n = j->answer->n_lever;
    hand *h = pf_calloc(j->ctx, n + 1, sizeof *h);
    if (!h) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        h[i] = (hand){.ctx = *j->ctx, .j = j, .first = i, .step = n, .bench = i ? NULL : b};
        pf_ctx_reset(&h[i].ctx);
        h[i].started = i && !pthread_create(&h[i].thread, NULL, work, &h[i]);
    }
    pf_err err = PF_OK;
    for (size_t i = 0; i < n; i++)
        if (!h[i].started) work(&h[i]);
    for (size_t i = 0; i < n; i++) {
        if (h[i].started) pthread_join(h[i].thread, NULL);
        if (h[i].err && !err) err = pf_fail(j->ctx, h[i].err, "%s", h[i].ctx.message);
    }
    pf_free(h);
    return err;
}

/* ---- one claim ---- */

static pf_err pull_and_choose(job *j, bench *b)
{
    pf_claim_answer *a = j->answer;
    j->n_lever = pf_claim_candidates(j->study, a->claim, j->names, j->lever);
    PF_TRY(bench_new(j->ctx, b, j, a->claim));
    PF_TRY(measure(j->ctx, b, &a->now));
    a->state = isnan(a->now) ? PF_CLAIM_NO_VALUE : PF_CLAIM_ANSWERED;
    if (isnan(a->now)) return PF_OK;
    PF_TRY(keep_levers(j, b));
    return a->n_lever ? pull_all(j, b) : PF_OK;
}

static pf_err answer(job *j)
{
    bench b = {0};
    pf_claim_answer *a = j->answer;
    pf_err err = pull_and_choose(j, &b);
    bench_clear(&b);
    if (err) return err;
    for (size_t i = 0; i < a->n_lever; i++) {
        const pf_lever_answer *l = &a->lever[i];
        if (!l->found.reached || l->verdict == PF_LEVER_NO_RANGE) continue;
        if (!a->nearest || l->beyond < a->nearest->beyond) a->nearest = l;
    }
    return PF_OK;
}

static int is_central(const pf_verdict *v)
{
    return v->spread.defined > 1 && v->percentile >= 25 && v->percentile <= 75;
}

static pf_err answer_all(job *j, pf_summary *summary, pf_claims *out)
{
    for (size_t i = 0; i < j->study->n_expect; i++) {
        const pf_expect *e = &j->study->expect[i];
        if (e->role != PF_EXPECT_CLAIM) continue;
        j->answer = &out->answer[out->n++];
        *j->answer = (pf_claim_answer){.claim = e, .now = NAN, .state = PF_CLAIM_NO_VALUE};
        PF_TRY(pf_summary_judge(j->ctx, summary, i, &j->answer->verdict));
        if (e->direction)
            j->answer->state = PF_CLAIM_DIRECTION;
        else if (is_central(&j->answer->verdict))
            j->answer->state = PF_CLAIM_CENTRAL;
        else if (isfinite(e->value))
            PF_TRY(answer(j));
        if (pf_ctx_cancelled(j->ctx))
            return pf_fail(j->ctx, PF_ERR_CANCELLED, "stopped on request");
    }
    return PF_OK;
}

pf_err pf_claims_answer(pf_ctx *ctx, const pf_study *study, pf_summary *summary,
    const pf_evidence *evidence, int threads, int lanes, pf_claims *out)
{
    *out = (pf_claims){0};
    pf_arena_init(&out->arena);
    size_t n = 0;
    for (size_t i = 0; i < study->n_expect; i++) n += study->expect[i].role == PF_EXPECT_CLAIM;
    if (!n) return PF_OK;
    pf_trial *names = NULL;
    job *j = pf_calloc(ctx, 1, sizeof *j);
    out->answer = pf_arena_alloc(ctx, &out->arena, n, sizeof *out->answer);
    pf_err err = j && out->answer ? pf_trial_new(ctx, study, &names) : PF_ERR_NO_MEMORY;
    if (!err) {
        *j = (job){.ctx = ctx,
            .study = study,
            .evidence = evidence,
            .arena = &out->arena,
            .threads = threads,
            .lanes = lanes,
            .names = names};
        out->kinetics_unit = pf_arena_strdup(ctx, &out->arena,
            summary->layout->kinetics_unit ? summary->layout->kinetics_unit : "");
        err = out->kinetics_unit ? answer_all(j, summary, out) : PF_ERR_NO_MEMORY;
    }
    /* Names of levers are the study's; units may be the model's, which goes. */
    for (size_t i = 0; i < out->n && !err; i++)
        for (size_t k = 0; k < out->answer[i].n_lever && !err; k++) {
            pf_lever_answer *l = &out->answer[i].lever[k];
            l->unit = pf_arena_strdup(ctx, &out->arena, l->unit);
            if (!l->unit) err = PF_ERR_NO_MEMORY;
        }
    pf_trial_free(names);
    pf_free(j);
    return err;
}

void pf_claims_clear(pf_claims *c)
{
    pf_arena_clear(&c->arena);
}
