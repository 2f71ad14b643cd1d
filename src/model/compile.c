/* A model into a program. */
#include "model/compile.h"
#include "model/derive.h"

#include <string.h>

static pf_err find(pf_compiler *c, const char *what, const char *name, uint32_t *out)
{
    const pf_model *m = c->m;
    uint32_t v = pf_names_find(&m->names, name);
    if (v != PF_NO_NAME) {
        *out = m->symbol_of[v];
        return PF_OK;
    }
    const char *near = pf_model_nearest(m, name);
    return pf_fail(c->ctx, PF_ERR_MODEL, "%s '%s' is no name of model '%s'%s%s%s", what, name,
        m->name, near ? "; did you mean '" : "; use one of its names", near ? near : "",
        near ? "'?" : "");
}

/* [S] or {S}: concentration or amount of a species. */
static pf_err form_of_species(pf_compiler *c, const char *name, pf_node *out)
{
    const pf_model *m = c->m;
    uint32_t s, want = name[0] == '[' ? PF_CONCENTRATION : PF_AMOUNT;
    size_t n = strlen(name) - 2;
    char *inner = pf_calloc(c->ctx, n + 1, 1);
    if (!inner) return PF_ERR_NO_MEMORY;
    memcpy(inner, name + 1, n);
    pf_err err = find(c, "output", inner, &s);
    if (!err && !m->species[s])
        err = pf_fail(c->ctx, PF_ERR_MODEL,
            "output '%s' wants a species, but '%s' is none in model '%s'; ask for '%s'", name,
            inner, m->name, inner);
    if (!err) *out = m->node[s];
    if (!err && m->species[s] != want && m->size[s] != PF_NO_NODE)
        *out = pf_graph_op(
            &c->g, want == PF_AMOUNT ? PF_OP_MUL : PF_OP_DIV, m->node[s], m->size[s], 0);
    pf_free(inner);
    return err;
}

static pf_err observable(pf_compiler *c, const char *name, pf_node *out)
{
    const pf_model *m = c->m;
    uint32_t s;
    size_t n = strlen(name);
    int form = n > 2 && ((name[0] == '[' && name[n - 1] == ']') ||
                            (name[0] == '{' && name[n - 1] == '}'));
    if (form && pf_names_find(&m->names, name) == PF_NO_NAME)
        return form_of_species(c, name, out);
    PF_TRY(find(c, "output", name, &s));
    *out = m->node[s];
    return PF_OK;
}

/* Models with draws, jumps or a past keep every name: what happens to them is not known
 * beforehand. */
static int specialised(const pf_compiler *c)
{
    return c->options->fixed && !c->m->n_past && !c->m->n_draw && !c->m->n_discrete &&
           !c->options->stochastic;
}

static pf_err read_options(pf_compiler *c)
{
    const pf_compile_options *o = c->options;
    uint32_t s;
    c->input = pf_calloc(c->ctx, c->m->n_symbol, 1);
    c->out = pf_calloc(c->ctx, o->n_outputs, sizeof *c->out);
    if (!c->input || !c->out) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < o->n_inputs; i++) {
        PF_TRY(find(c, "input", o->inputs[i], &s));
        if (c->m->symbol[s].kind == PF_SYMBOL_ASSIGNED)
            return pf_fail(c->ctx, PF_ERR_MODEL,
                "input '%s' follows a rule ':=' in model '%s'; only parameters and states can "
                "be set",
                o->inputs[i], c->m->name);
        c->input[s] = 1;
    }
    if (specialised(c)) {
        PF_TRY(pf_specialise(&c->g, c->m, c->input, o, &c->scratch, &c->special));
        c->m = &c->special.model;
    }
    for (size_t i = 0; i < o->n_outputs; i++) PF_TRY(observable(c, o->outputs[i], &c->out[i]));
    if (!specialised(c) || !o->watched) return PF_OK;
    return pf_specialise_unread(
        &c->g, o->watched, c->out, o->n_outputs, &c->scratch, &c->special);
}

static pf_err add_entry(pf_compiler *c, uint32_t row, uint32_t col, pf_node x)
{
    PF_TRY(pf_reserve(c->ctx, &c->entry, &c->entry_capacity, c->n_entry, sizeof *c->entry));
    PF_TRY(pf_reserve(c->ctx, &c->row, &c->row_capacity, c->n_entry, sizeof *c->row));
    PF_TRY(pf_reserve(c->ctx, &c->col, &c->col_capacity, c->n_entry, sizeof *c->col));
    c->entry[c->n_entry] = x;
    c->row[c->n_entry] = row;
    c->col[c->n_entry] = col;
    c->jac_at[row * c->n + col] = (uint32_t)c->n_entry++;
    return PF_OK;
}

