/* model_case.h: a few lines that put a model text through the engine, shared by the solver's
 * tests. */
#ifndef PF_TESTS_MODEL_CASE_H
#define PF_TESTS_MODEL_CASE_H
#include "ct.h"
#include "model/model.h"
#include "model/lanes.h"
#include "solve/engine.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    pf_ctx ctx;
    pf_model *model;
    pf_program *program;
    pf_engine *engine;
    double atol[64];
} fixture;

static inline uint32_t state_of(const fixture *f, const char *name)
{
    const pf_symbol *s = pf_model_find(f->model, name);
    assert_non_null(s);
    return (uint32_t)s->index;
}

/* Compile `text` for `outputs` and make an engine; `o` may be NULL. */
static inline void open_model(fixture *f, const char *text, const char *const *outputs,
    size_t n_outputs, const pf_engine_options *o)
{
    memset(f, 0, sizeof *f);
    pf_ctx_init(&f->ctx);
    assert_ok(&f->ctx, pf_model_parse(&f->ctx, text, "test.ant", &f->model));
    pf_compile_options c = {.outputs = outputs, .n_outputs = n_outputs};
    assert_ok(&f->ctx, pf_model_compile(&f->ctx, f->model, &c, &f->program));
    pf_engine_options options = o ? *o : (pf_engine_options){.rtol = 1e-8};
    for (size_t i = 0; i < PF_COUNT(f->atol); i++) f->atol[i] = 1e-10;
    if (!options.atol) options.atol = f->atol;
    assert_ok(&f->ctx, pf_engine_new(&f->ctx, f->program, &options, &f->engine));
}

static inline void close_model(fixture *f)
{
    pf_engine_free(f->engine);
    pf_program_free(f->program);
    pf_model_free(f->model);
}

/* Parameters as the model gives them. */
static inline void set_defaults(const fixture *f, pf_case *c)
{
    for (uint32_t i = 0; i < f->program->n_param; i++)
        pf_case_set(c, i, pf_model_symbol(f->model, PF_SYMBOL_PARAMETER, i)->value);
}
#endif
