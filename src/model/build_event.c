/* Events: what they set, when they trigger, and what to watch so that no trigger is missed. */
#include "model/build.h"
#include "model/derive.h"

static pf_err refuse(pf_builder *b, const pf_set *set, const char *why, const char *mend)
{
    uint32_t v = pf_flat_root(b->flat, set->var);
    return pf_fail_at(b->ctx, b->flat->ast->file, set->value.at,
        "an event sets '%s', which %s; %s", b->flat->var[v].name, why, mend);
}

pf_err pf_build_happens(pf_builder *b)
{
    for (size_t i = 0; i < b->flat->n_set; i++) {
        const pf_set *set = &b->flat->set[i];
        uint32_t v = pf_flat_root(b->flat, set->var);
        const pf_var *var = &b->flat->var[v];
        if (var->rule.expr)
            return refuse(b, set,
                var->says & PF_SAYS_REACTION ? "is the rate of a reaction"
                                             : "follows a rule that always applies",
                "remove one of them");
        if (b->determined[v])
            return refuse(
                b, set, "an algebraic rule determines at all times", "remove one of them");
        if (var->says & PF_SAYS_CONST)
            return refuse(b, set, "is constant", "declare it variable or remove the line");
        b->happens[v] = 1;
    }
    return PF_OK;
}

/* ---- roots ----------------------------------------------------------------------------------
 */

/* Only ever a few fixed values, by its form alone: a truth value or a choice among numbers. */
static int flat_steps(const pf_graph *g, pf_node x)
{
    const pf_vertex *v = &g->v[x];
    if (v->level < PF_LEVEL_DYNAMIC || pf_truth(g, x)) return 1;
    while (v->kind == PF_OP_SELECT) { /* chains of `piecewise` grow in the last operand */
        if (g->v[v->in[1]].level >= PF_LEVEL_DYNAMIC && !pf_truth(g, v->in[1])) return 0;
        x = v->in[2];
        v = &g->v[x];
    }
    return v->level < PF_LEVEL_DYNAMIC || pf_truth(g, x);
}

static pf_err watch(pf_builder *b, pf_node x)
{
    pf_model *m = b->m;
    if (m->g.v[x].level < PF_LEVEL_DYNAMIC || flat_steps(&m->g, x)) return PF_OK;
    for (size_t i = 0; i < m->n_root; i++)
        if (m->root[i] == x) return PF_OK;
    PF_TRY(pf_reserve(b->ctx, &m->root, &m->root_capacity, m->n_root, sizeof *m->root));
    m->root[m->n_root++] = x;
    return PF_OK;
}

/* A number that stands where a truth value is wanted: true unless 0. */
static pf_err watch_truths(pf_builder *b, const pf_vertex *v)
{
    unsigned n = v->kind == PF_OP_AND || v->kind == PF_OP_OR       ? 2
                 : v->kind == PF_OP_NOT || v->kind == PF_OP_SELECT ? 1
                                                                   : 0;
    for (unsigned i = 0; i < n; i++) PF_TRY(watch(b, v->in[i]));
    return PF_OK;
}

/* One operation over operands that have been rebuilt. A comparison becomes one of its
 * difference with 0, so that it and the root, which is this difference, never disagree by a
 * rounding. */
static pf_err rebuild(pf_builder *b, pf_vertex v, pf_node *out)
{
    pf_graph *g = &b->m->g;
    int compares =
        v.kind == PF_OP_LT || v.kind == PF_OP_LE || v.kind == PF_OP_EQ || v.kind == PF_OP_NE;
    if (compares && !(flat_steps(g, v.in[0]) && flat_steps(g, v.in[1]))) {
        pf_node d = pf_graph_op(g, PF_OP_SUB, v.in[0], v.in[1], 0);
        PF_TRY(watch(b, d));
        v.in[0] = d;
        v.in[1] = PF_NODE_ZERO;
    }
    PF_TRY(watch_truths(b, &v));
    *out = pf_graph_op(g, (pf_op)v.kind, v.in[0], v.in[1], v.in[2]);
    return g->failed;
}