static pf_err derive(pf_compiler *c)
{
    size_t n = c->n;
    pf_node *whole = pf_calloc(c->ctx, n * (n + 1), sizeof *whole);
    if (!whole) return PF_ERR_NO_MEMORY;
    pf_err err = pf_graph_jacobian(&c->g, c->f, n, n, whole);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n && !err; j++)
            if (whole[i * (n + 1) + j] != PF_NODE_ZERO)
                err = add_entry(c, i, j, whole[i * (n + 1) + j]);
        c->dfdt[i] = whole[i * (n + 1) + n];
    }
    pf_free(whole);
    return err;
}

static pf_err equations(pf_compiler *c)
{
    const pf_model *m = c->m;
    size_t n = c->n = m->count[PF_SYMBOL_STATE];
    c->f = pf_calloc(c->ctx, n, sizeof *c->f);
    c->dfdt = pf_calloc(c->ctx, n, sizeof *c->dfdt);
    c->jac_at = pf_calloc(c->ctx, n * n, sizeof *c->jac_at);
    if (!c->f || !c->dfdt || !c->jac_at) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n * n; i++) c->jac_at[i] = PF_NO_PLACE;
    for (size_t i = 0; i < n; i++) c->f[i] = m->rate[m->by_kind[PF_SYMBOL_STATE][i]];
    PF_TRY(pf_compile_jumps(c));
    uint8_t *reach = pf_calloc(c->ctx, c->g.n, 1);
    if (!reach) return PF_ERR_NO_MEMORY;
    pf_graph_reach(&c->g, c->f, n, reach);
    c->autonomous = 1;
    for (size_t i = 0; i < c->g.n; i++)
        if (reach[i] && (c->g.v[i].kind == PF_LEAF_TIME || c->g.v[i].kind == PF_LEAF_PAST))
            c->autonomous = 0;
    pf_free(reach);
    return derive(c);
}

/* A value at the start, to its own slot. */
static void start_value(pf_compiler *c, uint32_t s)
{
    const pf_symbol *symbol = &c->m->symbol[s];
    pf_node x = c->m->init[s];
    uint32_t to =
        pf_place_of(symbol->kind == PF_SYMBOL_STATE ? PF_IN_STATE : PF_IN_PARAM, symbol->index);
    /* what prep computes must not come to stand in a slot that events change */
    uint32_t by_prep = c->g.v[x].level < PF_LEVEL_STEPPED ? PF_NO_PLACE : to;
    uint32_t at = pf_emit_node(&c->e, PF_CODE_INIT, PF_IN_SCRATCH, x, by_prep);
    if (at != to) pf_emit_instr(&c->e, PF_CODE_INIT, (pf_instr){PF_OP_MOV, to, at, 0, 0});
}

/* Derived parameters first, each at its own slot, then the initial states, which read them. */
static void start_code(pf_compiler *c)
{
    const pf_model *m = c->m;
    pf_emit *e = &c->e;
    pf_emit_group(e, NULL, 0, 0);
    for (size_t i = 0; i < m->n_order && !e->failed; i++) {
        uint32_t s = m->order[i];
        if (c->input[s]) continue;
        pf_emit_param(e, m->init[s], pf_place_of(PF_IN_PARAM, m->symbol[s].index));
    }
    for (size_t i = 0; i < m->n_symbol && !e->failed; i++) {
        const pf_symbol *s = &m->symbol[i];
        if (s->kind != PF_SYMBOL_STATE || c->input[i] || m->init[i] != PF_NO_NODE) continue;
        uint32_t at = pf_place_of(PF_IN_STATE, s->index);
        uint32_t value = pf_emit_constant(e, s->value);
        pf_emit_instr(e, PF_CODE_INIT, (pf_instr){PF_OP_MOV, at, value, 0, 0});
    }
    for (size_t i = 0; i < c->n_channel && !c->options->stochastic && !e->failed; i++) {
        uint32_t one = pf_emit_constant(e, 1);
        pf_emit_instr(
            e, PF_CODE_INIT, (pf_instr){PF_OP_MOV, pf_place_of(PF_IN_KEEP, i), one, 0, 0});
    }
    for (size_t i = 0; i < m->n_init_order && !e->failed; i++) {
        uint32_t s = m->init_order[i];
        if (!c->input[s]) start_value(c, s);
    }
    if (!e->failed) e->failed = pf_emit_pack(e, PF_CODE_INIT, PF_CODES, PF_IN_SCRATCH);
}

