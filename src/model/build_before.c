/* What was before the start, for values some time ago.
 *
 * States rest there at what they start with, so most values do too, and that is what histories
 * give (pf_past in program.h). But a formula that reads time goes on, an initial assignment
 * that reads time is followed backwards, and rates are 0, as SBML wants it. Then delay(x, d)
 * is read as "time - d < start ? before : history": `before` is x with initial values, whose
 * parameters are computed at the start, and with time - d for time. */
#include "model/build.h"

#include <string.h>

typedef struct before {
    pf_builder *b;
    const pf_node *asked; /* [n_past] the delayed formulas as written, with rates as leaves */
    pf_node *with;        /* [n] of a leaf what it was, with time for that time */
    size_t n;             /* nodes when this began */
    uint8_t *moves;       /* [n] it reads time or a rate, before the start */
    uint8_t *timed;       /* [n_symbol] its value at the start is a formula of time */
    pf_node time, start;
} before;

static pf_node *holder(before *w, const pf_vertex *v, uint32_t *s)
{
    pf_model *m = w->b->m;
    pf_symbol_kind kind = v->kind == PF_LEAF_STATE ? PF_SYMBOL_STATE : PF_SYMBOL_PARAMETER;
    if (v->kind != PF_LEAF_STATE && (v->kind != PF_LEAF_PARAM || !v->in[1])) return NULL;
    *s = m->by_kind[kind][v->in[0]];
    return &m->init[*s];
}

/* A parameter of its own, computed at the start after all others. */
static pf_node start_value(before *w, const char *name, pf_node x)
{
    pf_model *m = w->b->m;
    uint32_t s = pf_build_hidden(w->b, PF_SYMBOL_PARAMETER, name);
    m->stepped[s] = 1;
    m->init[s] = x;
    m->init_order[m->n_init_order++] = s;
    return m->node[s] = pf_graph_stepped(&m->g, (uint32_t)m->symbol[s].index);
}

/* `x` as it was, in terms of the time then. */
static pf_err as_it_was(before *w, pf_node *x)
{
    return pf_graph_replace(&w->b->m->g, w->with, w->n, x);
}

/* The same `delay` before now. */
static pf_err shifted(before *w, pf_node *x, pf_node delay)
{
    pf_graph *g = &w->b->m->g;
    size_t n = (size_t)w->time + 1;
    pf_node *with = pf_calloc(w->b->ctx, n, sizeof *with);
    if (!with) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) with[i] = PF_NO_NODE;
    with[w->time] = pf_graph_op(g, PF_OP_SUB, w->time, delay, 0);
    pf_err err = pf_graph_replace(g, with, n, x);
    pf_free(with);
    return err;
}

/* What one leaf was. Leaves that do not move keep what they have at the start. */
static pf_err leaf(before *w, pf_node i)
{
    pf_model *m = w->b->m;
    pf_vertex v = m->g.v[i]; /* a copy: the array may move */
    uint32_t s;
    pf_node x, delay;
    const pf_node *init = holder(w, &v, &s);
    if (v.kind == PF_LEAF_RATE || v.kind == PF_LEAF_PAST_RATE) {
        w->with[i] = PF_NODE_ZERO;
    } else if (v.kind == PF_LEAF_PAST) {
        x = w->asked[v.in[0]];
        delay = m->past[v.in[0]].delay;
        PF_TRY(as_it_was(w, &x));
        PF_TRY(as_it_was(w, &delay));
        PF_TRY(shifted(w, &x, delay));
        w->with[i] = x;
    } else if (init && w->timed[s]) {
        x = *init;
        PF_TRY(as_it_was(w, &x));
        w->with[i] = x;
    } else if (init) {
        const char *name = pf_arena_printf(
            w->b->ctx, w->b->flat->arena, "(%s at the start)", m->symbol[s].name);
        if (!name) return PF_ERR_NO_MEMORY;
        w->with[i] = start_value(w, name, i);
    }
    return m->g.failed;
}

/* ---- which of them move --------------------------------------------------------------------
 */

static int any_moves(const before *w, pf_node x, uint8_t *reach)
{
    memset(reach, 0, w->n);
    pf_graph_reach(&w->b->m->g, &x, 1, reach);
    for (size_t i = 0; i < w->n; i++)
        if (reach[i] && w->moves[i]) return 1;
    return 0;
}

/* In the order in which the start computes them, then in that of the histories. */
static void find_movers(before *w, uint8_t *reach)
{
    pf_model *m = w->b->m;
    for (size_t i = 0; i < w->n; i++)
        w->moves[i] = m->g.v[i].kind == PF_LEAF_TIME || m->g.v[i].kind == PF_LEAF_RATE;
    for (size_t k = 0; k < m->n_init_order; k++) {
        uint32_t s = m->init_order[k];
        w->timed[s] = (uint8_t)any_moves(w, m->init[s], reach);
        if (w->timed[s]) w->moves[m->node[s]] = 1;
    }
    for (pf_node i = 0; i < w->n; i++)
        if (m->g.v[i].kind == PF_LEAF_PAST)
            w->moves[i] = (uint8_t)any_moves(w, w->asked[m->g.v[i].in[0]], reach);
}

