/* published_case.h: a published model (models/published) with a few values replaced, doses and
 * looks, put through the engine. Shared by the tests of these models. */
#ifndef PF_TESTS_PUBLISHED_CASE_H
#define PF_TESTS_PUBLISHED_CASE_H
#include "ct.h"
#include "model/model.h"
#include "solve/engine.h"

#include <string.h>

enum { RUN_STATES = 64, RUN_CHANGES = 16 };

typedef struct {
    double t; /* of a dose */
    const char *name;
    double value;
} change;

typedef struct {
    const char *model;   /* file name without .ant */
    const char *folder;  /* of models/; NULL: published */
    const double *times; /* [steps + 1] looks in time; NULL: evenly spaced */
    change set[RUN_CHANGES], dose[RUN_CHANGES];
    size_t n_set, n_dose;
    double end;
    size_t steps; /* looks at end * i / steps, i = 0 .. steps */
    size_t want;  /* observables wanted; 0: all states, in the model's order */
    const char *out[RUN_STATES];
} run_plan;

typedef struct {
    pf_ctx ctx;
    pf_model *model;
    pf_program *program;
    const run_plan *plan;
    double *seen; /* [steps + 1][want] */
    size_t n;
    int begun, failed;
} run_result;

static inline uint32_t run_index(const run_result *r, const char *name, pf_symbol_kind kind)
{
    const pf_symbol *s = pf_model_find(r->model, name);
    if (!s || s->kind != kind) print_error("%s: no %s\n", r->plan->model, name);
    assert_non_null(s);
    assert_int_equal(s->kind, kind);
    return (uint32_t)s->index;
}

static inline void run_defaults(const run_result *r, pf_case *c)
{
    for (uint32_t i = 0; i < r->program->n_param; i++)
        pf_case_set(c, i, pf_model_symbol(r->model, PF_SYMBOL_PARAMETER, i)->value);
}

static inline double run_time(const run_result *r, size_t i)
{
    const run_plan *p = r->plan;
    return p->times ? p->times[i] : p->end * (double)i / (double)p->steps;
}

static int run_begin(void *payload, pf_case *c)
{
    run_result *r = payload;
    const run_plan *p = r->plan;
    if (r->begun++) return 0;
    pf_case_span(c, 0, p->end);
    run_defaults(r, c);
    for (size_t i = 0; i < p->n_set; i++)
        pf_case_set(c, run_index(r, p->set[i].name, PF_SYMBOL_PARAMETER), p->set[i].value);
    for (size_t i = 0; i < p->n_dose; i++)
        pf_case_stop(
            c, (pf_stop){p->dose[i].t, PF_STOP_ADD,
                   run_index(r, p->dose[i].name, PF_SYMBOL_STATE), p->dose[i].value, 1});
    for (size_t i = 0; i <= p->steps; i++) pf_case_look(c, run_time(r, i), (uint32_t)i);
    return 1;
}

static void run_look(void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    run_result *r = payload;
    (void)c;
    (void)t;
    memcpy(r->seen + tag * r->n, out, r->n * sizeof *out);
}

static void run_end(void *payload, pf_case *c, const pf_case_end *how)
{
    run_result *r = payload;
    (void)c;
    if (how->status == PF_CASE_DONE) return;
    r->failed++;
    print_error("%s: %s at %g, state %s\n", r->plan->model, pf_case_status_text(how->status),
        how->t, pf_model_symbol(r->model, PF_SYMBOL_STATE, how->state)->name);
}

static inline void run_open(run_result *r, const run_plan *p)
{
    char path[512];
    const char *names[RUN_STATES];
    memset(r, 0, sizeof *r);
    pf_ctx_init(&r->ctx);
    r->plan = p;
    snprintf(path, sizeof path, PF_SOURCE_DIR "/models/%s/%s.ant",
        p->folder ? p->folder : "published", p->model);
    assert_ok(&r->ctx, pf_model_read(&r->ctx, path, &r->model));
    r->n = p->want ? p->want : pf_model_count(r->model, PF_SYMBOL_STATE);
    assert_true(r->n <= RUN_STATES);
    for (size_t i = 0; i < r->n; i++)
        names[i] = p->want ? p->out[i] : pf_model_symbol(r->model, PF_SYMBOL_STATE, i)->name;
    pf_compile_options o = {.outputs = names, .n_outputs = r->n};
    assert_ok(&r->ctx, pf_model_compile(&r->ctx, r->model, &o, &r->program));
}

static inline void run_close(run_result *r)
{
    pf_free(r->seen);
    pf_program_free(r->program);
    pf_model_free(r->model);
}

/* Absolute tolerances: a share of each state's size in the plan's own units. */
static inline void run(run_result *r, const run_plan *p, double rtol, double share)
{
    double atol[RUN_STATES];
    run_open(r, p);
    r->seen = pf_calloc(&r->ctx, (p->steps + 1) * r->n, sizeof *r->seen);
    assert_non_null(r->seen);
    for (size_t i = 0; i < r->program->n_state; i++) atol[i] = share;
    pf_engine_options o = {.rtol = rtol, .atol = atol, .deterministic = 1};
    pf_source s = {.payload = r, .begin = run_begin, .look = run_look, .end = run_end};
    pf_engine *e;
    assert_ok(&r->ctx, pf_engine_new(&r->ctx, r->program, &o, &e));
    assert_ok(&r->ctx, pf_engine_run(&r->ctx, e, &s));
    assert_int_equal(r->failed, 0);
    pf_engine_free(e);
}

static inline double run_at(const run_result *r, size_t i, size_t column)
{
    return r->seen[i * r->n + column];
}

/* The largest value of a column, and when. */
static inline double run_peak(const run_result *r, size_t column, double *when)
{
    size_t best = 0;
    for (size_t i = 1; i <= r->plan->steps; i++)
        if (run_at(r, i, column) > run_at(r, best, column)) best = i;
    if (when) *when = run_time(r, best);
    return run_at(r, best, column);
}
#endif