/* Values that jac reads from rhs may not stand in f slots, which the caller may change in
 * between. */
static void equations_code(pf_compiler *c, const uint8_t *in_jac)
{
    pf_emit *e = &c->e;
    for (size_t i = 0; i < c->n && !e->failed; i++) {
        uint32_t to = pf_place_of(PF_IN_F, i);
        if (c->special.rest && c->special.rest[i]) { /* stays zero, so once is enough */
            uint32_t zero = pf_emit_constant(e, 0.0);
            pf_emit_instr(e, PF_CODE_PREP, (pf_instr){PF_OP_MOV, to, zero, 0, 0});
            continue;
        }
        if (in_jac[c->f[i]])
            (void)pf_emit_node(e, PF_CODE_RHS, PF_IN_TEMP, c->f[i], PF_NO_PLACE);
        (void)pf_emit_node(e, PF_CODE_RHS, PF_IN_TEMP, c->f[i], to);
    }
    for (size_t i = 0; i < c->n_entry && !e->failed; i++)
        (void)pf_emit_node(e, PF_CODE_JAC, PF_IN_TEMP, c->entry[i], pf_place_of(PF_IN_JAC, i));
    for (size_t i = 0; i < c->n && !c->autonomous && !e->failed; i++)
        (void)pf_emit_node(e, PF_CODE_JAC, PF_IN_TEMP, c->dfdt[i], pf_place_of(PF_IN_DFDT, i));
    if (!e->failed) e->failed = pf_emit_pack(e, PF_CODE_RHS, PF_CODE_JAC, PF_IN_TEMP);
}

static void main_code(pf_compiler *c)
{
    size_t n = c->n, k = c->n_entry, total = n + k + (c->autonomous ? 0 : n);
    pf_node *roots = pf_calloc(c->ctx, total, sizeof *roots);
    uint8_t *in_jac = pf_calloc(c->ctx, c->g.n, 1);
    if (roots && in_jac) {
        memcpy(roots, c->f, n * sizeof *roots);
        if (k) memcpy(roots + n, c->entry, k * sizeof *roots);
        if (!c->autonomous) memcpy(roots + n + k, c->dfdt, n * sizeof *roots);
        pf_graph_reach(&c->g, roots + n, total - n, in_jac);
        pf_emit_group(&c->e, roots, total, n);
        equations_code(c, in_jac);
    } else {
        c->e.failed = PF_ERR_NO_MEMORY;
    }
    pf_free(roots);
    pf_free(in_jac);
}

static pf_err make_code(pf_compiler *c)
{
    PF_TRY(pf_emit_init(&c->e, c->ctx, &c->g));
    size_t *n = c->e.n;
    n[PF_IN_PARAM] = c->m->count[PF_SYMBOL_PARAMETER];
    n[PF_IN_TIME] = n[PF_IN_SHIFT] = 1;
    n[PF_IN_STATE] = n[PF_IN_F] = n[PF_IN_B] = n[PF_IN_DFDT] = c->n;
    n[PF_IN_JAC] = c->n_entry;
    start_code(c);
    if (!c->e.failed) main_code(c);
    if (c->e.failed) return c->e.failed;
    PF_TRY(pf_compile_side_codes(c));
    return pf_emit_lu(&c->e, c->n, c->jac_at, c->special.rest);
}

pf_err pf_model_compile(
    pf_ctx *ctx, const pf_model *m, const pf_compile_options *options, pf_program **out)
{
    static const pf_compile_options none;
    pf_compiler c = {.ctx = ctx, .m = m, .options = options ? options : &none};
    *out = NULL;
    pf_arena_init(&c.scratch);
    pf_err err = pf_graph_copy(&c.g, ctx, &m->g);
    if (!err) err = read_options(&c);
    if (!err) err = equations(&c);
    if (!err) err = make_code(&c);
    if (!err) err = pf_compile_assemble(&c);
    pf_graph_clear(&c.g);
    pf_arena_clear(&c.scratch);
    pf_emit_clear(&c.e);
    pf_free(c.input);
    pf_free(c.out);
    pf_free(c.f);
    pf_free(c.dfdt);
    pf_free(c.entry);
    pf_free(c.row);
    pf_free(c.col);
    pf_free(c.jac_at);
    pf_free(c.fire);
    pf_free(c.channel);
    pf_free(c.jumper);
    if (err)
        pf_program_free(c.b ? &c.b->program : NULL);
    else
        *out = &c.b->program;
    return err;
}
