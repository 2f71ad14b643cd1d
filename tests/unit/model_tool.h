/* model_tool.h: models of a few lines, compiled and run one value at a time. */
#ifndef PF_TESTS_MODEL_TOOL_H
#define PF_TESTS_MODEL_TOOL_H
#include "ct.h"

#include <string.h>

#include "model/model.h"
#include "model/ops.h"

typedef struct tool {
    pf_ctx ctx;
    pf_model *m;
    pf_program *p;
    double *slot;
} tool;

static inline void tool_run(tool *t, pf_code code)
{
    for (size_t i = 0; i < code.n; i++) {
        pf_instr x = code.instr[i];
        assert_true(x.dst < t->p->n_slots && x.a < t->p->n_slots);
        t->slot[x.dst] = pf_op_value((pf_op)x.op, t->slot[x.a], t->slot[x.b], t->slot[x.c]);
    }
}

static inline void tool_compile(tool *t, const pf_compile_options *o)
{
    assert_ok(&t->ctx, pf_model_compile(&t->ctx, t->m, o, &t->p));
    t->slot = pf_calloc(&t->ctx, t->p->n_slots, sizeof *t->slot);
    assert_non_null(t->slot);
    for (size_t i = 0; i < t->p->n_slots; i++)
        t->slot[i] = NAN; /* nothing may be taken for granted */
    t->slot[t->p->time] = 0;
    for (size_t i = 0; i < t->p->n_constant; i++)
        t->slot[t->p->constant0 + i] = t->p->constant[i];
    for (size_t i = 0; i < t->p->n_param; i++)
        t->slot[t->p->param0 + i] = pf_model_symbol(t->m, PF_SYMBOL_PARAMETER, i)->value;
}

static inline void tool_start(tool *t)
{
    tool_run(t, t->p->code[PF_CODE_PREP]);
    tool_run(t, t->p->code[PF_CODE_INIT]);
}

/* Parse, compile, set defaults, run prep and init. */
static inline void tool_open(tool *t, const char *text, const pf_compile_options *o)
{
    memset(t, 0, sizeof *t);
    pf_ctx_init(&t->ctx);
    assert_ok(&t->ctx, pf_model_parse(&t->ctx, text, "m.ant", &t->m));
    tool_compile(t, o);
    tool_start(t);
}

static inline void tool_open_file(tool *t, const char *path, const pf_compile_options *o)
{
    memset(t, 0, sizeof *t);
    pf_ctx_init(&t->ctx);
    assert_ok(&t->ctx, pf_model_read(&t->ctx, path, &t->m));
    tool_compile(t, o);
    tool_start(t);
}

static inline void tool_close(tool *t)
{
    pf_free(t->slot);
    pf_program_free(t->p);
    pf_model_free(t->m);
}

static inline double *tool_state(tool *t, const char *name)
{
    const pf_symbol *s = pf_model_find(t->m, name);
    assert_non_null(s);
    assert_int_equal(s->kind, PF_SYMBOL_STATE);
    return &t->slot[t->p->state0 + s->index];
}

static inline double *tool_param(tool *t, const char *name)
{
    const pf_symbol *s = pf_model_find(t->m, name);
    assert_non_null(s);
    assert_int_equal(s->kind, PF_SYMBOL_PARAMETER);
    return &t->slot[t->p->param0 + s->index];
}

/* dy/dt of a state at the point at hand */
static inline double tool_rate(tool *t, const char *name)
{
    tool_run(t, t->p->code[PF_CODE_RHS]);
    return t->slot[t->p->f0 + pf_model_find(t->m, name)->index];
}

/* The text must be refused with this sentence, or with one that contains it. */
static inline void refused(const char *text, const char *sentence)
{
    pf_ctx ctx;
    pf_model *m = (pf_model *)&ctx;
    pf_ctx_init(&ctx);
    assert_int_equal(pf_model_parse(&ctx, text, "m.ant", &m), PF_ERR_MODEL);
    assert_null(m);
    assert_contains(ctx.message, sentence);
}

/* Jacobian by central differences against the program's own, at the point at hand. */
static inline void check_jacobian(tool *t, double rtol, double atol)
{
    pf_program *p = t->p;
    size_t n = p->n_state;
    double *own = pf_calloc(NULL, n * n, sizeof *own), *f = pf_calloc(NULL, n, sizeof *f);
    tool_run(t, p->code[PF_CODE_RHS]);
    tool_run(t, p->code[PF_CODE_JAC]);
    for (size_t k = 0; k < p->n_jac; k++)
        own[p->jac_row[k] * n + p->jac_col[k]] = t->slot[p->jac0 + k];
    for (size_t j = 0; j < n; j++) {
        double *y = &t->slot[p->state0 + j], at = *y, h = 1e-6 * fmax(1e-3, fabs(at));
        *y = at + h;
        tool_run(t, p->code[PF_CODE_RHS]);
        memcpy(f, &t->slot[p->f0], n * sizeof *f);
        *y = at - h;
        tool_run(t, p->code[PF_CODE_RHS]);
        *y = at;
        for (size_t i = 0; i < n; i++)
            assert_close(own[i * n + j], (f[i] - t->slot[p->f0 + i]) / (2 * h), rtol, atol);
    }
    pf_free(own);
    pf_free(f);
}

/* W x = b with the program, and the residual of it against (shift I - J). */
static inline void check_solve(tool *t, double shift)
{
    pf_program *p = t->p;
    size_t n = p->n_state;
    double *b = pf_calloc(NULL, n, sizeof *b);
    tool_run(t, p->code[PF_CODE_RHS]);
    tool_run(t, p->code[PF_CODE_JAC]);
    t->slot[p->shift] = shift;
    tool_run(t, p->code[PF_CODE_FACTOR]);
    for (int round = 0; round < 2; round++) { /* factor serves several solves */
        for (size_t i = 0; i < n; i++) t->slot[p->b0 + i] = b[i] = sin(1.0 + (double)i + round);
        tool_run(t, p->code[PF_CODE_SOLVE]);
        double scale = 1;
        for (size_t i = 0; i < n; i++) {
            b[i] -= shift * t->slot[p->b0 + i];
            scale = fmax(scale, fabs(shift * t->slot[p->b0 + i]));
        }
        for (size_t k = 0; k < p->n_jac; k++)
            b[p->jac_row[k]] += t->slot[p->jac0 + k] * t->slot[p->b0 + p->jac_col[k]];
        for (size_t i = 0; i < n; i++) assert_close(b[i], 0, 0, 1e-10 * scale);
    }
    pf_free(b);
}

#endif
