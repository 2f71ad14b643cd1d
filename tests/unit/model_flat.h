/* model_flat.h: models that Antimony cannot say: read as text, edited while flat, compiled. */
#ifndef PF_TESTS_MODEL_FLAT_H
#define PF_TESTS_MODEL_FLAT_H
#include "model/build.h"
#include "model/reading.h"
#include "unit/model_tool.h"

typedef void flat_edit(pf_flat *f);

static inline pf_var *flat_var(pf_flat *f, const char *name)
{
    uint32_t v = pf_names_find(&f->names, name);
    assert_int_not_equal(v, PF_NO_NAME);
    return &f->var[v];
}

static inline pf_err flat_build(pf_ctx *ctx, const char *text, flat_edit *edit, pf_model **out)
{
    pf_reading r;
    pf_ctx_init(ctx);
    assert_ok(ctx, pf_reading_parse(ctx, text, strlen(text), "m.ant", &r));
    edit(&r.flat);
    pf_err err = pf_model_build(ctx, &r.flat, &r.ast.arena, out);
    pf_reading_close(&r);
    return err;
}

static inline void flat_open(
    tool *t, const char *text, flat_edit *edit, const pf_compile_options *o)
{
    memset(t, 0, sizeof *t);
    assert_ok(&t->ctx, flat_build(&t->ctx, text, edit, &t->m));
    tool_compile(t, o);
    tool_start(t);
}

static inline void flat_refused(const char *text, flat_edit *edit, const char *sentence)
{
    pf_ctx ctx;
    pf_model *m;
    assert_int_equal(flat_build(&ctx, text, edit, &m), PF_ERR_MODEL);
    assert_null(m);
    assert_contains(ctx.message, sentence);
}

#endif
