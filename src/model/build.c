/* Flattened statements into a model: kinds, values, rates. */
#include "model/build.h"

#include <math.h>
#include <string.h>

enum { MOST_STATES = 2000 };

static int changes(const pf_var *v) /* by reactions */
{
    return v->in_reaction && !(v->says & (PF_SAYS_BOUNDARY | PF_SAYS_CONST));
}

static pf_err clash(pf_builder *b, const pf_var *v, pf_place at, const char *what)
{
    return pf_fail_at(
        b->ctx, b->flat->ast->file, at, "'%s' has %s; keep one of them", v->name, what);
}

/* What a name may not be at once. */
static pf_err check_kind(pf_builder *b, pf_var *v)
{
    if (v->rule.expr && v->rate.expr)
        return clash(b, v, v->rate.at, "both a rule ':=' and a rate");
    if (v->rule.expr && changes(v))
        return clash(b, v, v->rule.at, "both a rule ':=' and reactions that change it");
    if (v->rate.expr && changes(v))
        return clash(b, v, v->rate.at,
            "both a rate and reactions that change it (or write $ before "
            "it in the reactions)");
    if (v->says & PF_SAYS_CONST && (v->rule.expr || v->rate.expr))
        return clash(b, v, v->rule.expr ? v->rule.at : v->rate.at, "both 'const' and a rule");
    if (v->rule.expr && v->value.expr) {
        if (v->rule.level < v->value.level) {
            v->value.expr = NULL; /* the outer model's rule replaces a submodel's value */
            return PF_OK;
        }
        return clash(b, v, v->value.at, "both a value and a rule ':=', which always applies");
    }
    return PF_OK;
}

static pf_err no_value(pf_builder *b, const pf_var *v, int state)
{
    if (state)
        return pf_fail_at(b->ctx, b->flat->ast->file, v->rate.expr ? v->rate.at : v->at,
            "state '%s' has no initial value; add '%s = ...'", v->name, v->name);
    return pf_fail_at(b->ctx, b->flat->ast->file, v->at,
        "'%s' has no value; add '%s = ...' or a rule", v->name, v->name);
}

static void add_symbol(pf_builder *b, const pf_var *v, pf_symbol_kind kind, int line)
{
    pf_model *m = b->m;
    uint32_t s = (uint32_t)m->n_symbol++;
    m->symbol[s] = (pf_symbol){.name = v->name,
        .kind = kind,
        .index = m->count[kind],
        .value = NAN,
        .unit = v->unit,
        .line = line};
    m->by_kind[kind][m->count[kind]++] = s;
    m->init[s] = m->rate[s] = PF_NO_NODE;
    uint32_t index = (uint32_t)m->symbol[s].index;
    if (kind == PF_SYMBOL_STATE) m->node[s] = pf_graph_leaf(&m->g, PF_LEAF_STATE, index);
    if (kind != PF_SYMBOL_PARAMETER) return;
    m->stepped[s] = b->happens[v - b->flat->var];
    m->node[s] = m->stepped[s] ? pf_graph_stepped(&m->g, index)
                               : pf_graph_leaf(&m->g, PF_LEAF_PARAM, index);
}

static pf_err classify(pf_builder *b, uint32_t i)
{
    pf_var *v = &b->flat->var[i];
    pf_model *m = b->m;
    uint32_t s = (uint32_t)m->n_symbol;
    PF_TRY(check_kind(b, v));
    b->symbol[i] = s;
    if (v->rule.expr) {
        add_symbol(b, v, PF_SYMBOL_ASSIGNED, v->rule.at.line);
        b->value[s] = &v->rule;
        return PF_OK;
    }
    int state = v->rate.expr || changes(v);
    if (!v->value.expr && v->says & PF_SAYS_COMPARTMENT && !state) {
        add_symbol(b, v, PF_SYMBOL_PARAMETER, v->at.line);
        m->symbol[s].value = 1; /* a compartment without a size */
        return PF_OK;
    }
    if (!v->value.expr) return no_value(b, v, state);
    add_symbol(b, v, state ? PF_SYMBOL_STATE : PF_SYMBOL_PARAMETER, v->value.at.line);
    if (state)
        b->start[s] = &v->value;
    else
        b->value[s] = &v->value;
    return PF_OK;
}

static pf_err make_room(pf_builder *b)
{
    pf_model *m = b->m;
    size_t n = b->flat->names.n;
    pf_arena *a = &m->arena;
    m->symbol = pf_arena_alloc(b->ctx, a, n, sizeof *m->symbol);
    m->node = pf_arena_alloc(b->ctx, a, n, sizeof *m->node);
    m->init = pf_arena_alloc(b->ctx, a, n, sizeof *m->init);
    m->rate = pf_arena_alloc(b->ctx, a, n, sizeof *m->rate);
    m->order = pf_arena_alloc(b->ctx, a, n, sizeof *m->order);
    m->init_order = pf_arena_alloc(b->ctx, a, n, sizeof *m->init_order);
    m->symbol_of = pf_arena_alloc(b->ctx, a, n, sizeof *m->symbol_of);
    m->stepped = pf_arena_alloc(b->ctx, a, n, 1);
    int ok = m->symbol && m->node && m->init && m->rate && m->order && m->init_order &&
             m->symbol_of && m->stepped;
    for (int k = 0; k < PF_KINDS; k++) {
        m->by_kind[k] = pf_arena_alloc(b->ctx, a, n, sizeof *m->by_kind[k]);
        ok = ok && m->by_kind[k];
    }
    b->symbol = pf_calloc(b->ctx, n, sizeof *b->symbol);
    b->happens = pf_calloc(b->ctx, n, 1);
    b->value = pf_calloc(b->ctx, n, sizeof *b->value);
    b->start = pf_calloc(b->ctx, n, sizeof *b->start);
    ok = ok && b->symbol && b->happens && b->value && b->start;
    return ok ? PF_OK : PF_ERR_NO_MEMORY;
}