static pf_err rebuild_all(pf_builder *b, pf_node *root, pf_node *became, const uint8_t *reach)
{
    pf_graph *g = &b->m->g;
    for (pf_node i = 0; i <= *root; i++) {
        pf_vertex v = g->v[i]; /* a copy: the array may move */
        became[i] = i;
        if (!reach[i] || !pf_graph_arity(g, i)) continue;
        for (unsigned k = 0; k < pf_graph_arity(g, i); k++) v.in[k] = became[v.in[k]];
        PF_TRY(rebuild(b, v, &became[i]));
    }
    *root = became[*root];
    return PF_OK;
}

/* A trigger ready for program.h: 0 or 1, its roots known. */
static pf_err trigger(pf_builder *b, pf_node *x)
{
    pf_graph *g = &b->m->g;
    pf_err err = PF_ERR_NO_MEMORY;
    if (!pf_truth(g, *x)) *x = pf_graph_op(g, PF_OP_NE, *x, PF_NODE_ZERO, 0);
    pf_node *became = pf_calloc(b->ctx, (size_t)*x + 1, sizeof *became);
    uint8_t *reach = pf_calloc(b->ctx, g->n, 1);
    if (became && reach) {
        pf_graph_reach(g, x, 1, reach);
        err = rebuild_all(b, x, became, reach);
    }
    pf_free(became);
    pf_free(reach);
    return err ? err : g->failed;
}

/* ---- events ---------------------------------------------------------------------------------
 */

static pf_err optional(pf_builder *b, const pf_def *def, pf_node *out)
{
    *out = PF_NO_NODE;
    return def->expr ? pf_build_drawn(b, def->expr, def->prefix, out) : PF_OK;
}

static pf_err one_set(pf_builder *b, const pf_set *set, pf_model_set *out)
{
    uint32_t s = b->symbol[set->var];
    pf_node scale = PF_NO_NODE;
    if (b->source[s].amount != PF_NO_NAME) { /* a concentration, whose amount is held */
        scale = b->m->size[s];
        s = b->source[s].amount;
    }
    const pf_symbol *symbol = &b->m->symbol[s];
    int is_state = symbol->kind == PF_SYMBOL_STATE;
    *out = (pf_model_set){is_state, (uint32_t)symbol->index, 0, scale};
    return pf_build_drawn(b, set->value.expr, set->value.prefix, &out->value);
}

static pf_err one(pf_builder *b, const pf_happening *from, pf_model_event *e)
{
    pf_model *m = b->m;
    *e = (pf_model_event){.name = from->name,
        .initial = from->initial,
        .persistent = from->persistent,
        .from_trigger = from->from_trigger,
        .set0 = m->n_set,
        .n_set = from->n_set};
    PF_TRY(pf_build_expr(b, from->trigger.expr, from->trigger.prefix, &e->trigger));
    PF_TRY(trigger(b, &e->trigger));
    PF_TRY(optional(b, &from->delay, &e->delay));
    PF_TRY(optional(b, &from->priority, &e->priority));
    for (size_t i = 0; i < from->n_set; i++)
        PF_TRY(one_set(b, &b->flat->set[from->set0 + i], &m->set[m->n_set++]));
    return PF_OK;
}

pf_err pf_build_events(pf_builder *b)
{
    pf_model *m = b->m;
    const pf_flat *f = b->flat;
    m->event = pf_arena_alloc(b->ctx, &m->arena, f->n_event, sizeof *m->event);
    m->set = pf_arena_alloc(b->ctx, &m->arena, f->n_set, sizeof *m->set);
    if (!m->event || !m->set) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < f->n_event; i++)
        PF_TRY(one(b, &f->event[i], &m->event[m->n_event++]));
    return PF_OK;
}
