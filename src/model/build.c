/* A flat model into a graph. */
#include "model/build.h"

#include <string.h>

static pf_err roles(pf_builder *b)
{
    pf_model *m = b->m;
    pf_flat *f = b->flat;
    m->role = pf_arena_alloc(b->ctx, &m->arena, f->n_mark, sizeof *m->role);
    if (!m->role) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < f->n_mark; i++) {
        const pf_mark *k = &f->mark[i];
        if (k->st->kind != PF_ST_ROLE) continue;
        m->role[m->n_role++] = (pf_role){.role = k->st->other,
            .name = m->symbol[b->symbol[k->var]].name,
            .unit = k->st->unit,
            .line = k->st->at.line};
    }
    return PF_OK;
}

static pf_err imports(pf_builder *b)
{
    const pf_ast *ast = b->flat->ast;
    if (ast->n_source < 2) return PF_OK;
    b->m->n_import = ast->n_source - 1; /* the first is the file itself */
    b->m->import = pf_arena_alloc(b->ctx, &b->m->arena, b->m->n_import, sizeof *b->m->import);
    if (!b->m->import) return PF_ERR_NO_MEMORY;
    memcpy(b->m->import, ast->source + 1, b->m->n_import * sizeof *b->m->import);
    return PF_OK;
}

static pf_err build(pf_builder *b)
{
    PF_TRY(imports(b));
    PF_TRY(pf_graph_init(&b->m->g, b->ctx));
    PF_TRY(pf_build_room(b));
    PF_TRY(pf_build_determined(b));
    PF_TRY(pf_build_happens(b));
    PF_TRY(pf_build_kinds(b));
    PF_TRY(pf_build_values(b));
    PF_TRY(pf_build_initial(b));
    PF_TRY(pf_build_rates(b));
    PF_TRY(pf_build_events(b));
    PF_TRY(roles(b));
    PF_TRY(pf_build_discrete(b));
    PF_TRY(pf_build_pops(b));
    PF_TRY(pf_build_algebra(b));
    PF_TRY(pf_build_times(b));
    PF_TRY(pf_build_missing(b));
    return b->m->g.failed;
}

pf_err pf_model_build(pf_ctx *ctx, pf_flat *flat, pf_arena *texts, pf_model **out)
{
    pf_builder b = {.ctx = ctx, .flat = flat};
    *out = NULL;
    b.m = pf_calloc(ctx, 1, sizeof *b.m);
    if (!b.m) return PF_ERR_NO_MEMORY;
    pf_err err = build(&b);
    pf_arena own = b.m->arena;
    if (!err) {
        b.m->name = pf_arena_strdup(ctx, &own, flat->name);
        if (!b.m->name) err = PF_ERR_NO_MEMORY;
    }
    b.m->arena = own;
    b.m->g.ctx = NULL;
    pf_build_clear(&b);
    if (err) {
        pf_model_free(b.m);
        return err;
    }
    b.m->texts = *texts; /* the paths of the imports are among them */
    pf_arena_init(texts);
    *out = b.m;
    return PF_OK;
}