static pf_err classify_all(pf_builder *b)
{
    pf_flat *f = b->flat;
    for (uint32_t i = 0; i < f->names.n; i++)
        if (f->var[i].merged == i) PF_TRY(classify(b, i));
    for (uint32_t i = 0; i < f->names.n; i++) {
        uint32_t s = b->symbol[i] = b->symbol[pf_flat_root(f, i)];
        b->m->symbol_of[i] = s;
        PF_TRY(pf_names_add(b->ctx, &b->m->names, f->names.text[i]));
    }
    if (b->m->count[PF_SYMBOL_STATE] > MOST_STATES)
        return pf_fail_at(b->ctx, f->ast->file, f->at,
            "model '%s' has over %d states; make it smaller", f->name, MOST_STATES);
    if (b->m->count[PF_SYMBOL_STATE] > 0) return b->m->g.failed;
    return pf_fail_at(b->ctx, f->ast->file, f->at,
        "model '%s' has no state; give something a rate (x' = ...) or a reaction", f->name);
}

static pf_err initial(pf_builder *b)
{
    pf_model *m = b->m;
    for (uint32_t s = 0; s < m->n_symbol; s++) {
        const pf_def *def = b->start[s];
        pf_node x;
        if (!def || m->symbol[s].kind != PF_SYMBOL_STATE) continue;
        PF_TRY(pf_build_expr(b, def->expr, def->prefix, &x));
        if (m->g.v[x].kind == PF_LEAF_NUMBER && isfinite(m->g.v[x].value)) {
            m->symbol[s].value = m->g.v[x].value;
            b->start[s] = NULL;
        } else if (m->g.v[x].level == PF_LEVEL_NUMBER) {
            return pf_fail_at(b->ctx, b->flat->ast->file, def->at,
                "the initial value of '%s' is not a finite number; mend its formula",
                m->symbol[s].name);
        } else {
            m->init[s] = x;
        }
    }
    return pf_build_init_order(b);
}

/* Reactions count amounts, states of a compartment are concentrations: divide by its size. */
static pf_err per_volume(pf_builder *b, const pf_var *v, pf_node *x)
{
    if (v->compartment == PF_NO_NAME) return PF_OK;
    uint32_t c = b->symbol[v->compartment];
    if (b->m->symbol[c].kind != PF_SYMBOL_PARAMETER)
        return pf_fail_at(b->ctx, b->flat->ast->file, v->at,
            "compartment '%s' of '%s' changes its size, which is not read; write rates (%s' = "
            "...) "
            "that say what follows",
            b->m->symbol[c].name, v->name, v->name);
    *x = pf_graph_op(&b->m->g, PF_OP_DIV, *x, b->m->node[c], 0);
    return PF_OK;
}

static pf_err flow(pf_builder *b, const pf_reaction *r)
{
    pf_model *m = b->m;
    pf_node whole;
    PF_TRY(pf_build_expr(b, r->rate.expr, r->rate.prefix, &whole));
    PF_TRY(pf_build_channel(b, r, whole));
    for (size_t i = 0; i < r->n_side; i++) {
        const pf_side *side = &b->flat->side[r->side0 + i];
        const pf_var *v = &b->flat->var[pf_flat_root(b->flat, side->var)];
        uint32_t s = b->symbol[side->var];
        pf_node x = whole;
        if (!changes(v)) continue;
        PF_TRY(per_volume(b, v, &x));
        pf_build_change(b, s, pf_graph_number(&m->g, side->sign * side->factor),
            v->compartment == PF_NO_NAME ? PF_NODE_ONE : m->node[b->symbol[v->compartment]]);
        x = pf_graph_op(
            &m->g, PF_OP_MUL, pf_graph_number(&m->g, side->sign * side->factor), x, 0);
        m->rate[s] = pf_graph_op(&m->g, PF_OP_ADD, m->rate[s], x, 0);
    }
    return m->g.failed;
}

static pf_err rates(pf_builder *b)
{
    pf_model *m = b->m;
    pf_flat *f = b->flat;
    for (uint32_t i = 0; i < f->names.n; i++) {
        const pf_var *v = &f->var[i];
        uint32_t s = b->symbol[i];
        if (v->merged != i || m->symbol[s].kind != PF_SYMBOL_STATE) continue;
        m->rate[s] = PF_NODE_ZERO;
        if (v->rate.expr) PF_TRY(pf_build_expr(b, v->rate.expr, v->rate.prefix, &m->rate[s]));
    }
    for (size_t k = 0; k < f->n_reaction; k++) PF_TRY(flow(b, &f->reaction[k]));
    return m->g.failed;
}

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

static pf_err build(pf_builder *b)
{
    PF_TRY(pf_graph_init(&b->m->g, b->ctx));
    PF_TRY(make_room(b));
    PF_TRY(pf_build_happens(b));
    PF_TRY(classify_all(b));
    PF_TRY(pf_build_values(b));
    PF_TRY(initial(b));
    PF_TRY(rates(b));
    PF_TRY(pf_build_events(b));
    PF_TRY(roles(b));
    PF_TRY(pf_build_pops(b));
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
    pf_free(b.symbol);
    pf_free(b.stack);
    pf_free(b.happens);
    pf_free(b.value);
    pf_free(b.start);
    if (err) {
        pf_model_free(b.m);
        return err;
    }
    b.m->texts = *texts;
    pf_arena_init(texts);
    *out = b.m;
    return PF_OK;
}