/* ---- all of it ------------------------------------------------------------------------------
 */

/* Leaves that the histories which move read, those that are read first first. */
static pf_err follow(before *w, uint8_t *reach)
{
    pf_model *m = w->b->m;
    memset(reach, 0, w->n);
    for (pf_node i = (pf_node)w->n; i-- > 0;) { /* those that read others stand behind them */
        if (m->g.v[i].kind != PF_LEAF_PAST || !(w->moves[i] || reach[i])) continue;
        const pf_node root[2] = {w->asked[m->g.v[i].in[0]], m->past[m->g.v[i].in[0]].delay};
        pf_graph_reach(&m->g, root, 2, reach);
    }
    for (size_t k = 0; k < m->n_init_order; k++) { /* starts that are formulas of time */
        uint32_t s = m->init_order[m->n_init_order - 1 - k];
        if (w->timed[s] && reach[m->node[s]]) pf_graph_reach(&m->g, &m->init[s], 1, reach);
    }
    size_t n_order = m->n_init_order; /* which grows */
    for (pf_node i = 0; i < w->n; i++) {
        uint32_t s = 0;
        const pf_node *init = holder(w, &m->g.v[i], &s);
        if (reach[i] && !(init && w->timed[s]) && m->g.v[i].kind != PF_LEAF_PAST)
            PF_TRY(leaf(w, i));
    }
    for (size_t k = 0; k < n_order; k++) {
        uint32_t s = m->init_order[k];
        if (w->timed[s] && reach[m->node[s]]) PF_TRY(leaf(w, m->node[s]));
    }
    for (pf_node i = 0; i < w->n; i++)
        if (m->g.v[i].kind == PF_LEAF_PAST && (reach[i] || w->moves[i])) PF_TRY(leaf(w, i));
    return PF_OK;
}

/* Histories give way to what was before the start. */
static pf_err put_in(before *w, pf_node *with)
{
    pf_model *m = w->b->m;
    pf_graph *g = &m->g;
    for (size_t i = 0; i < w->n; i++) with[i] = PF_NO_NODE;
    for (pf_node i = 0; i < w->n; i++) { /* a delay may read earlier histories */
        if (g->v[i].kind != PF_LEAF_PAST || !w->moves[i]) continue;
        pf_node delay = m->past[g->v[i].in[0]].delay;
        PF_TRY(pf_graph_replace(g, with, w->n, &delay));
        pf_node then = pf_graph_op(g, PF_OP_SUB, w->time, delay, 0);
        then = pf_graph_op(g, PF_OP_LT, then, w->start, 0);
        with[i] = pf_graph_op(g, PF_OP_SELECT, then, w->with[i], i);
    }
    PF_TRY(pf_model_replace(m, with, w->n));
    return g->failed;
}

static pf_err run(before *w, uint8_t *reach, pf_node *with)
{
    pf_model *m = w->b->m;
    int some = 0;
    find_movers(w, reach);
    for (size_t i = 0; i < w->n; i++)
        if (m->g.v[i].kind == PF_LEAF_PAST) some |= w->moves[i];
    if (!some) return PF_OK;
    for (size_t i = 0; i < w->n; i++) w->with[i] = PF_NO_NODE;
    PF_TRY(follow(w, reach));
    w->start = start_value(w, "(start)", w->time);
    return put_in(w, with);
}

pf_err pf_build_before(pf_builder *b, const pf_node *asked)
{
    pf_model *m = b->m;
    before w = {.b = b, .asked = asked};
    pf_err err = PF_ERR_NO_MEMORY;
    if (!m->n_past) return PF_OK;
    w.time = pf_graph_leaf(&m->g, PF_LEAF_TIME, 0);
    w.n = m->g.n;
    w.with = pf_calloc(b->ctx, w.n, sizeof *w.with);
    w.moves = pf_calloc(b->ctx, w.n, 1);
    w.timed = pf_calloc(b->ctx, m->n_symbol, 1);
    pf_node *with = pf_calloc(b->ctx, w.n, sizeof *with);
    uint8_t *reach = pf_calloc(b->ctx, w.n, 1);
    if (w.with && w.moves && w.timed && with && reach) err = run(&w, reach, with);
    pf_free(w.with);
    pf_free(w.moves);
    pf_free(w.timed);
    pf_free(with);
    pf_free(reach);
    return err ? err : m->g.failed;
}
